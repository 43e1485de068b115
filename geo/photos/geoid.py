"""How far the geoid, which is sea level, lies above the ellipsoid WGS 84: up to 107 m below it and 85 m above.

Exactly by the grids of PROJ, where they are installed, without the network; roughly everywhere, to say how large an
error may be. The rough table is a least squares fit to NGA's EGM96 (public domain): it is off by 2.7 m (root mean
square), 24 m at most.
"""

import contextlib

import numpy as np
import pyproj
from numpy.typing import NDArray
from pyproj.exceptions import CRSError, ProjError

Floats = NDArray[np.float64]

EGM96, EGM2008 = "EPSG:5773", "EPSG:3855"
_STEP = 10

# Metres, each row from longitude 180 west to 170 east, the first at 90 north, the last at 90 south.
_ROUGH = """
    14 13 17 22 25 23 22 22 21 20 16 19 20 14 14 13 23 16
    12 10 16 20 23 23 23 24 23 22 21 18 16 13 18 13 11 14
    2 3 0 -4 -7 -3 -1 1 6 10 19 18 20 28 32 36 25 33
    37 38 30 23 16 12 8 3 1 0 0 0 1 2 1 2 2 0
    4 -1 -1 1 -1 -8 -15 -26 -31 -24 -18 3 24 34 47 57 63 58
    50 44 32 19 11 1 -5 -10 -13 -14 -15 -12 -12 -9 -1 1 2 6
    2 11 17 17 14 5 -16 -33 -45 -53 -44 -27 4 30 52 63 62 59
    49 38 16 15 14 10 -4 -21 -30 -32 -36 -29 -17 1 12 16 19 7
    -1 6 9 1 -13 -19 -14 -14 -22 -36 -43 -26 -11 24 45 63 63 56
    45 47 43 25 7 -14 -22 -37 -47 -45 -44 -32 -3 18 22 23 12 -1
    -13 -14 -15 -23 -34 -39 -25 -12 -25 -32 -33 -34 -26 2 33 63 54 49
    54 46 36 36 30 0 -32 -38 -44 -65 -55 -31 4 28 34 11 -3 -14
    -8 -5 -8 -16 -28 -42 -46 -29 -26 -30 -34 -56 -41 -20 20 28 31 47
    34 29 24 10 14 -15 -10 -39 -36 -30 -36 -31 8 32 38 19 1 -10
    3 11 10 -7 -23 -41 -51 -36 -9 -15 -17 -49 -58 -31 -12 14 30 29
    26 26 17 11 6 -27 -45 -63 -73 -66 -41 -15 24 35 50 37 21 8
    13 11 11 1 -11 -31 -41 -30 -11 6 11 -13 -39 -46 -19 5 20 35
    24 21 4 -7 -8 -32 -59 -95 -102 -69 -25 8 57 62 56 47 36 25
    19 14 19 16 2 -12 -24 -22 -14 -9 18 16 -15 -29 -18 5 12 20
    18 13 -22 -12 -28 -55 -61 -92 -110 -64 -4 42 65 69 77 68 50 30
    34 21 10 4 -2 -9 -11 -7 -12 -13 6 35 2 -21 -12 -12 2 15
    10 12 7 -13 -31 -32 -39 -64 -79 -66 -28 7 32 49 73 75 65 53
    60 26 8 -1 -11 -12 -4 -1 -3 0 4 40 24 -9 -8 -8 -2 12
    16 25 23 4 -9 -7 -11 -18 -41 -50 -48 -29 4 26 43 58 56 65
    43 22 5 -3 -9 -13 -10 -8 -4 1 5 27 21 4 -11 3 11 14
    22 26 35 30 14 16 14 8 -8 -27 -40 -40 -22 -18 13 33 32 44
    22 8 2 -6 -13 -12 -13 -11 -7 -2 6 22 12 -4 -10 6 24 23
    15 24 29 31 40 45 30 23 14 -2 -22 -36 -37 -31 -13 0 3 21
    -17 -21 -18 -16 -17 -15 -8 -9 -8 -3 7 14 8 0 2 9 21 30
    28 27 35 40 49 47 39 40 29 15 1 -14 -22 -20 -17 -18 -15 -9
    -48 -42 -36 -31 -29 -26 -23 -22 -17 -12 -4 9 23 25 25 23 17 16
    17 20 25 27 35 34 32 30 25 8 -2 -13 -25 -33 -33 -28 -33 -47
    -62 -64 -63 -60 -54 -46 -38 -32 -26 -18 -10 7 9 2 3 2 3 8
    13 17 17 20 22 29 28 19 14 9 -5 -21 -30 -38 -48 -59 -57 -57
    -55 -57 -56 -54 -48 -41 -38 -34 -28 -21 -25 -24 -24 -20 -17 -13 -8 -3
    -3 0 6 8 6 4 6 4 3 -3 -15 -25 -37 -44 -52 -54 -52 -54
    -22 -23 -23 -26 -27 -32 -30 -30 -29 -36 -33 -26 -25 -30 -26 -26 -28 -31
    -31 -32 -35 -30 -28 -28 -28 -27 -31 -32 -29 -28 -26 -26 -22 -21 -20 -22
"""


def rough_heights(lon: Floats, lat: Floats) -> Floats:
    """(N,) metres of the geoid above the ellipsoid, roughly, at (N,) WGS 84 degrees."""
    grid = np.array(_ROUGH.split(), np.float64).reshape(180 // _STEP + 1, 360 // _STEP)
    down, along = (90.0 - lat) / _STEP, (lon + 180.0) % 360.0 / _STEP
    row = np.minimum(down.astype(np.int64), len(grid) - 2)
    column = along.astype(np.int64) % grid.shape[1]
    y, x = down - row, along - np.floor(along)
    right = (column + 1) % grid.shape[1]
    upper = grid[row, column] * (1 - x) + grid[row, right] * x
    lower = grid[row + 1, column] * (1 - x) + grid[row + 1, right] * x
    return np.asarray(upper * (1 - y) + lower * y)


def exact_heights(lon: Floats, lat: Floats, vertical: str | None) -> Floats | None:
    """(N,) metres of the geoid above the ellipsoid by a grid of PROJ; None where none is installed that covers them.

    vertical: the CRS of the heights (a code or WKT; None: some sea level). Where PROJ has no grid of it, that of
    EGM2008 or EGM96 stands for it: national heights differ from them by a metre or two at most.
    """
    pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]  # public, but not in its __all__
    for crs in dict.fromkeys((vertical or EGM2008, EGM2008, EGM96)):
        with contextlib.suppress(CRSError, ProjError):
            heights = pyproj.crs.CompoundCRS("geoid", [pyproj.CRS("EPSG:4326"), pyproj.CRS(crs)])
            to_ellipsoid = pyproj.Transformer.from_crs(heights, "EPSG:4979", always_xy=True, allow_ballpark=False)
            found = np.asarray(to_ellipsoid.transform(lon, lat, np.zeros(len(lon)))[2], np.float64)
            if np.isfinite(found).all():
                return found
    return None
