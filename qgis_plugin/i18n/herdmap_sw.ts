<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="sw" sourcelanguage="en">
    <context>
        <name>Herdmap</name>
        <message>
            <location filename="../algorithms/after_run.py" />
            <source>No animals were found.</source>
            <translation>Hakuna mnyama aliyepatikana.</translation>
        </message>
        <message>
            <location filename="../algorithms/after_run.py" />
            <source>Animals found: {}.</source>
            <translation>Wanyama waliopatikana: {}.</translation>
        </message>
        <message>
            <location filename="../algorithms/after_run.py" />
            <location filename="../panel/estimate_questions.py" />
            <source>Review them</source>
            <translation>Wakague</translation>
        </message>
        <message>
            <location filename="../algorithms/after_run.py" />
            <source>Look at the photos</source>
            <translation>Angalia picha</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>{path} is a temporary file. QGIS deletes it when it closes. Give it a file of its own.</source>
            <translation>{path} ni faili la muda. QGIS hulifuta inapofungwa. Lipe faili lake la kudumu.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>Survey (a layer of detections, or a GeoPackage)</source>
            <translation>Sensa (tabaka la utambuzi au GeoPackage)</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>{value} is neither a layer nor a GeoPackage. Choose a survey.</source>
            <translation>{value} si tabaka wala GeoPackage. Chagua sensa.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <location filename="../environment/models.py" />
            <source>The installed detector is too old for this. Open Herdmap ▸ Settings and press “Set up again”.</source>
            <translation>Kitambuzi kilichosakinishwa ni cha zamani mno kwa kazi hii. Fungua Herdmap ▸ Mipangilio na ubofye “Sakinisha upya”.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>The chosen environment does not contain herdmap. Choose another one in Herdmap ▸ Settings.</source>
            <translation>Mazingira yaliyochaguliwa hayana herdmap. Chagua mengine katika Herdmap ▸ Mipangilio.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>The system ended the detector (signal {number}). The computer may have run out of memory.</source>
            <translation>Mfumo umesimamisha kitambuzi (ishara {number}). Huenda kumbukumbu ya kompyuta imejaa.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>The detector ended with code {code} and without a message.</source>
            <translation>Kitambuzi kimeisha na msimbo {code} bila ujumbe.</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>All except rejected ones</source>
            <translation>Wote isipokuwa waliokataliwa</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>Only confirmed ones</source>
            <translation>Waliothibitishwa tu</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>All, including rejected ones</source>
            <translation>Wote, pamoja na waliokataliwa</translation>
        </message>
        <message>
            <location filename="../algorithms/algorithm.py" />
            <source>Which animals</source>
            <translation>Wanyama gani</translation>
        </message>
        <message>
            <location filename="../algorithms/area.py" />
            <source>“{name}” has a colour table or complex numbers, so Herdmap cannot cut an area out of it. Leave the area empty to search the whole file.</source>
            <translation>“{name}” ina jedwali la rangi au namba changamano, hivyo Herdmap haiwezi kukata sehemu yake. Acha sehemu wazi ili kuchunguza faili lote.</translation>
        </message>
        <message>
            <location filename="../algorithms/beside_find.py" />
            <source>“Find more like these”, from the same marks: {found} of {animals} found, {wrong} false alarms; this model: {own} of {animals}, {own_wrong} false alarms.</source>
            <translation>“Tafuta wengine kama hawa”, kwa alama zile zile: {found} kati ya {animals} walipatikana, tahadhari za uongo {wrong}; modeli hii: {own} kati ya {animals}, tahadhari za uongo {own_wrong}.</translation>
        </message>
        <message>
            <location filename="../algorithms/beside_find.py" />
            <source>With so few animals, it may be chance which of the two is better.</source>
            <translation>Kwa wanyama wachache hivi, huenda ni bahati tu ipi kati ya hizo mbili ni bora.</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>Check the detector's environment</source>
            <translation>Kagua mazingira ya kitambuzi</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>Checks whether the detector runs on this computer, on which device, and what is missing</source>
            <translation>Hukagua kama kitambuzi kinafanya kazi kwenye kompyuta hii, kwa kifaa gani, na nini kinakosekana</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>Lists what is installed in the detector's environment. Runs the bundled model once and reports the device: the CPU or a GPU. You set up the environment in Herdmap ▸ Settings.</source>
            <translation>Huorodhesha kilichosakinishwa katika mazingira ya kitambuzi. Huendesha mara moja modeli iliyomo na kutaja kifaa: CPU au GPU. Mazingira husakinishwa katika Herdmap ▸ Mipangilio.</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>Version of the detector</source>
            <translation>Toleo la kitambuzi</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <location filename="../algorithms/detect.py" />
            <source>Device</source>
            <translation>Kifaa</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <source>The detector does not run in this environment. The reason is in the lines above.</source>
            <translation>Kitambuzi hakifanyi kazi katika mazingira haya. Sababu iko kwenye mistari iliyo juu.</translation>
        </message>
        <message>
            <location filename="../algorithms/check.py" />
            <location filename="../plugin.py" />
            <source>The plugin contains another version of the detector than the one installed. Open Herdmap ▸ Settings and press “Set up again”.</source>
            <translation>Programu-jalizi ina toleo lingine la kitambuzi kuliko lililosakinishwa. Fungua Herdmap ▸ Mipangilio na ubofye “Sakinisha upya”.</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Compare surveys of several years</source>
            <translation>Linganisha sensa za miaka kadhaa</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Compares estimates of one place: differences, trend, and the power to see a change</source>
            <translation>Hulinganisha makadirio ya sehemu moja: tofauti, mwelekeo, na uwezo wa kuona badiliko</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Compares the estimates of surveys of one place: the difference of each two that follow each other, and the change in a year over all of them, with 95 % intervals.

Files: surveys with estimates, dated by their photos, or tables with the columns date, estimate and se, and stratum, class and df if there are any.

The log also says which decline such surveys would show in 80 % of cases; or, if you give a change, how likely they show it and how many times as many transects that needs.</source>
            <translation>Hulinganisha makadirio ya sensa za sehemu moja: tofauti kati ya kila sensa na inayofuata, na badiliko kwa mwaka katika zote, pamoja na masafa ya uhakika ya 95 %.

Mafaili: sensa zenye makadirio, zenye tarehe za picha zake, au majedwali yenye safuwima date, estimate na se, na stratum, class na df kama zipo.

Kumbukumbu ya kazi pia husema ni upungufu gani sensa kama hizi zingeonyesha katika 80 % ya hali; au, ukitaja badiliko, kuna uwezekano gani wa kulionyesha na ni mara ngapi zaidi ya transekti zinahitajika.</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Surveys with estimates, or tables</source>
            <translation>Sensa zenye makadirio, au majedwali</translation>
        </message>
        <message>
            <location filename="../algorithms/compare.py" />
            <source>Change in a year that should be seen [%]</source>
            <translation>Badiliko kwa mwaka linalotakiwa kuonekana [%]</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Count animals per region</source>
            <translation>Hesabu wanyama kwa eneo</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Counts the animals of a survey in each polygon of a layer</source>
            <translation>Huhesabu wanyama wa sensa katika kila poligoni ya tabaka</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Counts the animals of a survey in the polygons of a layer. Writes one row for each region and class: region, class, count, area_km2, density_per_km2.

The centre of its box decides in which region an animal counts. On a shared edge the first region of the layer gets it. Animals in no region count as “outside”. Regions without animals get a row too. Areas are measured on the ellipsoid, so the CRS does not matter. An animal in several photos counts once if the survey has matched its photos.

This works without the detector, and does not change the survey. If you tick “Also write the counts into the survey”, which needs the detector, the survey's own layer Counts is made of these regions. The review shows it and keeps it up to date.</source>
            <translation>Huhesabu wanyama wa sensa katika poligoni za tabaka. Huandika safumlalo moja kwa kila eneo na aina: region, class, count, area_km2, density_per_km2.

Kitovu cha kisanduku chake huamua mnyama anahesabiwa katika eneo gani. Kwenye mpaka wa pamoja, eneo la kwanza la tabaka humpata. Wanyama wasio ndani ya eneo lolote huhesabiwa kama “outside”. Maeneo yasiyo na wanyama pia hupata safumlalo. Ukubwa wa maeneo hupimwa kwenye elipsoidi, hivyo CRS haina athari. Mnyama aliye katika picha kadhaa huhesabiwa mara moja ikiwa sensa imeoanisha picha zake.

Hii hufanya kazi bila kitambuzi, na haibadilishi sensa. Ukiweka tiki kwenye “Andika pia hesabu katika sensa”, jambo linalohitaji kitambuzi, tabaka la Hesabu la sensa hutengenezwa kwa maeneo haya. Ukaguzi hulionyesha na kulisasisha.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <location filename="../panel/panel.py" />
            <source>Regions</source>
            <translation>Maeneo</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <location filename="../algorithms/from_imagery.py" />
            <source>Column with the names of the regions</source>
            <translation>Safuwima yenye majina ya maeneo</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Also write the counts into the survey, where the review updates them</source>
            <translation>Andika pia hesabu katika sensa, ambako ukaguzi huzisasisha</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Counts per region</source>
            <translation>Hesabu kwa eneo</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Animals counted</source>
            <translation>Wanyama waliohesabiwa</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>{path}: QGIS cannot read the layer detections</source>
            <translation>{path}: QGIS haiwezi kusoma tabaka la detections</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>The regions have no column with names, so each is called by its row number.</source>
            <translation>Maeneo hayana safuwima yenye majina, hivyo kila moja limeitwa kwa namba ya safumlalo yake.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Row {row} of the regions is skipped: it is not a polygon with an area</source>
            <translation>Safumlalo {row} ya maeneo imerukwa: si poligoni yenye ukubwa</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>Row {row} of the regions crosses or touches itself. It was repaired for the count.</source>
            <translation>Safumlalo {row} ya maeneo inajikata au kujigusa yenyewe. Imerekebishwa kwa ajili ya hesabu.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>The layer of regions contains no polygon. Choose another layer.</source>
            <translation>Tabaka la maeneo halina poligoni. Chagua tabaka lingine.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>The survey has no CRS, but the regions do. Give the photos their positions first, with “Georeference photos”.</source>
            <translation>Sensa haina CRS, lakini maeneo yana. Kwanza zipe picha mahali pake, kwa “Weka picha mahali pake”.</translation>
        </message>
        <message>
            <location filename="../algorithms/count.py" />
            <source>The regions have no CRS. Set it in the properties of their layer.</source>
            <translation>Maeneo hayana CRS. Iweke katika sifa za tabaka lake.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../panel/steps.py" />
            <source>Detect animals</source>
            <translation>Tambua wanyama</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Finds animals in orthomosaics and photos and puts them on the map</source>
            <translation>Hutafuta wanyama katika ortomozaiki na picha na kuwaweka kwenye ramani</translation>
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
            <translation>Hutafuta wanyama katika picha na kuandika sensa: GeoPackage moja yenye kisanduku, aina na uhakika kwa kila mnyama, eneo na hali ya kila picha, na hesabu kwa eneo. Sensa hufunguka katika kundi lake.

Picha: matabaka ya rasta ya mradi, mafaili ya kompyuta hii, au folda ya picha pamoja na folda zake ndogo. Ortomozaiki za ukubwa wowote hutumika kama zilivyo. Picha huwekwa kwenye ramani kwa taarifa zake zenyewe, kwa jedwali la mahali, au kwa kumbukumbu ya safari ya ndege.

Poligoni: Herdmap huchunguza ortomozaiki na picha ndani ya poligoni hizi tu, kwa mfano hifadhi au vitalu vya sensa. Mnyama hubaki ikiwa kitovu cha kisanduku chake kiko ndani. Tabaka la Picha huonyesha ni picha zipi zilichunguzwa kwa sehemu tu.

Sehemu: Herdmap huchunguza ortomozaiki ndani ya mstatili huu tu. Menyu iliyo kando hutoa mwonekano wa sasa na upeo wa tabaka. Wanyama walio ukingoni wanaweza kukatwa, hivyo chora mstatili mkubwa kidogo zaidi.

Modeli: faili la .onnx la Herdmap, Ultralytics au Deepness. Ukiacha wazi, Herdmap hutumia kitambuzi cha kondoo kilichomo. Modeli hiyo hupata kondoo katika picha za droni na si kitu kingine.

Picha za biti 12 au 16: Herdmap hupima mara moja ni thamani zipi ni nyeusi na nyeupe katika picha zote. Toa thamani hizi mwenyewe ikiwa tu picha zinaonekana zenye giza au mwanga mno.

