"""An evaluation of a model that finds points judges by centre alone, within the radius that is asked for."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detector.evaluation.evaluate import Judging, evaluate
from tests.detector.models.test_points import dots, scattered

ANIMALS = 12


@pytest.mark.parametrize(("radius", "right"), [("4px", ANIMALS), ("2px", ANIMALS // 2)])
def test_points_are_judged_by_centre_alone(tmp_path: Path, radius: str, right: int) -> None:
    pixels, middles = scattered(180, 150, ANIMALS, 1)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    # Half of the labels lie 3 px beside their animal. All are boxes of 8 px, which no square of 20 px resembles.
    places = middles + np.where(np.arange(ANIMALS)[:, None] % 2, [3.0, 0.0], 0.0)
    labels = {
        "images": [{"id": 1, "file_name": "a.png", "width": 180, "height": 150}],
        "categories": [{"id": 1, "name": "sheep"}],
        "annotations": [
            {"id": i, "image_id": 1, "category_id": 1, "bbox": [max(x - 4, 0), max(y - 4, 0), 8, 8]}
            for i, (x, y) in enumerate(places.tolist(), 1)
        ],
    }
    (tmp_path / "labels.json").write_text(json.dumps(labels), encoding="utf-8")
    done = evaluate(
        dots(tmp_path),
        tmp_path / "labels.json",
        tmp_path,
        tmp_path / "out",
        judging=Judging(radius=radius),
        device="cpu",
    )
    assert done is not None
    sheep = done.metrics["classes"]["sheep"]
    assert abs(sheep["centre"]["found"] - right) <= 1  # a label at the photo's edge is cut, so its middle moves
    low, high = (0.8, 1.0) if right == ANIMALS else (0.1, 0.6)
    assert low < sheep["average_precision_by_centre"] <= high
    assert sheep["average_precision"] is None
    assert "iou" not in sheep
    head = done.summary().splitlines()[0]
    assert "AP50" not in head
    assert "also AP" in head
    page = (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert "AP by centre" in page
    assert "IoU" not in page
    assert "by iou" not in page
