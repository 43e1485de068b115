"""Keep the translations of the QGIS plugin: what its files say, in each language of qgis_plugin/i18n/.

    python scripts/translations.py          # after a text was added, changed or taken away
    python scripts/translations.py de       # begin another language

It takes each text that the plugin's files ask for by `tr("...")` into each .ts file, keeps what is translated, and
takes out what no file asks for. Fill in what it prints, by hand or with Qt Linguist, and run it again. Then it makes
the .qm files, which QGIS reads, by Qt's `lrelease`.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

PLUGIN = Path(__file__).resolve().parents[1] / "qgis_plugin"
FOLDER = PLUGIN / "i18n"
CONTEXT = "Herdmap"  # as qgis_plugin/translation.py has it
ENGLISH = "en"  # has only the texts that a number changes: the others are English already
NUMBER = "%Ln"
# Debian keeps Qt's programs here, and has them on the PATH only with another package.
_LRELEASE = ("lrelease", "lrelease-qt5", "/usr/lib/qt5/bin/lrelease", "/usr/lib/qt6/bin/lrelease")


class Text(NamedTuple):
    """A text that the plugin asks for. counted: whether a number changes its words. files: where, in the plugin."""

    english: str
    counted: bool
    files: tuple[str, ...]


class Translation(NamedTuple):
    """What a language says for a text. forms: one, or one for each form that a number takes. unfinished: as Qt
    Linguist marks it.
    """

    forms: tuple[str, ...]
    unfinished: bool = False


def texts(plugin: Path = PLUGIN) -> dict[str, Text]:
    """All texts of the plugin, by their English, in the order of the files.

    Raises ValueError where a call of `tr` has no literal, which cannot be found.
    """
    found: dict[str, Text] = {}
    for path in sorted(plugin.rglob("*.py")):
        name = path.relative_to(plugin).as_posix()
        for node in _calls_of_tr(ast.parse(path.read_text(encoding="utf-8"))):
            first = node.args[0] if node.args else None
            if name == "translation.py":
                continue
            if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                raise ValueError(
                    f"{name}, line {node.lineno}: tr() needs the text itself, and values by .format() after it"
                )
            before = found.get(first.value, Text(first.value, NUMBER in first.value, ()))
            found[first.value] = before._replace(files=tuple(dict.fromkeys((*before.files, name))))
    return found


def _calls_of_tr(tree: ast.AST) -> list[ast.Call]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "tr"]
    return sorted(calls, key=lambda call: (call.lineno, call.col_offset))


def read(path: Path) -> dict[str, Translation]:
    """What a .ts file says, by the English text."""
    said = {}
    root = ET.parse(path).getroot()  # noqa: S314 (a file of this repository)
    for message in root.iterfind(f"context[name='{CONTEXT}']/message"):
        node = message.find("translation")
        if node is None:
            continue
        forms = [form.text or "" for form in node.iterfind("numerusform")] or [node.text or ""]
        said[message.findtext("source", "")] = Translation(tuple(forms), node.get("type") is not None)
    return said


def write(path: Path, language: str, wanted: dict[str, Text], said: dict[str, Translation]) -> None:
    """A .ts file of these texts, in their order; what is not translated is marked so."""
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage=ENGLISH)
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    for text in wanted.values():
        one = said.get(text.english, Translation(("", "") if text.counted else ("",)))
        message = ET.SubElement(context, "message", {"numerus": "yes"} if text.counted else {})
        for name in text.files:
            ET.SubElement(message, "location", filename=f"../{name}")
        ET.SubElement(message, "source").text = text.english
        translation = ET.SubElement(message, "translation")
        if one.unfinished or not all(one.forms):
            translation.set("type", "unfinished")
        if text.counted:
            for form in one.forms:
                ET.SubElement(translation, "numerusform").text = form
        else:
            translation.text = one.forms[0]
    ET.indent(root, "    ")
    part = path.with_name(f"{path.name}.{os.getpid()}.partial")
    content = ET.tostring(root, encoding="unicode")
    part.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{content}\n', encoding="utf-8")
    part.replace(path)


def wanted_in(language: str, all_texts: dict[str, Text]) -> dict[str, Text]:
    """The texts that a language has to say: English only those that a number changes."""
    return {key: text for key, text in all_texts.items() if text.counted or language != ENGLISH}


def missing(language: str, all_texts: dict[str, Text], said: dict[str, Translation]) -> list[str]:
    """The texts that a language does not say yet."""
    wanted = wanted_in(language, all_texts)
    return [key for key in wanted if key not in said or said[key].unfinished or not all(said[key].forms)]


def compile_all(folder: Path = FOLDER) -> None:
    """Make the .qm of each .ts, by Qt's lrelease."""
    lrelease = next((found for name in _LRELEASE if (found := shutil.which(name)) and _works(found)), None)
    if lrelease is None:
        sys.exit("lrelease is missing, which makes the .qm files. Install it: apt-get install qttools5-dev-tools")
    for path in sorted(folder.glob("*.ts")):
        # A QGIS that runs reads the file as it lies on the disk: written over, it would end that QGIS.
        part = path.with_name(f"{path.stem}.{os.getpid()}.partial.qm")
        subprocess.run([lrelease, "-silent", "-nounfinished", str(path), "-qm", str(part)], check=True)
        part.replace(path.with_suffix(".qm"))


def _works(lrelease: str) -> bool:
    return subprocess.run([lrelease, "-version"], capture_output=True, check=False).returncode == 0


def main(languages: list[str]) -> None:
    all_texts = texts()
    FOLDER.mkdir(exist_ok=True)
    there = [path.stem.removeprefix("herdmap_") for path in FOLDER.glob("*.ts")]
    untold: dict[str, list[str]] = {}
    for language in sorted({ENGLISH, *there, *languages}):
        path = FOLDER / f"herdmap_{language}.ts"
        said = read(path) if path.is_file() else {}
        write(path, language, wanted_in(language, all_texts), said)
        for text in missing(language, all_texts, said):
            untold.setdefault(text, []).append(language)
    for text, lacking in untold.items():
        print(f"not translated into {', '.join(lacking)}: {text!r}")
    compile_all()


if __name__ == "__main__":
    main(sys.argv[1:])
