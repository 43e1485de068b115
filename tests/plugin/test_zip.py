"""The zip of the plugin: what the plugin site asks for, the same bytes each time, and nothing that Qt 6 lacks."""

import ast
import configparser
import subprocess
import zipfile

import build_plugin
import pytest
import qgis.core
import qgis.gui

from tests import ROOT

SOURCES = sorted((ROOT / "qgis_plugin").rglob("*.py"))


def test_it_is_built_the_same_again(plugin_zip, herdmap_python, tmp_path):
    again = tmp_path / "again.zip"
    subprocess.run([herdmap_python, str(ROOT / "scripts" / "build_plugin.py"), str(again)], check=True)
    assert again.read_bytes() == plugin_zip.read_bytes()


def test_it_is_one_folder_with_all_that_belongs_in_it(plugin_zip):
    with zipfile.ZipFile(plugin_zip) as zipped:
        names = zipped.namelist()
        assert zipped.testzip() is None
        for path in SOURCES:
            name = f"herdmap/{path.relative_to(ROOT / 'qgis_plugin').as_posix()}"
            assert zipped.read(name) == path.read_bytes()
        assert zipped.read("herdmap/counting_rule.py") == (ROOT / "geo" / "counting_rule.py").read_bytes()
        pinned = zipped.read("herdmap/constraints.txt")
        metadata = configparser.ConfigParser()
        metadata.read_string(zipped.read("herdmap/metadata.txt").decode("utf-8"))
    assert pinned == (ROOT / "constraints.txt").read_bytes()
    assert b"://" not in pinned
    assert b"\nrasterio==" in pinned
    assert plugin_zip.stat().st_size <= 25_000_000
    assert names == sorted(names)
    assert {name.split("/")[0] for name in names} == {"herdmap"}
    assert {
        "herdmap/LICENSE",
        "herdmap/CHANGELOG.md",
        "herdmap/__init__.py",
        f"herdmap/{metadata['general']['icon']}",
    } <= set(names)
    sources = {name.removeprefix("herdmap/sources/") for name in names if name.startswith("herdmap/sources/")}
    assert f"herdmap-{metadata['general']['version']}.dist-info/RECORD" in sources
    assert {"detector/models/bundled/sheep.onnx", "detector/constraints.txt", "geo/share/page/page.html"} <= sources
    parts = {part for name in names for part in name.split("/")}
    assert not {part for part in parts if part.startswith((".", "__pycache__")) or part.endswith((".pyc", ".ts"))}
    languages = {path.with_suffix(".qm").name for path in (ROOT / "qgis_plugin" / "i18n").glob("*.ts")}
    assert {f"herdmap/i18n/{name}" for name in languages} <= set(names)


def test_a_checkout_gets_what_its_plugin_lacks(tmp_path):
    plugin = tmp_path / "qgis_plugin"
    plugin.mkdir()
    (plugin / "counting_rule.py").write_text("of last year")
    build_plugin.copy_carried(plugin)
    assert {entry.name for entry in plugin.iterdir()} == set(build_plugin.CARRIED)
    assert (plugin / "counting_rule.py").read_bytes() == (ROOT / "geo" / "counting_rule.py").read_bytes()
    assert (plugin / "metadata.txt").read_bytes() == (ROOT / "metadata.txt").read_bytes()


def test_the_metadata_has_what_the_site_asks_for():
    metadata = configparser.ConfigParser()
    metadata.read_string((ROOT / "metadata.txt").read_text(encoding="utf-8"))
    general = metadata["general"]
    for path in (ROOT / "qgis_plugin" / "i18n").glob("*.ts"):
        language = path.stem.split("_")[1]  # as QGIS's manager of plugins looks these up
        if language != "en":
            assert general[f"description[{language}]"].strip()
            assert general[f"about[{language}]"].strip()
    for name in (
        "name",
        "description",
        "about",
        "version",
        "author",
        "email",
        "qgisMinimumVersion",
        "tags",
        "changelog",
    ):
        assert general[name].strip(), name
    assert "qgis" not in general["name"].lower()
    assert "plugin" not in general["name"].lower()
    assert general["qgisMaximumVersion"] == "3.99"  # until a QGIS with Qt 6 has run it


@pytest.mark.parametrize(
    ("lines", "wanting"),
    [
        ("email=herds@example.org", ["email", "homepage", "repository", "tracker"]),
        ("email=herds@maintainers.example\ntracker=https://a.b/c\nrepository=", ["email", "homepage", "repository"]),
        ("email=herds@examples.org\ntracker=https://a.b/c\nrepository=https://a.b\nhomepage=https://a.b", []),
        ("", ["email", "homepage", "repository", "tracker"]),
    ],
)
def test_who_builds_it_is_told_what_the_site_still_needs(tmp_path, lines, wanting):
    metadata = tmp_path / "metadata.txt"
    metadata.write_text(f"[general]\n{lines}\n", encoding="utf-8")
    assert build_plugin.unfilled(metadata) == wanting


def qt_and_qgis_names(tree):
    """The names that a module takes from Qt and QGIS."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("qgis.PyQt", "qgis.core", "qgis.gui"))
        for alias in node.names
    }


def is_class(node):
    """Whether it is a class inside a class of QGIS, and no value of an enum."""
    if ast.unparse(node) in ("Qgis.LayerFilters", "QgsMapLayerProxyModel.Filters"):  # since QGIS 3.34, and before it
        return True
    outer = getattr(qgis.core, node.value.id, None) or getattr(qgis.gui, node.value.id, None)
    return isinstance(getattr(outer, node.attr, None), type)


def unscoped(path):
    """(line, text) of each enum value that is taken from a class rather than from its enum; Qt 6 has no such."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = qt_and_qgis_names(tree)
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            is_value = node.attr[:1].isupper() and not node.attr.isupper() and id(node) not in inner
            # QVariant's own kinds of a field are for QGIS before 3.38, which has no Qt 6.
            if is_value and node.value.id != "QVariant" and not is_class(node):
                yield node.lineno, ast.unparse(node)


def test_enums_are_scoped_as_qt_6_has_them():
    assert {path.name: found for path in SOURCES if (found := list(unscoped(path)))} == {}


def test_an_unscoped_enum_is_found(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("from qgis.PyQt.QtCore import Qt\na = Qt.AlignmentFlag.AlignLeft\nb = Qt.AlignLeft\n")
    assert list(unscoped(path)) == [(3, "Qt.AlignLeft")]


def test_nothing_is_used_that_qt_6_has_dropped():
    gone = ("exec_(", "QRegExp", "PyQt5", "PyQt6", "qApp", "QDesktopWidget", "from qgis.PyQt.QtGui import QAction")
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        assert [name for name in gone if name in text] == [], path
