"""The sample of photos that `herdmap sample` draws: read in its order, and marked when a photo is searched."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from pathlib import Path

from ..survey_file import SurveyError
from ..translation import tr

_YES = ("yes", "y", "1", "true", "x", "done")
_SEARCHED = "searched"  # how such photos are called
_LARGEST = 64 * 1024 * 1024  # bytes


class Sample:
    """A CSV of sampled photos. Raises SurveyError.

    photos: the paths of those that were drawn, in the order to review them. Those with detections and those without
    take turns, so that whoever stops has reviewed both. What people had searched before the draw is not among them.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        rows = self._read()
        photo, order, called = (rows[0].index(name) for name in ("photo", "order", "called"))
        try:
            found = sorted(
                (int(row[order]), row[called].strip() == "empty", row[photo])
                for row in rows[1:]
                if any(row) and row[called].strip() != _SEARCHED
            )
        except (ValueError, IndexError) as error:
            raise SurveyError(tr("{} is not a sample of herdmap: {}").format(self.path.name, error)) from error
        self.photos = [name for _, _, name in found]

    def marked(self) -> set[str]:
        """Those of the photos that are marked as reviewed."""
        rows = self._read()
        photo, mark = rows[0].index("photo"), rows[0].index("reviewed")
        done = {row[photo] for row in rows[1:] if len(row) > mark and row[mark].strip().casefold() in _YES}
        return done.intersection(self.photos)

    def mark(self, name: str, reviewed: bool = True) -> None:
        """Write that a photo is reviewed, or that it is not. The file is replaced whole, or stays as it is."""
        rows = self._read()
        photo, mark = rows[0].index("photo"), rows[0].index("reviewed")
        for row in rows[1:]:
            if len(row) > photo and row[photo] == name:
                row += [""] * (mark + 1 - len(row))
                row[mark] = "yes" if reviewed else ""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        try:
            # Under a name that nobody can have put a link at.
            number, part = tempfile.mkstemp(".partial", f"{self.path.name}.", self.path.parent)
            with os.fdopen(number, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
                file.write(text.getvalue())
                file.flush()
                os.fsync(file.fileno())
            Path(part).replace(self.path)
        except OSError as error:
            raise SurveyError(tr("{} cannot be written: {}").format(self.path.name, error.strerror)) from error

    def _read(self) -> list[list[str]]:
        try:
            if self.path.stat().st_size > _LARGEST:
                raise SurveyError(tr("{} is too large for a sample.").format(self.path.name))
            with self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
                rows = list(csv.reader(file))
        except OSError as error:
            raise SurveyError(tr("{} cannot be read: {}").format(self.path.name, error.strerror)) from error
        except csv.Error as error:
            raise SurveyError(tr("{} is not a sample of herdmap: {}").format(self.path.name, error)) from error
        head = [name.strip().casefold() for name in rows[0]] if rows else []
        for name in ("called", "order", "photo", "reviewed"):
            if name not in head:
                raise SurveyError(tr("{} is not a sample of herdmap: it has no column {}").format(self.path.name, name))
        return [head, *rows[1:]]
