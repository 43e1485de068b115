"""Outputs appear whole or not at all, keep what belongs to the file they replace, and leave nothing."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest

from geo import file_lock
from geo.errors import OutputError
from geo.output import check_output, check_writable, sweep, sweep_folder, whole, whole_folder
from geo.raster import write_geotiff
from tests import ROOT
from tests.systems import posix


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def half_write(path: Path) -> None:
    path.write_text("half", encoding="utf-8")
    raise ZeroDivisionError


def killed(code: str, *arguments: Path) -> None:
    """Run `code` in a process that kills itself in the midst of it."""
    script = f"import os, signal, sys\nfrom pathlib import Path\n{code}"
    done = subprocess.run([sys.executable, "-c", script, *map(str, arguments)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL


KILLED_IN_A_FILE = """
from geo.output import whole
with whole(Path(sys.argv[1])) as part:
    part.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
KILLED_IN_A_GEOTIFF = """
import numpy as np
from geo.raster import write_geotiff
def rows():
    yield np.zeros((600, 1000, 3), np.uint8)
    os.kill(os.getpid(), signal.SIGKILL)
write_geotiff(sys.argv[1], rows(), 1000, 2000)
"""


def test_a_path_that_is_too_long_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="too long"), whole(tmp_path / ("long" * 75)) as part:
        part.write_text("counts", encoding="utf-8")
    assert not names(tmp_path)


def test_a_path_that_is_too_long_for_sqlite_is_said_before_a_run(tmp_path: Path) -> None:
    folder = tmp_path
    while len(str(folder)) < 480:
        folder /= "a long name of a folder " * 3
    try:
        folder.mkdir(parents=True)
    except OSError:  # Windows without long paths
        return
    with pytest.raises(OutputError, match="its path is too long"):
        check_output(folder / "survey.gpkg")
    assert not names(folder)


if sys.platform == "win32":

    @pytest.mark.parametrize("name", ["aux.csv", "NUL", "con.2024.gpkg", "survey.gpkg.", "counts.csv "])
    def test_a_name_that_windows_gives_no_file_is_refused(tmp_path: Path, name: str) -> None:
        with pytest.raises(OutputError, match="Windows has no file of the name"):
            check_writable(tmp_path / name)


