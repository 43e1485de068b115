"""How QGIS shows one row of a survey: the form with its fields, the names of the columns, and the map tip."""

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET  # nosec B405

from geo.geopackage import schema
from geo.tables import REVIEWS
from geo.wellformed import element, options

CLASS = 'coalesce("reviewed_class", "class")'
_QGIS_NULL = "{2839923C-8B7D-419E-B84B-CA2FE9B80EC7}"  # how a value map writes NULL
_HIDDEN = ("fid", "uuid", "chip", "xmin", "ymin", "xmax", "ymax", "animal_id", "kind", "angle_deg", "total", "label")
"""Columns that a person has no use for in a form."""
_NOT_IN_TABLE = ("uuid", "chip")
_EDITED = ("class", "counted", "review", "reviewed_class", "note", "reviewer")
_SAID = {"unreviewed": "not reviewed"}  # of the reviews: what a person reads
_STATUS = {"done": "searched", "failed": "failed", "pending": "not searched yet"}

NAMES = {
    "image": "Image",
    "class": "Class (detector)",
    "score": "Score",
    "animal_id": "Animal no.",
    "counted": "Counts as an animal",
    "review": "Review",
    "reviewed_class": "Class (reviewer)",
    "reviewer": "Reviewer",
    "reviewed_at": "Reviewed at",
    "note": "Note",
    "run_id": "Found by run",
    "runner_up": "Second best class",
    "runner_up_score": "Score of the second best",
    "error_m": "Error of the position [m]",
    "kind": "Kind of mark",
    "angle_deg": "Angle of the box [°]",
    "seen": "Photos that show it",
    "looks": "Photos that look there",
    "path": "File",
    "status": "Status",
    "reason": "Reason",
    "width": "Width [px]",
    "height": "Height [px]",
    "detections": "Detections",
    "georeference": "Placed by",
    "captured_at": "Taken at",
    "lon": "Longitude [°]",
    "lat": "Latitude [°]",
    "altitude_m": "Altitude [m]",
    "agl_m": "Height above the ground [m]",
    "heading_deg": "Heading [°]",
    "tiles": "Tiles",
    "gsd_m": "Size of a pixel on the ground [m]",
    "region": "Region",
    "count": "Animals",
    "area_km2": "Area [km²]",
    "density_per_km2": "Animals per km²",
    "total": "Animals of all classes",
    "stratum": "Stratum",
    "transect": "Transect",
    "estimate": "Estimate",
    "se": "Standard error",
    "ci_low": "Interval from",
    "ci_high": "Interval to",
    "cv": "CV",
    "photos": "Photos",
    "length_km": "Length [km]",
    "strip_width_m": "Width of the strip [m]",
}
"""What a form and an attribute table call the columns. The others keep their names."""
_OF_ANIMALS = {"class": "Class"}  # in counts and estimates, which have one class only

_FORMS: dict[str, schema.Columns] = {
    "detections": schema.DETECTIONS,
    "tile_labels": schema.TILE_LABELS,
    "images": schema.IMAGES,
    "counts": schema.COUNTS,
    "strata": schema.STRATA,
    "transects": schema.TRANSECTS,
}


def add_form(parent: ET.Element, layer: str, known: Sequence[str], added: Sequence[str] = ()) -> None:
    """Put the form of a layer into `parent`, a QML root or a project's maplayer.

    known: the classes that a reviewer can choose. added: columns of a person's own, which QGIS gives a field that suits
    their type.
    """
    names = ("fid", *_FORMS[layer], *added)
    widgets = _widgets(layer, known)
    fields = element(parent, "fieldConfiguration")
    for name in names:
        kind, config = widgets.get(name, ("Hidden" if name in _HIDDEN else "", {}))
        config_of = element(fields, "field", name=name, configurationFlags="None")
        options(element(element(config_of, "editWidget", type=kind), "config"), config)
    aliases = element(parent, "aliases")
    called = NAMES if layer in ("detections", "tile_labels") else {**NAMES, **_OF_ANIMALS}
    for number, name in enumerate(names):
        alias = "" if name in added else called.get(name, "")
        element(aliases, "alias", index=str(number), field=name, name=alias)
    default = element(parent, "defaults")
    for name, (expression, on_update) in _DEFAULTS.get(layer, {}).items():
        element(default, "default", field=name, expression=expression, applyOnUpdate=str(int(on_update)))
    # What the detector measured is for reading. The class can be typed, since a drawn animal has none yet.
    editable = element(parent, "editable")
    for name in names:
        element(editable, "field", name=name, editable=str(int(name in (*_EDITED, "animal_id", *added))))
    table = element(element(parent, "attributetableconfig", sortOrder="0"), "columns")
    for name in names:
        element(table, "column", type="field", name=name, width="-1", hidden=str(int(name in _NOT_IN_TABLE)))
    element(parent, "previewExpression", _PREVIEWS[layer])
    element(parent, "mapTip", _TIPS[layer])


