"""How good is `herdmap find`: from the marks on one or three photos of a flight to the other photos of that flight.

The bundled model, which knows sheep, takes no part: the frozen network has never seen a sheep from the air. For each
flight of labelled photos and each draw, some photos with eight animals or more are marked and searched completely, in
a survey that was begun without a model. Found are the animals of up to ten other photos of the flight.

    python -m benchmarks.few_marks COCO.json IMAGES [--draws 3] [--photos 1 3]

The COCO file names the flight of each image in its field `flight`.
"""

import argparse
import json
import shutil
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector import survey
from detector.evaluation.matching import JudgedImage, judge
from detector.survey.finding import find
from geo import geopackage, raster
from geo.searches import Searches, with_searches
from geo.tables import DetectionRows

Labelled = tuple[Path, NDArray[np.float32]]
_RICH, _TESTED = 8, 10


def flights(coco: Path, images: Path) -> dict[str, list[Labelled]]:
    """The photos of each flight with the boxes (N, 4) xyxy px of their animals."""
    data = json.loads(coco.read_text(encoding="utf-8"))
    boxes: dict[int, list[list[float]]] = defaultdict(list)
    for one in data["annotations"]:
        x, y, width, height = one["bbox"]
        boxes[one["image_id"]].append([x, y, x + width, y + height])
    found: dict[str, list[Labelled]] = defaultdict(list)
    for image in data["images"]:
        of_image = np.array(boxes[image["id"]], np.float32).reshape(-1, 4)
        found[str(image.get("flight", ""))].append((images / image["file_name"], of_image))
    return found


def marked(output: Path, photos: list[Labelled]) -> None:
    """Write into a survey what a person writes who searched these photos completely."""
    images, runs = geopackage.read_images(output), geopackage.read_runs(output)
    row_of = {Path(path).name: (row, path) for row, path in enumerate(images.path)}
    boxes = np.concatenate([of_image for _, of_image in photos])
    index = np.concatenate([np.full(len(of_image), row_of[photo.name][0]) for photo, of_image in photos])
    n = len(boxes)
    rows = DetectionRows(
        paths=tuple(images.path), image=index, classes=runs[-1].classes, label=np.zeros(n, np.int64),
        score=np.full(n, np.nan, np.float32), boxes_px=boxes, polygons_map=np.full((n, 5, 2), np.nan),
        review="confirmed", reviewer="bench", run_id="manual",
    )  # fmt: skip
    sizes = [raster.inspect(photo) for photo, _ in photos]
    whole = np.array([[0, 0, info.width, info.height] for info in sizes], float)
    names, none = [row_of[photo.name][1] for photo, _ in photos], [None] * len(photos)
    searches = Searches(names, np.ones(len(photos), np.int64), whole, none, none)
    crs = geopackage.read_crs(output)
    geopackage.write_survey(output, with_searches(images, searches), rows, runs, crs, searches=searches)


def one_draw(items: list[Labelled], photos: int, seed: int) -> tuple[float, ...]:
    """(F1, precision, recall, F1 at IoU 0.5, marks, seconds of processor) of one draw."""
    rng = np.random.default_rng(seed)
    rich = [item for item in items if len(item[1]) >= _RICH]
    chosen = [rich[i] for i in rng.permutation(len(rich))[:photos]]
    names = {photo.name for photo, _ in chosen}
    others = [item for item in items if item[0].name not in names]
    others = [others[i] for i in rng.permutation(len(others))[:_TESTED]]
    with tempfile.TemporaryDirectory() as folder:
        imagery, output = Path(folder) / "photos", Path(folder) / "s.gpkg"
        imagery.mkdir()
        for photo, _ in (*chosen, *others):
            shutil.copy(photo, imagery)
        survey.begin(imagery, output, classes=("animal",))
        marked(output, chosen)
        began = time.process_time()
        find(output, device="cpu")
        seconds = time.process_time() - began
        rows = geopackage.read_detections(output)
        paths = np.array([Path(path).name for path in rows.image_paths()])
        judged = [
            JudgedImage(rows.boxes_px[paths == photo.name], rows.score[paths == photo.name], boxes)
            for photo, boxes in others
        ]
    score, by_iou = judge(judged, 0.5), judge(judged, 0.5, 0.5)
    return score.f1, score.precision, score.recall, by_iou.f1, sum(len(b) for _, b in chosen), seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("coco", type=Path)
    parser.add_argument("images", type=Path)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--photos", type=int, nargs="+", default=[1, 3])
    options = parser.parse_args()
    for name, items in flights(options.coco, options.images).items():
        rich = sum(len(boxes) >= _RICH for _, boxes in items)
        for photos in options.photos:
            if rich < photos or len(items) < photos + 2:
                continue
            drawn = np.array([one_draw(items, photos, seed) for seed in range(options.draws)])
            f1, precision, recall, by_iou, marks, seconds = drawn.mean(axis=0)
            print(
                f"{name}: {photos} photos, {marks:.0f} marks: F1 {f1:.2f} (worst {drawn[:, 0].min():.2f}), precision "
                f"{precision:.2f}, recall {recall:.2f}, F1 at IoU 0.5 {by_iou:.2f}, {seconds:.1f} s of processor",
                flush=True,
            )


if __name__ == "__main__":
    main()
