"""How many photos `herdmap teach` needs, on flights that it has never seen, beside random weights.

    python -m benchmarks.teach body              # a body that knows no photo: it learns simulated scenes, once
    python -m benchmarks.teach sheep 10 30       # learning curves on the sheep of ../shared/data
    python -m benchmarks.teach loop              # photos that the model chooses, against photos drawn at random
    python -m benchmarks.teach species           # simulated animals of six kinds, from the bundled weights
    python -m benchmarks.teach crowns            # tree crowns of OSBS_029, from the bundled weights

The shipped weights know these sheep, so the sheep are learnt from the body. Printed are F1 by centre, the error of the
count, and seconds of processor. `--seed` draws other photos.
"""

import argparse
import json
import random
import resource
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from detector import models
from detector.evaluation.headline import all_classes, rates_of
from detector.evaluation.scores import count_error
from detector.evaluation.search import look
from detector.labels.coco import read_coco
from detector.teaching import Teaching, teach
from detector.teaching.next_photos import wanted
from detector.teaching.told import Unseen
from geo.raster import RasterReader
from geo.simulation import SurveySettings, render_scene

DATA = Path("../shared/data")
SHEEP = DATA / "sheep"
FLIGHTS = ("DJI_0004", "DJI_0005", "DJI_0039", "DJI_0043", "img_2000+")  # val.json is another flight
ALL_FLIGHTS = (*FLIGHTS, "img_000-399")
SPECIES = {"cattle": 0.05, "elephant": 0.04, "antelope": 0.04, "zebra": 0.05, "seal": 0.05, "bird": 0.025}  # GSD, m
Photo = dict[str, object]
Boxes = list[list[float]]  # xywh


def processor_s() -> float:
    """Seconds of processor of this process and of its children that ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def write_coco(path: Path, boxes: dict[str, Boxes], sizes: dict[str, tuple[int, int]], name: str) -> Path:
    """A COCO file of one class. boxes: of each photo by its file's name. sizes: its width and height."""
    photos = [
        {"id": n, "file_name": photo, "width": sizes[photo][0], "height": sizes[photo][1]}
        for n, photo in enumerate(boxes)
    ]
    each = [(n, box) for n, photo in enumerate(boxes) for box in boxes[photo]]
    notes = [{"id": i, "image_id": n, "category_id": 1, "bbox": box} for i, (n, box) in enumerate(each)]
    path.parent.mkdir(parents=True, exist_ok=True)
    found = {"images": photos, "annotations": notes, "categories": [{"id": 1, "name": name}]}
    path.write_text(json.dumps(found), encoding="utf-8")
    return path


def write_scenes(folder: Path, species: str, seeds: Sequence[int], gsd_m: float, animals: int = 18) -> Path:
    """Simulated photos of 480 px, each of a place, a light and a season of its own, with their labels."""
    folder.mkdir(parents=True, exist_ok=True)
    boxes: dict[str, Boxes] = {}
    for seed in seeds:
        gsd = gsd_m * float(np.exp(np.random.default_rng(seed).uniform(-0.2, 0.2)))
        number = animals if seed % 4 else 0
        settings = SurveySettings(
            seed=seed, species=species, width_m=480 * gsd, height_m=480 * gsd, gsd_m=gsd, animals=number, flocks=2
        )
        pixels, truth, _ = render_scene(settings)
        Image.fromarray(pixels).save(folder / f"{species}-{seed}.png")
        of = truth.astype(float).tolist()
        boxes[f"{species}-{seed}.png"] = [[x0, y0, x1 - x0, y1 - y0] for x0, y0, x1, y1 in of]
    return write_coco(folder / f"{species}-{seeds[0]}.json", boxes, dict.fromkeys(boxes, (480, 480)), species)


def sheep_of(flights: Sequence[str]) -> dict[str, Boxes]:
    """The sheep of each photo of some flights."""
    boxes: dict[str, Boxes] = {}
    for labels in ("train.json", "val.json"):
        data = json.loads((SHEEP / labels).read_text(encoding="utf-8"))
        names = {one["id"]: str(one["file_name"]) for one in data["images"] if one["flight"] in flights}
        boxes |= {name: [] for name in names.values()}
        for note in data["annotations"]:
            if note["image_id"] in names:
                boxes[names[note["image_id"]]].append(note["bbox"])
    return boxes


