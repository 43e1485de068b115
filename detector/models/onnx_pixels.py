"""How tiles are passed to an ONNX file of another tool: colours, numbers, order of the axes, and another size."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError
from detector.models.info import short

Prepare = Callable[[NDArray[np.uint8]], NDArray[Any]]
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
_KINDS = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}
_FILL = 114


@dataclass(frozen=True)
class Pixels:
    """What a model was trained to see. Raises ModelError for an impossible value.

    Args:
        mean: Subtracted from each colour, in the model's order of colours and after the division.
        std: Divides each colour after that.
        white: The number of the brightest pixel, before mean and std: 1 or 255.
        colours: The order of the colours.
        resize: How a tile of another size than the file takes becomes that size: not at all, stretched, or as a whole
            in the top left corner, with grey beside it.
    """

    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    white: Literal[1, 255] = 1
    colours: Literal["rgb", "bgr"] = "rgb"
    resize: Literal["none", "stretch", "letterbox"] = "none"

    def __post_init__(self) -> None:
        shift, scale = np.asarray(self.mean or (0, 0, 0), float), np.asarray(self.std or (1, 1, 1), float)
        if shift.shape != (3,) or scale.shape != (3,) or not np.isfinite(shift).all() or (np.abs(scale) < 1e-9).any():
            raise ModelError(
                f"the model's mean {short(self.mean)} and std {short(self.std)}: expected three numbers each"
            )


def prepared(spec: Any, pixels: Pixels, size: tuple[int, int]) -> Prepare:
    """A function from tiles (B, H, W, 3) uint8 RGB to what an input takes.

    Args:
        spec: The input, as ONNX Runtime declares it: (B, 3, H, W), (B, H, W, 3), or (3, H, W) for one tile at a time.
        pixels: What the model was trained to see.
        size: The (height, width) px of the input.
    """
    dtype = _KINDS.get(spec.type)
    if dtype is None:
        raise ModelError(f"input {short(spec.name)} takes {spec.type}; expected tensor(float), float16 or uint8")
    shift, scale = (np.asarray(v, np.float32) for v in (pixels.mean or (0, 0, 0), pixels.std or (1, 1, 1)))
    last, alone = colours_last(spec), len(spec.shape) == 3

    def prepare(tiles: NDArray[np.uint8]) -> NDArray[Any]:
        if tiles.shape[1:3] != size:
            tiles = _resized(tiles, size, pixels.resize)
        if pixels.colours == "bgr":
            tiles = tiles[..., ::-1]
        if not last:
            tiles = tiles.transpose(0, 3, 1, 2)
        if dtype is np.uint8:
            found: NDArray[Any] = np.ascontiguousarray(tiles)
        else:
            unit = np.ascontiguousarray(tiles).astype(np.float32)
            if pixels.white == 1:
                # Divided, as the frameworks do it: a product with 1 / 255 is another number in the last bit.
                unit /= np.float32(255)
            if shift.any() or (scale != 1).any():
                shape = (3,) if last else (3, 1, 1)
                unit = (unit - shift.reshape(shape)) / scale.reshape(shape)
            found = unit.astype(dtype, copy=False)
        return found[0] if alone else found

    return prepare


def colours_last(spec: Any) -> bool:
    """Whether an input takes (B, H, W, 3), and not (B, 3, H, W)."""
    shape = spec.shape
    return len(shape) == 4 and shape[3] == 3 and shape[1] != 3


def scale_of(tile: int, size: tuple[int, int], rule: str) -> tuple[float, float]:
    """Tile px for one px of the input, across and down, where a square tile of `tile` px is resized to `size`."""
    height, width = size
    if rule == "letterbox":
        across, down = _whole(tile, size)
        return tile / across, tile / down
    return tile / width, tile / height


def _whole(tile: int, size: tuple[int, int]) -> tuple[int, int]:
    """The width and height of a whole tile in an input of `size`."""
    ratio = min(size) / tile
    return max(1, round(tile * ratio)), max(1, round(tile * ratio))


def _resized(tiles: NDArray[np.uint8], size: tuple[int, int], rule: str) -> NDArray[np.uint8]:
    if rule == "stretch":
        return _stretched(tiles, size)
    width, height = _whole(tiles.shape[1], size)
    found = np.full((len(tiles), *size, 3), _FILL, np.uint8)
    found[:, :height, :width] = _stretched(tiles, (height, width))
    return found


def _stretched(tiles: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Tiles (B, H, W, 3) in another size, by linear interpolation, which averages where it shrinks."""
    down, across = _weights(tiles.shape[1], size[0]), _weights(tiles.shape[2], size[1])
    found = np.empty((len(tiles), *size, 3), np.uint8)
    for place, tile in enumerate(tiles):
        for colour in range(3):
            found[place, :, :, colour] = (down @ tile[..., colour].astype(np.float32) @ across.T + 0.5).clip(0, 255)
    return found


def _weights(old: int, new: int) -> NDArray[np.float32]:
    """(new, old): the share of each old pixel in each new one, of a triangle as wide as the larger pixel."""
    wide = max(old / new, 1)
    centres = (np.arange(new) + 0.5) * old / new
    weights = (1 - np.abs(centres[:, None] - np.arange(old) - 0.5) / wide).clip(0)
    found: NDArray[np.float32] = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return found
