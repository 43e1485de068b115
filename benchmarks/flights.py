"""How right the compact network is on flights of sheep that it has never seen: each flight held out in turn.

    python scripts/sheep_data.py ../shared/data build/flights/data   # links, rasters and simulated scenes, once
    python -m benchmarks.teach body                                  # weights that know no photo, once
    python -m benchmarks.flights held-out    # for each flight: learns all other flights; resumes; ends with the table
    python -m benchmarks.flights table       # the table alone: F1 and count of each flight, and what the mistakes are

A flight is held out with all its photos, whichever set its publisher put them in. The threshold of a flight is the one
that is best on the other flights, each as found by the model that had not learnt it. `--model FILE` makes the table of
one model instead, at its own threshold, on all flights; `sheep` is the bundled one, which has learnt five of them.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.teach import ALL_FLIGHTS, SHEEP
from detector import models
from detector.evaluation.headline import all_classes, rates_of
from detector.evaluation.matching import best_threshold
from detector.evaluation.scores import Found, Matches, Truth, count_error, matches
from detector.evaluation.search import FLOOR, Looked, look, photo_pixels
from detector.labels.coco import read_coco
from detector.models.compact import export_compact
from detector.models.compact_weights import read_network, with_norms_of
from detector.training import train
from detector.training.checkpoint import save
from geo.boxes import iou

SIZES_PX = (0, 16, 32, 64)  # lower ends, of the longer side
SCALE = (0.5, 1.6)  # of the views that are learnt, before the zoom
_NORM_SCENES = 8
TOUCHING = 0.05  # the IoU with a neighbour from which an animal stands side by side with it

_CONFIG = """
classes = ["sheep"]
seed = {seed}
device = "cpu"
workers = 0
start_from = "{start}"

[[data]]
coco = "flights.json"
images = "sheep/images"
without = ["{without}"]

[[data]]
coco = "simulated/labels.json"
images = "simulated/images"
weight = {simulated}

{crowds}
[negatives]
images = ["photos/*.JPG", "rasters/*.png"]
weight = {negatives}

[augment]
scale = [{smallest}, {largest}]

[model]
widths = [32, 64, 128]

[schedule]
steps = {steps}
batch = {batch}
crop_px = 320
learning_rate = {rate}
warm_up_steps = 100
average_steps = 100

[output]
folder = "{folder}"
name = "sheep"
tile_size = 640
overlap = 112
checkpoint_steps = 50

