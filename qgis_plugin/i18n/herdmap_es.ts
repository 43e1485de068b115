<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
    <context>
        <name>Herdmap</name>
        <message>
            <location filename="../algorithms/after_run.py" />
            <source>No animals were found.</source>
            <translation>No se encontró ningún animal.</translation>
        </message>
        <message>
            <location filename="../algorithms/after_run.py" />
            <source>Animals found: {}.</source>
            <translation>Animales encontrados: {}.</translation>
        </message>
        <message>
            <location filename="../algorithms/after_run.py" />
            <location filename="../panel/estimate_questions.py" />
            <source>Review them</source>
            <translation>Revisarlos</translation>
        </message>
        <message>
            <location filename="../algorithms/after_run.py" />
            <source>Look at the photos</source>
            <translation>Ver las fotos</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>{path} is a temporary file. QGIS deletes it when it closes. Give it a file of its own.</source>
            <translation>{path} es un archivo temporal. QGIS lo borra al cerrarse. Dele un archivo propio.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>Survey (a layer of detections, or a GeoPackage)</source>
            <translation>Censo (una capa de detecciones o un GeoPackage)</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>{value} is neither a layer nor a GeoPackage. Choose a survey.</source>
            <translation>{value} no es ni una capa ni un GeoPackage. Elija un censo.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <location filename="../environment/models.py" />
            <source>The installed detector is too old for this. Open Herdmap ▸ Settings and press “Set up again”.</source>
            <translation>El detector instalado es demasiado antiguo para esto. Abra Herdmap ▸ Configuración y pulse «Reinstalar».</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>The chosen environment does not contain herdmap. Choose another one in Herdmap ▸ Settings.</source>
            <translation>El entorno elegido no contiene herdmap. Elija otro en Herdmap ▸ Configuración.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>The system ended the detector (signal {number}). The computer may have run out of memory.</source>
            <translation>El sistema terminó el detector (señal {number}). Quizá el equipo se quedó sin memoria.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>The detector ended with code {code} and without a message.</source>
            <translation>El detector terminó con el código {code} y sin mensaje.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>All except rejected ones</source>
            <translation>Todos menos los rechazados</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>Only confirmed ones</source>
            <translation>Solo los confirmados</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>All, including rejected ones</source>
            <translation>Todos, también los rechazados</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>Which animals</source>
            <translation>Qué animales</translation>
        </message>
        <message>
            <location filename="../algorithms/area.py" />
            <source>“{name}” has a colour table or complex numbers, so Herdmap cannot cut an area out of it. Leave the area empty to search the whole file.</source>
            <translation>«{name}» tiene una tabla de colores o números complejos, así que Herdmap no puede recortar de él una zona. Deje la zona vacía para examinar el archivo entero.</translation>
        </message>
        <message>
            <location filename="../algorithms/beside_find.py" />
            <source>“Find more like these”, from the same marks: {found} of {animals} found, {wrong} false alarms; this model: {own} of {animals}, {own_wrong} false alarms.</source>
            <translation>«Encontrar más como estos», con las mismas marcas: {found} de {animals} encontrados, {wrong} falsas alarmas; este modelo: {own} de {animals}, {own_wrong} falsas alarmas.</translation>
        </message>
        <message>
            <location filename="../algorithms/beside_find.py" />
            <source>With so few animals, it may be chance which of the two is better.</source>
            <translation>Con tan pocos animales, puede ser casualidad cuál de los dos es mejor.</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>Check the detector's environment</source>
            <translation>Comprobar el entorno del detector</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>Checks whether the detector runs on this computer, on which device, and what is missing</source>
            <translation>Comprueba si el detector funciona en este equipo, en qué dispositivo, y qué falta</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>Lists what is installed in the detector's environment. Runs the bundled model once and reports the device: the CPU or a GPU. You set up the environment in Herdmap ▸ Settings.</source>
            <translation>Lista lo que está instalado en el entorno del detector. Ejecuta una vez el modelo incluido e indica el dispositivo: la CPU o una GPU. El entorno se instala en Herdmap ▸ Configuración.</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>Version of the detector</source>
            <translation>Versión del detector</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <location filename="../algorithms/detect.py" />
            <source>Device</source>
            <translation>Dispositivo</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>The detector does not run in this environment. The reason is in the lines above.</source>
            <translation>El detector no funciona en este entorno. La razón está en las líneas de arriba.</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <location filename="../plugin.py" />
            <source>The plugin contains another version of the detector than the one installed. Open Herdmap ▸ Settings and press “Set up again”.</source>
            <translation>El complemento contiene otra versión del detector que la instalada. Abra Herdmap ▸ Configuración y pulse «Reinstalar».</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Compare surveys of several years</source>
            <translation>Comparar censos de varios años</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Compares estimates of one place: differences, trend, and the power to see a change</source>
            <translation>Compara las estimaciones de un lugar: diferencias, tendencia y potencia para ver un cambio</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Compares the estimates of surveys of one place: the difference of each two that follow each other, and the change in a year over all of them, with 95 % intervals.

Files: surveys with estimates, dated by their photos, or tables with the columns date, estimate and se, and stratum, class and df if there are any.

The log also says which decline such surveys would show in 80 % of cases; or, if you give a change, how likely they show it and how many times as many transects that needs.</source>
            <translation>Compara las estimaciones de censos de un mismo lugar: la diferencia entre cada censo y el siguiente, y el cambio por año en todos ellos, con intervalos del 95 %.

Archivos: censos con estimaciones, fechados por sus fotos, o tablas con las columnas date, estimate y se, y stratum, class y df si las hay.

El registro dice también qué descenso mostrarían esos censos en el 80 % de los casos; o, si indica un cambio, con qué probabilidad lo muestran y cuántas veces más transectos hacen falta.</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Surveys with estimates, or tables</source>
            <translation>Censos con estimaciones, o tablas</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Change in a year that should be seen [%]</source>
            <translation>Cambio por año que se quiere ver [%]</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Count animals per region</source>
            <translation>Contar animales por región</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Counts the animals of a survey in each polygon of a layer</source>
            <translation>Cuenta los animales de un censo en cada polígono de una capa</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Counts the animals of a survey in the polygons of a layer. Writes one row for each region and class: region, class, count, area_km2, density_per_km2.

The centre of its box decides in which region an animal counts. On a shared edge the first region of the layer gets it. Animals in no region count as “outside”. Regions without animals get a row too. Areas are measured on the ellipsoid, so the CRS does not matter. An animal in several photos counts once if the survey has matched its photos.

This works without the detector, and does not change the survey. If you tick “Also write the counts into the survey”, which needs the detector, the survey's own layer Counts is made of these regions. The review shows it and keeps it up to date.</source>
            <translation>Cuenta los animales de un censo en los polígonos de una capa. Escribe una fila por cada región y clase: region, class, count, area_km2, density_per_km2.

El centro de su recuadro decide en qué región cuenta un animal. En un borde común lo recibe la primera región de la capa. Los animales fuera de toda región cuentan como «outside». Las regiones sin animales también tienen una fila. Las áreas se miden sobre el elipsoide, así que el SRC no importa. Un animal en varias fotos cuenta una vez si el censo ha emparejado sus fotos.

Esto funciona sin el detector y no cambia el censo. Si marca «Escribir también los conteos en el censo», para lo que hace falta el detector, la capa Conteos del censo se hace con estas regiones. La revisión la muestra y la mantiene al día.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <location filename="../panel/panel.py" />
            <source>Regions</source>
            <translation>Regiones</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <location filename="../algorithms/from_imagery.py" />
            <source>Column with the names of the regions</source>
            <translation>Columna con los nombres de las regiones</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Also write the counts into the survey, where the review updates them</source>
            <translation>Escribir también los conteos en el censo, donde la revisión los actualiza</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Counts per region</source>
            <translation>Conteos por región</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Animals counted</source>
            <translation>Animales contados</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>{path}: QGIS cannot read the layer detections</source>
            <translation>{path}: QGIS no puede leer la capa detections</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>The regions have no column with names, so each is called by its row number.</source>
            <translation>Las regiones no tienen una columna con nombres, así que cada una lleva el número de su fila.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Row {row} of the regions is skipped: it is not a polygon with an area</source>
            <translation>La fila {row} de las regiones se omite: no es un polígono con área</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Row {row} of the regions crosses or touches itself. It was repaired for the count.</source>
            <translation>La fila {row} de las regiones se cruza o se toca a sí misma. Se reparó para el conteo.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>The layer of regions contains no polygon. Choose another layer.</source>
            <translation>La capa de regiones no contiene ningún polígono. Elija otra capa.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>The survey has no CRS, but the regions do. Give the photos their positions first, with “Georeference photos”.</source>
            <translation>El censo no tiene SRC, pero las regiones sí. Dé primero sus posiciones a las fotos, con «Georreferenciar las fotos».</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>The regions have no CRS. Set it in the properties of their layer.</source>
            <translation>Las regiones no tienen SRC. Defínalo en las propiedades de su capa.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../panel/steps.py" />
            <source>Detect animals</source>
            <translation>Detectar animales</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Finds animals in orthomosaics and photos and puts them on the map</source>
            <translation>Encuentra animales en ortomosaicos y fotos y los pone en el mapa</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Finds the animals in imagery and writes a survey: one GeoPackage with a box, class and score for each animal, the footprint and status of each image, and the counts per region. The survey opens in a group of its own.

Imagery: raster layers of the project, files on this computer, or a folder of photos with its subfolders. Orthomosaics of any size work as they are. Photos are placed on the map by their own tags, by a table of positions or by a flight log.

Polygons: Herdmap searches orthomosaics and photos only inside these polygons, for example a park or the blocks of a survey. An animal is kept if the centre of its box is inside. The layer Images shows which images were searched only in part.

Area: Herdmap searches orthomosaics only inside this rectangle. The menu beside it offers the current view and the extent of a layer. Animals on the edge may be cut off, so draw the rectangle a little larger.

Model: an .onnx file of Herdmap, Ultralytics or Deepness. If you leave it empty, Herdmap uses the bundled sheep detector. That model finds sheep in drone imagery and nothing else.

Imagery of 12 or 16 bit: Herdmap measures once which values are black and white in all images. Give these values yourself only if the pictures look too dark or too bright.

You can cancel at any time. Finished work is kept: run it again with the same output, and it continues. With another score or other regions it does not search the imagery again. Reviews in an existing output are kept.</source>
            <translation>Encuentra los animales en las imágenes y escribe un censo: un GeoPackage con un recuadro, una clase y una puntuación para cada animal, la huella y el estado de cada imagen, y los conteos por región. El censo se abre en un grupo propio.

Imágenes: capas ráster del proyecto, archivos de este equipo, o una carpeta de fotos con sus subcarpetas. Los ortomosaicos de cualquier tamaño sirven como están. Las fotos se colocan en el mapa por sus propios metadatos, por una tabla de posiciones o por un registro de vuelo.

Polígonos: Herdmap examina los ortomosaicos y las fotos solo dentro de estos polígonos, por ejemplo un parque o los bloques de un censo. Un animal se conserva si el centro de su recuadro está dentro. La capa Imágenes muestra qué imágenes se examinaron solo en parte.

Zona: Herdmap examina los ortomosaicos solo dentro de este rectángulo. El menú de al lado ofrece la vista actual y la extensión de una capa. Los animales del borde pueden quedar cortados, así que dibuje el rectángulo un poco más grande.

Modelo: un archivo .onnx de Herdmap, Ultralytics o Deepness. Si lo deja vacío, Herdmap usa el detector de ovejas incluido. Ese modelo encuentra ovejas en imágenes de dron y nada más.

Imágenes de 12 o 16 bits: Herdmap mide una vez qué valores son el negro y el blanco en todas las imágenes. Indique estos valores solo si las imágenes se ven demasiado oscuras o claras.

