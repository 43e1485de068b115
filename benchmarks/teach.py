"""How many photos `herdmap teach` needs: learning curves on a flight that it has never seen, beside random weights.

    python -m benchmarks.teach --body            # a body that knows no photo: it learns simulated scenes, once
    python -m benchmarks.teach --photos 3 10 30  # the sheep of ../shared/data: F1 and count error on the unseen flight

Each point learns the same photos for the same number of steps, from the body and from random weights. The shipped
weights are not used, because they know these sheep. Printed are F1 by centre, the error of the count, and seconds of
processor.
"""

import argparse
import json
import random
import resource
from pathlib import Path

import numpy as np
from PIL import Image

from detector import models
from detector.evaluation.headline import all_classes, rates_of
from detector.evaluation.scores import count_error
from detector.evaluation.search import look
from detector.labels.coco import read_coco
from detector.teaching import Teaching, teach
from geo.simulation import SurveySettings, render_scene

SHEEP = Path("../shared/data/sheep")
FLIGHTS = ("DJI_0004", "DJI_0005", "DJI_0039", "DJI_0043", "img_2000+")  # val.json is another flight
SCENES = 40


def processor_s() -> float:
    """Seconds of processor of this process and of its children that ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def write_coco(path: Path, photos: list[dict[str, object]], boxes: dict[str, list[list[float]]]) -> None:
    """A COCO file of one class. boxes: xywh of each photo by its file's name."""
    notes = [
        {"id": n, "image_id": photo["id"], "category_id": 1, "bbox": box}
        for n, (photo, box) in enumerate((photo, box) for photo in photos for box in boxes[str(photo["file_name"])])
    ]
    found = {"images": photos, "annotations": notes, "categories": [{"id": 1, "name": "sheep"}]}
    path.write_text(json.dumps(found), encoding="utf-8")


def write_scenes(folder: Path) -> Path:
    """Simulated scenes with their labels."""
    folder.mkdir(parents=True, exist_ok=True)
    photos, boxes = [], {}
    for n in range(SCENES):
        gsd = float(np.exp(np.random.default_rng(n).uniform(np.log(0.018), np.log(0.04))))
        pixels, truth, _ = render_scene(
            SurveySettings(seed=100 + n, width_m=480 * gsd, height_m=480 * gsd, gsd_m=gsd, animals=18, flocks=3)
        )
        name = f"{n}.png"
        Image.fromarray(pixels).save(folder / name)
        photos.append({"id": n, "file_name": name, "width": pixels.shape[1], "height": pixels.shape[0]})
        boxes[name] = [[x0, y0, x1 - x0, y1 - y0] for x0, y0, x1, y1 in truth.astype(float).tolist()]
    write_coco(folder / "labels.json", list(photos), boxes)
    return folder / "labels.json"


def write_sample(path: Path, number: int, seed: int) -> int:
    """The labels of some photos of the flights that are learnt, without the flights' names. Returns the boxes."""
    data = json.loads((SHEEP / "train.json").read_text(encoding="utf-8"))
    photos = [photo for photo in data["images"] if photo["flight"] in FLIGHTS]
    chosen = random.Random(seed).sample(photos, number)
    numbers = {photo["id"]: photo["file_name"] for photo in chosen}
    boxes: dict[str, list[list[float]]] = {str(photo["file_name"]): [] for photo in chosen}
    for note in data["annotations"]:
        if note["image_id"] in numbers:
            boxes[numbers[note["image_id"]]].append(note["bbox"])
    kept = [{key: photo[key] for key in ("id", "file_name", "width", "height")} for photo in chosen]
    write_coco(path, kept, boxes)
    return sum(map(len, boxes.values()))


def measured(model: Path) -> tuple[float, float]:
    """(F1, error of the count) on the flight that no training has seen."""
    loaded = models.load(str(model), "cpu")
    looked = look(loaded, read_coco(SHEEP / "val.json", SHEEP / "images", loaded.info.classes))
    found = all_classes(looked.truth(), looked.found(loaded.info.score_threshold), 1, "centre")
    by_photo = found.by_photo(0.0)
    return rates_of(by_photo)["f1"], count_error(by_photo).bias


def point(labels: Path, images: Path, output: Path, teaching: Teaching) -> float:
    """Teach, and return the seconds of processor that it took."""
    before = processor_s()
    output.unlink(missing_ok=True)
    teach(labels, output, images=images, teaching=teaching)
    return processor_s() - before


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--body", action="store_true", help="make the body that knows no photo")
    parser.add_argument("--photos", type=int, nargs="*", default=[])
    parser.add_argument("--steps", type=int, default=400, help="steps of each point, of 8 crops of 320 px")
    parser.add_argument("--body-steps", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0, help="of the photos that are drawn")
    parser.add_argument("--folder", type=Path, default=Path("build/teach"))
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    body = given.folder / "body.onnx"
    if given.body:
        labels = write_scenes(given.folder / "scenes")
        teaching = Teaching(steps=given.body_steps, from_nothing=True, device="cpu")
        print(f"body: {point(labels, labels.parent, body, teaching):.0f} s", flush=True)
        f1, error = measured(body)
        print(f"body alone: F1 {f1:.3f}, count {error:+.1%}", flush=True)
    for number in given.photos:
        labels = given.folder / f"{number}.json"
        boxes = write_sample(labels, number, given.seed)
        for name, start in (("body", body), ("random weights", None)):
            teaching = Teaching(steps=given.steps, start=start, from_nothing=start is None, device="cpu")
            output = given.folder / f"{number}-{name.split()[0]}.onnx"
            seconds = point(labels, SHEEP / "images", output, teaching)
            f1, error = measured(output)
            print(
                f"{number} photos, {boxes} boxes, {given.steps} steps from {name}: F1 {f1:.3f}, count {error:+.1%}, "
                f"{seconds:.0f} s of processor",
                flush=True,
            )


if __name__ == "__main__":
    main()
