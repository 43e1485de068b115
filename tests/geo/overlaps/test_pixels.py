"""Photos matched by their pixels: what two have in common, what that ties, and the counts that follow."""

import csv
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("cv2", reason="the matching extra is not installed: pip install 'herdmap[matching]'")

from detector.progress import Watcher
from detector.survey import matching
from detector.survey.planning import PlannedImage
from geo import raster
from geo.errors import MissingLibraryError
from geo.overlaps import pixels as image_matching
from geo.overlaps.cells import Photos
from geo.overlaps.pixels import find_features, match_pixels
from geo.overlaps.sightings import match
from geo.overlaps.ties import Tied, Ties, gathered, no_ties, tie, turns
from geo.photos.camera import Camera
from geo.photos.poses import poses_for
from geo.photos.projection import PosedPhoto, PoseError
from geo.simulation import SurveySettings, render_scene
from tests.surveys.photographed import Photographed, simulated_ground, water
from tests.surveys.strip import StripSurvey, strip_survey


@pytest.fixture(scope="module")
def ground() -> NDArray[np.uint8]:
    """(900, 1200, 3) of pasture."""
    return render_scene(SurveySettings(seed=4, width_m=60, height_m=45, gsd_m=0.05, animals=30))[0]


# ---- two photos -------------------------------------------------------------------------------


@pytest.mark.parametrize("turned", [False, True])
def test_two_windows_of_one_ground_match_px_by_px(ground: NDArray[np.uint8], turned: bool) -> None:
    a, b = ground[:700, :800], ground[150:850, 300:1100]
    # As if the photos were twice as large as what is looked at.
    found = match_pixels(find_features(a, 1600), find_features(b[::-1, ::-1] if turned else b, 1600))
    assert 50 < len(found.px) <= image_matching.MOST_MATCHES
    there = (1600, 1400) - found.px[:, 2:] if turned else found.px[:, 2:]
    assert np.abs(found.px[:, :2] - there - (600, 300)).max() < 4, "two px of what was looked at"
    assert np.median(np.abs(found.px[:, :2] - there - (600, 300))) < 0.5


def test_what_has_nothing_in_common_does_not_match(ground: NDArray[np.uint8]) -> None:
    elsewhere = render_scene(SurveySettings(seed=9, width_m=40, height_m=30, gsd_m=0.05, animals=30))[0]
    noise = np.random.default_rng(1).integers(80, 100, (2, 600, 800, 3), np.uint8)
    flat = np.full((600, 800, 3), 77, np.uint8)
    features = [find_features(pixels, 800) for pixels in (ground[:600, :800], elsewhere, *noise, flat)]
    assert len(features[-1].xy_px) == 0
    for i, a in enumerate(features):
        for b in features[i + 1 :]:
            assert len(match_pixels(a, b).px) == 0


def test_without_opencv_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, ground: NDArray[np.uint8]) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'herdmap\[matching\]'"):
        find_features(ground, 1200)


# ---- ties -------------------------------------------------------------------------------------


def nadir(x: float, y: float, yaw: float = 0.0, unsure_deg: float = 2.0) -> PosedPhoto:
    """A photo of 100 x 80 m, 10 cm a pixel, whose top points to `yaw` degrees."""
    c, s = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    rotation = np.array([[c, -s, 0.0], [-s, -c, 0.0], [0.0, 0.0, -1.0]])
    return PosedPhoto(
        Camera(1000, 800, 1000.0, 1000.0, 500.0, 400.0), "camera pose", "EPSG:32737", x, y, 100.0, rotation, np.eye(2),
        0.0, error=PoseError(3.0, 1.0, 0.5, unsure_deg), curved=False,
    )  # fmt: skip


def seen_by_both(a: PosedPhoto, b: PosedPhoto, n: int = 60) -> NDArray[np.float64]:
    """(K, 4) px of the same ground in two photos, by poses that are right."""
    px = np.random.default_rng(n).uniform((0, 0), (1000, 800), (20 * n, 2))
    there = b.to_px(a.to_map(px))
    inside = ((there > 0) & (there < (1000, 800))).all(axis=1)
    return np.column_stack([px, there])[inside][:n]


def test_ties_are_places_of_the_same_ground() -> None:
    a, b = nadir(0, 0), nadir(30, 0, 5)
    found = tie(seen_by_both(a, b), a, b, [], [])
    assert isinstance(found, Tied)
    assert np.abs(found.here - found.there).max() < 1e-6
    # A pose that is 4 m off moves its places by 4 m.
    off = nadir(34, 0, 5)
    found = tie(seen_by_both(a, b), a, off, [], [])
    assert isinstance(found, Tied)
    assert np.abs(found.there - found.here - (4, 0)).max() < 1e-6
    assert (found.error_m < 0.1).all()


