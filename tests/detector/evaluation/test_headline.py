"""The first numbers of an evaluation and of a training run: by hand, and the same in both."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detector import models
from detector.evaluation import report
from detector.evaluation.average_precision import average_precision
from detector.evaluation.evaluate import evaluate
from detector.evaluation.headline import Headline
from detector.evaluation.scores import Found, Truth
from detector.evaluation.search import FLOOR, Looked, look
from detector.labels.formats import read_labels
from detector.training.dataset import Group
from detector.training.validation import card, metrics

SHEEP, BOMA, GOAT = 0, 1, 2
CLASSES = ("sheep", "boma", "goat")


def box(x: float) -> list[float]:
    return [x, 0, x + 20, 20]


def truth(*animals: tuple[int, float, int]) -> Truth:
    """animals: (photo, x, class) in two photos."""
    image, x, label = zip(*animals, strict=True)
    n = len(image)
    boxes = np.array([box(at) for at in x], np.float32)
    none = np.zeros(n, np.bool_), np.full(n, np.inf)
    return Truth(("a", "b"), ("1", "1"), np.array(image, np.int64), boxes, np.array(label, np.int64), *none)


def found(*animals: tuple[int, float, int]) -> Found:
    image, x, label = zip(*animals, strict=True)
    boxes = np.array([box(at) for at in x], np.float32)
    return Found(np.array(image, np.int64), boxes, np.full(len(image), 0.9, np.float32), np.array(label, np.int64))


def test_a_sheep_called_boma_finds_no_sheep_and_a_class_without_animals_has_its_false_alarms() -> None:
    labelled = truth((0, 0, SHEEP), (0, 100, SHEEP), (0, 200, BOMA), (1, 0, SHEEP))
    # One sheep right, one called a boma, the third missed; the boma right; two goats where nothing is.
    counted = found((0, 0, SHEEP), (0, 100, BOMA), (0, 200, BOMA), (1, 300, GOAT), (1, 400, GOAT))
    of = Headline.of(labelled, counted, CLASSES)
    sheep, boma, goat = (of.classes[name] for name in CLASSES)
    assert (sheep["precision"], sheep["recall"], sheep["f1"]) == pytest.approx((1, 1 / 3, 1 / 2))
    assert (boma["precision"], boma["recall"], boma["f1"]) == pytest.approx((1 / 2, 1, 2 / 3))
    assert goat["precision"] == 0
    assert math.isnan(goat["recall"])
    assert math.isnan(goat["f1"])
    assert [one["false_alarms_per_photo"] for one in (sheep, boma, goat)] == [0, 1 / 2, 1]
    # The mean of the two classes that have animals; all classes together with everything in it.
    assert of.mean == pytest.approx({"precision": 3 / 4, "recall": 2 / 3, "f1": 7 / 12})
    assert of.together == pytest.approx(
        {"precision": 2 / 5, "recall": 2 / 4, "f1": 4 / 9, "false_alarms_per_photo": 3 / 2}
    )
    named = of.curves()
    assert {"f1/sheep", "mean/f1", "all/f1", "false_alarms_per_photo/goat", "precision/goat"} <= set(named)
    assert not {"f1", "f1/goat", "recall/goat"} & set(named)
    assert all(math.isfinite(value) for value in named.values())


@pytest.mark.parametrize("named", [("sheep", "goat"), ("sheep",)], ids=["labels name both", "labels name sheep alone"])
def test_training_and_evaluation_report_the_same_numbers(tmp_path: Path, named: tuple[str, ...]) -> None:
    pytest.importorskip("onnx", reason="the onnx package is not installed")
    pytest.importorskip("pycocotools", reason="the evaluate extra is not installed: pip install 'herdmap[evaluate]'")
    from tests.detector.evaluation.test_label_cases import ANSWER, BOXES, model

    rng = np.random.default_rng(0)
    for name in ("a.png", "b.png"):
        Image.fromarray(rng.integers(0, 256, (320, 320, 3), np.uint8)).save(tmp_path / name)
    images = [{"id": n, "file_name": f"{'ab'[n]}.png", "width": 320, "height": 320} for n in (0, 1)]
    # Photo a: the goat is labelled as a sheep. Photo b: one sheep; all else is a false alarm. A sheep found below the
    # lowest score of a search counts for average precision alone.
    faint = [40, 250, 30, 30, 0.02, 0]
    said = [(0, BOXES[0], 1), (0, BOXES[1], 1), (0, BOXES[2], 1), (1, BOXES[2], 1), (0, [25, 235, 30, 30], 1)]
    annotations = [{"id": n, "image_id": i, "bbox": b, "category_id": c} for n, (i, b, c) in enumerate(said)]
    categories = [{"id": number, "name": name} for number, name in enumerate(named, 1)]
    document = {"images": images, "annotations": annotations, "categories": categories}
    (tmp_path / "labels.json").write_text(json.dumps(document))
    path = model(tmp_path / "constant.onnx", [*ANSWER, faint])

    done = evaluate(path, tmp_path / "labels.json", tmp_path, tmp_path / "out", device="cpu")
    assert done is not None
    loaded = models.load(path, "cpu")
    classes = loaded.info.classes
    looked = Looked.joined([look(loaded, read_labels(tmp_path / "labels.json", tmp_path, classes))])
    told = metrics(looked, looked.found(loaded.info.score_threshold), classes)
    numbers = done.metrics
    for rate in ("precision", "recall", "f1"):
        assert told[f"validation/mean/{rate}"] == pytest.approx(numbers["mean"]["centre"][rate])
        assert told[f"validation/all/{rate}"] == pytest.approx(numbers["all"]["centre"][rate])
        assert told[f"validation/{rate}/sheep"] == pytest.approx(numbers["classes"]["sheep"]["centre"][rate])
    assert list(numbers["classes"]) == ["sheep", "goat"] == list(classes)
    assert any("the labels name none of goat" in note for note in numbers["notes"]) == (len(named) == 1)
    for rate, of in (("precision", 0.0), ("recall", None), ("f1", None)):  # None: the class has no animals
        assert report.plain(numbers["classes"]["goat"]["centre"][rate]) == of
        assert told.get(f"validation/{rate}/goat") == of
    assert told["validation/all/false_alarms_per_photo"] == numbers["all"]["false_alarms_per_photo"]
    for name in classes:
        per_photo = numbers["classes"][name]["false_alarms_per_photo"]
        assert told[f"validation/false_alarms_per_photo/{name}"] == per_photo
    group = Group("all", 1.0, looked.photos)
    of_card = card([(group, looked)], classes, loaded.info.score_threshold)
    assert of_card["classes"]["goat"] == {"animals": 0, "false_alarms": 2, "precision": 0}  # no F1 of nothing
    assert of_card["classes"]["sheep"]["f1"] == pytest.approx(told["validation/f1/sheep"], abs=1e-4)
    ap50 = numbers["classes"]["sheep"]["average_precision"]["ap50"]
    assert told["validation/ap50/sheep"] == told["validation/mean/ap50"] == ap50
    without = looked.found(FLOOR)
    assert average_precision(looked.truth(), without, len(classes))[0].ap50 < ap50 - 0.01
    assert (told["validation/recall/sheep"], told["validation/all/recall"]) == pytest.approx((3 / 5, 3 / 5))
    assert told["validation/false_alarms_per_photo/goat"] == 1
    assert "mean of 1 classes" in done.summary()
    assert "all classes together" in done.summary()
    assert [flight["recall"] for flight in numbers["flights"].values()]
