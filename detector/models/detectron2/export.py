"""A Detectron2 detector as a module that can be traced: from the pixels of tiles to boxes in tile px.

Detectron2's models take and return objects. Its TracingAdapter turns them into the tensors that tracing needs. The
trace also includes what Herdmap does around the network: it orders the channels, resizes, and scales boxes back to tile
px.
"""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from detector.models.detectron2.model import Detectron2Detector
from detector.models.portable import Portable
from detector.models.quietly import quietly

with quietly():
    from detectron2.export import TracingAdapter
    from detectron2.modeling import GeneralizedRCNN


def portable(model: Detectron2Detector, batch_size: int | None = None) -> Portable:
    """The detector for `export_model`, at its tile size. Detectron2 loops over images, so the batch size is fixed."""
    size, batch = model.info.tile_size, batch_size or 1
    resize = model.recipe.resize
    scaled = (size, size)
    if resize is not None and (edge := resize.short_edge_length[0]):
        scaled = resize.get_output_shape(size, size, edge, resize.max_size)
    with quietly():
        module = TraceableDetector(model.network.cpu(), model.recipe.order, (size, size), scaled, batch)
    info = replace(model.info, batch_size=batch)
    return Portable(module, info, (size, size), model.score_floor, model.most_detections)


class TraceableDetector(nn.Module):
    """The module.

    Args:
        network: In inference mode, on the CPU.
        order: The order of its channels, 'BGR' or 'RGB'.
        size: (height, width) of the tiles, px.
        scaled: (height, width) that the network gets, px.
        batch: Tiles in a call.
    """

    rows: Tensor | None
    columns: Tensor | None
    back: Tensor

    def __init__(
        self, network: nn.Module, order: str, size: tuple[int, int], scaled: tuple[int, int], batch: int
    ) -> None:
        super().__init__()
        self.reversed = order == "BGR"
        self.batch = batch
        resized = size != scaled
        self.register_buffer("rows", triangle_filter(size[0], scaled[0]) if resized else None)
        self.register_buffer("columns", triangle_filter(size[1], scaled[1]) if resized else None)
        self.register_buffer("back", torch.tensor([size[1] / scaled[1], size[0] / scaled[0]] * 2))
        # The adapter learns the structure of answers from the first one.
        blank = [{"image": torch.zeros(3, *scaled)} for _ in range(batch)]
        self.network = TracingAdapter(network, (blank,), _instances)
        self.network(*self.network.flattened_inputs)
        self.eval()

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """(B, H, W, 3) uint8 RGB to boxes (K, 4) float32 xyxy tile px, scores (K,), labels (K,), batch_index (K,)."""
        pixels = images.permute(0, 3, 1, 2).float()
        if self.reversed:
            pixels = pixels[:, [2, 1, 0]]
        if self.rows is not None and self.columns is not None:
            # Pillow resamples along rows and rounds, then along columns and rounds.
            pixels = torch.floor(pixels.double() @ self.columns.T + 0.5)
            pixels = torch.floor(self.rows @ pixels + 0.5).float()
        flat = self.network(*pixels.unbind())
        found = self.network.outputs_schema(flat)
        boxes = torch.cat([i.pred_boxes.tensor for i in found]) * self.back
        scores = torch.cat([i.scores for i in found])
        labels = torch.cat([i.pred_classes for i in found])
        item = torch.cat([torch.full_like(i.pred_classes, n) for n, i in enumerate(found)])
        return boxes, scores, labels, item


def _instances(network: nn.Module, inputs: list[dict[str, Tensor]]) -> list[Any]:
    """The network's answers in px of its own input, one `Instances` for each image."""
    if isinstance(network, GeneralizedRCNN):
        return network.inference(inputs, do_postprocess=False)  # type: ignore[no-any-return]
    return [answer["instances"] for answer in network(inputs)]


def triangle_filter(size: int, scaled: int) -> Tensor:
    """(scaled, size) float64: the weights with which Pillow's bilinear resampling makes `scaled` pixels from `size`
    pixels.

    The filter is a triangle. It is as wide as a pixel of the coarser of the two grids, so that no pixel is left out
    when an image shrinks. Pillow sums in whole numbers. With its weights, rounded as it rounds them, sums in float64
    are the same to the last bit.
    """
    step = size / scaled
    centres = (torch.arange(scaled, dtype=torch.float64)[:, None] + 0.5) * step
    pixels = torch.arange(size, dtype=torch.float64) + 0.5
    weights = (1 - (pixels - centres).abs() / max(step, 1)).clamp(min=0)
    return torch.floor(weights / weights.sum(1, keepdim=True) * 2**22 + 0.5) / 2**22
