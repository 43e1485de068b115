"""A survey of 100,000 photos in QGIS: opened, drawn whole, panned at three scales; against QGIS's own plain style.

    python -m benchmarks.survey_in_qgis [--photos N] [--survey FILE.gpkg]

The survey is that of `whole_survey.py`, written straight away: the footprints along its flight lines, what is seen of
its animals with a picture each, the counts in 400 regions, and for the photos that the project shows real pixels, a
JPEG of 24 megapixels each. --survey opens one that is there instead. A real QGIS without a screen reads the project
into a map of 1600 x 900 px, as its own window would draw it: in threads, with a cache of what did not change. A pan
moves the map by half its width, five times east and five times west of a photo that the project shows; it ends when the
map is drawn. The plain style is what QGIS gives to layers without one, a fill and a line: the same pans over the same
vector layers. It draws no labels, tells no classes apart, and hides the imagery.
"""

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from benchmarks.report import Row, finish, load, machine
from benchmarks.whole_survey import CRS, GSD_M, HEIGHT, ORIGIN, WIDTH, centres, known_boxes
from detector.survey.assembly import count_rows
from detector.survey.shown_imagery import MOST_PHOTO_LAYERS
from geo.geopackage import write_survey
from geo.geopackage.imagery import ImageryLayer, Photo, write_photo_vrt
from geo.georeference import crs_to_wkt
from geo.raster import encode_jpeg
from geo.regions import regions_from
from geo.tables import DetectionRows, Images, Run

SCALES = (50_000, 5_000, 500)
MOST_WHOLE_S, MOST_PAN_S, MOST_BYTES = 10.0, 1.0, 2e9

IN_QGIS = """
import json, os, sys, time
path, pans, scales = sys.argv[1], int(sys.argv[2]), [float(s) for s in sys.argv[3].split(',')]
from qgis.core import *
app = QgsApplication([], True)
app.initQgis()
from qgis.gui import QgsMapCanvas, QgsLayerTreeMapCanvasBridge
from qgis.PyQt.QtCore import QEventLoop, QTimer

def peak():
    with open('/proc/self/status') as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith('VmHWM'))

canvas = QgsMapCanvas()
canvas.resize(1600, 900)
canvas.setParallelRenderingEnabled(True)
canvas.setCachingEnabled(True)
canvas.enableAntiAliasing(True)
project = QgsProject.instance()
bridge = QgsLayerTreeMapCanvasBridge(project.layerTreeRoot(), canvas)
canvas.show()

def drawn(move):
    loop = QEventLoop()
    canvas.mapCanvasRefreshed.connect(loop.quit)
    QTimer.singleShot(600_000, loop.quit)
    start, used = time.perf_counter(), time.process_time()
    move()
    canvas.refresh()
    loop.exec_()
    canvas.mapCanvasRefreshed.disconnect(loop.quit)
    return time.perf_counter() - start, time.process_time() - used

def walk(whole, middle):
    found = {'whole': [], 'pans': {}}
    for _ in range(3):
        canvas.clearCache()
        found['whole'].append(drawn(lambda: canvas.setExtent(whole)))
    for scale in scales:
        canvas.setCenter(middle)
        drawn(lambda: canvas.zoomScale(scale))
        times = []
        for pan in range(pans):
            step = canvas.extent().width() / 2 * (1 if pan % 10 < 5 else -1)
            times.append(drawn(lambda: canvas.setCenter(QgsPointXY(canvas.center().x() + step, canvas.center().y()))))
        found['pans'][f'{scale:.0f}'] = times
    return found

start = time.perf_counter()
assert project.read(f'geopackage:{path}?projectName=herdmap'), project.error()
app.processEvents()
opening = time.perf_counter() - start
invalid = [layer.name() for layer in project.mapLayers().values() if not layer.isValid()]
assert not invalid, invalid
opening_drawn = drawn(lambda: canvas.setExtent(project.viewSettings().defaultViewExtent()))
layers = {layer.name(): layer for layer in project.mapLayers().values()}
whole = layers['Images'].extent()
whole.combineExtentWith(layers['Detections'].extent())
whole.scale(1.05)
shown = [layer for layer in layers.values() if isinstance(layer, QgsRasterLayer)]
middle = shown[0].extent().center() if shown else whole.center()
answer = {'opening': opening, 'first': opening_drawn, 'project': walk(whole, middle), 'peak': peak(),
          'detections': layers['Detections'].featureCount(), 'images': layers['Images'].featureCount()}
tree = project.layerTreeRoot()
for node in tree.findLayers():
    if not isinstance(node.layer(), QgsVectorLayer):
        node.setItemVisibilityChecked(False)
app.processEvents()
answer['vectors'] = walk(whole, middle)
for layer in layers.values():
    if isinstance(layer, QgsVectorLayer) and layer.isSpatial():
        layer.setRenderer(QgsSingleSymbolRenderer(QgsSymbol.defaultSymbol(layer.geometryType())))
        layer.setLabelsEnabled(False)
        layer.setScaleBasedVisibility(False)
        layer.setSimplifyMethod(QgsVectorLayer('Polygon', 'new', 'memory').simplifyMethod())
answer['plain'] = walk(whole, middle)
print(json.dumps(answer))
sys.stdout.flush()
os._exit(0)
"""


