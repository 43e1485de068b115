"""Which image files are opened at all. The first bytes of a file decide, not its name.

GDAL has two hundred drivers, and some fetch from the network, run code, or read other files. Herdmap opens only the
formats of aerial imagery. It opens a VRT only if everything that it refers to is a plain local file in one of those
formats.
"""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from geo.errors import RasterError, one_line
from geo.paths import StrPath
from geo.raster import elevation_formats

# Formats by the name of the GDAL driver that reads them.
_MAGIC = (
    (b"II*\0", "GTiff"),
    (b"MM\0*", "GTiff"),
    (b"II+\0", "GTiff"),
    (b"MM\0+", "GTiff"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JP2OpenJPEG"),
    (b"\xff\x4f\xff\x51", "JP2OpenJPEG"),
    (b"EHFA_HEADER_TAG", "HFA"),
)
EXPECTED = "GeoTIFF, COG, JPEG, PNG, WebP, JPEG 2000, Erdas Imagine or VRT"
# Decoded from the first byte on, so a window costs as much as the whole image above it.
SEQUENTIAL = frozenset({"JPEG", "PNG", "WEBP"})

_LARGEST_VRT = 64 << 20
_DEEPEST_VRT = 4
_VRT_CLASSES = frozenset({None, "VRTWarpedDataset", "VRTPansharpenedDataset"})
_VRT_BANDS = frozenset({None, "VRTSourcedRasterBand", "VRTWarpedRasterBand", "VRTPansharpenedRasterBand"})
_VRT_SOURCES = frozenset({"sourcefilename", "sourcedataset"})
# These contain code or expressions, or reach other drivers' options.
_VRT_REFUSED = frozenset(
    {"openoptions", "processingsteps", "vrtdataset.vrt", "grouplist", "group", "multidimensional", "array"}
    # A file that a transformer opens; and what GDAL takes for the attribute of that name.
    | {"dempath", "subclass", "relativetovrt", "key"}
)
_VRT_FILE_KEYS = frozenset({"OVERVIEW_FILE", "X_DATASET", "Y_DATASET"})
_MOST_LINKS = 40


def shown(path: StrPath) -> str:
    """A path fit for a one-line message: control characters and undecodable bytes escaped, long ones cut."""
    text = str(path).encode("unicode_escape", "replace").decode("ascii") if not str(path).isprintable() else str(path)
    return text if len(text) <= 300 else "..." + text[-297:]


def identify(path: Path, elevation: bool = False) -> str:
    """The driver that reads this file, told by its first bytes. elevation: elevation models have more formats.

    Raises `RasterError` where it is missing, a folder, unreadable, empty, or none of the formats.
    """
    try:
        if path.is_dir():
            raise RasterError(f"{shown(path)}: a folder, not an image; give the files in it or the folder itself")
        if not path.is_file():
            raise RasterError(f"{shown(path)}: no such file; check the path")
        with path.open("rb") as file:
            head = file.read(512)
    except (OSError, ValueError) as error:
        if isinstance(error, RasterError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise RasterError(f"{shown(path)}: cannot be read ({reason}); check its permissions") from error
    if not head:
        raise RasterError(f"{shown(path)}: empty file (0 bytes); copy it again from its source")
    for magic, driver in _MAGIC:
        if head.startswith(magic):
            return driver
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<VRTDataset"):
        return "VRT"
    if elevation:
        if (found := elevation_formats.driver_of(path, head)) is not None:
            return found
        files = ", ".join(dict.fromkeys(one.file for one in elevation_formats.FORMATS))
        raise RasterError(f"{shown(path)}: not an elevation model Herdmap reads; expected {EXPECTED}, {files}")
    raise RasterError(f"{shown(path)}: not an image Herdmap reads; expected {EXPECTED}")


def vrt_sources(path: Path, elevation: bool = False) -> list[tuple[Path, str]]:
    """Every file that a VRT draws on, through nested VRTs, with its driver.

    Raises `RasterError` where the VRT refers to anything but plain local image files, to itself, or to code.
    """
    found: dict[Path, str] = {}
    _collect(path, (), found, elevation)
    return list(found.items())


def _collect(path: Path, above: tuple[Path, ...], found: dict[Path, str], elevation: bool) -> None:
    here = path.resolve()
    if here in above:
        raise RasterError(f"{shown(path)}: a VRT that refers to itself; build it again from the imagery")
    if len(above) >= _DEEPEST_VRT:
        raise RasterError(f"{shown(path)}: VRTs nested deeper than {_DEEPEST_VRT}; build one from the imagery")
    for name, relative in _references(path):
        source = Path(name)
        if _is_not_a_file_name(name):
            raise RasterError(
                f"{shown(path)}: VRT source {shown(name)!r} is not a plain local file; fetch the image first"
            )
        # GDAL opens a name that is not relative to the VRT as it stands: from the folder that this process runs in.
        source = (_folder_of(path) / source if relative else source).absolute()
        if source in found:
            continue
        if not relative and not Path(name).is_absolute() and not source.exists():
            raise RasterError(
                f"{shown(path)}: VRT source {shown(name)!r} is no full path, and not relative to the VRT either; build "
                "the VRT again with gdalbuildvrt"
            )
        driver = identify(source, elevation)
        found[source] = driver
        if driver == "VRT":
            _collect(source, (*above, here), found, elevation)


def _folder_of(path: Path) -> Path:
    """The folder from which GDAL reads the relative names in a VRT: of the file that a symbolic link leads to."""
    for _ in range(_MOST_LINKS):
        if not path.is_symlink():
            break
        path = path.parent / path.readlink()
    return path.parent


def _references(path: Path) -> list[tuple[str, bool]]:
    """(file name, relative to the VRT?) of every source in one VRT."""
    if path.stat().st_size > _LARGEST_VRT:
        raise RasterError(f"{shown(path)}: a VRT of more than {_LARGEST_VRT >> 20} MB; split it")
    text = path.read_bytes()
    if b"<!" in text.replace(b"<!--", b"").replace(b"<![CDATA[", b""):
        raise RasterError(f"{shown(path)}: a VRT with document type declarations; build it again with gdalbuildvrt")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 (no entities: refused above; size bounded)
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise RasterError(
            f"{shown(path)}: a VRT that is not well-formed XML ({one_line(error)}); build it again"
        ) from error
    refuse = f"{shown(path)}: a VRT with {{}}, which Herdmap does not run; write it out with gdal_translate first"
    names: list[tuple[str, bool]] = []
    for element in root.iter():
        tag = element.tag.lower()
        attributes: dict[str, str] = {}
        for key, value in element.attrib.items():
            attributes.setdefault(key.lower(), value)  # of two that differ in case, GDAL takes the first
        if "{" in tag or any("{" in key for key in attributes):
            raise RasterError(refuse.format("an XML namespace"))
        subclass = attributes.get("subclass")
        if tag == "vrtdataset" and subclass not in _VRT_CLASSES:
            raise RasterError(refuse.format(f"dataset type {shown(str(subclass))}"))
        if tag == "vrtrasterband" and subclass not in _VRT_BANDS:
            raise RasterError(refuse.format(f"band type {shown(str(subclass))}"))
        if tag.startswith("pixelfunction") or tag in _VRT_REFUSED or tag.endswith("expression"):
            raise RasterError(refuse.format(f"<{shown(element.tag)}>"))
        if tag in _VRT_SOURCES:
            if len(element):
                raise RasterError(refuse.format(f"more than a name in <{shown(element.tag)}>"))
            names.append(((element.text or "").lstrip(), _true(attributes.get("relativetovrt"))))
        if tag == "mdi" and (key := attributes.get("key", "").strip().upper()) in _VRT_FILE_KEYS:
            raise RasterError(refuse.format("an overview file of its own" if "OVERVIEW" in key else f"a file in {key}"))
    return names


def _true(text: str | None) -> bool:
    """As GDAL reads it: by its leading number alone, so that `true` is false."""
    number = re.match(r"\s*[+-]?(\d+)", text or "")
    return number is not None and int(number[1]) != 0


def _is_not_a_file_name(name: str) -> bool:
    """Whether an image library would read more into this name than a file: a URL, a driver's prefix, inline XML."""
    if not name or "\0" in name or name.startswith(("/vsi", "<")) or "/vsi" in name:
        return True
    return re.match(r"[A-Za-z][\w+.-]+:", name) is not None  # two letters or more: not a Windows drive
