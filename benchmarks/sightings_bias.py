"""How far counts of overlapping photos are off, over the poses' noise and the herds' spacing.

A strip survey of points with known animals (80 % forward and 30 % side overlap, photos of 120 x 80 m, poses turned by
1.5 degrees and 1 % wrong in height besides the noise, boxes 0.15 m off) is counted in five ways:

- all: every sighting counts;
- radius: sightings within a fixed radius of one already kept are dropped (what is often done; the radius is that of
  the poses' noise, or half the spacing where that is more);
- places: Herdmap's matching with the poses as they come;
- animals: Herdmap's default, photos registered by their animals first;
- cells: nothing is matched, a sighting counts in the cell of its photo.

    python -m benchmarks.sightings_bias [--docs docs] [--size]

--docs writes the tables and a chart of them into docs/sightings.md and docs/sightings_bias.svg. --size counts 100,000
photos with 500,000 sightings and says time and memory.
"""

import argparse
import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.report import Row, finish, peak_bytes
from geo.overlaps.sightings import match
from tests.surveys.herd_survey import Detector, Poses, herd_survey
from tests.surveys.strip import StripSurvey, strip_survey

NOISES = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
SPACINGS = (1.0, 2.0, 4.0, 8.0)
SURVEY = {"lines": 3, "photos_a_line": 20, "herds": 8, "alone": 10}
WAYS = ("all", "radius", "places", "animals", "cells")
MAX_BIAS = 0.02
COLOURS = {"radius": "#b07aa1", "places": "#f28e2b", "animals": "#1b7837", "cells": "#2166ac"}


