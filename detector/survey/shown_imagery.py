"""Chooses the imagery under a survey's boxes: rasters by their own files, photos by small VRTs, or a contact sheet."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.survey.planning import PlannedImage, work_folder
from geo.geopackage import imagery
from geo.geopackage.imagery import ImageryLayer, Photo
from geo.georeference import Georeference, PixelsToMap
from geo.photos.projection import PosedPhoto
from geo.raster import RasterInfo

# QGIS draws each layer that the scale allows into a picture as large as the map, even if it is not in view, and keeps
# it: 200 layers took 2.4 GB and 0.7 s for each pan.
MOST_PHOTO_LAYERS = 40
# If an affine map puts imagery farther off than this share of an animal's length, it is warped, through so many points
# on each side.
MISFIT_PX = 10.0
WARP_POINTS = 11


def own_files(images: Sequence[PlannedImage], references: Sequence[PixelsToMap | None]) -> list[ImageryLayer]:
    """The layers of rasters with a position, as their own files."""
    return [
        ImageryLayer(
            name=image.path.stem,
            source=image.relative,
            crs_wkt=reference.crs_wkt,
            bands=image.info.bands,
            dtype=image.info.dtype,
            stretch=image.info.stretch,
        )
        for image, reference in zip(images, references, strict=True)
        if reference is not None and image.info is not None and image.info.by_name
    ]


def photo_layers(
    images: Sequence[PlannedImage],
    references: Sequence[PixelsToMap | None],
    output: Path,
    detections: Sequence[int],
) -> tuple[list[ImageryLayer], tuple[str, ...]]:
    """The layers of photos with a pose, each as a VRT.

    The VRT has the affine map that fits the pose best. If that is not exact enough, the photo is warped. A photo that
    sees the horizon has no layer.
    """
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
        if not info.by_name:
            continue
        transform = reference.affine_fit(info.width, info.height)
        if transform is None:
            continue
        folder.mkdir(parents=True, exist_ok=True)
        # Photos in two folders may have the same name, and some characters in a path have a meaning in QGIS.
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
        said.append(
            f"{len(posed)} photos are too many to show: the map shows the {len(layers)} with the most detections"
        )
    return layers, tuple(said)


def not_shown(infos: Sequence[RasterInfo | None]) -> tuple[str, ...]:
    """A line where QGIS cannot show photos: they stand in no layer, and their animals do."""
    number = sum(info is not None and not info.by_name for info in infos)
    if not number:
        return ()
    photos = "1 photo" if number == 1 else f"{number} photos"
    return (
        f"QGIS cannot show {photos} in HEIC, camera RAW or behind a preview: the animals are on the map, without the "
        "picture under them",
    )


def _grid_px(info: RasterInfo, side: int) -> NDArray[np.float64]:
    """(side * side, 2) image px: points of an image, on its edges and inside."""
    u, v = np.meshgrid(np.linspace(0, info.width, side), np.linspace(0, info.height, side))
    return np.column_stack([u.ravel(), v.ravel()])


def on_contact_sheet(
    images: Sequence[PlannedImage], infos: Sequence[RasterInfo | None], output: Path
) -> tuple[list[PixelsToMap | None], list[ImageryLayer]]:
    """Place images side by side on one sheet, a VRT beside `output`, and return their georeferences and its layer.

    Args:
        images: The images of the plan.
        infos: Their headers; None for an image that cannot be read, which gets no georeference.
        output: The survey's file.
    """
    readable = [(n, images[n].path, info) for n, info in enumerate(infos) if info is not None]
    references: list[PixelsToMap | None] = [None] * len(images)
    if not readable:
        return references, []
    transforms = imagery.contact_sheet([(info.width, info.height) for _, _, info in readable])
    for (n, _, _), (a, b, c, d, e, f) in zip(readable, transforms.tolist(), strict=True):
        references[n] = Georeference("none", None, (a, b, c, d, e, f))
    sheet = work_folder(output) / "contact-sheet.vrt"
    sheet.parent.mkdir(parents=True, exist_ok=True)
    seen = [n for n, (_, _, info) in enumerate(readable) if info.by_name]
    if not seen:
        return references, []
    photos = [
        Photo(path, info.width, info.height, info.bands, info.dtype) for _, path, info in readable if info.by_name
    ]
    imagery.write_sheet_vrt(sheet, photos, transforms[seen])
    return references, [ImageryLayer("photos", imagery.relative_path(sheet, output.parent), "contact sheet")]