Unaweza kughairi wakati wowote. Kazi iliyokamilika huhifadhiwa: endesha tena na tokeo lilelile, nayo itaendelea. Kwa uhakika mwingine au maeneo mengine haichunguzi tena picha. Ukaguzi ulio katika tokeo lililopo huhifadhiwa.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/evaluate.py" />
            <source>Model file (empty: bundled sheep detector)</source>
            <translation>Faili la modeli (wazi: kitambuzi cha kondoo kilichomo)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/evaluate.py" />
            <location filename="../algorithms/teach.py" />
            <source>Models (*.onnx)</source>
            <translation>Modeli (*.onnx)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/evaluate.py" />
            <location filename="../algorithms/positions.py" />
            <location filename="../environment/settings_dialog.py" />
            <source>All files (*)</source>
            <translation>Mafaili yote (*)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/evaluate.py" />
            <source>Lowest score (empty: as the model advises)</source>
            <translation>Uhakika wa chini kabisa (wazi: kama modeli inavyoshauri)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Search only inside these polygons</source>
            <translation>Chunguza ndani ya poligoni hizi tu</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Search only this area (orthomosaics)</source>
            <translation>Chunguza sehemu hii tu (ortomozaiki)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Tile classifier that skips empty tiles (gate)</source>
            <translation>Kiainishi kinachoruka vigae vitupu (chujio)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <source>Positions of the photos (table or flight log)</source>
            <translation>Mahali pa picha (jedwali au kumbukumbu ya safari)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/georeference.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <source>Terrain model (heights of the ground)</source>
            <translation>Modeli ya ardhi (miinuko ya ardhi)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/georeference.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <source>Height of all cameras above the ground [m]</source>
            <translation>Kimo cha kamera zote juu ya ardhi [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Tile size [px] (empty: as the model advises)</source>
            <translation>Ukubwa wa kigae [px] (wazi: kama modeli inavyoshauri)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Overlap of the tiles [px] (empty: as the model advises)</source>
            <translation>Mwingiliano wa vigae [px] (wazi: kama modeli inavyoshauri)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Tiles per batch (empty: 4 on the CPU, 16 on a GPU)</source>
            <translation>Vigae kwa fungu (wazi: 4 kwenye CPU, 16 kwenye GPU)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Imagery that is not 8 bit: value shown as black</source>
            <translation>Picha zisizo za biti 8: thamani inayoonyeshwa nyeusi</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Imagery that is not 8 bit: value shown as white</source>
            <translation>Picha zisizo za biti 8: thamani inayoonyeshwa nyeupe</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>GPU if there is one, else CPU</source>
            <translation>GPU kama ipo, la sivyo CPU</translation>
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
            <translation>Hifadhi picha ndogo ya kila mnyama kwa ajili ya ukaguzi</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Search everything again instead of continuing (reviews are kept)</source>
            <translation>Chunguza zote upya badala ya kuendelea (ukaguzi huhifadhiwa)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/find.py" />
            <source>Animals found</source>
            <translation>Wanyama waliopatikana</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Detections (an animal may be in several photos)</source>
            <translation>Utambuzi (mnyama anaweza kuwa katika picha kadhaa)</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <location filename="../survey_words.py" />
            <source>Images</source>
            <translation>Picha</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../algorithms/new_survey.py" />
            <source>Images that failed</source>
            <translation>Picha zilizoshindikana</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>An area works for orthomosaics only, and a folder of photos is chosen too. Leave one of the two empty.</source>
            <translation>Sehemu hutumika kwa ortomozaiki tu, na folda ya picha imechaguliwa pia. Acha moja kati ya hizo wazi.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <location filename="../algorithms/detect_rest.py" />
            <source>The model file {model} does not exist.</source>
            <translation>Faili la modeli {model} halipo.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Give the values of both black and white, or leave both empty: then Herdmap measures them.</source>
            <translation>Toa thamani za nyeusi na nyeupe zote mbili, au ziache zote wazi: hapo Herdmap huzipima.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Cancelled. Finished work is kept. To continue, run it again with the same output.</source>
            <translation>Imeghairiwa. Kazi iliyokamilika imehifadhiwa. Ili kuendelea, endesha tena na tokeo lilelile.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Animals found: {animals}, in {detections} detections. Images: {images}.</source>
            <translation>Wanyama waliopatikana: {animals}, katika utambuzi {detections}. Picha: {images}.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>Images that failed: {failed}. The reasons are in the lines above and in the layer Images.</source>
            <translation>Picha zilizoshindikana: {failed}. Sababu ziko kwenye mistari iliyo juu na katika tabaka la Picha.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>“{name}” lies outside the area and is skipped</source>
            <translation>“{name}” iko nje ya sehemu na imerukwa</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>No imagery lies in the area. Draw the area over the imagery.</source>
            <translation>Hakuna picha ndani ya sehemu. Chora sehemu juu ya picha.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect.py" />
            <source>“{name}” is rotated or warped, so Herdmap cannot cut an area out of it. Leave the area empty to search the whole file.</source>
            <translation>“{name}” imezungushwa au kupindwa, hivyo Herdmap haiwezi kukata sehemu yake. Acha sehemu wazi ili kuchunguza faili lote.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <source>Detect the rest of a survey</source>
            <translation>Tambua sehemu iliyobaki ya sensa</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <source>Searches with a model the images of a survey that nobody has searched completely</source>
            <translation>Hutafuta kwa modeli katika picha za sensa ambazo hakuna aliyezichunguza zote</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <source>Searches the images of a survey with a model, for example one that “Teach a model” has made. Images that people searched completely are left out. What people marked, reviewed and searched is kept. Detections that nobody reviewed are replaced by what this model finds.

Review the doubtful detections first, then teach the model again.

You can cancel at any time. Finished work is kept: run it again, and it continues.</source>
            <translation>Hutafuta katika picha za sensa kwa modeli, kwa mfano ile iliyotengenezwa na “Fundisha modeli”. Picha ambazo watu walizichunguza zote zinaachwa. Kile ambacho watu waliweka alama, walikagua na walichunguza kinahifadhiwa. Vitambuzi ambavyo hakuna aliyevikagua vinabadilishwa na kile ambacho modeli hii inapata.

Kagua kwanza vile vyenye shaka, kisha fundisha modeli tena.

Unaweza kughairi wakati wowote. Kazi iliyokamilika inahifadhiwa: endesha tena, na itaendelea.</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/dialog.py" />
            <location filename="../algorithms/model_question.py" />
            <location filename="../algorithms/teach.py" />
            <location filename="../panel/panel.py" />
            <source>Model</source>
            <translation>Modeli</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/find.py" />
            <location filename="../algorithms/georeference.py" />
            <location filename="../panel/panel.py" />
            <location filename="../review/panel.py" />
            <location filename="../search/panel.py" />
            <source>Survey</source>
            <translation>Sensa</translation>
        </message>
        <message>
            <location filename="../algorithms/detect_rest.py" />
            <location filename="../algorithms/find.py" />
            <source>Detections to review</source>
            <translation>Vitambuzi vya kukagua</translation>
        </message>
        <message>
            <location filename="../algorithms/dialog.py" />
            <source>Choose a file, or the inputs first</source>
            <translation>Chagua faili, au kwanza maingizo</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Estimate density by distance</source>
            <translation>Kadiria msongamano kwa umbali</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Estimates the density of animals from their distances to the lines flown</source>
            <translation>Hukadiria msongamano wa wanyama kutokana na umbali wao hadi mistari iliyorukwa</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>In a strip from an aircraft, observers see fewer animals farther from the line. A detection function is fitted to the distances, half-normal or hazard-rate.

Sightings: a table with the columns transect and distance_m (at right angles to the line), and size if groups were seen. Lines: a table with the columns transect and length_km, also of lines where nothing was seen.

All animals on the line must be seen, and they must not move before they are seen.</source>
            <translation>Katika ukanda unaoonekana kutoka kwenye ndege, waangalizi huona wanyama wachache zaidi mbali na mstari. Fomula ya ugunduzi hulinganishwa na umbali huo: nusu-kawaida (half-normal) au hazard-rate.

Mionekano: jedwali lenye safuwima transect na distance_m (kwa pembe mraba na mstari), na size ikiwa makundi yalionekana. Mistari: jedwali lenye safuwima transect na length_km, pia la mistari ambako hakuna kilichoonekana.

Wanyama wote walio juu ya mstari lazima waonekane, na wasisogee kabla ya kuonekana.</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Sightings with their distances</source>
            <translation>Mionekano na umbali wake</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Lines with their lengths</source>
            <translation>Mistari na urefu wake</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Leave out what was farther from the line than [m]</source>
            <translation>Acha vilivyokuwa mbali na mstari kuliko [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Also estimate the animals on an area of [km²]</source>
            <translation>Kadiria pia wanyama katika eneo la [km²]</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>The one that fits better</source>
            <translation>Inayolingana vizuri zaidi</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Half-normal</source>
            <translation>Nusu-kawaida (half-normal)</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Hazard-rate</source>
            <translation>Hazard-rate</translation>
        </message>
        <message>
            <location filename="../algorithms/distance.py" />
            <source>Detection function</source>
            <translation>Fomula ya ugunduzi</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Estimate population</source>
            <translation>Kadiria idadi ya wanyama</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Estimates the number of animals in each stratum from transects, by Jolly's Method 2</source>
            <translation>Hukadiria idadi ya wanyama katika kila strata kutokana na transekti, kwa Mbinu ya 2 ya Jolly</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Estimates the number of animals in each stratum and in all strata together, with the standard error and the 95 % confidence interval. It uses Jolly's Method 2 for transects of unequal size.

Transects: polygons or lines with the columns stratum and transect. The animals of the survey are counted in them. Without a survey, give a table with the columns stratum, transect, count and area_km2, and class if you like. If you leave them empty, the photos of the survey are the transects: by their track, by a table, or by a pattern in their names.

Strata: polygons with the column stratum, or a table with the columns stratum and area_km2. If you leave them empty, all ground that the photos show is one stratum, and the animals on it are added up: for a colony that was photographed as a whole.

The log says what kind each interval is, and what it leaves out: boxes that nobody reviewed give an uncorrected estimate. A reviewed sample (“Draw photos to review”) corrects it. The share of the animals that a photo can show, and that observers see (“Compare two observers”), divide it.

The log explains the method and shows the estimates as a table. The output is the same table as CSV. With a survey, the estimates are also written to its GeoPackage, and the map is refreshed.</source>
            <translation>Hukadiria idadi ya wanyama katika kila strata na katika strata zote pamoja, na kosa sanifu na masafa ya uhakika ya 95 %. Hutumia Mbinu ya 2 ya Jolly kwa transekti zisizolingana ukubwa.

Transekti: poligoni au mistari yenye safuwima stratum na transect. Wanyama wa sensa huhesabiwa ndani yake. Bila sensa, toa jedwali lenye safuwima stratum, transect, count na area_km2, na class ukipenda. Ukiziacha wazi, picha za sensa ndizo transekti: kwa njia yake, kwa jedwali, au kwa muundo wa majina yake.

Strata: poligoni zenye safuwima stratum, au jedwali lenye safuwima stratum na area_km2. Ukiyaacha tupu, eneo lote ambalo picha zinaonyesha ni stratum moja, na wanyama wake wanajumlishwa: kwa koloni iliyopigwa picha nzima.

Kumbukumbu ya kazi husema kila masafa ni ya aina gani, na yanaacha nini: visanduku ambavyo hakuna aliyevikagua hutoa kadirio lisilosahihishwa. Sampuli iliyokaguliwa (“Chagua picha za kukagua”) hulisahihisha. Sehemu ya wanyama ambayo picha inaweza kuonyesha, na ambayo waangalizi huona (“Linganisha waangalizi wawili”), huligawa.

Kumbukumbu ya kazi hueleza mbinu na kuonyesha makadirio kama jedwali. Tokeo ni jedwali hilohilo kama CSV. Ukiwa na sensa, makadirio pia huandikwa katika GeoPackage yake, na ramani husasishwa.</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Transects (empty: the survey's photos)</source>
            <translation>Transekti (wazi: picha za sensa)</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Strata (empty: all ground that the photos show)</source>
            <translation>Strata (tupu: eneo lote ambalo picha zinaonyesha)</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Column with the name of the transect</source>
            <translation>Safu yenye jina la transekti</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Column with the stratum of the transect</source>
            <translation>Safu yenye tabaka la transekti</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/sample.py" />
            <source>Column with the name of the stratum</source>
            <translation>Safu yenye jina la tabaka</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Reviewed sample that corrects for missed animals and false detections</source>
            <translation>Sampuli iliyokaguliwa inayosahihisha wanyama waliokosekana na utambuzi usio wa kweli</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/sample.py" />
            <location filename="../search/dock.py" />
            <source>Samples (*.csv)</source>
            <translation>Sampuli (*.csv)</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Full width of the strip, if transects are lines [m]</source>
            <translation>Upana wote wa ukanda, ikiwa transekti ni mistari [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../panel/estimate_questions.py" />
            <source>The whole area was searched (no confidence interval)</source>
            <translation>Eneo lote lilichunguzwa (hakuna masafa ya uhakika)</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Which photo is on which transect, if the photos are the transects</source>
            <translation>Picha ipi iko kwenye transekti ipi, ikiwa picha ndizo transekti</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Or: pattern that finds the transect in a photo's name</source>
            <translation>Au: muundo unaopata transekti katika jina la picha</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>How the sample corrects</source>
            <translation>Jinsi sampuli inavyosahihisha</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Chosen by a test</source>
            <translation>Huchaguliwa kwa jaribio</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Each stratum by its own photos</source>
            <translation>Kila strata kwa picha zake</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>All by one model of the detector</source>
            <translation>Zote kwa modeli moja ya kitambuzi</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>How the transects were chosen</source>
            <translation>Jinsi transekti zilivyochaguliwa</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Each at random</source>
            <translation>Kila moja kwa bahati nasibu</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>At equal distances</source>
            <translation>Kwa umbali sawa</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/observers.py" />
            <source>Share of the animals that a photo can show</source>
            <translation>Sehemu ya wanyama ambayo picha inaweza kuonyesha</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/observers.py" />
            <source>Standard error of that share</source>
            <translation>Kosa sanifu la sehemu hiyo</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Share of those that observers see</source>
            <translation>Sehemu ya hao ambayo waangalizi huona</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Standard error of that share, too</source>
            <translation>Kosa sanifu la sehemu hiyo pia</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <source>Also say how much more work reaches ± [%]</source>
            <translation>Sema pia ni kazi kiasi gani zaidi inafikia ± [%]</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../survey_words.py" />
            <source>Estimates</source>
            <translation>Makadirio</translation>
        </message>
        <message>
            <location filename="../algorithms/estimate.py" />
            <location filename="../algorithms/export.py" />
            <location filename="../algorithms/numbers.py" />
            <source>Tables (*.csv)</source>
            <translation>Majedwali (*.csv)</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Evaluate a model against annotations</source>
            <translation>Pima ubora wa modeli kwa picha zilizowekewa alama</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Measures the precision, recall and count error of a model on annotated images</source>
            <translation>Hupima usahihi, ukamilifu na kosa la hesabu la modeli kwenye picha zilizowekewa alama</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Runs a model on annotated images and measures its precision, recall, average precision and count error. Use images that the model was not trained on.

Annotations: a COCO file of whole images. “Export training data” makes one from a reviewed survey.

Model: if you leave it empty, the bundled sheep detector is evaluated.

Training annotations: if you give the annotations that the model was trained on, Herdmap refuses to evaluate it on the same photos or flights. A model does better on images it has seen.

The report is a page that opens in any browser. If you cancel, run it again and it continues.</source>
            <translation>Huendesha modeli kwenye picha zilizowekewa alama na kupima usahihi wake, ukamilifu wake, wastani wa usahihi na kosa la hesabu. Tumia picha ambazo modeli haikufundishwa nazo.

Alama: faili la COCO la picha nzima. “Hamisha data ya mafunzo” hutengeneza moja kutokana na sensa iliyokaguliwa.

Modeli: ukiacha wazi, kitambuzi cha kondoo kilichomo hupimwa.

Alama za mafunzo: ukitoa alama ambazo modeli ilifundishwa nazo, Herdmap hukataa kuipima kwenye picha zilezile au safari zilezile. Modeli hufanya vizuri zaidi kwenye picha ilizoziona.

Ripoti ni ukurasa unaofunguka katika kivinjari chochote. Ukighairi, endesha tena nayo itaendelea.</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Annotations (COCO)</source>
            <translation>Alama (COCO)</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <location filename="../algorithms/export.py" />
            <source>COCO files (*.json)</source>
            <translation>Mafaili ya COCO (*.json)</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Folder with the images</source>
            <translation>Folda yenye picha</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Annotations the model was trained on</source>
            <translation>Alama ambazo modeli ilifundishwa nazo</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Folder for the report</source>
            <translation>Folda ya ripoti</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <location filename="../algorithms/teach.py" />
            <source>Report</source>
            <translation>Ripoti</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>Cancelled. Finished work is kept. To continue, run it again.</source>
            <translation>Imeghairiwa. Kazi iliyokamilika imehifadhiwa. Ili kuendelea, endesha tena.</translation>
        </message>
        <message>
            <location filename="../algorithms/evaluate.py" />
            <source>The report is {path}</source>
            <translation>Ripoti ni {path}</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Export animals</source>
            <translation>Hamisha wanyama</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Writes the animals of a survey as CSV, GeoJSON, GeoParquet, KML, Shapefile or Darwin Core (for GBIF)</source>
            <translation>Huandika wanyama wa sensa kama CSV, GeoJSON, GeoParquet, KML, Shapefile au Darwin Core (kwa GBIF)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Writes one row for each animal of a survey. The file ending chooses the format: .csv, .geojson, .parquet (GeoParquet), .kml, .shp, or .zip (a Darwin Core Archive for GBIF).

GeoJSON, GeoParquet and Shapefile get the boxes as polygons on the ground. CSV, KML and Darwin Core get the centres of the boxes. The survey is not changed.

For training data (COCO) use “Export training data”.</source>
            <translation>Huandika safumlalo moja kwa kila mnyama wa sensa. Mwisho wa jina la faili huchagua muundo: .csv, .geojson, .parquet (GeoParquet), .kml, .shp, au .zip (hifadhi ya Darwin Core kwa GBIF).

GeoJSON, GeoParquet na Shapefile hupata visanduku kama poligoni juu ya ardhi. CSV, KML na Darwin Core hupata vitovu vya visanduku. Sensa haibadilishwi.

Kwa data ya mafunzo (COCO) tumia “Hamisha data ya mafunzo”.</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Description of the dataset, for a Darwin Core Archive</source>
            <translation>Maelezo ya data, kwa hifadhi ya Darwin Core</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Dataset files (*.toml)</source>
            <translation>Mafaili ya maelezo (*.toml)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Usual shape of the format</source>
            <translation>Umbo la kawaida la muundo</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Boxes</source>
            <translation>Visanduku</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Centres</source>
            <translation>Vitovu</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Shape</source>
            <translation>Umbo</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Also repeated sightings of an animal that counts in another photo</source>
            <translation>Pia mionekano ya kurudia ya mnyama anayehesabiwa katika picha nyingine</translation>
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
            <translation>Shapefile (*.shp)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Darwin Core Archives (*.zip)</source>
            <translation>Hifadhi za Darwin Core (*.zip)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <location filename="../panel/estimates_view.py" />
            <location filename="../panel/print_layout.py" />
            <location filename="../review/panel.py" />
            <location filename="../survey_words.py" />
            <source>Animals</source>
            <translation>Wanyama</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Herdmap cannot export to {ending}. Choose one of {endings}.</source>
            <translation>Herdmap haiwezi kuhamisha kwenda {ending}. Chagua moja kati ya {endings}.</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Export training data (COCO)</source>
            <translation>Hamisha data ya mafunzo (COCO)</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Writes the reviewed animals of a survey as a COCO file, for training or evaluating a model</source>
            <translation>Huandika wanyama wa sensa waliokaguliwa kama faili la COCO, kwa kufundisha au kupima modeli</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Writes the reviewed animals of a survey as a COCO file. Use it to train or evaluate a model.

By default the file contains only photos in which every detection was reviewed. In other photos an animal may have been missed, and a model would learn that no animal is there.</source>
            <translation>Huandika wanyama wa sensa waliokaguliwa kama faili la COCO. Litumie kufundisha au kupima modeli.

Kwa kawaida faili huwa na picha tu ambazo kila utambuzi ulikaguliwa. Katika picha nyingine huenda mnyama alikosekana, na modeli ingejifunza kwamba hapo hakuna mnyama.</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Photos in which every detection was reviewed</source>
            <translation>Picha ambazo kila utambuzi ulikaguliwa</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Also photos in which some detections were reviewed</source>
            <translation>Pia picha ambazo baadhi ya utambuzi ulikaguliwa</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>All searched photos</source>
            <translation>Picha zote zilizochunguzwa</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Which photos</source>
            <translation>Picha zipi</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>List of photos that a person searched completely</source>
            <translation>Orodha ya picha ambazo mtu alizichunguza kikamilifu</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Leave out unreviewed animals below this score</source>
            <translation>Acha wanyama wasiokaguliwa walio chini ya uhakika huu</translation>
        </message>
        <message>
            <location filename="../algorithms/export.py" />
            <source>Training data</source>
            <translation>Data ya mafunzo</translation>
        </message>
        <message>
            <location filename="../algorithms/find.py" />
            <location filename="../panel/own_animals.py" />
            <location filename="../search/dock.py" />
            <source>Find more like these</source>
            <translation>Tafuta wengine kama hawa</translation>
        </message>
        <message>
            <location filename="../algorithms/find.py" />
            <source>Learns from the animals that people marked, and proposes more in the other images</source>
            <translation>Hujifunza kutokana na wanyama waliowekewa alama na watu, na kupendekeza wengine katika picha nyingine</translation>
        </message>
        <message>
            <location filename="../algorithms/find.py" />
            <source>Learns in seconds from the animals that people marked or confirmed in a survey, and searches the other images for more of them. Mark 10 to 20 animals first, best all animals of one to three images, with Search images.

What is found becomes detections with a score. Review them as any others. Then run it again: it learns from what you confirmed and rejected.

Images that people searched completely are not searched again. What people marked, reviewed and searched is kept. Detections that nobody reviewed are replaced.

It finds animals that look like those that were marked and are about as large. It does not carry over to animals of another size. Animals that stand close together are found less well.</source>
            <translation>Hujifunza kwa sekunde chache kutokana na wanyama ambao watu waliwawekea alama au kuwathibitisha katika sensa, na kutafuta wengine kama hao katika picha nyingine. Kwanza weka alama wanyama 10 hadi 20, vizuri zaidi wanyama wote wa picha moja hadi tatu, kwa Chunguza picha.

Wanaopatikana huwa utambuzi wenye uhakika. Wakague kama wengine. Kisha endesha tena: hujifunza kutokana na uliowathibitisha na uliowakataa.

Picha ambazo watu walizichunguza kikamilifu hazichunguzwi tena. Watu walichowekea alama, kukagua na kuchunguza huhifadhiwa. Utambuzi ambao hakuna aliyeukagua hubadilishwa na mpya.

Hupata wanyama wanaofanana na waliowekewa alama na wenye ukubwa karibu sawa. Haifai kwa wanyama wa ukubwa mwingine. Wanyama waliosongamana hupatikana kwa ubora mdogo.</translation>
        </message>
        <message>
            <location filename="../algorithms/find.py" />
            <source>Lowest score (empty: 0.5)</source>
            <translation>Uhakika wa chini kabisa (wazi: 0.5)</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <location filename="../panel/road.py" />
            <location filename="../survey_words.py" />
            <source>Imagery</source>
            <translation>Picha</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <location filename="../algorithms/import_labels.py" />
            <source>Files</source>
            <translation>Mafaili</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <location filename="../algorithms/import_labels.py" />
            <location filename="../panel/questions.py" />
            <source>Folder of photos</source>
            <translation>Folda ya picha</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>Regions to count animals in</source>
            <translation>Maeneo ya kuhesabia wanyama</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>No imagery is chosen. Choose raster layers, files or a folder of photos.</source>
            <translation>Hakuna picha zilizochaguliwa. Chagua matabaka ya rasta, mafaili au folda ya picha.</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>“{name}” shows the detections of a survey, and those are no regions. Choose a layer of polygons that you drew or got.</source>
            <translation>“{name}” huonyesha utambuzi wa sensa, na huo si maeneo. Chagua tabaka la poligoni ulizochora au kupewa.</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>Survey (GeoPackage)</source>
            <translation>Sensa (GeoPackage)</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>The survey is a GeoPackage, but its name ends in {ending}. Choose a name that ends in .gpkg.</source>
            <translation>Sensa ni GeoPackage, lakini jina lake linaishia na {ending}. Chagua jina linaloishia na .gpkg.</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <location filename="../algorithms/import_labels.py" />
            <source>The folder {folder} does not exist.</source>
            <translation>Folda {folder} haipo.</translation>
        </message>
        <message>
            <location filename="../algorithms/from_imagery.py" />
            <source>The layer “{name}” of this survey is being edited. Save or discard the edits first.</source>
            <translation>Tabaka “{name}” la sensa hii linahaririwa. Kwanza hifadhi au acha mabadiliko.</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Georeference photos</source>
            <translation>Weka picha mahali pake</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Moves the photos of a finished survey to new positions or heights</source>
            <translation>Huhamisha picha za sensa iliyokamilika kwenda mahali au vimo vipya</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Moves the photos of a finished survey to new positions or heights, and their animals with them. Detections and reviews are kept, and the counts are updated. The imagery is not searched again, so this takes seconds.

Positions: a table with one row for each photo, or a flight log that is matched by time. If the table has angles and does not say which, Herdmap asks for them: choose them under *Angles in the positions*.

If you leave a field empty, the setting of the last placement is used.

Heights: give a terrain model, the height above the ground, or the height of level ground. A drone records its height above the take-off point, not above the ground below the photo.

The file of the survey is replaced, and its layers in the project are reloaded.</source>
            <translation>Huhamisha picha za sensa iliyokamilika kwenda mahali au vimo vipya, na wanyama wake pamoja nazo. Utambuzi na ukaguzi huhifadhiwa, na hesabu husasishwa. Picha hazichunguzwi tena, hivyo huchukua sekunde chache.

Mahali: jedwali lenye safumlalo moja kwa kila picha, au kumbukumbu ya safari inayooanishwa kwa saa. Ikiwa jedwali lina pembe bila kusema ni zipi, Herdmap huuliza: zichague chini ya *Pembe katika mahali*.

Ukiacha sehemu wazi, mpangilio wa uwekaji uliopita hutumika.

Vimo: toa modeli ya ardhi, kimo juu ya ardhi, au mwinuko wa ardhi tambarare. Droni hurekodi kimo chake juu ya mahali ilipopaa, si juu ya ardhi iliyo chini ya picha.

Faili la sensa hubadilishwa na jipya, na matabaka yake katika mradi hupakiwa upya.</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Camera calibration</source>
            <translation>Urekebishaji wa kamera</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Positions (table or flight log)</source>
            <translation>Mahali (jedwali au kumbukumbu ya safari)</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Height of level ground, measured like the altitudes of the photos [m]</source>
            <translation>Mwinuko wa ardhi tambarare, uliopimwa kama miinuko ya picha [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/georeference.py" />
            <source>Seconds to add to the camera clock</source>
            <translation>Sekunde za kuongeza kwenye saa ya kamera</translation>
        </message>
        <message>
            <location filename="../algorithms/imagery.py" />
            <source>“{name}” comes from a web service or a database, but the detector reads only files. Save the part you need as a GeoTIFF (right-click the layer ▸ Export ▸ Save As, at full resolution) and choose that file.</source>
            <translation>“{name}” hutoka kwenye huduma ya wavuti au hifadhidata, lakini kitambuzi husoma mafaili tu. Hifadhi sehemu unayohitaji kama GeoTIFF (bofya kulia tabaka ▸ Hamisha ▸ Hifadhi kama, kwa ubora kamili) na uchague faili hilo.</translation>
        </message>
        <message>
            <location filename="../algorithms/imagery.py" />
            <source>“{name}” is not a single file on this computer ({source}). Save it as a GeoTIFF and choose that file.</source>
            <translation>“{name}” si faili moja kwenye kompyuta hii ({source}). Ihifadhi kama GeoTIFF na uchague faili hilo.</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Import detections or labels</source>
            <translation>Ingiza utambuzi au lebo</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Makes a survey of animals that other programs found or that people marked</source>
            <translation>Hutengeneza sensa ya wanyama waliopatikana na programu nyingine au waliowekewa alama na watu</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Reads detections and labels of other programs, and places the animals on the map: COCO, YOLO, MegaDetector, CVAT, Label Studio, LabelMe, VIA, Pascal VOC, HerdNet, DeepForest, DotDotGoose, VIAME, tables and vector layers. Then you review and count them like detections of Herdmap.

Files, or a folder of labels: if the tool writes a file for each photo, give the folder.

Survey: if the file exists, the animals are added to it. Its reviews stay, and an animal that it has already is not added again.

Columns: for a table whose columns have other names, for example photo=File, class=Species, x=X, y=Y.</source>
            <translation>Husoma utambuzi na lebo za programu nyingine, na kuwaweka wanyama kwenye ramani: COCO, YOLO, MegaDetector, CVAT, Label Studio, LabelMe, VIA, Pascal VOC, HerdNet, DeepForest, DotDotGoose, VIAME, majedwali na matabaka ya vekta. Kisha unawakagua na kuwahesabu kama utambuzi wa Herdmap.

Mafaili, au folda ya lebo: ikiwa programu huandika faili kwa kila picha, toa folda.

Sensa: ikiwa faili lipo, wanyama huongezwa ndani yake. Ukaguzi wake hubaki, na mnyama aliyemo tayari haongezwi tena.

Safuwima: kwa jedwali ambalo safuwima zake zina majina mengine, kwa mfano photo=File, class=Species, x=X, y=Y.</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Folder of labels</source>
            <translation>Folda ya lebo</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Photos without labels were searched and are empty</source>
            <translation>Picha zisizo na lebo zilichunguzwa na hazina mnyama</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Lowest score (empty: all)</source>
            <translation>Uhakika wa chini kabisa (wazi: wote)</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Columns (for example photo=File, class=Species)</source>
            <translation>Safuwima (kwa mfano photo=File, class=Species)</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Animals that were added</source>
            <translation>Wanyama walioongezwa</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>No labels are chosen. Choose files or a folder of labels.</source>
            <translation>Hakuna lebo zilizochaguliwa. Chagua mafaili au folda ya lebo.</translation>
        </message>
        <message>
            <location filename="../algorithms/import_labels.py" />
            <source>Columns: “{text}” has no equals sign. Write it as photo=File.</source>
            <translation>Safuwima: “{text}” haina alama ya sawasawa. Iandike kama photo=File.</translation>
        </message>
        <message>
            <location filename="../algorithms/kept_output.py" />
            <source>“{name}” has no file yet. Choose one: QGIS deletes temporary files when it closes, and the result would be lost.</source>
            <translation>“{name}” bado haina faili. Chagua moja: QGIS hufuta mafaili ya muda inapofungwa, na matokeo yangepotea.</translation>
        </message>
        <message>
            <location filename="../algorithms/kept_output.py" />
            <source>“{name}” is a temporary file: QGIS deletes it when it closes, and the result would be lost. Choose a file in a folder of yours.</source>
            <translation>“{name}” ni faili la muda: QGIS hulifuta inapofungwa, na matokeo yangepotea. Chagua faili katika folda yako.</translation>
        </message>
        <message>
            <location filename="../algorithms/kept_output.py" />
            <source>You may not write to the folder {folder}. Choose another folder for “{name}”.</source>
            <translation>Huruhusiwi kuandika katika folda {folder}. Chagua folda nyingine kwa “{name}”.</translation>
        </message>
        <message>
            <location filename="../algorithms/layer_file.py" />
            <source>The layer of “{}” is not in the project any more. Open it, and run this again. Nothing was changed.</source>
            <translation>Safu ya “{}” haipo tena katika mradi. Ifungue, kisha endesha tena. Hakuna kilichobadilishwa.</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <source>Merge two reviews</source>
            <translation>Unganisha kaguzi mbili</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <source>Merges the reviews of two people, who each reviewed a copy of one survey</source>
            <translation>Huunganisha kaguzi za watu wawili, ambao kila mmoja alikagua nakala ya sensa moja</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <source>Makes one survey of two copies that two people reviewed. If both say the same of an animal, it holds. If they disagree, the later word holds, the other one is in the note, and the animal is in a table of conflicts beside the result. The log says how well the two agree.

To settle conflicts, open the result in the review and choose “More”.</source>
            <translation>Hufanya sensa moja ya nakala mbili ambazo watu wawili walikagua. Wote wakisema sawa kuhusu mnyama, hilo linabaki. Wakitofautiana, neno la baadaye linabaki, lingine liko kwenye maelezo, na mnyama yumo kwenye jedwali la tofauti kando ya matokeo. Kumbukumbu husema wawili wanakubaliana kiasi gani.

Ili kuamua tofauti, fungua matokeo kwenye ukaguzi na uchague “Zaidi”.</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <location filename="../review/two_reviewers.py" />
            <source>The copy of the other reviewer</source>
            <translation>Nakala ya mkaguzi mwingine</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <location filename="../algorithms/observers.py" />
            <location filename="../algorithms/teach.py" />
            <location filename="../plugin.py" />
            <location filename="../review/two_reviewers.py" />
            <location filename="../survey_panel.py" />
            <source>Surveys (*.gpkg)</source>
            <translation>Sensa (*.gpkg)</translation>
        </message>
        <message>
            <location filename="../algorithms/merge.py" />
            <source>Merged survey</source>
            <translation>Sensa iliyounganishwa</translation>
        </message>
        <message>
            <location filename="../algorithms/model_question.py" />
            <source>sheep (bundled)</source>
            <translation>kondoo (iliyomo)</translation>
        </message>
        <message>
            <location filename="../algorithms/model_question.py" />
            <source>Listing the models</source>
            <translation>Kuorodhesha modeli</translation>
        </message>
        <message>
            <location filename="../algorithms/model_question.py" />
            <source>Another file…</source>
            <translation>Faili lingine…</translation>
        </message>
        <message>
            <location filename="../algorithms/model_question.py" />
            <source>Models (*.onnx *.npz);;All files (*)</source>
            <translation>Modeli (*.onnx *.npz);;Mafaili yote (*)</translation>
        </message>
        <message>
            <location filename="../algorithms/named_columns.py" />
            <source>There is no column {}. The columns are: {}</source>
            <translation>Hakuna safu {}. Safu ni: {}</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>New survey</source>
            <translation>Sensa mpya</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>Puts photos and orthomosaics on the map, to be searched by people</source>
            <translation>Huweka picha na ortomozaiki kwenye ramani, ili zichunguzwe na watu</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>Makes a survey without a model: a GeoPackage with the place of each image. Nothing is searched, so it takes seconds. Then press Search images in the toolbar, and look at the images cell by cell.

Classes: the kinds of animals that you look for, with commas between them. The keys 1 to 9 choose them.

Polygons: images outside them are left out of the search.

You can let a model search the same survey later: run Detect animals with the same output. What people searched and marked is kept.</source>
            <translation>Hutengeneza sensa bila modeli: GeoPackage yenye mahali pa kila picha. Hakuna kinachochunguzwa, hivyo huchukua sekunde chache. Kisha bofya Chunguza picha kwenye upau wa zana, na uangalie picha seli kwa seli.

Aina: aina za wanyama unaotafuta, zikitenganishwa kwa mkato. Vitufe 1 hadi 9 huzichagua.

Poligoni: picha zilizo nje yake huachwa katika uchunguzi.

Baadaye unaweza kuacha modeli ichunguze sensa hiyohiyo: endesha Tambua wanyama na tokeo lilelile. Watu walichochunguza na kuwekea alama huhifadhiwa.</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>Classes (for example elephant, zebra)</source>
            <translation>Aina (kwa mfano tembo, punda milia)</translation>
        </message>
        <message>
            <location filename="../algorithms/new_survey.py" />
            <source>Leave out images outside these polygons</source>
            <translation>Acha picha zilizo nje ya poligoni hizi</translation>
        </message>
        <message>
            <location filename="../algorithms/numbers.py" />
            <source>Table of the results</source>
            <translation>Jedwali la matokeo</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Compare two observers</source>
            <translation>Linganisha waangalizi wawili</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Estimates how many animals two observers of the same photos both missed</source>
            <translation>Hukadiria ni wanyama wangapi waliowakosa waangalizi wote wawili wa picha zilezile</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Two observers searched the same photos apart: two people with copies of a survey, or a person and the detector. What only one of them saw tells how many animals both missed.

The two files may be the same survey, if people searched without seeing the boxes: choose people for the first and the detector for the second.

The observers must be independent. Animals that are hard to see for both make the estimate too low. The log has the estimate in words, with the share of the animals that either observer saw: “Estimate population” divides by it.</source>
            <translation>Waangalizi wawili walichunguza picha zilezile kila mmoja peke yake: watu wawili wenye nakala za sensa, au mtu na kitambuzi. Alichoona mmoja wao tu hueleza ni wanyama wangapi wote wawili waliwakosa.

Mafaili mawili yanaweza kuwa sensa ileile, ikiwa watu walichunguza bila kuona visanduku: chagua watu kwa wa kwanza na kitambuzi kwa wa pili.

Waangalizi lazima wawe huru. Wanyama walio vigumu kuonekana kwa wote wawili hufanya kadirio kuwa dogo mno. Kumbukumbu ya kazi ina kadirio kwa maneno, pamoja na sehemu ya wanyama ambayo mmoja au mwingine aliiona: “Kadiria idadi ya wanyama” hugawa kwa sehemu hiyo.</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Survey of the first observer</source>
            <translation>Sensa ya mwangalizi wa kwanza</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Survey of the second</source>
            <translation>Sensa ya wa pili</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>All sightings</source>
            <translation>Mionekano yote</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Those that people drew</source>
            <translation>Ile ambayo watu walichora</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Those of the detector</source>
            <translation>Ile ya kitambuzi</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Its class</source>
            <translation>Aina yake</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Its distance from the photo's centre</source>
            <translation>Umbali wake hadi kitovu cha picha</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Its length</source>
            <translation>Urefu wake</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Sightings of the first</source>
            <translation>Mionekano ya wa kwanza</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>Sightings of the second</source>
            <translation>Mionekano ya wa pili</translation>
        </message>
        <message>
            <location filename="../algorithms/observers.py" />
            <source>What makes an animal hard to see</source>
            <translation>Kinachofanya mnyama awe vigumu kuonekana</translation>
        </message>
        <message>
            <location filename="../algorithms/option_labels.py" />
            <source>(Options with -- exist only on the command line.)</source>
            <translation>(Chaguo zenye -- zipo kwenye mstari wa amri tu.)</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Plan transects</source>
            <translation>Panga transekti</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Lays transects over strata, for a wanted precision or effort, with routes for the GPS</source>
            <translation>Huchora transekti juu ya strata, kwa usahihi au juhudi inayotakiwa, pamoja na njia za GPS</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Lays lines at equal distances over each stratum, the first one at random, across its long axis unless you give a bearing.

Give one wish: the CV of the estimate of all strata, the km of all lines, or the number of lines in each stratum. A CV needs an earlier survey (with estimates, or a table of transects with counts), or how many animals would be counted on a square kilometre.

The log says the lines, the km, the photos and the expected CV of each stratum. The output is a layer that “Estimate population” reads, and a GPX file with a route for each stratum.</source>
            <translation>Huchora mistari kwa umbali sawa juu ya kila strata, wa kwanza kwa bahati nasibu, kukatiza mhimili wake mrefu isipokuwa utoe mwelekeo.

Toa takwa moja: CV ya kadirio la strata zote, km za mistari yote, au idadi ya mistari katika kila strata. CV huhitaji sensa ya awali (yenye makadirio, au jedwali la transekti lenye hesabu), au ni wanyama wangapi wangehesabiwa katika kilomita moja ya mraba.

Kumbukumbu ya kazi husema mistari, km, picha na CV inayotarajiwa ya kila strata. Tokeo ni tabaka ambalo “Kadiria idadi ya wanyama” husoma, na faili la GPX lenye njia kwa kila strata.</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <location filename="../algorithms/sample.py" />
            <location filename="../panel/estimate_questions.py" />
            <source>Strata</source>
            <translation>Strata</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Full width of the strip [m]</source>
            <translation>Upana wote wa ukanda [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Wanted CV of the estimate [%]</source>
            <translation>CV inayotakiwa ya kadirio [%]</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Or: km of all lines together</source>
            <translation>Au: km za mistari yote pamoja</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Or: lines in each stratum</source>
            <translation>Au: mistari katika kila strata</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Earlier survey, or its table of transects</source>
            <translation>Sensa ya awali, au jedwali lake la transekti</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Surveys and tables (*.gpkg *.csv)</source>
            <translation>Sensa na majedwali (*.gpkg *.csv)</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Class in the earlier survey</source>
            <translation>Aina katika sensa ya awali</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Without an earlier survey: animals that are counted on a km²</source>
            <translation>Bila sensa ya awali: wanyama wanaohesabiwa kwa km²</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Bearing of the lines [degrees]</source>
            <translation>Mwelekeo wa mistari [digrii]</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Distance between two photos [m]</source>
            <translation>Umbali kati ya picha mbili [m]</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Random seed of the first lines</source>
            <translation>Mbegu nasibu ya mistari ya kwanza</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Planned transects</source>
            <translation>Transekti zilizopangwa</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Layers (*.gpkg)</source>
            <translation>Matabaka (*.gpkg)</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Routes for the GPS</source>
            <translation>Njia za GPS</translation>
        </message>
        <message>
            <location filename="../algorithms/plan.py" />
            <source>Routes (*.gpx)</source>
            <translation>Njia (*.gpx)</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Positions (*.csv *.txt *.tsv *.gpx *.pos *.mrk *.json *.geojson)</source>
            <translation>Mahali (*.csv *.txt *.tsv *.gpx *.pos *.mrk *.json *.geojson)</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>As the file says</source>
            <translation>Kama faili linavyosema</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Yaw, pitch and roll of the gimbal (pitch -90 looks straight down)</source>
            <translation>Yaw, pitch na roll za gimbal (pitch -90 hutazama chini wima)</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Yaw, pitch and roll of a camera (pitch 0 looks straight down)</source>
            <translation>Yaw, pitch na roll za kamera (pitch 0 hutazama chini wima)</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Yaw, pitch and roll of the aircraft</source>
            <translation>Yaw, pitch na roll za ndege</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Omega, phi and kappa</source>
            <translation>Omega, phi na kappa</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>CRS of the columns x and y, for example EPSG:32737</source>
            <translation>CRS ya safuwima x na y, kwa mfano EPSG:32737</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Angles in the positions</source>
            <translation>Pembe katika mahali</translation>
        </message>
        <message>
            <location filename="../algorithms/positions.py" />
            <source>Error of the positions [m] (empty: as the file says, otherwise 3)</source>
            <translation>Kosa la mahali [m] (wazi: kama faili linavyosema, la sivyo 3)</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>Images: {images}. Tiles: {tiles}.</source>
            <translation>Picha: {images}. Vigae: {tiles}.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{done} of {tiles} tiles, {speed:.1f} per second, {left}. {detections} boxes so far.</source>
            <translation>Vigae {done} kati ya {tiles}, {speed:.1f} kwa sekunde, {left}. Visanduku {detections} hadi sasa.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{done} of {images} images read.</source>
            <translation>Picha {done} kati ya {images} zimesomwa.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>Pictures of the animals of {done} of {images} images made.</source>
            <translation>Picha ndogo za wanyama zimetengenezwa kwa picha {done} kati ya {images}.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>Images to learn from: {}.</source>
            <translation>Picha za kujifunza: {}.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>Learning, {left}.</source>
            <translation>Inajifunza, {left}.</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{n} s left</source>
            <translation>zimebaki s {n}</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{n} min left</source>
            <translation>zimebaki dak {n}</translation>
        </message>
        <message>
            <location filename="../algorithms/progress.py" />
            <source>{n:.1f} h left</source>
            <translation>zimebaki saa {n:.1f}</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Write a survey report</source>
            <translation>Andika ripoti ya sensa</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Writes the survey as one page to print and sign</source>
            <translation>Huandika sensa kama ukurasa mmoja wa kuchapisha na kutia saini</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Writes one page that opens in any browser, also offline, and prints on A4. It shows what was counted and how sure that is, what was not looked at, a map, the effort, the estimates, the quality of the detector and the method, and has lines for signatures.

With the ending .pdf, the Chrome, Chromium, Edge or Brave of this computer prints it.

Estimate the population first. Without estimates, the page shows what was found.</source>
            <translation>Huandika ukurasa mmoja unaofunguka katika kivinjari chochote, pia bila mtandao, na kuchapishwa kwenye A4. Huonyesha kilichohesabiwa na kwa uhakika gani, kisichochunguzwa, ramani, juhudi, makadirio, ubora wa kitambuzi na mbinu, na una mistari ya saini.

Kwa mwisho .pdf, Chrome, Chromium, Edge au Brave ya kompyuta hii huuchapisha.

Kwanza kadiria idadi ya wanyama. Bila makadirio, ukurasa huonyesha kilichopatikana.</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Title of the report</source>
            <translation>Kichwa cha ripoti</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Table of two observers, to be shown in the report</source>
            <translation>Jedwali la waangalizi wawili, la kuonyeshwa katika ripoti</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Survey report</source>
            <translation>Ripoti ya sensa</translation>
        </message>
        <message>
            <location filename="../algorithms/report.py" />
            <source>Pages (*.html);;PDF (*.pdf)</source>
            <translation>Kurasa (*.html);;PDF (*.pdf)</translation>
        </message>
        <message>
            <location filename="../algorithms/runs.py" />
            <source>Starting…</source>
            <translation>Inaanza…</translation>
        </message>
        <message>
            <location filename="../algorithms/runs.py" />
            <source>Stopping…</source>
            <translation>Inasimama…</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Draw photos to review</source>
            <translation>Chagua picha za kukagua</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Draws random photos to review, so that an estimate can be corrected</source>
            <translation>Huchagua picha kwa bahati nasibu za kukagua, ili kadirio liweze kusahihishwa</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Draws random photos: of those in which the detector found something, and of those in which it found nothing; with strata, so many in each stratum.

Review these photos from the top: confirm or reject the boxes, and draw the animals that are missing. Write yes into the column reviewed. Then give the table to “Estimate population”. If the table exists, photos are added and earlier marks are kept.</source>
            <translation>Huchagua picha kwa bahati nasibu: kati ya zile ambazo kitambuzi kilipata kitu, na kati ya zile ambazo hakikupata kitu; kukiwa na strata, idadi hiyo katika kila strata.

Kagua picha hizi kuanzia juu: thibitisha au kataa visanduku, na uchore wanyama wanaokosekana. Andika yes katika safuwima reviewed. Kisha lipe jedwali “Kadiria idadi ya wanyama”. Ikiwa jedwali lipo, picha huongezwa na alama za awali huhifadhiwa.</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Photos with detections</source>
            <translation>Picha zenye utambuzi</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Photos without detections</source>
            <translation>Picha zisizo na utambuzi</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Random seed</source>
            <translation>Mbegu nasibu</translation>
        </message>
        <message>
            <location filename="../algorithms/sample.py" />
            <source>Sample</source>
            <translation>Sampuli</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Make a share folder</source>
            <translation>Tengeneza folda ya kushiriki</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Makes a folder with a map and the photos, which opens offline in any browser</source>
            <translation>Hutengeneza folda yenye ramani na picha, inayofunguka bila mtandao katika kivinjari chochote</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Makes a folder for people without Herdmap and QGIS. They open its index.html in any browser, also offline and on a phone, and see the map, the photos with their boxes, filters and counts. The folder is a few per cent as large as the imagery.

Largest size: for example 50MB or 5%. If you leave it empty, the limit is 5 % of the imagery.</source>
            <translation>Hutengeneza folda kwa watu wasio na Herdmap wala QGIS. Hufungua index.html yake katika kivinjari chochote, pia bila mtandao na kwenye simu, na kuona ramani, picha na visanduku vyake, vichujio na hesabu. Folda ina asilimia chache tu za ukubwa wa picha.

Ukubwa wa juu: kwa mfano 50MB au 5%. Ukiacha wazi, kikomo ni 5 % ya picha.</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Title of the page</source>
            <translation>Kichwa cha ukurasa</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Largest size (for example 50MB or 5%)</source>
            <translation>Ukubwa wa juu (kwa mfano 50MB au 5%)</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Also pictures with the boxes drawn on them</source>
            <translation>Pia picha zilizochorwa visanduku juu yake</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <source>Also pictures of images outside the survey's folder</source>
            <translation>Pia picha zilizo nje ya folda ya sensa</translation>
        </message>
        <message>
            <location filename="../algorithms/share.py" />
            <location filename="../panel/steps.py" />
            <source>Share folder</source>
            <translation>Folda ya kushiriki</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <location filename="../panel/own_animals.py" />
            <source>Teach a model</source>
            <translation>Fundisha modeli</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Learns the animals that people marked in a survey, and writes a model for Detect animals</source>
            <translation>Hujifunza wanyama waliowekewa alama na watu katika sensa, na kuandika modeli kwa Tambua wanyama</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Makes a model of your own animals in about ten minutes. It learns from animals that people marked or confirmed, from ground that they searched and where no animal is, and from detections that they rejected. It learns nothing of ground that nobody searched. Search and mark 10 to 30 images first, also some without animals.

Some images are held out to measure on. The report says whether the model is fit to count with, shows its worst mistakes, says what more images would bring, and which images to search next.

Run it again after more reviews with the same model file: it goes on from that model, and holds out the same images. Then use the model in “Detect animals”.

It needs torch: in Herdmap ▸ Settings, press “Add teaching”.</source>
            <translation>Hutengeneza modeli ya wanyama wako mwenyewe kwa muda wa dakika kumi hivi. Hujifunza kutokana na wanyama ambao watu waliwawekea alama au kuwathibitisha, ardhi waliyoichunguza na isiyo na mnyama, na utambuzi walioukataa. Haijifunzi chochote kutokana na ardhi ambayo hakuna aliyeichunguza. Kwanza chunguza na uweke alama picha 10 hadi 30, pia baadhi zisizo na wanyama.

Baadhi ya picha huwekwa kando kwa ajili ya kupimia. Ripoti husema kama modeli inafaa kuhesabia, huonyesha makosa yake mabaya zaidi, husema picha zaidi zingeleta nini, na picha zipi zichunguzwe baadaye.

Endesha tena baada ya ukaguzi zaidi na faili lilelile la modeli: huendelea kutoka modeli hiyo, na kuweka kando picha zilezile. Kisha tumia modeli katika “Tambua wanyama”.

Inahitaji torch: katika Herdmap ▸ Mipangilio, bofya “Ongeza ufundishaji”.</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <location filename="../panel/own_animals.py" />
            <source>Minutes, about</source>
            <translation>Dakika, takriban</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Another survey to learn from</source>
            <translation>Sensa nyingine ya kujifunzia</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Length of the animals, px (if only points are marked)</source>
            <translation>Urefu wa wanyama, px (ikiwa nukta tu zimewekwa)</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Images to measure on</source>
            <translation>Picha za kupimia</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Animals in them</source>
            <translation>Wanyama ndani yake</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Found</source>
            <translation>Waliopatikana</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>False alarms</source>
            <translation>Tahadhari za uongo</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Fit to count with</source>
            <translation>Inafaa kuhesabia</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>Which is better: find or model</source>
            <translation>Ipi ni bora: find au model</translation>
        </message>
        <message>
            <location filename="../algorithms/teach.py" />
            <source>How good the model is: {page}</source>
            <translation>Ubora wa modeli: {page}</translation>
        </message>
        <message>
            <location filename="../environment/brought_python.py" />
            <location filename="../environment/set_up.py" />
            <source>Fetching Python</source>
            <translation>Python inapakuliwa</translation>
        </message>
        <message>
            <location filename="../environment/brought_python.py" />
            <source>QGIS's own Python has no pip, so it cannot fetch another Python.</source>
            <translation>Python ya QGIS haina pip, kwa hiyo haiwezi kupakua Python nyingine.</translation>
        </message>
        <message>
            <location filename="../environment/carried.py" />
            <source>{name} is missing in the plugin's folder, or changed. Install the plugin again from its zip.</source>
            <translation>{name} inakosekana katika folda ya programu-jalizi, au imebadilishwa. Sakinisha tena programu-jalizi kutoka kwenye zip yake.</translation>
        </message>
        <message>
            <location filename="../environment/environment.py" />
            <source>The Python of the chosen environment does not exist: {path}. Choose another one in Herdmap ▸ Settings.</source>
            <translation>Python ya mazingira yaliyochaguliwa haipo: {path}. Chagua nyingine katika Herdmap ▸ Mipangilio.</translation>
        </message>
        <message>
            <location filename="../environment/environment.py" />
            <source>The detector is not set up yet. Press “Set up” in Herdmap ▸ Settings. You do this once, and it takes a few minutes.</source>
            <translation>Kitambuzi bado hakijasakinishwa. Bofya “Sakinisha” katika Herdmap ▸ Mipangilio. Hufanyika mara moja tu, na huchukua dakika chache.</translation>
        </message>
        <message>
            <location filename="../environment/environment.py" />
            <source>{python} has no herdmap. Run “pip install herdmap” in that environment, or choose another one.</source>
            <translation>{python} haina herdmap. Endesha “pip install herdmap” katika mazingira hayo, au chagua mengine.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The disk is full. Free 2 GB and press the button again. Finished downloads are kept.</source>
            <translation>Diski imejaa. Ondoa GB 2 na ubofye kitufe tena. Vilivyokwisha kupakuliwa vimehifadhiwa.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The proxy did not work. Check it in Settings ▸ Options ▸ Network or ask your network administrator. Then press the button again.</source>
            <translation>Proksi haikufanya kazi. Ikague katika Mipangilio ▸ Chaguo ▸ Mtandao wa QGIS au uliza msimamizi wa mtandao wako. Kisha bofya kitufe tena.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>This computer does not trust the certificate of the connection. Either its clock is wrong, or your network inspects encrypted connections. Check the clock. Ask your network administrator for the certificate as a .pem file, set the environment variable PIP_CERT to that file, restart QGIS and press the button again.</source>
            <translation>Kompyuta hii haiamini cheti cha muunganisho. Ama saa yake si sahihi, au mtandao wako hukagua miunganisho iliyosimbwa. Kagua saa. Mwombe msimamizi wa mtandao wako cheti kama faili la .pem, weka faili hilo katika kigezo cha mazingira PIP_CERT, washa QGIS upya na ubofye kitufe tena.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The package index could not be reached. Check the internet connection. If you use a proxy, check Settings ▸ Options ▸ Network. Then press the button again. Finished downloads are kept.</source>
            <translation>Hazina ya vifurushi haikufikiwa. Kagua muunganisho wa intaneti. Ikiwa unatumia proksi, kagua Mipangilio ▸ Chaguo ▸ Mtandao wa QGIS. Kisha bofya kitufe tena. Vilivyokwisha kupakuliwa vimehifadhiwa.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The package index refused the request. If your organisation has its own index, check the address and the password in pip's configuration (pip.ini or pip.conf).</source>
            <translation>Hazina ya vifurushi imekataa ombi. Ikiwa taasisi yako ina hazina yake, kagua anwani na nenosiri katika usanidi wa pip (pip.ini au pip.conf).</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>A file that was fetched is not the one that was expected, so nothing of it was used. Try again, or on another network.</source>
            <translation>Faili iliyopakuliwa si ile iliyotarajiwa, kwa hiyo haikutumika. Jaribu tena, au kwa mtandao mwingine.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The path of the QGIS profile is too long for this system. Allow long paths in Windows (LongPathsEnabled), or make an environment in a folder with a short path and choose it below.</source>
            <translation>Njia ya wasifu wa QGIS ni ndefu mno kwa mfumo huu. Ruhusu njia ndefu katika Windows (LongPathsEnabled), au tengeneza mazingira katika folda yenye njia fupi na uyachague hapa chini.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>A file could not be read or written, because an antivirus program or another program uses it. Close other QGIS windows, exclude the folder below from the antivirus program, and press the button again.</source>
            <translation>Faili halikuweza kusomwa au kuandikwa, kwa sababu programu ya kuzuia virusi au programu nyingine inalitumia. Funga madirisha mengine ya QGIS, ondoa folda iliyo chini katika ukaguzi wa virusi, na ubofye kitufe tena.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>You may not write to the folder below. Check its permissions and press the button again.</source>
            <translation>Huruhusiwi kuandika katika folda iliyo chini. Kagua ruhusa zake na ubofye kitufe tena.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>This Python is too old for the detector. Install Python 3.12 and choose it below.</source>
            <translation>Python hii ni ya zamani mno kwa kitambuzi. Sakinisha Python 3.12 na uichague hapa chini.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>This Python cannot make environments. On Debian and Ubuntu, run “sudo apt install python3-venv”. On other systems, install Python from python.org and choose it below.</source>
            <translation>Python hii haiwezi kutengeneza mazingira. Kwenye Debian na Ubuntu, endesha “sudo apt install python3-venv”. Kwenye mifumo mingine, sakinisha Python kutoka python.org na uichague hapa chini.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>The package index has no package for this system and this Python. The detector needs 64-bit Windows, macOS or Linux, and Python 3.11 to 3.14. Choose such a Python below. If your organisation has its own index, ask for the missing package there.</source>
            <translation>Hazina ya vifurushi haina kifurushi kwa mfumo huu na Python hii. Kitambuzi huhitaji Windows, macOS au Linux ya biti 64, na Python 3.11 hadi 3.14. Chagua Python kama hiyo hapa chini. Ikiwa taasisi yako ina hazina yake, omba huko kifurushi kinachokosekana.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>A system library is missing. On Windows, install the Visual C++ Redistributable (x64) from Microsoft. On Linux, use a distribution from the last five years.</source>
            <translation>Maktaba ya mfumo inakosekana. Kwenye Windows, sakinisha Visual C++ Redistributable (x64) kutoka Microsoft. Kwenye Linux, tumia toleo la miaka mitano iliyopita.</translation>
        </message>
        <message>
            <location filename="../environment/install_failures.py" />
            <source>Press “Copy diagnostics” and send the copied text to the person who helps you.</source>
            <translation>Bofya “Nakili taarifa” na utume maandishi yaliyonakiliwa kwa mtu anayekusaidia.</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>The detector took longer than {} s to list the models.</source>
            <translation>Kitambuzi kimechukua zaidi ya s {} kuorodhesha modeli.</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>The models cannot be listed: {}</source>
            <translation>Modeli haziwezi kuorodheshwa: {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>bundled</source>
            <translation>iliyomo</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>own</source>
            <translation>yako</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>{}: cannot be used</source>
            <translation>{}: haiwezi kutumika</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>{:g} to {:g} cm a pixel</source>
            <translation>{:g} hadi {:g} cm kwa pikseli</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>unknown</source>
            <translation>haijulikani</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>F1 {}</source>
            <translation>F1 {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>F1 {:.2f} on {}</source>
            <translation>F1 {:.2f} kwenye {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>Finds: {}</source>
            <translation>Hupata: {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>Fits imagery of {}</source>
            <translation>Inafaa picha za {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>a scale that its file does not say</source>
            <translation>kipimo ambacho faili lake halikisemi</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>How right: {}</source>
            <translation>Usahihi: {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>its file does not say</source>
            <translation>faili lake halisemi</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <source>Learnt from: {}</source>
            <translation>Imejifunza kutokana na: {}</translation>
        </message>
        <message>
            <location filename="../environment/models.py" />
            <location filename="../panel/road.py" />
            <source>{low} to {high}</source>
            <translation>{low} hadi {high}</translation>
        </message>
        <message>
            <location filename="../environment/packages.py" />
            <source>{folder} contains no packages. Choose a folder that “herdmap bundle” made on a computer with a network.</source>
            <translation>{folder} haina vifurushi. Chagua folda iliyotengenezwa na “herdmap bundle” kwenye kompyuta yenye mtandao.</translation>
        </message>
        <message>
            <location filename="../environment/packages.py" />
            <source>The package index has no Herdmap of this version, or a package is missing there. Choose “This plugin and the package index”, or ask for the packages there.</source>
            <translation>Hazina ya vifurushi haina Herdmap ya toleo hili, au kifurushi kinakosekana humo. Chagua “Programu-jalizi hii na hazina ya vifurushi”, au omba vifurushi huko.</translation>
        </message>
        <message>
            <location filename="../environment/packages.py" />
            <source>{folder} lacks a package for this system and this Python. Make the folder again with “herdmap bundle” of this version, for this system and this version of Python.</source>
            <translation>{folder} haina kifurushi kwa mfumo huu na Python hii. Tengeneza folda tena kwa “herdmap bundle” ya toleo hili, kwa mfumo huu na toleo hili la Python.</translation>
        </message>
        <message>
            <location filename="../environment/packages_choice.py" />
            <source>This plugin and the package index</source>
            <translation>Programu-jalizi hii na hazina ya vifurushi</translation>
        </message>
        <message>
            <location filename="../environment/packages_choice.py" />
            <source>The package index alone</source>
            <translation>Hazina ya vifurushi peke yake</translation>
        </message>
        <message>
            <location filename="../environment/packages_choice.py" />
            <source>A folder, without a network</source>
            <translation>Folda, bila mtandao</translation>
        </message>
        <message>
            <location filename="../environment/packages_choice.py" />
            <source>folder that “herdmap bundle” made</source>
            <translation>folda iliyotengenezwa na “herdmap bundle”</translation>
        </message>
        <message>
            <location filename="../environment/process.py" />
            <source>{}: cannot be started ({})</source>
            <translation>{}: haiwezi kuanzishwa ({})</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>No Python was found</source>
            <translation>Hakuna Python iliyopatikana</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>The detector needs Python 3.11 or newer. {found}. {mend}, then press the button again.</source>
            <translation>Kitambuzi huhitaji Python 3.11 au mpya zaidi. {found}. {mend}, kisha bofya kitufe tena.</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is the Microsoft Store's, which cannot make an environment for QGIS</source>
            <translation>ni ya Microsoft Store, ambayo haiwezi kutengeneza mazingira ya QGIS</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is QGIS's own Python, which changes with each update of QGIS</source>
            <translation>ni Python ya QGIS yenyewe, ambayo hubadilika kila QGIS inaposasishwa</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>cannot be started</source>
            <translation>haiwezi kuanzishwa</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>cannot make environments (on Debian and Ubuntu, run “sudo apt install python3-venv”)</source>
            <translation>haiwezi kutengeneza mazingira (kwenye Debian na Ubuntu, endesha “sudo apt install python3-venv”)</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is not a working Python</source>
            <translation>si Python inayofanya kazi</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is Python {version}, which is too old</source>
            <translation>ni Python {version}, ambayo ni ya zamani mno</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is Python {version}, but the folder has the packages for {those}</source>
            <translation>ni Python {version}, lakini folda ina vifurushi kwa {those}</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>is a 32-bit Python, but the detector needs 64 bit</source>
            <translation>ni Python ya biti 32, lakini kitambuzi huhitaji biti 64</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>Install it from python.org (you need no administrator rights), not from the Microsoft Store</source>
            <translation>Isakinishe kutoka python.org (huhitaji haki za msimamizi), si kutoka Microsoft Store</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>Install it from python.org</source>
            <translation>Isakinishe kutoka python.org</translation>
        </message>
        <message>
            <location filename="../environment/pythons.py" />
            <source>Install it with your system's packages (python3 and python3-venv)</source>
            <translation>Isakinishe kwa vifurushi vya mfumo wako (python3 na python3-venv)</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>“Add teaching” also installs torch, which “Teach a model” needs: about {load:g} GB to download, {disk:g} GB on the disk, 2 to 20 minutes. Everything else works without it.</source>
            <translation>“Ongeza ufundishaji” husakinisha pia torch, ambayo “Fundisha modeli” huihitaji: takriban GB {load:g} za kupakua, GB {disk:g} kwenye diski, dakika 2 hadi 20. Vingine vyote hufanya kazi bila hiyo.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>This copy of the plugin contains no detector. Install the plugin from its zip, or choose an existing environment.</source>
            <translation>Nakala hii ya programu-jalizi haina kitambuzi. Sakinisha programu-jalizi kutoka kwenye zip yake, au chagua mazingira yaliyopo.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Ready</source>
            <translation>Tayari</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Looking for Python</source>
            <translation>Kutafuta Python</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Python: {path}</source>
            <translation>Python: {path}</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>The disk has {free:.1f} GB left, but the detector needs {needed:.1f} GB. Free some space and press the button again.</source>
            <translation>Diski imebaki na GB {free:.1f}, lakini kitambuzi huhitaji GB {needed:.1f}. Ondoa vitu kupata nafasi na ubofye kitufe tena.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Making the environment</source>
            <translation>Kutengeneza mazingira</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Downloading the packages</source>
            <translation>Kupakua vifurushi</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>The tested versions of the packages do not exist for this Python. Newer versions are installed. Counts may differ a little from those of other computers.</source>
            <translation>Matoleo ya vifurushi yaliyojaribiwa hayapo kwa Python hii. Matoleo mapya zaidi yanasakinishwa. Hesabu zinaweza kutofautiana kidogo na za kompyuta nyingine.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Testing the detector</source>
            <translation>Kujaribu kitambuzi</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>The detector was installed but does not run on this computer.</source>
            <translation>Kitambuzi kimesakinishwa lakini hakifanyi kazi kwenye kompyuta hii.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Cancelled. Press “Set up” to start again. Finished downloads are kept.</source>
            <translation>Imeghairiwa. Bofya “Sakinisha” kuanza tena. Vilivyokwisha kupakuliwa vimehifadhiwa.</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Downloading {name}</source>
            <translation>Kupakua {name}</translation>
        </message>
        <message>
            <location filename="../environment/set_up.py" />
            <source>Installing the packages</source>
            <translation>Kusakinisha vifurushi</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Herdmap settings</source>
            <translation>Mipangilio ya Herdmap</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The detector is not set up yet. Press “Set up” below. You do this once; it takes a few minutes.</source>
            <translation>Kitambuzi bado hakijasakinishwa. Bofya “Sakinisha” hapa chini. Hufanyika mara moja tu; huchukua dakika chache.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Checking the detector</source>
            <translation>Kukagua kitambuzi</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The check of the detector failed: {error}</source>
            <translation>Ukaguzi wa kitambuzi umeshindikana: {error}</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The detector does not run.</source>
            <translation>Kitambuzi hakifanyi kazi.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>on the GPU ({device})</source>
            <translation>kwenye GPU ({device})</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>on the CPU</source>
            <translation>kwenye CPU</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Ready: Herdmap {version} runs {where}.</source>
            <translation>Tayari: Herdmap {version} inafanya kazi {where}.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The plugin contains another version. Press “Set up again”.</source>
            <translation>Programu-jalizi ina toleo lingine. Bofya “Sakinisha upya”.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Setting up…</source>
            <translation>Inasakinisha…</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Setting up the detector</source>
            <translation>Kusakinisha kitambuzi</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Or press “Get Python too”.</source>
            <translation>Au bonyeza “Pakua Python pia”.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Copied. Paste the text into your message. It contains no names and no passwords.</source>
            <translation>Imenakiliwa. Bandika maandishi katika ujumbe wako. Hayana majina wala nenosiri.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <location filename="../environment/uninstalling.py" />
            <source>Some files could not be removed: {error}</source>
            <translation>Baadhi ya mafaili hayakuweza kuondolewa: {error}</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Set up again</source>
            <translation>Sakinisha upya</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Set up</source>
            <translation>Sakinisha</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Teaching is installed</source>
            <translation>Ufundishaji umesakinishwa</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Add teaching</source>
            <translation>Ongeza ufundishaji</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>The set-up writes its log here.</source>
            <translation>Usakinishaji huandika kumbukumbu yake hapa.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Copy diagnostics</source>
            <translation>Nakili taarifa</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Own environment, set up by this plugin</source>
            <translation>Mazingira yake, yaliyosakinishwa na programu-jalizi hii</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Existing environment</source>
            <translation>Mazingira yaliyopo</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>python of an environment that contains herdmap</source>
            <translation>python ya mazingira yenye herdmap</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Python</source>
            <translation>Python</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Where the detector runs</source>
            <translation>Mahali kitambuzi kinapofanya kazi</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>“Set up” downloads the detector's packages from your package index and puts them into the folder below (600 MB). It does not change QGIS. It uses the proxy of QGIS and the configuration of pip.</source>
            <translation>“Sakinisha” hupakua vifurushi vya kitambuzi kutoka hazina yako ya vifurushi na kuviweka katika folda iliyo chini (MB 600). Haibadilishi QGIS. Hutumia proksi ya QGIS na usanidi wa pip.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>found automatically</source>
            <translation>imepatikana yenyewe</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Remove</source>
            <translation>Ondoa</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Delete the detector and its packages from the folder above</source>
            <translation>Futa kitambuzi na vifurushi vyake katika folda iliyo juu</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Get Python too ({number} MB)</source>
            <translation>Pakua Python pia ({number} MB)</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Fetch a Python into the folder above and set up with it. Nothing else on this computer changes.</source>
            <translation>Pakua Python katika folda iliyo juu na uiandae kwayo. Hakuna kingine kinachobadilika kwenye kompyuta hii.</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Python to use</source>
            <translation>Python ya kutumia</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Packages from</source>
            <translation>Vifurushi kutoka</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Folder</source>
            <translation>Folda</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Cancel</source>
            <translation>Ghairi</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Check</source>
            <translation>Kagua</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Test whether the detector runs in the chosen environment</source>
            <translation>Jaribu kama kitambuzi kinafanya kazi katika mazingira yaliyochaguliwa</translation>
        </message>
        <message>
            <location filename="../environment/settings_dialog.py" />
            <source>Programs (python*)</source>
            <translation>Programu (python*)</translation>
        </message>
        <message>
            <location filename="../environment/uninstalling.py" />
            <source>The detector that Herdmap installed takes {size} MB in {folder}. Delete it too? Your surveys are not there and stay.</source>
            <translation>Kitambuzi kilichosakinishwa na Herdmap huchukua MB {size} katika {folder}. Kifutwe pia? Sensa zako haziko humo na zitabaki.</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <location filename="../review/session.py" />
            <source>Reading the survey</source>
            <translation>Kusoma sensa</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <source>New survey…</source>
            <translation>Sensa mpya…</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <location filename="../plugin.py" />
            <source>Settings…</source>
            <translation>Mipangilio…</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <source>Another run of this panel works. Wait for it, or stop it.</source>
            <translation>Kazi nyingine ya paneli hii inaendelea. Isubiri, au isimamishe.</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <source>Done.</source>
            <translation>Imekamilika.</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <source>Stopped. Finished work is kept.</source>
            <translation>Imesimamishwa. Kazi iliyokamilika imehifadhiwa.</translation>
        </message>
        <message>
            <location filename="../panel/dock.py" />
            <location filename="../review/two_reviewers.py" />
            <source>The run failed. QGIS's log of messages says more.</source>
            <translation>Kazi imeshindikana. Kumbukumbu ya ujumbe ya QGIS hueleza zaidi.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>The photos of the survey</source>
            <translation>Picha za sensa</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>All ground that the photos show</source>
            <translation>Eneo lote ambalo picha zinaonyesha</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>not given</source>
            <translation>haijatolewa</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <location filename="../survey_words.py" />
            <source>Transects</source>
            <translation>Transekti</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Name of the transect</source>
            <translation>Jina la transekti</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Stratum of the transect</source>
            <translation>Tabaka la transekti</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Full width of the strip</source>
            <translation>Upana wote wa ukanda</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Name of the stratum</source>
            <translation>Jina la tabaka</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Correct by the reviewed photos</source>
            <translation>Sahihisha kwa picha zilizokaguliwa</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>The reviewed photos of a random sample show how many animals the detector misses and invents</source>
            <translation>Picha zilizokaguliwa za sampuli ya nasibu zinaonyesha ni wanyama wangapi kigunduzi hukosa na hubuni</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Draw photos…</source>
            <translation>Chagua picha kwa kura…</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Draw random photos to review, so that the estimate can be corrected: in each stratum {} with detections and {} without. Without strata, 100 of each kind.</source>
            <translation>Chagua picha kwa bahati nasibu za kukagua, ili kadirio liweze kusahihishwa: katika kila stratum, {} zenye utambuzi na {} zisizo nao. Bila strata, 100 za kila aina.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>No photos are drawn yet.</source>
            <translation>Bado hakuna picha zilizochaguliwa.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>{done} of {all} drawn photos are reviewed.</source>
            <translation>Picha {done} kati ya {all} zilizochaguliwa zimekaguliwa.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>You may stop at any photo: each one more makes the interval narrower.</source>
            <translation>Unaweza kuacha kwenye picha yoyote: kila moja zaidi hupunguza kipindi.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>Choose the layer of strata first, or open it with “…”.</source>
            <translation>Chagua kwanza safu ya ramani ya matabaka, au ifungue kwa “…”.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>These transects are lines. Give the full width of the strip.</source>
            <translation>Transekti hizi ni mistari. Toa upana wote wa ukanda.</translation>
        </message>
        <message>
            <location filename="../panel/estimate_questions.py" />
            <source>The column of that layer; empty: the usual name is looked for</source>
            <translation>Safu ya tabaka hilo; tupu: jina la kawaida hutafutwa</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <location filename="../panel/print_layout.py" />
            <location filename="../survey_words.py" />
            <source>Stratum</source>
            <translation>Strata</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <location filename="../panel/print_layout.py" />
            <source>95 % interval</source>
            <translation>Kipindi cha 95 %</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <location filename="../panel/print_layout.py" />
            <source>per km²</source>
            <translation>kwa km²</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>all strata</source>
            <translation>jumla</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>undefined</source>
            <translation>haijulikani</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>The interval is wide. Press “Review them” and review more of the drawn photos.</source>
            <translation>Kipindi ni kipana. Bonyeza “Wakague” na ukague picha zaidi za zilizochaguliwa.</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>Corrected by the photos that people reviewed.</source>
            <translation>Imesahihishwa kwa picha ambazo watu walikagua.</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>Not corrected for missed animals and false detections: the true number may lie outside the interval.</source>
            <translation>Haijasahihishwa kwa wanyama waliokosekana na utambuzi wa uongo: idadi halisi inaweza kuwa nje ya kipindi.</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>Not corrected for missed animals and false detections.</source>
            <translation>Haijasahihishwa kwa wanyama waliokosekana na utambuzi wa uongo.</translation>
        </message>
        <message>
            <location filename="../panel/estimates_view.py" />
            <source>To correct it, press “Draw photos…”, then “Review them”.</source>
            <translation>Ili kuisahihisha, bonyeza “Chagua picha kwa kura…”, kisha “Wakague”.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Detect the rest</source>
            <translation>Tambua zilizobaki</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>How good it is</source>
            <translation>Ubora wake</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Teach with all settings…</source>
            <translation>Fundisha kwa mipangilio yote…</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Find more with all settings…</source>
            <translation>Tafuta zaidi kwa mipangilio yote…</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Detect the rest with all settings…</source>
            <translation>Tambua zilizobaki kwa mipangilio yote…</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Add teaching…</source>
            <translation>Ongeza ufundishaji…</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Open a survey first.</source>
            <translation>Fungua sensa kwanza.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>It needs torch. Press “Add teaching…” above.</source>
            <translation>Inahitaji torch. Bonyeza “Ongeza ufundishaji…” hapo juu.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Teach a model first.</source>
            <translation>Fundisha modeli kwanza.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Searches as “Find more like these” does, because it makes fewer mistakes than the model.</source>
            <translation>Huchunguza kama “Tafuta wengine kama hawa”, kwa sababu hufanya makosa machache kuliko modeli.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>More animals are proposed. Review them: what you reject is learnt too. Then teach a model.</source>
            <translation>Wanyama zaidi wamependekezwa. Wakague: unachokataa pia hujifunzwa. Kisha fundisha modeli.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>Nothing more was found. Mark animals in more images, then press it again, or teach a model.</source>
            <translation>Hakuna zaidi kilichopatikana. Weka alama kwa wanyama katika picha zaidi, kisha bonyeza tena, au fundisha modeli.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>“Find more like these” searched the rest, because it makes fewer mistakes than the model. Review what was found, then teach again.</source>
            <translation>“Tafuta wengine kama hawa” ilichunguza zilizobaki, kwa sababu hufanya makosa machache kuliko modeli. Kagua kilichopatikana, kisha fundisha tena.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>The rest is searched. Review what was found, the doubtful ones first, then teach again or count.</source>
            <translation>Zilizobaki zimechunguzwa. Kagua kilichopatikana, kwanza vyenye shaka, kisha fundisha tena au hesabu.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>The model found nothing in the rest. Mark animals in more images, and teach it again.</source>
            <translation>Modeli haikupata chochote katika zilizobaki. Weka alama kwa wanyama katika picha zaidi, kisha ifundishe tena.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>The model is taught. Press “Detect the rest”.</source>
            <translation>Modeli imefundishwa. Bonyeza “Tambua zilizobaki”.</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/own_animals.py" />
            <source>On %Ln images that it had not learnt from, it found {found} of {animals} animals and made {wrong} false alarms.</source>
            <translation>
                <numerusform>Katika picha %Ln ambayo haikujifunza kwayo, ilipata wanyama {found} kati ya {animals}, na tahadhari za uongo {wrong}.</numerusform>
                <numerusform>Katika picha %Ln ambazo haikujifunza kwazo, ilipata wanyama {found} kati ya {animals}, na tahadhari za uongo {wrong}.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>It is fit to count with.</source>
            <translation>Inafaa kuhesabia.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>It is fit to propose: let people review what it finds.</source>
            <translation>Inafaa kupendekeza: watu wakague inachopata.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>The model is taught.</source>
            <translation>Modeli imefundishwa.</translation>
        </message>
        <message>
            <location filename="../panel/own_animals.py" />
            <source>So “Detect the rest” searches as “Find more like these” does. To search with the model, choose “Detect the rest with all settings…” below More.</source>
            <translation>Kwa hiyo “Tambua zilizobaki” huchunguza kama “Tafuta wengine kama hawa”. Ili kutumia modeli, chagua “Tambua zilizobaki kwa mipangilio yote…” chini ya Zaidi.</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>Set up…</source>
            <translation>Sakinisha…</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>Continue</source>
            <translation>Endelea</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>Do not offer this run again. Its finished work stays beside the survey.</source>
            <translation>Usipendekeze tena kazi hii. Sehemu yake iliyokamilika hubaki kando ya sensa.</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>The detector is not set up yet. You do this once.</source>
            <translation>Kitambuzi bado hakijasakinishwa. Hufanyika mara moja tu.</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>I have read this</source>
            <translation>Nimesoma hii</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>All commands</source>
            <translation>Amri zote</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <location filename="../review/panel.py" />
            <location filename="../search/panel.py" />
            <source>Open the GeoPackage of a survey</source>
            <translation>Fungua GeoPackage ya sensa</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>Help: the pages that come with the plugin</source>
            <translation>Msaada: kurasa zinazokuja na programu-jalizi</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>region</source>
            <translation>eneo</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>And {} more, in QGIS's log of messages.</source>
            <translation>Na {} zaidi, katika kumbukumbu ya ujumbe ya QGIS.</translation>
        </message>
        <message>
            <location filename="../panel/panel.py" />
            <source>A run was stopped: {}. Finished work is kept.</source>
            <translation>Kazi ilisimamishwa: {}. Sehemu iliyokamilika imehifadhiwa.</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Survey {}</source>
            <translation>Sensa {}</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Made with Herdmap in QGIS. Coordinates: {}</source>
            <translation>Imetengenezwa na Herdmap katika QGIS. Viwianishi: {}</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>What was counted</source>
            <translation>Kilichohesabiwa</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>What was estimated</source>
            <translation>Kilichokadiriwa</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Legend</source>
            <translation>Maelezo ya alama</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <location filename="../search/dock.py" />
            <location filename="../survey_words.py" />
            <source>Class</source>
            <translation>Aina</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/print_layout.py" />
            <source>%Ln more classes</source>
            <translation>
                <numerusform>aina %Ln zaidi</numerusform>
                <numerusform>aina %Ln zaidi</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <location filename="../review/choice.py" />
            <source>All</source>
            <translation>Wote</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Reviewed</source>
            <translation>Waliokaguliwa</translation>
        </message>
        <message>
            <location filename="../panel/print_layout.py" />
            <source>Images searched</source>
            <translation>Picha zilizotafutwa</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Folder…</source>
            <translation>Folda…</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>A folder of photos, with its subfolders</source>
            <translation>Folda ya picha, pamoja na folda zake ndogo</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Files…</source>
            <translation>Mafaili…</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Orthomosaics or photos</source>
            <translation>Ortomozaiki au picha</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Choose a folder or files</source>
            <translation>Chagua folda au mafaili</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/questions.py" />
            <source>{} and %Ln more</source>
            <translation>
                <numerusform>{} na %Ln zaidi</numerusform>
                <numerusform>{} na %Ln zaidi</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Images (*)</source>
            <translation>Picha (*)</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Open a file</source>
            <translation>Fungua faili</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Layers (*.gpkg *.shp *.geojson *.kml);;All files (*)</source>
            <translation>Matabaka (*.gpkg *.shp *.geojson *.kml);;Mafaili yote (*)</translation>
        </message>
        <message>
            <location filename="../panel/questions.py" />
            <source>Open a layer</source>
            <translation>Fungua tabaka</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Find the animals</source>
            <translation>Tafuta wanyama</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Teach your animals</source>
            <translation>Fundisha wanyama wako</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <location filename="../panel/steps.py" />
            <location filename="../plugin.py" />
            <source>Review</source>
            <translation>Kagua</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Count per region</source>
            <translation>Hesabu kwa eneo</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Estimate the population</source>
            <translation>Kadiria idadi ya wanyama</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Report and share</source>
            <translation>Ripoti na kushiriki</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Choose photos or an orthomosaic.</source>
            <translation>Chagua picha au ortomozaiki.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Report: {}</source>
            <translation>Ripoti: {}</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>No report yet.</source>
            <translation>Bado hakuna ripoti.</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images</source>
            <translation>
                <numerusform>picha %Ln</numerusform>
                <numerusform>picha %Ln</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln have no place on the map</source>
            <translation>
                <numerusform>%Ln haina mahali kwenye ramani</numerusform>
                <numerusform>%Ln hazina mahali kwenye ramani</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>“More” has “Georeference photos”, which places them.</source>
            <translation>“Zaidi” ina “Weka picha mahali pake”, inayoziweka.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>{animals} in {images}</source>
            <translation>{animals} katika {images}</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln animals</source>
            <translation>
                <numerusform>mnyama %Ln</numerusform>
                <numerusform>wanyama %Ln</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>No animals</source>
            <translation>Hakuna wanyama</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images not searched yet</source>
            <translation>
                <numerusform>picha %Ln bado haijachunguzwa</numerusform>
                <numerusform>picha %Ln bado hazijachunguzwa</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images failed</source>
            <translation>
                <numerusform>picha %Ln imeshindikana</numerusform>
                <numerusform>picha %Ln zimeshindikana</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Mark {} or more animals of a class first.</source>
            <translation>Weka alama kwanza kwa wanyama {} au zaidi wa aina moja.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Mark animals in a second image too: it is to measure on.</source>
            <translation>Weka alama pia kwa wanyama katika picha ya pili: ni ya kupimia.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Nothing says where no animal is: search some images, or reject what is wrong.</source>
            <translation>Hakuna kinachoonyesha mahali pasipo na mnyama: chunguza picha, au kataa kisicho sahihi.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>If no model knows your animals: search some images by eye, then teach one.</source>
            <translation>Kama hakuna modeli inayojua wanyama wako: chunguza picha kadhaa kwa macho, kisha fundisha moja.</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images searched by people</source>
            <translation>
                <numerusform>picha %Ln imechunguzwa na watu</numerusform>
                <numerusform>picha %Ln zimechunguzwa na watu</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln animals marked</source>
            <translation>
                <numerusform>mnyama %Ln amewekewa alama</numerusform>
                <numerusform>wanyama %Ln wamewekewa alama</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Model: {}</source>
            <translation>Modeli: {}</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <location filename="../review/panel.py" />
            <source>Nothing to review</source>
            <translation>Hakuna cha kukagua</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>{done} of {all} reviewed</source>
            <translation>{done} kati ya {all} wamekaguliwa</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <location filename="../review/panel.py" />
            <source>%Ln rejected</source>
            <translation>
                <numerusform>amekataliwa %Ln</numerusform>
                <numerusform>wamekataliwa %Ln</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Not counted yet.</source>
            <translation>Bado hawajahesabiwa.</translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln regions</source>
            <translation>
                <numerusform>eneo %Ln</numerusform>
                <numerusform>maeneo %Ln</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>{animals} in {regions} and outside</source>
            <translation>{animals} katika {regions} na nje yake</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>The animals have changed since. Count again.</source>
            <translation>Wanyama wamebadilika tangu hapo. Hesabu tena.</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>interval undefined</source>
            <translation>masafa hayajulikani</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>no interval</source>
            <translation>hakuna kipindi</translation>
        </message>
        <message>
            <location filename="../panel/road.py" />
            <source>Not estimated yet.</source>
            <translation>Bado hawajakadiriwa.</translation>
        </message>
        <message>
            <location filename="../panel/step_box.py" />
            <source>Stop</source>
            <translation>Simamisha</translation>
        </message>
        <message>
            <location filename="../panel/step_box.py" />
            <location filename="../review/panel.py" />
            <source>More</source>
            <translation>Zaidi</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Georeference photos…</source>
            <translation>Weka picha mahali pake…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Search by eye</source>
            <translation>Tafuta kwa macho</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Detect with all settings…</source>
            <translation>Tambua kwa mipangilio yote…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Import detections or labels…</source>
            <translation>Ingiza utambuzi au lebo…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <location filename="../plugin.py" />
            <location filename="../search/dock.py" />
            <source>Search images</source>
            <translation>Chunguza picha</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Export training data…</source>
            <translation>Hamisha data ya mafunzo…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Count</source>
            <translation>Hesabu</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Count with all settings…</source>
            <translation>Hesabu kwa mipangilio yote…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Estimate</source>
            <translation>Kadiria</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Estimate with all settings…</source>
            <translation>Kadiria kwa mipangilio yote…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Draw photos with all settings…</source>
            <translation>Chagua picha kwa mipangilio yote…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Write report</source>
            <translation>Andika ripoti</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Open it</source>
            <translation>Ifungue</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>As PDF</source>
            <translation>Kama PDF</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Print layout</source>
            <translation>Mpangilio</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Report with all settings…</source>
            <translation>Ripoti kwa mipangilio yote…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Share folder with all settings…</source>
            <translation>Folda ya kushiriki kwa mipangilio yote…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Export animals…</source>
            <translation>Hamisha wanyama…</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Nothing searched yet.</source>
            <translation>Bado hakuna kilichochunguzwa.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The survey {} exists: it is continued, and reviews are kept.</source>
            <translation>Sensa {} ipo: inaendelezwa, na ukaguzi huhifadhiwa.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>A run was stopped here. It goes on where it stopped.</source>
            <translation>Kazi ilisimamishwa hapa. Itaendelea iliposimama.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Survey: {}</source>
            <translation>Sensa: {}</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Choose the layer of regions first, or open it with “…”.</source>
            <translation>Kwanza chagua tabaka la maeneo, au lifungue kwa “…”.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The animals are counted.</source>
            <translation>Wanyama wamehesabiwa.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The population is estimated.</source>
            <translation>Idadi ya wanyama imekadiriwa.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>Photos are drawn. Review them: mark all animals of each.</source>
            <translation>Picha zimechaguliwa. Zikague: weka alama kwa wanyama wote wa kila moja.</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The report is written: {}</source>
            <translation>Ripoti imeandikwa: {}</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The print layout was written as PDF instead: {}</source>
            <translation>Badala yake, mpangilio umeandikwa kama PDF: {}</translation>
        </message>
        <message>
            <location filename="../panel/steps.py" />
            <source>The share folder is made: {}</source>
            <translation>Folda ya kushiriki imetengenezwa: {}</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Herdmap</source>
            <translation>Herdmap</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>The survey at hand, from the imagery to the report</source>
            <translation>Sensa iliyopo, kuanzia picha hadi ripoti</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Detect animals…</source>
            <translation>Tambua wanyama…</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Find animals in imagery and put them on the map</source>
            <translation>Tafuta wanyama katika picha na uwaweke kwenye ramani</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Look at the detections one by one and confirm or reject them</source>
            <translation>Angalia utambuzi mmoja mmoja na uuthibitishe au uukatae</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Look at the images cell by cell and mark every animal</source>
            <translation>Angalia picha seli kwa seli na uweke alama kila mnyama</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Count per region…</source>
            <translation>Hesabu kwa eneo…</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Count the animals in each polygon of a layer</source>
            <translation>Hesabu wanyama katika kila poligoni ya tabaka</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Open survey…</source>
            <translation>Fungua sensa…</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Open the GeoPackage of a survey with all its layers</source>
            <translation>Fungua GeoPackage ya sensa pamoja na matabaka yake yote</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <source>Set up the detector and check that it runs</source>
            <translation>Sakinisha kitambuzi na ukague kama kinafanya kazi</translation>
        </message>
        <message>
            <location filename="../plugin.py" />
            <location filename="../survey_panel.py" />
            <source>Open survey</source>
            <translation>Fungua sensa</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>There is no box yet. Drag one, or press an arrow key.</source>
            <translation>Bado hakuna kisanduku. Buruta kimoja, au bonyeza kitufe cha mshale.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <location filename="../review/reshaping.py" />
            <source>The box lies outside the image. Draw it on the image.</source>
            <translation>Kisanduku kiko nje ya picha. Kichore juu ya picha.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>Added: {}. Draw the next one, or press Esc to go on with the review. U takes it back.</source>
            <translation>Ameongezwa: {}. Chora anayefuata, au bonyeza Esc kuendelea na ukaguzi. U humwondoa.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>An animal is here already: {animal}, {state}, in {photo}. Press Enter again if this is another animal, or Esc to drop the box.</source>
            <translation>Hapa yupo mnyama tayari: {animal}, {state}, katika {photo}. Bonyeza Enter tena ikiwa huyu ni mnyama mwingine, au Esc kuacha kisanduku.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <location filename="../review/card.py" />
            <source>added by hand</source>
            <translation>aliongezwa kwa mkono</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>detected</source>
            <translation>alitambuliwa</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>There is no image here. Draw on an image, or press Esc to stop.</source>
            <translation>Hapa hakuna picha. Chora juu ya picha, au bonyeza Esc kusimama.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>Adding: {}. Drag a box around the animal, or press an arrow key for a box in the middle. 1 to 9 or L chooses the class, Esc ends.</source>
            <translation>Kuongeza: {}. Buruta kisanduku kumzunguka mnyama, au bonyeza kitufe cha mshale kupata kisanduku katikati. 1 hadi 9 au L huchagua aina, Esc humaliza.</translation>
        </message>
        <message>
            <location filename="../review/adding.py" />
            <source>Adding: {}. Enter adds the animal, Esc drops the box. Drag the box or its handles, or use the keys: arrows move it, Shift + arrows resize it, with Ctrl by one pixel. 1 to 9 or L chooses the class.</source>
            <translation>Kuongeza: {}. Enter humwongeza mnyama, Esc huacha kisanduku. Buruta kisanduku au vishikio vyake, au tumia vitufe: mishale hukisogeza, Shift + mishale hubadilisha ukubwa wake, ukiwa na Ctrl kwa pikseli moja. 1 hadi 9 au L huchagua aina.</translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>The detections of this survey are not on the map. Open its layers first.</source>
            <translation>Utambuzi wa sensa hii hauko kwenye ramani. Fungua kwanza matabaka yake.</translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>Click the corners of an area on the map. A right click or Enter closes it, U takes a corner back, Esc ends this.</source>
            <translation>Bofya pembe za eneo kwenye ramani. Kitufe cha kulia au Enter hulifunga, U huondoa pembe, Esc humaliza.</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln animals to review lie in this area.</source>
            <translation>
                <numerusform>Mnyama %Ln wa kukaguliwa yuko katika eneo hili.</numerusform>
                <numerusform>Wanyama %Ln wa kukaguliwa wako katika eneo hili.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln others there are reviewed or not chosen, and stay as they are.</source>
            <translation>
                <numerusform>Mwingine %Ln hapo ameshakaguliwa au hakuchaguliwa, naye anabaki alivyo.</numerusform>
                <numerusform>Wengine %Ln hapo wameshakaguliwa au hawakuchaguliwa, nao wanabaki walivyo.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>X rejects them, C confirms them, Esc drops the area.</source>
            <translation>X huwakataa, C huwathibitisha, Esc huacha eneo.</translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>Close the area first: a right click or Enter.</source>
            <translation>Funga eneo kwanza: kitufe cha kulia au Enter.</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln animals confirmed.</source>
            <translation>
                <numerusform>Mnyama %Ln amethibitishwa.</numerusform>
                <numerusform>Wanyama %Ln wamethibitishwa.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln animals rejected.</source>
            <translation>
                <numerusform>Mnyama %Ln amekataliwa.</numerusform>
                <numerusform>Wanyama %Ln wamekataliwa.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/area.py" />
            <source>U takes it back. Draw another area, or press Esc.</source>
            <translation>U hurudisha nyuma. Chora eneo jingine, au bonyeza Esc.</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>point</source>
            <translation>nukta</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>Region: {}</source>
            <translation>Eneo: {}</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>Second best: {}</source>
            <translation>Aina ya pili: {}</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <location filename="../review/conflicts.py" />
            <source>Note: {}</source>
            <translation>Maelezo: {}</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <location filename="../review/conflicts.py" />
            <source>no picture</source>
            <translation>hakuna picha</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <location filename="../review/conflicts.py" />
            <location filename="../survey_words.py" />
            <source>rejected</source>
            <translation>amekataliwa</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>confirmed, detected as {}</source>
            <translation>amethibitishwa, alitambuliwa kama {}</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <location filename="../survey_words.py" />
            <source>confirmed</source>
            <translation>amethibitishwa</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <location filename="../survey_words.py" />
            <source>not reviewed</source>
            <translation>hajakaguliwa</translation>
        </message>
        <message>
            <location filename="../review/card.py" />
            <source>new class: {}</source>
            <translation>aina mpya: {}</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>What to review</source>
            <translation>Cha kukagua</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>All classes</source>
            <translation>Aina zote</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Classes</source>
            <translation>Aina</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>to</source>
            <translation>hadi</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../score_filter.py" />
            <source>Scores from</source>
            <translation>Uhakika kuanzia</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../survey_words.py" />
            <source>Not reviewed</source>
            <translation>Wasiokaguliwa</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Not reviewed, in one photo of several</source>
            <translation>Wasiokaguliwa, katika picha moja kati ya kadhaa</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../review/panel.py" />
            <location filename="../survey_words.py" />
            <source>Confirmed</source>
            <translation>Waliothibitishwa</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../survey_words.py" />
            <source>Rejected</source>
            <translation>Waliokataliwa</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <location filename="../survey_words.py" />
            <source>Added by hand</source>
            <translation>Walioongezwa kwa mkono</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>With a note</source>
            <translation>Wenye maelezo</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Animals that only one photo shows, though others look at the same place: many of them are false alarms</source>
            <translation>Wanyama wanaoonyeshwa na picha moja tu, ingawa nyingine hutazama mahali palepale: wengi wao ni tahadhari za uongo</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Show</source>
            <translation>Onyesha</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Anybody</source>
            <translation>Mtu yeyote</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Reviewed by</source>
            <translation>Mkaguzi</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Highest score first</source>
            <translation>Uhakika mkubwa kwanza</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Lowest score first</source>
            <translation>Uhakika mdogo kwanza</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Most doubtful first</source>
            <translation>Wenye shaka zaidi kwanza</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Region by region, photo by photo</source>
            <translation>Eneo kwa eneo, picha kwa picha</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>A random sample</source>
            <translation>Sampuli ya bahati nasibu</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Low scores, a close second class, and animals that few of the photos of their place show</source>
            <translation>Uhakika mdogo, aina ya pili iliyo karibu, na wanyama wanaoonekana katika picha chache tu za mahali pao</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Order</source>
            <translation>Mpangilio</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>The same number draws the same sample again, also in a copy of the survey</source>
            <translation>Namba ileile huchagua tena sampuli ileile, pia katika nakala ya sensa</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>sample no.</source>
            <translation>sampuli na.</translation>
        </message>
        <message>
            <location filename="../review/choice.py" />
            <source>Sample size</source>
            <translation>Ukubwa</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>{} is too large for a table of conflicts.</source>
            <translation>{} ni kubwa mno kuwa jedwali la tofauti.</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../search/sample.py" />
            <source>{} cannot be read: {}</source>
            <translation>{} haiwezi kusomwa: {}</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>{} is no table of conflicts of “Merge two reviews”.</source>
            <translation>{} si jedwali la tofauti la “Unganisha kaguzi mbili”.</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Conflicts of two reviewers</source>
            <translation>Tofauti za wakaguzi wawili</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Back (←)</source>
            <translation>Rudi (←)</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Next (→)</source>
            <translation>Inayofuata (→)</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../review/grid.py" />
            <source>Undo (U)</source>
            <translation>Tendua (U)</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>On the map (M)</source>
            <translation>Kwenye ramani (M)</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>This survey has no table of conflicts: {} does not exist.</source>
            <translation>Sensa hii haina jedwali la tofauti: {} haipo.</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>{settled} of {all} conflicts are settled.</source>
            <translation>Tofauti {settled} kati ya {all} zimeamuliwa.</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/conflicts.py" />
            <source>%Ln others are in the table only: they are of columns of your own.</source>
            <translation>
                <numerusform>Mwingine %Ln yumo kwenye jedwali tu: ni wa safu yako.</numerusform>
                <numerusform>Wengine %Ln wamo kwenye jedwali tu: ni wa safu zako.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Now: {}</source>
            <translation>Sasa: {}</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>Not settled. {}</source>
            <translation>Haijaamuliwa. {}</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../review/panel.py" />
            <source>{} of {}</source>
            <translation>{} kati ya {}</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../review/dock.py" />
            <source>Reject</source>
            <translation>Kataa</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <location filename="../review/file.py" />
            <source>Somebody</source>
            <translation>Mtu</translation>
        </message>
        <message>
            <location filename="../review/conflicts.py" />
            <source>confirmed as {}</source>
            <translation>amethibitishwa kama {}</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Review animals</source>
            <translation>Kagua wanyama</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Confirm</source>
            <translation>Thibitisha</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Other class…</source>
            <translation>Aina nyingine…</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Note…</source>
            <translation>Maelezo…</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Add missed animal</source>
            <translation>Ongeza mnyama</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <location filename="../search/dock.py" />
            <source>Undo</source>
            <translation>Tendua</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <location filename="../search/dock.py" />
            <source>Back</source>
            <translation>Rudi</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Skip</source>
            <translation>Ruka</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Adjust the box (E)</source>
            <translation>Rekebisha kisanduku (E)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Split into two boxes (S)</source>
            <translation>Gawa kuwa visanduku viwili (S)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Merge with another box (M)</source>
            <translation>Unganisha na kisanduku kingine (M)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Reject in this photo only (Shift+X)</source>
            <translation>Kataa katika picha hii tu (Shift+X)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Next photo of this place ( ] )</source>
            <translation>Picha inayofuata ya mahali hapa ( ] )</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Photo beside the map (P)</source>
            <translation>Picha kando ya ramani (P)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Many at once (G)</source>
            <translation>Wengi kwa pamoja (G)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>All in an area of the map (R)</source>
            <translation>Wote katika eneo la ramani (R)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Photo without boxes, beside the map (B)</source>
            <translation>Picha bila visanduku, kando ya ramani (B)</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Images that are reviewed, on the map</source>
            <translation>Picha zilizokaguliwa, kwenye ramani</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>The survey was written again by another program. It was read again; your place is kept.</source>
            <translation>Sensa iliandikwa upya na programu nyingine. Imesomwa tena; mahali ulipokuwa pamehifadhiwa.</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Which class is it? Type its name or choose with ↑ ↓. Enter accepts, Esc cancels.</source>
            <translation>Ni aina gani? Andika jina lake au chagua kwa ↑ ↓. Enter hukubali, Esc hughairi.</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>Note for this animal. Enter saves it, Esc cancels.</source>
            <translation>Maelezo ya mnyama huyu. Enter huyahifadhi, Esc hughairi.</translation>
        </message>
        <message>
            <location filename="../review/dock.py" />
            <source>The photo does not exist: {}</source>
            <translation>Picha haipo: {}</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>The box has no position. Draw it on an image.</source>
            <translation>Kisanduku hakina mahali. Kichore juu ya picha.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>A detection of the model cannot be removed. Reject it instead.</source>
            <translation>Utambuzi wa modeli hauwezi kuondolewa. Ukatae badala yake.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>{} was written again meanwhile. Open it again.</source>
            <translation>{} imeandikwa upya wakati huo huo. Ifungue tena.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>Somebody else has just written to {}. Try again.</source>
            <translation>Mtu mwingine ameandika katika {} sasa hivi. Jaribu tena.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>This detection is no longer in the file. Nothing was saved for it.</source>
            <translation>Utambuzi huu haumo tena katika faili. Hakuna kilichohifadhiwa kwa ajili yake.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>Somebody has just changed this detection. Nothing was saved. Look again.</source>
            <translation>Mtu amebadilisha utambuzi huu sasa hivi. Hakuna kilichohifadhiwa. Angalia tena.</translation>
        </message>
        <message>
            <location filename="../review/file.py" />
            <source>{} has just reviewed this detection ({}). Look again. To overrule it, press the key again.</source>
            <translation>{} amekagua utambuzi huu sasa hivi ({}). Angalia tena. Ili uamuzi wako utumike, bonyeza kitufe tena.</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Review many at once</source>
            <translation>Kagua wengi kwa pamoja</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Confirm (C)</source>
            <translation>Thibitisha (C)</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Reject (X)</source>
            <translation>Kataa (X)</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Screen before (PgUp)</source>
            <translation>Skrini iliyotangulia (PgUp)</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Next screen (PgDn)</source>
            <translation>Skrini inayofuata (PgDn)</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>{first} to {last} of {all}. Click, Shift+click or Ctrl+click chooses; Ctrl+A chooses all.</source>
            <translation>{first} hadi {last} kati ya {all}. Bofya, Shift+bofya au Ctrl+bofya huchagua; Ctrl+A huchagua wote.</translation>
        </message>
        <message>
            <location filename="../review/grid.py" />
            <source>Choose animals first: Ctrl+A chooses all of this screen.</source>
            <translation>Kwanza chagua wanyama: Ctrl+A huchagua wote wa skrini hii.</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Brightness and contrast</source>
            <translation>Mwangaza na utofautishaji</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Reset</source>
            <translation>Rudisha</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Brightness</source>
            <translation>Mwangaza</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Contrast</source>
            <translation>Utofautishaji</translation>
        </message>
        <message>
            <location filename="../review/looks.py" />
            <source>Gamma</source>
            <translation>Gama</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Press the button “…” above and choose the GeoPackage that “Detect animals” wrote.</source>
            <translation>Bofya kitufe “…” kilicho juu na uchague GeoPackage iliyoandikwa na “Tambua wanyama”.</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>No survey is open</source>
            <translation>Hakuna sensa iliyofunguliwa</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Class by key: {}</source>
            <translation>Vitufe vya aina: {}</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>(%Ln as another class)</source>
            <translation>
                <numerusform>(%Ln kama aina nyingine)</numerusform>
                <numerusform>(%Ln kama aina nyingine)</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>%Ln confirmed</source>
            <translation>
                <numerusform>amethibitishwa %Ln</numerusform>
                <numerusform>wamethibitishwa %Ln</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>%Ln added</source>
            <translation>
                <numerusform>ameongezwa %Ln</numerusform>
                <numerusform>wameongezwa %Ln</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>%Ln left</source>
            <translation>
                <numerusform>amebaki %Ln</numerusform>
                <numerusform>wamebaki %Ln</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <location filename="../search/panel.py" />
            <source>Your name</source>
            <translation>Jina lako</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Your name is saved with each of your reviews</source>
            <translation>Jina lako huhifadhiwa na kila ukaguzi wako</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <location filename="../review/two_reviewers.py" />
            <location filename="../survey_words.py" />
            <source>Reviewer</source>
            <translation>Mkaguzi</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <location filename="../survey_words.py" />
            <source>Region</source>
            <translation>Eneo</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Animals: all except rejected ones. Each review updates the counts here and on the map.</source>
            <translation>Wanyama: wote isipokuwa waliokataliwa. Kila ukaguzi husasisha hesabu hapa na kwenye ramani.</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>{done} of {all} images with animals reviewed</source>
            <translation>Picha {done} kati ya {all} zenye wanyama zimekaguliwa</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>({} % of their area)</source>
            <translation>({} % ya eneo lake)</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>Nothing was found</source>
            <translation>Hakuna kilichopatikana</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>This survey has no detections. If an animal was missed, press A and draw it. To let a model search again, run “Detect animals” with the same output.</source>
            <translation>Sensa hii haina utambuzi. Ikiwa mnyama alikosekana, bonyeza A na umchore. Ili modeli itafute tena, endesha “Tambua wanyama” na tokeo lilelile.</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>All chosen detections are reviewed already. Change the choice above to review others.</source>
            <translation>Utambuzi wote uliochaguliwa umekwisha kukaguliwa. Badilisha chaguo lililo juu ili kukagua mwingine.</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>End of the queue</source>
            <translation>Mwisho wa foleni</translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>You skipped %Ln. Press ← to go back.</source>
            <translation>
                <numerusform>Umeruka %Ln. Bonyeza ← kurudi.</numerusform>
                <numerusform>Umeruka %Ln. Bonyeza ← kurudi.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>All done</source>
            <translation>Yote yamekamilika</translation>
        </message>
        <message>
            <location filename="../review/panel.py" />
            <source>All chosen detections are reviewed. All reviews are saved in the file.</source>
            <translation>Utambuzi wote uliochaguliwa umekaguliwa. Ukaguzi wote umehifadhiwa katika faili.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>Two boxes now. Press E to adjust the one in hand, → for the other, U to take it back.</source>
            <translation>Sasa ni visanduku viwili. Bonyeza E kurekebisha kilichopo, → kwa kingine, U kukitendua.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>Click on the other box of this animal, in the same photo. Esc cancels.</source>
            <translation>Bofya kisanduku kingine cha mnyama huyu, katika picha ileile. Esc hughairi.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>That is no other box of the same photo. Nothing was merged.</source>
            <translation>Hicho si kisanduku kingine cha picha ileile. Hakuna kilichounganishwa.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>One box now. Press E to adjust it, U to take it back.</source>
            <translation>Sasa ni kisanduku kimoja. Bonyeza E kukirekebisha, U kutendua.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>The box is saved, and the animal is confirmed. Press U to take it back.</source>
            <translation>Kisanduku kimehifadhiwa, na mnyama amethibitishwa. Bonyeza U kutendua.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>The animal was not found in this photo, so there is no box. Press A to draw one.</source>
            <translation>Mnyama hakupatikana katika picha hii, hivyo hakuna kisanduku. Bonyeza A kuchora kimoja.</translation>
        </message>
        <message>
            <location filename="../review/reshaping.py" />
            <source>Adjusting the box: drag it or its handles, or use the keys: arrows move it, Shift + arrows resize it, with Ctrl by one pixel. Enter saves it, Esc cancels.</source>
            <translation>Kurekebisha kisanduku: kiburute au vishikio vyake, au tumia vitufe: mishale hukisogeza, Shift + mishale hubadilisha ukubwa wake, ukiwa na Ctrl kwa pikseli moja. Enter hukihifadhi, Esc hughairi.</translation>
        </message>
        <message>
            <location filename="../review/second_reviewer.py" />
            <source>{} exists, and may hold reviews. Choose another name.</source>
            <translation>{} ipo, na inaweza kuwa na kaguzi. Chagua jina lingine.</translation>
        </message>
        <message>
            <location filename="../review/second_reviewer.py" />
            <location filename="../search/sample.py" />
            <source>{} cannot be written: {}</source>
            <translation>{} haiwezi kuandikwa: {}</translation>
        </message>
        <message>
            <location filename="../review/session.py" />
            <source>Reading the survey. A large one takes some seconds.</source>
            <translation>Kusoma sensa. Kubwa huchukua sekunde chache.</translation>
        </message>
        <message>
            <location filename="../review/session.py" />
            <source>The survey was written again meanwhile. Draw the box again.</source>
            <translation>Sensa iliandikwa upya wakati huo huo. Chora kisanduku tena.</translation>
        </message>
        <message>
            <location filename="../review/session.py" />
            <source>The survey was written again meanwhile. Look, and press the key again.</source>
            <translation>Sensa iliandikwa upya wakati huo huo. Angalia, na ubonyeze kitufe tena.</translation>
        </message>
        <message>
            <location filename="../review/session.py" />
            <source>The survey was written again meanwhile. This detection is not in it any more, or it was changed. Nothing was saved for it.</source>
            <translation>Sensa iliandikwa upya wakati huo huo. Utambuzi huu haumo tena, au ulibadilishwa. Hakuna kilichohifadhiwa kwa ajili yake.</translation>
        </message>
        <message>
            <location filename="../review/sightings.py" />
            <source>Photo {at} of {all} that show this place: {name}. A key is for the animal in all photos. [ and ] change the photo.</source>
            <translation>Picha {at} kati ya {all} zinazoonyesha mahali hapa: {name}. Kitufe ni kwa mnyama katika picha zote. [ na ] hubadilisha picha.</translation>
        </message>
        <message>
            <location filename="../review/sightings.py" />
            <source>Photo {at} of {all} that show this place: {name}. It was found in one of them. [ and ] change the photo.</source>
            <translation>Picha {at} kati ya {all} zinazoonyesha mahali hapa: {name}. Alipatikana katika moja yao. [ na ] hubadilisha picha.</translation>
        </message>
        <message>
            <location filename="../review/sightings.py" />
            <source>not found in this photo</source>
            <translation>hakupatikana katika picha hii</translation>
        </message>
        <message>
            <location filename="../review/steps_list.py" />
            <source>Steps</source>
            <translation>Hatua</translation>
        </message>
        <message>
            <location filename="../review/steps_list.py" />
            <source>note</source>
            <translation>maelezo</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Copy for a second reviewer</source>
            <translation>Nakala ya mkaguzi wa pili</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Without the reviews and drawn animals so far</source>
            <translation>Bila kaguzi na wanyama waliochorwa hadi sasa</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Name of the second reviewer</source>
            <translation>Jina la mkaguzi wa pili</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>The second reviewer works in a copy beside the survey. Afterwards, merge both: “More” has the command.</source>
            <translation>Mkaguzi wa pili hufanya kazi kwenye nakala kando ya sensa. Baadaye, unganisha zote mbili: amri iko kwenye “Zaidi”.</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>This is the copy of {name}: {file}</source>
            <translation>Hii ni nakala ya {name}: {file}</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Merging the two reviews…</source>
            <translation>Inaunganisha kaguzi mbili…</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>The two reviews are merged in {}. They agree.</source>
            <translation>Kaguzi mbili zimeunganishwa katika {}. Zinakubaliana.</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Copy for a second reviewer…</source>
            <translation>Nakala ya mkaguzi wa pili…</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Merge with the copy of another reviewer…</source>
            <translation>Unganisha na nakala ya mkaguzi mwingine…</translation>
        </message>
        <message>
            <location filename="../review/two_reviewers.py" />
            <source>Conflicts of two reviewers…</source>
            <translation>Tofauti za wakaguzi wawili…</translation>
        </message>
        <message>
            <location filename="../score_filter.py" />
            <source>Lowest score on the map</source>
            <translation>Uhakika wa chini kwenye ramani</translation>
        </message>
        <message>
            <location filename="../score_filter.py" />
            <source>Hides detections with lower scores on the map. The review and the counts still use all detections.</source>
            <translation>Huficha kwenye ramani utambuzi wenye uhakika mdogo zaidi. Ukaguzi na hesabu bado hutumia utambuzi wote.</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Searched, next</source>
            <translation>Imechunguzwa, inayofuata</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Space</source>
            <translation>Nafasi</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Next photo</source>
            <translation>Picha inayofuata</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>PgDn</source>
            <translation>PgDn</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>New class…</source>
            <translation>Aina mpya…</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Sample of herdmap sample</source>
            <translation>Sampuli ya herdmap sample</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Which class do you mark now? Choose it or type a new one.</source>
            <translation>Unaweka alama aina gani sasa? Ichague au uandike mpya.</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>Reading {} …</source>
            <translation>Kusoma {} …</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>{} cannot be shown: {}</source>
            <translation>{} haiwezi kuonyeshwa: {}</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>No survey is open. Press “…” and choose the GeoPackage of a survey.</source>
            <translation>Hakuna sensa iliyofunguliwa. Bofya “…” na uchague GeoPackage ya sensa.</translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>There is no image to search.</source>
            <translation>Hakuna picha ya kuchunguza.</translation>
        </message>
        <message numerus="yes">
            <location filename="../search/dock.py" />
            <source>This is searched and saved. %Ln images that a model has searched are left out. To look at them too, tick the box above, or review what was found.</source>
            <translation>
                <numerusform>Hii imechunguzwa na kuhifadhiwa. Picha %Ln ambayo modeli imeichunguza imeachwa. Ili kuiangalia pia, weka tiki kwenye kisanduku hapo juu, au kagua kilichopatikana.</numerusform>
                <numerusform>Hii imechunguzwa na kuhifadhiwa. Picha %Ln ambazo modeli imezichunguza zimeachwa. Ili kuziangalia pia, weka tiki kwenye kisanduku hapo juu, au kagua kilichopatikana.</numerusform>
            </translation>
        </message>
        <message>
            <location filename="../search/dock.py" />
            <source>All images are searched. Everything is saved in the file.</source>
            <translation>Picha zote zimechunguzwa. Kila kitu kimehifadhiwa katika faili.</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>{} of {} images · {} % of the area</source>
            <translation>Picha {} kati ya {} · {} % ya eneo</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>{} · cell {} of {}</source>
            <translation>{} · seli {} kati ya {}</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Your name is saved with each cell that you search</source>
            <translation>Jina lako huhifadhiwa na kila seli unayochunguza</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Fit the window</source>
            <translation>Jaza dirisha</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Cells of a photo. Orthomosaics always fit the window at their full resolution</source>
            <translation>Seli za picha. Ortomozaiki hujaza dirisha daima kwa ubora wake kamili</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Skip what others searched</source>
            <translation>Ruka walichochunguza wengine</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Hide what others marked and the model found</source>
            <translation>Ficha alama za wengine na za modeli</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Also images that a model has searched</source>
            <translation>Pia picha zilizochunguzwa na modeli</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Skip ground that searched images show</source>
            <translation>Ruka ardhi ya picha zilizochunguzwa</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>For counts. Do not use it for estimates from photos or for training data: they need whole photos</source>
            <translation>Kwa hesabu. Usitumie kwa makadirio ya picha wala kwa data ya mafunzo: huhitaji picha nzima</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Sample…</source>
            <translation>Sampuli…</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Search the photos of a sample that herdmap sample has drawn, and mark them in it</source>
            <translation>Chunguza picha za sampuli iliyochaguliwa na herdmap sample, na uziwekee alama ndani yake</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Observer</source>
            <translation>Mwangalizi</translation>
        </message>
        <message>
            <location filename="../search/panel.py" />
            <source>Cells</source>
            <translation>Seli</translation>
        </message>
        <message>
            <location filename="../search/pixels.py" />
            <source>it does not exist</source>
            <translation>haipo</translation>
        </message>
        <message>
            <location filename="../search/record.py" />
            <source>{} is not in the survey any more. Nothing was saved for it.</source>
            <translation>{} haimo tena katika sensa. Hakuna kilichohifadhiwa kwa ajili yake.</translation>
        </message>
        <message>
            <location filename="../search/record.py" />
            <source>The survey was written again meanwhile. This search cannot be undone.</source>
            <translation>Sensa iliandikwa upya wakati huo huo. Uchunguzi huu hauwezi kutenduliwa.</translation>
        </message>
        <message>
            <location filename="../search/sample.py" />
            <source>{} is not a sample of herdmap: {}</source>
            <translation>{} si sampuli ya herdmap: {}</translation>
        </message>
        <message>
            <location filename="../search/sample.py" />
            <source>{} is too large for a sample.</source>
            <translation>{} ni kubwa mno kwa sampuli.</translation>
        </message>
        <message>
            <location filename="../search/sample.py" />
            <source>{} is not a sample of herdmap: it has no column {}</source>
            <translation>{} si sampuli ya herdmap: haina safuwima {}</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>{} is not in this survey. Draw the sample from it again.</source>
            <translation>{} haimo katika sensa hii. Chagua sampuli yake tena.</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>The survey was written again by another program. It was read again.</source>
            <translation>Sensa iliandikwa upya na programu nyingine. Imesomwa tena.</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>There is no image here. Click on the image.</source>
            <translation>Hapa hakuna picha. Bofya juu ya picha.</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>Detections in this cell that are not reviewed: {}. Click on an animal to confirm it, press the right button on what is none. C confirms all of them, X rejects all.</source>
            <translation>Utambuzi usiokaguliwa katika seli hii: {}. Bofya mnyama kumthibitisha, bofya kwa kitufe cha kulia kisicho mnyama. C huthibitisha wote, X hukataa wote.</translation>
        </message>
        <message>
            <location filename="../search/session.py" />
            <source>This animal is marked already: {}. The right button takes the mark away.</source>
            <translation>Mnyama huyu amekwisha kuwekewa alama: {}. Kitufe cha kulia huondoa alama.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>outside</source>
            <translation>nje</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>unplaced</source>
            <translation>bila mahali</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} is not a survey: it {}</source>
            <translation>{} si sensa: {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>it has no layer {}</source>
            <translation>haina tabaka {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>its layer detections has no column {}</source>
            <translation>tabaka lake detections halina safuwima {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} is not a survey: {}</source>
            <translation>{} si sensa: {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>A program crashed while it wrote to {0}. To mend that, the file and its folder must be writable. Allow writing, or copy {0} and {0}-journal together to another folder and open the copy.</source>
            <translation>Programu ilianguka ilipokuwa ikiandika katika {0}. Ili kurekebisha, faili na folda yake lazima viweze kuandikwa. Ruhusu kuandika, au nakili {0} na {0}-journal pamoja kwenye folda nyingine na ufungue nakala.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} does not exist. It may have been moved or renamed. Open it from its new place.</source>
            <translation>{} haipo. Huenda imehamishwa au kubadilishwa jina. Ifungue kutoka mahali pake papya.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>Another program is writing to {}. Nothing is lost. Try again in a moment. If you edit one of its layers in QGIS, save the edits first.</source>
            <translation>Programu nyingine inaandika katika {}. Hakuna kilichopotea. Jaribu tena baada ya muda mfupi. Ikiwa unahariri moja ya matabaka yake katika QGIS, kwanza hifadhi mabadiliko.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} cannot be opened. Check that you may read it.</source>
            <translation>{} haiwezi kufunguliwa. Kagua kama unaruhusiwa kuisoma.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>You may not write to {}, so you cannot review it. Copy it to a folder where you may write, and open the copy.</source>
            <translation>Huruhusiwi kuandika katika {}, hivyo huwezi kuikagua. Inakili kwenye folda unayoruhusiwa kuandika, na ufungue nakala.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>The disk is full, and {} was not changed. Free some space and press the key again.</source>
            <translation>Diski imejaa, na {} haikubadilishwa. Ondoa vitu kupata nafasi na ubonyeze kitufe tena.</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>{} is damaged or not a GeoPackage: {}</source>
            <translation>{} imeharibika au si GeoPackage: {}</translation>
        </message>
        <message>
            <location filename="../survey_file.py" />
            <source>Herdmap cannot use {}: {}</source>
            <translation>Herdmap haiwezi kutumia {}: {}</translation>
        </message>
        <message>
            <location filename="../survey_imagery.py" />
            <source>The layers cannot be copied: {}</source>
            <translation>Matabaka hayawezi kunakiliwa: {}</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Detections</source>
            <translation>Utambuzi</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Tile labels</source>
            <translation>Lebo za vigae</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Counts</source>
            <translation>Hesabu</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Runs</source>
            <translation>Uendeshaji</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>other</source>
            <translation>nyingine</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>no estimate</source>
            <translation>hakuna kadirio</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>searched</source>
            <translation>imechunguzwa</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>failed</source>
            <translation>imeshindikana</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>not searched yet</source>
            <translation>bado haijachunguzwa</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Image</source>
            <translation>Picha</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Class (detector)</source>
            <translation>Aina (kitambuzi)</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Score</source>
            <translation>Uhakika</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Animal no.</source>
            <translation>Mnyama na.</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Counts as an animal</source>
            <translation>Huhesabiwa kama mnyama</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>State of the review</source>
            <translation>Hali ya ukaguzi</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Class (reviewer)</source>
            <translation>Aina (mkaguzi)</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Reviewed at</source>
            <translation>Alikaguliwa tarehe</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Note</source>
            <translation>Maelezo</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Found by run</source>
            <translation>Alipatikana kwa uendeshaji</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Second best class</source>
            <translation>Aina ya pili</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Score of the second best</source>
            <translation>Uhakika wa aina ya pili</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Error of the position [m]</source>
            <translation>Kosa la mahali [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Kind of mark</source>
            <translation>Namna ya alama</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Angle of the box [°]</source>
            <translation>Pembe ya kisanduku [°]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Photos that show it</source>
            <translation>Picha zinazomwonyesha</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Photos that look there</source>
            <translation>Picha zinazotazama hapo</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>File</source>
            <translation>Faili</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Status</source>
            <translation>Hali</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Reason</source>
            <translation>Sababu</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Width [px]</source>
            <translation>Upana [px]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Height [px]</source>
            <translation>Kimo [px]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Placed by</source>
            <translation>Iliwekwa kwa</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Taken at</source>
            <translation>Ilipigwa tarehe</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Longitude [°]</source>
            <translation>Longitudo [°]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Latitude [°]</source>
            <translation>Latitudo [°]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Altitude [m]</source>
            <translation>Mwinuko [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Height above the ground [m]</source>
            <translation>Kimo juu ya ardhi [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Heading [°]</source>
            <translation>Mwelekeo [°]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Tiles</source>
            <translation>Vigae</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Size of a pixel on the ground [m]</source>
            <translation>Ukubwa wa pikseli ardhini [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Area [km²]</source>
            <translation>Ukubwa wa eneo [km²]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Animals per km²</source>
            <translation>Wanyama kwa km²</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Animals of all classes</source>
            <translation>Wanyama wa aina zote</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Transect</source>
            <translation>Transekti</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Estimated number</source>
            <translation>Idadi iliyokadiriwa</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Standard error</source>
            <translation>Kosa sanifu</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Interval from</source>
            <translation>Masafa kuanzia</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Interval to</source>
            <translation>Masafa hadi</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>CV</source>
            <translation>CV</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Photos</source>
            <translation>Picha</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Length [km]</source>
            <translation>Urefu [km]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Width of the strip [m]</source>
            <translation>Upana wa ukanda [m]</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>Imagery (photos from {} on)</source>
            <translation>Picha (kuanzia {})</translation>
        </message>
        <message>
            <location filename="../survey_words.py" />
            <source>{low} to {high} per km²</source>
            <translation>{low} hadi {high} kwa km²</translation>
        </message>
    </context>
</TS>
