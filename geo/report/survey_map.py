"""Draws the map of a survey report as SVG: strata, transects, photos and animals, with a scale."""

import math
from collections.abc import Iterable
from typing import TypeVar
from xml.etree import ElementTree as ET  # nosec B405

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.areas import GEOD, ground_crs
from geo.overlaps.count_once import photos_on_map
from geo.report.content import Content
from geo.wellformed import element

__all__ = ["survey_map"]

_Kind = TypeVar("_Kind", bound=np.generic)

_WIDTH, _HIGHEST, _MARGIN = 760.0, 900.0, 12.0
_MOST_PHOTOS, _MOST_ANIMALS = 20_000, 20_000  # drawn; of more, every k-th
_COLOURS = {"searched": "#9ecae1", "failed": "#d7301f", "not searched": "#fdb863"}
_ANIMAL, _TRANSECT, _STRATUM = "#b10026", "#08519c", "#222222"


def survey_map(content: Content) -> ET.Element | None:
    """The map; None if nothing has a place on the ground."""
    photos = photos_on_map(content.images)
    placed = np.flatnonzero(photos.placed)
    centres = content.rows.polygons_map[:, :4].mean(axis=1)[content.animals]
    centres = centres[np.isfinite(centres).all(axis=1)]
    shapes = [*content.strata.shapes, *content.transects.shapes, *photos.footprints[placed]]
    if not shapes or content.crs_wkt is None:
        return None
    bounds = shapely.total_bounds(np.array([*shapes, None], object)[:-1])
    if not np.isfinite(bounds).all():
        return None
    fit = _Fit(bounds)
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {_WIDTH:g} {fit.height:g}"})
    root.set("role", "img")
    root.set("aria-label", "Map of the survey: strata, transects, photos and animals")
    element(root, "rect", width="100%", height="100%", fill="#ffffff")
    _draw_photos(root, content, photos.footprints, placed, fit)
    for shape in content.transects.shapes:
        _polygon(root, shape, fit, {"fill": "none", "stroke": _TRANSECT, "stroke-width": "0.8"})
    for shape in content.strata.shapes:
        _polygon(root, shape, fit, {"fill": "none", "stroke": _STRATUM, "stroke-width": "1.8"})
    for x, y in fit.page(_some(centres, _MOST_ANIMALS)).tolist():
        element(root, "circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="2", fill=_ANIMAL)
    for name, shape in zip(content.strata.names, content.strata.shapes, strict=True):
        x, y = fit.page(shapely.get_coordinates(shapely.point_on_surface(shape)))[0].tolist()
        halo = {"stroke": "#ffffff", "stroke-width": "4", "paint-order": "stroke", "text-anchor": "middle"}
        element(root, "text", name[:40], x=f"{x:.1f}", y=f"{y:.1f}", **halo, **{"font-size": "14"})
    _scale_bar(root, content.crs_wkt, bounds, fit)
    return root


class _Fit:
    """From the map to the page, in px of the SVG."""

    def __init__(self, bounds: NDArray[np.float64]) -> None:
        x_min, y_min, x_max, y_max = bounds.tolist()
        wide, high = max(x_max - x_min, 1e-9), max(y_max - y_min, 1e-9)
        self.scale = min((_WIDTH - 2 * _MARGIN) / wide, _HIGHEST / high)
        self.height = max(120.0, high * self.scale + 2 * _MARGIN + 40)
        self._left = x_min - (_WIDTH / self.scale - wide) / 2
        self._top = y_max + _MARGIN / self.scale

    def page(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N, 2) px, y down, of (N, 2) map coordinates."""
        return np.column_stack([(xy[:, 0] - self._left) * self.scale, (self._top - xy[:, 1]) * self.scale])


def _draw_photos(
    root: ET.Element, content: Content, footprints: NDArray[np.object_], placed: NDArray[np.int64], fit: _Fit
) -> None:
    """The footprints, one path for each kind, so that the page stays small."""
    kinds: dict[str, list[str]] = {name: [] for name in _COLOURS}
    searched = content.images.searched
    for row in _some(placed, _MOST_PHOTOS).tolist():
        kind = "searched" if searched[row] else "failed" if content.images.status[row] == "failed" else "not searched"
        kinds[kind].append(_path(footprints[row], fit))
    for kind, paths in kinds.items():
        if paths:
            opacity = "0.45" if kind == "searched" else "0.8"
            fill = {"fill": _COLOURS[kind], "fill-opacity": opacity, "stroke": _COLOURS[kind], "stroke-width": "0.3"}
            element(root, "path", d="".join(paths), **fill)


def _polygon(root: ET.Element, shape: shapely.Geometry, fit: _Fit, style: dict[str, str]) -> None:
    element(root, "path", d=_path(shape, fit), **style)


def _path(shape: shapely.Geometry, fit: _Fit) -> str:
    """The outline of a polygon as SVG path data."""
    # What is smaller than a third of a px cannot be seen.
    drawn = shapely.simplify(shape, 0.3 / fit.scale)
    rings: Iterable[shapely.Geometry] = shapely.get_rings(drawn if not drawn.is_empty else shape)
    said = []
    for ring in rings:
        points = fit.page(shapely.get_coordinates(ring)[:-1]).round(1).tolist()
        said.append("M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z")
    return "".join(said)


def _some(values: NDArray[_Kind], most: int) -> NDArray[_Kind]:
    return values[:: max(1, math.ceil(len(values) / most))]


def _scale_bar(root: ET.Element, crs_wkt: str, bounds: NDArray[np.float64], fit: _Fit) -> None:
    """A bar of a round length, and where north is; neither for a survey without a place."""
    if ground_crs(crs_wkt) is None:
        return
    metres = _metres_a_unit(crs_wkt, bounds)
    longest = 0.25 * _WIDTH / fit.scale * metres
    power = 10.0 ** math.floor(math.log10(longest))
    length = next(m * power for m in (5, 2, 1) if m * power <= longest)
    px, y = length / metres * fit.scale, fit.height - 14
    label = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    bar = {"stroke": "#000000", "stroke-width": "3"}
    element(root, "line", x1="16", x2=f"{16 + px:.1f}", y1=f"{y:.1f}", y2=f"{y:.1f}", **bar)
    element(root, "text", label, x=f"{22 + px:.1f}", y=f"{y + 4:.1f}", **{"font-size": "13"})
    element(root, "text", "N ↑", x=f"{_WIDTH - 40:.0f}", y=f"{y + 4:.1f}", **{"font-size": "15"})


def _metres_a_unit(crs_wkt: str, bounds: NDArray[np.float64]) -> float:
    """Metres on the ground for a unit of the map, from west to east through its middle."""
    x_min, y_min, x_max, y_max = bounds.tolist()
    middle = (y_min + y_max) / 2
    to_degrees = pyproj.Transformer.from_crs(crs_wkt, "EPSG:4326", always_xy=True)
    (lon_a, lon_b), (lat_a, lat_b) = to_degrees.transform([x_min, x_max], [middle, middle])
    _, _, metres = GEOD.inv(lon_a, lat_a, lon_b, lat_b)
    return float(metres) / float(max(x_max - x_min, 1e-9))
