"""Which files make a model: recognised by any one of them, or said what was found and what is needed."""

import hashlib
import importlib.machinery
import subprocess
from pathlib import Path

import pytest

from detector import models
from detector.errors import MissingLibraryError, ModelError
from detector.models.files import Card, read_card, recognise, write_card
from detector.models.info import ModelInfo
from tests.command_line import ENVIRONMENT, PROCESS

CARD = """
framework = "{framework}"
architecture = "fcos_resnet50_fpn"
classes = ["cow", "élan"]
tile_size = 128
overlap = 16
gsd_m = 0.02
score_threshold = {{ cow = 0.4, "élan" = 0.6 }}
licence = "MIT"
detections_per_tile = 50
"""


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_bytes(b"x")


def card(folder: Path, name: str, framework: str = "torchvision") -> Path:
    path = folder / name
    path.write_text(CARD.format(framework=framework), encoding="utf-8")
    return path


@pytest.mark.parametrize("named", ["m.pth", "m.toml"])
@pytest.mark.parametrize("framework", ["torchvision", "fastai"])
def test_a_checkpoint_with_its_card(tmp_path: Path, named: str, framework: str) -> None:
    touch(tmp_path, "m.pth", "m.txt", "other.pt")
    card(tmp_path, "m.toml", framework)
    files = recognise(tmp_path / named)
    assert files.framework == framework
    assert files.all == (tmp_path / "m.pth", tmp_path / "m.toml")
    assert files.card is not None
    assert files.card.info.classes == ("cow", "élan")
    assert files.card.info.thresholds().tolist() == pytest.approx([0.4, 0.6])
    assert (files.card.info.name, files.card.info.gsd_m, files.card.architecture) == ("m", 0.02, "fcos_resnet50_fpn")
    assert files.card.settings == {"detections_per_tile": 50}


@pytest.mark.parametrize("named", ["m.yaml", "m.pth"])
@pytest.mark.parametrize("with_card", [False, True])
def test_a_detectron2_config(tmp_path: Path, named: str, with_card: bool) -> None:
    touch(tmp_path, "m.yaml", "m.pth")
    if with_card:
        card(tmp_path, "m.toml", "detectron2")
    files = recognise(tmp_path / named)
    assert (files.framework, files.path, files.weights) == ("detectron2", tmp_path / "m.yaml", tmp_path / "m.pth")
    assert (files.card is not None) == with_card


@pytest.mark.parametrize(
    ("names", "named", "words"),
    [
        (["m.pth"], "m.pth", r"does not say what model it belongs to: put m\.toml beside it"),
        (["m.pkl", "other.toml"], "m.pkl", r"put m\.toml beside it"),
        (["m.txt"], "m.txt", r"not a model file that Herdmap knows: expected an \.onnx"),
        (["m.xml"], "m.xml", r"not a model file that Herdmap knows: expected an \.onnx"),
        (["m"], "m", "not a model file that Herdmap knows"),
    ],
)
def test_what_is_none_is_said(tmp_path: Path, names: list[str], named: str, words: str) -> None:
    touch(tmp_path, *names)
    with pytest.raises(ModelError, match=words):
        models.load(tmp_path / named)


def test_a_card_alone_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no checkpoint beside it; expected m\.safetensors or m\.pth"):
        recognise(card(tmp_path, "m.toml"))
    with pytest.raises(ModelError, match=r"its config is missing; expected m\.yaml"):
        recognise(card(tmp_path, "m.toml", "detectron2"))
    touch(tmp_path, "m.yaml")
    card(tmp_path, "m.toml", "fastai")
    with pytest.raises(ModelError, match=r"framework is 'fastai', but m\.yaml beside it"):
        recognise(tmp_path / "m.yaml")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('framework = "torchvision"', "", "framework is None: expected one of torchvision"),
        ('framework = "torchvision"', 'framework = "keras"', "framework is 'keras'"),
        ('classes = ["cow", "élan"]', "", "lacks 'classes'"),
        ('classes = ["cow", "élan"]', 'classes = "cow"', "classes is 'cow': expected a list"),
        ('classes = ["cow", "élan"]', 'classes = ["cow", "cow"]', "each name once"),
        ("tile_size = 128", "", "lacks 'tile_size'"),
        ("tile_size = 128", 'tile_size = "128"', "tile_size '128': expected a whole number"),
        ("tile_size = 128", "tile_size = 5", "5 px: expected 16 to 16384"),
        ("overlap = 16", "overlap = ]", "not TOML"),
        ('"fcos_resnet50_fpn"', "7", "architecture is 7"),
    ],
)
def test_a_card_that_cannot_be_used_is_said(tmp_path: Path, before: str, after: str, words: str) -> None:
    path = card(tmp_path, "m.toml")
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(ModelError, match=words) as refused:
        read_card(path)
    assert "m.toml" in str(refused.value)


@pytest.mark.parametrize("missing", ["torch", "torchvision"])
def test_a_framework_that_is_missing_is_named_by_its_install_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    there = importlib.machinery.ModuleSpec(missing, None)
    monkeypatch.setattr("detector.models.libraries.find_spec", lambda name: None if name == missing else there)
    touch(tmp_path, "m.pth")
    card(tmp_path, "m.toml")
    with pytest.raises(MissingLibraryError, match=rf"m\.pth needs {missing}.*pip install 'herdmap\[torch\]'"):
        models.load(tmp_path / "m.pth")


def test_the_digest_of_a_model_is_that_of_all_its_files(tmp_path: Path) -> None:
    touch(tmp_path, "a", "b")
    one = hashlib.sha256(b"x").digest()
    assert models.sha256_of(tmp_path / "a") == one.hex()
    assert models.sha256_of(tmp_path / "a", tmp_path / "b") == hashlib.sha256(one + one).hexdigest()


def test_a_refusal_is_one_line_of_the_command_line(tmp_path: Path) -> None:
    touch(tmp_path, "m.pth")
    done = subprocess.run([*PROCESS, "model", tmp_path / "m.pth"], capture_output=True, text=True, env=ENVIRONMENT)
    assert done.returncode == 2
    assert done.stderr.startswith("herdmap: m.pth is a checkpoint")
    assert done.stderr.count("\n") == 1


def test_a_portable_file_is_not_exported_again(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")
    command = [*PROCESS, "export-model", "sheep", "-o", str(tmp_path / "m.onnx")]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "sheep.onnx is a portable file already" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_card_that_is_written_reads_as_the_same(tmp_path: Path) -> None:
    info = ModelInfo(
        kind="detector",
        name='a "name" \\ \x7f\n',
        classes=("élan", "a.b = [c]", "zebra"),
        tile_size=640,
        gsd_m=0.025,
        score_threshold={"élan": 0.5, "a.b = [c]": 0.25, "zebra": 1e-07},
        metrics={"flight 1": {"f1": 0.96, "photos": 12, "whole": True}, "kinds": ["x", 1]},
    )
    card = Card(tmp_path / "m.toml", "detectron2", "arch", info, {"precision": "float32"})
    write_card(card)
    assert read_card(card.path) == card
    assert [path.name for path in tmp_path.iterdir()] == ["m.toml"]
