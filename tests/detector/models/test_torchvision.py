"""torchvision's detectors: as torchvision runs them, from weights that fit their card, and out as portable files."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.models.onnx import OnnxDetector

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")

from torchvision.models import detection

from detector import models
from detector.detections import Detections
from detector.errors import ModelError
from detector.models.agreement import compare_boxes
from detector.models.checkpoint import load_weights, save_weights
from detector.models.export import export_model
from detector.models.files import ModelFiles
from detector.models.floor import LOWEST_SCORE, SCORE_FLOOR, KeepsMore
from detector.models.onnx import load as load_onnx
from detector.models.torchvision import Settings, build
from detector.models.unfilled import Unfilled
from detector.survey.sample_tiles import sample_tiles, simulated_tiles
from geo.simulation import SurveySettings, render_scene
from tests.command_line import HerdmapHere
from tests.detector.models.torchvision_models import TILE_PX, write

# One of each family, and how many tiles it is shown. A VGG takes a core a second for each tile.
FAMILIES = {
    "fasterrcnn_mobilenet_v3_large_320_fpn": 6,
    "retinanet_resnet18_fpn": 6,
    "fcos_resnet18_fpn": 6,
    "ssdlite320_mobilenet_v3_large": 6,
    "ssd300_vgg16": 2,
}


@pytest.fixture(scope="module")
def tiles() -> NDArray[np.uint8]:
    return simulated_tiles(TILE_PX, 8)


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> HerdmapHere:
    return HerdmapHere(capsys)


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory, tiles: NDArray[np.uint8]) -> Mapping[str, Path]:
    """Made when they are first asked for."""
    folder = tmp_path_factory.mktemp("torchvision")

    class Made(dict[str, Path]):
        def __missing__(self, name: str) -> Path:
            # Statistics of as many tiles as it is shown: the coarsest maps have one cell a tile.
            self[name] = write(folder / name, name, tiles[: FAMILIES[name]])
            return self[name]

    return Made()


@pytest.fixture(scope="module")
def answers(checkpoints: Mapping[str, Path], tiles: NDArray[np.uint8]) -> Mapping[str, Detections]:
    """What each answers on the first tiles, three at most. Found when they are first asked for."""

    class Found(dict[str, Detections]):
        def __missing__(self, name: str) -> Detections:
            shown = tiles[: min(3, FAMILIES[name])]
            self[name] = models.load(checkpoints[name], "cpu", threads=1).detect(shown)
            return self[name]

    return Found()


def copied(checkpoint: Path, folder: Path) -> Path:
    """The checkpoint and its card in another folder, to be spoilt."""
    for path in (checkpoint, checkpoint.with_suffix(".toml")):
        os.link(path, folder / path.name) if path.suffix == ".pth" else (folder / path.name).write_bytes(
            path.read_bytes()
        )
    return folder / checkpoint.name


def recarded(checkpoint: Path, folder: Path, before: str, after: str) -> Path:
    path = copied(checkpoint, folder)
    card = path.with_suffix(".toml")
    text = card.read_text(encoding="utf-8")
    assert before in text
    card.write_text(text.replace(before, after), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", FAMILIES)
def test_it_answers_in_batches_as_torchvision_does_alone(
    name: str, checkpoints: Mapping[str, Path], answers: Mapping[str, Detections], tiles: NDArray[np.uint8]
) -> None:
    found, shown = answers[name], tiles[: min(3, FAMILIES[name])]
    builder = getattr(detection, name, None)
    if builder is None:  # torchvision has no builder for this ResNet, and its documentation says how to make one
        from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
        from torchvision.ops.feature_pyramid_network import LastLevelP6P7

        backbone = resnet_fpn_backbone(
            backbone_name="resnet18",
            weights=None,
            norm_layer=torch.nn.BatchNorm2d,
            returned_layers=[2, 3, 4],
            extra_blocks=LastLevelP6P7(256, 256),
        )
        kind = {"retinanet": detection.RetinaNet, "fcos": detection.FCOS}[name.split("_")[0]]
        theirs = kind(backbone, 3, min_size=TILE_PX, max_size=TILE_PX, score_thresh=0.05)
    elif "ssd" in name:
        theirs = builder(weights=None, weights_backbone=None, num_classes=3, score_thresh=0.05)
    else:
        sizes = {"min_size": TILE_PX, "max_size": TILE_PX}
        theirs = builder(weights=None, weights_backbone=None, num_classes=3, box_score_thresh=0.05, **sizes)
    theirs.load_state_dict(torch.load(checkpoints[name], weights_only=True))
    assert len(found) > 20
    for i, tile in enumerate(shown):
        with torch.inference_mode():
            (wanted,) = theirs.eval()([torch.from_numpy(tile).permute(2, 0, 1).float() / 255])
        # Boxes without an area are none, and neither is the background, which RetinaNet and FCOS may answer.
        boxes = wanted["boxes"].numpy()
        solid = (boxes[:, 2:] > boxes[:, :2]).all(axis=1) & (wanted["labels"].numpy() > 0)
        theirs_found = Detections.of(boxes, wanted["scores"], wanted["labels"] - 1, 0)[solid]
        mine = found[found.tiles == i]  # a copy
        mine.tiles[:] = 0
        agreement = compare_boxes(theirs_found, mine, 1, np.full(2, 0.5, np.float32), 0.05, len(boxes))
        assert agreement.unmatched == 0
        assert agreement.compared == pytest.approx(solid.sum(), abs=2)
        assert agreement.box_px < 1e-3
        assert agreement.score < 1e-5


@pytest.mark.parametrize("name", FAMILIES)
def test_its_portable_file_agrees(
    name: str,
    checkpoints: Mapping[str, Path],
    answers: Mapping[str, Detections],
    tiles: NDArray[np.uint8],
    tmp_path: Path,
) -> None:
    output = tmp_path / "m.onnx"
    checkpoint = checkpoints[name]
    if name.startswith("fcos"):  # the file is in full precision all the same
        halved = tmp_path / "halved"
        halved.mkdir()
        checkpoint = recarded(checkpoint, halved, "overlap = 16\n", "overlap = 16\nprecision = 'bfloat16'\n")
    a_call = 2 if name.startswith("ssdlite") else None  # one tile, where nothing is said
    agreement = export_model(checkpoint, output, lambda size: tiles[: FAMILIES[name]], batch_size=a_call)
    assert (agreement.tiles, agreement.unmatched) == (FAMILIES[name], 0)
    assert agreement.compared > 5 * FAMILIES[name]
    assert agreement.box_px <= 0.1
    assert agreement.score <= 1e-3
    portable = load_onnx(ModelFiles("onnx", output))
    assert isinstance(portable, OnnxDetector)
    assert portable.info.classes == ("cow", "élan")
    assert portable.info.batch_size == (a_call or 1)
    assert portable.info.metrics["export"]["largest_box_difference_px"] == agreement.box_px
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["m.onnx"]
    shown = min(3, FAMILIES[name])
    found = portable.detect(tiles[:shown])
    assert set(found.tiles.tolist()) <= set(range(shown))
    assert len(found) == pytest.approx(len(answers[name]), abs=2)
    if a_call:
        assert set(portable.detect(tiles[:5]).tiles.tolist()) == {0, 1, 2, 3, 4}


def test_int8_is_refused_with_numbers_where_it_finds_other_animals(
    checkpoints: Mapping[str, Path], tiles: NDArray[np.uint8], tmp_path: Path
) -> None:
    of = checkpoints["ssdlite320_mobilenet_v3_large"]
    with pytest.raises(ModelError, match=r"int8 costs too much: .* [0-9.]+ % are the same; expected at least 98 %"):
        export_model(of, tmp_path / "m.onnx", lambda size: tiles[:4], calibration=2)
    assert not list(tmp_path.iterdir())


def test_int8_of_a_trained_model_finds_the_same_animals(tmp_path: Path) -> None:
    output = tmp_path / "sheep8.onnx"
    flocks = np.stack(
        [render_scene(SurveySettings(seed=6 + i, width_m=16, height_m=16, animals=30))[0][:640, :640] for i in range(8)]
    )
    agreement = export_model("sheep", output, lambda size: flocks, calibration=4)
    assert agreement.share >= 0.98
    assert agreement.above > 100
    info = load_onnx(ModelFiles("onnx", output)).info
    original = models.load("sheep").info
    assert info.metrics["export"]["int8"]["same_above_threshold"] == agreement.share
    assert (info.classes, info.score_threshold) == (original.classes, original.score_threshold)
    assert output.stat().st_size < 0.5 * models.resolve("sheep").stat().st_size
    with pytest.raises(ModelError, match=r"portable file already.* quantised: expected a checkpoint") as caught:
        export_model("sheep", tmp_path / "again.onnx", simulated_tiles)  # type: ignore[arg-type]
    assert caught.value.about == "calibration"
    assert [p.name for p in tmp_path.iterdir()] == ["sheep8.onnx"]


def test_a_check_on_empty_ground_is_refused_before_the_file_is_made(
    checkpoints: Mapping[str, Path], tmp_path: Path
) -> None:
    path = recarded(checkpoints["fcos_resnet18_fpn"], tmp_path, "overlap = 16", "overlap = 16\nscore_floor = 0.999")
    with pytest.raises(ModelError, match="found nothing on the 2 tiles"):
        export_model(path, tmp_path / "m.onnx", lambda size: np.zeros((2, size, size, 3), np.uint8))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.pth", "m.toml"]


@pytest.mark.parametrize("name", ["retinanet_resnet18_fpn", "fcos_resnet18_fpn"])
def test_scores_without_one_for_the_background(name: str, tmp_path: Path, tiles: NDArray[np.uint8]) -> None:
    path = write(tmp_path, name, tiles[:3], outputs=2)
    found = models.load(path, "cpu", threads=1).detect(tiles[:3])
    assert np.unique(found.labels).tolist() == [0, 1]


@pytest.mark.parametrize("name", ["retinanet_resnet18_fpn", "fasterrcnn_mobilenet_v3_large_320_fpn", "ssd300_vgg16"])
def test_another_number_of_classes_is_said(name: str, checkpoints: Mapping[str, Path], tmp_path: Path) -> None:
    path = recarded(checkpoints[name], tmp_path, '["cow", "élan"]', '["a", "b", "c", "d"]')
    with pytest.raises(ModelError, match=r"m\.pth has outputs for 3 classes with .* expected 5, since m\.toml names 4"):
        models.load(path)


def test_weights_of_another_architecture_are_said(checkpoints: Mapping[str, Path], tmp_path: Path) -> None:
    path = recarded(checkpoints["fcos_resnet18_fpn"], tmp_path, "fcos_resnet18_fpn", "retinanet_resnet18_fpn")
    with pytest.raises(ModelError, match=r"does not hold the weights of retinanet_resnet18_fpn: .*FCOS's"):
        models.load(path)
    path.with_suffix(".toml").write_text(
        path.with_suffix(".toml").read_text(encoding="utf-8").replace("retinanet_resnet18", "fcos_resnet34")
    )
    with pytest.raises(ModelError, match=r"are missing \(backbone\.body\.layer1"):
        models.load(path)


def test_torchvision_trained_from_a_whole_backbone(tmp_path: Path, tiles: NDArray[np.uint8]) -> None:
    """SSDlite has another tail where its backbone came from ImageNet; both are recognised by the shapes."""
    from detector.models import torchvision as backend

    path = write(tmp_path, "ssdlite320_mobilenet_v3_large", tiles[:2])
    torch.save(backend._ssdlite(backend.Settings(), 3, reduced_tail=False).state_dict(), path)
    models.load(path, "cpu").detect(tiles[:1])


def test_weights_as_a_fine_tuned_model_has_them(
    checkpoints: Mapping[str, Path], tiles: NDArray[np.uint8], tmp_path: Path
) -> None:
    """Frozen batch norms count no batches; half precision, a parallel run's prefix, safetensors."""
    source = checkpoints["fcos_resnet18_fpn"]
    path = copied(source, tmp_path)
    path.unlink()
    weights = {f"module.{k}": v for k, v in load_weights(source).items() if not k.endswith("num_batches_tracked")}
    save_weights(weights, tmp_path / "m.safetensors")
    wanted = models.load(source, "cpu", threads=1).detect(tiles[:2])
    found = models.load(tmp_path / "m.toml", "cpu", threads=1).detect(tiles[:2])
    np.testing.assert_array_equal(found.boxes, wanted.boxes)
    torch.save({k: v.half() for k, v in weights.items()}, path)
    assert len(models.load(path, "cpu", threads=1).detect(tiles[:2])) == pytest.approx(len(wanted), rel=0.1)


