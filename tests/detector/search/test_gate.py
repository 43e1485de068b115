"""The gate: what it lets pass is searched as ever, what it keeps back costs nothing and votes nobody out."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detector import models, survey
from detector.detections import Detections
from detector.errors import ModelError
from detector.search import infer
from detector.search.gate import Gate
from detector.search.merge import merge
from detector.search.tiles import TileGrid
from geo import geopackage
from tests.command_line import HerdmapHere, start
from tests.detector.models import tile_classifier
from tests.detector.models.spots import SpotModel, scene
from tests.detector.models.tile_classifier import BrightTiles
from tests.detector.search.test_infer import ArrayReader, units


def test_only_tiles_that_may_hold_an_animal_go_to_the_detector() -> None:
    pixels, true = scene(400, 300, spots=3)
    grid = TileGrid(400, 300, 64, 16)
    classifier, model = BrightTiles(), SpotModel()
    results = list(
        infer.detect([units(0, grid)], lambda _: ArrayReader(pixels), model, gate=Gate(classifier, 0.2), batch_size=2)
    )
    holds = [pixels[y0:y1, x0:x1].max() >= 100 for x0, y0, x1, y1 in grid.boxes]
    assert sum(shape[0] for shape in classifier.batches) == len(grid)
    assert max(shape[0] for shape in classifier.batches) > 2 >= max(shape[0] for shape in model.batches)
    assert sum(shape[0] for shape in model.batches) == sum(holds) < len(grid)
    gated = np.concatenate([r.gated for r in results])
    assert sorted(gated.tolist()) == np.flatnonzero(~np.array(holds)).tolist()
    seen = Detections.concatenate([r.detections for r in results])
    assert sorted(merge(seen, grid, unseen=gated).detections.boxes.tolist()) == sorted(true.tolist())


def test_tiles_without_data_are_shown_to_neither_and_are_not_the_gates() -> None:
    pixels, _ = scene(256, 256, spots=10)
    valid = np.zeros((256, 256), bool)
    valid[:60, :] = True
    grid = TileGrid(256, 256, 64, 0)
    classifier = BrightTiles()
    (result,) = infer.detect(
        [units(0, grid, 256 * 256)], lambda _: ArrayReader(pixels, valid), SpotModel(), gate=Gate(classifier, 0.2)
    )
    assert sum(shape[0] for shape in classifier.batches) == 4
    assert (result.tiles, result.skipped) == (16, 12)
    assert set(result.gated.tolist()) <= set(range(4))


def test_a_block_with_nothing_but_gated_tiles_is_a_result_like_any_other() -> None:
    grid = TileGrid(200, 100, 64, 16)
    model = SpotModel()
    dark = ArrayReader(np.zeros((100, 200, 3), np.uint8))
    (result,) = infer.detect([units(0, grid)], lambda _: dark, model, gate=Gate(BrightTiles(), 0.2))
    assert (len(result.detections), len(result.gated), model.batches) == (0, len(grid), [])


def test_a_gated_tile_does_not_vote_an_animal_out() -> None:
    grid = TileGrid(1184, 640, 640, 96)
    # Cut by the left tile's edge at 640. The right tile has the place well inside: had it looked and seen nothing, the
    # box would be left out.
    box = np.array([[600, 300, 640, 330]], np.float32)
    tile = np.array([0], np.int32)
    seen = Detections.of(box, [0.9], [0], tile, grid.edges(box, tile))
    assert len(merge(seen, grid).detections) == 0
    assert merge(seen, grid, unseen=np.array([1])).detections.boxes.tolist() == box.tolist()


def test_the_best_tiles_that_looked_decide_whatever_tiles_did_not() -> None:
    """Against a plain loop over every box and every tile."""
    kept = left_out = changed = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        grid = TileGrid(int(rng.integers(300, 900)), int(rng.integers(300, 900)), 128, int(rng.integers(40, 64)))
        unseen = rng.choice(len(grid), len(grid) // 3, replace=False)
        tiles = np.setdiff1d(np.arange(len(grid)), unseen).astype(np.int32)
        corner = grid.boxes[tiles, :2] + rng.choice([0, 30, 60, 104], (len(tiles), 2))
        boxes = np.concatenate([corner, corner + rng.uniform(8, 24, corner.shape)], axis=1).astype(np.float32)
        edges = grid.edges(boxes, tiles)
        seen = Detections.of(boxes, rng.uniform(0.5, 1, len(tiles)), np.zeros(len(tiles)), tiles, edges)
        joined = merge(seen, grid, best_tiles_decide=False)
        margin = 0.25 * grid.overlap
        stays = []
        for view, box in zip(joined.best_view, joined.detections.boxes, strict=True):
            best = set()
            for tile, (x0, y0, x1, y1) in enumerate(grid.boxes.tolist()):
                inside = x0 == 0 or box[0] >= x0 + margin
                inside &= y0 == 0 or box[1] >= y0 + margin
                inside &= x1 == grid.width or box[2] <= x1 - margin
                inside &= y1 == grid.height or box[3] <= y1 - margin
                if inside and tile not in unseen:
                    best.add(tile)
            # Where an animal has several views this loop knows one of them: such scenes are left out.
            stays.append(not best or int(tiles[view]) in best)
        if len(joined.detections) < len(seen):
            continue
        decided = merge(seen, grid, unseen=unseen).detections.boxes.tolist()
        assert decided == joined.detections.boxes[stays].tolist()
        kept, left_out = kept + len(decided), left_out + stays.count(False)
        changed += len(decided) - len(merge(seen, grid).detections)
    assert kept > 20
    assert left_out > 20
    assert changed > 5


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three photos of few spots, and a detector whose answers are known in place of the bundled one."""
    (tmp_path / "in").mkdir()
    for n in range(3):
        Image.fromarray(scene(400, 300, 4, n)[0]).save(tmp_path / "in" / f"{n}.png")
    model = SpotModel()
    opened = models.open_model
    monkeypatch.setattr(models, "open_model", lambda path, *a, **k: model if path is None else opened(path, *a, **k))
    tile_classifier.write(tmp_path / "gate.onnx")
    return tmp_path


