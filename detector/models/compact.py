"""The compact detector: a small anchor-free network that finds animals in imagery from straight above, and its ONNX
file.

The network gives a heatmap of box centres at a quarter of the input's resolution, and for each cell the distances to
the four sides of the box (after Zhou et al. 2019, "Objects as Points", and Tian et al. 2019, "FCOS"). No part of it
looks at a whole tile: it has no global pooling, attention or normalisation over the tile. So the score of an animal
depends on its surroundings within `REACH_PX`, and not on how an image was cut.

Cells: cell (row, column) of the heatmap stands for the point ((column + 0.5) * 4, (row + 0.5) * 4) in tile px.
"""

import math
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.ops import nms

from detector.errors import InputError
from detector.models.floor import SCORE_FLOOR
from detector.models.info import ModelInfo
from detector.models.portable import write_info
from geo.output import whole

STRIDE = 4  # tile px per heatmap cell
REACH_PX = 150  # the distance of the farthest pixel that can change the answer of a cell
DISTANCE_UNIT_PX = 16.0  # exp(0): the side distance of an untrained cell, about that of an average animal
MOST_PEAKS = 1000  # in a tile
NO_PEAK = -1e4  # a logit
# The power of the odds by which the boxes of a peak and its neighbours are weighted. With 2, they are nearest to the
# labels of sheep and of the simulator: mean IoU 0.672 and 0.822; the peak's box alone has 0.667 and 0.816.
NEIGHBOUR_POWER = 2.0
SAME_ANIMAL_IOU = 0.35  # two peaks in a tile with a larger IoU are one animal (3 % of true neighbours have one)


@dataclass(frozen=True)
class CompactShape:
    """How wide and how deep the network is. Raises InputError if a value is out of its range.

    Multiples of 16 fill the vector registers of the processors that ONNX Runtime is built for.

    Attributes:
        classes: The number of classes, 1 or more.
        stem: Channels at half resolution.
        widths: Channels at strides 4, 8 and 16.
        depths: Residual blocks at strides 4, 8 and 16.
        head: Channels of the layers that predict the centre and the box.
    """

    classes: int = 1
    stem: int = 16
    widths: tuple[int, int, int] = (32, 64, 96)
    depths: tuple[int, int, int] = (1, 1, 2)
    head: int = 32

    def __post_init__(self) -> None:
        if self.classes < 1:
            raise InputError(f"classes is {self.classes}; a detector needs at least one class")
        for name in ("widths", "depths"):
            values = getattr(self, name)
            if len(values) != 3 or any(not 0 < v <= 1024 for v in values):
                raise InputError(f"{name} is {list(values)}; give three numbers from 1 to 1024 (strides 4, 8, 16)")
        if not (0 < self.stem <= 1024 and 0 < self.head <= 1024):
            raise InputError(f"stem {self.stem}, head {self.head}: both must be from 1 to 1024")


class _Convolution(nn.Sequential):
    """A convolution of 3x3 or 1x1, a batch norm, ReLU. In the ONNX file, the norm is part of the convolution."""

    def __init__(self, inputs: int, outputs: int, size: int = 3, stride: int = 1, rectify: bool = True) -> None:
        layers: list[nn.Module] = [
            nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
            nn.BatchNorm2d(outputs, momentum=0.03),
        ]
        if rectify:
            layers.append(nn.ReLU(inplace=True))
        super().__init__(*layers)


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _Convolution(width, width)
        self.second = _Convolution(width, width, rectify=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(self.first(x)))


