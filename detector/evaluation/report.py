"""Writes the results of an evaluation: `metrics.json`, `photos.csv`, `curves.csv`, and a page, `report.html`.

The page needs no other file: its curves are SVG and its pictures are JPEG inside it. Names of photos and classes come
from files. They become text in the page, never markup.
"""

import base64
import csv
import html
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from geo.csv_table import defused

CHART_PX = 320


@dataclass(frozen=True)
class Picture:
    """A picture of a mistake.

    Attributes:
        jpeg: The crop of the photo.
        width: Of the crop, px.
        height: Of the crop, px.
        box: xyxy, px of the crop.
        caption: What it is.
    """

    jpeg: bytes
    width: int
    height: int
    box: tuple[float, float, float, float]
    caption: str


def plain(value: Any) -> Any:
    """The value as JSON can hold it: Python's numbers instead of numpy's, and null for numbers that are not finite."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(v) for v in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_json(metrics: Mapping[str, Any], file: TextIO) -> None:
    """Write all numbers of an evaluation as JSON."""
    json.dump(plain(metrics), file, indent=1, ensure_ascii=False, allow_nan=False)
    file.write("\n")


def write_photos(photos: Sequence[str], flights: Sequence[str], by_photo: NDArray[np.int64], file: TextIO) -> None:
    """Write one row for each photo. by_photo: (P, 3) found, false alarms, missed."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(["photo", "flight", "true", "detected", "found", "missed", "false_alarms"])
    for photo, flight, (found, false_alarms, missed) in zip(photos, flights, by_photo.tolist(), strict=True):
        rows.writerow(
            [defused(photo), defused(flight), found + missed, found + false_alarms, found, missed, false_alarms]
        )


def write_curves(metrics: Mapping[str, Any], file: TextIO) -> None:
    """Write one row for each class, rule and score threshold."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(["class", "rule", "threshold", "precision", "recall", "f1"])
    for name, one in metrics["classes"].items():
        for rule, curve in one["curves"].items():
            for point in zip(curve["threshold"], curve["precision"], curve["recall"], curve["f1"], strict=True):
                rows.writerow([defused(name), rule, *(f"{v:.6g}" for v in point)])


def classes_shown(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of the classes with animals or detections, by name: a model may know 80 and the labels 2."""
    classes: Mapping[str, Any] = metrics["classes"]
    some = {name: one for name, one in classes.items() if one["counts"]["true"] or one["counts"]["counted"]}
    return some or dict(classes)


def write_page(
    metrics: Mapping[str, Any],
    false_alarms: Sequence[Picture],
    misses: Sequence[Picture],
    file: TextIO,
    first: Sequence[str] = (),
) -> None:
    """Write the page: first the numbers that matter most, then curves, the worst mistakes, and the rest.

    first: HTML that stands after the numbers that matter most.
    """
    title = f"How good {metrics['model']['name']} is"
    whole = metrics["all"]
    parts = [
        f"<h1>{_text(title)}</h1>",
        f"<p>{_text(_about(metrics))}</p>",
        *(f"<p class=note>{_text(note)}</p>" for note in metrics["notes"]),
        _headline(whole),
        *first,
        "<h2>By class</h2>",
        _class_table(metrics),
        "<p>A detection is right if its centre lies within half the longer side of the animal's box. Ranges are "
        f"95 % bootstrap intervals over {metrics['intervals_over']}; one photo, or photos that do not differ, give "
        "none. The <i>best threshold</i> is chosen by the rule "
        f"{_text(metrics['settings']['rule'])} on these photos: choose it on one set of photos, and report the numbers "
        "of another.</p>",
        "<h2>Precision and recall</h2><div class=charts>",
        *(_curves(name, one) for name, one in classes_shown(metrics).items() if one["counts"]["true"]),
        "</div>",
        "<h2>The false alarms with the highest scores</h2>",
        _gallery(false_alarms, "None."),
        "<h2>The largest missed animals</h2>",
        _gallery(misses, "None."),
        "<h2>Which animals are missed</h2><div class=charts>",
        _bars("longer side of the box, px", whole["recall_by_size_px"]),
        _bars("from the centre to the nearest tile edge, px", whole["recall_by_seam_px"]),
        "</div>",
    ]
    if metrics["confusion"] is not None:
        parts += ["<h2>Which classes are confused</h2>", _confusion_table(metrics)]
    parts += [
        "<h2>Photos</h2>",
        f"<p>{_text(_photos(metrics['photo_calls']))}</p>",
        "<h2>By flight</h2>",
        _folded(_flight_table(metrics["flights"]), len(metrics["flights"]), "flights"),
    ]
    file.write(
        "<!doctype html>\n<html lang=en><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width, initial-scale=1">'
        f"<title>{_text(title)}</title><style>{_STYLE}</style>\n" + "\n".join(parts) + "\n</html>\n"
    )


