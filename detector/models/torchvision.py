"""torchvision's detectors from a state dict and a card: Faster R-CNN, RetinaNet, FCOS, SSD and SSDlite.

`architecture` is the name of torchvision's builder, such as `fasterrcnn_resnet50_fpn_v2`. The first three families may
also have another ResNet, such as `retinanet_resnet101_fpn`. The network and its forward pass are torchvision's own.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torchvision
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision.models import detection, mobilenet_v3_large
from torchvision.models.detection.anchor_utils import AnchorGenerator, DefaultBoxGenerator
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.models.detection.ssdlite import SSDLiteFeatureExtractorMobileNet, SSDLiteHead
from torchvision.ops.feature_pyramid_network import LastLevelP6P7

from detector.detections import Detections
from detector.errors import ModelError
from detector.models.cap import Cap
from detector.models.checkpoint import load_weights
from detector.models.device import choose, half_precision
from detector.models.files import Card, ModelFiles
from detector.models.flaws import Flaws
from detector.models.floor import SCORE_FLOOR, bounded
from detector.models.info import ModelInfo
from detector.models.onnx_answers import clipped
from detector.models.portable import Portable
from detector.models.unfilled import Unfilled
from geo.errors import one_line

BUILDERS: dict[str, Callable[..., nn.Module]] = {
    "fasterrcnn_resnet50_fpn": detection.fasterrcnn_resnet50_fpn,
    "fasterrcnn_resnet50_fpn_v2": detection.fasterrcnn_resnet50_fpn_v2,
    "fasterrcnn_mobilenet_v3_large_fpn": detection.fasterrcnn_mobilenet_v3_large_fpn,
    "fasterrcnn_mobilenet_v3_large_320_fpn": detection.fasterrcnn_mobilenet_v3_large_320_fpn,
    "retinanet_resnet50_fpn": detection.retinanet_resnet50_fpn,
    "retinanet_resnet50_fpn_v2": detection.retinanet_resnet50_fpn_v2,
    "fcos_resnet50_fpn": detection.fcos_resnet50_fpn,
    "ssd300_vgg16": detection.ssd300_vgg16,
}
SSDLITE = "ssdlite320_mobilenet_v3_large"
_RESNETS = re.compile(r"(fasterrcnn|retinanet|fcos)_((?:wide_)?resn[a-z]*t\d+\w*?)_fpn")
# The layers that depend on the number of classes.
_HEADS = re.compile(r"box_predictor\.(cls_score|bbox_pred)\.|classification_head\.")
# For each family, a name that no other family has.
_MARKS = {
    "roi_heads.box_predictor": "Faster R-CNN",
    "head.regression_head.bbox_ctrness": "FCOS",
    "head.classification_head.cls_logits": "RetinaNet",
    "head.classification_head.module_list": "SSD",
}


@dataclass(frozen=True)
class Settings:
    """The settings of a card for torchvision. None stands for the default of torchvision's builder.

    Raises ModelError if a value is out of its range.

    Attributes:
        score_floor: Detections below it are not kept.
        detections_per_tile: The most detections in a tile, best first.
        nms_iou: Two boxes of a class with a larger IoU are one animal.
        min_size: The network resizes a tile so that its shorter side has so many px.
        max_size: The network limits the longer side of a resized tile to so many px.
        image_mean: Of each channel, 0 to 1.
        image_std: Of each channel, 0 to 1.
        anchor_sizes: Px, a list for each level.
        anchor_ratios: Height by width, for all anchors.
        norm_eps: Of frozen batch norms, which no state dict stores: 0 for a Faster R-CNN or a RetinaNet R50 FPN that
            was fine-tuned from torchvision's COCO_V1 weights.
        precision: See `detector.models.device`.
    """

    score_floor: float = SCORE_FLOOR
    detections_per_tile: int | None = None
    nms_iou: float | None = None
    min_size: int | None = None
    max_size: int | None = None
    image_mean: tuple[float, ...] = ()
    image_std: tuple[float, ...] = ()
    anchor_sizes: tuple[tuple[float, ...], ...] = ()
    anchor_ratios: tuple[float, ...] = ()
    norm_eps: float | None = None
    precision: str = "auto"

    def __post_init__(self) -> None:
        for name, low, high in (
            ("score_floor", 0, 1),
            ("detections_per_tile", 1, 100_000),
            ("nms_iou", 0, 1),
            ("min_size", 16, 16384),
            ("max_size", 16, 16384),
            ("norm_eps", 0, 1),
        ):
            value, kind = getattr(self, name), int if "size" in name or "tile" in name else (int, float)
            if value is not None and (
                not isinstance(value, kind) or isinstance(value, bool) or not low <= value <= high
            ):
                raise ModelError(f"{name} is {value!r}: expected {low} to {high}")
        for name in ("image_mean", "image_std"):
            if len(getattr(self, name)) not in (0, 3):
                raise ModelError(f"{name} is {list(getattr(self, name))}: expected three numbers")
        if bool(self.anchor_sizes) != bool(self.anchor_ratios):
            raise ModelError("anchor_sizes and anchor_ratios go together: give both or neither")


class ContractModule(nn.Module):
    """A torchvision detector with the input and output of a model file.

    From (B, H, W, 3) uint8 RGB to boxes (K, 4) float32 xyxy tile px, scores (K,), labels (K,) and batch_index (K,).
    """

    def __init__(self, network: nn.Module, first_label: int) -> None:
        super().__init__()
        self.network = network
        self.first_label = first_label

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        pixels = images.permute(0, 3, 1, 2).float() / 255
        answers = self.network(list(pixels.unbind(0)))
        boxes = torch.cat([a["boxes"] for a in answers])
        scores = torch.cat([a["scores"] for a in answers])
        labels = torch.cat([a["labels"] for a in answers]) - self.first_label
        item = torch.cat([torch.full_like(a["labels"], i) for i, a in enumerate(answers)])
        # A head with an output for the background may answer background, which is not one of our classes.
        known = (labels >= 0).nonzero()[:, 0]
        return boxes[known], scores[known], labels[known], item[known]


class HalfPrecision(nn.Module):
    """Runs a part of a network in half precision; its answers are float32 again.

    The whole network cannot: torchvision decodes boxes in the precision of the heads' answers. At 800 px, float16 has
    steps of half a pixel, and bfloat16 has steps of 4 pixels.
    """

    def __init__(self, part: nn.Module, device: torch.device, precision: str) -> None:
        super().__init__()
        self.part = part
        self._device, self._precision = device, precision

    def forward(self, *inputs: Any) -> Any:
        with half_precision(self._device, self._precision):
            return _in_float32(self.part(*inputs))


def _in_float32(answer: Any) -> Any:
    if isinstance(answer, Tensor):
        return answer.float()
    if isinstance(answer, Mapping):
        return type(answer)((key, _in_float32(value)) for key, value in answer.items())  # type: ignore[call-arg]
    return type(answer)(_in_float32(value) for value in answer)


def _halve(network: nn.Module, device: torch.device, precision: str) -> None:
    """Run the slow parts, those with the weights, in half precision if `precision` says so."""
    if not isinstance(half_precision(device, precision), torch.autocast):
        return
    for owner, name in _parts(network):
        setattr(owner, name, HalfPrecision(getattr(owner, name), device, precision))


def _parts(network: Any) -> list[tuple[nn.Module, str]]:
    if isinstance(network, detection.FasterRCNN):
        heads = [(network.rpn, "head"), (network.roi_heads, "box_head"), (network.roi_heads, "box_predictor")]
        return [(network, "backbone"), *heads]
    return [(network, "backbone"), (network, "head")]


class TorchvisionDetector:
    """A detector of torchvision. See `detector.models.Model`."""

    calls_at_once = 1

    def __init__(
        self, module: ContractModule, card: Card, settings: Settings, files: tuple[Path, ...], device: torch.device
    ) -> None:
        self.info: ModelInfo = card.info
        self.files = files
        self.settings = settings
        self.module = module.to(device).eval()
        _halve(module.network, device, settings.precision)
        self._architecture = card.architecture
        self._device = device
        self.cap = Cap(_cap(module.network), float(card.info.thresholds().min()), card.path.name)
        self._floor = SCORE_FLOOR
        self._flaws = Flaws()

    def keep_from(self, score: float) -> None:
        """Keep boxes from `score` on. See `detector.models.floor`."""
        if self.settings.score_floor <= SCORE_FLOOR:
            self._floor = min(score, SCORE_FLOOR)
            set_score_floor(self.module.network, min(score, self.settings.score_floor))

    @property
    def device(self) -> str:
        """'cpu' or 'cuda:N'."""
        return str(self._device)

    @property
    def about(self) -> Mapping[str, str]:
        """The architecture, its size, and the limits of its answers."""
        millions = sum(p.numel() for p in self.module.parameters()) / 1e6
        return {
            "framework": f"torchvision {torchvision.__version__}, torch {torch.__version__}",
            "built": f"{self._architecture}, {millions:.1f} million parameters",
            "bounds": f"at most {self.cap.most} detections a tile, none below a score of {self.settings.score_floor:g}",
        }

    @property
    def remarks(self) -> tuple[str, ...]:
        """Whether tiles reached the limit of detections, and whether boxes were left out."""
        return (*self.cap.remarks, *self._flaws.remarks)

    any_size = False  # the network enlarges a smaller tile, and so changes its scale

    def detect(self, tiles: NDArray[np.uint8]) -> Detections:
        """The detections in a batch, in tile px, clipped to the tile. tiles: (B, H, W, 3) uint8 RGB.

        Raises:
            ModelError: The network fails on these tiles.
        """
        return self.detect_and_tell(tiles)[0]

    def detect_and_tell(self, tiles: NDArray[np.uint8]) -> tuple[Detections, NDArray[np.bool_]]:
        """As `detect`. See `detector.models.cap.Capped`."""
        with torch.inference_mode():
            try:
                answer = self.module(torch.from_numpy(tiles).to(self._device))
            except torch.OutOfMemoryError as error:
                raise ModelError(
                    f"{self.device} has too little memory for {len(tiles)} tiles at once; use smaller batches",
                    about="batch_size",
                ) from error
            except (RuntimeError, AssertionError, ValueError) as error:
                raise ModelError(f"the model failed on tiles of shape {tiles.shape}: {one_line(error, 300)}") from error
            boxes, scores, labels, item = (part.float().cpu().numpy() for part in answer)
        usual = scores >= self.settings.score_floor
        full = self.cap.see(scores[usual], item[usual], len(tiles))
        sound = self._flaws.sound(boxes, scores, tiles.shape[1:3], normalised=None)
        every = Detections.of(boxes[sound], scores[sound], labels[sound], item[sound].astype(np.int32))
        found = clipped(every, tiles.shape[1:3], len(self.info.classes), self._floor)
        return (found if self._floor >= SCORE_FLOOR else bounded(found)), full


def load(
    files: ModelFiles, device: str = "auto", threads: int | None = None, trust: bool = False, calls_at_once: int = 1
) -> TorchvisionDetector:
    """Load a torchvision detector. See `detector.models.load`. It allows one call at a time.

    Raises:
        ModelError: The weights do not fit the card's architecture and classes.
    """
    card, path = files.card, files.weights
    assert card is not None
    assert path is not None
    settings = card.settings_as(Settings)
    where = choose(device, threads)
    module = _built(card, settings, load_weights(path, trust), path.name)
    return TorchvisionDetector(module, card, settings, files.all, where)


def portable(model: TorchvisionDetector, batch_size: int | None = None) -> Portable:
    """The detector for `export_model`, at its tile size and for a fixed batch, because torchvision takes a list of
    images.

    From then on, the model itself runs in full precision.
    """
    for owner, name in _parts(model.module.network):
        if isinstance(part := getattr(owner, name), HalfPrecision):
            setattr(owner, name, part.part)
    side = model.info.tile_size
    info = replace(model.info, batch_size=batch_size or 1)
    return Portable(model.module.cpu(), info, (side, side), model.settings.score_floor, model.cap.most)


def _built(card: Card, settings: Settings, weights: Mapping[str, Tensor], name: str) -> ContractModule:
    """The network with its weights. Names, shapes and the number of classes must agree."""
    classes = len(card.info.classes)
    with_background = classes + 1
    with Unfilled():
        network = _fitting(card, settings, with_background, weights)
    wrong = _differences(network, weights)
    found = {k: round(with_background * v[0][0] / v[1][0]) for k, v in wrong.shapes.items() if _HEADS.search(k)}
    first_label = 1
    if found and len(found) == wrong.count:
        # In RetinaNet and FCOS each class has a score of its own, so some are trained without a background output.
        if set(found.values()) == {classes} and card.architecture.startswith(("retinanet", "fcos")):
            first_label = 0
            with Unfilled():
                network = _fitting(card, settings, classes, weights)
            wrong = _differences(network, weights)
        else:
            raise ModelError(
                f"{name} has outputs for {min(found.values())} classes with the background: expected "
                f"{with_background}, since {card.path.name} names {classes}"
            )
    if wrong.count:
        looks = next((family for mark, family in _MARKS.items() if any(k.startswith(mark) for k in weights)), "")
        family = f"; its names look like {looks}'s" if looks else ""
        raise ModelError(f"{name} does not hold the weights of {card.architecture}: {wrong.text()}{family}")
    network.load_state_dict(dict(weights), strict=False)  # frozen batch norms have no count of batches
    return ContractModule(network, first_label)


@dataclass(frozen=True)
class _Differences:
    """The differences between the tensors of a network and of a state dict. shapes: (found, expected) by name."""

    missing: list[str]
    unknown: list[str]
    shapes: dict[str, tuple[tuple[int, ...], tuple[int, ...]]]

    @property
    def count(self) -> int:
        return len(self.missing) + len(self.unknown) + len(self.shapes)

    def text(self) -> str:
        said = []
        if self.missing:
            said.append(f"{len(self.missing)} tensors are missing ({self.missing[0]}, ...)")
        if self.unknown:
            said.append(f"{len(self.unknown)} are unknown ({self.unknown[0][:80]}, ...)")
        if self.shapes:
            name, (found, expected) = next(iter(self.shapes.items()))
            said.append(f"{len(self.shapes)} have another shape ({name}: {found}, expected {expected})")
        return ", ".join(said)


def _differences(network: nn.Module, weights: Mapping[str, Tensor]) -> _Differences:
    own = network.state_dict()
    return _Differences(
        [k for k in own if k not in weights and not k.endswith("num_batches_tracked")],
        [k for k in weights if k not in own],
        {
            k: (tuple(weights[k].shape), tuple(v.shape))
            for k, v in own.items()
            if k in weights and weights[k].shape != v.shape
        },
    )


def _fitting(card: Card, settings: Settings, outputs: int, weights: Mapping[str, Tensor]) -> nn.Module:
    """The architecture with `outputs` classes. If it has several variants, the one that fits the weights best."""
    if card.architecture == SSDLITE:
        # For training from an ImageNet backbone, torchvision builds a tail with twice the channels.
        variants = [_ssdlite(settings, outputs, reduced_tail) for reduced_tail in (True, False)]
        return min(variants, key=lambda network: _differences(network, weights).count)
    try:
        return build(card.architecture, settings, outputs)
    except ModelError as error:
        raise ModelError(f"{card.path.name}: {error}") from error


def build(name: str, settings: Settings, outputs: int) -> nn.Module:
    """The network of a torchvision architecture, with random weights.

    Args:
        name: The architecture.
        settings: The settings of a card.
        outputs: The number of classes, with the background.

    Raises:
        ModelError: The architecture is unknown, or cannot be built with these settings.
    """
    if name == SSDLITE:
        return _ssdlite(settings, outputs, reduced_tail=True)
    two_stage = name.startswith("fasterrcnn")
    options = _options(settings, "box_" if two_stage else "")
    if settings.anchor_sizes:
        ratios = (settings.anchor_ratios,) * len(settings.anchor_sizes)
        options["rpn_anchor_generator" if two_stage else "anchor_generator"] = AnchorGenerator(
            settings.anchor_sizes, ratios
        )
    try:
        if name in BUILDERS:
            network = BUILDERS[name](weights=None, weights_backbone=None, num_classes=outputs, **options)
        elif match := _RESNETS.fullmatch(name):
            network = _on_resnet(match[1], match[2], outputs, options)
        else:
            raise ModelError(
                f"architecture {name!r} is unknown: expected one of {', '.join([*BUILDERS, SSDLITE])}, or one of the "
                "first three families with another resnet"
            )
    except ModelError:
        raise
    except (TypeError, ValueError, KeyError, AssertionError) as error:
        raise ModelError(f"torchvision cannot build {name} with these settings: {one_line(error)}") from error
    return _with_eps(network, settings)


def _options(settings: Settings, prefix: str) -> dict[str, Any]:
    """The settings by the names of torchvision's classes. Settings that are None are left out."""
    options = {
        f"{prefix}score_thresh": settings.score_floor,
        f"{prefix}detections_per_img": settings.detections_per_tile,
        f"{prefix}nms_thresh": settings.nms_iou,
        "min_size": settings.min_size,
        "max_size": settings.max_size,
        "image_mean": list(settings.image_mean) or None,
        "image_std": list(settings.image_std) or None,
    }
    return {key: value for key, value in options.items() if value is not None}


