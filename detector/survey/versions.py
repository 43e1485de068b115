"""The versions of what touches pixels: two versions of GDAL decode one JPEG to other pixels, so counts may differ.

What a cluster's workers have is not known here: a run on a cluster records the versions of the machine that started it.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata

import numpy as np

import detector
from detector.survey.planning import Plan
from geo import raster
from geo.errors import Remark

# By module, the name of what runs models; what a run has loaded.
_FRAMEWORKS = {
    "onnxruntime": "ONNX Runtime",
    "openvino": "OpenVINO",
    "torch": "torch",
    "torchvision": "torchvision",
    "detectron2": "Detectron2",
    "fastai": "fastai",
}
# By GDAL's name of the driver, the package that decodes such photos instead.
_DECODERS = {"HEIF": "pillow-heif", "RAW": "rawpy"}
_MATCHERS = ("opencv-python-headless", "opencv-python")
_SHOWN = 4

Versions = Mapping[str, str]
"""By name, such as `GDAL`, a version."""


def versions(work: Plan) -> Versions:
    """What decodes, scales and searches the images of a plan, once its model is loaded."""
    found = {
        "Herdmap": detector.__version__,
        "GDAL": raster.gdal_version(),
        "rasterio": metadata.version("rasterio"),
        "NumPy": np.__version__,
    }
    for module, name in _FRAMEWORKS.items():
        if version := getattr(sys.modules.get(module), "__version__", None):
            found[name] = str(version)
    drivers = {image.info.driver for image in work.images if image.info is not None}
    found |= _installed(package for driver, package in _DECODERS.items() if driver in drivers)
    return found | (_installed(_MATCHERS) if work.settings.matches_images else {})


def _installed(packages: Iterable[str]) -> dict[str, str]:
    """The versions of those that are there."""
    found = {}
    for name in packages:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def differences(before: Versions, now: Versions) -> list[str]:
    """What both have in another version, as `GDAL 3.6.2 -> 3.9.1`."""
    return [f"{name} {before[name]} -> {now[name]}" for name in now if before.get(name, now[name]) != now[name]]


def said(searched_with: Sequence[Versions], now: Versions) -> list[str]:
    """A line if images were searched with other versions; none if not.

    Args:
        searched_with: The sets of the existing parts.
        now: The versions of this run.
    """
    changed = list(dict.fromkeys(one for before in searched_with for one in differences(before, now)))
    if not changed:
        return []
    more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
    return [
        Remark(
            f"images were searched before with other versions ({', '.join(changed[:_SHOWN])}{more}): they keep what "
            "was found, and counts may differ from a search of all with one set",
            about="fresh",
        )
    ]
