"""`herdmap teach` on tiny simulated surveys: the real thing, in few steps."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from detector import models, survey
from detector.errors import InputError
from detector.progress import Progress, Watcher
from detector.survey.beside_find import BesideFind
from geo.errors import GeoError
from geo.estimates.sample import read_sample
from tests.command_line import HerdmapHere
from tests.detector.teaching.marked_surveys import SIZE, Boxes, write_photos, write_survey

torch = pytest.importorskip("torch")
pytest.importorskip("torchvision")

from detector.teaching import TaughtModel, Teaching, learning, teach  # noqa: E402

FEW = Teaching(steps=4, device="cpu")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Boxes]]:
    """A folder with five photos of sheep, and where they are. Not to be written to."""
    folder = tmp_path_factory.mktemp("photos")
    return folder, write_photos(folder, 5)


def copy_of(photos: tuple[Path, dict[str, Boxes]], folder: Path) -> dict[str, Boxes]:
    shutil.copytree(photos[0], folder, dirs_exist_ok=True)
    return photos[1]


@pytest.fixture(scope="module")
def marked(photos: tuple[Path, dict[str, Boxes]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A survey of three photos with marked animals, one that is searched in part, and one that nobody looked at."""
    folder = tmp_path_factory.mktemp("marked")
    truth = copy_of(photos, folder)
    names = sorted(truth)
    cells = {name: [[0.0, 0, SIZE, SIZE]] for name in names[:3]}
    bare = {name: truth[name][:0] for name in names[3:]}
    return write_survey(folder / "s.gpkg", {**truth, **bare}, searched={**cells, names[3]: [[0.0, 0, 40, 40]]})


@pytest.fixture(scope="module")
def taught(marked: Path, tmp_path_factory: pytest.TempPathFactory) -> TaughtModel:
    return teach(marked, tmp_path_factory.mktemp("taught") / "own.onnx", teaching=FEW)


def test_a_survey_teaches_a_model_that_detect_takes(taught: TaughtModel, marked: Path, tmp_path: Path) -> None:
    model = models.load(str(taught.path), "cpu")
    assert model.info.classes == ("sheep",)
    card = model.info.metrics
    assert len(card["taught"]["learnt"]) + len(card["taught"]["held_out"]) == 4
    assert 15 < card["taught"]["length_px"] < 50
    assert isinstance(taught.beside_find, BesideFind)
    assert BesideFind.of_card(card) == taught.beside_find
    assert taught.beside_find.line() in taught.summary()
    assert taught.beside_find.model[0] == taught.judgement.numbers()["found"]
    # It starts from the bundled model, which knows such sheep: a few steps must not have spoilt that.
    assert taught.judgement.numbers()["f1"] > 0.8
    assert not taught.judgement.counts  # one photo says too little
    assert "fit to propose" in taught.summary()
    found = survey.detect(marked.parent / sorted(p.name for p in marked.parent.glob("*.png"))[0], tmp_path / "d.gpkg",
                          model=taught.path, device="cpu")  # fmt: skip
    assert found.detections >= 4
    assert not list(taught.path.parent.glob("*.teach/work/*"))


def test_the_page_says_what_the_model_is_fit_for_and_what_to_search_next(taught: TaughtModel, marked: Path) -> None:
    page = taught.page.read_text(encoding="utf-8")
    assert "Fit to propose" in page
    assert "find, from the same labels: " in page
    assert json.loads(taught.page.with_name("metrics.json").read_text(encoding="utf-8"))["beside_find"]["better"]
    assert "too few photos or too little time" in page
    assert "The largest missed animals" in page
    unseen = sorted(path.name for path in marked.parent.glob("*.png"))[4]
    assert f"<td>{unseen}</td>" in page
    listed = taught.page.with_name("next-s.csv")
    assert listed.read_text(encoding="utf-8").splitlines()[1].startswith(f"next,1,{unseen},")
    with pytest.raises(GeoError, match="called 'next'; expected positive, empty or searched"):  # it is no random sample
        read_sample(listed)


def test_short_runs_tell_a_curve(marked: Path, tmp_path: Path) -> None:
    from detector.teaching import held_out, lessons, runs, told

    of, _, _ = told.from_survey(marked)
    made = lessons.lessons_of(of, [(SIZE, SIZE)] * len(of))
    bundled = models.resolve(None)
    learner = runs.Learner(made, held_out.divide(made.each), bundled, ("sheep",), tmp_path, FEW)
    curve = learner.short_runs([0, 1], 1, Watcher())
    assert curve is not None
    assert curve.photos.tolist() == [1, 1, 2]
    assert all(f1 > 0.5 for f1 in curve.f1())


def test_a_second_round_measures_on_what_was_never_learnt(taught: TaughtModel, marked: Path, tmp_path: Path) -> None:
    first = models.load(str(taught.path), "cpu").info.metrics["taught"]
    shutil.copy(taught.path, tmp_path / "own.onnx")
    truth = write_photos(tmp_path / "more", 2, seed=7)
    more = write_survey(tmp_path / "more" / "more.gpkg", truth, classes=("sheep",))
    teach([more, marked], tmp_path / "own.onnx", teaching=FEW)
    second = models.load(str(tmp_path / "own.onnx"), "cpu").info.metrics["taught"]
    assert set(first["held_out"]) <= set(second["held_out"])
    assert set(first["learnt"]) <= set(second["learnt"])
    assert not set(second["held_out"]) & set(second["learnt"])
    assert len(second["learnt"]) > len(first["learnt"])


