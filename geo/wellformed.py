"""XML for VRTs and QGIS projects. Whatever text a name has, the file stays well formed."""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET  # nosec B405

from geo.tables import TableError

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(parent: ET.Element, tag: str, content: str | None = None, **attributes: str) -> ET.Element:
    """A new last child of `parent`. Characters in `content` or an attribute that XML cannot hold become U+FFFD."""
    child = ET.SubElement(parent, tag, {name: shown(value) for name, value in attributes.items()})
    if content is not None:
        child.text = shown(content)
    return child


def shown(text: str) -> str:
    """The text for people to read. Characters that XML cannot hold are replaced by U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)


def checked(text: str) -> str:
    """A text that must be exact, such as a path. Raises TableError if XML cannot hold it."""
    if _NOT_XML.search(text):
        raise TableError(f"{text!r} has a character that no XML file can hold; rename the file")
    return text


def options(parent: ET.Element, values: Mapping[str, Any]) -> ET.Element:
    """Write values in QGIS's notation: strings, booleans, integers, maps and lists of these, as <Option> elements."""
    return _option(parent, None, values)


def _option(parent: ET.Element, name: str | None, value: Any) -> ET.Element:
    attributes = {} if name is None else {"name": name}
    if isinstance(value, Mapping):
        child = element(parent, "Option", type="Map", **attributes)
        for key, inner in value.items():
            _option(child, key, inner)
    elif isinstance(value, list):
        child = element(parent, "Option", type="List", **attributes)
        for inner in value:
            _option(child, None, inner)
    elif isinstance(value, bool):
        child = element(parent, "Option", type="bool", value=str(value).lower(), **attributes)
    elif isinstance(value, int):
        child = element(parent, "Option", type="int", value=str(value), **attributes)
    else:
        child = element(parent, "Option", type="QString", value=str(value), **attributes)
    return child
