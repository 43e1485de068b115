"""Who may import whom, and where each heavy library lives."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Library: the places, relative to the root, that may import it.
HOMES = {
    "torch": ("detector/models/", "detector/training/"),
    "torchvision": ("detector/models/", "detector/training/"),
    "fastai": ("detector/models/", "detector/training/"),
    "detectron2": ("detector/models/", "detector/training/"),
    "onnxruntime": ("detector/models/",),
    "onnx": ("detector/models/", "detector/training/"),
    "mlflow": ("detector/training/mlflow.py",),
    "tensorboard": ("detector/training/tensorboard.py",),
    "matplotlib": ("detector/training/plot.py",),
    "ray": ("detector/survey/ray_engine.py",),
    "fsspec": ("detector/search/storage.py",),
    "rasterio": ("geo/raster/read.py",),
    "pyogrio": ("geo/geopackage/survey.py",),
    "cv2": ("geo/overlaps/pixels.py",),
    "pycocotools": ("detector/evaluation/average_precision.py",),
    "qgis": ("qgis_plugin/",),
    "click": ("detector/cli/", "detector/cli/console.py"),
}
GEO_IN_DETECTOR = ("detector/survey/", "detector/evaluation/", "detector/cli/", "detector/errors.py")


def imports() -> Iterator[tuple[str, str, bool]]:
    """(file, module, whether at the top of the file) of every import of the project's packages.

    The plugin's own files import one another relatively, as its folder has another name where it is installed; those
    are left out.
    """
    for package in ("detector", "geo", "qgis_plugin"):
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            top = set(map(id, tree.body))
            for node in ast.walk(tree):
                name = path.relative_to(ROOT).as_posix()
                if isinstance(node, ast.Import):
                    yield from ((name, alias.name, id(node) in top) for alias in node.names)
                elif isinstance(node, ast.ImportFrom):
                    if package == "qgis_plugin" and node.level:
                        continue
                    assert node.level == 0, f"{name}: imports are absolute"
                    yield name, node.module or "", id(node) in top


def test_packages_import_only_what_they_may() -> None:
    wrong = []
    for file, module, _ in imports():
        package = module.split(".")[0]
        if file.startswith("geo/") and package in ("detector", "qgis_plugin"):
            wrong.append((file, module))
        if file.startswith("detector/") and package == "geo" and not file.startswith(GEO_IN_DETECTOR):
            wrong.append((file, module))
        if file.startswith("qgis_plugin/") and package not in {"qgis", *sys.stdlib_module_names}:
            wrong.append((file, module))
    assert not wrong


def test_each_heavy_library_has_one_home() -> None:
    wrong = [
        (file, module)
        for file, module, _ in imports()
        if (home := HOMES.get(module.split(".")[0])) and not file.startswith(home)
    ]
    assert not wrong


@pytest.mark.parametrize("code", ["import detector", "import geo", "from detector.cli import main; main(['--help'])"])
def test_nothing_heavy_is_loaded_before_it_is_needed(code: str) -> None:
    heavy = ("torch", "rasterio", "onnxruntime", "pyogrio", "shapely", "numpy", "cv2")
    script = f"""
import sys
try:
    {code}
except SystemExit as end:
    assert not end.code, end.code
print([m for m in {heavy!r} if m in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
    files = [p for package in ("detector", "geo", "qgis_plugin") for p in (ROOT / package).rglob("*.py")]
    assert not [p for p in files if p.stem in empty]


def test_the_plugin_can_be_read_by_the_oldest_python_of_a_qgis() -> None:
    """QGIS 3.22 comes with Python 3.9 on Windows."""
    for path in (ROOT / "qgis_plugin").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        ast.parse(text, str(path), feature_version=(3, 9))
        assert "from __future__ import annotations" in text, f"{path}: annotations as text, for Python 3.9"
