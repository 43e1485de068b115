"""fastai's tile classifiers: what the learner itself answers, from its weights, a trusted export, and as a file."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

import json
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
from detector.models.fastai import Preprocessing
from geo import geopackage
from geo.simulation import SurveySettings, render_scene
from tests.detector.models.tile_learner import CLASSES, holds, labelled_tiles, learner, own_answers, teach

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastai.data.block import MultiCategoryBlock
    from fastai.data.transforms import Normalize
    from fastai.vision.augment import Resize, aug_transforms
    from fastai.vision.core import PILImage, imagenet_stats
    from fastai.vision.data import ImageBlock

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
    teach(made, 6, 3e-3)
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
    gates(taught.folder / "m.pth", [scene(seed, 12) for seed in (11, 12)], tmp_path, capsys)


@pytest.mark.realdata
def test_one_taught_on_real_sheep_gates_a_detector(
    realdata: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiles: list[NDArray[np.uint8]] = []
    labels: list[str] = []
    for n, (pixels, boxes) in enumerate(sheep(realdata, "train", 30)):
        more, of = labelled_tiles(pixels, boxes, SIDE, 6, n)
        tiles += more
        labels += of
    made = learner(tiles, labels, tmp_path, RESIZE, resnet18)
    teach(made, 5, 3e-3)
    made.save("real", with_opt=False)
    (tmp_path / "real.toml").write_text(CARD.replace("gsd_m = 0.025", ""), encoding="utf-8")
    # A tile passes that looks at least as much like sheep as nine in ten of those that it was taught with.
    answers = own_answers(made, np.stack(tiles))[:, 1]
    threshold = float(np.quantile(answers[np.array(labels) == "sheep"], 0.1))
    gates(tmp_path / "real.pth", sheep(realdata, "val", 10), tmp_path, capsys, threshold, skipping=0.02)


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


@pytest.mark.parametrize(
    ("block", "says"),
    [
        (
            {"batch_tfms": [*aug_transforms(size=48), Normalize.from_stats(*imagenet_stats, cuda=False)]},
            "prepares tiles in a way that Herdmap does not know",
        ),
        ({"blocks": (ImageBlock, MultiCategoryBlock)}, "prepares tiles in a way that Herdmap does not know"),
        ({"classes": ("empty", "goat")}, "has the classes empty, goat: expected them in export.toml"),
    ],
)
def test_a_learner_that_does_more_is_refused(tmp_path: Path, block: dict[str, Any], says: str) -> None:
    tiles = list(np.zeros((10, 64, 64, 3), np.uint8))
    names = block.pop("classes", CLASSES)
    labels: list[Any] = [names[n % 2] for n in range(10)]
    if "blocks" in block:
        labels = [[label] for label in labels]
    learner(tiles, labels, tmp_path, 32, resnet18, **block).export(tmp_path / "export.pkl")
    (tmp_path / "export.toml").write_text(CARD, encoding="utf-8")
    with pytest.raises(ModelError, match=says):
        models.load_classifier(tmp_path / "export.pkl", trust=True)


def test_the_test_knows_what_a_tile_holds() -> None:
    box = np.array([[100, 100, 140, 120]], np.float32)
    assert holds(np.array([0, 0, 256, 256]), box)
    assert not holds(np.array([130, 0, 386, 256]), box)
