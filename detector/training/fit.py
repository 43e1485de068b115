"""The training loop of all frameworks but fastai: from a config to a model file, with a checkpoint to resume from."""

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from detector.detections import Detections
from detector.errors import InputError
from detector.evaluation.search import Looked, look
from detector.labels.labelled import LabelledImage
from detector.models import ModelInfo
from detector.training import checkpoint
from detector.training.augment import View
from detector.training.checkpoint import ClassRows
from detector.training.config import TrainingConfig
from detector.training.data import batches, views
from detector.training.dataset import Dataset, read_dataset
from detector.training.environment import environment
from detector.training.freezing import Frozen, freeze
from detector.training.pictures import drawn
from detector.training.processes import Processes, processes
from detector.training.stopping import stopping
from detector.training.tracker import Pace, Start, Tracker
from detector.training.validation import Judged, card, metrics, thresholds

MOST_VALIDATIONS = 20  # in a run, unless the config sets them: a small data set has many epochs
USUAL_THRESHOLD = 0.3  # of a model without validation photos


class Trainable(Protocol):
    """A kind of network, in the form that the loop trains.

    Attributes:
        backbone: The beginnings of the names of the backbone's parameters.
        heads: The beginnings of the names of the heads' parameters.
    """

    network: nn.Module

    @property
    def backbone(self) -> Sequence[str]: ...

    @property
    def heads(self) -> Sequence[str]: ...

    def collate(self, views: list[View]) -> Any:
        """Make a batch from views."""
        ...

    def losses(self, network: Callable[..., Any], batch: Any, device: torch.device) -> dict[str, Tensor]:
        """Parts of the loss by name, each a scalar. `network` is this network, or a wrapper that shares it among
        processes.
        """
        ...

    def detect(self, network: nn.Module, tiles: NDArray[np.uint8], device: torch.device, lowest: float) -> Detections:
        """Detections, in tile px, in tiles (B, H, W, 3) uint8 RGB, from a score of `lowest` on, where the model file
        will give such low ones too.
        """
        ...

    def class_rows(self, name: str) -> ClassRows | None:
        """The rows of a parameter, or None if it has none for classes (see `checkpoint.start_from`)."""
        ...

    def write(self, network: nn.Module, info: ModelInfo, folder: Path) -> Path:
        """Write the model file into `folder` and return its path."""
        ...


def rates(config: TrainingConfig) -> NDArray[np.float64]:
    """(steps,) the learning rate of every step of `fit`."""
    return np.array([config.schedule.rate(step) for step in range(config.schedule.steps)])


def fit(config: TrainingConfig, trainable: Trainable, tracker: Tracker) -> Path:
    """Train, choose the score thresholds on the validation photos, and write the model file.

    If the run was stopped or killed, it resumes from its last checkpoint, `<folder>/<name>.pt`, and reaches the same
    weights as without the interruption. If it is asked to stop, it keeps a checkpoint first.

    Raises:
        InputError: Settings or data cannot be used, the checkpoint was made with other settings, or the loss is not a
            number.
        KeyboardInterrupt: It was asked to stop, by Ctrl-C or SIGTERM.
    """
    photos = read_dataset(config)
    with processes(config.device) as team:
        if not team.first:
            tracker = Tracker()
        run = Run(config, trainable, team)
        folder = config.output.folder
        folder.mkdir(parents=True, exist_ok=True)
        own = checkpoint.Own(config, photos)
        first_step = run.prepare(own, tracker)
        steps = config.schedule.steps
        shown = views(photos, config)
        epoch_steps = len(shown) / config.schedule.batch
        tell_start(tracker, config, photos, run.frozen, first_step, epoch_steps, team, own.extended)
        every = validation_steps(config, epoch_steps)
        stream = batches(
            shown,
            trainable.collate,
            config.schedule.batch,
            first_step,
            steps,
            config.workers,
            (team.rank, team.count),
        )
        pace = Pace(config.tracking.every_steps, steps)
        with stopping(team) as asked:
            for step, batch in enumerate(stream, first_step):
                losses = run.advance(step, batch)
                done = step + 1
                require_numbers(done, losses)
                last = done == steps
                if pace.due(done):
                    rate = {"learning_rate": run.rate(step), "epoch": done / epoch_steps}
                    tracker.metrics(done, {"loss": sum(losses.values()), **losses, **rate})
                if team.first and photos.validation and (done % every == 0 or last):
                    run.validate(done, photos, tracker)
                stop = asked() and not last
                if team.first and (done % config.output.checkpoint_steps == 0 or last or stop):
                    tracker.keep_up()
                    own.keep(done, run.state())
                if stop:
                    raise KeyboardInterrupt
        team.wait()
        path = run.write(photos) if team.first else folder
        team.wait()
    tracker.model(path)
    return path


