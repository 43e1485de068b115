"""What a run reports while it works, and how it asks whether to stop."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Progress:
    """How far a run is. `detections` are raw boxes above the threshold, before merging."""

    tiles_done: int
    images_done: int
    detections: int
    tiles_per_s: float
    eta_s: float


class Watcher:
    """What a run tells while it works, and asks. This one is silent; a caller overrides what it wants to hear."""

    def planned(self, images: int, tiles: int, tiles_done: int) -> None:
        """The work is known: of `tiles` in all, `tiles_done` were done by an earlier run."""

    def progress(self, progress: Progress) -> None:
        """A unit is done."""

    def image_failed(self, image: str, reason: str) -> None:
        """An image could not be read; the others go on."""

    def warning(self, text: str) -> None:
        """Something that the user should know."""

    def matching(self, pairs_done: int, pairs: int) -> None:
        """Of `pairs` of overlapping photos, so many are matched by their pixels."""

    def gated(self, skipped: int, tiles: int) -> None:
        """A gate kept `skipped` of all `tiles` from the detector."""

    def labelled(self, tiles: Mapping[str, int]) -> None:
        """How many tiles a tile classifier found of each class."""

    def done(self, output: Path, images: int, failed: int, detections: int) -> None:
        """The output is written."""

    def cancelled(self) -> bool:
        """Whether to stop; asked before every batch of tiles."""
        return False
