"""From an orthomosaic to its animals: Herdmap against a bare loop, SAHI 0.12.8 and supervision 0.31.2.

A 12000 x 9000 px GeoTIFF (JPEG in tiles) of simulated landscape with 3,000 animals, and the bundled ONNX detector on
the CPU: 640 px tiles, overlap 96, batches of 4. All run the model through the same class, `detector.models`, with the
same session settings, each in a process of its own, and every time includes opening the model. Interleaved rounds,
medians.

- bare loop: the tiles lie in memory, cut and stacked to batches before the clock starts; nothing is merged or written.
  Twice: one call after another, and as Herdmap does it, several calls at once that share the batch and the cores.
- Herdmap: `survey.detect` from the file to a closed GeoPackage, with chips and without, in the precision that `auto`
  takes; with OpenVINO that may be bfloat16. The bare loop computes in float32.
- SAHI: `get_sliced_prediction` from the file, its default merging, `batch_size=4`, without its extra pass over the
  whole image.
- supervision: `InferenceSlicer`, batch of 4, from an open rasterio dataset and from an array decoded by rasterio.

Overhead is what a contender takes beyond the bare loop, by the clock and in processor seconds (which other processes
disturb less). SAHI and supervision write nothing, Herdmap does.

    python -m venv /tmp/peers && /tmp/peers/bin/pip install . sahi==0.12.8 supervision==0.31.2
    /tmp/peers/bin/python -m benchmarks.end_to_end
    /tmp/peers/bin/python -m benchmarks.end_to_end --dense train.json val.json --photos images    # a dense herd
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Row, cores, cpu_seconds, finish, in_child, missing, peak_bytes
from detector.search.tiles import TileGrid

WIDTH, HEIGHT, ANIMALS = 12_000, 9_000, 3_000
SCENE = 3_000
TILE, OVERLAP, BATCH = 640, 96, 4
GSD_M = 0.025
MAX_OF_BARE, MAX_OF_BARE_DENSE = 0.75, 0.8  # of the bare loop's time by the clock
DENSE_PHOTOS = 24
MAX_OF_SAHI = 0.5
MAX_PEAK = 0.5e9
TOLD = {"tiles": " tiles", "precision": ""}  # by some contenders

BARE, BARE_AT_ONCE, OURS, OURS_BARE, SAHI = (
    "bare loop",
    "bare loop, calls at once",
    "Herdmap",
    "Herdmap, no chips",
    "SAHI",
)
SUPERVISION, SUPERVISION_ARRAY = "supervision, rasterio", "supervision, array"


# --- the image ---


def make_image(path: Path, width: int, height: int) -> int:
    """Write simulated landscape, one scene after another; returns the number of animals in it."""
    from geo.georeference import crs_to_wkt
    from geo.raster import write_geotiff
    from geo.simulation import SurveySettings, render_scene

    scene_animals = round(ANIMALS * SCENE * SCENE / (WIDTH * HEIGHT))
    # Two scenes are enough of a change for a detector, and rendering is slow.
    scenes = []
    for seed in (1, 2):
        settings = SurveySettings(
            seed=seed, width_m=SCENE * GSD_M, height_m=SCENE * GSD_M, gsd_m=GSD_M, animals=scene_animals
        )
        pixels, boxes, _ = render_scene(settings)
        scenes.append((pixels, boxes))
    columns, rows = -(-width // SCENE), -(-height // SCENE)
    strips = [np.concatenate([scenes[(r + c) % 2][0] for c in range(columns)], axis=1)[:, :width] for r in range(rows)]
    strips[-1] = strips[-1][: height - SCENE * (rows - 1)]
    transform = (GSD_M, 0.0, 600_000.0, 0.0, -GSD_M, 9_600_000.0)
    write_geotiff(path, iter(strips), width, height, transform, crs_to_wkt("EPSG:32736"), overviews=False)
    animals = 0
    for r in range(rows):
        for c in range(columns):
            boxes = scenes[(r + c) % 2][1]
            centres = (boxes[:, :2] + boxes[:, 2:]) / 2 + np.array([c, r]) * SCENE
            animals += int((centres < (width, height)).all(axis=1).sum())
    return animals


def make_dense_image(path: Path, labels: Sequence[Path], photos: Path) -> int:
    """Write the photos with the most animals of COCO files side by side, turned and mirrored; returns the number of
    animals in them. All photos have one size.
    """
    from PIL import Image

    from geo.georeference import crs_to_wkt
    from geo.raster import write_geotiff

    animals: Counter[str] = Counter()
    for file in labels:
        coco = json.loads(file.read_text(encoding="utf-8"))
        names = {image["id"]: image["file_name"] for image in coco["images"]}
        animals.update(names[one["image_id"]] for one in coco["annotations"])
    most = [name for name, _ in animals.most_common(DENSE_PHOTOS)]
    pictures = [np.asarray(Image.open(photos / name).convert("RGB")) for name in most]
    side = len(pictures[0])
    columns, rows = WIDTH // side, HEIGHT // side
    order = np.random.default_rng(0).permutation(columns * rows)

    def placed(number: int) -> NDArray[np.uint8]:
        way = number // len(pictures) % 8
        turned = np.rot90(pictures[number % len(pictures)], way % 4)
        return turned[:, ::-1] if way >= 4 else turned

    strips = (
        np.concatenate([placed(one) for one in order[row * columns : (row + 1) * columns]], axis=1)
        for row in range(rows)
    )
    transform = (GSD_M, 0.0, 600_000.0, 0.0, -GSD_M, 9_600_000.0)
    write_geotiff(path, strips, columns * side, rows * side, transform, crs_to_wkt("EPSG:32736"), overviews=False)
    return sum(animals[most[one % len(most)]] for one in order)


# --- the contenders, each in its own process ---


class Timed:
    """A model that adds up the time spent in it, called by one thread at a time."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.seconds = 0.0
        self.tiles = 0

    def __call__(self, tiles: NDArray[np.uint8]) -> Any:
        start = time.perf_counter()
        found = self._model.detect(tiles)
        self.seconds += time.perf_counter() - start
        self.tiles += len(tiles)
        return found

    def told(self) -> dict[str, Any]:
        """The seconds and the tiles."""
        return {"model": self.seconds, "tiles": self.tiles}


