"""A survey is written whole or not at all, and what must not be overwritten is left alone."""

import dataclasses
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from geo.errors import OutputError
from geo.geopackage import read_detections, read_runs, schema, write_survey
from geo.output import check_output
from tests import ROOT
from tests.geopackage_checker import check_geopackage
from tests.surveys.small import UTM, detections, images, left_in, run, write


class FailingChips(list[bytes | None]):
    def __getitem__(self, i):
        raise RuntimeError("the disk went away")

    def __iter__(self):
        yield b"one"
        raise RuntimeError("the disk went away")


def test_a_write_that_fails_leaves_what_was_there(tmp_path):
    path = write(tmp_path / "survey.gpkg")
    before = {name: (tmp_path / name).read_bytes() for name in left_in(tmp_path)}
    rows = dataclasses.replace(detections(), chip=FailingChips([None] * 200))
    with pytest.raises(RuntimeError, match="went away"):
        write_survey(path, images(), rows, [run()], UTM)
    assert {name: (tmp_path / name).read_bytes() for name in left_in(tmp_path)} == before


def test_a_missing_folder_and_a_folder_in_the_way(tmp_path):
    with pytest.raises(OutputError, match="does not exist"):
        write(tmp_path / "none" / "a.gpkg")
    (tmp_path / "a.gpkg").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        write(tmp_path / "a.gpkg")
    assert left_in(tmp_path) == {"a.gpkg"}


def test_what_is_no_geopackage_is_not_overwritten(tmp_path):
    with pytest.raises(OutputError, match="a name that ends in"):
        write(tmp_path / "photo.jpg")
    (tmp_path / "photo.gpkg").write_bytes(b"\xff\xd8\xff" * 1000)
    with pytest.raises(OutputError, match="not a GeoPackage"):
        write(tmp_path / "photo.gpkg")
    with closing(sqlite3.connect(tmp_path / "other.gpkg")) as db, db:
        db.execute("CREATE TABLE precious (x)")
    with pytest.raises(OutputError, match="not a GeoPackage"):
        write(tmp_path / "other.gpkg")
    (tmp_path / "zero.gpkg").touch()
    write(tmp_path / "zero.gpkg")  # made by touch or by a save that was cancelled


def test_a_file_that_is_being_changed_elsewhere_is_left_alone(tmp_path, monkeypatch):
    path = write(tmp_path / "survey.gpkg")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # in the middle of a save
    with pytest.raises(OutputError, match="being changed by another program") as caught:
        write(path)
    assert "\n" not in str(caught.value)
    schema.allow_edits(other)
    other.execute("UPDATE detections SET note = 'kept' WHERE fid = 3")
    other.execute("COMMIT")
    other.close()
    assert read_detections(path).text("note")[2] == "kept"
    write(path)


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_who_has_a_file_open_sees_what_is_written_there(tmp_path, mode):
    path = write(tmp_path / "survey.gpkg")
    which = path.stat().st_ino
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(f"PRAGMA journal_mode={mode}")  # WAL: QGIS while a layer is loaded
        assert other.execute("SELECT count(*) FROM detections").fetchone() == (len(detections()),)
        write_survey(path, images(), detections().take([1]), [run()], UTM)
        assert other.execute("SELECT count(*) FROM detections").fetchone() == (1,)
        other.execute("UPDATE runs SET device = 'changed'")
    assert path.stat().st_ino == which
    assert [found.device for found in read_runs(path)] == ["changed"]
    check_output(path)
    check_geopackage(path)


def test_what_a_crash_left_in_the_wal_is_not_lost(tmp_path):
    path = write(tmp_path / "survey.gpkg")
    other = sqlite3.connect(path, isolation_level=None)
    schema.allow_edits(other)
    other.execute("PRAGMA journal_mode=wal")
    other.execute("UPDATE detections SET note = 'reviewed' WHERE fid = 3")
    crashed = tmp_path / "crashed.gpkg"
    for end in ("", "-wal"):
        shutil.copyfile(f"{path}{end}", f"{crashed}{end}")
    other.close()
    check_output(crashed)
    assert "crashed.gpkg-wal" not in left_in(tmp_path)
    assert read_detections(crashed).text("note")[2] == "reviewed"


WRITE = """
import sys; from pathlib import Path
from geo.errors import OutputError
from tests.surveys.small import write
try:
    write(Path(sys.argv[1]))
except OutputError as error:
    print(error)
"""


def said_by(command, **how):
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, **how)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no read-only folders")
def test_a_read_only_folder(tmp_path):
    folder = tmp_path / "read-only"
    folder.mkdir()
    folder.chmod(0o555)
    if os.geteuid() == 0:  # root may write anywhere; the kernel's own folders refuse even root
        folder = Path("/proc")
    with pytest.raises(OutputError) as caught:
        write(folder / "a.gpkg")
    assert "cannot be written" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_size_limit(tmp_path):
    """The write fails in the middle, as on a failing disk."""
    resource = pytest.importorskip("resource", reason="this system has no limit on the size of a file")
    said = said_by(
        [sys.executable, "-c", WRITE, tmp_path / "a.gpkg"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert said.startswith(str(tmp_path / "a.gpkg")), said
    assert left_in(tmp_path) == set()


def test_a_full_disk(tmp_path):
    """In a file system of 200 kB of its own, where this system lets a user mount one."""
    inside = f'mount -t tmpfs -o size=200k none "{tmp_path}" && "$0" -c "$1" "{tmp_path}/a.gpkg" && ls -A "{tmp_path}"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", inside, sys.executable, WRITE]
    trial = [*command[:4], "mount", "-t", "tmpfs", "none", str(tmp_path)]
    if not shutil.which("unshare") or subprocess.run(trial, capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a small disk")
    said = said_by(command)
    assert said == f"{tmp_path}/a.gpkg: the disk is full; free some space, or write elsewhere"
