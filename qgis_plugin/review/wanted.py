"""What to review, and in which order."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ..counting_rule import CONFIRMED, REJECTED, UNREVIEWED
from .file import Detection
from .region_counts import RegionCounts

SCORE, LOWEST_SCORE, REGION, SAMPLE, DOUBT = "score", "lowest score", "region", "sample", "doubt"
ORDERS = (SCORE, LOWEST_SCORE, REGION, SAMPLE, DOUBT)
SEEN_ONCE, ADDED, NOTED, ALL = "seen once", "added", "noted", "all"
STATES = (UNREVIEWED, SEEN_ONCE, CONFIRMED, REJECTED, ADDED, NOTED, ALL)


@dataclass(frozen=True)
class Wanted:
    """What to review. order: one of ORDERS. classes: empty for all. lowest, highest: scores, both included.

    size, seed: of a sample. The same seed gives the same sample in every copy of a survey, whatever is reviewed
    already. A larger sample contains the smaller one. state: one of STATES. reviewer: empty for all; else only what
    this person reviewed.
    """

    order: str = SCORE
    classes: Collection[str] = ()
    lowest: float = 0.0
    highest: float = 1.0
    size: int = 100
    seed: int = 0
    state: str = UNREVIEWED
    reviewer: str = ""


def in_state(one: Detection, wanted: Wanted) -> bool:
    """Whether a detection is in the wanted state."""
    if wanted.reviewer and one.reviewer != wanted.reviewer:
        return False
    if wanted.state == ALL:
        return True
    if wanted.state == NOTED:
        return bool(one.note)
    if wanted.state == ADDED:
        return one.by_hand and one.review != REJECTED
    if wanted.state == SEEN_ONCE:
        return one.review == UNREVIEWED
    return one.review == wanted.state and not (one.by_hand and one.review == CONFIRMED)


def in_order(
    animals: Iterable[Detection],
    wanted: Wanted,
    regions: RegionCounts,
    seen: Mapping[int, tuple[int, int]] | None = None,
) -> list[Detection]:
    """The wanted ones of these animals, whatever their state. Of a sample, all that were drawn.

    animals: a detection for each. seen: by fid, the photos that show the animal and those that look there.
    """
    alone = None
    if wanted.state == SEEN_ONCE:
        alone = {fid for fid, (photos, looks) in (seen or {}).items() if photos == 1 and looks > 1}
    by_hand = wanted.state in (ADDED, NOTED, ALL, REJECTED)
    chosen = [
        one
        for one in in_choice(animals, wanted)
        if (by_hand or not one.by_hand) and (alone is None or one.fid in alone)
    ]
    if wanted.order == SAMPLE:
        return sorted(chosen, key=lambda one: drawn_by_lot(wanted.seed, one))[: max(0, wanted.size)]
    if wanted.order == REGION:
        chosen.sort(key=lambda one: (regions.rank(one), one.image, one.box_px or (), one.fid))
    elif wanted.order == DOUBT:
        chosen.sort(key=lambda one: (certainty(one, (seen or {}).get(one.fid)), one.fid))
    else:
        sign = 1 if wanted.order == LOWEST_SCORE else -1
        chosen.sort(key=lambda one: (sign * (one.score or 0.0), one.fid))
    return chosen


def in_choice(animals: Iterable[Detection], wanted: Wanted) -> list[Detection]:
    """Those of the wanted classes and scores. What has no score is wanted with any."""
    classes = set(wanted.classes)
    return [
        one
        for one in animals
        if (not classes or one.is_a in classes)
        and wanted.lowest <= (one.score if one.score is not None else wanted.highest) <= wanted.highest
    ]


def certainty(one: Detection, seen: tuple[int, int] | None = None) -> float:
    """How sure an animal is, 0 to 1: its score, less that of the second best class, and where several photos look.

    An animal that one of four photos shows is half as sure as one that all show. seen: photos that show it, photos that
    look there.
    """
    sure = one.score if one.score is not None else 1.0
    if one.runner_up is not None and one.runner_up[1] is not None:
        sure = max(0.0, sure - one.runner_up[1])
    if seen is not None and seen[1] > 1:
        sure *= (seen[0] / seen[1]) ** 0.5
    return sure


def drawn_by_lot(seed: int, one: Detection) -> bytes:
    """A random number for a detection, from its position in its image: the same in every copy of a survey."""
    place = "" if one.box_px is None else " ".join(f"{value:.2f}" for value in one.box_px)
    return hashlib.blake2b(f"{seed}\n{one.image}\n{place}".encode("utf-8", "replace"), digest_size=8).digest()
