"""The pixels that are learnt from: patches of photos at the scale of the network, kept in memory.

They are cut where animals, rejected detections or searched ground are. The rest of a photo teaches nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from detector.evaluation.search import photo_pixels
from detector.labels.labelled import LabelledImage
from detector.search.tiles import TileGrid
from detector.teaching.lessons import Lesson
from detector.training.augment import Augmentation, Scene, View, make_tile
from detector.training.data import Views

_NO_FILE = Path("patch")
KNOWN_PX, LARGEST_KNOWN_PX = 32.0, 48.0
"""How long small and large animals are made before the network sees them: it has learnt sheep of 12 to 50 px."""
SIDE_PX = 640
"""The side of a patch at the scale of the network."""
MOST = 240
"""Patches that are learnt from: 300 MB."""
_CLOSE = 1.25  # animals whose size differs less from KNOWN_PX are left as they are
_LOWEST, _HIGHEST = 1 / 32, 3.0  # zoom: an animal of 10 px needs 3, and has nothing more to show
_EMPTY_SHARE = 0.4  # of the patches, those without an animal, at most
_LEAST_EMPTY = 60  # patches without an animal: where animals are few, most of what is searched is ground
_LEAST_KNOWN = 0.25  # the share of a patch without an animal that must be known ground


def zoom_of(length_px: float) -> float:
    """By how much photos are enlarged or reduced so that animals of this length have a size that is known.

    Larger animals keep more pixels than smaller ones get: what is thrown away may tell an animal from a stone.
    """
    if KNOWN_PX / _CLOSE <= length_px <= LARGEST_KNOWN_PX:
        return 1.0
    return float(np.clip((KNOWN_PX if length_px < KNOWN_PX else LARGEST_KNOWN_PX) / length_px, _LOWEST, _HIGHEST))


@dataclass(frozen=True, eq=False)
class Patch:
    """A part of a photo.

    Attributes:
        scene: Its pixels and boxes, patch px.
        rejected: (R, 2) float64, the middles of rejected detections, patch px.
        photo: The number of its lesson.
    """

    scene: Scene
    rejected: NDArray[np.float64]
    photo: int

    @property
    def animals(self) -> NDArray[np.int64]:
        """The rows of its boxes that are animals."""
        return np.flatnonzero(~self.scene.crowd)


@dataclass(frozen=True)
class Window:
    """A part of a photo. Attributes: photo: the number of its lesson. box: xyxy, px of the photo."""

    photo: int
    box: tuple[int, int, int, int]


def chosen_windows(lessons: Sequence[Lesson], zoom: float, most: int = MOST) -> tuple[list[Window], list[Window]]:
    """(windows to learn from, the others). If there are more than `most`, each photo gives some in turn.

    Windows with animals come first; a part of the rest is without.
    """
    each = [_windows(lesson, zoom) for lesson in lessons]
    with_animals, empty = (
        list(_in_turn([[Window(n, tuple(box.tolist())) for box in of[kind]] for n, of in enumerate(each)]))
        for kind in (0, 1)
    )
    some = with_animals[: most if not empty else round(most * (1 - _EMPTY_SHARE))]
    room = max(_LEAST_EMPTY, round(len(some) * _EMPTY_SHARE / (1 - _EMPTY_SHARE)))
    ground = empty[: min(most - len(some), room)]
    return [*some, *ground], [*with_animals[len(some) :], *empty[len(ground) :]]


def cut(lessons: Sequence[Lesson], windows: Sequence[Window], zoom: float) -> list[Patch]:
    """The patches of windows, in their order. Each photo is read once."""
    made: dict[Window, Patch] = {}
    for number, lesson in enumerate(lessons):
        own = [window for window in windows if window.photo == number]
        if own:
            pixels = photo_pixels(lesson.photo.path, lesson.photo.stretch)
            made |= {window: _cut(lesson, window, pixels, zoom) for window in own}
    return [made[window] for window in windows]


def patches_of(lessons: Sequence[Lesson], zoom: float, most: int = MOST) -> list[Patch]:
    """The patches of the windows to learn from."""
    return cut(lessons, chosen_windows(lessons, zoom, most)[0], zoom)


def _windows(lesson: Lesson, zoom: float) -> tuple[list[NDArray[np.int64]], list[NDArray[np.int64]]]:
    """Windows xyxy, px of the photo: (those with animals or rejected detections, empty known ones)."""
    photo, side = lesson.photo, max(16, round(SIDE_PX / zoom))
    grid = TileGrid(photo.width, photo.height, side, min(side // 4, round(2 * KNOWN_PX / zoom)))
    animals = photo.boxes_px[~photo.crowd]
    crowds = photo.boxes_px[photo.crowd]
    of_interest = np.concatenate([animals, lesson.rejected_px])
    middles = (of_interest[:, :2] + of_interest[:, 2:]) / 2
    some, empty = [], []
    for tile in grid.boxes:
        if ((middles >= tile[:2]) & (middles < tile[2:])).all(axis=1).any():
            some.append(tile)
            continue
        shared = np.clip(np.minimum(crowds[:, 2:], tile[2:]) - np.maximum(crowds[:, :2], tile[:2]), 0, None)
        if shared.prod(axis=1).sum() <= (1 - _LEAST_KNOWN) * (tile[2:] - tile[:2]).prod():
            empty.append(tile)
    return some, empty


def _in_turn(each: Sequence[Sequence[Window]]) -> Iterator[Window]:
    """One of each list, then the next of each; those of one list in an order that does not begin at a corner."""
    rng = np.random.default_rng(0)
    mixed = [[of[i] for i in rng.permutation(len(of))] for of in each]
    return (one for one in chain.from_iterable(zip_longest(*mixed)) if one is not None)


def _cut(lesson: Lesson, window: Window, pixels: NDArray[np.uint8], zoom: float) -> Patch:
    x0, y0, x1, y1 = window.box
    part = torch.from_numpy(np.ascontiguousarray(pixels[y0:y1, x0:x1].transpose(2, 0, 1)))
    height, width = (max(1, round((b - a) * zoom)) for a, b in ((y0, y1), (x0, x1)))
    if (height, width) != part.shape[1:]:
        resized = F.interpolate(
            part[None].float(), (height, width), mode="bilinear", antialias=zoom < 1, align_corners=False
        )
        part = resized[0].round().clamp(0, 255).to(torch.uint8)
    photo, corner = lesson.photo, np.array([x0, y0, x0, y0], np.float32)
    boxes = (photo.boxes_px - corner) * np.float32(zoom)
    inside = (boxes[:, 0] < width) & (boxes[:, 1] < height) & (boxes[:, 2] > 0) & (boxes[:, 3] > 0)
    rejected = (lesson.rejected_px - corner) * zoom
    middles = ((rejected[:, :2] + rejected[:, 2:]) / 2).astype(np.float64)
    here = ((middles >= 0) & (middles < [width, height])).all(axis=1)
    scene = Scene(part, boxes[inside].astype(np.float32), photo.labels[inside], photo.crowd[inside])
    return Patch(scene, middles[here], window.photo)


class PatchViews(Views):
    """Crops of the patches: around animals, around what was rejected, and of ground without animals.

    Rare classes are drawn as often as the square root of their share says. An epoch is as many crops as there are
    patches.
    """

    SHARES = (0.65, 0.15, 0.2)
    """Of crops around animals, around rejected detections, and anywhere."""

    def __init__(self, patches: Sequence[Patch], crop_px: int, settings: Augmentation, seed: int = 0) -> None:
        self.patches = list(patches)
        self._crop_px, self._settings, self._seed = crop_px, settings, seed
        animals = [(p, row) for p, patch in enumerate(patches) for row in patch.animals.tolist()]
        self._animals = animals
        labels = np.array([patches[p].scene.labels[row] for p, row in animals], np.int64)
        often = np.bincount(labels)[labels] ** -0.5 if len(labels) else np.zeros(0)
        self._drawn = often / often.sum() if len(labels) else often
        self._rejected = [(p, middle) for p, patch in enumerate(patches) for middle in patch.rejected]
        shares = np.array(self.SHARES) * [len(animals) > 0, len(self._rejected) > 0, True]
        self._shares = shares / shares.sum()

    def __len__(self) -> int:
        return len(self.patches)

    def __getitem__(self, index: int) -> View:
        rng = np.random.default_rng((self._seed, index))
        kind = rng.choice(3, p=self._shares)
        if kind == 0:
            p, row = self._animals[rng.choice(len(self._animals), p=self._drawn)]
            box = self.patches[p].scene.boxes_px[row]
            middle = (box[:2] + box[2:]).astype(np.float64) / 2
        elif kind == 1:
            p, middle = self._rejected[rng.integers(len(self._rejected))]
        else:
            p = int(rng.integers(len(self.patches)))
            middle = rng.uniform(0, 1, 2) * self.patches[p].scene.pixels.shape[:0:-1]
        x, y = middle + rng.uniform(-0.4, 0.4, 2) * self._crop_px
        return make_tile(self.patches[p].scene, (float(x), float(y)), self._crop_px, self._settings, rng)


def as_photos(patches: Sequence[Patch], classes: int) -> list[LabelledImage]:
    """The patches as labelled photos, to compare detections in them with. A crowd is one of each class."""
    photos = []
    for number, patch in enumerate(patches):
        scene = patch.scene
        _, height, width = scene.pixels.shape
        cut = np.any((scene.boxes_px < 0) | (scene.boxes_px > [width, height, width, height]), axis=1)
        photos.append(
            for_judging(
                LabelledImage(_NO_FILE, width, height, str(number), scene.boxes_px, scene.labels, scene.crowd | cut),
                classes,
            )
        )
    return photos


def for_judging(photo: LabelledImage, classes: int) -> LabelledImage:
    """The photo, in which each crowd is one of each class: in it, detections of no class are judged."""
    animals, crowds = np.flatnonzero(~photo.crowd), np.flatnonzero(photo.crowd)
    rows = np.concatenate([animals, np.repeat(crowds, classes)])
    labels = np.concatenate([photo.labels[animals], np.tile(np.arange(classes), len(crowds))])
    return LabelledImage(
        photo.path,
        photo.width,
        photo.height,
        photo.flight,
        photo.boxes_px[rows],
        labels.astype(np.int64),
        photo.crowd[rows],
        columns=photo.columns,
        name=photo.name,
        stretch=photo.stretch,
    )
