"""Finds the images that shapes on the map lie on, and the box of each there."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from detector.labels.shapes import LARGEST_PX, Box
from geo.errors import GeoError
from geo.georeference import PixelsToMap, footprint, reproject

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PlacedImage:
    """An image with a place on the map.

    Attributes:
        name: Relative to the image folder, with `/`.
        width: Px.
        height: Px.
        reference: What places its px.
        posed: Whether it is a photo that its camera's pose places, which may be metres off.
    """

    name: str
    width: int
    height: int
    reference: PixelsToMap
    posed: bool = False


@dataclass(frozen=True, eq=False)
class MapShapes:
    """Shapes on the map, K of them.

    Attributes:
        corners: (P, 2) of all shapes, in the file's CRS.
        owner: (P,) the shape of each corner, ascending.
        crs_wkt: The file's CRS.
    """

    corners: Floats
    owner: Ints
    crs_wkt: str

    @classmethod
    def of(cls, shapes: list[Any], crs_wkt: str) -> "MapShapes":
        corners, owner = shapely.get_coordinates(np.array(shapes or [None], object), return_index=True)
        return cls(corners, owner, crs_wkt)

    def on(self, image: PlacedImage) -> dict[int, Box]:
        """The boxes of the shapes whose centre is in an image, px, by the number of the shape."""
        corners, owner = self._near(image)
        if not len(corners):
            return {}
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        at = np.full_like(corners, np.nan)
        with suppress(GeoError):
            at = image.reference.to_px(corners)
        at[~(np.abs(at) < LARGEST_PX)] = np.nan
        low, high = np.minimum.reduceat(at, starts), np.maximum.reduceat(at, starts)
        centre = (low + high) / 2
        inside = ((centre >= 0) & (centre < (image.width, image.height))).all(axis=1)  # NaN is not
        found: dict[int, Box] = {}
        for one in np.flatnonzero(inside).tolist():
            (x0, y0), (x1, y1) = low[one].tolist(), high[one].tolist()
            found[int(owner[starts[one]])] = x0, y0, x1, y1
        return found

    def _near(self, image: PlacedImage) -> tuple[Floats, Ints]:
        """The corners in the image's CRS, and their shapes; of posed photos, which are many, those near the outline."""
        corners, low, high = self._reprojected(image.reference)
        if not image.posed or not len(corners):
            return corners, self.owner
        ring = footprint(image.reference, image.width, image.height, points_per_side=1)
        if not np.isfinite(ring).all():  # it shows the horizon
            return corners, self.owner
        margin = np.ptp(ring, axis=0)
        near = ((low <= ring.max(axis=0) + margin) & (high >= ring.min(axis=0) - margin)).all(axis=1)
        of_near = np.repeat(near, np.diff(self._starts, append=len(corners)))
        return corners[of_near], self.owner[of_near]

    def _reprojected(self, reference: PixelsToMap) -> tuple[Floats, Floats, Floats]:
        """The corners in an image's CRS, and the lowest and the highest of each shape there, NaN without a place."""
        assert reference.crs_wkt is not None
        if reference.crs_wkt not in self._in_crs:
            there = np.full_like(self.corners, np.nan)
            with suppress(GeoError):
                there = reproject(self.corners, self.crs_wkt, reference.crs_wkt)
            low, high = (way.reduceat(there, self._starts) if len(there) else there for way in (np.minimum, np.maximum))
            self._in_crs[reference.crs_wkt] = there, low, high
        return self._in_crs[reference.crs_wkt]

    @cached_property
    def _starts(self) -> Ints:
        return np.flatnonzero(np.diff(self.owner, prepend=-1))

    @cached_property
    def _in_crs(self) -> dict[str, tuple[Floats, Floats, Floats]]:
        return {}
