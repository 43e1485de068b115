"""How QGIS draws the layers of a survey: symbols, labels, map tips and the attribute form.

The same elements stand in a layer's QML style, for people who add that layer alone, and in the project. The colours are
those of Okabe and Ito (2008), which colour-blind people can tell apart. A dark casing keeps them visible over grass,
soil, snow and water.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from geo.geopackage import schema
from geo.tables import REVIEWS
from geo.wellformed import element, options

DESCRIPTIONS = {
    "images": "The photos and orthomosaics of the survey with their footprints, searched or not",
    "detections": "The animals that were found, each a box on the ground",
    "tile_labels": "The tiles of the images with the class that a tile classifier gave them, their overlap split",
    "runs": "The runs of the detector that the detections come from",
    "searches": "The cells of images that people searched, who and when; a cell without an animal was empty",
    "counts": "Animals per region and class",
    "strata": "Population estimates on the ground, a row for each stratum and class",
    "transects": "The transects of the estimates with the animals counted on each, all classes together",
    "layer_styles": "How QGIS draws these layers",
}

# Yellow first: most surveys have one class, and nothing on the ground is that yellow.
_OKABE_ITO = ("#F0E442", "#56B4E9", "#D55E00", "#CC79A7", "#009E73", "#E69F00", "#0072B2")
_OTHER = "#BBBBBB"
# Of densities, light to dark, told apart by colour-blind people too: ColorBrewer's RdPu (Harrower and Brewer 2003),
# which no grass, soil or water looks like.
_RAMP = ("#FEEBE2", "#FBB4B9", "#F768A1", "#C51B8A", "#7A0177")
UNCERTAIN = "uncertain"  # the class of a tile whose best class leads by too little
_QGIS_NULL = "{2839923C-8B7D-419E-B84B-CA2FE9B80EC7}"  # how a value map writes NULL

_CLASS = 'coalesce("reviewed_class", "class")'
_SCORE = 'round("score", 2)'
_REJECTED = "\"review\" = 'rejected'"
# A variable of the layer, which need not be there. A filter of the layer would do, but for it QGIS opens the file for
# writing and leaves it in WAL mode. What a person drew has no score and is always shown.
_HIDDEN = '"score" < to_real(@lowest_score)'
_LABELLED_FROM = 10_000  # 6 mm on the screen are 60 m there

# A stratum has a row for each class on the same ground: it is drawn once, on the first, with what all of them say. Not
# by an aggregate: where the layer changes while it is drawn, those of QGIS 3.22 read it from two threads and crash.
_DENSITY = 'CASE WHEN "label" IS NOT NULL THEN coalesce("total_per_km2", -1) END'
_ESTIMATE = (
    "coalesce(round(\"estimate\") || coalesce(' (' || round(\"ci_low\") || ' to ' || round(\"ci_high\") || ')',"
    " ' (SE undefined)'), 'no estimate')"
)


@dataclass(frozen=True)
class Options:
    """classes: those that are in the file, in the order of their colours. known: all that a reviewer can choose.

    highest_density: animals per km2 of the densest stratum, for the classes of the map of estimates.
    tile_classes: those of labelled tiles; empty_class: which of them means a tile without an animal, None if unknown.
    on_map: whether the layers have a CRS; where they have none a scale means nothing.
    added: by layer, the names of the columns that a person added.
    """

    classes: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    highest_density: float = 0.0
    tile_classes: tuple[str, ...] = ()
    empty_class: str | None = None
    on_map: bool = True
    added: Mapping[str, Sequence[str]] = field(default_factory=dict)


def qml(layer: str, what: Options) -> str:
    """The QML document of the layer's default style."""
    root = ET.Element("qgis", version="3.22.0", styleCategories="AllStyleCategories", labelsEnabled="1")
    add_style(root, layer, what)
    ET.indent(root, " ")
    doctype = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return doctype + ET.tostring(root, encoding="unicode")


