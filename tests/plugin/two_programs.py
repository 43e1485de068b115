"""Two programs at one survey: a person reviews it with the plugin while another program runs commands on it.

    python -m tests.plugin.two_programs SURVEY SECONDS NAME SEED     one reviewer, with the Python of QGIS

prints a line of JSON for each review that was acknowledged: which box, when, and what was said.
"""

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from itertools import combinations_with_replacement
from pathlib import Path

from qgis_plugin.review.file import ChangedError, Detection, ReplacedError, ReviewFile
from qgis_plugin.review.queue import ReviewQueue
from qgis_plugin.review.region_counts import RegionCounts
from qgis_plugin.survey_file import SurveyError
from tests import ROOT
from tests.geopackage_checker import check_geopackage
from tests.plugin.reviewing import counts_layer, herdmap_count, rows

_COMMANDS = """
import contextlib, io, json, sys, time
from detector.cli import main
commands, seconds = json.loads(sys.argv[1]), float(sys.argv[2])
until, done = 0, []
while len(done) <= len(commands) or time.monotonic() < until:
    if len(done) == len(commands):  # what takes long the first time has been loaded
        print("ready", flush=True)
        sys.stdin.readline()
        until = time.monotonic() + seconds
    for command in commands:
        sys.argv = ["herdmap", *(text.replace("{n}", str(len(done))) for text in command)]
        said, code = io.StringIO(), 0
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                main()
        except SystemExit as end:
            code = end.code or 0
        done.append([command[0], code, said.getvalue()[-500:]])
print(json.dumps(done))
"""
_THINKS_S = 0.01  # without any rest, SQLite lets nobody else in
_IN_PLACE = ("count", "estimate", "georeference", "detect")
PAIRS = {
    "count": [["count", "{survey}", "--regions", "{regions}"]],
    "estimate": [["estimate", "{survey}", "--transects", "{transects}", "--strata", "{strata}"]],
    "georeference": [["georeference", "{survey}", "--agl", "21"], ["georeference", "{survey}", "--agl", "20"]],
    "detect": [
        ["detect", "{photos}", "-o", "{survey}", "--regions", "{regions}", "--score", "0.3", "--device", "cpu"],
        ["detect", "{photos}", "-o", "{survey}", "--regions", "{regions}", "--score", "0.6", "--device", "cpu"],
    ],
    "share": [["share", "{survey}", "-o", "{folder}/shared"]],
    "export": [["export", "{survey}", "-o", "{folder}/animals.geojson"]],
    "merge-reviews": [["merge-reviews", "{survey}", "{survey}", "-o", "{folder}/merged {n}.gpkg"]],
}
"""The commands that run beside a review, again and again."""
_BOX = "image, class, xmin, ymin, xmax, ymax"
AT_ONCE = [("count", "detect"), ("estimate", "georeference")]
"""Two of them at once. HERDMAP_PAIR_ALL takes every two, and each beside itself but what writes into one folder."""
if os.environ.get("HERDMAP_PAIR_ALL"):
    AT_ONCE = [two for two in combinations_with_replacement(PAIRS, 2) if two[0] != two[1] or two[0] in _IN_PLACE]


