"""What a first look at a quarter of the resolution could spare the bundled detector, and what it would lose.

    python scripts/sheep_data.py ../shared/data build/flights/data   # links, rasters and simulated scenes, once
    python -m benchmarks.first_look alarms             # the empty tiles in which the detector itself counts something
    python -m benchmarks.first_look held-out FLIGHT    # a small network that has not learnt this flight

A look that keeps all that the detector counts must pass the tiles with its false alarms too: `alarms` says how many
those are. `held-out` trains a look of 26,000 weights on tiles that are reduced four times, without a flight, and prints
for several thresholds the empty tiles that pass it, and the animals that the detector counts and that it would lose if
each stood alone in its tile. Where animals stand together, fewer are lost. With `--network detector`, the look is the
detector's own network, which goes on learning from the bundled weights (a rate of 2e-3 suits it); these know all
flights but `img_000-399`.

Empty tiles are those of simulated scenes that nothing has learnt, and of the rasters and photos without sheep, which
both have learnt.
"""

import argparse
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from benchmarks.flights import labels_of_all
from benchmarks.report import cpu_seconds, load, machine
from benchmarks.teach import ALL_FLIGHTS, SHEEP
from detector import models
from detector.evaluation.matching import centre_agreement, match
from detector.evaluation.search import photo_pixels
from detector.labels.coco import read_coco
from detector.models import BUNDLED
from detector.models.compact_weights import read_network, with_norms_of
from detector.search.tiles import TileGrid
from detector.training.augment import Augmentation, Scene, View, cut, recolour
from geo.simulation import SurveySettings, render_scene

TILE, OVERLAP = 640, 112
BLOCK = 4  # px a side that become one
CELL = 4  # px of the reduced image a cell of the heatmap
CROP = 96  # px of the reduced image
LEVELS = (0.5, 0.7, 1.0, 1.4)  # how large animals are shown; each is varied a little more
AS_IT_IS = LEVELS.index(1.0)
# Blur and noise of a pixel are mostly gone where 16 become one.
VARIED = Augmentation(
    scale=(0.84, 1.19), aspect=1.3, noise=4, blur=0.05, jpeg=0, mosaic=0, near_animal=0.6, smallest_px=2
)
SHARES = (0.4, 0.3, 0.3)  # of the crops: flights, simulated scenes, photos and rasters without sheep
THRESHOLDS = (0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
SEEN_ALIKE, SEED = 40, 300_000  # simulated scenes left out of the training; the seeds of others

Levels = list[Scene]  # one image, reduced from each of LEVELS


def reduced(pixels: NDArray[np.uint8], boxes_px: NDArray[np.float32], level: float) -> Scene:
    """An image at `level` times its size, each BLOCK x BLOCK px then one; boxes in px of the result."""
    shown = torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None].float()
    if level != 1:
        size = (round(shown.shape[2] * level), round(shown.shape[3] * level))
        shown = F.interpolate(shown, size, mode="bilinear", antialias=True, align_corners=False)
    small = F.avg_pool2d(shown, BLOCK)[0].round().clamp(0, 255).to(torch.uint8)
    boxes = (boxes_px * (level / BLOCK)).astype(np.float32)
    return Scene(small, boxes, np.zeros(len(boxes), np.int64), np.zeros(len(boxes), np.bool_))


def at_all_levels(pixels: NDArray[np.uint8], boxes_px: NDArray[np.float32]) -> Levels:
    return [reduced(pixels, boxes_px, level) for level in LEVELS]


def nothing() -> NDArray[np.float32]:
    return np.zeros((0, 4), np.float32)


def negatives(data: Path) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """The kind and the pixels of photos and rasters without sheep."""
    for kind, ending in (("photos", "JPG"), ("rasters", "png")):
        for path in sorted((data / kind).glob(f"*.{ending}")):
            yield kind, np.array(Image.open(path).convert("RGB"))


def grounds(count: int) -> Iterator[NDArray[np.uint8]]:
    """Simulated scenes of 1920 x 1600 px without animals."""
    for seed in range(SEED, SEED + count):
        yield render_scene(SurveySettings(seed=seed, width_m=48, height_m=40, animals=0))[0]


