"""What a report adds for some species: the categories of the African Elephant Database, and carcass ratios.

A class of elephants has the word elephant or Loxodonta in its name. A class of carcasses has the word carcass, dead or
bones in its name, beside the name of a species.

The African Elephant Database (Blanc, J. J. et al. 2007, African Elephant Status Report 2007, IUCN) divides the estimate
of an aerial sample count with its 95 % interval from L to U: definite are the animals that were seen, or L if that is
more; probable are the rest of the estimate; possible is what the interval has above it. In a total count, all animals
that were seen are definite.

The carcass ratio is carcasses / (carcasses + live animals), in per cent (Douglas-Hamilton, I. and Burrill, A. 1991,
Using elephant carcass ratios to determine population trends, African Wildlife: Research and Management 98-105).
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from geo.estimates.population import Estimate

__all__ = ["Carcasses", "Categories", "carcass_ratios", "categories"]

_ELEPHANT = re.compile(r"elephant|loxodonta", re.IGNORECASE)
_DEAD = re.compile(r"[\s_()-]*(?:carcass(?:es)?|dead|bones)[\s_()-]*", re.IGNORECASE)


@dataclass(frozen=True)
class Categories:
    """One class, as the African Elephant Database divides it."""

    class_name: str
    definite: float
    probable: float
    possible: float


@dataclass(frozen=True)
class Carcasses:
    """The carcass ratio of a species: per cent of dead ones. SE by the delta method, as if both were independent.

    Attributes:
        species: The class of the live animals.
        dead: The estimated number of carcasses, of all classes of carcasses of the species.
        live: The estimated number of live animals.
        percent: The ratio.
        percent_se: Its SE; NaN if an SE is not known.
    """

    species: str
    dead: float
    live: float
    percent: float
    percent_se: float


def categories(rows: Sequence[Estimate]) -> list[Categories]:
    """The categories of each class of live elephants. rows: the estimates over all strata."""
    found = []
    for row in rows:
        if not _ELEPHANT.search(row.class_name) or _DEAD.search(row.class_name) or math.isnan(row.estimate):
            continue
        low, high = (row.estimate, row.estimate) if math.isnan(row.ci_low) else (row.ci_low, row.ci_high)
        seen = 0.0 if math.isnan(row.counted) else row.counted
        definite = min(max(low, seen), row.estimate)
        found.append(Categories(row.class_name, definite, row.estimate - definite, high - row.estimate))
    return found


def carcass_ratios(rows: Sequence[Estimate]) -> list[Carcasses]:
    """The carcass ratio of each species with a class of carcasses. rows: the estimates over all strata."""
    live = {row.class_name: row for row in rows if not _DEAD.search(row.class_name)}
    dead: dict[str, list[Estimate]] = {}
    for row in rows:
        if row.class_name in live:
            continue
        name = re.sub(r"\s+", " ", _DEAD.sub(" ", row.class_name)).strip().casefold()
        fits = [species for species in live if species.casefold() == re.sub(r"\s*\d+$", "", name)]
        if fits or (not re.sub(r"\s*\d+$", "", name) and len(live) == 1):
            dead.setdefault(fits[0] if fits else next(iter(live)), []).append(row)
    found = []
    for species, parts in dead.items():
        d, a = math.fsum(row.estimate for row in parts), live[species].estimate
        if not d + a > 0:
            continue
        variance = (a**2 * math.fsum(row.se**2 for row in parts) + d**2 * live[species].se ** 2) / (d + a) ** 4
        found.append(Carcasses(species, d, a, 100 * d / (d + a), 100 * math.sqrt(variance)))
    return found