class Run:
    """The state of a run: the weights, their moving average, the optimiser."""

    def __init__(
        self,
        config: TrainingConfig,
        trainable: Trainable,
        team: Processes,
        rate: Callable[[int], float] | None = None,
    ) -> None:
        """Build the network and its optimiser.

        Args:
            config: The settings.
            trainable: The kind of network.
            team: The processes that share the run.
            rate: The learning rate of a step; by default the schedule's.
        """
        self.rate = rate or config.schedule.rate
        self.trainable = trainable
        self._config, self._trainable, self._team = config, trainable, team
        self.network = trainable.network.to(team.device)
        self.frozen: Frozen
        mixed = config.precision == "mixed"
        # bfloat16 doubles the speed of processors that have it, and needs no loss scaling. float16 on a GPU needs it.
        self._half = torch.float16 if team.device.type == "cuda" else torch.bfloat16
        self._mixed = mixed
        self._scaler = torch.amp.GradScaler("cuda", enabled=mixed and team.device.type == "cuda")

    def prepare(self, own: checkpoint.Own | None, tracker: Tracker) -> int:
        """Resume from the checkpoint of this run, or take the weights to start from.

        Returns the number of steps done.
        """
        config, trainable = self._config, self._trainable
        state = None if own is None else own.state()
        if config.start_from is not None and state is None:
            note = checkpoint.start_from(
                config.start_from, self.network, config.classes, trainable.class_rows, config.rename
            )
            tracker.text("start", note)
        self.frozen = freeze(self.network, config.freeze, trainable.backbone, trainable.heads)
        self.averaged = copy.deepcopy(self.network).eval().requires_grad_(False)
        self._optimiser = optimiser(self.network, config)
        first_step = 0
        if own is not None and state is not None:
            with own.loading():
                first_step = self.resume(state)
        self._shared = self._team.shared(self.network)
        return first_step

    def advance(self, step: int, batch: Any) -> dict[str, float]:
        """Do one step of the optimiser, and return the parts of the loss."""
        for group in self._optimiser.param_groups:
            group["lr"] = self.rate(step)
        # The seed of the network's random draws follows from the step, so that a resumed run draws the same.
        torch.manual_seed((self._config.seed * 1_000_003 + step) * self._team.count + self._team.rank)
        self.network.train()
        self.frozen.hold()
        with torch.autocast(self._team.device.type, self._half, enabled=self._mixed):
            losses = self._trainable.losses(self._shared, batch, self._team.device)
        values = self._team.mean({name: float(loss.item()) for name, loss in losses.items()})
        self._optimiser.zero_grad(set_to_none=True)
        self._scaler.scale(torch.stack(list(losses.values())).sum()).backward()  # type: ignore[no-untyped-call]
        self._scaler.unscale_(self._optimiser)
        nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self._scaler.step(self._optimiser)
        self._scaler.update()
        average(self.averaged, self.network, self._config.schedule.average_decay(step))
        return values

    def state(self) -> dict[str, Any]:
        """The state that a checkpoint keeps."""
        return {
            "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "scaler": self._scaler.state_dict(),
        }

    def resume(self, state: Mapping[str, Any]) -> int:
        """Take what `state` gave, and return the step that the checkpoint names."""
        self.network.load_state_dict(state["network"])
        self.averaged.load_state_dict(state["averaged"])
        self._optimiser.load_state_dict(state["optimiser"])
        if state["scaler"]:
            self._scaler.load_state_dict(state["scaler"])
        return int(state["step"])

    def look(self, photos: Sequence[LabelledImage]) -> Looked:
        """Search whole photos with the averaged weights."""

        def detect(tiles: NDArray[np.uint8], lowest: float) -> Detections:
            return self._trainable.detect(self.averaged, tiles, self._team.device, lowest)

        return look(Judged(model_info(self._config), str(self._team.device), detect), photos)

    def validate(self, step: int, photos: Dataset, tracker: Tracker) -> None:
        """Measure the averaged weights, and report some photos with their detections."""
        classes = self._config.classes
        groups = [self.look(group.photos) for group in photos.validation]
        chosen, looked = thresholds(groups, classes), Looked.joined(groups)
        found = looked.found(chosen)
        tracker.metrics(step, metrics(looked, found, classes))
        for index, photo in enumerate(looked.photos[: self._config.tracking.pictures]):
            own = found[found.image == index]
            picture = drawn(photo, own.boxes_px, own.scores, own.labels, classes)
            tracker.picture(step, photo.path.name, picture)

    def write(self, photos: Dataset) -> Path:
        """Choose the thresholds, measure the model by flight, and write the model file."""
        config = self._config
        judged = [(group, self.look(group.photos)) for group in photos.validation]
        chosen = thresholds([looked for _, looked in judged], config.classes) if judged else USUAL_THRESHOLD
        info = replace(model_info(config), score_threshold=chosen, metrics=card(judged, config.classes, chosen))
        return self._trainable.write(self.averaged, info, config.output.folder)


