"""Finds the outlines of a plan's images on the ground, before they are searched."""

import numpy as np
from numpy.typing import NDArray

from detector.survey.planning import PlannedImage
from detector.survey.poses import Poses
from geo.georeference import PixelsToMap, reproject
from geo.photos.poses import PlacedPhoto


def reference_of(image: PlannedImage, photo: PlacedPhoto | None) -> PixelsToMap | None:
    """What places an image: its pose, else its own georeference; None if it has neither."""
    if photo is not None and photo.georeference is not None:
        return photo.georeference
    if image.info is not None and image.info.georeference.kind != "none":
        return image.info.georeference
    return None


def outlines(images: tuple[PlannedImage, ...], poses: Poses) -> tuple[list[NDArray[np.float64]], str | None, bool]:
    """The outline of each image that has a place as a closed ring (5, 2); their CRS; and whether these are all images.

    The CRS is that of the first image that has one. Left out are photos that see the horizon, and images that have no
    CRS if others have one.
    """
    rings, wkt, first, whole = list[NDArray[np.float64]](), None, True, True
    for image, photo in zip(images, poses.photos, strict=True):
        reference = reference_of(image, photo)
        if reference is None or image.info is None:
            continue
        if first:
            wkt, first = reference.crs_wkt, False
        if (reference.crs_wkt is None) != (wkt is None):
            continue
        width, height = image.info.width, image.info.height
        ring = reference.to_map([(0, 0), (0, height), (width, height), (width, 0), (0, 0)])
        if reference.crs_wkt is not None and wkt is not None:
            ring = reproject(ring, reference.crs_wkt, wkt)
        if np.isfinite(ring).all():
            rings.append(ring)
        else:
            whole = False
    return rings, wkt, whole
