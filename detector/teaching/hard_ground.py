"""Ground that a model takes for animals while it learns: it learns from that too, as from what people rejected.

In large photos with few animals, nearly all ground is left out of the first patches. A part of it is looked at here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.teaching import patches
from detector.teaching.lessons import Lesson
from detector.teaching.patches import Patch, Window

MOST_LOOKED_AT = 120
"""Windows that are looked at beside the patches, and patches."""
_MOST_WINDOWS = 40  # that are taken to be learnt from
_MOST_OF_PATCH = 3
_LOWEST = 0.15  # score
_NEAR = 0.7  # of an animal's sides: a detection that is no farther from its middle is no mistake

Detect = Callable[[NDArray[np.uint8]], Detections]
"""From (1, H, W, 3) uint8 to detections, px of it."""


@dataclass
class Hard:
    """Hard ground.

    Attributes:
        windows: Windows that are learnt from as well.
        middles: (patch, x, y) of each mistake, patch px. The windows count as patches after the first ones.
    """

    windows: list[Window] = field(default_factory=list)
    middles: list[tuple[int, float, float]] = field(default_factory=list)

    def plain(self) -> dict[str, list[tuple[float, ...]]]:
        """As numbers, for a checkpoint."""
        return {"windows": [(one.photo, *one.box) for one in self.windows], "middles": list(self.middles)}

    @classmethod
    def of(cls, plain: Mapping[str, Sequence[Sequence[float]]]) -> "Hard":
        """Of what `plain` gave."""
        windows = [
            Window(int(photo), (int(x0), int(y0), int(x1), int(y1))) for photo, x0, y0, x1, y1 in plain["windows"]
        ]
        return cls(windows, [(int(number), float(x), float(y)) for number, x, y in plain["middles"]])

    def among(self, known: Sequence[Patch], lessons: Sequence[Lesson], zoom: float) -> list[Patch]:
        """The patches and those of the windows, with the mistakes as rejected detections."""
        found = [*known, *patches.cut(lessons, self.windows, zoom)]
        for number, x, y in self.middles:
            found[number] = replace(found[number], rejected=np.vstack([found[number].rejected, [[x, y]]]))
        return found


def hard_ground(
    known: Sequence[Patch], spare: Sequence[Window], lessons: Sequence[Lesson], zoom: float, detect: Detect
) -> Hard:
    """Where a model that has learnt for a while finds animals that nobody marked.

    Args:
        known: The patches that it learns from.
        spare: The windows that it does not learn from.
        lessons: Of the photos.
        zoom: Of the patches.
        detect: The model.
    """
    hard = Hard()
    for number in _evenly(len(known)):
        hard.middles += [(number, x, y) for _, x, y in _mistakes(known[number], detect)]
    looked = [spare[place] for place in _evenly(len(spare))]
    worst: list[tuple[float, Window, list[tuple[float, float, float]]]] = []
    for photo in dict.fromkeys(window.photo for window in looked):  # one photo in memory at a time
        own = [window for window in looked if window.photo == photo]
        for window, patch in zip(own, patches.cut(lessons, own, zoom), strict=True):
            if wrong := _mistakes(patch, detect):
                worst.append((wrong[0][0], window, wrong))
    for _, window, wrong in sorted(worst, key=lambda one: -one[0])[:_MOST_WINDOWS]:
        hard.middles += [(len(known) + len(hard.windows), x, y) for _, x, y in wrong]
        hard.windows.append(window)
    return hard


def _evenly(number: int) -> list[int]:
    """At most MOST_LOOKED_AT of so many, evenly spread."""
    places: list[int] = np.unique(np.linspace(0, number - 1, min(number, MOST_LOOKED_AT)).round().astype(int)).tolist()
    return places


def _mistakes(patch: Patch, detect: Detect) -> list[tuple[float, float, float]]:
    """(score, x, y) of what is found and is neither an animal nor on unknown ground, the surest first."""
    found = detect(patch.scene.pixels.permute(1, 2, 0)[None].contiguous().numpy())
    middles = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2
    wrong = found.scores >= _LOWEST
    for box, crowd in zip(patch.scene.boxes_px, patch.scene.crowd.tolist(), strict=True):
        reach = (box[2:] - box[:2]) * (0.5 if crowd else _NEAR)
        wrong &= ~(np.abs(middles - (box[:2] + box[2:]) / 2) <= reach).all(axis=1)
    rows = np.flatnonzero(wrong)
    rows = rows[np.argsort(-found.scores[rows], kind="stable")][:_MOST_OF_PATCH]
    return [(float(found.scores[row]), float(middles[row, 0]), float(middles[row, 1])) for row in rows.tolist()]