def _widgets(layer: str, known: Sequence[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """The fields that are not those of QGIS. A value map is a list of pairs, in the order in which it is shown."""
    if layer == "images":
        return {"status": ("ValueMap", {"map": [{said: name} for name, said in _STATUS.items()]})}
    if layer not in ("detections", "tile_labels"):
        return {}
    reviews = [{_SAID.get(name, name): name} for name in REVIEWS]
    classes = [{"": _QGIS_NULL}, *({name: name} for name in known)]
    widgets: dict[str, tuple[str, dict[str, Any]]] = {
        "review": ("ValueMap", {"map": reviews}),
        "reviewed_class": ("ValueMap", {"map": classes}),
        "note": ("TextEdit", {"IsMultiline": True, "UseHtml": False}),
    }
    if layer == "detections":
        widgets["counted"] = ("CheckBox", {"CheckedState": "1", "UncheckedState": "0"})
    return widgets


# An animal that a person draws is confirmed by that; who and when is written with every change.
_SIGNED = {
    "reviewer": ('if("review" = \'unreviewed\', "reviewer", coalesce("reviewer", @user_account_name))', True),
    "reviewed_at": (
        "if(\"review\" = 'unreviewed', \"reviewed_at\", format_date(now(), 'yyyy-MM-ddTHH:mm:ss'))",
        True,
    ),
}
_DEFAULTS: dict[str, dict[str, tuple[str, bool]]] = {
    "detections": {
        "review": ("'confirmed'", False),
        "counted": ("1", False),
        "run_id": ("'manual'", False),
        "uuid": ("uuid('WithoutBraces')", False),
        **_SIGNED,
    },
    "tile_labels": _SIGNED,
}


# ---- map tips -------------------------------------------------------------------------------


def _escaped(expression: str) -> str:
    """An expression for the value of another as HTML text: what a file says is never markup."""
    text = f"coalesce(to_string({expression}), '')"
    rest = "map('<', '&lt;', '>', '&gt;', '\"', '&quot;', '\\'', '&#39;')"
    return f"[% replace(replace({text}, '&', '&amp;'), {rest}) %]"


def _field(name: str) -> str:
    return _escaped(f'"{name}"')


_SCORE, _DENSITY_2, _AREA_3 = 'round("score", 2)', 'round("density_per_km2", 2)', 'round("area_km2", 3)'
_ESTIMATE = (
    "coalesce(round(\"estimate\") || coalesce(' (' || round(\"ci_low\") || ' to ' || round(\"ci_high\") || ')',"
    " ' (SE undefined)'), 'no estimate')"
)
_OF_A_BOX = (
    f"<b>{_escaped(CLASS)}</b> {_escaped(_SCORE)}<br>"
    f"{_field('review')} {_field('reviewer')}<br>{_field('note')}<br><small>{_field('image')}</small>"
)
_TIPS = {
    "detections": (
        "[% if(\"chip\" is null, '', '<img src=\"data:image/jpeg;base64,' || to_base64(\"chip\") || '\"><br>') %]"
        + _OF_A_BOX
    ),
    "tile_labels": _OF_A_BOX,
    "images": (
        f"<b>{_field('path')}</b><br>{_field('status')} {_field('reason')}<br>"
        f"{_field('detections')} detections, {_field('captured_at')}"
    ),
    "counts": f"<b>{_field('region')}</b><br>{_field('class')}: {_field('count')}",
    "strata": (
        f"<b>{_field('stratum')}</b><br>{_field('class')}: {_escaped(_ESTIMATE)}<br>{_escaped(_DENSITY_2)} per km²"
    ),
    "transects": (
        f"<b>{_field('stratum')} {_field('transect')}</b><br>{_field('count')} counted on {_escaped(_AREA_3)} km²"
    ),
}
_BOX_TITLE = f"{CLASS} || ' in ' || coalesce(\"image\", '')"
_PREVIEWS = {
    "detections": _BOX_TITLE,
    "tile_labels": _BOX_TITLE,
    "images": '"path"',
    "counts": '"region" || \': \' || "class"',
    "strata": '"stratum" || \': \' || "class"',
    "transects": '"stratum" || \': \' || "transect"',
}
