"""What a run reports while it works, and how it asks whether to stop."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Progress:
    """How far a run is. `detections` are the raw boxes above the threshold, before merging."""

    tiles_done: int
    images_done: int
    detections: int
    tiles_per_s: float
    eta_s: float


class Watcher:
    """Gets the reports of a run, and says whether to stop. This one ignores them; a caller overrides what it needs."""

    def planned(self, images: int, tiles: int, tiles_done: int) -> None:
        """The work is known: `tiles` in all, of which earlier runs did `tiles_done`."""

    def further(self, images: int, tiles: int) -> None:
        """Some places are searched again after the plan, so that the run has `tiles` in all."""

    def progress(self, progress: Progress) -> None:
        """A unit is done."""

    def image_failed(self, image: str, reason: str) -> None:
        """An image could not be read. The others continue."""

    def warning(self, text: str) -> None:
        """A warning for the user."""

    def matching(self, pairs_done: int, pairs: int) -> None:
        """Of `pairs` of overlapping photos, `pairs_done` have been matched by their pixels."""

    def step(self, doing: Literal["headers", "chips"], images_done: int, images: int) -> None:
        """Work without a search: of `images`, `images_done` have their headers read, or their chips cut."""

    def gated(self, skipped: int, tiles: int) -> None:
        """A gate held back `skipped` of all `tiles`."""

    def labelled(self, tiles: Mapping[str, int]) -> None:
        """The number of tiles of each class that a tile classifier found."""

    def writing(self) -> None:
        """The output is about to be written. A cancel comes too late from now on."""

    def taught(
        self,
        numbers: Mapping[str, float],
        photos: int,
        fit_to_count: bool,
        page: Path,
        beside_find: Mapping[str, int | str],
    ) -> None:
        """How good a model is that was taught: `numbers` on so many `photos` that were held out, and its page.

        beside_find: what it and `find` found on the same photos; empty if they were not compared.
        """

    def done(self, output: Path, images: int, failed: int, detections: int) -> None:
        """The output is written."""

    def cancelled(self) -> bool:
        """Whether to stop; asked before every batch of tiles."""
        return False
