"""The fit: from a config to a model file, through a checkpoint that survives being killed."""

import copy
import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from detector.errors import InputError
from detector.evaluation import JudgedImage, best_threshold, judge
from detector.models import ModelInfo
from detector.models.compact import CompactDetector, CompactFile, CompactShape, export_compact
from detector.training.augment import Augmentation
from detector.training.config import Source, TrainingConfig, build_table
from detector.training.data import Targets, Views, batches, load_negatives, load_scenes, read_pixels
from detector.training.labels import read_coco
from detector.training.schedule import Schedule


@dataclass(frozen=True)
class Progress:
    """Where a run stands after `step` of `steps`: the losses' running means, the learning rate, seconds so far."""

    step: int
    steps: int
    loss: float
    centre_loss: float
    box_loss: float
    learning_rate: float
    seconds: float


def fit(config: TrainingConfig, on_progress: Callable[[Progress], None] | None = None) -> Path:
    """Train, choose the score threshold on the validation flights, and write `<folder>/<name>.onnx`.

    A run that was killed goes on from its last checkpoint, `<folder>/<name>.pt`, when it is started again, to the
    weights that it would have had. Raises InputError for settings or data that cannot be used, and for a checkpoint
    that was made under other settings.
    """
    settings = build_table(Augmentation, config.augment, "[augment]")
    torch.manual_seed(config.seed)
    network = CompactDetector(CompactShape(classes=len(config.classes), **asdict(config.model)))
    network = network.to(memory_format=torch.channels_last)
    run = _Run(network, config.schedule)
    folder = config.output.folder
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / f"{config.output.name}.pt"
    first_step = run.resume(checkpoint, config.fingerprint()) if checkpoint.exists() else 0
    if first_step < config.schedule.steps:
        views = _views(config, settings)
        stream = batches(views, config.schedule.batch, first_step, config.schedule.steps, config.workers)
        started, means = time.monotonic(), np.zeros(2)
        for step, batch in enumerate(stream, first_step):
            losses = run.advance(step, batch)
            means = losses if step == first_step else 0.95 * means + 0.05 * losses
            done = step + 1
            if done % config.output.checkpoint_steps == 0 or done == config.schedule.steps:
                run.save(checkpoint, done, config.fingerprint())
            if on_progress is not None:
                seconds = time.monotonic() - started
                rate = config.schedule.rate(step)
                centre, box = float(means[0]), float(means[1])
                on_progress(Progress(done, config.schedule.steps, centre + box, centre, box, rate, seconds))
    return write_model(run.averaged, config)


def _views(config: TrainingConfig, settings: Augmentation) -> Views:
    groups = [(load_scenes(source, config.classes), source.weight) for source in config.data]
    negatives = load_negatives(config.negatives)
    if negatives:
        groups.append((negatives, config.negatives.weight))
    return Views(groups, len(config.classes), config.schedule.crop_px, settings, config.seed)


class _Run:
    """The state of a run: the weights, their moving average, the optimiser."""

    def __init__(self, network: CompactDetector, schedule: Schedule) -> None:
        self.network, self.schedule = network, schedule
        self.averaged = copy.deepcopy(network).eval().requires_grad_(False)
        decayed = [p for p in network.parameters() if p.ndim > 1]
        plain = [p for p in network.parameters() if p.ndim <= 1]  # norms and biases have nothing to be shrunk for
        self.optimiser = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": schedule.weight_decay}, {"params": plain, "weight_decay": 0.0}],
            lr=schedule.learning_rate,
        )

    def advance(self, step: int, batch: Targets) -> Any:
        """One optimiser step; the centre loss and the box loss as a numpy pair."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.schedule.rate(step)
        self.network.train()
        pixels, *wanted = batch
        pixels = pixels.float().contiguous(memory_format=torch.channels_last)
        # bfloat16 doubles the speed on processors that have it and needs no loss scaling.
        with torch.autocast("cpu", torch.bfloat16):
            logits, distances = self.network(pixels)
        centre = centre_loss(logits, wanted[0], wanted[1])
        box = box_loss(distances, wanted[2], wanted[3])
        self.optimiser.zero_grad(set_to_none=True)
        (centre + box).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self.optimiser.step()
        keep = self.schedule.average_decay(step)
        with torch.no_grad():
            now = self.network.state_dict()
            for name, value in self.averaged.state_dict().items():
                if value.is_floating_point():
                    value.lerp_(now[name], 1 - keep)
                else:
                    value.copy_(now[name])
        return np.array([centre.item(), box.item()])

    def save(self, path: Path, step: int, fingerprint: str) -> None:
        """Write the checkpoint beside its place and move it there."""
        beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        state = {
            "step": step,
            "fingerprint": fingerprint,
            "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }
        try:
            with beside.open("wb") as file:
                torch.save(state, file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)

    def resume(self, path: Path, fingerprint: str) -> int:
        """Take up the checkpoint's state; the steps that are done."""
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)
            found = state["fingerprint"]
            if found == fingerprint:
                self.network.load_state_dict(state["network"])
                self.averaged.load_state_dict(state["averaged"])
                self.optimiser.load_state_dict(state["optimiser"])
                return int(state["step"])
        except Exception as error:  # torch raises many kinds for a file that is none of its own
            raise InputError(f"the checkpoint {path} cannot be used ({error}); remove it to start over") from error
        raise InputError(f"the checkpoint {path} is of a run with other settings; remove it, or use another folder")


