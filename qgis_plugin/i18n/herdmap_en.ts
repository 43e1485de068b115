<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
    <context>
        <name>Herdmap</name>
        <message numerus="yes">
            <location filename="../panel/questions.py" />
            <source>{} and %Ln more</source>
            <translation>
                <numerusform>{} and %Ln more</numerusform>
                <numerusform>{} and %Ln more</numerusform>
            </translation>
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
                <numerusform>%Ln has no place on the map</numerusform>
                <numerusform>%Ln have no place on the map</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln animals</source>
            <translation>
                <numerusform>%Ln animal</numerusform>
                <numerusform>%Ln animals</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images not searched yet</source>
            <translation>
                <numerusform>%Ln image not searched yet</numerusform>
                <numerusform>%Ln images not searched yet</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln images failed</source>
            <translation>
                <numerusform>%Ln image failed</numerusform>
                <numerusform>%Ln images failed</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <location filename="../review/panel.py" />
            <source>%Ln rejected</source>
            <translation>
                <numerusform>%Ln rejected</numerusform>
                <numerusform>%Ln rejected</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln regions</source>
            <translation>
                <numerusform>%Ln region</numerusform>
                <numerusform>%Ln regions</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>(%Ln as another class)</source>
            <translation>
                <numerusform>(%Ln as another class)</numerusform>
                <numerusform>(%Ln as another class)</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>%Ln confirmed</source>
            <translation>
                <numerusform>%Ln confirmed</numerusform>
                <numerusform>%Ln confirmed</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>%Ln added</source>
            <translation>
                <numerusform>%Ln added</numerusform>
                <numerusform>%Ln added</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>%Ln left</source>
            <translation>
                <numerusform>%Ln left</numerusform>
                <numerusform>%Ln left</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/panel.py" />
            <source>You skipped %Ln. Press ← to go back.</source>
            <translation>
                <numerusform>You skipped %Ln. Press ← to go back.</numerusform>
                <numerusform>You skipped %Ln. Press ← to go back.</numerusform>
            </translation>
        </message>
    </context>
</TS>
