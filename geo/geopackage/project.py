"""The QGIS project of a survey, written without QGIS, for `.qgz` files and for the project inside the GeoPackage.

QGIS 3.22 to 4 can read it. Every path is relative to the GeoPackage, and the project holds the GeoPackage's name. If
the GeoPackage is renamed, the project must be written again.
"""

import io
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree import ElementTree as ET  # nosec B405

import numpy as np
import pyproj

from geo.geopackage import styles
from geo.geopackage.imagery import ImageryLayer
from geo.tables import Images
from geo.wellformed import checked, element

TITLES = {  # of the tables, in the order of the layer tree: what is on top is drawn last
    "detections": "Detections",
    "tile_labels": "Tile labels",
    "counts": "Counts",
    "transects": "Transects",
    "strata": "Estimates",
    "images": "Images",
    "runs": "Runs",
}
_SMALLEST_PHOTO_MM = 40.0  # on the screen


@dataclass(frozen=True)
class Layer:
    """A spatial layer of the file. extent: xmin, ymin, xmax, ymax, or None where it is empty."""

    crs_wkt: str | None
    extent: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Facts:
    """What the project must know: the spatial layers by table name, the imagery from the top down, the classes.

    view: what the map shows first, in the CRS of the detections; None for all images and animals.
    photo_m: the longer side of a usual photo on the ground, metres, where the imagery is of some photos among many.
    """

    layers: Mapping[str, Layer]
    imagery: Sequence[ImageryLayer] = ()
    style: styles.Options = field(default_factory=styles.Options)
    view: tuple[float, float, float, float] | None = None
    photo_m: float | None = None


def facts_of(
    images: Images, layers: Mapping[str, Layer], imagery: Sequence[ImageryLayer], style: styles.Options
) -> Facts:
    """What a project of these layers must know of the survey's images."""
    view = _first_photos(images) if any(layer.kind == "contact sheet" for layer in imagery) else None
    posed = np.isin(images.georeference, ("camera pose", "flight log")) & np.isfinite(images.gsd_m)
    sides = (np.maximum(images.width, images.height) * images.gsd_m)[posed]
    some = len(sides) > sum(layer.kind == "photo" for layer in imagery) > 0
    return Facts(layers, tuple(imagery), style, view, float(np.median(sides)) if some else None)


def _first_photos(images: Images, across: int = 6, down: int = 4) -> tuple[float, float, float, float] | None:
    """The top left corner of a contact sheet of more photos than a screen shows well, or None.

    Drawn whole, a sheet of thousands of photos would be decoded whole before anything is seen.
    """
    rings = [ring for ring in images.footprints if ring is not None]
    if len(rings) <= 4 * across * down:
        return None
    width, height = np.ptp(rings[0], axis=0)
    return 0.0, -down * float(height), across * float(width), 0.0


