"""Records the software and the machine of a run, so that runs can be compared."""

import platform
from importlib import metadata

import detector

LIBRARIES = ("torch", "torchvision", "detectron2", "fastai", "numpy", "pillow", "onnx")


def environment(device: str, processes: int = 1) -> dict[str, str]:
    """The versions, the machine and the device of a run, by name."""
    found = {
        "herdmap": detector.__version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "device": _device_name(device),
        "processes": str(processes),
    }
    for library in LIBRARIES:
        try:
            found[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            continue
    return found


def _device_name(device: str) -> str:
    if device.startswith("cuda"):
        import torch

        return f"{device} ({torch.cuda.get_device_name(device)})"
    return device
