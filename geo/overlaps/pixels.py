"""Finds the px in which two photos show the same ground. Only this module imports OpenCV.

Each photo is read once, reduced. Its features (SIFT: D. Lowe, "Distinctive image features from scale-invariant
keypoints", 2004) are spread over the photo, because the strongest ones may all be on one shore. Two features match if
each is clearly the nearest of the other. A homography is fitted to the matches, because it relates two views of level
ground. Things that moved, or that stand high above the ground, do not fit and are left out (MAGSAC++: Barath et al.
2020). The test of Brown and Lowe ("Automatic panoramic image stitching", 2007) says whether the remaining matches are
more than chance. Poses are not used, so the result depends only on the two files and can be kept.
"""

import threading
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.errors import MissingLibraryError

# The longer side of a reduced photo. A finer one costs time, and shows less that is the same in the next photo.
LONGER_SIDE_PX = 1000
MOST_FEATURES = 2000
# How many matches of a pair are kept, spread over the common ground.
MOST_MATCHES = 160

_CELLS = 8
_CONTRAST = 0.02
_RATIO = 0.8
_REDUCED_PX = 1.5
# There must be more inliers than this number plus this share of the compared features.
_LEAST, _SHARE = 8.0, 0.3
_importing = threading.Lock()
# The scales of two photos of one flight never differ by more than this.
_MOST_SCALE = 4.0


class Features(NamedTuple):
    """The features of a photo.

    Attributes:
        xy_px: (K, 2) float32, image px of the photo in its file, not of the reduced one.
        descriptors: (K, 128) uint8.
        reduced: Px of the photo in one px of the reduced one.
    """

    xy_px: NDArray[np.float32]
    descriptors: NDArray[np.uint8]
    reduced: float


class PixelMatch(NamedTuple):
    """The common ground of two photos.

    Attributes:
        px: (K, 4) float32: x and y in the first photo, x and y in the second, of the same ground. Empty if the matches
            may be chance.
        compared: How many features had a match.
    """

    px: NDArray[np.float32]
    compared: int


def need_opencv() -> None:
    """Raise MissingLibraryError if OpenCV is missing. The message says how to install it."""
    _cv2()


def find_features(pixels: NDArray[np.uint8], width: int) -> Features:
    """Find the features of a photo.

    Args:
        pixels: (h, w, 3) uint8 RGB, the photo reduced to at most `LONGER_SIDE_PX`.
        width: The width of the photo itself, px.
    """
    cv2 = _cv2()
    grey = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
    # Without the last argument, the first octave is a quarter of a px off.
    sift = cv2.SIFT_create(nfeatures=0, contrastThreshold=_CONTRAST, enable_precise_upscale=True)
    found = sift.detect(grey, None)
    if not found:
        return Features(np.empty((0, 2), np.float32), np.empty((0, 128), np.uint8), width / grey.shape[1])
    xy = np.array([point.pt for point in found])
    strength = np.array([point.response for point in found])
    chosen = _spread(xy, strength, grey.shape[1], grey.shape[0])
    kept, descriptors = sift.compute(grey, [found[i] for i in chosen.tolist()])
    reduced = width / grey.shape[1]
    # In OpenCV, the origin is the centre of a pixel.
    xy = (np.array([point.pt for point in kept]).reshape(-1, 2) + 0.5) * reduced
    return Features(xy.astype(np.float32), np.asarray(descriptors).astype(np.uint8), reduced)


def match_pixels(a: Features, b: Features) -> PixelMatch:
    """Find the common ground of two photos."""
    nothing = np.empty((0, 4), np.float32)
    i, j = _each_others_nearest(a.descriptors, b.descriptors)
    if len(i) <= _LEAST:
        return PixelMatch(nothing, len(i))
    cv2 = _cv2()
    # In px of the second photo.
    homography, inside = cv2.findHomography(
        a.xy_px[i].astype(np.float64),
        b.xy_px[j].astype(np.float64),
        cv2.USAC_MAGSAC,
        _REDUCED_PX * b.reduced,
        maxIters=5000,
        confidence=0.999,
    )
    if homography is None or inside is None:
        return PixelMatch(nothing, len(i))
    fits = inside.ravel().astype(bool)
    if fits.sum() <= _LEAST + _SHARE * len(i) or not _looks_down(homography, a.xy_px[i[fits]], a.reduced / b.reduced):
        return PixelMatch(nothing, len(i))
    px = np.concatenate([a.xy_px[i[fits]], b.xy_px[j[fits]]], axis=1)
    return PixelMatch(_thinned(px), len(i))


