"""Find more like these: from marks on one simulated photo to proposals on the others, reviewed and refined."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from detector import survey
from detector.errors import InputError, ModelError
from detector.evaluation.matching import JudgedImage, judge
from detector.models import ModelInfo, light_fit, light_head, open_model
from detector.models.light_body import CHANNELS
from detector.progress import Watcher
from detector.survey import finding
from detector.survey.beside_find import CARD, FIND, BesideFind
from geo import geopackage
from geo.searches import Searches, with_searches
from geo.simulation import SurveySettings, render_scene
from geo.tables import DetectionRows
from tests.command_line import HerdmapHere
from tests.geopackage_checker import check_geopackage

SIZE = 480
Truth = dict[str, NDArray[np.float32]]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """Three photos of simulated sheep, and where they are."""
    folder, truth = tmp_path_factory.mktemp("found"), {}
    for number, seed in enumerate((3, 3, 3)):
        settings = SurveySettings(seed=seed + 10 * number, width_m=12, height_m=12, gsd_m=0.025, animals=16, flocks=2)
        pixels, boxes, _ = render_scene(settings)
        Image.fromarray(pixels).save(folder / f"{number}.png")
        truth[f"{number}.png"] = boxes
    return folder, truth


@pytest.fixture(scope="module")
def marked(photos: tuple[Path, Truth]) -> Path:
    """A survey of them, of which the first photo is searched and its animals are marked. Not to be written to."""
    folder, truth = photos
    output = folder / "s.gpkg"
    survey.begin(folder, output, classes=("sheep",))
    boxes = truth["0.png"]
    n = len(boxes)
    rows = DetectionRows(
        paths=tuple(truth), image=np.zeros(n, np.int64), classes=("sheep",), label=np.zeros(n, np.int64),
        score=np.full(n, np.nan, np.float32), boxes_px=boxes, polygons_map=np.full((n, 5, 2), np.nan),
        review="confirmed", reviewer="Ann", run_id="manual",
    )  # fmt: skip
    searches = Searches(["0.png"], np.array([1]), np.array([[0, 0, SIZE, SIZE]], float), ["Ann"], [None])
    images = with_searches(geopackage.read_images(output), searches)
    runs = geopackage.read_runs(output)
    geopackage.write_survey(output, images, rows, runs, None, searches=searches)
    return output


def copy_of(output: Path, folder: Path) -> Path:
    """A copy of a survey with its photos, in another folder."""
    for path in (*output.parent.glob("*.png"), output):
        shutil.copy(path, folder)
    return folder / output.name


@pytest.fixture
def begun(marked: Path, tmp_path: Path) -> Path:
    """A copy of it, to write to."""
    return copy_of(marked, tmp_path)


@pytest.fixture(scope="module")
def searched(marked: Path, tmp_path_factory: pytest.TempPathFactory) -> finding.Found:
    """What is found in a copy, also what is doubtful. Not to be written to."""
    return finding.find(copy_of(marked, tmp_path_factory.mktemp("searched")), device="cpu", score=0.1)


def f1_of(output: Path, truth: Truth) -> float:
    rows = geopackage.read_detections(output)
    paths = np.array(rows.image_paths())
    judged = [
        JudgedImage(rows.boxes_px[paths == name], rows.score[paths == name], boxes)
        for name, boxes in truth.items()
        if name != "0.png"
    ]
    return judge(judged, 0.5).f1


def test_marks_on_one_photo_find_the_animals_of_the_others(searched: finding.Found, photos: tuple[Path, Truth]) -> None:
    truth, found, begun = photos[1], searched, searched.outcome.output
    check_geopackage(begun, positioned=False)
    assert (found.marks, found.rejected, found.images) == ({"sheep": len(truth["0.png"])}, 0, 1)
    assert f1_of(begun, truth) > 0.75
    rows = geopackage.read_detections(begun, chips=True)
    proposed = np.isfinite(rows.score)
    assert set(np.array(rows.text("review"))[proposed]) == {"unreviewed"}
    # What a person searched completely gets no proposals, and keeps its marks.
    assert "0.png" not in np.array(rows.image_paths())[proposed]
    assert (~proposed).sum() == len(truth["0.png"])
    assert set(geopackage.read_images(begun).status) == {"done"}
    assert rows.chip is not None
    assert all(rows.chip[i] for i in np.flatnonzero(proposed).tolist())


def test_it_learns_from_what_was_rejected(searched: finding.Found, photos: tuple[Path, Truth], tmp_path: Path) -> None:
    begun = copy_of(searched.outcome.output, tmp_path)
    rows = geopackage.read_detections(begun)
    truth = photos[1]
    wrong = [
        row
        for row in np.flatnonzero(np.isfinite(rows.score)).tolist()
        if not np.any(_near(rows.boxes_px[row], truth[rows.image_paths()[row]]))
    ]
    assert wrong
    with closing(sqlite3.connect(begun)) as db, db:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            db.create_function(name, 1, lambda _: 0)
        uuids = [rows.text("uuid")[row] for row in wrong]
        db.executemany(
            "UPDATE detections SET review = 'rejected', reviewer = 'Ann' WHERE uuid = ?", [(u,) for u in uuids]
        )
    again = finding.find(begun, device="cpu", score=0.1)
    assert again.rejected == len(wrong)
    now = geopackage.read_detections(begun)
    open_now = [review == "unreviewed" for review in now.text("review")]
    still = sum(
        not np.any(_near(box, truth[path]))
        for box, path, is_open in zip(now.boxes_px, now.image_paths(), open_now, strict=True)
        if is_open
    )
    assert still < len(wrong)
    assert now.text("review").count("rejected") == len(wrong)  # reviews are kept


def _near(box: NDArray[np.float32], boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    apart = np.abs((box[:2] + box[2:]) / 2 - (boxes[:, :2] + boxes[:, 2:]) / 2).max(axis=1)
    return np.asarray(apart < (boxes[:, 2:] - boxes[:, :2]).max(axis=1) / 2, bool)


def test_what_it_learnt_is_a_model_of_its_own(searched: finding.Found, here: HerdmapHere, tmp_path: Path) -> None:
    begun, model, other = searched.outcome.output, tmp_path / "sheep like these.npz", tmp_path / "other.gpkg"
    shutil.copy(searched.model, model)
    photo = begun.with_name("1.png")
    ended = here("detect", photo, "-o", other, "--model", model, "--device", "cpu", "--score", "0.1")
    assert ended.code == 0, ended.err
    rows, same = geopackage.read_detections(begun), geopackage.read_detections(other)
    mine = np.array(rows.image_paths()) == "1.png"
    np.testing.assert_allclose(same.boxes_px, rows.boxes_px[mine], atol=0.02)
    shown = here("model", model)
    assert "light head over EfficientNet-Lite0" in shown.out
    assert "classes:     sheep" in shown.out


def test_too_few_marks_are_refused(begun: Path, here: HerdmapHere) -> None:
    rows = geopackage.read_detections(begun).take(np.arange(3))
    images, runs = geopackage.read_images(begun), geopackage.read_runs(begun)
    geopackage.write_survey(begun, images, rows, runs, None)
    before = begun.read_bytes()
    ended = here("find", begun)
    assert (ended.code, len(ended.problems)) == (2, 1)
    assert "too few animals are marked to learn from: 3 of 'sheep'; mark 5 or more" in ended.err
    assert begun.read_bytes() == before


def with_points(begun: Path, points: slice) -> None:
    """Some marks as points, with a small box around the middle."""
    rows = geopackage.read_detections(begun)
    kinds, boxes = ["box"] * len(rows), rows.boxes_px.copy()
    middles = (boxes[points, :2] + boxes[points, 2:]) / 2
    boxes[points] = np.hstack([middles - 2, middles + 2])
    for row in range(len(rows))[points]:
        kinds[row] = "point"
    images, runs = geopackage.read_images(begun), geopackage.read_runs(begun)
    geopackage.write_survey(begun, images, replace(rows, boxes_px=boxes, kind=kinds), runs, None)


def test_points_are_as_large_as_the_boxes_beside_them(begun: Path, photos: tuple[Path, Truth]) -> None:
    with_points(begun, slice(4, None))
    found = finding.find(begun, device="cpu")
    assert found.marks == {"sheep": len(photos[1]["0.png"])}
    assert f1_of(begun, photos[1]) > 0.7


def test_points_alone_are_measured_in_the_pixels(begun: Path, photos: tuple[Path, Truth]) -> None:
    told: list[str] = []

    class Heard(Watcher):
        def warning(self, text: str) -> None:
            told.append(text)

    true = light_fit.length_of(geopackage.read_detections(begun).boxes_px.astype(np.float64))
    with_points(begun, slice(None))
    found = finding.find(begun, device="cpu", watcher=Heard())
    assert 0.7 * true < found.length_px < 1.4 * true
    assert f1_of(begun, photos[1]) > 0.6
    assert any(f"about {found.length_px:.0f} px long" in text for text in told)


def test_points_alone_are_refused_if_the_pixels_do_not_tell(begun: Path) -> None:
    with_points(begun, slice(None))
    Image.new("RGB", (SIZE, SIZE), (90, 120, 60)).save(begun.parent / "0.png")
    with pytest.raises(InputError, match="say nothing of their size"):
        finding.find(begun)


def test_a_photo_that_is_gone_is_said(begun: Path) -> None:
    (begun.parent / "0.png").unlink()
    with pytest.raises(InputError, match=r"0\.png: it cannot be read to learn from it"):
        finding.find(begun)


CHANGES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "pickle": {"mean": np.array([{}], object)},
    "short": {"weights": np.zeros((0, CHANNELS + 1))},
    "shape": {"boxes": np.zeros((4, CHANNELS + 1))},
    "nan": {"mean": np.full(CHANNELS, np.nan)},
    "spread": {"spread": np.zeros(CHANNELS)},
    "zoom": {"zoom": 1e9},
    "info": {"info": "{}"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_is_no_light_head_is_refused(change: str, tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    info = ModelInfo("detector", "m", ("a", "b"), 640).to_json()
    zeros, one = np.zeros(CHANNELS), np.ones(CHANNELS)
    arrays = {"info": info, "zoom": 1.0, "length_px": 40.0, "mean": zeros, "spread": one}
    arrays |= {"weights": np.zeros((2, CHANNELS + 1)), "boxes": np.zeros((CHANNELS + 1, 4)), **CHANGES[change]}
    np.savez(path, **arrays)  # type: ignore[arg-type]
    if change == "nothing":
        assert open_model(path, "cpu").info.classes == ("a", "b")
        return
    with pytest.raises(ModelError):
        open_model(path)


def test_text_is_no_light_head(tmp_path: Path) -> None:
    (tmp_path / "m.npz").write_text("no zip")
    with pytest.raises(ModelError, match=r"m\.npz is not a light head"):
        open_model(tmp_path / "m.npz")


def test_the_answer_is_the_same_wherever_the_tile_lies(searched: finding.Found) -> None:
    """A tile and the same tile in a batch with others give the same boxes."""
    model = open_model(searched.model, "cpu")
    assert isinstance(model, light_head.LightHeadDetector)
    tile = np.asarray(Image.open(searched.outcome.output.with_name("1.png")))[:320, :320]
    alone, both = model.detect(tile[None]), model.detect(np.stack([tile[::-1], tile]))
    second = both[both.tiles == 1]
    assert len(alone) > 0
    np.testing.assert_allclose(second.boxes, alone.boxes, atol=1e-3)


def test_the_command_says_what_it_learnt_from(begun: Path, here: HerdmapHere, tmp_path: Path) -> None:
    ended = here("find", begun, "--save", tmp_path / "m.npz", "--device", "cpu")
    assert ended.code == 0, ended.err
    assert ended.out.startswith("learnt from ")
    assert (tmp_path / "m.npz").stat().st_size < 50_000


def test_a_model_that_is_worse_than_find_says_so(
    searched: finding.Found, begun: Path, here: HerdmapHere, tmp_path: Path
) -> None:
    """It is what the user asked for, so it searches; but good proposals do not give way to worse without a word."""
    model = open_model(str(searched.model), "cpu")
    assert isinstance(model, light_head.LightHeadDetector)
    card = {CARD: BesideFind(1, 13, (13, 0), (11, 11), FIND, True).numbers()}
    worse = tmp_path / "worse.npz"
    light_head.write(replace(model.head, info=replace(model.info, name="seals", metrics=card)), worse)
    ended = here("detect", "--rest", "-o", begun, "--device", "cpu", "--model", worse)
    assert ended.code == 0, ended.err
    assert "seals makes more mistakes than find: of photos held out, find, from the same labels: 13 of 13" in ended.err
    assert "to search with find, run herdmap find" in ended.err
    assert "mistakes" not in here("detect", "--rest", "-o", begun, "--device", "cpu", "--model", searched.model).err


def test_the_rest_of_a_survey_is_detected(begun: Path, here: HerdmapHere) -> None:
    """`herdmap detect --rest` needs no imagery named, and keeps what people searched and how images were placed."""
    before = geopackage.read_detections(begun)
    ended = here("detect", "--rest", "-o", begun, "--device", "cpu")
    assert ended.code == 0, ended.err
    assert "stay as they are: 1" in ended.err
    rows = geopackage.read_detections(begun)
    names = np.array(rows.image_paths())
    assert (names == "0.png").sum() == len(before)
    assert np.isnan(rows.score[names == "0.png"]).all()
    assert {"1.png", "2.png"} <= set(names[np.isfinite(rows.score)].tolist())
    assert set(geopackage.read_images(begun).status) == {"done"}
    refused = here("detect", "--rest", "-o", begun, "--ground", "5")
    assert refused.code == 2
    assert "leave out --ground, or give INPUT too" in refused.err
    assert "there is no such file" in here("detect", "--rest", "-o", begun.with_name("no.gpkg")).err
    assert "Missing argument 'INPUT...'" in here("detect", "-o", begun).err
