"""The precision of a survey: taken if it agrees, kept by a run that resumes, and never changed without a word."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from detector import models, survey
from detector.errors import ModelError
from detector.models.agreement import Agreement
from detector.models.precision import FLOAT32, SCORE, Precision
from detector.progress import Progress, Watcher
from detector.search import cores
from detector.search.batches import FittedModel
from detector.search.parts import PRECISION, Journal
from detector.search.timing import Profile
from detector.survey import crash_retry, planning, precision, ray_engine
from detector.survey.searching import Search
from geo import geopackage
from geo.simulation import SurveySettings, render_scene

# Not openvino itself, which would load its telemetry.
openvino_calls = pytest.importorskip(
    "detector.models.openvino_calls", reason="the openvino extra is not installed: pip install 'herdmap[openvino]'"
)

TILES: dict[str, Any] = {"tile_size": 320, "overlap": 96, "chips": False}


@pytest.fixture(autouse=True)
def small_and_willing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A survey of a few tiles is checked too, on any processor, and the clock of a busy machine does not decide."""
    monkeypatch.setattr(openvino_calls, "has", lambda name: True)
    monkeypatch.setattr(precision, "LEAST_TILES", 1)
    monkeypatch.setattr(precision, "MOST_OF_TILES", 1)
    monkeypatch.setattr(precision, "MOST_OF_FLOAT32", 100.0)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    for number in range(3):
        settings = SurveySettings(seed=number, width_m=13.6, height_m=13.6, gsd_m=0.025, animals=14, flocks=2)
        Image.fromarray(render_scene(settings)[0]).save(folder / f"{number}.png")
    return folder


class Told(Watcher):
    """What a person is told; cancels after so many images."""

    def __init__(self, images: int | None = None) -> None:
        self.lines: list[str] = []
        self.tiles = 0
        self._images, self._done = images, 0

    def warning(self, text: str) -> None:
        self.lines.append(text)

    def planned(self, images: int, tiles: int, tiles_done: int) -> None:
        self.tiles = tiles - tiles_done

    def progress(self, progress: Progress) -> None:
        self._done = progress.images_done

    def cancelled(self) -> bool:
        return self._images is not None and self._done >= self._images

    def about(self, words: str) -> list[str]:
        return [line for line in self.lines if words in line]


def run(photos: Path, output: Path, asked: str = "auto", images: int | None = None, **how: Any) -> Told:
    told = Told(images)
    survey.detect(photos, output, device="cpu", settings=survey.Settings(**TILES, precision=asked), watcher=told, **how)
    return told


def searched_in(output: Path) -> dict[str, Any]:
    found: dict[str, Any] = geopackage.read_runs(output)[-1].settings["searched_in"]
    return found


def found_in(output: Path) -> list[tuple[Any, ...]]:
    rows = geopackage.read_detections(output)
    return sorted(zip(rows.image_paths(), map(tuple, rows.boxes_px.tolist()), rows.score.tolist(), strict=True))


def test_bfloat16_is_taken_if_it_agrees_and_finds_what_float32_finds(photos: Path, tmp_path: Path) -> None:
    told = run(photos, tmp_path / "a.gpkg")
    taken = searched_in(tmp_path / "a.gpkg")
    assert taken["name"] == "bfloat16", taken
    assert taken["thresholds"] == [0.44]
    assert "0 of them in only one" in taken["check"]
    assert len(told.about("the model computes in bfloat16")) == 1
    # It resumes in it, without another check and another search.
    again = run(photos, tmp_path / "a.gpkg")
    assert (again.tiles, again.about("bfloat16")) == (0, [])
    assert searched_in(tmp_path / "a.gpkg") == taken

    run(photos, tmp_path / "b.gpkg", "float32")
    assert searched_in(tmp_path / "b.gpkg")["name"] == "float32"
    quick, exact = found_in(tmp_path / "a.gpkg"), found_in(tmp_path / "b.gpkg")
    assert len(quick) == len(exact) > 20
    assert [one[0] for one in quick] == [one[0] for one in exact]
    np.testing.assert_allclose([one[1] for one in quick], [one[1] for one in exact], atol=0.5)
    np.testing.assert_allclose([one[2] for one in quick], [one[2] for one in exact], atol=0.02)


