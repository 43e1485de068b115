<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
    <context>
        <name>Herdmap</name>
        <message numerus="yes">
            <location filename="../panel/own_animals.py" />
            <source>On %Ln images that it had not learnt from, it found {found} of {animals} animals and made {wrong} false alarms.</source>
            <translation>
                <numerusform>On %Ln image that it had not learnt from, it found {found} of {animals} animals and made {wrong} false alarms.</numerusform>
                <numerusform>On %Ln images that it had not learnt from, it found {found} of {animals} animals and made {wrong} false alarms.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/print_layout.py" />
            <source>%Ln more classes</source>
            <translation>
                <numerusform>%Ln more class</numerusform>
                <numerusform>%Ln more classes</numerusform>
            </translation>
        </message>
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
            <source>%Ln images searched by people</source>
            <translation>
                <numerusform>%Ln image searched by people</numerusform>
                <numerusform>%Ln images searched by people</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../panel/road.py" />
            <source>%Ln animals marked</source>
            <translation>
                <numerusform>%Ln animal marked</numerusform>
                <numerusform>%Ln animals marked</numerusform>
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
            <location filename="../review/area.py" />
            <source>%Ln animals to review lie in this area.</source>
            <translation>
                <numerusform>%Ln animal to review lies in this area.</numerusform>
                <numerusform>%Ln animals to review lie in this area.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln others there are reviewed or not chosen, and stay as they are.</source>
            <translation>
                <numerusform>%Ln other there is reviewed or not chosen, and stays as it is.</numerusform>
                <numerusform>%Ln others there are reviewed or not chosen, and stay as they are.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln animals confirmed.</source>
            <translation>
                <numerusform>%Ln animal confirmed.</numerusform>
                <numerusform>%Ln animals confirmed.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/area.py" />
            <source>%Ln animals rejected.</source>
            <translation>
                <numerusform>%Ln animal rejected.</numerusform>
                <numerusform>%Ln animals rejected.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <location filename="../review/conflicts.py" />
            <source>%Ln others are in the table only: they are of columns of your own.</source>
            <translation>
                <numerusform>%Ln other is in the table only: it is of a column of your own.</numerusform>
                <numerusform>%Ln others are in the table only: they are of columns of your own.</numerusform>
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
        <message numerus="yes">
            <location filename="../search/dock.py" />
            <source>This is searched and saved. %Ln images that a model has searched are left out. To look at them too, tick the box above, or review what was found.</source>
            <translation>
                <numerusform>This is searched and saved. %Ln image that a model has searched is left out. To look at it too, tick the box above, or review what was found.</numerusform>
                <numerusform>This is searched and saved. %Ln images that a model has searched are left out. To look at them too, tick the box above, or review what was found.</numerusform>
            </translation>
        </message>
    </context>
</TS>
