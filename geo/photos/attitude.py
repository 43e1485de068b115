"""How a camera is turned: the three conventions in use, as one rotation from the camera's axes to east, north, up.

Camera axes: x right along the image's rows, y down its columns, z forward through the lens. Angles are in degrees.

- *Gimbal* (DJI, Skydio): axes forward, right, down in north, east, down; R = Rz(yaw) Ry(pitch) Rx(roll), the order ZYX.
  The camera looks along "forward": yaw clockwise from true north, pitch -90 straight down and 0 at the horizon, roll
  clockwise as the camera sees it. At pitch -90 the top of the image points to the yaw.
- *Nadir* (Pix4D's Camera tags, an aircraft's own attitude): the same ZYX angles of the aircraft, whose camera looks
  through its floor with the top of the image to the nose: pitch 0 is straight down, pitch 90 looks forward to the
  horizon.
- *Omega, phi, kappa* (photogrammetry): R = Rx(omega) Ry(phi) Rz(kappa) from image axes (x right, y up, z backwards) to
  the map's easting, northing and height: all zero looks straight down with the top of the image to the map's north.
  Angles relative to the grid, not to true north.

Sources: DJI's manuals ("NED coordinate system, the rotation order is ZYX"); Pix4D, "Yaw, Pitch, Roll and Omega, Phi,
Kappa angles"; Wolf, Dewitt and Wilkinson, "Elements of Photogrammetry", appendix C.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_ENU_FROM_NED = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
# Camera axes (right, down, lens) in a body's forward, right, down.
_LENS_FORWARD = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
_LENS_DOWN = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
_IMAGE_FROM_CAMERA = np.diag([1.0, -1.0, -1.0])


def from_gimbal(yaw_deg: ArrayLike, pitch_deg: ArrayLike, roll_deg: ArrayLike) -> Floats:
    """(N,) angles, or one of each, in the gimbal convention -> (N, 3, 3) camera axes to true east, north, up."""
    return np.asarray(_ENU_FROM_NED @ _zyx(yaw_deg, pitch_deg, roll_deg) @ _LENS_FORWARD)


def from_nadir(yaw_deg: ArrayLike, pitch_deg: ArrayLike, roll_deg: ArrayLike) -> Floats:
    """(N,) angles in the nadir convention -> (N, 3, 3) camera axes to true east, north, up."""
    return np.asarray(_ENU_FROM_NED @ _zyx(yaw_deg, pitch_deg, roll_deg) @ _LENS_DOWN)


def from_opk(omega_deg: ArrayLike, phi_deg: ArrayLike, kappa_deg: ArrayLike) -> Floats:
    """(N,) omega, phi, kappa -> (N, 3, 3) camera axes to the map's easting, northing, height."""
    turned = _about(0, omega_deg) @ _about(1, phi_deg) @ _about(2, kappa_deg)
    return np.asarray(turned @ _IMAGE_FROM_CAMERA)


def mounted(
    yaw_deg: ArrayLike,
    pitch_deg: ArrayLike,
    roll_deg: ArrayLike,
    mount: tuple[float, float, float] = (0.0, -90.0, 0.0),
) -> Floats:
    """(N,) an aircraft's own yaw, pitch, roll and how the camera is mounted in it -> (N, 3, 3), as `from_gimbal`.

    mount: yaw, pitch, roll of the camera against the aircraft in the gimbal convention: (0, -90, 0) looks through the
    floor with the top of the image to the nose, (-90, -45, 0) out of the left side, 45 degrees below the horizon.
    """
    return np.asarray(_ENU_FROM_NED @ _zyx(yaw_deg, pitch_deg, roll_deg) @ _zyx(*mount) @ _LENS_FORWARD)


def heading_deg(rotations: Floats) -> Floats:
    """(N, 3, 3) rotations -> (N,) degrees clockwise from true north that the top of the image points to; for a camera
    that looks to the horizon, the direction it looks in."""
    towards = rotations[..., 2] - rotations[..., 1]
    return np.asarray(np.degrees(np.arctan2(towards[..., 0], towards[..., 1])) % 360.0)


def _zyx(yaw_deg: ArrayLike, pitch_deg: ArrayLike, roll_deg: ArrayLike) -> Floats:
    return np.asarray(_about(2, yaw_deg) @ _about(1, pitch_deg) @ _about(0, roll_deg))


def _about(axis: int, angle_deg: ArrayLike) -> Floats:
    """Right-handed rotations about a coordinate axis: (N, 3, 3)."""
    angle = np.radians(np.atleast_1d(np.asarray(angle_deg, np.float64)))
    turns = np.zeros((len(angle), 3, 3))
    turns[:, axis, axis] = 1.0
    i, j = (axis + 1) % 3, (axis + 2) % 3
    turns[:, i, i] = turns[:, j, j] = np.cos(angle)
    turns[:, j, i] = np.sin(angle)
    turns[:, i, j] = -np.sin(angle)
    return turns