def add_style(parent: ET.Element, layer: str, what: Options) -> None:
    """Put the elements of the layer's style into `parent`, a QML root or a project's maplayer."""
    added = what.added.get(layer, ())
    if layer == "detections":
        _draw_detections(parent, what.classes, what.on_map)
        _form(parent, schema.DETECTIONS, _detection_widgets(what.known), _DETECTION_DEFAULTS, added)
        element(parent, "previewExpression", f"{_CLASS} || ' in ' || coalesce(\"image\", '')")
        element(parent, "mapTip", _DETECTION_TIP)
    elif layer == "tile_labels":
        _draw_tile_labels(parent, what.tile_classes, what.empty_class)
        _form(parent, schema.TILE_LABELS, _tile_widgets(what.known), _TILE_DEFAULTS, added)
        element(parent, "previewExpression", f"{_CLASS} || ' in ' || coalesce(\"image\", '')")
        element(parent, "mapTip", _TILE_TIP)
    elif layer == "images":
        _draw_images(parent)
        _form(parent, schema.IMAGES, {}, {}, added)
        element(parent, "previewExpression", '"path"')
        element(parent, "mapTip", _IMAGE_TIP)
    elif layer == "counts":
        _draw_counts(parent)
        _form(parent, schema.COUNTS, {}, {})
        element(parent, "previewExpression", '"region" || \': \' || "class"')
        element(parent, "mapTip", _COUNT_TIP)
    elif layer == "strata":
        _draw_strata(parent, what.highest_density)
        _form(parent, schema.STRATA, {}, {})
        element(parent, "previewExpression", '"stratum" || \': \' || "class"')
        element(parent, "mapTip", _STRATUM_TIP)
    elif layer == "transects":
        _draw_transects(parent)
        _form(parent, schema.TRANSECTS, {}, {})
        element(parent, "previewExpression", '"stratum" || \': \' || "transect"')
        element(parent, "mapTip", _TRANSECT_TIP)
    element(parent, "layerGeometryType", "2")


