"""Draws a schedule before training and a run after it, as .png or .svg."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context, rcParamsDefault
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from detector.training.finder import Finding
from detector.training.schedule import Schedule
from detector.training.tracker import Start
from geo.output import whole
from geo.paths import StrPath, as_path

RATE, MARK, WARM_UP, WARNING = "#1f5fa8", "#777777", "#f3d9a4", "#a33a1e"
VALIDATION = {
    "validation/f1": "F1",
    "validation/all/f1": "F1, all classes together",
    "validation/mean/f1": "F1, mean of the classes",
    "validation/ap": "AP (centre)",
    "validation/mean/ap": "AP (centre), mean of the classes",
    "validation/ap50": "AP at IoU 0.5",
    "validation/mean/ap50": "AP at IoU 0.5, mean of the classes",
    "validation/accuracy": "accuracy",
    "validation/passed": "tiles that pass",
}
MOST_LABELS = 12  # marks of a schedule that get a text
# Matplotlib reads a `matplotlibrc` in the current folder, where anybody's files may be; one could have it run LaTeX.
_OWN_SETTINGS = {name: rcParamsDefault[name] for name in rcParamsDefault if not name.startswith("backend")}


@rc_context(_OWN_SETTINGS)
def draw_schedule(
    rates: NDArray[np.float64], schedule: Schedule, epoch_steps: float | None, warnings: Sequence[str], path: StrPath
) -> None:
    """Draw the learning rate of every step, over steps and (if the length of an epoch is known) epochs.

    The warm-up is shaded. Milestones and restarts are marked with the rate from there on.

    Args:
        rates: (steps,) float64, the learning rates.
        schedule: The settings.
        epoch_steps: Steps in an epoch, or None if unknown.
        warnings: Lines to write below.
        path: The file to write.
    """
    path = as_path(path)
    figure = Figure(figsize=(10, 5.2 + 0.22 * len(warnings)), layout="constrained")
    axes = figure.add_subplot()
    axes.step(np.arange(len(rates) + 1), [*rates, rates[-1]], where="post", color=RATE, linewidth=1.6)
    axes.set_xlim(0, len(rates))
    axes.set_ylim(0, rates.max() * 1.18)
    axes.set_xlabel("step")
    axes.set_ylabel("learning rate")
    if schedule.warm_up_steps:
        axes.axvspan(0, min(schedule.warm_up_steps, len(rates)), color=WARM_UP, alpha=0.6, linewidth=0)
        axes.text(schedule.warm_up_steps / 2, rates.max() * 1.1, "warm-up", ha="center", fontsize=9)
    marks = [(step, "") for step in schedule.milestones] + [(step, "restart ") for step in schedule.restarts]
    for place, (step, word) in enumerate(mark for mark in marks if mark[0] < len(rates)):
        axes.axvline(step, color=MARK, linestyle=":", linewidth=1)
        if place < MOST_LABELS:
            axes.annotate(
                f"{word}{step}: {rates[step]:.3g}",
                (step, rates[step]),
                xytext=(5, 4),
                textcoords="offset points",
                fontsize=9,
            )
    peak = int(rates.argmax())
    axes.annotate(
        f"{rates[peak]:.3g}", (peak, rates[peak]), xytext=(4, 5), textcoords="offset points", fontsize=9, color=RATE
    )
    if epoch_steps:
        _epochs(axes, epoch_steps)
    last = f"{len(rates)} steps" + (f", {len(rates) / epoch_steps:.1f} epochs" if epoch_steps else "")
    axes.set_title(f"{schedule.kind}, {schedule.optimiser}: {last}; ends at {rates[-1]:.3g}", fontsize=11)
    if warnings:
        figure.supxlabel("\n".join(f"! {text}" for text in warnings), fontsize=8.5, color=WARNING, ha="left", x=0.01)
    _save(figure, path)


@rc_context(_OWN_SETTINGS)
def draw_finding(finding: Finding, path: StrPath) -> None:
    """Draw the loss over the rising learning rate, and mark the suggested rates."""
    path = as_path(path)
    figure = Figure(figsize=(10, 5), layout="constrained")
    axes = figure.add_subplot()
    axes.semilogx(finding.rates, finding.losses, color=MARK, alpha=0.45, linewidth=1)
    axes.semilogx(finding.rates, finding.smoothed, color=RATE, linewidth=1.8)
    low, high = finding.smoothed.min(), np.nanmax(finding.smoothed[: max(2, len(finding.smoothed) // 2)])
    axes.set_ylim(low - 0.15 * (high - low) - 1e-6, high + 0.6 * (high - low) + 1e-6)
    for rate, word, height in ((finding.steepest, "steepest", 0.93), (finding.tenth, "a tenth of the lowest's", 0.86)):
        axes.axvline(rate, color=WARNING, linestyle=":", linewidth=1.2)
        axes.text(rate, height, f" {word}: {rate:.2g}", transform=axes.get_xaxis_transform(), fontsize=9, color=WARNING)
    axes.set_xlabel("learning rate")
    axes.set_ylabel("loss")
    axes.set_title("learning-rate finder", fontsize=11)
    _save(figure, path)


@rc_context(_OWN_SETTINGS)
def draw_run(record: Sequence[Mapping[str, Any]], start: Start, path: StrPath) -> None:
    """Draw loss, learning rate and validation metrics of a run, over steps and epochs."""
    path = as_path(path)
    figure = Figure(figsize=(10, 9), layout="constrained")
    loss, rate, judged = figure.subplots(3, 1, sharex=True)
    _curves(loss, record, [name for name in _names(record) if name.startswith("loss")])
    loss.set_ylabel("loss")
    loss.set_title(f"{start.name}: {start.steps} steps", fontsize=11)
    _epochs(loss, start.epoch_steps)
    _curves(rate, record, ["learning_rate"])
    rate.set_ylabel("learning rate")
    of_classes = [name for name in _names(record) if name.startswith("validation/f1/")]
    _curves(judged, record, [*VALIDATION, *of_classes], marker="o")
    judged.set_ylabel("validation")
    judged.set_ylim(0, 1.02)
    judged.set_xlabel("step")
    judged.set_xlim(0, start.steps)
    if not judged.lines:
        judged.text(0.5, 0.5, "no validation photos", transform=judged.transAxes, ha="center", color=MARK)
    _save(figure, path)


def _names(record: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for line in record for name in line))


def _curves(axes: Axes, record: Sequence[Mapping[str, Any]], names: Sequence[str], marker: str = "") -> None:
    for name in names:
        points = [(line["step"], line[name]) for line in record if name in line]
        if points:
            steps, values = zip(*points, strict=True)
            label = VALIDATION.get(name, name.replace("validation/f1/", "F1 of "))
            axes.plot(steps, values, marker=marker, markersize=4, linewidth=1.4, label=label)
    if len(axes.lines) > 1:
        axes.legend(fontsize=9)
    axes.grid(alpha=0.25)


def _epochs(axes: Axes, epoch_steps: float) -> None:
    def to_epochs(step: Any) -> Any:
        return step / epoch_steps

    def to_steps(epoch: Any) -> Any:
        return epoch * epoch_steps

    above = axes.secondary_xaxis("top", functions=(to_epochs, to_steps))
    above.set_xlabel("epoch")


def _save(figure: Figure, path: Path) -> None:
    """Write the picture, complete or not at all. The same data give the same SVG."""
    with whole(path) as part, rc_context({"svg.hashsalt": "herdmap", "svg.fonttype": "none"}):
        metadata = {"Date": None} if path.suffix.lower() == ".svg" else None
        figure.savefig(part, dpi=110, metadata=metadata)