_MOST_ROWS = 12  # of a table that is not folded away
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;margin:.5rem 0;max-width:100%}"
    "th,td{padding:.25rem .5rem;border-bottom:1px solid #ddd;text-align:right;overflow-wrap:anywhere;"
    "vertical-align:top}"
    "th:first-child,td:first-child{text-align:left}"
    ".big{display:flex;flex-wrap:wrap;gap:1rem;margin:1rem 0}.big div{border:1px solid #ccc;border-radius:.4rem;"
    "padding:.5rem 1rem}.big b{display:block;font-size:1.6rem}"
    ".charts{display:flex;flex-wrap:wrap;gap:1.5rem}figure{margin:0;width:20rem;max-width:100%}figcaption{font-size:.85rem;overflow-wrap:anywhere}"
    ".gallery{display:flex;flex-wrap:wrap;gap:1rem}.gallery figure{width:11rem}"
    ".gallery svg{width:100%;height:auto;background:#eee}.note{background:#fff3cd;padding:.4rem .8rem}"
)


def _text(value: object) -> str:
    return html.escape(str(value))


def _share(value: float | None) -> str:
    return "–" if value is None or not math.isfinite(value) else f"{value:.3f}"


def _threshold(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "–"


def _percent(value: float | None) -> str:
    return "–" if value is None or not math.isfinite(value) else f"{value:+.1%}"


def _between(ends: Sequence[float | None], show: Any = _share) -> str:
    low, high = (show(end) for end in ends)
    return "" if low == "–" else f" ({low} to {high})"


def _about(metrics: Mapping[str, Any]) -> str:
    model, data = metrics["model"], metrics["data"]
    number = len(metrics["flights"])
    flights = "" if number == data["photos"] > 1 else " of 1 flight" if number == 1 else f" of {number} flights"
    return (
        f"{data['photos']} full photos{flights} with {data['animals']} labelled animals, "
        f"cut into tiles and merged as in a survey. Model file {model['file']}, sha256 {model['sha256'][:12]}."
    )


def _headline(whole: Mapping[str, Any]) -> str:
    centre, counts = whole["centre"], whole["counts"]
    tiles = [
        ("F1, by centre", _share(centre["f1"]), _between(centre["f1_interval"])),
        ("precision", _share(centre["precision"]), _between(centre["precision_interval"])),
        ("recall", _share(centre["recall"]), _between(centre["recall_interval"])),
        ("count against truth", _percent(counts["bias"]), _between(counts["bias_interval"], _percent)),
        ("false alarms per photo", f"{whole['false_alarms_per_photo']:.2f}", ""),
    ]
    each = (f"<div>{_text(name)}<b>{_text(number)}</b>{_text(more)}</div>" for name, number, more in tiles)
    return f"<div class=big>{''.join(each)}</div>"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table as HTML. Its texts are escaped."""
    top = "".join(f"<th scope=col>{_text(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _folded(table: str, rows: int, what: str) -> str:
    """A table that stands on the page, or, if it is long, opens with a click."""
    return table if rows <= _MOST_ROWS else f"<details><summary>{rows:,} {_text(what)}</summary>{table}</details>"


def _class_table(metrics: Mapping[str, Any]) -> str:
    """By class. Of points, all is by centre."""
    classes, points = classes_shown(metrics), metrics["points"]
    aps = ["AP by centre"] if points else ["F1 at IoU 0.5", "AP", "AP50"]
    head = ["class", "animals", "counted", "precision", "recall", "F1", *aps, "threshold"]
    rows = []
    for name, one in classes.items():
        centre, ap = one["centre"], one["average_precision"]
        rows.append(
            [
                name,
                one["counts"]["true"],
                one["counts"]["counted"],
                _share(centre["precision"]) + _between(centre["precision_interval"]),
                _share(centre["recall"]) + _between(centre["recall_interval"]),
                _share(centre["f1"]),
                *(
                    [_share(one["average_precision_by_centre"])]
                    if points
                    else [_share(one["iou"]["f1"]), _share(ap and ap["ap"]), _share(ap and ap["ap50"])]
                ),
                f"{one['threshold']:.2f} (best {_threshold(one['best_threshold'])})",
            ]
        )
    if len(metrics["classes"]) > 1:
        mean, together = metrics["mean"], metrics["all"]
        of_mean = [_share(mean["centre"][rate]) for rate in ("precision", "recall", "f1")]
        rows.append(
            [
                f"mean of {mean['classes']} classes",
                "",
                "",
                *of_mean,
                *([_share(mean["ap_by_centre"])] if points else [_share(mean["iou"]["f1"]), "", _share(mean["ap50"])]),
                "",
            ]
        )
        of_all = [_share(together["centre"][rate]) for rate in ("precision", "recall", "f1")]
        counts = together["counts"]
        rows.append(
            [
                "all classes together",
                counts["true"],
                counts["counted"],
                *of_all,
                *([""] if points else [_share(together["iou"]["f1"]), "", ""]),
                "",
            ]
        )
    return table(head, rows)


def _flight_table(flights: Mapping[str, Any]) -> str:
    head = ["flight", "photos", "animals", "counted", "count error", "precision", "recall", "F1"]
    rows = [
        [
            name,
            one["photos"],
            one["counts"]["true"],
            one["counts"]["counted"],
            _percent(one["counts"]["bias"]),
            *(_share(one[key]) for key in ("precision", "recall", "f1")),
        ]
        for name, one in flights.items()
    ]
    return table(head, rows)


def _confusion_table(metrics: Mapping[str, Any]) -> str:
    shown = classes_shown(metrics)
    places = [*(place for place, name in enumerate(metrics["classes"]) if name in shown), -1]
    names = [*shown, "nothing"]
    rows = [[metrics["confusion"][place][other] for other in places] for place in places]
    return table(["true \\ detected", *names], [[name, *row] for name, row in zip(names, rows, strict=True)])


def _photos(calls: Mapping[str, Any]) -> str:
    saved = "" if calls["saved"] is None or not math.isfinite(calls["saved"]) else f"{calls['saved']:.0%}"
    return (
        f"Of {calls['positive']} photos with animals, the model found animals in {calls['found']} and none in "
        f"{calls['missed']}. Of {calls['empty']} empty photos, it found something in {calls['falsely_called']}. "
        f"Looking only at photos with detections saves {saved} of the photos and misses {calls['unseen']} animals."
    )


def _axes(inner: str, title: str, x_label: str, y_label: str) -> str:
    side = CHART_PX
    grid = "".join(
        f'<line x1="40" x2="{side}" y1="{_y(v):.1f}" y2="{_y(v):.1f}" stroke="#ddd"/>'
        f'<text x="34" y="{_y(v) + 4:.1f}" text-anchor="end">{v:g}</text>'
        for v in (0, 0.25, 0.5, 0.75, 1)
    )
    return (
        f'<figure><svg viewBox="0 0 {side + 10} {side}" role="img" aria-label="{_text(title)}" font-size="11" '
        f'font-family="sans-serif">{grid}{inner}'
        f'<text x="{(side + 40) / 2}" y="{side - 2}" text-anchor="middle">{_text(x_label)}</text>'
        f'<text x="10" y="{side / 2}" transform="rotate(-90 10 {side / 2})" text-anchor="middle">'
        f"{_text(y_label)}</text>"
        f"</svg><figcaption>{_text(title)}</figcaption></figure>"
    )


def _x(value: float) -> float:
    return 40 + (CHART_PX - 40) * value


def _y(value: float) -> float:
    return 10 + (CHART_PX - 50) * (1 - value)


def _curves(name: str, one: Mapping[str, Any]) -> str:
    lines = []
    colours = {"centre": "#0072B2", "iou": "#D55E00"}
    for rule, curve in one["curves"].items():
        colour = colours[rule]
        points = zip(curve["recall"], curve["precision"], strict=True)
        path = " ".join(f"{_x(r):.1f},{_y(p):.1f}" for r, p in points if p is not None)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        number = len(lines)
        lines.append(f'<text x="52" y="{_y(0) - 14 * number:.1f}" fill="{colour}">by {_text(rule)}</text>')
    centre = one["centre"]
    if centre["precision"] is not None:
        x, y = _x(centre["recall"]), _y(centre["precision"])
        lines.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#0072B2"/>')
    ticks = "".join(
        f'<text x="{_x(v):.1f}" y="{_y(0) + 14:.1f}" text-anchor="middle">{v:g}</text>' for v in (0, 0.5, 1)
    )
    return _axes(ticks + "".join(lines), f"{name}; the dot: at the threshold", "recall", "precision")


def _bars(label: str, bins: Sequence[Mapping[str, Any]]) -> str:
    width = (CHART_PX - 50) / len(bins)
    parts = []
    for i, one in enumerate(bins):
        left = 46 + i * width
        if one["animals"]:
            top = _y(one["found"] / one["animals"])
            bar = f'x="{left:.1f}" y="{top:.1f}" width="{width - 8:.1f}" height="{_y(0) - top:.1f}"'
            parts.append(f'<rect {bar} fill="#0072B2"/>')
        middle = left + (width - 8) / 2
        end = f"{one['from']:g}+" if i == len(bins) - 1 else f"{one['from']:g}–{bins[i + 1]['from']:g}"
        parts.append(f'<text x="{middle:.1f}" y="{_y(0) + 14:.1f}" text-anchor="middle">{end}</text>')
        parts.append(
            f'<text x="{middle:.1f}" y="{_y(0) - 4:.1f}" text-anchor="middle" fill="#fff" stroke="#222" '
            f'stroke-width="2.5" paint-order="stroke">{one["animals"]}</text>'
        )
    return _axes("".join(parts), f"Recall by {label}; the number: animals", label, "recall")


def _gallery(pictures: Sequence[Picture], none: str) -> str:
    if not pictures:
        return f"<p>{_text(none)}</p>"
    figures = []
    for picture in pictures:
        x0, y0, x1, y1 = picture.box
        data = base64.b64encode(picture.jpeg).decode()
        figures.append(
            f'<figure><svg viewBox="0 0 {picture.width} {picture.height}" role="img" '
            f'aria-label="{_text(picture.caption)}">'
            f'<image href="data:image/jpeg;base64,{data}" width="{picture.width}" height="{picture.height}"/>'
            f'<rect x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}" fill="none" '
            'stroke="#ffd400" stroke-width="1.5" vector-effect="non-scaling-stroke"/></svg>'
            f"<figcaption>{_text(picture.caption)}</figcaption></figure>"
        )
    return f"<div class=gallery>{''.join(figures)}</div>"
