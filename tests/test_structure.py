"""Who may import whom, and where each heavy library lives."""

import ast
import graphlib
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pytest

from tests import ROOT
from tests.python_files import parsed, walked

# Library: the places, relative to the root, that may import it.
HOMES = {
    "torch": ("detector/models/", "detector/training/", "detector/teaching/"),
    "torchvision": ("detector/models/", "detector/training/"),
    "fastai": ("detector/models/", "detector/training/"),
    "detectron2": ("detector/models/", "detector/training/"),
    "onnxruntime": ("detector/models/",),
    "onnx": ("detector/models/", "detector/training/"),
    "mlflow": ("detector/training/mlflow.py",),
    "tensorboard": ("detector/training/tensorboard.py",),
    "matplotlib": ("detector/training/plot.py",),
    "ray": ("detector/survey/ray_cluster.py",),
    "fsspec": ("detector/search/storage.py",),
    "PIL": ("geo/raster/write.py", "detector/models/fastai.py", "detector/training/", "detector/teaching/blocks.py"),
    "openvino": ("detector/models/openvino_calls.py",),
    "psutil": ("geo/machine.py",),
    "rasterio": ("geo/raster/",),
    "rawpy": ("geo/raster/camera_photos.py",),
    "pillow_heif": ("geo/raster/camera_photos.py",),
    "pyogrio": ("geo/vector.py",),
    "cv2": ("geo/overlaps/pixels.py",),
    "pycocotools": ("detector/evaluation/average_precision.py",),
    "qgis": ("qgis_plugin/",),
    "osgeo": ("qgis_plugin/image_file.py", "qgis_plugin/search/pixels.py"),
    "click": ("detector/cli/",),
    "pandas": ("herdmap/tables.py",),
    "geopandas": ("herdmap/tables.py",),
}
# The rooms of the house, floor by floor from the top: a room imports only rooms of lower floors.
FLOORS = """
herdmap.importing  herdmap.teaching
herdmap.counting  herdmap.detecting  herdmap.exporting  herdmap.learning  herdmap.simulating
herdmap.model  herdmap.surveys
herdmap.news  herdmap.tables

detector.__main__
detector.cli
detector.teaching
detector.training
detector.evaluation
detector.survey
detector.search
detector.models  detector.labels
detector.toml_tables  detector.detections  detector.progress  detector.bundle
detector.errors  detector.stop_signals

geo.exports
geo.estimate  geo.report  geo.reviews  geo.share
geo.two_searches  geo.compared_surveys  geo.planned_transects
geo.audit
geo.counted
geo.geopackage
geo.estimates
geo.overlaps
geo.photos  geo.simulation  geo.search_area  geo.region_reach
geo.raster  geo.regions
geo.vector
geo.georeference  geo.standing  geo.wellformed
geo.csv_table
geo.vector_formats
geo.searches
geo.rpc  geo.tables  geo.areas
geo.stored_pictures
geo.output
geo.antimeridian  geo.text_encoding
geo.counting_rule  geo.searched_cells  geo.paths  geo.file_lock  geo.boxes  geo.components  geo.geojson
geo.added_columns  geo.gdal_drivers  geo.foreign_database  geo.crashed_database  geo.machine  geo.short_number
geo.circular_garbage
geo.process_tree  geo.pyogrio_start
geo.errors

qgis_plugin.plugin
qgis_plugin.provider
qgis_plugin.panel
qgis_plugin.search
qgis_plugin.review
qgis_plugin.algorithms  qgis_plugin.survey_dock
qgis_plugin.environment  qgis_plugin.layers  qgis_plugin.own_runs
qgis_plugin.survey_imagery
qgis_plugin.survey_file  qgis_plugin.score_filter  qgis_plugin.class_colours  qgis_plugin.survey_panel
qgis_plugin.survey_words  qgis_plugin.one_click  qgis_plugin.state_colours  qgis_plugin.image_file
qgis_plugin.icons  qgis_plugin.help_pages
qgis_plugin.translation
"""
FLOOR = {room: number for number, line in enumerate(FLOORS.splitlines()) for room in line.split()}
# A function is at most so many lines long, from `def` to its last line, except those named here.
LONGEST = 60
LONGER = {
    "detector/cli/detecting.py: detect": "a parameter for each option of the command",
    "herdmap/counting.py: estimate": "a parameter for each option, and each is documented",
    "herdmap/detecting.py: detect": "a parameter for each option, and each is documented",
}
# What the plugin's build copies out of `geo` into the plugin, see scripts/build_plugin.py.
CARRIED = (
    "geo/counting_rule.py",
    "geo/foreign_database.py",
    "geo/crashed_database.py",
    "geo/process_tree.py",
    "geo/searched_cells.py",
)
PACKAGES = ("geo", "detector", "herdmap", "qgis_plugin")
# Of the project's other packages, what each may import.
MAY_IMPORT = {"geo": set(), "detector": {"geo"}, "herdmap": {"geo", "detector"}, "qgis_plugin": set()}


