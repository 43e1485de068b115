"""Reads COCO's list of results, which names photos and classes by number only, with the COCO file that it belongs to.

https://cocodataset.org/#format-results: entries with `image_id`, `category_id`, `bbox` and `score`. The COCO file with
the photos and classes lies in the same folder.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from detector.errors import InputError
from detector.labels import coco
from detector.labels.given import Given
from detector.labels.shapes import Drawn, as_share, refuse_corners, shown
from detector.labels.written import Written

_LOOKED_AT = 50  # so many other JSON files of the folder are looked at


def is_coco_results(given: Given) -> bool:
    """Whether a file is a list of results, by the keys of its first entry."""
    document = given.document
    first = document[0] if isinstance(document, list) and document else None
    return isinstance(first, dict) and {"image_id", "category_id", "score"} <= set(first)


def read_coco_results(given: Given) -> Iterator[Written]:
    """The photos of the COCO file beside the results, each with its results.

    Raises InputError if there is no COCO file beside them with all their photos and classes, or several, or if a result
    cannot be read.
    """
    document = given.document
    listed = _beside(given, document)
    names = coco.category_names(listed)
    photos = coco.photos_of(listed)
    found: dict[int | str, list[Drawn]] = {key: [] for key in photos}
    for place, entry in enumerate(document, 1):
        where = f"{given.path}: result {place}"
        key, category = (coco.id_of(entry, name, where) for name in ("image_id", "category_id"))
        box = coco.box_of(entry, where)
        score = as_share(entry.get("score"), f"{where}: its score")
        found[key].append(Drawn(box, names[category], False, f"result {place} of {photos[key].name}", score))
    refuse_corners(given.path, [(found[key], photo.width, photo.height) for key, photo in photos.items()])
    for key, photo in photos.items():
        yield replace(photo, labels=tuple(found[key]))


def _beside(given: Given, document: list[Any]) -> Given:
    """The COCO file in the same folder that has all photos and classes of the results."""
    wanted: tuple[set[Any], set[Any]] = set(), set()
    for place, entry in enumerate(document, 1):
        where = f"{given.path}: result {place}"
        if not isinstance(entry, dict):
            raise InputError(f"{where} is {shown(entry)}; expected an object")
        wanted[0].add(coco.id_of(entry, "image_id", where))
        wanted[1].add(coco.id_of(entry, "category_id", where))
    fit: list[Given] = []
    for file in sorted(given.path.parent.glob("*.json"))[:_LOOKED_AT]:
        other = Given(file)
        with suppress(InputError):
            if file == given.path or not coco.is_coco(other):
                continue
            if wanted[0] <= set(coco.photos_of(other)) and wanted[1] <= set(coco.category_names(other)):
                fit.append(other)
    if len(fit) != 1:
        raise InputError(
            f"{given.path} is a list of COCO results, which does not name its photos and classes; put the COCO file "
            f"that does beside it (found: {len(fit)})"
        )
    return fit[0]
