"""The check of a GPU runs on the processor too, so that it is known to run when somebody has a GPU."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.gpu import BUNDLED, CUDA, TENSORRT, TORCH, YOLO_SIZE
from tests import ROOT
from tests.command_line import pasture, write_mosaic


def measured(folder: Path, model: str, *engines: str) -> list[dict[str, Any]]:
    image = write_mosaic(folder / "mosaic.tif", pasture(400, 300, 4))
    command = [
        *(sys.executable, "-m", "benchmarks.gpu", "--device", "cpu", "--image", str(image), "--tile", "224"),
        *("--copies", "1", "--batch", "2", "--seconds", "0.1", "--json", str(folder / "gpu.json"), "--models", model),
        *("--engines", *engines),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=500, check=False)
    assert done.returncode == 0, done.stderr
    runs: list[dict[str, Any]] = json.loads((folder / "gpu.json").read_text(encoding="utf-8"))["runs"]
    return runs


def test_a_portable_file_is_measured_bare_and_end_to_end_and_what_is_missing_is_said(tmp_path: Path) -> None:
    run, refused = measured(tmp_path, BUNDLED.name, CUDA, TENSORRT)
    assert run["end_tiles"] == 6
    assert run["animals"] > 0
    assert min(run["bare_tiles_s"], run["end_tiles_s"]) > 0
    assert "TensorrtExecutionProvider is not there" in refused["reason"]


def test_a_network_of_torch_is_measured_bare_and_end_to_end(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")
    (run,) = measured(tmp_path, YOLO_SIZE.name, TORCH)
    assert run["end_tiles"] == 6
    assert min(run["bare_tiles_s"], run["end_tiles_s"]) > 0
