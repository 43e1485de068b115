"""Photos that lie in the inputs twice, in two formats: an animal in them would count twice.

Cameras write a RAW file beside each JPEG, and people sort both into folders of their own. (In one folder,
`detector.survey.listing` tells them by their names.)
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from geo.errors import Remark
from geo.raster import RasterInfo
from geo.raster.formats import CAMERA, shown

_PREFERRED = {"HEIF": 1, "RAW": 2}
_LONGEST_NAME = 60


def second_copies(images: Sequence[tuple[Path, RasterInfo | None]]) -> tuple[set[int], list[Remark]]:
    """The images, by index, that are the exposure of another one and are not to be searched; and what to say.

    HEIC and camera RAW give way to another format, and RAW to HEIC, where the names are equal but for the ending, and
    the times of exposure too. Photos of one name and one size in a folder, in other formats, are only named.
    """
    chosen: dict[tuple[str, str], Path] = {}
    in_folder: dict[tuple[Path, str, int, int], Path] = {}
    out: set[int] = set()
    gone: Counter[str] = Counter()
    doubtful: list[tuple[Path, Path]] = []
    photos = [(n, path, info) for n, (path, info) in enumerate(images) if info and info.georeference.kind == "none"]
    for n, path, info in sorted(photos, key=lambda one: _PREFERRED.get(one[2].driver, 0)):
        name = path.stem.casefold()
        if info.captured_at:
            first = chosen.setdefault((name, info.captured_at[:19]), path)
            if info.driver in CAMERA and first.suffix.lower() != path.suffix.lower():
                out.add(n)
                gone[f"{path.suffix.lower()} (searched as {first.suffix.lower()})"] += 1
                continue
        beside = in_folder.setdefault((path.parent, name, info.width, info.height), path)
        if beside != path:
            doubtful.append((beside, path))
    said = []
    if gone:
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(gone.items()))
        said.append(Remark(f"not searched, since they are exposures that are there in another format: {kinds}"))
    if doubtful:
        one, another = (shown(path.name)[-_LONGEST_NAME:] for path in doubtful[0])
        said.append(
            Remark(
                f"photos that seem to be there in two formats: {len(doubtful)}, as {one} and {another}; if they are, "
                "their animals count twice: keep one format"
            )
        )
    return out, said
