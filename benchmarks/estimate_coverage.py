"""How often a 95 % interval of Herdmap holds the truth: simulated surveys whose animals are all known.

Each survey has two irregular strata, cut into strips of unequal length. Animals stand in herds, whose sizes vary, so
counts of strips are clumped. Strips are drawn at random without replacement. For the correction the detector misses
animals and raises false alarms, by photo; a person reviews a random sample, in each stratum, of the photos called
positive and called empty, and the estimate is corrected by it. The strata may differ in density, recall and false
alarms. Everything goes through the functions that the command calls.

    python -m benchmarks.estimate_coverage [--surveys 2000] [--json FILE] [--only WORDS]
"""

import argparse
import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Row, finish
from geo.estimates.by_place import By, corrections
from geo.estimates.corrected import Placed, corrected
from geo.estimates.correction import Photos, draw
from geo.estimates.jolly import Estimate, Estimates, estimate
from geo.estimates.transects import Strata, Transects

STRIP_KM2 = 0.25  # of a photo's ground: strips are whole numbers of photos
NAMES = ("hills", "plain")
Pair = tuple[float, float]


@dataclass(frozen=True)
class Scenario:
    """Pairs are of the two strata. strips: N. drawn: n. herds_per_km2, herd: mean number and size. patchy: some strips
    hold many times the herds of others. reviewed: positive, empty, in each stratum. by: how it is corrected. target:
    whether 93 to 97 % are aimed at."""

    name: str
    strips: tuple[int, int] = (120, 80)
    drawn: tuple[int, int] = (24, 16)
    herds_per_km2: Pair = (1.0, 1.0)
    herd: float = 6.0
    recall: Pair = (0.8, 0.8)
    false_alarms: Pair = (0.05, 0.05)
    patchy: bool = False
    reviewed: tuple[int, int] = (150, 250)
    by: By = "auto"
    target: bool = True


SCENARIOS = (
    Scenario("herds of 6"),
    Scenario("herds of 6, a detector that misses 40 %", recall=(0.6, 0.6), false_alarms=(0.2, 0.2)),
    Scenario("single animals", herd=1.0, herds_per_km2=(3.0, 3.0)),
    Scenario("herds of 6, rich and poor strips", patchy=True, false_alarms=(0.2, 0.2)),
    Scenario("5 and 4 transects", drawn=(5, 4), reviewed=(60, 60)),
    Scenario("densities 3:1, 0.2 false alarms", herds_per_km2=(1.5, 0.5), false_alarms=(0.2, 0.2)),
    Scenario("densities 10:1, 0.2 false alarms", herds_per_km2=(2.0, 0.2), false_alarms=(0.2, 0.2)),
    Scenario(
        "densities 10:1, 0.2 false alarms, by model", herds_per_km2=(2.0, 0.2), false_alarms=(0.2, 0.2), by="model"
    ),
    Scenario("densities 1:1, recall .9 and .6", recall=(0.9, 0.6)),
    Scenario("densities 10:1, recall .9 and .6", herds_per_km2=(2.0, 0.2), recall=(0.9, 0.6)),
    Scenario(
        "densities 10:1, recall .6 and .9, 0.05 and 0.2 false alarms",
        herds_per_km2=(2.0, 0.2),
        recall=(0.6, 0.9),
        false_alarms=(0.05, 0.2),
    ),
    Scenario("densities 10:1, 50 + 50 reviewed", herds_per_km2=(2.0, 0.2), false_alarms=(0.2, 0.2), reviewed=(50, 50)),
    Scenario(
        "densities 10:1, 30 + 30 reviewed",
        herds_per_km2=(2.0, 0.2),
        false_alarms=(0.2, 0.2),
        reviewed=(30, 30),
        target=False,
    ),
    Scenario(
        "densities 10:1, 10 + 10 reviewed",
        herds_per_km2=(2.0, 0.2),
        false_alarms=(0.2, 0.2),
        reviewed=(10, 10),
        target=False,
    ),
    Scenario(
        "densities 10:1, recall .9 and .6, 10 + 10 reviewed",
        herds_per_km2=(2.0, 0.2),
        recall=(0.9, 0.6),
        reviewed=(10, 10),
        target=False,
    ),
    Scenario("5 + 5 reviewed", reviewed=(5, 5), target=False),
    Scenario("herds of 60, rare", herd=60.0, herds_per_km2=(0.05, 0.05)),
    Scenario("herds of 6, so rare that a stratum shows none", herds_per_km2=(0.1, 0.005)),
)


def population(strips: int, density: float, scenario: Scenario, rng: np.random.Generator) -> list[np.ndarray]:
    """The animals in each photo of each strip; the strips' lengths are those of chords of an ellipse."""
    across = (np.arange(strips) + 0.5) / strips * 2 - 1
    photos = np.maximum(4, np.round(40 * np.sqrt(1 - across**2) * rng.uniform(0.8, 1.2, strips))).astype(int)
    total = int(photos.sum())
    rich = rng.gamma(2, 0.5, strips) if scenario.patchy else np.ones(strips)
    herds = rng.poisson(density * STRIP_KM2 * np.repeat(rich, photos))
    size = rng.geometric(1 / scenario.herd, int(herds.sum()))
    animals = np.bincount(np.repeat(np.arange(total), herds), weights=size, minlength=total).astype(np.int64)
    return np.split(animals, np.cumsum(photos)[:-1])


