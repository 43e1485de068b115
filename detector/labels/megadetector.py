"""Reads detections from MegaDetector's batch output, JSON with shares of each photo's size.

https://github.com/agentmorris/MegaDetector, "batch processing API output format". If a detection was also classified,
its class is the best one of the classifier.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from detector.errors import InputError
from detector.labels.given import Given
from detector.labels.shapes import Drawn, as_number, as_share, shown
from detector.labels.written import Written
from geo.raster.orientation import WITHOUT_MIRRORS


def is_megadetector(given: Given) -> bool:
    """Whether a file is MegaDetector's, by its keys."""
    document = given.document
    return isinstance(document, dict) and {"images", "detection_categories"} <= set(document)


def megadetector_advice(given: Given) -> float | None:
    """The least score that the detector's metadata advise, or None."""
    info = given.document.get("info")
    about = info.get("detector_metadata") if isinstance(info, dict) else None
    advised = about.get("typical_detection_threshold") if isinstance(about, dict) else None
    return float(advised) if isinstance(advised, (int, float)) and 0 < advised < 1 else None


def read_megadetector(given: Given) -> Iterator[Written]:
    """The photos of a file, but those that failed. Raises InputError if a detection cannot be read."""
    document = given.document
    kinds = _names(document, "detection_categories", given)
    finer = _names(document, "classification_categories", given)
    images = document["images"]
    if not isinstance(images, list):
        raise InputError(f"{given.path}: its images are {shown(images)}; expected a list")
    for place, image in enumerate(images, 1):
        where = f"{given.path}: image {place}"
        if not isinstance(image, dict) or not isinstance(image.get("file"), str):
            raise InputError(f"{where} has no file; expected the name of a photo")
        found = image.get("detections")
        if found is None and image.get("failure"):
            continue
        if not isinstance(found, list):
            raise InputError(f"{where}: its detections are {shown(found)}; expected a list")
        labels = tuple(
            _label(one, kinds, finer, f"{where}, detection {number}", f"detection {number} of {image['file']}")
            for number, one in enumerate(found, 1)
        )
        yield Written(image["file"], labels, shares=True, turns=WITHOUT_MIRRORS)


def _names(document: Mapping[str, Any], key: str, given: Given) -> dict[str, str]:
    names = document.get(key) or {}
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        raise InputError(f"{given.path}: its {key} are {shown(names)}; expected a name for each number")
    return names


def _label(one: Any, kinds: Mapping[str, str], finer: Mapping[str, str], where: str, which: str) -> Drawn:
    box = one.get("bbox") if isinstance(one, dict) else None
    if not isinstance(box, list) or len(box) != 4:
        raise InputError(f"{where}: its bbox is {shown(box)}; expected x, y, width and height")
    x, y, width, height = (as_number(value, f"{where}: its bbox") for value in box)
    if min(width, height) < 0:
        raise InputError(f"{where}: its bbox is {shown(box)}; expected x, y, width and height, all 0 or more")
    kind = kinds.get(str(one.get("category")))
    if kind is None:
        raise InputError(f"{where}: its category is {shown(one.get('category'))}; expected one of {shown(list(kinds))}")
    score = as_share(one.get("conf"), f"{where}: its conf")
    return Drawn((x, y, x + width, y + height), _best(one, finer) or kind, False, which, score)


def _best(one: Mapping[str, Any], finer: Mapping[str, str]) -> str | None:
    """The best class of a classifier that has a name, or None."""
    pairs = [
        (float(pair[1]), finer[str(pair[0])])
        for pair in one.get("classifications") or []
        if isinstance(pair, list) and len(pair) == 2 and str(pair[0]) in finer and isinstance(pair[1], (int, float))
    ]
    return max(pairs)[1] if pairs else None
