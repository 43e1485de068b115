<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
    <context>
        <name>Herdmap</name>
        <message>
            <location filename="../algorithms/after_run.py" />
            <source>No animals were found.</source>
            <translation>Aucun animal n'a été trouvé.</translation>
        </message>
        <message>
            <location filename="../algorithms/after_run.py" />
            <source>Animals found: {}.</source>
            <translation>Animaux trouvés : {}.</translation>
        </message>
        <message>
            <location filename="../algorithms/after_run.py" />
            <location filename="../panel/estimate_questions.py" />
            <source>Review them</source>
            <translation>Les vérifier</translation>
        </message>
        <message>
            <location filename="../algorithms/after_run.py" />
            <source>Look at the photos</source>
            <translation>Voir les photos</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>{path} is a temporary file. QGIS deletes it when it closes. Give it a file of its own.</source>
            <translation>{path} est un fichier temporaire. QGIS le supprime à sa fermeture. Donnez-lui un fichier à lui.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>Survey (a layer of detections, or a GeoPackage)</source>
            <translation>Inventaire (une couche de détections ou un GeoPackage)</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>{value} is neither a layer nor a GeoPackage. Choose a survey.</source>
            <translation>{value} n'est ni une couche ni un GeoPackage. Choisissez un inventaire.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <location filename="../environment/models.py" />
            <source>The installed detector is too old for this. Open Herdmap ▸ Settings and press “Set up again”.</source>
            <translation>Le détecteur installé est trop ancien pour cela. Ouvrez Herdmap ▸ Paramètres et cliquez sur « Réinstaller ».</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>The chosen environment does not contain herdmap. Choose another one in Herdmap ▸ Settings.</source>
            <translation>L'environnement choisi ne contient pas herdmap. Choisissez-en un autre dans Herdmap ▸ Paramètres.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>The system ended the detector (signal {number}). The computer may have run out of memory.</source>
            <translation>Le système a arrêté le détecteur (signal {number}). La mémoire de l'ordinateur était peut-être pleine.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>The detector ended with code {code} and without a message.</source>
            <translation>Le détecteur s'est arrêté avec le code {code} et sans message.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>All except rejected ones</source>
            <translation>Tous sauf les rejetés</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>Only confirmed ones</source>
            <translation>Seulement les confirmés</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>All, including rejected ones</source>
            <translation>Tous, y compris les rejetés</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>Which animals</source>
            <translation>Quels animaux</translation>
        </message>
        <message>
            <location filename="../algorithms/area.py" />
            <source>“{name}” has a colour table or complex numbers, so Herdmap cannot cut an area out of it. Leave the area empty to search the whole file.</source>
            <translation>« {name} » a une table de couleurs ou des nombres complexes : Herdmap ne peut pas en découper une zone. Laissez la zone vide pour examiner tout le fichier.</translation>
        </message>
        <message>
            <location filename="../algorithms/beside_find.py" />
            <source>“Find more like these”, from the same marks: {found} of {animals} found, {wrong} false alarms; this model: {own} of {animals}, {own_wrong} false alarms.</source>
            <translation>« Trouver d'autres animaux semblables », avec les mêmes marques : {found} sur {animals} trouvés, {wrong} fausses alertes ; ce modèle : {own} sur {animals}, {own_wrong} fausses alertes.</translation>
        </message>
        <message>
            <location filename="../algorithms/beside_find.py" />
            <source>With so few animals, it may be chance which of the two is better.</source>
            <translation>Avec si peu d'animaux, c'est peut-être le hasard qui dit lequel des deux est meilleur.</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>Check the detector's environment</source>
            <translation>Contrôler l'environnement du détecteur</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>Checks whether the detector runs on this computer, on which device, and what is missing</source>
            <translation>Contrôle si le détecteur fonctionne sur cet ordinateur, sur quel processeur, et ce qui manque</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>Lists what is installed in the detector's environment. Runs the bundled model once and reports the device: the CPU or a GPU. You set up the environment in Herdmap ▸ Settings.</source>
            <translation>Liste ce qui est installé dans l'environnement du détecteur. Lance une fois le modèle fourni et indique le processeur : le CPU ou un GPU. L'environnement s'installe dans Herdmap ▸ Paramètres.</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>Version of the detector</source>
            <translation>Version du détecteur</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <location filename="../algorithms/detect.py" />
            <source>Device</source>
            <translation>Processeur</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>The detector does not run in this environment. The reason is in the lines above.</source>
            <translation>Le détecteur ne fonctionne pas dans cet environnement. La raison est dans les lignes ci-dessus.</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <location filename="../plugin.py" />
            <source>The plugin contains another version of the detector than the one installed. Open Herdmap ▸ Settings and press “Set up again”.</source>
            <translation>L'extension contient une autre version du détecteur que celle qui est installée. Ouvrez Herdmap ▸ Paramètres et cliquez sur « Réinstaller ».</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Compare surveys of several years</source>
            <translation>Comparer les inventaires de plusieurs années</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Compares estimates of one place: differences, trend, and the power to see a change</source>
            <translation>Compare les estimations d'un même lieu : différences, tendance et puissance pour voir un changement</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Compares the estimates of surveys of one place: the difference of each two that follow each other, and the change in a year over all of them, with 95 % intervals.

Files: surveys with estimates, dated by their photos, or tables with the columns date, estimate and se, and stratum, class and df if there are any.

The log also says which decline such surveys would show in 80 % of cases; or, if you give a change, how likely they show it and how many times as many transects that needs.</source>
            <translation>Compare les estimations de plusieurs inventaires d'un même lieu : la différence entre un inventaire et le suivant, et le changement par an sur l'ensemble, avec des intervalles à 95 %.

Fichiers : des inventaires avec des estimations, datés par leurs photos, ou des tableaux avec les colonnes date, estimate et se, et si possible stratum, class et df.

Le journal indique aussi quel déclin de tels inventaires montreraient dans 80 % des cas ; ou, si vous donnez un changement, avec quelle probabilité ils le montrent et combien de fois plus de transects il faut.</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Surveys with estimates, or tables</source>
            <translation>Inventaires avec des estimations, ou tableaux</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Change in a year that should be seen [%]</source>
            <translation>Changement par an à pouvoir montrer [%]</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Count animals per region</source>
            <translation>Compter les animaux par région</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Counts the animals of a survey in each polygon of a layer</source>
            <translation>Compte les animaux d'un inventaire dans chaque polygone d'une couche</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Counts the animals of a survey in the polygons of a layer. Writes one row for each region and class: region, class, count, area_km2, density_per_km2.

The centre of its box decides in which region an animal counts. On a shared edge the first region of the layer gets it. Animals in no region count as “outside”. Regions without animals get a row too. Areas are measured on the ellipsoid, so the CRS does not matter. An animal in several photos counts once if the survey has matched its photos.

This works without the detector, and does not change the survey. If you tick “Also write the counts into the survey”, which needs the detector, the survey's own layer Counts is made of these regions. The review shows it and keeps it up to date.</source>
            <translation>Compte les animaux d'un inventaire dans les polygones d'une couche. Écrit une ligne pour chaque région et chaque classe : region, class, count, area_km2, density_per_km2.

Le centre de son cadre décide de la région où un animal compte. Sur une limite commune, c'est la première région de la couche qui le reçoit. Les animaux hors de toute région comptent comme « outside ». Les régions sans animaux ont aussi une ligne. Les surfaces sont mesurées sur l'ellipsoïde : le SCR n'a donc pas d'importance. Un animal vu sur plusieurs photos compte une fois si l'inventaire a mis ses photos en correspondance.

Cela fonctionne sans le détecteur et ne change pas l'inventaire. Si vous cochez « Écrire aussi les comptages dans l'inventaire », ce qui demande le détecteur, la couche Comptages de l'inventaire est faite de ces régions. La vérification l'affiche et la tient à jour.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <location filename="../panel/panel.py" />
            <source>Regions</source>
            <translation>Régions</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <location filename="../algorithms/from_imagery.py" />
            <source>Column with the names of the regions</source>
            <translation>Colonne avec les noms des régions</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Also write the counts into the survey, where the review updates them</source>
            <translation>Écrire aussi les comptages dans l'inventaire, où la vérification les met à jour</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Counts per region</source>
            <translation>Comptages par région</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Animals counted</source>
            <translation>Animaux comptés</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>{path}: QGIS cannot read the layer detections</source>
            <translation>{path} : QGIS ne peut pas lire la couche detections</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>The regions have no column with names, so each is called by its row number.</source>
            <translation>Les régions n'ont pas de colonne avec des noms : chacune porte donc le numéro de sa ligne.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Row {row} of the regions is skipped: it is not a polygon with an area</source>
            <translation>La ligne {row} des régions est ignorée : ce n'est pas un polygone avec une surface</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Row {row} of the regions crosses or touches itself. It was repaired for the count.</source>
            <translation>La ligne {row} des régions se croise ou se touche elle-même. Elle a été réparée pour le comptage.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>The layer of regions contains no polygon. Choose another layer.</source>
            <translation>La couche des régions ne contient aucun polygone. Choisissez une autre couche.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>The survey has no CRS, but the regions do. Give the photos their positions first, with “Georeference photos”.</source>
            <translation>L'inventaire n'a pas de SCR, mais les régions en ont un. Donnez d'abord leur position aux photos, avec « Géoréférencer les photos ».</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>The regions have no CRS. Set it in the properties of their layer.</source>
            <translation>Les régions n'ont pas de SCR. Définissez-le dans les propriétés de leur couche.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../panel/steps.py" />
            <source>Detect animals</source>
            <translation>Détecter les animaux</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Finds animals in orthomosaics and photos and puts them on the map</source>
            <translation>Trouve les animaux dans des orthomosaïques et des photos et les place sur la carte</translation>
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
            <translation>Trouve les animaux dans les images et écrit un inventaire : un GeoPackage avec un cadre, une classe et un score pour chaque animal, l'emprise et l'état de chaque image, et les comptages par région. L'inventaire s'ouvre dans son propre groupe.

Images : des couches raster du projet, des fichiers de cet ordinateur, ou un dossier de photos avec ses sous-dossiers. Les orthomosaïques de toute taille conviennent telles quelles. Les photos sont placées sur la carte d'après leurs propres métadonnées, un tableau de positions ou un journal de vol.

Polygones : Herdmap examine les orthomosaïques et les photos seulement dans ces polygones, par exemple un parc ou les blocs d'un inventaire. Un animal est gardé si le centre de son cadre est à l'intérieur. La couche Images montre quelles images n'ont été examinées qu'en partie.

Zone : Herdmap examine les orthomosaïques seulement dans ce rectangle. Le menu à côté propose la vue actuelle et l'étendue d'une couche. Les animaux au bord peuvent être coupés : dessinez donc le rectangle un peu plus grand.

Modèle : un fichier .onnx de Herdmap, d'Ultralytics ou de Deepness. Si vous laissez ce champ vide, Herdmap utilise le détecteur de moutons fourni. Ce modèle trouve les moutons dans les images de drone et rien d'autre.

Images de 12 ou 16 bits : Herdmap mesure une fois quelles valeurs sont le noir et le blanc dans toutes les images. Donnez ces valeurs vous-même seulement si les vues sont trop sombres ou trop claires.

