"""The page for people who come from notebooks: its configs are read, its schedule is drawn, its commands are run."""

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detector.cli import herdmap
from detector.search.tiles import TileGrid
from detector.training.config import load_config
from detector.training.preview import preview
from tests import ROOT
from tests.command_line import HerdmapHere
from tests.detector.cli.conftest import here
from tests.detector.training.mlflow_server import TOKEN, Hosted
from tests.surveys.blob import blobs

__all__ = ["here"]  # a fixture

PAGE = (ROOT / "docs" / "notebooks.md").read_text(encoding="utf-8")
NAMES = ("gate", "herd", "retrain")


@pytest.fixture
def configs(tmp_path: Path) -> dict[str, Path]:
    """The page's configs as files, in its order."""
    blocks = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    paths = {}
    for name, text in zip(NAMES, blocks, strict=True):
        paths[name] = tmp_path / f"{name}.toml"
        paths[name].write_text(text, encoding="utf-8")
    return paths


def test_its_configs_are_read_and_say_what_the_page_says(configs: dict[str, Path]) -> None:
    gate, detector, retrained = (load_config(configs[name]) for name in NAMES)
    assert len(TileGrid(6000, 4000, detector.output.tile_size, detector.output.overlap)) == 54
    assert len(detector.classes) == 20
    assert set(detector.classes) - set(retrained.classes) == {"boma"}
    assert retrained.start_from == configs["retrain"].parent / "run" / "detector.pt"
    assert (gate.rest, detector.rest, retrained.rest) == ("animal", "other_animal", "")
    assert (detector.split, detector.tiles, detector.data) == (retrained.split, retrained.tiles, retrained.data)
    for config in (gate, detector, retrained):
        assert not config.schedule.shortened
        assert config.schedule.crop_px == config.output.tile_size


def test_its_schedule_is_drawn_without_detectron2_and_is_detectron2s(configs: dict[str, Path]) -> None:
    found = preview(configs["herd"])
    assert [float(found.rates[step]) for step in (0, 1000, 3499, 3500, 3800)] == pytest.approx(
        [2e-6, 2e-3, 2e-3, 2e-4, 2e-5]
    )
    assert int(np.argmax(found.rates)) == 1000
    assert [doubt for doubt in found.doubts if "data cannot be read" not in doubt] == []


COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines() if line.strip()
]


def test_its_commands_can_be_typed() -> None:
    lines = [line for line in COMMANDS if line.startswith("herdmap ")]
    assert [line.split()[0] for line in COMMANDS if line not in lines] == ["mlflow", "export"]
    assert len(lines) > 6
    for line in lines:
        name, *rest = shlex.split(line, comments=True)[1:]
        herdmap.commands[name].make_context(name, rest, **herdmap.context_settings)


KINDS = ["cow", "zebra", "boma", "topi"]
# What makes the page's runs small. Herdmap's own network stands for Detectron2's, which need not be installed.
SMALLER = {
    r"^steps = \d+": "steps = 3",
    r"^milestones = .*": "milestones = [2]",
    r"^batch = \d+": "batch = 2",
    r"^warm_up_steps = \d+": "warm_up_steps = 1",
    r"^(crop_px|tile_size) = \d+": r"\1 = 64",
    r"^overlap = \d+": "overlap = 16",
    r"^resize = \d+": "resize = 32",
    r'^architecture = "resnet50"': 'architecture = "resnet18"\nweights = "none"',
    r'^framework = "detectron2"': 'framework = "compact"',
    r"^config = .*": "stem = 16\nwidths = [16, 16, 16]\ndepths = [1, 1, 1]\nhead = 16",
    r"^weights = .*pkl.*\n": "",
    r"\Z": "[tracking]\nmlflow = false\ntensorboard = false\n",
}
SMALLER_LINES = {"run/retrained.yaml": "run/retrained.onnx", "detect photos": "detect test"}


def photos(folder: Path, flights: int, each: int) -> list[tuple[str, list[tuple[list[int], str]]]]:
    """Photos of some flights in `folder`, each with its boxes (xyxy px) and their classes."""
    folder.mkdir(parents=True)
    made = []
    for flight in range(flights):
        for number in range(each):
            rng = np.random.default_rng((flight, number))
            pixels, placed = blobs(rng, 100, 80, KINDS)
            name = f"{folder.name}{flight}_{number}.png"
            Image.fromarray(pixels).save(folder / name)
            made.append((name, placed))
    return made


