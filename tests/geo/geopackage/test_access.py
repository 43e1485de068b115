"""A survey that others write while a command reads it and writes it: no word is lost, and no run ends for it."""

import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from detector import survey
from geo import crashed_database, geopackage
from geo.errors import OutputError, VectorError
from geo.geopackage import access, schema, write_counts, write_survey
from geo.output import check_output
from tests import ROOT
from tests.geopackage_checker import check_geopackage
from tests.surveys.crashed import crash
from tests.surveys.small import UTM, counts, detections, images, run, write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "survey.gpkg", with_counts=True)


def say(path: Path, note: str, fid: int = 2) -> None:
    """What another program writes."""
    with closing(sqlite3.connect(path, timeout=10)) as db:
        schema.allow_edits(db)
        db.execute("UPDATE detections SET note = ? WHERE fid = ?", (note, fid))
        db.commit()


def notes(path: Path) -> list[Any]:
    return geopackage.read_detections(path).text("note")


def write_again(path: Path, watch: geopackage.Watch) -> None:
    write_survey(path, images(), geopackage.read_detections(path, chips=True), [run()], UTM, watch=watch)


def count_again(path: Path, watch: geopackage.Watch) -> None:
    write_counts(path, counts(), watch)


@pytest.mark.parametrize("writes", [write_again, count_again])
def test_what_another_program_writes_meanwhile_is_read_before_anything_is_written(
    path: Path, writes: Callable[[Path, geopackage.Watch], None]
) -> None:
    seen: list[str | None] = []

    def work(watch: geopackage.Watch) -> str:
        seen.append(notes(path)[1])
        if len(seen) == 1:
            say(path, "seen from the air")
        writes(path, watch)
        return "done"

    assert geopackage.settled(path, work) == "done"
    assert seen == [None, "seen from the air"]
    assert notes(path)[1] == "seen from the air"
    check_geopackage(path)


@pytest.mark.skipif(sys.platform == "win32", reason="there, no file takes the place of one that is open")
def test_a_file_that_takes_the_place_of_the_old_one_is_noticed(path: Path) -> None:
    other = write(path.with_name("other.gpkg"))
    say(other, "another file")
    tries = []

    def work(watch: geopackage.Watch) -> None:
        tries.append(notes(path)[1])
        if len(tries) == 1:
            other.replace(path)
        count_again(path, watch)

    geopackage.settled(path, work)
    assert tries == [None, "another file"]
    assert geopackage.read_counts(path) is not None


def test_a_file_that_another_program_made_first_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "new.gpkg"
    tries = []

    def work(watch: geopackage.Watch) -> None:
        tries.append(path.exists())
        if len(tries) == 1:
            write(path)
            say(path, "was first")
        rows = geopackage.read_detections(path) if tries[-1] else detections()
        write_survey(path, images(), rows, [run()], UTM, watch=watch)

    geopackage.settled(path, work)
    assert tries == [False, True]
    assert notes(path)[1] == "was first"


@pytest.fixture
def busy(path: Path) -> Iterator[Callable[[float], None]]:
    """Another program that begins a review and saves it after so many seconds."""
    threads: list[threading.Thread] = []

    def begin(seconds: float) -> None:
        locked = threading.Event()

        def review() -> None:
            with closing(sqlite3.connect(path, isolation_level=None)) as db:
                schema.allow_edits(db)
                db.execute("BEGIN IMMEDIATE")
                locked.set()
                db.execute("UPDATE detections SET note = 'late' WHERE fid = 2")
                time.sleep(seconds)
                db.execute("COMMIT")

        threads.append(threading.Thread(target=review))
        threads[-1].start()
        assert locked.wait(5)

    yield begin
    for thread in threads:
        thread.join()


def test_a_review_that_is_being_saved_is_waited_for(path: Path, busy: Callable[[float], None]) -> None:
    busy(0.3)
    check_output(path)  # at the beginning of a run
    tries = []

    def work(watch: geopackage.Watch) -> None:  # and at its end
        tries.append(notes(path)[1])
        if len(tries) == 1:
            busy(0.3)
        write_again(path, watch)

    geopackage.settled(path, work)
    assert notes(path)[1] == "late"
    busy(0.3)
    geopackage.settled(path, lambda watch: count_again(path, watch))


