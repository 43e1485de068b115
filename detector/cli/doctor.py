"""The report of `herdmap doctor`: what is installed, what is missing, and on which device models run."""

import platform
import sys
from importlib import metadata
from importlib.util import find_spec

import detector
from detector.models.libraries import INSTALL
from geo.errors import one_line
from geo.machine import cores

CORE = ("numpy", "onnxruntime", "rasterio", "pyogrio", "shapely", "pyproj", "click", "tqdm", "pillow", "psutil")
# Optional library: (what it is for, the command that installs it).
OPTIONAL = {
    "torch": ("training, and models of training frameworks", INSTALL["torch"]),
    "torchvision": ("torchvision models", INSTALL["torchvision"]),
    "onnx": ("training, and converting models", INSTALL["onnx"]),
    "safetensors": ("model weights that cannot contain code", INSTALL["safetensors"]),
    "fastai": ("fastai tile classifiers", INSTALL["fastai"]),
    "detectron2": ("Detectron2 models", INSTALL["detectron2"]),
    "pillow_heif": ("reading HEIC photos", "pip install 'herdmap[photos]'"),
    "rawpy": ("reading camera RAW", "pip install 'herdmap[photos]'"),
    "cv2": ("matching photos by their pixels", "pip install 'herdmap[matching]'"),
    "openvino": ("searching faster on processors with bfloat16", INSTALL["openvino"]),
    "ray": ("searching on a cluster", "pip install 'herdmap[ray]'"),
    "mlflow": ("tracking of training", "pip install 'herdmap[tracking]'"),
    "tensorboard": ("tracking of training", "pip install 'herdmap[tracking]'"),
    "matplotlib": ("pictures of schedules and runs", "pip install 'herdmap[tracking]'"),
}


def report() -> tuple[str, bool]:
    """The report's text, and whether detecting works here."""
    lines = [
        f"herdmap       {detector.__version__}",
        f"python        {platform.python_version()} ({sys.executable})",
        f"system        {platform.platform()}, {cores()} cores",
    ]
    missing = []
    for name in CORE:
        try:
            lines.append(f"{name:13} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            # ONNX Runtime's GPU build has another name for the same module.
            if name == "onnxruntime" and find_spec(name):
                lines.append(f"{name:13} installed (GPU build)")
                continue
            missing.append(name)
            lines.append(f"{name:13} MISSING: pip install herdmap")
    healthy = not missing and _try_model(lines)
    for name, (purpose, install) in OPTIONAL.items():
        if find_spec(name):
            lines.append(f"{name:13} {_version(name)}, for {purpose}")
        else:
            lines.append(f"{name:13} not installed; you only need it for {purpose}: {install}")
    lines.append("all that detecting needs is installed" if healthy else "detecting does not work here; see above")
    return "\n".join(lines), healthy


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "installed"


def _try_model(lines: list[str]) -> bool:
    """Run the bundled model on an empty tile, because versions alone do not show that it runs. Adds to `lines`."""
    import numpy as np

    from detector import models
    from detector.models import onnx_session

    lines.append(f"providers     {', '.join(onnx_session.providers())}")
    try:
        model = models.load()
        model.detect(np.zeros((1, model.info.tile_size, model.info.tile_size, 3), np.uint8))
    except Exception as error:
        lines.append(f"model         FAILED: {one_line(error)}")
        return False
    lines.append(f"model         {model.info.name} runs on {model.device}")
    return True
