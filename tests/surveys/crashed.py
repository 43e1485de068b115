"""A survey whose writer died amid a transaction: some pages are new on the disk, and the journal has the old ones."""

import subprocess
import sys
from pathlib import Path

_DIES = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA cache_size = 1")
for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
    db.create_function(name, 1, lambda _: 0)
db.execute("BEGIN IMMEDIATE")
db.execute("UPDATE detections SET review = 'rejected', chip = zeroblob(20000)")
os.kill(os.getpid(), 9)
"""


def crash(path: Path) -> Path:
    """Leave `path` half written, and return its journal."""
    done = subprocess.run([sys.executable, "-c", _DIES, str(path)], check=False, capture_output=True)
    assert abs(done.returncode) == 9, done.stderr  # Windows tells the signal without a sign
    journal = path.with_name(f"{path.name}-journal")
    assert journal.stat().st_size > 10_000
    return journal