def radius_count(survey: StripSurvey, radius: float) -> int:
    """Sightings that are farther than `radius` from all kept before, in order of the photos."""
    side = max(radius, 1e-6)
    kept: dict[tuple[int, int], list[tuple[float, float]]] = {}
    count = 0
    for x, y in survey.xy.tolist():
        column, row = int(x // side), int(y // side)
        near = (p for c in (-1, 0, 1) for r in (-1, 0, 1) for p in kept.get((column + c, row + r), ()))
        if all((x - a) ** 2 + (y - b) ** 2 > radius**2 for a, b in near):
            kept.setdefault((column, row), []).append((x, y))
            count += 1
    return count


def counts(survey: StripSurvey, noise: float, spacing: float, speed: float = 0.0) -> dict[str, int]:
    args = (*survey.sightings, survey.photos)
    return {
        "all": len(survey.xy),
        "radius": radius_count(survey, max(noise, spacing / 2)),
        "places": match(*args, register_photos=False, max_speed_m_s=speed).report.counted,
        "animals": match(*args, max_speed_m_s=speed).report.counted,
        "cells": match(*args, rule="cells", register_photos=False).report.counted,
    }


def biases(seeds: int, noise: float, spacing: float, **settings: float) -> dict[str, tuple[float, float]]:
    """Mean of count / truth - 1, and its standard error, a way."""
    speed = settings.get("speed_m_s", 0.0)
    turned = {"yaw_noise_deg": 0.0, "height_noise": 0.0, "jitter_m": 0.0} if noise == 0 else {}
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    for seed in range(seeds):
        survey = strip_survey(seed, pose_noise_m=noise, spacing_m=spacing, **{**SURVEY, **turned, **settings})  # type: ignore[arg-type]
        for way, count in counts(survey, noise, spacing, speed).items():
            found[way].append(count / survey.animals - 1)
    return {way: (float(np.mean(v)), float(np.std(v, ddof=1) / np.sqrt(len(v)))) for way, v in found.items()}


RTK = Poses(noise_m=0.05, yaw_deg=0.3, height=0.002)
HERDS = [
    (overlaps, poses, Detector(found, alarms), 0)
    for overlaps in ((0.8, 0.6), (0.6, 0.3))
    for poses in (RTK, Poses(3.0), Poses(8.0))
    for found in (0.9, 0.7)
    for alarms in (0.0, 2.0)
] + [
    ((0.8, 0.6), Poses(8.0, said_m=3.0), Detector(), 0),
    ((0.8, 0.6), Poses(8.0, said_m=3.0), Detector(), 20),
    ((0.6, 0.3), Poses(8.0, said_m=3.0), Detector(), 0),
]


def herd_table(seeds: int) -> str:
    """One herd of 200 under a detector that errs, and poses that lie: what counts, and what the report says."""
    head = "overlap, % | pose noise, m | found | false alarms a photo | animals | without false alarms | cells | said"
    lines = [
        "One herd of 200 at 1.5 m in photos of 60 x 40 m, a detector that errs (false alarms are in one photo each), "
        "and in the last rows poses that say 3 m and are 8 m off. *Without false alarms*: `animals` less the false "
        "alarms that the report says, from those that one photo alone shows. *Said*: in how many surveys the report "
        "says that something is wrong:\n",
        f"| {head} |",
        "|---" * 8 + "|",
    ]
    for overlaps, poses, detector, alone in HERDS:
        found: dict[str, list[float]] = {way: [] for way in ("animals", "without", "cells")}
        said = 0
        for seed in range(seeds):
            survey = herd_survey(seed, overlaps=overlaps, poses=poses, detector=detector, alone=alone)
            report = survey.matched().report
            without = report.counted - report.false_alarms
            counts = (report.counted, without, survey.matched("cells").report.counted)
            for way, count in zip(found, counts, strict=True):
                found[way].append(count / survey.animals - 1)
            said += any(word in line for line in report.lines() for word in WARNS)
        means = (percent((float(np.mean(v)), float(np.std(v, ddof=1) / np.sqrt(seeds)))) for v in found.values())
        noise = f"{poses.noise_m:g}" + (f", says {poses.said_m:g}" if poses.said_m else "")
        more = f" ({alone} animals elsewhere)" if alone else ""
        side, forward = (round(100 * share) for share in overlaps[::-1])
        first = f"| {forward} and {side}{more} | {noise} | {detector.found:g} | {detector.false_alarms:g} | "
        lines.append(first + " | ".join(means) + f" | {said} of {seeds} |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


WARNS = ("uncertain", "too low", "is low", "false alarms", "worse than they say")


def percent(value: tuple[float, float]) -> str:
    bias, error = value
    return f"{bias:+.1%} ± {error:.1%}" if abs(bias) < 1 else f"{bias:+.0%}"


def grid(title: str, key: str, keys: tuple[float, ...], run: Callable[[float], dict[str, tuple[float, float]]]) -> str:
    lines = [f"{title}\n", f"| {key} | {' | '.join(WAYS)} |", "|---" * (len(WAYS) + 1) + "|"]
    for value in keys:
        result = run(value)
        lines.append(f"| {value:g} | {' | '.join(percent(result[way]) for way in WAYS)} |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


def chart(curves: dict[float, dict[float, dict[str, tuple[float, float]]]]) -> str:
    """Bias over noise, a panel a spacing: an SVG of text and lines alone."""
    width, height, left, top, gap = 190, 170, 46, 34, 14
    most = 0.3
    parts = []
    for panel, (spacing, curve) in enumerate(curves.items()):
        x0 = left + panel * (width + gap)

        def at(i: int, bias: float, x0: int = x0) -> str:
            y = top + height / 2 * (1 - max(-most, min(most, bias)) / most)
            return f"{x0 + 12 + i * (width - 24) / (len(NOISES) - 1):.1f},{y:.1f}"

        parts.append(f'<rect x="{x0}" y="{top}" width="{width}" height="{height}" fill="none" stroke="#999"/>')
        band = height / 2 * MAX_BIAS / most
        parts.append(
            f'<rect x="{x0}" y="{top + height / 2 - band:.1f}" width="{width}" height="{2 * band:.1f}" fill="#ddd"/>'
        )
        parts.append(f'<text x="{x0 + width / 2}" y="{top - 6}" text-anchor="middle">herds at {spacing:g} m</text>')
        for i, noise in enumerate(NOISES):
            x = at(i, 0).split(",")[0]
            parts.append(f'<text x="{x}" y="{top + height + 14}" text-anchor="middle">{noise:g}</text>')
        for way, colour in COLOURS.items():
            points = " ".join(at(i, curve[noise][way][0]) for i, noise in enumerate(NOISES))
            parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
    for share in (-0.3, -0.15, 0.0, 0.15, 0.3):
        y = top + height / 2 * (1 - share / most)
        parts.append(f'<text x="{left - 5}" y="{y + 4:.1f}" text-anchor="end">{share:+.0%}</text>')
    for i, (way, colour) in enumerate(COLOURS.items()):
        start, base = left + 90 * i, top + height + 46
        line = f'<line x1="{start}" y1="{base - 4}" x2="{start + 18}" y2="{base - 4}"'
        parts.append(f'{line} stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{start + 23}" y="{base}">{way}</text>')
    total = left + len(curves) * (width + gap)
    caption = "pose noise, m (bias beyond 30 % is cut)"
    axis = f'<text x="{total / 2}" y="{top + height + 30}" text-anchor="middle">{caption}</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="{top + height + 56}" '
        f'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>'
        + "".join(parts)
        + axis
        + "</svg>\n"
    )


def large(photos: int, sightings: int) -> list[Row]:
    """Time and memory of a whole survey."""
    lines = photos // 500
    # Herds as in the small survey, and a noise at which all photos have to be registered.
    herds = int(sightings / 8.0 / 34)
    survey = strip_survey(1, lines=lines, photos_a_line=500, herds=herds, alone=herds * 2)
    print(f"{len(survey.photos)} photos, {len(survey.xy)} sightings of {survey.animals} animals", flush=True)
    rows = []
    for rule in ("animals", "cells"):
        start = time.perf_counter()
        report = match(*survey.sightings, survey.photos, rule=rule).report
        seconds = time.perf_counter() - start
        print(f"{rule}: {seconds:.0f} s, {report.counted / survey.animals - 1:+.2%}", *report.lines(), sep="\n  ")
        what = f"{len(survey.xy):,} sightings in {len(survey.photos):,} photos, rule {rule}"
        rows.append(Row(f"{what}: time", "<= 300 s", f"{seconds:.0f} s", seconds <= 300))
    gigabytes = peak_bytes() / 2**30
    rows.append(Row("matching: memory", "<= 4 GB", f"{gigabytes:.1f} GB", gigabytes <= 4))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--docs", type=Path, help="write the tables and the chart here")
    parser.add_argument("--size", action="store_true")
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--sightings", type=int, default=500_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.size:
        finish(large(options.photos, options.sightings), options.json)
        return

    curves: dict[float, dict[float, dict[str, tuple[float, float]]]] = {}
    tables = []
    for spacing in SPACINGS:
        curve = curves.setdefault(spacing, {})

        def one(
            noise: float, spacing: float = spacing, curve: dict[float, dict[str, tuple[float, float]]] = curve
        ) -> dict[str, tuple[float, float]]:
            curve[noise] = biases(options.seeds, noise, spacing)
            return curve[noise]

        print(f"herds at {spacing:g} m", flush=True)
        tables.append(grid(f"Herds at {spacing:g} m:", "pose noise, m", NOISES, one))
    print("walking animals", flush=True)
    speeds = (0.1, 0.3, 0.5, 1.0)
    walking = "Noise 5 m, herds at 2 m, animals that walk (half of it in common) at so many m/s, a photo every 2 s:"
    tables.append(grid(walking, "m/s", speeds, lambda v: biases(options.seeds, 5.0, 2.0, speed_m_s=v)))
    print("missed animals", flush=True)
    missing = (
        "Noise 5 m, herds at 2 m, a detector that finds this share of the animals that a photo shows (the truth: the "
        "animals found in any photo):"
    )
    tables.append(grid(missing, "found", (0.95, 0.8, 0.6), lambda p: biases(options.seeds, 5.0, 2.0, found=p)))
    print("a herd", flush=True)
    tables.append(herd_table(options.seeds))
    if options.docs is not None:
        page = options.docs / "sightings.md"
        text = page.read_text(encoding="utf-8")
        body = "<!-- measured -->\n" + "\n\n".join(tables) + "\n<!-- end -->"
        page.write_text(re.sub(r"<!-- measured -->.*<!-- end -->", lambda _: body, text, flags=re.DOTALL))
        (options.docs / "sightings_bias.svg").write_text(chart(curves), encoding="utf-8")
    target = curves[2.0][5.0]["animals"][0]
    finish(
        [Row("count bias, 5 m noise, herds at 2 m", "<= 2 %", f"{target:+.1%}", abs(target) <= MAX_BIAS)], options.json
    )


if __name__ == "__main__":
    main()
