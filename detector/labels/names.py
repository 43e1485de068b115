"""Finds the photos that a label file names, also by names as Windows, Label Studio and URL encoders write them."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from detector.errors import InputError
from detector.labels.shapes import shown
from geo.paths import StrPath
from geo.raster.image_formats import is_image

_URL = re.compile(r"^[a-z][a-z0-9+.-]+://[^/]*/", re.IGNORECASE)
_DRIVE = re.compile(r"^[A-Za-z]:")
# Label Studio puts eight hexadecimal digits before the name of a file that is uploaded.
_UPLOAD = re.compile(r"^[0-9a-f]{8}-(?=.)")


class Photos:
    r"""The photos in a folder, by the names in one label file.

    First the name is looked for as it is written. If there is no such file, it is tried without its leading folders,
    with `\` as the separator, decoded from a URL, without Label Studio's prefix, without blanks around it, and in other
    letter case. A name without the ending of a picture may lack it. A file outside the folder is never taken, nor a
    file with the same name in another folder.
    """

    def __init__(self, folder: Path, labels: StrPath) -> None:
        self._folder, self._labels = folder, labels
        self._in: dict[Path, dict[str, list[str]]] = {}

    def find(self, name: str) -> str:
        """The path of a photo, relative to the folder, with `/`. If there is no such file, the name is returned
        unchanged.

        Raises InputError if the name leaves the folder and no photo in it has that name.
        """
        usable = bool(name) and "\0" not in name
        if usable and self._is_file(name) and (found := self._on_disk(name)) is not None:
            return found
        plain = name.replace("\\", "/")
        tried = dict.fromkeys([*_ways(plain), *_ways(plain.strip())]) if usable else {}
        for way in tried:
            if self._is_file(way) and (found := self._on_disk(way)) is not None:
                return found
        for way in tried:
            if (found := self._in_other_case(PurePosixPath(way))) is not None:
                return found
        if usable and not is_image(plain.strip()) and (found := self._without_ending(plain.strip())) is not None:
            return found
        if not usable or not _stays(PurePosixPath(plain)) or _URL.match(plain) or _DRIVE.match(plain):
            raise InputError(
                f"{self._labels} names the file {shown(name)}; names must stay inside the image folder, and no photo "
                "there has that name"
            )
        return plain

    def find_stem(self, name: str) -> str:
        """The path of the photo with a name that lacks its ending, relative to the folder; the name if there is none.

        If several photos have it, it is the one in the folders that agree with those of the name; a folder `labels`
        beside a folder `images` agrees with it. Of these it is the one with the fewest other folders. Raises InputError
        if two photos agree as well.
        """
        parts = _parts(name)
        if not parts:
            raise InputError(f"{self._labels} names the file {shown(name)}; expected the name of a photo")
        found = self._without_ending(name)
        return "/".join(parts) if found is None else found

    def _without_ending(self, name: str) -> str | None:
        """What `find_stem` finds; None if there is no photo of that name."""
        parts = _parts(name)
        agree: dict[tuple[int, int], list[str]] = {}
        stems = (_key(parts[-1]), _key(_UPLOAD.sub("", parts[-1]))) if parts else ()
        for path in next((self._by_stem[stem] for stem in stems if stem in self._by_stem), []):
            folders = [_key(part) for part in path.split("/")[:-1] if _key(part) != "images"]
            wanted = [_key(part) for part in parts[:-1] if _key(part) != "labels"]
            same = 0
            while same < min(len(folders), len(wanted)) and folders[-1 - same] == wanted[-1 - same]:
                same += 1
            agree.setdefault((same, same - len(folders)), []).append(path)
        if not agree:
            return None
        best = agree[max(agree)]
        if len(best) > 1:
            raise InputError(
                f"{self._labels}: the labels {shown(name)} fit the photos {shown(best[0])} and {shown(best[1])}; put "
                "them into folders of the same names"
            )
        return best[0]

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in sorted(self._folder.rglob("*")):
            if is_image(path.name) and path.is_file():
                found.setdefault(_key(path.stem), []).append(path.relative_to(self._folder).as_posix())
        return found

    def _is_file(self, name: str) -> bool:
        try:
            return _below(self._folder, name).is_file()
        except (OSError, ValueError):  # the name is too long, or not possible on this system
            return False

    def _on_disk(self, name: str) -> str | None:
        """The name of a file that is there, with `/`, in the letters that its folders list: Windows and macOS find it
        in others too. None if they do not list it, as `a.jpg ` on Windows.
        """
        parts: list[str] = []
        for part in Path(name).parts:
            found = self._listed(self._folder.joinpath(*parts), part)
            if found is None:
                return None
            parts.append(found)
        return "/".join(parts)

    def _in_other_case(self, way: PurePosixPath) -> str | None:
        try:
            found = self._listed(_below(self._folder, way.parent.as_posix()), way.name)
        except ValueError:
            return None
        return None if found is None else (way.parent / found).as_posix()

    def _listed(self, folder: Path, name: str) -> str | None:
        """A name in a folder: this one, or the only one that differs from it in letter case alone."""
        if folder not in self._in:
            names: dict[str, list[str]] = {}
            try:
                for path in folder.iterdir():
                    names.setdefault(_key(path.name), []).append(path.name)
            except (OSError, ValueError):
                names = {}
            self._in[folder] = names
        alike = self._in[folder].get(_key(name), [])
        if name in alike:
            return name
        return alike[0] if len(alike) == 1 else None


def _below(folder: Path, name: str) -> Path:
    """A path in the folder. Raises ValueError if the name leaves it, as `..\\a.png` and `C:a.png` do on Windows."""
    way = Path(name)
    if way.anchor or ".." in way.parts:
        raise ValueError(f"{name} leaves the folder")
    return folder / way


def _parts(name: str) -> list[str]:
    return [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]


def _stays(path: PurePosixPath) -> bool:
    return not path.is_absolute() and ".." not in path.parts


@cache
def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _ways(plain: str) -> Iterator[str]:
    """The names relative to the folder that `plain`, with `/`, may mean; the longest first."""
    address = _URL.sub("", plain)
    texts = [address]
    if _URL.match(plain) or "/?d=" in plain or "?d=" in address:
        query = address.partition("?d=")[2]  # Label Studio's local files
        texts = [query.partition("&")[0] or address.partition("?")[0], address]
    for text in dict.fromkeys([*texts, *map(unquote, texts)]):
        parts = [part for part in _DRIVE.sub("", text.replace("\\", "/")).split("/") if part not in ("", ".")]
        while ".." in parts:
            parts = parts[parts.index("..") + 1 :]
        for start in range(len(parts)):
            rest = parts[start:]
            yield "/".join(rest)
            if (bare := _UPLOAD.sub("", rest[-1])) != rest[-1]:
                yield "/".join([*rest[:-1], bare])