def test_a_gated_survey_finds_the_same_and_says_what_it_skipped(photos: Path) -> None:
    plain = survey.detect([photos / "in"], photos / "plain.gpkg")
    gated = survey.detect([photos / "in"], photos / "gated.gpkg", gate=photos / "gate.onnx")
    assert plain.gated is None
    assert gated.gated is not None
    assert 0 < gated.gated < gated.tiles == 3 * len(TileGrid(400, 300, 64, 16))
    assert f"the gate skipped {gated.gated} of {gated.tiles} tiles" in gated.summary()
    one, other = (geopackage.read_detections(photos / name) for name in ("plain.gpkg", "gated.gpkg"))
    assert one.boxes_px.tolist() == other.boxes_px.tolist()
    images = geopackage.read_images(photos / "gated.gpkg")
    assert images.tiles.tolist() == [len(TileGrid(400, 300, 64, 16))] * 3
    (run,) = geopackage.read_runs(photos / "gated.gpkg")
    assert run.settings["gate"] == {
        "model": "bright",
        "model_sha256": models.sha256_of(photos / "gate.onnx"),
        "threshold": pytest.approx(0.2),
        "tiles_skipped": gated.gated,
    }


def test_another_gate_or_threshold_is_another_run_and_the_same_is_none(photos: Path) -> None:
    model = models.open_model(None)
    assert isinstance(model, SpotModel)

    def searched(**how: object) -> int:
        before = len(model.batches)
        survey.detect([photos / "in"], photos / "out.gpkg", **how)  # type: ignore[arg-type]
        return len(model.batches) - before

    tile_classifier.write(photos / "other.onnx", version="2")
    gate = photos / "gate.onnx"
    assert searched() > 0
    assert searched(gate=gate) > 0
    assert searched(gate=gate) == 0
    assert searched() == 0
    assert searched(gate=gate, settings=survey.Settings(gate_threshold=0.398)) > 0
    assert searched(gate=photos / "other.onnx") > 0
    # The highest threshold keeps back all but the brightest: the count is of what was searched.
    outcome = survey.detect([photos / "in"], photos / "out.gpkg", gate=gate, settings=survey.Settings(gate_threshold=1))
    assert (outcome.detections, outcome.gated) == (0, outcome.tiles)