def open_model(file: str | None) -> tuple[Timed, float]:
    """The model and its score threshold."""
    from detector import models

    model = models.load(file, "cpu")
    return Timed(model), float(model.info.thresholds()[0])


def filled(tile: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A tile that reaches beyond the image, filled up with black, so that all of a batch have one size."""
    if tile.shape[:2] == (TILE, TILE):
        return tile
    whole = np.zeros((TILE, TILE, 3), np.uint8)
    whole[: tile.shape[0], : tile.shape[1]] = tile
    return whole


def decoded(image: str) -> NDArray[np.uint8]:
    import rasterio

    with rasterio.open(image) as dataset:
        return np.ascontiguousarray(dataset.read((1, 2, 3)).transpose(1, 2, 0))


def tiles_of(image: str, tile: int = TILE, overlap: int = OVERLAP) -> list[NDArray[np.uint8]]:
    pixels = decoded(image)
    grid = TileGrid(pixels.shape[1], pixels.shape[0], tile, overlap)
    return [pixels[y0:y1, x0:x1] for x0, y0, x1, y1 in grid.boxes]


def bare_loop(image: str, model_file: str | None) -> Callable[[], tuple[int, dict[str, Any]]]:
    tiles = tiles_of(image)
    batches = [np.stack(tiles[i : i + BATCH]) for i in range(0, len(tiles), BATCH)]
    del tiles

    def work() -> tuple[int, dict[str, Any]]:
        model, threshold = open_model(model_file)
        found = sum(int((model(batch).scores >= threshold).sum()) for batch in batches)
        return found, model.told()

    return work


def bare_loop_at_once(image: str, model_file: str | None) -> Callable[[], tuple[int, dict[str, Any]]]:
    from detector import models
    from detector.survey.searching import CALLS_AT_ONCE

    tiles = tiles_of(image)
    share = max(1, BATCH // min(CALLS_AT_ONCE, cores()))
    batches = [np.stack(tiles[i : i + share]) for i in range(0, len(tiles), share)]
    del tiles

    def work() -> tuple[int, dict[str, Any]]:
        model = models.load(model_file, "cpu", calls_at_once=CALLS_AT_ONCE)
        threshold = float(model.info.thresholds()[0])
        with ThreadPoolExecutor(model.calls_at_once) as pool:
            return sum(int((found.scores >= threshold).sum()) for found in pool.map(model.detect, batches)), {}

    return work


def herdmap(image: str, model_file: str | None, *, chips: bool) -> Callable[[], tuple[int, dict[str, Any]]]:
    from detector import survey
    from geo.geopackage import read_runs

    settings = survey.Settings(tile_size=TILE, overlap=OVERLAP, batch_size=BATCH, chips=chips)

    def work() -> tuple[int, dict[str, Any]]:
        with tempfile.TemporaryDirectory(dir=Path(image).parent) as folder:
            output = Path(folder) / "survey.gpkg"
            found = survey.detect([image], output, model=model_file, device="cpu", settings=settings).detections
            return found, {"precision": read_runs(output)[-1].settings["searched_in"]["name"]}

    return work


def sahi(image: str, model_file: str | None) -> Callable[[], tuple[int, dict[str, Any]]]:
    from sahi.models.base import DetectionModel
    from sahi.predict import get_sliced_prediction
    from sahi.prediction import ObjectPrediction

    class Onnx(DetectionModel):  # type: ignore[misc] # SAHI is not in the environment of the checks
        def load_model(self) -> None:
            self.model, self.confidence_threshold = open_model(model_file)

        def perform_batch_inference(self, images: list[NDArray[np.uint8]]) -> None:
            self._original_predictions = (self.model(np.stack(images)), len(images))

        def _create_object_prediction_list_from_original_predictions(
            self, shift_amount_list: Any = None, full_shape_list: Any = None
        ) -> None:
            found, images = self._original_predictions
            found = found[found.scores >= self.confidence_threshold]
            each: list[list[ObjectPrediction]] = [[] for _ in range(images)]
            views = zip(found.boxes.tolist(), found.scores.tolist(), found.tiles.tolist(), strict=True)
            for box, score, tile in views:
                each[tile].append(
                    ObjectPrediction(
                        bbox=box,
                        category_id=0,
                        category_name="animal",
                        score=score,
                        shift_amount=shift_amount_list[tile],
                        full_shape=full_shape_list[tile],
                    )
                )
            self._object_prediction_list_per_image = each

    def work() -> tuple[int, dict[str, Any]]:
        model = Onnx(device="cpu")
        result = get_sliced_prediction(
            image,
            model,
            slice_height=TILE,
            slice_width=TILE,
            overlap_height_ratio=OVERLAP / TILE,
            overlap_width_ratio=OVERLAP / TILE,
            perform_standard_pred=False,
            batch_size=BATCH,
            verbose=0,
        )
        return len(result.object_prediction_list), model.model.told()

    return work


def supervision(image: str, model_file: str | None, *, windows: bool) -> Callable[[], tuple[int, dict[str, Any]]]:
    import rasterio
    import supervision as sv

    def work() -> tuple[int, dict[str, Any]]:
        model, threshold = open_model(model_file)

        def callback(tiles: list[NDArray[np.uint8]]) -> list[sv.Detections]:
            found = model(np.stack([filled(tile) for tile in tiles]))
            found = found[found.scores >= threshold]
            each = (found[found.tiles == i] for i in range(len(tiles)))
            return [sv.Detections(xyxy=f.boxes, confidence=f.scores, class_id=f.labels) for f in each]

        slicer = sv.InferenceSlicer(callback, slice_wh=TILE, overlap_wh=OVERLAP, batch_size=BATCH)
        if not windows:
            return len(slicer(decoded(image))), model.told()
        with rasterio.open(image) as dataset:
            return len(slicer(dataset)), model.told()

    return work


def contender(name: str, image: str, model_file: str | None) -> Callable[[], tuple[int, dict[str, Any]]]:
    match name:
        case "bare loop":
            return bare_loop(image, model_file)
        case "bare loop, calls at once":
            return bare_loop_at_once(image, model_file)
        case "Herdmap" | "Herdmap, no chips":
            return herdmap(image, model_file, chips=name == OURS)
        case "SAHI":
            return sahi(image, model_file)
        case _:
            return supervision(image, model_file, windows=name == SUPERVISION)


def run_one(name: str, image: str, model_file: str | None) -> None:
    """In the child: run one contender and print what it took."""
    import onnxruntime  # noqa: F401  (imports are not what is measured)

    work = contender(name, image, model_file)
    start, cpu_start = time.perf_counter(), cpu_seconds()
    animals, more = work()
    wall, cpu = time.perf_counter() - start, cpu_seconds() - cpu_start
    answer = {"wall": wall, "cpu": cpu, "animals": animals, "peak": peak_bytes(), **more}
    print("\n" + json.dumps(answer))


# --- the comparison ---


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--width", type=int, default=WIDTH)
    parser.add_argument("--height", type=int, default=HEIGHT)
    parser.add_argument("--model", help="an .onnx file; the bundled detector without")
    parser.add_argument("--image", type=Path, help="an image of your own; the simulated one without")
    parser.add_argument("--dense", nargs="+", type=Path, help="COCO files: the image is made of their densest photos")
    parser.add_argument("--photos", type=Path, help="the folder of these photos")
    parser.add_argument("--only", nargs="+", help="only these contenders")
    parser.add_argument("--contender", help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.contender:
        run_one(options.contender, str(options.image), options.model)
        return

    names = [BARE, BARE_AT_ONCE, OURS, OURS_BARE]
    if not missing("sahi"):
        names.append(SAHI)
    if not missing("supervision"):
        names += [SUPERVISION, SUPERVISION_ARRAY]
    if options.only:
        names = [name for name in names if name in options.only or name == BARE]
    with tempfile.TemporaryDirectory() as folder:
        image, animals = options.image, None
        if image is None:
            image = Path(folder) / "orthomosaic.tif"
            if options.dense:
                animals = make_dense_image(image, options.dense, options.photos)
            else:
                animals = make_image(image, options.width, options.height)
            size = image.stat().st_size / 1e6
            print(f"{options.width} x {options.height} px, {animals} animals, {size:.0f} MB", flush=True)
        given = ["--image", str(image)] + (["--model", options.model] if options.model else [])
        runs: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
        for number in range(options.rounds):
            for name in names:
                answer = in_child("benchmarks.end_to_end", "--contender", name, *given)
                runs[name].append(answer)
                tiles = "".join(f"  {answer[name]}{unit}" for name, unit in TOLD.items() if name in answer)
                print(
                    f"round {number + 1}  {name:22s} {answer['wall']:7.2f} s ({answer['cpu']:.1f} s of processor)  "
                    f"peak {answer['peak'] / 1e6:5.0f} MB  {answer['animals']:.0f} animals{tiles}",
                    flush=True,
                )
    finish(rows_of(runs, animals, MAX_OF_BARE_DENSE if options.dense else MAX_OF_BARE), options.json)


def rows_of(runs: dict[str, list[dict[str, Any]]], animals: int | None, most: float) -> list[Row]:
    """What goes into the table. most: of the bare loop's time by the clock."""

    def beyond_bare(name: str, key: str = "wall") -> float:
        # Round by round: what ran under one load is compared.
        return float(median(a[key] - b[key] for a, b in zip(runs[name], runs[BARE], strict=True)))

    rows = []
    for name in (OURS, OURS_BARE):
        if name not in runs:
            continue
        share, processor = (
            median(a[key] / b[key] for a, b in zip(runs[name], runs[BARE], strict=True)) for key in ("wall", "cpu")
        )
        rows.append(
            Row(
                f"end to end, time / the bare loop's: {name}",
                f"<= {most:.2f}",
                f"{share:.3f} (processor {processor:.3f})",
                share <= most,
            )
        )
        if SAHI in runs:
            ours, sahis = beyond_bare(name), beyond_bare(SAHI)
            rows.append(
                Row(
                    f"end to end, overhead / SAHI's: {name}",
                    f"< {MAX_OF_SAHI:g}",
                    f"{ours / sahis:.2f} ({ours:+.2f} s, SAHI {sahis:+.2f} s)",
                    ours < MAX_OF_SAHI * sahis,
                )
            )
        peak = max(run["peak"] for run in runs[name])
        rows.append(
            Row(
                f"end to end, peak memory: {name}",
                f"< {MAX_PEAK / 1e6:.0f} MB",
                f"{peak / 1e6:.0f} MB",
                peak < MAX_PEAK,
            )
        )
    for name, each in runs.items():
        wall, peak = median(run["wall"] for run in each), max(run["peak"] for run in each)
        found = f"{each[0]['animals']:.0f}"
        found += (
            " boxes unmerged" if name in (BARE, BARE_AT_ONCE) else f" of {animals} animals" if animals else " animals"
        )
        said = [f"{wall:.2f} s"]
        if name != BARE:
            said.append(f"overhead {beyond_bare(name):+.2f} s ({beyond_bare(name, 'cpu'):+.2f} s of processor)")
        said += [f"peak {peak / 1e6:.0f} MB", found]
        said += [f"{each[0][name]}{unit}" for name, unit in TOLD.items() if name in each[0]]
        rows.append(Row(f"end to end: {name}", "", ", ".join(said)))
    return rows


if __name__ == "__main__":
    main()
