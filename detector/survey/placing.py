"""Where a survey's images lie: by their own georeference, by each photo's pose, or side by side on a contact sheet.

Places are chosen from headers, before any pixel is read, so that a wrong file of positions ends a run at its start.
"""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detector.survey.planning import PlannedImage, PoseSettings, work_folder
from geo.geopackage import imagery
from geo.geopackage.imagery import ImageryLayer, Photo
from geo.georeference import Georeference, PixelsToMap, boxes_to_polygons, footprint, is_on_earth, reproject
from geo.photos.poses import NADIR, PlacedPhoto, poses_for
from geo.photos.projection import PosedPhoto
from geo.raster import RasterInfo

WGS84 = "EPSG:4326"
# QGIS draws each layer that the scale allows into a picture of the size of the map, in view or not, and keeps it: 200
# of them took 2.4 GB and 0.7 s a pan.
MOST_PHOTO_LAYERS = 40
# A part of an animal's length: imagery that an affine lays further off than that is warped, through so many points a
# side.
MISFIT_PX = 10.0
WARP_POINTS = 11


@dataclass(frozen=True, eq=False)
class Poses:
    """What is known of the photos' poses: one entry an image (None: no photo, or unreadable), the CRS that they are
    placed in (None: no photo is), and what the user should know."""

    photos: tuple[PlacedPhoto | None, ...]
    crs_wkt: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def placed(self) -> int:
        """How many photos have a place."""
        return sum(photo is not None and photo.georeference is not None for photo in self.photos)

    def georeferences(self, failures: Container[int]) -> list[PixelsToMap | None]:
        """What places each photo; None for one without a place, and for those that failed."""
        return [None if i in failures or photo is None else photo.georeference for i, photo in enumerate(self.photos)]


@dataclass(frozen=True, eq=False)
class Place:
    """One image's place as the layer `images` has it; NaN and None where unknown. ring: (K, 2) in the map's CRS."""

    kind: str = "none"
    lon: float = math.nan
    lat: float = math.nan
    altitude_m: float = math.nan
    agl_m: float = math.nan
    heading_deg: float = math.nan
    gsd_m: float = math.nan
    ring: NDArray[np.float64] | None = None
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class Placement:
    """Where the images lie: the survey's CRS (None: undefined), what places each image's px in it (None: nowhere) and
    its columns, what is seen under the boxes, and what the user should know."""

    crs_wkt: str | None
    georeferences: list[PixelsToMap | None]
    places: list[Place]
    layers: list[ImageryLayer]
    warnings: tuple[str, ...] = ()


# --- poses ----------------------------------------------------------------------------------------------------------


def poses_of(images: Sequence[PlannedImage], settings: PoseSettings) -> Poses:
    """The poses of the photos, from their headers and the files that the settings name.

    In the CRS of the images that have one of their own, if any do. Raises GeoError for a file that cannot be used.
    """
    nobody: list[PlacedPhoto | None] = [None] * len(images)
    readable = [(n, image.info) for n, image in enumerate(images) if image.info is not None]
    photos = [info for _, info in readable if info.georeference.kind == "none"]
    if not photos:
        said = ("no image is a photo without a georeference of its own: positions, heights and cameras are not used",)
        return Poses(tuple(nobody), None, said if settings.given else ())
    if settings.position is None and not any(map(_says_where, photos)):
        said = ("no photo has a position in its tags: give --position too",)
        return Poses(tuple(nobody), None, said if settings.given else ())
    own = _most_common_crs([info for _, info in readable])
    if own is not None and not is_on_earth(own):
        said = ("the orthomosaics' CRS is not tied to the earth: photos cannot be placed beside them",)
        return Poses(tuple(nobody), None, said)
    found = poses_for(
        [info for _, info in readable],
        settings.position,
        settings.dem,
        settings.agl,
        settings.clock_offset_s,
        ground=settings.ground,
        crs=own,
        position_crs=settings.position_crs,
        calibration=settings.calibration,
        mount=settings.mount or NADIR,
    )
    for (n, info), photo in zip(readable, found.photos, strict=True):
        if info.georeference.kind == "none":
            nobody[n] = photo
    made = Poses(tuple(nobody), found.crs_wkt, found.warnings)
    return made if made.placed else replace(made, crs_wkt=None)


def _says_where(info: RasterInfo) -> bool:
    """Whether a photo's tags say anything of its position, be it that the receiver had none."""
    return info.gps is not None or "atitude" in (info.xmp or "")


def _most_common_crs(infos: Sequence[RasterInfo | None]) -> str | None:
    known = Counter(i.georeference.crs_wkt for i in infos if i is not None and i.georeference.crs_wkt is not None)
    return known.most_common(1)[0][0] if known else None


# --- the place of every image ---------------------------------------------------------------------------------------


