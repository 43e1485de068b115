"""Poses that are worse than they say: registration had to move the photos farther than their errors allow."""

import numpy as np

from geo.overlaps.nearby import MEDIAN_DISTANCE, Floats

# The median shift, in standard errors of a pose, above which the errors are wrong: for many photos, and how much more
# for one, as the median of few varies.
_MOST, _OF_FEW = 1.2, 1.7
_LEAST_PHOTOS = 6
_COMMON = 4  # the parameters of a similarity transform
# A photo that was moved so many times its error, along each axis, is farther off than it says: one of 3,000 would be.
_FAR = 4.0


def pose_scale(shift_m: Floats, centres: Floats, pose_error_m: Floats) -> float:
    """By how much the errors of the poses are too small; 1 if they may be right.

    What shifts, turns and stretches all photos together is left out, because registration cannot tell it. So the scale
    is rather too small than too large.

    Args:
        shift_m: (M, 2) how far photos were moved; 0 for those that were not registered.
        centres: (M, 2) the centres of the photos, metres.
        pose_error_m: (M,) the standard error of each photo's place along each axis, as the poses say it.
    """
    photos = int((shift_m != 0).any(axis=1).sum())
    if photos < _LEAST_PHOTOS:
        return 1.0
    scale = measured_scale(shift_m, centres, pose_error_m)
    return scale if scale > _MOST + _OF_FEW / np.sqrt(photos) else 1.0


def measured_scale(shift_m: Floats, centres: Floats, pose_error_m: Floats) -> float:
    """The median shift over the one that the errors of the poses make likely; 1 if too few photos are registered to
    measure it. The arguments are those of `pose_scale`.
    """
    registered = (shift_m != 0).any(axis=1)
    photos = int(registered.sum())
    if 2 * photos <= _COMMON:
        return 1.0
    left = _without_common(shift_m[registered], centres[registered])
    freedom = np.sqrt(2 * photos / (2 * photos - _COMMON))
    return float(freedom * np.median(np.hypot(*left.T) / pose_error_m[registered])) / MEDIAN_DISTANCE


def moved_too_far(shift_m: Floats, centres: Floats, pose_error_m: Floats) -> Floats:
    """(M,) how far each photo was moved against the others, if that is much farther than its error allows; else 0.

    The arguments are those of `pose_scale`.
    """
    far = np.zeros(len(shift_m))
    registered = np.flatnonzero((shift_m != 0).any(axis=1))
    if len(registered) < _LEAST_PHOTOS:
        return far
    moved = np.hypot(*_without_common(shift_m[registered], centres[registered]).T)
    far[registered] = np.where(moved > _FAR * pose_error_m[registered], moved, 0.0)
    return far


def _without_common(shift: Floats, centres: Floats) -> Floats:
    """(M, 2) the shifts without the similarity transform that fits them best: least squares of four parameters."""
    x, y = (centres - centres.mean(axis=0)).T
    one, none = np.ones(len(x)), np.zeros(len(x))
    design = np.concatenate([np.column_stack([one, none, x, -y]), np.column_stack([none, one, y, x])])
    both = np.concatenate([shift[:, 0], shift[:, 1]])
    left: Floats = (both - design @ np.linalg.lstsq(design, both, rcond=None)[0]).reshape(2, -1).T
    return left