def test_settings_of_the_card(checkpoints: Mapping[str, Path], tiles: NDArray[np.uint8], tmp_path: Path) -> None:
    more = "detections_per_tile = 5\nscore_floor = 0.2\nnms_iou = 0.3\nprecision = 'bfloat16'\nnorm_eps = 0.0\n"
    path = recarded(checkpoints["fcos_resnet18_fpn"], tmp_path, "overlap = 16\n", "overlap = 16\n" + more)
    model = models.load(path, "cpu", threads=1)
    found = model.detect(tiles[:4])
    assert np.bincount(found.tiles).max() == 5
    assert found.scores.min() >= 0.2
    (remark,) = model.remarks
    assert re.match("[34] of 4 tiles hit the cap of 5 detections a tile, ", remark)
    assert "detections_per_tile in m.toml" in remark
    assert model.about["bounds"] == "at most 5 detections a tile, none below a score of 0.2"


@pytest.mark.parametrize("name", ["fasterrcnn_mobilenet_v3_large_320_fpn", "fcos_resnet18_fpn"])
def test_half_precision_does_not_round_boxes(
    name: str, checkpoints: Mapping[str, Path], tiles: NDArray[np.uint8], tmp_path: Path
) -> None:
    path = recarded(checkpoints[name], tmp_path, "overlap = 16\n", "overlap = 16\nprecision = 'bfloat16'\n")
    model = models.load(path, "cpu", threads=1)
    found, wanted = model.detect(tiles[:1]), models.load(checkpoints[name], "cpu", threads=1).detect(tiles[:1])
    agreement = compare_boxes(wanted, found, 1, np.full(2, 0.5, np.float32))
    assert agreement.share > 0.6  # of random weights, whose scores lie close together
    boxes = torch.from_numpy(found.boxes)
    inside = (boxes > 0) & (boxes < TILE_PX)
    rounded = (boxes.bfloat16().float() == boxes)[inside].float().mean()
    assert rounded < 0.5  # all of them, where torchvision decodes in bfloat16


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("detections = 5", "has the key 'detections'; expected one of .*detections_per_tile"),
        ("detections_per_tile = 0", "detections_per_tile is 0: expected 1"),
        ("min_size = 800.5", "min_size is 800.5"),
        ("precision = 'int8'", "precision 'int8': expected one of auto"),
        ("image_mean = [0.5]", "image_mean is .*three numbers"),
        ("anchor_sizes = [[16], [32]]", "go together"),
        ("anchor_sizes = [[16], [32]]\nanchor_ratios = [1.0]", "(cannot build|does not hold|failed)"),
    ],
)
def test_settings_that_cannot_be_used_are_said(
    checkpoints: Mapping[str, Path], tiles: NDArray[np.uint8], tmp_path: Path, more: str, words: str
) -> None:
    text = f"min_size = {TILE_PX}\n"
    path = recarded(
        checkpoints["fcos_resnet18_fpn"], tmp_path, text, more + "\n" + ("" if "min_size" in more else text)
    )
    with pytest.raises(ModelError, match=words):
        models.load(path, "cpu", threads=1).detect(tiles[:1])