def place(
    images: Sequence[PlannedImage],
    output: Path,
    failed: Sequence[bool],
    poses: Poses,
    detections: Sequence[int],
) -> Placement:
    """Choose the survey's CRS, place each image in it, and write the VRTs under the boxes beside `output`.

    The CRS that most images have, else that of the photos' poses; images in another are reprojected. Images with
    coordinates but no CRS (a bare world file) make an undefined CRS where none has one. Where no image has any position
    they lie side by side on a contact sheet, in an undefined CRS; beside positioned ones an image without position has
    no place.

    failed, detections: of each image; the photos with most are those whose imagery is shown.
    """
    infos = [None if wrong else image.info for image, wrong in zip(images, failed, strict=True)]
    own: list[PixelsToMap | None] = [
        None if i is None or i.georeference.kind == "none" else i.georeference for i in infos
    ]
    posed: list[PixelsToMap | None] = [
        None if info is None or photo is None else photo.georeference
        for info, photo in zip(infos, poses.photos, strict=True)
    ]
    crs_wkt = _most_common_crs(infos)
    if crs_wkt is None and any(reference is not None for reference in posed):
        crs_wkt = poses.crs_wkt
    if crs_wkt is not None:
        own = [reference if reference is not None and reference.crs_wkt is not None else None for reference in own]
        references = [a if a is not None else b for a, b in zip(own, posed, strict=True)]
        layers, said = _photo_layers(images, posed, output, detections)
        layers = [*_own_files(images, own), *layers]
        said += _unplaced(images, infos, references)
    elif any(reference is not None for reference in own):
        references, layers = own, _own_files(images, own)
        said = ("the imagery has coordinates but no CRS: set it in QGIS, or add a .prj beside the world file",)
        said += _unplaced(images, infos, references)
    else:
        references, layers = _on_contact_sheet(images, infos, output)
        said = ()
    places = [
        _place(image.info, reference, photo, crs_wkt)
        for image, reference, photo in zip(images, references, poses.photos, strict=True)
    ]
    return Placement(crs_wkt, references, places, layers, said)


def _place(
    info: RasterInfo | None, reference: PixelsToMap | None, photo: PlacedPhoto | None, crs_wkt: str | None
) -> Place:
    """An image's columns. `reference` places it, `photo` is what is known of its pose."""
    if info is None:
        return Place()
    reason = None if photo is None else "; ".join(photo.reasons) or None
    found = Place(info.georeference.kind, gsd_m=_known(info.gsd_m), reason=reason)
    if info.gps is not None:
        found = replace(found, lon=info.gps.lon, lat=info.gps.lat, altitude_m=_known(info.gps.altitude_m))
    if reference is None:
        return found
    ring = footprint(reference, info.width, info.height, crs_wkt)
    found = replace(found, ring=ring if np.isfinite(ring).all() else None)
    if photo is not None and isinstance(reference, PosedPhoto):
        return replace(
            found,
            kind=reference.kind,
            lon=photo.lon,
            lat=photo.lat,
            altitude_m=photo.altitude_m,
            agl_m=photo.agl_m,
            heading_deg=photo.heading_deg % 360.0,
            gsd_m=_known(reference.gsd_m(info.width, info.height)),
        )
    if reference.crs_wkt is not None:
        centre = reference.to_map([(info.width / 2, info.height / 2)])
        lon, lat = reproject(centre, reference.crs_wkt, WGS84)[0].tolist()
        found = replace(found, lon=lon, lat=lat)
    return found


def columns_of(places: Sequence[Place]) -> dict[str, Any]:
    """The columns of `Images` that say where they lie."""
    names = ("lon", "lat", "altitude_m", "agl_m", "heading_deg", "gsd_m")
    numbers = {name: np.array([getattr(place, name) for place in places], np.float64) for name in names}
    return {"georeference": [p.kind for p in places], "footprints": [p.ring for p in places], **numbers}


def _known(value: float | None) -> float:
    return math.nan if value is None else float(value)


def boxes_on_map(reference: PixelsToMap | None, boxes_px: ArrayLike, crs_wkt: str | None) -> NDArray[np.float64]:
    """(N, 4) boxes in image px -> (N, 5, 2) closed rings in the survey's CRS; a row of NaN has no place."""
    boxes = np.asarray(boxes_px, np.float64).reshape(-1, 4)
    if reference is None or len(boxes) == 0:
        return np.full((len(boxes), 5, 2), np.nan)
    rings = boxes_to_polygons(reference, boxes)
    if reference.crs_wkt is not None and crs_wkt is not None:
        rings = reproject(rings.reshape(-1, 2), reference.crs_wkt, crs_wkt).reshape(-1, 5, 2)
    return whole_or_nowhere(rings)


def errors_on_map(reference: PixelsToMap | None, boxes_px: ArrayLike) -> NDArray[np.float64]:
    """(N,) how far the middle of each box may be off on the ground, metres (root mean square); NaN without a pose."""
    boxes = np.asarray(boxes_px, np.float64).reshape(-1, 4)
    if not isinstance(reference, PosedPhoto) or len(boxes) == 0:
        return np.full(len(boxes), np.nan)
    return reference.error_m((boxes[:, :2] + boxes[:, 2:]) / 2)


