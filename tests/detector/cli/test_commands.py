"""The other commands, the help, and a list of paths."""

from pathlib import Path

import numpy as np
import pytest

import detector
from detector.cli import herdmap as commands
from geo import geopackage
from tests.command_line import Ended, HerdmapHere, everything_in, write_model, write_photos


def test_a_list_of_paths_and_names_with_spaces(tmp_path: Path, here: HerdmapHere, wide_scene: np.ndarray) -> None:
    write_photos(tmp_path / "my photos", wide_scene, 2)
    (tmp_path / "list.txt").write_text("# two of them\n\nmy photos/photo 001.jpg\nmy photos/photo 000.jpg\n")
    end = here("detect", f"@{tmp_path / 'list.txt'}", "-o", tmp_path / "out here.gpkg", "--progress", "none")
    assert (end.code, end.err) == (0, "")
    assert end.out.startswith(f"{tmp_path / 'out here.gpkg'}: ")
    paths = geopackage.read_images(tmp_path / "out here.gpkg").path
    assert paths == ["my photos/photo 001.jpg", "my photos/photo 000.jpg"]


def test_simulate_makes_what_detect_takes(tmp_path: Path, here: HerdmapHere) -> None:
    small = ("--width", 12, "--height", 9, "--animals", 5)
    for name in ("a", "b"):
        end = here("simulate", "-o", tmp_path / name, "--seed", 4, *small)
        assert (end.code, end.err) == (0, "")
        assert "5 sheep" in end.out
        assert "truth.gpkg" in end.out
    assert here("simulate", "-o", tmp_path / "c", "--seed", 5, *small).code == 0
    mosaics = [everything_in(tmp_path / name)["orthomosaic.tif"] for name in "abc"]
    assert mosaics[0] == mosaics[1] != mosaics[2]
    output = tmp_path / "out.gpkg"
    regions = tmp_path / "a" / "regions.gpkg"
    assert here("detect", tmp_path / "a" / "orthomosaic.tif", "-o", output, "--regions", regions).code == 0


def test_model_says_what_is_in_a_file(here: HerdmapHere, tmp_path: Path) -> None:
    end = here("model", "sheep")
    assert (end.code, end.err) == (0, "")
    assert {line.split(":")[0] for line in end.out.splitlines()} >= {"name", "classes", "sha256", "licence", "metrics"}
    assert "CC0" in end.out
    own = write_model(tmp_path / "m.onnx", ["cow", "élan"], gsd_m=0.02, score_threshold={"cow": 0.4, "élan": 0.6})
    end = here("model", own)
    assert "cow, élan" in end.out
    assert "2 cm per pixel" in end.out


def test_doctor_tries_the_model(here: HerdmapHere, monkeypatch: pytest.MonkeyPatch) -> None:
    end = here("doctor")
    assert (end.code, end.err) == (0, "")
    for word in (
        detector.__version__,
        "onnxruntime",
        "rasterio",
        "sheep runs on",
        "all that detecting needs is installed",
    ):
        assert word in end.out
    from detector import models

    monkeypatch.setattr(models, "BUNDLED", Path("nowhere"))
    end = here("doctor")
    assert end.code != 0
    assert "FAILED" in end.out
    assert "Traceback" not in end.out


@pytest.mark.parametrize("command", [None, *sorted(commands.commands)])
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help(here: HerdmapHere, command: str | None, flag: str) -> None:
    end = here(*([command] if command else []), flag)
    assert (end.code, end.err) == (0, "")
    assert end.out.startswith("Usage: herdmap")


def test_without_a_command_the_help_is_shown(here: HerdmapHere) -> None:
    end = here()
    assert (end.code, end.out) == (2, "")
    assert end.err.startswith("Usage: herdmap")
    assert len(end.problems) > 5


def test_version(here: HerdmapHere) -> None:
    assert here("--version") == Ended(0, f"herdmap, version {detector.__version__}\n", "")