def colour(index: int) -> str:
    """The colour of the class number `index`: seven that differ, then the same mixed with white, then with black."""
    base, mix = _OKABE_ITO[index % 7], index // 7 % 3
    red, green, blue = (int(base[i : i + 2], 16) for i in (1, 3, 5))
    if mix:
        red, green, blue = ((c + (255 if mix == 1 else 0)) // 2 for c in (red, green, blue))
    return f"{red},{green},{blue},255"


# ---- symbols --------------------------------------------------------------------------------


def _by_class(parent: ET.Element) -> tuple[ET.Element, ET.Element]:
    """A renderer with a category a class: where its categories and their symbols go."""
    renderer = element(
        parent,
        "renderer-v2",
        type="categorizedSymbol",
        attr=_CLASS,
        enableorderby="0",
        symbollevels="0",
        forceraster="0",
    )
    return element(renderer, "categories"), element(renderer, "symbols")


def _draw_detections(parent: ET.Element, classes: Sequence[str], on_map: bool) -> None:
    categories, symbols = _by_class(parent)
    drawn = [(name, name, colour(i)) for i, name in enumerate(classes)] + [("", "other", _rgba(_OTHER))]
    # A rejected box is faded and dashed, a confirmed one drawn thicker, a second sighting thinner. Each expression is
    # evaluated for each box on the map, which may be all of a large survey: CASE takes half the time of if().
    faded = f"CASE WHEN {_HIDDEN} THEN 0 WHEN {_REJECTED} THEN 45 ELSE 100 END"
    width = 'CASE WHEN "counted" = 0 THEN 0.2 WHEN "review" = \'confirmed\' THEN 0.6 ELSE 0.35 END'
    dashed = f"CASE WHEN {_REJECTED} THEN 'dash' ELSE 'solid' END"
    for number, (value, label, rgba) in enumerate(drawn):
        element(categories, "category", symbol=str(number), value=value, label=label, render="true", type="string")
        symbol = _symbol(symbols, str(number), {"alpha": faded})
        _outline(symbol, "0,0,0,150", 0.8, {}, least_mm=0.5 if on_map else None)
        _outline(symbol, rgba, 0.35, {"outlineStyle": dashed, "outlineWidth": width})
    # As large as 6 mm on the screen, whatever the CRS. Before that is known a label has been made for each box, which
    # at the whole of a large survey takes most of the time: on a map no animal is that large beyond this scale.
    text = f"CASE WHEN {_HIDDEN} THEN NULL ELSE {_CLASS} || coalesce(' ' || format_number(\"score\", 2), '') END"
    _labels(parent, text, size=8.5, placement=8, smallest_mm=6, from_scale=_LABELLED_FROM if on_map else None)


def _draw_tile_labels(parent: ET.Element, classes: Sequence[str], empty_class: str | None) -> None:
    """Tiles of a class in its colour, see-through; empty ones a thin line; those of no class we know grey."""
    categories, symbols = _by_class(parent)
    coloured = [name for name in classes if name not in (empty_class, UNCERTAIN)]
    colours = {name: colour(i) for i, name in enumerate(coloured)} | {UNCERTAIN: "255,255,255,255"}
    for number, name in enumerate((*classes, "")):
        label = name or "other"
        element(categories, "category", symbol=str(number), value=name, label=label, render="true", type="string")
        symbol = _symbol(symbols, str(number), {"alpha": f"if({_REJECTED}, 45, 100)"})
        if name == empty_class:
            _outline(symbol, "225,225,225,90", 0.1, {})
            continue
        rgba = colours.get(name, _rgba(_OTHER))
        width = "if(\"review\" = 'confirmed', 0.6, 0.3)"
        dashed = {"outlineStyle": f"if({_REJECTED} OR {_CLASS} = '{UNCERTAIN}', 'dash', 'solid')"}
        _outline(symbol, "0,0,0,150", 0.6, {**dashed, "outlineWidth": f"0.3 + {width}"})
        _outline(symbol, rgba, 0.3, {**dashed, "outlineWidth": width}, fill=f"{rgba[:-3]}70")


def _draw_images(parent: ET.Element) -> None:
    renderer = element(
        parent,
        "renderer-v2",
        type="categorizedSymbol",
        attr="status",
        enableorderby="0",
        symbollevels="0",
        forceraster="0",
    )
    categories = element(renderer, "categories")
    symbols = element(renderer, "symbols")
    drawn = (
        ("done", "searched", "225,225,225,190", "solid", 0.2),
        ("failed", "failed", _rgba("#D55E00"), "solid", 0.5),
        ("pending", "not searched yet", _rgba("#E69F00"), "dash", 0.4),
    )
    for number, (value, label, rgba, style, width) in enumerate(drawn):
        element(categories, "category", symbol=str(number), value=value, label=label, render="true", type="string")
        _outline(_symbol(symbols, str(number), {}), rgba, width, {}, style)


def _draw_counts(parent: ET.Element) -> None:
    renderer = element(parent, "renderer-v2", type="singleSymbol", enableorderby="0", symbollevels="0", forceraster="0")
    symbol = _symbol(element(renderer, "symbols"), "0", {})
    _outline(symbol, "0,0,0,150", 1.3, {})
    _outline(symbol, "255,255,255,255", 0.7, {})
    # A region has a row for each class; its name and its sum are written once, on the first, as those of a stratum.
    _labels(parent, '"region" || \': \' || "total"', size=11, placement=1, smallest_mm=0, bold=True)


def _draw_strata(parent: ET.Element, highest_density: float) -> None:
    renderer = element(
        parent,
        "renderer-v2",
        type="graduatedSymbol",
        attr=_DENSITY,
        graduatedMethod="GraduatedColor",
        enableorderby="0",
        symbollevels="0",
        forceraster="0",
    )
    _put_ranges(renderer, highest_density)
    symbols = element(renderer, "symbols")
    # A quarter is enough to tell the classes apart and leaves the animals under it to be seen.
    for number, fill in enumerate((*(f"{_rgba(c)[:-3]}64" for c in _RAMP), "0,0,0,0")):
        symbol = _symbol(symbols, str(number), {})
        _outline(symbol, "0,0,0,150", 1.1, {}, fill=fill)
        _outline(symbol, _rgba(_RAMP[1]), 0.5, {}, "dash" if number == len(_RAMP) else "solid")
    _labels(parent, '"label"', size=11, placement=1, smallest_mm=0, bold=True)


def _put_ranges(renderer: ET.Element, highest_density: float) -> None:
    """The classes of density: as many of one width as the ramp has colours, and one of no estimate."""
    step = _step(highest_density / len(_RAMP))
    edges = [(i * step, (i + 1) * step) for i in range(len(_RAMP))]
    drawn = [(low, high, f"{low:.10g} to {high:.10g} per km²") for low, high in edges] + [(-1.0, -1.0, "no estimate")]
    ranges = element(renderer, "ranges")
    for number, (low, high, label) in enumerate(drawn):
        edge = {"lower": f"{low:.12g}", "upper": f"{high:.12g}"}
        element(ranges, "range", symbol=str(number), label=label, render="true", **edge)


def _step(least: float) -> float:
    """The lowest number of one or two plain digits that is no less than `least`; 1 where that is not positive."""
    if not 0 < least < math.inf:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next((m * power for m in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8) if m * power >= least), 10 * power)