Vous pouvez annuler à tout moment. Le travail fini est gardé : relancez avec la même sortie, et le traitement continue. Avec un autre score ou d'autres régions, les images ne sont pas examinées à nouveau. Les vérifications d'une sortie existante sont gardées.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/evaluate.py" />
            <source>Model file (empty: bundled sheep detector)</source>
            <translation>Fichier du modèle (vide : détecteur de moutons fourni)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/evaluate.py" />
            <location filename="../algorithms/teach.py" />
            <source>Models (*.onnx)</source>
            <translation>Modèles (*.onnx)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/evaluate.py" />
            <location filename="../algorithms/positions.py" />
            <location filename="../environment/settings_dialog.py" />
            <source>All files (*)</source>
            <translation>Tous les fichiers (*)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/evaluate.py" />
            <source>Lowest score (empty: as the model advises)</source>
            <translation>Score le plus bas (vide : ce que le modèle conseille)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Search only inside these polygons</source>
            <translation>Examiner seulement dans ces polygones</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Search only this area (orthomosaics)</source>
            <translation>Examiner seulement cette zone (orthomosaïques)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Tile classifier that skips empty tiles (gate)</source>
            <translation>Classificateur qui saute les tuiles vides (filtre)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <source>Positions of the photos (table or flight log)</source>
            <translation>Positions des photos (tableau ou journal de vol)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/georeference.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <source>Terrain model (heights of the ground)</source>
            <translation>Modèle de terrain (altitudes du sol)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/georeference.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <source>Height of all cameras above the ground [m]</source>
            <translation>Hauteur de toutes les caméras au-dessus du sol [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Tile size [px] (empty: as the model advises)</source>
            <translation>Taille des tuiles [px] (vide : ce que le modèle conseille)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Overlap of the tiles [px] (empty: as the model advises)</source>
            <translation>Recouvrement des tuiles [px] (vide : ce que le modèle conseille)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Tiles per batch (empty: 4 on the CPU, 16 on a GPU)</source>
            <translation>Tuiles par lot (vide : 4 sur le CPU, 16 sur un GPU)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Imagery that is not 8 bit: value shown as black</source>
            <translation>Images qui ne sont pas en 8 bits : valeur affichée en noir</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Imagery that is not 8 bit: value shown as white</source>
            <translation>Images qui ne sont pas en 8 bits : valeur affichée en blanc</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>GPU if there is one, else CPU</source>
            <translation>Le GPU s'il y en a un, sinon le CPU</translation>
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
            <translation>Enregistrer une vignette de chaque animal pour la vérification</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Search everything again instead of continuing (reviews are kept)</source>
            <translation>Tout examiner à nouveau au lieu de continuer (les vérifications sont gardées)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/find.py" />
            <source>Animals found</source>
            <translation>Animaux trouvés</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Detections (an animal may be in several photos)</source>
            <translation>Détections (un animal peut être sur plusieurs photos)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <location filename="../survey_words.py" />
            <source>Images</source>
            <translation>Images</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <source>Images that failed</source>
            <translation>Images en échec</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>An area works for orthomosaics only, and a folder of photos is chosen too. Leave one of the two empty.</source>
            <translation>Une zone ne convient qu'aux orthomosaïques, et un dossier de photos est choisi aussi. Laissez l'un des deux vide.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <source>The model file {model} does not exist.</source>
            <translation>Le fichier de modèle {model} n'existe pas.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Give the values of both black and white, or leave both empty: then Herdmap measures them.</source>
            <translation>Donnez les valeurs du noir et du blanc, ou laissez les deux vides : alors Herdmap les mesure.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Cancelled. Finished work is kept. To continue, run it again with the same output.</source>
            <translation>Annulé. Le travail fini est gardé. Pour continuer, relancez avec la même sortie.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Animals found: {animals}, in {detections} detections. Images: {images}.</source>
            <translation>Animaux trouvés : {animals}, en {detections} détections. Images : {images}.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Images that failed: {failed}. The reasons are in the lines above and in the layer Images.</source>
            <translation>Images en échec : {failed}. Les raisons sont dans les lignes ci-dessus et dans la couche Images.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>“{name}” lies outside the area and is skipped</source>
            <translation>« {name} » est hors de la zone et n'est pas examiné</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>No imagery lies in the area. Draw the area over the imagery.</source>
            <translation>Aucune image n'est dans la zone. Dessinez la zone sur les images.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>“{name}” is rotated or warped, so Herdmap cannot cut an area out of it. Leave the area empty to search the whole file.</source>
            <translation>« {name} » est tourné ou déformé : Herdmap ne peut pas en découper une zone. Laissez la zone vide pour examiner tout le fichier.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <source>Detect the rest of a survey</source>
            <translation>Détecter le reste d'un inventaire</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <source>Searches with a model the images of a survey that nobody has searched completely</source>
            <translation>Cherche avec un modèle dans les images d'un inventaire que personne n'a entièrement examinées</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <source>Searches the images of a survey with a model, for example one that “Teach a model” has made. Images that people searched completely are left out. What people marked, reviewed and searched is kept. Detections that nobody reviewed are replaced by what this model finds.

Review the doubtful detections first, then teach the model again.

You can cancel at any time. Finished work is kept: run it again, and it continues.</source>
            <translation>Cherche dans les images d'un inventaire avec un modèle, par exemple celui qu'a fait « Entraîner un modèle ». Les images que des personnes ont entièrement examinées sont laissées de côté. Ce que des personnes ont marqué, vérifié et examiné est gardé. Les détections que personne n'a vérifiées sont remplacées par ce que trouve ce modèle.

Vérifiez d'abord les détections douteuses, puis entraînez encore le modèle.

Vous pouvez annuler à tout moment. Le travail terminé est gardé : relancez, et il continue.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/dialog.py" />
            <location filename="../algorithms/model_question.py" />
            <location filename="../algorithms/teach.py" />
            <location filename="../panel/panel.py" />
            <source>Model</source>
            <translation>Modèle</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/find.py" />
            <location filename="../algorithms/georeference.py" />
            <location filename="../panel/panel.py" />
            <location filename="../review/panel.py" />
            <location filename="../search/panel.py" />
            <source>Survey</source>
            <translation>Inventaire</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/find.py" />
            <source>Detections to review</source>
            <translation>Détections à vérifier</translation>
        </message>
        <message>
            <location filename="../algorithms/dialog.py" />
            <source>Choose a file, or the inputs first</source>
            <translation>Choisissez un fichier, ou d'abord les entrées</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Estimate density by distance</source>
            <translation>Estimer la densité par la distance</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Estimates the density of animals from their distances to the lines flown</source>
            <translation>Estime la densité des animaux d'après leurs distances aux lignes de vol</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>In a strip from an aircraft, observers see fewer animals farther from the line. A detection function is fitted to the distances, half-normal or hazard-rate.

Sightings: a table with the columns transect and distance_m (at right angles to the line), and size if groups were seen. Lines: a table with the columns transect and length_km, also of lines where nothing was seen.

All animals on the line must be seen, and they must not move before they are seen.</source>
            <translation>Dans une bande vue d'avion, les observateurs voient moins d'animaux loin de la ligne. Une fonction de détection est ajustée aux distances : semi-normale ou à taux de hasard.

Observations : un tableau avec les colonnes transect et distance_m (à angle droit de la ligne), et size si des groupes ont été vus. Lignes : un tableau avec les colonnes transect et length_km, aussi pour les lignes où rien n'a été vu.

Tous les animaux sur la ligne doivent être vus, et ils ne doivent pas bouger avant d'être vus.</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Sightings with their distances</source>
            <translation>Observations avec leurs distances</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Lines with their lengths</source>
            <translation>Lignes avec leurs longueurs</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Leave out what was farther from the line than [m]</source>
            <translation>Laisser de côté ce qui était plus loin de la ligne que [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Also estimate the animals on an area of [km²]</source>
            <translation>Estimer aussi les animaux sur une surface de [km²]</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>The one that fits better</source>
            <translation>Celle qui s'ajuste le mieux</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Half-normal</source>
            <translation>Semi-normale</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Hazard-rate</source>
            <translation>Taux de hasard</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Detection function</source>
            <translation>Fonction de détection</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Estimate population</source>
            <translation>Estimer la population</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Estimates the number of animals in each stratum from transects, by Jolly's Method 2</source>
            <translation>Estime le nombre d'animaux de chaque strate d'après des transects, par la méthode 2 de Jolly</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Estimates the number of animals in each stratum and in all strata together, with the standard error and the 95 % confidence interval. It uses Jolly's Method 2 for transects of unequal size.

Transects: polygons or lines with the columns stratum and transect. The animals of the survey are counted in them. Without a survey, give a table with the columns stratum, transect, count and area_km2, and class if you like. If you leave them empty, the photos of the survey are the transects: by their track, by a table, or by a pattern in their names.

Strata: polygons with the column stratum, or a table with the columns stratum and area_km2. If you leave them empty, all ground that the photos show is one stratum, and the animals on it are added up: for a colony that was photographed as a whole.

The log says what kind each interval is, and what it leaves out: boxes that nobody reviewed give an uncorrected estimate. A reviewed sample (“Draw photos to review”) corrects it. The share of the animals that a photo can show, and that observers see (“Compare two observers”), divide it.

The log explains the method and shows the estimates as a table. The output is the same table as CSV. With a survey, the estimates are also written to its GeoPackage, and the map is refreshed.</source>
            <translation>Estime le nombre d'animaux de chaque strate et de toutes les strates ensemble, avec l'erreur type et l'intervalle de confiance à 95 %. C'est la méthode 2 de Jolly, pour des transects de taille inégale.

Transects : des polygones ou des lignes avec les colonnes stratum et transect. Les animaux de l'inventaire y sont comptés. Sans inventaire, donnez un tableau avec les colonnes stratum, transect, count et area_km2, et class si vous voulez. Si vous laissez ce champ vide, les photos de l'inventaire sont les transects : d'après leur trajet, un tableau, ou un motif dans leurs noms.

Strates : des polygones avec la colonne stratum, ou un tableau avec les colonnes stratum et area_km2. Si vous les laissez vides, tout le terrain que montrent les photos est une strate, et ses animaux sont additionnés : pour une colonie photographiée en entier.

Le journal dit de quelle sorte est chaque intervalle et ce qu'il laisse de côté : des cadres que personne n'a vérifiés donnent une estimation non corrigée. Un échantillon vérifié (« Tirer des photos à vérifier ») la corrige. La part des animaux qu'une photo peut montrer et celle que les observateurs voient (« Comparer deux observateurs ») la divisent.

Le journal explique la méthode et montre les estimations en tableau. La sortie est ce même tableau en CSV. Avec un inventaire, les estimations sont aussi écrites dans son GeoPackage, et la carte est actualisée.</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Transects (empty: the survey's photos)</source>
            <translation>Transects (vide : les photos de l'inventaire)</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Strata (empty: all ground that the photos show)</source>
            <translation>Strates (vide : tout le terrain que montrent les photos)</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Column with the name of the transect</source>
            <translation>Colonne du nom du transect</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Column with the stratum of the transect</source>
            <translation>Colonne de la strate du transect</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/sample.py" />
            <source>Column with the name of the stratum</source>
            <translation>Colonne du nom de la strate</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Reviewed sample that corrects for missed animals and false detections</source>
            <translation>Échantillon vérifié qui corrige les animaux manqués et les fausses détections</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/sample.py" />
            <location filename="../search/dock.py" />
            <source>Samples (*.csv)</source>
            <translation>Échantillons (*.csv)</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Full width of the strip, if transects are lines [m]</source>
            <translation>Largeur totale de la bande, si les transects sont des lignes [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../panel/estimate_questions.py" />
            <source>The whole area was searched (no confidence interval)</source>
            <translation>Toute la zone a été examinée (sans intervalle de confiance)</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Which photo is on which transect, if the photos are the transects</source>
            <translation>Quelle photo est sur quel transect, si les photos sont les transects</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Or: pattern that finds the transect in a photo's name</source>
            <translation>Ou : motif qui trouve le transect dans le nom d'une photo</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>How the sample corrects</source>
            <translation>Comment l'échantillon corrige</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Chosen by a test</source>
            <translation>Choisi par un test</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Each stratum by its own photos</source>
            <translation>Chaque strate par ses propres photos</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>All by one model of the detector</source>
            <translation>Toutes par un seul modèle du détecteur</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>How the transects were chosen</source>
            <translation>Comment les transects ont été choisis</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Each at random</source>
            <translation>Chacun au hasard</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>At equal distances</source>
            <translation>À distances égales</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/observers.py" />
            <source>Share of the animals that a photo can show</source>
            <translation>Part des animaux qu'une photo peut montrer</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/observers.py" />
            <source>Standard error of that share</source>
            <translation>Erreur type de cette part</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Share of those that observers see</source>
            <translation>Part de ceux-ci que les observateurs voient</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Standard error of that share, too</source>
            <translation>Erreur type de cette part aussi</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Also say how much more work reaches ± [%]</source>
            <translation>Dire aussi combien de travail il faut pour atteindre ± [%]</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../survey_words.py" />
            <source>Estimates</source>
            <translation>Estimations</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/export.py" />
            <location filename="../algorithms/numbers.py" />
            <source>Tables (*.csv)</source>
            <translation>Tableaux (*.csv)</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Evaluate a model against annotations</source>
            <translation>Évaluer un modèle sur des annotations</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Measures the precision, recall and count error of a model on annotated images</source>
            <translation>Mesure la précision, le rappel et l'erreur de comptage d'un modèle sur des images annotées</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Runs a model on annotated images and measures its precision, recall, average precision and count error. Use images that the model was not trained on.

Annotations: a COCO file of whole images. “Export training data” makes one from a reviewed survey.

Model: if you leave it empty, the bundled sheep detector is evaluated.

Training annotations: if you give the annotations that the model was trained on, Herdmap refuses to evaluate it on the same photos or flights. A model does better on images it has seen.

The report is a page that opens in any browser. If you cancel, run it again and it continues.</source>
            <translation>Lance un modèle sur des images annotées et mesure sa précision, son rappel, sa précision moyenne et son erreur de comptage. Utilisez des images sur lesquelles le modèle n'a pas été entraîné.

Annotations : un fichier COCO d'images entières. « Exporter des données d'entraînement » en fait un à partir d'un inventaire vérifié.

Modèle : si vous laissez ce champ vide, le détecteur de moutons fourni est évalué.

Annotations d'entraînement : si vous donnez les annotations qui ont servi à entraîner le modèle, Herdmap refuse de l'évaluer sur les mêmes photos ou les mêmes vols. Un modèle réussit mieux sur des images qu'il a déjà vues.

Le rapport est une page qui s'ouvre dans tout navigateur. Si vous annulez, relancez et le traitement continue.</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Annotations (COCO)</source>
            <translation>Annotations (COCO)</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <location filename="../algorithms/export.py" />
            <source>COCO files (*.json)</source>
            <translation>Fichiers COCO (*.json)</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Folder with the images</source>
            <translation>Dossier des images</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Annotations the model was trained on</source>
            <translation>Annotations qui ont entraîné le modèle</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Folder for the report</source>
            <translation>Dossier du rapport</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <location filename="../algorithms/teach.py" />
            <source>Report</source>
            <translation>Rapport</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Cancelled. Finished work is kept. To continue, run it again.</source>
            <translation>Annulé. Le travail fini est gardé. Pour continuer, relancez.</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>The report is {path}</source>
            <translation>Le rapport est {path}</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Export animals</source>
            <translation>Exporter les animaux</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Writes the animals of a survey as CSV, GeoJSON, GeoParquet, KML, Shapefile or Darwin Core (for GBIF)</source>
            <translation>Écrit les animaux d'un inventaire en CSV, GeoJSON, GeoParquet, KML, Shapefile ou Darwin Core (pour GBIF)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Writes one row for each animal of a survey. The file ending chooses the format: .csv, .geojson, .parquet (GeoParquet), .kml, .shp, or .zip (a Darwin Core Archive for GBIF).

GeoJSON, GeoParquet and Shapefile get the boxes as polygons on the ground. CSV, KML and Darwin Core get the centres of the boxes. The survey is not changed.

For training data (COCO) use “Export training data”.</source>
            <translation>Écrit une ligne pour chaque animal d'un inventaire. L'extension du fichier choisit le format : .csv, .geojson, .parquet (GeoParquet), .kml, .shp ou .zip (une archive Darwin Core pour GBIF).

GeoJSON, GeoParquet et Shapefile reçoivent les cadres comme polygones au sol. CSV, KML et Darwin Core reçoivent les centres des cadres. L'inventaire n'est pas changé.

Pour des données d'entraînement (COCO), utilisez « Exporter des données d'entraînement ».</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Description of the dataset, for a Darwin Core Archive</source>
            <translation>Description du jeu de données, pour une archive Darwin Core</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Dataset files (*.toml)</source>
            <translation>Fichiers de description (*.toml)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Usual shape of the format</source>
            <translation>Forme habituelle du format</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Boxes</source>
            <translation>Cadres</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Centres</source>
            <translation>Centres</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Shape</source>
            <translation>Forme</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Also repeated sightings of an animal that counts in another photo</source>
            <translation>Aussi les observations répétées d'un animal qui compte sur une autre photo</translation>
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
            <translation>Archives Darwin Core (*.zip)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <location filename="../panel/estimates_view.py" />
            <location filename="../panel/print_layout.py" />
            <location filename="../review/panel.py" />
            <location filename="../survey_words.py" />
            <source>Animals</source>
            <translation>Animaux</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Herdmap cannot export to {ending}. Choose one of {endings}.</source>
            <translation>Herdmap ne peut pas exporter vers {ending}. Choisissez parmi {endings}.</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Export training data (COCO)</source>
            <translation>Exporter des données d'entraînement (COCO)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Writes the reviewed animals of a survey as a COCO file, for training or evaluating a model</source>
            <translation>Écrit les animaux vérifiés d'un inventaire en fichier COCO, pour entraîner ou évaluer un modèle</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Writes the reviewed animals of a survey as a COCO file. Use it to train or evaluate a model.

By default the file contains only photos in which every detection was reviewed. In other photos an animal may have been missed, and a model would learn that no animal is there.</source>
            <translation>Écrit les animaux vérifiés d'un inventaire en fichier COCO. Il sert à entraîner ou à évaluer un modèle.

Par défaut, le fichier contient seulement les photos dont chaque détection a été vérifiée. Sur d'autres photos, un animal a pu être manqué, et un modèle apprendrait qu'aucun animal n'y est.</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Photos in which every detection was reviewed</source>
            <translation>Photos dont chaque détection a été vérifiée</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Also photos in which some detections were reviewed</source>
            <translation>Aussi les photos dont une partie des détections a été vérifiée</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>All searched photos</source>
            <translation>Toutes les photos examinées</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Which photos</source>
            <translation>Quelles photos</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>List of photos that a person searched completely</source>
            <translation>Liste de photos qu'une personne a examinées entièrement</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Leave out unreviewed animals below this score</source>
            <translation>Laisser de côté les animaux non vérifiés au-dessous de ce score</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Training data</source>
            <translation>Données d'entraînement</translation>
        </message>
        <message>
            <location filename="../algorithms/find.py" />
            <location filename="../panel/own_animals.py" />
            <location filename="../search/dock.py" />
            <source>Find more like these</source>
            <translation>Trouver d'autres animaux semblables</translation>
        </message>
        <message>
            <location filename="../algorithms/find.py" />
            <source>Learns from the animals that people marked, and proposes more in the other images</source>
            <translation>Apprend d'après les animaux marqués et en propose d'autres dans les autres images</translation>
        </message>
        <message>
            <location filename="../algorithms/find.py" />
            <source>Learns in seconds from the animals that people marked or confirmed in a survey, and searches the other images for more of them. Mark 10 to 20 animals first, best all animals of one to three images, with Search images.

What is found becomes detections with a score. Review them as any others. Then run it again: it learns from what you confirmed and rejected.

Images that people searched completely are not searched again. What people marked, reviewed and searched is kept. Detections that nobody reviewed are replaced.

It finds animals that look like those that were marked and are about as large. It does not carry over to animals of another size. Animals that stand close together are found less well.</source>
            <translation>Apprend en quelques secondes d'après les animaux que des personnes ont marqués ou confirmés dans un inventaire, et en cherche d'autres dans les autres images. Marquez d'abord 10 à 20 animaux, de préférence tous ceux d'une à trois images, avec Examiner les images.

Ce qui est trouvé devient des détections avec un score. Vérifiez-les comme les autres. Puis relancez : Herdmap apprend de ce que vous avez confirmé et rejeté.

Les images que des personnes ont examinées entièrement ne le sont pas à nouveau. Ce que des personnes ont marqué, vérifié et examiné est gardé. Les détections que personne n'a vérifiées sont remplacées.

Cela trouve des animaux qui ressemblent à ceux qui sont marqués et qui ont à peu près la même taille. Cela ne vaut pas pour des animaux d'une autre taille. Les animaux serrés les uns contre les autres sont moins bien trouvés.</translation>
        </message>
        <message>
            <location filename="../algorithms/find.py" />
            <source>Lowest score (empty: 0.5)</source>
            <translation>Score le plus bas (vide : 0.5)</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <location filename="../panel/road.py" />
            <location filename="../survey_words.py" />
            <source>Imagery</source>
            <translation>Images</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <location filename="../algorithms/import_labels.py" />
            <source>Files</source>
            <translation>Fichiers</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../panel/questions.py" />
            <source>Folder of photos</source>
            <translation>Dossier de photos</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>Regions to count animals in</source>
            <translation>Régions où compter les animaux</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>No imagery is chosen. Choose raster layers, files or a folder of photos.</source>
            <translation>Aucune image n'est choisie. Choisissez des couches raster, des fichiers ou un dossier de photos.</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>“{name}” shows the detections of a survey, and those are no regions. Choose a layer of polygons that you drew or got.</source>
            <translation>« {name} » montre les détections d'un inventaire : ce ne sont pas des régions. Choisissez une couche de polygones que vous avez dessinée ou reçue.</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>Survey (GeoPackage)</source>
            <translation>Inventaire (GeoPackage)</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>The survey is a GeoPackage, but its name ends in {ending}. Choose a name that ends in .gpkg.</source>
            <translation>L'inventaire est un GeoPackage, mais son nom finit par {ending}. Choisissez un nom qui finit par .gpkg.</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <location filename="../algorithms/import_labels.py" />
            <source>The folder {folder} does not exist.</source>
            <translation>Le dossier {folder} n'existe pas.</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>The layer “{name}” of this survey is being edited. Save or discard the edits first.</source>
            <translation>La couche « {name} » de cet inventaire est en cours d'édition. Enregistrez ou abandonnez d'abord les modifications.</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Georeference photos</source>
            <translation>Géoréférencer les photos</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Moves the photos of a finished survey to new positions or heights</source>
            <translation>Déplace les photos d'un inventaire fini vers d'autres positions ou altitudes</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Moves the photos of a finished survey to new positions or heights, and their animals with them. Detections and reviews are kept, and the counts are updated. The imagery is not searched again, so this takes seconds.

Positions: a table with one row for each photo, or a flight log that is matched by time. If the table has angles and does not say which, Herdmap asks for them: choose them under *Angles in the positions*.

If you leave a field empty, the setting of the last placement is used.

Heights: give a terrain model, the height above the ground, or the height of level ground. A drone records its height above the take-off point, not above the ground below the photo.

The file of the survey is replaced, and its layers in the project are reloaded.</source>
            <translation>Déplace les photos d'un inventaire fini vers d'autres positions ou altitudes, et leurs animaux avec elles. Les détections et les vérifications sont gardées, et les comptages sont mis à jour. Les images ne sont pas examinées à nouveau : cela prend donc quelques secondes.

Positions : un tableau avec une ligne par photo, ou un journal de vol mis en correspondance par l'heure. Si le tableau a des angles sans dire lesquels, Herdmap les demande : choisissez-les sous *Angles des positions*.

Si vous laissez un champ vide, le réglage du dernier placement est utilisé.

Altitudes : donnez un modèle de terrain, la hauteur au-dessus du sol, ou l'altitude d'un sol plat. Un drone note sa hauteur au-dessus du point de décollage, pas au-dessus du sol sous la photo.

Le fichier de l'inventaire est remplacé, et ses couches dans le projet sont rechargées.</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Camera calibration</source>
            <translation>Calibration de la caméra</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Positions (table or flight log)</source>
            <translation>Positions (tableau ou journal de vol)</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Height of level ground, measured like the altitudes of the photos [m]</source>
            <translation>Altitude d'un sol plat, mesurée comme les altitudes des photos [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Seconds to add to the camera clock</source>
            <translation>Secondes à ajouter à l'horloge de la caméra</translation>
        </message>
        <message>
            <location filename="../algorithms/imagery.py" />
            <source>“{name}” comes from a web service or a database, but the detector reads only files. Save the part you need as a GeoTIFF (right-click the layer ▸ Export ▸ Save As, at full resolution) and choose that file.</source>
            <translation>« {name} » vient d'un service web ou d'une base de données, mais le détecteur ne lit que des fichiers. Enregistrez la partie utile en GeoTIFF (clic droit sur la couche ▸ Exporter ▸ Enregistrer sous, en pleine résolution) et choisissez ce fichier.</translation>
        </message>
        <message>
            <location filename="../algorithms/imagery.py" />
            <source>“{name}” is not a single file on this computer ({source}). Save it as a GeoTIFF and choose that file.</source>
            <translation>« {name} » n'est pas un seul fichier de cet ordinateur ({source}). Enregistrez-le en GeoTIFF et choisissez ce fichier.</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Import detections or labels</source>
            <translation>Importer des détections ou des étiquettes</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Makes a survey of animals that other programs found or that people marked</source>
            <translation>Fait un inventaire d'animaux que d'autres programmes ont trouvés ou que des personnes ont marqués</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Reads detections and labels of other programs, and places the animals on the map: COCO, YOLO, MegaDetector, CVAT, Label Studio, LabelMe, VIA, Pascal VOC, HerdNet, DeepForest, DotDotGoose, VIAME, tables and vector layers. Then you review and count them like detections of Herdmap.

Files, or a folder of labels: if the tool writes a file for each photo, give the folder.

Survey: if the file exists, the animals are added to it. Its reviews stay, and an animal that it has already is not added again.

Columns: for a table whose columns have other names, for example photo=File, class=Species, x=X, y=Y.</source>
            <translation>Lit les détections et les étiquettes d'autres programmes et place les animaux sur la carte : COCO, YOLO, MegaDetector, CVAT, Label Studio, LabelMe, VIA, Pascal VOC, HerdNet, DeepForest, DotDotGoose, VIAME, tableaux et couches vecteur. Ensuite, vous les vérifiez et les comptez comme des détections de Herdmap.

Fichiers, ou un dossier d'étiquettes : si l'outil écrit un fichier par photo, donnez le dossier.

Inventaire : si le fichier existe, les animaux y sont ajoutés. Ses vérifications restent, et un animal qu'il a déjà n'est pas ajouté une seconde fois.

Colonnes : pour un tableau dont les colonnes ont d'autres noms, par exemple photo=File, class=Species, x=X, y=Y.</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Folder of labels</source>
            <translation>Dossier d'étiquettes</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Photos without labels were searched and are empty</source>
            <translation>Les photos sans étiquettes ont été examinées et sont vides</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Lowest score (empty: all)</source>
            <translation>Score le plus bas (vide : toutes)</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Columns (for example photo=File, class=Species)</source>
            <translation>Colonnes (par exemple photo=File, class=Species)</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Animals that were added</source>
            <translation>Animaux ajoutés</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>No labels are chosen. Choose files or a folder of labels.</source>
            <translation>Aucune étiquette n'est choisie. Choisissez des fichiers ou un dossier d'étiquettes.</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Columns: “{text}” has no equals sign. Write it as photo=File.</source>
            <translation>Colonnes : « {text} » n'a pas de signe égal. Écrivez par exemple photo=File.</translation>
        </message>
        <message>
            <location filename="../algorithms/kept_output.py" />
            <source>“{name}” has no file yet. Choose one: QGIS deletes temporary files when it closes, and the result would be lost.</source>
            <translation>« {name} » n'a pas encore de fichier. Choisissez-en un : QGIS supprime les fichiers temporaires à sa fermeture, et le résultat serait perdu.</translation>
        </message>
        <message>
            <location filename="../algorithms/kept_output.py" />
            <source>“{name}” is a temporary file: QGIS deletes it when it closes, and the result would be lost. Choose a file in a folder of yours.</source>
            <translation>« {name} » est un fichier temporaire : QGIS le supprime à sa fermeture, et le résultat serait perdu. Choisissez un fichier dans un de vos dossiers.</translation>
        </message>
        <message>
            <location filename="../algorithms/kept_output.py" />
            <source>You may not write to the folder {folder}. Choose another folder for “{name}”.</source>
            <translation>Vous ne pouvez pas écrire dans le dossier {folder}. Choisissez un autre dossier pour « {name} ».</translation>
        </message>
        <message>
            <location filename="../algorithms/layer_file.py" />
            <source>The layer of “{}” is not in the project any more. Open it, and run this again. Nothing was changed.</source>
            <translation>La couche de « {} » n’est plus dans le projet. Ouvrez-la et relancez. Rien n’a été modifié.</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <source>Merge two reviews</source>
            <translation>Fusionner deux vérifications</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <source>Merges the reviews of two people, who each reviewed a copy of one survey</source>
            <translation>Fusionne les vérifications de deux personnes, qui ont chacune vérifié une copie d'un inventaire</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <source>Makes one survey of two copies that two people reviewed. If both say the same of an animal, it holds. If they disagree, the later word holds, the other one is in the note, and the animal is in a table of conflicts beside the result. The log says how well the two agree.

To settle conflicts, open the result in the review and choose “More”.</source>
            <translation>Fait un seul inventaire de deux copies que deux personnes ont vérifiées. Si les deux disent la même chose d'un animal, cela vaut. Si elles ne sont pas d'accord, le dernier avis vaut, l'autre est dans la note, et l'animal est dans un tableau des désaccords à côté du résultat. Le journal dit à quel point les deux concordent.

Pour trancher les désaccords, ouvrez le résultat dans la vérification et choisissez « Plus ».</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <location filename="../review/two_reviewers.py" />
            <source>The copy of the other reviewer</source>
            <translation>La copie de l'autre vérificateur</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <location filename="../algorithms/observers.py" />
            <location filename="../algorithms/teach.py" />
            <location filename="../plugin.py" />
            <location filename="../review/two_reviewers.py" />
            <location filename="../survey_panel.py" />
            <source>Surveys (*.gpkg)</source>
            <translation>Inventaires (*.gpkg)</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <source>Merged survey</source>
            <translation>Inventaire fusionné</translation>
        </message>
        <message>
            <location filename="../algorithms/model_question.py" />
            <source>sheep (bundled)</source>
            <translation>moutons (fourni)</translation>
        </message>
        <message>
            <location filename="../algorithms/model_question.py" />
            <source>Listing the models</source>
            <translation>Liste des modèles</translation>
        </message>
        <message>
            <location filename="../algorithms/model_question.py" />
            <source>Another file…</source>
            <translation>Autre fichier…</translation>
        </message>
        <message>
            <location filename="../algorithms/model_question.py" />
            <source>Models (*.onnx *.npz);;All files (*)</source>
            <translation>Modèles (*.onnx *.npz);;Tous les fichiers (*)</translation>
        </message>
        <message>
            <location filename="../algorithms/named_columns.py" />
            <source>There is no column {}. The columns are: {}</source>
            <translation>Il n'y a pas de colonne {}. Les colonnes sont : {}</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>New survey</source>
            <translation>Nouvel inventaire</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>Puts photos and orthomosaics on the map, to be searched by people</source>
            <translation>Met des photos et des orthomosaïques sur la carte, à examiner par des personnes</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>Makes a survey without a model: a GeoPackage with the place of each image. Nothing is searched, so it takes seconds. Then press Search images in the toolbar, and look at the images cell by cell.

Classes: the kinds of animals that you look for, with commas between them. The keys 1 to 9 choose them.

Polygons: images outside them are left out of the search.

You can let a model search the same survey later: run Detect animals with the same output. What people searched and marked is kept.</source>
            <translation>Fait un inventaire sans modèle : un GeoPackage avec la place de chaque image. Rien n'est examiné : cela prend donc quelques secondes. Cliquez ensuite sur Examiner les images dans la barre d'outils, et regardez les images cellule par cellule.

Classes : les sortes d'animaux que vous cherchez, séparées par des virgules. Les touches 1 à 9 les choisissent.

Polygones : les images hors de ces polygones ne sont pas à examiner.

Vous pouvez laisser un modèle examiner plus tard le même inventaire : lancez Détecter les animaux avec la même sortie. Ce que des personnes ont examiné et marqué est gardé.</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>Classes (for example elephant, zebra)</source>
            <translation>Classes (par exemple éléphant, zèbre)</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>Leave out images outside these polygons</source>
            <translation>Laisser de côté les images hors de ces polygones</translation>
        </message>
        <message>
            <location filename="../algorithms/numbers.py" />
            <source>Table of the results</source>
            <translation>Tableau des résultats</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Compare two observers</source>
            <translation>Comparer deux observateurs</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Estimates how many animals two observers of the same photos both missed</source>
            <translation>Estime combien d'animaux deux observateurs des mêmes photos ont manqués tous les deux</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Two observers searched the same photos apart: two people with copies of a survey, or a person and the detector. What only one of them saw tells how many animals both missed.

The two files may be the same survey, if people searched without seeing the boxes: choose people for the first and the detector for the second.

The observers must be independent. Animals that are hard to see for both make the estimate too low. The log has the estimate in words, with the share of the animals that either observer saw: “Estimate population” divides by it.</source>
            <translation>Deux observateurs ont examiné les mêmes photos séparément : deux personnes avec chacune sa copie d'un inventaire, ou une personne et le détecteur. Ce qu'un seul des deux a vu dit combien d'animaux les deux ont manqués.

Les deux fichiers peuvent être le même inventaire, si des personnes ont examiné les photos sans voir les cadres : choisissez les personnes comme premier observateur et le détecteur comme second.

Les observateurs doivent être indépendants. Les animaux difficiles à voir pour les deux rendent l'estimation trop basse. Le journal donne l'estimation en mots, avec la part des animaux que l'un ou l'autre a vue : « Estimer la population » divise par cette part.</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Survey of the first observer</source>
            <translation>Inventaire du premier observateur</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Survey of the second</source>
            <translation>Inventaire du second</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>All sightings</source>
            <translation>Toutes les observations</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Those that people drew</source>
            <translation>Celles dessinées par des personnes</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Those of the detector</source>
            <translation>Celles du détecteur</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Its class</source>
            <translation>Sa classe</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Its distance from the photo's centre</source>
            <translation>Sa distance au centre de la photo</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Its length</source>
            <translation>Sa longueur</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Sightings of the first</source>
            <translation>Observations du premier</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Sightings of the second</source>
            <translation>Observations du second</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>What makes an animal hard to see</source>
            <translation>Ce qui rend un animal difficile à voir</translation>
        </message>
        <message>
            <location filename="../algorithms/option_labels.py" />
            <source>(Options with -- exist only on the command line.)</source>
            <translation>(Les options avec -- n'existent que sur la ligne de commande.)</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Plan transects</source>
            <translation>Planifier des transects</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Lays transects over strata, for a wanted precision or effort, with routes for the GPS</source>
            <translation>Trace des transects dans les strates, pour une précision ou un effort voulus, avec des itinéraires pour le GPS</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Lays lines at equal distances over each stratum, the first one at random, across its long axis unless you give a bearing.

Give one wish: the CV of the estimate of all strata, the km of all lines, or the number of lines in each stratum. A CV needs an earlier survey (with estimates, or a table of transects with counts), or how many animals would be counted on a square kilometre.

The log says the lines, the km, the photos and the expected CV of each stratum. The output is a layer that “Estimate population” reads, and a GPX file with a route for each stratum.</source>
            <translation>Trace des lignes à distances égales dans chaque strate, la première au hasard, en travers de son grand axe sauf si vous donnez un cap.

Donnez un seul souhait : le CV de l'estimation de toutes les strates, les km de toutes les lignes, ou le nombre de lignes de chaque strate. Un CV demande un inventaire antérieur (avec des estimations, ou un tableau de transects avec des comptages), ou le nombre d'animaux que l'on compterait sur un kilomètre carré.

Le journal indique les lignes, les km, les photos et le CV attendu de chaque strate. La sortie est une couche que « Estimer la population » lit, et un fichier GPX avec un itinéraire pour chaque strate.</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <location filename="../algorithms/sample.py" />
            <location filename="../panel/estimate_questions.py" />
            <source>Strata</source>
            <translation>Strates</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Full width of the strip [m]</source>
            <translation>Largeur totale de la bande [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Wanted CV of the estimate [%]</source>
            <translation>CV voulu de l'estimation [%]</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Or: km of all lines together</source>
            <translation>Ou : km de toutes les lignes ensemble</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Or: lines in each stratum</source>
            <translation>Ou : lignes dans chaque strate</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Earlier survey, or its table of transects</source>
            <translation>Inventaire antérieur, ou son tableau de transects</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Surveys and tables (*.gpkg *.csv)</source>
            <translation>Inventaires et tableaux (*.gpkg *.csv)</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Class in the earlier survey</source>
            <translation>Classe dans l'inventaire antérieur</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Without an earlier survey: animals that are counted on a km²</source>
            <translation>Sans inventaire antérieur : animaux comptés sur un km²</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Bearing of the lines [degrees]</source>
            <translation>Cap des lignes [degrés]</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Distance between two photos [m]</source>
            <translation>Distance entre deux photos [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Random seed of the first lines</source>
            <translation>Graine aléatoire des premières lignes</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Planned transects</source>
            <translation>Transects planifiés</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Layers (*.gpkg)</source>
            <translation>Couches (*.gpkg)</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Routes for the GPS</source>
            <translation>Itinéraires pour le GPS</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Routes (*.gpx)</source>
            <translation>Itinéraires (*.gpx)</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Positions (*.csv *.txt *.tsv *.gpx *.pos *.mrk *.json *.geojson)</source>
            <translation>Positions (*.csv *.txt *.tsv *.gpx *.pos *.mrk *.json *.geojson)</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>As the file says</source>
            <translation>Comme le fichier le dit</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Yaw, pitch and roll of the gimbal (pitch -90 looks straight down)</source>
            <translation>Lacet, tangage et roulis de la nacelle (tangage -90 : elle regarde droit en bas)</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Yaw, pitch and roll of a camera (pitch 0 looks straight down)</source>
            <translation>Lacet, tangage et roulis d'une caméra (tangage 0 : elle regarde droit en bas)</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Yaw, pitch and roll of the aircraft</source>
            <translation>Lacet, tangage et roulis de l'aéronef</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Omega, phi and kappa</source>
            <translation>Oméga, phi et kappa</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>CRS of the columns x and y, for example EPSG:32737</source>
            <translation>SCR des colonnes x et y, par exemple EPSG:32737</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Angles in the positions</source>
            <translation>Angles des positions</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Error of the positions [m] (empty: as the file says, otherwise 3)</source>
            <translation>Erreur des positions [m] (vide : comme le fichier le dit, sinon 3)</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>Images: {images}. Tiles: {tiles}.</source>
            <translation>Images : {images}. Tuiles : {tiles}.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{done} of {tiles} tiles, {speed:.1f} per second, {left}. {detections} boxes so far.</source>
            <translation>{done} tuiles sur {tiles}, {speed:.1f} par seconde, {left}. {detections} cadres jusqu'ici.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{done} of {images} images read.</source>
            <translation>{done} images lues sur {images}.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>Pictures of the animals of {done} of {images} images made.</source>
            <translation>Vignettes des animaux faites pour {done} images sur {images}.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>Images to learn from: {}.</source>
            <translation>Images dont il apprend : {}.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>Learning, {left}.</source>
            <translation>Apprentissage, {left}.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{n} s left</source>
            <translation>encore {n} s</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{n} min left</source>
            <translation>encore {n} min</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{n:.1f} h left</source>
            <translation>encore {n:.1f} h</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Write a survey report</source>
            <translation>Écrire un rapport d'inventaire</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Writes the survey as one page to print and sign</source>
            <translation>Écrit l'inventaire sur une page à imprimer et à signer</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Writes one page that opens in any browser, also offline, and prints on A4. It shows what was counted and how sure that is, what was not looked at, a map, the effort, the estimates, the quality of the detector and the method, and has lines for signatures.

With the ending .pdf, the Chrome, Chromium, Edge or Brave of this computer prints it.

Estimate the population first. Without estimates, the page shows what was found.</source>
            <translation>Écrit une page qui s'ouvre dans tout navigateur, même hors ligne, et s'imprime en A4. Elle montre ce qui a été compté et avec quelle certitude, ce qui n'a pas été examiné, une carte, l'effort, les estimations, la qualité du détecteur et la méthode, et elle a des lignes pour les signatures.

Avec l'extension .pdf, le Chrome, Chromium, Edge ou Brave de cet ordinateur l'imprime.

Estimez d'abord la population. Sans estimations, la page montre ce qui a été trouvé.</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Title of the report</source>
            <translation>Titre du rapport</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Table of two observers, to be shown in the report</source>
            <translation>Tableau de deux observateurs, à montrer dans le rapport</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Survey report</source>
            <translation>Rapport d'inventaire</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Pages (*.html);;PDF (*.pdf)</source>
            <translation>Pages (*.html);;PDF (*.pdf)</translation>
        </message>
        <message>
            <location filename="../algorithms/runs.py" />
            <source>Starting…</source>
            <translation>Démarrage…</translation>
        </message>
        <message>
            <location filename="../algorithms/runs.py" />
            <source>Stopping…</source>
            <translation>Arrêt en cours…</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Draw photos to review</source>
            <translation>Tirer des photos à vérifier</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Draws random photos to review, so that an estimate can be corrected</source>
            <translation>Tire au hasard des photos à vérifier, pour pouvoir corriger une estimation</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Draws random photos: of those in which the detector found something, and of those in which it found nothing; with strata, so many in each stratum.

Review these photos from the top: confirm or reject the boxes, and draw the animals that are missing. Write yes into the column reviewed. Then give the table to “Estimate population”. If the table exists, photos are added and earlier marks are kept.</source>
            <translation>Tire des photos au hasard : parmi celles où le détecteur a trouvé quelque chose et parmi celles où il n'a rien trouvé ; avec des strates, autant dans chaque strate.

Vérifiez ces photos en commençant par le haut : confirmez ou rejetez les cadres, et dessinez les animaux qui manquent. Écrivez yes dans la colonne reviewed. Donnez ensuite le tableau à « Estimer la population ». Si le tableau existe, des photos y sont ajoutées et les marques antérieures sont gardées.</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Photos with detections</source>
            <translation>Photos avec des détections</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Photos without detections</source>
            <translation>Photos sans détections</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Random seed</source>
            <translation>Graine aléatoire</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Sample</source>
            <translation>Échantillon</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Make a share folder</source>
            <translation>Faire un dossier à partager</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Makes a folder with a map and the photos, which opens offline in any browser</source>
            <translation>Fait un dossier avec une carte et les photos, qui s'ouvre hors ligne dans tout navigateur</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Makes a folder for people without Herdmap and QGIS. They open its index.html in any browser, also offline and on a phone, and see the map, the photos with their boxes, filters and counts. The folder is a few per cent as large as the imagery.

Largest size: for example 50MB or 5%. If you leave it empty, the limit is 5 % of the imagery.</source>
            <translation>Fait un dossier pour les personnes sans Herdmap ni QGIS. Elles ouvrent son index.html dans tout navigateur, même hors ligne et sur un téléphone, et voient la carte, les photos avec leurs cadres, des filtres et les comptages. Le dossier fait quelques pour cent de la taille des images.

Taille maximale : par exemple 50MB ou 5%. Si vous laissez ce champ vide, la limite est de 5 % des images.</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Title of the page</source>
            <translation>Titre de la page</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Largest size (for example 50MB or 5%)</source>
            <translation>Taille maximale (par exemple 50MB ou 5%)</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Also pictures with the boxes drawn on them</source>
            <translation>Aussi des vues avec les cadres dessinés dessus</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Also pictures of images outside the survey's folder</source>
            <translation>Aussi des vues d'images hors du dossier de l'inventaire</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <location filename="../panel/steps.py" />
            <source>Share folder</source>
            <translation>Dossier à partager</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <location filename="../panel/own_animals.py" />
            <source>Teach a model</source>
            <translation>Entraîner un modèle</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Learns the animals that people marked in a survey, and writes a model for Detect animals</source>
            <translation>Apprend les animaux marqués dans un inventaire et écrit un modèle pour Détecter les animaux</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Makes a model of your own animals in about ten minutes. It learns from animals that people marked or confirmed, from ground that they searched and where no animal is, and from detections that they rejected. It learns nothing of ground that nobody searched. Search and mark 10 to 30 images first, also some without animals.

Some images are held out to measure on. The report says whether the model is fit to count with, shows its worst mistakes, says what more images would bring, and which images to search next.

Run it again after more reviews with the same model file: it goes on from that model, and holds out the same images. Then use the model in “Detect animals”.

It needs torch: in Herdmap ▸ Settings, press “Add teaching”.</source>
            <translation>Fait un modèle de vos propres animaux en dix minutes environ. Il apprend des animaux que des personnes ont marqués ou confirmés, du sol qu'elles ont examiné et où il n'y a pas d'animal, et des détections qu'elles ont rejetées. Il n'apprend rien du sol que personne n'a examiné. Examinez et marquez d'abord 10 à 30 images, dont certaines sans animaux.

Des images sont mises de côté pour mesurer. Le rapport dit si le modèle est assez bon pour compter, montre ses pires erreurs, dit ce que plus d'images apporteraient et quelles images examiner ensuite.

Relancez après d'autres vérifications avec le même fichier de modèle : l'entraînement part de ce modèle et met de côté les mêmes images. Utilisez ensuite le modèle dans « Détecter les animaux ».

Il faut torch : dans Herdmap ▸ Paramètres, cliquez sur « Ajouter l'entraînement ».</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <location filename="../panel/own_animals.py" />
            <source>Minutes, about</source>
            <translation>Minutes, environ</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Another survey to learn from</source>
            <translation>Autre inventaire dont apprendre</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Length of the animals, px (if only points are marked)</source>
            <translation>Longueur des animaux, px (si seuls des points sont marqués)</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Images to measure on</source>
            <translation>Images pour mesurer</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Animals in them</source>
            <translation>Animaux qu'elles montrent</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Found</source>
            <translation>Trouvés</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>False alarms</source>
            <translation>Fausses alertes</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Fit to count with</source>
            <translation>Convient pour compter</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Which is better: find or model</source>
            <translation>Lequel est meilleur : find ou model</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>How good the model is: {page}</source>
            <translation>Qualité du modèle : {page}</translation>
        </message>
        <message>
            <location filename="../environment/brought_python.py" />
            <location filename="../environment/set_up.py" />
            <source>Fetching Python</source>
            <translation>Récupération de Python</translation>
        </message>
        <message>
            <location filename="../environment/brought_python.py" />
            <source>QGIS's own Python has no pip, so it cannot fetch another Python.</source>
            <translation>Le Python de QGIS n’a pas pip et ne peut donc pas récupérer un autre Python.</translation>
        </message>
        <message>
            <location filename="../environment/carried.py" />
            <source>{name} is missing in the plugin's folder, or changed. Install the plugin again from its zip.</source>
            <translation>{name} manque dans le dossier de l'extension, ou a été changé. Réinstallez l'extension depuis son zip.</translation>
        </message>
        <message>
            <location filename="../environment/environment.py" />
            <source>The Python of the chosen environment does not exist: {path}. Choose another one in Herdmap ▸ Settings.</source>
            <translation>Le Python de l'environnement choisi n'existe pas : {path}. Choisissez-en un autre dans Herdmap ▸ Paramètres.</translation>
        </message>
        <message>
            <location filename="../environment/environment.py" />
            <source>The detector is not set up yet. Press “Set up” in Herdmap ▸ Settings. You do this once, and it takes a few minutes.</source>
            <translation>Le détecteur n'est pas encore installé. Cliquez sur « Installer » dans Herdmap ▸ Paramètres. Cela se fait une seule fois et prend quelques minutes.</translation>
        </message>
        <message>
            <location filename="../environment/environment.py" />
            <source>{python} has no herdmap. Run “pip install herdmap” in that environment, or choose another one.</source>
            <translation>{python} n'a pas herdmap. Lancez « pip install herdmap » dans cet environnement, ou choisissez-en un autre.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The disk is full. Free 2 GB and press the button again. Finished downloads are kept.</source>
            <translation>Le disque est plein. Libérez 2 Go et cliquez de nouveau sur le bouton. Les téléchargements finis sont gardés.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The proxy did not work. Check it in Settings ▸ Options ▸ Network or ask your network administrator. Then press the button again.</source>
            <translation>Le proxy n'a pas fonctionné. Vérifiez-le dans Préférences ▸ Options ▸ Réseau ou demandez à votre administrateur réseau. Cliquez ensuite de nouveau sur le bouton.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>This computer does not trust the certificate of the connection. Either its clock is wrong, or your network inspects encrypted connections. Check the clock. Ask your network administrator for the certificate as a .pem file, set the environment variable PIP_CERT to that file, restart QGIS and press the button again.</source>
            <translation>Cet ordinateur ne fait pas confiance au certificat de la connexion. Soit son horloge est fausse, soit votre réseau inspecte les connexions chiffrées. Vérifiez l'horloge. Demandez à votre administrateur réseau le certificat en fichier .pem, donnez ce fichier à la variable d'environnement PIP_CERT, redémarrez QGIS et cliquez de nouveau sur le bouton.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The package index could not be reached. Check the internet connection. If you use a proxy, check Settings ▸ Options ▸ Network. Then press the button again. Finished downloads are kept.</source>
            <translation>L'index de paquets n'a pas pu être joint. Vérifiez la connexion à Internet. Si vous utilisez un proxy, vérifiez Préférences ▸ Options ▸ Réseau. Cliquez ensuite de nouveau sur le bouton. Les téléchargements finis sont gardés.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The package index refused the request. If your organisation has its own index, check the address and the password in pip's configuration (pip.ini or pip.conf).</source>
            <translation>L'index de paquets a refusé la demande. Si votre organisation a son propre index, vérifiez l'adresse et le mot de passe dans la configuration de pip (pip.ini ou pip.conf).</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>A file that was fetched is not the one that was expected, so nothing of it was used. Try again, or on another network.</source>
            <translation>Un fichier téléchargé n’est pas celui attendu ; rien n’en a été utilisé. Réessayez, ou sur un autre réseau.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The path of the QGIS profile is too long for this system. Allow long paths in Windows (LongPathsEnabled), or make an environment in a folder with a short path and choose it below.</source>
            <translation>Le chemin du profil QGIS est trop long pour ce système. Autorisez les chemins longs dans Windows (LongPathsEnabled), ou faites un environnement dans un dossier au chemin court et choisissez-le ci-dessous.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>A file could not be read or written, because an antivirus program or another program uses it. Close other QGIS windows, exclude the folder below from the antivirus program, and press the button again.</source>
            <translation>Un fichier n'a pas pu être lu ou écrit, car un antivirus ou un autre programme l'utilise. Fermez les autres fenêtres de QGIS, excluez le dossier ci-dessous de l'antivirus et cliquez de nouveau sur le bouton.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>You may not write to the folder below. Check its permissions and press the button again.</source>
            <translation>Vous ne pouvez pas écrire dans le dossier ci-dessous. Vérifiez ses droits et cliquez de nouveau sur le bouton.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>This Python is too old for the detector. Install Python 3.12 and choose it below.</source>
            <translation>Ce Python est trop ancien pour le détecteur. Installez Python 3.12 et choisissez-le ci-dessous.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>This Python cannot make environments. On Debian and Ubuntu, run “sudo apt install python3-venv”. On other systems, install Python from python.org and choose it below.</source>
            <translation>Ce Python ne peut pas faire d'environnements. Sur Debian et Ubuntu, lancez « sudo apt install python3-venv ». Sur d'autres systèmes, installez Python depuis python.org et choisissez-le ci-dessous.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The package index has no package for this system and this Python. The detector needs 64-bit Windows, macOS or Linux, and Python 3.11 to 3.14. Choose such a Python below. If your organisation has its own index, ask for the missing package there.</source>
            <translation>L'index de paquets n'a pas de paquet pour ce système et ce Python. Le détecteur demande Windows, macOS ou Linux en 64 bits, et Python 3.11 à 3.14. Choisissez un tel Python ci-dessous. Si votre organisation a son propre index, demandez-y le paquet manquant.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>A system library is missing. On Windows, install the Visual C++ Redistributable (x64) from Microsoft. On Linux, use a distribution from the last five years.</source>
            <translation>Une bibliothèque du système manque. Sur Windows, installez le Visual C++ Redistributable (x64) de Microsoft. Sur Linux, utilisez une distribution des cinq dernières années.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>Press “Copy diagnostics” and send the copied text to the person who helps you.</source>
            <translation>Cliquez sur « Copier le diagnostic » et envoyez le texte copié à la personne qui vous aide.</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>The detector took longer than {} s to list the models.</source>
            <translation>Le détecteur a mis plus de {} s à lister les modèles.</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>The models cannot be listed: {}</source>
            <translation>Les modèles ne peuvent pas être listés : {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>bundled</source>
            <translation>fourni</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>own</source>
            <translation>à vous</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>{}: cannot be used</source>
            <translation>{} : inutilisable</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>{:g} to {:g} cm a pixel</source>
            <translation>{:g} à {:g} cm par pixel</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>unknown</source>
            <translation>inconnu</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>F1 {}</source>
            <translation>F1 {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>F1 {:.2f} on {}</source>
            <translation>F1 {:.2f} sur {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>Finds: {}</source>
            <translation>Trouve : {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>Fits imagery of {}</source>
            <translation>Convient aux images de {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>a scale that its file does not say</source>
            <translation>une échelle que son fichier ne dit pas</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>How right: {}</source>
            <translation>Justesse : {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>its file does not say</source>
            <translation>son fichier ne le dit pas</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>Learnt from: {}</source>
            <translation>Appris sur : {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <location filename="../panel/road.py" />
            <source>{low} to {high}</source>
            <translation>{low} à {high}</translation>
        </message>
        <message>
            <location filename="../environment/packages.py" />
            <source>{folder} contains no packages. Choose a folder that “herdmap bundle” made on a computer with a network.</source>
            <translation>{folder} ne contient pas de paquets. Choisissez un dossier que « herdmap bundle » a fait sur un ordinateur relié au réseau.</translation>
        </message>
        <message>
            <location filename="../environment/packages.py" />
            <source>The package index has no Herdmap of this version, or a package is missing there. Choose “This plugin and the package index”, or ask for the packages there.</source>
            <translation>L'index de paquets n'a pas Herdmap dans cette version, ou un paquet y manque. Choisissez « Cette extension et l'index de paquets », ou demandez-y les paquets.</translation>
        </message>
        <message>
            <location filename="../environment/packages.py" />
            <source>{folder} lacks a package for this system and this Python. Make the folder again with “herdmap bundle” of this version, for this system and this version of Python.</source>
            <translation>Il manque dans {folder} un paquet pour ce système et ce Python. Refaites le dossier avec « herdmap bundle » de cette version, pour ce système et cette version de Python.</translation>
        </message>
        <message>
            <location filename="../environment/packages_choice.py" />
            <source>This plugin and the package index</source>
            <translation>Cette extension et l'index de paquets</translation>
        </message>
        <message>
            <location filename="../environment/packages_choice.py" />
            <source>The package index alone</source>
            <translation>L'index de paquets seul</translation>
        </message>
        <message>
            <location filename="../environment/packages_choice.py" />
            <source>A folder, without a network</source>
            <translation>Un dossier, sans réseau</translation>
        </message>
        <message>
            <location filename="../environment/packages_choice.py" />
            <source>folder that “herdmap bundle” made</source>
            <translation>dossier que « herdmap bundle » a fait</translation>
        </message>
        <message>
            <location filename="../environment/process.py" />
            <source>{}: cannot be started ({})</source>
            <translation>{} : impossible à démarrer ({})</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>No Python was found</source>
            <translation>Aucun Python n'a été trouvé</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>The detector needs Python 3.11 or newer. {found}. {mend}, then press the button again.</source>
            <translation>Le détecteur demande Python 3.11 ou plus récent. {found}. {mend}, puis cliquez de nouveau sur le bouton.</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is the Microsoft Store's, which cannot make an environment for QGIS</source>
            <translation>est celui du Microsoft Store, qui ne peut pas créer d'environnement pour QGIS</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is QGIS's own Python, which changes with each update of QGIS</source>
            <translation>est le Python de QGIS lui-même, qui change à chaque mise à jour de QGIS</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>cannot be started</source>
            <translation>ne peut pas être démarré</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>cannot make environments (on Debian and Ubuntu, run “sudo apt install python3-venv”)</source>
            <translation>ne peut pas faire d'environnements (sur Debian et Ubuntu, lancez « sudo apt install python3-venv »)</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is not a working Python</source>
            <translation>n'est pas un Python qui fonctionne</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is Python {version}, which is too old</source>
            <translation>est Python {version}, trop ancien</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is Python {version}, but the folder has the packages for {those}</source>
            <translation>est Python {version}, mais le dossier a les paquets pour {those}</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is a 32-bit Python, but the detector needs 64 bit</source>
            <translation>est un Python de 32 bits, mais le détecteur demande 64 bits</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>Install it from python.org (you need no administrator rights), not from the Microsoft Store</source>
            <translation>Installez-le depuis python.org (sans droits d'administrateur), et non depuis le Microsoft Store</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>Install it from python.org</source>
            <translation>Installez-le depuis python.org</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>Install it with your system's packages (python3 and python3-venv)</source>
            <translation>Installez-le avec les paquets de votre système (python3 et python3-venv)</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>“Add teaching” also installs torch, which “Teach a model” needs: about {load:g} GB to download, {disk:g} GB on the disk, 2 to 20 minutes. Everything else works without it.</source>
            <translation>« Ajouter l'entraînement » installe aussi torch, dont « Entraîner un modèle » a besoin : environ {load:g} Go à télécharger, {disk:g} Go sur le disque, 2 à 20 minutes. Tout le reste fonctionne sans.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>This copy of the plugin contains no detector. Install the plugin from its zip, or choose an existing environment.</source>
            <translation>Cette copie de l'extension ne contient pas de détecteur. Installez l'extension depuis son zip, ou choisissez un environnement existant.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Ready</source>
            <translation>Prêt</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Looking for Python</source>
            <translation>Recherche de Python</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Python: {path}</source>
            <translation>Python : {path}</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>The disk has {free:.1f} GB left, but the detector needs {needed:.1f} GB. Free some space and press the button again.</source>
            <translation>Il reste {free:.1f} Go sur le disque, mais le détecteur demande {needed:.1f} Go. Libérez de la place et cliquez de nouveau sur le bouton.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Making the environment</source>
            <translation>Création de l'environnement</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Downloading the packages</source>
            <translation>Téléchargement des paquets</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>The tested versions of the packages do not exist for this Python. Newer versions are installed. Counts may differ a little from those of other computers.</source>
            <translation>Les versions testées des paquets n'existent pas pour ce Python. Des versions plus récentes sont installées. Les comptages peuvent différer un peu de ceux d'autres ordinateurs.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Testing the detector</source>
            <translation>Essai du détecteur</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>The detector was installed but does not run on this computer.</source>
            <translation>Le détecteur a été installé mais ne fonctionne pas sur cet ordinateur.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Cancelled. Press “Set up” to start again. Finished downloads are kept.</source>
            <translation>Annulé. Cliquez sur « Installer » pour recommencer. Les téléchargements finis sont gardés.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Downloading {name}</source>
            <translation>Téléchargement de {name}</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Installing the packages</source>
            <translation>Installation des paquets</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Herdmap settings</source>
            <translation>Paramètres de Herdmap</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The detector is not set up yet. Press “Set up” below. You do this once; it takes a few minutes.</source>
            <translation>Le détecteur n'est pas encore installé. Cliquez sur « Installer » ci-dessous. Cela se fait une seule fois et prend quelques minutes.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Checking the detector</source>
            <translation>Contrôle du détecteur</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The check of the detector failed: {error}</source>
            <translation>Le contrôle du détecteur a échoué : {error}</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The detector does not run.</source>
            <translation>Le détecteur ne fonctionne pas.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>on the GPU ({device})</source>
            <translation>sur le GPU ({device})</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>on the CPU</source>
            <translation>sur le CPU</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Ready: Herdmap {version} runs {where}.</source>
            <translation>Prêt : Herdmap {version} fonctionne {where}.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The plugin contains another version. Press “Set up again”.</source>
            <translation>L'extension contient une autre version. Cliquez sur « Réinstaller ».</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Setting up…</source>
            <translation>Installation…</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Setting up the detector</source>
            <translation>Installation du détecteur</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Or press “Get Python too”.</source>
            <translation>Ou appuyez sur « Récupérer aussi Python ».</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Copied. Paste the text into your message. It contains no names and no passwords.</source>
            <translation>Copié. Collez le texte dans votre message. Il ne contient ni noms ni mots de passe.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <location filename="../environment/uninstalling.py" />
            <source>Some files could not be removed: {error}</source>
            <translation>Certains fichiers n'ont pas pu être supprimés : {error}</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Set up again</source>
            <translation>Réinstaller</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Set up</source>
            <translation>Installer</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Teaching is installed</source>
            <translation>L'entraînement est installé</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Add teaching</source>
            <translation>Ajouter l'entraînement</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The set-up writes its log here.</source>
            <translation>L'installation écrit son journal ici.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Copy diagnostics</source>
            <translation>Copier le diagnostic</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Own environment, set up by this plugin</source>
            <translation>Environnement propre, installé par cette extension</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Existing environment</source>
            <translation>Environnement existant</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>python of an environment that contains herdmap</source>
            <translation>python d'un environnement qui contient herdmap</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Python</source>
            <translation>Python</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Where the detector runs</source>
            <translation>Où le détecteur fonctionne</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>“Set up” downloads the detector's packages from your package index and puts them into the folder below (600 MB). It does not change QGIS. It uses the proxy of QGIS and the configuration of pip.</source>
            <translation>« Installer » télécharge les paquets du détecteur depuis votre index de paquets et les met dans le dossier ci-dessous (600 Mo). QGIS n'est pas changé. Le proxy de QGIS et la configuration de pip sont utilisés.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>found automatically</source>
            <translation>trouvé automatiquement</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Remove</source>
            <translation>Supprimer</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Delete the detector and its packages from the folder above</source>
            <translation>Supprimer le détecteur et ses paquets du dossier ci-dessus</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Get Python too ({number} MB)</source>
            <translation>Récupérer aussi Python ({number} Mo)</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Fetch a Python into the folder above and set up with it. Nothing else on this computer changes.</source>
            <translation>Récupérer un Python dans le dossier ci-dessus et installer avec lui. Rien d’autre ne change sur cet ordinateur.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Python to use</source>
            <translation>Python à utiliser</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Packages from</source>
            <translation>Paquets depuis</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Folder</source>
            <translation>Dossier</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Cancel</source>
            <translation>Annuler</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Check</source>
            <translation>Contrôler</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Test whether the detector runs in the chosen environment</source>
            <translation>Essayer si le détecteur fonctionne dans l'environnement choisi</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Programs (python*)</source>
            <translation>Programmes (python*)</translation>
        </message>
        <message>
            <location filename="../environment/uninstalling.py" />
            <source>The detector that Herdmap installed takes {size} MB in {folder}. Delete it too? Your surveys are not there and stay.</source>
            <translation>Le détecteur que Herdmap a installé occupe {size} Mo dans {folder}. Le supprimer aussi ? Vos inventaires n'y sont pas et restent.</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <location filename="../review/session.py" />
            <source>Reading the survey</source>
            <translation>Lecture de l'inventaire</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <source>New survey…</source>
            <translation>Nouvel inventaire…</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <location filename="../plugin.py" />
            <source>Settings…</source>
            <translation>Paramètres…</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <source>Another run of this panel works. Wait for it, or stop it.</source>
            <translation>Un autre traitement de ce panneau est en cours. Attendez-le, ou arrêtez-le.</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <source>Done.</source>
            <translation>Terminé.</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <source>Stopped. Finished work is kept.</source>
            <translation>Arrêté. Le travail fini est gardé.</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <location filename="../review/two_reviewers.py" />
            <source>The run failed. QGIS's log of messages says more.</source>
            <translation>Le traitement a échoué. Le journal des messages de QGIS en dit plus.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>The photos of the survey</source>
            <translation>Les photos de l'inventaire</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>All ground that the photos show</source>
            <translation>Tout le terrain que montrent les photos</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>not given</source>
            <translation>non donnée</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <location filename="../survey_words.py" />
            <source>Transects</source>
            <translation>Transects</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Name of the transect</source>
            <translation>Nom du transect</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Stratum of the transect</source>
            <translation>Strate du transect</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Full width of the strip</source>
            <translation>Largeur totale de la bande</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Name of the stratum</source>
            <translation>Nom de la strate</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Correct by the reviewed photos</source>
            <translation>Corriger par les photos vérifiées</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>The reviewed photos of a random sample show how many animals the detector misses and invents</source>
            <translation>Les photos vérifiées d'un échantillon aléatoire montrent combien d'animaux le détecteur manque et invente</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Draw photos…</source>
            <translation>Tirer des photos…</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Draw random photos to review, so that the estimate can be corrected: in each stratum {} with detections and {} without. Without strata, 100 of each kind.</source>
            <translation>Tirer au hasard des photos à vérifier, pour pouvoir corriger l'estimation : dans chaque strate, {} avec et {} sans détections. Sans strates, 100 de chaque sorte.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>No photos are drawn yet.</source>
            <translation>Aucune photo n'est encore tirée.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>{done} of {all} drawn photos are reviewed.</source>
            <translation>{done} des {all} photos tirées sont vérifiées.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>You may stop at any photo: each one more makes the interval narrower.</source>
            <translation>Vous pouvez vous arrêter à toute photo : chacune de plus rétrécit l'intervalle.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Choose the layer of strata first, or open it with “…”.</source>
            <translation>Choisissez d'abord la couche des strates, ou ouvrez-la par « … ».</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>These transects are lines. Give the full width of the strip.</source>
            <translation>Ces transects sont des lignes. Donnez la largeur totale de la bande.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>The column of that layer; empty: the usual name is looked for</source>
            <translation>La colonne de cette couche ; vide : le nom habituel est cherché</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <location filename="../panel/print_layout.py" />
            <location filename="../survey_words.py" />
            <source>Stratum</source>
            <translation>Strate</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <location filename="../panel/print_layout.py" />
            <source>95 % interval</source>
            <translation>Intervalle à 95 %</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <location filename="../panel/print_layout.py" />
            <source>per km²</source>
            <translation>par km²</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>all strata</source>
            <translation>ensemble</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>undefined</source>
            <translation>indéfini</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>The interval is wide. Press “Review them” and review more of the drawn photos.</source>
            <translation>L'intervalle est large. Appuyez sur « Les vérifier » et vérifiez plus des photos tirées.</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>Corrected by the photos that people reviewed.</source>
            <translation>Corrigé par les photos que des personnes ont vérifiées.</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>Not corrected for missed animals and false detections: the true number may lie outside the interval.</source>
            <translation>Non corrigé des animaux manqués et des fausses détections : le vrai nombre peut être hors de l'intervalle.</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>Not corrected for missed animals and false detections.</source>
            <translation>Non corrigé des animaux manqués et des fausses détections.</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>To correct it, press “Draw photos…”, then “Review them”.</source>
            <translation>Pour le corriger, appuyez sur « Tirer des photos… », puis sur « Les vérifier ».</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Detect the rest</source>
            <translation>Détecter le reste</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>How good it is</source>
            <translation>Sa qualité</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Teach with all settings…</source>
            <translation>Entraîner avec tous les réglages…</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Find more with all settings…</source>
            <translation>En trouver d'autres avec tous les réglages…</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Detect the rest with all settings…</source>
            <translation>Détecter le reste avec tous les réglages…</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Add teaching…</source>
            <translation>Ajouter l'entraînement…</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Open a survey first.</source>
            <translation>Ouvrez d'abord un inventaire.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>It needs torch. Press “Add teaching…” above.</source>
            <translation>Il faut torch. Appuyez sur « Ajouter l'entraînement… » ci-dessus.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Teach a model first.</source>
            <translation>Entraînez d'abord un modèle.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Searches as “Find more like these” does, because it makes fewer mistakes than the model.</source>
            <translation>Examine comme « Trouver d'autres animaux semblables », qui fait moins d'erreurs que le modèle.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>More animals are proposed. Review them: what you reject is learnt too. Then teach a model.</source>
            <translation>D'autres animaux sont proposés. Vérifiez-les : ce que vous rejetez s'apprend aussi. Puis entraînez un modèle.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Nothing more was found. Mark animals in more images, then press it again, or teach a model.</source>
            <translation>Rien de plus n'a été trouvé. Marquez des animaux dans d'autres images, puis appuyez encore, ou entraînez un modèle.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>“Find more like these” searched the rest, because it makes fewer mistakes than the model. Review what was found, then teach again.</source>
            <translation>« Trouver d'autres animaux semblables » a examiné le reste, car il fait moins d'erreurs que le modèle. Vérifiez ce qui a été trouvé, puis entraînez encore.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>The rest is searched. Review what was found, the doubtful ones first, then teach again or count.</source>
            <translation>Le reste a été examiné. Vérifiez ce qui a été trouvé, d'abord ce qui est douteux, puis entraînez encore ou comptez.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>The model found nothing in the rest. Mark animals in more images, and teach it again.</source>
            <translation>Le modèle n'a rien trouvé dans le reste. Marquez des animaux dans d'autres images et entraînez-le encore.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>The model is taught. Press “Detect the rest”.</source>
            <translation>Le modèle est entraîné. Appuyez sur « Détecter le reste ».</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/own_animals.py" />
            <source>On %Ln images that it had not learnt from, it found {found} of {animals} animals and made {wrong} false alarms.</source>
            <translation>
                <numerusform>Sur %Ln image dont il n'avait rien appris, il a trouvé {found} animaux sur {animals}, avec {wrong} fausses alertes.</numerusform>
                <numerusform>Sur %Ln images dont il n'avait rien appris, il a trouvé {found} animaux sur {animals}, avec {wrong} fausses alertes.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>It is fit to count with.</source>
            <translation>Il convient pour compter.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>It is fit to propose: let people review what it finds.</source>
            <translation>Il convient pour proposer : faites vérifier ce qu'il trouve.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>The model is taught.</source>
            <translation>Le modèle est entraîné.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>So “Detect the rest” searches as “Find more like these” does. To search with the model, choose “Detect the rest with all settings…” below More.</source>
            <translation>« Détecter le reste » examine donc comme « Trouver d'autres animaux semblables ». Pour utiliser le modèle, choisissez « Détecter le reste avec tous les réglages… » sous Plus.</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>Set up…</source>
            <translation>Installer…</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>Continue</source>
            <translation>Continuer</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>Do not offer this run again. Its finished work stays beside the survey.</source>
            <translation>Ne plus proposer ce traitement. Son travail fini reste à côté de l'inventaire.</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>The detector is not set up yet. You do this once.</source>
            <translation>Le détecteur n'est pas encore installé. Cela se fait une seule fois.</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>I have read this</source>
            <translation>J'ai lu ceci</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>All commands</source>
            <translation>Toutes les commandes</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <location filename="../review/panel.py" />
            <location filename="../search/panel.py" />
            <source>Open the GeoPackage of a survey</source>
            <translation>Ouvrir le GeoPackage d'un inventaire</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>Help: the pages that come with the plugin</source>
            <translation>Aide : les pages fournies avec l'extension</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>region</source>
            <translation>région</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>And {} more, in QGIS's log of messages.</source>
            <translation>Et {} de plus, dans le journal des messages de QGIS.</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>A run was stopped: {}. Finished work is kept.</source>
            <translation>Un traitement a été arrêté : {}. Le travail fini est gardé.</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Survey {}</source>
            <translation>Inventaire {}</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Made with Herdmap in QGIS. Coordinates: {}</source>
            <translation>Fait avec Herdmap dans QGIS. Coordonnées : {}</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>What was counted</source>
            <translation>Ce qui a été compté</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>What was estimated</source>
            <translation>Ce qui a été estimé</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Legend</source>
            <translation>Légende</translation>
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
                <numerusform>%Ln classe de plus</numerusform>
                <numerusform>%Ln classes de plus</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <location filename="../review/choice.py" />
            <source>All</source>
            <translation>Tous</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Reviewed</source>
            <translation>Vérifiés</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Images searched</source>
            <translation>Images cherchées</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Folder…</source>
            <translation>Dossier…</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>A folder of photos, with its subfolders</source>
            <translation>Un dossier de photos, avec ses sous-dossiers</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Files…</source>
            <translation>Fichiers…</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Orthomosaics or photos</source>
            <translation>Orthomosaïques ou photos</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Choose a folder or files</source>
            <translation>Choisissez un dossier ou des fichiers</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/questions.py" />
            <source>{} and %Ln more</source>
            <translation>
                <numerusform>{} et %Ln de plus</numerusform>
                <numerusform>{} et %Ln de plus</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Images (*)</source>
            <translation>Images (*)</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Open a file</source>
            <translation>Ouvrir un fichier</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Layers (*.gpkg *.shp *.geojson *.kml);;All files (*)</source>
            <translation>Couches (*.gpkg *.shp *.geojson *.kml);;Tous les fichiers (*)</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Open a layer</source>
            <translation>Ouvrir une couche</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Find the animals</source>
            <translation>Trouver les animaux</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Teach your animals</source>
            <translation>Apprendre vos animaux</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <location filename="../panel/steps.py" />
            <location filename="../plugin.py" />
            <source>Review</source>
            <translation>Vérifier</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Count per region</source>
            <translation>Compter par région</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Estimate the population</source>
            <translation>Estimer la population</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Report and share</source>
            <translation>Rapport et partage</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Choose photos or an orthomosaic.</source>
            <translation>Choisissez des photos ou une orthomosaïque.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Report: {}</source>
            <translation>Rapport : {}</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>No report yet.</source>
            <translation>Pas encore de rapport.</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images</source>
            <translation>
                <numerusform>%Ln image</numerusform>
                <numerusform>%Ln images</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln have no place on the map</source>
            <translation>
                <numerusform>%Ln n'a pas de place sur la carte</numerusform>
                <numerusform>%Ln n'ont pas de place sur la carte</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>“More” has “Georeference photos”, which places them.</source>
            <translation>Sous « Plus », « Géoréférencer les photos » les place.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>{animals} in {images}</source>
            <translation>{animals} sur {images}</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln animals</source>
            <translation>
                <numerusform>%Ln animal</numerusform>
                <numerusform>%Ln animaux</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>No animals</source>
            <translation>Aucun animal</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images not searched yet</source>
            <translation>
                <numerusform>%Ln image pas encore examinée</numerusform>
                <numerusform>%Ln images pas encore examinées</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images failed</source>
            <translation>
                <numerusform>%Ln image en échec</numerusform>
                <numerusform>%Ln images en échec</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Mark {} or more animals of a class first.</source>
            <translation>Marquez d'abord au moins {} animaux d'une classe.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Mark animals in a second image too: it is to measure on.</source>
            <translation>Marquez aussi des animaux dans une deuxième image : elle sert à mesurer.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Nothing says where no animal is: search some images, or reject what is wrong.</source>
            <translation>Rien ne dit où il n'y a pas d'animal : examinez des images, ou rejetez ce qui est faux.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>If no model knows your animals: search some images by eye, then teach one.</source>
            <translation>Si aucun modèle ne connaît vos animaux : examinez des images à l'œil, puis entraînez-en un.</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images searched by people</source>
            <translation>
                <numerusform>%Ln image examinée par des personnes</numerusform>
                <numerusform>%Ln images examinées par des personnes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln animals marked</source>
            <translation>
                <numerusform>%Ln animal marqué</numerusform>
                <numerusform>%Ln animaux marqués</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Model: {}</source>
            <translation>Modèle : {}</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <location filename="../review/panel.py" />
            <source>Nothing to review</source>
            <translation>Rien à vérifier</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>{done} of {all} reviewed</source>
            <translation>{done} vérifiés sur {all}</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <location filename="../review/panel.py" />
            <source>%Ln rejected</source>
            <translation>
                <numerusform>%Ln rejeté</numerusform>
                <numerusform>%Ln rejetés</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Not counted yet.</source>
            <translation>Pas encore compté.</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln regions</source>
            <translation>
                <numerusform>%Ln région</numerusform>
                <numerusform>%Ln régions</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>{animals} in {regions} and outside</source>
            <translation>{animals} dans {regions} et en dehors</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>The animals have changed since. Count again.</source>
            <translation>Les animaux ont changé depuis. Comptez de nouveau.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>interval undefined</source>
            <translation>intervalle non défini</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>no interval</source>
            <translation>sans intervalle</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Not estimated yet.</source>
            <translation>Pas encore estimé.</translation>
        </message>
        <message>
            <location filename="../panel/step_box.py" />
            <source>Stop</source>
            <translation>Arrêter</translation>
        </message>
        <message>
            <location filename="../panel/step_box.py" />
            <location filename="../review/panel.py" />
            <source>More</source>
            <translation>Plus</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Georeference photos…</source>
            <translation>Géoréférencer les photos…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Search by eye</source>
            <translation>Chercher à l'œil</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Detect with all settings…</source>
            <translation>Détecter avec tous les réglages…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Import detections or labels…</source>
            <translation>Importer des détections ou des étiquettes…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <location filename="../plugin.py" />
            <location filename="../search/dock.py" />
            <source>Search images</source>
            <translation>Examiner les images</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Export training data…</source>
            <translation>Exporter des données d'entraînement…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Count</source>
            <translation>Compter</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Count with all settings…</source>
            <translation>Compter avec tous les réglages…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Estimate</source>
            <translation>Estimer</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Estimate with all settings…</source>
            <translation>Estimer avec tous les réglages…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Draw photos with all settings…</source>
            <translation>Tirer des photos avec tous les réglages…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Write report</source>
            <translation>Écrire le rapport</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Open it</source>
            <translation>L'ouvrir</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>As PDF</source>
            <translation>En PDF</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Print layout</source>
            <translation>Mise en page</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Report with all settings…</source>
            <translation>Rapport avec tous les réglages…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Share folder with all settings…</source>
            <translation>Dossier à partager avec tous les réglages…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Export animals…</source>
            <translation>Exporter les animaux…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Nothing searched yet.</source>
            <translation>Rien n'est encore examiné.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The survey {} exists: it is continued, and reviews are kept.</source>
            <translation>L'inventaire {} existe : il est continué, et les vérifications sont gardées.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>A run was stopped here. It goes on where it stopped.</source>
            <translation>Un traitement a été arrêté ici. Il reprend là où il s'est arrêté.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Survey: {}</source>
            <translation>Inventaire : {}</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Choose the layer of regions first, or open it with “…”.</source>
            <translation>Choisissez d'abord la couche des régions, ou ouvrez-la avec « … ».</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The animals are counted.</source>
            <translation>Les animaux sont comptés.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The population is estimated.</source>
            <translation>La population est estimée.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Photos are drawn. Review them: mark all animals of each.</source>
            <translation>Les photos sont tirées. Vérifiez-les : marquez tous les animaux de chacune.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The report is written: {}</source>
            <translation>Le rapport est écrit : {}</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The print layout was written as PDF instead: {}</source>
            <translation>La mise en page a été écrite en PDF à la place : {}</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The share folder is made: {}</source>
            <translation>Le dossier à partager est fait : {}</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Herdmap</source>
            <translation>Herdmap</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>The survey at hand, from the imagery to the report</source>
            <translation>L'inventaire en cours, des images au rapport</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Detect animals…</source>
            <translation>Détecter les animaux…</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Find animals in imagery and put them on the map</source>
            <translation>Trouver les animaux dans les images et les placer sur la carte</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Look at the detections one by one and confirm or reject them</source>
            <translation>Regarder les détections une par une et les confirmer ou les rejeter</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Look at the images cell by cell and mark every animal</source>
            <translation>Regarder les images cellule par cellule et marquer chaque animal</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Count per region…</source>
            <translation>Compter par région…</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Count the animals in each polygon of a layer</source>
            <translation>Compter les animaux dans chaque polygone d'une couche</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Open survey…</source>
            <translation>Ouvrir un inventaire…</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Open the GeoPackage of a survey with all its layers</source>
            <translation>Ouvrir le GeoPackage d'un inventaire avec toutes ses couches</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Set up the detector and check that it runs</source>
            <translation>Installer le détecteur et contrôler qu'il fonctionne</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <location filename="../survey_panel.py" />
            <source>Open survey</source>
            <translation>Ouvrir un inventaire</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>There is no box yet. Drag one, or press an arrow key.</source>
            <translation>Il n'y a pas encore de cadre. Tracez-en un, ou appuyez sur une flèche.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <location filename="../review/reshaping.py" />
            <source>The box lies outside the image. Draw it on the image.</source>
            <translation>Le cadre est hors de l'image. Dessinez-le sur l'image.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>Added: {}. Draw the next one, or press Esc to go on with the review. U takes it back.</source>
            <translation>Ajouté : {}. Dessinez le suivant, ou appuyez sur Échap pour continuer la vérification. U l'annule.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>An animal is here already: {animal}, {state}, in {photo}. Press Enter again if this is another animal, or Esc to drop the box.</source>
            <translation>Un animal est déjà ici : {animal}, {state}, dans {photo}. Appuyez encore sur Entrée si c'est un autre animal, ou sur Échap pour abandonner le cadre.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <location filename="../review/card.py" />
            <source>added by hand</source>
            <translation>ajouté à la main</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>detected</source>
            <translation>détecté</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>There is no image here. Draw on an image, or press Esc to stop.</source>
            <translation>Il n'y a pas d'image ici. Dessinez sur une image, ou appuyez sur Échap pour arrêter.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>Adding: {}. Drag a box around the animal, or press an arrow key for a box in the middle. 1 to 9 or L chooses the class, Esc ends.</source>
            <translation>Ajout : {}. Tracez un cadre autour de l'animal, ou appuyez sur une flèche pour un cadre au milieu. 1 à 9 ou L choisit la classe, Échap termine.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>Adding: {}. Enter adds the animal, Esc drops the box. Drag the box or its handles, or use the keys: arrows move it, Shift + arrows resize it, with Ctrl by one pixel. 1 to 9 or L chooses the class.</source>
            <translation>Ajout : {}. Entrée ajoute l'animal, Échap abandonne le cadre. Tirez le cadre ou ses poignées, ou utilisez les touches : les flèches le déplacent, Maj + flèches change sa taille, avec Ctrl d'un pixel. 1 à 9 ou L choisit la classe.</translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>The detections of this survey are not on the map. Open its layers first.</source>
            <translation>Les détections de cet inventaire ne sont pas sur la carte. Ouvrez d'abord ses couches.</translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>Click the corners of an area on the map. A right click or Enter closes it, U takes a corner back, Esc ends this.</source>
            <translation>Cliquez les sommets d'une zone sur la carte. Un clic droit ou Entrée la ferme, U retire un sommet, Échap termine.</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln animals to review lie in this area.</source>
            <translation>
                <numerusform>%Ln animal à vérifier se trouve dans cette zone.</numerusform>
                <numerusform>%Ln animaux à vérifier se trouvent dans cette zone.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln others there are reviewed or not chosen, and stay as they are.</source>
            <translation>
                <numerusform>%Ln autre y est déjà vérifié ou non choisi, et reste tel quel.</numerusform>
                <numerusform>%Ln autres y sont déjà vérifiés ou non choisis, et restent tels quels.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>X rejects them, C confirms them, Esc drops the area.</source>
            <translation>X les rejette, C les confirme, Échap abandonne la zone.</translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>Close the area first: a right click or Enter.</source>
            <translation>Fermez d'abord la zone : clic droit ou Entrée.</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln animals confirmed.</source>
            <translation>
                <numerusform>%Ln animal confirmé.</numerusform>
                <numerusform>%Ln animaux confirmés.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln animals rejected.</source>
            <translation>
                <numerusform>%Ln animal rejeté.</numerusform>
                <numerusform>%Ln animaux rejetés.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>U takes it back. Draw another area, or press Esc.</source>
            <translation>U l'annule. Dessinez une autre zone, ou appuyez sur Échap.</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>point</source>
            <translation>point</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>Region: {}</source>
            <translation>Région : {}</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>Second best: {}</source>
            <translation>Deuxième choix : {}</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <location filename="../review/conflicts.py" />
            <source>Note: {}</source>
            <translation>Note : {}</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <location filename="../review/conflicts.py" />
            <source>no picture</source>
            <translation>pas d'image</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <location filename="../review/conflicts.py" />
            <location filename="../survey_words.py" />
            <source>rejected</source>
            <translation>rejeté</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>confirmed, detected as {}</source>
            <translation>confirmé, détecté comme {}</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <location filename="../survey_words.py" />
            <source>confirmed</source>
            <translation>confirmé</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <location filename="../survey_words.py" />
            <source>not reviewed</source>
            <translation>non vérifié</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>new class: {}</source>
            <translation>nouvelle classe : {}</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>What to review</source>
            <translation>Que vérifier</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>All classes</source>
            <translation>Toutes les classes</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Classes</source>
            <translation>Classes</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>to</source>
            <translation>à</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../score_filter.py" />
            <source>Scores from</source>
            <translation>Scores de</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../survey_words.py" />
            <source>Not reviewed</source>
            <translation>Non vérifiés</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Not reviewed, in one photo of several</source>
            <translation>Non vérifiés, sur une photo parmi plusieurs</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../review/panel.py" />
            <location filename="../survey_words.py" />
            <source>Confirmed</source>
            <translation>Confirmés</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../survey_words.py" />
            <source>Rejected</source>
            <translation>Rejetés</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../survey_words.py" />
            <source>Added by hand</source>
            <translation>Ajoutés à la main</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>With a note</source>
            <translation>Avec une note</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Animals that only one photo shows, though others look at the same place: many of them are false alarms</source>
            <translation>Animaux qu'une seule photo montre, alors que d'autres regardent la même place : beaucoup sont de fausses alertes</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Show</source>
            <translation>Afficher</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Anybody</source>
            <translation>N'importe qui</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Reviewed by</source>
            <translation>Vérifiés par</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Highest score first</source>
            <translation>Score le plus haut d'abord</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Lowest score first</source>
            <translation>Score le plus bas d'abord</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Most doubtful first</source>
            <translation>Le plus douteux d'abord</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Region by region, photo by photo</source>
            <translation>Région par région, photo par photo</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>A random sample</source>
            <translation>Un échantillon au hasard</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Low scores, a close second class, and animals that few of the photos of their place show</source>
            <translation>Scores bas, deuxième classe proche, et animaux que montrent peu des photos de leur place</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Order</source>
            <translation>Ordre</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>The same number draws the same sample again, also in a copy of the survey</source>
            <translation>Le même numéro tire de nouveau le même échantillon, aussi dans une copie de l'inventaire</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>sample no.</source>
            <translation>échantillon n°</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Sample size</source>
            <translation>Taille</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>{} is too large for a table of conflicts.</source>
            <translation>{} est trop grand pour un tableau de désaccords.</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../search/sample.py" />
            <source>{} cannot be read: {}</source>
            <translation>{} ne peut pas être lu : {}</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>{} is no table of conflicts of “Merge two reviews”.</source>
            <translation>{} n'est pas un tableau de désaccords de « Fusionner deux vérifications ».</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Conflicts of two reviewers</source>
            <translation>Désaccords de deux vérificateurs</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Back (←)</source>
            <translation>Retour (←)</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Next (→)</source>
            <translation>Suivant (→)</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../review/grid.py" />
            <source>Undo (U)</source>
            <translation>Annuler (U)</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>On the map (M)</source>
            <translation>Sur la carte (M)</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>This survey has no table of conflicts: {} does not exist.</source>
            <translation>Cet inventaire n'a pas de tableau de désaccords : {} n'existe pas.</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>{settled} of {all} conflicts are settled.</source>
            <translation>{settled} désaccords sur {all} sont tranchés.</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/conflicts.py" />
            <source>%Ln others are in the table only: they are of columns of your own.</source>
            <translation>
                <numerusform>%Ln autre n'est que dans le tableau : il porte sur une colonne à vous.</numerusform>
                <numerusform>%Ln autres ne sont que dans le tableau : ils portent sur des colonnes à vous.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Now: {}</source>
            <translation>Maintenant : {}</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Not settled. {}</source>
            <translation>Non tranché. {}</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../review/panel.py" />
            <source>{} of {}</source>
            <translation>{} sur {}</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../review/dock.py" />
            <source>Reject</source>
            <translation>Rejeter</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../review/file.py" />
            <source>Somebody</source>
            <translation>Quelqu'un</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>confirmed as {}</source>
            <translation>confirmé comme {}</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Review animals</source>
            <translation>Vérifier les animaux</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Confirm</source>
            <translation>Confirmer</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Other class…</source>
            <translation>Autre classe…</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Note…</source>
            <translation>Note…</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Add missed animal</source>
            <translation>Ajouter un animal</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <location filename="../search/dock.py" />
            <source>Undo</source>
            <translation>Annuler</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <location filename="../search/dock.py" />
            <source>Back</source>
            <translation>Retour</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Skip</source>
            <translation>Passer</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Adjust the box (E)</source>
            <translation>Ajuster le cadre (E)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Split into two boxes (S)</source>
            <translation>Partager en deux cadres (S)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Merge with another box (M)</source>
            <translation>Fusionner avec un autre cadre (M)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Reject in this photo only (Shift+X)</source>
            <translation>Rejeter sur cette photo seulement (Maj+X)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Next photo of this place ( ] )</source>
            <translation>Photo suivante de cette place ( ] )</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Photo beside the map (P)</source>
            <translation>Photo à côté de la carte (P)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Many at once (G)</source>
            <translation>Plusieurs à la fois (G)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>All in an area of the map (R)</source>
            <translation>Tous dans une zone de la carte (R)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Photo without boxes, beside the map (B)</source>
            <translation>Photo sans cadres, à côté de la carte (B)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Images that are reviewed, on the map</source>
            <translation>Images vérifiées, sur la carte</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>The survey was written again by another program. It was read again; your place is kept.</source>
            <translation>Un autre programme a réécrit l'inventaire. Il a été relu ; votre place est gardée.</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Which class is it? Type its name or choose with ↑ ↓. Enter accepts, Esc cancels.</source>
            <translation>Quelle classe est-ce ? Tapez son nom ou choisissez avec ↑ ↓. Entrée accepte, Échap annule.</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Note for this animal. Enter saves it, Esc cancels.</source>
            <translation>Note pour cet animal. Entrée l'enregistre, Échap annule.</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>The photo does not exist: {}</source>
            <translation>La photo n'existe pas : {}</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>The box has no position. Draw it on an image.</source>
            <translation>Le cadre n'a pas de position. Dessinez-le sur une image.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>A detection of the model cannot be removed. Reject it instead.</source>
            <translation>Une détection du modèle ne peut pas être supprimée. Rejetez-la plutôt.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>{} was written again meanwhile. Open it again.</source>
            <translation>{} a été réécrit entre-temps. Ouvrez-le de nouveau.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>Somebody else has just written to {}. Try again.</source>
            <translation>Quelqu'un d'autre vient d'écrire dans {}. Réessayez.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>This detection is no longer in the file. Nothing was saved for it.</source>
            <translation>Cette détection n'est plus dans le fichier. Rien n'a été enregistré pour elle.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>Somebody has just changed this detection. Nothing was saved. Look again.</source>
            <translation>Quelqu'un vient de changer cette détection. Rien n'a été enregistré. Regardez de nouveau.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>{} has just reviewed this detection ({}). Look again. To overrule it, press the key again.</source>
            <translation>{} vient de vérifier cette détection ({}). Regardez de nouveau. Pour passer outre, appuyez encore sur la touche.</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Review many at once</source>
            <translation>En vérifier plusieurs à la fois</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Confirm (C)</source>
            <translation>Confirmer (C)</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Reject (X)</source>
            <translation>Rejeter (X)</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Screen before (PgUp)</source>
            <translation>Écran précédent (PgUp)</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Next screen (PgDn)</source>
            <translation>Écran suivant (PgDn)</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>{first} to {last} of {all}. Click, Shift+click or Ctrl+click chooses; Ctrl+A chooses all.</source>
            <translation>{first} à {last} sur {all}. Clic, Maj+clic ou Ctrl+clic choisit ; Ctrl+A choisit tous.</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Choose animals first: Ctrl+A chooses all of this screen.</source>
            <translation>Choisissez d'abord des animaux : Ctrl+A choisit tous ceux de cet écran.</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Brightness and contrast</source>
            <translation>Luminosité et contraste</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Reset</source>
            <translation>Réinitialiser</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Brightness</source>
            <translation>Luminosité</translation>
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
            <translation>Cliquez sur le bouton « … » ci-dessus et choisissez le GeoPackage que « Détecter les animaux » a écrit.</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>No survey is open</source>
            <translation>Aucun inventaire n'est ouvert</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Class by key: {}</source>
            <translation>Touches des classes : {}</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>(%Ln as another class)</source>
            <translation>
                <numerusform>(dont %Ln d'une autre classe)</numerusform>
                <numerusform>(dont %Ln d'une autre classe)</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>%Ln confirmed</source>
            <translation>
                <numerusform>%Ln confirmé</numerusform>
                <numerusform>%Ln confirmés</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>%Ln added</source>
            <translation>
                <numerusform>%Ln ajouté</numerusform>
                <numerusform>%Ln ajoutés</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>%Ln left</source>
            <translation>
                <numerusform>%Ln restant</numerusform>
                <numerusform>%Ln restants</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <location filename="../search/panel.py" />
            <source>Your name</source>
            <translation>Votre nom</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Your name is saved with each of your reviews</source>
            <translation>Votre nom est enregistré avec chacune de vos vérifications</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <location filename="../review/two_reviewers.py" />
            <location filename="../survey_words.py" />
            <source>Reviewer</source>
            <translation>Vérificateur</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <location filename="../survey_words.py" />
            <source>Region</source>
            <translation>Région</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Animals: all except rejected ones. Each review updates the counts here and on the map.</source>
            <translation>Animaux : tous sauf les rejetés. Chaque vérification met à jour les comptages ici et sur la carte.</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>{done} of {all} images with animals reviewed</source>
            <translation>{done} images avec animaux vérifiées sur {all}</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>({} % of their area)</source>
            <translation>({} % de leur surface)</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Nothing was found</source>
            <translation>Rien n'a été trouvé</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>This survey has no detections. If an animal was missed, press A and draw it. To let a model search again, run “Detect animals” with the same output.</source>
            <translation>Cet inventaire n'a pas de détections. Si un animal a été manqué, appuyez sur A et dessinez-le. Pour laisser un modèle examiner de nouveau, lancez « Détecter les animaux » avec la même sortie.</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>All chosen detections are reviewed already. Change the choice above to review others.</source>
            <translation>Toutes les détections choisies sont déjà vérifiées. Changez le choix ci-dessus pour en vérifier d'autres.</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>End of the queue</source>
            <translation>Fin de la file</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>You skipped %Ln. Press ← to go back.</source>
            <translation>
                <numerusform>Vous en avez passé %Ln. Appuyez sur ← pour revenir.</numerusform>
                <numerusform>Vous en avez passé %Ln. Appuyez sur ← pour revenir.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>All done</source>
            <translation>Tout est fait</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>All chosen detections are reviewed. All reviews are saved in the file.</source>
            <translation>Toutes les détections choisies sont vérifiées. Toutes les vérifications sont enregistrées dans le fichier.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>Two boxes now. Press E to adjust the one in hand, → for the other, U to take it back.</source>
            <translation>Deux cadres maintenant. Appuyez sur E pour ajuster celui-ci, → pour l'autre, U pour annuler.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>Click on the other box of this animal, in the same photo. Esc cancels.</source>
            <translation>Cliquez sur l'autre cadre de cet animal, sur la même photo. Échap annule.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>That is no other box of the same photo. Nothing was merged.</source>
            <translation>Ce n'est pas un autre cadre de la même photo. Rien n'a été fusionné.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>One box now. Press E to adjust it, U to take it back.</source>
            <translation>Un seul cadre maintenant. Appuyez sur E pour l'ajuster, U pour annuler.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>The box is saved, and the animal is confirmed. Press U to take it back.</source>
            <translation>Le cadre est enregistré et l'animal est confirmé. Appuyez sur U pour annuler.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>The animal was not found in this photo, so there is no box. Press A to draw one.</source>
            <translation>L'animal n'a pas été trouvé sur cette photo : il n'y a donc pas de cadre. Appuyez sur A pour en dessiner un.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>Adjusting the box: drag it or its handles, or use the keys: arrows move it, Shift + arrows resize it, with Ctrl by one pixel. Enter saves it, Esc cancels.</source>
            <translation>Ajustement du cadre : tirez-le ou tirez ses poignées, ou utilisez les touches : les flèches le déplacent, Maj + flèches change sa taille, avec Ctrl d'un pixel. Entrée l'enregistre, Échap annule.</translation>
        </message>
        <message>
            <location filename="../review/second_reviewer.py" />
            <source>{} exists, and may hold reviews. Choose another name.</source>
            <translation>{} existe et peut contenir des vérifications. Choisissez un autre nom.</translation>
        </message>
        <message>
            <location filename="../review/second_reviewer.py" />
            <location filename="../search/sample.py" />
            <source>{} cannot be written: {}</source>
            <translation>{} ne peut pas être écrit : {}</translation>
        </message>
        <message>
            <location filename="../review/session.py" />
            <source>Reading the survey. A large one takes some seconds.</source>
            <translation>Lecture de l'inventaire. Un grand inventaire prend quelques secondes.</translation>
        </message>
        <message>
            <location filename="../review/session.py" />
            <source>The survey was written again meanwhile. Draw the box again.</source>
            <translation>L'inventaire a été réécrit entre-temps. Dessinez de nouveau le cadre.</translation>
        </message>
        <message>
            <location filename="../review/session.py" />
            <source>The survey was written again meanwhile. Look, and press the key again.</source>
            <translation>L'inventaire a été réécrit entre-temps. Regardez, et appuyez encore sur la touche.</translation>
        </message>
        <message>
            <location filename="../review/session.py" />
            <source>The survey was written again meanwhile. This detection is not in it any more, or it was changed. Nothing was saved for it.</source>
            <translation>L'inventaire a été réécrit entre-temps. Cette détection n'y est plus, ou elle a été changée. Rien n'a été enregistré pour elle.</translation>
        </message>
        <message>
            <location filename="../review/sightings.py" />
            <source>Photo {at} of {all} that show this place: {name}. A key is for the animal in all photos. [ and ] change the photo.</source>
            <translation>Photo {at} sur {all} qui montrent cette place : {name}. Une touche vaut pour l'animal sur toutes les photos. [ et ] changent de photo.</translation>
        </message>
        <message>
            <location filename="../review/sightings.py" />
            <source>Photo {at} of {all} that show this place: {name}. It was found in one of them. [ and ] change the photo.</source>
            <translation>Photo {at} sur {all} qui montrent cette place : {name}. Il a été trouvé sur une seule. [ et ] changent de photo.</translation>
        </message>
        <message>
            <location filename="../review/sightings.py" />
            <source>not found in this photo</source>
            <translation>non trouvé sur cette photo</translation>
        </message>
        <message>
            <location filename="../review/steps_list.py" />
            <source>Steps</source>
            <translation>Étapes</translation>
        </message>
        <message>
            <location filename="../review/steps_list.py" />
            <source>note</source>
            <translation>note</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Copy for a second reviewer</source>
            <translation>Copie pour un second vérificateur</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Without the reviews and drawn animals so far</source>
            <translation>Sans les vérifications ni les animaux dessinés jusqu'ici</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Name of the second reviewer</source>
            <translation>Nom du second vérificateur</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>The second reviewer works in a copy beside the survey. Afterwards, merge both: “More” has the command.</source>
            <translation>Le second vérificateur travaille dans une copie à côté de l'inventaire. Ensuite, fusionnez les deux : « Plus » a la commande.</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>This is the copy of {name}: {file}</source>
            <translation>Voici la copie de {name} : {file}</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Merging the two reviews…</source>
            <translation>Fusion des deux vérifications…</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>The two reviews are merged in {}. They agree.</source>
            <translation>Les deux vérifications sont fusionnées dans {}. Elles concordent.</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Copy for a second reviewer…</source>
            <translation>Copie pour un second vérificateur…</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Merge with the copy of another reviewer…</source>
            <translation>Fusionner avec la copie d'un autre vérificateur…</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Conflicts of two reviewers…</source>
            <translation>Désaccords de deux vérificateurs…</translation>
        </message>
        <message>
            <location filename="../score_filter.py" />
            <source>Lowest score on the map</source>
            <translation>Score le plus bas sur la carte</translation>
        </message>
        <message>
            <location filename="../score_filter.py" />
            <source>Hides detections with lower scores on the map. The review and the counts still use all detections.</source>
            <translation>Cache sur la carte les détections de score plus bas. La vérification et les comptages utilisent toujours toutes les détections.</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Searched, next</source>
            <translation>Examiné, suivant</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Space</source>
            <translation>Espace</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Next photo</source>
            <translation>Photo suivante</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>PgDn</source>
            <translation>Pg suiv</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>New class…</source>
            <translation>Nouvelle classe…</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Sample of herdmap sample</source>
            <translation>Échantillon de herdmap sample</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Which class do you mark now? Choose it or type a new one.</source>
            <translation>Quelle classe marquez-vous maintenant ? Choisissez-la ou tapez-en une nouvelle.</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Reading {} …</source>
            <translation>Lecture de {} …</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>{} cannot be shown: {}</source>
            <translation>{} ne peut pas être affiché : {}</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>No survey is open. Press “…” and choose the GeoPackage of a survey.</source>
            <translation>Aucun inventaire n'est ouvert. Cliquez sur « … » et choisissez le GeoPackage d'un inventaire.</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>There is no image to search.</source>
            <translation>Il n'y a pas d'image à examiner.</translation>
        </message>
        <message numerus="yes">
            <location filename="../search/dock.py" />
            <source>This is searched and saved. %Ln images that a model has searched are left out. To look at them too, tick the box above, or review what was found.</source>
            <translation>
                <numerusform>C'est examiné et enregistré. %Ln image qu'un modèle a examinée est laissée de côté. Pour la regarder aussi, cochez la case ci-dessus, ou vérifiez ce qui a été trouvé.</numerusform>
                <numerusform>C'est examiné et enregistré. %Ln images qu'un modèle a examinées sont laissées de côté. Pour les regarder aussi, cochez la case ci-dessus, ou vérifiez ce qui a été trouvé.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>All images are searched. Everything is saved in the file.</source>
            <translation>Toutes les images sont examinées. Tout est enregistré dans le fichier.</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>{} of {} images · {} % of the area</source>
            <translation>{} images sur {} · {} % de la surface</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>{} · cell {} of {}</source>
            <translation>{} · cellule {} sur {}</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Your name is saved with each cell that you search</source>
            <translation>Votre nom est enregistré avec chaque cellule que vous examinez</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Fit the window</source>
            <translation>Ajuster à la fenêtre</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Cells of a photo. Orthomosaics always fit the window at their full resolution</source>
            <translation>Cellules d'une photo. Les orthomosaïques s'ajustent toujours à la fenêtre, en pleine résolution</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Skip what others searched</source>
            <translation>Sauter ce que d'autres ont examiné</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Hide what others marked and the model found</source>
            <translation>Cacher les marques des autres et du modèle</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Also images that a model has searched</source>
            <translation>Aussi les images qu'un modèle a examinées</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Skip ground that searched images show</source>
            <translation>Sauter le sol des images examinées</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>For counts. Do not use it for estimates from photos or for training data: they need whole photos</source>
            <translation>Pour des comptages. Ne l'utilisez pas pour des estimations d'après les photos ni pour des données d'entraînement : elles demandent des photos entières</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Sample…</source>
            <translation>Échantillon…</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Search the photos of a sample that herdmap sample has drawn, and mark them in it</source>
            <translation>Examiner les photos d'un échantillon que herdmap sample a tiré, et les y marquer</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Observer</source>
            <translation>Observateur</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Cells</source>
            <translation>Cellules</translation>
        </message>
        <message>
            <location filename="../search/pixels.py" />
            <source>it does not exist</source>
            <translation>ce fichier n’existe pas</translation>
        </message>
        <message>
            <location filename="../search/record.py" />
            <source>{} is not in the survey any more. Nothing was saved for it.</source>
            <translation>{} n'est plus dans l'inventaire. Rien n'a été enregistré pour cette image.</translation>
        </message>
        <message>
            <location filename="../search/record.py" />
            <source>The survey was written again meanwhile. This search cannot be undone.</source>
            <translation>L'inventaire a été réécrit entre-temps. Cet examen ne peut pas être annulé.</translation>
        </message>
        <message>
            <location filename="../search/sample.py" />
            <source>{} is not a sample of herdmap: {}</source>
            <translation>{} n'est pas un échantillon de herdmap : {}</translation>
        </message>
        <message>
            <location filename="../search/sample.py" />
            <source>{} is too large for a sample.</source>
            <translation>{} est trop grand pour un échantillon.</translation>
        </message>
        <message>
            <location filename="../search/sample.py" />
            <source>{} is not a sample of herdmap: it has no column {}</source>
            <translation>{} n'est pas un échantillon de herdmap : il n'a pas de colonne {}</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>{} is not in this survey. Draw the sample from it again.</source>
            <translation>{} n'est pas dans cet inventaire. Tirez de nouveau l'échantillon de cet inventaire.</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>The survey was written again by another program. It was read again.</source>
            <translation>Un autre programme a réécrit l'inventaire. Il a été relu.</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>There is no image here. Click on the image.</source>
            <translation>Il n'y a pas d'image ici. Cliquez sur l'image.</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>Detections in this cell that are not reviewed: {}. Click on an animal to confirm it, press the right button on what is none. C confirms all of them, X rejects all.</source>
            <translation>Détections non vérifiées dans cette cellule : {}. Cliquez sur un animal pour le confirmer, et du bouton droit sur ce qui n'en est pas un. C les confirme toutes, X les rejette toutes.</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>This animal is marked already: {}. The right button takes the mark away.</source>
            <translation>Cet animal est déjà marqué : {}. Le bouton droit enlève la marque.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>outside</source>
            <translation>en dehors</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>unplaced</source>
            <translation>sans place</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} is not a survey: it {}</source>
            <translation>{} n'est pas un inventaire : {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>it has no layer {}</source>
            <translation>il n'a pas de couche {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>its layer detections has no column {}</source>
            <translation>sa couche detections n'a pas de colonne {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} is not a survey: {}</source>
            <translation>{} n'est pas un inventaire : {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>A program crashed while it wrote to {0}. To mend that, the file and its folder must be writable. Allow writing, or copy {0} and {0}-journal together to another folder and open the copy.</source>
            <translation>Un programme s'est arrêté brutalement pendant qu'il écrivait dans {0}. Pour réparer cela, le fichier et son dossier doivent être accessibles en écriture. Autorisez l'écriture, ou copiez {0} et {0}-journal ensemble dans un autre dossier et ouvrez la copie.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} does not exist. It may have been moved or renamed. Open it from its new place.</source>
            <translation>{} n'existe pas. Il a peut-être été déplacé ou renommé. Ouvrez-le à sa nouvelle place.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>Another program is writing to {}. Nothing is lost. Try again in a moment. If you edit one of its layers in QGIS, save the edits first.</source>
            <translation>Un autre programme écrit dans {}. Rien n'est perdu. Réessayez dans un moment. Si vous éditez une de ses couches dans QGIS, enregistrez d'abord les modifications.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} cannot be opened. Check that you may read it.</source>
            <translation>{} ne peut pas être ouvert. Vérifiez que vous avez le droit de le lire.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>You may not write to {}, so you cannot review it. Copy it to a folder where you may write, and open the copy.</source>
            <translation>Vous n'avez pas le droit d'écrire dans {} : vous ne pouvez donc pas le vérifier. Copiez-le dans un dossier où vous pouvez écrire, et ouvrez la copie.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>The disk is full, and {} was not changed. Free some space and press the key again.</source>
            <translation>Le disque est plein, et {} n'a pas été changé. Libérez de la place et appuyez encore sur la touche.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} is damaged or not a GeoPackage: {}</source>
            <translation>{} est endommagé ou n'est pas un GeoPackage : {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>Herdmap cannot use {}: {}</source>
            <translation>Herdmap ne peut pas utiliser {} : {}</translation>
        </message>
        <message>
            <location filename="../survey_imagery.py" />
            <source>The layers cannot be copied: {}</source>
            <translation>Les couches ne peuvent pas être copiées : {}</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Detections</source>
            <translation>Détections</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Tile labels</source>
            <translation>Étiquettes des tuiles</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Counts</source>
            <translation>Comptages</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Runs</source>
            <translation>Exécutions</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>other</source>
            <translation>autre</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>no estimate</source>
            <translation>pas d'estimation</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>searched</source>
            <translation>examinée</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>failed</source>
            <translation>en échec</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>not searched yet</source>
            <translation>pas encore examinée</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Image</source>
            <translation>Image</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Class (detector)</source>
            <translation>Classe (détecteur)</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Score</source>
            <translation>Score</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Animal no.</source>
            <translation>Animal n°</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Counts as an animal</source>
            <translation>Compte comme un animal</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>State of the review</source>
            <translation>État de la vérification</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Class (reviewer)</source>
            <translation>Classe (vérificateur)</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Reviewed at</source>
            <translation>Vérifié le</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Note</source>
            <translation>Note</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Found by run</source>
            <translation>Trouvé par l'exécution</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Second best class</source>
            <translation>Deuxième meilleure classe</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Score of the second best</source>
            <translation>Score de la deuxième</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Error of the position [m]</source>
            <translation>Erreur de la position [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Kind of mark</source>
            <translation>Sorte de marque</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Angle of the box [°]</source>
            <translation>Angle du cadre [°]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Photos that show it</source>
            <translation>Photos qui le montrent</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Photos that look there</source>
            <translation>Photos qui regardent là</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>File</source>
            <translation>Fichier</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Status</source>
            <translation>État</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Reason</source>
            <translation>Raison</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Width [px]</source>
            <translation>Largeur [px]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Height [px]</source>
            <translation>Hauteur [px]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Placed by</source>
            <translation>Placée par</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Taken at</source>
            <translation>Prise le</translation>
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
            <translation>Hauteur au-dessus du sol [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Heading [°]</source>
            <translation>Cap [°]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Tiles</source>
            <translation>Tuiles</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Size of a pixel on the ground [m]</source>
            <translation>Taille d'un pixel au sol [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Area [km²]</source>
            <translation>Surface [km²]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Animals per km²</source>
            <translation>Animaux par km²</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Animals of all classes</source>
            <translation>Animaux de toutes les classes</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Transect</source>
            <translation>Transect</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Estimated number</source>
            <translation>Nombre estimé</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Standard error</source>
            <translation>Erreur type</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Interval from</source>
            <translation>Intervalle de</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Interval to</source>
            <translation>Intervalle à</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>CV</source>
            <translation>CV</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Photos</source>
            <translation>Photos</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Length [km]</source>
            <translation>Longueur [km]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Width of the strip [m]</source>
            <translation>Largeur de la bande [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Imagery (photos from {} on)</source>
            <translation>Images (photos à partir de {})</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>{low} to {high} per km²</source>
            <translation>{low} à {high} par km²</translation>
        </message>
    </context>
</TS>
