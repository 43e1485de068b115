"""fastai's tile classifiers: what the learner itself answers, from its weights, a trusted export, and as a file."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

import json
import sys
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")
pytest.importorskip("fastai", reason="the fastai extra is not installed: pip install 'herdmap[fastai]'")

from torchvision.models import resnet18

from detector import models, survey
from detector.errors import ModelError
from detector.evaluation import JudgedImage, judge
from detector.models.export import export_model
from detector.models.fastai_tiles import Preprocessing
from geo import geopackage
from geo.simulation import SurveySettings, render_scene
from tests.detector.models.tile_learner import (
    CLASSES,
    holds,
    labelled_tiles,
    learner,
    learner_of_several,
    own_answers,
    predicted,
    teach,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastai.data.transforms import Transform
    from fastai.vision.augment import RandomErasing, Resize, aug_transforms
    from fastai.vision.core import PILImage
    from fastai.vision.learner import create_vision_model

SIDE, RESIZE = 256, 64
CARD = """
framework = "fastai"
architecture = "resnet18"
classes = ["empty", "sheep"]
tile_size = 256
overlap = 64
gsd_m = 0.025
score_threshold = 0.1
resize = 64
resize_method = "squish"
"""


pytestmark = pytest.mark.usefixtures("one_thread")


def scene(seed: int, animals: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    pixels, boxes, _ = render_scene(SurveySettings(seed=seed, width_m=40, height_m=30, gsd_m=0.025, animals=animals))
    return pixels, boxes


class Taught(NamedTuple):
    """A learner that was taught, and what it was saved as."""

    learner: Any
    folder: Path
    tiles: NDArray[np.uint8]


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Taught:
    folder = tmp_path_factory.mktemp("learner")
    tiles: list[NDArray[np.uint8]] = []
    labels: list[str] = []
    for seed in (1, 2):
        more, of = labelled_tiles(*scene(seed, 40), SIDE, 100, seed)
        tiles += more
        labels += of
    made = learner(tiles, labels, folder, RESIZE, resnet18)
    teach(made, 4, 3e-3)
    made.save("m")  # with the optimizer's state, as fastai does where nothing is said
    made.save("plain", with_opt=False)
    made.export(folder / "export.pkl")
    for name in ("m", "plain", "export"):
        (folder / f"{name}.toml").write_text(CARD, encoding="utf-8")
    seen, _ = labelled_tiles(*scene(4, 20), SIDE, 16, 4)
    return Taught(made, folder, np.stack(seen))


@pytest.mark.parametrize("name", ["m.pth", "plain.pth", "export.pkl"])
def test_a_tile_is_answered_as_the_learner_itself_answers_it(taught: Taught, name: str) -> None:
    model = models.load_classifier(taught.folder / name, "cpu", threads=1, trust=name.endswith("pkl"))
    assert (model.info.kind, model.info.classes) == ("classifier", CLASSES)
    assert "64 x 64 px (squish)" in model.about["tiles come"]
    for tiles in (taught.tiles, taught.tiles[:4, :, :200].copy()):
        own = own_answers(taught.learner, tiles)
        np.testing.assert_allclose(model.classify(tiles), own, atol=2e-3)
        assert np.ptp(own[:, 1]) > 0.05, "tiles that are all answered alike show nothing"


@pytest.mark.parametrize("method", ["crop", "squish", "pad"])
@pytest.mark.parametrize("size", [(128, 128), (100, 100), (97, 150), (150, 97), (40, 50)])
def test_tiles_are_resized_as_fastai_resizes_them(method: Any, size: tuple[int, int]) -> None:
    pixels = scene_crop(size)
    resize = Resize((64, 48), method=method)
    resize.split_idx = 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = np.asarray(resize(PILImage.create(pixels), split_idx=1))
    ours = Preprocessing((64, 48), method, "reflection", (), ())(torch.from_numpy(pixels[None]))
    found = (ours[0].permute(1, 2, 0).numpy() * 255).round()
    assert found.shape == wanted.shape == (64, 48, 3)
    assert np.abs(found - wanted).max() <= 1
    assert (found != wanted).mean() < 0.02


def scene_crop(size: tuple[int, int]) -> NDArray[np.uint8]:
    """(height, width, 3) of structure at every scale."""
    rng = np.random.default_rng(0)
    height, width = size
    coarse = np.kron(rng.integers(0, 256, (height // 8 + 1, width // 8 + 1, 3)), np.ones((8, 8, 1)))
    fine = rng.integers(-20, 20, (height, width, 3))
    return (coarse[:height, :width] + fine).clip(0, 255).astype(np.uint8)


def test_an_exported_learner_is_not_unpickled_unless_it_is_trusted(taught: Taught) -> None:
    with pytest.raises(ModelError, match=r"export\.pkl holds Python objects beside weights .*if you trust") as caught:
        models.load_classifier(taught.folder / "export.pkl")
    assert caught.value.about == "trust"


def test_it_leaves_as_a_portable_file(taught: Taught, tmp_path: Path) -> None:
    agreement = export_model(taught.folder / "plain.pth", tmp_path / "gate.onnx", lambda side: taught.tiles)
    assert "at most" in agreement.text()
    model = models.load_classifier(tmp_path / "gate.onnx", "cpu")
    np.testing.assert_allclose(model.classify(taught.tiles), own_answers(taught.learner, taught.tiles), atol=2e-3)
    # Tiles of any size, as the original takes them.
    odd = taught.tiles[:3, :180, :211].copy()
    np.testing.assert_allclose(model.classify(odd), own_answers(taught.learner, odd), atol=2e-3)
    assert model.info.gsd_m == 0.025
    assert model.info.metrics["export"]


def test_it_gates_a_detector(taught: Taught, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # What four epochs teach differs with the processor: at 0.02 one skips 93 % of the tiles, with 4 of 24 animals.
    gates(taught.folder / "m.pth", [scene(seed, 12) for seed in (11, 12)], tmp_path, capsys, threshold=0.005)


@pytest.mark.realdata
def test_one_taught_on_real_sheep_gates_a_detector(
    realdata: Path, taught: Taught, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It begins with what simulated sheep taught it, as people begin with what is there."""
    tiles: list[NDArray[np.uint8]] = []
    labels: list[str] = []
    for n, (pixels, boxes) in enumerate(sheep(realdata, "train", 15)):
        more, of = labelled_tiles(pixels, boxes, SIDE, 8, n)
        tiles += more
        labels += of
    made = learner(tiles, labels, tmp_path, RESIZE, resnet18)
    made.model.load_state_dict(taught.learner.model.state_dict())
    teach(made, 2, 1e-3)
    made.save("real", with_opt=False)
    (tmp_path / "real.toml").write_text(CARD.replace("gsd_m = 0.025", ""), encoding="utf-8")
    # A tile passes that looks at least as much like sheep as nine in ten of those that it was taught with.
    answers = own_answers(made, np.stack(tiles))[:, 1]
    threshold = float(np.quantile(answers[np.array(labels) == "sheep"], 0.1))
    gates(tmp_path / "real.pth", sheep(realdata, "val", 3), tmp_path, capsys, threshold, skipping=0.02)