def test_points_and_two_classes(photos: tuple[Path, dict[str, Boxes]], tmp_path: Path) -> None:
    truth = copy_of(photos, tmp_path)
    told: list[str] = []
    judged: list[tuple[float, int, bool, bool]] = []
    beside: list[Mapping[str, int | str]] = []

    class Heard(Watcher):
        def warning(self, text: str) -> None:
            told.append(text)

        def taught(
            self,
            numbers: Mapping[str, float],
            photos: int,
            fit_to_count: bool,
            page: Path,
            beside_find: Mapping[str, int | str],
        ) -> None:
            judged.append((numbers["animals"], photos, fit_to_count, page.is_file()))
            beside.append(beside_find)

    points = write_survey(tmp_path / "p.gpkg", truth, classes=("sheep", "goat"), kind="point")
    made = teach(points, tmp_path / "two.onnx", teaching=Teaching(steps=2, device="cpu"), watcher=Heard())
    assert set(made.info.classes) == {"sheep", "goat"}
    of = made.judgement
    assert judged == [(of.numbers()["animals"], len(of.photos), of.counts, True)]
    assert any("marked as points alone" in text for text in told)
    assert beside[0]["animals"] == of.numbers()["animals"], "of both classes"
    assert 0 < int(beside[0]["find_found"]) <= int(beside[0]["animals"])
    assert set(models.load(str(made.path), "cpu").info.thresholds()) <= set(np.arange(5, 100, dtype=np.float32) / 100)


def test_unsearched_ground_is_no_background(photos: tuple[Path, dict[str, Boxes]], tmp_path: Path) -> None:
    """Marks that lie outside all searched ground are learnt, and unmarked animals there do not count against."""
    from detector.teaching import lessons, patches, told
    from detector.training.augment import Augmentation
    from detector.training.compact import targets

    truth = copy_of(photos, tmp_path)
    name = sorted(truth)[0]
    cells = {name: [[0.0, 0, SIZE, SIZE / 2]]}
    survey_file = write_survey(tmp_path / "u.gpkg", truth, searched=cells)
    of, _, _ = told.from_survey(survey_file)
    made = lessons.lessons_of(of, [(SIZE, SIZE)] * len(of))
    shown = patches.patches_of(made.each, 1.0)
    for patch in shown:
        boxes, crowd = patch.scene.boxes_px, patch.scene.crowd
        _, weights, _, _ = targets(boxes[~crowd], patch.scene.labels[~crowd], boxes[crowd], 1, SIZE)
        learnt = weights[0].numpy() > 0
        searched = patch.photo == [one.path.name for one in of].index(name)
        assert learnt[: SIZE // 8].all() == searched
        middles = ((boxes[~crowd, :2] + boxes[~crowd, 2:]) / 2 / 4).astype(int).clip(0, SIZE // 4 - 1)
        assert all(learnt[row, column] for column, row in middles)  # each marked animal is learnt
        assert learnt.mean() < 0.9
    # The masks reach the crops that the network sees.
    views = patches.PatchViews(shown, 320, Augmentation(), 0)
    assert sum(len(views[i].ignored) > 0 for i in range(8)) >= 6


class Killed(Watcher):
    """Ends the process's run at a step, without warning, as a kill would."""

    def __init__(self, at: int) -> None:
        self.at = at

    def progress(self, progress: Progress) -> None:
        if progress.tiles_done >= self.at * 8:
            raise RuntimeError("killed")


def test_a_killed_run_resumes_and_reaches_the_same_weights(
    marked: Path, taught: TaughtModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "_KEEP_S", 0.0)
    output = tmp_path / "own.onnx"
    with pytest.raises(RuntimeError, match="killed"):
        teach(marked, output, teaching=FEW, watcher=Killed(2))
    assert not output.exists()
    resumed: list[int] = []

    class Heard(Watcher):
        def planned(self, images: int, tiles: int, tiles_done: int) -> None:
            resumed.append(tiles_done)

    made = teach(marked, output, teaching=FEW, watcher=Heard())
    assert resumed[0] == 16
    assert made.info.score_threshold == taught.info.score_threshold
    tiles = np.random.default_rng(0).integers(0, 255, (1, 64, 64, 3), dtype=np.uint8)
    ours, theirs = (models.load(str(path), "cpu").detect(tiles) for path in (output, taught.path))
    np.testing.assert_allclose(ours.scores, theirs.scores, atol=2e-3)


def test_cancelling_writes_the_best_so_far(marked: Path, tmp_path: Path) -> None:
    class Cancelled(Watcher):
        steps = 0

        def progress(self, progress: Progress) -> None:
            self.steps = progress.tiles_done // 8

        def cancelled(self) -> bool:
            return self.steps >= 1

    made = teach(marked, tmp_path / "own.onnx", teaching=Teaching(steps=500, device="cpu"), watcher=Cancelled())
    assert made.ended == "stopped"
    assert "stopped early, this is the best so far" in made.summary()
    assert made.path.is_file()


def test_the_command_says_what_is_wrong(
    here: HerdmapHere, photos: tuple[Path, dict[str, Boxes]], tmp_path: Path
) -> None:
    done = here("teach", photos[0], "-o", tmp_path / "m.onnx")
    assert done.code == 2
    assert "is no survey" in done.err
    assert "--images DIR" in done.err
    done = here("teach", tmp_path / "no.gpkg", "-o", tmp_path / "m.pt")
    assert "expected a model that ends in .onnx" in done.err
    with pytest.raises(InputError, match="no survey and no labels"):
        teach([], tmp_path / "m.onnx")


def test_without_torch_one_line_says_what_is_missing(tmp_path: Path) -> None:
    script = (
        "import sys, importlib.util as u\n"
        "real = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'torch' else real(name, *more)\n"
        "from detector.cli import main\n"
        "main(['teach', 's.gpkg', '-o', 'm.onnx'])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "teaching needs torch (about" in done.stderr
    assert "pip install 'herdmap[torch]'" in done.stderr
