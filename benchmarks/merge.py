"""Merging what the tiles saw: time and count error of Herdmap against lsnms 0.5 and SAHI 0.12.8.

All get the same boxes and scores of a scene whose animals are known (see scenes.py), in memory and in the form each
takes: Herdmap `Detections`, lsnms and SAHI arrays, and SAHI's object lists, which is what its users call. The rounds
are interleaved and medians are compared. A peer that would take longer than --limit seconds a round is cut.

The count error is the net one; doubled animals and lost ones are also said apart, as they can hide each other.

    python -m venv /tmp/peers && /tmp/peers/bin/pip install . lsnms==0.5.0 sahi==0.12.8
    /tmp/peers/bin/python -m benchmarks.merge
"""

import argparse
import gc
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Row, finish, missing
from benchmarks.scenes import Scene, scene_of_boxes
from detector.search.merge import merge

MAX_RATIO = 2.0
MAX_COUNT_ERROR = 0.001
OURS, LSNMS = "Herdmap", "lsnms NMS"

# A contender, given a scene: what to time, and how to get the kept views from its answer.
Work = tuple[Callable[[], Any], Callable[[Any], NDArray[np.int64]]]


def herdmap(scene: Scene) -> Work:
    return lambda: merge(scene.seen, scene.grid), lambda merged: merged.best_view


def lsnms_nms(scene: Scene) -> Work:
    from lsnms import nms

    boxes, scores = scene.seen.boxes.astype(np.float64), scene.seen.scores.astype(np.float64)
    return lambda: nms(boxes, scores, iou_threshold=0.5), lambda kept: np.asarray(kept, np.int64)


def sahi_nms(scene: Scene) -> Work:
    from sahi.postprocess.combine import nms

    rows = _sahi_rows(scene)
    return lambda: nms(rows, "IOU", 0.5), lambda kept: np.asarray(kept, np.int64)


def sahi_greedy_nmm(scene: Scene) -> Work:
    from sahi.postprocess.combine import greedy_nmm

    rows = _sahi_rows(scene)
    return lambda: greedy_nmm(rows, "IOS", 0.5), lambda groups: np.array(list(groups), np.int64)


def sahi_greedy_nmm_objects(scene: Scene) -> Work:
    from sahi.postprocess.combine import GreedyNMMPostprocess
    from sahi.prediction import ObjectPrediction

    seen = scene.seen
    objects = [
        ObjectPrediction(bbox=box, category_id=0, category_name="animal", score=score)
        for box, score in zip(seen.boxes.tolist(), seen.scores.tolist(), strict=True)
    ]
    # Scores tell the views apart: each is another draw.
    place = {score: i for i, score in enumerate(seen.scores.astype(np.float32).tolist())}
    combine = GreedyNMMPostprocess(match_threshold=0.5, match_metric="IOS", class_agnostic=True)

    def kept(result: Any) -> NDArray[np.int64]:
        return np.array([place[p.score.value] for p in result], np.int64)

    return lambda: combine(objects), kept


def _sahi_rows(scene: Scene) -> NDArray[np.float32]:
    seen = scene.seen
    return np.column_stack([seen.boxes, seen.scores, seen.labels.astype(np.float32)])


def contenders() -> dict[str, Callable[[Scene], Work]]:
    found: dict[str, Callable[[Scene], Work]] = {OURS: herdmap}
    if not missing("lsnms"):
        found[LSNMS] = lsnms_nms
    if not missing("sahi"):
        found["SAHI NMS arrays"] = sahi_nms
        found["SAHI GreedyNMM arrays"] = sahi_greedy_nmm
        found["SAHI GreedyNMM objects"] = sahi_greedy_nmm_objects
    return found


def timed(work: Callable[[], object], at_least: float = 0.05) -> tuple[float, object]:
    """Seconds a call, over as many calls as fill `at_least` seconds, and the answer."""
    gc.collect()
    calls, start = 0, time.perf_counter()
    while True:
        answer = work()
        calls += 1
        passed = time.perf_counter() - start
        if passed >= at_least:
            return passed / calls, answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boxes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=7, help="rounds at 100k boxes and below; a third of it above")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds a round from which a peer is cut")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()

    runners = contenders()
    warm = scene_of_boxes(500, options.seed)
    for make in runners.values():  # imports and compilation are not what is measured
        make(warm)[0]()
    rows: list[Row] = []
    last: dict[str, tuple[int, float]] = {}
    for boxes in options.boxes:
        scene = scene_of_boxes(boxes, options.seed)
        n, animals = len(scene.seen), len(scene.animals)
        print(f"\n{n} boxes of {animals} animals", flush=True)
        rounds = options.rounds if boxes <= 100_000 else max(3, options.rounds // 3)
        works: dict[str, Work] = {}
        for name, make in runners.items():
            # At best linear, from the last size that it ran at.
            before, took = last.get(name, (n, 0.0))
            if name not in (OURS, LSNMS) and took * n / before > options.limit:
                print(f"{name:24s} cut: {took * n / before:.0f} s or more to expect")
            else:
                works[name] = make(scene)
        times: dict[str, list[float]] = {name: [] for name in works}
        errors: dict[str, tuple[int, int, int]] = {}
        for _ in range(rounds):
            for name, (work, kept) in works.items():
                seconds, answer = timed(work)
                times[name].append(seconds)
                if name not in errors:
                    views = kept(answer)
                    errors[name] = (len(views) - animals, *scene.errors(views))
        for name in works:
            middle = median(times[name])
            last[name] = (n, middle)
            net, doubled, lost = errors[name]
            ratio = f"{middle / median(times[LSNMS]):6.2f} x lsnms" if LSNMS in works else ""
            print(
                f"{name:24s} {1000 * middle:10.2f} ms (best {1000 * min(times[name]):.2f}) {ratio}   "
                f"count {net / animals:+.2%} ({doubled} doubled, {lost} lost)",
                flush=True,
            )
        rows += rows_of(n, animals, times, errors)
    finish(rows, options.json)


def rows_of(n: int, animals: int, times: dict[str, list[float]], errors: dict[str, tuple[int, int, int]]) -> list[Row]:
    """What goes into the table for one size."""
    rows = []
    if LSNMS in times:
        # Round by round, as both ran under the same load then.
        ratio = median(a / b for a, b in zip(times[OURS], times[LSNMS], strict=True))
        ours, lsnms = (1000 * median(times[name]) for name in (OURS, LSNMS))
        measured = f"{ratio:.2f} ({ours:.1f} ms, lsnms {lsnms:.1f} ms)"
        rows.append(Row(f"merge {n:,} boxes, time / lsnms", f"<= {MAX_RATIO:g}", measured, ratio <= MAX_RATIO))
    net, doubled, lost = errors[OURS]
    measured = f"{net / animals:+.3%} ({doubled} doubled, {lost} lost of {animals:,})"
    good = doubled + lost <= MAX_COUNT_ERROR * animals
    rows.append(Row(f"merge {n:,} boxes, count error", f"<= {MAX_COUNT_ERROR:.1%}", measured, good))
    for name, seconds in times.items():
        if name != OURS:
            net, doubled, lost = errors[name]
            measured = f"{1000 * median(seconds):.1f} ms, count {net / animals:+.2%} ({doubled} doubled, {lost} lost)"
            rows.append(Row(f"{name}, {n:,} boxes", "", measured))
    return rows


if __name__ == "__main__":
    main()
