"""XMP: the XML packet in which drones and cameras write where they point.

Layout: ISO 16684-1 (XMP part 1): an rdf:RDF of rdf:Description elements whose properties are attributes or child
elements; a structure is a nested rdf:Description, an element with rdf:parseType="Resource", or an element with
attributes. A packet comes from outside, so a packet with a document type (which allows entity expansion) is not parsed
at all.
"""

import functools
import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET  # nosec B405

MAX_CHARACTERS = 1 << 16
_MOST_PROPERTIES = 400
_LONGEST_VALUE = 1000
_DEEPEST = 6
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_LISTS = frozenset({f"{_RDF}Seq", f"{_RDF}Bag", f"{_RDF}Alt"})
# The namespaces that hold poses; others keep their URI as prefix.
_PREFIXES = {
    "pix4d.com/camera/1.0": "Camera",
    "ns.adobe.com/exif/1.0": "exif",
    "ns.adobe.com/tiff/1.0": "tiff",
    "ns.adobe.com/xap/1.0": "xmp",
    "ns.google.com/photos/1.0/panorama": "GPano",
}
# Makers' own: http://www.dji.com/drone-dji/1.0/, https://www.skydio.com/drone-skydio/1.0/ and so on.
_MAKERS = re.compile(r"/(drone(?:-[a-z0-9]+)?)/")
_UNDECLARED = "undeclared:"


def packet(text: str | None) -> str | None:
    """The XML of a packet without its wrapper and padding; None where there is none or it is over 64 kB.

    Values of more than 4000 characters, which are thumbnails and histories, are left out.
    """
    if not text:
        return None
    start = text.find("<x:xmpmeta")
    end = text.rfind("</x:xmpmeta>")
    if 0 <= start < end:
        found = text[start : end + len("</x:xmpmeta>")]
    else:
        found = re.sub(r"<\?xpacket[^>]{0,200}\?>", "", text).strip("\0 \r\n\t\ufeff")
    if len(found) > MAX_CHARACTERS:
        found = re.sub(r">[^<>]{4000,}<", "><", found)
    return found if 0 < len(found) <= MAX_CHARACTERS else None


@functools.lru_cache(maxsize=64)
def properties(xml: str | None) -> Mapping[str, str]:
    """A packet's properties as 'prefix:Name' -> text, such as 'drone-dji:GimbalYawDegree'.

    Sequences come as their items joined with commas, alternatives as the first of them, the parts of a structure as
    'prefix:Name/Part'. Nothing where the packet is no XML, too large, or declares a document type. At most 400
    properties of 1000 characters. A property that comes twice has the first of its values.
    """
    root = _parsed(xml)
    found: dict[str, str] = {}
    if root is None:
        return found
    graphs = [root] if root.tag == f"{_RDF}RDF" else list(root.iter(f"{_RDF}RDF"))
    for node in [node for graph in graphs for node in graph] or [root]:
        _node(node, "", found, 0)
    return found


def _parsed(xml: str | None) -> ET.Element | None:
    if not xml or len(xml) > MAX_CHARACTERS or re.search(r"<!\s*(DOCTYPE|ENTITY)", xml, re.IGNORECASE):
        return None
    try:
        return ET.fromstring(xml)  # noqa: S314 -- no document type, so no entities; bounded above # nosec B314
    except ET.ParseError as error:
        if "unbound prefix" not in str(error):
            return None
    except ValueError:
        return None
    try:
        return ET.fromstring(_with_declarations(xml))  # noqa: S314 -- as above # nosec B314
    except (ET.ParseError, ValueError):
        return None


def _with_declarations(xml: str) -> str:
    """The packet with its undeclared prefixes declared, which some makers forget."""
    declared = set(re.findall(r"\bxmlns:([\w.-]+)\s*=", xml))
    used = dict.fromkeys(re.findall(r"[<\s]([A-Za-z_][\w.-]*):[A-Za-z_][\w.-]*\s*[=>/\s]", xml))
    missing = "".join(
        f' xmlns:{prefix}="{_RDF[1:-1] if prefix == "rdf" else _UNDECLARED + prefix}"'
        for prefix in used
        if prefix not in declared and prefix not in ("xml", "xmlns")
    )
    return re.sub(r"<([A-Za-z_][\w.:-]*)", lambda match: match[0] + missing, xml, count=1)


def _node(node: ET.Element, path: str, found: dict[str, str], depth: int) -> None:
    """The properties of one description: its attributes, then its children."""
    for tag, value in node.attrib.items():
        _put(found, path, tag, value)
    for child in node:
        _property(child, path, found, depth)


def _property(element: ET.Element, path: str, found: dict[str, str], depth: int) -> None:
    if element.tag.startswith(_RDF):
        if element.tag == f"{_RDF}value":
            _store(found, path.removesuffix("/"), element.text or "")
        return
    name = _name(path, element.tag)
    if name is None or depth > _DEEPEST:
        return
    inner = element[0] if len(element) == 1 else None
    if inner is not None and inner.tag in _LISTS:
        items = [item.text or "" for item in inner if item.tag == f"{_RDF}li"]
        _store(found, name, (items[0] if items else "") if inner.tag == f"{_RDF}Alt" else ",".join(items))
        for item in inner:
            _parts(item, f"{name}/", found, depth)
    elif f"{_RDF}resource" in element.attrib:
        _store(found, name, element.attrib[f"{_RDF}resource"])
    else:
        _parts(element, f"{name}/", found, depth)
        _store(found, name, element.text or "")


def _parts(element: ET.Element, path: str, found: dict[str, str], depth: int) -> None:
    """The parts of a structure in any of its forms."""
    _node(element, path, found, depth + 1)
    for child in element:
        if child.tag == f"{_RDF}Description":
            _node(child, path, found, depth + 1)


def _put(found: dict[str, str], path: str, tag: str, value: str) -> None:
    name = None if tag.startswith((_RDF, _XML)) else _name(path, tag)
    if name is not None:
        _store(found, name, value)


def _store(found: dict[str, str], name: str, value: str) -> None:
    if len(found) < _MOST_PROPERTIES:
        found.setdefault(name[:_LONGEST_VALUE], value.strip()[:_LONGEST_VALUE])


def _name(path: str, tag: str) -> str | None:
    """A property's name; of a part of a structure without its prefix. None for what belongs to RDF and XML."""
    if tag.startswith((_RDF, _XML)):
        return None
    uri, brace, name = tag[1:].partition("}") if tag.startswith("{") else ("", "}", tag)
    if not brace:
        return None
    if path:
        return path + name
    return f"{_prefix(uri)}:{name}" if uri else name


@functools.lru_cache(maxsize=256)
def _prefix(uri: str) -> str:
    if uri.startswith(_UNDECLARED):
        return uri.removeprefix(_UNDECLARED)
    maker = _MAKERS.search(uri.rstrip("/") + "/")
    if maker is not None:
        return maker[1]
    return _PREFIXES.get(re.sub(r"^https?://", "", uri).rstrip("/"), uri)