def _cv2() -> Any:
    with _importing:  # OpenCV cannot be imported by two threads at once
        try:
            import cv2
        except ImportError as error:
            raise MissingLibraryError(
                "matching photos by their pixels needs OpenCV, which is not installed: pip install 'herdmap[matching]'"
            ) from error
        # Several pairs of photos are matched at once, each on one core.
        cv2.setNumThreads(1)
    return cv2


def _spread(xy: NDArray[np.float64], strength: NDArray[np.float64], width: int, height: int) -> NDArray[np.int64]:
    """The indices of the features to keep: from every cell in turn, the strongest one."""
    column = np.minimum((xy[:, 0] * _CELLS / width).astype(np.int64), _CELLS - 1)
    row = np.minimum((xy[:, 1] * _CELLS / height).astype(np.int64), _CELLS - 1)
    return _in_turn(column + _CELLS * row, (xy[:, 1], xy[:, 0], -strength), MOST_FEATURES)


def _each_others_nearest(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The features of two photos that are each other's nearest. The second nearest must be clearly farther."""
    none = np.empty(0, np.int64)
    if len(a) < 2 or len(b) < 2:
        return none, none
    alike = _root(a) @ _root(b).T
    rows = np.arange(len(a))
    nearest = alike.argmax(axis=1)
    back = alike.argmax(axis=0)
    best = alike[rows, nearest].copy()
    alike[rows, nearest] = -1.0
    second = alike.max(axis=1)
    clear = 1 - best < _RATIO**2 * (1 - second)
    chosen = np.flatnonzero((back[nearest] == rows) & clear)
    return chosen, nearest[chosen]


def _root(descriptors: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(K, 128) of length 1, which are compared like histograms.

    R. Arandjelovic and A. Zisserman, "Three things everyone should know to improve object retrieval", 2012.
    """
    as_float = descriptors.astype(np.float32)
    return np.asarray(np.sqrt(as_float / np.maximum(as_float.sum(axis=1, keepdims=True), 1e-6)), np.float32)


def _looks_down(homography: NDArray[np.float64], xy: NDArray[np.float32], scale: float) -> bool:
    """Whether a homography fits two cameras above the ground: not mirrored, not folded, with a possible scale."""
    h = homography
    w = xy @ h[2, :2] + h[2, 2]
    if not (np.isfinite(h).all() and (w > 0).all()):
        return False
    x, y = (xy.mean(axis=0) @ h[:2, :2].T + h[:2, 2]) / w.mean()
    jacobian = (h[:2, :2] - np.outer((x, y), h[2, :2])) / w.mean()
    area = float(np.linalg.det(jacobian)) * scale**2
    return 1 / _MOST_SCALE**2 < area < _MOST_SCALE**2


def _thinned(px: NDArray[np.float32]) -> NDArray[np.float32]:
    """At most `MOST_MATCHES`, equally many from every part of the common ground."""
    if len(px) <= MOST_MATCHES:
        return px
    low, high = px[:, :2].min(axis=0), px[:, :2].max(axis=0)
    cell = np.minimum(((px[:, :2] - low) * _CELLS / np.maximum(high - low, 1e-6)).astype(np.int64), _CELLS - 1)
    return px[_in_turn(cell[:, 0] + _CELLS * cell[:, 1], (), MOST_MATCHES)]


def _in_turn(cell: NDArray[np.int64], keys: tuple[NDArray[Any], ...], most: int) -> NDArray[np.int64]:
    """At most `most` indices, in their order: one from every cell in turn, and within a cell by `keys`, as in
    `lexsort`.
    """
    order = np.lexsort((*keys, cell))
    nth = np.arange(len(order)) - np.searchsorted(cell[order], cell[order])
    kept: NDArray[np.int64] = np.sort(order[np.argsort(nth, kind="stable")[:most]])
    return kept
