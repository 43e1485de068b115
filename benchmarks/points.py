"""How much is lost if animals are labelled by points: the sheep set as it is, and reduced to its centres.

    python -m benchmarks.points [--steps 1200] [--kinds boxes points] [--folder build/points]

Both train the compact network from the same random weights for the same number of steps, and are measured on the boxes
of a flight that no training has seen: F1 by centre at the best threshold and at the file's own, and the error of the
count. A model that is there is measured and not trained again.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from detector import models
from detector.evaluation.headline import all_classes, rates_of
from detector.evaluation.scores import count_error
from detector.evaluation.search import look
from detector.labels.coco import read_coco
from detector.training import train

SHEEP = Path("../shared/data/sheep").resolve()
_THRESHOLDS = np.arange(0.1, 0.71, 0.02)

_CONFIG = """
framework = "compact"
classes = ["sheep"]
seed = {seed}
device = "cpu"

[[data]]
coco = "{labels}"
images = "{images}"
{point_px}
[[validation]]
coco = "{check}"
images = "{images}"

[schedule]
steps = {steps}
batch = 8
crop_px = 320
learning_rate = 2e-3
warm_up_steps = 50
average_steps = 50

[output]
folder = "{folder}"
name = "sheep"
tile_size = 640
overlap = 112
checkpoint_steps = 200
"""


def usual_side() -> float:
    """The median side of the boxes of the training flights, px."""
    notes = json.loads((SHEEP / "train.json").read_text(encoding="utf-8"))["annotations"]
    return float(np.median([np.mean(note["bbox"][2:]) for note in notes]))


def write_labels(path: Path, kind: str) -> Path:
    """The labels of the training flights, as they are or as points in the middle of each box."""
    data = json.loads((SHEEP / "train.json").read_text(encoding="utf-8"))
    for note in data["annotations"] if kind == "points" else []:
        x, y, width, height = note["bbox"]
        note["bbox"], note["area"] = [x + width / 2, y + height / 2, 0, 0], 0
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def trained(kind: str, folder: Path, steps: int, seed: int) -> Path:
    """The model file of this kind of labels."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = write_labels(folder / f"{kind}.json", kind)
    text = _CONFIG.format(
        labels=labels.resolve(),
        images=SHEEP / "images",
        check=SHEEP / "val.json",
        point_px=f"point_px = {usual_side():g}\n" if kind == "points" else "",
        steps=steps,
        seed=seed,
        folder=(folder / kind).resolve(),
    )
    config = folder / f"{kind}.toml"
    config.write_text(text, encoding="utf-8")
    made = folder / kind / "sheep.onnx"
    if not made.is_file():
        train(config)
    return made


def measured(model: Path) -> str:
    """F1 and the error of the count on the unseen flight, for a table."""
    loaded = models.load(str(model), "cpu", threads=1)
    looked = look(loaded, read_coco(SHEEP / "val.json", SHEEP / "images", loaded.info.classes))

    def at(threshold: float) -> tuple[float, float]:
        by_photo = all_classes(looked.truth(), looked.found(threshold), 1, "centre").by_photo(0.0)
        return rates_of(by_photo)["f1"], count_error(by_photo).bias

    best = max(_THRESHOLDS.tolist(), key=lambda threshold: at(threshold)[0])
    f1, error = at(best)
    own, own_error = at(loaded.info.thresholds()[0])
    return f"F1 {f1:.3f}, count {error:+.1%} at {best:.2f} | F1 {own:.3f}, count {own_error:+.1%} at its own threshold"


def main() -> None:
    """Train and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1200, help="steps of 8 crops of 320 px")
    parser.add_argument("--kinds", nargs="*", default=["boxes", "points"], choices=["boxes", "points"])
    parser.add_argument("--folder", type=Path, default=Path("build/points"))
    parser.add_argument("--seed", type=int, default=1, help="of the first weights and of the draws")
    given = parser.parse_args()
    folder = given.folder / f"{given.steps}-{given.seed}"
    for kind in given.kinds:
        print(f"{kind} | {measured(trained(kind, folder, given.steps, given.seed))}", flush=True)


if __name__ == "__main__":
    main()
