"""Trains Detectron2's detectors and TridentNet: their networks and losses, in the loop of `detector.training.fit`.

So data, splits, freezing, resuming, validation and trackers work as for every framework. The SOLVER of a Detectron2
config is not used: the schedule comes from the training config. Detectron2 also counts things besides its losses;
`TrackerWriter` passes those numbers to the tracker. You may use it in a training script of your own.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from detector.detections import Detections
from detector.errors import InputError, ModelError
from detector.models.checkpoint import load_checkpoint, load_weights
from detector.models.detectron2.config import own_configs, read_config_and_rest, said_left_out
from detector.models.detectron2.model import Detectron2Detector, Recipe
from detector.models.files import Card, read_card, write_card
from detector.models.floor import ask
from detector.models.info import ModelInfo
from detector.models.quietly import quietly
from detector.toml_tables import build_table
from detector.training import checkpoint
from detector.training import fit as loop
from detector.training.augment import View
from detector.training.checkpoint import ClassRows
from detector.training.config import TrainingConfig
from detector.training.tracker import Start, Tracker
from geo.errors import one_line
from geo.output import whole

with quietly():
    from detectron2.checkpoint.c2_model_loading import align_and_update_state_dicts
    from detectron2.modeling import build_model
    from detectron2.structures import Boxes, Instances
    from detectron2.utils.events import EventStorage, EventWriter, get_event_storage

# Detectron2's names of some metrics, and the names that all frameworks use.
_NAMES = {"total_loss": "loss", "lr": "learning_rate"}


@dataclass(frozen=True)
class Network:
    """The config's [model].

    Attributes:
        config: A Detectron2 .yaml, or the name of one of Detectron2's own, such as
            'COCO-Detection/faster_rcnn_R_50_FPN_1x.yaml'.
        weights: The weights to start with: a checkpoint of Detectron2 or of its model zoo; '' for random ones.
    """

    config: str
    weights: str = ""


def fit(config: TrainingConfig, tracker: Tracker) -> Path:
    """Train and write `<folder>/<name>.yaml` with its .pth and its card (see detector.training.fit.fit)."""
    _check_card(config)
    told = _Told(tracker)
    return loop.fit(config, Detectron2(config, told), told)


def _check_card(config: TrainingConfig) -> None:
    """Refuse to put the model's card where another file is, such as the training config itself."""
    path = config.output.folder / f"{config.output.name}.toml"
    try:
        if not path.is_file() or read_card(path).framework == "detectron2":
            return
    except ModelError:
        pass
    raise InputError(f"the model's card would overwrite {path}: choose another name or folder in [output]")


def trainable(config: TrainingConfig) -> loop.Trainable:
    """The network in the form that the loop trains."""
    return Detectron2(config, _Told(Tracker()))


def rates(config: TrainingConfig) -> NDArray[np.float64]:
    """(steps,) the learning rate of every step."""
    return loop.rates(config)


class TrackerWriter(EventWriter):  # type: ignore[misc]
    """Passes Detectron2's events on to a tracker. It is a writer for its DefaultTrainer, or for a PeriodicWriter.

    Each number is reported once, with the number of steps that were done when it was measured.
    """

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self._told = -1

    def write(self) -> None:
        """Report the new numbers in Detectron2's current event storage."""
        by_iteration: defaultdict[int, dict[str, float]] = defaultdict(dict)
        for name, (value, iteration) in get_event_storage().latest().items():
            if iteration > self._told:
                by_iteration[iteration][_NAMES.get(name, name)] = float(value)
        for iteration in sorted(by_iteration):
            self._tracker.metrics(iteration + 1, by_iteration[iteration])
            self._told = iteration