def test_a_file_that_is_held_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("before", encoding="utf-8")
    with path.open("rb") as held:
        threading.Timer(0.5, held.close).start()
        with whole(path) as part:
            part.write_text("after", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "after"


def test_what_is_written_takes_its_name_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("before")
    with whole(path) as part:
        assert part.name == path.name
        part.write_text("after")
        part.with_name("counts.csv-journal").write_text("beside it")
        assert path.read_text() == "before"
    assert path.read_text() == "after"
    assert names(tmp_path) == ["counts.csv"]


def test_what_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("before")
    with pytest.raises(ZeroDivisionError), whole(path) as part:
        half_write(part)
    with pytest.raises(OutputError, match="the disk is full"), whole(path):
        raise OSError(28, "No space left on device")
    with pytest.raises(OutputError, match="No such file"), whole(path):
        pass  # nothing was written
    with pytest.raises(OutputError, match="is a folder"), whole(tmp_path):
        pass
    assert path.read_text() == "before"
    assert names(tmp_path) == ["counts.csv"]


def test_nobody_else_can_open_what_is_not_finished(tmp_path: Path) -> None:
    with whole(tmp_path / "secret.csv") as part:
        held = part.parent
        assert held.parent == tmp_path
        if sys.platform != "win32":
            assert stat.S_IMODE(held.stat().st_mode) == 0o700
        part.write_text("")


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o755])
def test_the_mode_of_what_is_replaced_is_kept(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "survey.csv"
    path.write_text("before")
    path.chmod(mode)
    with whole(path) as part:
        part.write_text("after")
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert path.read_text() == "after"


@posix
def test_a_new_file_has_the_mode_that_the_user_gives_new_files(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with whole(tmp_path / "new.csv") as part:
            part.write_text("")
        (tmp_path / "plain.csv").write_text("")
    finally:
        os.umask(before)
    assert (tmp_path / "new.csv").stat().st_mode == (tmp_path / "plain.csv").stat().st_mode


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="only root gives files away")
def test_the_group_and_the_owner_of_what_is_replaced_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    path.write_text("before")
    path.chmod(0o640)
    os.chown(path, 12345, 54321)
    with whole(path) as part:
        part.write_text("after")
    now = path.stat()
    assert (now.st_uid, now.st_gid, stat.S_IMODE(now.st_mode)) == (12345, 54321, 0o640)


@posix
def test_a_group_that_cannot_be_kept_leaves_another_group_no_more_than_everybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "survey.csv"
    path.write_text("before")
    path.chmod(0o664)
    other = os.stat_result((*path.stat()[:5], path.stat().st_gid + 1, *path.stat()[6:]))
    plain = Path.stat

    def of_another_group(at: Path, **how: bool) -> os.stat_result:
        return other if at == path else plain(at, **how)

    def refused(*_: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", of_another_group)
        patched.setattr(os, "chown", refused)
        with whole(path) as part:
            part.write_text("after")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


@posix
def test_the_file_behind_a_link_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "data.bin", tmp_path / "survey.csv"
    target.write_text("before")
    link.symlink_to(target)
    with whole(link) as part:
        assert part.name == "survey.csv"  # its ending says what is written
        part.write_text("after")
    assert link.is_symlink()
    assert target.read_text() == "after"
    target.unlink()
    with whole(link) as part:
        part.write_text("anew")
    assert target.read_text() == "anew"
    assert names(tmp_path / "real") == ["data.bin"]


@posix
def test_links_that_lead_nowhere_are_refused(tmp_path: Path) -> None:
    loop, astray = tmp_path / "loop", tmp_path / "astray"
    loop.symlink_to(loop)
    astray.symlink_to(tmp_path / "no folder" / "file")
    with pytest.raises(OutputError, match="leads back to itself"):
        check_writable(loop)
    with pytest.raises(OutputError, match="does not exist"), whole(astray):
        pass
    assert names(tmp_path) == ["astray", "loop"]


@posix
def test_a_device_is_written_into() -> None:
    null = Path(os.devnull)
    check_writable(null)
    with whole(null) as part:
        part.write_text("for nobody")
    assert stat.S_ISCHR(null.stat().st_mode)
    with pytest.raises(OutputError, match="the disk is full"), whole(Path("/dev/full")) as part:
        part.write_text("too much")


@posix
def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    with whole(pipe) as part:
        part.write_text("through")
    reader.join(timeout=20)
    assert got == ["through"]
    assert names(tmp_path) == ["pipe"]


@posix
@pytest.mark.parametrize("code", [KILLED_IN_A_FILE, KILLED_IN_A_GEOTIFF])
def test_what_a_killed_process_left_is_gone_after_the_next_write(tmp_path: Path, code: str) -> None:
    path, other = tmp_path / "mosaic.tif", tmp_path / "other.tif"
    path.write_text("before")
    killed(code, path)
    killed(code, other)
    assert path.read_text() == "before"
    assert len(names(tmp_path)) == 3
    write_geotiff(path, [np.zeros((64, 64, 3), np.uint8)], 64, 64)
    left = names(tmp_path)
    assert len(left) == 2
    assert left[0].startswith(".other.tif.")  # another command's, which may still come
    sweep(other)
    assert names(tmp_path) == ["mosaic.tif"]


@posix
def test_what_was_left_can_be_swept_before_a_long_run(tmp_path: Path) -> None:
    for name in ("survey.gpkg", "survey.qgz", "x" * 200 + "é" * 20):
        killed(KILLED_IN_A_FILE, tmp_path / name)
    sweep(tmp_path / "survey.gpkg")
    assert len(names(tmp_path)) == 1
    sweep_folder(tmp_path)
    assert names(tmp_path) == []


def test_files_that_only_look_like_ours_stay(tmp_path: Path) -> None:
    strangers = ["survey.gpkg.0123456789abcdef.partial", ".survey.gpkg.01234567.partial", ".survey.gpkg.partial"]
    for name in strangers:
        (tmp_path / name).mkdir()
    sweep_folder(tmp_path)
    with whole(tmp_path / "survey.gpkg") as part:
        part.write_text("")
    assert names(tmp_path) == sorted([*strangers, "survey.gpkg"])


def test_a_writer_that_is_alive_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    with whole(path) as slow:
        with whole(path) as fast:
            fast.write_text("fast")
        sweep_folder(tmp_path)
        slow.write_text("slow")
        assert path.read_text() == "fast"
    assert path.read_text() == "slow"


def test_where_there_are_no_locks_only_what_is_old_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(_: object) -> bool:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(file_lock, "take", without)
    held = tmp_path / ".counts.csv.0123456789abcdef.partial"
    held.mkdir()
    (held / ".in-use").touch()
    with whole(tmp_path / "counts.csv") as part:
        part.write_text("")
    assert held.exists()
    os.utime(held, (time.time() - 90_000,) * 2)
    sweep_folder(tmp_path)
    assert names(tmp_path) == ["counts.csv"]


def test_a_folder_takes_its_name_at_the_end(tmp_path: Path) -> None:
    folder = tmp_path / "share"
    for text in ("first", "second"):
        with whole_folder(folder) as part:
            assert part.name == "share"
            (part / "data").mkdir()
            (part / "data" / text).write_text(text)
        assert [path.name for path in folder.rglob("*")] == ["data", text]
    with pytest.raises(ZeroDivisionError), whole_folder(folder) as part:
        half_write(part / "third")
    assert [path.name for path in folder.rglob("*")] == ["data", "second"]
    assert names(tmp_path) == ["share"]


@posix
def test_a_folder_keeps_its_mode(tmp_path: Path) -> None:
    folder = tmp_path / "share"
    folder.mkdir(0o750)
    with whole_folder(folder) as part:
        (part / "file").write_text("")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o750


@posix
def test_a_folder_comes_back_that_a_killed_process_was_about_to_replace(tmp_path: Path) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / "precious").write_text("the only copy")
    killed(
        """
from geo.output import whole_folder
replace = Path.replace
def killing(here, there):
    replace(here, there)
    os.kill(os.getpid(), signal.SIGKILL)
Path.replace = killing
with whole_folder(Path(sys.argv[1])) as part:
    (part / "new").touch()
""",
        folder,
    )
    assert not folder.exists()
    sweep(folder)
    assert (folder / "precious").read_text() == "the only copy"
    assert names(tmp_path) == ["share"]


@pytest.mark.parametrize("swept_before", [True, False])
def test_a_sweep_of_another_process_takes_no_folder_that_was_just_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swept_before: bool
) -> None:
    """Between the making of its lock and the locking, a folder looks like a leftover."""
    real = file_lock.take
    calls: list[IO[Any]] = []

    def take(file: IO[Any]) -> bool:
        calls.append(file)
        if len(calls) == 1 and swept_before:  # inside, the sweep takes the lock of what was just made
            sweep(tmp_path / "a.gpkg")
        taken = real(file)
        if len(calls) == 1 and not swept_before:
            sweep(tmp_path / "a.gpkg")
        return taken

    monkeypatch.setattr(file_lock, "take", take)
    with whole(tmp_path / "a.gpkg", swept=True) as part:
        part.write_bytes(b"whole")
    assert len(calls) >= 2
    assert (tmp_path / "a.gpkg").read_bytes() == b"whole"
    assert [path.name for path in tmp_path.iterdir()] == ["a.gpkg"]
