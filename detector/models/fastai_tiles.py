"""Prepares tiles for fastai's classifiers, as fastai does it in validation, but in batches and on the model's device.

A tile is resized as fastai's `Resize` does it, with Pillow's rounding; then, where the learner's transforms of a batch
resize it again (`aug_transforms(size=...)`), as those do it.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Method = Literal["crop", "squish", "pad"]
PadMode = Literal["reflection", "border", "zeros"]
_PAD_MODES = {"reflection": "reflect", "border": "replicate", "zeros": "constant"}


class _Resample(torch.autograd.Function):
    """Resamples one axis of images to `side` px with Pillow's bilinear kernel, which becomes wider when it shrinks an
    image.
    """

    @staticmethod
    def forward(ctx: Any, pixels: Tensor, side: int, axis: int) -> Tensor:
        size = (side, pixels.shape[3]) if axis == 2 else (pixels.shape[2], side)
        return F.interpolate(pixels, size, mode="bilinear", antialias=True)

    @staticmethod
    def symbolic(g: Any, pixels: Any, side: int, axis: int) -> Any:
        """The same in ONNX (opset 18), for which the exporter has no name."""
        nothing = g.op("Constant", value_t=torch.zeros(0))
        sizes = g.op("Constant", value_t=torch.tensor([side]))
        how = {"mode_s": "linear", "antialias_i": 1, "exclude_outside_i": 1, "axes_i": [axis]}
        return g.op("Resize", pixels, nothing, nothing, sizes, **how)


@dataclass(frozen=True)
class BatchResize:
    """How a batch is resized on the model's device in validation, after the tiles of it.

    Attributes:
        size: (rows, columns) px.
        ratio: The middle of a batch is kept whose width over height is in this range; None to keep all.
        scale: What is kept of either side of that.
        align_corners: As in `torch.nn.functional.grid_sample`.
    """

    size: tuple[int, int]
    ratio: tuple[float, float] | None = None
    scale: float = 1.0
    align_corners: bool = True

    def __call__(self, pixels: Tensor) -> Tensor:
        """(B, 3, H, W) float32 to (B, 3, rows, columns), as fastai's `affine_coord` samples without a transform."""
        height, width = (int(side) for side in pixels.shape[2:])
        high, wide = height, width
        if self.ratio is not None:  # as RandomResizedCropGPU does it
            if width / height < self.ratio[0]:
                high, wide = int(width / self.ratio[0]), width
            elif width / height > self.ratio[1]:
                high, wide = height, int(height * self.ratio[1])
            high, wide = int(high * self.scale), int(wide * self.scale)
        top, left = (height - high) // 2, (width - wide) // 2
        pixels = pixels[:, :, top : top + high, left : left + wide]
        # What is made much smaller is first averaged, to twice the size.
        shrink = min(high / self.size[0], wide / self.size[1]) / 2
        between = (math.floor(high * (1 / shrink)), math.floor(wide * (1 / shrink))) if shrink > 1 else (high, wide)
        rows, columns = (
            _sampled(averaged, wanted, self.align_corners) @ _averaged(side, averaged)
            for side, averaged, wanted in zip((high, wide), between, self.size, strict=True)
        )
        return rows.to(pixels) @ pixels @ columns.to(pixels).T


def _averaged(side: int, wanted: int) -> Tensor:
    """(wanted, side) float32: the means of areas, as torch's resizing of mode 'area' takes them."""
    return F.adaptive_avg_pool1d(torch.eye(side)[None], wanted)[0].T


def _sampled(side: int, wanted: int, align_corners: bool) -> Tensor:
    """(wanted, side) float32: linear interpolation at evenly spaced places, as `grid_sample` does it."""
    return F.interpolate(torch.eye(side)[None], wanted, mode="linear", align_corners=align_corners)[0].T


class Preprocessing(nn.Module):
    """From (B, H, W, 3) uint8 RGB to (B, 3, rows, columns) float32, as fastai prepares tiles in validation.

    Args:
        size: (rows, columns) px; None if tiles are not resized.
        method: As in fastai's `Resize`.
        pad_mode: As in fastai's `Resize`.
        mean: (3,), of values from 0 to 1.
        std: (3,), of values from 0 to 1.
        then: How the batch is resized after that; None if it is not.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        size: tuple[int, int] | None,
        method: Method,
        pad_mode: PadMode,
        mean: tuple[float, ...],
        std: tuple[float, ...],
        then: BatchResize | None = None,
    ) -> None:
        super().__init__()
        self.then = then
        self.size, self.method, self.pad_mode = size, method, pad_mode
        self.register_buffer("mean", torch.tensor(mean or (0.0,) * 3).reshape(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std or (1.0,) * 3).reshape(1, 3, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        pixels = images.permute(0, 3, 1, 2).float()
        if self.size is not None:
            pixels = self._resized(pixels, *self.size)
        pixels = pixels / 255
        if self.then is not None:
            pixels = self.then(pixels)
        return (pixels - self.mean) / self.std

    def _resized(self, pixels: Tensor, rows: int, columns: int) -> Tensor:
        if self.method != "squish":
            # Tensors, so that the exporter leaves the size of the tile free; float64, as in fastai.
            height, width = (torch.as_tensor(side).double() for side in pixels.shape[2:])
            across, down = width / columns, height / rows
            scale = torch.minimum(across, down) if self.method == "crop" else torch.maximum(across, down)
            wide, high = (scale * columns).long(), (scale * rows).long()
            left, top = ((width - wide) * 0.5).long(), ((height - high) * 0.5).long()
            if self.method == "pad":
                pixels = self._padded(pixels, int(wide), int(high), int(left), int(top))
            else:
                pixels = pixels[:, :, top : top + high, left : left + wide]
        # Pillow resamples along x first. After each axis, it rounds to whole numbers, halves upwards.
        for side, axis in ((columns, 3), (rows, 2)):
            pixels = torch.floor(_Resample.apply(pixels, side, axis) + 0.5).clamp(0, 255)
        return pixels

    def _padded(self, pixels: Tensor, wide: int, high: int, left: int, top: int) -> Tensor:
        height, width = pixels.shape[2:]
        pixels = pixels[:, :, max(top, 0) : top + high, max(left, 0) : left + wide]
        sides = (max(-left, 0), max(wide - width + left, 0), max(-top, 0), max(high - height + top, 0))
        return F.pad(pixels, sides, mode=_PAD_MODES[self.pad_mode]) if any(sides) else pixels
