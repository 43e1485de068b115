"""Photos that a network learns in seconds: coloured blobs on a dull ground, each class a colour."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

COLOURS = {"white": (230, 230, 230), "red": (220, 60, 50), "blue": (50, 80, 220), "green": (60, 200, 70)}
# Little is varied, so that little must be learnt.
STEADY = (
    "[augment]\nscale = [0.9, 1.1]\naspect = 1.0\nshadow = 0\njpeg = 0\nblur = 0\nmosaic = 0\nbrightness = 0.05\n"
    "contrast = 0.05\nsaturation = 0.05\ntint = 0.02\nhue = 0.0\ngamma = 1\n"
)


def blobs(
    rng: np.random.Generator, width: int, height: int, kinds: list[str], sides: tuple[int, int] = (14, 24)
) -> tuple[NDArray[np.uint8], list[tuple[list[int], str]]]:
    """Pixels (H, W, 3) and [(box xyxy, kind)], boxes apart from each other; a kind without a colour is not painted."""
    pixels = (60 + rng.integers(0, 30, (height, width, 3))).astype(np.uint8)
    placed: list[tuple[list[int], str]] = []
    for kind in kinds:
        w, h = (int(v) for v in rng.integers(*sides, 2))
        x, y = int(rng.integers(0, width - w)), int(rng.integers(0, height - h))
        if all(x + w < a or c < x or y + h < b or d < y for (a, b, c, d), _ in placed):
            placed.append(([x, y, x + w, y + h], kind))
            if kind in COLOURS:
                pixels[y : y + h, x : x + w] = COLOURS[kind]
    return pixels, placed


def write_photos(
    folder: Path,
    count: int,
    flight: str,
    seed: int,
    kinds: list[str],
    each: int = 8,
    size: tuple[int, int] = (128, 128),
    sides: tuple[int, int] = (14, 24),
) -> None:
    """`count` photos with `each` blobs, of kinds in turn, and their `labels.json`."""
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    document: dict[str, list[dict[str, object]]] = {
        "images": [],
        "annotations": [],
        "categories": [{"id": i, "name": kind} for i, kind in enumerate(kinds)],
    }
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        pixels, placed = blobs(rng, *size, [kinds[(number + i) % len(kinds)] for i in range(each)], sides)
        name = f"{flight}_{number}.png"
        Image.fromarray(pixels).save(folder / "pictures" / name)
        entry = {"id": number, "file_name": name, "width": size[0], "height": size[1], "flight": flight}
        document["images"].append(entry)
        for (x0, y0, x1, y1), kind in placed:
            box = {"id": len(document["annotations"]), "image_id": number, "category_id": kinds.index(kind)}
            document["annotations"].append({**box, "bbox": [x0, y0, x1 - x0, y1 - y0]})
    (folder / "labels.json").write_text(json.dumps(document))


def write_config(
    folder: Path,
    classes: list[str],
    *,
    name: str = "blobs",
    top: str = "",
    schedule: str = "steps = 20\nwarm_up_steps = 3\n",
    tracking: str = "mlflow = false\ntensorboard = false\nevery_steps = 1\n",
    output: str = "checkpoint_steps = 5\n",
    tables: str = "",
    compact: bool = True,
) -> Path:
    """A config for `labels.json` of `north` (training) and `south` (validation) in `folder`."""
    quoted = ", ".join(f'"{c}"' for c in classes)
    small = "[model]\nstem = 16\nwidths = [16, 16, 16]\ndepths = [1, 1, 1]\nhead = 16\n" if compact else ""
    path = folder / f"{name}.toml"
    path.write_text(
        f'classes = [{quoted}]\nworkers = 0\ndevice = "cpu"\n{top}'
        '[[data]]\ncoco = "north/labels.json"\nimages = "north/pictures"\n'
        '[[validation]]\ncoco = "south/labels.json"\nimages = "south/pictures"\n'
        f'[output]\nfolder = "run"\nname = "{name}"\ntile_size = 96\noverlap = 32\n{output}'
        f"[schedule]\nbatch = 2\ncrop_px = 64\n{schedule}[tracking]\n{tracking}{small}{tables}"
    )
    return path
