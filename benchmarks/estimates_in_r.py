"""Jolly's estimate and the correction by a reviewed sample, beside R's package `survey`.

    apt-get install r-cran-survey
    python -m benchmarks.estimates_in_r [--json FILE]

The figures that R gives are also in `tests/geo/estimates/test_against_r.py`, which needs no R.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.report import Row, finish
from geo.estimates.correction import Photos, factor_of
from geo.estimates.jolly import jolly

AREA_KM2 = 90.0
# Animals and km2 of each transect.
TRANSECTS = [(12, 3.1), (0, 2.4), (7, 2.9), (31, 4.0), (3, 3.3), (0, 1.8), (9, 2.2), (18, 3.7)]
# Boxes, right boxes, animals, and whether the photo was reviewed.
PHOTOS = [
    *[(3, 2, 4, 1), (1, 1, 1, 1), (5, 5, 7, 1), (2, 0, 0, 1), (1, 1, 2, 1), (4, 3, 3, 1), (2, 2, 2, 1)],
    *[(1, 0, 0, 0), (6, 0, 0, 0), (2, 0, 0, 0), (1, 0, 0, 0), (3, 0, 0, 0), (2, 0, 0, 0)],
    *[(0, 0, 0, 1), (0, 0, 2, 1), (0, 0, 0, 1), (0, 0, 0, 1), (0, 0, 1, 1), (0, 0, 0, 1), (0, 0, 0, 1)],
    *[(0, 0, 0, 0)] * 15,
]


def ours() -> dict[str, tuple[float, float]]:
    """Each number, and its SE."""
    y, z = np.array(TRANSECTS, np.float64).T
    flown = jolly(y, z, AREA_KM2)
    x, p, u, reviewed = np.array(PHOTOS, np.int64).T
    found = factor_of(Photos(("eland",), x[:, None], p[:, None], u[:, None], reviewed == 1), 0)
    seen = (x > 0) & (reviewed == 1)
    in_positive = float(u[seen].sum() / x[seen].sum() * x.sum())
    return {
        "jolly": (flown.estimate, flown.variance**0.5),
        "positive": (in_positive, found.positive.variance**0.5),
        "precision": (found.precision, found.precision_se),
        "empty": (found.animals - in_positive, found.empty.variance**0.5),
    }


def in_r() -> dict[str, tuple[float, float]]:
    """The same by R."""
    possible = len(TRANSECTS) * AREA_KM2 / sum(z for _, z in TRANSECTS)
    with tempfile.TemporaryDirectory() as folder:
        lines = [f"{y},{z},{AREA_KM2},{possible!r}" for y, z in TRANSECTS]
        Path(folder, "transects.csv").write_text("\n".join(["y,z,Z,N", *lines]), encoding="utf-8")
        lines = [f"{'positive' if x else 'empty'},{x},{p},{u},{seen}" for x, p, u, seen in PHOTOS]
        Path(folder, "photos.csv").write_text("\n".join(["called,x,p,u,reviewed", *lines]), encoding="utf-8")
        script = Path(__file__).with_suffix(".R")
        end = subprocess.run(["Rscript", str(script), folder], capture_output=True, text=True, check=True)
    each = [line.split() for line in end.stdout.splitlines()]
    return {name: (float(value), float(se)) for name, value, se in each}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    theirs = in_r()
    rows = []
    for name, found in ours().items():
        off = max(abs(a / b - 1) for a, b in zip(found, theirs[name], strict=True))
        rows.append(Row(f"{name}: number and SE", "R's, to 1e-9", f"{theirs[name]}, off by {off:.0e}", off < 1e-9))
    finish(rows, options.json)


if __name__ == "__main__":
    main()
