"""Where rays of a photo meet the ground, and what a shift or a turn of its camera changes there.

The arrays are of one photo, or of many with an axis of photos in front: (..., N, 3), written as for one.
"""

import numpy as np
from numpy.typing import NDArray

from geo.photos.terrain import down_to

Floats = NDArray[np.float64]

_SHALLOWEST = np.sin(np.radians(0.25))  # closer to the horizon a hair's breadth of attitude is kilometres
_TURN = 1e-5  # radians, of the numeric derivative


def downward(rays: Floats, rotation: Floats) -> Floats:
    """(..., N, 3) unit vectors east, north, up of rays (..., N, 3) in the camera frame; NaN at and above the horizon.

    rotation: (..., 3, 3) camera axes to local east, north, up.
    """
    directions = turned(rays, rotation)
    with np.errstate(invalid="ignore"):
        directions /= np.linalg.norm(directions, axis=-1, keepdims=True)
        directions[~(directions[..., 2] < -_SHALLOWEST)] = np.nan
    return directions


def to_plane(directions: Floats, depth: Floats | float, curvature: float) -> tuple[Floats, Floats]:
    """How far along each direction, (..., N, 3), level ground lies, metres, NaN where nowhere; and its bend (..., N).

    depth: metres from the camera down to the ground. curvature: of the earth, half of 1 / its radius; 0 for none.
    """
    bend = curvature * (directions[..., 0] ** 2 + directions[..., 1] ** 2)
    return down_to(depth, directions[..., 2], bend), bend


def turned(rays: Floats, rotation: Floats) -> Floats:
    """(..., N, 3) rays in the camera frame as local east, north, up."""
    return np.asarray(rays @ np.swapaxes(rotation, -1, -2))


def onto_plane(local: Floats, normal: Floats, directions: Floats, shift: Floats) -> Floats:
    """(..., N, 3) where rays from the camera moved by `shift` meet the plane through `local` with `normal`."""
    with np.errstate(invalid="ignore", divide="ignore"):
        s = (normal * (local - shift)).sum(axis=-1) / (normal * directions).sum(axis=-1)
    return np.asarray(shift + s[..., None] * directions)


def pixel_sides(local: Floats, right: Floats, down: Floats) -> Floats:
    """(..., N) metres: the side of a square of the area of a pixel, whose neighbours lie at `right` and `down`."""
    along, across = right[..., :2] - local[..., :2], down[..., :2] - local[..., :2]
    return np.asarray(np.sqrt(np.abs(along[..., 0] * across[..., 1] - along[..., 1] * across[..., 0])))


def errors(local: Floats, normal: Floats, rays: Floats, rotation: Floats, sigmas: Floats) -> Floats:
    """(..., N) the root mean square horizontal error of points on the ground, by numeric derivatives, metres.

    sigmas: (7, ...) of east, north, up, metres; of turns about these axes, radians; of the focal length, a share.
    """
    directions = turned(rays, rotation)
    longer = turned(rays * (1 + _TURN, 1 + _TURN, 1.0), rotation)
    ahead = (1,) * (directions.ndim - 1)
    tilted = directions + np.cross(_TURN * np.eye(3).reshape(3, *ahead, 3), directions)
    shifts = np.eye(7, 3).reshape(7, *ahead, 3)  # by a metre along each axis, and four times by nothing
    moved = onto_plane(local, normal, np.stack([directions] * 3 + [*tilted, longer]), shifts)
    weights = np.concatenate([sigmas[:3], sigmas[3:] / _TURN])[..., None]
    return np.asarray(np.sqrt((weights**2 * ((moved - local)[..., :2] ** 2).sum(axis=-1)).sum(axis=0)))
