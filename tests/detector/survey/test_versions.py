"""The versions of what touches pixels: recorded with each run, and said where images were searched with others."""

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

import detector
from detector import models, survey
from detector.cli.mends import with_mend
from detector.survey.versions import differences, said
from tests.detector.models.spots import SpotModel
from tests.detector.survey.test_faults import Listening, photos


@pytest.fixture(autouse=True)
def _spots(monkeypatch: pytest.MonkeyPatch) -> None:
    model = SpotModel()
    monkeypatch.setattr(models, "open_model", lambda *_, **__: model)


def run(folder: Path, **how: Any) -> list[str]:
    watcher = Listening()
    survey.detect([folder / "in"], folder / "out.gpkg", watcher=watcher, **how)
    return [text for text in watcher.said if "versions" in text]


def recorded(folder: Path) -> dict[str, str]:
    with closing(sqlite3.connect(folder / "out.gpkg")) as db:
        (text,) = db.execute("SELECT settings FROM runs ORDER BY fid DESC LIMIT 1").fetchone()
    versions: dict[str, str] = json.loads(text)["versions"]
    return versions


def test_a_run_records_what_touches_pixels(tmp_path: Path) -> None:
    photos(tmp_path / "in", 2)
    assert run(tmp_path) == []
    found = recorded(tmp_path)
    assert found["GDAL"] == rasterio.__gdal_version__
    assert (found["rasterio"], found["NumPy"]) == (rasterio.__version__, np.__version__)
    assert found["Herdmap"] == detector.__version__
    if "onnxruntime" in sys.modules:
        assert found["ONNX Runtime"] == sys.modules["onnxruntime"].__version__


def test_parts_of_another_set_are_said_as_long_as_they_are_used(tmp_path: Path) -> None:
    photos(tmp_path / "in", 2)
    run(tmp_path)
    left = tmp_path / "out.herdmap" / "parts" / "last-run.json"
    last = json.loads(left.read_text())
    assert last["searched_with"] == [recorded(tmp_path)]
    last["searched_with"][0]["GDAL"] = "3.6.2"
    left.write_text(json.dumps(last))
    photos(tmp_path / "more", 3)[2].rename(tmp_path / "in" / "2.png")
    for _ in range(2):  # also by the run after the next
        (line,) = run(tmp_path)
        assert f"(GDAL 3.6.2 -> {rasterio.__gdal_version__})" in line
        assert "counts may differ" in line
        assert "--fresh" in with_mend(line)
    assert run(tmp_path, fresh=True) == []
    assert run(tmp_path) == []


def test_what_a_set_lacks_is_no_difference() -> None:
    assert differences({"GDAL": "3.6"}, {"GDAL": "3.6", "torch": "2.9"}) == []
    now = dict.fromkeys("abcdefgh", "2")
    (line,) = said([dict.fromkeys(now, "1")], now)
    assert "a 1 -> 2, b 1 -> 2, c 1 -> 2, d 1 -> 2 and 4 more" in line
    assert len(line) < 300
