"""Tells the user what has changed since the last run: which images are searched again, and why.

This is only a report. The names of the parts alone decide what is searched.
"""

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detector.search.storage import LocalFolder
from detector.search.units import Unit
from detector.survey import versions
from detector.survey.planning import Plan
from detector.survey.versions import Versions

_NAME = "last-run.json"
_SHOWN = 3


@dataclass(frozen=True)
class LastRun:
    """What the last run left for this report.

    Attributes:
        settings: The settings that parts depend on, in a person's words.
        images: The size and the time of change of each image; empty for one that could not be read.
        searched_with: The sets of versions with which the existing parts may have been searched.
    """

    settings: Mapping[str, Any]
    images: Mapping[str, Sequence[int]]
    searched_with: Sequence[Versions] = ()

    @classmethod
    def of(cls, work: Plan, searched_with: Sequence[Versions] = ()) -> "LastRun":
        """What `work` will leave for the next run."""
        settings = {
            "the model": [f"{work.model.name} {work.model.version}".strip(), work.model_sha256],
            "the tile size": work.settings.tile_size or work.model.tile_size,
            "the overlap": work.overlap,
            "the chips": work.settings.chips,
            "the precision": work.precision.name,
            "the gate": work.gate and [work.gate.sha256, work.gate.threshold],
        }
        infos = {image.relative: image.info for image in work.images}
        images = {n: [] if i is None else [i.file_size, i.mtime_ns] for n, i in infos.items()}
        return cls(settings, images, searched_with)

    @classmethod
    def read(cls, folder: Path) -> "LastRun | None":
        """Read what the last run left in the folder. None if there was no run, or if it cannot be read."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            data = LocalFolder(folder).read(_NAME)
            if data is not None:
                found = json.loads(data)
                settings = {_in_words(name): value for name, value in found["settings"].items()}
                sets = [{str(n): str(v) for n, v in one.items()} for one in found.get("searched_with", ())]
                return cls(settings, dict(found["images"]), sets)
        return None

    def write(self, folder: Path) -> None:
        """Leave this for the next run. Raises OSError if the folder cannot be written."""
        text = json.dumps({"settings": self.settings, "images": self.images, "searched_with": self.searched_with})
        LocalFolder(folder).write(_NAME, text.encode())


def said(before: LastRun | None, work: Plan, pending: Sequence[Sequence[Unit]]) -> list[str]:
    """What a person should know, one line each; empty if this run only continues the last one.

    Args:
        before: What the last run left.
        work: The plan.
        pending: For each image, the units that will be searched.
    """
    if before is None:
        return []
    now = LastRun.of(work)
    lines = []
    searched = [image for image, units in zip(work.images, pending, strict=True) if units]
    other = [name for name, value in now.settings.items() if before.settings.get(name, value) != value]
    known = [image.relative for image in searched if image.relative in before.images]
    changed = [name for name in known if before.images[name] and list(before.images[name]) != now.images[name]]
    if other and known:
        what = ", ".join(other) + (" is" if len(other) == 1 else " are")
        lines.append(f"{what} different from the last run: {_images(len(known))} searched again")
    elif changed:
        lines.append(f"changed since the last run and searched again: {_named(changed)}")
    new = [image.relative for image in searched if image.relative not in before.images]
    if new:
        lines.append(f"new since the last run and searched now: {_named(new)}")
    here = {image.relative for image in work.images}
    if gone := [name for name in before.images if name not in here]:
        lines.append(f"in the last run but not among the inputs now: {_named(gone)}; only the reviews are kept")
    return lines


def searched_with(
    before: LastRun | None, pending: Sequence[Sequence[Unit]], units: int, now: Versions
) -> tuple[list[Versions], list[str]]:
    """The sets of versions with which parts will have been searched after this run, and a line if there are several.

    Args:
        before: What the last run left.
        pending: For each image, the units that will be searched.
        units: The units of all images.
        now: The versions of this run.
    """
    new = sum(map(len, pending))
    kept = list(before.searched_with) if before is not None and new < units else []
    sets = [*kept, *([now] if (new or not kept) and now not in kept else [])]
    return sets, versions.said(kept, now)


def _in_words(setting: str) -> str:
    """The present name of a setting. Earlier versions wrote the name of its option."""
    return f"the {setting[2:].replace('-', ' ')}" if setting.startswith("--") else setting


def _images(number: int) -> str:
    return "1 image is" if number == 1 else f"{number} images are"


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{len(names)} images ({shown}, ...)"
