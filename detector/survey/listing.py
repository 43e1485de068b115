"""Lists the images of a survey's inputs, each once, and says what the folders hold besides and is not searched.

Links are followed: a link to a folder, and a link to a photo. A folder or a photo that is reached in two ways is
searched once, since an animal in it would count twice. It is searched by the name that it has without a link, if it
lies in the inputs under such a name; so a link that is added later changes nothing.
"""

import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePath

from detector.errors import InputError
from geo import geopackage
from geo.errors import Remark
from geo.paths import Paths, StrPath, absolute, as_paths
from geo.raster.formats import shown
from geo.raster.image_formats import IMAGE_ENDINGS, ending_of, is_image, not_searched, rank
from geo.share.folder import LIST
from geo.text_encoding import unicode_text

WORK_SUFFIX = ".herdmap"
# Kinds of files that one line names; the rest are added up.
_MOST_KINDS = 6
_LONGEST_NAME = 60
_ONE = re.compile(r"(?<=link|lder)s(?= \()")
_SHARED = "share folders (their pictures are copies)"
_BROKEN = "links (without a target)"
_ABOVE = "links (to a folder above)"
_AGAIN = "links (to what is searched already)"


@dataclass(frozen=True)
class Listing:
    """images: absolute paths in order, each once, by the names that the user gave. remarks: what is not searched."""

    images: tuple[Path, ...]
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """An image. real: its path without links. inode: by which a hard link is known. linked: reached by a link in a
    folder."""

    path: str
    real: str
    inode: int
    linked: bool


def list_images(inputs: Paths) -> Listing:
    """The images that inputs name: files, folders (searched recursively), and `@list.txt` of paths, one a line.

    A folder's images come in the order of their names, those behind links last. Paths in a list are relative to the
    list. Raises InputError for an input that does not exist, a folder without images, or no input at all.
    """
    found: list[_Found] = []
    folders: list[_Folder] = []
    for path in as_paths(inputs):
        text = os.fspath(path)
        if text.startswith("@"):
            found.extend(map(_named, _listed(Path(text[1:]))))
        elif path.is_dir():
            folder = _Folder(path)
            if not folder.images:
                raise InputError(f"{path}: no images in this folder; expected {_expected()}{folder.instead()}")
            folders.append(folder)
            found.extend(folder.images)
        elif path.exists():
            found.append(_named(path))
        else:
            raise InputError(f"{path}: no such file or folder; check the path")
    if not found:
        raise InputError("no input: give image files, a folder, or @list.txt")
    images, again = _each_once(found)
    remarks = [remark for folder in folders if (remark := folder.remark()) is not None]
    if again:
        remarks.append(Remark(f"{again} of the images are reached twice, by links; each is searched once"))
    return Listing(tuple(map(Path, images)), tuple(remarks))


def images_of(survey_file: StrPath) -> Listing:
    """The images of a survey, wherever they lie. Raises GeoError if it cannot be read."""
    path = absolute(survey_file)
    names = geopackage.read_images(path).path
    return Listing(tuple(Path(os.path.abspath(path.parent / name)) for name in names))


def as_they_are(images: Iterable[Path]) -> Listing:
    """Images that are each searched by their own name, even if a link makes two of them one file.

    Raises InputError for one that does not exist.
    """
    listing = Listing(tuple(dict.fromkeys(map(absolute, images))))
    for path in listing.images:
        if not path.exists():
            raise InputError(f"{path}: no such file; check the path")
    return listing


def _expected() -> str:
    return " ".join(sorted(IMAGE_ENDINGS))


def _listed(path: Path) -> Iterator[str]:
    try:
        text = unicode_text(path.read_bytes())
    except FileNotFoundError as error:
        raise InputError(f"@{path}: there is no list {path}; check the path") from error
    except OSError as error:
        raise InputError(f"@{path}: the list cannot be read ({error.strerror}); expected a text file") from error
    if text is None:
        raise InputError(f"@{path}: the list is not UTF-8 text; save it as UTF-8, one path a line")
    named = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not named:
        raise InputError(f"@{path}: the list is empty; expected one path a line")
    for line in named:
        yield os.path.join(path.parent, line)  # noqa: PTH118 (a hundred thousand of them)


def _named(path: str | Path) -> _Found:
    """An image that the user names. One that is missing fails when it is planned."""
    whole = os.path.abspath(path)
    try:
        status = os.lstat(whole)
    except OSError:
        return _Found(whole, whole, 0, False)
    if stat.S_ISLNK(status.st_mode):
        return _Found(whole, os.path.realpath(whole), 0, False)
    folder, _, name = whole.rpartition(os.sep)
    return _Found(whole, _within(_without_links(folder), name), status.st_ino, False)


@lru_cache(maxsize=256)
def _without_links(folder: str) -> str:
    return os.path.realpath(folder or os.sep)


def _within(folder: str, name: str) -> str:
    return f"{folder.rstrip(os.sep)}{os.sep}{name}"


