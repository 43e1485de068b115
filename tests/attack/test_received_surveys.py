"""A survey that somebody sent is refused in one short line, or used: no command fails in another way, or hangs."""

import os
import shutil
import time
from pathlib import Path

import pytest

from tests.attack.received_surveys import CHANGES, changed
from tests.command_line import HerdmapHere
from tests.detector.cli.conftest import here
from tests.surveys import small

__all__ = ["here"]  # a fixture

COMMANDS: dict[str, tuple[str, ...]] = {
    "count": ("count", "{f}/a.gpkg", "--regions", "{f}/regions.geojson", "-o", "{f}/counts.csv"),
    "export": ("export", "{f}/a.gpkg", "-o", "{f}/animals.csv"),
    "share": ("share", "{f}/a.gpkg", "-o", "{f}/shared"),
    "export-data": ("export-data", "{f}/a.gpkg", "-o", "{f}/coco.json"),
    "georeference": ("georeference", "{f}/a.gpkg", "--agl", "100"),
    "merge-reviews": ("merge-reviews", "{f}/a.gpkg", "{f}/good.gpkg", "-o", "{f}/merged.gpkg"),
    "sample": ("sample", "{f}/a.gpkg", "--positive", "1", "-o", "{f}/sample.csv"),
    "geojson": ("export", "{f}/a.gpkg", "-o", "{f}/animals.geojson"),
}
# All commands on each change take minutes: each change gets one, in turn. With HERDMAP_ALL it gets all of them.
SOME = len(COMMANDS) if os.environ.get("HERDMAP_ALL") else 1


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    small.write(folder / "good.gpkg", with_counts=True)
    ring = "[[36.0,-2.8],[36.1,-2.8],[36.1,-2.6],[36.0,-2.6],[36.0,-2.8]]"
    (folder / "regions.geojson").write_text(
        f'{{"type":"Feature","properties":{{"name":"a"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}'
    )
    return folder


def run(here: HerdmapHere, good: Path, folder: Path, what: str, commands: list[str]) -> list[str]:
    """What commands said of a changed survey that they should not have said."""
    wrong = []
    for number, name in enumerate(commands):
        place = folder / str(number)
        shutil.copytree(good, place)
        shutil.copy(place / "good.gpkg", place / "a.gpkg")
        changed(place / "a.gpkg", CHANGES[what])
        began = time.monotonic()
        end = here(*(word.replace("{f}", str(place)) for word in COMMANDS[name]))
        last = [line for line in end.err.splitlines() if line.startswith("herdmap: ")][-1:]
        if (
            end.code not in (0, 1, 2)
            or (end.code == 2 and (len(last) != 1 or len(last[0]) > 300))
            or time.monotonic() - began > 30
        ):
            wrong.append(f"{name}: {end.code} after {time.monotonic() - began:.0f} s: {end.err[-300:]}")
    return wrong


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_survey(here: HerdmapHere, good: Path, tmp_path: Path, what: str) -> None:
    first = list(CHANGES).index(what)
    names = [*COMMANDS, *COMMANDS]
    start = first % len(COMMANDS)
    assert run(here, good, tmp_path, what, names[start : start + SOME]) == []


def test_a_good_survey_is_used_by_all_commands(here: HerdmapHere, good: Path, tmp_path: Path) -> None:
    place = tmp_path / "a"
    shutil.copytree(good, place)
    shutil.copy(place / "good.gpkg", place / "a.gpkg")
    ended = {name: here(*(word.replace("{f}", str(place)) for word in words)) for name, words in COMMANDS.items()}
    # Of the others nothing is wrong but what this survey lacks: photos on the disk, and complete reviews.
    lacks = {"georeference", "export-data"}
    assert {name: end.err for name, end in ended.items() if end.code not in (0, 1) and name not in lacks} == {}
