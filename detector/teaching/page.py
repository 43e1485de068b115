"""The page about a taught model: what it is fit for, its mistakes, what more photos would bring, and which ones."""

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detector import models
from detector.evaluation import report
from detector.evaluation.judging import Judged, judge, write_all
from detector.evaluation.mistakes import mistakes
from detector.evaluation.search import FLOOR
from detector.models import ModelInfo
from detector.survey.beside_find import CARD, BesideFind
from detector.teaching.fitness import RULE
from detector.teaching.judged import Judgement
from detector.teaching.learning_curve import Curve, Expected
from detector.teaching.next_photos import Wanted
from geo.paths import StrPath, as_path

PAGE = "report.html"


def write_page(
    folder: StrPath,
    model: StrPath,
    info: ModelInfo,
    judgement: Judgement,
    beside: BesideFind | str,
    curve: Curve | None,
    expected: Sequence[Expected],
    wanted: Sequence[Wanted],
) -> Path:
    """Write report.html, metrics.json, photos.csv and curves.csv into the folder, and return the page.

    Args:
        folder: The folder.
        model: The model file.
        info: What it says about itself.
        judgement: How good it is.
        beside: How good it is beside `find`; if that is unknown, why.
        curve: What short runs on a part of the photos found; None if there was no time.
        expected: What more photos would bring.
        wanted: The photos that would teach most.
    """
    truth, curves, counted = judgement.truth(), judgement.looked.found(FLOOR), judgement.counted()
    together = judgement.together()
    classes = judgement.classes
    judged = Judged(classes, {name: label for label, name in enumerate(classes)}, points=info.finds == "point")
    limits = dict(enumerate(info.thresholds().tolist()))
    metrics: dict[str, Any] = {
        "model": {
            "name": info.name,
            "version": info.version,
            "file": as_path(model).name,
            "sha256": models.sha256_of(as_path(model)),
        },
        "data": {
            "labels": f"{judgement.by}s held out",
            "photos": len(truth.photos),
            "animals": int((~truth.crowd).sum()),
        },
        "settings": {"rule": "f1"},
        **judge(truth, curves, curves, counted, together, judged, "f1", limits),
    }
    metrics["fit_to_count"] = judgement.counts
    if not isinstance(beside, str):
        metrics[CARD] = beside.numbers()
    if curve is not None:
        metrics["learning_curve"] = {
            "photos": curve.photos,
            "f1": curve.f1(),
            "expected": [vars(one) for one in expected],
        }
    rounds = _rounds(info.metrics)
    first = [*_verdict(info, judgement), *_beside(beside), *_progress(rounds, curve, expected), *_next(wanted)]
    pictures = mistakes(judgement.photos, truth, counted, together, classes)
    write_all(as_path(folder), metrics, truth, together, pictures, first)
    return as_path(folder) / PAGE


def said(expected: Sequence[Expected]) -> list[str]:
    """What more photos would bring, one line each."""
    return [f"{one.photos} more photos: F1 about {one.f1:.2f} ({one.low:.2f} to {one.high:.2f})" for one in expected]


def said_beside(beside: BesideFind | str) -> list[str]:
    """How good a model is beside `find`, for a person."""
    if isinstance(beside, str):
        return [f"not compared with find: {beside}"]
    return [beside.line(), beside.verdict()]


def _text(value: object) -> str:
    return html.escape(str(value))


def _rounds(metrics: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    taught = metrics.get("taught")
    return list(taught["rounds"]) if isinstance(taught, Mapping) and "rounds" in taught else []


def _verdict(info: ModelInfo, judgement: Judgement) -> list[str]:
    verdict = f"{judgement.verdict[:1].upper()}{judgement.verdict[1:]}."
    by_photo = judgement.together().by_photo(0.0)
    worst = int(np.argmax(by_photo[:, 1] + by_photo[:, 2]))
    photo, (found, wrong, missed) = judgement.photos[worst], by_photo[worst].tolist()
    return [
        f"<h2>{_text(verdict)}</h2>",
        f"<p>The rule: {_text(RULE)}. The model learnt from {_text(info.trained_on)}. It did not learn from the "
        "photos that it is measured on here; but when to stop learning and the score threshold were chosen on them, so "
        "other photos may be a little worse. If each is counted at the threshold that the others choose, F1 is "
        f"{judgement.fitness.f1:.2f} and the count {judgement.fitness.count_error:+.0%} wrong. "
        "Another camera, height, season or place may be much worse.</p>",
        f"<p>The worst of these photos is {_text(photo.name)}: {found} found, {missed} missed, {wrong} false.</p>",
    ]


def _beside(beside: BesideFind | str) -> list[str]:
    if isinstance(beside, str):
        return [f"<p>It was not compared with what find would find: {_text(beside)}.</p>"]
    photos = "1 photo" if beside.photos == 1 else f"{beside.photos} photos"
    return [
        "<h2>Beside find</h2>",
        f"<p>On {photos} held out, {_text(beside.line())}. So: {_text(beside.verdict())}.</p>",
    ]


def _progress(rounds: Sequence[Mapping[str, Any]], curve: Curve | None, expected: Sequence[Expected]) -> list[str]:
    parts = ["<h2>What more photos would bring</h2>"]
    if curve is not None:
        short = ", ".join(f"{n}: {f1:.2f}" for n, f1 in zip(curve.photos.tolist(), curve.f1(), strict=True))
        parts.append(f"<ul>{''.join(f'<li>{_text(line)}</li>' for line in said(expected))}</ul>")
        parts.append(
            f"<p>From short runs on a part of the photos (photos: F1; {_text(short)}), continued by a power law; in "
            "brackets the range that holds in 8 of 10 cases, if new photos are like these.</p>"
        )
    else:
        parts.append("<p>There were too few photos or too little time to tell. Teach with more minutes to know.</p>")
    if len(rounds) > 1:
        rows = [[n, *(one.get(key, "") for key in ("photos", "animals", "f1"))] for n, one in enumerate(rounds, 1)]
        parts += [
            "<h3>Rounds</h3>",
            report.table(["round", "photos", "animals", "F1"], rows),
            "<p>Each round is measured on the photos held out in it; later rounds hold out more.</p>",
        ]
    return parts


def _next(wanted: Sequence[Wanted]) -> list[str]:
    if not wanted:
        return []
    rows = [[one.photo.name, one.detections, f"{one.doubt:.1f}", f"{one.unlike:.1f}"] for one in wanted]
    return [
        "<h2>The photos to search next</h2>",
        "<p>In these the model is most in doubt, or they look unlike those that it has learnt. The lists next-*.csv "
        "beside this page open in the search panel. They are no random sample: do not correct an estimate with "
        "them.</p>",
        report.table(["photo", "found", "in doubt", "unlike"], rows),
    ]
