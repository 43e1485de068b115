"""Views of labelled scenes: crops at many scales and in every direction, with varied light and lens.

A camera that looks straight down has no up, so every flip and every quarter turn is equally likely. All functions take
a numpy generator, and the generator decides their results.
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from detector.errors import InputError


@dataclass(frozen=True)
class Augmentation:
    """How much a view may differ from its scene. Raises InputError if a value is out of its range.

    Attributes:
        scale: The smallest and the largest magnification of an animal; drawn log-uniformly between them.
        aspect: How far one axis may be stretched against the other; 1.0 for not at all.
        brightness: The largest change, as a share of 1.
        contrast: The largest change, as a share of 1.
        saturation: The largest change, as a share of 1.
        tint: The largest change of the gain of one colour channel, as a share of 1.
        hue: How much of one channel may be mixed into another, as a share of 1.
        gamma: The largest exponent. The smallest is its inverse.
        noise: The largest standard deviation of the noise of a pixel, in grey levels.
        shadow: The probability that a shadow is added.
        blur: The probability that the view is blurred.
        jpeg: The probability that the view is compressed as JPEG.
        mosaic: The probability that a view is put together from four scenes.
        near_animal: The probability that a crop is placed so that an animal is in it.
        visible: If at least this share of an animal is in the crop, the animal is learnt, and its box is the visible
            part.
        smallest_px: An animal with a longer side below this is ignored: it is neither learnt nor background. View px.
    """

    scale: tuple[float, float] = (0.5, 1.6)
    aspect: float = 1.5
    brightness: float = 0.4
    contrast: float = 0.3
    saturation: float = 0.6
    tint: float = 0.12
    hue: float = 0.08
    gamma: float = 1.4
    noise: float = 8.0
    shadow: float = 0.15
    blur: float = 0.15
    jpeg: float = 0.2
    mosaic: float = 0.25
    near_animal: float = 0.7
    visible: float = 0.35
    smallest_px: float = 6.0

    def __post_init__(self) -> None:
        low, high = self.scale
        if not 0.05 <= low <= high <= 20:
            raise InputError(f"scale is {list(self.scale)}; expected the smallest and the largest, from 0.05 to 20")
        if not (1 <= self.aspect <= 4 and 1 <= self.gamma <= 4):
            raise InputError(f"aspect is {self.aspect} and gamma {self.gamma}; expected 1 to 4")
        for name in ("brightness", "contrast", "saturation", "tint", "hue"):
            if not 0 <= getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; expected a share of 0 or more, and less than 1")
        for name in ("shadow", "blur", "jpeg", "mosaic", "near_animal", "visible"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"{name} is {getattr(self, name)}; expected a share from 0 to 1")
        if self.noise < 0 or self.smallest_px < 0:
            raise InputError(f"noise is {self.noise} and smallest_px {self.smallest_px}; expected 0 or more")


@dataclass(frozen=True)
class Scene:
    """One labelled image in memory.

    Attributes:
        pixels: (3, H, W) uint8 RGB.
        boxes_px: (N, 4) float32 xyxy, image px.
        labels: (N,) int64.
        crowd: (N,) bool, True if the box is a crowd. Nothing is learnt inside a crowd.
    """

    pixels: Tensor
    boxes_px: NDArray[np.float32]
    labels: NDArray[np.int64]
    crowd: NDArray[np.bool_]


@dataclass(frozen=True)
class View:
    """A crop that a network is shown, with what it should find there.

    Attributes:
        pixels: (3, H, W) uint8 RGB; square but for the parts of a mosaic.
        boxes: (N, 4) float32 xyxy, crop px: the animals to find.
        labels: (N,) int64, their classes.
        ignored: (M, 4) float32 xyxy, crop px: what is neither an animal nor background. These are crowds, animals of
            which too little is in the crop, and animals that are too small.
    """

    pixels: Tensor
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    ignored: NDArray[np.float32]


def paint_over(view: View, colour: Tensor) -> Tensor:
    """The view's pixels, (3, H, W) uint8, with the ignored boxes painted in a colour.

    A network that knows only animals and background needs this. Animals that overlap an ignored box stay visible.

    Args:
        view: The view.
        colour: (3,) uint8 RGB.
    """
    size = view.pixels.shape[1:]
    return torch.where(_covered(view.ignored, size) & ~_covered(view.boxes, size), colour[:, None, None], view.pixels)


def _covered(boxes: NDArray[np.float32], size: Sequence[int]) -> Tensor:
    """(H, W) bool: the pixels that any of the boxes touches."""
    mask = torch.zeros(tuple(size), dtype=torch.bool)
    for x0, y0, x1, y1 in boxes.tolist():
        mask[max(0, int(y0)) : math.ceil(y1), max(0, int(x0)) : math.ceil(x1)] = True
    return mask


def make_view(scenes: list[Scene], crop_px: int, settings: Augmentation, rng: np.random.Generator) -> View:
    """A view of `crop_px` square, at random: a crop of the first scene, or a mosaic of the first four."""
    scale = np.exp(rng.uniform(*np.log(settings.scale)))
    _, height, width = scenes[0].pixels.shape
    too_wide = crop_px / scale > max(height, width)
    if len(scenes) >= 4 and (too_wide or rng.random() < settings.mosaic):
        view = _mosaic(scenes[:4], crop_px, scale, settings, rng)
    else:
        view = cut(scenes[0], crop_px, crop_px, scale, settings, rng)
    return View(recolour(view.pixels, settings, rng), view.boxes, view.labels, view.ignored)


def make_tile(
    scene: Scene, centre: tuple[float, float], crop_px: int, settings: Augmentation, rng: np.random.Generator
) -> View:
    """A view of `crop_px` square around `centre` (x, y), image px. At an edge of the scene it is moved inside."""
    scale = np.exp(rng.uniform(*np.log(settings.scale)))
    view = cut(scene, crop_px, crop_px, scale, settings, rng, centre)
    return View(recolour(view.pixels, settings, rng), view.boxes, view.labels, view.ignored)


def _mosaic(scenes: list[Scene], crop_px: int, scale: float, settings: Augmentation, rng: np.random.Generator) -> View:
    x, y = (int(v) for v in rng.integers(crop_px // 3, crop_px - crop_px // 3, 2))
    pixels = torch.empty((3, crop_px, crop_px), dtype=torch.uint8)
    parts = []
    for scene, (left, right), (top, bottom) in zip(
        scenes,
        [(0, x), (x, crop_px)] * 2,
        [(0, y), (0, y), (y, crop_px), (y, crop_px)],
        strict=True,
    ):
        part = cut(scene, right - left, bottom - top, scale, settings, rng)
        pixels[:, top:bottom, left:right] = part.pixels
        shift = np.array([left, top, left, top], np.float32)
        parts.append((part.boxes + shift, part.labels, part.ignored + shift))
    boxes, labels, ignored = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return View(pixels, boxes, labels, ignored)


def cut(
    scene: Scene,
    width: int,
    height: int,
    scale: float,
    settings: Augmentation,
    rng: np.random.Generator,
    centre: tuple[float, float] | None = None,
) -> View:
    """A window of a scene, turned and flipped at random and resampled to (height, width).

    If the scene is smaller than the window, the view shows the whole scene, magnified more than `scale` asks for.

    Args:
        scene: The scene.
        width: Of the view, px.
        height: Of the view, px.
        scale: View px that one image px becomes.
        settings: What may vary.
        rng: Decides what is random.
        centre: The middle of the window (x, y), image px; by default a random place.
    """
    turned = bool(rng.integers(2))
    across, down = (height, width) if turned else (width, height)  # the view's size before it is turned
    stretch = np.exp(rng.uniform(-0.5, 0.5) * np.log(settings.aspect))
    _, scene_height, scene_width = scene.pixels.shape
    window_width = int(np.clip(round(across / (scale * stretch)), 1, scene_width))
    window_height = int(np.clip(round(down / (scale / stretch)), 1, scene_height))
    x0, y0 = _place(scene, window_width, window_height, settings, rng, centre)
    window = scene.pixels[None, :, y0 : y0 + window_height, x0 : x0 + window_width]
    pixels = F.interpolate(window, (down, across), mode="bilinear", antialias=True, align_corners=False)[0]
    factors = np.array([across / window_width, down / window_height] * 2, np.float32)
    whole = (scene.boxes_px - np.array([x0, y0, x0, y0], np.float32)) * factors
    if rng.integers(2):
        pixels = pixels.flip(2)
        whole[:, [0, 2]] = across - whole[:, [2, 0]]
    if rng.integers(2):
        pixels = pixels.flip(1)
        whole[:, [1, 3]] = down - whole[:, [3, 1]]
    if turned:
        pixels = pixels.transpose(1, 2)
        whole = whole[:, [1, 0, 3, 2]]
    return _keep_visible(pixels, whole, scene.labels, scene.crowd, width, height, settings)


def _place(
    scene: Scene,
    width: int,
    height: int,
    settings: Augmentation,
    rng: np.random.Generator,
    centre: tuple[float, float] | None,
) -> tuple[int, int]:
    _, scene_height, scene_width = scene.pixels.shape
    if centre is not None:
        x, y = centre[0] - width / 2, centre[1] - height / 2
    elif len(scene.boxes_px) and rng.random() < settings.near_animal:
        box = scene.boxes_px[rng.integers(len(scene.boxes_px))]
        x = (box[0] + box[2]) / 2 - rng.uniform(0, width)
        y = (box[1] + box[3]) / 2 - rng.uniform(0, height)
    else:
        x, y = rng.uniform(0, scene_width - width + 1), rng.uniform(0, scene_height - height + 1)
    return int(np.clip(x, 0, scene_width - width)), int(np.clip(y, 0, scene_height - height))


def _keep_visible(
    pixels: Tensor,
    whole: NDArray[np.float32],
    labels: NDArray[np.int64],
    crowd: NDArray[np.bool_],
    width: int,
    height: int,
    settings: Augmentation,
) -> View:
    clipped = np.clip(whole, 0, np.array([width, height, width, height], np.float32)).astype(np.float32)
    sides = clipped[:, 2:] - clipped[:, :2]
    inside = (sides > 0).all(1)
    areas = (whole[:, 2:] - whole[:, :2]).prod(1)
    visible = sides.prod(1) / np.maximum(areas, 1e-6)
    learnt = inside & (visible >= settings.visible) & (sides.max(1, initial=0) >= settings.smallest_px) & ~crowd
    return View(pixels, clipped[learnt], labels[learnt], clipped[inside & ~learnt])


def recolour(pixels: Tensor, settings: Augmentation, rng: np.random.Generator) -> Tensor:
    """Vary the light and the lens at random: (3, H, W) uint8 RGB to the same."""
    values = pixels.float()
    matrix, offset = _colour_matrix(values, settings, rng)
    values = torch.einsum("ij,jhw->ihw", torch.from_numpy(matrix), values) + torch.from_numpy(offset)[:, None, None]
    if rng.random() < settings.shadow:
        values = values * _shadow(values.shape[1], values.shape[2], rng)
    if settings.gamma > 1 and rng.random() < 0.3:
        exponent = float(np.exp(rng.uniform(-1, 1) * np.log(settings.gamma)))
        values = (values.clamp(0, 255) / 255) ** exponent * 255
    if rng.random() < settings.blur:
        values = _blurred(values, float(rng.uniform(0.4, 1.2)))
    if rng.random() < 0.5 and settings.noise > 0:
        noise = rng.standard_normal(values.shape, np.float32) * np.float32(rng.uniform(0, settings.noise))
        values = values + torch.from_numpy(noise)
    result = values.clamp(0, 255).round().to(torch.uint8)
    if rng.random() < settings.jpeg:
        result = _recompressed(result, int(rng.integers(30, 95)))
    return result


def _colour_matrix(
    values: Tensor, settings: Augmentation, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    grey = np.full((3, 3), 1 / 3)
    saturation = 1 + rng.uniform(-1, 1) * settings.saturation
    saturate = grey + saturation * (np.eye(3) - grey)
    mix = np.eye(3) + rng.uniform(-settings.hue, settings.hue, (3, 3))
    mix /= mix.sum(1, keepdims=True)  # each row sums to 1, so that grey stays grey
    tint = np.diag(1 + rng.uniform(-settings.tint, settings.tint, 3))
    brightness = np.exp(rng.uniform(-1, 1) * np.log(1 + settings.brightness))
    contrast = np.exp(rng.uniform(-1, 1) * np.log(1 + settings.contrast))
    matrix = brightness * contrast * (tint @ mix @ saturate)
    mean = brightness * float(values[:, ::8, ::8].mean())
    return matrix.astype(np.float32), np.full(3, (1 - contrast) * mean, np.float32)


def _shadow(height: int, width: int, rng: np.random.Generator) -> Tensor:
    """(3, H, W) float32, the factors of a shadow as of a cloud or a row of trees: a soft band across the view.

    It is bluish, as shade under a clear sky is.
    """
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    across = (x - rng.uniform(0, width)) * np.cos(angle) + (y - rng.uniform(0, height)) * np.sin(angle)
    across = across + rng.uniform(0, 15) * np.sin((x * np.sin(angle) - y * np.cos(angle)) / rng.uniform(8, 40))
    half_width, softness = rng.uniform(20, 120), rng.uniform(1, 8)
    shaded = 1 / (1 + np.exp(np.clip((np.abs(across) - half_width) / softness, -30, 30)))
    depth = rng.uniform(0.25, 0.7) * np.array([1.05, 1.0, 0.9])
    return torch.from_numpy((1 - shaded[None] * depth[:, None, None]).astype(np.float32))


def _recompressed(pixels: Tensor, quality: int) -> Tensor:
    """The pixels, (3, H, W) uint8, after they were compressed as JPEG and read again."""
    encoded = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels.permute(1, 2, 0).numpy())).save(encoded, "JPEG", quality=quality)
    with Image.open(encoded) as image:
        return torch.from_numpy(np.array(image)).permute(2, 0, 1)


def _blurred(values: Tensor, sigma: float) -> Tensor:
    taps = torch.exp(-0.5 * (torch.arange(-2, 3) / sigma) ** 2)
    taps = taps / taps.sum()
    padded = F.pad(values[:, None], (2, 2, 2, 2), mode="replicate")
    return F.conv2d(F.conv2d(padded, taps.reshape(1, 1, 1, 5)), taps.reshape(1, 1, 5, 1))[:, 0]