@dataclass
class _Folder:
    """A folder that the user names, listed. images: those in it. left_out: by kind, how many files are not searched."""

    given: Path
    images: list[_Found] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._seen: set[str] = set()
        self._links: list[str] = []
        self._tree(os.path.abspath(self.given), linked=False)
        while self._links:
            self._tree(self._links.pop(0), linked=True)

    def remark(self) -> Remark | None:
        """What is not searched, in one line; None where that is nothing."""
        number = self.left_out.total()
        if not number:
            return None
        is_not = "1 file is" if number == 1 else f"{number} files are"
        return Remark(f"in {_short(self.given)}: {is_not} not searched: {self._kinds()}")

    def instead(self) -> str:
        """What a folder without images holds, as the end of a sentence."""
        return f"; it holds {self._kinds()}" if self.left_out else ""

    def _kinds(self) -> str:
        kinds = sorted(self.left_out.items(), key=lambda one: (-one[1], one[0]))
        said = [f"{number} {_ONE.sub('', kind, 1) if number == 1 else kind}" for kind, number in kinds[:_MOST_KINDS]]
        rest = sum(number for _, number in kinds[_MOST_KINDS:])
        return ", ".join([*said, f"{rest} of other kinds"] if rest else said)

    def _tree(self, top: str, linked: bool) -> None:
        """List a folder and those in it, in the order of their names; links to folders wait until it is done."""
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            real = os.path.realpath(folder)
            if real in self._seen:
                self.left_out[_AGAIN] += linked and folder == top
                continue
            self._seen.add(real)
            inside: list[str] = []
            begin = len(self.images)
            entries = _entries(folder)
            if folder != top and _is_share_folder(entries):
                self.left_out[_SHARED] += 1
                continue
            for entry in entries:
                if entry.is_symlink():
                    if not entry.name.startswith("."):
                        self._link(entry, real)
                elif entry.is_dir(follow_symlinks=False):
                    # Our own VRTs lie in work folders; hidden folders hold previews and caches.
                    if not entry.name.startswith(".") and not entry.name.endswith(WORK_SUFFIX):
                        inside.append(entry.path)
                elif self._is_image(entry.name):
                    self.images.append(_Found(entry.path, _within(real, entry.name), entry.inode(), linked))
            waiting.extend(reversed(inside))
            self.images[begin:] = self._one_format(self.images[begin:])

    def _one_format(self, images: list[_Found]) -> list[_Found]:
        """The photos of a folder without the RAW and HEIC files of which there is a JPEG or another format as well."""
        ranks = [rank(image.path) for image in images]
        if not any(ranks):
            return images
        names = [PurePath(image.path) for image in images]
        best: dict[str, tuple[int, str]] = {}
        for name, number in zip(names, ranks, strict=True):
            stem = name.stem.casefold()
            best[stem] = min(best.get(stem, (number, name.suffix)), (number, name.suffix))
        kept = []
        for image, name, number in zip(images, names, ranks, strict=True):
            first, ending = best[name.stem.casefold()]
            if number > first:
                self.left_out[f"{name.suffix.lower()} (searched as {ending.lower()})"] += 1
            else:
                kept.append(image)
        return kept

    def _link(self, entry: "os.DirEntry[str]", folder: str) -> None:
        """folder: the one that the link lies in, without links."""
        try:
            is_folder = stat.S_ISDIR(entry.stat().st_mode)
        except OSError:
            self.left_out[_BROKEN] += 1
            return
        if not is_folder:
            if self._is_image(entry.name):
                self.images.append(_Found(entry.path, os.path.realpath(entry.path), 0, True))
        elif Path(folder).is_relative_to(os.path.realpath(entry.path)):
            # Beyond the folder that the user named, all of a disk might be searched.
            self.left_out[_ABOVE] += 1
        elif not entry.name.endswith(WORK_SUFFIX):
            self._links.append(entry.path)

    def _is_image(self, name: str) -> bool:
        if name.startswith("."):
            # A photo that iCloud has not brought down is a hidden file with another ending.
            if ending_of(name) == ".icloud" and is_image(name.removesuffix(".icloud")):
                self.left_out[not_searched(name) or name] += 1
            return False
        if is_image(name):
            return True
        kind = not_searched(name)
        if kind is not None:
            self.left_out[kind] += 1
        return False


def _entries(folder: str) -> "list[os.DirEntry[str]]":
    """What a folder holds, by name. If one that cannot be listed were skipped, its photos would silently be missing."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise InputError(
            f"{folder}: this folder cannot be listed ({error.strerror}); allow Herdmap to read it"
        ) from error


def _is_share_folder(entries: "list[os.DirEntry[str]]") -> bool:
    """Whether a folder of these entries is one that `geo.share` made. One that the user names is searched."""
    names = {entry.name: entry.path for entry in entries if entry.name in ("index.html", "data", "pictures")}
    return len(names) == 3 and (Path(names["data"]) / Path(LIST).name).is_file()


def _each_once(found: Iterable[_Found]) -> tuple[list[str], int]:
    """The paths of the images, each once, and how many were reached by a second name."""
    chosen: dict[str, _Found] = {}
    second = 0
    for one in found:
        known = chosen.get(one.real)
        if known is None:
            chosen[one.real] = one
            continue
        second += one.path != known.path
        if known.linked and not one.linked:
            del chosen[one.real]
            chosen[one.real] = one
    by_inode: dict[int, list[str]] = {}
    paths = []
    for one in chosen.values():
        alike = by_inode.setdefault(one.inode, [])
        if one.inode and any(_is_one_file(one.real, other) for other in alike):
            second += 1
            continue
        alike.append(one.real)
        paths.append(one.path)
    return paths, second


def _is_one_file(a: str, b: str) -> bool:
    """Whether two names, of files with one inode number, are of one file: by a hard link, or in other letter case.

    Some network disks give the same number to several files: the rest must agree too.
    """
    try:
        first, second = Path(a).stat(), Path(b).stat()
    except OSError:
        return False
    alike = (first.st_size, first.st_mtime_ns) == (second.st_size, second.st_mtime_ns)
    if not alike or not os.path.samestat(first, second):
        return False
    return first.st_nlink > 1 or a.casefold() == b.casefold()


def _short(path: Path) -> str:
    name = shown(path)
    return name if len(name) <= _LONGEST_NAME else "..." + name[3 - _LONGEST_NAME :]