def test_anchors_of_the_users_own(tmp_path: Path, tiles: NDArray[np.uint8]) -> None:
    more = "anchor_sizes = [[8, 12], [16, 24], [32, 48], [64, 96], [128, 192]]\nanchor_ratios = [0.5, 1.0, 2.0]\n"
    path = write(tmp_path, "retinanet_resnet18_fpn", tiles[:3], more=more)
    assert load_weights(path)["head.classification_head.cls_logits.weight"].shape[0] == 2 * 3 * 3
    assert len(models.load(path, "cpu", threads=1).detect(tiles[:2])) > 0


def test_an_architecture_that_is_none(checkpoints: Mapping[str, Path], tmp_path: Path) -> None:
    path = recarded(checkpoints["fcos_resnet18_fpn"], tmp_path, "fcos_resnet18_fpn", "yolo")
    with pytest.raises(ModelError, match="architecture 'yolo' is unknown: expected one of fasterrcnn_resnet50"):
        models.load(path)


@pytest.mark.parametrize("device", ["cuda:99", "tpu", "cuda:x"])
def test_a_device_that_is_not_there(checkpoints: Mapping[str, Path], device: str) -> None:
    with pytest.raises(ModelError, match=f"device '{device}'"):
        models.load(checkpoints["fcos_resnet18_fpn"], device)