class Reviewer:
    """A person who reviews as fast as the file allows. said: (when, words) of each box, as it was acknowledged."""

    def __init__(self, path: Path, name: str, seed: int) -> None:
        self.queue = ReviewQueue(ReviewFile(path), name)
        self.said: dict[str, tuple[int, list]] = {}
        self.on_said: Callable[[str, tuple[int, list]], None] = lambda box, words: None
        self.refused = 0
        self._rng = random.Random(seed)
        self._drawn = 0

    def work(self, seconds: float) -> None:
        """Review for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.queue.current is None:
                for _ in range(len(self.queue)):
                    self.queue.back()
            try:
                self._step()
            except ReplacedError:
                self.refused += 1
                self.queue.reload(RegionCounts())
            except (ChangedError, SurveyError):
                self.refused += 1
            time.sleep(_THINKS_S)

    def _step(self) -> None:
        queue, kind = self.queue, self._rng.random()
        if kind < 0.05 and self._drawn < 50 and queue.current is not None:
            self._drawn += 1
            x = 20.0 * self._drawn
            box = (x, 10.0 * self._rng.randint(1, 20), x + 3.0, 205.0)
            written = queue.add(
                Detection(0, queue.current.image, queue.reviewer, None, box, 1, *[None] * 6, queue.current.ring)
            )
        elif kind < 0.15 and queue.can_undo:
            undone = queue.steps[-1]
            queue.undo()
            for before, after in undone.changes:
                if before is None:  # a drawn box is gone
                    self._note(after, [])
                else:
                    self._note(before, list(before.words[:3]))
            return
        elif queue.current is not None:
            if kind < 0.6:
                queue.confirm()
            elif kind < 0.9:
                queue.reject()
            else:
                queue.relabel("goat")
        else:
            return
        for _, written in queue.steps[-1].changes:
            self._note(written, list(written.words[:3]))

    def _note(self, one: Detection, words: list) -> None:
        self.said[_key(one)] = (time.time_ns(), words)
        self.on_said(_key(one), self.said[_key(one)])


def _key(one: Detection) -> str:
    return json.dumps([one.image, one.class_name, *(one.box_px or ())])


def beside(python: str, path: Path, seconds: float, *programs: list[list[str]]) -> list[subprocess.Popen]:
    """Other programs, each of which runs its commands on the survey for so long; returns once all of them begin."""
    places = {"survey": path, "folder": path.parent}
    for name in ("photos", "regions.gpkg", "transects.gpkg", "strata.csv"):
        places[name.split(".")[0]] = path.with_name(name)
    running = []
    for commands in programs:
        filled = [[_filled(text, places) for text in command] for command in commands]
        running.append(
            subprocess.Popen(
                [python, "-P", "-c", _COMMANDS, json.dumps(filled), str(seconds)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                stdin=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            )
        )
    for one in running:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n", one.stderr.read() if one.stderr else ""
    for one in running:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    return running


def _filled(text: str, places: dict[str, Path]) -> str:
    for name, place in places.items():
        text = text.replace("{" + name + "}", str(place))
    return text


def ended(running: subprocess.Popen) -> list:
    """What the commands did: (name, exit code, what was printed) of each."""
    out, err = running.communicate(timeout=120)
    assert running.returncode == 0, err[-2000:]
    return json.loads(out)


def reviewer(path: Path, seconds: float, name: str, seed: int) -> subprocess.Popen:
    """Another person who reviews in another process; returns once they begin."""
    command = [sys.executable, "-m", "tests.plugin.two_programs", str(path), str(seconds), name, str(seed)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    return running


def said_by(running: subprocess.Popen) -> dict[str, tuple[int, list]]:
    """What that person said, as it was acknowledged, until they ended or were killed."""
    assert running.stdout is not None
    # Not `communicate`: it reads past what `readline` took ahead of it, so the first words would be lost.
    with running:
        lines = [line for line in running.stdout if line.endswith("\n")]  # a kill may leave half a line
    return {box: tuple(words) for box, words in map(json.loads, lines)}


def lost(path: Path, said: dict[str, tuple[int, list]]) -> list[str]:
    """The boxes whose last acknowledged review is not in the file."""
    query = f"SELECT {_BOX}, review, reviewed_class, reviewer FROM detections"
    there = {json.dumps([*row[:6]]): list(row[6:]) for row in rows(path, query)}
    nothing = [[], ["unreviewed", None, None]]  # an undone review of a box that a later search does not find
    found = {box: (words, there.get(box, [])) for box, (_, words) in said.items()}
    return [
        json.dumps([box, words, now])
        for box, (words, now) in found.items()
        if words != now and not (words in nothing and now in nothing)
    ]


def animals_of(path: Path, boxes: list[str]) -> set:
    """The animals that these boxes show: a step of a review says the same of each photo that shows one."""
    there = {json.dumps([*row[:6]]): row[6] for row in rows(path, f"SELECT {_BOX}, animal_id FROM detections")}
    return {box if there.get(box) is None else there[box] for box in boxes}


def check(path: Path, python: str) -> None:
    """The file is whole, keeps the contract, and its counts are those that `herdmap count` makes."""
    check_geopackage(path)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    expected = {cell: number for cell, number in herdmap_count(python, path).items() if number}
    assert {cell: number for cell, number in counts_layer(path).items() if number} == expected
    for end in ("-journal", "-wal"):
        assert not path.with_name(path.name + end).exists()


def main() -> None:
    path, seconds, name, seed = sys.argv[1:]
    reviewer = Reviewer(Path(path), name, int(seed))
    reviewer.on_said = lambda box, words: print(json.dumps([box, words]), flush=True)
    print("ready", flush=True)
    reviewer.work(float(seconds))


if __name__ == "__main__":
    main()
