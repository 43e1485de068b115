"""How far from its centre an animal may be found, as a person states it: px, or metres on the ground."""

import re
from collections.abc import Sequence
from pathlib import Path

from detector.errors import InputError
from detector.labels.labelled import LabelledImage
from detector.survey.headers import relative_to
from geo import geopackage
from geo.paths import absolute

_RADIUS = re.compile(r"(\d+(?:\.\d+)?|\.\d+) ?(px|m)")


def check_radius(radius: str | None) -> tuple[float, str] | None:
    """The number and the unit, `px` or `m`; None for none. Raises InputError for anything else."""
    if radius is None:
        return None
    found = _RADIUS.fullmatch(radius.strip())
    if found is None or not 0 < float(found[1]) <= 100_000:
        raise InputError(f"the radius is {radius!r}; expected a number above 0 with its unit, such as 12px or 0.5m")
    return float(found[1]), found[2]


def radius_of(radius: str | None, photos: Sequence[LabelledImage], survey: Path) -> list[float] | None:
    """The radius in px of each photo; None for none. survey: the file with the ground sample distance of each photo.

    Raises InputError for metres in a photo without a known ground sample distance.
    """
    given = check_radius(radius)
    if given is None:
        return None
    number, unit = given
    if unit == "px":
        return [number] * len(photos)
    images = geopackage.read_images(survey)
    gsd_m = dict(zip(images.path, images.gsd_m.tolist(), strict=True))
    each = [gsd_m[relative_to(absolute(photo.path), survey.parent)] for photo in photos]
    if unknown := [photo.name for photo, gsd in zip(photos, each, strict=True) if not gsd > 0]:
        raise InputError(
            f"the radius is {radius}, and it is not known how large a pixel of {unknown[0]} is on the ground; state it "
            "in px"
        )
    return [number / gsd for gsd in each]