def sheep(folder: Path, split: str, count: int) -> list[tuple[NDArray[np.uint8], NDArray[np.float32]]]:
    """(pixels, boxes) of so many of the real photos."""
    listed = json.loads((folder / "sheep" / f"{split}.json").read_text(encoding="utf-8"))
    found = []
    for image in listed["images"][:: max(1, len(listed["images"]) // count)][:count]:
        boxes = [a["bbox"] for a in listed["annotations"] if a["image_id"] == image["id"]]
        xywh = np.array(boxes, np.float32).reshape(-1, 4)
        pixels = np.asarray(Image.open(folder / "sheep" / "images" / image["file_name"]).convert("RGB"))
        found.append((pixels, np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], axis=1)))
    return [(pixels, boxes) for pixels, boxes in found if len(boxes)]


def gates(
    gate: Path,
    photos: list[tuple[NDArray[np.uint8], NDArray[np.float32]]],
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    threshold: float = 0.02,
    skipping: float = 0.3,
) -> None:
    """Holds the bundled detector behind the gate against the same without it."""
    files = [folder / f"{n}.png" for n in range(len(photos))]
    for file, (pixels, _) in zip(files, photos, strict=True):
        Image.fromarray(pixels).save(file)
    settings = survey.Settings(tile_size=SIDE, overlap=112, gate_threshold=threshold)
    recall = {}
    for name, ahead in (("plain", None), ("gated", gate)):
        outcome = survey.detect(files, folder / f"{name}.gpkg", gate=ahead, settings=settings)
        rows = geopackage.read_detections(folder / f"{name}.gpkg")
        of = np.array([int(Path(path).stem) for path in rows.image_paths()], np.int64)
        found = [rows.take(of == n) for n in range(len(photos))]
        judged = [JudgedImage(r.boxes_px, r.score, boxes) for r, (_, boxes) in zip(found, photos, strict=True)]
        recall[name] = judge(judged, threshold=0.0).recall
    lost, skipped = recall["plain"] - recall["gated"], (outcome.gated or 0) / outcome.tiles
    with capsys.disabled():
        print(f"\n{outcome.summary()}\nthe gate lost {lost:.1%} of recall ({recall['plain']:.1%} without it)")
    assert recall["plain"] >= 0.7
    assert lost <= 0.15
    assert skipped >= skipping


