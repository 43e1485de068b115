"""The three regions of a simulated survey, and the places where counting is hard: borders and tile seams.

Frame: metres, x to the right (east), y down (south) from the top left corner of the orthomosaic.
"""

import numpy as np
from numpy.typing import NDArray

from geo.simulation.settings import SurveySettings

# Corners as shares of width and height. Neighbours use the same corners, so that they share the same edge.
_CORNERS = {
    "north-west": (0.06, 0.08), "north": (0.52, 0.05), "north-east": (0.95, 0.12), "west": (0.05, 0.52),
    "middle": (0.48, 0.50), "east": (0.93, 0.55), "south-west": (0.10, 0.90), "south-east": (0.62, 0.93),
}  # fmt: skip
_PADDOCKS = {
    "North paddock": ("north-west", "north", "middle", "west"),
    "East paddock": ("north", "north-east", "east", "middle"),
    "South paddock": ("west", "middle", "east", "south-east", "south-west"),
}


def paddock_rings(settings: SurveySettings) -> dict[str, NDArray[np.float64]]:
    """The name of each region and its closed ring (K, 2) in scene metres.

    Regions share edges; a part of the area is in none.
    """
    rng = np.random.default_rng([settings.seed, 7])
    size = np.array([settings.width_m, settings.height_m])
    corners = {name: (np.array(xy) + rng.uniform(-0.02, 0.02, 2)) * size for name, xy in _CORNERS.items()}
    return {
        name: np.array([corners[corner] for corner in (*corner_names, corner_names[0])])
        for name, corner_names in _PADDOCKS.items()
    }


def border_points(settings: SurveySettings, count: int = 12) -> NDArray[np.float64]:
    """(count, 2) scene metres: points half a metre to either side of the regions' borders."""
    rng = np.random.default_rng([settings.seed, 8])
    rings = list(paddock_rings(settings).values())
    points = np.empty((count, 2))
    for i in range(count):
        ring = rings[int(rng.integers(len(rings)))]
        edge = int(rng.integers(len(ring) - 1))
        start, end = ring[edge], ring[edge + 1]
        along = (end - start) / np.hypot(*(end - start))
        off = rng.choice([-1.0, 1.0]) * rng.uniform(0.5, 0.7)
        points[i] = start + rng.uniform(0.1, 0.9) * (end - start) + off * np.array([-along[1], along[0]])
    return points


def seam_points(settings: SurveySettings) -> NDArray[np.float64]:
    """(M, 2) scene metres: points on the seams of tile grids, corners and edges, in an order drawn from the seed."""
    rng = np.random.default_rng([settings.seed, 6])
    points: list[tuple[float, float]] = []
    for stride in settings.seam_strides_px:
        across = np.arange(stride, settings.width_px, stride)
        down = np.arange(stride, settings.height_px, stride)
        for _ in range(4):
            if len(across) and len(down):
                points.append((float(rng.choice(across)), float(rng.choice(down))))
                points.append((float(rng.choice(across)), float(rng.uniform(0, settings.height_px))))
                points.append((float(rng.uniform(0, settings.width_px)), float(rng.choice(down))))
    table = np.array(points, np.float64).reshape(-1, 2)
    rng.shuffle(table)
    return (table + rng.normal(0, 4, table.shape)) * settings.gsd_m
