"""How often a 95 % interval of Herdmap holds the truth: simulated surveys whose animals are all known.

Each survey has two irregular strata, cut into strips of unequal length. Animals stand in herds, whose sizes vary, so
counts of strips are clumped. Strips are drawn at random without replacement. For the correction the detector misses
animals and raises false alarms, by photo; a person reviews a random sample of the photos called positive and called
empty, and the estimate is corrected by it. Everything goes through the functions that the command calls.

    python -m benchmarks.estimate_coverage [--surveys 2000] [--json FILE]
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Row, finish
from geo.estimates.correction import Photos, corrected, draw, factors
from geo.estimates.jolly import Estimate, Estimates, estimate
from geo.estimates.transects import Strata, Transects

STRIP_KM2 = 0.25  # of a photo's ground: strips are whole numbers of photos


@dataclass(frozen=True)
class Scenario:
    """strips: N of each stratum. drawn: n. herds_per_km2, herd: mean number and size. patchy: some strips hold many
    times the herds of others. reviewed: positive, empty."""

    name: str
    strips: tuple[int, int] = (120, 80)
    drawn: tuple[int, int] = (24, 16)
    herds_per_km2: float = 1.0
    herd: float = 6.0
    recall: float = 0.8
    false_alarms: float = 0.05
    patchy: bool = False
    reviewed: tuple[int, int] = (150, 250)
    target: bool = True


SCENARIOS = (
    Scenario("herds of 6"),
    Scenario("herds of 6, a detector that misses 40 %", recall=0.6, false_alarms=0.2),
    Scenario("single animals", herd=1.0, herds_per_km2=3.0),
    Scenario("herds of 6, rich and poor strips", patchy=True, false_alarms=0.2),
    Scenario("5 and 4 transects", drawn=(5, 4), reviewed=(60, 60)),
    Scenario("herds of 60, rare", herd=60.0, herds_per_km2=0.05, target=False),
    Scenario("30 photos reviewed of each kind", reviewed=(30, 30), target=False),
)


def population(strips: int, scenario: Scenario, rng: np.random.Generator) -> list[np.ndarray]:
    """The animals in each photo of each strip; the strips' lengths are those of chords of an ellipse."""
    across = (np.arange(strips) + 0.5) / strips * 2 - 1
    photos = np.maximum(4, np.round(40 * np.sqrt(1 - across**2) * rng.uniform(0.8, 1.2, strips))).astype(int)
    total = int(photos.sum())
    rich = rng.gamma(2, 0.5, strips) if scenario.patchy else np.ones(strips)
    herds = rng.poisson(scenario.herds_per_km2 * STRIP_KM2 * np.repeat(rich, photos))
    size = rng.geometric(1 / scenario.herd, int(herds.sum()))
    animals = np.bincount(np.repeat(np.arange(total), herds), weights=size, minlength=total).astype(np.int64)
    return np.split(animals, np.cumsum(photos)[:-1])


def survey(scenario: Scenario, seed: int) -> dict[str, tuple[Estimate, float]]:
    """One survey: what each estimate says, and the truth. `found`: of the animals as if all were seen."""
    rng = np.random.default_rng([seed, SCENARIOS.index(scenario)])
    names, truths, areas = ("hills", "plain"), [], []
    stratum: list[str] = []
    true_photos: list[np.ndarray] = []
    for name, strips, drawn in zip(names, scenario.strips, scenario.drawn, strict=True):
        animals = population(strips, scenario, rng)
        truths.append(sum(int(strip.sum()) for strip in animals))
        areas.append(sum(len(strip) for strip in animals) * STRIP_KM2)
        for index in rng.choice(strips, drawn, replace=False):
            stratum.append(name)
            true_photos.append(animals[index])
    strata = Strata(names, np.array(areas), np.full(2, np.nan))
    z = np.array([len(photos) * STRIP_KM2 for photos in true_photos])
    labels = tuple(map(str, range(len(z))))

    def estimates_of(photos: list[NDArray[np.int64]]) -> Estimates:
        y = np.array([[p.sum()] for p in photos], np.float64)
        return estimate(Transects(tuple(stratum), labels, ("eland",), y, z), strata, replicates=bootstrap)

    bootstrap = 400
    seen = estimates_of(true_photos)
    result = {"found": (seen.row("all", "eland"), float(sum(truths))), "found, hills": (seen.rows[0], float(truths[0]))}

    there = np.concatenate(true_photos)
    right = rng.binomial(there, scenario.recall)
    detected = right + rng.poisson(scenario.false_alarms, len(there))
    bootstrap = 0
    ends = np.cumsum([len(p) for p in true_photos])[:-1]
    raw = estimates_of(np.split(detected, ends))
    reviewed = np.zeros(len(there), bool)
    for group in draw(detected > 0, scenario.reviewed, seed):
        reviewed[group] = True
    searched = Photos(("eland",), detected[:, None], right[:, None], there[:, None], reviewed)
    mended = corrected(raw, factors(searched))
    result["corrected"] = (mended.row("all", "eland"), float(sum(truths)))
    result["not corrected"] = (raw.row("all", "eland"), float(sum(truths)))
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--surveys", type=int, default=2000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = []
    for scenario in SCENARIOS:
        said: dict[str, list[tuple[bool, float, float]]] = {}
        for seed in range(options.surveys):
            for what, (row, truth) in survey(scenario, seed).items():
                half = row.half_width
                said.setdefault(what, []).append(
                    (abs(row.estimate - truth) <= half, row.estimate / truth - 1, half / truth)
                )
                if what == "found":
                    held = row.bootstrap_low <= truth <= row.bootstrap_high
                    said.setdefault("found, bootstrap", []).append((held, row.estimate / truth - 1, np.nan))
        for what, values in said.items():
            held, bias, half = np.mean(np.array(values, float), axis=0)
            judged = scenario.target and what in ("found", "corrected")
            width = "" if np.isnan(half) else f", half width {half:.0%}"
            rows.append(
                Row(
                    f"{scenario.name}: {what}",
                    "93 to 97 %" if judged else "",
                    f"{held:.1%} (bias {bias:+.1%}{width})",
                    bool(0.93 <= held <= 0.97) if judged else None,
                )
            )
            print(rows[-1], flush=True)
    print(f"\n{options.surveys} surveys each")
    finish(rows, options.json)


if __name__ == "__main__":
    main()
