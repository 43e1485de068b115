"""Trains fastai's tile classifiers: does a tile show an animal, and of which class?

The network, the loop and the mixed precision are fastai's: its `Learner` fits. Photos, tiles, splits, augmentation and
seeds are the same as for every framework. The target of a tile is divided among the classes that it shows; an empty
tile has the empty class. With `multilabel`, each class has a probability of its own, and a tile with none above the
threshold is empty. If a tile shows only a sliver of an animal, nothing is learnt from it. Callbacks follow the config's
schedule, keep frozen parameters unchanged, judge whole validation photos tile by tile, and write the
checkpoint. `TrackerCallback` reports to the trackers; you may use it with any `Learner`.

The model file is portable ONNX. Its answers are compared with the learner's before the file appears.
"""

import copy
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal
from urllib.error import URLError

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from detector.errors import InputError
from detector.models.export import answers, check, trace
from detector.models.fastai import (
    ARCHITECTURES,
    IMAGENET_MEAN,
    IMAGENET_STD,
    RESIZE_OPSET,
    ContractModule,
    saved_learners,
)
from detector.models.fastai_tiles import Preprocessing
from detector.models.portable import Portable, write_info
from detector.toml_tables import build_table
from detector.training import checkpoint
from detector.training import fit as loop
from detector.training.checkpoint import ClassRows
from detector.training.config import TrainingConfig
from detector.training.data import Views, batches, views
from detector.training.dataset import read_dataset
from detector.training.freezing import Frozen, freeze
from detector.training.processes import processes
from detector.training.stopping import stopping
from detector.training.tile_batches import Epochs, Targets, ValidationTiles
from detector.training.tile_classes import JudgedTiles, card, gate_threshold, metrics
from detector.training.tracker import Pace, Tracker
from geo.errors import one_line
from geo.output import whole

with warnings.catch_warnings():
    # fastai and torch warn on import about things that a user cannot change.
    warnings.simplefilter("ignore")
    from fastai.callback.core import Callback, TrainEvalCallback
    from fastai.callback.fp16 import MixedPrecision
    from fastai.callback.schedule import combined_cos
    from fastai.callback.training import GradientClip
    from fastai.data.core import DataLoaders
    from fastai.learner import Learner, Recorder
    from fastai.optimizer import OptimWrapper
    from fastai.vision.learner import create_vision_model

EMPTY = "empty"
BACKBONE, HEADS = ("0.",), ("1.",)  # the beginnings of the names of parameters that vision_learner gives
MOMENTA = (0.95, 0.85, 0.95)  # as in fit_one_cycle: at the start, at the peak of the rate, at the end
CLIP = 10.0  # the largest norm of a gradient
USUAL_THRESHOLD = 0.05  # of a gate without validation tiles
TILES_OF_THE_CHECK = 16


@dataclass(frozen=True)
class Network:
    """The config's [model]. Raises InputError if a value is out of its range.

    Attributes:
        architecture: A network that fastai's `vision_learner` knows.
        weights: What the body starts with if there is no `start_from`: torchvision's ImageNet weights, which it
            downloads, or random ones.
        resize: The side that tiles are resized to, px; 0 for no resizing.
        recall: The share of the validation tiles with an animal that pass the threshold of the model file.
        multilabel: Whether a tile may have several classes, each with a probability of its own.
    """

    architecture: str = "resnet18"
    weights: Literal["imagenet", "none"] = "imagenet"
    resize: int = 0
    recall: float = 0.98
    multilabel: bool = False

    def __post_init__(self) -> None:
        if self.architecture not in ARCHITECTURES:
            raise InputError(f"[model] architecture {self.architecture!r}; expected one of {', '.join(ARCHITECTURES)}")
        if self.resize and not 32 <= self.resize <= 2048:
            raise InputError(f"[model] resize is {self.resize}; expected 32 to 2048 px, or 0 for none")
        if not 0.5 <= self.recall <= 1:
            raise InputError(f"[model] recall is {self.recall}; expected a share from 0.5 to 1")