def measured(model: Path, labels: Path, images: Path) -> str:
    """F1 and the error of the count on photos that the model has never seen."""
    loaded = models.load(str(model), "cpu")
    looked = look(loaded, read_coco(labels, images, loaded.info.classes))
    found = all_classes(looked.truth(), looked.found(loaded.info.score_threshold), 1, "centre").by_photo(0.0)
    return f"F1 {rates_of(found)['f1']:.3f}, count {count_error(found).bias:+.1%}"


def point(title: str, labels: Path, images: Path, output: Path, teaching: Teaching, unseen: tuple[Path, Path]) -> None:
    """Teach, and print what it gives on the unseen labels and photos."""
    before = processor_s()
    output.unlink(missing_ok=True)
    made = teach(labels, output, images=images, teaching=teaching)
    seconds, fit = processor_s() - before, "fit to count" if made.judgement.counts else "fit to propose"
    print(f"{title}: {measured(output, *unseen)}, said to be {fit}, {seconds:.0f} s of processor", flush=True)


def bodies(folder: Path, scratch: bool, steps: int) -> list[tuple[str, Teaching]]:
    """How each point is taught: from the body, and on wish from random weights."""
    ways = [("the body", Teaching(steps=steps, start=folder / "body.onnx", device="cpu"))]
    return [*ways, *([("random weights", Teaching(steps=steps, from_nothing=True, device="cpu"))] if scratch else [])]


def curve(given: argparse.Namespace, folder: Path) -> None:
    """Learning curves on the sheep."""
    every = sheep_of(FLIGHTS)
    for number in given.numbers:
        chosen = random.Random(given.seed).sample(sorted(every), number)
        boxes = {name: every[name] for name in chosen}
        labels = write_coco(folder / f"{number}.json", boxes, dict.fromkeys(boxes, (600, 600)), "sheep")
        for name, teaching in bodies(folder, given.scratch, given.steps):
            title = f"{number} photos, {sum(map(len, boxes.values()))} sheep, {given.steps} steps from {name}"
            unseen = SHEEP / "val.json", SHEEP / "images"
            point(title, labels, SHEEP / "images", folder / f"{number}.onnx", teaching, unseen)


def loop(given: argparse.Namespace, folder: Path) -> None:
    """Rounds of some photos more: those that the model wants, against random ones. Both begin with the same photos."""
    every = sheep_of([flight for flight in ALL_FLIGHTS if flight not in given.unseen])
    unseen = []
    for flight in given.unseen:
        boxes = sheep_of([flight])
        unseen.append(write_coco(folder / f"{flight}.json", boxes, dict.fromkeys(boxes, (600, 600)), "sheep"))
    step = given.numbers[0] if given.numbers else 4
    (_, teaching), *_ = bodies(folder, scratch=False, steps=given.steps)
    for draw in range(given.seed, given.seed + given.draws):
        mixed = random.Random(draw).sample(sorted(every), len(every))
        for way in ("wanted", "random"):
            chosen = mixed[:step]
            for number in range(1, given.rounds + 1):
                output = folder / f"{way if number > 1 else 'first'}-{draw}.onnx"
                boxes = {name: every[name] for name in chosen}
                labels = write_coco(folder / f"{way}.json", boxes, dict.fromkeys(boxes, (600, 600)), "sheep")
                if number > 1 or way == "wanted":
                    output.unlink(missing_ok=True)
                    teach(labels, output, images=SHEEP / "images", teaching=teaching)
                each = "".join(f"; {one.stem}: {measured(output, one, SHEEP / 'images')}" for one in unseen)
                sheep = sum(map(len, boxes.values()))
                print(f"draw {draw}, {way}, round {number}: {len(chosen)} photos, {sheep} sheep{each}", flush=True)
                if number < given.rounds:
                    rest = [name for name in mixed if name not in boxes]
                    rest = rest if way == "random" else asked_for(output, labels, chosen, rest)
                    chosen = [*chosen, *rest[:step]]


