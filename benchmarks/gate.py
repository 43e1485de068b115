"""A gate ahead of the detector, on a simulated survey of which 94 % of the tiles are empty.

A fastai classifier, SqueezeNet on tiles of 160 px, is taught on other simulated scenes, exported by `herdmap
export-model`'s own code and put ahead of the bundled detector: the same `detect` on the same photos with it and
without, end to end, and the recall of both against the truth. Its threshold is chosen on scenes that are neither those
that it was taught on nor the survey's. What the gate lets pass does not depend on the detector behind it, so this is
also what a larger one would lose. The bundled detector is tiny, a few hundredths of a second a tile; the time is
measured too ahead of a detector of the cost that surveys pay, torchvision's Faster R-CNN R50 FPN, on the first photos
alone: its weights are random and it finds nothing.

Times are the processor's (all threads) beside the clock's, as a busy machine spoils only the latter.

    python -m benchmarks.gate [--photos 544] [--lessons 2400] [--epochs 8] [--keep FOLDER] [--quick]
"""

import argparse
import shutil
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.report import Row, cpu_seconds, finish, load, machine, table
from detector import models, survey
from detector.evaluation import JudgedImage, judge
from detector.models.export import export_model
from detector.search.tiles import TileGrid
from geo import geopackage
from geo.simulation import SurveySettings, render_scene
from tests.detector.models.tile_learner import holds, labelled_tiles, learner, teach

TILE, OVERLAP = 640, 112
ARCHITECTURE, RESIZE = "squeezenet1_1", 160
# A photo has 1920 x 1600 px, 12 tiles. A flock fills one photo of so many: 94 % of the tiles are empty.
WIDTH_M, HEIGHT_M, ANIMALS, ONE_OF = 48, 40, 60, 16
# Half of the recall that may be lost: the other half is for what these scenes do not tell.
LOST = 0.0025
TAUGHT_ON, CHOSEN_ON, SURVEYED = range(100, 112), range(200, 212), 300
CARD = f"""
framework = "fastai"
architecture = "{ARCHITECTURE}"
classes = ["empty", "sheep"]
tile_size = {TILE}
overlap = {OVERLAP}
resize = {RESIZE}
resize_method = "squish"
"""
HEAVY = f"""
framework = "torchvision"
architecture = "fasterrcnn_resnet50_fpn"
classes = ["sheep"]
tile_size = {TILE}
overlap = {OVERLAP}
detections_per_tile = 1
score_threshold = 1.0
"""


