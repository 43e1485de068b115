"""Tells model files of runtimes that Herdmap does not have, and says how to get an ONNX file instead.

Nothing in such a file is run; its name and its first bytes are read.
"""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from geo.paths import StrPath, as_path

_FIRST_BYTES = 4096
_AGAIN = "export the checkpoint that it was made from to ONNX; with Ultralytics: yolo export model=m.pt format=onnx"
_TF = "where tf2onnx is installed, run: python -m tf2onnx.convert --{kind} {name} --output {stem}.onnx"


@dataclass(frozen=True)
class _Format:
    """A format of models.

    Args:
        name: The format.
        endings: Of its files or folders, in small letters.
        is_it: Whether the first bytes of a file are its own.
        answer: What to do. {name} and {stem} are the file's name with and without its ending.
    """

    name: str
    endings: tuple[str, ...]
    is_it: Callable[[bytes], bool]
    answer: str


def _any(held: bytes) -> bool:
    return True


_FORMATS = (
    _Format("TensorFlow Lite", (".tflite", ".lite"), _any, _TF.replace("{kind}", "tflite")),
    _Format("Keras", (".h5", ".hdf5", ".keras"), _any, _TF.replace("{kind}", "keras")),
    _Format(
        "TensorFlow",
        (".pb",),
        _any,
        "where tf2onnx is installed, run: python -m tf2onnx.convert --graphdef {name} --inputs INPUT:0 --outputs "
        "OUTPUT:0,... --output {stem}.onnx; of a SavedModel, give its folder instead",
    ),
    _Format("OpenVINO", (".xml",), lambda held: b"<net" in held and b"<layers" in held, _AGAIN),
    _Format("NCNN", (".param",), lambda held: held.startswith(b"7767517"), _AGAIN),
    _Format("Core ML", (".mlmodel", ".mlpackage"), _any, _AGAIN),
    _Format("TensorRT", (".engine", ".plan", ".trt"), _any, _AGAIN),
    _Format("PaddlePaddle", (".pdmodel", ".pdparams"), _any, _AGAIN),
    _Format("MNN", (".mnn",), _any, _AGAIN),
    _Format("ExecuTorch", (".pte",), _any, _AGAIN),
    _Format("ONNX Runtime's own", (".ort",), _any, _AGAIN),
)
# By a file in it.
_FOLDERS = (
    ("TensorFlow", "saved_model.pb", _TF.replace("{kind}", "saved-model")),
    ("OpenVINO", "*.xml", _AGAIN),
    ("NCNN", "*.param", _AGAIN),
    ("Core ML", "Manifest.json", _AGAIN),
    (
        "Hugging Face's transformers",
        "config.json",
        "where optimum is installed, run: optimum-cli export onnx --model {name} --task object-detection {stem}-onnx; "
        "then use the .onnx file in it, with its card",
    ),
)


def answer_for(path: StrPath) -> str | None:
    """What a file or folder of another runtime is and what to do, in one line; None if it is none of those."""
    path = as_path(path)
    if path.is_dir():
        for name, inside, answer in _FOLDERS:
            if next(path.glob(inside), None) is not None:
                return _said(path, f"a folder of {name}", answer)
        return None
    if _is_torchscript(path):
        return _said(path, "a TorchScript file, which is a program", _AGAIN)
    ending = path.suffix.lower()
    held = _first_bytes(path)
    for kind in _FORMATS:
        if ending in kind.endings and kind.is_it(held):
            return _said(path, f"a model of {kind.name}", kind.answer)
    return None


def _said(path: Path, what: str, answer: str) -> str:
    name, stem = path.name[:60], path.stem[:60]
    return f"{name} is {what}, which Herdmap does not read: {answer.format(name=name, stem=stem)}"


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_FIRST_BYTES)
    except OSError:
        return b""


def _is_torchscript(path: Path) -> bool:
    """Whether a file of torch holds code: `torch.jit.save` puts it into a folder of its own."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile, NotImplementedError):
        return False
    return any("/code/" in name for name in names) and any(name.endswith("constants.pkl") for name in names)