def test_a_malicious_checkpoint_is_refused_and_does_nothing(tmp_path: Path, checkpoints: Mapping[str, Path]) -> None:
    from tests.detector.models.test_checkpoint import malicious_files

    mark = tmp_path / "mark"
    for path in malicious_files(tmp_path, mark):
        path.with_suffix(".toml").write_bytes(checkpoints["fcos_resnet18_fpn"].with_suffix(".toml").read_bytes())
        with pytest.raises(ModelError, match=r"mkdir|not a safetensors file"):
            models.load(path)
        with pytest.raises(ModelError, match=r"mkdir|not a safetensors file"):
            export_model(path, tmp_path / "m.onnx", simulated_tiles)  # type: ignore[arg-type]
    assert not mark.exists()
    assert not (tmp_path / "m.onnx").exists()


def test_the_command_line_from_checkpoint_to_portable_file(
    checkpoints: Mapping[str, Path], tiles: NDArray[np.uint8], tmp_path: Path, here: HerdmapHere
) -> None:
    from geo import raster

    source = checkpoints["ssdlite320_mobilenet_v3_large"]
    for i, tile in enumerate(tiles[:2]):
        raster.write_jpeg(tmp_path / f"{i}.jpg", np.tile(tile, (2, 2, 1)))
    end = here("model", source)
    assert end.code == 0
    for words in ("torchvision", "ssdlite320_mobilenet_v3_large, ", "at most 300 detections", "cow, élan", str(source)):
        assert words in end.out
    safe = tmp_path / "safe.safetensors"
    assert here("export-model", source, "-o", safe).code == 0
    safe.with_suffix(".toml").write_bytes(source.with_suffix(".toml").read_bytes())
    end = here("export-model", safe, "-o", tmp_path / "m.onnx", "--images", tmp_path, "--tiles", 3)
    assert end.code == 0, end.err
    assert "on 3 tiles" in end.out
    end = here("model", tmp_path / "m.onnx")
    metrics = json.loads(end.out.split("metrics:")[1])
    assert metrics["export"]["tiles"] == 3
    for output, images, words in (
        ("m.txt", "0.jpg", "must end in .onnx or"),
        ("n.onnx", "m.onnx", "no tile of 128 px"),
    ):
        end = here("export-model", safe, "-o", tmp_path / output, "--images", tmp_path / images)
        assert (end.code, len(end.problems)) == (2, 1)
        assert words in end.err
        assert not (tmp_path / output).exists()