def update_ranges(layer: ET.Element, what: Options) -> bool:
    """Fit the classes of a stored layer `strata` to new estimates, whatever else a person made of its style.

    Whether it was done: not where the layer is drawn by something else now.
    """
    renderer = layer.find("renderer-v2")
    if renderer is None or renderer.get("attr") != _DENSITY:
        return False
    ranges, symbols = renderer.find("ranges"), renderer.find("symbols")
    if ranges is None or symbols is None or {s.get("name") for s in symbols} != set(map(str, range(len(_RAMP) + 1))):
        return False
    renderer.remove(ranges)
    _put_ranges(renderer, what.highest_density)
    return True


def _draw_transects(parent: ET.Element) -> None:
    renderer = element(parent, "renderer-v2", type="singleSymbol", enableorderby="0", symbollevels="0", forceraster="0")
    symbol = _symbol(element(renderer, "symbols"), "0", {})
    _outline(symbol, "0,0,0,150", 0.8, {})
    _outline(symbol, _rgba("#56B4E9"), 0.4, {})
    _labels(parent, '"transect" || \': \' || "count"', size=9, placement=1, smallest_mm=6)


def _symbol(symbols: ET.Element, name: str, properties: Mapping[str, str]) -> ET.Element:
    symbol = element(symbols, "symbol", type="fill", name=name, alpha="1", clip_to_extent="1", force_rhr="0")
    _data_defined(symbol, properties)
    return symbol


def _outline(
    symbol: ET.Element,
    rgba: str,
    width_mm: float,
    properties: Mapping[str, str],
    style: str = "solid",
    fill: str | None = None,
    least_mm: float | None = None,
) -> None:
    """An outline of a symbol. least_mm: how wide it is from afar, where it is not always the same."""
    attributes = {"enabled": "1", "locked": "0", "pass": "0"}
    layer = ET.SubElement(symbol, "layer", {"class": "SimpleFill", **attributes})
    options(
        layer,
        {
            "color": fill or "0,0,0,0",
            "style": "no" if fill is None else "solid",
            "joinstyle": "miter",
            "outline_color": rgba,
            "outline_style": style,
            "outline_width": str(width_mm),
            "outline_width_unit": "MM",
            **({} if least_mm is None else _narrower(width_mm, least_mm)),
        },
    )
    _data_defined(layer, properties)


