<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="pt" sourcelanguage="en">
    <context>
        <name>Herdmap</name>
        <message>
            <location filename="../algorithms/after_run.py" />
            <source>No animals were found.</source>
            <translation>Não foi encontrado nenhum animal.</translation>
        </message>
        <message>
            <location filename="../algorithms/after_run.py" />
            <source>Animals found: {}.</source>
            <translation>Animais encontrados: {}.</translation>
        </message>
        <message>
            <location filename="../algorithms/after_run.py" />
            <location filename="../panel/estimate_questions.py" />
            <source>Review them</source>
            <translation>Rever</translation>
        </message>
        <message>
            <location filename="../algorithms/after_run.py" />
            <source>Look at the photos</source>
            <translation>Ver as fotos</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>{path} is a temporary file. QGIS deletes it when it closes. Give it a file of its own.</source>
            <translation>{path} é um ficheiro temporário. O QGIS apaga-o ao fechar. Dê-lhe um ficheiro próprio.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>Survey (a layer of detections, or a GeoPackage)</source>
            <translation>Levantamento (uma camada de detecções ou um GeoPackage)</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>{value} is neither a layer nor a GeoPackage. Choose a survey.</source>
            <translation>{value} não é uma camada nem um GeoPackage. Escolha um levantamento.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <location filename="../environment/models.py" />
            <source>The installed detector is too old for this. Open Herdmap ▸ Settings and press “Set up again”.</source>
            <translation>O detector instalado é demasiado antigo para isto. Abra Herdmap ▸ Configurações e clique em “Reinstalar”.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>The chosen environment does not contain herdmap. Choose another one in Herdmap ▸ Settings.</source>
            <translation>O ambiente escolhido não contém o herdmap. Escolha outro em Herdmap ▸ Configurações.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>The system ended the detector (signal {number}). The computer may have run out of memory.</source>
            <translation>O sistema terminou o detector (sinal {number}). O computador pode ter ficado sem memória.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>The detector ended with code {code} and without a message.</source>
            <translation>O detector terminou com o código {code} e sem mensagem.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>All except rejected ones</source>
            <translation>Todos excepto os rejeitados</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>Only confirmed ones</source>
            <translation>Só os confirmados</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>All, including rejected ones</source>
            <translation>Todos, incluindo os rejeitados</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>Which animals</source>
            <translation>Que animais</translation>
        </message>
        <message>
            <location filename="../algorithms/area.py" />
            <source>“{name}” has a colour table or complex numbers, so Herdmap cannot cut an area out of it. Leave the area empty to search the whole file.</source>
            <translation>“{name}” tem uma tabela de cores ou números complexos, por isso o Herdmap não pode recortar dele uma área. Deixe a área vazia para examinar o ficheiro inteiro.</translation>
        </message>
        <message>
            <location filename="../algorithms/beside_find.py" />
            <source>“Find more like these”, from the same marks: {found} of {animals} found, {wrong} false alarms; this model: {own} of {animals}, {own_wrong} false alarms.</source>
            <translation>“Encontrar mais como estes”, com as mesmas marcas: {found} de {animals} encontrados, {wrong} falsos alarmes; este modelo: {own} de {animals}, {own_wrong} falsos alarmes.</translation>
        </message>
        <message>
            <location filename="../algorithms/beside_find.py" />
            <source>With so few animals, it may be chance which of the two is better.</source>
            <translation>Com tão poucos animais, pode ser acaso qual dos dois é melhor.</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>Check the detector's environment</source>
            <translation>Verificar o ambiente do detector</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>Checks whether the detector runs on this computer, on which device, and what is missing</source>
            <translation>Verifica se o detector funciona neste computador, em que dispositivo, e o que falta</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>Lists what is installed in the detector's environment. Runs the bundled model once and reports the device: the CPU or a GPU. You set up the environment in Herdmap ▸ Settings.</source>
            <translation>Lista o que está instalado no ambiente do detector. Executa uma vez o modelo incluído e indica o dispositivo: a CPU ou uma GPU. O ambiente instala-se em Herdmap ▸ Configurações.</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>Version of the detector</source>
            <translation>Versão do detector</translation>
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
            <translation>O detector não funciona neste ambiente. A razão está nas linhas acima.</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <location filename="../plugin.py" />
            <source>The plugin contains another version of the detector than the one installed. Open Herdmap ▸ Settings and press “Set up again”.</source>
            <translation>O complemento contém outra versão do detector, diferente da instalada. Abra Herdmap ▸ Configurações e clique em “Reinstalar”.</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Compare surveys of several years</source>
            <translation>Comparar levantamentos de vários anos</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Compares estimates of one place: differences, trend, and the power to see a change</source>
            <translation>Compara estimativas de um lugar: diferenças, tendência e poder para ver uma mudança</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Compares the estimates of surveys of one place: the difference of each two that follow each other, and the change in a year over all of them, with 95 % intervals.

Files: surveys with estimates, dated by their photos, or tables with the columns date, estimate and se, and stratum, class and df if there are any.

The log also says which decline such surveys would show in 80 % of cases; or, if you give a change, how likely they show it and how many times as many transects that needs.</source>
            <translation>Compara as estimativas de levantamentos de um mesmo lugar: a diferença entre cada levantamento e o seguinte, e a mudança por ano em todos eles, com intervalos de 95 %.

Ficheiros: levantamentos com estimativas, datados pelas suas fotos, ou tabelas com as colunas date, estimate e se, e stratum, class e df, se existirem.

O registo diz também que declínio esses levantamentos mostrariam em 80 % dos casos; ou, se indicar uma mudança, com que probabilidade a mostram e quantas vezes mais transectos são precisos.</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Surveys with estimates, or tables</source>
            <translation>Levantamentos com estimativas, ou tabelas</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Change in a year that should be seen [%]</source>
            <translation>Mudança por ano que se quer ver [%]</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Count animals per region</source>
            <translation>Contar animais por região</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Counts the animals of a survey in each polygon of a layer</source>
            <translation>Conta os animais de um levantamento em cada polígono de uma camada</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Counts the animals of a survey in the polygons of a layer. Writes one row for each region and class: region, class, count, area_km2, density_per_km2.

The centre of its box decides in which region an animal counts. On a shared edge the first region of the layer gets it. Animals in no region count as “outside”. Regions without animals get a row too. Areas are measured on the ellipsoid, so the CRS does not matter. An animal in several photos counts once if the survey has matched its photos.

This works without the detector, and does not change the survey. If you tick “Also write the counts into the survey”, which needs the detector, the survey's own layer Counts is made of these regions. The review shows it and keeps it up to date.</source>
            <translation>Conta os animais de um levantamento nos polígonos de uma camada. Escreve uma linha para cada região e classe: region, class, count, area_km2, density_per_km2.

O centro da sua caixa decide em que região um animal conta. Num limite comum, fica com ele a primeira região da camada. Os animais fora de todas as regiões contam como “outside”. As regiões sem animais também têm uma linha. As áreas medem-se no elipsóide, por isso o SRC não importa. Um animal em várias fotos conta uma vez, se o levantamento fez corresponder as suas fotos.

Isto funciona sem o detector e não altera o levantamento. Se marcar “Escrever também as contagens no levantamento”, para o que é preciso o detector, a camada Contagens do levantamento é feita com estas regiões. A revisão mostra-a e mantém-na actualizada.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <location filename="../panel/panel.py" />
            <source>Regions</source>
            <translation>Regiões</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <location filename="../algorithms/from_imagery.py" />
            <source>Column with the names of the regions</source>
            <translation>Coluna com os nomes das regiões</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Also write the counts into the survey, where the review updates them</source>
            <translation>Escrever também as contagens no levantamento, onde a revisão as actualiza</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Counts per region</source>
            <translation>Contagens por região</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Animals counted</source>
            <translation>Animais contados</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>{path}: QGIS cannot read the layer detections</source>
            <translation>{path}: o QGIS não consegue ler a camada detections</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>The regions have no column with names, so each is called by its row number.</source>
            <translation>As regiões não têm uma coluna com nomes, por isso cada uma leva o número da sua linha.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Row {row} of the regions is skipped: it is not a polygon with an area</source>
            <translation>A linha {row} das regiões é ignorada: não é um polígono com área</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Row {row} of the regions crosses or touches itself. It was repaired for the count.</source>
            <translation>A linha {row} das regiões cruza-se ou toca-se a si mesma. Foi reparada para a contagem.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>The layer of regions contains no polygon. Choose another layer.</source>
            <translation>A camada das regiões não contém nenhum polígono. Escolha outra camada.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>The survey has no CRS, but the regions do. Give the photos their positions first, with “Georeference photos”.</source>
            <translation>O levantamento não tem SRC, mas as regiões têm. Dê primeiro as posições às fotos, com “Georreferenciar as fotos”.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>The regions have no CRS. Set it in the properties of their layer.</source>
            <translation>As regiões não têm SRC. Defina-o nas propriedades da camada.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../panel/steps.py" />
            <source>Detect animals</source>
            <translation>Detectar animais</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Finds animals in orthomosaics and photos and puts them on the map</source>
            <translation>Encontra animais em ortomosaicos e fotos e coloca-os no mapa</translation>
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
            <translation>Encontra os animais nas imagens e escreve um levantamento: um GeoPackage com uma caixa, uma classe e uma pontuação para cada animal, a área coberta e o estado de cada imagem, e as contagens por região. O levantamento abre-se num grupo próprio.

Imagens: camadas raster do projecto, ficheiros deste computador, ou uma pasta de fotos com as suas subpastas. Os ortomosaicos de qualquer tamanho servem como estão. As fotos são colocadas no mapa pelos seus próprios metadados, por uma tabela de posições ou por um registo de voo.

Polígonos: o Herdmap examina os ortomosaicos e as fotos só dentro destes polígonos, por exemplo um parque ou os blocos de um levantamento. Um animal fica se o centro da sua caixa está dentro. A camada Imagens mostra que imagens só foram examinadas em parte.

Área: o Herdmap examina os ortomosaicos só dentro deste rectângulo. O menu ao lado oferece a vista actual e a extensão de uma camada. Os animais na margem podem ficar cortados, por isso desenhe o rectângulo um pouco maior.

Modelo: um ficheiro .onnx do Herdmap, da Ultralytics ou do Deepness. Se o deixar vazio, o Herdmap usa o detector de ovelhas incluído. Esse modelo encontra ovelhas em imagens de drone e nada mais.

Imagens de 12 ou 16 bits: o Herdmap mede uma vez que valores são o preto e o branco em todas as imagens. Indique estes valores só se as imagens parecerem demasiado escuras ou claras.