def test_what_a_card_gets_wrong_is_said(taught: Taught, tmp_path: Path) -> None:
    weights = tmp_path / "m.pth"
    weights.write_bytes((taught.folder / "plain.pth").read_bytes())
    for before, after, says in (
        ('"resnet18"', '"resnet50"', "does not hold the weights of resnet50"),
        ('"resnet18"', '"vgg99"', "is unknown for fastai's vision_learner"),
        ('["empty", "sheep"]', '["empty", "sheep", "goat"]', "has 2 classes: expected 3"),
        ("resize = 64", "resize = 5", "resize is 5: expected 16 to 4096"),
        ("resize = 64", "resize = 64\nkind = 'detector'", "kind is detector"),
        ("resize = 64", "resize = 64\nmean = [0.5]", "expected three numbers each"),
        ('"squish"', '"stretch"', "resize_method"),
    ):
        (tmp_path / "m.toml").write_text(CARD.replace(before, after), encoding="utf-8")
        with pytest.raises(ModelError, match=says) as refused:
            models.load_classifier(weights)
        assert "\n" not in str(refused.value)


class Inverted(Transform):  # type: ignore[misc]
    """What no other program can know of."""

    def encodes(self, pixels: Any) -> Any:
        return 1 - pixels


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ({"batch_tfms": [Inverted()]}, "prepares tiles in a way that Herdmap does not know: found Inverted"),
        ({"classes": ("empty", "goat")}, "has the classes empty, goat: expected them in export.toml"),
    ],
)
def test_a_learner_that_does_more_is_refused(tmp_path: Path, block: dict[str, Any], says: str) -> None:
    tiles = list(np.zeros((10, 64, 64, 3), np.uint8))
    names = block.pop("classes", CLASSES)
    labels = [names[n % 2] for n in range(10)]
    learner(tiles, labels, tmp_path, 32, resnet18, **block).export(tmp_path / "export.pkl")
    (tmp_path / "export.toml").write_text(CARD, encoding="utf-8")
    with pytest.raises(ModelError, match=says):
        models.load_classifier(tmp_path / "export.pkl", trust=True)


def test_the_test_knows_what_a_tile_holds() -> None:
    box = np.array([[100, 100, 140, 120]], np.float32)
    assert holds(np.array([0, 0, 256, 256]), box)
    assert not holds(np.array([130, 0, 386, 256]), box)


# --- tiles with several classes ---

SEVERAL = """
framework = "fastai"
architecture = "resnet18"
classes = ["cow", "elephant", "zebra"]
tile_size = 96
mean = []
std = []
"""
LABELS = [["cow", "zebra"], [], ["cow"], ["zebra", "elephant"], ["elephant"]] * 2
# The item transforms, the batch transforms, and the same in a card.
WAYS: dict[str, tuple[Any, Any, str]] = {
    "presized": (Resize(80), aug_transforms(size=48), "resize = 80\nbatch_resize = 48"),
    "cropped at random": (Resize(90), aug_transforms(size=40, min_scale=0.75), "resize = 90\nbatch_resize = 40"),
    "much smaller": (Resize(96), aug_transforms(size=20, min_scale=0.5), "resize = 96\nbatch_resize = 20"),
    "made larger": (Resize(40), aug_transforms(size=64), "resize = 40\nbatch_resize = 64"),
    "with other augmentations": (Resize(64), [*aug_transforms(), RandomErasing()], "resize = 64"),
}


def labels_of_item(item: Any) -> Any:
    return item[1]


