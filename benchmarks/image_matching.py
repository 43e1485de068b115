"""How far counts of tight herds are off with the photos matched by their pixels, beside matching by animals alone.

The strip survey of `sightings_bias.py`, with photos: its ground is simulated pasture (10 cm a pixel, 1200 x 800 px)
seen from where the photos truly were, with the animals drawn on it, also where they walk. Their poses are as wrong as
there. What is measured is count / truth - 1, mean and standard error over surveys.

    python -m benchmarks.image_matching [--docs docs] [--seeds 3]
"""

import argparse
import re
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import Row, finish
from benchmarks.sightings_bias import MAX_BIAS, SURVEY, percent
from geo.overlaps.sightings import match
from tests.surveys.photographed import Photographed, simulated_ground
from tests.surveys.strip import strip_survey

NOISES = (0.5, 2.0, 5.0, 10.0)
SPACINGS = (1.0, 2.0)
SPEEDS = (0.1, 0.3, 0.5)


def counted(seed: int, spacing: float, noises: tuple[float, ...], speed: float) -> list[tuple[float, float, float]]:
    """Bias without and with the photos' pixels, and the share of the pairs that matched, for each noise."""
    settings: dict[str, Any] = {**SURVEY, "spacing_m": spacing, "speed_m_s": speed}
    surveys = [strip_survey(seed, pose_noise_m=noise, **settings) for noise in noises]
    photos = Photographed(surveys[0], simulated_ground(surveys[0], seed + 1))
    found = []
    for survey, noise in zip(surveys, noises, strict=True):
        ties, pairs = photos.ties(survey, noise)
        plain = match(*survey.sightings, survey.photos, max_speed_m_s=speed)
        tied = match(*survey.sightings, survey.photos, max_speed_m_s=speed, ties=ties)
        without, with_pixels = (result.report.counted / survey.animals - 1 for result in (plain, tied))
        found.append((without, with_pixels, len(np.unique(ties.first * len(survey.photos) + ties.second)) / pairs))
    return found


def line(first: str, results: list[tuple[float, float, float]]) -> tuple[str, float]:
    """A row of the table, and the bias with pixels."""
    columns = np.array(results)
    cells = [percent((float(c.mean()), float(c.std(ddof=1) / np.sqrt(len(c))))) for c in columns.T[:2]]
    text = f"| {first} | {' | '.join(cells)} | {columns[:, 2].mean():.0%} |"
    print(text, flush=True)
    return text, float(columns[:, 1].mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--docs", type=Path, help="write the tables here")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    start = time.perf_counter()
    head = "| {} | animals | animals, `--match-images` | pairs that match |\n|---|---|---|---|"
    tables, worst = [], 0.0
    for spacing in SPACINGS:
        rows = [head.format("pose noise, m")]
        each = [counted(seed, spacing, NOISES, 0.0) for seed in range(options.seeds)]
        for i, noise in enumerate(NOISES):
            text, bias = line(f"{noise:g}", [results[i] for results in each])
            rows.append(text)
            worst = max(worst, abs(bias))
        tables.append(f"Herds at {spacing:g} m:\n\n" + "\n".join(rows))
    rows = [head.format("m/s")]
    for speed in SPEEDS:
        each = [counted(seed, 2.0, (5.0,), speed) for seed in range(options.seeds)]
        rows.append(line(f"{speed:g}", [results[0] for results in each])[0])
    tables.append("Noise 5 m, herds at 2 m, animals that walk, a photo every 2 s:\n\n" + "\n".join(rows))
    print(f"{time.perf_counter() - start:.0f} s")
    if options.docs is not None:
        page = options.docs / "sightings.md"
        body = "<!-- images -->\n" + "\n\n".join(tables) + "\n<!-- end of images -->"
        text = page.read_text(encoding="utf-8")
        page.write_text(re.sub(r"<!-- images -->.*<!-- end of images -->", lambda _: body, text, flags=re.DOTALL))
    finish(
        [Row("count bias with photos matched, herds at 1 and 2 m", "<= 2 %", f"{worst:+.1%}", worst <= MAX_BIAS)],
        options.json,
    )


if __name__ == "__main__":
    main()
