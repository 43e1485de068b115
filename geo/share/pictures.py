"""Makes the pictures of a share folder within a number of bytes: reduced images, thumbnails, and a crop of each animal.

Crops and thumbnails are on *sheets*, JPEG files of many equal cells, because thousands of small files copy slowly.
Images with animals get their pictures first, and the other images share the rest.
"""

import os
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.errors import GeoError, one_line
from geo.machine import cores
from geo.raster import RasterReader, encode_jpeg
from geo.share.source import Source, colour

Pixels = NDArray[np.uint8]

QUALITY = 78
SIDES = (4096, 3072, 2560, 2048, 1600, 1280, 1024, 800, 640, 480, 320)
"""The longer sides that reduced images may have, px. The largest is for surveys of few images."""
FEW_IMAGES = 4
CROP_SIDES = (128, 96, 64)
CROP_COLUMNS, CROP_ROWS = 10, 10
THUMB_SIDE = 160
THUMB_COLUMNS, THUMB_ROWS = 8, 8
CROPS_SHARE, THUMBS_SHARE = 0.4, 0.15
"""The largest shares of the budget for sheets."""
_NOTHING = 216  # the grey of the empty parts of an orthomosaic
_WHOLE_PX = 40_000_000
_SPARE = 1.1  # a factor for safety, because the size of a JPEG is estimated from others


