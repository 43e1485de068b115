"""What goes wrong in a long run costs the photo it happens to, and is said."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from detector import models, survey
from detector.cli import main
from detector.survey.outcome import by_reason
from geo import geopackage, raster
from geo.errors import RasterError
from tests.command_line import HerdmapHere
from tests.detector.models.spots import SpotModel, scene


class Listening(survey.Watcher):
    """Keeps what a run says; `at_start` is done between the plan and the run."""

    def __init__(self, at_start: Callable[[], None] = lambda: None) -> None:
        self.said: list[str] = []
        self.failed: dict[str, str] = {}
        self.progresses: list[survey.Progress] = []
        self._at_start = at_start

    def planned(self, images: int, tiles: int, tiles_done: int) -> None:
        self._at_start()

    def warning(self, text: str) -> None:
        self.said.append(text)

    def image_failed(self, image: str, reason: str) -> None:
        self.failed[image] = reason

    def progress(self, progress: survey.Progress) -> None:
        self.progresses.append(progress)


@pytest.fixture
def spots(monkeypatch: pytest.MonkeyPatch) -> SpotModel:
    model = SpotModel()
    monkeypatch.setattr(models, "open_model", lambda *_, **__: model)
    return model


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> HerdmapHere:
    return HerdmapHere(capsys)


def photos(folder: Path, count: int) -> list[Path]:
    """Small PNGs that each have animals."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{n}.png" for n in range(count)]
    for n, path in enumerate(paths):
        Image.fromarray(scene(150, 100, 6, n)[0]).save(path)
    return paths


