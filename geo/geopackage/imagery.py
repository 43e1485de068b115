"""Shows the imagery under the boxes in QGIS. Imagery is never copied.

An orthomosaic is shown by its own file. A photo with a pose gets a small VRT with an affine fit of the pose. If an
affine fit is not enough, as for an oblique photo, the VRT warps the photo as its pose says. Photos without a position
lie on a contact sheet, one VRT for all: each photo is a cell of a grid in an undefined CRS (image px, x right, y up).
Paths are relative, so a moved folder still shows its imagery.

VRT: https://gdal.org/drivers/raster/vrt.html
"""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET  # nosec B405

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.output import whole
from geo.tables import TableError
from geo.wellformed import checked, element

Affine = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f with x = a col + b row + c and y = d col + e row + f, col and row in image px."""


@dataclass(frozen=True)
class ImageryLayer:
    """A raster that the project shows under the boxes.

    source: path of a raster or VRT relative to the GeoPackage, POSIX separators. crs_wkt: None where undefined.
    bands: 1 is drawn grey, 3 and more as RGB. dtype: what is not uint8 is stretched. stretch: the values that are drawn
    black and white then; None: QGIS measures them as it draws, and GDAL writes what it measured beside the raster.
    """

    name: str
    source: str
    kind: Literal["orthomosaic", "photo", "contact sheet"] = "orthomosaic"
    crs_wkt: str | None = None
    bands: int = 3
    dtype: str = "uint8"
    stretch: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if not self.source or self.bands < 1:
            raise TableError(f"imagery {self.name!r} has no source or no band")


@dataclass(frozen=True)
class Photo:
    """An image file as its header describes it. width, height: px. dtype: uint8, or uint16 shown scaled down."""

    path: Path
    width: int
    height: int
    bands: int = 3
    dtype: str = "uint8"

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1 or self.bands < 1:
            raise TableError(f"{self.path}: {self.width} x {self.height} px with {self.bands} bands is not an image")


def contact_sheet(sizes: ArrayLike) -> NDArray[np.float64]:
    """Where photos lie on a contact sheet, row after row from the top left: (N, 6) affines, see `Affine`.

    sizes: (N, 2) width and height, px. The sheet is nearly square; every cell is as large as the largest photo, with a
    gap of a twentieth between them; scale 1, so that one map unit is one px. One image alone lies at x = col,
    y = -row.
    """
    size = np.asarray(sizes, np.float64).reshape(-1, 2)
    transforms = np.tile(np.array([1.0, 0, 0, 0, -1, 0]), (len(size), 1))
    if len(size) == 0:
        return transforms
    if (size < 1).any():
        raise TableError("a photo of the contact sheet has no pixels")
    width, height = size.max(axis=0)
    gap = math.ceil(max(width, height) / 20)
    columns = max(1, round(math.sqrt(len(size) * (height + gap) / (width + gap))))
    row, column = np.divmod(np.arange(len(size)), columns)
    transforms[:, 2] = column * (width + gap)
    transforms[:, 5] = -row * (height + gap)
    return transforms


def write_sheet_vrt(path: Path, photos: Sequence[Photo], transforms: NDArray[np.float64]) -> None:
    """Write the contact sheet as one VRT of RGB and alpha; the gaps are transparent.

    transforms: (N, 6), of `contact_sheet`. The files are opened only as they come into view. Raises OutputError
    where `path` cannot be written.
    """
    if len(photos) == 0 or transforms.shape != (len(photos), 6):
        raise TableError(f"{path}: {len(photos)} photos with transforms of shape {transforms.shape}")
    right = max(int(t[2]) + photo.width for photo, t in zip(photos, transforms, strict=True))
    bottom = max(int(-t[5]) + photo.height for photo, t in zip(photos, transforms, strict=True))
    root = _dataset(right, bottom, (1, 0, 0, 0, -1, 0), None)
    for band, colour in enumerate(("Red", "Green", "Blue", "Alpha"), 1):
        parent = _band(root, band, colour)
        for photo, transform in zip(photos, transforms, strict=True):
            _source(parent, path, photo, band, (int(transform[2]), int(-transform[5])))
    _write(path, root)


def write_photo_vrt(path: Path, photo: Photo, transform: Affine, crs_wkt: str | None) -> None:
    """Write a VRT that lays `photo` on the map by an affine of its px. Raises OutputError.

    It has an alpha band even where the photo has none: without one QGIS draws what surrounds a turned raster black,
    over the photos beside it. So this is also how a rotated orthomosaic is shown best.
    """
    if not np.isfinite(transform).all() or transform[0] * transform[4] == transform[1] * transform[3]:
        raise TableError(f"{path}: the transform {transform} does not map px onto a plane")
    root = _dataset(photo.width, photo.height, transform, crs_wkt)
    for band, colour in enumerate(("Red", "Green", "Blue", "Alpha"), 1):
        _source(_band(root, band, colour), path, photo, band, (0, 0))
    _write(path, root)


def write_warped_vrt(
    path: Path, photo: Photo, points_px: NDArray[np.float64], points_map: NDArray[np.float64], crs_wkt: str | None
) -> None:
    """Write a VRT that warps `photo` onto the map through known points, as it is drawn. Raises OutputError.

    points_px, points_map: (K, 2) each, spread over all of the photo; between them a thin plate spline goes through all
    (GDAL's `TPSTransformer`). What surrounds the photo is transparent. The photo as RGB and alpha is a VRT of its own
    in the folder `px` beside `path`.
    """
    if len(points_px) < 4 or points_map.shape != points_px.shape or not np.isfinite(points_map).all():
        raise TableError(f"{path}: {len(points_map)} points do not lay a photo on the map; expected 4 or more")
    inner = path.parent / "px" / path.name
    inner.parent.mkdir(parents=True, exist_ok=True)
    write_photo_vrt(inner, photo, (1.0, 0.0, 0.0, 0.0, -1.0, 0.0), None)
    low, high = points_map.min(axis=0), points_map.max(axis=0)
    # As fine as the photo in its middle, but no larger on its longer side than twice the photo.
    nearest = np.argsort(np.linalg.norm(points_px - (photo.width / 2, photo.height / 2), axis=1))[:9]
    spread = (np.ptp(points_map[nearest], axis=0).prod() / np.ptp(points_px[nearest], axis=0).prod()) ** 0.5
    step = max(float(spread), float((high - low).max()) / (2 * max(photo.width, photo.height)))
    width, height = (max(1, math.ceil(extent / step)) for extent in (high - low).tolist())
    west, north = float(low[0]), float(high[1])
    root = _dataset(width, height, (step, 0.0, west, 0.0, -step, north), crs_wkt)
    root.set("subClass", "VRTWarpedDataset")
    for band, colour in enumerate(("Red", "Green", "Blue", "Alpha"), 1):
        _band(root, band, colour).set("subClass", "VRTWarpedRasterBand")
    element(root, "BlockXSize", "512")
    element(root, "BlockYSize", "128")
    warp = element(root, "GDALWarpOptions")
    element(warp, "WarpMemoryLimit", str(64 << 20))
    element(warp, "ResampleAlg", "Bilinear")
    element(warp, "WorkingDataType", "Byte")
    element(warp, "Option", "0", name="INIT_DEST")
    element(warp, "SourceDataset", f"px/{checked(path.name)}", relativeToVRT="1")
    nearly = element(element(warp, "Transformer"), "ApproxTransformer")
    element(nearly, "MaxError", "0.125")
    both = element(element(nearly, "BaseTransformer"), "GenImgProjTransformer")
    spline = element(element(both, "SrcTPSTransformer"), "TPSTransformer")
    element(spline, "Reversed", "0")
    points = element(spline, "GCPList")
    for (u, v), (x, y) in zip(points_px.tolist(), points_map.tolist(), strict=True):
        element(points, "GCP", Id="", Pixel=repr(u), Line=repr(v), X=repr(x), Y=repr(y))
    element(both, "DstGeoTransform", ",".join(map(repr, (west, step, 0.0, north, 0.0, -step))))
    inverse = (-west / step, 1 / step, 0.0, north / step, 0.0, -1 / step)
    element(both, "DstInvGeoTransform", ",".join(map(repr, inverse)))
    bands = element(warp, "BandList")
    for number in ("1", "2", "3"):
        element(bands, "BandMapping", src=number, dst=number)
    element(warp, "SrcAlphaBand", "4")
    element(warp, "DstAlphaBand", "4")
    _write(path, root)


def relative_path(target: Path, folder: Path) -> str:
    """`target` as seen from `folder`, POSIX separators; absolute where there is no way (another drive)."""
    try:
        return Path(os.path.relpath(target.absolute(), folder.absolute())).as_posix()
    except ValueError:
        return target.absolute().as_posix()


def _dataset(width: int, height: int, transform: Affine, crs_wkt: str | None) -> ET.Element:
    root = ET.Element("VRTDataset", rasterXSize=str(width), rasterYSize=str(height))
    if crs_wkt is not None:
        element(root, "SRS", checked(crs_wkt), dataAxisToSRSAxisMapping="1,2")
    a, b, c, d, e, f = (float(value) for value in transform)
    element(root, "GeoTransform", ", ".join(repr(value) for value in (c, a, b, f, d, e)))  # GDAL's order
    return root


def _band(root: ET.Element, number: int, colour: str) -> ET.Element:
    parent = element(root, "VRTRasterBand", dataType="Byte", band=str(number))
    element(parent, "ColorInterp", colour)
    return parent


def _source(parent: ET.Element, vrt: Path, photo: Photo, band: int, offset: tuple[int, int]) -> None:
    """A photo in a band of a VRT; grey photos in all three colours, its mask (all of it, or its alpha) as alpha."""
    scaled = photo.dtype == "uint16" and band < 4
    source = element(parent, "ComplexSource" if scaled else "SimpleSource")
    name = relative_path(photo.path, vrt.parent)
    relative = not Path(name).is_absolute()
    element(source, "SourceFilename", checked(name), relativeToVRT="1" if relative else "0")
    element(source, "SourceBand", "mask,1" if band == 4 else "1" if photo.bands < 3 else str(band))
    size = {"xSize": str(photo.width), "ySize": str(photo.height)}
    # With these GDAL need not open a file before it is looked at.
    kind = "UInt16" if scaled else "Byte"
    element(
        source,
        "SourceProperties",
        RasterXSize=size["xSize"],
        RasterYSize=size["ySize"],
        DataType=kind,
        BlockXSize=size["xSize"],
        BlockYSize="1",
    )
    element(source, "SrcRect", xOff="0", yOff="0", **size)
    element(source, "DstRect", xOff=str(offset[0]), yOff=str(offset[1]), **size)
    if scaled:
        element(source, "ScaleOffset", "0")
        element(source, "ScaleRatio", repr(255 / 65535))


def _write(path: Path, root: ET.Element) -> None:
    with whole(path, own_name=True) as part:
        part.write_bytes(ET.tostring(root, encoding="utf-8"))
