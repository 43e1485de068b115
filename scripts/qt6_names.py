"""Write what PyQt6 has of the classes that the plugin uses, for the tests, which run where there is no PyQt6.

    python -m venv /tmp/qt6 && /tmp/qt6/bin/pip install PyQt6
    /tmp/qt6/bin/python scripts/qt6_names.py

Run it again when the plugin imports a class of Qt that `tests/plugin/qt6_names.txt` does not have. A line of that file
is a module with the names in it, or a class, its bases, and the members of its own, an enum's values among them.
"""

import ast
import enum
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAMES = ROOT / "tests" / "plugin" / "qt6_names.txt"
# What QGIS itself puts into `qgis.PyQt.QtWidgets` where Qt 6 has it in QtGui.
MOVED = {("QtWidgets", "QAction"): "QtGui"}


def imported(source: Path) -> dict[str, tuple[str, str]]:
    """The names that a file takes from Qt: the name in the file, and (module, name) in PyQt6."""
    found = {}
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qgis.PyQt."):
            module = str(node.module).removeprefix("qgis.PyQt.")
            for alias in node.names:
                place = MOVED.get((module, alias.name), module)
                found[alias.asname or alias.name] = (place, alias.name)
    return found


def members(of: type) -> Iterator[str]:
    """The members that a class defines itself, and the values of its enums as `Enum.Value`."""
    for name, value in vars(of).items():
        if not name.startswith("__"):
            yield name
            if inspect.isclass(value) and issubclass(value, enum.Enum):
                yield from (f"{name}.{one}" for one in value.__members__)


def main() -> None:
    lines, classes = {}, list[type]()
    for module, name in sorted(
        {place for path in (ROOT / "qgis_plugin").rglob("*.py") for place in imported(path).values()}
    ):
        read = importlib.import_module(f"PyQt6.{module}")
        lines[module] = f"{module}: {' '.join(sorted(one for one in vars(read) if not one.startswith('_')))}"
        found = getattr(read, name, None)
        classes += [found] if inspect.isclass(found) else []
    for one in {base for found in classes for base in found.__mro__ if base.__module__.startswith("PyQt6.")}:
        name, *bases = (
            f"{base.__module__.removeprefix('PyQt6.')}.{base.__qualname__}"
            for base in one.__mro__
            if base.__module__.startswith("PyQt6.")
        )
        lines[name] = f"{' < '.join([name, *bases])}: {' '.join(sorted(members(one)))}"
    version = importlib.import_module("PyQt6.QtCore").PYQT_VERSION_STR
    text = "\n".join([f"# PyQt6 {version}, by scripts/qt6_names.py", *(line for _, line in sorted(lines.items()))])
    NAMES.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
