"""Reads labels from CVAT's own XML, one file for all photos: "CVAT for images", and "CVAT for video" with its tracks.

A track has the shape of one animal in each frame. CVAT names the photos of a video export by the numbers of their
frames, `frame_000012`.

https://docs.cvat.ai/docs/manual/advanced/xml_format. Boxes (also turned ones), polygons, polylines, ellipses, masks and
points; of a shape with several corners, the box around it.
"""

import math
import xml.etree.ElementTree as ET  # nosec B405
from collections.abc import Iterator

from detector.errors import InputError
from detector.labels.given import Given
from detector.labels.shapes import Box, Drawn, around, around_ellipse, around_rotated, as_number, as_share, shown
from detector.labels.written import Written
from geo.raster.orientation import EVERY

_SHAPES = ("box", "polygon", "polyline", "points", "ellipse", "mask")


def is_cvat(given: Given) -> bool:
    """Whether a file is CVAT's, by the root of its XML."""
    return given.root is not None and given.root.tag == "annotations"


def read_cvat(given: Given) -> Iterator[Written]:
    """The photos of a file, also those without shapes; of a video, the frames that an animal is in.

    Raises InputError if a shape cannot be read, or if a file has photos and tracks.
    """
    assert given.root is not None
    if given.root.find("track") is not None:
        if given.root.find("image") is not None:
            raise InputError(f"{given.path} has photos and tracks of a video; export it from CVAT again as one of them")
        yield from _of_video(given.root, str(given.path))
        return
    own = given.root.find("meta") is not None  # other programs write CVAT's XML too, of photos that they do not turn
    for place, image in enumerate(given.root.iter("image"), 1):
        where = f"{given.path}: image {place}"
        name = image.get("name")
        if not name:
            raise InputError(f"{where} has no name")
        if subset := image.get("subset"):  # of a project: its photos are in the folder of their subset
            name = f"{subset}/{name}"
        labels = [
            _label(shape, f"{where}, shape {number}", f"shape {number} of {name}")
            for number, shape in enumerate((shape for shape in image if shape.tag in _SHAPES), 1)
        ]
        width, height = (int(_number(image, side, where)) for side in ("width", "height"))
        yield Written(name, tuple(labels), max(width, 0), max(height, 0), turns=EVERY if own else None)


def _of_video(root: ET.Element, path: str) -> Iterator[Written]:
    """The frames in which an animal is, in order."""
    size = root.find("meta//original_size")
    width, height = (int(_text_number(size, side, path)) if size is not None else 0 for side in ("width", "height"))
    frames: dict[int, list[Drawn]] = {}
    for place, track in enumerate(root.iter("track"), 1):
        for shape in track:
            if shape.tag not in _SHAPES:
                continue
            where = f"{path}: track {place}"
            frame = _number(shape, "frame", where)
            if frame < 0 or frame != int(frame):
                raise InputError(f"{where} has the frame {shown(shape.get('frame'))}; expected a whole number")
            if (shape.get("outside") or "0") == "1":  # the animal is not in this frame
                continue
            which = f"track {place} in frame {int(frame)}"
            frames.setdefault(int(frame), []).append(_label(shape, f"{where}, frame {int(frame)}", which, track))
    for number, labels in sorted(frames.items()):
        yield Written(f"frame_{number:06d}", tuple(labels), max(width, 0), max(height, 0), stem=True)


def _text_number(element: ET.Element, key: str, where: str) -> float:
    return as_number((element.findtext(key) or "0").strip(), f"{where}: its {key}", text=True)


def _label(shape: ET.Element, where: str, which: str, track: ET.Element | None = None) -> Drawn:
    name = shape.get("label") or (None if track is None else track.get("label"))
    if not name:
        raise InputError(f"{where} has no label")
    given = next((one.text for one in shape.iter("attribute") if one.get("name") in ("score", "confidence")), None)
    score = as_share(given.strip(), f"{where}: its score", text=True) if given and given.strip() else math.nan
    return Drawn(_box(shape, where), name, False, which, score)


def _box(shape: ET.Element, where: str) -> Box:
    turned = _number(shape, "rotation", where) if shape.get("rotation") else 0.0
    if shape.tag == "box":
        x0, y0, x1, y1 = (_number(shape, key, where) for key in ("xtl", "ytl", "xbr", "ybr"))
        box = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
        return around_rotated(box, turned) if turned else box
    if shape.tag == "ellipse":
        x, y, rx, ry = (_number(shape, key, where) for key in ("cx", "cy", "rx", "ry"))
        return around_ellipse(x, y, rx, ry, turned)
    if shape.tag == "mask":
        left, top, width, height = (_number(shape, key, where) for key in ("left", "top", "width", "height"))
        return left, top, left + width, top + height
    corners = []
    for pair in (shape.get("points") or "").split(";"):
        values = pair.split(",")
        if len(values) != 2:
            raise InputError(f"{where}: its points have {shown(pair)}; expected x,y;x,y and so on")
        corners.append(
            (as_number(values[0], f"{where}: its points", True), as_number(values[1], f"{where}: its points", True))
        )
    return around(corners)


def _number(element: ET.Element, key: str, where: str) -> float:
    value = element.get(key)
    if value is None:
        raise InputError(f"{where} has no {key}")
    return as_number(value, f"{where}: its {key}", text=True)