class Look(nn.Module):
    """From pixels (B, 3, H, W) of the reduced image, 0 to 255, to logits (B, 1, H / CELL, W / CELL) of an animal."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(*_step(3, 16, 4, 2), *_step(16, 16), *_step(16, 32, 3, 2), *_step(32, 32))
        self.body.extend(_step(32, 32))
        self.head = nn.Conv2d(32, 1, 1)
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.constant_(self.head.bias, -4.0)  # type: ignore[arg-type]

    def forward(self, pixels: Tensor) -> Tensor:
        logits: Tensor = self.head(self.body((pixels - 110.0) / 64.0))
        return logits


def _step(inputs: int, outputs: int, size: int = 3, stride: int = 1) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, size, stride, padding=1, bias=False)
    return [convolution, nn.BatchNorm2d(outputs, momentum=0.05), nn.ReLU(inplace=True)]


class DetectorsNetwork(nn.Module):
    """The bundled detector's network in the place of `Look`, its norms as the reduced pixels (B, 3, H, W) need them."""

    def __init__(self, pixels: Tensor) -> None:
        super().__init__()
        self.network = read_network(BUNDLED / "sheep.onnx")
        with_norms_of(self.network, pixels)

    def forward(self, pixels: Tensor) -> Tensor:
        logits: Tensor = self.network(pixels)[0]
        return logits


def _cells(box: NDArray[np.float32], grown: float) -> tuple[slice, slice]:
    """The rows and columns of the cells with a centre in a box (reduced px) that is grown by so many cells."""
    x0, y0, x1, y1 = (box / CELL).tolist()
    return tuple(
        slice(max(0, math.ceil(low - grown - 0.5)), max(0, math.floor(high + grown - 0.5) + 1))
        for low, high in ((y0, y1), (x0, x1))
    )  # type: ignore[return-value]


def targets(view: View) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(cells, cells) bool, two of them: the inner half of each animal, and what is neither that nor background."""
    cells = CROP // CELL
    animal, unsaid = np.zeros((cells, cells), np.bool_), np.zeros((cells, cells), np.bool_)
    for box in (*view.boxes, *view.ignored):
        unsaid[_cells(box, 1)] = True
    for box in view.boxes:
        middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 4
        animal[_cells(np.concatenate([middle - half, middle + half]), 0)] = True
        column, row = np.minimum(middle // CELL, cells - 1).astype(int)
        animal[row, column] = True
    return animal, unsaid & ~animal


def trained(network: nn.Module, groups: list[list[Levels]], given: argparse.Namespace) -> nn.Module:
    """The network after its training: focal loss of each cell (Lin et al. 2017), AdamW, one cycle of the rate."""
    rng = np.random.default_rng(given.seed)
    optimizer = torch.optim.AdamW(network.parameters(), lr=given.rate, weight_decay=1e-3)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimizer, given.rate, total_steps=given.steps, pct_start=0.1)
    network.train()
    for step in range(given.steps):
        pixels, animals, unsaid = [], [], []
        for _ in range(given.batch):
            view = drawn(groups, rng)
            animal, neither = targets(view)
            pixels.append(recolour(view.pixels, VARIED, rng))
            animals.append(torch.from_numpy(animal))
            unsaid.append(torch.from_numpy(neither))
        logits = network(torch.stack(pixels).float())[:, 0]
        is_animal, is_ground = torch.stack(animals), ~torch.stack(animals) & ~torch.stack(unsaid)
        likely = logits.sigmoid()
        missed = (-F.logsigmoid(logits) * (1 - likely) ** 2)[is_animal].sum()
        false = (-F.logsigmoid(-logits) * likely**2)[is_ground].sum()
        loss = (missed + false) / max(1, int(is_animal.sum()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rates.step()
        if (step + 1) % 100 == 0:
            print(f"step {step + 1}: loss {loss.item():.3f}, {cpu_seconds():.0f} s of the processor", flush=True)
    return network.eval()


def drawn(groups: list[list[Levels]], rng: np.random.Generator) -> View:
    """A crop of an image of one of the groups."""
    images = groups[rng.choice(len(groups), p=SHARES)]
    levels = images[rng.integers(len(images))]
    scale = float(np.exp(rng.uniform(*np.log(VARIED.scale))))
    return cut(levels[rng.integers(len(levels))], CROP, CROP, scale, VARIED, rng)


def heat(network: nn.Module, scene: Scene) -> NDArray[np.float32]:
    with torch.no_grad():
        scores: NDArray[np.float32] = network(scene.pixels[None].float())[0, 0].sigmoid().numpy()
    return scores


def alone(network: nn.Module, scene: Scene) -> NDArray[np.float32]:
    """(N,) what the tile of each animal would have if nothing else were in it."""
    scores = heat(network, scene)
    return np.array([scores[_cells(box, 1)].max(initial=0) for box in scene.boxes_px], np.float32)


def of_tiles(network: nn.Module, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(T,) what each tile of an image has."""
    scores = heat(network, reduced(pixels, nothing(), 1.0))
    corners = TileGrid(pixels.shape[1], pixels.shape[0], TILE, OVERLAP).boxes // (BLOCK * CELL)
    return np.array([scores[y0:y1, x0:x1].max() for x0, y0, x1, y1 in corners.tolist()], np.float32)


