"""Whether imagery has the scale that a model learnt. At another one it misses animals, and finds others in pieces.

Imagery whose header states its ground sample distance (GSD) is resampled to the model's (`planning.scale_of`). Photos
are searched as they are, because only their poses say how large a pixel is on the ground.
"""

import statistics
from collections.abc import Iterator, Sequence

from detector.models.info import ModelInfo
from detector.survey.planning import PlannedImage
from detector.survey.poses import Poses
from geo.errors import Remark
from geo.photos.photos_at_once import gsds_m
from geo.short_number import short_number


def scale_remarks(info: ModelInfo, images: Sequence[PlannedImage], poses: Poses) -> list[Remark]:
    """What the user should know about the scale of the images, as the model's card and the poses say."""
    known: list[float] = []
    unknown = 0
    of_photos = gsds_m([None if photo is None else photo.georeference for photo in poses.photos])
    for index, image in enumerate(images):
        if image.info is None:
            continue
        if image.info.gsd_m is not None:
            if info.gsd_m is None:  # otherwise it is resampled, and `scale_of` says where that cannot help
                known.append(image.info.gsd_m)
            continue
        gsd_m = of_photos.get(index)
        if gsd_m is None:
            unknown += 1
        else:
            known.append(gsd_m)
    if info.fits_gsd_m is None:
        return []
    return [*_unfit(info, info.fits_gsd_m, known), *_unsaid(info, unknown)]


def _unfit(info: ModelInfo, fits: tuple[float, float], known: Sequence[float]) -> Iterator[Remark]:
    """Images that are finer or coarser than the model fits."""
    finest, coarsest = fits
    for wrong, smaller in (([g for g in known if g > coarsest], True), ([g for g in known if g < finest], False)):
        if not wrong:
            continue
        gsd = statistics.median(wrong)
        if smaller:
            look = f"{gsd / coarsest:.1f} times smaller than the smallest it knows, and many are missed"
            mend = "fly lower, or use a model for such imagery"
        else:
            look = f"{finest / gsd:.1f} times larger than the largest it knows, and are missed or found in pieces"
            mend = f"reduce the imagery to {_cm(info.gsd_m or coarsest)} a pixel, or use a model for such imagery"
        yield Remark(
            f"not of the model's scale: {_images(len(wrong))} with {_cm(gsd)} a pixel, but {info.name} fits "
            f"{_cm(finest)} to {_cm(coarsest)}; animals look {look}: {mend}"
        )


def _unsaid(info: ModelInfo, unknown: int) -> Iterator[Remark]:
    """Images of unknown scale, if the model was trained at one. Without a word it would be taken for the right one."""
    if unknown and info.gsd_m is not None:
        yield Remark(
            f"of unknown scale: {_images(unknown)}; {info.name} was trained at {_cm(info.gsd_m)} a pixel, and at "
            "another scale the count is wrong",
            about="position",
        )


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count} images"


def _cm(gsd_m: float) -> str:
    return f"{short_number(100 * gsd_m, 2)} cm"
