"""Outputs that cannot be written, each through the command line."""

import ctypes
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from geo import geopackage, vector
from tests.command_line import (
    ENVIRONMENT,
    PROCESS,
    Ended,
    HerdmapHere,
    everything_in,
    herdmap,
    loaded,
)
from tests.detector.cli.test_bad_input import refused
from tests.systems import posix


def test_outputs_that_cannot_be(survey: Path, here: HerdmapHere, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(survey)
    (survey / "folder.gpkg").mkdir()
    (survey / "text.gpkg").write_text("my notes")
    (survey / "half.gpkg").write_bytes(b"SQLite format 3\0" + bytes(500))
    with closing(sqlite3.connect(survey / "other.gpkg")) as db, db:
        db.execute("CREATE TABLE mine (a)")
    before = everything_in(survey)
    for output, words in {
        "out.txt": ["out.txt", "ends in .gpkg"],
        "out": ["ends in .gpkg"],
        "": ["empty", "give a path"],
        "nowhere/out.gpkg": ["nowhere", "does not exist", "make it"],
        "mosaic.tif/out.gpkg": ["mosaic.tif", "does not exist"],
        "folder.gpkg": ["is a folder", "expected the name of a file"],
        "text.gpkg": ["not a GeoPackage", "choose another output"],
        "half.gpkg": ["not a GeoPackage", "choose another output"],
        "other.gpkg": ["not a GeoPackage", "choose another output"],
    }.items():
        refused(here("detect", "mosaic.tif", "-o", output), *words)
        assert everything_in(survey) == before, output


def test_a_geopackage_of_somebody_else_is_refused_before_the_run(survey: Path, here: HerdmapHere) -> None:
    square = np.array([[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]], float)
    vector.write_polygons(survey / "out.gpkg", "parks", [square], {"name": ["a"]}, None)
    before = everything_in(survey)
    refused(here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg"), "not the GeoPackage of a survey")
    assert everything_in(survey) == before


def test_a_geopackage_of_somebody_else_is_never_replaced(survey: Path, here: HerdmapHere) -> None:
    square = np.array([[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]], float)
    vector.write_polygons(survey / "out.gpkg", "parks", [square], {"name": ["a"]}, None)
    before = (survey / "out.gpkg").read_bytes()
    refused(here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg"), "not the GeoPackage of a survey")
    refused(
        here("count", survey / "out.gpkg", "--regions", survey / "regions.geojson"), "not the GeoPackage of a survey"
    )
    assert (survey / "out.gpkg").read_bytes() == before


def test_a_file_where_the_work_folder_belongs(survey: Path, here: HerdmapHere) -> None:
    (survey / "out.herdmap").write_text("mine")
    before = everything_in(survey)
    refused(here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg"), "out.herdmap", "in the way", "rename")
    assert everything_in(survey) == before


def test_count_of_what_is_no_survey(survey: Path, here: HerdmapHere) -> None:
    before = everything_in(survey)
    for name, words in {"nope.gpkg": ["no such file"], "mosaic.tif": ["not the GeoPackage of a survey"]}.items():
        refused(here("count", survey / name, "--regions", survey / "regions.geojson"), name, *words)
    assert everything_in(survey) == before


def test_a_csv_that_cannot_be_written(survey: Path, here: HerdmapHere) -> None:
    assert here("detect", survey / "mosaic.tif", "-o", survey / "out.gpkg").code == 0
    end = here("count", survey / "out.gpkg", "--regions", survey / "regions.geojson", "-o", survey / "no" / "c.csv")
    refused(end, "c.csv", "does not exist")


def _without_privileges() -> None:
    """In a child before it starts: root loses what lets it read and write everything (CAP_DAC_*)."""
    if os.geteuid() == 0:
        for capability in (1, 2):
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


@posix
def test_an_output_folder_that_is_read_only(survey: Path) -> None:
    folder = survey / "locked"
    folder.mkdir(mode=0o555)
    end = herdmap("detect", survey / "mosaic.tif", "-o", folder / "out.gpkg", preexec_fn=_without_privileges)
    refused(end, "out.gpkg", "cannot be written", "read-only", "write elsewhere")
    assert list(folder.iterdir()) == []


@posix
def test_a_folder_of_photos_that_cannot_be_listed_is_not_passed_over(survey: Path) -> None:
    (survey / "closed").mkdir(mode=0)
    end = herdmap("detect", survey, "-o", survey / "out.gpkg", preexec_fn=_without_privileges)
    (survey / "closed").chmod(0o755)
    refused(end, "closed", "cannot be listed")


# No file becomes longer.
LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1024 * {0}, 1024 * {0}))"


def _own_disk() -> bool:
    """Whether this system lets a user mount a small disk of their own, in a namespace that ends with the command."""
    try:
        return subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


# Where no disk can be made small, a limit on the size of files refuses the same writes.
DISKS = ["limit", "disk"] if _own_disk() else ["limit"]


@posix
@pytest.mark.parametrize("disk", DISKS)
@pytest.mark.parametrize("kilobytes", [4, 48], ids=["at the first part", "at the map"])
def test_an_output_folder_that_is_full(
    survey: Path, disk: str, kilobytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The limit would also refuse what coverage writes.
    monkeypatch.delitem(ENVIRONMENT, "COVERAGE_PROCESS_CONFIG", raising=False)
    folder = survey / "small disk"
    folder.mkdir()
    if disk == "limit":
        limit = LIMITED.format(kilobytes)
        end = loaded("detect", survey / "mosaic.tif", "-o", folder / "out.gpkg", before=limit)
        left = {entry.name for entry in folder.iterdir()}
    else:
        script = 'mount -t tmpfs -o size="$1" tmpfs "$2"; shift 2; "$@"; code=$?; ls -A "$0" >&2; exit $code'
        command = [*PROCESS, "detect", str(survey / "mosaic.tif"), "-o", str(folder / "out.gpkg")]
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", script, str(folder), f"{kilobytes}k", str(folder), *command],
            capture_output=True, encoding="utf-8", env=ENVIRONMENT, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        told, *names = done.stderr.splitlines()
        end, left = Ended(done.returncode, done.stdout, told), set(names)
        assert "full" in told
    refused(end, "full" if kilobytes == 4 else "cannot be written" if disk == "limit" else "full")
    # What was finished is kept for the next run; of the map there is no half.
    assert left <= {"out.herdmap"}
    assert left or kilobytes == 4
    if disk == "limit":
        assert not list(folder.rglob("*.partial"))
        assert loaded("detect", survey / "mosaic.tif", "-o", folder / "out.gpkg").code == 0


# ---- an output that another program holds -----------------------------------------------------

HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode=WAL")
db.execute("BEGIN")
db.execute("SELECT count(*) FROM images").fetchone()
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a program that opens a file, and waits until it has."""
    started: list[subprocess.Popen[str]] = []

    def hold(python: str, script: str, path: Path, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [python, "-c", script, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=environment or None,
        )
        started.append(process)
        assert process.stdout is not None
        assert any(line == "ready\n" for line in process.stdout), "it ended before it held the file"
        return process

    yield hold
    for process in started:
        process.communicate("")


def test_an_output_that_another_program_reads(
    survey: Path, here: HerdmapHere, holder: Callable[..., subprocess.Popen[str]], check_gpkg: Callable[..., None]
) -> None:
    output = survey / "out.gpkg"
    assert here("detect", survey / "mosaic.tif", "-o", output).code == 0
    process = holder(sys.executable, HOLD, output)
    assert here("detect", survey / "mosaic.tif", "-o", output).code == 0
    assert here("count", output, "--regions", survey / "regions.geojson").code == 0
    assert geopackage.read_counts(output) is not None
    assert {path.name for path in survey.glob(".*")} == set()
    process.communicate("")
    assert here("detect", survey / "mosaic.tif", "-o", output).code == 0
    check_gpkg(output)


EDIT_IN_QGIS = """
import sys
from qgis.core import *
QgsApplication.setPrefixPath('/usr', True)
app = QgsApplication([], False)
app.initQgis()
layer = QgsVectorLayer(sys.argv[1] + '|layername=detections', 'd', 'ogr')
assert layer.isValid() and layer.startEditing()
feature = next(layer.getFeatures())
layer.changeAttributeValue(feature.id(), layer.fields().indexOf('note'), 'seen')
print('ready', flush=True)
sys.stdin.read()
assert layer.commitChanges(), layer.commitErrors()
"""


@pytest.mark.qgis
def test_an_output_that_is_being_edited_in_qgis(
    survey: Path, here: HerdmapHere, holder: Callable[..., subprocess.Popen[str]]
) -> None:
    output = survey / "out.gpkg"
    assert here("detect", survey / "mosaic.tif", "-o", output).code == 0
    python = os.environ.get("HERDMAP_QGIS_PYTHON", "/usr/bin/python3")
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "LANG", "PATH", "TMPDIR")}
    process = holder(python, EDIT_IN_QGIS, output, **kept, LC_ALL="C.UTF-8", QT_QPA_PLATFORM="offscreen")
    assert here("detect", survey / "mosaic.tif", "-o", output, "--score", "0.3").code == 0
    process.communicate("")
    assert process.returncode == 0, "QGIS could save what it had"
    notes = geopackage.read_detections(output).text("note")
    assert notes.count("seen") == 1