def imports() -> Iterator[tuple[str, str, bool]]:
    """(file, module, whether at the top of the file) of every import of the project's packages.

    The plugin's own files import one another relatively, as its folder has another name where it is installed; those
    are left out.
    """
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name, top = path.relative_to(ROOT).as_posix(), set(map(id, parsed(path).body))
            for node in walked(path):
                if isinstance(node, ast.Import):
                    yield from ((name, alias.name, id(node) in top) for alias in node.names)
                elif isinstance(node, ast.ImportFrom):
                    if package == "qgis_plugin" and node.level:
                        continue
                    assert node.level == 0, f"{name}: imports are absolute"
                    yield name, node.module or "", id(node) in top


def files() -> dict[str, Path]:
    """Every file of the packages by its dotted name; a folder's `__init__.py` by the folder's."""
    found = {}
    copies = {ROOT / "qgis_plugin" / Path(name).name for name in CARRIED}
    for package in ("herdmap", "detector", "geo", "qgis_plugin"):
        for path in sorted({*(ROOT / package).rglob("*.py")} - copies):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


def arrows() -> dict[str, set[str]]:
    """Which files of the packages each file imports, at its top or inside a function."""
    known = files()
    found: dict[str, set[str]] = {}
    for name, path in known.items():
        found[name] = set()
        for node in walked(path):
            if isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names if alias.name in known}
            elif isinstance(node, ast.ImportFrom) and (module := _absolute(name, path, node)) in known:
                targets = (f"{module}.{alias.name}" for alias in node.names)
                found[name] |= {target if target in known else module for target in targets}
    return found


def _absolute(name: str, path: Path, node: ast.ImportFrom) -> str:
    """The module that `from ... import` names; the plugin's own files name one another relatively."""
    if not node.level:
        return node.module or ""
    here = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    return ".".join([*here[: len(here) - node.level + 1], *([node.module] if node.module else [])])


def room(name: str) -> str:
    """The folder that a file stands in, or the file where it stands in none."""
    return ".".join(name.split(".")[:2])


def test_packages_import_only_what_they_may() -> None:
    wrong = []
    for file, module, _ in imports():
        own, other = file.split("/")[0], module.split(".")[0]
        if other in PACKAGES and other != own and other not in MAY_IMPORT[own]:
            wrong.append((file, module))
        # `processing` and `osgeo` come with QGIS: its dialogs are the base of ours, and GDAL reads its imagery.
        if own == "qgis_plugin" and other not in {
            "qgis",
            "processing",
            "osgeo",
            "qgis_plugin",
            *sys.stdlib_module_names,
        }:
            wrong.append((file, module))
    assert not wrong


def test_no_files_import_each_other_in_a_circle() -> None:
    try:
        tuple(graphlib.TopologicalSorter(arrows()).static_order())
    except graphlib.CycleError as error:
        pytest.fail(f"a circle: {' -> '.join(error.args[1])}")


def test_rooms_import_only_rooms_of_lower_floors() -> None:
    assert {room(name) for name in files() if "." in name} == set(FLOOR), "the table has every room, and no other"
    wrong = [
        f"{a} -> {b}"
        for a, imported in arrows().items()
        for b in imported
        if "." in a and "." in b and room(a) != room(b) and FLOOR[room(a)] >= FLOOR[room(b)]
    ]
    assert not wrong


def test_no_module_is_hidden_by_a_function_of_its_name() -> None:
    """`from package import name` gives what stands in its `__init__.py`, and the module `name` cannot be had."""
    wrong, known = [], files()
    for name, path in known.items():
        if path.name != "__init__.py":
            continue
        for node in parsed(path).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names = [node.name]
            elif isinstance(node, ast.ImportFrom):
                own = node.module == name
                names = [alias.asname or alias.name for alias in node.names if not own]
            else:
                continue
            wrong += [f"{name}.{bound}" for bound in names if f"{name}.{bound}" in known]
    assert not wrong


def test_each_heavy_library_has_one_home() -> None:
    wrong = [
        (file, module)
        for file, module, _ in imports()
        if (home := HOMES.get(module.split(".")[0])) and not file.startswith(home)
    ]
    assert not wrong