def test_what_lies_on_animals_ties_nothing() -> None:
    a, b = nadir(0, 0), nadir(30, 0)
    px = seen_by_both(a, b)
    assert tie(px, a, b, [(0, 0, 1000, 800)], []) == "few"
    assert tie(px, a, b, [], [(0, 0, 1000, 800)]) == "few"
    # Half of what matches walked on by 2 m, in boxes: it has no say.
    walked = px.copy()
    walked[::2, 2] += 20
    boxes = np.concatenate([px[::2, :2] - 8, px[::2, :2] + 8], axis=1)
    found = tie(walked, a, b, boxes, [(np.nan,) * 4])
    assert isinstance(found, Tied)
    assert np.abs(found.here - found.there).max() < 1e-6


def test_a_match_where_poses_do_not_allow_it_is_refused() -> None:
    a, b = nadir(0, 0), nadir(30, 0)
    px = seen_by_both(a, b)
    assert tie(px, a, nadir(80, 0), [], []) == "elsewhere"
    assert tie(px, a, nadir(30, 0, 180), [], []) == "elsewhere"
    # A yaw that may be anything allows it.
    assert isinstance(tie(px, a, nadir(30, 0, 180, 100), [], []), Tied)


def test_photos_that_a_viewer_turned_are_found() -> None:
    """Whose pose is less sure is turned, be they next to each other or the most."""
    yaws = {2: 180.0, 3: 178.0, 6: -90.0}
    real = [nadir(20.0 * i, 0) for i in range(8)]
    posed = [nadir(20.0 * i, 0, yaws.get(i, 0.5 * i), 100 if i in yaws else 2) for i in range(8)]
    pairs = []
    for i in range(8):
        for j in range(i + 1, min(i + 4, 8)):
            found = tie(seen_by_both(real[i], real[j]), posed[i], posed[j], [], [])
            assert isinstance(found, Tied)
            pairs.append((i, j, found))
    turn = np.degrees(turns(gathered(pairs, 8), 8))
    assert sorted(np.flatnonzero(turn)) == sorted(yaws)
    for i, yaw in yaws.items():
        assert abs((turn[i] - yaw + 180) % 360 - 180) < 5
    assert not turns(no_ties(8), 8).any()


# ---- counts -----------------------------------------------------------------------------------


def tight(**changes: float) -> StripSurvey:
    options: dict[str, Any] = {"pose_noise_m": 5.0, **changes}
    return strip_survey(
        3, lines=2, photos_a_line=6, herds=3, herd_size=(20, 40), alone=4, spacing_m=1.0,
        **options,
    )  # fmt: skip


@pytest.fixture(scope="module")
def tied() -> tuple[StripSurvey, Ties, int]:
    """A tight herd, what ties its photos, and how many pairs of photos overlap."""
    survey = tight()
    return (survey, *Photographed(survey, simulated_ground(survey, 2)).ties(survey, 5.0))


def test_a_herd_at_one_metre_is_counted_with_poses_five_metres_off(tied: tuple[StripSurvey, Ties, int]) -> None:
    survey, ties, pairs = tied
    assert len(np.unique(ties.first * 100 + ties.second)) > 0.8 * pairs
    found = match(*survey.sightings, survey.photos, ties=ties)
    assert abs(found.report.counted / survey.animals - 1) <= 0.01
    assert found.report.ground_pairs > 0.8 * pairs
    assert any("registered by their pixels and their animals" in line for line in found.report.lines())
    # Once registered, sightings of one animal lie as far apart as their boxes are off, and no farther.
    assert found.report.after_m < 0.3 < 5 < found.report.before_m


def test_a_false_tie_is_left_out(tied: tuple[StripSurvey, Ties, int]) -> None:
    """One pair in which all is 6 m off, as rows of a field may be taken for the next: the others contradict it."""
    survey, ties, _ = tied
    wrong = (ties.first == ties.first[0]) & (ties.second == ties.second[0])
    bad = ties._replace(there=ties.there + np.where(wrong, 6.0, 0.0)[:, None])
    found, right = (match(*survey.sightings, survey.photos, ties=each) for each in (bad, ties))
    assert found.report.ground_pairs == right.report.ground_pairs - 1
    assert found.report.counted == right.report.counted


