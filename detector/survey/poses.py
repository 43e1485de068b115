"""Finds the poses of a survey's photos from their headers and the files of positions, before any pixel is read.

So a wrong file of positions stops a run at its start.
"""

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from detector.survey.planning import PlannedImage, PoseSettings
from geo.circular_garbage import seldom_collected
from geo.errors import Remark
from geo.georeference import PixelsToMap, is_on_earth
from geo.photos.poses import NADIR, PlacedPhoto, poses_for
from geo.photos.projection import PosedPhoto
from geo.photos.tags import read_tags
from geo.raster import RasterInfo


@dataclass(frozen=True, eq=False)
class Poses:
    """The poses of a survey's photos.

    Attributes:
        photos: For each image its pose; None if it is not a photo, or cannot be read.
        crs_wkt: The CRS that photos are placed in; None if none is placed.
        warnings: What the user should know.
    """

    photos: tuple[PlacedPhoto | None, ...]
    crs_wkt: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def placed(self) -> int:
        """The number of photos with a place."""
        return sum(photo is not None and photo.georeference is not None for photo in self.photos)

    def georeferences(self, failures: Container[int]) -> list[PixelsToMap | None]:
        """What places each photo; None for a photo without a place, and for one that failed."""
        return [None if i in failures or photo is None else photo.georeference for i, photo in enumerate(self.photos)]


@seldom_collected()
def poses_of(images: Sequence[PlannedImage], settings: PoseSettings) -> Poses:
    """The poses of the photos, from their headers and from the files that the settings name.

    They are in the CRS of the images that have a CRS of their own, if there are any.

    Raises:
        GeoError: A file cannot be used.
    """
    nobody: list[PlacedPhoto | None] = [None] * len(images)
    readable = [(n, image.info) for n, image in enumerate(images) if image.info is not None]
    photos = [info for _, info in readable if info.georeference.kind == "none"]
    if not photos and settings.position is None:
        said = ("every image has a georeference of its own: positions, heights and cameras are not used",)
        return Poses(tuple(nobody), None, said if settings.given else ())
    tags = [image.tags or read_tags(image.info) for image in images if image.info is not None]
    if settings.position is None and not any(
        one.says_where for one, (_, info) in zip(tags, readable, strict=True) if info.georeference.kind == "none"
    ):
        said = (Remark("no photo has a position in its tags, and no file of positions was given", about="position"),)
        return Poses(tuple(nobody), None, said if settings.given else ())
    own = most_common_crs([info for _, info in readable])
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
        relief_m=settings.relief_m,
        crs=own,
        position_crs=settings.position_crs,
        angles=settings.angles,
        position_error_m=settings.position_error_m,
        calibration=settings.calibration,
        mount=settings.mount or NADIR,
        tags=tags,
    )
    for (n, info), photo in zip(readable, found.photos, strict=True):
        if info.georeference.kind == "none" or isinstance(photo.georeference, PosedPhoto):
            nobody[n] = photo
    made = Poses(tuple(nobody), found.crs_wkt, found.warnings)
    return made if made.placed else replace(made, crs_wkt=None)


def most_common_crs(infos: Sequence[RasterInfo | None]) -> str | None:
    """The CRS that most images have; None if no image has one."""
    known = Counter(i.georeference.crs_wkt for i in infos if i is not None and i.georeference.crs_wkt is not None)
    return known.most_common(1)[0][0] if known else None