@dataclass(frozen=True, eq=False)
class Flown:
    """What is flown of one survey. All but truths and areas: a number for each photo, strip by strip."""

    truths: tuple[int, int]
    areas: tuple[float, float]
    stratum: NDArray[np.int64]
    strip: NDArray[np.int64]
    there: NDArray[np.int64]
    right: NDArray[np.int64]
    detected: NDArray[np.int64]
    reviewed: NDArray[np.bool_]

    def estimates(self, counted: NDArray[np.int64], replicates: int) -> tuple[Estimates, Transects]:
        """What these counts of the photos give."""
        first = np.unique(self.strip, return_index=True)[1]
        transects = Transects(
            tuple(NAMES[h] for h in self.stratum[first]),
            tuple(map(str, range(len(first)))),
            ("eland",),
            np.bincount(self.strip, counted).astype(np.float64)[:, None],
            (np.bincount(self.strip) * STRIP_KM2).astype(np.float64),
        )
        strata = Strata(NAMES, np.array(self.areas), np.full(2, np.nan))
        return estimate(transects, strata, replicates=replicates), transects


def flown(scenario: Scenario, seed: int) -> Flown:
    """Draw the population, the strips, what the detector finds, and the photos that are reviewed."""
    rng = np.random.default_rng([seed, SCENARIOS.index(scenario)])
    truths, areas, columns, strips = [], [], [], 0
    for h in (0, 1):
        animals = population(scenario.strips[h], scenario.herds_per_km2[h], scenario, rng)
        truths.append(sum(int(strip.sum()) for strip in animals))
        areas.append(sum(len(strip) for strip in animals) * STRIP_KM2)
        drawn = [animals[i] for i in rng.choice(scenario.strips[h], scenario.drawn[h], replace=False)]
        there = np.concatenate(drawn)
        right = rng.binomial(there, scenario.recall[h])
        detected = right + rng.poisson(scenario.false_alarms[h], len(there))
        reviewed = np.zeros(len(there), np.int64)
        for group in draw(detected > 0, scenario.reviewed, (seed, h)):
            reviewed[group] = 1
        strip = np.repeat(np.arange(len(drawn)), [len(one) for one in drawn]) + strips
        strips += len(drawn)
        columns.append(np.column_stack([np.full(len(there), h), strip, there, right, detected, reviewed]))
    of, strip, there, right, detected, reviewed = np.concatenate(columns).T
    return Flown((truths[0], truths[1]), (areas[0], areas[1]), of, strip, there, right, detected, reviewed == 1)


def survey(scenario: Scenario, seed: int) -> tuple[dict[str, Estimates], tuple[int, ...]]:
    """One survey: what each way to estimate says, and the true numbers of the strata and of all."""
    of = flown(scenario, seed)
    seen, _ = of.estimates(of.there, 400)
    raw, transects = of.estimates(of.detected, 0)
    photos = Photos(("eland",), of.detected[:, None], of.right[:, None], of.there[:, None], of.reviewed)
    placed = Placed(photos, of.stratum, of.strip, lambda h: float((of.stratum == h).sum()) * STRIP_KM2)
    mended = corrected(raw, corrections(photos, of.stratum, NAMES, scenario.by), transects, placed)
    return {"found": seen, "not corrected": raw, "corrected": mended}, (*of.truths, sum(of.truths))


def verdict(row: Estimate, truth: int) -> tuple[float, float, float, float, float]:
    """Whether the interval, that by t and that by bootstrap hold the truth; the error; half the width. Shares."""
    half = (row.ci_high - row.ci_low) / 2
    return (
        float(row.ci_low <= truth <= row.ci_high),
        float(row.t_low <= truth <= row.t_high),
        float(row.bootstrap_low <= truth <= row.bootstrap_high) if not math.isnan(row.bootstrap_low) else math.nan,
        row.estimate / truth - 1 if truth else math.nan,
        half / truth if truth else math.nan,
    )


def measured(scenario: Scenario, surveys: int) -> list[Row]:
    """The rows of one scenario."""
    said: dict[str, list[tuple[float, ...]]] = {}
    kinds: dict[str, Counter[str]] = {}
    for seed in range(surveys):
        found, truths = survey(scenario, seed)
        for what, estimates in found.items():
            for row, truth in zip(estimates.rows, truths, strict=True):
                name = f"{what}, {row.stratum}"
                said.setdefault(name, []).append(verdict(row, truth))
                kinds.setdefault(name, Counter()).update([f"{row.interval} {row.correction}"])
    rows = []
    for name, values in said.items():
        with np.errstate(invalid="ignore"):
            table = np.array([[*v] for v in values])
            held, by_t, boot, bias, _ = np.nanmean(table, axis=0)
            half = np.nanmedian(table[:, 4])  # one survey with a single herd would decide a mean
        judged = scenario.target and not name.startswith("not corrected")
        rows.append(
            Row(
                f"{scenario.name}: {name}",
                "93 to 97 %" if judged else "",
                f"{held:.1%} (bias {bias:+.1%}, half width {half:.0%}; by t {by_t:.1%}; "
                f"by bootstrap {'-' if math.isnan(boot) else f'{boot:.1%}'}; {kinds[name].most_common(1)[0][0]})",
                bool(0.93 <= held <= 0.97) if judged else None,
            )
        )
        print(rows[-1], flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--surveys", type=int, default=2000)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", default="", help="scenarios with these words in their name")
    options = parser.parse_args()
    rows = []
    for scenario in SCENARIOS:
        if options.only in scenario.name:
            rows += measured(scenario, options.surveys)
    print(f"\n{options.surveys} surveys each")
    finish(rows, options.json)


if __name__ == "__main__":
    main()
