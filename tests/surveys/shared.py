"""A survey whose photos show their animals as white rectangles on dark ground, so that a test sees what lies where."""

from pathlib import Path

import numpy as np
import shapely

from geo.geopackage import write_survey
from geo.georeference import crs_to_wkt, reproject
from geo.raster import encode_jpeg
from geo.regions import count, regions_from
from geo.standing import select
from geo.tables import DetectionRows, Images, Run
from tests.surveys.small import ORIGIN, UTM

CLASSES = ("sheep", "<img src=x onerror=alert(1)>", "</script><script>alert(2)</script>", "=1+1")
GSD = 0.1


def write(
    folder: Path,
    photos: int,
    animals: int,
    size: tuple[int, int],
    *,
    with_animals: int | None = None,
    chips: bool = False,
    noisy: bool = False,
    geographic: bool = False,
    seed: int = 5,
) -> Path:
    """Photos in rows, `with_animals` of them (default all) with animals; two regions. Returns the GeoPackage."""
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    width, height = size
    some = np.sort(rng.permutation(photos)[: with_animals or photos])
    image = some[np.sort(np.arange(animals) % len(some))]
    boxes = _boxes(rng, image, size)
    names = [f"photos/IMG_{i:04d}.jpg" for i in range(photos)]
    chip = _write_photos(rng, folder, names, image, boxes, size, chips, noisy)
    crs, rings, polygons = _placed(photos, image, boxes, size, geographic)
    unknown = np.full(photos, np.nan)
    images = Images(
        path=names, width=np.full(photos, width), height=np.full(photos, height),
        captured_at=["2018-10-01T08:00:00Z"] * photos, lon=unknown, lat=unknown, altitude_m=unknown, agl_m=unknown,
        heading_deg=unknown, gsd_m=np.full(photos, GSD), georeference=["camera pose"] * photos,
        status=["done"] * photos, reason=[None] * photos, detections=np.zeros(photos, np.int64),
        tiles=np.full(photos, 54),
        footprints=rings,
    )  # fmt: skip
    label = np.concatenate([np.arange(len(CLASSES)), rng.choice(len(CLASSES), animals, p=[0.7, 0.15, 0.1, 0.05])])[
        :animals
    ]
    rows = DetectionRows(
        paths=names, image=image, classes=CLASSES, label=label,
        score=rng.beta(5, 3, animals).round(4).astype(np.float32),
        boxes_px=boxes.astype(np.float32), polygons_map=polygons,
        counted=(rng.random(animals) > 0.1).astype(np.uint8),
        review=rng.choice(["unreviewed", "confirmed", "rejected"], animals, p=[0.7, 0.2, 0.1]).tolist(), run_id="r",
        chip=chip if chips else None,
    )  # fmt: skip
    low, high = np.min([r.min(0) for r in rings], 0), np.max([r.max(0) for r in rings], 0)
    middle = (low + high) / 2
    regions = regions_from(
        [shapely.box(*low, *middle), shapely.box(middle[0], low[1], high[0], middle[1])], ["West <b>", "East"], crs
    )
    mask, kinds = select(
        rows.class_names(), rows.text("review"), rows.text("reviewed_class"), rows.counted, "not-rejected"
    )
    counts = count(polygons[:, :4].mean(axis=1)[mask], kinds[mask], regions, crs)
    run = Run("r", "2026-01-01T00:00:00Z", None, "0.1", "sheep", "ab" * 32, CLASSES, {"thresholds": [0.3]}, "cpu",
              photos, 0, photos, animals)  # fmt: skip
    write_survey(folder / "survey.gpkg", images, rows, [run], crs, counts=counts)
    return folder / "survey.gpkg"


def _write_photos(
    rng: np.random.Generator,
    folder: Path,
    names: list[str],
    image: np.ndarray,
    boxes: np.ndarray,
    size: tuple[int, int],
    chips: bool,
    noisy: bool,
) -> list[bytes | None]:
    """Write the photos. Returns a chip of each animal, None without `chips`."""
    width, height = size
    chip: list[bytes | None] = [None] * len(image)
    empty = encode_jpeg(np.full((height, width, 3), 60, np.uint8))
    for i, name in enumerate(names):
        rows = np.flatnonzero(image == i)
        data = empty
        if len(rows) or noisy:
            pixels = np.full((height, width, 3), 60, np.uint8)
            if noisy:
                pixels += rng.integers(0, 90, pixels.shape, dtype=np.uint8)
            for x0, y0, x1, y1 in boxes[rows]:
                pixels[y0:y1, x0:x1] = 255
            data = encode_jpeg(pixels, 92)
            for row in rows.tolist() if chips else ():
                x0, y0, x1, y1 = boxes[row]
                chip[row] = encode_jpeg(pixels[max(0, y0 - 8) : y1 + 8, max(0, x0 - 8) : x1 + 8])
        (folder / name).write_bytes(data)
    return chip


def _placed(
    photos: int, image: np.ndarray, boxes: np.ndarray, size: tuple[int, int], geographic: bool
) -> tuple[str, list[np.ndarray], np.ndarray]:
    """The CRS, the footprints of the photos side by side, and the animals' polygons (M, 5, 2)."""
    width, height = size
    across = max(1, round(photos**0.5))
    line, column = np.divmod(np.arange(photos), across)
    corner = ORIGIN + np.stack([column * width * GSD * 1.1, -line * height * GSD * 1.2], axis=1)
    frame = np.array([[0, 0], [0, height], [width, height], [width, 0], [0, 0]], float) * (GSD, -GSD)
    rings = [start + frame for start in corner]
    polygons = corner[image][:, None] + boxes[:, [0, 1, 0, 3, 2, 3, 2, 1, 0, 1]].reshape(-1, 5, 2) * (GSD, -GSD)
    if not geographic:
        return UTM, rings, polygons
    crs = crs_to_wkt("EPSG:4326")
    rings = [reproject(ring, UTM, crs) for ring in rings]
    polygons = reproject(polygons.reshape(-1, 2), UTM, crs).reshape(-1, 5, 2)
    return crs, rings, polygons


def _boxes(rng: np.random.Generator, image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(M, 4) whole px: each animal in a cell of its own of its photo, a few px from the next."""
    across = int(np.ceil(np.sqrt(np.bincount(image).max(initial=1))))
    cell = np.array(size) / across
    place = np.arange(len(image)) - np.searchsorted(image, image)
    corner = np.stack([place % across, place // across], axis=1) * cell
    low = np.minimum(3, cell / 4)
    extent = np.maximum(2, rng.uniform(0.35, 0.6, (len(image), 2)) * np.minimum(cell, 40))
    start = (corner + low).round()
    return np.concatenate([start, start + extent.round()], axis=1).astype(np.int64)