def test_a_run_that_was_stopped_goes_on_in_its_precision(photos: Path, tmp_path: Path) -> None:
    run(photos, tmp_path / "whole.gpkg", "bfloat16")
    run(photos, tmp_path / "s.gpkg", "bfloat16", images=1)
    assert not (tmp_path / "s.gpkg").exists()
    told = run(photos, tmp_path / "s.gpkg")  # asks for auto
    assert 0 < told.tiles < 12
    assert searched_in(tmp_path / "s.gpkg")["name"] == "bfloat16"
    assert found_in(tmp_path / "s.gpkg") == found_in(tmp_path / "whole.gpkg")


def test_where_its_precision_is_gone_a_run_says_that_it_searches_again(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(photos, tmp_path / "s.gpkg", "bfloat16", images=1)
    monkeypatch.setattr(openvino_calls, "has", lambda name: False)
    told = run(photos, tmp_path / "s.gpkg")
    (line,) = told.about("this survey was searched in bfloat16")
    assert "all of it is searched in float32" in line
    assert told.about("the precision is different from the last run: 3 images are searched again")
    assert told.tiles == 12
    run(photos, tmp_path / "exact.gpkg", "float32")
    assert found_in(tmp_path / "s.gpkg") == found_in(tmp_path / "exact.gpkg")
    with pytest.raises(ModelError, match="this processor does not compute in bfloat16"):
        run(photos, tmp_path / "n.gpkg", "bfloat16")


def test_a_run_that_began_in_float32_stays_in_it(photos: Path, tmp_path: Path) -> None:
    run(photos, tmp_path / "s.gpkg", "float32", images=1)
    told = run(photos, tmp_path / "s.gpkg")
    assert 0 < told.tiles < 12
    assert not told.about("bfloat16")
    assert searched_in(tmp_path / "s.gpkg")["name"] == "float32"


def test_what_does_not_agree_is_not_taken_and_the_reason_is_recorded(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "BOX_PX", -1.0)
    told = run(photos, tmp_path / "s.gpkg")
    assert not told.about("bfloat16")
    found = searched_in(tmp_path / "s.gpkg")
    assert found["name"] == "float32"
    assert "boxes differ by at most" in found["check"]


def test_the_margin_follows_the_differences_that_were_seen(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tile is searched again in float32 where rounding could decide, by what rounding did on the first tiles."""
    monkeypatch.setattr(precision, "ANIMALS", 10)
    run(photos, tmp_path / "s.gpkg")
    taken = searched_in(tmp_path / "s.gpkg")
    assert taken["name"] == "bfloat16", taken

    assert 0 < taken["shift"] < 0.05  # scores are a little lower in bfloat16

    def seen(spread: float, compared: int = 10, shift: float = 0.0112) -> tuple[float, float]:
        return precision._doubt(Agreement("detector", 8, compared, 0.1, 0.01, shift=shift, spread=spread))

    assert seen(0.02) == (0.01, 0.0112)
    assert seen(0.0) == (precision.LEAST_MARGIN, 0.0112)
    assert seen(9.0) == (SCORE, 0.0112)
    assert seen(0.02, compared=9) == (SCORE, 0)  # too few to judge by
    assert seen(0.02, shift=-0.09) == (SCORE, 0)  # no small difference
    assert precision.LEAST_MARGIN <= taken["margin"] <= SCORE


def test_the_check_judges_what_a_run_would_give(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tile that a run searches again counts as float32 found it, and takes the time of both."""
    model = FittedModel(models.load(None, "cpu", 1), Profile())
    engine = model.several_precisions
    assert engine is not None
    shown = np.stack([np.asarray(Image.open(path))[:320, :320] for path in sorted(photos.glob("*.png"))])
    monkeypatch.setattr(precision, "_tiles", lambda *_: iter([shown]))

    def checked(threshold: float) -> tuple[bool, Precision]:
        at = np.array([threshold], np.float32)
        wanted = Precision("bfloat16", (threshold,))
        asked = precision.Asked("auto", "a model", at)
        return precision._checked(asked, wanted, model, engine, [], lambda _: pytest.fail("nothing is opened"))

    engine.use(FLOAT32)
    scores = np.sort(model.detect(shown).scores)
    apart = np.diff(scores)
    wide = int(np.argmax(np.where((scores[1:] > 0.3) & (scores[:-1] < 0.8), apart, 0)))
    agreed, sure = checked(float(scores[wide] + apart[wide] / 2))
    assert apart[wide] > 2 * SCORE
    assert agreed
    assert "with 0 % of the tiles searched again" in sure.check

    near = float(np.median(scores[scores > 0.5]))
    monkeypatch.setattr(precision, "SCORE", 1.0)
    monkeypatch.setattr(precision, "LEAST_MARGIN", 0.9)  # every tile is near
    agreed, all_again = checked(near)
    assert agreed
    assert "with 100 % of the tiles searched again" in all_again.check
    assert "0 of them in only one; boxes differ by at most 0.00 px" in all_again.check


def test_the_search_after_a_crash_keeps_the_precision(photos: Path, tmp_path: Path) -> None:
    output = tmp_path / "s.gpkg"
    run(photos, output, "bfloat16")
    journal = Journal(planning.work_folder(output) / "parts")
    key = min(journal.done())
    before = journal.read(key)
    (part,) = planning.work_folder(output).rglob(f"{key}.part")
    part.unlink()
    asked = crash_retry.Asked(output, None, False, None, "cpu", survey.Settings(**TILES))
    for photo in sorted(photos.glob("*.png")):
        crash_retry._search(asked, photo, [key])
    after = journal.read(key)
    assert before is not None
    assert after is not None
    np.testing.assert_array_equal(after.detections.boxes, before.detections.boxes)


def test_a_worker_of_a_cluster_searches_in_the_precision_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cores, "keep", lambda count: ())
    model = models.load(None, "cpu", 1)
    orders = ray_engine.Orders(
        ray_engine.ModelOnNode.of(models.resolve(None), model, trust=False),
        None,
        Search(np.array([0.44], np.float32), 320, 96, chips=False),
        str(tmp_path),
        "cpu",
        1,
        60.0,
        Precision("bfloat16", (0.44,)),
    )
    worker = ray_engine.Worker()
    worker.begin(orders)
    assert worker._models[0].about["precision"].endswith("in bfloat16")
    worker.end()
    worker.step([], last=True, enough=0)  # its readers, which wait for work, end too


def test_what_is_recorded_wrongly_is_as_if_nothing_were_recorded(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert journal.precision("a model") is None
    wanted = Precision("bfloat16", (0.44, 0.5), "agreed")
    journal.write_precision(wanted, "a model")
    assert journal.precision("a model") == wanted
    assert journal.precision("another model") is None
    assert FLOAT32.key == {}
    narrow = replace(wanted, margin=0.0125)
    journal.write_precision(narrow, "a model")
    assert journal.precision("a model") == narrow
    # Parts of versions without a margin, which was 0.02, still hold.
    assert wanted.key == {"precision": ["bfloat16", [0.44, 0.5]]} != narrow.key
    shifted = replace(narrow, shift=0.0112)
    journal.write_precision(shifted, "a model")
    assert journal.precision("a model") == shifted
    assert len({str(one.key) for one in (wanted, narrow, shifted, replace(shifted, margin=SCORE))}) == 4
    assert narrow.key == {"precision": ["bfloat16", [0.44, 0.5], 0.0125]}  # of a version without a shift
    journal.write_precision(wanted, "a model")
    good = (tmp_path / PRECISION).read_text(encoding="utf-8")
    old = json.loads(good)
    del old["margin"], old["shift"]
    (tmp_path / PRECISION).write_text(json.dumps(old), encoding="utf-8")
    assert journal.precision("a model") == wanted
    for text in (
        good.replace('"margin": 0.02', '"margin": -1'),
        good.replace('"shift": 0.0', '"shift": 0.09'),
        good.replace('"shift": 0.0', '"shift": NaN'),
        "",
        "[]",
        "{}",
        good.replace("bfloat16", "int4"),
        good.replace("0.44", '"x"'),
        "\xff",
    ):
        (tmp_path / PRECISION).write_bytes(text.encode("latin-1"))
        assert journal.precision("a model") is None
