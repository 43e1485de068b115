"""Model files of other runtimes get one line that says how to get an ONNX file; nothing in them is run."""

import warnings
from pathlib import Path

import pytest

from detector import models
from detector.errors import ModelError

KERAS, LITE, AGAIN = "tf2onnx.convert --keras m.", "tf2onnx.convert --tflite m.tflite", "yolo export model="
FILES = {
    "m.h5": (b"\x89HDF\r\n", KERAS),
    "m.keras": (b"PK", KERAS),
    "m.tflite": (b"\x1c\0\0\0TFL3", LITE),
    "m.pb": (b"", "--graphdef m.pb"),
    "m.xml": (b'<?xml version="1.0"?><net name="m" version="11"><layers>', AGAIN),
    "m.param": (b"7767517\n", AGAIN),
    "m.mlmodel": (b"", AGAIN),
    "m.engine": (b"", AGAIN),
    "m.MNN": (b"", AGAIN),
}
FOLDERS = {
    "saved/saved_model.pb": "tf2onnx.convert --saved-model saved",
    "m_openvino_model/m.xml": AGAIN,
    "m_ncnn_model/model.param": AGAIN,
    "m.mlpackage/Manifest.json": AGAIN,
    "rtdetr/config.json": "optimum-cli export onnx --model rtdetr",
}


def refused(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        models.load(path, device="cpu")
    said = str(caught.value)
    assert said.startswith(f"{path.name} is ")
    assert "which Herdmap does not read" in said
    assert len(said) < 300
    assert "\n" not in said
    return said


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_told(tmp_path: Path, name: str) -> None:
    held, said = FILES[name]
    (tmp_path / name).write_bytes(held)
    assert said in refused(tmp_path / name)


@pytest.mark.parametrize("name", FOLDERS)
def test_each_folder_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_bytes(b"")
    assert FOLDERS[name] in refused((tmp_path / name).parent)


def test_torchscript_is_told_and_not_run(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch itself advises against TorchScript
        torch.jit.save(torch.jit.trace(torch.nn.Identity(), torch.zeros(1)), tmp_path / "m.pt")
    assert "TorchScript" in refused(tmp_path / "m.pt")
