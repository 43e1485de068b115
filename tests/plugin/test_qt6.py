"""Every name that the plugin takes from Qt is one that PyQt6 has: qt6_names.txt lists them, by scripts/qt6_names.py."""

import ast
import functools
import importlib
import inspect

import qt6_names

from tests import ROOT

SOURCES = sorted((ROOT / "qgis_plugin").rglob("*.py"))


@functools.cache
def listed():
    """(members of each class with those of its bases, names of each module) of PyQt6."""
    own, bases, modules = {}, {}, {}
    for line in qt6_names.NAMES.read_text(encoding="utf-8").splitlines()[1:]:
        head, _, names = line.partition(": ")
        name, *above = head.split(" < ")
        if "." in name:
            own[name], bases[name] = set(names.split()), above
        else:
            modules[name] = set(names.split())
    whole = {name: set().union(own[name], *(own.get(base, ()) for base in above)) for name, above in bases.items()}
    return whole, modules


def chain(node):
    """`a.b.c` as ["a", "b", "c"]; empty if it does not begin with a name."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return [node.id, *parts] if isinstance(node, ast.Name) and parts else []


def not_in_qt6(path):
    """What a file takes from Qt, and PyQt6 has not."""
    classes, modules = listed()
    taken = qt6_names.imported(path)
    for module, name in taken.values():
        if name not in modules.get(module, ()):
            yield f"{module}.{name}"
        elif name[:1] == "Q" and not name.isupper() and f"{module}.{name}" not in classes:
            yield f"{module}.{name} is not in qt6_names.txt: run scripts/qt6_names.py"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        first, *rest = chain(node) or [""]
        members = classes.get(".".join(taken.get(first, ())))
        if first == "QVariant":  # its own kinds of a field are for QGIS before 3.38, which has no Qt 6
            continue
        if members is not None and not {rest[0], ".".join(rest[:2])} <= members:
            yield ".".join([first, *rest[:2]])


@functools.cache
def only_in_qt5():
    """Members of the classes that the plugin takes, and of their bases, that no class of PyQt6 in the list has."""
    everywhere = {part for members in listed()[0].values() for member in members for part in member.split(".")}
    found = set()
    for module, name in {place for path in SOURCES for place in qt6_names.imported(path).values()}:
        for place in (module, "QtWidgets"):
            of = getattr(importlib.import_module(f"PyQt5.{place}"), name, None)
            if inspect.isclass(of):
                found |= {member for member in dir(of) if not member.startswith("__")}
    return found - everywhere


def test_qt6_has_every_name():
    assert {path.name: found for path in SOURCES if (found := sorted(not_in_qt6(path)))} == {}


def test_no_method_is_called_that_only_qt5_has():
    wrong = [
        f"{path.name}:{node.lineno} {node.attr}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in only_in_qt5() and chain(node)[:1] != ["QVariant"]
    ]
    assert wrong == []


def test_names_that_qt6_lacks_are_found(tmp_path):
    path = tmp_path / "a.py"
    path.write_text(
        "from qgis.PyQt.QtCore import Qt, QRegExp\n"
        "from qgis.PyQt.QtWidgets import QComboBox, QAction\n"
        "a = Qt.AlignLeft\nb = Qt.AlignmentFlag.AlignMiddle\nc = Qt.AlignmentFlag.AlignLeft\n"
        "d = QComboBox.AdjustToContents\ne = QComboBox.SizeAdjustPolicy.AdjustToContents\n"
    )
    assert sorted(not_in_qt6(path)) == [
        "QComboBox.AdjustToContents",
        "Qt.AlignLeft",
        "Qt.AlignmentFlag.AlignMiddle",
        "QtCore.QRegExp",
    ]
    assert {"exec_", "MidButton"} <= only_in_qt5()