@pytest.mark.parametrize(
    "code", ["import herdmap", "import detector", "import geo", "from detector.cli import main; main(['--help'])"]
)
def test_nothing_heavy_is_loaded_before_it_is_needed(code: str) -> None:
    heavy = ("torch", "rasterio", "onnxruntime", "pyogrio", "shapely", "numpy", "cv2")
    script = f"""
import sys
from pathlib import Path
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
    files = [p for package in PACKAGES for p in (ROOT / package).rglob("*.py")]
    assert not [p for p in files if p.stem in empty]


def test_the_plugin_can_be_read_by_the_oldest_python_of_a_qgis() -> None:
    """QGIS 3.22 comes with Python 3.9 on Windows."""
    for path in (*(ROOT / "qgis_plugin").rglob("*.py"), *(ROOT / name for name in CARRIED)):
        text = path.read_text(encoding="utf-8")
        ast.parse(text, str(path), feature_version=(3, 9))
        assert "from __future__ import annotations" in text, f"{path}: annotations as text, for Python 3.9"


def test_what_the_plugin_carries_needs_the_standard_library_alone() -> None:
    needed = {module.split(".")[0] for file, module, _ in imports() if file in CARRIED}
    assert needed
    assert needed <= sys.stdlib_module_names


# Third-party names with an underscore that nothing public stands for, and why each is needed.
PRIVATE = {
    "ray._private.worker": "Ray prints on stdout that a worker died, between the lines of the progress",
}


def long_functions(name: str, nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The functions of a file, and functions inside them, that are longer than `LONGEST`."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            if node.end_lineno - node.lineno + 1 > LONGEST:
                yield f"{name}: {node.name}"


def test_no_function_is_longer_than_a_screen() -> None:
    found = set()
    for package in (*PACKAGES, "scripts", "benchmarks", "tests"):
        for path in sorted((ROOT / package).rglob("*.py")):
            found |= set(long_functions(path.relative_to(ROOT).as_posix(), walked(path)))
    assert found == set(LONGER), "the table has every longer function, and no other"


def test_a_long_function_is_found() -> None:
    body = "    pass\n" * (LONGEST - 1)
    assert not [*long_functions("a.py", ast.walk(ast.parse(f"def f():\n{body}")))]
    assert [*long_functions("a.py", ast.walk(ast.parse(f"class C:\n def f(self):\n{body}    pass\n")))] == ["a.py: f"]


def private_names(nodes: Collection[ast.AST]) -> Iterator[str]:
    """Every name with a leading underscore that a file takes from a module that is not the project's."""
    modules: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name.split(".")[0]: alias.name for alias in node.names}
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").split(".")[0] not in PACKAGES:
            modules |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
    for node in nodes:
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if parts and isinstance(node, ast.Name) and modules.get(node.id, "").split(".")[0] not in {"", *PACKAGES}:
            yield ".".join([modules[node.id], *parts])


def is_private(name: str) -> bool:
    return any(part.startswith("_") and not part.startswith("__") for part in name.split(".")) and name != "os._exit"


def test_no_database_is_left_open() -> None:
    """A connection in a `with` ends a transaction and closes nothing: on Windows the file then cannot be replaced."""
    folders = (*PACKAGES, "scripts", "tests")
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    opening = "with sqlite3." + "connect("  # in two parts: this file is a test too
    left = [path.name for path in paths if opening in path.read_text(encoding="utf-8")]
    assert not left, "use contextlib.closing"


def test_nothing_is_taken_from_what_other_libraries_keep_to_themselves() -> None:
    wrong = set()
    for package in (*PACKAGES, "scripts", "benchmarks"):
        for path in sorted((ROOT / package).rglob("*.py")):
            names = private_names(walked(path))
            wrong |= {(path.name, name) for name in names if is_private(name) and not name.startswith(tuple(PRIVATE))}
    assert not wrong


@pytest.mark.parametrize(
    "code",
    ["from rasterio._env import x", "import rasterio._base", "import torch as t; t._C.x()", "from a.b import _c as d"],
)
def test_a_private_name_is_found(code: str) -> None:
    assert any(map(is_private, private_names([*ast.walk(ast.parse(code))])))


# A model's framework is the name of its module in both rooms.
FRAMEWORKS = ("compact", "detectron2", "fastai", "onnx", "torchvision")


def test_no_module_is_there_for_tests_alone() -> None:
    """Every file is reached from the command line or from `import herdmap`, by import or by its name in a text."""
    known = arrows()
    by_framework = {f"detector.{where}.{framework}" for where in ("models", "training") for framework in FRAMEWORKS}
    reached = {"detector.__main__", "herdmap"} | by_framework & known.keys()
    for name, path in files().items():
        texts = (node.value for node in walked(path) if isinstance(node, ast.Constant))
        known[name] |= {text for text in texts if isinstance(text, str) and text in known and "." in text}
    waiting = list(reached)
    while waiting:
        name = waiting.pop()
        above = {name.rsplit(".", n)[0] for n in range(name.count(".") + 1)}
        new = (known.get(name, set()) | above) & known.keys() - reached
        reached |= new
        waiting += new
    assert not {name for name in known.keys() - reached if not name.startswith("qgis_plugin")}
