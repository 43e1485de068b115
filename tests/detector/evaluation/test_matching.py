"""Matches, precision, recall and F1 by hand; the bundled model against the validation flight."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from PIL import Image

from detector.errors import InputError
from detector.evaluation import JudgedImage, Score, best_threshold, centre_agreement, iou_agreement, judge, match
from detector.labels.coco import read_coco
from detector.models import BUNDLED, ModelInfo


def _boxes(*rows):
    return np.array(rows, np.float32).reshape(-1, 4)


def _image(boxes, scores, true_boxes):
    return JudgedImage(_boxes(*boxes), np.array(scores, np.float32), _boxes(*true_boxes))


def test_score_by_hand():
    score = Score(found=6, false_alarms=2, missed=4)
    assert score.precision == 0.75
    assert score.recall == 0.6
    assert score.f1 == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))
    assert score + Score(1, 1, 1) == Score(7, 3, 5)


def test_nothing_to_find_and_nothing_said_is_right():
    assert judge([_image([], [], [])], 0.5) == Score(0, 0, 0)
    assert Score(0, 0, 0).f1 == 1.0


def test_centre_may_lie_half_the_longer_side_away():
    # True box 20 wide and 10 high at centre (50, 50): the reach is 10 px in every direction.
    true = _boxes([40, 45, 60, 55])
    for dx, dy, matched in [(0, 0, True), (9.9, 0, True), (10.1, 0, False), (0, 9.9, True), (7.2, 7.2, False)]:
        box = _boxes([48 + dx, 48 + dy, 52 + dx, 52 + dy])
        assert (centre_agreement(box, true)[0, 0] >= 0) is np.bool_(matched)


def test_iou_by_hand():
    assert iou_agreement(_boxes([0, 0, 2, 2]), _boxes([1, 0, 3, 2], [0, 0, 2, 2], [5, 5, 6, 6])).round(6).tolist() == [
        [round(2 / 6, 6), 1.0, 0.0]
    ]


def test_one_detection_an_animal_and_one_animal_a_detection():
    # Two detections on one animal: the surer has it, the other is a false alarm; the second animal is missed.
    image = _image([[0, 0, 10, 10], [1, 1, 11, 11]], [0.6, 0.9], [[0, 0, 10, 10], [100, 100, 110, 110]])
    assert judge([image], 0.5) == Score(1, 1, 1)
    matched = match(centre_agreement(image.boxes, image.true_boxes), image.scores, 0.0)
    assert matched.tolist() == [-1, 0]


def test_a_taken_animal_leaves_the_next_nearest():
    # Two animals 6 px apart: both detections lie nearest to the first, and the second takes the other.
    image = _image([[0, 0, 10, 10], [2, 0, 12, 10]], [0.9, 0.8], [[0, 0, 10, 10], [6, 0, 16, 10]])
    assert judge([image], 0.5) == Score(2, 0, 0)


def test_threshold_is_at_least():
    image = _image([[0, 0, 10, 10]], [0.5], [[0, 0, 10, 10]])
    assert judge([image], 0.5).found == 1
    assert judge([image], 0.51) == Score(0, 0, 1)


def test_iou_rule_is_stricter_than_the_centre_rule():
    image = _image([[4, 4, 6, 6]], [0.9], [[0, 0, 10, 10]])
    assert judge([image], 0.5).f1 == 1.0
    assert judge([image], 0.5, iou_least=0.5) == Score(0, 1, 1)


def test_best_threshold_is_the_middle_of_the_plateau():
    # An animal at 0.8, a false alarm at 0.3: anything from 0.31 to 0.80 is perfect.
    image = _image([[0, 0, 10, 10], [50, 50, 60, 60]], [0.805, 0.305], [[0, 0, 10, 10]])
    assert best_threshold([partial(judge, [image])]) == 0.55
    with pytest.raises(InputError, match="at least one group"):
        best_threshold([])


def test_groups_weigh_the_same_whatever_their_size():
    many = [_image([[0, 0, 10, 10]], [0.4], [[0, 0, 10, 10]])] * 50
    few = [_image([[0, 0, 10, 10], [50, 50, 60, 60], [90, 90, 99, 99]], [0.9, 0.45, 0.45], [[0, 0, 10, 10]])]
    # The many ask for 0.40 or less, where the few have an F1 of 0.5: 0.75 on average, against 0.5 above 0.45.
    assert best_threshold([partial(judge, many), partial(judge, few)]) <= 0.4


def test_wrong_shapes_name_what_was_expected():
    with pytest.raises(InputError, match=r"expected \(K, 4\) and \(K,\)"):
        JudgedImage(np.zeros((2, 5), np.float32), np.zeros(2, np.float32), np.zeros((0, 4), np.float32))
    with pytest.raises(InputError, match=r"expected \(N, 4\)"):
        JudgedImage(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(4, np.float32))


# The bundled model -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bundled():
    session = ort.InferenceSession(str(BUNDLED / "sheep.onnx"), providers=["CPUExecutionProvider"])
    return session, ModelInfo.from_json(session.get_modelmeta().custom_metadata_map["herdmap"])


def test_bundled_file_keeps_the_contract(bundled):
    session, info = bundled
    assert (BUNDLED / "sheep.onnx").stat().st_size <= 12_000_000
    assert [(i.name, i.type) for i in session.get_inputs()] == [("images", "tensor(uint8)")]
    assert [(o.name, o.type) for o in session.get_outputs()] == [
        ("boxes", "tensor(float)"),
        ("scores", "tensor(float)"),
        ("labels", "tensor(int64)"),
        ("batch_index", "tensor(int64)"),
        ("full", "tensor(bool)"),
    ]
    assert (info.kind, info.name, info.classes, info.batch_size) == ("detector", "sheep", ("sheep",), None)
    assert info.tile_size == 640
    assert info.overlap >= 96
    assert 0.05 < info.score_threshold < 0.95
    assert info.trained_on
    assert info.licence
    assert set(info.metrics["img_000-399"]) == {"images", "animals", "precision", "recall", "f1", "f1_iou50"}


def test_bundled_metadata_tells_no_path(bundled):
    text = json.dumps(dict(bundled[0].get_modelmeta().custom_metadata_map)) + str(bundled[1])
    assert "/home" not in text
    assert "/tmp" not in text


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 33, 50), (3, 100, 31), (1, 640, 640)])
def test_bundled_model_takes_any_size(bundled, shape):
    grass = np.full((*shape, 3), (90, 110, 60), np.uint8)
    boxes, scores, labels, batch_index, full = bundled[0].run(None, {"images": grass})
    assert boxes.shape == (len(scores), 4)
    assert len(scores) == len(labels) == len(batch_index)
    assert full.tolist() == [False] * shape[0]
    assert not (scores >= bundled[1].score_threshold).any()


@pytest.mark.realdata
def test_bundled_model_finds_the_validation_flight(bundled, realdata: Path):
    session, info = bundled
    judged = []
    for image in read_coco(realdata / "sheep/val.json", realdata / "sheep/images", info.classes):
        with Image.open(image.path) as file:
            pixels = np.asarray(file.convert("RGB"))
        boxes, scores, *_ = session.run(None, {"images": pixels[None]})
        judged.append(JudgedImage(boxes, scores, image.boxes_px))
    score = judge(judged, float(info.score_threshold))
    assert score.found + score.missed == 147
    assert score.f1 >= 0.96
    assert score.f1 == pytest.approx(info.metrics["img_000-399"]["f1"], abs=0.01)  # the file's own word
