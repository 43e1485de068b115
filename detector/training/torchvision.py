"""Trains torchvision's detectors: its networks and losses, in the loop of `detector.training.fit`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.error import URLError

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision.models import get_model_weights
from torchvision.ops.misc import FrozenBatchNorm2d

from detector.detections import Detections
from detector.errors import InputError, ModelError
from detector.models.checkpoint import save_weights
from detector.models.files import Card, read_card, write_card
from detector.models.info import ModelInfo
from detector.models.torchvision import BUILDERS, SSDLITE, ContractModule, Settings, build, set_score_floor
from detector.toml_tables import build_table
from detector.training import fit as loop
from detector.training.augment import View, paint_over
from detector.training.checkpoint import ClassRows
from detector.training.config import TrainingConfig
from detector.training.freezing import NORMS
from detector.training.tracker import Tracker
from geo.errors import one_line

USUAL_EPS = 1e-5  # of a batch norm; a state dict does not store it
# In SSDlite's class branch, a depthwise layer (0) comes before the layer with a row for each class.
_CLASS_ROWS = re.compile(
    r"box_predictor\.cls_score\.|classification_head\.(cls_logits|module_list\.\d+(\.1)?)\.(weight|bias)$"
)


@dataclass(frozen=True)
class Network:
    """The config's [model].

    Attributes:
        architecture: torchvision's name of the network.
        weights: What the network starts with if there is no `start_from`: torchvision's COCO or ImageNet weights, which
            it downloads, or random ones.
        learn_norms: Whether batch norms learn and update their statistics. By default they do so only in a network with
            random weights, because a batch of full-size tiles is too small for good statistics.
        min_size: The network resizes a tile so that its shorter side has so many px; by default the tile keeps its
            size.
        max_size: The network limits the longer side of a resized tile to so many px; by default the tile keeps its
            size.
        detections_per_tile: The largest number of detections in a tile.
    """

    architecture: str = "fasterrcnn_resnet50_fpn"
    weights: Literal["coco", "imagenet", "none"] = "coco"
    learn_norms: bool | None = None
    min_size: int | None = None
    max_size: int | None = None
    detections_per_tile: int = 300


def fit(config: TrainingConfig, tracker: Tracker) -> Path:
    """Train and write `<folder>/<name>.safetensors` with its card (see detector.training.fit.fit)."""
    card = config.output.folder / f"{config.output.name}.toml"
    if card.exists() and not _is_card(card):
        raise InputError(f"the model's card would overwrite {card}: choose another name or folder in [output]")
    return loop.fit(config, trainable(config), tracker)


def trainable(config: TrainingConfig) -> loop.Trainable:
    """The network in the form that the loop trains."""
    return Torchvision(config)


def rates(config: TrainingConfig) -> NDArray[np.float64]:
    """(steps,) the learning rate of every step."""
    return loop.rates(config)


class Torchvision:
    """A torchvision detector in the form that the loop trains."""

    backbone = ("backbone.",)
    # The proposals of a two-stage network are not among the heads: they say where animals may be, of any class.
    heads = ("roi_heads.", "head.")

    def __init__(self, config: TrainingConfig) -> None:
        said = build_table(Network, config.model, "[model]")
        side = config.schedule.crop_px
        if side != config.output.tile_size:
            raise InputError(
                f"crop_px is {side} and tile_size {config.output.tile_size}, but torchvision's networks resize every "
                "tile to one size, so animals would have two sizes; make them equal"
            )
        fixed = said.architecture.startswith("ssd")
        self._settings: dict[str, Any] = {"detections_per_tile": said.detections_per_tile}
        if not fixed:
            self._settings |= {"min_size": said.min_size or side, "max_size": said.max_size or side}
        self._architecture, self._classes = said.architecture, config.classes
        torch.manual_seed(config.seed)
        try:
            self.network: nn.Module = build(said.architecture, Settings(**self._settings), len(config.classes) + 1)
        except ModelError as error:
            raise InputError(f"[model]: {error}") from error
        begins = said.weights if config.start_from is None else "none"
        if begins != "none":
            self._begin_with(begins)
        learn = said.learn_norms if said.learn_norms is not None else said.weights == "none"
        for norm in () if learn else (m for m in self.network.modules() if isinstance(m, NORMS)):
            norm.requires_grad_(False)  # then its statistics are held too
        # Ignored areas are painted in the network's mean colour, which becomes 0 in its input.
        mean = torch.tensor(self.network.transform.image_mean)  # type: ignore[union-attr]
        self._fill = (mean * 255).round().to(torch.uint8)

    def _begin_with(self, weights: str) -> None:
        """Take torchvision's own weights as far as they fit. The weights that tell classes apart are left out."""
        name = self._architecture
        if name not in (*BUILDERS, SSDLITE):
            raise InputError(f"[model] torchvision has no weights of {name}; write weights = 'none', or use start_from")
        try:
            published, eps = _published(name, weights)
        except (URLError, OSError, RuntimeError) as error:
            raise InputError(
                f"[model] the {weights} weights of {name} cannot be downloaded ({one_line(error)}); put the file into "
                f"{torch.hub.get_dir()}/checkpoints, use start_from, or write weights = 'none'"
            ) from error
        own = self.network.state_dict()
        fitting = {k: v for k, v in published.items() if k in own and own[k].shape == v.shape}
        self.network.load_state_dict(fitting, strict=False)
        if eps != USUAL_EPS:
            self._settings["norm_eps"] = eps
            for layer in self.network.modules():
                if isinstance(layer, nn.BatchNorm2d):
                    layer.eps = eps

    def collate(self, views: list[View]) -> tuple[list[Tensor], list[dict[str, Tensor]]]:
        """The views as torchvision takes them: pixels (3, S, S) uint8 and targets. Label 0 is the background."""
        # torchvision knows only animals and background, so what is neither is painted over.
        images = [paint_over(view, self._fill) for view in views]
        targets = [
            {"boxes": torch.from_numpy(view.boxes), "labels": torch.from_numpy(view.labels) + 1} for view in views
        ]
        return images, targets

    def losses(self, network: Callable[..., Any], batch: Any, device: torch.device) -> dict[str, Tensor]:
        """Torchvision's own losses by name, each a scalar."""
        images, targets = batch
        found: dict[str, Tensor] = network(
            [image.to(device, non_blocking=True).float() / 255 for image in images],
            [{name: value.to(device, non_blocking=True) for name, value in target.items()} for target in targets],
        )
        return {name if name.startswith("loss") else f"loss_{name}": loss for name, loss in found.items()}

    def detect(self, network: nn.Module, tiles: NDArray[np.uint8], device: torch.device, lowest: float) -> Detections:
        """Detections, in tile px, in tiles (B, H, W, 3) uint8 RGB, from a score of `lowest` on."""
        set_score_floor(network, lowest)
        with torch.inference_mode():
            found = ContractModule(network, 1)(torch.from_numpy(tiles).to(device))
        boxes, scores, labels, item = (part.float().cpu().numpy() for part in found)
        solid = (boxes[:, 2:] > boxes[:, :2]).all(1)
        return Detections.of(boxes[solid], scores[solid], labels[solid], item[solid].astype(np.int32))

    def class_rows(self, name: str) -> ClassRows | None:
        """The rows of a parameter, or None if it has none for classes (see `checkpoint.start_from`)."""
        if "box_predictor.bbox_pred." in name:
            return ClassRows(1, 4)
        # In RetinaNet and FCOS each class has a sigmoid. Networks of others, such as DeepForest's, have no background.
        sigmoids = self._architecture.startswith(("retinanet", "fcos"))
        return ClassRows(1, 1, may_lack=sigmoids) if _CLASS_ROWS.search(name) else None

    def write(self, network: nn.Module, info: ModelInfo, folder: Path) -> Path:
        """Write the weights and, beside them, the card. Returns the path of the weights."""
        path = folder / f"{info.name}.safetensors"
        save_weights(network.state_dict(), path)
        write_card(Card(path.with_suffix(".toml"), "torchvision", self._architecture, info, self._settings))
        return path


def _published(name: str, weights: str) -> tuple[dict[str, Tensor], float]:
    """(state dict, eps of its batch norms) of torchvision's network with its published weights."""
    from torchvision.models import get_model_builder

    chosen: dict[str, Any] = (
        {"weights": get_model_weights(name).DEFAULT}
        if weights == "coco"
        else {"weights": None, "weights_backbone": "DEFAULT"}
    )
    network = get_model_builder(name)(progress=False, **chosen)
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d | FrozenBatchNorm2d)]
    return dict(network.state_dict()), float(norms[0].eps) if norms else USUAL_EPS


def _is_card(path: Path) -> bool:
    try:
        return read_card(path).framework == "torchvision"
    except ModelError:
        return False
