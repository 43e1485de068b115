"""How QGIS draws the layers of a survey: symbols and labels. `forms` has how it shows one row.

The same elements stand in a layer's QML style, for people who add that layer alone, and in the project. The colours are
those of Okabe and Ito (2008), which colour-blind people can tell apart. A dark casing keeps them visible over grass,
soil, snow and water.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET  # nosec B405

from geo.geopackage import forms
from geo.wellformed import element, options, shown

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

_CLASS = forms.CLASS
_REJECTED = "\"review\" = 'rejected'"
# A variable of the layer, which need not be there. A filter of the layer would do, but for it QGIS opens the file for
# writing and leaves it in WAL mode. What a person drew has no score and is always shown.
_HIDDEN = '"score" < to_real(@lowest_score)'
_SHOWN = 'coalesce("score" >= to_real(@lowest_score), true)'
_BY_HAND = "coalesce(\"run_id\", 'manual') = 'manual'"
# The states of the review: title, condition, the outer line of a box, its opacity in per cent. Green and red are dark
# or strong enough not to be taken for a class, whose line is inside.
_STATES = (
    ("Not reviewed", "coalesce(\"review\", '') NOT IN ('confirmed', 'rejected')", "0,0,0,150", 100),
    ("Confirmed", f"\"review\" = 'confirmed' AND NOT {_BY_HAND}", "0,190,90,255", 100),
    ("Rejected", _REJECTED, "200,40,0,255", 45),
    ("Added by hand", f"\"review\" = 'confirmed' AND {_BY_HAND}", "0,114,178,255", 100),
)
_LABELLED_FROM = 10_000  # 6 mm on the screen are 60 m there

# A stratum has a row for each class on the same ground: it is drawn once, on the first, with what all of them say. Not
# by an aggregate: where the layer changes while it is drawn, those of QGIS 3.22 read it from two threads and crash.
_DENSITY = 'CASE WHEN "label" IS NOT NULL THEN coalesce("total_per_km2", -1) END'


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
    if layer == "detections":
        _draw_detections(parent, what.classes, what.on_map)
    elif layer == "tile_labels":
        _draw_tile_labels(parent, what.tile_classes, what.empty_class)
    elif layer == "images":
        _draw_images(parent)
    elif layer == "counts":
        _draw_counts(parent)
    elif layer == "strata":
        _draw_strata(parent, what.highest_density)
    elif layer == "transects":
        _draw_transects(parent)
    forms.add_form(parent, layer, what.known, what.added.get(layer, ()))
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
    """The states of the review, and in each the classes: the outer line of a box says its state, the inner its class.

    They are rules, so that a person ticks a state or a class off in the legend.
    """
    renderer = element(parent, "renderer-v2", type="RuleRenderer", symbollevels="0", forceraster="0")
    rules, symbols = element(renderer, "rules", key="herdmap"), element(renderer, "symbols")
    lines = {name: colour(i) for i, name in enumerate(classes)}
    # A second sighting of an animal is drawn thinner.
    width = 'CASE WHEN "counted" = 0 THEN 0.2 ELSE 0.4 END'
    for number, (title, condition, rgba, opacity) in enumerate(_STATES):
        key, dash = f"state{number}", "dash" if condition == _REJECTED else "solid"
        asked = f"({condition}) AND {_SHOWN}"
        state = element(rules, "rule", key=key, label=title, filter=asked, symbol=key)
        # A little outside the line of the class, and in the class of no rule the only line.
        _outline(_symbol(symbols, key, {}, opacity), rgba, 1.0, {}, least_mm=0.6 if on_map else None)
        for row, (name, line) in enumerate((*lines.items(), ("", _rgba(_OTHER)))):
            of = f"{key}_{row}"
            same = f"{_CLASS} = {_quoted(name)}" if name else "ELSE"
            element(state, "rule", key=of, label=name or "other", filter=same, symbol=of)
            _outline(_symbol(symbols, of, {}, opacity), line, 0.4, {"outlineWidth": width}, dash)
    # As large as 6 mm on the screen, whatever the CRS. Before that is known a label has been made for each box, which
    # at the whole of a large survey takes most of the time: on a map no animal is that large beyond this scale.
    text = f"CASE WHEN {_HIDDEN} THEN NULL ELSE {_CLASS} || coalesce(' ' || format_number(\"score\", 2), '') END"
    _labels(parent, text, size=8.5, placement=8, smallest_mm=6, from_scale=_LABELLED_FROM if on_map else None)


def _quoted(name: str) -> str:
    """A name as text in an expression of QGIS, where a backslash begins an escape. XML may not hold all of it."""
    return "'" + shown(name).replace("\\", "\\\\").replace("'", "\\'") + "'"


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
    # Lines alone: a fill would tint the animals under it.
    for number, line in enumerate((*map(_rgba, _RAMP), _rgba(_OTHER))):
        symbol = _symbol(symbols, str(number), {})
        _outline(symbol, "0,0,0,150", 1.8, {})
        _outline(symbol, line, 1.2, {}, "dash" if number == len(_RAMP) else "solid")
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


def _symbol(symbols: ET.Element, name: str, properties: Mapping[str, str], opacity: int = 100) -> ET.Element:
    alpha = f"{opacity / 100:g}"
    symbol = element(symbols, "symbol", type="fill", name=name, alpha=alpha, clip_to_extent="1", force_rhr="0")
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
    attributes = {"enabled": "1", "locked": "0", "pass": "0"}  # nosec B105
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