Pode cancelar a qualquer momento. O trabalho feito fica guardado: execute de novo com a mesma saída, e continua. Com outra pontuação ou outras regiões, as imagens não são examinadas outra vez. As revisões de uma saída existente são mantidas.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/evaluate.py" />
            <source>Model file (empty: bundled sheep detector)</source>
            <translation>Ficheiro do modelo (vazio: detector de ovelhas incluído)</translation>
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
            <translation>Todos os ficheiros (*)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/evaluate.py" />
            <source>Lowest score (empty: as the model advises)</source>
            <translation>Pontuação mínima (vazio: a que o modelo aconselha)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Search only inside these polygons</source>
            <translation>Examinar só dentro destes polígonos</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Search only this area (orthomosaics)</source>
            <translation>Examinar só esta área (ortomosaicos)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Tile classifier that skips empty tiles (gate)</source>
            <translation>Classificador que salta os ladrilhos vazios (filtro)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <source>Positions of the photos (table or flight log)</source>
            <translation>Posições das fotos (tabela ou registo de voo)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/georeference.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <source>Terrain model (heights of the ground)</source>
            <translation>Modelo do terreno (altitudes do solo)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/georeference.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <source>Height of all cameras above the ground [m]</source>
            <translation>Altura de todas as câmaras acima do solo [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Tile size [px] (empty: as the model advises)</source>
            <translation>Tamanho dos ladrilhos [px] (vazio: o que o modelo aconselha)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Overlap of the tiles [px] (empty: as the model advises)</source>
            <translation>Sobreposição dos ladrilhos [px] (vazio: a que o modelo aconselha)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Tiles per batch (empty: 4 on the CPU, 16 on a GPU)</source>
            <translation>Ladrilhos por lote (vazio: 4 na CPU, 16 numa GPU)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Imagery that is not 8 bit: value shown as black</source>
            <translation>Imagens que não são de 8 bits: valor mostrado como preto</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Imagery that is not 8 bit: value shown as white</source>
            <translation>Imagens que não são de 8 bits: valor mostrado como branco</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>GPU if there is one, else CPU</source>
            <translation>GPU se houver uma, senão CPU</translation>
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
            <translation>Guardar uma imagem pequena de cada animal para a revisão</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Search everything again instead of continuing (reviews are kept)</source>
            <translation>Examinar tudo de novo em vez de continuar (as revisões são mantidas)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/find.py" />
            <source>Animals found</source>
            <translation>Animais encontrados</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Detections (an animal may be in several photos)</source>
            <translation>Detecções (um animal pode estar em várias fotos)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <location filename="../survey_words.py" />
            <source>Images</source>
            <translation>Imagens</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <source>Images that failed</source>
            <translation>Imagens que falharam</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>An area works for orthomosaics only, and a folder of photos is chosen too. Leave one of the two empty.</source>
            <translation>Uma área só serve para ortomosaicos, e também está escolhida uma pasta de fotos. Deixe uma das duas vazia.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <source>The model file {model} does not exist.</source>
            <translation>O ficheiro do modelo {model} não existe.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Give the values of both black and white, or leave both empty: then Herdmap measures them.</source>
            <translation>Indique os valores do preto e do branco, ou deixe ambos vazios: então o Herdmap mede-os.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Cancelled. Finished work is kept. To continue, run it again with the same output.</source>
            <translation>Cancelado. O trabalho feito fica guardado. Para continuar, execute de novo com a mesma saída.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Animals found: {animals}, in {detections} detections. Images: {images}.</source>
            <translation>Animais encontrados: {animals}, em {detections} detecções. Imagens: {images}.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Images that failed: {failed}. The reasons are in the lines above and in the layer Images.</source>
            <translation>Imagens que falharam: {failed}. As razões estão nas linhas acima e na camada Imagens.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>“{name}” lies outside the area and is skipped</source>
            <translation>“{name}” está fora da área e não é examinado</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>No imagery lies in the area. Draw the area over the imagery.</source>
            <translation>Não há imagens na área. Desenhe a área sobre as imagens.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>“{name}” is rotated or warped, so Herdmap cannot cut an area out of it. Leave the area empty to search the whole file.</source>
            <translation>“{name}” está rodado ou deformado, por isso o Herdmap não pode recortar dele uma área. Deixe a área vazia para examinar o ficheiro inteiro.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <source>Detect the rest of a survey</source>
            <translation>Detectar o resto de um levantamento</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <source>Searches with a model the images of a survey that nobody has searched completely</source>
            <translation>Procura com um modelo nas imagens de um levantamento que ninguém examinou por completo</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <source>Searches the images of a survey with a model, for example one that “Teach a model” has made. Images that people searched completely are left out. What people marked, reviewed and searched is kept. Detections that nobody reviewed are replaced by what this model finds.

Review the doubtful detections first, then teach the model again.

You can cancel at any time. Finished work is kept: run it again, and it continues.</source>
            <translation>Procura nas imagens de um levantamento com um modelo, por exemplo um feito com “Treinar um modelo”. As imagens que pessoas examinaram por completo ficam de fora. O que as pessoas marcaram, reviram e examinaram é mantido. As detecções que ninguém reviu são substituídas pelo que este modelo encontra.

Reveja primeiro as detecções duvidosas e depois treine outra vez o modelo.

Pode cancelar a qualquer momento. O trabalho terminado é mantido: execute de novo, e ele continua.</translation>
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
            <translation>Levantamento</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/find.py" />
            <source>Detections to review</source>
            <translation>Detecções para rever</translation>
        </message>
        <message>
            <location filename="../algorithms/dialog.py" />
            <source>Choose a file, or the inputs first</source>
            <translation>Escolha um ficheiro, ou primeiro as entradas</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Estimate density by distance</source>
            <translation>Estimar a densidade pela distância</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Estimates the density of animals from their distances to the lines flown</source>
            <translation>Estima a densidade dos animais pelas suas distâncias às linhas de voo</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>In a strip from an aircraft, observers see fewer animals farther from the line. A detection function is fitted to the distances, half-normal or hazard-rate.

Sightings: a table with the columns transect and distance_m (at right angles to the line), and size if groups were seen. Lines: a table with the columns transect and length_km, also of lines where nothing was seen.

All animals on the line must be seen, and they must not move before they are seen.</source>
            <translation>Numa faixa vista de um avião, os observadores vêem menos animais longe da linha. Ajusta-se às distâncias uma função de detecção, seminormal ou de taxa de risco.

Avistamentos: uma tabela com as colunas transect e distance_m (em ângulo recto com a linha), e size se foram vistos grupos. Linhas: uma tabela com as colunas transect e length_km, também das linhas onde nada foi visto.

Todos os animais sobre a linha têm de ser vistos, e não se podem mover antes de serem vistos.</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Sightings with their distances</source>
            <translation>Avistamentos com as suas distâncias</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Lines with their lengths</source>
            <translation>Linhas com os seus comprimentos</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Leave out what was farther from the line than [m]</source>
            <translation>Deixar de fora o que estava mais longe da linha do que [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Also estimate the animals on an area of [km²]</source>
            <translation>Estimar também os animais numa área de [km²]</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>The one that fits better</source>
            <translation>A que melhor se ajusta</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Half-normal</source>
            <translation>Seminormal</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Hazard-rate</source>
            <translation>Taxa de risco</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Detection function</source>
            <translation>Função de detecção</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Estimate population</source>
            <translation>Estimar a população</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Estimates the number of animals in each stratum from transects, by Jolly's Method 2</source>
            <translation>Estima o número de animais em cada estrato a partir de transectos, pelo método 2 de Jolly</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Estimates the number of animals in each stratum and in all strata together, with the standard error and the 95 % confidence interval. It uses Jolly's Method 2 for transects of unequal size.

Transects: polygons or lines with the columns stratum and transect. The animals of the survey are counted in them. Without a survey, give a table with the columns stratum, transect, count and area_km2, and class if you like. If you leave them empty, the photos of the survey are the transects: by their track, by a table, or by a pattern in their names.

Strata: polygons with the column stratum, or a table with the columns stratum and area_km2. If you leave them empty, all ground that the photos show is one stratum, and the animals on it are added up: for a colony that was photographed as a whole.

The log says what kind each interval is, and what it leaves out: boxes that nobody reviewed give an uncorrected estimate. A reviewed sample (“Draw photos to review”) corrects it. The share of the animals that a photo can show, and that observers see (“Compare two observers”), divide it.

The log explains the method and shows the estimates as a table. The output is the same table as CSV. With a survey, the estimates are also written to its GeoPackage, and the map is refreshed.</source>
            <translation>Estima o número de animais em cada estrato e em todos os estratos juntos, com o erro padrão e o intervalo de confiança de 95 %. Usa o método 2 de Jolly para transectos de tamanho desigual.

Transectos: polígonos ou linhas com as colunas stratum e transect. Os animais do levantamento são contados neles. Sem levantamento, indique uma tabela com as colunas stratum, transect, count e area_km2, e class se quiser. Se os deixar vazios, as fotos do levantamento são os transectos: pelo seu trajecto, por uma tabela ou por um padrão nos seus nomes.

Estratos: polígonos com a coluna stratum, ou uma tabela com as colunas stratum e area_km2. Se os deixar vazios, todo o terreno que as fotos mostram é um estrato, e os animais nele são somados: para uma colónia fotografada por inteiro.

O registo diz de que tipo é cada intervalo e o que deixa de fora: caixas que ninguém reviu dão uma estimativa não corrigida. Uma amostra revista (“Sortear fotos para rever”) corrige-a. A parte dos animais que uma foto pode mostrar, e a que os observadores vêem (“Comparar dois observadores”), dividem-na.

O registo explica o método e mostra as estimativas numa tabela. A saída é a mesma tabela em CSV. Com um levantamento, as estimativas são também escritas no seu GeoPackage, e o mapa é actualizado.</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Transects (empty: the survey's photos)</source>
            <translation>Transectos (vazio: as fotos do levantamento)</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Strata (empty: all ground that the photos show)</source>
            <translation>Estratos (vazio: todo o terreno que as fotos mostram)</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Column with the name of the transect</source>
            <translation>Coluna com o nome do transecto</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Column with the stratum of the transect</source>
            <translation>Coluna com o estrato do transecto</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/sample.py" />
            <source>Column with the name of the stratum</source>
            <translation>Coluna com o nome do estrato</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Reviewed sample that corrects for missed animals and false detections</source>
            <translation>Amostra revista que corrige animais não vistos e falsas detecções</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/sample.py" />
            <location filename="../search/dock.py" />
            <source>Samples (*.csv)</source>
            <translation>Amostras (*.csv)</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Full width of the strip, if transects are lines [m]</source>
            <translation>Largura total da faixa, se os transectos são linhas [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../panel/estimate_questions.py" />
            <source>The whole area was searched (no confidence interval)</source>
            <translation>Toda a área foi examinada (sem intervalo de confiança)</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Which photo is on which transect, if the photos are the transects</source>
            <translation>Que foto está em que transecto, se as fotos são os transectos</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Or: pattern that finds the transect in a photo's name</source>
            <translation>Ou: padrão que encontra o transecto no nome de uma foto</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>How the sample corrects</source>
            <translation>Como a amostra corrige</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Chosen by a test</source>
            <translation>Escolhido por um teste</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Each stratum by its own photos</source>
            <translation>Cada estrato pelas suas próprias fotos</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>All by one model of the detector</source>
            <translation>Todos por um só modelo do detector</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>How the transects were chosen</source>
            <translation>Como os transectos foram escolhidos</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Each at random</source>
            <translation>Cada um ao acaso</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>At equal distances</source>
            <translation>A distâncias iguais</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/observers.py" />
            <source>Share of the animals that a photo can show</source>
            <translation>Parte dos animais que uma foto pode mostrar</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/observers.py" />
            <source>Standard error of that share</source>
            <translation>Erro padrão dessa parte</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Share of those that observers see</source>
            <translation>Parte desses que os observadores vêem</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Standard error of that share, too</source>
            <translation>Erro padrão dessa parte, também</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Also say how much more work reaches ± [%]</source>
            <translation>Dizer também quanto mais trabalho alcança ± [%]</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../survey_words.py" />
            <source>Estimates</source>
            <translation>Estimativas</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/export.py" />
            <location filename="../algorithms/numbers.py" />
            <source>Tables (*.csv)</source>
            <translation>Tabelas (*.csv)</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Evaluate a model against annotations</source>
            <translation>Avaliar um modelo com anotações</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Measures the precision, recall and count error of a model on annotated images</source>
            <translation>Mede a precisão, a sensibilidade e o erro de contagem de um modelo em imagens anotadas</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Runs a model on annotated images and measures its precision, recall, average precision and count error. Use images that the model was not trained on.

Annotations: a COCO file of whole images. “Export training data” makes one from a reviewed survey.

Model: if you leave it empty, the bundled sheep detector is evaluated.

Training annotations: if you give the annotations that the model was trained on, Herdmap refuses to evaluate it on the same photos or flights. A model does better on images it has seen.

The report is a page that opens in any browser. If you cancel, run it again and it continues.</source>
            <translation>Executa um modelo em imagens anotadas e mede a sua precisão, sensibilidade, precisão média e erro de contagem. Use imagens com que o modelo não foi treinado.

Anotações: um ficheiro COCO de imagens inteiras. “Exportar dados de treino” faz um a partir de um levantamento revisto.

Modelo: se o deixar vazio, é avaliado o detector de ovelhas incluído.

Anotações de treino: se indicar as anotações com que o modelo foi treinado, o Herdmap recusa-se a avaliá-lo nas mesmas fotos ou nos mesmos voos. Um modelo acerta mais em imagens que já viu.

O relatório é uma página que se abre em qualquer navegador. Se cancelar, execute de novo e continua.</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Annotations (COCO)</source>
            <translation>Anotações (COCO)</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <location filename="../algorithms/export.py" />
            <source>COCO files (*.json)</source>
            <translation>Ficheiros COCO (*.json)</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Folder with the images</source>
            <translation>Pasta com as imagens</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Annotations the model was trained on</source>
            <translation>Anotações com que o modelo foi treinado</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Folder for the report</source>
            <translation>Pasta para o relatório</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <location filename="../algorithms/teach.py" />
            <source>Report</source>
            <translation>Relatório</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Cancelled. Finished work is kept. To continue, run it again.</source>
            <translation>Cancelado. O trabalho feito fica guardado. Para continuar, execute de novo.</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>The report is {path}</source>
            <translation>O relatório é {path}</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Export animals</source>
            <translation>Exportar animais</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Writes the animals of a survey as CSV, GeoJSON, GeoParquet, KML, Shapefile or Darwin Core (for GBIF)</source>
            <translation>Escreve os animais de um levantamento em CSV, GeoJSON, GeoParquet, KML, Shapefile ou Darwin Core (para o GBIF)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Writes one row for each animal of a survey. The file ending chooses the format: .csv, .geojson, .parquet (GeoParquet), .kml, .shp, or .zip (a Darwin Core Archive for GBIF).

GeoJSON, GeoParquet and Shapefile get the boxes as polygons on the ground. CSV, KML and Darwin Core get the centres of the boxes. The survey is not changed.

For training data (COCO) use “Export training data”.</source>
            <translation>Escreve uma linha para cada animal de um levantamento. A terminação do ficheiro escolhe o formato: .csv, .geojson, .parquet (GeoParquet), .kml, .shp ou .zip (um arquivo Darwin Core para o GBIF).

GeoJSON, GeoParquet e Shapefile recebem as caixas como polígonos no terreno. CSV, KML e Darwin Core recebem os centros das caixas. O levantamento não é alterado.

Para dados de treino (COCO) use “Exportar dados de treino”.</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Description of the dataset, for a Darwin Core Archive</source>
            <translation>Descrição do conjunto de dados, para um arquivo Darwin Core</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Dataset files (*.toml)</source>
            <translation>Ficheiros de descrição (*.toml)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Usual shape of the format</source>
            <translation>Forma habitual do formato</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Boxes</source>
            <translation>Caixas</translation>
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
            <translation>Também avistamentos repetidos de um animal que conta noutra foto</translation>
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
            <translation>Arquivos Darwin Core (*.zip)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <location filename="../panel/estimates_view.py" />
            <location filename="../panel/print_layout.py" />
            <location filename="../review/panel.py" />
            <location filename="../survey_words.py" />
            <source>Animals</source>
            <translation>Animais</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Herdmap cannot export to {ending}. Choose one of {endings}.</source>
            <translation>O Herdmap não pode exportar para {ending}. Escolha um de {endings}.</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Export training data (COCO)</source>
            <translation>Exportar dados de treino (COCO)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Writes the reviewed animals of a survey as a COCO file, for training or evaluating a model</source>
            <translation>Escreve os animais revistos de um levantamento num ficheiro COCO, para treinar ou avaliar um modelo</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Writes the reviewed animals of a survey as a COCO file. Use it to train or evaluate a model.

By default the file contains only photos in which every detection was reviewed. In other photos an animal may have been missed, and a model would learn that no animal is there.</source>
            <translation>Escreve os animais revistos de um levantamento num ficheiro COCO. Use-o para treinar ou avaliar um modelo.

Por omissão, o ficheiro contém só fotos em que todas as detecções foram revistas. Noutras fotos pode ter escapado um animal, e um modelo aprenderia que ali não há nenhum.</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Photos in which every detection was reviewed</source>
            <translation>Fotos em que todas as detecções foram revistas</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Also photos in which some detections were reviewed</source>
            <translation>Também fotos em que algumas detecções foram revistas</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>All searched photos</source>
            <translation>Todas as fotos examinadas</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Which photos</source>
            <translation>Que fotos</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>List of photos that a person searched completely</source>
            <translation>Lista de fotos que uma pessoa examinou por completo</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Leave out unreviewed animals below this score</source>
            <translation>Deixar de fora animais não revistos abaixo desta pontuação</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Training data</source>
            <translation>Dados de treino</translation>
        </message>
        <message>
            <location filename="../algorithms/find.py" />
            <location filename="../panel/own_animals.py" />
            <location filename="../search/dock.py" />
            <source>Find more like these</source>
            <translation>Encontrar mais como estes</translation>
        </message>
        <message>
            <location filename="../algorithms/find.py" />
            <source>Learns from the animals that people marked, and proposes more in the other images</source>
            <translation>Aprende com os animais que as pessoas marcaram e propõe mais nas outras imagens</translation>
        </message>
        <message>
            <location filename="../algorithms/find.py" />
            <source>Learns in seconds from the animals that people marked or confirmed in a survey, and searches the other images for more of them. Mark 10 to 20 animals first, best all animals of one to three images, with Search images.

What is found becomes detections with a score. Review them as any others. Then run it again: it learns from what you confirmed and rejected.

Images that people searched completely are not searched again. What people marked, reviewed and searched is kept. Detections that nobody reviewed are replaced.

It finds animals that look like those that were marked and are about as large. It does not carry over to animals of another size. Animals that stand close together are found less well.</source>
            <translation>Aprende em segundos com os animais que as pessoas marcaram ou confirmaram num levantamento, e procura mais nas outras imagens. Marque primeiro 10 a 20 animais, de preferência todos os de uma a três imagens, com Examinar imagens.

O que é encontrado torna-se detecções com uma pontuação. Reveja-as como as outras. Depois execute de novo: aprende com o que confirmou e rejeitou.

As imagens que as pessoas examinaram por completo não são examinadas outra vez. O que as pessoas marcaram, reviram e examinaram é mantido. As detecções que ninguém reviu são substituídas.

Encontra animais parecidos com os marcados e mais ou menos do mesmo tamanho. Não serve para animais de outro tamanho. Animais muito juntos são encontrados pior.</translation>
        </message>
        <message>
            <location filename="../algorithms/find.py" />
            <source>Lowest score (empty: 0.5)</source>
            <translation>Pontuação mínima (vazio: 0.5)</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <location filename="../panel/road.py" />
            <location filename="../survey_words.py" />
            <source>Imagery</source>
            <translation>Imagens</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <location filename="../algorithms/import_labels.py" />
            <source>Files</source>
            <translation>Ficheiros</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../panel/questions.py" />
            <source>Folder of photos</source>
            <translation>Pasta de fotos</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>Regions to count animals in</source>
            <translation>Regiões onde contar os animais</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>No imagery is chosen. Choose raster layers, files or a folder of photos.</source>
            <translation>Não há imagens escolhidas. Escolha camadas raster, ficheiros ou uma pasta de fotos.</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>“{name}” shows the detections of a survey, and those are no regions. Choose a layer of polygons that you drew or got.</source>
            <translation>“{name}” mostra as detecções de um levantamento, e essas não são regiões. Escolha uma camada de polígonos que desenhou ou recebeu.</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>Survey (GeoPackage)</source>
            <translation>Levantamento (GeoPackage)</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>The survey is a GeoPackage, but its name ends in {ending}. Choose a name that ends in .gpkg.</source>
            <translation>O levantamento é um GeoPackage, mas o seu nome termina em {ending}. Escolha um nome que termine em .gpkg.</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <location filename="../algorithms/import_labels.py" />
            <source>The folder {folder} does not exist.</source>
            <translation>A pasta {folder} não existe.</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>The layer “{name}” of this survey is being edited. Save or discard the edits first.</source>
            <translation>A camada “{name}” deste levantamento está em edição. Guarde ou descarte primeiro as alterações.</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Georeference photos</source>
            <translation>Georreferenciar as fotos</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Moves the photos of a finished survey to new positions or heights</source>
            <translation>Move as fotos de um levantamento terminado para novas posições ou alturas</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Moves the photos of a finished survey to new positions or heights, and their animals with them. Detections and reviews are kept, and the counts are updated. The imagery is not searched again, so this takes seconds.

Positions: a table with one row for each photo, or a flight log that is matched by time. If the table has angles and does not say which, Herdmap asks for them: choose them under *Angles in the positions*.

If you leave a field empty, the setting of the last placement is used.

Heights: give a terrain model, the height above the ground, or the height of level ground. A drone records its height above the take-off point, not above the ground below the photo.

The file of the survey is replaced, and its layers in the project are reloaded.</source>
            <translation>Move as fotos de um levantamento terminado para novas posições ou alturas, e os seus animais com elas. As detecções e as revisões são mantidas, e as contagens são actualizadas. As imagens não são examinadas outra vez, por isso demora segundos.

Posições: uma tabela com uma linha para cada foto, ou um registo de voo que se faz corresponder pela hora. Se a tabela tem ângulos e não diz quais, o Herdmap pergunta: escolha-os em *Ângulos das posições*.

Se deixar um campo vazio, usa-se o que valeu na última colocação.

Alturas: indique um modelo do terreno, a altura acima do solo, ou a altitude de um solo plano. Um drone regista a sua altura acima do ponto de descolagem, não acima do solo por baixo da foto.

O ficheiro do levantamento é substituído, e as suas camadas no projecto são recarregadas.</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Camera calibration</source>
            <translation>Calibração da câmara</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Positions (table or flight log)</source>
            <translation>Posições (tabela ou registo de voo)</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Height of level ground, measured like the altitudes of the photos [m]</source>
            <translation>Altitude do solo plano, medida como as altitudes das fotos [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Seconds to add to the camera clock</source>
            <translation>Segundos a somar ao relógio da câmara</translation>
        </message>
        <message>
            <location filename="../algorithms/imagery.py" />
            <source>“{name}” comes from a web service or a database, but the detector reads only files. Save the part you need as a GeoTIFF (right-click the layer ▸ Export ▸ Save As, at full resolution) and choose that file.</source>
            <translation>“{name}” vem de um serviço web ou de uma base de dados, mas o detector só lê ficheiros. Guarde a parte de que precisa como GeoTIFF (clique com o botão direito na camada ▸ Exportar ▸ Guardar como, em resolução completa) e escolha esse ficheiro.</translation>
        </message>
        <message>
            <location filename="../algorithms/imagery.py" />
            <source>“{name}” is not a single file on this computer ({source}). Save it as a GeoTIFF and choose that file.</source>
            <translation>“{name}” não é um único ficheiro deste computador ({source}). Guarde-o como GeoTIFF e escolha esse ficheiro.</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Import detections or labels</source>
            <translation>Importar detecções ou etiquetas</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Makes a survey of animals that other programs found or that people marked</source>
            <translation>Faz um levantamento de animais que outros programas encontraram ou que pessoas marcaram</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Reads detections and labels of other programs, and places the animals on the map: COCO, YOLO, MegaDetector, CVAT, Label Studio, LabelMe, VIA, Pascal VOC, HerdNet, DeepForest, DotDotGoose, VIAME, tables and vector layers. Then you review and count them like detections of Herdmap.

Files, or a folder of labels: if the tool writes a file for each photo, give the folder.

Survey: if the file exists, the animals are added to it. Its reviews stay, and an animal that it has already is not added again.

Columns: for a table whose columns have other names, for example photo=File, class=Species, x=X, y=Y.</source>
            <translation>Lê detecções e etiquetas de outros programas e coloca os animais no mapa: COCO, YOLO, MegaDetector, CVAT, Label Studio, LabelMe, VIA, Pascal VOC, HerdNet, DeepForest, DotDotGoose, VIAME, tabelas e camadas vectoriais. Depois, reveja-os e conte-os como detecções do Herdmap.

Ficheiros, ou uma pasta de etiquetas: se a ferramenta escreve um ficheiro para cada foto, indique a pasta.

Levantamento: se o ficheiro existe, os animais são acrescentados. As suas revisões ficam, e um animal que já lá está não é acrescentado outra vez.

Colunas: para uma tabela cujas colunas têm outros nomes, por exemplo photo=File, class=Species, x=X, y=Y.</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Folder of labels</source>
            <translation>Pasta de etiquetas</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Photos without labels were searched and are empty</source>
            <translation>As fotos sem etiquetas foram examinadas e estão vazias</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Lowest score (empty: all)</source>
            <translation>Pontuação mínima (vazio: todas)</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Columns (for example photo=File, class=Species)</source>
            <translation>Colunas (por exemplo photo=File, class=Species)</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Animals that were added</source>
            <translation>Animais acrescentados</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>No labels are chosen. Choose files or a folder of labels.</source>
            <translation>Não há etiquetas escolhidas. Escolha ficheiros ou uma pasta de etiquetas.</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Columns: “{text}” has no equals sign. Write it as photo=File.</source>
            <translation>Colunas: “{text}” não tem sinal de igual. Escreva como photo=File.</translation>
        </message>
        <message>
            <location filename="../algorithms/kept_output.py" />
            <source>“{name}” has no file yet. Choose one: QGIS deletes temporary files when it closes, and the result would be lost.</source>
            <translation>“{name}” ainda não tem ficheiro. Escolha um: o QGIS apaga os ficheiros temporários ao fechar, e o resultado perder-se-ia.</translation>
        </message>
        <message>
            <location filename="../algorithms/kept_output.py" />
            <source>“{name}” is a temporary file: QGIS deletes it when it closes, and the result would be lost. Choose a file in a folder of yours.</source>
            <translation>“{name}” é um ficheiro temporário: o QGIS apaga-o ao fechar, e o resultado perder-se-ia. Escolha um ficheiro numa pasta sua.</translation>
        </message>
        <message>
            <location filename="../algorithms/kept_output.py" />
            <source>You may not write to the folder {folder}. Choose another folder for “{name}”.</source>
            <translation>Não pode escrever na pasta {folder}. Escolha outra pasta para “{name}”.</translation>
        </message>
        <message>
            <location filename="../algorithms/layer_file.py" />
            <source>The layer of “{}” is not in the project any more. Open it, and run this again. Nothing was changed.</source>
            <translation>A camada de “{}” já não está no projeto. Abra-a e execute novamente. Nada foi alterado.</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <source>Merge two reviews</source>
            <translation>Juntar duas revisões</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <source>Merges the reviews of two people, who each reviewed a copy of one survey</source>
            <translation>Junta as revisões de duas pessoas, que reviram cada uma uma cópia de um levantamento</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <source>Makes one survey of two copies that two people reviewed. If both say the same of an animal, it holds. If they disagree, the later word holds, the other one is in the note, and the animal is in a table of conflicts beside the result. The log says how well the two agree.

To settle conflicts, open the result in the review and choose “More”.</source>
            <translation>Faz um levantamento de duas cópias que duas pessoas reviram. Se ambas dizem o mesmo de um animal, isso vale. Se discordam, vale a palavra mais recente, a outra fica na nota, e o animal fica numa tabela de conflitos ao lado do resultado. O registo diz até que ponto as duas concordam.

Para resolver conflitos, abra o resultado na revisão e escolha “Mais”.</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <location filename="../review/two_reviewers.py" />
            <source>The copy of the other reviewer</source>
            <translation>A cópia do outro revisor</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <location filename="../algorithms/observers.py" />
            <location filename="../algorithms/teach.py" />
            <location filename="../plugin.py" />
            <location filename="../review/two_reviewers.py" />
            <location filename="../survey_panel.py" />
            <source>Surveys (*.gpkg)</source>
            <translation>Levantamentos (*.gpkg)</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <source>Merged survey</source>
            <translation>Levantamento juntado</translation>
        </message>
        <message>
            <location filename="../algorithms/model_question.py" />
            <source>sheep (bundled)</source>
            <translation>ovelhas (incluído)</translation>
        </message>
        <message>
            <location filename="../algorithms/model_question.py" />
            <source>Listing the models</source>
            <translation>A listar os modelos</translation>
        </message>
        <message>
            <location filename="../algorithms/model_question.py" />
            <source>Another file…</source>
            <translation>Outro ficheiro…</translation>
        </message>
        <message>
            <location filename="../algorithms/model_question.py" />
            <source>Models (*.onnx *.npz);;All files (*)</source>
            <translation>Modelos (*.onnx *.npz);;Todos os ficheiros (*)</translation>
        </message>
        <message>
            <location filename="../algorithms/named_columns.py" />
            <source>There is no column {}. The columns are: {}</source>
            <translation>Não há coluna {}. As colunas são: {}</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>New survey</source>
            <translation>Novo levantamento</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>Puts photos and orthomosaics on the map, to be searched by people</source>
            <translation>Coloca fotos e ortomosaicos no mapa, para serem examinados por pessoas</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>Makes a survey without a model: a GeoPackage with the place of each image. Nothing is searched, so it takes seconds. Then press Search images in the toolbar, and look at the images cell by cell.

Classes: the kinds of animals that you look for, with commas between them. The keys 1 to 9 choose them.

Polygons: images outside them are left out of the search.

You can let a model search the same survey later: run Detect animals with the same output. What people searched and marked is kept.</source>
            <translation>Faz um levantamento sem modelo: um GeoPackage com o lugar de cada imagem. Nada é examinado, por isso demora segundos. Depois clique em Examinar imagens na barra de ferramentas, e veja as imagens célula a célula.

Classes: os tipos de animais que procura, separados por vírgulas. As teclas 1 a 9 escolhem-nos.

Polígonos: as imagens fora deles não são para examinar.

Mais tarde pode deixar um modelo examinar o mesmo levantamento: execute Detectar animais com a mesma saída. O que as pessoas examinaram e marcaram é mantido.</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>Classes (for example elephant, zebra)</source>
            <translation>Classes (por exemplo elefante, zebra)</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>Leave out images outside these polygons</source>
            <translation>Deixar de fora as imagens fora destes polígonos</translation>
        </message>
        <message>
            <location filename="../algorithms/numbers.py" />
            <source>Table of the results</source>
            <translation>Tabela dos resultados</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Compare two observers</source>
            <translation>Comparar dois observadores</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Estimates how many animals two observers of the same photos both missed</source>
            <translation>Estima quantos animais escaparam a ambos os observadores das mesmas fotos</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Two observers searched the same photos apart: two people with copies of a survey, or a person and the detector. What only one of them saw tells how many animals both missed.

The two files may be the same survey, if people searched without seeing the boxes: choose people for the first and the detector for the second.

The observers must be independent. Animals that are hard to see for both make the estimate too low. The log has the estimate in words, with the share of the animals that either observer saw: “Estimate population” divides by it.</source>
            <translation>Dois observadores examinaram as mesmas fotos em separado: duas pessoas com cópias de um levantamento, ou uma pessoa e o detector. O que só um deles viu diz quantos animais escaparam a ambos.

Os dois ficheiros podem ser o mesmo levantamento, se as pessoas examinaram sem ver as caixas: escolha as pessoas para o primeiro e o detector para o segundo.

Os observadores têm de ser independentes. Os animais difíceis de ver para ambos tornam a estimativa demasiado baixa. O registo tem a estimativa por palavras, com a parte dos animais que um ou outro viu: “Estimar a população” divide por ela.</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Survey of the first observer</source>
            <translation>Levantamento do primeiro observador</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Survey of the second</source>
            <translation>Levantamento do segundo</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>All sightings</source>
            <translation>Todos os avistamentos</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Those that people drew</source>
            <translation>Os que as pessoas desenharam</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Those of the detector</source>
            <translation>Os do detector</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Its class</source>
            <translation>A sua classe</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Its distance from the photo's centre</source>
            <translation>A sua distância ao centro da foto</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Its length</source>
            <translation>O seu comprimento</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Sightings of the first</source>
            <translation>Avistamentos do primeiro</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Sightings of the second</source>
            <translation>Avistamentos do segundo</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>What makes an animal hard to see</source>
            <translation>O que torna um animal difícil de ver</translation>
        </message>
        <message>
            <location filename="../algorithms/option_labels.py" />
            <source>(Options with -- exist only on the command line.)</source>
            <translation>(As opções com -- só existem na linha de comandos.)</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Plan transects</source>
            <translation>Planear transectos</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Lays transects over strata, for a wanted precision or effort, with routes for the GPS</source>
            <translation>Traça transectos sobre os estratos, para a precisão ou o esforço desejados, com rotas para o GPS</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Lays lines at equal distances over each stratum, the first one at random, across its long axis unless you give a bearing.

Give one wish: the CV of the estimate of all strata, the km of all lines, or the number of lines in each stratum. A CV needs an earlier survey (with estimates, or a table of transects with counts), or how many animals would be counted on a square kilometre.

The log says the lines, the km, the photos and the expected CV of each stratum. The output is a layer that “Estimate population” reads, and a GPX file with a route for each stratum.</source>
            <translation>Traça linhas a distâncias iguais sobre cada estrato, a primeira ao acaso, atravessadas ao seu eixo maior, a não ser que indique um rumo.

Indique um só desejo: o CV da estimativa de todos os estratos, os km de todas as linhas, ou o número de linhas em cada estrato. Um CV precisa de um levantamento anterior (com estimativas, ou uma tabela de transectos com contagens), ou de quantos animais se contariam num quilómetro quadrado.

O registo diz as linhas, os km, as fotos e o CV esperado de cada estrato. A saída é uma camada que “Estimar a população” lê, e um ficheiro GPX com uma rota para cada estrato.</translation>
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
            <translation>Largura total da faixa [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Wanted CV of the estimate [%]</source>
            <translation>CV desejado da estimativa [%]</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Or: km of all lines together</source>
            <translation>Ou: km de todas as linhas juntas</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Or: lines in each stratum</source>
            <translation>Ou: linhas em cada estrato</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Earlier survey, or its table of transects</source>
            <translation>Levantamento anterior, ou a sua tabela de transectos</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Surveys and tables (*.gpkg *.csv)</source>
            <translation>Levantamentos e tabelas (*.gpkg *.csv)</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Class in the earlier survey</source>
            <translation>Classe no levantamento anterior</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Without an earlier survey: animals that are counted on a km²</source>
            <translation>Sem levantamento anterior: animais que se contam num km²</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Bearing of the lines [degrees]</source>
            <translation>Rumo das linhas [graus]</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Distance between two photos [m]</source>
            <translation>Distância entre duas fotos [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Random seed of the first lines</source>
            <translation>Semente aleatória das primeiras linhas</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Planned transects</source>
            <translation>Transectos planeados</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Layers (*.gpkg)</source>
            <translation>Camadas (*.gpkg)</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Routes for the GPS</source>
            <translation>Rotas para o GPS</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Routes (*.gpx)</source>
            <translation>Rotas (*.gpx)</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Positions (*.csv *.txt *.tsv *.gpx *.pos *.mrk *.json *.geojson)</source>
            <translation>Posições (*.csv *.txt *.tsv *.gpx *.pos *.mrk *.json *.geojson)</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>As the file says</source>
            <translation>Como o ficheiro diz</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Yaw, pitch and roll of the gimbal (pitch -90 looks straight down)</source>
            <translation>Guinada, arfagem e rolamento do gimbal (arfagem -90: olha a direito para baixo)</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Yaw, pitch and roll of a camera (pitch 0 looks straight down)</source>
            <translation>Guinada, arfagem e rolamento de uma câmara (arfagem 0: olha a direito para baixo)</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Yaw, pitch and roll of the aircraft</source>
            <translation>Guinada, arfagem e rolamento da aeronave</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Omega, phi and kappa</source>
            <translation>Ómega, phi e kappa</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>CRS of the columns x and y, for example EPSG:32737</source>
            <translation>SRC das colunas x e y, por exemplo EPSG:32737</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Angles in the positions</source>
            <translation>Ângulos das posições</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Error of the positions [m] (empty: as the file says, otherwise 3)</source>
            <translation>Erro das posições [m] (vazio: como o ficheiro diz, senão 3)</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>Images: {images}. Tiles: {tiles}.</source>
            <translation>Imagens: {images}. Ladrilhos: {tiles}.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{done} of {tiles} tiles, {speed:.1f} per second, {left}. {detections} boxes so far.</source>
            <translation>{done} de {tiles} ladrilhos, {speed:.1f} por segundo, {left}. {detections} caixas até agora.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{done} of {images} images read.</source>
            <translation>{done} de {images} imagens lidas.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>Pictures of the animals of {done} of {images} images made.</source>
            <translation>Imagens pequenas dos animais feitas em {done} de {images} imagens.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>Images to learn from: {}.</source>
            <translation>Imagens de que aprende: {}.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>Learning, {left}.</source>
            <translation>A aprender, {left}.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{n} s left</source>
            <translation>faltam {n} s</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{n} min left</source>
            <translation>faltam {n} min</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{n:.1f} h left</source>
            <translation>faltam {n:.1f} h</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Write a survey report</source>
            <translation>Escrever um relatório do levantamento</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Writes the survey as one page to print and sign</source>
            <translation>Escreve o levantamento numa página para imprimir e assinar</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Writes one page that opens in any browser, also offline, and prints on A4. It shows what was counted and how sure that is, what was not looked at, a map, the effort, the estimates, the quality of the detector and the method, and has lines for signatures.

With the ending .pdf, the Chrome, Chromium, Edge or Brave of this computer prints it.

Estimate the population first. Without estimates, the page shows what was found.</source>
            <translation>Escreve uma página que se abre em qualquer navegador, também sem rede, e se imprime em A4. Mostra o que foi contado e com que certeza, o que não foi examinado, um mapa, o esforço, as estimativas, a qualidade do detector e o método, e tem linhas para assinaturas.

Com a terminação .pdf, o Chrome, Chromium, Edge ou Brave deste computador imprime-a.

Estime primeiro a população. Sem estimativas, a página mostra o que foi encontrado.</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Title of the report</source>
            <translation>Título do relatório</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Table of two observers, to be shown in the report</source>
            <translation>Tabela de dois observadores, para mostrar no relatório</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Survey report</source>
            <translation>Relatório do levantamento</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Pages (*.html);;PDF (*.pdf)</source>
            <translation>Páginas (*.html);;PDF (*.pdf)</translation>
        </message>
        <message>
            <location filename="../algorithms/runs.py" />
            <source>Starting…</source>
            <translation>A iniciar…</translation>
        </message>
        <message>
            <location filename="../algorithms/runs.py" />
            <source>Stopping…</source>
            <translation>A parar…</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Draw photos to review</source>
            <translation>Sortear fotos para rever</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Draws random photos to review, so that an estimate can be corrected</source>
            <translation>Sorteia fotos para rever, para que se possa corrigir uma estimativa</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Draws random photos: of those in which the detector found something, and of those in which it found nothing; with strata, so many in each stratum.

Review these photos from the top: confirm or reject the boxes, and draw the animals that are missing. Write yes into the column reviewed. Then give the table to “Estimate population”. If the table exists, photos are added and earlier marks are kept.</source>
            <translation>Sorteia fotos ao acaso: das em que o detector encontrou alguma coisa e das em que não encontrou nada; com estratos, outras tantas em cada estrato.

Reveja estas fotos a partir de cima: confirme ou rejeite as caixas, e desenhe os animais que faltam. Escreva yes na coluna reviewed. Depois dê a tabela a “Estimar a população”. Se a tabela existe, são acrescentadas fotos e as marcas anteriores são mantidas.</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Photos with detections</source>
            <translation>Fotos com detecções</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Photos without detections</source>
            <translation>Fotos sem detecções</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Random seed</source>
            <translation>Semente aleatória</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Sample</source>
            <translation>Amostra</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Make a share folder</source>
            <translation>Fazer uma pasta para partilhar</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Makes a folder with a map and the photos, which opens offline in any browser</source>
            <translation>Faz uma pasta com um mapa e as fotos, que se abre sem rede em qualquer navegador</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Makes a folder for people without Herdmap and QGIS. They open its index.html in any browser, also offline and on a phone, and see the map, the photos with their boxes, filters and counts. The folder is a few per cent as large as the imagery.

Largest size: for example 50MB or 5%. If you leave it empty, the limit is 5 % of the imagery.</source>
            <translation>Faz uma pasta para pessoas sem Herdmap nem QGIS. Elas abrem o seu index.html em qualquer navegador, também sem rede e num telefone, e vêem o mapa, as fotos com as suas caixas, filtros e contagens. A pasta tem uns poucos por cento do tamanho das imagens.

Tamanho máximo: por exemplo 50MB ou 5%. Se o deixar vazio, o limite é 5 % das imagens.</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Title of the page</source>
            <translation>Título da página</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Largest size (for example 50MB or 5%)</source>
            <translation>Tamanho máximo (por exemplo 50MB ou 5%)</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Also pictures with the boxes drawn on them</source>
            <translation>Também imagens com as caixas desenhadas</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Also pictures of images outside the survey's folder</source>
            <translation>Também imagens de fora da pasta do levantamento</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <location filename="../panel/steps.py" />
            <source>Share folder</source>
            <translation>Pasta para partilhar</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <location filename="../panel/own_animals.py" />
            <source>Teach a model</source>
            <translation>Treinar um modelo</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Learns the animals that people marked in a survey, and writes a model for Detect animals</source>
            <translation>Aprende os animais que as pessoas marcaram num levantamento e escreve um modelo para Detectar animais</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Makes a model of your own animals in about ten minutes. It learns from animals that people marked or confirmed, from ground that they searched and where no animal is, and from detections that they rejected. It learns nothing of ground that nobody searched. Search and mark 10 to 30 images first, also some without animals.

Some images are held out to measure on. The report says whether the model is fit to count with, shows its worst mistakes, says what more images would bring, and which images to search next.

Run it again after more reviews with the same model file: it goes on from that model, and holds out the same images. Then use the model in “Detect animals”.

It needs torch: in Herdmap ▸ Settings, press “Add teaching”.</source>
            <translation>Faz um modelo dos seus próprios animais em cerca de dez minutos. Aprende com os animais que as pessoas marcaram ou confirmaram, com o solo que examinaram e onde não há animais, e com as detecções que rejeitaram. Não aprende nada com o solo que ninguém examinou. Examine e marque primeiro 10 a 30 imagens, também algumas sem animais.

Algumas imagens ficam de parte para medir. O relatório diz se o modelo serve para contar, mostra os seus piores erros, diz o que mais imagens trariam e que imagens examinar a seguir.

Execute de novo depois de mais revisões com o mesmo ficheiro de modelo: continua a partir desse modelo e deixa de parte as mesmas imagens. Depois use o modelo em “Detectar animais”.

É preciso o torch: em Herdmap ▸ Configurações, clique em “Adicionar treino”.</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <location filename="../panel/own_animals.py" />
            <source>Minutes, about</source>
            <translation>Minutos, mais ou menos</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Another survey to learn from</source>
            <translation>Outro levantamento com que aprender</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Length of the animals, px (if only points are marked)</source>
            <translation>Comprimento dos animais, px (se só há pontos marcados)</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Images to measure on</source>
            <translation>Imagens para medir</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Animals in them</source>
            <translation>Animais nelas</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Found</source>
            <translation>Encontrados</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>False alarms</source>
            <translation>Falsos alarmes</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Fit to count with</source>
            <translation>Apto para contar</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Which is better: find or model</source>
            <translation>Qual é melhor: find ou model</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>How good the model is: {page}</source>
            <translation>Qualidade do modelo: {page}</translation>
        </message>
        <message>
            <location filename="../environment/brought_python.py" />
            <location filename="../environment/set_up.py" />
            <source>Fetching Python</source>
            <translation>A obter o Python</translation>
        </message>
        <message>
            <location filename="../environment/brought_python.py" />
            <source>QGIS's own Python has no pip, so it cannot fetch another Python.</source>
            <translation>O Python do QGIS não tem pip, por isso não pode obter outro Python.</translation>
        </message>
        <message>
            <location filename="../environment/carried.py" />
            <source>{name} is missing in the plugin's folder, or changed. Install the plugin again from its zip.</source>
            <translation>{name} falta na pasta do complemento, ou foi alterado. Instale de novo o complemento a partir do seu zip.</translation>
        </message>
        <message>
            <location filename="../environment/environment.py" />
            <source>The Python of the chosen environment does not exist: {path}. Choose another one in Herdmap ▸ Settings.</source>
            <translation>O Python do ambiente escolhido não existe: {path}. Escolha outro em Herdmap ▸ Configurações.</translation>
        </message>
        <message>
            <location filename="../environment/environment.py" />
            <source>The detector is not set up yet. Press “Set up” in Herdmap ▸ Settings. You do this once, and it takes a few minutes.</source>
            <translation>O detector ainda não está instalado. Clique em “Instalar” em Herdmap ▸ Configurações. Faz-se uma só vez e demora alguns minutos.</translation>
        </message>
        <message>
            <location filename="../environment/environment.py" />
            <source>{python} has no herdmap. Run “pip install herdmap” in that environment, or choose another one.</source>
            <translation>{python} não tem o herdmap. Execute “pip install herdmap” nesse ambiente, ou escolha outro.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The disk is full. Free 2 GB and press the button again. Finished downloads are kept.</source>
            <translation>O disco está cheio. Liberte 2 GB e clique de novo no botão. As transferências terminadas ficam guardadas.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The proxy did not work. Check it in Settings ▸ Options ▸ Network or ask your network administrator. Then press the button again.</source>
            <translation>O proxy não funcionou. Verifique-o em Configurações ▸ Opções ▸ Rede ou pergunte ao administrador da rede. Depois clique de novo no botão.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>This computer does not trust the certificate of the connection. Either its clock is wrong, or your network inspects encrypted connections. Check the clock. Ask your network administrator for the certificate as a .pem file, set the environment variable PIP_CERT to that file, restart QGIS and press the button again.</source>
            <translation>Este computador não confia no certificado da ligação. Ou o seu relógio está errado, ou a sua rede inspecciona as ligações cifradas. Verifique o relógio. Peça ao administrador da rede o certificado num ficheiro .pem, dê esse ficheiro à variável de ambiente PIP_CERT, reinicie o QGIS e clique de novo no botão.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The package index could not be reached. Check the internet connection. If you use a proxy, check Settings ▸ Options ▸ Network. Then press the button again. Finished downloads are kept.</source>
            <translation>Não foi possível chegar ao índice de pacotes. Verifique a ligação à Internet. Se usa um proxy, verifique Configurações ▸ Opções ▸ Rede. Depois clique de novo no botão. As transferências terminadas ficam guardadas.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The package index refused the request. If your organisation has its own index, check the address and the password in pip's configuration (pip.ini or pip.conf).</source>
            <translation>O índice de pacotes recusou o pedido. Se a sua organização tem um índice próprio, verifique o endereço e a palavra-passe na configuração do pip (pip.ini ou pip.conf).</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>A file that was fetched is not the one that was expected, so nothing of it was used. Try again, or on another network.</source>
            <translation>Um ficheiro obtido não é o esperado, por isso nada dele foi usado. Tente novamente, ou noutra rede.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The path of the QGIS profile is too long for this system. Allow long paths in Windows (LongPathsEnabled), or make an environment in a folder with a short path and choose it below.</source>
            <translation>O caminho do perfil do QGIS é demasiado longo para este sistema. Permita caminhos longos no Windows (LongPathsEnabled), ou faça um ambiente numa pasta com um caminho curto e escolha-o em baixo.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>A file could not be read or written, because an antivirus program or another program uses it. Close other QGIS windows, exclude the folder below from the antivirus program, and press the button again.</source>
            <translation>Não foi possível ler ou escrever um ficheiro, porque um antivírus ou outro programa o usa. Feche as outras janelas do QGIS, exclua do antivírus a pasta em baixo e clique de novo no botão.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>You may not write to the folder below. Check its permissions and press the button again.</source>
            <translation>Não pode escrever na pasta em baixo. Verifique as suas permissões e clique de novo no botão.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>This Python is too old for the detector. Install Python 3.12 and choose it below.</source>
            <translation>Este Python é demasiado antigo para o detector. Instale o Python 3.12 e escolha-o em baixo.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>This Python cannot make environments. On Debian and Ubuntu, run “sudo apt install python3-venv”. On other systems, install Python from python.org and choose it below.</source>
            <translation>Este Python não pode fazer ambientes. No Debian e no Ubuntu, execute “sudo apt install python3-venv”. Noutros sistemas, instale o Python de python.org e escolha-o em baixo.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The package index has no package for this system and this Python. The detector needs 64-bit Windows, macOS or Linux, and Python 3.11 to 3.14. Choose such a Python below. If your organisation has its own index, ask for the missing package there.</source>
            <translation>O índice de pacotes não tem um pacote para este sistema e este Python. O detector precisa de Windows, macOS ou Linux de 64 bits, e de Python 3.11 a 3.14. Escolha um Python assim em baixo. Se a sua organização tem um índice próprio, peça lá o pacote que falta.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>A system library is missing. On Windows, install the Visual C++ Redistributable (x64) from Microsoft. On Linux, use a distribution from the last five years.</source>
            <translation>Falta uma biblioteca do sistema. No Windows, instale o Visual C++ Redistributable (x64) da Microsoft. No Linux, use uma distribuição dos últimos cinco anos.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>Press “Copy diagnostics” and send the copied text to the person who helps you.</source>
            <translation>Clique em “Copiar diagnóstico” e envie o texto copiado à pessoa que o ajuda.</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>The detector took longer than {} s to list the models.</source>
            <translation>O detector demorou mais de {} s a listar os modelos.</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>The models cannot be listed: {}</source>
            <translation>Não é possível listar os modelos: {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>bundled</source>
            <translation>incluído</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>own</source>
            <translation>próprio</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>{}: cannot be used</source>
            <translation>{}: não se pode usar</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>{:g} to {:g} cm a pixel</source>
            <translation>{:g} a {:g} cm por pixel</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>unknown</source>
            <translation>desconhecido</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>F1 {}</source>
            <translation>F1 {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>F1 {:.2f} on {}</source>
            <translation>F1 {:.2f} em {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>Finds: {}</source>
            <translation>Encontra: {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>Fits imagery of {}</source>
            <translation>Serve para imagens de {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>a scale that its file does not say</source>
            <translation>uma escala que o seu ficheiro não diz</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>How right: {}</source>
            <translation>Acerto: {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>its file does not say</source>
            <translation>o seu ficheiro não diz</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>Learnt from: {}</source>
            <translation>Aprendeu com: {}</translation>
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
            <translation>{folder} não contém pacotes. Escolha uma pasta que “herdmap bundle” fez num computador com rede.</translation>
        </message>
        <message>
            <location filename="../environment/packages.py" />
            <source>The package index has no Herdmap of this version, or a package is missing there. Choose “This plugin and the package index”, or ask for the packages there.</source>
            <translation>O índice de pacotes não tem o Herdmap desta versão, ou falta lá um pacote. Escolha “Este complemento e o índice de pacotes”, ou peça lá os pacotes.</translation>
        </message>
        <message>
            <location filename="../environment/packages.py" />
            <source>{folder} lacks a package for this system and this Python. Make the folder again with “herdmap bundle” of this version, for this system and this version of Python.</source>
            <translation>Em {folder} falta um pacote para este sistema e este Python. Faça a pasta de novo com “herdmap bundle” desta versão, para este sistema e esta versão do Python.</translation>
        </message>
        <message>
            <location filename="../environment/packages_choice.py" />
            <source>This plugin and the package index</source>
            <translation>Este complemento e o índice de pacotes</translation>
        </message>
        <message>
            <location filename="../environment/packages_choice.py" />
            <source>The package index alone</source>
            <translation>Só o índice de pacotes</translation>
        </message>
        <message>
            <location filename="../environment/packages_choice.py" />
            <source>A folder, without a network</source>
            <translation>Uma pasta, sem rede</translation>
        </message>
        <message>
            <location filename="../environment/packages_choice.py" />
            <source>folder that “herdmap bundle” made</source>
            <translation>pasta que “herdmap bundle” fez</translation>
        </message>
        <message>
            <location filename="../environment/process.py" />
            <source>{}: cannot be started ({})</source>
            <translation>{}: não é possível iniciar ({})</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>No Python was found</source>
            <translation>Não foi encontrado nenhum Python</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>The detector needs Python 3.11 or newer. {found}. {mend}, then press the button again.</source>
            <translation>O detector precisa de Python 3.11 ou mais recente. {found}. {mend}, e clique de novo no botão.</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is the Microsoft Store's, which cannot make an environment for QGIS</source>
            <translation>é o da Microsoft Store, que não pode criar um ambiente para o QGIS</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is QGIS's own Python, which changes with each update of QGIS</source>
            <translation>é o Python do próprio QGIS, que muda a cada atualização do QGIS</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>cannot be started</source>
            <translation>não se consegue iniciar</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>cannot make environments (on Debian and Ubuntu, run “sudo apt install python3-venv”)</source>
            <translation>não pode fazer ambientes (no Debian e no Ubuntu, execute “sudo apt install python3-venv”)</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is not a working Python</source>
            <translation>não é um Python que funcione</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is Python {version}, which is too old</source>
            <translation>é o Python {version}, demasiado antigo</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is Python {version}, but the folder has the packages for {those}</source>
            <translation>é o Python {version}, mas a pasta tem os pacotes para {those}</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is a 32-bit Python, but the detector needs 64 bit</source>
            <translation>é um Python de 32 bits, mas o detector precisa de 64 bits</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>Install it from python.org (you need no administrator rights), not from the Microsoft Store</source>
            <translation>Instale-o de python.org (não precisa de direitos de administrador), não da Microsoft Store</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>Install it from python.org</source>
            <translation>Instale-o de python.org</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>Install it with your system's packages (python3 and python3-venv)</source>
            <translation>Instale-o com os pacotes do seu sistema (python3 e python3-venv)</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>“Add teaching” also installs torch, which “Teach a model” needs: about {load:g} GB to download, {disk:g} GB on the disk, 2 to 20 minutes. Everything else works without it.</source>
            <translation>“Adicionar treino” instala também o torch, de que “Treinar um modelo” precisa: cerca de {load:g} GB para transferir, {disk:g} GB no disco, 2 a 20 minutos. Tudo o resto funciona sem ele.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>This copy of the plugin contains no detector. Install the plugin from its zip, or choose an existing environment.</source>
            <translation>Esta cópia do complemento não contém detector. Instale o complemento a partir do seu zip, ou escolha um ambiente existente.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Ready</source>
            <translation>Pronto</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Looking for Python</source>
            <translation>À procura do Python</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Python: {path}</source>
            <translation>Python: {path}</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>The disk has {free:.1f} GB left, but the detector needs {needed:.1f} GB. Free some space and press the button again.</source>
            <translation>O disco tem {free:.1f} GB livres, mas o detector precisa de {needed:.1f} GB. Liberte espaço e clique de novo no botão.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Making the environment</source>
            <translation>A criar o ambiente</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Downloading the packages</source>
            <translation>A transferir os pacotes</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>The tested versions of the packages do not exist for this Python. Newer versions are installed. Counts may differ a little from those of other computers.</source>
            <translation>As versões testadas dos pacotes não existem para este Python. São instaladas versões mais recentes. As contagens podem diferir um pouco das de outros computadores.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Testing the detector</source>
            <translation>A testar o detector</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>The detector was installed but does not run on this computer.</source>
            <translation>O detector foi instalado mas não funciona neste computador.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Cancelled. Press “Set up” to start again. Finished downloads are kept.</source>
            <translation>Cancelado. Clique em “Instalar” para recomeçar. As transferências terminadas ficam guardadas.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Downloading {name}</source>
            <translation>A transferir {name}</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Installing the packages</source>
            <translation>A instalar os pacotes</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Herdmap settings</source>
            <translation>Configurações do Herdmap</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The detector is not set up yet. Press “Set up” below. You do this once; it takes a few minutes.</source>
            <translation>O detector ainda não está instalado. Clique em “Instalar” em baixo. Faz-se uma só vez; demora alguns minutos.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Checking the detector</source>
            <translation>A verificar o detector</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The check of the detector failed: {error}</source>
            <translation>A verificação do detector falhou: {error}</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The detector does not run.</source>
            <translation>O detector não funciona.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>on the GPU ({device})</source>
            <translation>na GPU ({device})</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>on the CPU</source>
            <translation>na CPU</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Ready: Herdmap {version} runs {where}.</source>
            <translation>Pronto: o Herdmap {version} funciona {where}.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The plugin contains another version. Press “Set up again”.</source>
            <translation>O complemento contém outra versão. Clique em “Reinstalar”.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Setting up…</source>
            <translation>A instalar…</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Setting up the detector</source>
            <translation>A instalar o detector</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Or press “Get Python too”.</source>
            <translation>Ou prima “Obter também o Python”.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Copied. Paste the text into your message. It contains no names and no passwords.</source>
            <translation>Copiado. Cole o texto na sua mensagem. Não contém nomes nem palavras-passe.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <location filename="../environment/uninstalling.py" />
            <source>Some files could not be removed: {error}</source>
            <translation>Não foi possível apagar alguns ficheiros: {error}</translation>
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
            <translation>O treino está instalado</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Add teaching</source>
            <translation>Adicionar treino</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The set-up writes its log here.</source>
            <translation>A instalação escreve aqui o seu registo.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Copy diagnostics</source>
            <translation>Copiar diagnóstico</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Own environment, set up by this plugin</source>
            <translation>Ambiente próprio, instalado por este complemento</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Existing environment</source>
            <translation>Ambiente existente</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>python of an environment that contains herdmap</source>
            <translation>python de um ambiente que contém o herdmap</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Python</source>
            <translation>Python</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Where the detector runs</source>
            <translation>Onde o detector funciona</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>“Set up” downloads the detector's packages from your package index and puts them into the folder below (600 MB). It does not change QGIS. It uses the proxy of QGIS and the configuration of pip.</source>
            <translation>“Instalar” transfere os pacotes do detector do seu índice de pacotes e põe-nos na pasta em baixo (600 MB). Não altera o QGIS. Usa o proxy do QGIS e a configuração do pip.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>found automatically</source>
            <translation>encontrado automaticamente</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Remove</source>
            <translation>Remover</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Delete the detector and its packages from the folder above</source>
            <translation>Apagar o detector e os seus pacotes da pasta acima</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Get Python too ({number} MB)</source>
            <translation>Obter também o Python ({number} MB)</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Fetch a Python into the folder above and set up with it. Nothing else on this computer changes.</source>
            <translation>Obter um Python para a pasta acima e instalar com ele. Nada mais muda neste computador.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Python to use</source>
            <translation>Python a usar</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Packages from</source>
            <translation>Pacotes de</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Folder</source>
            <translation>Pasta</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Cancel</source>
            <translation>Cancelar</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Check</source>
            <translation>Verificar</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Test whether the detector runs in the chosen environment</source>
            <translation>Testar se o detector funciona no ambiente escolhido</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Programs (python*)</source>
            <translation>Programas (python*)</translation>
        </message>
        <message>
            <location filename="../environment/uninstalling.py" />
            <source>The detector that Herdmap installed takes {size} MB in {folder}. Delete it too? Your surveys are not there and stay.</source>
            <translation>O detector que o Herdmap instalou ocupa {size} MB em {folder}. Apagá-lo também? Os seus levantamentos não estão lá e ficam.</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <location filename="../review/session.py" />
            <source>Reading the survey</source>
            <translation>A ler o levantamento</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <source>New survey…</source>
            <translation>Novo levantamento…</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <location filename="../plugin.py" />
            <source>Settings…</source>
            <translation>Configurações…</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <source>Another run of this panel works. Wait for it, or stop it.</source>
            <translation>Outra execução deste painel está a trabalhar. Espere por ela, ou pare-a.</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <source>Done.</source>
            <translation>Feito.</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <source>Stopped. Finished work is kept.</source>
            <translation>Parado. O trabalho feito fica guardado.</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <location filename="../review/two_reviewers.py" />
            <source>The run failed. QGIS's log of messages says more.</source>
            <translation>A execução falhou. O registo de mensagens do QGIS diz mais.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>The photos of the survey</source>
            <translation>As fotos do levantamento</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>All ground that the photos show</source>
            <translation>Todo o terreno que as fotos mostram</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>not given</source>
            <translation>não indicada</translation>
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
            <translation>Nome do transecto</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Stratum of the transect</source>
            <translation>Estrato do transecto</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Full width of the strip</source>
            <translation>Largura total da faixa</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Name of the stratum</source>
            <translation>Nome do estrato</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Correct by the reviewed photos</source>
            <translation>Corrigir pelas fotos revistas</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>The reviewed photos of a random sample show how many animals the detector misses and invents</source>
            <translation>As fotos revistas de uma amostra aleatória mostram quantos animais o detector perde e inventa</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Draw photos…</source>
            <translation>Sortear fotos…</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Draw random photos to review, so that the estimate can be corrected: in each stratum {} with detections and {} without. Without strata, 100 of each kind.</source>
            <translation>Sortear fotos para rever, para que a estimativa possa ser corrigida: em cada estrato, {} com detecções e {} sem. Sem estratos, 100 de cada tipo.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>No photos are drawn yet.</source>
            <translation>Ainda não há fotos sorteadas.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>{done} of {all} drawn photos are reviewed.</source>
            <translation>{done} de {all} fotos sorteadas estão revistas.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>You may stop at any photo: each one more makes the interval narrower.</source>
            <translation>Pode parar em qualquer foto: cada uma a mais estreita o intervalo.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Choose the layer of strata first, or open it with “…”.</source>
            <translation>Escolha primeiro a camada dos estratos, ou abra-a com “…”.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>These transects are lines. Give the full width of the strip.</source>
            <translation>Estes transectos são linhas. Indique a largura total da faixa.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>The column of that layer; empty: the usual name is looked for</source>
            <translation>A coluna dessa camada; vazio: procura-se o nome habitual</translation>
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
            <translation>Intervalo de 95 %</translation>
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
            <translation>O intervalo é largo. Clique em “Rever” e reveja mais das fotos sorteadas.</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>Corrected by the photos that people reviewed.</source>
            <translation>Corrigido pelas fotos que pessoas reviram.</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>Not corrected for missed animals and false detections: the true number may lie outside the interval.</source>
            <translation>Sem correção de animais perdidos e falsas detecções: o número verdadeiro pode estar fora do intervalo.</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>Not corrected for missed animals and false detections.</source>
            <translation>Sem correção de animais perdidos e falsas detecções.</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>To correct it, press “Draw photos…”, then “Review them”.</source>
            <translation>Para o corrigir, clique em “Sortear fotos…” e depois em “Rever”.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Detect the rest</source>
            <translation>Detectar o resto</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>How good it is</source>
            <translation>Quão bom é</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Teach with all settings…</source>
            <translation>Treinar com todas as opções…</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Find more with all settings…</source>
            <translation>Encontrar mais com todas as opções…</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Detect the rest with all settings…</source>
            <translation>Detectar o resto com todas as opções…</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Add teaching…</source>
            <translation>Adicionar treino…</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Open a survey first.</source>
            <translation>Abra primeiro um levantamento.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>It needs torch. Press “Add teaching…” above.</source>
            <translation>Precisa de torch. Prima “Adicionar treino…” acima.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Teach a model first.</source>
            <translation>Treine primeiro um modelo.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Searches as “Find more like these” does, because it makes fewer mistakes than the model.</source>
            <translation>Examina como “Encontrar mais como estes”, porque comete menos erros do que o modelo.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>More animals are proposed. Review them: what you reject is learnt too. Then teach a model.</source>
            <translation>São propostos mais animais. Reveja-os: também se aprende com o que rejeita. Depois treine um modelo.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Nothing more was found. Mark animals in more images, then press it again, or teach a model.</source>
            <translation>Nada mais foi encontrado. Marque animais em mais imagens e prima outra vez, ou treine um modelo.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>“Find more like these” searched the rest, because it makes fewer mistakes than the model. Review what was found, then teach again.</source>
            <translation>“Encontrar mais como estes” examinou o resto, porque comete menos erros do que o modelo. Reveja o que foi encontrado e depois treine outra vez.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>The rest is searched. Review what was found, the doubtful ones first, then teach again or count.</source>
            <translation>O resto foi examinado. Reveja o que foi encontrado, primeiro o duvidoso, e depois treine outra vez ou conte.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>The model found nothing in the rest. Mark animals in more images, and teach it again.</source>
            <translation>O modelo não encontrou nada no resto. Marque animais em mais imagens e treine-o outra vez.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>The model is taught. Press “Detect the rest”.</source>
            <translation>O modelo está treinado. Prima “Detectar o resto”.</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/own_animals.py" />
            <source>On %Ln images that it had not learnt from, it found {found} of {animals} animals and made {wrong} false alarms.</source>
            <translation>
                <numerusform>Em %Ln imagem de que não tinha aprendido, encontrou {found} de {animals} animais, com {wrong} falsos alarmes.</numerusform>
                <numerusform>Em %Ln imagens de que não tinha aprendido, encontrou {found} de {animals} animais, com {wrong} falsos alarmes.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>It is fit to count with.</source>
            <translation>É apto para contar.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>It is fit to propose: let people review what it finds.</source>
            <translation>É apto para propor: peça a pessoas que revejam o que encontra.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>The model is taught.</source>
            <translation>O modelo está treinado.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>So “Detect the rest” searches as “Find more like these” does. To search with the model, choose “Detect the rest with all settings…” below More.</source>
            <translation>Por isso “Detectar o resto” examina como “Encontrar mais como estes”. Para usar o modelo, escolha “Detectar o resto com todas as opções…” em Mais.</translation>
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
            <translation>Não voltar a oferecer esta execução. O seu trabalho feito fica ao lado do levantamento.</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>The detector is not set up yet. You do this once.</source>
            <translation>O detector ainda não está instalado. Faz-se uma só vez.</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>I have read this</source>
            <translation>Li isto</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>All commands</source>
            <translation>Todos os comandos</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <location filename="../review/panel.py" />
            <location filename="../search/panel.py" />
            <source>Open the GeoPackage of a survey</source>
            <translation>Abrir o GeoPackage de um levantamento</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>Help: the pages that come with the plugin</source>
            <translation>Ajuda: as páginas que vêm com o complemento</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>region</source>
            <translation>região</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>And {} more, in QGIS's log of messages.</source>
            <translation>E mais {}, no registo de mensagens do QGIS.</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>A run was stopped: {}. Finished work is kept.</source>
            <translation>Uma execução foi parada: {}. O trabalho feito fica guardado.</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Survey {}</source>
            <translation>Levantamento {}</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Made with Herdmap in QGIS. Coordinates: {}</source>
            <translation>Feito com Herdmap no QGIS. Coordenadas: {}</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>What was counted</source>
            <translation>O que foi contado</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>What was estimated</source>
            <translation>O que foi estimado</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Legend</source>
            <translation>Legenda</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <location filename="../search/dock.py" />
            <location filename="../survey_words.py" />
            <source>Class</source>
            <translation>Classe</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/print_layout.py" />
            <source>%Ln more classes</source>
            <translation>
                <numerusform>mais %Ln classe</numerusform>
                <numerusform>mais %Ln classes</numerusform>
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
            <translation>Revistos</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Images searched</source>
            <translation>Imagens pesquisadas</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Folder…</source>
            <translation>Pasta…</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>A folder of photos, with its subfolders</source>
            <translation>Uma pasta de fotos, com as suas subpastas</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Files…</source>
            <translation>Ficheiros…</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Orthomosaics or photos</source>
            <translation>Ortomosaicos ou fotos</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Choose a folder or files</source>
            <translation>Escolha uma pasta ou ficheiros</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/questions.py" />
            <source>{} and %Ln more</source>
            <translation>
                <numerusform>{} e mais %Ln</numerusform>
                <numerusform>{} e mais %Ln</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Images (*)</source>
            <translation>Imagens (*)</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Open a file</source>
            <translation>Abrir um ficheiro</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Layers (*.gpkg *.shp *.geojson *.kml);;All files (*)</source>
            <translation>Camadas (*.gpkg *.shp *.geojson *.kml);;Todos os ficheiros (*)</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Open a layer</source>
            <translation>Abrir uma camada</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Find the animals</source>
            <translation>Encontrar os animais</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Teach your animals</source>
            <translation>Ensinar os seus animais</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <location filename="../panel/steps.py" />
            <location filename="../plugin.py" />
            <source>Review</source>
            <translation>Rever</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Count per region</source>
            <translation>Contar por região</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Estimate the population</source>
            <translation>Estimar a população</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Report and share</source>
            <translation>Relatório e partilha</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Choose photos or an orthomosaic.</source>
            <translation>Escolha fotos ou um ortomosaico.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Report: {}</source>
            <translation>Relatório: {}</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>No report yet.</source>
            <translation>Ainda sem relatório.</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images</source>
            <translation>
                <numerusform>%Ln imagem</numerusform>
                <numerusform>%Ln imagens</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln have no place on the map</source>
            <translation>
                <numerusform>%Ln não tem lugar no mapa</numerusform>
                <numerusform>%Ln não têm lugar no mapa</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>“More” has “Georeference photos”, which places them.</source>
            <translation>Em “Mais” está “Georreferenciar as fotos”, que as coloca.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>{animals} in {images}</source>
            <translation>{animals} em {images}</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln animals</source>
            <translation>
                <numerusform>%Ln animal</numerusform>
                <numerusform>%Ln animais</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>No animals</source>
            <translation>Nenhum animal</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images not searched yet</source>
            <translation>
                <numerusform>%Ln imagem ainda não examinada</numerusform>
                <numerusform>%Ln imagens ainda não examinadas</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images failed</source>
            <translation>
                <numerusform>%Ln imagem falhou</numerusform>
                <numerusform>%Ln imagens falharam</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Mark {} or more animals of a class first.</source>
            <translation>Marque primeiro {} ou mais animais de uma classe.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Mark animals in a second image too: it is to measure on.</source>
            <translation>Marque também animais numa segunda imagem: serve para medir.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Nothing says where no animal is: search some images, or reject what is wrong.</source>
            <translation>Nada diz onde não há animais: examine imagens ou rejeite o que está errado.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>If no model knows your animals: search some images by eye, then teach one.</source>
            <translation>Se nenhum modelo conhece os seus animais: examine algumas imagens a olho e depois treine um.</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images searched by people</source>
            <translation>
                <numerusform>%Ln imagem examinada por pessoas</numerusform>
                <numerusform>%Ln imagens examinadas por pessoas</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln animals marked</source>
            <translation>
                <numerusform>%Ln animal marcado</numerusform>
                <numerusform>%Ln animais marcados</numerusform>
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
            <translation>Nada para rever</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>{done} of {all} reviewed</source>
            <translation>{done} de {all} revistos</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <location filename="../review/panel.py" />
            <source>%Ln rejected</source>
            <translation>
                <numerusform>%Ln rejeitado</numerusform>
                <numerusform>%Ln rejeitados</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Not counted yet.</source>
            <translation>Ainda não contado.</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln regions</source>
            <translation>
                <numerusform>%Ln região</numerusform>
                <numerusform>%Ln regiões</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>{animals} in {regions} and outside</source>
            <translation>{animals} em {regions} e fora delas</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>The animals have changed since. Count again.</source>
            <translation>Os animais mudaram desde então. Conte de novo.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>interval undefined</source>
            <translation>intervalo indefinido</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>no interval</source>
            <translation>sem intervalo</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Not estimated yet.</source>
            <translation>Ainda não estimado.</translation>
        </message>
        <message>
            <location filename="../panel/step_box.py" />
            <source>Stop</source>
            <translation>Parar</translation>
        </message>
        <message>
            <location filename="../panel/step_box.py" />
            <location filename="../review/panel.py" />
            <source>More</source>
            <translation>Mais</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Georeference photos…</source>
            <translation>Georreferenciar as fotos…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Search by eye</source>
            <translation>Procurar a olho</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Detect with all settings…</source>
            <translation>Detectar com todas as opções…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Import detections or labels…</source>
            <translation>Importar detecções ou etiquetas…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <location filename="../plugin.py" />
            <location filename="../search/dock.py" />
            <source>Search images</source>
            <translation>Examinar imagens</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Export training data…</source>
            <translation>Exportar dados de treino…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Count</source>
            <translation>Contar</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Count with all settings…</source>
            <translation>Contar com todas as opções…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Estimate</source>
            <translation>Estimar</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Estimate with all settings…</source>
            <translation>Estimar com todas as opções…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Draw photos with all settings…</source>
            <translation>Sortear fotos com todas as definições…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Write report</source>
            <translation>Escrever relatório</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Open it</source>
            <translation>Abri-lo</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>As PDF</source>
            <translation>Em PDF</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Print layout</source>
            <translation>Layout</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Report with all settings…</source>
            <translation>Relatório com todas as opções…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Share folder with all settings…</source>
            <translation>Pasta para partilhar com todas as opções…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Export animals…</source>
            <translation>Exportar animais…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Nothing searched yet.</source>
            <translation>Ainda nada examinado.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The survey {} exists: it is continued, and reviews are kept.</source>
            <translation>O levantamento {} existe: é continuado, e as revisões são mantidas.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>A run was stopped here. It goes on where it stopped.</source>
            <translation>Uma execução foi parada aqui. Continua onde parou.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Survey: {}</source>
            <translation>Levantamento: {}</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Choose the layer of regions first, or open it with “…”.</source>
            <translation>Escolha primeiro a camada das regiões, ou abra-a com “…”.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The animals are counted.</source>
            <translation>Os animais estão contados.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The population is estimated.</source>
            <translation>A população está estimada.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Photos are drawn. Review them: mark all animals of each.</source>
            <translation>As fotos estão sorteadas. Reveja-as: marque todos os animais de cada uma.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The report is written: {}</source>
            <translation>O relatório está escrito: {}</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The print layout was written as PDF instead: {}</source>
            <translation>Em vez disso, o layout foi escrito como PDF: {}</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The share folder is made: {}</source>
            <translation>A pasta para partilhar está feita: {}</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Herdmap</source>
            <translation>Herdmap</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>The survey at hand, from the imagery to the report</source>
            <translation>O levantamento em curso, das imagens ao relatório</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Detect animals…</source>
            <translation>Detectar animais…</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Find animals in imagery and put them on the map</source>
            <translation>Encontrar animais nas imagens e colocá-los no mapa</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Look at the detections one by one and confirm or reject them</source>
            <translation>Ver as detecções uma a uma e confirmá-las ou rejeitá-las</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Look at the images cell by cell and mark every animal</source>
            <translation>Ver as imagens célula a célula e marcar cada animal</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Count per region…</source>
            <translation>Contar por região…</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Count the animals in each polygon of a layer</source>
            <translation>Contar os animais em cada polígono de uma camada</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Open survey…</source>
            <translation>Abrir levantamento…</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Open the GeoPackage of a survey with all its layers</source>
            <translation>Abrir o GeoPackage de um levantamento com todas as suas camadas</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Set up the detector and check that it runs</source>
            <translation>Instalar o detector e verificar que funciona</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <location filename="../survey_panel.py" />
            <source>Open survey</source>
            <translation>Abrir levantamento</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>There is no box yet. Drag one, or press an arrow key.</source>
            <translation>Ainda não há caixa. Arraste uma, ou pressione uma tecla de seta.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <location filename="../review/reshaping.py" />
            <source>The box lies outside the image. Draw it on the image.</source>
            <translation>A caixa está fora da imagem. Desenhe-a sobre a imagem.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>Added: {}. Draw the next one, or press Esc to go on with the review. U takes it back.</source>
            <translation>Acrescentado: {}. Desenhe o seguinte, ou pressione Esc para continuar a revisão. U anula.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>An animal is here already: {animal}, {state}, in {photo}. Press Enter again if this is another animal, or Esc to drop the box.</source>
            <translation>Já há um animal aqui: {animal}, {state}, em {photo}. Pressione Enter outra vez se é outro animal, ou Esc para largar a caixa.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <location filename="../review/card.py" />
            <source>added by hand</source>
            <translation>acrescentado à mão</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>detected</source>
            <translation>detectado</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>There is no image here. Draw on an image, or press Esc to stop.</source>
            <translation>Não há imagem aqui. Desenhe sobre uma imagem, ou pressione Esc para parar.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>Adding: {}. Drag a box around the animal, or press an arrow key for a box in the middle. 1 to 9 or L chooses the class, Esc ends.</source>
            <translation>A acrescentar: {}. Arraste uma caixa à volta do animal, ou pressione uma tecla de seta para uma caixa ao meio. 1 a 9 ou L escolhe a classe, Esc termina.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>Adding: {}. Enter adds the animal, Esc drops the box. Drag the box or its handles, or use the keys: arrows move it, Shift + arrows resize it, with Ctrl by one pixel. 1 to 9 or L chooses the class.</source>
            <translation>A acrescentar: {}. Enter acrescenta o animal, Esc larga a caixa. Arraste a caixa ou as suas pegas, ou use as teclas: as setas movem-na, Shift + setas muda o tamanho, com Ctrl por um pixel. 1 a 9 ou L escolhe a classe.</translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>The detections of this survey are not on the map. Open its layers first.</source>
            <translation>As detecções deste levantamento não estão no mapa. Abra primeiro as suas camadas.</translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>Click the corners of an area on the map. A right click or Enter closes it, U takes a corner back, Esc ends this.</source>
            <translation>Clique nos cantos de uma área no mapa. O botão direito ou Enter fecha-a, U retira um canto, Esc termina.</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln animals to review lie in this area.</source>
            <translation>
                <numerusform>Nesta área há %Ln animal por rever.</numerusform>
                <numerusform>Nesta área há %Ln animais por rever.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln others there are reviewed or not chosen, and stay as they are.</source>
            <translation>
                <numerusform>%Ln outro ali já está revisto ou não foi escolhido, e fica como está.</numerusform>
                <numerusform>%Ln outros ali já estão revistos ou não foram escolhidos, e ficam como estão.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>X rejects them, C confirms them, Esc drops the area.</source>
            <translation>X rejeita-os, C confirma-os, Esc abandona a área.</translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>Close the area first: a right click or Enter.</source>
            <translation>Feche primeiro a área: botão direito ou Enter.</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln animals confirmed.</source>
            <translation>
                <numerusform>%Ln animal confirmado.</numerusform>
                <numerusform>%Ln animais confirmados.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln animals rejected.</source>
            <translation>
                <numerusform>%Ln animal rejeitado.</numerusform>
                <numerusform>%Ln animais rejeitados.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>U takes it back. Draw another area, or press Esc.</source>
            <translation>U anula. Desenhe outra área, ou pressione Esc.</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>point</source>
            <translation>ponto</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>Region: {}</source>
            <translation>Região: {}</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>Second best: {}</source>
            <translation>Segunda melhor: {}</translation>
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
            <translation>sem imagem</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <location filename="../review/conflicts.py" />
            <location filename="../survey_words.py" />
            <source>rejected</source>
            <translation>rejeitado</translation>
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
            <translation>não revisto</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>new class: {}</source>
            <translation>nova classe: {}</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>What to review</source>
            <translation>O que rever</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>All classes</source>
            <translation>Todas as classes</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Classes</source>
            <translation>Classes</translation>
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
            <translation>Pontuações de</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../survey_words.py" />
            <source>Not reviewed</source>
            <translation>Não revistos</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Not reviewed, in one photo of several</source>
            <translation>Não revistos, numa foto de várias</translation>
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
            <translation>Rejeitados</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../survey_words.py" />
            <source>Added by hand</source>
            <translation>Acrescentados à mão</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>With a note</source>
            <translation>Com uma nota</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Animals that only one photo shows, though others look at the same place: many of them are false alarms</source>
            <translation>Animais que só uma foto mostra, embora outras vejam o mesmo lugar: muitos são falsos alarmes</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Show</source>
            <translation>Mostrar</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Anybody</source>
            <translation>Qualquer pessoa</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Reviewed by</source>
            <translation>Revistos por</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Highest score first</source>
            <translation>Maior pontuação primeiro</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Lowest score first</source>
            <translation>Menor pontuação primeiro</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Most doubtful first</source>
            <translation>Mais duvidosos primeiro</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Region by region, photo by photo</source>
            <translation>Região a região, foto a foto</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>A random sample</source>
            <translation>Uma amostra ao acaso</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Low scores, a close second class, and animals that few of the photos of their place show</source>
            <translation>Pontuações baixas, uma segunda classe próxima, e animais que poucas das fotos do seu lugar mostram</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Order</source>
            <translation>Ordem</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>The same number draws the same sample again, also in a copy of the survey</source>
            <translation>O mesmo número sorteia outra vez a mesma amostra, também numa cópia do levantamento</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>sample no.</source>
            <translation>amostra n.º</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Sample size</source>
            <translation>Tamanho</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>{} is too large for a table of conflicts.</source>
            <translation>{} é grande demais para uma tabela de conflitos.</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../search/sample.py" />
            <source>{} cannot be read: {}</source>
            <translation>Não é possível ler {}: {}</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>{} is no table of conflicts of “Merge two reviews”.</source>
            <translation>{} não é uma tabela de conflitos de “Juntar duas revisões”.</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Conflicts of two reviewers</source>
            <translation>Conflitos de dois revisores</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Back (←)</source>
            <translation>Voltar (←)</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Next (→)</source>
            <translation>Seguinte (→)</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../review/grid.py" />
            <source>Undo (U)</source>
            <translation>Anular (U)</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>On the map (M)</source>
            <translation>No mapa (M)</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>This survey has no table of conflicts: {} does not exist.</source>
            <translation>Este levantamento não tem tabela de conflitos: {} não existe.</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>{settled} of {all} conflicts are settled.</source>
            <translation>{settled} de {all} conflitos estão resolvidos.</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/conflicts.py" />
            <source>%Ln others are in the table only: they are of columns of your own.</source>
            <translation>
                <numerusform>Mais %Ln está só na tabela: é de uma coluna sua.</numerusform>
                <numerusform>Mais %Ln estão só na tabela: são de colunas suas.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Now: {}</source>
            <translation>Agora: {}</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Not settled. {}</source>
            <translation>Não resolvido. {}</translation>
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
            <translation>Rejeitar</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../review/file.py" />
            <source>Somebody</source>
            <translation>Alguém</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>confirmed as {}</source>
            <translation>confirmado como {}</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Review animals</source>
            <translation>Rever animais</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Confirm</source>
            <translation>Confirmar</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Other class…</source>
            <translation>Outra classe…</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Note…</source>
            <translation>Nota…</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Add missed animal</source>
            <translation>Acrescentar animal</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <location filename="../search/dock.py" />
            <source>Undo</source>
            <translation>Anular</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <location filename="../search/dock.py" />
            <source>Back</source>
            <translation>Voltar</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Skip</source>
            <translation>Saltar</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Adjust the box (E)</source>
            <translation>Ajustar a caixa (E)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Split into two boxes (S)</source>
            <translation>Dividir em duas caixas (S)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Merge with another box (M)</source>
            <translation>Unir com outra caixa (M)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Reject in this photo only (Shift+X)</source>
            <translation>Rejeitar só nesta foto (Shift+X)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Next photo of this place ( ] )</source>
            <translation>Foto seguinte deste lugar ( ] )</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Photo beside the map (P)</source>
            <translation>Foto ao lado do mapa (P)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Many at once (G)</source>
            <translation>Muitos de uma vez (G)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>All in an area of the map (R)</source>
            <translation>Todos numa área do mapa (R)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Photo without boxes, beside the map (B)</source>
            <translation>Foto sem caixas, ao lado do mapa (B)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Images that are reviewed, on the map</source>
            <translation>Imagens revistas, no mapa</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>The survey was written again by another program. It was read again; your place is kept.</source>
            <translation>Outro programa escreveu de novo o levantamento. Foi lido outra vez; o seu lugar mantém-se.</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Which class is it? Type its name or choose with ↑ ↓. Enter accepts, Esc cancels.</source>
            <translation>Que classe é? Escreva o seu nome ou escolha com ↑ ↓. Enter aceita, Esc cancela.</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Note for this animal. Enter saves it, Esc cancels.</source>
            <translation>Nota para este animal. Enter guarda-a, Esc cancela.</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>The photo does not exist: {}</source>
            <translation>A foto não existe: {}</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>The box has no position. Draw it on an image.</source>
            <translation>A caixa não tem posição. Desenhe-a sobre uma imagem.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>A detection of the model cannot be removed. Reject it instead.</source>
            <translation>Uma detecção do modelo não se pode remover. Rejeite-a em vez disso.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>{} was written again meanwhile. Open it again.</source>
            <translation>{} foi escrito de novo entretanto. Abra-o outra vez.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>Somebody else has just written to {}. Try again.</source>
            <translation>Outra pessoa acabou de escrever em {}. Tente de novo.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>This detection is no longer in the file. Nothing was saved for it.</source>
            <translation>Esta detecção já não está no ficheiro. Nada foi guardado para ela.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>Somebody has just changed this detection. Nothing was saved. Look again.</source>
            <translation>Alguém acabou de alterar esta detecção. Nada foi guardado. Veja outra vez.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>{} has just reviewed this detection ({}). Look again. To overrule it, press the key again.</source>
            <translation>{} acabou de rever esta detecção ({}). Veja outra vez. Para a substituir, pressione a tecla de novo.</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Review many at once</source>
            <translation>Rever muitos de uma vez</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Confirm (C)</source>
            <translation>Confirmar (C)</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Reject (X)</source>
            <translation>Rejeitar (X)</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Screen before (PgUp)</source>
            <translation>Ecrã anterior (PgUp)</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Next screen (PgDn)</source>
            <translation>Ecrã seguinte (PgDn)</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>{first} to {last} of {all}. Click, Shift+click or Ctrl+click chooses; Ctrl+A chooses all.</source>
            <translation>{first} a {last} de {all}. Clique, Shift+clique ou Ctrl+clique escolhe; Ctrl+A escolhe todos.</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Choose animals first: Ctrl+A chooses all of this screen.</source>
            <translation>Escolha primeiro animais: Ctrl+A escolhe todos os deste ecrã.</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Brightness and contrast</source>
            <translation>Brilho e contraste</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Reset</source>
            <translation>Repor</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Brightness</source>
            <translation>Brilho</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Contrast</source>
            <translation>Contraste</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Gamma</source>
            <translation>Gama</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Press the button “…” above and choose the GeoPackage that “Detect animals” wrote.</source>
            <translation>Clique no botão “…” acima e escolha o GeoPackage que “Detectar animais” escreveu.</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>No survey is open</source>
            <translation>Nenhum levantamento está aberto</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Class by key: {}</source>
            <translation>Teclas das classes: {}</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>(%Ln as another class)</source>
            <translation>
                <numerusform>(%Ln como outra classe)</numerusform>
                <numerusform>(%Ln como outra classe)</numerusform>
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
                <numerusform>%Ln acrescentado</numerusform>
                <numerusform>%Ln acrescentados</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>%Ln left</source>
            <translation>
                <numerusform>%Ln por rever</numerusform>
                <numerusform>%Ln por rever</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <location filename="../search/panel.py" />
            <source>Your name</source>
            <translation>O seu nome</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Your name is saved with each of your reviews</source>
            <translation>O seu nome é guardado com cada uma das suas revisões</translation>
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
            <translation>Região</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Animals: all except rejected ones. Each review updates the counts here and on the map.</source>
            <translation>Animais: todos excepto os rejeitados. Cada revisão actualiza as contagens aqui e no mapa.</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>{done} of {all} images with animals reviewed</source>
            <translation>{done} de {all} imagens com animais revistas</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>({} % of their area)</source>
            <translation>({} % da sua área)</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Nothing was found</source>
            <translation>Nada foi encontrado</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>This survey has no detections. If an animal was missed, press A and draw it. To let a model search again, run “Detect animals” with the same output.</source>
            <translation>Este levantamento não tem detecções. Se escapou um animal, pressione A e desenhe-o. Para deixar um modelo procurar outra vez, execute “Detectar animais” com a mesma saída.</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>All chosen detections are reviewed already. Change the choice above to review others.</source>
            <translation>Todas as detecções escolhidas já estão revistas. Mude a escolha acima para rever outras.</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>End of the queue</source>
            <translation>Fim da fila</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>You skipped %Ln. Press ← to go back.</source>
            <translation>
                <numerusform>Saltou %Ln. Pressione ← para voltar.</numerusform>
                <numerusform>Saltou %Ln. Pressione ← para voltar.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>All done</source>
            <translation>Tudo feito</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>All chosen detections are reviewed. All reviews are saved in the file.</source>
            <translation>Todas as detecções escolhidas estão revistas. Todas as revisões estão guardadas no ficheiro.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>Two boxes now. Press E to adjust the one in hand, → for the other, U to take it back.</source>
            <translation>Agora são duas caixas. Pressione E para ajustar a actual, → para a outra, U para anular.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>Click on the other box of this animal, in the same photo. Esc cancels.</source>
            <translation>Clique na outra caixa deste animal, na mesma foto. Esc cancela.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>That is no other box of the same photo. Nothing was merged.</source>
            <translation>Essa não é outra caixa da mesma foto. Nada foi unido.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>One box now. Press E to adjust it, U to take it back.</source>
            <translation>Agora é uma só caixa. Pressione E para a ajustar, U para anular.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>The box is saved, and the animal is confirmed. Press U to take it back.</source>
            <translation>A caixa está guardada, e o animal está confirmado. Pressione U para anular.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>The animal was not found in this photo, so there is no box. Press A to draw one.</source>
            <translation>O animal não foi encontrado nesta foto, por isso não há caixa. Pressione A para desenhar uma.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>Adjusting the box: drag it or its handles, or use the keys: arrows move it, Shift + arrows resize it, with Ctrl by one pixel. Enter saves it, Esc cancels.</source>
            <translation>A ajustar a caixa: arraste-a ou as suas pegas, ou use as teclas: as setas movem-na, Shift + setas muda o tamanho, com Ctrl por um pixel. Enter guarda-a, Esc cancela.</translation>
        </message>
        <message>
            <location filename="../review/second_reviewer.py" />
            <source>{} exists, and may hold reviews. Choose another name.</source>
            <translation>{} já existe e pode ter revisões. Escolha outro nome.</translation>
        </message>
        <message>
            <location filename="../review/second_reviewer.py" />
            <location filename="../search/sample.py" />
            <source>{} cannot be written: {}</source>
            <translation>Não é possível escrever {}: {}</translation>
        </message>
        <message>
            <location filename="../review/session.py" />
            <source>Reading the survey. A large one takes some seconds.</source>
            <translation>A ler o levantamento. Um grande demora alguns segundos.</translation>
        </message>
        <message>
            <location filename="../review/session.py" />
            <source>The survey was written again meanwhile. Draw the box again.</source>
            <translation>O levantamento foi escrito de novo entretanto. Desenhe a caixa outra vez.</translation>
        </message>
        <message>
            <location filename="../review/session.py" />
            <source>The survey was written again meanwhile. Look, and press the key again.</source>
            <translation>O levantamento foi escrito de novo entretanto. Veja, e pressione a tecla outra vez.</translation>
        </message>
        <message>
            <location filename="../review/session.py" />
            <source>The survey was written again meanwhile. This detection is not in it any more, or it was changed. Nothing was saved for it.</source>
            <translation>O levantamento foi escrito de novo entretanto. Esta detecção já não está nele, ou foi alterada. Nada foi guardado para ela.</translation>
        </message>
        <message>
            <location filename="../review/sightings.py" />
            <source>Photo {at} of {all} that show this place: {name}. A key is for the animal in all photos. [ and ] change the photo.</source>
            <translation>Foto {at} de {all} que mostram este lugar: {name}. Uma tecla vale para o animal em todas as fotos. [ e ] mudam de foto.</translation>
        </message>
        <message>
            <location filename="../review/sightings.py" />
            <source>Photo {at} of {all} that show this place: {name}. It was found in one of them. [ and ] change the photo.</source>
            <translation>Foto {at} de {all} que mostram este lugar: {name}. Foi encontrado numa delas. [ e ] mudam de foto.</translation>
        </message>
        <message>
            <location filename="../review/sightings.py" />
            <source>not found in this photo</source>
            <translation>não encontrado nesta foto</translation>
        </message>
        <message>
            <location filename="../review/steps_list.py" />
            <source>Steps</source>
            <translation>Passos</translation>
        </message>
        <message>
            <location filename="../review/steps_list.py" />
            <source>note</source>
            <translation>nota</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Copy for a second reviewer</source>
            <translation>Cópia para um segundo revisor</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Without the reviews and drawn animals so far</source>
            <translation>Sem as revisões e os animais desenhados até agora</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Name of the second reviewer</source>
            <translation>Nome do segundo revisor</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>The second reviewer works in a copy beside the survey. Afterwards, merge both: “More” has the command.</source>
            <translation>O segundo revisor trabalha numa cópia ao lado do levantamento. Depois, junte as duas: “Mais” tem o comando.</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>This is the copy of {name}: {file}</source>
            <translation>Esta é a cópia de {name}: {file}</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Merging the two reviews…</source>
            <translation>A juntar as duas revisões…</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>The two reviews are merged in {}. They agree.</source>
            <translation>As duas revisões estão juntas em {}. Concordam.</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Copy for a second reviewer…</source>
            <translation>Cópia para um segundo revisor…</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Merge with the copy of another reviewer…</source>
            <translation>Juntar com a cópia de outro revisor…</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Conflicts of two reviewers…</source>
            <translation>Conflitos de dois revisores…</translation>
        </message>
        <message>
            <location filename="../score_filter.py" />
            <source>Lowest score on the map</source>
            <translation>Pontuação mínima no mapa</translation>
        </message>
        <message>
            <location filename="../score_filter.py" />
            <source>Hides detections with lower scores on the map. The review and the counts still use all detections.</source>
            <translation>Esconde no mapa as detecções com pontuação mais baixa. A revisão e as contagens continuam a usar todas as detecções.</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Searched, next</source>
            <translation>Examinada, seguinte</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Space</source>
            <translation>Espaço</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Next photo</source>
            <translation>Foto seguinte</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>PgDn</source>
            <translation>PgDn</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>New class…</source>
            <translation>Nova classe…</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Sample of herdmap sample</source>
            <translation>Amostra de herdmap sample</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Which class do you mark now? Choose it or type a new one.</source>
            <translation>Que classe marca agora? Escolha-a ou escreva uma nova.</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Reading {} …</source>
            <translation>A ler {} …</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>{} cannot be shown: {}</source>
            <translation>Não é possível mostrar {}: {}</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>No survey is open. Press “…” and choose the GeoPackage of a survey.</source>
            <translation>Nenhum levantamento está aberto. Clique em “…” e escolha o GeoPackage de um levantamento.</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>There is no image to search.</source>
            <translation>Não há imagem para examinar.</translation>
        </message>
        <message numerus="yes">
            <location filename="../search/dock.py" />
            <source>This is searched and saved. %Ln images that a model has searched are left out. To look at them too, tick the box above, or review what was found.</source>
            <translation>
                <numerusform>Isto está examinado e guardado. %Ln imagem que um modelo examinou fica de fora. Para a ver também, marque a caixa acima, ou reveja o que foi encontrado.</numerusform>
                <numerusform>Isto está examinado e guardado. %Ln imagens que um modelo examinou ficam de fora. Para as ver também, marque a caixa acima, ou reveja o que foi encontrado.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>All images are searched. Everything is saved in the file.</source>
            <translation>Todas as imagens estão examinadas. Tudo está guardado no ficheiro.</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>{} of {} images · {} % of the area</source>
            <translation>{} de {} imagens · {} % da área</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>{} · cell {} of {}</source>
            <translation>{} · célula {} de {}</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Your name is saved with each cell that you search</source>
            <translation>O seu nome é guardado com cada célula que examina</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Fit the window</source>
            <translation>Ajustar à janela</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Cells of a photo. Orthomosaics always fit the window at their full resolution</source>
            <translation>Células de uma foto. Os ortomosaicos ajustam-se sempre à janela na sua resolução completa</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Skip what others searched</source>
            <translation>Saltar o que outros examinaram</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Hide what others marked and the model found</source>
            <translation>Esconder as marcas de outros e do modelo</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Also images that a model has searched</source>
            <translation>Também imagens que um modelo examinou</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Skip ground that searched images show</source>
            <translation>Saltar o solo de imagens examinadas</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>For counts. Do not use it for estimates from photos or for training data: they need whole photos</source>
            <translation>Para contagens. Não use para estimativas a partir de fotos nem para dados de treino: precisam de fotos inteiras</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Sample…</source>
            <translation>Amostra…</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Search the photos of a sample that herdmap sample has drawn, and mark them in it</source>
            <translation>Examinar as fotos de uma amostra que herdmap sample sorteou, e marcá-las nela</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Observer</source>
            <translation>Observador</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Cells</source>
            <translation>Células</translation>
        </message>
        <message>
            <location filename="../search/pixels.py" />
            <source>it does not exist</source>
            <translation>não existe</translation>
        </message>
        <message>
            <location filename="../search/record.py" />
            <source>{} is not in the survey any more. Nothing was saved for it.</source>
            <translation>{} já não está no levantamento. Nada foi guardado para essa imagem.</translation>
        </message>
        <message>
            <location filename="../search/record.py" />
            <source>The survey was written again meanwhile. This search cannot be undone.</source>
            <translation>O levantamento foi escrito de novo entretanto. Este exame não se pode anular.</translation>
        </message>
        <message>
            <location filename="../search/sample.py" />
            <source>{} is not a sample of herdmap: {}</source>
            <translation>{} não é uma amostra do herdmap: {}</translation>
        </message>
        <message>
            <location filename="../search/sample.py" />
            <source>{} is too large for a sample.</source>
            <translation>{} é demasiado grande para uma amostra.</translation>
        </message>
        <message>
            <location filename="../search/sample.py" />
            <source>{} is not a sample of herdmap: it has no column {}</source>
            <translation>{} não é uma amostra do herdmap: não tem a coluna {}</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>{} is not in this survey. Draw the sample from it again.</source>
            <translation>{} não está neste levantamento. Sorteie a amostra dele outra vez.</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>The survey was written again by another program. It was read again.</source>
            <translation>Outro programa escreveu de novo o levantamento. Foi lido outra vez.</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>There is no image here. Click on the image.</source>
            <translation>Não há imagem aqui. Clique na imagem.</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>Detections in this cell that are not reviewed: {}. Click on an animal to confirm it, press the right button on what is none. C confirms all of them, X rejects all.</source>
            <translation>Detecções não revistas nesta célula: {}. Clique num animal para o confirmar, e com o botão direito no que não é animal. C confirma todas, X rejeita todas.</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>This animal is marked already: {}. The right button takes the mark away.</source>
            <translation>Este animal já está marcado: {}. O botão direito tira a marca.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>outside</source>
            <translation>fora</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>unplaced</source>
            <translation>sem lugar</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} is not a survey: it {}</source>
            <translation>{} não é um levantamento: {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>it has no layer {}</source>
            <translation>não tem a camada {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>its layer detections has no column {}</source>
            <translation>a sua camada detections não tem a coluna {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} is not a survey: {}</source>
            <translation>{} não é um levantamento: {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>A program crashed while it wrote to {0}. To mend that, the file and its folder must be writable. Allow writing, or copy {0} and {0}-journal together to another folder and open the copy.</source>
            <translation>Um programa parou de repente enquanto escrevia em {0}. Para reparar isso, é preciso poder escrever no ficheiro e na sua pasta. Permita a escrita, ou copie {0} e {0}-journal juntos para outra pasta e abra a cópia.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} does not exist. It may have been moved or renamed. Open it from its new place.</source>
            <translation>{} não existe. Pode ter sido movido ou ter mudado de nome. Abra-o no seu novo lugar.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>Another program is writing to {}. Nothing is lost. Try again in a moment. If you edit one of its layers in QGIS, save the edits first.</source>
            <translation>Outro programa está a escrever em {}. Nada se perdeu. Tente de novo daqui a pouco. Se está a editar uma das suas camadas no QGIS, guarde primeiro as alterações.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} cannot be opened. Check that you may read it.</source>
            <translation>Não é possível abrir {}. Verifique se o pode ler.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>You may not write to {}, so you cannot review it. Copy it to a folder where you may write, and open the copy.</source>
            <translation>Não pode escrever em {}, por isso não o pode rever. Copie-o para uma pasta onde possa escrever, e abra a cópia.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>The disk is full, and {} was not changed. Free some space and press the key again.</source>
            <translation>O disco está cheio, e {} não foi alterado. Liberte espaço e pressione a tecla de novo.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} is damaged or not a GeoPackage: {}</source>
            <translation>{} está danificado ou não é um GeoPackage: {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>Herdmap cannot use {}: {}</source>
            <translation>O Herdmap não pode usar {}: {}</translation>
        </message>
        <message>
            <location filename="../survey_imagery.py" />
            <source>The layers cannot be copied: {}</source>
            <translation>Não é possível copiar as camadas: {}</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Detections</source>
            <translation>Detecções</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Tile labels</source>
            <translation>Etiquetas dos ladrilhos</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Counts</source>
            <translation>Contagens</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Runs</source>
            <translation>Execuções</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>other</source>
            <translation>outra</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>no estimate</source>
            <translation>sem estimativa</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>searched</source>
            <translation>examinada</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>failed</source>
            <translation>falhou</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>not searched yet</source>
            <translation>ainda não examinada</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Image</source>
            <translation>Imagem</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Class (detector)</source>
            <translation>Classe (detector)</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Score</source>
            <translation>Pontuação</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Animal no.</source>
            <translation>Animal n.º</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Counts as an animal</source>
            <translation>Conta como um animal</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>State of the review</source>
            <translation>Estado da revisão</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Class (reviewer)</source>
            <translation>Classe (revisor)</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Reviewed at</source>
            <translation>Revisto em</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Note</source>
            <translation>Nota</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Found by run</source>
            <translation>Encontrado pela execução</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Second best class</source>
            <translation>Segunda melhor classe</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Score of the second best</source>
            <translation>Pontuação da segunda</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Error of the position [m]</source>
            <translation>Erro da posição [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Kind of mark</source>
            <translation>Tipo de marca</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Angle of the box [°]</source>
            <translation>Ângulo da caixa [°]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Photos that show it</source>
            <translation>Fotos que o mostram</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Photos that look there</source>
            <translation>Fotos que olham para lá</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>File</source>
            <translation>Ficheiro</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Status</source>
            <translation>Estado</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Reason</source>
            <translation>Razão</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Width [px]</source>
            <translation>Largura [px]</translation>
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
            <translation>Tirada em</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Longitude [°]</source>
            <translation>Longitude [°]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Latitude [°]</source>
            <translation>Latitude [°]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Altitude [m]</source>
            <translation>Altitude [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Height above the ground [m]</source>
            <translation>Altura acima do solo [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Heading [°]</source>
            <translation>Rumo [°]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Tiles</source>
            <translation>Ladrilhos</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Size of a pixel on the ground [m]</source>
            <translation>Tamanho de um pixel no solo [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Area [km²]</source>
            <translation>Área [km²]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Animals per km²</source>
            <translation>Animais por km²</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Animals of all classes</source>
            <translation>Animais de todas as classes</translation>
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
            <translation>Erro padrão</translation>
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
            <translation>Comprimento [km]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Width of the strip [m]</source>
            <translation>Largura da faixa [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Imagery (photos from {} on)</source>
            <translation>Imagens (fotos a partir de {})</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>{low} to {high} per km²</source>
            <translation>{low} a {high} por km²</translation>
        </message>
    </context>
</TS>