def test_a_gate_that_does_not_fit_the_detector_is_said(photos: Path) -> None:
    class Listening(survey.Watcher):
        said = ""

        def warning(self, text: str) -> None:
            self.said += text

    tile_classifier.write(photos / "gate.onnx", tile_size=128)
    watcher = Listening()
    survey.detect([photos / "in"], photos / "out.gpkg", gate=photos / "gate.onnx", watcher=watcher)
    assert "trained on tiles of 128 px but gets tiles of 64 px, in which animals look 2 times as large" in watcher.said


def test_what_is_no_gate_is_refused(photos: Path) -> None:
    with pytest.raises(ModelError, match=r"sheep\.onnx is a detector: expected a tile classifier"):
        survey.detect([photos / "in"], photos / "out.gpkg", gate="sheep")
    tile_classifier.write(photos / "gate.onnx", classes=("a", "b"))
    with pytest.raises(ModelError, match="does not say which of them is a tile without an animal"):
        survey.detect([photos / "in"], photos / "out.gpkg", gate=photos / "gate.onnx")
    tile_classifier.write(photos / "gate.onnx", classes=("a", "b"), empty_class="b")
    survey.detect([photos / "in"], photos / "out.gpkg", gate=photos / "gate.onnx")


def test_a_classifier_file_takes_its_batch_and_its_size(tmp_path: Path) -> None:
    tiles = np.zeros((5, 40, 64, 3), np.uint8)
    tiles[3, 7, 9, 1] = 51
    for size, batch in ((("h", "w"), "b"), ((64, 64), 2)):
        model = models.load_classifier(tile_classifier.write(tmp_path / "m.onnx", size, batch))
        np.testing.assert_allclose(model.classify(tiles)[:, 0], [0, 0, 0, 0.2, 0])
    with pytest.raises(ModelError, match="tiles of 100 x 100 px: this model takes 64 x 64 px"):
        model.classify(np.zeros((1, 100, 100, 3), np.uint8))


def test_a_classifier_whose_answers_are_no_probabilities_is_refused(tmp_path: Path) -> None:
    three = models.load_classifier(tile_classifier.write(tmp_path / "m.onnx", classes=("a", "b", "empty")))
    with pytest.raises(ModelError, match=r"answered \(1, 2\) for 1 tiles; expected a row of 3 probabilities"):
        three.classify(np.zeros((1, 64, 64, 3), np.uint8))


def test_the_command_line_says_what_the_gate_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    herdmap = HerdmapHere(capsys)
    gate = tile_classifier.write(tmp_path / "gate.onnx", tile_size=512)
    Image.fromarray(np.full((600, 800, 3), 30, np.uint8)).save(tmp_path / "dark.png")
    dark, output = tmp_path / "dark.png", tmp_path / "out.gpkg"
    done = herdmap("detect", dark, "-o", output, "--gate", gate)
    assert (done.code, done.out.splitlines()[1]) == (0, "the gate skipped 2 of 2 tiles (100.0%)")
    again = ("detect", dark, "-o", output, "--gate", gate, "--gate-threshold", 0.1, "--progress", "json")
    run = start(*again, is_loaded=True)
    assert run.stdout is not None
    assert {"event": "gate", "tiles_skipped": 0, "tiles": 2} in [json.loads(line) for line in run.stdout]
    run.communicate()
    thresholds = [run.settings["gate"]["threshold"] for run in geopackage.read_runs(output)]
    assert thresholds == [pytest.approx(0.2), 0.1]
    done = herdmap("detect", dark, "-o", output, "--gate-threshold", 0.1)
    assert (done.code, "give --gate too" in done.err) == (2, True)
    assert "kind:        classifier" in herdmap("model", gate).out


def test_a_gate_of_several_classes_takes_the_highest(tmp_path: Path) -> None:
    path = tile_classifier.write(tmp_path / "several.onnx", classes=("cow", "zebra"), multilabel=True)
    tiles = np.zeros((3, 64, 64, 3), np.uint8)
    tiles[0], tiles[1] = 255, 128
    gate = Gate(models.load_classifier(path, "cpu"), 0.6)
    assert gate.passes(tiles).tolist() == [True, False, True]  # a dark tile is surely a zebra
    beside = tile_classifier.write(tmp_path / "e.onnx", classes=("cow", "empty"), multilabel=True)
    assert Gate(models.load_classifier(beside, "cpu"), 0.6).passes(tiles).tolist() == [True, False, False]
