"""The plan of a survey: its images, and the units of work that they are cut into. It depends only on inputs and
settings.
"""

import math
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import DetectorError, InputError
from detector.models import ModelInfo
from detector.models.floor import SCORE_FLOOR
from detector.models.precision import FLOAT32, PRECISIONS, Precision
from detector.search import parts, storage
from detector.search.tiles import Block, TileGrid
from detector.search.units import Unit
from detector.survey.exposures import second_copies
from detector.survey.headers import Headers, listed, reason
from detector.survey.listing import WORK_SUFFIX, Listing, list_images
from geo import raster
from geo.circular_garbage import seldom_collected
from geo.errors import GeoError
from geo.overlaps.count_once import COUNT_OVERLAPS, CountOverlaps
from geo.paths import Paths, StrPath, absolute, as_path
from geo.photos.pose_table import ANGLES
from geo.photos.tags import TagPose
from geo.raster import RasterInfo
from geo.short_number import short_number

# Pixels that are read at once: a whole photo, or a block of about this many px of a larger image. A crash costs at most
# one such block.
BLOCK_PIXELS = 12_000_000
PHOTO_PIXELS = 30_000_000
# A model takes GSDs that differ by less than this as the same. Images are enlarged to a model's GSD by at most this
# factor.
GSD_TOLERANCE = 1.1
MAX_ENLARGEMENT = 1.5


@dataclass(frozen=True)
class PoseSettings:
    """How photos are placed on the ground (docs/georeferencing.md) and what counts where they overlap
    (docs/sightings.md); None: by their own tags.

    position: a table of poses or a flight log; position_crs: of its x and y; angles: 'gimbal', 'nadir', 'aircraft' or
    'opk', what its angles are; position_error_m: the standard deviation of its positions. dem: a file of heights.
    agl: metres of every camera above the ground. ground: metres, of level ground in the altitudes' datum. relief_m: how
    far the ground is from level, a standard deviation.
    clock_offset_s: what to add to the cameras' clocks to get the log's. calibration: a camera file. mount: yaw, pitch,
    roll of the camera in an aircraft, degrees.
    count_overlaps: each animal once, by cells, or all sightings. animal_speed_m_s: how fast animals may walk.
    match_images: register photos by what they show alike too, not by their animals alone.
    """

    position: StrPath | None = None
    position_crs: str | None = None
    angles: str | None = None
    position_error_m: float | None = None
    dem: StrPath | None = None
    agl: float | None = None
    ground: float | None = None
    relief_m: float | None = None
    clock_offset_s: float | None = None
    calibration: StrPath | None = None
    mount: tuple[float, float, float] | None = None
    count_overlaps: CountOverlaps = "animals"
    animal_speed_m_s: float = 0.0
    match_images: bool = False

    def __post_init__(self) -> None:
        for name in ("position", "dem", "calibration"):
            value = getattr(self, name)
            # As text the settings can be recorded.
            object.__setattr__(self, name, None if value is None else os.fspath(value))
        if self.agl is not None and not 2 <= self.agl <= 20_000:
            raise InputError(f"{self.agl:g} m above ground: expected 2 to 20000")
        if self.angles is not None and self.angles not in ANGLES:
            raise InputError(f"angles {self.angles!r}: expected {', '.join(ANGLES)}")
        if self.position_error_m is not None and not 0 < self.position_error_m <= 10_000:
            raise InputError(f"a position error of {self.position_error_m:g} m: expected more than 0 and at most 10000")
        if self.relief_m is not None and not 0 <= self.relief_m <= 5_000:
            raise InputError(f"a relief of {self.relief_m:g} m: expected 0 to 5000")
        for value in (self.ground, self.clock_offset_s, *(self.mount or ())):
            if value is not None and not math.isfinite(value):
                raise InputError(f"{value} cannot place photos; expected a finite number")
        if self.count_overlaps not in COUNT_OVERLAPS:
            raise InputError(f"counting overlaps by {self.count_overlaps!r}: expected {', '.join(COUNT_OVERLAPS)}")
        if not 0 <= self.animal_speed_m_s <= 30:
            raise InputError(f"animals that walk {self.animal_speed_m_s:g} m/s: expected 0 to 30")

    @property
    def matches_images(self) -> bool:
        """Whether photos are matched by their pixels: where every sighting counts nothing asks for it."""
        return self.match_images and self.count_overlaps != "all"

    @property
    def given(self) -> bool:
        """Whether anything is said of their places beside the photos' own tags."""
        return any(getattr(self, field.name) is not None for field in fields(PoseSettings) if field.default is None)


