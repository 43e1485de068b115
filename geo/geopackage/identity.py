"""The identity of a detection: a UUID that stays with it through reviews, other runs, new places and merges.

A detection that has none yet gets one from its image, its class and its box in image px. So a run that is resumed, or
repeated with another threshold, gives the same detection the same UUID. A box without a place gets a random one.
"""

import hashlib
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NAMESPACE = uuid.UUID("1c1d8a5b-3f7e-5c0a-9d55-6a2f0c9b7e44").bytes


def identities(
    given: Sequence[str | None],
    images: Sequence[str | None],
    classes: Sequence[str | None],
    boxes_px: NDArray[Any],
    corners_map: NDArray[np.float64],
) -> list[str]:
    """The UUIDs of M detections, all different.

    given: those they have; a second row with the same one counts as a row with none. boxes_px: (M, 4) xyxy in image px,
    NaN where unknown. corners_map: (M, 2) the first corner of the box on the map, which names a box that was drawn
    there and has no place in its image; NaN where unknown.
    """
    own = list(given)
    taken: set[str] = set()
    if any(text is not None for text in own):
        for row, text in enumerate(own):
            if text is not None:
                own[row] = None if text in taken else text
                taken.add(text)
    boxes = np.round(boxes_px.astype(np.float64) * 100)
    in_image = np.asarray(np.isfinite(boxes).all(axis=1), bool)
    on_map = np.asarray(np.isfinite(corners_map).all(axis=1), bool)
    packed_boxes = np.nan_to_num(boxes).astype("<i8").tobytes()
    packed_corners = np.ascontiguousarray(corners_map, "<f8").tobytes()
    begun: tuple[tuple[str | None, str | None], Any] | None = None
    found: list[str] = []
    for row, known in enumerate(own):
        if known is not None:
            found.append(known)
            continue
        if not (in_image[row] or on_map[row]):
            found.append(str(uuid.uuid4()))
            continue
        name = (images[row], classes[row])
        if begun is None or begun[0] != name:  # the animals of an image stand together
            begun = name, hashlib.sha1(_NAMESPACE + "\n".join(map(str, name)).encode("utf-8", "replace"))  # noqa: S324 # nosec B324
        digest = begun[1].copy()
        place = packed_boxes[row * 32 : row * 32 + 32] if in_image[row] else packed_corners[row * 16 : row * 16 + 16]
        digest.update(place)
        while (fresh := _written(digest.digest())) in taken:
            digest.update(b"again")
        taken.add(fresh)
        found.append(fresh)
    return found


def _written(digest: bytes) -> str:
    """The text of a UUID of version 5, which is made of a SHA-1. `uuid.UUID` takes three times as long."""
    text = digest[:16].hex()
    variant = "89ab"[digest[8] >> 4 & 3]
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"
