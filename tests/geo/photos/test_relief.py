"""The error of places on land that is not level, where no elevation model has it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geo.photos.poses import poses_for
from geo.photos.projection import PosedPhoto, PoseError
from geo.photos.terrain import Terrain
from tests.geo.photos.test_terrain import X0, Y0, dem, photo
from tests.surveys.photo_headers import posed

RELIEF_M = 12.0


def hills(seed: int, shape: tuple[int, int] = (500, 500), pixel_m: float = 2.0) -> np.ndarray:
    """Heights around 1400 m with a standard deviation of RELIEF_M, in waves of 60 to 400 m in all directions."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[: shape[0], : shape[1]] * pixel_m
    found = np.zeros(shape)
    for _ in range(40):
        angle, long = rng.uniform(0, np.pi), rng.uniform(60, 400)
        phase = (columns * np.cos(angle) + rows * np.sin(angle)) / long + rng.uniform()
        found += np.cos(2 * np.pi * phase)
    return np.asarray(1400 + RELIEF_M * found / found.std())


def test_points_on_hills_lie_within_the_error_as_often_as_it_says(tmp_path: Path) -> None:
    """An error along one line, from the height: 68 % within once, 95 % within twice. Without relief, 10 %."""
    terrain = Terrain(dem(tmp_path / "dem.tif", hills(1, (1200, 1200))))
    corners = np.array([(0, 0), (4000, 0), (4000, 3000), (0, 3000), (2000, 200), (3800, 1500)])
    off, said, blind = [], [], []
    for x, y in np.random.default_rng(3).uniform(200, 2200, (60, 2)) * (1, -1) + (X0, Y0):
        flat = photo(None, x=x, y=y)
        off.append(np.hypot(*(flat.to_map(corners) - photo(terrain, x=x, y=y).to_map(corners)).T))
        said.append(replace(flat, error=PoseError(0.0, RELIEF_M, 0.0, 0.0)).error_m(corners))
        blind.append(replace(flat, error=PoseError(0.0, 1.5, 0.0, 0.0)).error_m(corners))
    assert np.mean(np.array(off) <= said) == pytest.approx(0.68, abs=0.08)
    assert np.mean(np.array(off) <= 2 * np.array(said)) == pytest.approx(0.95, abs=0.04)
    assert np.mean(np.array(off) <= blind) < 0.2


def test_the_relief_is_what_the_user_says_or_what_the_flight_tells() -> None:
    def height_errors(relief_m: float | None = None, agl: float | None = None) -> list[float]:
        places = [one.georeference for one in poses_for(flight, relief_m=relief_m, agl=agl).photos]
        return [place.error.z_m for place in places if isinstance(place, PosedPhoto)]

    rng = np.random.default_rng(2)
    level = [posed(f"{n}.jpg", lon=36.8 + n * 2e-4, altitude=1360.0, relative=40.0) for n in range(40)]
    flight = level
    plain = height_errors()
    assert height_errors(relief_m=12.0) == pytest.approx(np.hypot(plain, 12.0))
    # It climbed and sank with the ground.
    up = rng.normal(0, 20, 40)
    flight = [posed(f"{n}.jpg", lon=36.8 + n * 2e-4, altitude=1360.0 + h, relative=90.0 + h) for n, h in enumerate(up)]
    assert height_errors()[0] == pytest.approx(np.hypot(plain[0], 20), rel=0.4)
    assert height_errors(relief_m=0.0)[0] == pytest.approx(plain[0])
    assert max(height_errors(agl=60.0)) < 5