def test_a_program_that_holds_the_file_for_long_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "WRITE_S", 0.1)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(OutputError, match="being changed by another program"):
            geopackage.settled(path, lambda watch: write_again(path, watch))
        with pytest.raises(OutputError, match="being changed by another program"):
            geopackage.settled(path, lambda watch: count_again(path, watch))


@pytest.fixture
def at_the_last_moment(path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Lets something happen once, when the finished content is about to be copied into the survey."""

    def let(happen: Callable[[], None]) -> None:
        connect, left = access._connect, [happen]

        def late(place: Path, mode: str, seconds: float) -> sqlite3.Connection:
            if ".partial" in str(place) and left:
                left.pop()()
            return connect(place, mode, seconds)

        monkeypatch.setattr(access, "_connect", late)

    return let


def test_a_word_that_comes_at_the_last_moment_is_not_written_over(
    path: Path, at_the_last_moment: Callable[[Callable[[], None]], None]
) -> None:
    """In WAL mode the lock ends for an instant before the file is written."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("SELECT count(*) FROM detections").fetchone()
        tries: list[str | None] = []
        at_the_last_moment(lambda: say(path, "late"))

        def work(watch: geopackage.Watch) -> None:
            tries.append(notes(path)[1])
            write_again(path, watch)

        geopackage.settled(path, work)
        assert tries == [None, "late"]
    assert notes(path)[1] == "late"
    check_output(path)  # which leaves WAL mode, now that nobody else has it open
    check_geopackage(path)


def test_nobody_gets_a_word_in_at_the_last_moment(
    path: Path, at_the_last_moment: Callable[[Callable[[], None]], None]
) -> None:
    """Out of WAL mode the lock is kept from the last look to the writing."""
    refused: list[str] = []

    def speak() -> None:
        with (
            closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as db,
            pytest.raises(sqlite3.OperationalError) as caught,
        ):
            db.execute("BEGIN IMMEDIATE")
        refused.append(str(caught.value))

    at_the_last_moment(speak)
    geopackage.settled(path, lambda watch: write_again(path, watch))
    assert refused == ["database is locked"]
    check_geopackage(path)


def test_a_survey_with_pages_of_another_size(path: Path) -> None:
    """SQLite changes the size where no other program has the file open in WAL mode; there it is said."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA page_size = 1024")
        other.execute("VACUUM")
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("SELECT count(*) FROM detections").fetchone()
        with pytest.raises(OutputError, match="being changed by another program"):
            geopackage.settled(path, lambda watch: write_again(path, watch))
    geopackage.settled(path, lambda watch: write_again(path, watch))
    check_geopackage(path)


_DIES = """
import os, sys
from geo.geopackage import access
from tests.geo.geopackage.test_access import write_again
from pathlib import Path
access._PAGES = 1
steps = iter(range(int(sys.argv[2])))
access.Watch._between_steps = lambda *_: lambda *_: next(steps, None) is None and os.kill(os.getpid(), 9)
with access.Watch(Path(sys.argv[1])) as watch:
    watch.db.execute("PRAGMA cache_size = 1")
    write_again(Path(sys.argv[1]), watch)
"""


@pytest.mark.parametrize("steps", [0, 5, 30])
def test_a_program_that_is_killed_while_it_writes_leaves_the_survey_as_it_was(path: Path, steps: int) -> None:
    say(path, "kept")
    done = subprocess.run([sys.executable, "-c", _DIES, str(path), str(steps)], check=False, cwd=ROOT)
    assert abs(done.returncode) == 9  # Windows tells the signal without a sign
    assert notes(path)[1] == "kept"
    assert not crashed_database.left_beside(path)
    write_survey(path, images(), geopackage.read_detections(path, chips=True), [run()], UTM)
    check_geopackage(path)


def test_the_journal_of_a_program_that_died_as_it_began_is_removed(path: Path) -> None:
    path.with_name(f"{path.name}-journal").touch()
    assert len(notes(path)) == 200
    assert not crashed_database.left_beside(path)


def test_the_journal_of_a_program_that_begins_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        journal = path.with_name(f"{path.name}-journal")
        journal.touch()
        assert len(notes(path)) == 200
        assert journal.exists()


def test_all_of_a_reading_is_from_one_state(path: Path) -> None:
    tries = []

    def read() -> tuple[str | None, str | None]:
        first = notes(path)[1]
        tries.append(first)
        if len(tries) < 3:
            say(path, f"word {len(tries)}")
        return first, notes(path)[1]

    assert geopackage.steady(path, read) == ("word 2", "word 2")
    assert len(tries) == 3


# ---- a crash ----------------------------------------------------------------------------------


@pytest.fixture
def crashed(path: Path) -> Path:
    """A survey whose writer died between its first and its last page."""
    crash(path)
    return path


@pytest.mark.parametrize(
    "opens",
    [
        geopackage.read_detections,
        geopackage.read_crs,
        check_output,
        lambda path: geopackage.settled(path, lambda watch: count_again(path, watch)),
        lambda path: geopackage.settled(path, lambda watch: write_again(path, watch)),
    ],
)
def test_what_a_crash_left_is_taken_back_by_whoever_opens_the_survey(
    crashed: Path, opens: Callable[[Path], object]
) -> None:
    opens(crashed)
    assert not crashed_database.left_beside(crashed)
    assert notes(crashed) == detections().text("note")
    assert geopackage.read_detections(crashed).text("review") == detections().text("review")
    check_geopackage(crashed)


def test_a_crash_that_cannot_be_mended_where_it_lies_is_said(crashed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = access._connect
    monkeypatch.setattr(access, "_connect", lambda path, mode, seconds: connect(path, "ro", seconds))  # a DVD
    with pytest.raises(VectorError, match=r"a program crashed while it wrote.*survey.gpkg-journal together"):
        geopackage.read_detections(crashed)


def test_a_journal_that_nobody_holds_is_no_sign_of_another_program(path: Path) -> None:
    journal = path.with_name(f"{path.name}-journal")
    journal.write_bytes(b"")
    check_output(path)
    write_survey(path, images(), detections(), [run()], UTM)
    assert notes(path) == detections().text("note")


# ---- a survey of version 0.1 ------------------------------------------------------------------


def test_counting_a_survey_of_version_0_1_brings_it_up_to_date(tmp_path: Path) -> None:
    with tarfile.open(ROOT / "tests" / "surveys" / "version_0.1.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    path, again = tmp_path / "survey.gpkg", tmp_path / "again.gpkg"
    shutil.copyfile(path, again)
    before = geopackage.read_detections(path)
    assert before.text("uuid") == [None] * len(before)
    for file in (path, again):
        found = geopackage.read_counts(file)
        assert found is not None
        write_counts(file, found)
        check_geopackage(file)
    after = geopackage.read_detections(path)
    assert None not in after.text("uuid")
    assert after.text("uuid") == geopackage.read_detections(again).text("uuid")
    for name in ("review", "reviewed_class", "reviewer", "reviewed_at", "note", "run_id"):
        assert after.text(name) == before.text(name)
    survey.detect([tmp_path / "photos"], path, device="cpu")
    now = geopackage.read_detections(path)
    # Another GDAL decodes a JPEG to other pixels. Then a box moves by a tenth of a pixel, and an unreviewed row is new.
    boxes = set(map(tuple, now.boxes_px.tolist()))
    rows = zip(after.text("uuid"), after.text("review"), map(tuple, after.boxes_px.tolist()), strict=True)
    kept = {uuid for uuid, review, box in rows if review != "unreviewed" or box in boxes}
    assert len(kept) >= 3
    assert kept <= set(now.text("uuid"))
