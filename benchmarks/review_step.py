"""A step of the review in QGIS, on a survey of 100,000 detections, against the bare write of it.

    python -m benchmarks.review_step [--detections N] [--steps N]

A step is a key event in the review dock of a real QGIS without a screen: what was said is written, the next detection
is chosen, the map is told where to go, and the panel shows it. It ends when Qt has nothing left to do; the map itself
is drawn after it, in threads. Steps are confirm, reject, another class, undo and skip, in turn. The processor time is
that of the thread that the window lives in, which other processes disturb less. The bare write is one UPDATE of one
row, committed, by SQLite alone; the two take turns on one file. A screen of the grid is PgDn in the window of many at
once: 30 small pictures are read and shown.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import shapely

from benchmarks.geopackage_write import CRS, survey
from benchmarks.report import Row, finish, machine
from detector.survey.assembly import count_rows
from geo.geopackage import write_survey
from geo.regions import regions_from

ROOT = Path(__file__).resolve().parents[1]
TARGET_MS = 100.0
SCREEN_MS = 300.0
BLOCKED_S = 1.0

IN_QGIS = """
import json, sqlite3, sys, time
root, path, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
sys.path.insert(0, root)
from qgis.core import QgsApplication, QgsProject
app = QgsApplication([], True)
app.initQgis()
from qgis.gui import QgsMapCanvas, QgsLayerTreeMapCanvasBridge
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QMainWindow
from qgis_plugin.review.dock import ReviewDock

window = QMainWindow()
canvas = QgsMapCanvas(window)
window.setCentralWidget(canvas)
window.resize(1400, 900)
bridge = QgsLayerTreeMapCanvasBridge(QgsProject.instance().layerTreeRoot(), canvas)
class Iface:
    def mapCanvas(self):
        return canvas
dock = ReviewDock(Iface(), window)
window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
window.show()
start = before = time.perf_counter()
assert dock.open(path), dock.panel.message.text()
blocked, blocked_used = [], []
used = time.thread_time()
while dock.queue is None or not blocked:
    app.processEvents()
    blocked.append(time.perf_counter() - before)
    blocked_used.append(time.thread_time() - used)
    time.sleep(0.001)
    before, used = time.perf_counter(), time.thread_time()
opening = time.perf_counter() - start

def bare(fid):
    db = sqlite3.connect(path, isolation_level=None)
    for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        db.create_function(name, 1, lambda blob: 0)
    db.execute("UPDATE detections SET note = ? WHERE fid = ?", (str(time.time()), fid))
    db.close()

keys = [Qt.Key.Key_C, Qt.Key.Key_X, Qt.Key.Key_2, Qt.Key.Key_U, Qt.Key.Key_Right]
taken, written, processor = {int(key): [] for key in keys}, [], []
for step in range(steps):
    key = keys[step % len(keys)]
    start, used = time.perf_counter(), time.thread_time()
    QTest.keyClick(dock.card, key)
    app.processEvents()
    taken[int(key)].append((time.perf_counter() - start) * 1e3)
    processor.append((time.thread_time() - used) * 1e3)
    fid = dock.queue.current.fid
    start = time.perf_counter()
    bare(fid)
    written.append((time.perf_counter() - start) * 1e3)
screens, screens_used = [], []
QTest.keyClick(dock.card, Qt.Key.Key_G)
app.processEvents()
for _ in range(40):
    start, used = time.perf_counter(), time.thread_time()
    QTest.keyClick(dock.grid.list, Qt.Key.Key_PageDown)
    app.processEvents()
    screens.append((time.perf_counter() - start) * 1e3)
    screens_used.append((time.thread_time() - used) * 1e3)
start = time.perf_counter()
dock.panel.choice.order.setCurrentIndex(2)
choosing = time.perf_counter() - start
names = ("confirm", "reject", "another class", "undo", "skip")
print(json.dumps({"opening": opening, "choosing": choosing, "blocked": max(blocked),
                  "blocked_used": max(blocked_used), "screens": screens, "screens_used": screens_used,
                  "bare": written, "processor": processor,
                  "steps": dict(zip(names, taken.values()))}))
sys.stdout.flush()
import os
os._exit(0)
"""


def made(path: Path, count: int) -> None:
    """A survey of `count` detections with the counts of a hundred regions."""
    images, rows, runs = survey(count)
    low, high = rows.polygons_map.min(axis=(0, 1)), rows.polygons_map.max(axis=(0, 1))
    xs, ys = np.linspace(low[0], high[0], 11), np.linspace(low[1], high[1], 11)
    squares = [shapely.box(xs[i], ys[j], xs[i + 1], ys[j + 1]) for i in range(10) for j in range(10)]
    regions = regions_from(squares, [f"block {i}" for i in range(100)], CRS)
    write_survey(path, images, rows, runs, CRS, counts=count_rows(rows, regions, CRS))


def _half_and_most(times: list[float]) -> str:
    half, most = np.percentile(times, (50, 95))
    return f"median {half:.0f} ms, 95 % within {most:.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--detections", type=int, default=100_000)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    print(machine(), flush=True)
    subprocess.run([sys.executable, str(ROOT / "scripts" / "build_plugin.py"), "--checkout"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "survey.gpkg"
        made(path, wanted.detections)
        python = os.environ.get("HERDMAP_QGIS_PYTHON", "/usr/bin/python3")
        kept = {name: value for name, value in os.environ.items() if name in ("HOME", "LANG", "PATH", "TMPDIR")}
        environment = {**kept, "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": folder}
        command = [python, "-c", IN_QGIS, str(ROOT), str(path), str(wanted.steps)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        found = json.loads(done.stdout.splitlines()[-1])
    each = np.concatenate([np.array(times) for times in found["steps"].values()])
    bare, blocked = np.array(found["bare"]), found["blocked"]
    for name, times in found["steps"].items():
        half, most = np.percentile(times, (50, 95))
        print(f"{name:14s} median {half:6.1f} ms, 95 % within {most:6.1f} ms, longest {max(times):6.1f} ms")
    print(f"opening {found['opening']:.1f} s, another order {found['choosing']:.1f} s")
    half, most = np.percentile(each, (50, 95))
    said = f"median {half:.0f} ms, 95 % within {most:.0f} ms, longest {each.max():.0f} ms"
    rows = [
        Row(f"a review step, {wanted.detections:,} detections", f"< {TARGET_MS:.0f} ms", said, bool(most < TARGET_MS)),
        Row("the same, processor time", "", _half_and_most(found["processor"])),
        Row("the same / the bare write", "", f"{half / np.median(bare):.1f} (bare {np.median(bare):.1f} ms)"),
        Row(f"opening the review of {wanted.detections:,} detections", "", f"{found['opening']:.1f} s"),
        Row("the window is blocked meanwhile", "< 1 s", f"{blocked:.2f} s at most", bool(blocked < BLOCKED_S)),
        Row("the same, processor time", "", f"{found['blocked_used']:.2f} s at most"),
        Row(
            "a screen of the grid",
            f"< {SCREEN_MS:.0f} ms",
            _half_and_most(found["screens"]),
            bool(np.percentile(found["screens"], 95) < SCREEN_MS),
        ),
        Row("the same, processor time", "", _half_and_most(found["screens_used"])),
    ]
    finish(rows, wanted.json)


if __name__ == "__main__":
    main()
