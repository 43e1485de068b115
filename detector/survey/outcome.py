"""The outcome of a run, for the calling program and for a person."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from detector.search.timing import Profile
from geo.tables import Counts

REASONS_SHOWN = 10


@dataclass(frozen=True)
class Outcome:
    """The result of `detect`.

    Attributes:
        output: The survey's file.
        images: The number of images.
        failed: How many images failed.
        detections: The number of detections.
        cancelled: Whether the run was cancelled.
        counts: The counts in regions, or None without regions.
        animals: How many detections count. An animal in several images counts once.
        tiles: How many tiles were searched.
        gated: How many tiles the gate held back; None without a gate.
        reasons: Why images failed, and how many for each reason, the most common first.
        pending: How many images have damaged parts. The next run searches them.
        tiles_by_class: The number of tiles of each class, for a tile classifier. A tile may have several classes.
        labelled: How many tiles have a label, for a tile classifier.
        profile: How long each stage took.
    """

    output: Path
    images: int
    failed: int
    detections: int
    cancelled: bool = False
    counts: Counts | None = None
    animals: int = 0
    tiles: int = 0
    gated: int | None = None
    reasons: tuple[tuple[str, int], ...] = ()
    pending: int = 0
    tiles_by_class: Mapping[str, int] | None = None
    labelled: int | None = None
    profile: Profile = field(default_factory=Profile)

    def summary(self) -> str:
        """One line for a person, one for a gate, and one for each reason why images failed."""
        images = "1 image" if self.images == 1 else f"{self.images} images"
        failed = f", {self.failed} failed (see the layer 'images')" if self.failed else ""
        pending = f", {self.pending} pending: run the same command again" if self.pending else ""
        found = f"{self.detections} detections"
        if self.animals < self.detections:
            found += f" of {self.animals} animals"
        if self.tiles_by_class is not None:
            each = ", ".join(f"{number} {name}" for name, number in self.tiles_by_class.items())
            number = self.labelled if self.labelled is not None else sum(self.tiles_by_class.values())
            found = f"{number} labelled tiles ({each})"
        lines = [f"{self.output}: {found} in {images}{failed}{pending}"]
        lines += [f"  {number} failed: {why}" for why, number in self.reasons[:REASONS_SHOWN]]
        if more := self.reasons[REASONS_SHOWN:]:
            lines.append(f"  {sum(number for _, number in more)} failed for {len(more)} other reasons")
        if self.gated is not None:
            share = f" ({self.gated / self.tiles:.1%})" if self.tiles else ""
            lines.append(f"the gate skipped {self.gated} of {self.tiles} tiles{share}")
        return "\n".join(lines)


def by_reason(reasons: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """(reason, how many images), the most common first. Reasons that differ only in numbers count as one."""
    alike: dict[str, list[str]] = {}
    for why in reasons:
        alike.setdefault(re.sub(r"\d+", "0", why), []).append(why)
    return tuple(sorted(((of[0], len(of)) for of in alike.values()), key=lambda each: -each[1]))
