"""Keeps a run's own record: its metrics as JSON lines beside the model, and a picture of them while it trains."""

import json
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from detector.training.tracker import Start, Tracker
from geo.output import whole

DRAWN_EVERY_S = 30.0


class Record(Tracker):
    """Writes `<name>.metrics.jsonl` (one object a line, with its `step`) and `<name>.<table>.txt`.

    If matplotlib is installed, it also draws `<name>.svg`: after validations, at most every DRAWN_EVERY_S, and at the
    end.
    """

    in_folder = True

    def __init__(self) -> None:
        self._start: Start
        self._drawn = -DRAWN_EVERY_S

    def started(self, start: Start) -> None:
        self._start = start
        kept = [line for line in read_record(self._lines) if line["step"] <= start.first_step]
        with whole(self._lines) as part:
            part.write_text("".join(json.dumps(line) + "\n" for line in kept if start.first_step))

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        with self._lines.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, **values}) + "\n")
        judged = any(name.startswith("validation/") for name in values)
        if judged and time.monotonic() - self._drawn >= DRAWN_EVERY_S:
            self._draw()

    def text(self, name: str, text: str) -> None:
        with whole(self._file(f"{name}.txt")) as part:
            part.write_text(text + "\n", encoding="utf-8")

    def ended(self, error: str | None) -> None:
        self._draw()

    def _draw(self) -> None:
        if find_spec("matplotlib") is not None:
            from detector.training.plot import draw_run

            draw_run(read_record(self._lines), self._start, self._file("svg"))
            self._drawn = time.monotonic()

    @property
    def _lines(self) -> Path:
        return self._file("metrics.jsonl")

    def _file(self, ending: str) -> Path:
        return self._start.folder / f"{self._start.name}.{ending}"


def read_record(path: Path) -> list[dict[str, Any]]:
    """The lines of a run's record; [] if there is none. If a kill cut the last line short, that line is left out."""
    if not path.exists():
        return []
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            continue
    return lines