def survey(folder: Path) -> None:
    """`cvat` with photos and Pascal VOC files, and `test` with photos and a COCO file, as the page names them."""
    box = "<bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox>"
    (folder / "cvat" / "Annotations").mkdir(parents=True)
    for name, placed in photos(folder / "cvat" / "JPEGImages", 3, 2):
        objects = "".join(f"<object><name>{kind}</name>{box.format(*at)}</object>" for at, kind in placed)
        text = f"<annotation><filename>{name}</filename><size><width>100</width><height>80</height></size>{objects}"
        (folder / "cvat" / "Annotations" / name).with_suffix(".xml").write_text(f"{text}</annotation>")
    document: dict[str, list[dict[str, object]]] = {
        "images": [],
        "annotations": [],
        "categories": [{"id": i, "name": kind} for i, kind in enumerate(KINDS)],
    }
    for name, placed in photos(folder / "test", 1, 2):
        image = len(document["images"])
        document["images"].append({"id": image, "file_name": name, "width": 100, "height": 80})
        for (x0, y0, x1, y1), kind in placed:
            one = {"id": len(document["annotations"]), "image_id": image, "category_id": KINDS.index(kind)}
            document["annotations"].append({**one, "bbox": [x0, y0, x1 - x0, y1 - y0]})
    (folder / "test.json").write_text(json.dumps(document))


@pytest.mark.usefixtures("one_thread")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:mlflow")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:sqlalchemy")
def test_its_commands_are_run_in_its_order(
    configs: dict[str, Path], here: HerdmapHere, hosted: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All but those for a learner that somebody exported, and for a TridentNet (see `test_branches.py`). `hosted` is
    MLflow's server, which wants a token.
    """
    pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")
    pytest.importorskip("fastai", reason="the fastai extra is not installed: pip install 'herdmap[fastai]'")
    pytest.importorskip("matplotlib", reason="the tracking extra is not installed: pip install 'herdmap[tracking]'")
    for path in configs.values():
        text = 'device = "cpu"\nworkers = 0\n' + path.read_text(encoding="utf-8")
        for pattern, new in SMALLER.items():
            text = re.sub(pattern, new, text, flags=re.MULTILINE)
        path.write_text(text, encoding="utf-8")
    folder = configs["gate"].parent
    survey(folder)
    monkeypatch.chdir(folder)
    for line in COMMANDS:
        if any(part in line for part in ("export-model", "--compare-branches", "mlflow server")):
            continue
        if line.startswith("export "):
            for name, value in (pair.split("=") for pair in shlex.split(line)[1:]):
                monkeypatch.setenv(name, value.replace("http://127.0.0.1:5000", hosted.uri))
            monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", TOKEN)
            monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")  # a busy machine answers late
            reported = configs["herd"].read_text(encoding="utf-8").replace("mlflow = false", "mlflow = true")
            configs["herd"].write_text(f"{reported}every_steps = 1\n", encoding="utf-8")
            continue
        for written, small in SMALLER_LINES.items():
            line = line.replace(written, small)
        if "--extend" in line:
            text = configs["herd"].read_text(encoding="utf-8")
            configs["herd"].write_text(text.replace("steps = 3", "steps = 5"), encoding="utf-8")
        done = here(*shlex.split(line)[1:])
        assert done.code == 0, f"{line}: {done.err}"
        assert "MLflow failed" not in done.err
    for made in (
        "lr.png",
        "run/gate.onnx",
        "run/detector.onnx",
        "report/metrics.json",
        "survey.gpkg",
        "for-colleagues",
    ):
        assert (folder / made).exists(), made
    note = (folder / "run" / "retrained.start.txt").read_text(encoding="utf-8")
    assert note.endswith("new: none; removed: boma\n")
    run = json.loads((folder / "run" / "detector.mlflow.json").read_text(encoding="utf-8"))
    assert reported_to(hosted, run["run_id"]) == {"run": "detector", "experiment": "herd", "steps": [4, 5]}


def reported_to(hosted: Hosted, run_id: str) -> dict[str, object]:
    """What a hosted MLflow knows of a run, asked with its token."""
    from mlflow.tracking import MlflowClient

    asking = MlflowClient(hosted.uri)
    run = asking.get_run(run_id)
    return {
        "run": run.info.run_name,
        "experiment": asking.get_experiment(run.info.experiment_id).name,
        "steps": [point.step for point in asking.get_metric_history(run_id, "loss")],
    }