def _narrower(width_mm: float, least_mm: float) -> dict[str, str]:
    """A width on the ground: `width_mm` on the map from 1:10,000 on, less from further away, down to `least_mm`."""
    return {
        "outline_width": str(10 * width_mm),
        "outline_width_unit": "RenderMetersInMapUnits",
        "border_width_map_unit_scale": f"3x:0,0,1,{least_mm},1,{width_mm}",
    }


def _data_defined(parent: ET.Element, properties: Mapping[str, str], tag: str = "data_defined_properties") -> None:
    defined = {name: {"active": True, "expression": expression, "type": 3} for name, expression in properties.items()}
    options(element(parent, tag), {"name": "", "properties": defined, "type": "collection"})


def _labels(
    parent: ET.Element,
    expression: str,
    *,
    size: float,
    placement: int,
    smallest_mm: float,
    bold: bool = False,
    from_scale: int | None = None,
) -> None:
    """White text on a dark halo, for polygons of at least `smallest_mm` on the screen, from 1 : `from_scale` on."""
    settings = element(element(parent, "labeling", type="simple"), "settings", calloutType="simple")
    _label_text(settings, expression, size, bold)
    element(settings, "text-format", multilineAlign="3", wrapChar="", decimals="2", formatNumbers="0")
    element(
        settings,
        "placement",
        placement=str(placement),
        dist="0.4",
        distUnits="MM",
        centroidInside="1",
        centroidWhole=str(int(placement != 8)),  # a region's name stays where it is, off what one looks at closely
        polygonPlacementFlags="2" if placement != 8 else "1",
        quadOffset="1",
        priority="5",
        offsetType="0",
    )
    element(
        settings,
        "rendering",
        drawLabels="1",
        minFeatureSize=str(smallest_mm),
        obstacle="0",
        displayAll="0",
        limitNumLabels="1",
        maxNumLabels="500",
        scaleVisibility=str(int(from_scale is not None)),
        scaleMin="0",
        scaleMax=str(from_scale or 0),
        upsidedownLabels="0",
        zIndex="0",
    )
    _data_defined(settings, {}, "dd_properties")


def _label_text(settings: ET.Element, expression: str, size: float, bold: bool) -> None:
    """White text on a dark halo, `size` in points."""
    style = element(
        settings,
        "text-style",
        fieldName=expression,
        isExpression="1",
        fontFamily="Sans Serif",
        namedStyle="Bold" if bold else "Regular",
        fontWeight="75" if bold else "50",
        fontSize=str(size),
        fontSizeUnit="Point",
        textColor="255,255,255,255",
        textOpacity="1",
        multilineHeight="1",
        allowHtml="0",
    )
    element(
        style,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor="20,20,20,255",
        bufferOpacity="0.85",
        bufferNoFill="1",
        bufferJoinStyle="128",
    )