def tell_start(
    tracker: Tracker,
    config: TrainingConfig,
    photos: Dataset,
    frozen: Frozen,
    first_step: int,
    epoch_steps: float,
    team: Processes,
    extended: str = "",
) -> None:
    """Tell a tracker that a run starts or resumes: its data, its device, and which parameters learn."""
    output, where = config.output, environment(str(team.device), team.count)
    steps = config.schedule.steps
    tracker.started(Start(output.name, output.folder, first_step, steps, epoch_steps, config.flat(), where))
    if extended:
        tracker.text("extended", f"extended after {first_step} steps: {extended}")
    tracker.text("data", photos.table())
    tracker.text("frozen", frozen.table() if config.freeze != "none" else frozen.summary())


def validation_steps(config: TrainingConfig, epoch_steps: float) -> int:
    """How many steps are between two validations."""
    return config.tracking.validate_steps or math.ceil(max(epoch_steps, config.schedule.steps / MOST_VALIDATIONS))


def model_info(config: TrainingConfig) -> ModelInfo:
    """What the file of a detector says about the model, except how good it is."""
    output = config.output
    return ModelInfo(
        kind="detector",
        name=output.name,
        version=output.version,
        classes=config.classes,
        tile_size=output.tile_size,
        overlap=output.overlap,
        trained_on=output.trained_on,
        licence=output.licence,
    )


def average(averaged: nn.Module, network: nn.Module, keep: float) -> None:
    """Move averaged weights towards the network's. keep: the share of their present value that they keep."""
    with torch.no_grad():
        now = network.state_dict()
        for name, value in averaged.state_dict().items():
            if value.is_floating_point():
                value.lerp_(now[name], 1 - keep)
            else:
                value.copy_(now[name])


def require_numbers(step: int, losses: Mapping[str, float]) -> None:
    """Raise InputError if a part of the loss is infinite or not a number."""
    if not all(map(math.isfinite, losses.values())):
        raise InputError(
            f"the loss of step {step} is not a number ({dict(losses)}); choose a lower learning_rate, remove the "
            "checkpoint, and start again",
            about="learning_rate",
        )


def optimiser(network: nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    """The optimiser of the weights that are not frozen. The weights of norms and biases do not decay."""
    schedule = config.schedule
    learnt = [p for p in network.parameters() if p.requires_grad]
    groups: list[dict[str, Any]] = [
        {"params": [p for p in learnt if p.ndim > 1], "weight_decay": schedule.weight_decay},
        {"params": [p for p in learnt if p.ndim <= 1], "weight_decay": 0.0},
    ]
    if schedule.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=schedule.learning_rate, momentum=schedule.momentum)
    return torch.optim.AdamW(groups, lr=schedule.learning_rate)
