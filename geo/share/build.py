"""Makes a share folder from a survey."""

import html
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from geo import geopackage
from geo.paths import StrPath, absolute
from geo.share import content, handouts, pictures, source
from geo.share.folder import check_free, share_folder, size_of
from geo.share.size import DEFAULT_SHARE, LEAST_PICTURES, MaxSize, ShareError, shown
from geo.short_number import short_number

_SCRIPTS = ("dom", "survey", "gestures", "filters", "map", "viewer", "lists", "counts", "main")
_HEADROOM = 20_000  # bytes kept free for the list of files, the README and longer names


@dataclass(frozen=True)
class Settings:
    """The settings of a share folder.

    Attributes:
        max_size: The most that the folder may take. By default five per cent of the imagery's size, or, if that is
            more, what the tables and 2 MB of pictures take.
        annotated: Also write pictures with the boxes drawn in.
        title: The title of the page; by default the name of the file.
        outside_images: Also make pictures of images that are not in the survey's own folder. A survey that somebody
            sent may name any picture of this computer.
    """

    max_size: MaxSize | None = None
    annotated: bool = False
    title: str | None = None
    outside_images: bool = False


@dataclass(frozen=True)
class Report:
    """The folder that was made, in numbers."""

    folder: Path
    """The folder."""
    size: int
    """The size of the folder, bytes."""
    imagery: int
    """The size of the survey's images, bytes."""
    images: int
    """The number of images of the survey."""
    pictures: int
    """How many images have a reduced picture in the folder."""
    animals: int
    """The number of detections of the survey."""
    crops: int
    """How many detections have a picture of their own in the folder."""
    missing: tuple[tuple[str, str], ...]
    """(image, reason) of the images that could not be read."""
    annotated: int
    """How many pictures have the boxes drawn in."""

    def summary(self) -> str:
        """A line or two for a person."""
        part = f" ({short_number(100 * self.size / self.imagery, 2)} % of the imagery)" if self.imagery else ""
        lines = [f"{self.folder}: {shown(self.size)}{part}; open index.html"]
        lines.append(f"pictures of {self.pictures} of {self.images} images, {self.animals} detections")
        if self.missing:
            name, reason = self.missing[0]
            lines.append(f"no picture of {len(self.missing)} images, such as {name}: {reason}")
        return "\n".join(lines)


def share(
    survey: StrPath,
    folder: StrPath,
    settings: Settings | None = None,
    progress: Callable[[float], None] | None = None,
) -> Report:
    """Make the share folder of a survey, complete or not at all. It replaces an earlier one of the same name.

    Args:
        survey: The GeoPackage.
        folder: The folder to make.
        settings: The settings.
        progress: Gets the share that is done, 0 to 1.

    Raises:
        VectorError: The file is not a survey.
        ShareError: The tables alone are larger than `max_size`, or images are outside the survey's folder.
        OutputError: The folder cannot be written, or has files that do not belong to a share folder.
    """
    settings = settings or Settings()
    path, target = absolute(survey), absolute(folder)
    check_free(target)
    geopackage.read_crs(path)  # which says what it is, where it is no survey
    title = settings.title or path.stem
    with share_folder(target) as part:
        found = source.read(path, part / path.name)
        if not settings.outside_images and (outside := pictures.outside(found)):
            raise ShareError(
                f"{len(outside)} of {len(found.images)} images are outside the folder of {path.name}, such as "
                f"{str(outside[0])[-100:]}: pictures of them would be in the share folder",
                about="outside_images",
            )
        has_geojson, about = _write_tables(found, part, title)
        imagery = _imagery_size(found)
        fixed = size_of(part) + len(content.script(content.content(found, None, about))) + _HEADROOM
        fixed += 120 * len(found.images) + 400 * (len(found.detections) // 100 + 1)
        left = _allowed(settings.max_size, imagery, fixed) - fixed
        made = pictures.make(found, part, left, settings.annotated, progress)
        (part / "data" / "survey.js").write_bytes(content.script(content.content(found, made, about)))
        there = sum(p is not None for p in made.picture)
        text = handouts.readme(title, path.name, _facts(found, there, about), has_geojson, settings.annotated)
        # Notepad needs both characters of a line break. A file name may contain half a surrogate pair.
        (part / "README.txt").write_bytes(text.replace("\n", "\r\n").encode("utf-8", "replace"))
    return Report(
        folder=target,
        size=size_of(target),
        imagery=imagery,
        images=len(found.images),
        pictures=there,
        animals=len(found.detections),
        crops=len(made.crops.cell_of),
        missing=tuple(made.missing),
        annotated=len(made.annotated),
    )


def _write_tables(found: source.Source, part: Path, title: str) -> tuple[bool, dict[str, Any]]:
    """Write the survey itself, its tables and the page, but no pictures.

    Returns whether animals have a place that GeoJSON can hold, and what the page says about itself.
    """
    path = found.path
    for name in ("data", "page"):
        (part / name).mkdir()
    project = path.with_suffix(".qgz")
    if project.is_file() and not project.is_symlink():  # a link could lead to any file
        (part / project.name).write_bytes(project.read_bytes())
    handouts.write_animals_csv(found, part / "animals.csv")
    handouts.write_counts_csv(found, part / "counts.csv")
    has_geojson = handouts.write_geojson(found, part / "animals.geojson")
    _write_page(part, title)
    names = (path.name, project.name, "animals.csv", "counts.csv", "animals.geojson")
    return has_geojson, {
        "title": title,
        "made": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "file": path.name,
        "handouts": [*(name for name in names if (part / name).is_file()), "README.txt"],
    }


def _facts(found: source.Source, pictures_there: int, about: Mapping[str, Any]) -> dict[str, str]:
    """What the README says about the survey."""
    facts = {
        "animals": str(int(np.count_nonzero(found.counts()))),
        "images": f"{len(found.images)}, {pictures_there} of them with a reduced picture here",
        "made": str(about["made"]),
    }
    if found.runs:
        facts["model"] = f"{found.runs[-1].model}, Herdmap {found.runs[-1].herdmap_version}"
    return facts


def _allowed(max_size: MaxSize | None, imagery: int, fixed: int) -> int:
    if max_size is None:
        return max(int(DEFAULT_SHARE * imagery), fixed + LEAST_PICTURES)
    allowed = max_size.of(imagery)
    if allowed < fixed:
        raise ShareError(
            f"the survey's tables and the page alone take {shown(fixed)}, more than the {shown(allowed)} asked for; "
            "allow more",
            about="max_size",
        )
    return allowed


def _imagery_size(found: source.Source) -> int:
    files = {Path(os.path.abspath(found.path.parent / path)) for path in found.images.path}
    return sum(file.stat().st_size for file in files if file.is_file())


def _write_page(part: Path, title: str) -> None:
    """Write index.html with its style and its script. Both need the nonce, so that nothing else ever runs."""
    home = resources.files("geo.share") / "page"
    scripts = "\n".join((home / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS)
    (part / "page" / "page.js").write_text(f'(() => {{\n"use strict";\n{scripts}}})();\n', encoding="utf-8")
    (part / "page" / "page.css").write_text((home / "page.css").read_text(encoding="utf-8"), encoding="utf-8")
    page = (home / "page.html").read_text(encoding="utf-8")
    page = page.replace("{{nonce}}", secrets.token_urlsafe(16)).replace("{{title}}", html.escape(title))
    (part / "index.html").write_bytes(page.encode("utf-8", "replace"))