def _rgba(hexadecimal: str) -> str:
    return ",".join(str(int(hexadecimal[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"


# ---- the attribute form ---------------------------------------------------------------------


def _detection_widgets(known: Sequence[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    reviews = [{name: name} for name in REVIEWS]
    classes = [{"": _QGIS_NULL}, *({name: name} for name in known)]
    return {
        "review": ("ValueMap", {"map": reviews}),
        "reviewed_class": ("ValueMap", {"map": classes}),
        "counted": ("CheckBox", {"CheckedState": "1", "UncheckedState": "0"}),
        "note": ("TextEdit", {"IsMultiline": True, "UseHtml": False}),
    }


def _tile_widgets(known: Sequence[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    widgets = _detection_widgets(known)
    return {name: widgets[name] for name in ("review", "reviewed_class", "note")}


# An animal that a person draws is confirmed by that; who and when is written with every change.
_DETECTION_DEFAULTS = {
    "review": ("'confirmed'", False),
    "counted": ("1", False),
    "run_id": ("'manual'", False),
    "uuid": ("uuid('WithoutBraces')", False),
    "reviewer": ('if("review" = \'unreviewed\', "reviewer", coalesce("reviewer", @user_account_name))', True),
    "reviewed_at": (
        "if(\"review\" = 'unreviewed', \"reviewed_at\", format_date(now(), 'yyyy-MM-ddTHH:mm:ss'))",
        True,
    ),
}


_TILE_DEFAULTS = {name: _DETECTION_DEFAULTS[name] for name in ("reviewer", "reviewed_at")}


def _form(
    parent: ET.Element,
    columns: schema.Columns,
    widgets: Mapping[str, tuple[str, dict[str, Any]]],
    defaults: Mapping[str, tuple[str, bool]],
    added: Sequence[str] = (),
) -> None:
    """The form of a layer. added: columns of a person's own, which QGIS gives a field that suits their type."""
    fields = element(parent, "fieldConfiguration")
    for name in ("fid", *columns, *added):
        config_of = element(fields, "field", name=name, configurationFlags="None")
        kind, config = widgets.get(name, ("Hidden" if name in ("fid", "uuid", "chip") else "", {}))
        options(element(element(config_of, "editWidget", type=kind), "config"), config)
    default = element(parent, "defaults")
    for name, (expression, on_update) in defaults.items():
        element(default, "default", field=name, expression=expression, applyOnUpdate=str(int(on_update)))
    # What the detector measured is for reading. The class can be typed, since a drawn animal has none yet.
    editable = element(parent, "editable")
    by_hand = ("class", "counted", "review", "reviewed_class", "note", "reviewer", "animal_id", *added)
    for name in ("fid", *columns, *added):
        element(editable, "field", name=name, editable=str(int(name in by_hand)))
    table = element(element(parent, "attributetableconfig", sortOrder="0"), "columns")
    for name in ("fid", *columns, *added):
        element(table, "column", type="field", name=name, width="-1", hidden=str(int(name in ("uuid", "chip"))))


# ---- map tips -------------------------------------------------------------------------------


def _escaped(expression: str) -> str:
    """An expression for the value of another as HTML text: what a file says is never markup."""
    text = f"coalesce(to_string({expression}), '')"
    rest = "map('<', '&lt;', '>', '&gt;', '\"', '&quot;', '\\'', '&#39;')"
    return f"[% replace(replace({text}, '&', '&amp;'), {rest}) %]"


def _field(name: str) -> str:
    return _escaped(f'"{name}"')


_DETECTION_TIP = (
    "[% if(\"chip\" is null, '', '<img src=\"data:image/jpeg;base64,' || to_base64(\"chip\") || '\"><br>') %]"
    f"<b>{_escaped(_CLASS)}</b> {_escaped(_SCORE)}<br>"
    f"{_field('review')} {_field('reviewer')}<br>{_field('note')}<br><small>{_field('image')}</small>"
)
_TILE_TIP = (
    f"<b>{_escaped(_CLASS)}</b> {_escaped(_SCORE)}<br>{_field('review')} {_field('reviewer')}<br>"
    f"{_field('note')}<br><small>{_field('image')}</small>"
)
_IMAGE_TIP = (
    f"<b>{_field('path')}</b><br>{_field('status')} {_field('reason')}<br>"
    f"{_field('detections')} detections, {_field('captured_at')}"
)
_DENSITY_2, _AREA_3 = 'round("density_per_km2", 2)', 'round("area_km2", 3)'
_STRATUM_TIP = (
    f"<b>{_field('stratum')}</b><br>{_field('class')}: {_escaped(_ESTIMATE)}<br>{_escaped(_DENSITY_2)} per km²"
)
_TRANSECT_TIP = (
    f"<b>{_field('stratum')} {_field('transect')}</b><br>{_field('count')} counted on {_escaped(_AREA_3)} km²"
)
_COUNT_TIP = f"<b>{_field('region')}</b><br>{_field('class')}: {_field('count')}"
