"""Counts of a million detections in a thousand regions: Herdmap against geopandas.

Both get the points in memory in the CRS of the regions and give the number of detections for each region and
class. Herdmap's time includes the geodesic areas and the table; geopandas' is `sjoin` and a `groupby`, with its
point objects made beforehand. The regions are adjoining polygons with winding common edges.

    python -m venv /tmp/peers && /tmp/peers/bin/pip install geopandas .
    /tmp/peers/bin/python -m benchmarks.region_counts
"""

import argparse
import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median
from typing import TypeVar

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.regions import Regions, count, regions_from

T = TypeVar("T")

SIDE_M = 100_000.0
ORIGIN = np.array([600_000.0, 9_600_000.0])
CRS = "EPSG:32736"
CLASSES = ("buffalo", "elephant", "wildebeest", "zebra")


def winding_edge(start: np.ndarray, end: np.ndarray, pieces: int) -> np.ndarray:
    """(pieces + 1, 2) points from start to end that wander off the straight line, alike from both sides."""
    if tuple(start) > tuple(end):
        return winding_edge(end, start, pieces)[::-1]
    rng = np.random.default_rng(np.round(np.concatenate([start, end])).astype(np.int64).clip(0))
    t = np.linspace(0, 1, pieces + 1)
    walk = np.concatenate([[0], np.cumsum(rng.normal(size=pieces))])
    off = (walk - t * walk[-1])[:, None] * np.array([start[1] - end[1], end[0] - start[0]]) * 0.004
    walked: NDArray[np.float64] = start + t[:, None] * (end - start) + off
    return walked


def partition(regions: int, seed: int) -> Regions:
    """A Voronoi-like partition of a square whose edges wind: 50 to 500 vertices a region."""
    rng = np.random.default_rng(seed)
    square = shapely.box(*ORIGIN, *(ORIGIN + SIDE_M))
    seeds = shapely.MultiPoint(ORIGIN + rng.uniform(0, SIDE_M, (regions, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=square))
    cells = shapely.set_precision(shapely.intersection(cells, square), 0.01)
    polygons = []
    for cell in cells:
        corners = shapely.get_coordinates(cell)
        edges = [winding_edge(a, b, 30)[:-1] for a, b in pairwise(corners)]
        polygons.append(shapely.Polygon(np.concatenate(edges)))
    return regions_from(polygons, [f"block {n}" for n in range(len(polygons))], pyproj.CRS(CRS).to_wkt())


def timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--regions", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    import geopandas

    making, regions = timed(lambda: partition(options.regions, options.seed))
    vertices = shapely.get_num_coordinates(regions.polygons)
    rng = np.random.default_rng(options.seed + 1)
    points = ORIGIN + rng.uniform(-0.02 * SIDE_M, 1.02 * SIDE_M, (options.points, 2))
    classes = np.array(CLASSES, dtype=object)[rng.integers(0, len(CLASSES), options.points)]
    print(
        f"{options.points} points, {len(regions)} regions of {vertices.min()} to {vertices.max()} vertices "
        f"(mean {vertices.mean():.0f}; made and checked in {making:.1f} s; {len(regions.warnings)} warnings)"
    )

    def herdmap() -> dict[tuple[str, str], int]:
        fresh = Regions(regions.names, shapely.from_wkb(shapely.to_wkb(regions.polygons)), regions.crs_wkt)
        table = count(points, classes, fresh, regions.crs_wkt)
        keys = zip(table.region, table.class_name, strict=True)
        return dict(zip(keys, table.count.tolist(), strict=True))

    def join(predicate: str) -> Callable[[], dict[tuple[str, str], int]]:
        left = geopandas.GeoDataFrame({"class": classes}, geometry=geopandas.points_from_xy(*points.T, crs=CRS))
        polygons = shapely.from_wkb(shapely.to_wkb(regions.polygons))  # nothing prepared or indexed yet
        right = geopandas.GeoDataFrame({"region": regions.names}, geometry=polygons, crs=CRS)

        def work() -> dict[tuple[str, str], int]:
            joined = geopandas.sjoin(left, right, predicate=predicate)
            return {key: int(n) for key, n in joined.groupby(["region", "class"]).size().items()}

        return work

    times: dict[str, list[float]] = {"herdmap count": [], "sjoin within": [], "sjoin intersects": []}
    for _ in range(options.rounds):
        for name in times:
            work = herdmap if name == "herdmap count" else join(name.split()[1])
            seconds, found = timed(work)
            times[name].append(seconds)
            inside = {key: n for key, n in found.items() if key[0] != "outside" and n}
            if name == "herdmap count":
                ours = inside
                total = sum(found.values())
                assert total == options.points, f"{total} counted of {options.points}"
            elif inside != ours:
                print(f"{name}: {sum(inside.values()) - sum(ours.values()):+d} detections against Herdmap")
    ours_s = median(times["herdmap count"])
    for name, rounds in times.items():
        middle = median(rounds)
        print(f"{name:18s} {middle:6.2f} s (best {min(rounds):.2f})   Herdmap / this: {ours_s / middle:.2f}")


if __name__ == "__main__":
    main()