@dataclass(frozen=True)
class Settings(PoseSettings):
    """The settings of a run. None means: the model's own, or what the machine allows.

    score: threshold for every class. tile_size, overlap: px at the model's GSD. batch_size: tiles per call.
    chips: whether to store a small picture of each detection. readers: number of decoding threads.
    gate_threshold: the gate passes a tile if an animal is at least this probable. margin: for a tile classifier, how
    far the best class must lead the second; otherwise the tile is uncertain.
    time_limit_s: how long opening an image, or reading a photo or a block of a larger image, may take.
    parts: where the parts lie, a folder or a URL (`storage.folder`); None: beside the output.
    stretch: (low, high) that become black and white in imagery that is not 8 bit; None: measured, one for the flight.
    precision: 'float32', 'bfloat16' or 'auto', one of PRECISIONS: in what numbers a detector on the CPU computes.
    score_floor: an evaluation may ask the model for boxes below the lowest score that a search keeps.
    kept_from: an evaluation keeps boxes below `score` too, from here on; the search is the same.
    """

    score: float | None = None
    tile_size: int | None = None
    overlap: int | None = None
    batch_size: int | None = None
    chips: bool = True
    readers: int | None = None
    gate_threshold: float | None = None
    time_limit_s: float = 300.0
    parts: str | None = None
    margin: float = 0.2
    stretch: tuple[float, float] | None = None
    precision: str = "auto"
    score_floor: float = SCORE_FLOOR
    kept_from: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.time_limit_s <= 86_400:
            raise InputError(f"time limit {self.time_limit_s:g} s: expected more than 0 and at most 86400")
        if self.score is not None and not 0 <= self.score <= 1:
            raise InputError(f"score {self.score}: expected 0 to 1")
        if self.batch_size is not None and not 1 <= self.batch_size <= 4096:
            raise InputError(f"batch size {self.batch_size}: expected 1 to 4096")
        if self.tile_size is not None and not 32 <= self.tile_size <= 16384:
            raise InputError(f"tile size {self.tile_size} px: expected 32 to 16384")
        if self.gate_threshold is not None and not 0 <= self.gate_threshold <= 1:
            raise InputError(f"gate threshold {self.gate_threshold}: expected 0 to 1")
        if not 0 <= self.margin <= 1:
            raise InputError(f"margin {self.margin}: expected 0 to 1")
        if self.precision not in PRECISIONS:
            raise InputError(f"precision {self.precision!r}: expected {', '.join(PRECISIONS)}")
        if self.stretch is not None:
            low, high = self.stretch
            if not (math.isfinite(low) and math.isfinite(high) and low < high):
                raise InputError(f"stretch {low:g} to {high:g}: expected two numbers, the lower first")


@dataclass(frozen=True)
class PlannedGate:
    """The tile classifier ahead of the detector, and the probability of an animal at which it passes a tile."""

    info: ModelInfo
    sha256: str
    threshold: float


@dataclass(frozen=True, slots=True, weakref_slot=True)
class PlannedImage:
    """One image: its header, or the reason why it cannot be read; and its units (none if it cannot be read).

    in_part: why only a part of it is searched, or why no part is; None if all of it is.
    tags: what its tags say of its pose, where that was read; its header then has those of its camera alone.
    """

    path: Path
    relative: str
    info: RasterInfo | None
    error: str | None
    units: tuple[Unit, ...] = ()
    in_part: str | None = None
    tags: TagPose | None = None

    @property
    def tiles(self) -> int:
        """Tiles of all its units."""
        if self.in_part is None:
            return len(self.units[0].grid) if self.units else 0
        return sum(unit.tiles for unit in self.units)


@dataclass(frozen=True)
class Plan:
    """The units of work of a survey, and the models and settings to search them with.

    stretches: by the depth of pixels that are not 8 bit, the (low, high) that its images share.
    precision: how the tiles are searched.
    """

    output: Path
    images: tuple[PlannedImage, ...]
    model: ModelInfo
    model_sha256: str
    settings: Settings
    warnings: tuple[str, ...] = ()
    gate: PlannedGate | None = None
    stretches: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    precision: Precision = FLOAT32

    @property
    def tiles(self) -> int:
        """Tiles of all images."""
        return sum(image.tiles for image in self.images)

    @cached_property
    def thresholds(self) -> NDArray[np.float32]:
        """(C,) float32: the lowest score at which a detection of each class counts."""
        lower = self.settings.kept_from
        return self.model.thresholds(self.settings.score if lower is None else lower)

    @cached_property
    def seam_thresholds(self) -> NDArray[np.float32]:
        """(C,) float32: the lowest score at which an animal that reaches across the overlap is searched again."""
        return self.model.thresholds(self.settings.score)

    @property
    def overlap(self) -> int:
        """The least overlap of neighbouring tiles, px of the grid."""
        return self.settings.overlap if self.settings.overlap is not None else self.model.overlap

    @property
    def parts_place(self) -> str:
        """The folder or the URL of the parts."""
        return self.settings.parts or str(work_folder(self.output) / "parts")

    @cached_property
    def journal(self) -> parts.Journal:
        """The journal of the run: its parts."""
        return parts.Journal(storage.folder(self.parts_place))