class CompactDetector(nn.Module):
    """The network: from pixels (B, 3, H, W) to logits of centres (B, classes, h, w) and side distances (B, 4, h, w).

    `pixels` are float32 RGB from 0 to 255, of any size; h = H / 4, w = W / 4, rounded up. The distances are those of
    the left, top, right and bottom side from the cell's point, in tile px. They are always positive.
    """

    def __init__(self, shape: CompactShape) -> None:
        super().__init__()
        self.shape = shape
        fine, middle, coarse = shape.widths
        self.stem = nn.Sequential(_Convolution(3, shape.stem, stride=2), _Convolution(shape.stem, fine, stride=2))
        self.fine = nn.Sequential(*(_Residual(fine) for _ in range(shape.depths[0])))
        self.middle = nn.Sequential(
            _Convolution(fine, middle, stride=2), *(_Residual(middle) for _ in range(shape.depths[1]))
        )
        self.coarse = nn.Sequential(
            _Convolution(middle, coarse, stride=2), *(_Residual(coarse) for _ in range(shape.depths[2]))
        )
        self.coarse_to_middle = _Convolution(coarse, middle, size=1, rectify=False)
        self.middle_join = _Convolution(middle, middle)
        self.middle_to_fine = _Convolution(middle, fine, size=1, rectify=False)
        self.head = _Convolution(fine, shape.head)
        self.centre = nn.Conv2d(shape.head, shape.classes, 1)
        self.sides = nn.Conv2d(shape.head, 4, 1)
        self._initialise()

    def _initialise(self) -> None:
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        for out in (self.centre, self.sides):
            nn.init.normal_(out.weight, std=0.01)
            assert out.bias is not None
            nn.init.zeros_(out.bias)
        # Nearly every cell is background. With a low score at the start, the first steps stay small (Lin et al. 2017).
        nn.init.constant_(self.centre.bias, -4.0)  # type: ignore[arg-type]

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        x = (pixels - 110.0) / 64.0  # the mean and the spread of aerial imagery; padding with zeros is then mid-grey
        fine = self.fine(self.stem(x))
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        middle = self.middle_join(F.relu(middle + _doubled(self.coarse_to_middle(coarse), middle)))
        fine = F.relu(fine + _doubled(self.middle_to_fine(middle), fine))
        features = self.head(fine)
        distances = torch.exp(self.sides(features).float().clamp(-5.0, 4.0)) * DISTANCE_UNIT_PX
        return self.centre(features).float(), distances


def _doubled(coarse: Tensor, fine: Tensor) -> Tensor:
    """`coarse` at twice its resolution, cut to the size of `fine`. If the size is odd, half of the last cells are cut
    off.

    So no image needs padding. Padding looks like something: replicated pixels look like streaks, which caused half of
    all false alarms on the validation flight, and grey pixels look like an animal on green.
    """
    return F.interpolate(coarse, scale_factor=2.0, mode="nearest")[:, :, : fine.shape[2], : fine.shape[3]]


class CompactFile(nn.Module):
    """The network with what the model file adds: finding peaks, making boxes, removing duplicates.

    From `images` (B, H, W, 3) uint8 RGB, with any H and W from 1 px, to `boxes` (K, 4) float32 xyxy in tile px (clipped
    to the tile), `scores` (K,) float32, `labels` (K,) int64 and `batch_index` (K,) int64, ordered by batch index and
    then by falling score. A peak is a cell that is not lower than its eight neighbours.

    zoom: by how much tiles are enlarged (above 1) or reduced before the network sees them, so that animals have the
    size that it knows.
    """

    def __init__(self, network: CompactDetector, zoom: float = 1.0) -> None:
        super().__init__()
        self.network, self.zoom = network, zoom

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        return self.told(images)[:4]

    def told(self, images: Tensor) -> tuple[Tensor, ...]:
        """As `forward`, and `full` (B,) bool: the tiles with MOST_PEAKS peaks, which may have more."""
        height, width = images.shape[1], images.shape[2]
        pixels = zoomed(images.permute(0, 3, 1, 2).float(), self.zoom)
        logits, distances = self.network(pixels)
        # Logits are compared, because neighbouring cells with a high score may have exactly the same score, 1.0.
        peaks = torch.where(F.max_pool2d(logits, 3, 1, 1) == logits, logits, torch.full_like(logits, NO_PEAK))
        batch, _, rows, columns = logits.shape
        flat = peaks.reshape(batch, -1)
        # Padded, so that a tile with fewer cells than MOST_PEAKS also has that many.
        flat = torch.cat([flat, torch.full_like(flat[:, :1], NO_PEAK).expand(-1, MOST_PEAKS)], dim=1)
        best, where = flat.topk(MOST_PEAKS, dim=1)
        likely = best > math.log(SCORE_FLOOR / (1 - SCORE_FLOOR))
        item, rank = likely.nonzero(as_tuple=True)
        score, place = best[item, rank].sigmoid(), where[item, rank]
        cells = rows * columns
        label = torch.div(place, cells, rounding_mode="floor")
        cell = place - label * cells
        row = torch.div(cell, columns, rounding_mode="floor")
        column = cell - row * columns
        own = _clipped(self._boxes(distances[item, :, row, column], row, column), height, width)
        # If the size is odd, the points of the last cells are beyond the edge, where a box can be empty.
        solid = ((own[:, 2] > own[:, 0]) & (own[:, 3] > own[:, 1])).nonzero()[:, 0]
        own, score, label, item = own[solid], score[solid], label[solid], item[solid]
        # For the suppression, the tiles of a batch stand side by side, farther apart than the widest box.
        apart = item.float()[:, None] * (torch.zeros_like(score[:1]).sum() + width + height + 4096)
        kept = nms(own + apart, score, SAME_ANIMAL_IOU).sort().values
        score, label, item, row, column = score[kept], label[kept], item[kept], row[solid][kept], column[solid][kept]
        boxes = self._mean_boxes(logits, distances, label, item, row, column)
        return _clipped(boxes, height, width), score, label, item, likely[:, -1]

    def _mean_boxes(
        self, logits: Tensor, distances: Tensor, label: Tensor, item: Tensor, row: Tensor, column: Tensor
    ) -> Tensor:
        """(K, 4) float32: the mean of the boxes of K peaks and of their neighbours, weighted by a power of their odds.

        Where two cells are nearly as likely, rounding decides which of them is the peak. Their boxes differ by a pixel
        or more, the mean does not.
        """
        near = torch.tensor([(down, across) for down in (-1, 0, 1) for across in (-1, 0, 1)], device=row.device)
        row, column = row[:, None] + near[:, 0], column[:, None] + near[:, 1]
        within = (row >= 0) & (row < logits.shape[2]) & (column >= 0) & (column < logits.shape[3])
        row, column = torch.where(within, row, 0), torch.where(within, column, 0)
        item, label = item[:, None], label[:, None]
        weights = (NEIGHBOUR_POWER * torch.where(within, logits[item, label, row, column], NO_PEAK)).softmax(dim=1)
        boxes = self._boxes(distances[item, :, row, column], row, column)
        return (boxes * weights[..., None]).sum(dim=1)

    def _boxes(self, distances: Tensor, row: Tensor, column: Tensor) -> Tensor:
        """(..., 4) float32: the boxes of cells (...,), tile px, from the distances (..., 4) of their sides."""
        cell_px = STRIDE / self.zoom
        points = torch.stack([column, row], dim=-1).float().add(0.5) * cell_px
        sides = distances / self.zoom
        return torch.cat([points - sides[..., :2], points + sides[..., 2:]], dim=-1)