def rates(config: TrainingConfig) -> NDArray[np.float64]:
    """(steps,) the learning rate of every step of `fit`."""
    return loop.rates(config)


def fit(config: TrainingConfig, tracker: Tracker) -> Path:
    """Train, choose the threshold of the gate on the validation tiles, and write `<folder>/<name>.onnx`.

    If the run was stopped or killed, it resumes from its last checkpoint, `<folder>/<name>.pt`, and reaches the same
    weights as without the interruption. If it is asked to stop, it keeps a checkpoint first.

    Raises:
        InputError: Settings or data cannot be used, several processes were started, the checkpoint was made with other
            settings, or the loss is not a number.
        ModelError: The model file does not answer as the learner does.
    """
    if (count := int(os.environ.get("WORLD_SIZE", "1"))) > 1:
        raise InputError(f"{count} processes were started, but fastai trains in one process; start it without torchrun")
    said = _settings(config)
    photos = read_dataset(config)
    with processes(config.device) as team:
        network = _built(said, config).to(team.device)
        folder = config.output.folder
        folder.mkdir(parents=True, exist_ok=True)
        own = checkpoint.Own(config, photos)
        state, note = own.state(), ""
        if config.start_from is not None and state is None:
            rows_of = _class_rows(network, said.multilabel)
            with saved_learners():
                note = checkpoint.start_from(config.start_from, network, config.classes, rows_of, config.rename)
        frozen = freeze(network, config.freeze, BACKBONE, HEADS)
        shown = views(photos, config)
        epoch_steps, steps = len(shown) / config.schedule.batch, config.schedule.steps
        preprocessing = _preprocessing(said).to(team.device)
        judged = ValidationTiles(photos, config, said.multilabel)
        run = _Run(config, said, network, frozen, judged, tracker, own)
        first = 0
        if state is not None:
            with own.loading():
                first = run.resume(state)
        every = loop.validation_steps(config, epoch_steps)
        targets = Targets(len(config.classes), said.multilabel)
        stream = batches(shown, targets, config.schedule.batch, first, steps, config.workers)
        learner = Learner(
            DataLoaders(Epochs(stream, first, steps, every), judged, device=team.device),
            network,
            loss_func=loss_of_each if said.multilabel else loss,
            opt_func=run.optimiser,
            cbs=[TrainEvalCallback(), Recorder(), _Preprocess(preprocessing), *_precision(config, team.device), run],
            default_cbs=False,
            path=folder,
            wd_bn_bias=True,  # the optimiser's groups decide what decays, and `freeze` what learns
            train_bn=False,
        )
        loop.tell_start(tracker, config, photos, frozen, first, epoch_steps, team, own.extended)
        if note:
            tracker.text("start", note)
        teller = TrackerCallback(tracker, config.tracking.every_steps, first, steps, epoch_steps)
        learner.add_cb(teller)
        with learner.no_logging(), learner.no_mbar(), stopping(team) as run.asked:
            learner.fit(max(1, -(-steps // every) - first // every))
            learner.remove_cbs([run, teller])
            path = run.write(learner, preprocessing, shown)
    tracker.model(path)
    return path


def loss(logits: Tensor, targets: Tensor) -> Tensor:
    """The cross entropy, a scalar. logits, targets: (B, 1 + C). A target may be divided among classes.

    Nothing is learnt from a row whose targets are all 0.
    """
    return -(targets * logits.float().log_softmax(1)).sum() / targets.sum().clamp(min=1)


def loss_of_each(logits: Tensor, targets: Tensor) -> Tensor:
    """The mean binary cross entropy, a scalar. logits, targets: (B, C). Nothing is learnt where a target is -1."""
    known = targets >= 0
    each = binary_cross_entropy_with_logits(logits.float(), targets.clamp(min=0), reduction="none")
    return (each * known).sum() / known.sum().clamp(min=1)


def _probabilities(logits: Tensor, several: bool) -> Tensor:
    """(B, C) logits to probabilities."""
    return logits.float().sigmoid() if several else logits.float().softmax(1)


class _Plain(Callback):  # type: ignore[misc]
    """A callback that keeps the messages of its errors. fastai would replace them."""

    def __call__(self, event_name: str) -> None:
        getattr(type(self), event_name, lambda _: None)(self)


class TrackerCallback(_Plain):
    """Reports the fit of a `Learner` to a tracker: loss, learning rate, validation loss and metrics.

    Args:
        tracker: Gets the reports.
        every_steps: Steps between two points of a curve.
        first_step: How many steps an earlier call did.
        steps: Steps of the whole run. If given, the last step is reported too.
        epoch_steps: Steps in which all data are shown once.
    """

    order = Recorder.order + 5

    def __init__(
        self,
        tracker: Tracker,
        every_steps: int = 10,
        first_step: int = 0,
        steps: int | None = None,
        epoch_steps: float | None = None,
    ) -> None:
        self.told, self.epoch_steps = tracker, epoch_steps
        self.pace = Pace(every_steps, steps)
        self.done = first_step

    def after_batch(self) -> None:
        """Report the step that is done."""
        if not self.training:
            return
        self.done += 1
        if self.pace.due(self.done):
            values = {"loss": float(self.loss.item()), "learning_rate": float(self.opt.hypers[-1]["lr"])}
            if self.epoch_steps:
                values["epoch"] = self.done / self.epoch_steps
            self.told.metrics(self.done, values)

    def after_epoch(self) -> None:
        """Report what the learner measured on its validation data."""
        each = zip(self.recorder.metric_names[1:], self.learn.final_record, strict=False)
        values = {
            f"validation/{name.removeprefix('valid_')}": float(value)
            for name, value in each
            if not name.startswith("train_") and value is not None
        }
        if values:
            self.told.metrics(self.done, values)


# The network --------------------------------------------------------------------------------------------------------


def _settings(config: TrainingConfig) -> Network:
    said = build_table(Network, config.model, "[model]")
    if EMPTY in config.classes:
        raise InputError(f"classes has {EMPTY!r}, which is the class of tiles without an animal; leave it out")
    if config.schedule.crop_px != config.output.tile_size:
        raise InputError(
            f"crop_px is {config.schedule.crop_px} and tile_size {config.output.tile_size}, but a classifier needs "
            "the same size in training and in a search; make them equal"
        )
    if config.schedule.batch < 2:
        raise InputError("batch is 1; expected 2 or more, which the batch norms of fastai's heads need")
    if config.tiles is None:
        raise InputError("fastai learns from the tiles of whole photos; expected [tiles] in the config")
    return said


def _built(said: Network, config: TrainingConfig) -> nn.Module:
    begins = said.weights == "imagenet" and config.start_from is None
    torch.manual_seed(config.seed)
    try:
        network: nn.Module = create_vision_model(
            ARCHITECTURES[said.architecture], len(config.classes) + (not said.multilabel), pretrained=begins
        )
    except (URLError, OSError, RuntimeError) as error:
        raise InputError(
            f"[model] the ImageNet weights of {said.architecture} cannot be downloaded ({one_line(error)}); put the "
            f"file into {torch.hub.get_dir()}/checkpoints, use start_from, or write weights = 'none'"
        ) from error
    return network


def _preprocessing(said: Network) -> Preprocessing:
    size = (said.resize, said.resize) if said.resize else None
    return Preprocessing(size, "squish", "zeros", IMAGENET_MEAN, IMAGENET_STD)


def _class_rows(network: nn.Module, several: bool = False) -> Callable[[str], ClassRows | None]:
    """The rows of a parameter. The first row of the head's last layer is the empty class, unless a
    tile may have several classes.
    """
    first = 0 if several else 1
    last = [name for name, module in network.named_modules() if isinstance(module, nn.Linear)][-1]
    return lambda name: ClassRows(first, 1) if name.startswith(f"{last}.") else None


# Callbacks ----------------------------------------------------------------------------------------------------------


class _Preprocess(_Plain):
    """Turns uint8 tiles into the network's input, on its device, with the same module that goes into the model file."""

    order = -5

    def __init__(self, preprocessing: Preprocessing) -> None:
        self.preprocessing = preprocessing

    def before_batch(self) -> None:
        (tiles,) = self.xb
        with torch.no_grad():
            self.learn.xb = (self.preprocessing.to(tiles.device)(tiles),)


class _Mixed(MixedPrecision):  # type: ignore[misc]
    """Mixed precision on a CPU too; fastai's own needs a GPU. Only training uses it, not validation."""

    run_valid = False

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def before_fit(self) -> None:
        half = torch.float16 if self.kind == "cuda" else torch.bfloat16
        self.autocast = torch.autocast(self.kind, half)
        self.learn.scaler = torch.amp.GradScaler(self.kind, enabled=self.kind == "cuda")
        self.scales: list[float] = []


def _precision(config: TrainingConfig, device: torch.device) -> list[Callback]:
    mixed = [_Mixed(device.type)] if config.precision == "mixed" else []
    return [*mixed, GradientClip(CLIP)]


class _Run(_Plain):
    """The state of a run: the steps done, the rate of each step, the averaged weights, and the checkpoint."""

    order = TrackerCallback.order + 5

    def __init__(
        self,
        config: TrainingConfig,
        said: Network,
        network: nn.Module,
        frozen: Frozen,
        tiles: ValidationTiles,
        tracker: Tracker,
        own: checkpoint.Own,
    ) -> None:
        self.config, self.said, self.network, self.frozen = config, said, network, frozen
        self.tiles, self.told, self.own = tiles, tracker, own
        self.averaged = copy.deepcopy(network).eval().requires_grad_(False)
        self.stepped = loop.optimiser(network, config)
        self.done = 0
        self.asked: Callable[[], bool] = lambda: False
        self.answers: list[NDArray[np.float32]] = []
        self.scaled: dict[str, Any] = {}  # the scaler's state in a checkpoint, until the scaler exists
        schedule = config.schedule
        self.momentum = None
        if schedule.kind == "one-cycle":
            self.momentum = combined_cos(schedule.warm_up_steps / schedule.steps, *MOMENTA)

    def optimiser(self, parameters: Any, lr: float) -> Any:
        """torch's optimiser with fastai's interface, for the learner."""
        return OptimWrapper(opt=self.stepped)

    def resume(self, state: Mapping[str, Any]) -> int:
        """Take the state of a checkpoint, and return how many steps are done."""
        self.network.load_state_dict(state["network"])
        self.averaged.load_state_dict(state["averaged"])
        self.stepped.load_state_dict(state["optimiser"])
        self.scaled = state["scaler"]
        self.done = int(state["step"])
        return self.done

    def before_fit(self) -> None:
        if self.scaled:
            self.learn.scaler.load_state_dict(self.scaled)

    def before_batch(self) -> None:
        if not self.training:
            return
        step = self.done
        # The seed of the network's random draws follows from the step, so that a resumed run draws the same.
        torch.manual_seed(self.config.seed * 1_000_003 + step)
        self.frozen.hold()
        self.opt.set_hyper("lr", self.config.schedule.rate(step))
        if self.momentum is not None:
            self.opt.set_hyper("mom", float(self.momentum(step / self.config.schedule.steps)))

    def after_loss(self) -> None:
        if self.training:
            loop.require_numbers(self.done + 1, {"loss": float(self.loss.item())})

    def after_batch(self) -> None:
        if not self.training:
            self.answers.append(_probabilities(self.pred, self.said.multilabel).cpu().numpy())
            return
        loop.average(self.averaged, self.network, self.config.schedule.average_decay(self.done))
        self.done += 1
        # At the end of an epoch, save after the validation, so that the curve of a resumed run has no gap.
        if self.iter + 1 < self.n_iter:
            self.keep()

    def before_validate(self) -> None:
        """Judge the averaged weights, not the present ones."""
        self.answers = []
        self.learnt = copy.deepcopy(self.network.state_dict())
        self.network.load_state_dict(self.averaged.state_dict())

    def after_validate(self) -> None:
        self.network.load_state_dict(self.learnt)
        if not len(self.tiles):
            return
        judged, threshold = self.judged()
        self.told.metrics(self.done, metrics(judged, self.config.classes, threshold))
        count = self.config.tracking.pictures
        for name, pixels in self.tiles.pictures(judged, threshold, self.config.classes, count):
            self.told.picture(self.done, name, pixels)

    def after_epoch(self) -> None:
        self.keep()

    def keep(self) -> None:
        """Write the checkpoint if it is due or the run is to stop; then stop it."""
        stop = self.asked() and self.done < self.config.schedule.steps
        if self.due() or stop:
            self.save()
        if stop:
            raise KeyboardInterrupt

    def judged(self) -> tuple[JudgedTiles, float]:
        """The validation tiles with the last answers, and the threshold that suits a gate."""
        none = np.zeros((0, len(self.config.classes) + (not self.said.multilabel)), np.float32)
        judged = self.tiles.judged(np.concatenate([none, *self.answers]))
        threshold = gate_threshold(judged, self.said.recall)
        return judged, USUAL_THRESHOLD if threshold is None else threshold

    def due(self) -> bool:
        """Whether to keep a checkpoint after the present step."""
        return self.done % self.config.output.checkpoint_steps == 0 or self.done == self.config.schedule.steps

    def save(self) -> None:
        """Write the checkpoint."""
        scaler = getattr(self.learn, "scaler", None)
        state = {
            "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self.stepped.state_dict(),
            "scaler": {} if scaler is None else scaler.state_dict(),
        }
        self.told.keep_up()
        self.own.keep(self.done, state)

    def write(self, learner: Any, preprocessing: Preprocessing, shown: Views) -> Path:
        """Write the model file, if it answers as the learner does. The learner must have no callback of the run any
        more.
        """
        config, output = self.config, self.config.output
        judged, threshold = self.judged()
        info = replace(
            loop.model_info(config),
            kind="classifier",
            classes=config.classes if self.said.multilabel else (EMPTY, *config.classes),
            score_threshold=threshold,
            metrics=card(judged, config.classes, threshold),
            empty_class=None if self.said.multilabel else EMPTY,
            multilabel=self.said.multilabel,
        )
        learner.model.load_state_dict(self.averaged.state_dict())
        learner.dls.device = torch.device("cpu")
        module = ContractModule(preprocessing, learner.model, self.said.multilabel)
        made = Portable(module.cpu().eval(), info, opset=RESIZE_OPSET)
        tiles = np.stack([shown[i].pixels.permute(1, 2, 0).numpy() for i in range(TILES_OF_THE_CHECK)])
        path = output.folder / f"{output.name}.onnx"
        with whole(path) as part:
            trace(made, tiles, part)
            wanted = answers(_Answers(learner, self.said.multilabel), made, tiles)
            agreement = check(wanted, part, made, tiles)
            agreement.require(path.name)
            write_info(part, replace(info, metrics={**info.metrics, "export": agreement.metrics()}))
        return path


@dataclass(frozen=True)
class _Answers:
    """A classifier that gives the learner's own answers."""

    learner: Any
    several: bool

    def classify(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        batch: Sequence[tuple[Tensor]] = [(torch.from_numpy(tiles),)]
        answer: Tensor = self.learner.get_preds(dl=batch, act=lambda logits: _probabilities(logits, self.several))[0]
        return answer.numpy()
