"""TridentNet's middle branch against all of them, through `herdmap evaluate --compare-branches`."""

import json
from pathlib import Path

import pytest

from tests.command_line import HerdmapHere
from tests.surveys.blob import write_photos


def arguments(folder: Path, model: str) -> list[str]:
    write_photos(folder / "south", 2, "south", 2, ["cow", "zebra"], size=(160, 160))
    data = ["--data", str(folder / "south" / "labels.json"), "--images", str(folder / "south" / "pictures")]
    return ["evaluate", "--model", model, *data, "-o", str(folder / "report"), "--compare-branches"]


def test_a_model_without_branches_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = HerdmapHere(capsys)(*arguments(tmp_path, "sheep"))
    assert done.code == 2
    assert "only a TridentNet has branches" in done.err
    assert not (tmp_path / "report").exists()


@pytest.mark.timeout(1800)
def test_both_branches_are_judged_and_timed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # First what is missing more often: to load torch takes seconds.
    pytest.importorskip("detectron2", reason="Detectron2 is not installed")
    pytest.importorskip("torch")
    from tests.detector.models.detectron2_models import TRIDENTNET, write_model

    done = HerdmapHere(capsys)(*arguments(tmp_path, str(write_model(tmp_path, TRIDENTNET))))
    assert done.code == 0, done.err
    head, middle, every = done.out.splitlines()
    assert head.split() == ["branch", "animals", "counted", "F1", "AP50", "tiles/s"]
    assert (middle.split()[0], every.split()[0]) == ("middle", "all")
    assert middle.split()[1] == every.split()[1]
    assert float(middle.split()[-1]) > float(every.split()[-1]) > 0
    said = [json.loads((tmp_path / "report" / b / "metrics.json").read_text()) for b in ("middle", "all")]
    assert said[0]["model"]["sha256"] != said[1]["model"]["sha256"]
    assert (tmp_path / "report" / "all" / "report.html").is_file()