def test_over_water_all_is_as_without() -> None:
    survey = tight()
    ties, pairs = Photographed(survey, water(survey)).ties(survey, 5.0)
    assert pairs > 20
    assert not len(ties.first)
    found, plain = (match(*survey.sightings, survey.photos, ties=each) for each in (ties, None))
    assert np.array_equal(found.animal_id, plain.animal_id)
    assert found.report == plain.report


def test_ties_in_any_order_give_the_same(tied: tuple[StripSurvey, Ties, int]) -> None:
    survey, ties, _ = tied
    rows = np.random.default_rng(0).permutation(len(ties.first))
    mixed = Ties(*(column[rows] for column in ties[:5]), ties.pose_error_m)  # type: ignore[arg-type, call-arg]
    first, second = (match(*survey.sightings, survey.photos, ties=each) for each in (ties, mixed))
    assert np.array_equal(first.animal_id, second.animal_id)


def test_photos_that_are_tied_and_show_no_animal_have_none(tied: tuple[StripSurvey, Ties, int]) -> None:
    survey, ties, _ = tied
    empty = np.empty(0)
    found = match(np.empty((0, 2)), empty, empty, empty, empty, survey.photos, ties=ties)
    assert len(found.animal_id) == found.report.animals == 0


# ---- real photos ------------------------------------------------------------------------------


@pytest.mark.realdata
def test_real_photos_lie_as_their_pixels_say(realdata: Path, tmp_path: Path) -> None:
    """Points of the ground in several photos, against lidar: as the poses came they differ from photo to photo by a
    metre, matched by what relief and the points themselves are off. The photo that a viewer turned is turned back."""
    folder = realdata / "photos"
    files = sorted(folder.glob("*.JPG"))
    infos = [raster.inspect(file) for file in files]
    posed = [photo.georeference for photo in poses_for(infos).photos]
    images = [PlannedImage(file, file.name, info, None) for file, info in zip(files, infos, strict=True)]
    matching.match(images, posed, tmp_path / "real.gpkg", Watcher())
    pairs = []
    kept = matching._Kept(tmp_path / "real.gpkg")
    for a, b in matching.pairs_to_match(posed):
        px = kept.of(matching._name(images[a])).get(matching._name(images[b]), np.empty((0, 4)))
        tied = tie(px, posed[a], posed[b], [], [])  # type: ignore[arg-type]
        if isinstance(tied, Tied):
            pairs.append((a, b, tied))
    assert len(pairs) >= 5
    ties = gathered(pairs, len(files))
    turned = np.degrees(turns(ties, len(files)))
    assert [files[i].name for i in np.flatnonzero(turned)] == ["DJI_0024.JPG"]
    assert 175 < abs(turned[turned != 0][0]) <= 180

    with (folder / "checkpoints.csv").open() as file:
        points = list(csv.DictReader(file))
    image = np.array([[path.name for path in files].index(row["image"]) for row in points])
    px = np.array([(float(row["col_px"]), float(row["row_px"])) for row in points])
    truth = np.array([(float(row["E_laz_m"]), float(row["N_laz_m"])) for row in points])
    xy = np.array([posed[i].to_map([at])[0] for i, at in zip(image, px, strict=True)])
    error = np.array([posed[i].error_m([at])[0] for i, at in zip(image, px, strict=True)]) / np.sqrt(2)
    footprints = np.array([*(reference.footprint() for reference in posed), None], np.object_)  # type: ignore[union-attr]
    photos = Photos(
        np.array([reference.to_map([(2000, 1125)])[0] for reference in posed]),  # type: ignore[union-attr]
        footprints[:-1],
    )
    unknown = np.full(len(xy), np.nan)
    found = match(xy, error, np.arange(len(xy)), unknown, image, photos, other_class=0, ties=ties)
    assert found.report.turned == 1

    def apart(places: NDArray[np.float64], which: NDArray[np.bool_]) -> float:
        off = places - truth
        i, j = np.triu_indices(len(off), 1)
        same = (image[i] != image[j]) & (np.hypot(*(truth[i] - truth[j]).T) < 3) & which[i] & which[j]
        assert same.sum() >= 15
        return float(np.median(np.hypot(*(off[i] - off[j])[same].T)))

    every, good = np.ones(len(xy), bool), image != [path.name for path in files].index("DJI_0024.JPG")
    assert apart(xy, good) > 0.8
    assert apart(found.positions_map, good) < 0.3
    assert apart(xy, every) > 5
    assert apart(found.positions_map, every) < 0.35