class _Told(Tracker):
    """A tracker that passes everything on, and remembers the last step of its run; None before the run starts."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self.step: int | None = None
        self.notes: list[str] = []  # on keys of the config that are left out, and the weights that it started with
        self.writer = TrackerWriter(tracker)

    def started(self, start: Start) -> None:
        self.step = start.first_step
        self._tracker.started(start)
        if self.notes:
            self._tracker.text("start", "\n".join(self.notes))

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        self._tracker.metrics(step, values)

    def picture(self, step: int, name: str, pixels: NDArray[np.uint8]) -> None:
        self._tracker.picture(step, name, pixels)

    def text(self, name: str, text: str) -> None:
        self._tracker.text(name, text)

    def model(self, path: Path) -> None:
        self._tracker.model(path)

    def ended(self, error: str | None) -> None:
        self._tracker.ended(error)


class Detectron2:
    """A Detectron2 network in the form that the loop trains."""

    backbone = ("backbone.",)
    # The proposals of a two-stage network are not among the heads: they say where animals may be, of any class.
    heads = ("roi_heads.", "head.")

    def __init__(self, config: TrainingConfig, told: _Told) -> None:
        settings = build_table(Network, config.model, "[model]")
        path = Path(settings.config) if Path(settings.config).is_file() else own_configs() / settings.config
        if not path.is_file():
            raise InputError(
                f"[model] config {settings.config!r} is neither a file nor one of Detectron2's own configs"
            )
        cfg, left_out = read_config_and_rest(path)
        cfg.MODEL.ROI_HEADS.NUM_CLASSES = cfg.MODEL.RETINANET.NUM_CLASSES = len(config.classes)
        cfg.MODEL.MASK_ON = cfg.MODEL.KEYPOINT_ON = False  # labels are boxes only
        cfg.MODEL.DEVICE, cfg.MODEL.WEIGHTS = "cpu", ""
        cfg.INPUT.MIN_SIZE_TEST = 0  # tiles are not resized, in training or in a search
        cfg.DATASETS.TRAIN = cfg.DATASETS.TEST = ()
        if not settings.weights and config.start_from is None:
            cfg.MODEL.BACKBONE.FREEZE_AT = 0  # random layers must not stay as they are
        torch.manual_seed(config.seed)
        with quietly():
            try:
                self.network: nn.Module = build_model(cfg)
            except ModelError:
                raise
            except Exception as error:
                raise InputError(
                    f"[model] config {path.name}: Detectron2 cannot build this: {one_line(error)}"
                ) from error
        self._cfg, self._config, self._told = cfg, config, told
        if left_out:
            told.notes.append(said_left_out(path, left_out, "this training"))
        if settings.weights:
            told.notes.append(begin_with(self.network, Path(settings.weights)))
        self._mean = torch.tensor(cfg.MODEL.PIXEL_MEAN).round().to(torch.uint8)[:, None, None]
        self._info = ModelInfo("detector", config.output.name, config.classes, config.output.tile_size)

    def collate(self, views: list[View]) -> list[dict[str, Any]]:
        """The views as Detectron2's dataset mapper gives them: for each view, a dictionary with its image and its
        instances.
        """
        return [self._sample(view) for view in views]

    def _sample(self, view: View) -> dict[str, Any]:
        pixels = view.pixels.flip(0) if self._cfg.INPUT.FORMAT == "BGR" else view.pixels.clone()
        # Detectron2 knows only animals and background. What is neither is painted over, but no animal in front of it.
        painted = _mask(view.ignored, pixels.shape[1:]) & ~_mask(view.boxes, pixels.shape[1:])
        pixels = torch.where(painted, self._mean, pixels)
        instances = Instances(tuple(pixels.shape[1:]))
        instances.gt_boxes = Boxes(torch.from_numpy(view.boxes.astype(np.float32)).reshape(-1, 4))
        instances.gt_classes = torch.from_numpy(view.labels.astype(np.int64))
        return {"image": pixels, "instances": instances}

    def losses(
        self, network: Callable[..., Any], batch: list[dict[str, Any]], device: torch.device
    ) -> dict[str, Tensor]:
        """Detectron2's losses by its names, each a scalar. What it counts besides them goes to the tracker."""
        step = self._told.step
        with quietly(), EventStorage(step or 0):
            losses: dict[str, Tensor] = network(batch)
            if step is not None:
                done, schedule = step + 1, self._config.schedule
                if done % self._config.tracking.every_steps == 0 or done == schedule.steps:
                    self._told.writer.write()
                self._told.step = done
        return losses

    def detect(self, network: nn.Module, tiles: NDArray[np.uint8], device: torch.device, lowest: float) -> Detections:
        """Detections, in tile px, in tiles (B, H, W, 3) uint8 RGB, from a score of `lowest` on, unless the config's
        SCORE_THRESH_TEST is higher than a search needs.
        """
        recipe = Recipe(network, self._cfg.INPUT.FORMAT, None, "", ())
        detector = Detectron2Detector(recipe, self._info, (), device)
        ask(detector, lowest)
        return detector.detect(tiles)

    def class_rows(self, name: str) -> ClassRows | None:
        """The rows of a parameter, or None if it has none for classes (see `checkpoint.start_from`).

        In Detectron2, the background is the last row.
        """
        layer = name.split(".")[-2]
        if not name.startswith("roi_heads."):
            return ClassRows(0, 1) if layer == "cls_score" else None
        if layer == "cls_score":
            return ClassRows(-1, 1)
        agnostic = self._cfg.MODEL.ROI_BOX_HEAD.CLS_AGNOSTIC_BBOX_REG
        return ClassRows(0, 4) if layer == "bbox_pred" and not agnostic else None

    def write(self, network: nn.Module, info: ModelInfo, folder: Path) -> Path:
        """Write the config, the weights and the card, all with the same name, and return the path of the config."""
        path = folder / f"{info.name}.yaml"
        cfg = self._cfg.clone()
        if "Trident" not in cfg.MODEL.PROPOSAL_GENERATOR.NAME:
            del cfg.MODEL["TRIDENT"]  # this network has no trident blocks
        checkpoint.save(path.with_suffix(".pth"), {"model": network.state_dict()})
        write_card(Card(path.with_suffix(".toml"), "detectron2", "", info))
        with whole(path) as part:
            part.write_text(cfg.dump(), encoding="utf-8")
        return path