def whole_or_nowhere(rings: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, C, 2) rings, those with a corner that has no place as NaN throughout."""
    return np.where(np.isfinite(rings).all(axis=(1, 2), keepdims=True), rings, np.nan)


# --- what is seen under the boxes -----------------------------------------------------------------------------------


def _own_files(images: Sequence[PlannedImage], references: Sequence[PixelsToMap | None]) -> list[ImageryLayer]:
    """Positioned rasters seen by their own files."""
    return [
        ImageryLayer(
            name=image.path.stem,
            source=image.relative,
            crs_wkt=reference.crs_wkt,
            bands=image.info.bands,
            dtype=image.info.dtype,
        )
        for image, reference in zip(images, references, strict=True)
        if reference is not None and image.info is not None
    ]


def _photo_layers(
    images: Sequence[PlannedImage],
    references: Sequence[PixelsToMap | None],
    output: Path,
    detections: Sequence[int],
) -> tuple[list[ImageryLayer], tuple[str, ...]]:
    """Posed photos, each seen by a VRT with the affine that fits its pose best, or warped where that does not do; none
    where it sees the horizon."""
    posed = [n for n, reference in enumerate(references) if isinstance(reference, PosedPhoto)]
    posed.sort(key=lambda n: (-detections[n], n))
    folder = work_folder(output) / "photos"
    layers: list[ImageryLayer] = []
    for n in posed:
        image, reference = images[n], references[n]
        if len(layers) == MOST_PHOTO_LAYERS:
            break
        assert image.info is not None
        assert isinstance(reference, PosedPhoto)
        info = image.info
        transform = reference.affine_fit(info.width, info.height)
        if transform is None:
            continue
        folder.mkdir(parents=True, exist_ok=True)
        # Photos of two folders may have one name, and QGIS reads some signs in a path as its own.
        mark = hashlib.sha256(image.relative.encode()).hexdigest()[:8]
        vrt = folder / f"{re.sub(r'[^A-Za-z0-9._-]', '_', image.path.stem)[:60]}-{mark}.vrt"
        photo = Photo(image.path, info.width, info.height, info.bands, info.dtype)
        grid = _grid_px(info, WARP_POINTS)
        flat = Georeference(reference.kind, None, transform)
        if np.linalg.norm(flat.to_px(reference.to_map(grid)) - grid, axis=1).max() > MISFIT_PX:
            imagery.write_warped_vrt(vrt, photo, grid, reference.to_map(grid), reference.crs_wkt)
        else:
            imagery.write_photo_vrt(vrt, photo, transform, reference.crs_wkt)
        source = imagery.relative_path(vrt, output.parent)
        layers.append(ImageryLayer(image.path.stem, source, "photo", reference.crs_wkt))
    said: list[str] = []
    if len(posed) > MOST_PHOTO_LAYERS:
        said.append(f"{len(posed)} photos: the imagery is shown of the {len(layers)} with the most detections")
    return layers, tuple(said)


def _grid_px(info: RasterInfo, side: int) -> NDArray[np.float64]:
    """(side * side, 2) points of an image, edges and all, in image px."""
    u, v = np.meshgrid(np.linspace(0, info.width, side), np.linspace(0, info.height, side))
    return np.column_stack([u.ravel(), v.ravel()])


def _unplaced(
    images: Sequence[PlannedImage], infos: Sequence[RasterInfo | None], references: Sequence[PixelsToMap | None]
) -> tuple[str, ...]:
    each = zip(images, infos, references, strict=True)
    nowhere = [image for image, info, reference in each if info is not None and reference is None]
    if not nowhere:
        return ()
    which = nowhere[0].relative if len(nowhere) == 1 else f"{len(nowhere)} images"
    return (f"without position: {which}; what is found there counts as 'unplaced' and is not on the map",)


def _on_contact_sheet(
    images: Sequence[PlannedImage], infos: Sequence[RasterInfo | None], output: Path
) -> tuple[list[PixelsToMap | None], list[ImageryLayer]]:
    readable = [(n, images[n].path, info) for n, info in enumerate(infos) if info is not None]
    references: list[PixelsToMap | None] = [None] * len(images)
    if not readable:
        return references, []
    transforms = imagery.contact_sheet([(info.width, info.height) for _, _, info in readable])
    for (n, _, _), (a, b, c, d, e, f) in zip(readable, transforms.tolist(), strict=True):
        references[n] = Georeference("none", None, (a, b, c, d, e, f))
    sheet = work_folder(output) / "contact-sheet.vrt"
    sheet.parent.mkdir(parents=True, exist_ok=True)
    photos = [Photo(path, info.width, info.height, info.bands, info.dtype) for _, path, info in readable]
    imagery.write_sheet_vrt(sheet, photos, transforms)
    return references, [ImageryLayer("photos", imagery.relative_path(sheet, output.parent), "contact sheet")]