@dataclass
class Sheets:
    """JPEG files with cells of one size, filled in order.

    Attributes:
        heights: The heights of the files, px.
        cell_of: The number of the cell of each thing; a file has columns * rows cells.
    """

    folder: Path
    name: str
    side: int
    columns: int
    rows: int
    files: list[str] = field(default_factory=list)
    heights: list[int] = field(default_factory=list)
    cell_of: dict[int, int] = field(default_factory=dict)
    _waiting: list[tuple[int, Pixels]] = field(default_factory=list)

    def add(self, thing: int, pixels: Pixels, budget: "Budget") -> None:
        """Put pixels (h, w, 3) uint8 RGB into the next cell; h and w are at most `side`."""
        self._waiting.append((thing, pixels))
        if len(self._waiting) == self.columns * self.rows:
            self.flush(budget)

    def flush(self, budget: "Budget") -> None:
        """Write the cells that wait, if the budget still has room for them."""
        if not self._waiting:
            return
        rows = -(-len(self._waiting) // self.columns)
        sheet = np.full((rows * self.side, self.columns * self.side, 3), _NOTHING, np.uint8)
        for n, (_, pixels) in enumerate(self._waiting):
            y, x = n // self.columns * self.side, n % self.columns * self.side
            sheet[y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels
        data = encode_jpeg(sheet, QUALITY)
        if budget.take(len(data)):
            file = f"pictures/{self.name}-{len(self.files) + 1:04d}.jpg"
            (self.folder / file).write_bytes(data)
            first = len(self.files) * self.columns * self.rows
            self.cell_of |= {thing: first + n for n, (thing, _) in enumerate(self._waiting)}
            self.files.append(file)
            self.heights.append(sheet.shape[0])
        self._waiting = []


@dataclass
class Budget:
    """The bytes that may still be written."""

    left: int

    def take(self, size: int) -> bool:
        """Spend `size` bytes if there is room for them, and return whether there was."""
        if size > self.left:
            return False
        self.left -= size
        return True


@dataclass(frozen=True, eq=False)
class Pictures:
    """The pictures that were made.

    Attributes:
        picture: For each image, its file, width and height; or None.
        square: (M, 3) x, y and side, image px, of the crop of each detection; NaN without a crop or a known place.
        missing: The images with a missing or damaged file, and the reason.
        annotated: The files with the boxes drawn in.
    """

    picture: Sequence[tuple[str, int, int] | None]
    thumbs: Sheets
    crops: Sheets
    square: NDArray[np.float64]
    missing: Sequence[tuple[str, str]]
    annotated: Sequence[str]


@dataclass(frozen=True, eq=False)
class _Job:
    """One image: its row, its file, the longer side of its picture, and its detections from top to bottom."""

    image: int
    path: Path
    size: tuple[int, int]
    side: int
    crop_side: int
    rows: NDArray[np.int64]
    boxes: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Made:
    picture: Pixels
    thumb: Pixels
    crops: list[tuple[int, tuple[int, int, int], Pixels]]


def make(
    source: Source, folder: Path, size: int, annotated: bool, progress: Callable[[float], None] | None = None
) -> Pictures:
    """Write the pictures of a survey into `folder`/pictures. They take at most `size` bytes.

    If the file of an image is missing, damaged or of another size, the image gets no picture.

    Args:
        source: The survey.
        folder: The share folder.
        size: Bytes.
        annotated: Also write each picture with its boxes drawn in, into `folder`/annotated.
        progress: Gets the share that is done, 0 to 1.
    """
    (folder / "pictures").mkdir()
    if annotated:
        (folder / "annotated").mkdir()
    missing: list[tuple[str, str]] = []
    there = _files_there(source, missing)
    rows_of, chipped = _detections_of(source, there)
    with_animals = sorted((i for i in there if len(rows_of.get(i, ()))), key=lambda i: (-len(rows_of[i]), i))
    others = [i for i in there if i not in set(with_animals)]

    density = _bytes_per_px(source, there, [*with_animals, *others])
    cropped = sum(len(rows_of[i]) for i in with_animals) + len(chipped)
    plan = _plan(size, density, cropped, len(there))
    writing = _Writing(source, folder, plan, Budget(size), annotated, missing)
    if plan.crop_side:
        writing.write_chips(chipped)
    done = 0
    for group, copies, reserved in ((with_animals, 1 + annotated, plan.sheets), (others, 1, 0.0)):
        side = _side(source, group, len(there), (writing.budget.left - reserved) / copies, density)
        for job, made in _in_order(_jobs(source, group, there, rows_of, side, plan.crop_side)):
            done += 1
            if progress is not None:
                progress(done / max(1, len(there)))
            writing.write(job, made)
    return writing.finished()


class _Plan(NamedTuple):
    """How the bytes are spent.

    Attributes:
        crop_side: The side of a crop's cell, px; 0 for no crops.
        thumbnails: Whether there are thumbnails.
        sheets: About how many bytes crops and thumbnails take.
    """

    crop_side: int
    thumbnails: bool
    sheets: float


def _plan(size: int, density: float, crops: int, images: int) -> _Plan:
    """The plan for `size` bytes if a px takes `density` bytes, for so many crops and images."""
    crop_side = next((s for s in CROP_SIDES if crops * s * s * density * _SPARE <= CROPS_SHARE * size), 0)
    thumbnails = images * (THUMB_SIDE**2) * 0.75 * density * _SPARE
    with_thumbnails = thumbnails <= THUMBS_SHARE * size
    sheets = crops * crop_side**2 * density * _SPARE + (thumbnails if with_thumbnails else 0)
    return _Plan(crop_side, with_thumbnails, sheets)


class _Writing:
    """Writes pictures, as long as the budget has room for them."""

    def __init__(
        self,
        source: Source,
        folder: Path,
        plan: _Plan,
        budget: Budget,
        annotated: bool,
        missing: list[tuple[str, str]],
    ) -> None:
        self.budget = budget
        self._source, self._folder, self._plan, self._annotated = source, folder, plan, annotated
        self._crops = Sheets(folder, "animals", plan.crop_side, CROP_COLUMNS, CROP_ROWS)
        self._thumbs = Sheets(folder, "thumbnails", THUMB_SIDE, THUMB_COLUMNS, THUMB_ROWS)
        self._picture: list[tuple[str, int, int] | None] = [None] * len(source.images)
        self._square = np.full((len(source.detections), 3), np.nan)
        self._missing = missing
        self._drawn: list[str] = []

    def write_chips(self, rows: Sequence[int]) -> None:
        """Write the chips of detections as crops, if their image is missing."""
        for row in rows:
            pixels = _stored_chip(self._source, row, self._plan.crop_side, self._folder)
            if pixels is not None:
                self._crops.add(row, pixels, self.budget)
        self._crops.flush(self.budget)

    def write(self, job: _Job, made: _Made | str) -> None:
        """Write the pictures of one image, or note why there are none."""
        if isinstance(made, str):
            self._missing.append((self._source.images.path[job.image], made))
            return
        name = file_name(job.image, self._source.images.path[job.image])
        if self._write_jpeg(f"pictures/{name}", made.picture):
            height, width = made.picture.shape[:2]
            self._picture[job.image] = (f"pictures/{name}", width, height)
        if self._plan.thumbnails:
            self._thumbs.add(job.image, made.thumb, self.budget)
        for row, place, pixels in made.crops:
            self._square[row] = place
            self._crops.add(row, pixels, self.budget)
        if self._annotated and len(job.rows):
            drawn = _annotated(self._source, job, made.picture)
            if self._write_jpeg(f"annotated/{name}", drawn):
                self._drawn.append(f"annotated/{name}")

    def finished(self) -> Pictures:
        """Write the last sheets, and return all pictures."""
        self._thumbs.flush(self.budget)
        self._crops.flush(self.budget)
        return Pictures(self._picture, self._thumbs, self._crops, self._square, self._missing, self._drawn)

    def _write_jpeg(self, name: str, pixels: Pixels) -> bool:
        data = encode_jpeg(pixels, QUALITY)
        if not self.budget.take(len(data)):
            return False
        (self._folder / name).write_bytes(data)
        return True


def _jobs(
    source: Source,
    images: Sequence[int],
    there: Mapping[int, Path],
    rows_of: Mapping[int, NDArray[np.int64]],
    side: int,
    crop_side: int,
) -> Iterator[_Job]:
    for image in images:
        rows = rows_of.get(image, np.empty(0, np.int64))
        boxes = source.detections.boxes_px[rows].astype(np.float64)
        yield _Job(image, there[image], _size(source, image), side, crop_side, rows, boxes)


def file_name(image: int, path: str) -> str:
    """A name for the picture of an image that every system accepts: its number, then the harmless characters of its own
    name.
    """
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", path.rsplit("/", 1)[-1].rsplit(".", 1)[0])[:40].strip("-")
    return f"{image + 1:05d}{'-' if stem else ''}{stem}.jpg"


# ---- what there is --------------------------------------------------------------------------


def outside(source: Source) -> list[Path]:
    """The files of images that exist, but not in the folder of the survey or below it; links are followed."""
    home = os.path.join(os.path.realpath(source.path.parent), "")  # noqa: PTH118 (with the separator at its end)
    real: dict[str, str] = {}
    found = []
    for file in _files_there(source, []).values():
        folder = os.path.dirname(file)  # noqa: PTH120 (of a hundred thousand)
        if folder not in real:
            real[folder] = os.path.realpath(folder)
        place = os.path.realpath(file) if file.is_symlink() else os.path.join(real[folder], file.name)  # noqa: PTH118
        if not place.startswith(home):
            found.append(file)
    return found


def _files_there(source: Source, missing: list[tuple[str, str]]) -> dict[int, Path]:
    """The files of those images that exist."""
    there: dict[int, Path] = {}
    for row, path in enumerate(source.images.path):
        file = Path(os.path.abspath(source.path.parent / path))
        if source.images.status[row] == "failed":
            missing.append((path, source.images.reason[row] or "failed"))
        elif not file.is_file():
            missing.append((path, "the file is not there"))
        else:
            there[row] = file
    return there


def _detections_of(source: Source, there: dict[int, Path]) -> tuple[dict[int, NDArray[np.int64]], list[int]]:
    """The detections of each image with a file, from top to bottom; and detections of other images that have a chip."""
    image = source.image_rows()
    order = np.lexsort((source.detections.boxes_px[:, 1], image)) if len(image) else np.empty(0, np.int64)
    boxed = order[np.isfinite(source.detections.boxes_px[order]).all(axis=1)]
    images, starts = np.unique(image[boxed], return_index=True)
    rows_of = dict(zip(images.tolist(), np.split(boxed, starts[1:]), strict=True)) if len(images) else {}
    chips = source.detections.chip
    chipped = [] if chips is None else [r for r, chip in enumerate(chips) if chip and int(image[r]) not in there]
    return {i: rows for i, rows in rows_of.items() if i in there}, chipped


def _size(source: Source, image: int) -> tuple[int, int]:
    return int(source.images.width[image]), int(source.images.height[image])


def _bytes_per_px(source: Source, there: dict[int, Path], candidates: Sequence[int]) -> float:
    """How many bytes a px of these images takes as a JPEG: the most among a few samples."""
    most = 0.1
    tried = candidates[:: max(1, len(candidates) // 4)][:5]
    for image in tried:
        try:
            with RasterReader(there[image]) as reader:
                info = reader.info
                pixels = _reduced(reader, 1024)
                most = max(most, len(encode_jpeg(pixels, QUALITY)) / (pixels.shape[0] * pixels.shape[1]))
                # A window in the middle at full size, because crops are like that.
                w, h = min(512, info.width), min(512, info.height)
                window, _ = reader.read((info.width - w) // 2, (info.height - h) // 2, w, h)
                most = max(most, len(encode_jpeg(window, QUALITY)) / (w * h))
        except GeoError:
            continue
    return most


def _side(source: Source, images: Sequence[int], all_images: int, size: float, density: float) -> int:
    """The longer side, px, with which the pictures of these images take at most `size` bytes; the smallest if none
    fits.
    """
    width, height = source.images.width[list(images)], source.images.height[list(images)]
    for side in SIDES if all_images <= FEW_IMAGES else SIDES[1:]:
        scale = np.minimum(1.0, side / np.maximum(1, np.maximum(width, height)))
        if float((width * height * scale**2).sum()) * density * _SPARE <= size:
            return side
    return SIDES[-1]


# ---- one image ------------------------------------------------------------------------------


def _in_order(jobs: Iterator[_Job]) -> Iterator[tuple[_Job, "_Made | str"]]:
    """The pictures of the images in order, read by a few threads that are a few images ahead."""
    workers = min(4, cores())
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[tuple[_Job, Future[_Made | str]]] = deque()
        try:
            for job in jobs:
                waiting.append((job, pool.submit(_read, job)))
                if len(waiting) > 2 * workers:
                    first, future = waiting.popleft()
                    yield first, future.result()
            while waiting:
                first, future = waiting.popleft()
                yield first, future.result()
        finally:
            for _, future in waiting:
                future.cancel()


def _read(job: _Job) -> "_Made | str":
    """The pictures of one image, or why there are none."""
    try:
        with RasterReader(job.path) as reader:
            info = reader.info
            if (info.width, info.height) != job.size:
                return f"the file now has {info.width} x {info.height} px; search it again"
            crops = []
            # For every window, a photo is decoded from its top. One complete reading is faster than a few windows.
            whole = None
            if job.crop_side and len(job.rows) > 2 and info.width * info.height <= _WHOLE_PX:
                whole = _filled(*reader.read(0, 0, info.width, info.height))
            if job.crop_side:
                for row, box in zip(job.rows.tolist(), job.boxes, strict=True):
                    x, y, side = crop_square(box, job.size, job.crop_side)
                    if whole is not None and side <= job.crop_side:
                        pixels = whole[y : y + side, x : x + side].copy()
                    else:
                        shape = (min(side, job.crop_side),) * 2
                        pixels = _filled(*reader.read(x, y, side, side, shape))
                    crops.append((row, (x, y, side), pixels))
            return _Made(_reduced(reader, job.side), _reduced(reader, THUMB_SIDE), crops)
    except GeoError as error:
        return one_line(error)


def crop_square(box: NDArray[np.float64], size: tuple[int, int], cell: int) -> tuple[int, int, int]:
    """The square around a box that is shown: x, y, side in image px, inside the image.

    It is as large as a cell, so that px are shown one by one, or half as large again as the animal if that is larger.
    """
    x0, y0, x1, y1 = box
    side = min(max(cell, int(1.5 * max(x1 - x0, y1 - y0)) + 8), *size)
    x = min(max(0, round((x0 + x1) / 2 - side / 2)), size[0] - side)
    y = min(max(0, round((y0 + y1) / 2 - side / 2)), size[1] - side)
    return int(x), int(y), int(side)


def _reduced(reader: RasterReader, side: int) -> Pixels:
    width, height = reader.info.width, reader.info.height
    scale = min(1.0, side / max(width, height))
    shape = (max(1, round(height * scale)), max(1, round(width * scale)))
    return _filled(*reader.read(0, 0, width, height, shape))


def _filled(pixels: Pixels, valid: NDArray[np.bool_] | None) -> Pixels:
    if valid is not None:
        pixels[~valid] = _NOTHING
    return pixels


def _stored_chip(source: Source, row: int, side: int, folder: Path) -> Pixels | None:
    """The chip in the GeoPackage of a detection whose image is missing."""
    chips = source.detections.chip
    data = chips[row] if chips is not None else None
    if not data or data[:2] != b"\xff\xd8":
        return None
    file = folder / "chip.jpg"
    try:
        file.write_bytes(data)
        with RasterReader(file) as reader:
            return _reduced(reader, side)
    except GeoError:
        return None
    finally:
        file.unlink(missing_ok=True)


def _annotated(source: Source, job: _Job, picture: Pixels) -> Pixels:
    """The picture with a frame around each animal, in the colour of its class with a dark border."""
    drawn = picture.copy()
    height, width = drawn.shape[:2]
    scale = np.array([width / job.size[0], height / job.size[1]] * 2)
    thick = max(2, round(max(width, height) / 800))
    frames = []
    rejected = [text == "rejected" for text in source.detections.text("review")]
    for row, box in zip(job.rows.tolist(), job.boxes * scale, strict=True):
        if not rejected[row]:
            rgb = colour(int(source.label[row]))
            x0, y0, x1, y1 = (round(float(v)) for v in box)
            frames.append(((x0, y0, x1, y1), np.array([int(rgb[i : i + 2], 16) for i in (1, 3, 5)], np.uint8)))
    for (x0, y0, x1, y1), _ in frames:
        _frame(drawn, (x0, y0, x1, y1), thick + 1, thick + 1, np.zeros(3, np.uint8))
    for (x0, y0, x1, y1), paint in frames:
        _frame(drawn, (x0, y0, x1, y1), thick, 0, paint)
    return drawn


def _frame(pixels: Pixels, box: tuple[int, int, int, int], outside: int, inside: int, paint: Pixels) -> None:
    """Draw a frame from `outside` px outside the box to `inside` px inside it, clipped to the picture."""
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = box
    left, right = max(0, x0 - outside), min(width, x1 + outside)
    top, bottom = max(0, y0 - outside), min(height, y1 + outside)
    pixels[top : max(0, y0 + inside), left:right] = paint
    pixels[max(top, y1 - inside) : bottom, left:right] = paint
    pixels[top:bottom, left : max(0, x0 + inside)] = paint
    pixels[top:bottom, max(left, x1 - inside) : right] = paint