def begin_with(network: nn.Module, path: Path) -> str:
    """Give the network the weights in a file as far as they fit, and say in one line what was taken.

    Args:
        network: Gets the weights.
        path: A checkpoint of the same or a similar network, or a backbone of Detectron2's model zoo with its older
            names.

    Raises:
        ModelError: No weights fit.
    """
    held = load_checkpoint(path)
    blobs = held.get("blobs") if isinstance(held, Mapping) else None
    if isinstance(blobs, Mapping):
        weights = {name: torch.as_tensor(value) for name, value in blobs.items() if not name.endswith("_momentum")}
    else:
        weights = load_weights(path)
    own = network.state_dict()
    if not own.keys() & weights.keys():
        with quietly():
            weights = align_and_update_state_dicts(own, weights, c2_conversion=any(n.endswith("_w") for n in weights))
    fitting = {name: value for name, value in weights.items() if name in own and own[name].shape == value.shape}
    if not fitting:
        raise ModelError(
            f"{path.name} has no weights that fit this network; expected those of the same network or of a similar one"
        )
    network.load_state_dict(fitting, strict=False)
    new = [name for name in own if name not in fitting]
    return f"starts from {path.name}: {len(fitting)} of {len(own)} parameters; new: {', '.join(new) or 'none'}"


def _mask(boxes: NDArray[np.float32], size: tuple[int, ...]) -> Tensor:
    """(H, W) bool: the pixels that any of the boxes touches."""
    mask = torch.zeros(size, dtype=torch.bool)
    for x0, y0, x1, y1 in boxes.reshape(-1, 4):
        mask[int(max(y0, 0)) : int(np.ceil(y1)), int(max(x0, 0)) : int(np.ceil(x1))] = True
    return mask
