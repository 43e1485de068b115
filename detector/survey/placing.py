"""Places the images of a survey: by their own georeference, by each photo's pose, or on a contact sheet."""

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detector.survey.planning import PlannedImage
from detector.survey.poses import Poses, most_common_crs
from detector.survey.shown_imagery import not_shown, on_contact_sheet, own_files, photo_layers
from geo.geopackage.imagery import ImageryLayer
from geo.georeference import PixelsToMap, boxes_to_polygons, corners_px, footprint, reproject
from geo.photos.photos_at_once import LevelPhotos, at_once, footprints, gsds_m, is_level
from geo.photos.poses import PlacedPhoto
from geo.photos.projection import PosedPhoto
from geo.raster import RasterInfo

WGS84 = "EPSG:4326"


@dataclass(frozen=True, eq=False, slots=True)
class Place:
    """The place of one image as the layer `images` stores it; NaN and None if unknown.

    Attributes:
        ring: (K, 2) its outline, in the map's CRS.
    """

    kind: str = "none"
    lon: float = math.nan
    lat: float = math.nan
    altitude_m: float = math.nan
    agl_m: float = math.nan
    heading_deg: float = math.nan
    gsd_m: float = math.nan
    ring: NDArray[np.float64] | None = None
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class Placement:
    """The places of a survey's images, and of the detections in them. Images are named by their index in the survey.

    Attributes:
        crs_wkt: The survey's CRS; None if undefined.
        georeferences: What places the px of each image; None for an image without a place.
        places: The columns of each image.
        layers: The imagery under the boxes.
        warnings: What the user should know.
    """

    crs_wkt: str | None
    georeferences: list[PixelsToMap | None]
    places: list[Place]
    layers: list[ImageryLayer]
    warnings: tuple[str, ...] = ()

    @property
    def placed(self) -> int:
        """The number of images with a place."""
        return sum(reference is not None for reference in self.georeferences)

    def columns(self) -> dict[str, Any]:
        """The columns of `Images` that describe the places."""
        names = ("lon", "lat", "altitude_m", "agl_m", "heading_deg", "gsd_m")
        numbers = {name: np.array([getattr(place, name) for place in self.places], np.float64) for name in names}
        kinds, rings = [place.kind for place in self.places], [place.ring for place in self.places]
        return {"georeference": kinds, "footprints": rings, **numbers}

    def points_on_map(self, image: int, points_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """From points (N, 2) in px of one image to (N, 2) in the survey's CRS; NaN for a point without a place."""
        reference = self.georeferences[image]
        if reference is None:
            return np.full_like(points_px, np.nan)
        return self._in_crs(reference.crs_wkt, reference.to_map(points_px))

    def boxes_on_map(self, image: NDArray[np.int64], boxes_px: ArrayLike) -> NDArray[np.float64]:
        """From boxes (N, 4) xyxy in px of their images (N,) to closed rings (N, 5, 2) in the survey's CRS.

        All corners are NaN if any corner of a box has no place.
        """
        boxes = np.asarray(boxes_px, np.float64).reshape(-1, 4)
        rings = np.full((len(boxes), 5, 2), np.nan)
        for photos, rows in self._photos(image):
            corners = photos.to_map(corners_px(boxes[rows.ravel()]).reshape(len(rows), -1, 2)).reshape(-1, 2)
            rings[rows.ravel()] = self._in_crs(photos.crs_wkt, corners).reshape(-1, 5, 2)
        for reference, rows in self._others(image):
            corners = boxes_to_polygons(reference, boxes[rows]).reshape(-1, 2)
            rings[rows] = self._in_crs(reference.crs_wkt, corners).reshape(-1, 5, 2)
        return whole_or_nowhere(rings)

    def errors_m(self, image: NDArray[np.int64], boxes_px: ArrayLike) -> NDArray[np.float64]:
        """(N,) the expected error of the middle of each box on the ground, metres (root mean square); NaN without a
        pose.

        Args:
            image: (N,) the image of each box.
            boxes_px: (N, 4) xyxy in px of their images.
        """
        boxes = np.asarray(boxes_px, np.float64).reshape(-1, 4)
        errors = np.full(len(boxes), np.nan)
        middle = (boxes[:, :2] + boxes[:, 2:]) / 2
        for photos, rows in self._photos(image):
            errors[rows] = photos.error_m(middle[rows])
        for reference, rows in self._others(image):
            if isinstance(reference, PosedPhoto):
                errors[rows] = reference.error_m(middle[rows])
        return errors

    def _photos(self, image: NDArray[np.int64]) -> Iterator[tuple[LevelPhotos, NDArray[np.int64]]]:
        """P photos with K boxes each, to be taken at once, and the indices (P, K) at which `image` is each of them."""
        order = np.argsort(image, kind="stable")
        first = np.searchsorted(image[order], np.arange(len(self.georeferences) + 1))
        for indices, photos in at_once(self.georeferences):
            begin, number = first[indices], first[indices + 1] - first[indices]
            for boxes in np.unique(number[number > 0]).tolist():
                chosen = np.flatnonzero(number == boxes)
                yield photos.only(chosen), order[begin[chosen, None] + np.arange(boxes)]

    def _others(self, image: NDArray[np.int64]) -> Iterator[tuple[PixelsToMap, NDArray[np.int64]]]:
        """For each other image that has a place: what places it, and the indices at which `image` is that image."""
        order = np.argsort(image, kind="stable")
        there, counts = np.unique(image, return_counts=True)
        ends = np.cumsum(counts)
        for index, start, end in zip(there.tolist(), (ends - counts).tolist(), ends.tolist(), strict=True):
            reference = self.georeferences[index]
            if reference is not None and not is_level(reference):
                yield reference, order[start:end]

    def _in_crs(self, crs_wkt: str | None, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        if crs_wkt is None or self.crs_wkt is None:
            return xy
        return reproject(xy, crs_wkt, self.crs_wkt)


def place(
    images: Sequence[PlannedImage],
    output: Path,
    failed: Sequence[bool],
    poses: Poses,
    detections: Sequence[int],
) -> Placement:
    """Choose the survey's CRS, place each image in it, and write the VRTs under the boxes beside `output`.

    The CRS is the one that most images have, else that of the photos' poses. Images in another CRS are reprojected. If
    images have coordinates but no CRS (a bare world file), and no image has a CRS, the CRS is undefined. If no image
    has any position, they are placed side by side on a contact sheet, in an undefined CRS. Otherwise, an image without
    a position has no place.

    Args:
        images: The images of the plan.
        output: The survey's file.
        failed: For each image, whether it failed.
        poses: Of the images.
        detections: Of each image. The imagery of the photos with the most detections is shown.
    """
    infos = [None if wrong else image.info for image, wrong in zip(images, failed, strict=True)]
    posed: list[PixelsToMap | None] = [
        None if info is None or photo is None else photo.georeference
        for info, photo in zip(infos, poses.photos, strict=True)
    ]
    # A pose from a file is used instead of the image's own georeference.
    own: list[PixelsToMap | None] = [
        None if info is None or pose is not None or info.georeference.kind == "none" else info.georeference
        for info, pose in zip(infos, posed, strict=True)
    ]
    crs_wkt = most_common_crs(infos)
    if crs_wkt is None and any(reference is not None for reference in posed):
        crs_wkt = poses.crs_wkt
    if crs_wkt is not None:
        own = [reference if reference is not None and reference.crs_wkt is not None else None for reference in own]
        references = [a if a is not None else b for a, b in zip(own, posed, strict=True)]
        layers, said = photo_layers(images, posed, output, detections)
        layers = [*own_files(images, own), *layers]
        said += _unplaced(images, infos, references)
    elif any(reference is not None for reference in own):
        references, layers = own, own_files(images, own)
        said = ("the imagery has coordinates but no CRS: assign one in QGIS, or add a .prj file beside the world file",)
        said += _unplaced(images, infos, references)
    else:
        references, layers = on_contact_sheet(images, infos, output)
        said = ()
    said += not_shown(infos)
    rings, gsds = footprints(references, crs_wkt or ""), gsds_m(references)
    places = [
        _place(image.info, reference, photo, crs_wkt, rings.get(n), gsds.get(n))
        for n, (image, reference, photo) in enumerate(zip(images, references, poses.photos, strict=True))
    ]
    return Placement(crs_wkt, references, places, layers, said)


def _place(
    info: RasterInfo | None,
    reference: PixelsToMap | None,
    photo: PlacedPhoto | None,
    crs_wkt: str | None,
    ring: NDArray[np.float64] | None,
    gsd_m: float | None,
) -> Place:
    """The columns of an image. `reference` places it; `photo` is what is known about its pose; ring, gsd_m: of a photo
    with a pose, as far as they are known.
    """
    if info is None:
        return Place()
    # The photos of a flight have most reasons in common.
    reason = None if photo is None else sys.intern("; ".join(photo.reasons)) or None
    lon, lat, altitude_m = math.nan, math.nan, math.nan
    if info.gps is not None:
        lon, lat, altitude_m = info.gps.lon, info.gps.lat, _known(info.gps.altitude_m)
    if reference is not None:
        ring = footprint(reference, info.width, info.height, crs_wkt) if ring is None else ring
        ring = ring if np.isfinite(ring).all() else None
    if photo is not None and isinstance(reference, PosedPhoto):
        heading_deg = photo.heading_deg % 360.0
        return Place(
            reference.kind,
            photo.lon,
            photo.lat,
            photo.altitude_m,
            photo.agl_m,
            heading_deg,
            _known(gsd_m),
            ring,
            reason,
        )
    if reference is not None and reference.crs_wkt is not None:
        centre = reference.to_map([(info.width / 2, info.height / 2)])
        lon, lat = reproject(centre, reference.crs_wkt, WGS84)[0].tolist()
    return Place(info.georeference.kind, lon, lat, altitude_m, gsd_m=_known(info.gsd_m), ring=ring, reason=reason)


def _known(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _unplaced(
    images: Sequence[PlannedImage], infos: Sequence[RasterInfo | None], references: Sequence[PixelsToMap | None]
) -> tuple[str, ...]:
    each = zip(images, infos, references, strict=True)
    nowhere = [image for image, info, reference in each if info is not None and reference is None]
    if not nowhere:
        return ()
    which = nowhere[0].relative if len(nowhere) == 1 else f"{len(nowhere)} images"
    return (f"without a position: {which}; animals found there count as 'unplaced' and are not on the map",)


def whole_or_nowhere(rings: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, C, 2) rings. If a corner of a ring has no place, the whole ring is NaN."""
    return np.where(np.isfinite(rings).all(axis=(1, 2), keepdims=True), rings, np.nan)