def _on_resnet(family: str, resnet: str, outputs: int, options: dict[str, Any]) -> nn.Module:
    """A detector on another ResNet, built as torchvision builds it for a ResNet-50."""
    if family == "fasterrcnn":
        backbone = resnet_fpn_backbone(
            backbone_name=resnet, weights=None, norm_layer=nn.BatchNorm2d, trainable_layers=5
        )
        return detection.FasterRCNN(backbone, outputs, **options)  # type: ignore[no-any-return]
    backbone = resnet_fpn_backbone(
        backbone_name=resnet,
        weights=None,
        norm_layer=nn.BatchNorm2d,
        trainable_layers=5,
        returned_layers=[2, 3, 4],
        extra_blocks=LastLevelP6P7(256, 256),
    )
    kind = detection.RetinaNet if family == "retinanet" else detection.FCOS
    network: nn.Module = kind(backbone, outputs, **options)
    return network


def _ssdlite(settings: Settings, outputs: int, reduced_tail: bool) -> nn.Module:
    """torchvision's `ssdlite320_mobilenet_v3_large`.

    Its builder would choose the tail by the origin of the backbone.
    """
    if settings.anchor_sizes:
        raise ModelError(f"{SSDLITE} has default boxes of its own: leave out anchor_sizes and anchor_ratios")
    norm = partial(nn.BatchNorm2d, eps=0.001, momentum=0.03)
    features = mobilenet_v3_large(weights=None, norm_layer=norm, reduced_tail=reduced_tail).features
    last_halving = max(n for n, block in enumerate(features) if _halves(block))
    backbone = SSDLiteFeatureExtractorMobileNet(features, last_halving, norm)
    boxes = DefaultBoxGenerator([[2, 3] for _ in range(6)], min_ratio=0.2, max_ratio=0.95)
    with torch.no_grad():
        channels = [level.shape[1] for level in backbone.eval()(torch.zeros(1, 3, 320, 320)).values()]
    backbone.train()
    options = {
        "nms_thresh": 0.55,
        "detections_per_img": 300,
        "topk_candidates": 300,
        "image_mean": [0.5] * 3,
        "image_std": [0.5] * 3,
        **_options(settings, ""),
    }
    head = SSDLiteHead(channels, boxes.num_anchors_per_location(), outputs, norm)
    return _with_eps(detection.ssd.SSD(backbone, boxes, (320, 320), outputs, head=head, **options), settings)


def _halves(block: nn.Module) -> bool:
    """Whether the output of a block has half as many rows and columns as its input."""
    return any(isinstance(layer, nn.Conv2d) and layer.stride == (2, 2) for layer in block.modules())


def _with_eps(network: nn.Module, settings: Settings) -> nn.Module:
    if settings.norm_eps is not None:
        for layer in network.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.eps = settings.norm_eps
    return network


def _cap(network: nn.Module) -> int:
    return int(_holder(network).detections_per_img)


def set_score_floor(network: nn.Module, score: float) -> None:
    """From now on, the network gives detections from `score` on."""
    _holder(network).score_thresh = score


def _holder(network: nn.Module) -> Any:
    """The part of the network that has the limits of its answers."""
    return getattr(network, "roi_heads", network)
