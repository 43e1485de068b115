"""Photos that are taken many at once have the places, the scales and the errors that each has by itself."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from geo.georeference import Georeference, footprint, no_georeference
from geo.photos.camera import Camera
from geo.photos.photos_at_once import LevelPhotos, at_once, footprints, gsds_m
from geo.photos.projection import PosedPhoto, PoseError

UTM = "EPSG:32736"


def posed(n: int, camera: Camera, rng: np.random.Generator, tilt: float = 0.15) -> PosedPhoto:
    """A photo that looks down, more or less; with a large tilt, some of it looks above the horizon."""
    rotation = np.linalg.qr(rng.normal(0, tilt, (3, 3)) + np.diag([1.0, -1.0, -1.0]))[0]
    rotation *= np.sign(np.diag(rotation)) * np.array([1, -1, -1])
    axes = np.array([[1.0001, 0.01], [-0.01, 1.0002]]) + 1e-6 * n
    error = PoseError(2.0 + n, 3.0, 1.0, 2.0)
    return PosedPhoto(camera, "camera pose", UTM, 5e5 + n, 9.6e6, 90.0 + n, rotation, axes, 3.0, None, error)


@pytest.fixture
def references() -> Sequence[PosedPhoto | Georeference | None]:
    """Photos of two cameras, of a lens that bends lines, in another CRS, and images without a pose."""
    rng = np.random.default_rng(0)
    first, second = Camera(600, 400, 420.0, 425.0, 301.0, 199.0), Camera(600, 400, 500.0, 500.0, 300.0, 200.0)
    bent = replace(first, distortion=(0.01, 0.0, 0.0, 0.0, 0.0))
    photos = [posed(n, [first, second][n % 2], rng, 1.5 if n > 12 else 0.15) for n in range(20)]
    other = replace(photos[3], crs_wkt="EPSG:32737", curved=False)
    return [*photos, None, posed(1, bent, rng), no_georeference(), other]


def test_photos_at_once_are_each_as_by_itself(references: Sequence[PosedPhoto | Georeference | None]) -> None:
    groups = list(at_once(references))
    assert sorted(np.concatenate([indices for indices, _ in groups]).tolist()) == [*range(20), 23]
    points = np.random.default_rng(1).uniform(0, 400, (24, 3, 2))
    for indices, photos in groups:
        placed, errors = photos.to_map(points[indices]), photos.error_m(points[indices])
        for n, index in enumerate(indices.tolist()):
            alone = references[index]
            assert isinstance(alone, PosedPhoto)
            assert np.array_equal(placed[n], alone.to_map(points[index]), equal_nan=True)
            assert np.array_equal(errors[n], alone.error_m(points[index]), equal_nan=True)
    assert any(np.isnan(photos.to_map(points[indices])).any() for indices, photos in groups), "some see the sky"


def test_scales_and_outlines_are_those_of_each(references: Sequence[PosedPhoto | Georeference | None]) -> None:
    gsds, rings = gsds_m(references), footprints(references, UTM)
    assert sorted(gsds) == [*range(20), 21, 23]
    assert sorted(rings) == [*range(20)]
    for index, gsd in gsds.items():
        photo = references[index]
        assert isinstance(photo, PosedPhoto)
        assert gsd == photo.gsd_m(600, 400)
        if index in rings:
            assert np.array_equal(rings[index], footprint(photo, 600, 400, UTM), equal_nan=True)


def test_some_of_them_are_themselves(references: Sequence[PosedPhoto | Georeference | None]) -> None:
    (_, photos), *_ = at_once(references)
    some = np.array([4, 1])
    assert isinstance(photos.only(some), LevelPhotos)
    points = np.random.default_rng(2).uniform(0, 400, (2, 1, 2))
    everywhere = np.zeros((len(photos.at), 1, 2))
    everywhere[some] = points
    assert np.array_equal(photos.only(some).to_map(points), photos.to_map(everywhere)[some], equal_nan=True)
    assert np.array_equal(photos.only(some).gsd_m(), photos.gsd_m()[some], equal_nan=True)
