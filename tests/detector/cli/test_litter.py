"""What a command leaves when it is killed just before its output gets its name: the next run of it clears that away."""

import os
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from detector.cli import main
from geo import output
from tests.command_line import HerdmapHere
from tests.surveys import small

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")
COMMANDS = {
    "count": ("count", "{f}/a.gpkg", "--regions", "{f}/regions.geojson", "-o", "{f}/counts.csv"),
    "share": ("share", "{f}/a.gpkg", "-o", "{f}/shared"),
    "merge-reviews": ("merge-reviews", "{f}/a.gpkg", "{f}/b.gpkg", "-o", "{f}/merged.gpkg"),
    "export": ("export", "{f}/a.gpkg", "-o", "{f}/animals.shp"),
    "export-data": ("export-data", "{f}/a.gpkg", "-o", "{f}/coco.json", "--photos", "touched"),
    "sample": ("sample", "{f}/a.gpkg", "--positive", "1", "-o", "{f}/sample.csv"),
    "estimate": ("estimate", "--transects", "{f}/transects.csv", "--strata", "{f}/strata.csv", "-o", "{f}/e.csv"),
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    small.write(folder / "a.gpkg", with_counts=True)
    shutil.copy(folder / "a.gpkg", folder / "b.gpkg")
    ring = "[[36.0,-2.8],[36.1,-2.8],[36.1,-2.6],[36.0,-2.6],[36.0,-2.8]]"
    (folder / "regions.geojson").write_text(
        f'{{"type":"Feature","properties":{{"name":"a"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}'
    )
    (folder / "transects.csv").write_text("stratum,transect,class,count,area_km2\nA,1,sheep,5,1\nA,2,sheep,7,1\n")
    (folder / "strata.csv").write_text("stratum,area_km2\nA,100\n")
    return folder


def killed(arguments: list[str]) -> None:
    """Run a command in a process that kills itself when its output is about to get its name."""
    child = os.fork()
    if child == 0:
        output._keep_access = lambda old, new: os.kill(os.getpid(), signal.SIGKILL)
        try:
            main(arguments)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("name", COMMANDS)
def test_the_next_run_clears_away_what_a_killed_one_left(
    here: HerdmapHere, good: Path, tmp_path: Path, name: str
) -> None:
    place = tmp_path / "a"
    shutil.copytree(good, place)
    arguments = [word.replace("{f}", str(place)) for word in COMMANDS[name]]
    before = {entry.name for entry in place.iterdir()}
    killed(arguments)
    left = {entry.name for entry in place.iterdir()} - before
    assert any(entry.endswith(".partial") for entry in left)
    assert here(*arguments).code == 0
    after = {entry.name for entry in place.iterdir()}
    assert not [entry for entry in after if entry.endswith((".partial", "-journal", "-wal"))]
    for survey in place.glob("*.gpkg"):
        with closing(sqlite3.connect(survey)) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
