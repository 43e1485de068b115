"""What the tests of a run look at: its events, its parts, the rows of its file; and a person's review of it."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

PHOTOS = 30


def until(process: subprocess.Popen[str], event: str, times: int = 1) -> None:
    """Read a run's JSON lines up to the one that is wanted."""
    assert process.stdout is not None
    for line in process.stdout:
        times -= f'"event": "{event}"' in line
        if times == 0:
            return
    raise AssertionError(f"the run ended before {event}: {process.communicate()}")


def rows(path: Path) -> list[tuple[Any, ...]]:
    """Every stored value of the detections, geometry and chip too, in the file's order; not which run found them."""
    with closing(sqlite3.connect(path)) as db, db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(detections)") if row[1] != "run_id"]
        return db.execute(f"SELECT {', '.join(columns)} FROM detections ORDER BY fid").fetchall()


def parts(output: Path) -> dict[str, tuple[int, int]]:
    """The parts of a run: name to (inode, time of change)."""
    found = output.with_suffix(".herdmap").glob("parts/??/*.part")
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in found}


def review(path: Path, changes: dict[int, dict[str, str]]) -> None:
    """Write a person's review as a program other than Herdmap does, by fid."""
    db = sqlite3.connect(path)
    for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        db.create_function(name, 1, lambda _: 0)
    with db:
        for fid, values in changes.items():
            settings = ", ".join(f"{column} = ?" for column in values)
            db.execute(f"UPDATE detections SET {settings} WHERE fid = ?", (*values.values(), fid))
    db.close()
