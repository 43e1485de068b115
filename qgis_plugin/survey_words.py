"""The layers of a survey in QGIS's language: their names, their legends, the names of their columns, the choices.

A survey's file is English, so that people of different languages can share it. The words are translated in the project
in which it is opened. What a person named in another way stays.
"""

from __future__ import annotations

import re

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsEditorWidgetSetup,
    QgsFeatureRenderer,
    QgsGraduatedSymbolRenderer,
    QgsLayerTreeGroup,
    QgsRuleBasedRenderer,
    QgsVectorLayer,
)

from .translation import tr

_DENSITIES = re.compile(r"(\S+) to (\S+) per km²")
_IMAGERY = re.compile(r"Imagery \(photos from (\S+) on\)")


def layer_words() -> dict[str, str]:
    """What the file calls layers, states and classes of estimates -> what people read."""
    return {
        "Detections": tr("Detections"),
        "Tile labels": tr("Tile labels"),
        "Counts": tr("Counts"),
        "Transects": tr("Transects"),
        "Estimates": tr("Estimates"),
        "Images": tr("Images"),
        "Runs": tr("Runs"),
        "Imagery": tr("Imagery"),
        "Not reviewed": tr("Not reviewed"),
        "Confirmed": tr("Confirmed"),
        "Rejected": tr("Rejected"),
        "Added by hand": tr("Added by hand"),
        "other": tr("other"),
        "no estimate": tr("no estimate"),
        "not reviewed": tr("not reviewed"),
        "confirmed": tr("confirmed"),
        "rejected": tr("rejected"),
        "searched": tr("searched"),
        "failed": tr("failed"),
        "not searched yet": tr("not searched yet"),
    }


def column_words() -> dict[str, str]:
    """What forms and attribute tables of the file call its columns -> what people read.

    Two words have other English than the file's, as buttons have the file's as verbs: *Review*, *Estimate*.
    """
    return {**_of_animals(), **_of_images(), **_of_estimates()}


def _of_animals() -> dict[str, str]:
    return {
        "Image": tr("Image"),
        "Class (detector)": tr("Class (detector)"),
        "Score": tr("Score"),
        "Animal no.": tr("Animal no."),
        "Counts as an animal": tr("Counts as an animal"),
        "Review": tr("State of the review"),
        "Class (reviewer)": tr("Class (reviewer)"),
        "Reviewer": tr("Reviewer"),
        "Reviewed at": tr("Reviewed at"),
        "Note": tr("Note"),
        "Found by run": tr("Found by run"),
        "Second best class": tr("Second best class"),
        "Score of the second best": tr("Score of the second best"),
        "Error of the position [m]": tr("Error of the position [m]"),
        "Kind of mark": tr("Kind of mark"),
        "Angle of the box [°]": tr("Angle of the box [°]"),
        "Photos that show it": tr("Photos that show it"),
        "Photos that look there": tr("Photos that look there"),
    }


def _of_images() -> dict[str, str]:
    return {
        "File": tr("File"),
        "Status": tr("Status"),
        "Reason": tr("Reason"),
        "Width [px]": tr("Width [px]"),
        "Height [px]": tr("Height [px]"),
        "Detections": tr("Detections"),
        "Placed by": tr("Placed by"),
        "Taken at": tr("Taken at"),
        "Longitude [°]": tr("Longitude [°]"),
        "Latitude [°]": tr("Latitude [°]"),
        "Altitude [m]": tr("Altitude [m]"),
        "Height above the ground [m]": tr("Height above the ground [m]"),
        "Heading [°]": tr("Heading [°]"),
        "Tiles": tr("Tiles"),
        "Size of a pixel on the ground [m]": tr("Size of a pixel on the ground [m]"),
    }


def _of_estimates() -> dict[str, str]:
    return {
        "Region": tr("Region"),
        "Class": tr("Class"),
        "Animals": tr("Animals"),
        "Area [km²]": tr("Area [km²]"),
        "Animals per km²": tr("Animals per km²"),
        "Animals of all classes": tr("Animals of all classes"),
        "Stratum": tr("Stratum"),
        "Transect": tr("Transect"),
        "Estimate": tr("Estimated number"),
        "Standard error": tr("Standard error"),
        "Interval from": tr("Interval from"),
        "Interval to": tr("Interval to"),
        "CV": tr("CV"),
        "Photos": tr("Photos"),
        "Length [km]": tr("Length [km]"),
        "Width of the strip [m]": tr("Width of the strip [m]"),
    }


def translate_layer(layer: QgsVectorLayer) -> None:
    """Put the words of a survey's layer into QGIS's language, where they are those of the file."""
    words = layer_words()
    if all(text == english for english, text in words.items()):
        return
    layer.setName(words.get(layer.name(), layer.name()))
    columns = column_words()
    for number, field in enumerate(layer.fields()):
        setup = layer.editorWidgetSetup(number)
        if field.alias() in columns:
            layer.setFieldAlias(number, columns[field.alias()])
        # In any case: QGIS 3.22 loses a field's widget where the alias changes.
        layer.setEditorWidgetSetup(number, _with_choices(setup, field.name(), words))
    renderer = layer.renderer().clone() if layer.renderer() is not None else None
    if renderer is not None and _translate_legend(renderer, words):
        layer.setRenderer(renderer)
        layer.emitStyleChanged()


def translate_group(group: QgsLayerTreeGroup) -> None:
    """Name the group of the imagery in QGIS's language."""
    for child in group.findGroups():
        if found := _IMAGERY.fullmatch(child.name()):
            child.setName(tr("Imagery (photos from {} on)").format(found[1]))
        elif child.name() == "Imagery":
            child.setName(tr("Imagery"))


def _with_choices(setup: QgsEditorWidgetSetup, column: str, words: dict[str, str]) -> QgsEditorWidgetSetup:
    """The widget of a field; the choices of a state in QGIS's language. Those of a class are names that people gave."""
    if column not in ("review", "status") or setup.type() != "ValueMap":
        return setup
    pairs = [{words.get(said, said): value} for pair in setup.config().get("map", []) for said, value in pair.items()]
    return QgsEditorWidgetSetup("ValueMap", {**setup.config(), "map": pairs})


def _translate_legend(renderer: QgsFeatureRenderer, words: dict[str, str]) -> bool:
    """Translate the labels of a renderer. Returns whether it has any that may be the file's."""
    if isinstance(renderer, QgsRuleBasedRenderer):
        for state in renderer.rootRule().children():
            for rule in (state, *(one for one in state.children() if one.isElse())):
                rule.setLabel(words.get(rule.label(), rule.label()))
        return True
    if isinstance(renderer, QgsCategorizedSymbolRenderer) and renderer.classAttribute() == "status":
        for number, category in enumerate(renderer.categories()):
            renderer.updateCategoryLabel(number, words.get(category.label(), category.label()))
        return True
    if isinstance(renderer, QgsGraduatedSymbolRenderer):
        for number, one in enumerate(renderer.ranges()):
            found = _DENSITIES.fullmatch(one.label())
            text = tr("{low} to {high} per km²").format(low=found[1], high=found[2]) if found else one.label()
            renderer.updateRangeLabel(number, words.get(text, text))
        return True
    return False
