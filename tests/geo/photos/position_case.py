"""A file of positions, the photos beside it, and what must come of them: what tables of such cases are held to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from geo.errors import GeoreferenceError
from geo.photos.poses import SurveyPoses, poses_for
from geo.raster import RasterInfo
from tests.surveys.photo_headers import header


@dataclass(frozen=True)
class Case:
    """A file, the photos beside it, and what must come of it.

    file, text  its name and its lines, as bytes where the encoding matters
    photos      their names; options: of `poses_for`
    places      longitude, latitude, altitude (m) of the first photos; heading: of the first one's top, degrees
    said        a part of a warning; error: the file is refused with that
    gps         what the photos' own tags say (longitude, latitude), moved 0.0002 degrees north from photo to photo
    taken       when the first was taken, the others 2 s apart
    """

    file: str
    text: str | bytes
    photos: Sequence[str] = ("DSC01.JPG", "DSC02.JPG")
    options: Mapping[str, Any] = field(default_factory=dict)
    places: Sequence[tuple[float, float, float]] = ()
    heading: float | None = None
    said: str = ""
    error: str = ""
    gps: tuple[float, float] | None = None
    taken: str | None = None


def photos_of(case: Case) -> list[RasterInfo]:
    minute, start = (case.taken[:17], int(case.taken[17:19])) if case.taken else ("", 0)
    zone = "Z" if case.taken and case.taken.endswith("Z") else ""
    return [
        header(
            name,
            captured_at=f"{minute}{start + 2 * i:02}{zone}" if case.taken else None,
            gps=None if case.gps is None else (case.gps[0], case.gps[1] + 2e-4 * i, None),
        )
        for i, name in enumerate(case.photos)
    ]


def placed(case: Case, folder: Path) -> SurveyPoses:
    data = case.text if isinstance(case.text, bytes) else case.text.encode()
    (folder / case.file).write_bytes(data)
    return poses_for(photos_of(case), folder / case.file, **{"ground": 0.0, **case.options})


def check(case: Case, tmp_path: Path) -> None:
    """The file gives its places, or is refused in one line that names it."""
    if case.error:
        with pytest.raises(GeoreferenceError, match=re.escape(case.error)) as error:
            placed(case, tmp_path)
        assert case.file in str(error.value)
        assert "\n" not in str(error.value)
        assert len(str(error.value)) < 300
        return
    found = placed(case, tmp_path)
    for photo, (lon, lat, z) in zip(found.photos, case.places, strict=False):
        assert (photo.lon, photo.lat) == pytest.approx((lon, lat), abs=1.5e-6)
        assert photo.altitude_m == pytest.approx(z, abs=2e-3, nan_ok=True)
    if case.heading is not None:
        assert found.photos[0].heading_deg == pytest.approx(case.heading, abs=0.15)
    said = "\n".join(found.warnings)
    assert case.said in said
    if not case.said:
        assert "own GPS" not in said