def asked_for(taught: Path, labels: Path, chosen: Sequence[str], rest: Sequence[str]) -> list[str]:
    """The photos of the rest that a model asks for, the best first."""
    model = models.load(str(taught), "cpu")
    assert isinstance(model, models.Model)
    unseen = [Unseen(labels, name, SHEEP / "images" / name) for name in rest]
    known = [SHEEP / "images" / name for name in chosen]
    lowest = float(model.info.thresholds().min())
    return [one.photo.name for one in wanted(unseen, known, model, lowest, 600, lambda: False)]


def species(given: argparse.Namespace, folder: Path) -> None:
    """Simulated animals, from the bundled weights, which know sheep alone."""
    for name, gsd_m in SPECIES.items():
        unseen = write_scenes(folder / name, name, range(900, 916), gsd_m)
        for number in given.numbers or [10]:
            first = 100 * given.seed + 1
            labels = write_scenes(folder / name, name, range(first, first + number), gsd_m)
            teaching = Teaching(steps=given.steps, device="cpu")
            title = f"{name}, {number} photos, {given.steps} steps"
            point(title, labels, labels.parent, folder / f"{name}.onnx", teaching, (unseen, unseen.parent))


def crowns(given: argparse.Namespace, folder: Path) -> None:
    """Tree crowns: one quarter of the image is unseen, the others teach."""
    rows = [line.split(",") for line in (DATA / "geotiff/OSBS_029.csv").read_text(encoding="utf-8").split("\n")[1:]]
    boxes_px = np.array([row[1:5] for row in rows if len(row) >= 6], float)
    with RasterReader(DATA / "geotiff/OSBS_029.tif") as reader:
        half = reader.info.width // 2
        pixels, _ = reader.read(0, 0, 2 * half, 2 * half)
    quarters: dict[str, Boxes] = {}
    folder.mkdir(parents=True, exist_ok=True)
    for n, (x, y) in enumerate([(0, 0), (half, 0), (0, half), (half, half)]):
        Image.fromarray(pixels[y : y + half, x : x + half]).save(folder / f"crowns-{n}.png")
        middles = (boxes_px[:, :2] + boxes_px[:, 2:]) / 2 - [x, y]
        own = np.clip(boxes_px[((middles >= 0) & (middles < half)).all(axis=1)] - [x, y, x, y], 0, half)
        quarters[f"crowns-{n}.png"] = [[x0, y0, x1 - x0, y1 - y0] for x0, y0, x1, y1 in own.tolist()]
    sizes, last = dict.fromkeys(quarters, (half, half)), f"crowns-{given.seed % 4}.png"
    unseen = write_coco(folder / "unseen.json", {last: quarters.pop(last)}, sizes, "tree"), folder
    labels = write_coco(folder / "crowns.json", quarters, sizes, "tree")
    teaching = Teaching(steps=given.steps, device="cpu")
    title = f"crowns, 3 parts, {sum(map(len, quarters.values()))} trees, {given.steps} steps"
    point(title, labels, folder, folder / "crowns.onnx", teaching, unseen)


def body(given: argparse.Namespace, folder: Path) -> None:
    """Teach the body."""
    labels = write_scenes(folder / "scenes", "sheep", range(100, 140), 0.027)
    teaching = Teaching(steps=given.steps, from_nothing=True, device="cpu")
    unseen = SHEEP / "val.json", SHEEP / "images"
    point("the body alone", labels, labels.parent, folder / "body.onnx", teaching, unseen)


PARTS = {"body": body, "sheep": curve, "loop": loop, "species": species, "crowns": crowns}


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("numbers", type=int, nargs="*", default=[], help="of photos; of the loop: of photos a round")
    parser.add_argument("--steps", type=int, default=400, help="of each point, of 8 crops of 320 px")
    parser.add_argument("--seed", type=int, default=0, help="of the photos that are drawn")
    parser.add_argument("--scratch", action="store_true", help="also from random weights")
    parser.add_argument("--draws", type=int, default=3, help="of the loop: how often, with other photos to begin with")
    parser.add_argument("--rounds", type=int, default=4, help="of the loop")
    parser.add_argument("--unseen", nargs="*", default=["DJI_0039", "img_000-399"], help="of the loop: these flights")
    parser.add_argument("--folder", type=Path, default=Path("build/teach"))
    given = parser.parse_args()
    PARTS[given.part](given, given.folder)


if __name__ == "__main__":
    main()
