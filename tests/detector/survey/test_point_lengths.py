"""How long animals are that are marked as points: drawn ellipses of known size on noisy ground."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from detector.survey.point_lengths import PointsOfPhoto, length_of_points

SIDE = 900


def photo(folder: Path, long: float, wide: float, apart: float) -> tuple[PointsOfPhoto, float]:
    """A photo of ellipses in rows, each turned at random, with points a little off their middles; and the median of the
    square roots of their boxes' areas, px.
    """
    rng = np.random.default_rng(0)
    ground = np.repeat(rng.normal(110, 12, (SIDE // 6, SIDE // 6, 3)), 6, axis=0).repeat(6, axis=1)
    pixels: NDArray[np.float64] = ground + rng.normal(0, 6, (SIDE, SIDE, 3))
    points, lengths = [], []
    for x0, y0 in np.stack(np.meshgrid(*[np.arange(apart / 2, SIDE - apart / 2 + 1, apart)] * 2), -1).reshape(-1, 2)[
        :40
    ]:
        turn = rng.uniform(0, np.pi)
        reach = int(long)
        left, top = max(0, int(x0) - reach), max(0, int(y0) - reach)
        y, x = np.mgrid[top : int(y0) + reach, left : int(x0) + reach]
        along = (x - x0) * np.cos(turn) + (y - y0) * np.sin(turn)
        across = (y - y0) * np.cos(turn) - (x - x0) * np.sin(turn)
        body = (along / long * 2) ** 2 + (across / wide * 2) ** 2 < 1
        pixels[y[body].clip(0, SIDE - 1), x[body].clip(0, SIDE - 1)] = 215
        right, down = (
            np.hypot(long * a, wide * b) for a, b in ((np.cos(turn), np.sin(turn)), (np.sin(turn), np.cos(turn)))
        )
        lengths.append(float(np.sqrt(right * down)))
        points.append(np.array([x0, y0]) + rng.uniform(-0.1, 0.1, 2) * wide)
    path = folder / "ellipses.png"
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
    return PointsOfPhoto(path, np.array(points)), float(np.median(lengths))


@pytest.mark.parametrize(
    ("long", "wide", "apart"),
    [(9, 7, 60), (40, 24, 130), (90, 30, 200), (60, 25, 66), (220, 110, 290)],
    ids=["tiny", "alone", "long and thin", "side by side", "huge"],
)
def test_the_length_is_measured(long: float, wide: float, apart: float, tmp_path: Path) -> None:
    points, true = photo(tmp_path, long, wide, apart)
    length = length_of_points([points])
    assert length is not None
    assert 0.65 * true < length < 1.5 * true


def test_without_an_animal_at_the_points_there_is_no_length(tmp_path: Path) -> None:
    points, _ = photo(tmp_path, 30, 15, 130)
    assert length_of_points([PointsOfPhoto(points.path, points.middles_px + 60)]) is None
    assert length_of_points([PointsOfPhoto(points.path, points.middles_px[:3])]) is None
    assert length_of_points([PointsOfPhoto(tmp_path / "gone.png", points.middles_px)]) is None