def made(folder: Path, photos: int, chips: bool = True) -> Path:
    """Write the survey into `folder`, with the photos that its project shows. chips: also a picture of each animal."""
    middle = centres(photos) + ORIGIN
    boxes = known_boxes(photos)
    image = np.repeat(np.arange(photos), [len(own) for own in boxes])
    flat = np.concatenate(boxes).astype(np.float64)
    frame = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT], [0, 0]], float)
    to_map, half = np.array([GSD_M, -GSD_M]), np.array([WIDTH / 2, HEIGHT / 2])
    corners = flat[:, [[0, 1], [0, 3], [2, 3], [2, 1], [0, 1]]]
    paths = [f"photos/{n // 1000:04d}/IMG_{n:07d}.jpg" for n in range(photos)]
    wkt = crs_to_wkt(CRS)
    unknown = np.full(photos, np.nan)
    images = Images(
        path=paths, width=np.full(photos, WIDTH), height=np.full(photos, HEIGHT),
        captured_at=["2026-03-01T06:00:00Z"] * photos, lon=unknown, lat=unknown, altitude_m=unknown, agl_m=unknown,
        heading_deg=unknown, gsd_m=np.full(photos, GSD_M), georeference=["camera pose"] * photos,
        status=["done"] * photos, reason=[None] * photos, detections=np.zeros(photos, np.int64),
        tiles=np.full(photos, 54),
        footprints=list(middle[:, None] + (frame - half) * to_map),
    )  # fmt: skip
    noise = np.random.default_rng(2).integers(60, 160, (96, 96, 3), np.uint8)
    rows = DetectionRows(
        paths=tuple(paths), image=image, classes=("sheep",), label=np.zeros(len(flat), int),
        score=np.full(len(flat), 0.9), boxes_px=flat.astype(np.float32),
        polygons_map=middle[image, None] + (corners - half) * to_map, run_id="r1",
        chip=[encode_jpeg(noise, 80)] * len(flat) if chips else None,
    )  # fmt: skip
    low, high = middle.min(axis=0) - 200, middle.max(axis=0) + 200
    xs, ys = np.linspace(low[0], high[0], 21), np.linspace(low[1], high[1], 21)
    squares = [shapely.box(xs[i], ys[j], xs[i + 1], ys[j + 1]) for i in range(20) for j in range(20)]
    counts = count_rows(rows, regions_from(squares, [f"block {n}" for n in range(400)], wkt), wkt)
    run = Run("r1", "", "", "0", "sheep", "", ("sheep",), {}, "cpu", photos, 0, 54 * photos, len(flat))
    path = folder / "survey.gpkg"
    write_survey(path, images, rows, [run], wkt, _shown(folder, paths, middle, boxes, wkt), counts)
    return path


