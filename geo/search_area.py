"""The area that a search is limited to: the polygons of a file, joined."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.antimeridian import in_one_turn, wrapped
from geo.errors import VectorError
from geo.georeference import PixelsToMap, reproject
from geo.paths import StrPath, as_path
from geo.regions import Regions, read_regions

_A_SIDE = 8  # pieces of each side of a window, because its edges may be bent in the area's CRS
_SLIVER = 1e-6  # as a share of a region's area: the same line in two files may differ so much


@dataclass(frozen=True, eq=False)
class SearchArea:
    """The area of a search.

    Attributes:
        polygon: The whole area, in `crs_wkt`, prepared.
        crs_wkt: Its CRS.
        name: The name of its file.
        warnings: What was repaired when it was read.
    """

    polygon: Any
    crs_wkt: str
    name: str
    warnings: tuple[str, ...] = ()

    def contains(self, reference: PixelsToMap, xy_px: ArrayLike) -> NDArray[np.bool_]:
        """(N,) bool: which places (N, 2) in image px are in the area or on its edge.

        A place without a point on the map is not.
        """
        xy = self._on_map(reference, np.asarray(xy_px, np.float64).reshape(-1, 2))
        inside: NDArray[np.bool_] = shapely.intersects_xy(self.polygon, xy[:, 0], xy[:, 1])
        return inside & np.isfinite(xy).all(axis=1)

    def touches(self, reference: PixelsToMap, window_px: tuple[float, float, float, float]) -> bool:
        """Whether a window (xyxy in image px) touches the area; True if it sees the horizon."""
        window = self._window(reference, window_px)
        return window is None or bool(shapely.intersects(self.polygon, window))

    def covers(self, reference: PixelsToMap, window_px: tuple[float, float, float, float]) -> bool:
        """Whether the area covers a whole window (xyxy in image px)."""
        window = self._window(reference, window_px)
        return window is not None and bool(shapely.covers(self.polygon, window))

    def reach_outside(self, regions: Regions) -> int:
        """How many regions reach outside the area, apart from slivers; all of them if they have no CRS."""
        if regions.crs_wkt is None:
            return len(regions)
        wkt = regions.crs_wkt
        shapes = shapely.transform(regions.polygons, lambda xy: reproject(xy, wkt, self.crs_wkt))
        shapes, _ = in_one_turn(shapes, self.crs_wkt)
        shapes = np.where(shapely.is_valid(shapes), shapes, shapely.make_valid(shapes))
        outside = shapely.area(shapely.difference(shapes, self.polygon))
        return int((outside > _SLIVER * shapely.area(shapes)).sum())

    def _window(self, reference: PixelsToMap, window_px: tuple[float, float, float, float]) -> Any:
        left, top, right, bottom = window_px
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom], [left, top]])
        along = np.linspace(0, 1, _A_SIDE, endpoint=False)[:, None]
        ring = np.concatenate([a + along * (b - a) for a, b in pairwise(corners)])
        xy = self._on_map(reference, ring)
        if not np.isfinite(xy).all():
            return None
        window = in_one_turn(np.array([shapely.polygons(xy)], object), self.crs_wkt)[0][0]
        return window if shapely.is_valid(window) else shapely.make_valid(window)

    def _on_map(self, reference: PixelsToMap, xy_px: NDArray[np.float64]) -> NDArray[np.float64]:
        assert reference.crs_wkt is not None
        return wrapped(reproject(reference.to_map(xy_px), reference.crs_wkt, self.crs_wkt), self.crs_wkt)


def read_search_area(path: StrPath) -> SearchArea:
    """Read the polygons of a vector file, in any CRS. Raises VectorError if it has no polygon or no CRS."""
    name = as_path(path).name
    regions = read_regions(path)
    if regions.crs_wkt is None:
        raise VectorError(f"{path} has no CRS, so its polygons cannot be located; assign one and save the file again")
    polygon = shapely.union_all(regions.polygons)
    shapely.prepare(polygon)
    # Warnings about names and overlaps do not matter here, because the polygons become one.
    warnings = tuple(
        str(text)
        for text in regions.warnings
        if "overlap" not in text and getattr(text, "about", None) != "region_field"
    )
    return SearchArea(polygon, regions.crs_wkt, name, warnings)