def _clipped(boxes: Tensor, height: Tensor | int, width: Tensor | int) -> Tensor:
    """Boxes (K, 4) clipped to a tile."""
    across = boxes[:, 0::2].clamp(min=0.0).minimum(torch.zeros_like(boxes[:, 0::2]) + width)
    down = boxes[:, 1::2].clamp(min=0.0).minimum(torch.zeros_like(boxes[:, 1::2]) + height)
    return torch.stack([across[:, 0], down[:, 0], across[:, 1], down[:, 1]], dim=1)


def zoomed(pixels: Tensor, zoom: float) -> Tensor:
    """Pixels (B, 3, H, W) float32 at `zoom` times their size: a pixel at x, from the outer corner, comes to x * zoom.

    Sides are rounded, down if they are enlarged, else up. Where tiles are reduced to less than half, blocks of px are
    averaged first, because an ONNX file of opset 17 has no resize that does.
    """
    if zoom == 1:
        return pixels
    block = int(1 / zoom)
    if zoom < 1:  # so that the last px are not cut off, and that something is left of the smallest tile
        pixels = F.pad(pixels, (0, 2 * block, 0, 2 * block), mode="replicate")
    if block > 1:
        pixels = F.avg_pool2d(pixels, block)
        zoom *= block
    if zoom == 1:
        return pixels
    return F.interpolate(pixels, scale_factor=zoom, mode="bilinear", recompute_scale_factor=False)


class _ExportedFile(CompactFile):
    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        return self.told(images)


def export_compact(network: CompactDetector, info: ModelInfo, path: Path, zoom: float = 1.0) -> None:
    """Write the network as one ONNX file (opset 17). The file appears complete or not at all.

    zoom: see `CompactFile`.

    Raises:
        InputError: `info` names more or fewer classes than the network has.
    """
    if len(info.classes) != network.shape.classes:
        raise InputError(
            f"{len(info.classes)} class names for a network of {network.shape.classes} classes; name each class once"
        )
    path = Path(path)
    was_training = network.training
    network.eval()
    try:
        with whole(path) as part, warnings.catch_warnings():
            # The tracing exporter warns on every call that it is not the newest one, and that a negative index would
            # be wrong (there is none). No other exporter leaves the batch and all sizes free.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                _ExportedFile(network, zoom).eval(),
                (torch.randint(0, 256, (2, 100, 84, 3), dtype=torch.uint8),),
                str(part),
                dynamo=False,
                opset_version=17,
                input_names=["images"],
                output_names=["boxes", "scores", "labels", "batch_index", "full"],
                dynamic_axes={
                    "images": {0: "batch", 1: "height", 2: "width"},
                    **{name: {0: "detections"} for name in ("boxes", "scores", "labels", "batch_index")},
                    "full": {0: "batch"},
                },
            )
            write_info(part, replace(info, cap_per_tile=MOST_PEAKS))
    finally:
        network.train(was_training)
