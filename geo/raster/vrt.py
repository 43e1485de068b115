"""What a VRT may hold: sources that are plain local image files, and how they are put together.

GDAL's VRTs can also run code, open any other format and fetch from the network. So elements and attributes that are not
known to be harmless are refused: GDAL takes an attribute for an element of the same name, and the other way round.
"""

import re
import xml.etree.ElementTree as ElementTree  # nosec B405
from pathlib import Path

from geo.errors import RasterError, one_line
from geo.raster import beside, tiff_pages
from geo.raster.formats import CAMERA, identify, shown

_LARGEST_VRT = 64 << 20
_DEEPEST_VRT = 4
_MOST_LINKS = 40
_CLASSES = frozenset({None, "VRTWarpedDataset", "VRTPansharpenedDataset"})
_BANDS = frozenset({None, "VRTSourcedRasterBand", "VRTWarpedRasterBand", "VRTPansharpenedRasterBand"})
_SOURCES = frozenset({"sourcefilename", "sourcedataset"})
_ELEMENTS = frozenset(
    """
    VRTDataset SRS GeoTransform GCPList GCP Metadata MDI MaskBand OverviewList BlockXSize BlockYSize
    VRTRasterBand ColorInterp NoDataValue HideNoDataValue UnitType Offset Scale Description CategoryNames Category
    ColorTable Entry Overview Histograms HistItem HistMin HistMax BucketCount IncludeOutOfRange Approximate HistCounts
    GDALRasterAttributeTable FieldDefn Name Type Usage Row F
    SimpleSource ComplexSource AveragedSource KernelFilteredSource NoDataFromMaskSource SourceFilename SourceBand
    SourceProperties SrcRect DstRect NODATA ScaleOffset ScaleRatio LUT ColorTableComponent Exponent Clamp SrcMin SrcMax
    DstMin DstMax UseMaskBand Kernel Size Coefs MaskValueThreshold RemappedValue
    GDALWarpOptions WarpMemoryLimit ResampleAlg WorkingDataType Option SourceDataset BandList BandMapping SrcNoDataReal
    SrcNoDataImag DstNoDataReal DstNoDataImag SrcAlphaBand DstAlphaBand Cutline CutlineBlendDist
    Transformer ApproxTransformer MaxError BaseTransformer GenImgProjTransformer SrcGeoTransform SrcInvGeoTransform
    DstGeoTransform DstInvGeoTransform ReprojectTransformer ReprojectionTransformer SourceSRS TargetSRS SourceCRS
    TargetCRS Options SrcGCPTransformer DstGCPTransformer GCPTransformer Order Reversed SrcTPSTransformer
    DstTPSTransformer TPSTransformer SrcRPCTransformer DstRPCTransformer RPCTransformer HeightOffset HeightScale
    DEMInterpolation DEMMissingValue PixErrThreshold
    PansharpeningOptions Algorithm AlgorithmOptions Weights Resampling NumThreads BitDepth NoData
    SpatialExtentAdjustment PanchroBand SpectralBand
    """.lower().split()
)
_ATTRIBUTES = frozenset(
    """
    rasterXSize rasterYSize subClass dataType band relativeToVRT shared key domain format name src dst blockXSize
    blockYSize min max c1 c2 c3 c4 Id Info Pixel Line X Y Z Projection dataAxisToSRSAxisMapping coordinateEpoch
    xOff yOff xSize ySize normalized resampling index dstBand tableType Row0Min BinSize unit
    """.lower().split()
)
# Entries of metadata that name a file.
_FILE_KEYS = frozenset({"OVERVIEW_FILE", "X_DATASET", "Y_DATASET"})


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
        if driver in CAMERA or (driver == "GTiff" and not elevation and _is_behind_a_preview(source)):
            what = CAMERA.get(driver, "a picture behind a preview")
            raise RasterError(
                f"{shown(path)}: VRT source {shown(name)!r} is {what}, which no VRT shows; write it as TIFF first"
            )
        beside.check(source)
        found[source] = driver
        if driver == "VRT":
            _collect(source, (*above, here), found, elevation)


def _is_behind_a_preview(source: Path) -> bool:
    page = tiff_pages.read_pages(source).picture(source)
    return page is not None and not page.first


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
        root = ElementTree.fromstring(text)  # noqa: S314 (no entities: refused above; size bounded) # nosec B314
    except (ElementTree.ParseError, LookupError, ValueError, RecursionError) as error:
        raise RasterError(
            f"{shown(path)}: a VRT that is not well-formed XML ({one_line(error)}); build it again"
        ) from error
    names: list[tuple[str, bool]] = []
    for element in root.iter():
        tag = element.tag.lower()
        attributes: dict[str, str] = {}
        for key, value in element.attrib.items():
            attributes.setdefault(key.lower(), value)  # of two that differ in case, GDAL takes the first
        if (problem := _problem(element.tag, attributes)) is not None:
            raise RasterError(
                f"{shown(path)}: a VRT with {problem}, which Herdmap does not run; write it out with gdal_translate "
                "first"
            )
        if tag in _SOURCES:
            if len(element):
                raise RasterError(
                    f"{shown(path)}: a VRT with more than a name in <{shown(element.tag)[:40]}>; build it again with "
                    "gdalbuildvrt"
                )
            names.append(((element.text or "").lstrip(), _true(attributes.get("relativetovrt"))))
    return names


def _problem(tag: str, attributes: dict[str, str]) -> str | None:
    """What of an element no VRT of imagery has; None if nothing. attributes: their names in small letters."""
    tag, name = shown(tag.lower()), f"<{shown(tag)[:40]}>"
    if any("{" in word or ":" in word for word in (tag, *attributes)):
        return "an XML namespace"
    subclass = attributes.get("subclass")
    if tag == "vrtdataset" and subclass not in _CLASSES:
        return f"dataset type {shown(str(subclass))[:40]}"
    if tag == "vrtrasterband" and subclass not in _BANDS:
        return f"band type {shown(str(subclass))[:40]}"
    if tag not in _ELEMENTS or ("subclass" in attributes and tag not in ("vrtdataset", "vrtrasterband")):
        return name
    if unknown := sorted(set(attributes) - _ATTRIBUTES):
        return f"{shown(unknown[0])[:40]!r} in {name}"
    if tag == "mdi" and (key := attributes.get("key", "").strip().upper()) in _FILE_KEYS:
        return "an overview file of its own" if "OVERVIEW" in key else f"a file in {key}"
    if tag == "option" and "RPC_DEM" in attributes.get("name", "").upper():
        return "an elevation model"
    return None


def _true(text: str | None) -> bool:
    """As GDAL reads it: by its leading number alone, so that `true` is false."""
    number = re.match(r"\s*[+-]?(\d+)", text or "")
    return number is not None and int(number[1]) != 0


def _is_not_a_file_name(name: str) -> bool:
    """Whether an image library would read more into this name than a file: a URL, a driver's prefix, inline XML."""
    if not name or "\0" in name or name.startswith(("/vsi", "<")) or "/vsi" in name:
        return True
    return re.match(r"[A-Za-z][\w+.-]+:", name) is not None  # two letters or more: not a Windows drive