def project(gpkg: str, facts: Facts) -> bytes:
    """The project's XML. gpkg: the final name of the GeoPackage, without a folder."""
    home = facts.layers["detections"]
    root = ET.Element("qgis", version="3.22.0", projectname="Herdmap")
    element(root, "homePath", path="")
    element(root, "title", "Herdmap")
    put_crs(element(root, "projectCrs"), home.crs_wkt)
    tree = element(root, "layer-tree-group")
    canvas = element(root, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
    layers = element(root, "projectlayers")

    for name in TITLES:
        if name in facts.layers:
            add_vector(tree, layers, gpkg, name, facts)
    _add_runs(tree, layers, gpkg)
    if facts.imagery:
        scale = photos_from(facts)
        name = "Imagery" if scale is None else f"Imagery (photos from 1:{scale:,} on)"
        expanded = str(int(len(facts.imagery) <= 5))
        group = element(tree, "layer-tree-group", name=name, checked="Qt::Checked", expanded=expanded)
        for number, image in enumerate(facts.imagery):
            # QGIS takes an id of 10 characters or fewer for none.
            add_imagery(group, layers, f"imagery_{number}_herdmap", image, scale if image.kind == "photo" else None)

    extent = _view(facts)
    unit = "meters" if home.crs_wkt is not None and not pyproj.CRS(home.crs_wkt).is_geographic else "degrees"
    element(canvas, "units", unit if home.crs_wkt is not None else "unknown")
    if extent is not None:
        put_extent(canvas, extent)
        view = element(root, "ProjectViewSettings", UseProjectScales="0", rotation="0")
        corners = zip(("xmin", "ymin", "xmax", "ymax"), extent, strict=True)
        put_crs(element(view, "DefaultViewExtent", **{name: repr(float(v)) for name, v in corners}), home.crs_wkt)
    element(canvas, "rotation", "0")
    put_crs(element(canvas, "destinationsrs"), home.crs_wkt)
    properties = element(root, "properties")
    element(element(properties, "Paths"), "Absolute", "false", type="bool")
    reprojects = str(int(home.crs_wkt is not None))
    element(element(properties, "SpatialRefSys"), "ProjectionsEnabled", reprojects, type="int")
    return document(root)


def qgz(xml: bytes, name: str) -> bytes:
    """The `.qgz` of a project's XML: the same bytes for the same project. name: of the `.qgs` inside."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(zipfile.ZipInfo(f"{name}.qgs"), xml, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def now() -> str:
    """This moment as QGIS notes it: ISO 8601, seconds, UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")


# ---- layers ---------------------------------------------------------------------------------


def add_vector(tree: ET.Element, layers: ET.Element, gpkg: str, name: str, facts: Facts) -> None:
    layer = _maplayer(layers, f"{name}_herdmap", TITLES[name], "vector", "ogr", f"./{gpkg}|layername={name}")
    layer.set("geometry", "Polygon")
    layer.set("wkbType", "Polygon" if name in ("detections", "tile_labels", "images") else "MultiPolygon")
    layer.set("labelsEnabled", str(int(name not in ("images", "tile_labels"))))
    # Boxes of a few pixels need no simplification, and there are many of them.
    layer.set("simplifyDrawingHints", "1")
    info = facts.layers[name]
    put_crs(element(layer, "srs"), info.crs_wkt)
    if info.extent is not None:
        put_extent(layer, info.extent)
    styles.add_style(layer, name, facts.style)
    _node(tree, layer, expanded=name in ("detections", "tile_labels", "strata"))


def _add_runs(tree: ET.Element, layers: ET.Element, gpkg: str) -> None:
    layer = _maplayer(layers, "runs_herdmap", TITLES["runs"], "vector", "ogr", f"./{gpkg}|layername=runs")
    layer.set("geometry", "No geometry")
    layer.set("wkbType", "NoGeometry")
    _node(tree, layer, expanded=False)


def photos_from(facts: Facts) -> int | None:
    """The N of 1:N from which photos are drawn, to two digits; None for always.

    A survey of more photos than the project shows is larger than they are: all at once they would be specks, and each
    would have to be decoded.
    """
    if not facts.photo_m:
        return None
    scale = facts.photo_m / (_SMALLEST_PHOTO_MM / 1000)
    unit: int = 10 ** max(0, math.floor(math.log10(scale)) - 1)
    return math.ceil(scale / unit) * unit


def add_imagery(tree: ET.Element, layers: ET.Element, key: str, image: ImageryLayer, from_scale: int | None) -> None:
    source = image.source if image.source.startswith(("/", ".")) or ":" in image.source else f"./{image.source}"
    layer = _maplayer(layers, key, image.name, "raster", "gdal", source)
    if from_scale is not None:
        layer.set("hasScaleBasedVisibilityFlag", "1")
        layer.set("minScale", str(from_scale))
        layer.set("maxScale", "0")
    put_crs(element(layer, "srs"), image.crs_wkt)
    pipe = element(layer, "pipe")
    bands = {"redBand": "1", "greenBand": "2", "blueBand": "3"} if image.bands >= 3 else {"grayBand": "1"}
    kind = "multibandcolor" if image.bands >= 3 else "singlebandgray"
    alpha = "-1" if image.kind == "orthomosaic" else "4"  # of the VRTs that this project writes
    renderer = element(pipe, "rasterrenderer", type=kind, opacity="1", alphaBand=alpha, nodataColor="", **bands)
    if image.dtype != "uint8":
        _stretch(renderer, ("red", "green", "blue") if image.bands >= 3 else ("",), image.stretch)
    elif image.bands < 3:
        _contrast(renderer, "contrastEnhancement", 0, 255, "NoEnhancement")
    # Averaged as it is drawn small, the real pixels as it is drawn large. On a rotated raster without overviews this
    # stage takes a fifth of the time of the provider's own resampling.
    element(pipe, "rasterresampler", zoomedOutResampler="bilinear", maxOversampling="2")
    element(pipe, "resamplingStage", "resamplingFilter")
    _node(tree, layer, expanded=False)


def _stretch(renderer: ET.Element, colours: Sequence[str], stretch: tuple[float, float] | None) -> None:
    """Stretch 16 bit imagery, which fills no fixed range, as the search did: QGIS measures nothing, and writes nothing.

    If that is not known, stretch what is in view between its 2nd and 98th percentile.
    """
    if stretch is None:
        origin = element(renderer, "minMaxOrigin")
        for tag, value in (
            ("limits", "CumulativeCut"),
            ("extent", "UpdatedCanvas"),
            ("statAccuracy", "Estimated"),
            ("cumulativeCutLower", "0.02"),
            ("cumulativeCutUpper", "0.98"),
            ("stdDevFactor", "2"),
        ):
            element(origin, tag, value)
    for colour in colours:
        tag = f"{colour}ContrastEnhancement" if colour else "contrastEnhancement"
        low, high = stretch or (0, 65535)
        _contrast(renderer, tag, low, high, "StretchToMinimumMaximum")


def _contrast(renderer: ET.Element, tag: str, low: float, high: float, algorithm: str) -> None:
    contrast = element(renderer, tag)
    element(contrast, "minValue", repr(low))
    element(contrast, "maxValue", repr(high))
    element(contrast, "algorithm", algorithm)


def _maplayer(layers: ET.Element, key: str, title: str, kind: str, provider: str, source: str) -> ET.Element:
    layer = element(layers, "maplayer", type=kind, autoRefreshEnabled="0", hasScaleBasedVisibilityFlag="0")
    element(layer, "id", key)
    element(layer, "datasource", checked(source))
    element(layer, "layername", title)
    element(layer, "provider", provider, **({"encoding": "UTF-8"} if provider == "ogr" else {}))
    return layer


def _node(tree: ET.Element, layer: ET.Element, *, expanded: bool) -> None:
    element(
        tree,
        "layer-tree-layer",
        id=layer.findtext("id", ""),
        name=layer.findtext("layername", ""),
        providerKey=layer.findtext("provider", ""),
        source=layer.findtext("datasource", ""),
        checked="Qt::Checked",
        expanded=str(int(expanded)),
    )


def put_crs(parent: ET.Element, crs_wkt: str | None) -> None:
    """QGIS's notation of a CRS; an empty one is what it calls no projection."""
    system = element(parent, "spatialrefsys")
    if crs_wkt is None:
        return
    crs = pyproj.CRS(crs_wkt)
    authority = crs.to_authority(min_confidence=100)
    element(system, "wkt", crs.to_wkt())
    if authority is not None:
        element(system, "authid", ":".join(authority))
    element(system, "description", crs.name)
    element(system, "geographicflag", str(crs.is_geographic).lower())


def put_extent(parent: ET.Element, extent: tuple[float, float, float, float]) -> None:
    box = element(parent, "extent")
    for tag, value in zip(("xmin", "ymin", "xmax", "ymax"), extent, strict=True):
        element(box, tag, repr(float(value)))


def _view(facts: Facts) -> tuple[float, float, float, float] | None:
    """What the map shows first: the images and the animals, with a margin of a twentieth."""
    boxes = [facts.layers[name].extent for name in ("images", "detections") if name in facts.layers]
    if facts.view is not None:
        boxes = [facts.view]
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    xmin, ymin = min(box[0] for box in known), min(box[1] for box in known)
    xmax, ymax = max(box[2] for box in known), max(box[3] for box in known)
    margin = max(xmax - xmin, ymax - ymin) / 20
    return xmin - margin, ymin - margin, xmax + margin, ymax + margin


def document(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    doctype = b"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    # Asked for bytes, it would encode each word by itself.
    return doctype + ET.tostring(root, encoding="unicode").encode("utf-8", "xmlcharrefreplace")