def varied(count: int, side: int = 96) -> NDArray[np.uint8]:
    """(count, side, side + 20, 3) tiles that a network answers differently."""
    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 256, (count, side // 8, side // 8 + 3, 3)).repeat(8, 1).repeat(8, 2)
    return coarse[:, :side, : side + 20].astype(np.uint8)


@pytest.mark.parametrize("way", WAYS)
def test_tiles_with_several_classes_are_answered_as_the_learner_predicts(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    item, batch, card = WAYS[way]
    # A notebook's own function, which is not there when its learner is read.
    monkeypatch.setattr(sys.modules["__main__"], "labels_of_item", labels_of_item, raising=False)
    monkeypatch.setattr(labels_of_item, "__module__", "__main__")
    tiles = varied(10)
    made = learner_of_several(list(tiles), LABELS, tmp_path, resnet18, labels_of_item, item_tfms=item, batch_tfms=batch)
    made.save("m", with_opt=False)
    made.export(tmp_path / "export.pkl")
    monkeypatch.undo()
    (tmp_path / "export.toml").write_text(SEVERAL, encoding="utf-8")
    (tmp_path / "m.toml").write_text(f"{SEVERAL}multilabel = true\n{card}\n", encoding="utf-8")
    wanted = predicted(made, tiles)
    assert np.ptp(wanted, axis=0).max() > 0.01, "tiles that are all answered alike show nothing"
    for name in ("export.pkl", "m.pth"):
        model = models.load_classifier(tmp_path / name, "cpu", trust=name == "export.pkl")
        assert model.info.multilabel
        np.testing.assert_allclose(model.classify(tiles), wanted, atol=2e-3)
    if way == "cropped at random":
        export_model(tmp_path / "m.pth", tmp_path / "m.onnx", lambda side: tiles[:, :side, :side])
        portable = models.load_classifier(tmp_path / "m.onnx", "cpu")
        assert portable.info.multilabel
        np.testing.assert_allclose(portable.classify(tiles), wanted, atol=2e-3)


def test_weights_do_not_say_that_tiles_have_several_classes(taught: Taught, tmp_path: Path) -> None:
    (tmp_path / "m.pth").write_bytes((taught.folder / "plain.pth").read_bytes())
    for said, remarks in (("", 1), ("multilabel = false", 0), ("multilabel = true", 0)):
        card = CARD.replace('["empty", "sheep"]', '["goat", "sheep"]')
        (tmp_path / "m.toml").write_text(f"{card}{said}\n", encoding="utf-8")
        model = models.load_classifier(tmp_path / "m.pth", "cpu")
        assert len(model.remarks) == remarks
        assert model.info.multilabel == ("true" in said)
    (tmp_path / "export.pkl").write_bytes((taught.folder / "export.pkl").read_bytes())
    (tmp_path / "export.toml").write_text(f"{CARD}multilabel = true\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"export\.toml: multilabel is true, but the learner's loss is CrossEntropy"):
        models.load_classifier(tmp_path / "export.pkl", "cpu", trust=True)


def test_a_head_of_fastai_v1_has_biases(tmp_path: Path) -> None:
    """fastai 1.0.61, `create_head`: batch norm, dropout, a linear layer with its bias, ReLU; twice."""
    torch.manual_seed(0)
    network = create_vision_model(resnet18, 2, pretrained=False)
    linear, last = torch.nn.Linear(1024, 512), torch.nn.Linear(512, 2)
    torch.nn.init.uniform_(linear.bias, -1, 1)
    network[1] = torch.nn.Sequential(
        network[1][0], network[1][1], torch.nn.BatchNorm1d(1024), torch.nn.Dropout(0.25), linear, torch.nn.ReLU(),
        torch.nn.BatchNorm1d(512), torch.nn.Dropout(0.5), last,
    )  # fmt: skip
    torch.save({"model": network.eval().state_dict()}, tmp_path / "v1.pth")
    card = CARD.replace("resize = 64", "resize = 0") + "mean = []\nstd = []\n"
    (tmp_path / "v1.toml").write_text(card, encoding="utf-8")
    tiles = varied(4, 64)
    with torch.no_grad():
        wanted = network(torch.from_numpy(tiles).permute(0, 3, 1, 2).float() / 255).softmax(1).numpy()
    np.testing.assert_allclose(models.load_classifier(tmp_path / "v1.pth", "cpu").classify(tiles), wanted, atol=1e-4)
