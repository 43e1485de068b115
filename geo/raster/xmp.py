"""XMP: the XML packet in which drones and cameras write where they point.

Layout: ISO 16684-1 (XMP part 1): an rdf:RDF of rdf:Description elements whose properties are attributes or child
elements. A packet comes from outside, so a packet with a document type (which allows entity expansion) is not parsed at
all.
"""

import functools
import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

MAX_CHARACTERS = 1 << 16
_MOST_PROPERTIES = 400
_LONGEST_VALUE = 1000
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
# The namespaces that hold poses; others keep their URI as prefix.
_PREFIXES = {
    "http://www.dji.com/drone-dji/1.0/": "drone-dji",
    "http://pix4d.com/camera/1.0": "Camera",
    "http://pix4d.com/camera/1.0/": "Camera",
    "http://www.skydio.com/drone-skydio/1.0/": "drone-skydio",
    "https://www.skydio.com/drone-skydio/1.0/": "drone-skydio",
    "http://www.parrot.com/drone-parrot/1.0/": "drone-parrot",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.google.com/photos/1.0/panorama/": "GPano",
}


def packet(text: str | None) -> str | None:
    """The XML of a packet without its wrapper and padding; None where there is none or it is over 64 kB."""
    if not text:
        return None
    start = text.find("<x:xmpmeta")
    end = text.rfind("</x:xmpmeta>")
    found = text[start : end + len("</x:xmpmeta>")] if 0 <= start < end else text.strip("\0 \r\n\t\ufeff")
    return found if 0 < len(found) <= MAX_CHARACTERS else None


@functools.lru_cache(maxsize=64)
def properties(xml: str | None) -> Mapping[str, str]:
    """A packet's simple properties as 'prefix:Name' -> text, such as 'drone-dji:GimbalYawDegree'.

    Sequences come as their items joined with commas, the parts of a structure as 'prefix:Name/Part'. Nothing where
    the packet is no XML, too large, or declares a document type. At most 400 properties of 1000 characters.
    """
    if not xml or len(xml) > MAX_CHARACTERS or re.search(r"<!\s*(DOCTYPE|ENTITY)", xml, re.IGNORECASE):
        return {}
    try:
        root = ET.fromstring(xml)  # noqa: S314 -- no document type, so no entities; bounded above
    except (ET.ParseError, ValueError):
        return {}
    found: dict[str, str] = {}
    for description in root.iter(f"{_RDF}Description"):
        values = dict(description.attrib)
        for child in description:
            items = [item.text or "" for item in child.iter(f"{_RDF}li")]
            values.setdefault(child.tag, ",".join(items) if items else child.text or "")
            for part in child if not items else ():
                values.setdefault(f"{child.tag}/{part.tag.rpartition('}')[2]}", part.text or "")
        for tag, value in values.items():
            name = _short(tag)
            if name is not None and len(found) < _MOST_PROPERTIES:
                found.setdefault(name, value.strip()[:_LONGEST_VALUE])
    return found


def _short(tag: str) -> str | None:
    if tag.startswith(_RDF):
        return None
    uri, brace, name = tag[1:].partition("}") if tag.startswith("{") else ("", "}", tag)
    if not brace:
        return None
    return f"{_PREFIXES.get(uri, uri)}:{name}" if uri else name
