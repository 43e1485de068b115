"""One path or several, as text or as path objects: the rule, and that every public function keeps it."""

import ast
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from geo import geopackage
from geo.errors import InputError, VectorError
from geo.paths import absolute, as_path, as_paths
from tests import ROOT
from tests.python_files import parsed, walked
from tests.systems import symbolic_link

PACKAGES = ("geo", "detector", "herdmap")
# Rooms that are public whole, beside what the command line and `herdmap` take and what a room's `__init__.py` hands on.
READERS_AND_WRITERS = (
    "geo.vector",
    "geo.regions",
    "geo.search_area",
    "detector.labels.coco",
    "detector.labels.formats",
)


@pytest.mark.parametrize("given", ["a/b.gpkg", Path("a/b.gpkg"), PurePosixPath("a/b.gpkg")])
def test_one_path_is_one_path_in_any_form(given: str) -> None:
    assert as_path(given) == Path("a/b.gpkg")
    assert as_paths(given) == (Path("a/b.gpkg"),)


def test_a_path_from_the_root_on_keeps_the_name_of_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real").mkdir()
    symbolic_link(tmp_path / "link", tmp_path / "real")
    monkeypatch.chdir(tmp_path)
    assert absolute("link/../link/a.gpkg") == tmp_path / "link" / "a.gpkg"


def test_several_paths_keep_their_order() -> None:
    assert as_paths(["b", Path("a")]) == (Path("b"), Path("a"))
    assert as_paths(name for name in ("b", "a")) == (Path("b"), Path("a"))
    assert as_paths([]) == ()


@pytest.mark.parametrize("given", ["", b"a.gpkg"])
def test_what_is_no_path_is_refused(given: str) -> None:
    with pytest.raises(InputError, match="path"):
        as_path(given)
    with pytest.raises(InputError, match="path"):
        as_paths(given)
    with pytest.raises(InputError, match="path"):
        as_paths(["a", given])


@pytest.mark.parametrize(
    "read",
    [
        geopackage.read_crs,
        geopackage.read_detections,
        geopackage.read_images,
        geopackage.read_runs,
        geopackage.read_tile_labels,
    ],
)
def test_a_survey_is_read_by_its_name_as_text(read: object, tmp_path: Path) -> None:
    assert callable(read)
    with pytest.raises(VectorError, match="no such file"):
        read(str(tmp_path / "missing.gpkg"))


def module(name: str) -> Path | None:
    path = ROOT / Path(*name.split("."))
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)


def functions(name: str, wanted: str = "*") -> Iterator[tuple[str, ast.FunctionDef]]:
    """The public functions of a module, or the one of that name, where they are written."""
    path = module(name)
    if path is None:
        return
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and wanted in ("*", node.name):
            yield name, node
        elif isinstance(node, ast.ImportFrom) and path.name == "__init__.py" and node.module != "__future__":
            names = [alias.name for alias in node.names]
            for each in names if wanted == "*" else set(names) & {wanted}:
                yield from functions(node.module or "", each)


def public() -> Iterator[tuple[str, ast.FunctionDef]]:
    """What the command line and `herdmap` call, what the rooms hand on, and the readers and writers."""
    for name in READERS_AND_WRITERS:
        yield from functions(name)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            caller = path.relative_to(ROOT).parts[:2] == ("detector", "cli") or package == "herdmap"
            if not caller and path.name != "__init__.py":
                continue
            for node in walked(path):
                if not isinstance(node, ast.ImportFrom) or node.module is None:
                    continue
                if node.module.startswith("detector.cli") or node.module.split(".")[0] not in PACKAGES:
                    continue
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    yield from functions(whole) if module(whole) else functions(node.module, alias.name)


def arguments(node: ast.FunctionDef) -> list[ast.arg]:
    of = node.args
    return [a for a in (*of.posonlyargs, *of.args, of.vararg, *of.kwonlyargs) if a is not None]


def test_every_public_function_takes_paths_as_text_too() -> None:
    wrong, seen = [], set()
    for name, node in public():
        seen.add(f"{name}.{node.name}")
        for argument in arguments(node):
            annotation = "" if argument.annotation is None else ast.unparse(argument.annotation)
            names = {n.id for n in ast.walk(ast.parse(annotation)) if isinstance(n, ast.Name)}
            if "Path" in names and "Callable" not in names:
                wrong.append(f"{name}.{node.name}({argument.arg}: {annotation})")
    assert {"detector.survey.detecting.detect", "geo.geopackage.survey.read_images", "geo.vector.read_polygons"} <= seen
    assert not sorted(set(wrong))