Puede cancelar en cualquier momento. El trabajo hecho se conserva: ejecute de nuevo con la misma salida, y continúa. Con otra puntuación u otras regiones no se examinan otra vez las imágenes. Las revisiones de una salida existente se conservan.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/evaluate.py" />
            <source>Model file (empty: bundled sheep detector)</source>
            <translation>Archivo del modelo (vacío: detector de ovejas incluido)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/evaluate.py" />
            <location filename="../algorithms/teach.py" />
            <source>Models (*.onnx)</source>
            <translation>Modelos (*.onnx)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/evaluate.py" />
            <location filename="../algorithms/positions.py" />
            <location filename="../environment/settings_dialog.py" />
            <source>All files (*)</source>
            <translation>Todos los archivos (*)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/evaluate.py" />
            <source>Lowest score (empty: as the model advises)</source>
            <translation>Puntuación mínima (vacío: la que aconseja el modelo)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Search only inside these polygons</source>
            <translation>Examinar solo dentro de estos polígonos</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Search only this area (orthomosaics)</source>
            <translation>Examinar solo esta zona (ortomosaicos)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Tile classifier that skips empty tiles (gate)</source>
            <translation>Clasificador que salta las teselas vacías (filtro)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <source>Positions of the photos (table or flight log)</source>
            <translation>Posiciones de las fotos (tabla o registro de vuelo)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/georeference.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <source>Terrain model (heights of the ground)</source>
            <translation>Modelo del terreno (alturas del suelo)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/georeference.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <source>Height of all cameras above the ground [m]</source>
            <translation>Altura de todas las cámaras sobre el suelo [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Tile size [px] (empty: as the model advises)</source>
            <translation>Tamaño de las teselas [px] (vacío: el que aconseja el modelo)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Overlap of the tiles [px] (empty: as the model advises)</source>
            <translation>Solape de las teselas [px] (vacío: el que aconseja el modelo)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Tiles per batch (empty: 4 on the CPU, 16 on a GPU)</source>
            <translation>Teselas por lote (vacío: 4 en la CPU, 16 en una GPU)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Imagery that is not 8 bit: value shown as black</source>
            <translation>Imágenes que no son de 8 bits: valor que se muestra negro</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Imagery that is not 8 bit: value shown as white</source>
            <translation>Imágenes que no son de 8 bits: valor que se muestra blanco</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>GPU if there is one, else CPU</source>
            <translation>La GPU si la hay, si no la CPU</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>CPU</source>
            <translation>CPU</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>GPU</source>
            <translation>GPU</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Store a small picture of each animal for the review</source>
            <translation>Guardar una imagen pequeña de cada animal para la revisión</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Search everything again instead of continuing (reviews are kept)</source>
            <translation>Examinar todo de nuevo en vez de continuar (las revisiones se conservan)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/find.py" />
            <source>Animals found</source>
            <translation>Animales encontrados</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Detections (an animal may be in several photos)</source>
            <translation>Detecciones (un animal puede estar en varias fotos)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <location filename="../survey_words.py" />
            <source>Images</source>
            <translation>Imágenes</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <source>Images that failed</source>
            <translation>Imágenes que fallaron</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>An area works for orthomosaics only, and a folder of photos is chosen too. Leave one of the two empty.</source>
            <translation>Una zona solo sirve para ortomosaicos, y también se ha elegido una carpeta de fotos. Deje vacía una de las dos.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <source>The model file {model} does not exist.</source>
            <translation>El archivo de modelo {model} no existe.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Give the values of both black and white, or leave both empty: then Herdmap measures them.</source>
            <translation>Indique los valores del negro y del blanco, o deje los dos vacíos: entonces Herdmap los mide.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Cancelled. Finished work is kept. To continue, run it again with the same output.</source>
            <translation>Cancelado. El trabajo hecho se conserva. Para continuar, ejecute de nuevo con la misma salida.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Animals found: {animals}, in {detections} detections. Images: {images}.</source>
            <translation>Animales encontrados: {animals}, en {detections} detecciones. Imágenes: {images}.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Images that failed: {failed}. The reasons are in the lines above and in the layer Images.</source>
            <translation>Imágenes que fallaron: {failed}. Las razones están en las líneas de arriba y en la capa Imágenes.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>“{name}” lies outside the area and is skipped</source>
            <translation>«{name}» está fuera de la zona y se omite</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>No imagery lies in the area. Draw the area over the imagery.</source>
            <translation>No hay imágenes en la zona. Dibuje la zona sobre las imágenes.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>“{name}” is rotated or warped, so Herdmap cannot cut an area out of it. Leave the area empty to search the whole file.</source>
            <translation>«{name}» está girado o deformado, así que Herdmap no puede recortar de él una zona. Deje la zona vacía para examinar el archivo entero.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <source>Detect the rest of a survey</source>
            <translation>Detectar el resto de un censo</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <source>Searches with a model the images of a survey that nobody has searched completely</source>
            <translation>Busca con un modelo en las imágenes de un censo que nadie ha examinado por completo</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <source>Searches the images of a survey with a model, for example one that “Teach a model” has made. Images that people searched completely are left out. What people marked, reviewed and searched is kept. Detections that nobody reviewed are replaced by what this model finds.

Review the doubtful detections first, then teach the model again.

You can cancel at any time. Finished work is kept: run it again, and it continues.</source>
            <translation>Busca en las imágenes de un censo con un modelo, por ejemplo uno hecho con «Entrenar un modelo». Se dejan fuera las imágenes que las personas examinaron por completo. Lo que las personas marcaron, revisaron y examinaron se conserva. Las detecciones que nadie revisó se sustituyen por lo que encuentra este modelo.

Revise primero las detecciones dudosas y luego entrene otra vez el modelo.

Puede cancelar en cualquier momento. El trabajo terminado se conserva: ejecútelo de nuevo y continúa.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/dialog.py" />
            <location filename="../algorithms/model_question.py" />
            <location filename="../algorithms/teach.py" />
            <location filename="../panel/panel.py" />
            <source>Model</source>
            <translation>Modelo</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/find.py" />
            <location filename="../algorithms/georeference.py" />
            <location filename="../panel/panel.py" />
            <location filename="../review/panel.py" />
            <location filename="../search/panel.py" />
            <source>Survey</source>
            <translation>Censo</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/find.py" />
            <source>Detections to review</source>
            <translation>Detecciones por revisar</translation>
        </message>
        <message>
            <location filename="../algorithms/dialog.py" />
            <source>Choose a file, or the inputs first</source>
            <translation>Elija un archivo, o primero las entradas</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Estimate density by distance</source>
            <translation>Estimar la densidad por distancia</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Estimates the density of animals from their distances to the lines flown</source>
            <translation>Estima la densidad de los animales a partir de sus distancias a las líneas de vuelo</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>In a strip from an aircraft, observers see fewer animals farther from the line. A detection function is fitted to the distances, half-normal or hazard-rate.

Sightings: a table with the columns transect and distance_m (at right angles to the line), and size if groups were seen. Lines: a table with the columns transect and length_km, also of lines where nothing was seen.

All animals on the line must be seen, and they must not move before they are seen.</source>
            <translation>En una franja vista desde un avión, los observadores ven menos animales lejos de la línea. Se ajusta a las distancias una función de detección, seminormal o de tasa de riesgo.

Avistamientos: una tabla con las columnas transect y distance_m (en ángulo recto con la línea), y size si se vieron grupos. Líneas: una tabla con las columnas transect y length_km, también de las líneas donde no se vio nada.

Todos los animales sobre la línea deben verse, y no deben moverse antes de ser vistos.</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Sightings with their distances</source>
            <translation>Avistamientos con sus distancias</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Lines with their lengths</source>
            <translation>Líneas con sus longitudes</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Leave out what was farther from the line than [m]</source>
            <translation>Dejar fuera lo que estaba más lejos de la línea que [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Also estimate the animals on an area of [km²]</source>
            <translation>Estimar también los animales en un área de [km²]</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>The one that fits better</source>
            <translation>La que mejor se ajuste</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Half-normal</source>
            <translation>Seminormal</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Hazard-rate</source>
            <translation>Tasa de riesgo</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Detection function</source>
            <translation>Función de detección</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Estimate population</source>
            <translation>Estimar la población</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Estimates the number of animals in each stratum from transects, by Jolly's Method 2</source>
            <translation>Estima el número de animales de cada estrato a partir de transectos, por el método 2 de Jolly</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Estimates the number of animals in each stratum and in all strata together, with the standard error and the 95 % confidence interval. It uses Jolly's Method 2 for transects of unequal size.

Transects: polygons or lines with the columns stratum and transect. The animals of the survey are counted in them. Without a survey, give a table with the columns stratum, transect, count and area_km2, and class if you like. If you leave them empty, the photos of the survey are the transects: by their track, by a table, or by a pattern in their names.

Strata: polygons with the column stratum, or a table with the columns stratum and area_km2. If you leave them empty, all ground that the photos show is one stratum, and the animals on it are added up: for a colony that was photographed as a whole.

The log says what kind each interval is, and what it leaves out: boxes that nobody reviewed give an uncorrected estimate. A reviewed sample (“Draw photos to review”) corrects it. The share of the animals that a photo can show, and that observers see (“Compare two observers”), divide it.

The log explains the method and shows the estimates as a table. The output is the same table as CSV. With a survey, the estimates are also written to its GeoPackage, and the map is refreshed.</source>
            <translation>Estima el número de animales de cada estrato y de todos los estratos juntos, con el error estándar y el intervalo de confianza del 95 %. Usa el método 2 de Jolly para transectos de tamaño desigual.

Transectos: polígonos o líneas con las columnas stratum y transect. En ellos se cuentan los animales del censo. Sin censo, indique una tabla con las columnas stratum, transect, count y area_km2, y class si quiere. Si los deja vacíos, las fotos del censo son los transectos: por su recorrido, por una tabla o por un patrón en sus nombres.

Estratos: polígonos con la columna stratum, o una tabla con las columnas stratum y area_km2. Si los deja vacíos, todo el terreno que muestran las fotos es un estrato, y se suman los animales de él: para una colonia fotografiada entera.

El registro dice de qué tipo es cada intervalo y qué deja fuera: recuadros que nadie revisó dan una estimación sin corregir. Una muestra revisada («Sortear fotos para revisar») la corrige. La parte de los animales que una foto puede mostrar, y la que ven los observadores («Comparar dos observadores»), la dividen.

El registro explica el método y muestra las estimaciones en una tabla. La salida es la misma tabla en CSV. Con un censo, las estimaciones se escriben también en su GeoPackage, y el mapa se actualiza.</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Transects (empty: the survey's photos)</source>
            <translation>Transectos (vacío: las fotos del censo)</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Strata (empty: all ground that the photos show)</source>
            <translation>Estratos (vacío: todo el terreno que muestran las fotos)</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Column with the name of the transect</source>
            <translation>Columna con el nombre del transecto</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Column with the stratum of the transect</source>
            <translation>Columna con el estrato del transecto</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/sample.py" />
            <source>Column with the name of the stratum</source>
            <translation>Columna con el nombre del estrato</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Reviewed sample that corrects for missed animals and false detections</source>
            <translation>Muestra revisada que corrige los animales no vistos y las detecciones falsas</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/sample.py" />
            <location filename="../search/dock.py" />
            <source>Samples (*.csv)</source>
            <translation>Muestras (*.csv)</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Full width of the strip, if transects are lines [m]</source>
            <translation>Ancho total de la franja, si los transectos son líneas [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../panel/estimate_questions.py" />
            <source>The whole area was searched (no confidence interval)</source>
            <translation>Se examinó toda el área (sin intervalo de confianza)</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Which photo is on which transect, if the photos are the transects</source>
            <translation>Qué foto está en qué transecto, si las fotos son los transectos</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Or: pattern that finds the transect in a photo's name</source>
            <translation>O: patrón que encuentra el transecto en el nombre de una foto</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>How the sample corrects</source>
            <translation>Cómo corrige la muestra</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Chosen by a test</source>
            <translation>Elegido por una prueba</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Each stratum by its own photos</source>
            <translation>Cada estrato por sus propias fotos</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>All by one model of the detector</source>
            <translation>Todos por un solo modelo del detector</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>How the transects were chosen</source>
            <translation>Cómo se eligieron los transectos</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Each at random</source>
            <translation>Cada uno al azar</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>At equal distances</source>
            <translation>A distancias iguales</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/observers.py" />
            <source>Share of the animals that a photo can show</source>
            <translation>Parte de los animales que una foto puede mostrar</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/observers.py" />
            <source>Standard error of that share</source>
            <translation>Error estándar de esa parte</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Share of those that observers see</source>
            <translation>Parte de esos que ven los observadores</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Standard error of that share, too</source>
            <translation>Error estándar de esa parte, también</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Also say how much more work reaches ± [%]</source>
            <translation>Decir también cuánto más trabajo alcanza ± [%]</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../survey_words.py" />
            <source>Estimates</source>
            <translation>Estimaciones</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/export.py" />
            <location filename="../algorithms/numbers.py" />
            <source>Tables (*.csv)</source>
            <translation>Tablas (*.csv)</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Evaluate a model against annotations</source>
            <translation>Evaluar un modelo con anotaciones</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Measures the precision, recall and count error of a model on annotated images</source>
            <translation>Mide la precisión, la exhaustividad y el error de conteo de un modelo en imágenes anotadas</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Runs a model on annotated images and measures its precision, recall, average precision and count error. Use images that the model was not trained on.

Annotations: a COCO file of whole images. “Export training data” makes one from a reviewed survey.

Model: if you leave it empty, the bundled sheep detector is evaluated.

Training annotations: if you give the annotations that the model was trained on, Herdmap refuses to evaluate it on the same photos or flights. A model does better on images it has seen.

The report is a page that opens in any browser. If you cancel, run it again and it continues.</source>
            <translation>Ejecuta un modelo en imágenes anotadas y mide su precisión, su exhaustividad, su precisión media y su error de conteo. Use imágenes con las que no se entrenó el modelo.

Anotaciones: un archivo COCO de imágenes enteras. «Exportar datos de entrenamiento» hace uno a partir de un censo revisado.

Modelo: si lo deja vacío, se evalúa el detector de ovejas incluido.

Anotaciones de entrenamiento: si indica las anotaciones con las que se entrenó el modelo, Herdmap se niega a evaluarlo en las mismas fotos o los mismos vuelos. Un modelo acierta más en imágenes que ya ha visto.

El informe es una página que se abre en cualquier navegador. Si cancela, ejecute de nuevo y continúa.</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Annotations (COCO)</source>
            <translation>Anotaciones (COCO)</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <location filename="../algorithms/export.py" />
            <source>COCO files (*.json)</source>
            <translation>Archivos COCO (*.json)</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Folder with the images</source>
            <translation>Carpeta con las imágenes</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Annotations the model was trained on</source>
            <translation>Anotaciones con las que se entrenó el modelo</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Folder for the report</source>
            <translation>Carpeta para el informe</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <location filename="../algorithms/teach.py" />
            <source>Report</source>
            <translation>Informe</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Cancelled. Finished work is kept. To continue, run it again.</source>
            <translation>Cancelado. El trabajo hecho se conserva. Para continuar, ejecute de nuevo.</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>The report is {path}</source>
            <translation>El informe es {path}</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Export animals</source>
            <translation>Exportar animales</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Writes the animals of a survey as CSV, GeoJSON, GeoParquet, KML, Shapefile or Darwin Core (for GBIF)</source>
            <translation>Escribe los animales de un censo en CSV, GeoJSON, GeoParquet, KML, Shapefile o Darwin Core (para GBIF)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Writes one row for each animal of a survey. The file ending chooses the format: .csv, .geojson, .parquet (GeoParquet), .kml, .shp, or .zip (a Darwin Core Archive for GBIF).

GeoJSON, GeoParquet and Shapefile get the boxes as polygons on the ground. CSV, KML and Darwin Core get the centres of the boxes. The survey is not changed.

For training data (COCO) use “Export training data”.</source>
            <translation>Escribe una fila por cada animal de un censo. La terminación del archivo elige el formato: .csv, .geojson, .parquet (GeoParquet), .kml, .shp o .zip (un archivo Darwin Core para GBIF).

GeoJSON, GeoParquet y Shapefile reciben los recuadros como polígonos en el terreno. CSV, KML y Darwin Core reciben los centros de los recuadros. El censo no cambia.

Para datos de entrenamiento (COCO) use «Exportar datos de entrenamiento».</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Description of the dataset, for a Darwin Core Archive</source>
            <translation>Descripción del conjunto de datos, para un archivo Darwin Core</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Dataset files (*.toml)</source>
            <translation>Archivos de descripción (*.toml)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Usual shape of the format</source>
            <translation>Forma habitual del formato</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Boxes</source>
            <translation>Recuadros</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Centres</source>
            <translation>Centros</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Shape</source>
            <translation>Forma</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Also repeated sightings of an animal that counts in another photo</source>
            <translation>También avistamientos repetidos de un animal que cuenta en otra foto</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>GeoJSON (*.geojson)</source>
            <translation>GeoJSON (*.geojson)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>GeoParquet (*.parquet)</source>
            <translation>GeoParquet (*.parquet)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>KML (*.kml)</source>
            <translation>KML (*.kml)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Shapefiles (*.shp)</source>
            <translation>Shapefiles (*.shp)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Darwin Core Archives (*.zip)</source>
            <translation>Archivos Darwin Core (*.zip)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <location filename="../panel/estimates_view.py" />
            <location filename="../panel/print_layout.py" />
            <location filename="../review/panel.py" />
            <location filename="../survey_words.py" />
            <source>Animals</source>
            <translation>Animales</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Herdmap cannot export to {ending}. Choose one of {endings}.</source>
            <translation>Herdmap no puede exportar a {ending}. Elija uno de {endings}.</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Export training data (COCO)</source>
            <translation>Exportar datos de entrenamiento (COCO)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Writes the reviewed animals of a survey as a COCO file, for training or evaluating a model</source>
            <translation>Escribe los animales revisados de un censo en un archivo COCO, para entrenar o evaluar un modelo</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Writes the reviewed animals of a survey as a COCO file. Use it to train or evaluate a model.

By default the file contains only photos in which every detection was reviewed. In other photos an animal may have been missed, and a model would learn that no animal is there.</source>
            <translation>Escribe los animales revisados de un censo en un archivo COCO. Úselo para entrenar o evaluar un modelo.

Por defecto, el archivo contiene solo fotos en las que se revisó cada detección. En otras fotos pudo pasarse por alto un animal, y un modelo aprendería que ahí no hay ninguno.</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Photos in which every detection was reviewed</source>
            <translation>Fotos en las que se revisó cada detección</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Also photos in which some detections were reviewed</source>
            <translation>También fotos en las que se revisaron algunas detecciones</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>All searched photos</source>
            <translation>Todas las fotos examinadas</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Which photos</source>
            <translation>Qué fotos</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>List of photos that a person searched completely</source>
            <translation>Lista de fotos que una persona examinó por completo</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Leave out unreviewed animals below this score</source>
            <translation>Dejar fuera los animales sin revisar por debajo de esta puntuación</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Training data</source>
            <translation>Datos de entrenamiento</translation>
        </message>
        <message>
            <location filename="../algorithms/find.py" />
            <location filename="../panel/own_animals.py" />
            <location filename="../search/dock.py" />
            <source>Find more like these</source>
            <translation>Encontrar más como estos</translation>
        </message>
        <message>
            <location filename="../algorithms/find.py" />
            <source>Learns from the animals that people marked, and proposes more in the other images</source>
            <translation>Aprende de los animales que las personas marcaron y propone más en las otras imágenes</translation>
        </message>
        <message>
            <location filename="../algorithms/find.py" />
            <source>Learns in seconds from the animals that people marked or confirmed in a survey, and searches the other images for more of them. Mark 10 to 20 animals first, best all animals of one to three images, with Search images.

What is found becomes detections with a score. Review them as any others. Then run it again: it learns from what you confirmed and rejected.

Images that people searched completely are not searched again. What people marked, reviewed and searched is kept. Detections that nobody reviewed are replaced.

It finds animals that look like those that were marked and are about as large. It does not carry over to animals of another size. Animals that stand close together are found less well.</source>
            <translation>Aprende en segundos de los animales que las personas marcaron o confirmaron en un censo, y busca más de ellos en las otras imágenes. Marque primero de 10 a 20 animales, mejor todos los de una a tres imágenes, con Examinar imágenes.

Lo que se encuentra pasa a ser detecciones con una puntuación. Revíselas como las demás. Después ejecute de nuevo: aprende de lo que confirmó y rechazó.

Las imágenes que las personas examinaron por completo no se examinan otra vez. Lo que las personas marcaron, revisaron y examinaron se conserva. Las detecciones que nadie revisó se sustituyen.

Encuentra animales que se parecen a los marcados y son más o menos del mismo tamaño. No sirve para animales de otro tamaño. Los animales muy juntos se encuentran peor.</translation>
        </message>
        <message>
            <location filename="../algorithms/find.py" />
            <source>Lowest score (empty: 0.5)</source>
            <translation>Puntuación mínima (vacío: 0.5)</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <location filename="../panel/road.py" />
            <location filename="../survey_words.py" />
            <source>Imagery</source>
            <translation>Imágenes</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <location filename="../algorithms/import_labels.py" />
            <source>Files</source>
            <translation>Archivos</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../panel/questions.py" />
            <source>Folder of photos</source>
            <translation>Carpeta de fotos</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>Regions to count animals in</source>
            <translation>Regiones donde contar los animales</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>No imagery is chosen. Choose raster layers, files or a folder of photos.</source>
            <translation>No se eligieron imágenes. Elija capas ráster, archivos o una carpeta de fotos.</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>“{name}” shows the detections of a survey, and those are no regions. Choose a layer of polygons that you drew or got.</source>
            <translation>«{name}» muestra las detecciones de un censo, y esas no son regiones. Elija una capa de polígonos que haya dibujado o recibido.</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>Survey (GeoPackage)</source>
            <translation>Censo (GeoPackage)</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>The survey is a GeoPackage, but its name ends in {ending}. Choose a name that ends in .gpkg.</source>
            <translation>El censo es un GeoPackage, pero su nombre termina en {ending}. Elija un nombre que termine en .gpkg.</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <location filename="../algorithms/import_labels.py" />
            <source>The folder {folder} does not exist.</source>
            <translation>La carpeta {folder} no existe.</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>The layer “{name}” of this survey is being edited. Save or discard the edits first.</source>
            <translation>La capa «{name}» de este censo se está editando. Guarde o descarte primero los cambios.</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Georeference photos</source>
            <translation>Georreferenciar las fotos</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Moves the photos of a finished survey to new positions or heights</source>
            <translation>Mueve las fotos de un censo terminado a nuevas posiciones o alturas</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Moves the photos of a finished survey to new positions or heights, and their animals with them. Detections and reviews are kept, and the counts are updated. The imagery is not searched again, so this takes seconds.

Positions: a table with one row for each photo, or a flight log that is matched by time. If the table has angles and does not say which, Herdmap asks for them: choose them under *Angles in the positions*.

If you leave a field empty, the setting of the last placement is used.

Heights: give a terrain model, the height above the ground, or the height of level ground. A drone records its height above the take-off point, not above the ground below the photo.

The file of the survey is replaced, and its layers in the project are reloaded.</source>
            <translation>Mueve las fotos de un censo terminado a nuevas posiciones o alturas, y sus animales con ellas. Las detecciones y las revisiones se conservan, y los conteos se actualizan. Las imágenes no se examinan otra vez, así que tarda segundos.

Posiciones: una tabla con una fila por cada foto, o un registro de vuelo que se empareja por la hora. Si la tabla tiene ángulos y no dice cuáles, Herdmap los pide: elíjalos en *Ángulos de las posiciones*.

Si deja un campo vacío, se usa el ajuste de la última colocación.

Alturas: indique un modelo del terreno, la altura sobre el suelo, o la altitud de un suelo plano. Un dron registra su altura sobre el punto de despegue, no sobre el suelo bajo la foto.

El archivo del censo se sustituye, y sus capas en el proyecto se recargan.</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Camera calibration</source>
            <translation>Calibración de la cámara</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Positions (table or flight log)</source>
            <translation>Posiciones (tabla o registro de vuelo)</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Height of level ground, measured like the altitudes of the photos [m]</source>
            <translation>Altitud del suelo plano, medida como las altitudes de las fotos [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Seconds to add to the camera clock</source>
            <translation>Segundos que se suman al reloj de la cámara</translation>
        </message>
        <message>
            <location filename="../algorithms/imagery.py" />
            <source>“{name}” comes from a web service or a database, but the detector reads only files. Save the part you need as a GeoTIFF (right-click the layer ▸ Export ▸ Save As, at full resolution) and choose that file.</source>
            <translation>«{name}» viene de un servicio web o de una base de datos, pero el detector solo lee archivos. Guarde la parte que necesita como GeoTIFF (clic derecho en la capa ▸ Exportar ▸ Guardar como, a resolución completa) y elija ese archivo.</translation>
        </message>
        <message>
            <location filename="../algorithms/imagery.py" />
            <source>“{name}” is not a single file on this computer ({source}). Save it as a GeoTIFF and choose that file.</source>
            <translation>«{name}» no es un solo archivo de este equipo ({source}). Guárdelo como GeoTIFF y elija ese archivo.</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Import detections or labels</source>
            <translation>Importar detecciones o etiquetas</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Makes a survey of animals that other programs found or that people marked</source>
            <translation>Hace un censo de animales que otros programas encontraron o que las personas marcaron</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Reads detections and labels of other programs, and places the animals on the map: COCO, YOLO, MegaDetector, CVAT, Label Studio, LabelMe, VIA, Pascal VOC, HerdNet, DeepForest, DotDotGoose, VIAME, tables and vector layers. Then you review and count them like detections of Herdmap.

Files, or a folder of labels: if the tool writes a file for each photo, give the folder.

Survey: if the file exists, the animals are added to it. Its reviews stay, and an animal that it has already is not added again.

Columns: for a table whose columns have other names, for example photo=File, class=Species, x=X, y=Y.</source>
            <translation>Lee detecciones y etiquetas de otros programas y coloca los animales en el mapa: COCO, YOLO, MegaDetector, CVAT, Label Studio, LabelMe, VIA, Pascal VOC, HerdNet, DeepForest, DotDotGoose, VIAME, tablas y capas vectoriales. Después los revisa y los cuenta como detecciones de Herdmap.

Archivos, o una carpeta de etiquetas: si la herramienta escribe un archivo por cada foto, indique la carpeta.

Censo: si el archivo existe, los animales se añaden a él. Sus revisiones quedan, y un animal que ya tiene no se añade otra vez.

Columnas: para una tabla cuyas columnas tienen otros nombres, por ejemplo photo=File, class=Species, x=X, y=Y.</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Folder of labels</source>
            <translation>Carpeta de etiquetas</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Photos without labels were searched and are empty</source>
            <translation>Las fotos sin etiquetas se examinaron y están vacías</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Lowest score (empty: all)</source>
            <translation>Puntuación mínima (vacío: todas)</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Columns (for example photo=File, class=Species)</source>
            <translation>Columnas (por ejemplo photo=File, class=Species)</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Animals that were added</source>
            <translation>Animales añadidos</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>No labels are chosen. Choose files or a folder of labels.</source>
            <translation>No se eligieron etiquetas. Elija archivos o una carpeta de etiquetas.</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Columns: “{text}” has no equals sign. Write it as photo=File.</source>
            <translation>Columnas: «{text}» no tiene signo igual. Escríbalo como photo=File.</translation>
        </message>
        <message>
            <location filename="../algorithms/kept_output.py" />
            <source>“{name}” has no file yet. Choose one: QGIS deletes temporary files when it closes, and the result would be lost.</source>
            <translation>«{name}» aún no tiene archivo. Elija uno: QGIS borra los archivos temporales al cerrarse, y el resultado se perdería.</translation>
        </message>
        <message>
            <location filename="../algorithms/kept_output.py" />
            <source>“{name}” is a temporary file: QGIS deletes it when it closes, and the result would be lost. Choose a file in a folder of yours.</source>
            <translation>«{name}» es un archivo temporal: QGIS lo borra al cerrarse, y el resultado se perdería. Elija un archivo en una carpeta suya.</translation>
        </message>
        <message>
            <location filename="../algorithms/kept_output.py" />
            <source>You may not write to the folder {folder}. Choose another folder for “{name}”.</source>
            <translation>No puede escribir en la carpeta {folder}. Elija otra carpeta para «{name}».</translation>
        </message>
        <message>
            <location filename="../algorithms/layer_file.py" />
            <source>The layer of “{}” is not in the project any more. Open it, and run this again. Nothing was changed.</source>
            <translation>La capa de «{}» ya no está en el proyecto. Ábrala y ejecute de nuevo. No se cambió nada.</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <source>Merge two reviews</source>
            <translation>Unir dos revisiones</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <source>Merges the reviews of two people, who each reviewed a copy of one survey</source>
            <translation>Une las revisiones de dos personas, que revisaron cada una una copia de un censo</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <source>Makes one survey of two copies that two people reviewed. If both say the same of an animal, it holds. If they disagree, the later word holds, the other one is in the note, and the animal is in a table of conflicts beside the result. The log says how well the two agree.

To settle conflicts, open the result in the review and choose “More”.</source>
            <translation>Hace un censo de dos copias que revisaron dos personas. Si ambas dicen lo mismo de un animal, eso vale. Si no están de acuerdo, vale la palabra más reciente, la otra queda en la nota, y el animal está en una tabla de conflictos junto al resultado. El registro dice hasta qué punto coinciden.

Para resolver conflictos, abra el resultado en la revisión y elija “Más”.</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <location filename="../review/two_reviewers.py" />
            <source>The copy of the other reviewer</source>
            <translation>La copia del otro revisor</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <location filename="../algorithms/observers.py" />
            <location filename="../algorithms/teach.py" />
            <location filename="../plugin.py" />
            <location filename="../review/two_reviewers.py" />
            <location filename="../survey_panel.py" />
            <source>Surveys (*.gpkg)</source>
            <translation>Censos (*.gpkg)</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <source>Merged survey</source>
            <translation>Censo unido</translation>
        </message>
        <message>
            <location filename="../algorithms/model_question.py" />
            <source>sheep (bundled)</source>
            <translation>ovejas (incluido)</translation>
        </message>
        <message>
            <location filename="../algorithms/model_question.py" />
            <source>Listing the models</source>
            <translation>Listando los modelos</translation>
        </message>
        <message>
            <location filename="../algorithms/model_question.py" />
            <source>Another file…</source>
            <translation>Otro archivo…</translation>
        </message>
        <message>
            <location filename="../algorithms/model_question.py" />
            <source>Models (*.onnx *.npz);;All files (*)</source>
            <translation>Modelos (*.onnx *.npz);;Todos los archivos (*)</translation>
        </message>
        <message>
            <location filename="../algorithms/named_columns.py" />
            <source>There is no column {}. The columns are: {}</source>
            <translation>No hay ninguna columna {}. Las columnas son: {}</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>New survey</source>
            <translation>Nuevo censo</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>Puts photos and orthomosaics on the map, to be searched by people</source>
            <translation>Pone fotos y ortomosaicos en el mapa, para que los examinen personas</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>Makes a survey without a model: a GeoPackage with the place of each image. Nothing is searched, so it takes seconds. Then press Search images in the toolbar, and look at the images cell by cell.

Classes: the kinds of animals that you look for, with commas between them. The keys 1 to 9 choose them.

Polygons: images outside them are left out of the search.

You can let a model search the same survey later: run Detect animals with the same output. What people searched and marked is kept.</source>
            <translation>Hace un censo sin modelo: un GeoPackage con el lugar de cada imagen. No se examina nada, así que tarda segundos. Después pulse Examinar imágenes en la barra de herramientas, y mire las imágenes celda por celda.

Clases: los tipos de animales que busca, separados por comas. Las teclas 1 a 9 los eligen.

Polígonos: las imágenes fuera de ellos no se examinan.

Más tarde puede dejar que un modelo examine el mismo censo: ejecute Detectar animales con la misma salida. Lo que las personas examinaron y marcaron se conserva.</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>Classes (for example elephant, zebra)</source>
            <translation>Clases (por ejemplo elefante, cebra)</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>Leave out images outside these polygons</source>
            <translation>Dejar fuera las imágenes fuera de estos polígonos</translation>
        </message>
        <message>
            <location filename="../algorithms/numbers.py" />
            <source>Table of the results</source>
            <translation>Tabla de los resultados</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Compare two observers</source>
            <translation>Comparar dos observadores</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Estimates how many animals two observers of the same photos both missed</source>
            <translation>Estima cuántos animales no vio ninguno de dos observadores de las mismas fotos</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Two observers searched the same photos apart: two people with copies of a survey, or a person and the detector. What only one of them saw tells how many animals both missed.

The two files may be the same survey, if people searched without seeing the boxes: choose people for the first and the detector for the second.

The observers must be independent. Animals that are hard to see for both make the estimate too low. The log has the estimate in words, with the share of the animals that either observer saw: “Estimate population” divides by it.</source>
            <translation>Dos observadores examinaron las mismas fotos por separado: dos personas con copias de un censo, o una persona y el detector. Lo que solo uno de ellos vio dice cuántos animales no vio ninguno.

Los dos archivos pueden ser el mismo censo, si las personas examinaron sin ver los recuadros: elija las personas para el primero y el detector para el segundo.

Los observadores deben ser independientes. Los animales difíciles de ver para ambos hacen la estimación demasiado baja. El registro da la estimación en palabras, con la parte de los animales que vio uno u otro: «Estimar la población» divide por ella.</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Survey of the first observer</source>
            <translation>Censo del primer observador</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Survey of the second</source>
            <translation>Censo del segundo</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>All sightings</source>
            <translation>Todos los avistamientos</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Those that people drew</source>
            <translation>Los que dibujaron personas</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Those of the detector</source>
            <translation>Los del detector</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Its class</source>
            <translation>Su clase</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Its distance from the photo's centre</source>
            <translation>Su distancia al centro de la foto</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Its length</source>
            <translation>Su longitud</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Sightings of the first</source>
            <translation>Avistamientos del primero</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Sightings of the second</source>
            <translation>Avistamientos del segundo</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>What makes an animal hard to see</source>
            <translation>Qué hace que un animal sea difícil de ver</translation>
        </message>
        <message>
            <location filename="../algorithms/option_labels.py" />
            <source>(Options with -- exist only on the command line.)</source>
            <translation>(Las opciones con -- solo existen en la línea de órdenes.)</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Plan transects</source>
            <translation>Planificar transectos</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Lays transects over strata, for a wanted precision or effort, with routes for the GPS</source>
            <translation>Traza transectos sobre los estratos, para la precisión o el esfuerzo deseados, con rutas para el GPS</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Lays lines at equal distances over each stratum, the first one at random, across its long axis unless you give a bearing.

Give one wish: the CV of the estimate of all strata, the km of all lines, or the number of lines in each stratum. A CV needs an earlier survey (with estimates, or a table of transects with counts), or how many animals would be counted on a square kilometre.

The log says the lines, the km, the photos and the expected CV of each stratum. The output is a layer that “Estimate population” reads, and a GPX file with a route for each stratum.</source>
            <translation>Traza líneas a distancias iguales sobre cada estrato, la primera al azar, a través de su eje mayor a menos que indique un rumbo.

Indique un solo deseo: el CV de la estimación de todos los estratos, los km de todas las líneas, o el número de líneas de cada estrato. Un CV necesita un censo anterior (con estimaciones, o una tabla de transectos con conteos), o cuántos animales se contarían en un kilómetro cuadrado.

El registro dice las líneas, los km, las fotos y el CV esperado de cada estrato. La salida es una capa que lee «Estimar la población», y un archivo GPX con una ruta por estrato.</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <location filename="../algorithms/sample.py" />
            <location filename="../panel/estimate_questions.py" />
            <source>Strata</source>
            <translation>Estratos</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Full width of the strip [m]</source>
            <translation>Ancho total de la franja [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Wanted CV of the estimate [%]</source>
            <translation>CV deseado de la estimación [%]</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Or: km of all lines together</source>
            <translation>O: km de todas las líneas juntas</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Or: lines in each stratum</source>
            <translation>O: líneas en cada estrato</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Earlier survey, or its table of transects</source>
            <translation>Censo anterior, o su tabla de transectos</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Surveys and tables (*.gpkg *.csv)</source>
            <translation>Censos y tablas (*.gpkg *.csv)</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Class in the earlier survey</source>
            <translation>Clase en el censo anterior</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Without an earlier survey: animals that are counted on a km²</source>
            <translation>Sin censo anterior: animales que se cuentan en un km²</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Bearing of the lines [degrees]</source>
            <translation>Rumbo de las líneas [grados]</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Distance between two photos [m]</source>
            <translation>Distancia entre dos fotos [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Random seed of the first lines</source>
            <translation>Semilla aleatoria de las primeras líneas</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Planned transects</source>
            <translation>Transectos planificados</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Layers (*.gpkg)</source>
            <translation>Capas (*.gpkg)</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Routes for the GPS</source>
            <translation>Rutas para el GPS</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Routes (*.gpx)</source>
            <translation>Rutas (*.gpx)</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Positions (*.csv *.txt *.tsv *.gpx *.pos *.mrk *.json *.geojson)</source>
            <translation>Posiciones (*.csv *.txt *.tsv *.gpx *.pos *.mrk *.json *.geojson)</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>As the file says</source>
            <translation>Como dice el archivo</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Yaw, pitch and roll of the gimbal (pitch -90 looks straight down)</source>
            <translation>Guiñada, cabeceo y alabeo del gimbal (cabeceo -90: mira recto hacia abajo)</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Yaw, pitch and roll of a camera (pitch 0 looks straight down)</source>
            <translation>Guiñada, cabeceo y alabeo de una cámara (cabeceo 0: mira recto hacia abajo)</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Yaw, pitch and roll of the aircraft</source>
            <translation>Guiñada, cabeceo y alabeo de la aeronave</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Omega, phi and kappa</source>
            <translation>Omega, phi y kappa</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>CRS of the columns x and y, for example EPSG:32737</source>
            <translation>SRC de las columnas x e y, por ejemplo EPSG:32737</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Angles in the positions</source>
            <translation>Ángulos de las posiciones</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Error of the positions [m] (empty: as the file says, otherwise 3)</source>
            <translation>Error de las posiciones [m] (vacío: como dice el archivo, si no 3)</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>Images: {images}. Tiles: {tiles}.</source>
            <translation>Imágenes: {images}. Teselas: {tiles}.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{done} of {tiles} tiles, {speed:.1f} per second, {left}. {detections} boxes so far.</source>
            <translation>{done} de {tiles} teselas, {speed:.1f} por segundo, {left}. {detections} recuadros hasta ahora.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{done} of {images} images read.</source>
            <translation>{done} de {images} imágenes leídas.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>Pictures of the animals of {done} of {images} images made.</source>
            <translation>Imágenes pequeñas de los animales hechas en {done} de {images} imágenes.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>Images to learn from: {}.</source>
            <translation>Imágenes de las que aprende: {}.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>Learning, {left}.</source>
            <translation>Aprendiendo, {left}.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{n} s left</source>
            <translation>faltan {n} s</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{n} min left</source>
            <translation>faltan {n} min</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{n:.1f} h left</source>
            <translation>faltan {n:.1f} h</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Write a survey report</source>
            <translation>Escribir un informe del censo</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Writes the survey as one page to print and sign</source>
            <translation>Escribe el censo en una página para imprimir y firmar</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Writes one page that opens in any browser, also offline, and prints on A4. It shows what was counted and how sure that is, what was not looked at, a map, the effort, the estimates, the quality of the detector and the method, and has lines for signatures.

With the ending .pdf, the Chrome, Chromium, Edge or Brave of this computer prints it.

Estimate the population first. Without estimates, the page shows what was found.</source>
            <translation>Escribe una página que se abre en cualquier navegador, también sin conexión, y se imprime en A4. Muestra qué se contó y con qué seguridad, qué no se examinó, un mapa, el esfuerzo, las estimaciones, la calidad del detector y el método, y tiene líneas para firmas.

Con la terminación .pdf, la imprime el Chrome, Chromium, Edge o Brave de este equipo.

Estime primero la población. Sin estimaciones, la página muestra lo que se encontró.</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Title of the report</source>
            <translation>Título del informe</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Table of two observers, to be shown in the report</source>
            <translation>Tabla de dos observadores, para mostrarla en el informe</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Survey report</source>
            <translation>Informe del censo</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Pages (*.html);;PDF (*.pdf)</source>
            <translation>Páginas (*.html);;PDF (*.pdf)</translation>
        </message>
        <message>
            <location filename="../algorithms/runs.py" />
            <source>Starting…</source>
            <translation>Empezando…</translation>
        </message>
        <message>
            <location filename="../algorithms/runs.py" />
            <source>Stopping…</source>
            <translation>Deteniendo…</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Draw photos to review</source>
            <translation>Sortear fotos para revisar</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Draws random photos to review, so that an estimate can be corrected</source>
            <translation>Sortea fotos para revisar, para poder corregir una estimación</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Draws random photos: of those in which the detector found something, and of those in which it found nothing; with strata, so many in each stratum.

Review these photos from the top: confirm or reject the boxes, and draw the animals that are missing. Write yes into the column reviewed. Then give the table to “Estimate population”. If the table exists, photos are added and earlier marks are kept.</source>
            <translation>Sortea fotos al azar: de aquellas en las que el detector encontró algo y de aquellas en las que no encontró nada; con estratos, otras tantas en cada estrato.

Revise estas fotos desde arriba: confirme o rechace los recuadros, y dibuje los animales que faltan. Escriba yes en la columna reviewed. Después dé la tabla a «Estimar la población». Si la tabla existe, se añaden fotos y se conservan las marcas anteriores.</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Photos with detections</source>
            <translation>Fotos con detecciones</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Photos without detections</source>
            <translation>Fotos sin detecciones</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Random seed</source>
            <translation>Semilla aleatoria</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Sample</source>
            <translation>Muestra</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Make a share folder</source>
            <translation>Hacer una carpeta para compartir</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Makes a folder with a map and the photos, which opens offline in any browser</source>
            <translation>Hace una carpeta con un mapa y las fotos, que se abre sin conexión en cualquier navegador</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Makes a folder for people without Herdmap and QGIS. They open its index.html in any browser, also offline and on a phone, and see the map, the photos with their boxes, filters and counts. The folder is a few per cent as large as the imagery.

Largest size: for example 50MB or 5%. If you leave it empty, the limit is 5 % of the imagery.</source>
            <translation>Hace una carpeta para personas sin Herdmap ni QGIS. Abren su index.html en cualquier navegador, también sin conexión y en un teléfono, y ven el mapa, las fotos con sus recuadros, filtros y conteos. La carpeta ocupa un pequeño porcentaje de lo que ocupan las imágenes.

Tamaño máximo: por ejemplo 50MB o 5%. Si lo deja vacío, el límite es el 5 % de las imágenes.</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Title of the page</source>
            <translation>Título de la página</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Largest size (for example 50MB or 5%)</source>
            <translation>Tamaño máximo (por ejemplo 50MB o 5%)</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Also pictures with the boxes drawn on them</source>
            <translation>También imágenes con los recuadros dibujados</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Also pictures of images outside the survey's folder</source>
            <translation>También imágenes de fuera de la carpeta del censo</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <location filename="../panel/steps.py" />
            <source>Share folder</source>
            <translation>Carpeta para compartir</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <location filename="../panel/own_animals.py" />
            <source>Teach a model</source>
            <translation>Entrenar un modelo</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Learns the animals that people marked in a survey, and writes a model for Detect animals</source>
            <translation>Aprende los animales que las personas marcaron en un censo y escribe un modelo para Detectar animales</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Makes a model of your own animals in about ten minutes. It learns from animals that people marked or confirmed, from ground that they searched and where no animal is, and from detections that they rejected. It learns nothing of ground that nobody searched. Search and mark 10 to 30 images first, also some without animals.

Some images are held out to measure on. The report says whether the model is fit to count with, shows its worst mistakes, says what more images would bring, and which images to search next.

Run it again after more reviews with the same model file: it goes on from that model, and holds out the same images. Then use the model in “Detect animals”.

It needs torch: in Herdmap ▸ Settings, press “Add teaching”.</source>
            <translation>Hace un modelo de sus propios animales en unos diez minutos. Aprende de los animales que las personas marcaron o confirmaron, del suelo que examinaron y donde no hay ningún animal, y de las detecciones que rechazaron. No aprende nada del suelo que nadie examinó. Examine y marque primero de 10 a 30 imágenes, también algunas sin animales.

Algunas imágenes se apartan para medir. El informe dice si el modelo sirve para contar, muestra sus peores errores, dice qué aportarían más imágenes y qué imágenes examinar después.

Ejecute de nuevo después de más revisiones con el mismo archivo de modelo: sigue a partir de ese modelo y aparta las mismas imágenes. Después use el modelo en «Detectar animales».

Necesita torch: en Herdmap ▸ Configuración, pulse «Añadir entrenamiento».</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <location filename="../panel/own_animals.py" />
            <source>Minutes, about</source>
            <translation>Minutos, más o menos</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Another survey to learn from</source>
            <translation>Otro censo del que aprender</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Length of the animals, px (if only points are marked)</source>
            <translation>Longitud de los animales, px (si solo hay puntos marcados)</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Images to measure on</source>
            <translation>Imágenes para medir</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Animals in them</source>
            <translation>Animales en ellas</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Found</source>
            <translation>Encontrados</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>False alarms</source>
            <translation>Falsas alarmas</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Fit to count with</source>
            <translation>Apto para contar</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Which is better: find or model</source>
            <translation>Cuál es mejor: find o model</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>How good the model is: {page}</source>
            <translation>Calidad del modelo: {page}</translation>
        </message>
        <message>
            <location filename="../environment/brought_python.py" />
            <location filename="../environment/set_up.py" />
            <source>Fetching Python</source>
            <translation>Obteniendo Python</translation>
        </message>
        <message>
            <location filename="../environment/brought_python.py" />
            <source>QGIS's own Python has no pip, so it cannot fetch another Python.</source>
            <translation>El Python de QGIS no tiene pip, así que no puede obtener otro Python.</translation>
        </message>
        <message>
            <location filename="../environment/carried.py" />
            <source>{name} is missing in the plugin's folder, or changed. Install the plugin again from its zip.</source>
            <translation>{name} falta en la carpeta del complemento, o se cambió. Instale de nuevo el complemento desde su zip.</translation>
        </message>
        <message>
            <location filename="../environment/environment.py" />
            <source>The Python of the chosen environment does not exist: {path}. Choose another one in Herdmap ▸ Settings.</source>
            <translation>El Python del entorno elegido no existe: {path}. Elija otro en Herdmap ▸ Configuración.</translation>
        </message>
        <message>
            <location filename="../environment/environment.py" />
            <source>The detector is not set up yet. Press “Set up” in Herdmap ▸ Settings. You do this once, and it takes a few minutes.</source>
            <translation>El detector aún no está instalado. Pulse «Instalar» en Herdmap ▸ Configuración. Se hace una sola vez y tarda unos minutos.</translation>
        </message>
        <message>
            <location filename="../environment/environment.py" />
            <source>{python} has no herdmap. Run “pip install herdmap” in that environment, or choose another one.</source>
            <translation>{python} no tiene herdmap. Ejecute «pip install herdmap» en ese entorno, o elija otro.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The disk is full. Free 2 GB and press the button again. Finished downloads are kept.</source>
            <translation>El disco está lleno. Libere 2 GB y pulse el botón de nuevo. Las descargas terminadas se conservan.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The proxy did not work. Check it in Settings ▸ Options ▸ Network or ask your network administrator. Then press the button again.</source>
            <translation>El proxy no funcionó. Compruébelo en Configuración ▸ Opciones ▸ Red o pregunte al administrador de su red. Después pulse el botón de nuevo.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>This computer does not trust the certificate of the connection. Either its clock is wrong, or your network inspects encrypted connections. Check the clock. Ask your network administrator for the certificate as a .pem file, set the environment variable PIP_CERT to that file, restart QGIS and press the button again.</source>
            <translation>Este equipo no confía en el certificado de la conexión. O su reloj está mal, o su red inspecciona las conexiones cifradas. Compruebe el reloj. Pida al administrador de su red el certificado en un archivo .pem, dé ese archivo a la variable de entorno PIP_CERT, reinicie QGIS y pulse el botón de nuevo.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The package index could not be reached. Check the internet connection. If you use a proxy, check Settings ▸ Options ▸ Network. Then press the button again. Finished downloads are kept.</source>
            <translation>No se pudo llegar al índice de paquetes. Compruebe la conexión a Internet. Si usa un proxy, compruebe Configuración ▸ Opciones ▸ Red. Después pulse el botón de nuevo. Las descargas terminadas se conservan.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The package index refused the request. If your organisation has its own index, check the address and the password in pip's configuration (pip.ini or pip.conf).</source>
            <translation>El índice de paquetes rechazó la petición. Si su organización tiene un índice propio, compruebe la dirección y la contraseña en la configuración de pip (pip.ini o pip.conf).</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>A file that was fetched is not the one that was expected, so nothing of it was used. Try again, or on another network.</source>
            <translation>Un archivo descargado no es el esperado, así que no se usó nada de él. Inténtelo de nuevo, o en otra red.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The path of the QGIS profile is too long for this system. Allow long paths in Windows (LongPathsEnabled), or make an environment in a folder with a short path and choose it below.</source>
            <translation>La ruta del perfil de QGIS es demasiado larga para este sistema. Permita rutas largas en Windows (LongPathsEnabled), o haga un entorno en una carpeta de ruta corta y elíjalo abajo.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>A file could not be read or written, because an antivirus program or another program uses it. Close other QGIS windows, exclude the folder below from the antivirus program, and press the button again.</source>
            <translation>No se pudo leer o escribir un archivo, porque lo usa un antivirus u otro programa. Cierre las otras ventanas de QGIS, excluya del antivirus la carpeta de abajo y pulse el botón de nuevo.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>You may not write to the folder below. Check its permissions and press the button again.</source>
            <translation>No puede escribir en la carpeta de abajo. Compruebe sus permisos y pulse el botón de nuevo.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>This Python is too old for the detector. Install Python 3.12 and choose it below.</source>
            <translation>Este Python es demasiado antiguo para el detector. Instale Python 3.12 y elíjalo abajo.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>This Python cannot make environments. On Debian and Ubuntu, run “sudo apt install python3-venv”. On other systems, install Python from python.org and choose it below.</source>
            <translation>Este Python no puede hacer entornos. En Debian y Ubuntu, ejecute «sudo apt install python3-venv». En otros sistemas, instale Python desde python.org y elíjalo abajo.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The package index has no package for this system and this Python. The detector needs 64-bit Windows, macOS or Linux, and Python 3.11 to 3.14. Choose such a Python below. If your organisation has its own index, ask for the missing package there.</source>
            <translation>El índice de paquetes no tiene un paquete para este sistema y este Python. El detector necesita Windows, macOS o Linux de 64 bits, y Python 3.11 a 3.14. Elija abajo un Python así. Si su organización tiene un índice propio, pida allí el paquete que falta.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>A system library is missing. On Windows, install the Visual C++ Redistributable (x64) from Microsoft. On Linux, use a distribution from the last five years.</source>
            <translation>Falta una biblioteca del sistema. En Windows, instale el Visual C++ Redistributable (x64) de Microsoft. En Linux, use una distribución de los últimos cinco años.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>Press “Copy diagnostics” and send the copied text to the person who helps you.</source>
            <translation>Pulse «Copiar diagnóstico» y envíe el texto copiado a la persona que le ayuda.</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>The detector took longer than {} s to list the models.</source>
            <translation>El detector tardó más de {} s en listar los modelos.</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>The models cannot be listed: {}</source>
            <translation>No se pueden listar los modelos: {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>bundled</source>
            <translation>incluido</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>own</source>
            <translation>propio</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>{}: cannot be used</source>
            <translation>{}: no se puede usar</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>{:g} to {:g} cm a pixel</source>
            <translation>{:g} a {:g} cm por píxel</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>unknown</source>
            <translation>desconocido</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>F1 {}</source>
            <translation>F1 {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>F1 {:.2f} on {}</source>
            <translation>F1 {:.2f} en {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>Finds: {}</source>
            <translation>Encuentra: {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>Fits imagery of {}</source>
            <translation>Sirve para imágenes de {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>a scale that its file does not say</source>
            <translation>una escala que su archivo no dice</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>How right: {}</source>
            <translation>Acierto: {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>its file does not say</source>
            <translation>su archivo no lo dice</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>Learnt from: {}</source>
            <translation>Aprendió de: {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <location filename="../panel/road.py" />
            <source>{low} to {high}</source>
            <translation>{low} a {high}</translation>
        </message>
        <message>
            <location filename="../environment/packages.py" />
            <source>{folder} contains no packages. Choose a folder that “herdmap bundle” made on a computer with a network.</source>
            <translation>{folder} no contiene paquetes. Elija una carpeta que «herdmap bundle» hizo en un equipo con red.</translation>
        </message>
        <message>
            <location filename="../environment/packages.py" />
            <source>The package index has no Herdmap of this version, or a package is missing there. Choose “This plugin and the package index”, or ask for the packages there.</source>
            <translation>El índice de paquetes no tiene Herdmap de esta versión, o allí falta un paquete. Elija «Este complemento y el índice de paquetes», o pida allí los paquetes.</translation>
        </message>
        <message>
            <location filename="../environment/packages.py" />
            <source>{folder} lacks a package for this system and this Python. Make the folder again with “herdmap bundle” of this version, for this system and this version of Python.</source>
            <translation>En {folder} falta un paquete para este sistema y este Python. Haga la carpeta de nuevo con «herdmap bundle» de esta versión, para este sistema y esta versión de Python.</translation>
        </message>
        <message>
            <location filename="../environment/packages_choice.py" />
            <source>This plugin and the package index</source>
            <translation>Este complemento y el índice de paquetes</translation>
        </message>
        <message>
            <location filename="../environment/packages_choice.py" />
            <source>The package index alone</source>
            <translation>Solo el índice de paquetes</translation>
        </message>
        <message>
            <location filename="../environment/packages_choice.py" />
            <source>A folder, without a network</source>
            <translation>Una carpeta, sin red</translation>
        </message>
        <message>
            <location filename="../environment/packages_choice.py" />
            <source>folder that “herdmap bundle” made</source>
            <translation>carpeta que hizo «herdmap bundle»</translation>
        </message>
        <message>
            <location filename="../environment/process.py" />
            <source>{}: cannot be started ({})</source>
            <translation>{}: no se puede iniciar ({})</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>No Python was found</source>
            <translation>No se encontró ningún Python</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>The detector needs Python 3.11 or newer. {found}. {mend}, then press the button again.</source>
            <translation>El detector necesita Python 3.11 o más nuevo. {found}. {mend}, y pulse el botón de nuevo.</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is the Microsoft Store's, which cannot make an environment for QGIS</source>
            <translation>es el de Microsoft Store, que no puede crear un entorno para QGIS</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is QGIS's own Python, which changes with each update of QGIS</source>
            <translation>es el Python del propio QGIS, que cambia con cada actualización de QGIS</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>cannot be started</source>
            <translation>no se puede iniciar</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>cannot make environments (on Debian and Ubuntu, run “sudo apt install python3-venv”)</source>
            <translation>no puede hacer entornos (en Debian y Ubuntu, ejecute «sudo apt install python3-venv»)</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is not a working Python</source>
            <translation>no es un Python que funcione</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is Python {version}, which is too old</source>
            <translation>es Python {version}, demasiado antiguo</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is Python {version}, but the folder has the packages for {those}</source>
            <translation>es Python {version}, pero la carpeta tiene los paquetes para {those}</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is a 32-bit Python, but the detector needs 64 bit</source>
            <translation>es un Python de 32 bits, pero el detector necesita 64 bits</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>Install it from python.org (you need no administrator rights), not from the Microsoft Store</source>
            <translation>Instálelo desde python.org (no necesita permisos de administrador), no desde la Microsoft Store</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>Install it from python.org</source>
            <translation>Instálelo desde python.org</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>Install it with your system's packages (python3 and python3-venv)</source>
            <translation>Instálelo con los paquetes de su sistema (python3 y python3-venv)</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>“Add teaching” also installs torch, which “Teach a model” needs: about {load:g} GB to download, {disk:g} GB on the disk, 2 to 20 minutes. Everything else works without it.</source>
            <translation>«Añadir entrenamiento» instala también torch, que «Entrenar un modelo» necesita: unos {load:g} GB de descarga, {disk:g} GB en el disco, de 2 a 20 minutos. Todo lo demás funciona sin él.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>This copy of the plugin contains no detector. Install the plugin from its zip, or choose an existing environment.</source>
            <translation>Esta copia del complemento no contiene ningún detector. Instale el complemento desde su zip, o elija un entorno existente.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Ready</source>
            <translation>Listo</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Looking for Python</source>
            <translation>Buscando Python</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Python: {path}</source>
            <translation>Python: {path}</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>The disk has {free:.1f} GB left, but the detector needs {needed:.1f} GB. Free some space and press the button again.</source>
            <translation>En el disco quedan {free:.1f} GB, pero el detector necesita {needed:.1f} GB. Libere espacio y pulse el botón de nuevo.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Making the environment</source>
            <translation>Haciendo el entorno</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Downloading the packages</source>
            <translation>Descargando los paquetes</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>The tested versions of the packages do not exist for this Python. Newer versions are installed. Counts may differ a little from those of other computers.</source>
            <translation>Las versiones probadas de los paquetes no existen para este Python. Se instalan versiones más nuevas. Los conteos pueden diferir un poco de los de otros equipos.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Testing the detector</source>
            <translation>Probando el detector</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>The detector was installed but does not run on this computer.</source>
            <translation>El detector se instaló pero no funciona en este equipo.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Cancelled. Press “Set up” to start again. Finished downloads are kept.</source>
            <translation>Cancelado. Pulse «Instalar» para empezar de nuevo. Las descargas terminadas se conservan.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Downloading {name}</source>
            <translation>Descargando {name}</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Installing the packages</source>
            <translation>Instalando los paquetes</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Herdmap settings</source>
            <translation>Configuración de Herdmap</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The detector is not set up yet. Press “Set up” below. You do this once; it takes a few minutes.</source>
            <translation>El detector aún no está instalado. Pulse «Instalar» abajo. Se hace una sola vez; tarda unos minutos.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Checking the detector</source>
            <translation>Comprobando el detector</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The check of the detector failed: {error}</source>
            <translation>La comprobación del detector falló: {error}</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The detector does not run.</source>
            <translation>El detector no funciona.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>on the GPU ({device})</source>
            <translation>en la GPU ({device})</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>on the CPU</source>
            <translation>en la CPU</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Ready: Herdmap {version} runs {where}.</source>
            <translation>Listo: Herdmap {version} funciona {where}.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The plugin contains another version. Press “Set up again”.</source>
            <translation>El complemento contiene otra versión. Pulse «Reinstalar».</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Setting up…</source>
            <translation>Instalando…</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Setting up the detector</source>
            <translation>Instalando el detector</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Or press “Get Python too”.</source>
            <translation>O pulse «Obtener también Python».</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Copied. Paste the text into your message. It contains no names and no passwords.</source>
            <translation>Copiado. Pegue el texto en su mensaje. No contiene nombres ni contraseñas.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <location filename="../environment/uninstalling.py" />
            <source>Some files could not be removed: {error}</source>
            <translation>No se pudieron quitar algunos archivos: {error}</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Set up again</source>
            <translation>Reinstalar</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Set up</source>
            <translation>Instalar</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Teaching is installed</source>
            <translation>El entrenamiento está instalado</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Add teaching</source>
            <translation>Añadir entrenamiento</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The set-up writes its log here.</source>
            <translation>La instalación escribe aquí su registro.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Copy diagnostics</source>
            <translation>Copiar diagnóstico</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Own environment, set up by this plugin</source>
            <translation>Entorno propio, instalado por este complemento</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Existing environment</source>
            <translation>Entorno existente</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>python of an environment that contains herdmap</source>
            <translation>python de un entorno que contiene herdmap</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Python</source>
            <translation>Python</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Where the detector runs</source>
            <translation>Dónde funciona el detector</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>“Set up” downloads the detector's packages from your package index and puts them into the folder below (600 MB). It does not change QGIS. It uses the proxy of QGIS and the configuration of pip.</source>
            <translation>«Instalar» descarga los paquetes del detector desde su índice de paquetes y los pone en la carpeta de abajo (600 MB). No cambia QGIS. Usa el proxy de QGIS y la configuración de pip.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>found automatically</source>
            <translation>encontrado automáticamente</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Remove</source>
            <translation>Quitar</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Delete the detector and its packages from the folder above</source>
            <translation>Borrar el detector y sus paquetes de la carpeta de arriba</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Get Python too ({number} MB)</source>
            <translation>Obtener también Python ({number} MB)</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Fetch a Python into the folder above and set up with it. Nothing else on this computer changes.</source>
            <translation>Obtener un Python en la carpeta de arriba e instalar con él. Nada más cambia en este equipo.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Python to use</source>
            <translation>Python que se usa</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Packages from</source>
            <translation>Paquetes de</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Folder</source>
            <translation>Carpeta</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Cancel</source>
            <translation>Cancelar</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Check</source>
            <translation>Comprobar</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Test whether the detector runs in the chosen environment</source>
            <translation>Probar si el detector funciona en el entorno elegido</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Programs (python*)</source>
            <translation>Programas (python*)</translation>
        </message>
        <message>
            <location filename="../environment/uninstalling.py" />
            <source>The detector that Herdmap installed takes {size} MB in {folder}. Delete it too? Your surveys are not there and stay.</source>
            <translation>El detector que Herdmap instaló ocupa {size} MB en {folder}. ¿Borrarlo también? Sus censos no están ahí y se quedan.</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <location filename="../review/session.py" />
            <source>Reading the survey</source>
            <translation>Leyendo el censo</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <source>New survey…</source>
            <translation>Nuevo censo…</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <location filename="../plugin.py" />
            <source>Settings…</source>
            <translation>Configuración…</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <source>Another run of this panel works. Wait for it, or stop it.</source>
            <translation>Otra ejecución de este panel está trabajando. Espérela, o deténgala.</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <source>Done.</source>
            <translation>Hecho.</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <source>Stopped. Finished work is kept.</source>
            <translation>Detenido. El trabajo hecho se conserva.</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <location filename="../review/two_reviewers.py" />
            <source>The run failed. QGIS's log of messages says more.</source>
            <translation>La ejecución falló. El registro de mensajes de QGIS dice más.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>The photos of the survey</source>
            <translation>Las fotos del censo</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>All ground that the photos show</source>
            <translation>Todo el terreno que muestran las fotos</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>not given</source>
            <translation>no indicado</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <location filename="../survey_words.py" />
            <source>Transects</source>
            <translation>Transectos</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Name of the transect</source>
            <translation>Nombre del transecto</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Stratum of the transect</source>
            <translation>Estrato del transecto</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Full width of the strip</source>
            <translation>Anchura total de la franja</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Name of the stratum</source>
            <translation>Nombre del estrato</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Correct by the reviewed photos</source>
            <translation>Corregir con las fotos revisadas</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>The reviewed photos of a random sample show how many animals the detector misses and invents</source>
            <translation>Las fotos revisadas de una muestra aleatoria muestran cuántos animales el detector pasa por alto e inventa</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Draw photos…</source>
            <translation>Sortear fotos…</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Draw random photos to review, so that the estimate can be corrected: in each stratum {} with detections and {} without. Without strata, 100 of each kind.</source>
            <translation>Sacar al azar fotos para revisar, para poder corregir la estimación: en cada estrato, {} con detecciones y {} sin ellas. Sin estratos, 100 de cada tipo.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>No photos are drawn yet.</source>
            <translation>Aún no hay fotos sorteadas.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>{done} of {all} drawn photos are reviewed.</source>
            <translation>{done} de {all} fotos sorteadas están revisadas.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>You may stop at any photo: each one more makes the interval narrower.</source>
            <translation>Puede parar en cualquier foto: cada una más estrecha el intervalo.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Choose the layer of strata first, or open it with “…”.</source>
            <translation>Elija primero la capa de los estratos, o ábrala con “…”.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>These transects are lines. Give the full width of the strip.</source>
            <translation>Estos transectos son líneas. Indique el ancho total de la franja.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>The column of that layer; empty: the usual name is looked for</source>
            <translation>La columna de esa capa; vacío: se busca el nombre habitual</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <location filename="../panel/print_layout.py" />
            <location filename="../survey_words.py" />
            <source>Stratum</source>
            <translation>Estrato</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <location filename="../panel/print_layout.py" />
            <source>95 % interval</source>
            <translation>Intervalo del 95 %</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <location filename="../panel/print_layout.py" />
            <source>per km²</source>
            <translation>por km²</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>all strata</source>
            <translation>total</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>undefined</source>
            <translation>indefinido</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>The interval is wide. Press “Review them” and review more of the drawn photos.</source>
            <translation>El intervalo es ancho. Pulse «Revisarlos» y revise más de las fotos sorteadas.</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>Corrected by the photos that people reviewed.</source>
            <translation>Corregido con las fotos que revisaron personas.</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>Not corrected for missed animals and false detections: the true number may lie outside the interval.</source>
            <translation>Sin corrección de animales no vistos ni falsas detecciones: el número verdadero puede quedar fuera del intervalo.</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>Not corrected for missed animals and false detections.</source>
            <translation>Sin corrección de animales no vistos ni falsas detecciones.</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>To correct it, press “Draw photos…”, then “Review them”.</source>
            <translation>Para corregirlo, pulse «Sortear fotos…» y luego «Revisarlos».</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Detect the rest</source>
            <translation>Detectar el resto</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>How good it is</source>
            <translation>Qué tan bueno es</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Teach with all settings…</source>
            <translation>Entrenar con todas las opciones…</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Find more with all settings…</source>
            <translation>Encontrar más con todas las opciones…</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Detect the rest with all settings…</source>
            <translation>Detectar el resto con todas las opciones…</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Add teaching…</source>
            <translation>Añadir entrenamiento…</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Open a survey first.</source>
            <translation>Abra primero un censo.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>It needs torch. Press “Add teaching…” above.</source>
            <translation>Necesita torch. Pulse «Añadir entrenamiento…» arriba.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Teach a model first.</source>
            <translation>Entrene primero un modelo.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Searches as “Find more like these” does, because it makes fewer mistakes than the model.</source>
            <translation>Examina como «Encontrar más como estos», porque comete menos errores que el modelo.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>More animals are proposed. Review them: what you reject is learnt too. Then teach a model.</source>
            <translation>Se proponen más animales. Revíselos: también se aprende de lo que rechaza. Luego entrene un modelo.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Nothing more was found. Mark animals in more images, then press it again, or teach a model.</source>
            <translation>No se encontró nada más. Marque animales en más imágenes y pulse otra vez, o entrene un modelo.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>“Find more like these” searched the rest, because it makes fewer mistakes than the model. Review what was found, then teach again.</source>
            <translation>«Encontrar más como estos» examinó el resto, porque comete menos errores que el modelo. Revise lo encontrado y luego entrene otra vez.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>The rest is searched. Review what was found, the doubtful ones first, then teach again or count.</source>
            <translation>El resto está examinado. Revise lo encontrado, primero lo dudoso, y luego entrene otra vez o cuente.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>The model found nothing in the rest. Mark animals in more images, and teach it again.</source>
            <translation>El modelo no encontró nada en el resto. Marque animales en más imágenes y entrénelo otra vez.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>The model is taught. Press “Detect the rest”.</source>
            <translation>El modelo está entrenado. Pulse «Detectar el resto».</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/own_animals.py" />
            <source>On %Ln images that it had not learnt from, it found {found} of {animals} animals and made {wrong} false alarms.</source>
            <translation>
                <numerusform>En %Ln imagen de la que no había aprendido, encontró {found} de {animals} animales, con {wrong} falsas alarmas.</numerusform>
                <numerusform>En %Ln imágenes de las que no había aprendido, encontró {found} de {animals} animales, con {wrong} falsas alarmas.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>It is fit to count with.</source>
            <translation>Es apto para contar.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>It is fit to propose: let people review what it finds.</source>
            <translation>Es apto para proponer: haga que personas revisen lo que encuentra.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>The model is taught.</source>
            <translation>El modelo está entrenado.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>So “Detect the rest” searches as “Find more like these” does. To search with the model, choose “Detect the rest with all settings…” below More.</source>
            <translation>Por eso «Detectar el resto» examina como «Encontrar más como estos». Para usar el modelo, elija «Detectar el resto con todas las opciones…» en Más.</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>Set up…</source>
            <translation>Instalar…</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>Continue</source>
            <translation>Continuar</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>Do not offer this run again. Its finished work stays beside the survey.</source>
            <translation>No ofrecer más esta ejecución. Su trabajo hecho queda junto al censo.</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>The detector is not set up yet. You do this once.</source>
            <translation>El detector aún no está instalado. Se hace una sola vez.</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>I have read this</source>
            <translation>Lo he leído</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>All commands</source>
            <translation>Todas las órdenes</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <location filename="../review/panel.py" />
            <location filename="../search/panel.py" />
            <source>Open the GeoPackage of a survey</source>
            <translation>Abrir el GeoPackage de un censo</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>Help: the pages that come with the plugin</source>
            <translation>Ayuda: las páginas que vienen con el complemento</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>region</source>
            <translation>región</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>And {} more, in QGIS's log of messages.</source>
            <translation>Y {} más, en el registro de mensajes de QGIS.</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>A run was stopped: {}. Finished work is kept.</source>
            <translation>Se detuvo una ejecución: {}. El trabajo hecho se conserva.</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Survey {}</source>
            <translation>Censo {}</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Made with Herdmap in QGIS. Coordinates: {}</source>
            <translation>Hecho con Herdmap en QGIS. Coordenadas: {}</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>What was counted</source>
            <translation>Lo que se contó</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>What was estimated</source>
            <translation>Lo que se estimó</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Legend</source>
            <translation>Leyenda</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <location filename="../search/dock.py" />
            <location filename="../survey_words.py" />
            <source>Class</source>
            <translation>Clase</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/print_layout.py" />
            <source>%Ln more classes</source>
            <translation>
                <numerusform>%Ln clase más</numerusform>
                <numerusform>%Ln clases más</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <location filename="../review/choice.py" />
            <source>All</source>
            <translation>Todos</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Reviewed</source>
            <translation>Revisados</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Images searched</source>
            <translation>Imágenes buscadas</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Folder…</source>
            <translation>Carpeta…</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>A folder of photos, with its subfolders</source>
            <translation>Una carpeta de fotos, con sus subcarpetas</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Files…</source>
            <translation>Archivos…</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Orthomosaics or photos</source>
            <translation>Ortomosaicos o fotos</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Choose a folder or files</source>
            <translation>Elija una carpeta o archivos</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/questions.py" />
            <source>{} and %Ln more</source>
            <translation>
                <numerusform>{} y %Ln más</numerusform>
                <numerusform>{} y %Ln más</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Images (*)</source>
            <translation>Imágenes (*)</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Open a file</source>
            <translation>Abrir un archivo</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Layers (*.gpkg *.shp *.geojson *.kml);;All files (*)</source>
            <translation>Capas (*.gpkg *.shp *.geojson *.kml);;Todos los archivos (*)</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Open a layer</source>
            <translation>Abrir una capa</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Find the animals</source>
            <translation>Encontrar los animales</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Teach your animals</source>
            <translation>Enseñar sus animales</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <location filename="../panel/steps.py" />
            <location filename="../plugin.py" />
            <source>Review</source>
            <translation>Revisar</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Count per region</source>
            <translation>Contar por región</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Estimate the population</source>
            <translation>Estimar la población</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Report and share</source>
            <translation>Informe y compartir</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Choose photos or an orthomosaic.</source>
            <translation>Elija fotos o un ortomosaico.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Report: {}</source>
            <translation>Informe: {}</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>No report yet.</source>
            <translation>Aún sin informe.</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images</source>
            <translation>
                <numerusform>%Ln imagen</numerusform>
                <numerusform>%Ln imágenes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln have no place on the map</source>
            <translation>
                <numerusform>%Ln no tiene lugar en el mapa</numerusform>
                <numerusform>%Ln no tienen lugar en el mapa</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>“More” has “Georeference photos”, which places them.</source>
            <translation>En «Más» está «Georreferenciar las fotos», que las coloca.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>{animals} in {images}</source>
            <translation>{animals} en {images}</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln animals</source>
            <translation>
                <numerusform>%Ln animal</numerusform>
                <numerusform>%Ln animales</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>No animals</source>
            <translation>Ningún animal</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images not searched yet</source>
            <translation>
                <numerusform>%Ln imagen aún sin examinar</numerusform>
                <numerusform>%Ln imágenes aún sin examinar</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images failed</source>
            <translation>
                <numerusform>%Ln imagen falló</numerusform>
                <numerusform>%Ln imágenes fallaron</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Mark {} or more animals of a class first.</source>
            <translation>Marque primero {} o más animales de una clase.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Mark animals in a second image too: it is to measure on.</source>
            <translation>Marque también animales en una segunda imagen: sirve para medir.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Nothing says where no animal is: search some images, or reject what is wrong.</source>
            <translation>Nada dice dónde no hay animales: examine imágenes o rechace lo que es falso.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>If no model knows your animals: search some images by eye, then teach one.</source>
            <translation>Si ningún modelo conoce sus animales: examine algunas imágenes a ojo y luego entrene uno.</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images searched by people</source>
            <translation>
                <numerusform>%Ln imagen examinada por personas</numerusform>
                <numerusform>%Ln imágenes examinadas por personas</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln animals marked</source>
            <translation>
                <numerusform>%Ln animal marcado</numerusform>
                <numerusform>%Ln animales marcados</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Model: {}</source>
            <translation>Modelo: {}</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <location filename="../review/panel.py" />
            <source>Nothing to review</source>
            <translation>Nada que revisar</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>{done} of {all} reviewed</source>
            <translation>{done} de {all} revisados</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <location filename="../review/panel.py" />
            <source>%Ln rejected</source>
            <translation>
                <numerusform>%Ln rechazado</numerusform>
                <numerusform>%Ln rechazados</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Not counted yet.</source>
            <translation>Aún sin contar.</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln regions</source>
            <translation>
                <numerusform>%Ln región</numerusform>
                <numerusform>%Ln regiones</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>{animals} in {regions} and outside</source>
            <translation>{animals} en {regions} y fuera de ellas</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>The animals have changed since. Count again.</source>
            <translation>Los animales han cambiado desde entonces. Cuente de nuevo.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>interval undefined</source>
            <translation>intervalo indefinido</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>no interval</source>
            <translation>sin intervalo</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Not estimated yet.</source>
            <translation>Aún sin estimar.</translation>
        </message>
        <message>
            <location filename="../panel/step_box.py" />
            <source>Stop</source>
            <translation>Detener</translation>
        </message>
        <message>
            <location filename="../panel/step_box.py" />
            <location filename="../review/panel.py" />
            <source>More</source>
            <translation>Más</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Georeference photos…</source>
            <translation>Georreferenciar las fotos…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Search by eye</source>
            <translation>Buscar a ojo</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Detect with all settings…</source>
            <translation>Detectar con todas las opciones…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Import detections or labels…</source>
            <translation>Importar detecciones o etiquetas…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <location filename="../plugin.py" />
            <location filename="../search/dock.py" />
            <source>Search images</source>
            <translation>Examinar imágenes</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Export training data…</source>
            <translation>Exportar datos de entrenamiento…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Count</source>
            <translation>Contar</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Count with all settings…</source>
            <translation>Contar con todas las opciones…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Estimate</source>
            <translation>Estimar</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Estimate with all settings…</source>
            <translation>Estimar con todas las opciones…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Draw photos with all settings…</source>
            <translation>Sortear fotos con todos los ajustes…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Write report</source>
            <translation>Escribir informe</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Open it</source>
            <translation>Abrirlo</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>As PDF</source>
            <translation>En PDF</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Print layout</source>
            <translation>Composición</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Report with all settings…</source>
            <translation>Informe con todas las opciones…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Share folder with all settings…</source>
            <translation>Carpeta para compartir con todas las opciones…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Export animals…</source>
            <translation>Exportar animales…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Nothing searched yet.</source>
            <translation>Aún nada examinado.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The survey {} exists: it is continued, and reviews are kept.</source>
            <translation>El censo {} existe: se continúa, y las revisiones se conservan.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>A run was stopped here. It goes on where it stopped.</source>
            <translation>Aquí se detuvo una ejecución. Sigue donde se detuvo.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Survey: {}</source>
            <translation>Censo: {}</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Choose the layer of regions first, or open it with “…”.</source>
            <translation>Elija primero la capa de regiones, o ábrala con «…».</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The animals are counted.</source>
            <translation>Los animales están contados.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The population is estimated.</source>
            <translation>La población está estimada.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Photos are drawn. Review them: mark all animals of each.</source>
            <translation>Las fotos están sorteadas. Revíselas: marque todos los animales de cada una.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The report is written: {}</source>
            <translation>El informe está escrito: {}</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The print layout was written as PDF instead: {}</source>
            <translation>En su lugar, la composición se escribió como PDF: {}</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The share folder is made: {}</source>
            <translation>La carpeta para compartir está hecha: {}</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Herdmap</source>
            <translation>Herdmap</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>The survey at hand, from the imagery to the report</source>
            <translation>El censo en curso, de las imágenes al informe</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Detect animals…</source>
            <translation>Detectar animales…</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Find animals in imagery and put them on the map</source>
            <translation>Encontrar animales en las imágenes y ponerlos en el mapa</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Look at the detections one by one and confirm or reject them</source>
            <translation>Mirar las detecciones una por una y confirmarlas o rechazarlas</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Look at the images cell by cell and mark every animal</source>
            <translation>Mirar las imágenes celda por celda y marcar cada animal</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Count per region…</source>
            <translation>Contar por región…</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Count the animals in each polygon of a layer</source>
            <translation>Contar los animales en cada polígono de una capa</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Open survey…</source>
            <translation>Abrir censo…</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Open the GeoPackage of a survey with all its layers</source>
            <translation>Abrir el GeoPackage de un censo con todas sus capas</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Set up the detector and check that it runs</source>
            <translation>Instalar el detector y comprobar que funciona</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <location filename="../survey_panel.py" />
            <source>Open survey</source>
            <translation>Abrir censo</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>There is no box yet. Drag one, or press an arrow key.</source>
            <translation>Aún no hay recuadro. Arrastre uno, o pulse una tecla de flecha.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <location filename="../review/reshaping.py" />
            <source>The box lies outside the image. Draw it on the image.</source>
            <translation>El recuadro está fuera de la imagen. Dibújelo sobre la imagen.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>Added: {}. Draw the next one, or press Esc to go on with the review. U takes it back.</source>
            <translation>Añadido: {}. Dibuje el siguiente, o pulse Esc para seguir con la revisión. U lo deshace.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>An animal is here already: {animal}, {state}, in {photo}. Press Enter again if this is another animal, or Esc to drop the box.</source>
            <translation>Aquí ya hay un animal: {animal}, {state}, en {photo}. Pulse Intro otra vez si es otro animal, o Esc para descartar el recuadro.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <location filename="../review/card.py" />
            <source>added by hand</source>
            <translation>añadido a mano</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>detected</source>
            <translation>detectado</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>There is no image here. Draw on an image, or press Esc to stop.</source>
            <translation>Aquí no hay imagen. Dibuje sobre una imagen, o pulse Esc para parar.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>Adding: {}. Drag a box around the animal, or press an arrow key for a box in the middle. 1 to 9 or L chooses the class, Esc ends.</source>
            <translation>Añadiendo: {}. Arrastre un recuadro alrededor del animal, o pulse una tecla de flecha para un recuadro en el centro. 1 a 9 o L elige la clase, Esc termina.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>Adding: {}. Enter adds the animal, Esc drops the box. Drag the box or its handles, or use the keys: arrows move it, Shift + arrows resize it, with Ctrl by one pixel. 1 to 9 or L chooses the class.</source>
            <translation>Añadiendo: {}. Intro añade el animal, Esc descarta el recuadro. Arrastre el recuadro o sus asas, o use las teclas: las flechas lo mueven, Mayús + flechas cambia su tamaño, con Ctrl de píxel en píxel. 1 a 9 o L elige la clase.</translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>The detections of this survey are not on the map. Open its layers first.</source>
            <translation>Las detecciones de este censo no están en el mapa. Abra primero sus capas.</translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>Click the corners of an area on the map. A right click or Enter closes it, U takes a corner back, Esc ends this.</source>
            <translation>Haga clic en las esquinas de una zona del mapa. El botón derecho o Intro la cierra, U quita una esquina, Esc termina.</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln animals to review lie in this area.</source>
            <translation>
                <numerusform>En esta zona hay %Ln animal por revisar.</numerusform>
                <numerusform>En esta zona hay %Ln animales por revisar.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln others there are reviewed or not chosen, and stay as they are.</source>
            <translation>
                <numerusform>Otro (%Ln) de allí ya está revisado o no está elegido, y queda como está.</numerusform>
                <numerusform>Otros %Ln de allí ya están revisados o no están elegidos, y quedan como están.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>X rejects them, C confirms them, Esc drops the area.</source>
            <translation>X los rechaza, C los confirma, Esc abandona la zona.</translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>Close the area first: a right click or Enter.</source>
            <translation>Cierre primero la zona: botón derecho o Intro.</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln animals confirmed.</source>
            <translation>
                <numerusform>%Ln animal confirmado.</numerusform>
                <numerusform>%Ln animales confirmados.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln animals rejected.</source>
            <translation>
                <numerusform>%Ln animal rechazado.</numerusform>
                <numerusform>%Ln animales rechazados.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>U takes it back. Draw another area, or press Esc.</source>
            <translation>U lo deshace. Dibuje otra zona, o pulse Esc.</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>point</source>
            <translation>punto</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>Region: {}</source>
            <translation>Región: {}</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>Second best: {}</source>
            <translation>Segunda mejor: {}</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <location filename="../review/conflicts.py" />
            <source>Note: {}</source>
            <translation>Nota: {}</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <location filename="../review/conflicts.py" />
            <source>no picture</source>
            <translation>sin imagen</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <location filename="../review/conflicts.py" />
            <location filename="../survey_words.py" />
            <source>rejected</source>
            <translation>rechazado</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>confirmed, detected as {}</source>
            <translation>confirmado, detectado como {}</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <location filename="../survey_words.py" />
            <source>confirmed</source>
            <translation>confirmado</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <location filename="../survey_words.py" />
            <source>not reviewed</source>
            <translation>sin revisar</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>new class: {}</source>
            <translation>nueva clase: {}</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>What to review</source>
            <translation>Qué revisar</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>All classes</source>
            <translation>Todas las clases</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Classes</source>
            <translation>Clases</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>to</source>
            <translation>a</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../score_filter.py" />
            <source>Scores from</source>
            <translation>Puntuación de</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../survey_words.py" />
            <source>Not reviewed</source>
            <translation>Sin revisar</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Not reviewed, in one photo of several</source>
            <translation>Sin revisar, en una foto de varias</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../review/panel.py" />
            <location filename="../survey_words.py" />
            <source>Confirmed</source>
            <translation>Confirmados</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../survey_words.py" />
            <source>Rejected</source>
            <translation>Rechazados</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../survey_words.py" />
            <source>Added by hand</source>
            <translation>Añadidos a mano</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>With a note</source>
            <translation>Con una nota</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Animals that only one photo shows, though others look at the same place: many of them are false alarms</source>
            <translation>Animales que muestra una sola foto, aunque otras miran el mismo lugar: muchos son falsas alarmas</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Show</source>
            <translation>Mostrar</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Anybody</source>
            <translation>Cualquiera</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Reviewed by</source>
            <translation>Revisados por</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Highest score first</source>
            <translation>Mayor puntuación primero</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Lowest score first</source>
            <translation>Menor puntuación primero</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Most doubtful first</source>
            <translation>Más dudosos primero</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Region by region, photo by photo</source>
            <translation>Región por región, foto por foto</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>A random sample</source>
            <translation>Una muestra al azar</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Low scores, a close second class, and animals that few of the photos of their place show</source>
            <translation>Puntuaciones bajas, una segunda clase cercana, y animales que muestran pocas de las fotos de su lugar</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Order</source>
            <translation>Orden</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>The same number draws the same sample again, also in a copy of the survey</source>
            <translation>El mismo número sortea otra vez la misma muestra, también en una copia del censo</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>sample no.</source>
            <translation>muestra n.º</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Sample size</source>
            <translation>Tamaño</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>{} is too large for a table of conflicts.</source>
            <translation>{} es demasiado grande para una tabla de conflictos.</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../search/sample.py" />
            <source>{} cannot be read: {}</source>
            <translation>No se puede leer {}: {}</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>{} is no table of conflicts of “Merge two reviews”.</source>
            <translation>{} no es una tabla de conflictos de “Unir dos revisiones”.</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Conflicts of two reviewers</source>
            <translation>Conflictos de dos revisores</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Back (←)</source>
            <translation>Atrás (←)</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Next (→)</source>
            <translation>Siguiente (→)</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../review/grid.py" />
            <source>Undo (U)</source>
            <translation>Deshacer (U)</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>On the map (M)</source>
            <translation>En el mapa (M)</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>This survey has no table of conflicts: {} does not exist.</source>
            <translation>Este censo no tiene tabla de conflictos: {} no existe.</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>{settled} of {all} conflicts are settled.</source>
            <translation>{settled} de {all} conflictos están resueltos.</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/conflicts.py" />
            <source>%Ln others are in the table only: they are of columns of your own.</source>
            <translation>
                <numerusform>Otro (%Ln) está solo en la tabla: es de una columna propia.</numerusform>
                <numerusform>Otros %Ln están solo en la tabla: son de columnas propias.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Now: {}</source>
            <translation>Ahora: {}</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Not settled. {}</source>
            <translation>Sin resolver. {}</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../review/panel.py" />
            <source>{} of {}</source>
            <translation>{} de {}</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../review/dock.py" />
            <source>Reject</source>
            <translation>Rechazar</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../review/file.py" />
            <source>Somebody</source>
            <translation>Alguien</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>confirmed as {}</source>
            <translation>confirmado como {}</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Review animals</source>
            <translation>Revisar animales</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Confirm</source>
            <translation>Confirmar</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Other class…</source>
            <translation>Otra clase…</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Note…</source>
            <translation>Nota…</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Add missed animal</source>
            <translation>Añadir un animal</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <location filename="../search/dock.py" />
            <source>Undo</source>
            <translation>Deshacer</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <location filename="../search/dock.py" />
            <source>Back</source>
            <translation>Atrás</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Skip</source>
            <translation>Saltar</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Adjust the box (E)</source>
            <translation>Ajustar el recuadro (E)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Split into two boxes (S)</source>
            <translation>Dividir en dos recuadros (S)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Merge with another box (M)</source>
            <translation>Unir con otro recuadro (M)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Reject in this photo only (Shift+X)</source>
            <translation>Rechazar solo en esta foto (Mayús+X)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Next photo of this place ( ] )</source>
            <translation>Foto siguiente de este lugar ( ] )</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Photo beside the map (P)</source>
            <translation>Foto junto al mapa (P)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Many at once (G)</source>
            <translation>Muchos a la vez (G)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>All in an area of the map (R)</source>
            <translation>Todos en una zona del mapa (R)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Photo without boxes, beside the map (B)</source>
            <translation>Foto sin recuadros, junto al mapa (B)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Images that are reviewed, on the map</source>
            <translation>Imágenes revisadas, en el mapa</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>The survey was written again by another program. It was read again; your place is kept.</source>
            <translation>Otro programa volvió a escribir el censo. Se leyó de nuevo; su lugar se conserva.</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Which class is it? Type its name or choose with ↑ ↓. Enter accepts, Esc cancels.</source>
            <translation>¿Qué clase es? Escriba su nombre o elija con ↑ ↓. Intro acepta, Esc cancela.</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Note for this animal. Enter saves it, Esc cancels.</source>
            <translation>Nota para este animal. Intro la guarda, Esc cancela.</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>The photo does not exist: {}</source>
            <translation>La foto no existe: {}</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>The box has no position. Draw it on an image.</source>
            <translation>El recuadro no tiene posición. Dibújelo sobre una imagen.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>A detection of the model cannot be removed. Reject it instead.</source>
            <translation>Una detección del modelo no se puede quitar. Rechácela en su lugar.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>{} was written again meanwhile. Open it again.</source>
            <translation>Entretanto se volvió a escribir {}. Ábralo de nuevo.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>Somebody else has just written to {}. Try again.</source>
            <translation>Otra persona acaba de escribir en {}. Inténtelo de nuevo.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>This detection is no longer in the file. Nothing was saved for it.</source>
            <translation>Esta detección ya no está en el archivo. No se guardó nada para ella.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>Somebody has just changed this detection. Nothing was saved. Look again.</source>
            <translation>Alguien acaba de cambiar esta detección. No se guardó nada. Mire de nuevo.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>{} has just reviewed this detection ({}). Look again. To overrule it, press the key again.</source>
            <translation>{} acaba de revisar esta detección ({}). Mire de nuevo. Para imponer su revisión, pulse la tecla otra vez.</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Review many at once</source>
            <translation>Revisar muchos a la vez</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Confirm (C)</source>
            <translation>Confirmar (C)</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Reject (X)</source>
            <translation>Rechazar (X)</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Screen before (PgUp)</source>
            <translation>Pantalla anterior (PgUp)</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Next screen (PgDn)</source>
            <translation>Pantalla siguiente (PgDn)</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>{first} to {last} of {all}. Click, Shift+click or Ctrl+click chooses; Ctrl+A chooses all.</source>
            <translation>{first} a {last} de {all}. Clic, Mayús+clic o Ctrl+clic elige; Ctrl+A elige todos.</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Choose animals first: Ctrl+A chooses all of this screen.</source>
            <translation>Elija primero animales: Ctrl+A elige todos los de esta pantalla.</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Brightness and contrast</source>
            <translation>Brillo y contraste</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Reset</source>
            <translation>Restablecer</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Brightness</source>
            <translation>Brillo</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Contrast</source>
            <translation>Contraste</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Gamma</source>
            <translation>Gamma</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Press the button “…” above and choose the GeoPackage that “Detect animals” wrote.</source>
            <translation>Pulse el botón «…» de arriba y elija el GeoPackage que escribió «Detectar animales».</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>No survey is open</source>
            <translation>No hay ningún censo abierto</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Class by key: {}</source>
            <translation>Teclas de las clases: {}</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>(%Ln as another class)</source>
            <translation>
                <numerusform>(%Ln como otra clase)</numerusform>
                <numerusform>(%Ln como otra clase)</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>%Ln confirmed</source>
            <translation>
                <numerusform>%Ln confirmado</numerusform>
                <numerusform>%Ln confirmados</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>%Ln added</source>
            <translation>
                <numerusform>%Ln añadido</numerusform>
                <numerusform>%Ln añadidos</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>%Ln left</source>
            <translation>
                <numerusform>%Ln por revisar</numerusform>
                <numerusform>%Ln por revisar</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <location filename="../search/panel.py" />
            <source>Your name</source>
            <translation>Su nombre</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Your name is saved with each of your reviews</source>
            <translation>Su nombre se guarda con cada una de sus revisiones</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <location filename="../review/two_reviewers.py" />
            <location filename="../survey_words.py" />
            <source>Reviewer</source>
            <translation>Revisor</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <location filename="../survey_words.py" />
            <source>Region</source>
            <translation>Región</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Animals: all except rejected ones. Each review updates the counts here and on the map.</source>
            <translation>Animales: todos menos los rechazados. Cada revisión actualiza los conteos aquí y en el mapa.</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>{done} of {all} images with animals reviewed</source>
            <translation>{done} de {all} imágenes con animales revisadas</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>({} % of their area)</source>
            <translation>({} % de su superficie)</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Nothing was found</source>
            <translation>No se encontró nada</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>This survey has no detections. If an animal was missed, press A and draw it. To let a model search again, run “Detect animals” with the same output.</source>
            <translation>Este censo no tiene detecciones. Si se pasó por alto un animal, pulse A y dibújelo. Para que un modelo busque otra vez, ejecute «Detectar animales» con la misma salida.</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>All chosen detections are reviewed already. Change the choice above to review others.</source>
            <translation>Todas las detecciones elegidas ya están revisadas. Cambie la elección de arriba para revisar otras.</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>End of the queue</source>
            <translation>Fin de la cola</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>You skipped %Ln. Press ← to go back.</source>
            <translation>
                <numerusform>Saltó %Ln. Pulse ← para volver.</numerusform>
                <numerusform>Saltó %Ln. Pulse ← para volver.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>All done</source>
            <translation>Todo hecho</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>All chosen detections are reviewed. All reviews are saved in the file.</source>
            <translation>Todas las detecciones elegidas están revisadas. Todas las revisiones están guardadas en el archivo.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>Two boxes now. Press E to adjust the one in hand, → for the other, U to take it back.</source>
            <translation>Ahora son dos recuadros. Pulse E para ajustar el actual, → para el otro, U para deshacerlo.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>Click on the other box of this animal, in the same photo. Esc cancels.</source>
            <translation>Haga clic en el otro recuadro de este animal, en la misma foto. Esc cancela.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>That is no other box of the same photo. Nothing was merged.</source>
            <translation>Ese no es otro recuadro de la misma foto. No se unió nada.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>One box now. Press E to adjust it, U to take it back.</source>
            <translation>Ahora es un solo recuadro. Pulse E para ajustarlo, U para deshacerlo.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>The box is saved, and the animal is confirmed. Press U to take it back.</source>
            <translation>El recuadro está guardado, y el animal está confirmado. Pulse U para deshacerlo.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>The animal was not found in this photo, so there is no box. Press A to draw one.</source>
            <translation>El animal no se encontró en esta foto, así que no hay recuadro. Pulse A para dibujar uno.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>Adjusting the box: drag it or its handles, or use the keys: arrows move it, Shift + arrows resize it, with Ctrl by one pixel. Enter saves it, Esc cancels.</source>
            <translation>Ajustando el recuadro: arrástrelo o arrastre sus asas, o use las teclas: las flechas lo mueven, Mayús + flechas cambia su tamaño, con Ctrl de píxel en píxel. Intro lo guarda, Esc cancela.</translation>
        </message>
        <message>
            <location filename="../review/second_reviewer.py" />
            <source>{} exists, and may hold reviews. Choose another name.</source>
            <translation>{} ya existe y puede tener revisiones. Elija otro nombre.</translation>
        </message>
        <message>
            <location filename="../review/second_reviewer.py" />
            <location filename="../search/sample.py" />
            <source>{} cannot be written: {}</source>
            <translation>No se puede escribir {}: {}</translation>
        </message>
        <message>
            <location filename="../review/session.py" />
            <source>Reading the survey. A large one takes some seconds.</source>
            <translation>Leyendo el censo. Uno grande tarda unos segundos.</translation>
        </message>
        <message>
            <location filename="../review/session.py" />
            <source>The survey was written again meanwhile. Draw the box again.</source>
            <translation>Entretanto se volvió a escribir el censo. Dibuje el recuadro de nuevo.</translation>
        </message>
        <message>
            <location filename="../review/session.py" />
            <source>The survey was written again meanwhile. Look, and press the key again.</source>
            <translation>Entretanto se volvió a escribir el censo. Mire, y pulse la tecla otra vez.</translation>
        </message>
        <message>
            <location filename="../review/session.py" />
            <source>The survey was written again meanwhile. This detection is not in it any more, or it was changed. Nothing was saved for it.</source>
            <translation>Entretanto se volvió a escribir el censo. Esta detección ya no está en él, o fue cambiada. No se guardó nada para ella.</translation>
        </message>
        <message>
            <location filename="../review/sightings.py" />
            <source>Photo {at} of {all} that show this place: {name}. A key is for the animal in all photos. [ and ] change the photo.</source>
            <translation>Foto {at} de {all} que muestran este lugar: {name}. Una tecla vale para el animal en todas las fotos. [ y ] cambian de foto.</translation>
        </message>
        <message>
            <location filename="../review/sightings.py" />
            <source>Photo {at} of {all} that show this place: {name}. It was found in one of them. [ and ] change the photo.</source>
            <translation>Foto {at} de {all} que muestran este lugar: {name}. Se encontró en una de ellas. [ y ] cambian de foto.</translation>
        </message>
        <message>
            <location filename="../review/sightings.py" />
            <source>not found in this photo</source>
            <translation>no encontrado en esta foto</translation>
        </message>
        <message>
            <location filename="../review/steps_list.py" />
            <source>Steps</source>
            <translation>Pasos</translation>
        </message>
        <message>
            <location filename="../review/steps_list.py" />
            <source>note</source>
            <translation>nota</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Copy for a second reviewer</source>
            <translation>Copia para un segundo revisor</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Without the reviews and drawn animals so far</source>
            <translation>Sin las revisiones ni los animales dibujados hasta ahora</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Name of the second reviewer</source>
            <translation>Nombre del segundo revisor</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>The second reviewer works in a copy beside the survey. Afterwards, merge both: “More” has the command.</source>
            <translation>El segundo revisor trabaja en una copia junto al censo. Después, una ambas: “Más” tiene la orden.</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>This is the copy of {name}: {file}</source>
            <translation>Esta es la copia de {name}: {file}</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Merging the two reviews…</source>
            <translation>Uniendo las dos revisiones…</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>The two reviews are merged in {}. They agree.</source>
            <translation>Las dos revisiones están unidas en {}. Coinciden.</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Copy for a second reviewer…</source>
            <translation>Copia para un segundo revisor…</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Merge with the copy of another reviewer…</source>
            <translation>Unir con la copia de otro revisor…</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Conflicts of two reviewers…</source>
            <translation>Conflictos de dos revisores…</translation>
        </message>
        <message>
            <location filename="../score_filter.py" />
            <source>Lowest score on the map</source>
            <translation>Puntuación mínima en el mapa</translation>
        </message>
        <message>
            <location filename="../score_filter.py" />
            <source>Hides detections with lower scores on the map. The review and the counts still use all detections.</source>
            <translation>Oculta en el mapa las detecciones de puntuación más baja. La revisión y los conteos siguen usando todas las detecciones.</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Searched, next</source>
            <translation>Examinada, siguiente</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Space</source>
            <translation>Espacio</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Next photo</source>
            <translation>Foto siguiente</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>PgDn</source>
            <translation>AvPág</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>New class…</source>
            <translation>Nueva clase…</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Sample of herdmap sample</source>
            <translation>Muestra de herdmap sample</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Which class do you mark now? Choose it or type a new one.</source>
            <translation>¿Qué clase marca ahora? Elíjala o escriba una nueva.</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Reading {} …</source>
            <translation>Leyendo {} …</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>{} cannot be shown: {}</source>
            <translation>No se puede mostrar {}: {}</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>No survey is open. Press “…” and choose the GeoPackage of a survey.</source>
            <translation>No hay ningún censo abierto. Pulse «…» y elija el GeoPackage de un censo.</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>There is no image to search.</source>
            <translation>No hay imagen que examinar.</translation>
        </message>
        <message numerus="yes">
            <location filename="../search/dock.py" />
            <source>This is searched and saved. %Ln images that a model has searched are left out. To look at them too, tick the box above, or review what was found.</source>
            <translation>
                <numerusform>Esto está examinado y guardado. %Ln imagen que examinó un modelo queda fuera. Para mirarla también, marque la casilla de arriba, o revise lo encontrado.</numerusform>
                <numerusform>Esto está examinado y guardado. %Ln imágenes que examinó un modelo quedan fuera. Para mirarlas también, marque la casilla de arriba, o revise lo encontrado.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>All images are searched. Everything is saved in the file.</source>
            <translation>Todas las imágenes están examinadas. Todo está guardado en el archivo.</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>{} of {} images · {} % of the area</source>
            <translation>{} de {} imágenes · {} % del área</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>{} · cell {} of {}</source>
            <translation>{} · celda {} de {}</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Your name is saved with each cell that you search</source>
            <translation>Su nombre se guarda con cada celda que examina</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Fit the window</source>
            <translation>Ajustar a la ventana</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Cells of a photo. Orthomosaics always fit the window at their full resolution</source>
            <translation>Celdas de una foto. Los ortomosaicos siempre se ajustan a la ventana a resolución completa</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Skip what others searched</source>
            <translation>Saltar lo que otros examinaron</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Hide what others marked and the model found</source>
            <translation>Ocultar las marcas de otros y del modelo</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Also images that a model has searched</source>
            <translation>También imágenes que examinó un modelo</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Skip ground that searched images show</source>
            <translation>Saltar el suelo de imágenes examinadas</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>For counts. Do not use it for estimates from photos or for training data: they need whole photos</source>
            <translation>Para conteos. No lo use para estimaciones a partir de fotos ni para datos de entrenamiento: necesitan fotos enteras</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Sample…</source>
            <translation>Muestra…</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Search the photos of a sample that herdmap sample has drawn, and mark them in it</source>
            <translation>Examinar las fotos de una muestra que sorteó herdmap sample, y marcarlas en ella</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Observer</source>
            <translation>Observador</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Cells</source>
            <translation>Celdas</translation>
        </message>
        <message>
            <location filename="../search/pixels.py" />
            <source>it does not exist</source>
            <translation>no existe</translation>
        </message>
        <message>
            <location filename="../search/record.py" />
            <source>{} is not in the survey any more. Nothing was saved for it.</source>
            <translation>{} ya no está en el censo. No se guardó nada para esa imagen.</translation>
        </message>
        <message>
            <location filename="../search/record.py" />
            <source>The survey was written again meanwhile. This search cannot be undone.</source>
            <translation>Entretanto se volvió a escribir el censo. Este examen no se puede deshacer.</translation>
        </message>
        <message>
            <location filename="../search/sample.py" />
            <source>{} is not a sample of herdmap: {}</source>
            <translation>{} no es una muestra de herdmap: {}</translation>
        </message>
        <message>
            <location filename="../search/sample.py" />
            <source>{} is too large for a sample.</source>
            <translation>{} es demasiado grande para una muestra.</translation>
        </message>
        <message>
            <location filename="../search/sample.py" />
            <source>{} is not a sample of herdmap: it has no column {}</source>
            <translation>{} no es una muestra de herdmap: no tiene la columna {}</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>{} is not in this survey. Draw the sample from it again.</source>
            <translation>{} no está en este censo. Sortee la muestra de él otra vez.</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>The survey was written again by another program. It was read again.</source>
            <translation>Otro programa volvió a escribir el censo. Se leyó de nuevo.</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>There is no image here. Click on the image.</source>
            <translation>Aquí no hay imagen. Haga clic en la imagen.</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>Detections in this cell that are not reviewed: {}. Click on an animal to confirm it, press the right button on what is none. C confirms all of them, X rejects all.</source>
            <translation>Detecciones sin revisar en esta celda: {}. Haga clic en un animal para confirmarlo, y con el botón derecho en lo que no lo es. C las confirma todas, X las rechaza todas.</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>This animal is marked already: {}. The right button takes the mark away.</source>
            <translation>Este animal ya está marcado: {}. El botón derecho quita la marca.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>outside</source>
            <translation>fuera</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>unplaced</source>
            <translation>sin lugar</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} is not a survey: it {}</source>
            <translation>{} no es un censo: {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>it has no layer {}</source>
            <translation>no tiene la capa {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>its layer detections has no column {}</source>
            <translation>su capa detections no tiene la columna {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} is not a survey: {}</source>
            <translation>{} no es un censo: {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>A program crashed while it wrote to {0}. To mend that, the file and its folder must be writable. Allow writing, or copy {0} and {0}-journal together to another folder and open the copy.</source>
            <translation>Un programa falló mientras escribía en {0}. Para repararlo, se debe poder escribir en el archivo y en su carpeta. Permita la escritura, o copie {0} y {0}-journal juntos a otra carpeta y abra la copia.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} does not exist. It may have been moved or renamed. Open it from its new place.</source>
            <translation>{} no existe. Quizá se movió o cambió de nombre. Ábralo en su nuevo lugar.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>Another program is writing to {}. Nothing is lost. Try again in a moment. If you edit one of its layers in QGIS, save the edits first.</source>
            <translation>Otro programa está escribiendo en {}. No se ha perdido nada. Inténtelo de nuevo en un momento. Si edita una de sus capas en QGIS, guarde primero los cambios.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} cannot be opened. Check that you may read it.</source>
            <translation>No se puede abrir {}. Compruebe que tiene permiso para leerlo.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>You may not write to {}, so you cannot review it. Copy it to a folder where you may write, and open the copy.</source>
            <translation>No puede escribir en {}, así que no puede revisarlo. Cópielo a una carpeta donde pueda escribir, y abra la copia.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>The disk is full, and {} was not changed. Free some space and press the key again.</source>
            <translation>El disco está lleno, y {} no se cambió. Libere espacio y pulse la tecla de nuevo.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} is damaged or not a GeoPackage: {}</source>
            <translation>{} está dañado o no es un GeoPackage: {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>Herdmap cannot use {}: {}</source>
            <translation>Herdmap no puede usar {}: {}</translation>
        </message>
        <message>
            <location filename="../survey_imagery.py" />
            <source>The layers cannot be copied: {}</source>
            <translation>No se pueden copiar las capas: {}</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Detections</source>
            <translation>Detecciones</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Tile labels</source>
            <translation>Etiquetas de las teselas</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Counts</source>
            <translation>Conteos</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Runs</source>
            <translation>Ejecuciones</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>other</source>
            <translation>otra</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>no estimate</source>
            <translation>sin estimación</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>searched</source>
            <translation>examinada</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>failed</source>
            <translation>falló</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>not searched yet</source>
            <translation>aún sin examinar</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Image</source>
            <translation>Imagen</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Class (detector)</source>
            <translation>Clase (detector)</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Score</source>
            <translation>Puntuación</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Animal no.</source>
            <translation>Animal n.º</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Counts as an animal</source>
            <translation>Cuenta como un animal</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>State of the review</source>
            <translation>Estado de la revisión</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Class (reviewer)</source>
            <translation>Clase (revisor)</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Reviewed at</source>
            <translation>Revisado el</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Note</source>
            <translation>Nota</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Found by run</source>
            <translation>Encontrado por la ejecución</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Second best class</source>
            <translation>Segunda mejor clase</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Score of the second best</source>
            <translation>Puntuación de la segunda</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Error of the position [m]</source>
            <translation>Error de la posición [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Kind of mark</source>
            <translation>Tipo de marca</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Angle of the box [°]</source>
            <translation>Ángulo del recuadro [°]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Photos that show it</source>
            <translation>Fotos que lo muestran</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Photos that look there</source>
            <translation>Fotos que miran allí</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>File</source>
            <translation>Archivo</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Status</source>
            <translation>Estado</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Reason</source>
            <translation>Razón</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Width [px]</source>
            <translation>Anchura [px]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Height [px]</source>
            <translation>Altura [px]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Placed by</source>
            <translation>Colocada por</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Taken at</source>
            <translation>Tomada el</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Longitude [°]</source>
            <translation>Longitud [°]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Latitude [°]</source>
            <translation>Latitud [°]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Altitude [m]</source>
            <translation>Altitud [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Height above the ground [m]</source>
            <translation>Altura sobre el suelo [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Heading [°]</source>
            <translation>Rumbo [°]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Tiles</source>
            <translation>Teselas</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Size of a pixel on the ground [m]</source>
            <translation>Tamaño de un píxel en el suelo [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Area [km²]</source>
            <translation>Área [km²]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Animals per km²</source>
            <translation>Animales por km²</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Animals of all classes</source>
            <translation>Animales de todas las clases</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Transect</source>
            <translation>Transecto</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Estimated number</source>
            <translation>Número estimado</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Standard error</source>
            <translation>Error estándar</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Interval from</source>
            <translation>Intervalo de</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Interval to</source>
            <translation>Intervalo a</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>CV</source>
            <translation>CV</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Photos</source>
            <translation>Fotos</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Length [km]</source>
            <translation>Longitud [km]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Width of the strip [m]</source>
            <translation>Ancho de la franja [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Imagery (photos from {} on)</source>
            <translation>Imágenes (fotos desde {})</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>{low} to {high} per km²</source>
            <translation>{low} a {high} por km²</translation>
        </message>
    </context>
</TS>
