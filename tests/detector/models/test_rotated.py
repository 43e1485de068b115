"""Rotated boxes: the upright box around each, and its angle, from the file's answer to the survey and its exports."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import herdmap
from detector import models
from detector.detections import Detections
from geo import geopackage
from tests.detector.models.foreign_files import write

SIDE = 320
META = {"names": "{0: 'whale'}", "imgsz": f"[{SIDE}, {SIDE}]", "task": "obb", "stride": "32"}
# Centre, width, height, radians of the width from the x axis (y points down), and the angle of the longer side.
WHALES = [
    (80, 60, 100, 20, 0.5, 28.65),
    (220, 80, 20, 100, 0.5, 118.65),
    (90, 220, 80, 30, -0.25, 165.68),
    (230, 230, 60, 10, 0.0, 0.0),
]


def rows(final: bool) -> NDArray[np.float32]:
    """(1, N, 7): centre, size, score, class, angle after suppression; (1, 6, A) before."""
    found = np.zeros((1, 40 if final else 2100, 7 if final else 6), np.float32)
    for row, (*box, angle, _) in enumerate(WHALES):
        found[0, row] = [*box, 0.9 - row / 10, *([0] if final else []), angle]
    return found if final else np.ascontiguousarray(found.transpose(0, 2, 1))


def model(folder: Path, *, final: bool) -> Path:
    meta = {**META, "end2end": "False", "args": str({"nms": final})}
    answer: dict[str, NDArray[Any]] = {"output0": rows(final)}
    return write(folder / "m.onnx", answer, tiles=(1, 3, SIDE, SIDE), metadata=meta)


def wanted_boxes() -> NDArray[np.float64]:
    """The boxes around the corners of each whale."""
    boxes = []
    for x, y, width, height, angle, _ in WHALES:
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2]
        turned = corners @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) + [x, y]
        boxes.append([*turned.min(axis=0), *turned.max(axis=0)])
    return np.array(boxes)


@pytest.mark.parametrize("final", [False, True])
def test_boxes_and_angles_are_read(tmp_path: Path, final: bool) -> None:
    found = models.load(model(tmp_path, final=final), "cpu").detect(np.zeros((1, SIDE, SIDE, 3), np.uint8))
    found = found[np.argsort(-found.scores)]
    np.testing.assert_allclose(found.boxes, wanted_boxes(), atol=0.01)
    np.testing.assert_allclose(found.angles, [angle for *_, angle in WHALES], atol=0.01)


def test_an_angle_stays_through_the_survey_another_run_and_an_export(tmp_path: Path) -> None:
    Image.fromarray(np.full((SIDE, SIDE, 3), 90, np.uint8)).save(tmp_path / "a.png")
    survey, file = tmp_path / "s.gpkg", model(tmp_path, final=True)
    for score in (0.5, 0.65):
        herdmap.detect(tmp_path / "a.png", survey, model=file, score=score)
        found = geopackage.read_detections(survey)
        best = np.argsort(-found.score)
        wanted = [angle for *_, angle in WHALES][: len(found)]
        assert len(found) == (4 if score == 0.5 else 3)
        np.testing.assert_allclose(found.angle_deg[best], wanted, atol=0.01)
    with pytest.warns(herdmap.HerdmapWarning, match="no place on the earth"):
        herdmap.export(survey, tmp_path / "s.csv")
    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as file_:
        written = sorted(csv.DictReader(file_), key=lambda row: -float(row["score"]))
    assert [float(row["angle_deg"]) for row in written] == pytest.approx(wanted, abs=0.01)


def test_a_stretched_frame_turns_an_angle() -> None:
    found = Detections.of([[0, 0, 10, 10]] * 3, [1] * 3, [0] * 3, angles=[45, 135, np.nan])
    np.testing.assert_allclose(found.scaled(2, 2).angles, [45, 135, np.nan])
    np.testing.assert_allclose(found.scaled(1, 2).angles, [63.435, 116.565, np.nan], atol=0.001)