def test_tiles_of_imagery(tmp_path: Path) -> None:
    from geo import raster

    rng = np.random.default_rng(0)
    for i in range(3):
        raster.write_jpeg(tmp_path / f"{i}.jpg", rng.integers(0, 255, (90, 120, 3), np.uint8))
    raster.write_jpeg(tmp_path / "small.jpg", np.zeros((20, 20, 3), np.uint8))
    (tmp_path / "broken.jpg").write_bytes(b"none")
    tiles = sample_tiles([tmp_path], 64, 10)
    assert tiles.shape[1:] == (64, 64, 3)
    assert 5 <= len(tiles) <= 10
    assert np.array_equal(tiles, sample_tiles([tmp_path], 64, 10))
    assert simulated_tiles(64, 2).shape == (2, 64, 64, 3)


@pytest.mark.parametrize("name", ["fcos_resnet18_fpn", "ssdlite320_mobilenet_v3_large", "fasterrcnn_resnet50_fpn_v2"])
def test_a_network_that_is_built_for_weights_draws_none(name: str) -> None:
    """A draw would change the state of torch's generator."""
    before = torch.get_rng_state()
    with Unfilled():
        network = build(name, Settings(), 3)
    assert torch.equal(torch.get_rng_state(), before)
    theirs = build(name, Settings(), 3).state_dict()
    assert {key: value.shape for key, value in network.state_dict().items()} == {k: v.shape for k, v in theirs.items()}
    assert not torch.equal(torch.get_rng_state(), before)