[tracking]
mlflow = false
tensorboard = false
"""
_CROWDS = """
[[data]]
coco = "crowded/labels.json"
images = "crowded/images"
weight = {weight}
"""


@dataclass(frozen=True)
class Flight:
    """A flight and what a model that has not learnt it found. Attributes: truth, seen: from FLOOR on."""

    name: str
    looked: Looked
    truth: Truth
    seen: Found

    @classmethod
    def of(cls, name: str, model: Path | str, labels: Path) -> "Flight":
        """Search the photos of a flight."""
        loaded = models.load(str(model), "cpu", threads=1)
        photos = [one for one in read_coco(labels, SHEEP / "images", ("sheep",)) if one.flight == name]
        looked = look(loaded, photos)
        return cls(name, looked, looked.truth(), looked.found(FLOOR))

    def score(self) -> Matches:
        """Its matches, for a threshold."""
        return matches(self.truth, self.seen, 0, "centre")


def labels_of_all(folder: Path) -> Path:
    """The labels of all sets in one file: flights are held out whole."""
    parts = [json.loads((SHEEP / f"{name}.json").read_text(encoding="utf-8")) for name in ("train", "val")]
    images: list[dict[str, object]] = []
    notes: list[dict[str, object]] = []
    for part in parts:
        number = {image["id"]: len(images) + n for n, image in enumerate(part["images"])}
        images += [{**image, "id": number[image["id"]]} for image in part["images"]]
        notes += [
            {**note, "image_id": number[note["image_id"]], "id": len(notes) + n}
            for n, note in enumerate(part["annotations"])
        ]
    path = folder / "flights.json"
    found = {"images": images, "annotations": notes, "categories": parts[0]["categories"]}
    path.write_text(json.dumps(found), encoding="utf-8")
    return path


def start_of(body: Path, folder: Path) -> Path:
    """A checkpoint with the weights of a model file, its norms as simulated scenes need them."""
    network = read_network(body)
    scenes = sorted((folder / "simulated" / "images").glob("*.jpg"))[-_NORM_SCENES:]
    pixels = np.stack([photo_pixels(path, None) for path in scenes]).transpose(0, 3, 1, 2)
    with_norms_of(network, torch.from_numpy(pixels).float())
    path = folder / "body.pt"
    weights = network.state_dict()
    save(path, {"framework": "compact", "classes": ["sheep"], "step": 0, "network": weights, "averaged": weights})
    return path


def trained(given: argparse.Namespace, flight: str) -> Path:
    """The model that has learnt all flights but this one. One that is there is not trained again."""
    data: Path = (given.folder / "data").resolve()
    made: Path = given.folder.resolve() / given.recipe / flight
    if (made / "sheep.onnx").is_file():
        return made / "sheep.onnx"
    text = _CONFIG.format(
        seed=given.seed,
        start=start_of(given.body, data),
        without=flight,
        simulated=given.simulated,
        crowds=_CROWDS.format(weight=given.crowded) if given.crowded else "",
        negatives=given.negatives,
        steps=given.steps,
        batch=given.batch,
        rate=given.rate,
        smallest=SCALE[0] * given.zoom,
        largest=SCALE[1] * given.zoom,
        folder=made,
    )
    config = data / f"{given.recipe}-{flight}.toml"
    config.write_text(text, encoding="utf-8")
    model: Path = train(config)
    if given.zoom != 1:
        export_compact(read_network(model), models.load(str(model), "cpu").info, model, given.zoom)
    return model


def judged(flights: list[Flight], own: float | None) -> None:
    """Print the table. own: the threshold of all flights; None to choose that of each on the others."""
    print("| flight | photos | animals | threshold | precision | recall | F1 | count |", "|---" * 8 + "|", sep="\n")
    f1s = []
    for flight in flights:
        others = [one.score().at for one in flights if one is not flight]
        threshold = own if own is not None else best_threshold(others)
        by_photo = all_classes(flight.truth, flight.looked.found(threshold), 1, "centre").by_photo(0.0)
        of, error = rates_of(by_photo), count_error(by_photo)
        f1s.append(of["f1"])
        print(
            f"| `{flight.name}` | {len(by_photo)} | {error.true} | {threshold:.2f} | {of['precision']:.3f} | "
            f"{of['recall']:.3f} | {of['f1']:.3f} | {error.bias:+.1%} |"
        )
        print(f"    {mistakes(flight, threshold)}")
    print(f"mean F1 {np.mean(f1s):.3f}", flush=True)


def mistakes(flight: Flight, threshold: float) -> str:
    """Which animals were missed, and what was taken for one."""
    truth, counted = flight.truth, flight.looked.found(threshold)
    matched = all_classes(truth, counted, 1, "centre")
    missed = matched.found_at == -np.inf
    sizes = (truth.boxes_px[:, 2:] - truth.boxes_px[:, :2]).max(axis=1)
    close = touching(truth)
    by_size = [
        f"{low} px: {missed[own].sum()}/{own.sum()}"
        for low, high in zip(SIZES_PX, (*SIZES_PX[1:], np.inf), strict=True)
        if (own := (sizes >= low) & (sizes < high)).any()
    ]
    wrong = matched.detection[~matched.right]
    middles = (counted.boxes_px[wrong, :2] + counted.boxes_px[wrong, 2:]) / 2
    on_animal = sum(
        bool(((truth.boxes_px[own, :2] <= middle) & (middle < truth.boxes_px[own, 2:])).all(axis=1).any())
        for middle, own in zip(middles, (truth.image == photo for photo in counted.image[wrong]), strict=True)
    )
    return (
        f"missed: side by side {missed[close].sum()}/{close.sum()}, apart {missed[~close].sum()}/{(~close).sum()}; "
        f"by size {', '.join(by_size)}; false alarms: {on_animal} on a "
        f"labelled animal, {len(wrong) - on_animal} elsewhere"
    )


def touching(truth: Truth) -> NDArray[np.bool_]:
    """(N,) whether the box of an animal overlaps that of another one."""
    close = np.zeros(len(truth.image), np.bool_)
    for photo in np.unique(truth.image):
        own = np.flatnonzero(truth.image == photo)
        shared = iou(truth.boxes_px[own][:, None], truth.boxes_px[own])
        np.fill_diagonal(shared, 0)
        close[own] = shared.max(axis=1, initial=0) >= TOUCHING
    return close


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("held-out", "table"))
    parser.add_argument("flights", nargs="*", default=ALL_FLIGHTS, metavar="FLIGHT", help="by default all")
    parser.add_argument("--recipe", default="recipe", help="the name of this way of training: a folder")
    parser.add_argument("--body", type=Path, default=Path("build/teach/body.onnx"), help="the model file to begin with")
    parser.add_argument("--steps", type=int, default=250)
    parser.add_argument("--batch", type=int, default=12, help="crops of 320 px in a step")
    parser.add_argument("--rate", type=float, default=1e-3, help="the highest learning rate")
    parser.add_argument("--zoom", type=float, default=1.0, help="by how much photos are enlarged before the network")
    parser.add_argument("--crowded", type=float, default=0.0, help="how often scenes of dense flocks are drawn")
    parser.add_argument("--simulated", type=float, default=0.2, help="how often scenes are drawn; photos: 1")
    parser.add_argument("--negatives", type=float, default=0.2, help="how often rasters without sheep are drawn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", help="for the table: a model file, or the name of a bundled one")
    parser.add_argument("--folder", type=Path, default=Path("build/flights"))
    given = parser.parse_args()
    if len(given.flights) < 2 and not given.model:
        parser.error("give two flights or more: the threshold of a flight is chosen on the others")
    labels = labels_of_all((given.folder / "data").resolve())
    if given.part == "held-out":
        for name in given.flights:
            print(trained(given, name), flush=True)
    found = [Flight.of(name, given.model or trained(given, name), labels) for name in given.flights]
    own = float(models.load(given.model, "cpu").info.thresholds()[0]) if given.model else None
    judged(found, own)


if __name__ == "__main__":
    main()
