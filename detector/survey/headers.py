"""The images of a survey, by their names from its folder on, and their headers or why these cannot be read."""

import contextlib
import ntpath
import os
from collections.abc import Callable, Generator, Sequence
from functools import lru_cache
from pathlib import Path, PurePath, PureWindowsPath
from typing import NamedTuple

from detector.errors import InputError
from geo import raster
from geo.errors import GeoError, Remark, one_line
from geo.photos.tags import TagPose, read_tags, without_tags
from geo.raster import RasterInfo
from geo.raster.formats import shown
from geo.tables import TableError
from geo.wellformed import checked

_AHEAD_S = 300.0
"""How long images that are read ahead at once may take."""

Found = Generator[RasterInfo | Exception, None, None]
Headers = Callable[[Sequence[tuple[Path, str]]], Found]
"""Reads headers, given the path and the name of each image; an error takes the place of one that cannot be read."""


class Listed(NamedTuple):
    """One image: its path, its name, its header without its tags and what these say of its pose, or else the reason why
    it cannot be read.
    """

    path: Path
    relative: str
    info: RasterInfo | None
    error: str | None
    tags: TagPose | None = None


def listed(
    paths: Sequence[Path], folder: Path, headers: Headers | None, cancelled: Callable[[], bool]
) -> list[Listed] | None:
    """Images with their headers; None if that was cancelled.

    Args:
        paths: The images, absolute.
        folder: That of the survey.
        headers: Reads their headers; by default `inspected`.
        cancelled: Whether to stop.
    """
    named = [(path, relative_to(path, folder)) for path in paths]
    odd = [_odd_name(relative) for _, relative in named]
    wanted = [one for one, wrong in zip(named, odd, strict=True) if wrong is None]
    images = []
    with contextlib.closing(headers(wanted) if headers else inspected(wanted, cancelled)) as found:
        for (path, relative), wrong in zip(named, odd, strict=True):
            if cancelled():
                return None
            if wrong is not None:
                images.append(Listed(path, wrong, None, "its name cannot be written into a map; rename the file"))
                continue
            read = next(found)
            if isinstance(read, Exception):
                images.append(Listed(path, relative, None, reason(read, path)))
            else:
                images.append(Listed(path, relative, without_tags(read, path), None, read_tags(read)))
    return images


def inspected(named: Sequence[tuple[Path, str]], cancelled: Callable[[], bool]) -> Found:
    """The header of each image, from `raster.inspect`, or its error. Of many images they are read ahead, unless that
    is cancelled or takes too long; those that are left have no time limit.
    """
    paths = [path for path, _ in named]
    with contextlib.closing(raster.headers_ahead(paths, _AHEAD_S, cancelled)) as ahead:
        for path, read in zip(paths, ahead, strict=True):
            try:
                yield read or raster.inspect(path)
            except (GeoError, OSError) as error:
                yield error


def reason(error: Exception | str, path: Path) -> Remark:
    """Why an image failed, in one line, without its path, which the reader sees beside it."""
    text = one_line(str(error).removeprefix(f"{shown(path)}: ")) or one_line(error)
    return Remark(text, about=getattr(error, "about", None))


def relative_to(path: PurePath, folder: PurePath) -> str:
    """`path` as the GeoPackage records it: relative to its folder, with forward slashes. Both are absolute.

    Raises InputError where Windows has no relative path: another drive, or another network folder.
    """
    try:
        # The photos of a folder have its way in common.
        return (_way(path.parent, folder) / path.name).as_posix()
    except ValueError as error:
        raise InputError(
            f"{path} is on {path.drive} and the output on {folder.drive}, but a survey names its images from its own "
            f"folder on; write the output on {path.drive}, beside the imagery, or copy the imagery to {folder.drive}"
        ) from error


@lru_cache(maxsize=16)
def _way(to: PurePath, folder: PurePath) -> PurePath:
    relpath = ntpath.relpath if isinstance(to, PureWindowsPath) else os.path.relpath
    return type(to)(relpath(to, folder))


def _odd_name(relative: str) -> str | None:
    """A name that is not UTF-8 or has control characters as it can be shown; None for every other name."""
    try:
        checked(relative).encode()
    except (TableError, UnicodeEncodeError):
        return relative.encode("unicode_escape").decode()
    return None
