"""Which boxes of an image overlap: the grid and the tree of the merge, each on its own, and the choice between them.

Sparse: the scene of `merge.py`. Herds: 200 animals each, in clumps. Dense: a box overlaps 10 others. Piled up: 40. The
time is the processor's, the best of the rounds, so that other programs on the machine do not count.

    python -m benchmarks.overlapping_boxes
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Row, finish
from benchmarks.scenes import scene_of_boxes
from detector.search import merge

MAX_RATIO = 1.3
# The grid's arrays would not fit into the memory of a small machine.
MOST_ON_A_GRID = {"piled up": 100_000, "dense": 300_000}
ALWAYS_TREE, ALWAYS_GRID = 0, sys.maxsize

Boxes = tuple[NDArray[np.float32], NDArray[np.int32]]


def sparse(n: int, rng: np.random.Generator) -> Boxes:
    seen = scene_of_boxes(n, int(rng.integers(1000))).seen
    return seen.boxes, seen.tiles


def herds(n: int, rng: np.random.Generator) -> Boxes:
    centre = rng.uniform(0, 400 * n**0.5, (n // 200 + 1, 2))
    return _sized(centre[rng.integers(0, len(centre), n)] + rng.normal(0, 150, (n, 2)), rng)


def dense(n: int, rng: np.random.Generator) -> Boxes:
    return _scattered(n, 10, rng)


def piled_up(n: int, rng: np.random.Generator) -> Boxes:
    return _scattered(n, 40, rng)


def _scattered(n: int, overlaps: int, rng: np.random.Generator) -> Boxes:
    """Boxes that overlap so many others on average: those whose centres lie within 80 px of theirs along each axis."""
    return _sized(rng.uniform(0, 80 * (n / overlaps) ** 0.5, (n, 2)), rng)


def _sized(low: NDArray[np.float64], rng: np.random.Generator) -> Boxes:
    boxes = np.concatenate([low, low + rng.uniform(20, 60, low.shape)], axis=1).astype(np.float32)
    return boxes, rng.integers(0, 4, len(low)).astype(np.int32)


KINDS: dict[str, Callable[[int, np.random.Generator], Boxes]] = {
    "sparse": sparse,
    "herds": herds,
    "dense": dense,
    "piled up": piled_up,
}


def measured(boxes: Boxes, limit: int, rounds: int) -> tuple[float, int]:
    """Milliseconds of processor, and how many pairs; limit: candidates a box from which the tree is taken."""
    usual, best, pairs = merge.PILED_UP, float("inf"), 0
    merge.PILED_UP = limit
    try:
        for _ in range(rounds):
            start = time.process_time()
            pairs = len(merge.overlapping(*boxes, same_tile=False)[0])
            best = min(best, 1000 * (time.process_time() - start))
    finally:
        merge.PILED_UP = usual
    return best, pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boxes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = []
    for n in options.boxes:
        for kind, make in KINDS.items():
            boxes = make(n, np.random.default_rng(options.seed))
            chosen, pairs = measured(boxes, merge.PILED_UP, options.rounds)
            tree, same = measured(boxes, ALWAYS_TREE, options.rounds)
            assert same == pairs
            told, fastest = f"tree {tree:.1f} ms", tree
            if n <= MOST_ON_A_GRID.get(kind, n):
                grid, same = measured(boxes, ALWAYS_GRID, options.rounds)
                assert same == pairs
                told, fastest = f"grid {grid:.1f} ms, {told}", min(grid, tree)
            ratio = chosen / fastest
            what = f"{n:,} boxes, {kind}, {pairs:,} pairs: chosen / the faster"
            rows.append(Row(what, f"<= {MAX_RATIO:g}", f"{ratio:.2f} ({told})", ratio <= MAX_RATIO))
            print(what, rows[-1].measured, flush=True)
    finish(rows, options.json)


if __name__ == "__main__":
    main()
