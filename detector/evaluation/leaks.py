"""Photos and flights that are both in the training data and in an evaluation."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from detector.errors import InputError
from detector.labels.formats import TO_LEARN, names_in, read_labels
from detector.labels.labelled import LabelledImage


def refuse_leaks(data: Path, photos: Sequence[LabelledImage], trained_on: Sequence[Path]) -> None:
    """Refuse photos and flights that the model was trained on: results on them say nothing about other photos."""
    for coco in trained_on:
        seen = read_labels(coco, coco.parent, names_in(coco, splits=TO_LEARN), splits=TO_LEARN)
        for what, ours, theirs in (
            ("photos", [p.name for p in photos], [p.name for p in seen]),
            ("flights", *([p.flight for p in side if "flight" in p.columns] for side in (photos, seen))),
        ):
            if shared := _in_both(ours, theirs):
                raise InputError(
                    f"{data}: {len(shared)} of its {what} are also in {coco}, on which the model was trained (the "
                    f"first: {shared[0]}); evaluate it on {what} that it has not seen"
                )


def _in_both(ours: Iterable[str], theirs: Iterable[str]) -> list[str]:
    """Our names that are also among theirs.

    Photos of the same name in two folders are different photos. A name without a folder may be any of them.
    """
    ends: dict[str, list[str]] = defaultdict(list)
    for name in set(theirs):
        ends[name.rpartition("/")[2]].append(name)
    return sorted(
        name
        for name in set(ours)
        if any(
            f"/{a}".endswith(f"/{b}") or f"/{b}".endswith(f"/{a}")
            for a in [name]
            for b in ends[name.rpartition("/")[2]]
        )
    )