def work_folder(output: StrPath) -> Path:
    """The folder beside an output that holds its parts and its imagery's VRTs."""
    output = as_path(output)
    return output.with_name(output.stem + WORK_SUFFIX)


@seldom_collected()
def plan(
    inputs: Paths | Listing,
    output: StrPath,
    info: ModelInfo,
    sha256: str,
    settings: Settings,
    cancelled: Callable[[], bool] = lambda: False,
    gate: PlannedGate | None = None,
    headers: Headers | None = None,
    stretches: Mapping[str, tuple[float, float]] | None = None,
    sample: Callable[[Path, str], raster.Sample] | None = None,
    precision: Callable[[Sequence[PlannedImage]], Precision] = lambda images: FLOAT32,
) -> Plan | None:
    """List the images, read their headers and cut them into units; None if that was cancelled.

    inputs: those of `list_images`, or images as they are, each planned, even one that is another by a link.
    stretches: those that an earlier run of this output measured; others are measured.
    precision: says how the tiles are searched, given a plan of the images in which they would be searched in float32.
    headers: reads them. sample: reads one, given its path and its name relative to the output. By default those of
    `raster`.
    An image that cannot be read is planned as failed, with its reason. Raises InputError as `list_images` does.
    """
    output = absolute(output)
    warnings: Counter[str] = Counter()
    listing = inputs if isinstance(inputs, Listing) else list_images(inputs)
    read = listed(listing.images, output.parent, headers, cancelled)
    if read is None or cancelled():
        return None
    images = [PlannedImage(one.path, one.relative, one.info, one.error, tags=one.tags) for one in read]
    out, copies = second_copies([(i.path, i.info) for i in images] if listing is not inputs else [])
    images = [image for n, image in enumerate(images) if n not in out] if out else images
    shared = _stretches(images, settings, stretches or {}, sample)
    if cancelled():
        return None
    for index, image in enumerate(images):
        if image.info is None:
            continue
        stretch = shared.get(image.info.depth)
        header = image.info if stretch is None else replace(image.info, stretch=stretch)
        scale, warning = scale_of(header.gsd_m, info.gsd_m)
        if warning:
            warnings[warning] += 1
        units = _units(index, header, image.relative, scale, info, sha256, settings, gate)
        images[index] = replace(image, info=header, units=units)
    how = precision(images)
    if cancelled():
        return None
    images = _searched_in(how, images)
    if gate is not None:
        warnings.update(_misfits(gate, info, settings))
    said = tuple(f"{text} ({n} images)" if n > 1 else text for text, n in warnings.items())
    return Plan(output, tuple(images), info, sha256, settings, (*listing.remarks, *copies, *said), gate, shared, how)


def without_tags(work: Plan) -> Plan:
    """The plan without the tags of its photos. Once the photos are placed, nobody asks for them."""
    return replace(work, images=tuple(replace(image, tags=None) for image in work.images))


def _stretches(
    images: list[PlannedImage],
    settings: Settings,
    known: Mapping[str, tuple[float, float]],
    sample: Callable[[Path, str], raster.Sample] | None,
) -> dict[str, tuple[float, float]]:
    """By the depth of pixels that are not 8 bit, the (low, high) that all its images share: one brightness is one grey
    in the whole flight. An image that a guarded `sample` gives up becomes one that failed.
    """
    deep: dict[str, list[int]] = {}
    for index, image in enumerate(images):
        if image.info is not None and image.info.dtype != "uint8":
            deep.setdefault(image.info.depth, []).append(index)
    found = {}
    for depth, indices in deep.items():
        stretch = settings.stretch or known.get(depth)
        if stretch is None:
            samples = []
            for index in (indices[place] for place in raster.sampled_of(len(indices))):
                image = images[index]
                try:
                    samples.append(raster.sample(image.path) if sample is None else sample(image.path, image.relative))
                except DetectorError as error:
                    images[index] = replace(image, info=None, error=reason(error, image.path))
                except (GeoError, OSError):
                    continue  # it fails when it is searched, if its pixels are what is wrong
            stretch = raster.stretch_of(samples)
        if stretch is not None:
            found[depth] = (float(stretch[0]), float(stretch[1]))
    return found