def scene(
    seed: int, animals: int, width_m: float = WIDTH_M, height_m: float = HEIGHT_M
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    settings = SurveySettings(seed=seed, width_m=width_m, height_m=height_m, gsd_m=0.025, animals=animals, flocks=1)
    pixels, boxes, _ = render_scene(settings)
    return pixels, boxes


def taught(folder: Path, lessons: int, epochs: int) -> None:
    """Writes the gate as a portable file."""
    from torchvision.models import squeezenet1_1

    tiles: list[NDArray[np.uint8]] = []
    labels: list[str] = []
    for seed in TAUGHT_ON:
        more, of = labelled_tiles(*scene(seed, 40, 80, 60), TILE, lessons // len(TAUGHT_ON), seed)
        tiles += more
        labels += of
    made = learner(tiles, labels, folder, RESIZE, squeezenet1_1)
    teach(made, epochs, 1e-3)
    made.save("gate", with_opt=False)
    (folder / "gate.toml").write_text(CARD, encoding="utf-8")
    export_model(folder / "gate.pth", folder / "gate.onnx", lambda side: np.stack(tiles[:8]), say=print)


def threshold_of(gate: Path) -> float:
    """The highest that lets a tile with each animal pass in some scenes, but for LOST of them; a fifth lower, as the
    survey's scenes are others."""
    model = models.load_classifier(gate, "cpu")
    best: list[float] = []  # of the tiles that show an animal whole, what the gate gives the best
    for seed in CHOSEN_ON:
        pixels, boxes = scene(seed, ANIMALS)
        grid = TileGrid(pixels.shape[1], pixels.shape[0], TILE, OVERLAP)
        tiles = np.stack([pixels[y : y + TILE, x : x + TILE] for x, y in grid.boxes[:, :2].tolist()])
        sheep = 1 - model.classify(tiles)[:, 0]
        for box in boxes:
            shown = [holds(tile, box[None], least=0.99) for tile in grid.boxes]
            best.append(float(sheep[shown].max()))
    return 0.8 * sorted(best)[int(LOST * len(best))]


def surveyed(folder: Path, count: int) -> tuple[list[Path], list[NDArray[np.float32]]]:
    """Photos and their true boxes. Those without animals are a scene each, as it is and mirrored three ways."""
    photos, true = [folder / f"{n:04d}.jpg" for n in range(count)], []
    empty: list[NDArray[np.uint8]] = []
    for n, photo in enumerate(photos):
        boxes = photo.with_suffix(".npy")
        if not boxes.exists():
            pixels, found = scene(SURVEYED + n, ANIMALS) if n % ONE_OF == 0 else (np.zeros(0), np.zeros((0, 4), "f4"))
            if n % ONE_OF:
                if not empty:
                    ground, _ = scene(SURVEYED + n, 0)
                    empty = [ground[::down, ::across] for down in (1, -1) for across in (1, -1)]
                pixels = empty.pop()
            Image.fromarray(pixels).save(photo, quality=90)
            np.save(boxes, found)
        true.append(np.load(boxes))
    return photos, true


@dataclass(frozen=True)
class Measured:
    clock_s: float
    processor_s: float
    outcome: survey.Outcome


def measured(photos: list[Path], output: Path, model: Path | None, gate: Path | None, threshold: float) -> Measured:
    """`detect` from nothing, its parts too."""
    shutil.rmtree(output.with_suffix(".herdmap"), ignore_errors=True)
    output.unlink(missing_ok=True)
    settings = survey.Settings(gate_threshold=threshold if gate else None, chips=False)
    clock, processor = time.perf_counter(), cpu_seconds()
    outcome = survey.detect(photos, output, model=model, gate=gate, settings=settings, device="cpu")
    return Measured(time.perf_counter() - clock, cpu_seconds() - processor, outcome)


def recall(output: Path, photos: list[Path], true: list[NDArray[np.float32]]) -> tuple[float, int]:
    """(share of the true animals that were found, how many there are)."""
    rows = geopackage.read_detections(output)
    names = np.array([Path(path).name for path in rows.image_paths()])
    images = []
    for photo, boxes in zip(photos, true, strict=True):
        of = rows.take(names == photo.name)
        images.append(JudgedImage(of.boxes_px, of.score, boxes))
    score = judge(images, threshold=0.0)
    return score.recall, score.found + score.missed


def saved(what: str, plain: Measured, gated: Measured, target: float | None) -> Row:
    ratio = plain.processor_s / gated.processor_s
    text = (
        f"{ratio:.1f}x ({plain.processor_s:.1f} against {gated.processor_s:.1f} s of the processor; by the clock "
        f"{plain.clock_s:.1f} against {gated.clock_s:.1f} s); "
        f"{gated.outcome.gated} of {gated.outcome.tiles} tiles skipped"
    )
    return Row(what, "" if target is None else f">= {target:g}x", text, None if target is None else ratio >= target)


def heavy(photos: list[Path], folder: Path, gate: Path, threshold: float) -> Row:
    """The same ahead of a detector of a usual size, without its accuracy: its weights are random."""
    import torch
    from torchvision.models.detection import fasterrcnn_resnet50_fpn

    torch.manual_seed(0)
    network = fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None, num_classes=2)
    torch.save(network.state_dict(), folder / "r50.pth")
    (folder / "r50.toml").write_text(HEAVY, encoding="utf-8")
    plain = measured(photos, folder / "heavy.gpkg", folder / "r50.pth", None, threshold)
    gated = measured(photos, folder / "heavy.gpkg", folder / "r50.pth", gate, threshold)
    return saved(f"Faster R-CNN R50 behind the gate, random weights, {len(photos)} photos, end to end", plain, gated, 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=544, help="photos of the survey, 12 tiles each")
    parser.add_argument("--lessons", type=int, default=2400, help="tiles that the gate is taught on")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument(
        "--heavy-photos", type=int, default=ONE_OF, help="photos that the large detector searches, 0 for none"
    )
    parser.add_argument("--keep", type=Path, help="a folder for the gate and the photos; what is there is used again")
    parser.add_argument("--only-make", action="store_true", help="make the gate and the photos in --keep, no more")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    if args.quick:
        args.photos, args.lessons, args.epochs, args.heavy_photos = ONE_OF, 120, 2, 0
    warnings.simplefilter("ignore")
    folder = args.keep or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{machine()}, load {load():.1f}", flush=True)

    gate, chosen = folder / "gate.onnx", folder / "threshold.txt"
    if not gate.exists():
        taught(folder, args.lessons, args.epochs)
        chosen.unlink(missing_ok=True)
    if not chosen.exists():
        chosen.write_text(str(threshold_of(gate)))
    threshold = float(chosen.read_text())
    print(f"the gate is taught: {gate.stat().st_size / 1e6:.1f} MB, threshold {threshold:.2g}", flush=True)

    photos, true = surveyed(folder, args.photos)
    tiles = empty = 0
    for boxes in true:
        grid = TileGrid(round(WIDTH_M / 0.025), round(HEIGHT_M / 0.025), TILE, OVERLAP)
        tiles += len(grid)
        empty += sum(not holds(tile, boxes) for tile in grid.boxes)
    print(f"{args.photos} photos, {tiles} tiles, {empty / tiles:.1%} of them empty", flush=True)
    if args.only_make:
        return

    measured(photos[:1], folder / "warm.gpkg", None, gate, threshold)
    plain = measured(photos, folder / "plain.gpkg", None, None, threshold)
    gated = measured(photos, folder / "gated.gpkg", None, gate, threshold)
    (before, animals), (after, _) = (recall(folder / f"{name}.gpkg", photos, true) for name in ("plain", "gated"))
    rows = [
        Row("tiles without an animal", "94 %", f"{empty / tiles:.1%} of {tiles}"),
        saved("the bundled detector behind the gate, end to end", plain, gated, 3),
        Row(
            "recall lost to the gate",
            "<= 0.5 %",
            f"{before - after:.2%} ({before:.1%} to {after:.1%} of {animals} animals)",
            before - after <= 0.005,
        ),
    ]
    print(table(rows), flush=True)

    if args.heavy_photos:
        rows.append(heavy(photos[: args.heavy_photos], folder, gate, threshold))
    finish(rows, args.json)
    if args.keep is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