def centre_loss(logits: Tensor, centres: Tensor, weights: Tensor) -> Tensor:
    """Zhou et al. 2019, equation 1 (alpha 2, beta 4), per animal: a focal loss, gentle on cells near a centre."""
    score = logits.sigmoid()
    peak = centres.eq(1).float()
    on_peak = peak * (1 - score).square() * F.logsigmoid(logits)
    beside = (1 - centres).pow(4) * score.square() * F.logsigmoid(-logits)
    return -(weights * (on_peak + beside * (1 - peak))).sum() / peak.sum().clamp(min=1)


def box_loss(distances: Tensor, sides: Tensor, weights: Tensor) -> Tensor:
    """Generalised IoU loss (Rezatofighi et al. 2019) between boxes told from one point, per animal."""
    left, top, right, bottom = distances.unbind(1)
    true_left, true_top, true_right, true_bottom = sides.unbind(1)
    area = (left + right) * (top + bottom)
    true_area = (true_left + true_right) * (true_top + true_bottom)
    shared = (left.minimum(true_left) + right.minimum(true_right)) * (
        top.minimum(true_top) + bottom.minimum(true_bottom)
    )
    hull = (left.maximum(true_left) + right.maximum(true_right)) * (top.maximum(true_top) + bottom.maximum(true_bottom))
    union = area + true_area - shared
    loss = 1 - shared / union + (hull - union) / hull
    weight = weights[:, 0]
    return (loss * weight).sum() / weight.sum().clamp(min=1)


def judged_images(network: CompactDetector, source: Source, classes: Sequence[str]) -> dict[str, list[JudgedImage]]:
    """The network's detections (above the file's floor) on a source's whole images, by flight."""
    program = CompactFile(network).eval()
    flights: dict[str, list[JudgedImage]] = defaultdict(list)
    for image in read_coco(source.coco, source.images, tuple(classes)):
        if source.takes(image.flight):
            with torch.no_grad():
                boxes, scores, _, _ = program(read_pixels(image.path).permute(1, 2, 0)[None])
            true = image.boxes_px[~image.crowd]
            flights[image.flight].append(JudgedImage(boxes.numpy(), scores.numpy(), true))
    return dict(flights)


def write_model(network: CompactDetector, config: TrainingConfig) -> Path:
    """Choose the threshold, measure by flight, and write the model file."""
    flights: dict[str, list[JudgedImage]] = {}
    sources = []
    for source in config.validation:
        judged = judged_images(network, source, config.classes)
        if source.name:
            judged = {source.name: [image for images in judged.values() for image in images]}
        sources.append([image for images in judged.values() for image in images])
        flights.update(judged)
    threshold = best_threshold(sources) if sources else 0.3
    metrics: dict[str, Any] = {}
    for flight, images in flights.items():
        by_centre, by_iou = judge(images, threshold), judge(images, threshold, iou_least=0.5)
        metrics[flight] = {
            "images": len(images),
            "animals": sum(len(image.true_boxes) for image in images),
            "precision": round(by_centre.precision, 4),
            "recall": round(by_centre.recall, 4),
            "f1": round(by_centre.f1, 4),
            "f1_iou50": round(by_iou.f1, 4),
        }
    info = ModelInfo(
        kind="detector",
        name=config.output.name,
        version=config.output.version,
        classes=config.classes,
        tile_size=config.output.tile_size,
        overlap=config.output.overlap,
        score_threshold=threshold,
        trained_on=config.output.trained_on,
        licence=config.output.licence,
        metrics=metrics,
    )
    path = config.output.folder / f"{config.output.name}.onnx"
    export_compact(network, info, path)
    return path