def scale_of(gsd_m: float | None, wanted_m: float | None) -> tuple[float, str | None]:
    """The number of grid px for one px of the image, and a warning if the image does not fit the model's scale.

    gsd_m, wanted_m: of the image and of the model; None if unknown.
    """
    if gsd_m is None or wanted_m is None:
        return 1.0, None
    ratio = gsd_m / wanted_m
    if 1 / GSD_TOLERANCE <= ratio <= GSD_TOLERANCE:
        return 1.0, None
    if ratio <= MAX_ENLARGEMENT:
        return ratio, None
    return MAX_ENLARGEMENT, (
        f"the imagery has {short_number(100 * gsd_m, 3)} cm a pixel, but the model was trained at "
        f"{short_number(100 * wanted_m, 3)} cm: "
        f"{ratio:.1f} times coarser, which resampling cannot make up for; expect missed animals, or use another model"
    )


def _misfits(gate: PlannedGate, info: ModelInfo, settings: Settings) -> Iterator[str]:
    """Warnings about a gate that does not fit the tiles of its detector."""
    tile_size = settings.tile_size or info.tile_size
    if gate.info.tile_size != tile_size:
        yield (
            f"the gate was trained on tiles of {gate.info.tile_size} px but gets tiles of {tile_size} px, in which "
            f"animals look "
            f"{short_number(gate.info.tile_size / tile_size, 2)} times as large; check its recall, or train it on "
            "such tiles"
        )
    wanted, trained = info.gsd_m, gate.info.gsd_m
    if wanted and trained and not 1 / GSD_TOLERANCE <= wanted / trained <= GSD_TOLERANCE:
        yield (
            f"the gate was trained at {short_number(100 * trained, 3)} cm a pixel and the detector at "
            f"{short_number(100 * wanted, 3)} cm: the "
            "gate gets tiles at the detector's scale; check its recall"
        )


def _units(
    index: int,
    header: RasterInfo,
    relative: str,
    scale: float,
    info: ModelInfo,
    sha256: str,
    settings: Settings,
    gate: PlannedGate | None,
) -> tuple[Unit, ...]:
    tile_size = settings.tile_size or info.tile_size
    overlap = settings.overlap if settings.overlap is not None else min(info.overlap, tile_size // 2)
    width, height = max(1, round(header.width * scale)), max(1, round(header.height * scale))
    full_width = header.sequential or not header.tiled
    grid, blocks = _tiling(width, height, tile_size, overlap, _block_pixels(header), full_width)
    # The exact scale of the rounded size, so that the last pixel maps to the last pixel.
    exact = (width / header.width, height / header.height) if scale != 1 else (1.0, 1.0)
    return tuple(
        Unit(
            image=index,
            grid=grid,
            block=block,
            scale=exact,
            key=parts.key(
                image=relative,
                size=header.file_size,
                mtime_ns=header.mtime_ns,
                model=sha256,
                grid=[width, height, tile_size, overlap],
                block=[block.x, block.y, block.width, block.height],
                chips=settings.chips,
                gate=gate and [gate.sha256, gate.threshold],
                **_shown_as(header),
                **({"score_floor": settings.score_floor} if settings.score_floor != SCORE_FLOOR else {}),
            ),
        )
        for block in blocks
    )


@lru_cache(maxsize=16)
def _tiling(
    width: int, height: int, tile_size: int, overlap: int, pixels: int, full_width: bool
) -> tuple[TileGrid, tuple[Block, ...]]:
    """The grid of images of one size, and the blocks that it is cut into. A survey's photos have most in common."""
    grid = TileGrid(width, height, tile_size, overlap)
    return grid, tuple(grid.blocks(pixels, full_width=full_width))


def _searched_in(precision: Precision, images: list[PlannedImage]) -> list[PlannedImage]:
    """The images, of which the units have the names of parts that are searched in a precision."""
    if not precision.key:
        return images
    return [
        replace(image, units=tuple(replace(u, key=parts.key(of=u.key, **precision.key)) for u in image.units))
        for image in images
    ]


def _shown_as(header: RasterInfo) -> dict[str, Any]:
    """What a part depends on besides, where stored pixels are not shown as they are: masks hide some, or 0..255 stand
    for other values. Nothing for a plain photo, whose parts of version 0.1 still hold."""
    return {"shown": [header.masked, header.stretch]} if header.masked or header.stretch else {}


def _block_pixels(header: RasterInfo) -> int:
    """Pixels per block. A photo is decoded whole, once. Of an image stored in lines or tiles, only a part is in
    memory.
    """
    return PHOTO_PIXELS if header.sequential else BLOCK_PIXELS