def alarms(given: argparse.Namespace) -> None:
    """Print the share of empty tiles in which the bundled detector counts something, at its threshold."""
    detector = models.load("sheep", "cpu", threads=1)
    threshold = float(detector.info.thresholds()[0])
    counts: dict[str, list[bool]] = {}
    everything = (("simulated", pixels) for pixels in grounds(given.grounds))
    for kind, pixels in (*everything, *negatives(given.folder)):
        for x0, y0, x1, y1 in TileGrid(pixels.shape[1], pixels.shape[0], TILE, OVERLAP).boxes.tolist():
            found = detector.detect(np.ascontiguousarray(pixels[y0:y1, x0:x1])[None])
            counts.setdefault(kind, []).append(bool((found.scores >= threshold).any()))
    for kind, alarm in counts.items():
        print(f"{kind}: the detector counts something in {np.mean(alarm):.1%} of {len(alarm)} empty tiles", flush=True)


def counted(detector: models.Model, pixels: NDArray[np.uint8], boxes_px: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(N,) which animals the detector counts, by the centres of the boxes."""
    found = detector.detect(pixels[None])
    found = found[found.scores >= detector.info.thresholds()[0]]
    matched = match(centre_agreement(found.boxes, boxes_px), found.scores, 0.0)
    return np.isin(np.arange(len(boxes_px)), matched)


def held_out(given: argparse.Namespace) -> None:
    """Train without a flight, and print the table."""
    flights: dict[str, list[tuple[NDArray[np.uint8], NDArray[np.float32]]]] = {}
    for photo in read_coco(labels_of_all(given.folder), SHEEP / "images", ("sheep",)):
        flights.setdefault(photo.flight, []).append((photo_pixels(photo.path, None), photo.boxes_px))
    scenes = read_coco(given.folder / "simulated/labels.json", given.folder / "simulated/images", ("sheep",))
    simulated = [at_all_levels(photo_pixels(one.path, None), one.boxes_px) for one in scenes]
    empty = [at_all_levels(pixels, nothing()) for _, pixels in negatives(given.folder)]
    learnt = [at_all_levels(*photo) for name, photos in flights.items() if name != given.flight for photo in photos]
    groups = [learnt, simulated[:-SEEN_ALIKE], empty]
    torch.manual_seed(given.seed)
    rng = np.random.default_rng(given.seed)
    some = torch.stack([drawn(groups, rng).pixels for _ in range(64)]).float()
    network = trained(Look() if given.network == "small" else DetectorsNetwork(some), groups, given)

    detector = models.load("sheep", "cpu", threads=1)
    of_flight = [alone(network, reduced(*photo, 1.0))[counted(detector, *photo)] for photo in flights[given.flight]]
    of_scenes = [alone(network, levels[AS_IT_IS]) for levels in simulated[-SEEN_ALIKE:]]
    passed: dict[str, list[NDArray[np.float32]]] = {}
    for kind, pixels in (*(("simulated", one) for one in grounds(given.grounds)), *negatives(given.folder)):
        passed.setdefault(kind, []).append(of_tiles(network, pixels))
    print_table(
        {given.flight: np.concatenate(of_flight), "simulated": np.concatenate(of_scenes)},
        {kind: np.concatenate(scores) for kind, scores in passed.items()},
    )


def print_table(animals: dict[str, NDArray[np.float32]], empty: dict[str, NDArray[np.float32]]) -> None:
    """Print what is lost and what passes at each threshold, from the scores of animals and of empty tiles."""
    heads = [f"lost of {len(scores)}, {name}" for name, scores in animals.items()]
    heads += [f"pass of {len(scores)} empty tiles, {kind}" for kind, scores in empty.items()]
    print("| threshold |", " | ".join(heads), "|\n|" + "---|" * (1 + len(heads)))
    for threshold in THRESHOLDS:
        cells = [f"{(scores < threshold).sum()} ({(scores < threshold).mean():.1%})" for scores in animals.values()]
        cells += [f"{(scores >= threshold).mean():.1%}" for scores in empty.values()]
        print(f"| {threshold:g} |", " | ".join(cells), "|", flush=True)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("alarms", "held-out"))
    parser.add_argument("flight", nargs="?", choices=ALL_FLIGHTS, default="img_000-399")
    parser.add_argument("--network", choices=("small", "detector"), default="small")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--batch", type=int, default=32, help="crops in a step")
    parser.add_argument("--rate", type=float, default=4e-3, help="the highest learning rate")
    parser.add_argument("--grounds", type=int, default=64, help="simulated scenes without animals, 12 tiles each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path("build/flights/data"))
    given = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{machine()}, load {load():.1f}", flush=True)
    {"alarms": alarms, "held-out": held_out}[given.part](given)


if __name__ == "__main__":
    main()
