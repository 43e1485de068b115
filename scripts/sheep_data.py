"""Lay out the folder that the bundled model's recipe is run in: python scripts/sheep_data.py DATA FOLDER.

DATA holds sheep/ (RIIS Aerial Sheep, CC0: train.json, val.json, images/), photos/ (*.JPG) and geotiff/ (*.tif), imagery
that is not part of the project. FOLDER gets links to the first two, the rasters as PNG, and simulated scenes with their
labels. Then: cp detector/models/bundled/sheep.toml FOLDER && herdmap train FOLDER/sheep.toml
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geo.raster import RasterReader
from geo.simulation import SurveySettings, render_scene

SIDE_PX = 640
SCENES, CROWDS, CHECKS = 520, 160, 24
# Of the training scenes, so many have no animal at all.
EMPTY = 80
CHECK_SEED, CROWD_SEED = 100_000, 200_000


def scene(seed: int, animals: int | None = None) -> SurveySettings:
    """A scene of SIDE_PX a side, its scale, flock and light drawn from the seed."""
    rng = np.random.default_rng(seed)
    gsd_m = float(rng.uniform(0.015, 0.04))
    count = int(rng.integers(2, 56)) if animals is None else animals
    return _square(seed, gsd_m, count, None, float(rng.uniform(0.1, 0.5)))


def crowded(seed: int) -> SurveySettings:
    """A scene of one to three flocks, with 30 to 430 sheep that stand side by side, most of them 15 to 46 px long."""
    rng = np.random.default_rng(seed)
    gsd_m = float(rng.uniform(0.022, 0.045))
    count = int((SIDE_PX * gsd_m) ** 2 * rng.uniform(0.15, 0.6))
    return _square(seed, gsd_m, count, int(rng.integers(1, 4)), float(rng.uniform(0.0, 0.4)))


def _square(seed: int, gsd_m: float, animals: int, flocks: int | None, lamb_share: float) -> SurveySettings:
    return SurveySettings(
        seed=seed,
        width_m=SIDE_PX * gsd_m,
        height_m=SIDE_PX * gsd_m,
        gsd_m=gsd_m,
        animals=animals,
        flocks=flocks,
        lamb_share=lamb_share,
        seam_strides_px=(),
    )


def write_scenes(folder: Path, scenes: Sequence[SurveySettings]) -> None:
    """Scenes as images/SEED.jpg with a COCO file labels.json."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for i, settings in enumerate(scenes):
        pixels, boxes, _ = render_scene(settings)
        name = f"{settings.seed}.jpg"
        Image.fromarray(pixels).save(folder / "images" / name, quality=92)
        images.append({"id": settings.seed, "file_name": name, "width": SIDE_PX, "height": SIDE_PX})
        for x0, y0, x1, y1 in boxes.tolist():
            box = [round(v, 2) for v in (x0, y0, x1 - x0, y1 - y0)]
            annotations.append({"id": len(annotations) + 1, "image_id": settings.seed, "category_id": 1, "bbox": box})
        print(f"\r{folder.name}: {i + 1} of {len(scenes)} scenes", end="", flush=True)
    print()
    labels = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "sheep"}]}
    (folder / "labels.json").write_text(json.dumps(labels), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in ("sheep", "photos"):
        link = options.folder / name
        if not link.exists():
            link.symlink_to((options.data / name).resolve(), target_is_directory=True)
    (options.folder / "rasters").mkdir(exist_ok=True)
    for raster in sorted((options.data / "geotiff").glob("*.tif")):
        if raster.stem.endswith("_projected"):
            continue  # another one's ground, in another CRS
        with RasterReader(raster) as reader:
            pixels, _ = reader.read(0, 0, reader.info.width, reader.info.height)
        Image.fromarray(pixels).save(options.folder / "rasters" / f"{raster.stem}.png")
    seeds = range(1, SCENES + 1)
    write_scenes(options.folder / "simulated", [scene(seed, 0 if seed <= EMPTY else None) for seed in seeds])
    write_scenes(options.folder / "crowded", [crowded(CROWD_SEED + i) for i in range(CROWDS)])
    write_scenes(options.folder / "simulated_check", [scene(CHECK_SEED + i) for i in range(CHECKS)])


if __name__ == "__main__":
    main()