def cut_off(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def statuses(output: Path) -> dict[str, tuple[str, str | None]]:
    images = geopackage.read_images(output)
    return {Path(p).name: (s, r) for p, s, r in zip(images.path, images.status, images.reason, strict=True)}


# ---- photos that are not what they were ---------------------------------------------------------


@pytest.mark.usefixtures("spots")
def test_a_photo_that_vanishes_or_changes_after_the_plan_has_failed_until_the_next_run(tmp_path: Path) -> None:
    paths = photos(tmp_path / "in", 8)

    def meanwhile() -> None:
        paths[6].unlink()
        Image.fromarray(scene(150, 100, 9, 77)[0]).save(paths[7])

    watcher = Listening(meanwhile)
    # One reader, and the last ones are not read before the first are done.
    survey.detect([tmp_path / "in"], tmp_path / "out.gpkg", watcher=watcher)
    found = statuses(tmp_path / "out.gpkg")
    assert {name for name, (status, _) in found.items() if status == "failed"} == {"6.png", "7.png"}
    assert "no such file" in (found["6.png"][1] or "")
    assert "changed during the run; search it again" in (found["7.png"][1] or "")
    photos(tmp_path / "new", 7)[6].rename(paths[6])
    outcome = survey.detect([tmp_path / "in"], tmp_path / "out.gpkg")
    assert (outcome.failed, outcome.pending) == (0, 0)
    fresh = survey.detect([tmp_path / "in"], tmp_path / "fresh.gpkg")
    assert outcome.detections == fresh.detections


@pytest.mark.usefixtures("spots")
def test_what_changed_since_the_last_run_is_said(tmp_path: Path) -> None:
    paths = photos(tmp_path / "in", 5)

    def said(**settings: Any) -> list[str]:
        watcher = Listening()
        survey.detect([tmp_path / "in"], tmp_path / "out.gpkg", settings=survey.Settings(**settings), watcher=watcher)
        return watcher.said

    assert said() == []
    assert said() == []
    Image.fromarray(scene(150, 100, 9, 77)[0]).save(paths[1])
    assert said() == ["changed since the last run and searched again: in/1.png"]
    paths[0].rename(tmp_path / "in" / "x.png")
    assert said() == [
        "new since the last run and searched now: in/x.png",
        "in the last run but not among the inputs now: in/0.png; only the reviews are kept",
    ]
    changed, cut = said(overlap=8)
    assert changed == "the overlap is different from the last run: 5 images are searched again"
    assert "reach across the whole overlap of 8 px" in cut
    assert said(overlap=8) == [cut]
    assert said() == [], "what it was before is still known"


@pytest.mark.usefixtures("spots")
def test_a_failed_photo_is_tried_again_when_it_changed_or_when_asked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = photos(tmp_path / "in", 4)
    cut_off(paths[1])
    (tmp_path / "in" / "empty.jpg").touch()
    opened: list[str] = []
    open_image = raster.RasterReader.__init__

    def open_and_note(self: raster.RasterReader, path: Path, *stretch: Any) -> None:
        opened.append(Path(path).name)
        open_image(self, path, *stretch)

    monkeypatch.setattr(raster.RasterReader, "__init__", open_and_note)

    def again(**more: Any) -> tuple[survey.Outcome, list[str], list[str]]:
        opened.clear()
        watcher = Listening()
        outcome = survey.detect([tmp_path / "in"], tmp_path / "out.gpkg", watcher=watcher, **more)
        return outcome, watcher.said, sorted(opened)

    outcome, said, _ = again()
    assert (outcome.failed, said) == (2, [])
    outcome, said, tried = again()
    assert tried == []
    assert said == ["failed in an earlier run, unchanged since, and not tried again: 1 image"]
    assert getattr(said[0], "about", None) == "retry_failed"
    assert outcome.failed == 2
    assert sum(number for _, number in outcome.reasons) == 2
    outcome, said, tried = again(retry_failed=True)
    assert (tried, said, outcome.failed) == (["1.png"], [], 2)
    photos(tmp_path / "in", 2)
    outcome, _, tried = again()
    assert (tried, outcome.failed) == (["0.png", "1.png"], 1)
    outcome, _, tried = again(fresh=True)
    assert (len(tried), outcome.failed) == (4, 1)


@pytest.mark.usefixtures("spots")
def test_a_disk_that_does_not_answer_is_not_the_photos_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = photos(tmp_path / "in", 3)
    read, open_file = raster.RasterReader.read, Path.open

    def no_pixels(self: raster.RasterReader, *arguments: Any) -> object:
        if self.path == paths[1]:
            raise RasterError("read error; the file is damaged or cut off, copy it again from its source")
        return read(self, *arguments)

    def no_bytes(self: Path, *arguments: Any, **more: Any) -> object:
        if self == paths[1] and "buffering" in more:  # not the header's
            raise OSError(5, "Input/output error")
        return open_file(self, *arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(raster.RasterReader, "read", no_pixels)
        patch.setattr(Path, "open", no_bytes)
        watcher = Listening()
        outcome = survey.detect([tmp_path / "in"], tmp_path / "out.gpkg", watcher=watcher)
        assert (outcome.failed, list(watcher.failed)) == (1, ["in/1.png"])
    watcher = Listening()
    assert survey.detect([tmp_path / "in"], tmp_path / "out.gpkg", watcher=watcher).failed == 0
    assert watcher.said == []


# ---- the run's own surroundings -----------------------------------------------------------------


@pytest.mark.usefixtures("spots")
def test_a_clock_that_jumps_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photos(tmp_path / "in", 6)
    survey.detect([tmp_path / "in"], tmp_path / "calm.gpkg")
    jumps = iter(range(0, -(10**9), -3600))
    monkeypatch.setattr(time, "time", lambda: 1.7e9 + next(jumps))
    watcher = Listening()
    survey.detect([tmp_path / "in"], tmp_path / "jumpy.gpkg", watcher=watcher)
    assert all(p.tiles_per_s > 0 and p.eta_s >= 0 for p in watcher.progresses)
    assert [p.images_done for p in watcher.progresses] == [1, 2, 3, 4, 5, 6]
    calm, jumpy = (geopackage.read_detections(tmp_path / f"{name}.gpkg") for name in ("calm", "jumpy"))
    np.testing.assert_array_equal(calm.boxes_px, jumpy.boxes_px)


@pytest.mark.usefixtures("spots")
def test_a_damaged_part_is_pending_and_the_next_run_mends_it(tmp_path: Path, here: HerdmapHere) -> None:
    photos(tmp_path / "in", 3)
    output = tmp_path / "out.gpkg"
    assert here("detect", tmp_path / "in", "-o", output).code == 0
    before = geopackage.read_detections(output)
    cut_off(next((tmp_path / "out.herdmap").glob("parts/??/*.part")))
    end = here("detect", tmp_path / "in", "-o", output)
    assert end.code == 1
    assert "1 pending: run the same command again" in end.out
    assert sorted(status for status, _ in statuses(output).values()) == ["done", "done", "pending"]
    assert here("detect", tmp_path / "in", "-o", output).code == 0
    np.testing.assert_array_equal(geopackage.read_detections(output).boxes_px, before.boxes_px)


@pytest.mark.usefixtures("spots")
def test_the_end_of_a_run_says_why_photos_failed(tmp_path: Path, here: HerdmapHere) -> None:
    paths = photos(tmp_path / "in", 6)
    for path in paths[:3]:
        path.write_bytes(b"")
    paths[3].write_text("hello")
    end = here("detect", tmp_path / "in", "-o", tmp_path / "out.gpkg")
    assert end.code == 1
    lines = end.out.splitlines()
    assert "in 6 images, 4 failed (see the layer 'images')" in lines[0]
    assert lines[1] == "  3 failed: empty file (0 bytes); copy it again from its source"
    assert lines[2].startswith("  1 failed: not an image Herdmap reads")


@pytest.mark.usefixtures("spots")
def test_a_run_says_where_its_time_went_when_asked_to(tmp_path: Path, here: HerdmapHere) -> None:
    photos(tmp_path / "in", 3)
    end = here("detect", tmp_path / "in", "-o", tmp_path / "out.gpkg", "--profile")
    assert end.code == 0
    stages = [line.split()[0] for line in end.problems if line.startswith("  ")]
    assert {"plan", "decode", "forward", "wait", "chips", "journal", "merge", "write"} <= set(stages)
    assert any("tiles searched" in line for line in end.problems)
    assert "--profile" not in end.out
    end = here("detect", tmp_path / "in", "-o", tmp_path / "out.gpkg", "--profile")
    assert "nothing was searched" in end.err


def test_reasons_that_differ_in_numbers_alone_are_one() -> None:
    assert by_reason(["row 7 is cut", "empty", "row 812 is cut"]) == (("row 7 is cut", 2), ("empty", 1))


def test_a_run_that_is_refused_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as end:
        main(["detect", str(tmp_path / "nothing"), "-o", str(tmp_path / "out.gpkg")])
    assert end.value.code == 2
    assert list(tmp_path.iterdir()) == []
