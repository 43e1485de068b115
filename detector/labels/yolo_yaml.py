"""Reads the few forms of YAML that a `data.yaml` of YOLO has: keys, texts, and lists of texts, also numbered ones."""

import ast
import re
from contextlib import suppress

from detector.errors import InputError
from detector.labels.shapes import shown

_KEY = re.compile(r"^(\w+)\s*:\s*(.*)$")
_ITEM = re.compile(r"^\s*(?:-|(\d+)\s*:)\s+(.+?)\s*$")
_NOTHING = ("", "~", "null", "[]", "{}")


def keys_of(text: str) -> dict[str, str]:
    """The keys on the outer level of a YAML file, each with its text: on its line, or the indented lines below."""
    found: dict[str, str] = {}
    key = ""
    for line in text.splitlines():
        plain = re.sub(r"(^|\s)#.*$", "", line).rstrip()
        if not plain:
            continue
        if match := _KEY.match(plain):
            key = match[1]
            found[key] = match[2]
        elif key:
            found[key] += "\n" + plain
    return found


def numbered(text: str, where: str) -> dict[int, str]:
    """The names by number: `[a, b]`, `{0: a, 1: b}`, or a line for each, `- a` or `0: a`."""
    text = text.strip()
    names: dict[int, str] = {}
    if text.startswith(("[", "{")):
        inner = " ".join(text.split())
        if inner[-1] != {"[": "]", "{": "}"}[inner[0]]:
            raise InputError(f"{where} are {shown(text)}; expected a list of names")
        for i, part in enumerate(parts_of(inner[1:-1])):
            number, _, name = part.partition(":") if text[0] == "{" else (str(i), "", part)
            if not number.strip().isdigit():
                raise InputError(f"{where} are {shown(text)}; expected a number for each name")
            names[int(number)] = unquoted(name)
    else:
        for i, line in enumerate(line for line in text.split("\n") if line.strip()):
            item = _ITEM.match(line)
            if item is None:
                raise InputError(f"{where} have the line {shown(line.strip())}; expected '- name' or '0: name'")
            names[int(item[1]) if item[1] else i] = unquoted(item[2])
    names = {number: name for number, name in names.items() if name}
    if not names:
        raise InputError(f"{where} are empty; expected the names of the classes")
    return names


def texts(text: str, where: str) -> tuple[str, ...]:
    """One text, or those of a list; none if there is nothing. Raises InputError like `numbered`."""
    if text.strip().casefold() in _NOTHING:
        return ()
    if text.lstrip().startswith(("[", "{")) or "\n" in text.strip() or _ITEM.match(text.strip()):
        return tuple(numbered(text, where).values())
    return (unquoted(text),)


def parts_of(text: str) -> list[str]:
    """The parts between commas that are not within quotes."""
    return [part.strip() for part in re.findall(r"""(?:[^,"']|"[^"]*"|'[^']*')+""", text) if part.strip()]


def unquoted(name: str) -> str:
    name = name.strip()
    if len(name) >= 2 and name[0] == name[-1] and name[0] in "'\"":
        with suppress(ValueError, SyntaxError):
            return str(ast.literal_eval(name))
        return name[1:-1]
    return name
