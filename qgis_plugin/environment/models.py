"""The models at hand, as `herdmap models` of the detector's environment lists them: bundled ones and the user's own."""

from __future__ import annotations

import json
import time
import unicodedata
from typing import Any, Callable, NamedTuple

from ..translation import tr
from . import process

_MOST_S = 60  # a cold start on an old disk takes several seconds; a list that takes longer is not waited for
_MOST_MODELS, _MOST_LETTERS = 200, 60


class ModelsError(Exception):
    """The models cannot be listed. The message tells the user why."""


class Model(NamedTuple):
    """A model at hand. text, detail: plain text, one line and several, made of what its file says.

    given: what to give for it as a model: its file, or the name of a bundled one. problem: why it cannot be used here.
    """

    given: str
    text: str
    detail: str
    problem: str


def at_hand(python: str, cancelled: Callable[[], bool] = lambda: False) -> list[Model]:
    """The detectors at hand in this Python's environment, those with a problem too. Blocks for a second or more.

    Raises ModelsError.
    """
    lines: list[str] = []
    end = time.monotonic() + _MOST_S
    try:
        ended = process.run(
            process.guarded(python, "detector", "models", "--json"),
            on_line=lines.append,
            cancelled=lambda: cancelled() or time.monotonic() > end,
        )
    except process.ProcessError as error:
        raise ModelsError(str(error)) from error
    if ended.cancelled:
        raise ModelsError(tr("The detector took longer than {} s to list the models.").format(_MOST_S))
    try:
        return [_read(one) for one in json.loads("".join(lines))[:_MOST_MODELS] if one["kind"] != "classifier"]
    except (ValueError, TypeError, KeyError) as error:
        why = ended.last_lines[-1] if ended.last_lines else ""
        if not why or "No such command" in why:
            why = tr("The installed detector is too old for this. Open Herdmap ▸ Settings and press “Set up again”.")
        raise ModelsError(tr("The models cannot be listed: {}").format(one_line(why, 300))) from error


def _read(said: dict[str, Any]) -> Model:
    bundled = said["place"] == "bundled"
    place = tr("bundled") if bundled else tr("own")
    name = "{} ({})".format(one_line(said["name"] if bundled else _stem(said["path"])), place)
    if said["problem"]:
        problem = one_line(said["problem"], 300)
        return Model(said["path"], tr("{}: cannot be used").format(name), problem, problem)
    classes = ", ".join(said["classes"])
    measured = {key: one.get("f1") for key, one in said["metrics"].items() if isinstance(one, dict)}
    right = {key: one for key, one in list(measured.items())[:6] if isinstance(one, (int, float))}
    scale = ""
    if said["fits_gsd_m"]:
        scale = tr("{:g} to {:g} cm a pixel").format(*(round(100 * one, 2) for one in said["fits_gsd_m"]))
    f1 = _from_to(min(right.values()), max(right.values())) if right else tr("unknown")
    how_right = tr("F1 {}").format(f1)
    each = "; ".join(tr("F1 {:.2f} on {}").format(value, one_line(key)) for key, value in right.items())
    detail = [
        name,
        tr("Finds: {}").format(one_line(classes, 300)),
        tr("Fits imagery of {}").format(scale or tr("a scale that its file does not say")),
        tr("How right: {}").format(each or tr("its file does not say")),
        tr("Learnt from: {}").format(one_line(said["trained_on"], 300) or tr("its file does not say")),
        one_line(said["path"], 300),
    ]
    text = "{}: {}".format(name, ", ".join([one_line(classes), *([scale] if scale else []), how_right]))
    return Model(said["name"] if bundled else said["path"], text, "\n".join(detail), "")


def _from_to(low: float, high: float) -> str:
    worst, best = f"{low:.2f}", f"{high:.2f}"
    return best if worst == best else tr("{low} to {high}").format(low=worst, high=best)


def _stem(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]


def one_line(text: Any, most: int = _MOST_LETTERS) -> str:
    """A text out of a file, short, without signs that break the line or turn the text around."""
    shown = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in str(text)[: most + 1])
    return shown if len(shown) <= most else shown[: most - 1] + "…"