def _shown(folder: Path, paths: list[str], middle: np.ndarray, boxes: list[np.ndarray], wkt: str) -> list[ImageryLayer]:
    """The photos that `detect` would show: those with the most detections. They all have the pixels of one."""
    ground = np.random.default_rng(3).integers(90, 150, (HEIGHT // 2, WIDTH // 2, 3), np.uint8)
    pixels = folder / "pixels.jpg"
    pixels.write_bytes(encode_jpeg(np.kron(ground, np.ones((2, 2, 1), np.uint8)), 85))
    layers = []
    for n in np.argsort([-len(own) for own in boxes], kind="stable")[:MOST_PHOTO_LAYERS].tolist():
        file = folder / paths[n]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.hardlink_to(pixels)
        vrt = folder / "shown" / f"{file.stem}.vrt"
        vrt.parent.mkdir(exist_ok=True)
        west, north = (middle[n] + np.array([-WIDTH, HEIGHT]) * GSD_M / 2).tolist()
        write_photo_vrt(vrt, Photo(file, WIDTH, HEIGHT), (GSD_M, 0.0, west, 0.0, -GSD_M, north), wkt)
        layers.append(ImageryLayer(file.stem, f"shown/{vrt.name}", "photo", wkt))
    return layers


def in_qgis(path: Path, pans: int) -> dict[str, Any]:
    """What a real QGIS took, seconds and bytes."""
    python = os.environ.get("HERDMAP_QGIS_PYTHON", "/usr/bin/python3")
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "LANG", "PATH", "TMPDIR")}
    environment = {**kept, "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(path.parent)}
    command = [python, "-c", IN_QGIS, str(path), str(pans), ",".join(map(str, SCALES))]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def rows_of(found: dict[str, Any]) -> list[Row]:
    what = f"QGIS, {found['images']:,} photos with {found['detections']:,} detections"
    whole, used = np.median(found["project"]["whole"], axis=0)
    said = f"{whole:.1f} s; {used:.1f} s of the processor"
    rows = [
        Row(f"{what}: project read, then drawn first", "", f"{found['opening']:.1f} s, {found['first'][0]:.1f} s"),
        Row("drawn whole", f"<= {MOST_WHOLE_S:.0f} s", said, bool(whole <= MOST_WHOLE_S)),
        Row("its vector layers / QGIS's plain style", "", _ratio(found["vectors"]["whole"], found["plain"]["whole"])),
    ]
    for scale in map(str, SCALES):
        pans = np.array(found["project"]["pans"][scale])
        half, most = np.percentile(pans[:, 0], (50, 95))
        said = f"median {half:.2f} s, 95 % within {most:.2f} s; {np.median(pans[:, 1]):.2f} s of the processor"
        rows.append(Row(f"a pan at 1:{int(scale):,}", f"<= {MOST_PAN_S:.0f} s", said, bool(most <= MOST_PAN_S)))
        ratio = _ratio(found["vectors"]["pans"][scale], found["plain"]["pans"][scale])
        rows.append(Row("its vector layers / QGIS's plain style", "", ratio))
    peak = found["peak"]
    rows.append(Row("peak memory of QGIS", f"<= {MOST_BYTES / 1e9:.0f} GB", f"{peak / 1e9:.2f} GB", peak <= MOST_BYTES))
    return rows


def _ratio(drawings: list[list[float]], of_plain: list[list[float]]) -> str:
    """Of processor time, which other processes disturb less. drawings: seconds by the clock, and of the processor."""
    ours, plain = float(np.median(drawings, axis=0)[1]), float(np.median(of_plain, axis=0)[1])
    return f"{ours / plain:.1f} ({ours:.2f} s of the processor, plain {plain:.2f} s)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--pans", type=int, default=20)
    parser.add_argument("--survey", type=Path, metavar="FILE.gpkg")
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    print(f"{machine()}, load {load():.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = wanted.survey or made(Path(folder), wanted.photos)
        found = in_qgis(path.absolute(), wanted.pans)
    finish(rows_of(found), wanted.json)


if __name__ == "__main__":
    main()