def test_a_survey_with_a_checkpoint(checkpoints: Mapping[str, Path], tiles: NDArray[np.uint8], tmp_path: Path) -> None:
    """From the checkpoint to a GeoPackage: recorded with the digest of all its files, and the cap said."""
    from detector import survey
    from geo import geopackage, raster

    said: list[Any] = []

    class Listening(survey.Watcher):
        def warning(self, text: str) -> None:
            said.append(text)

    source = checkpoints["ssdlite320_mobilenet_v3_large"]
    raster.write_jpeg(tmp_path / "photo.jpg", np.hstack(list(tiles[:2])))
    outcome = survey.detect([tmp_path / "photo.jpg"], tmp_path / "out.gpkg", model=source, watcher=Listening())
    assert outcome.detections > 0
    (run,) = geopackage.read_runs(tmp_path / "out.gpkg")
    assert run.model_sha256 == models.sha256_of(source, source.with_suffix(".toml"))
    assert any("searched again in smaller tiles" in text for text in said)
    # Those over the seams reach the cap too.
    assert run.settings["tiles_searched_smaller"] == outcome.tiles + run.settings["tiles_over_seams"]


@pytest.mark.parametrize("name", ["retinanet_resnet18_fpn", "fasterrcnn_mobilenet_v3_large_320_fpn"])
def test_an_evaluation_gets_more_and_the_rest_as_before(
    name: str, checkpoints: Mapping[str, Path], tiles: NDArray[np.uint8]
) -> None:
    model = models.load(checkpoints[name], "cpu", threads=1)
    before = model.detect(tiles[:2])
    assert isinstance(model, KeepsMore)
    model.keep_from(LOWEST_SCORE)
    every = model.detect(tiles[:2])
    usual = every[every.scores >= SCORE_FLOOR]
    assert before.scores.min() >= SCORE_FLOOR
    assert len(every) >= len(before)
    for column in ("boxes", "scores", "labels", "tiles"):
        np.testing.assert_allclose(getattr(usual, column), getattr(before, column), atol=1e-5)
