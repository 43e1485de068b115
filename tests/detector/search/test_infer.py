"""Pixels through a model: every tile once, boxes back in their place, one bad image costs only itself."""

import threading
import time
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import ModelError
from detector.models import Model
from detector.search import infer
from detector.search.infer import Result
from detector.search.merge import merge
from detector.search.tiles import TileGrid
from detector.search.units import Unit
from tests.detector.models.spots import SpotModel, scene


class ArrayReader:
    """Pixels that are in memory already, counting who holds how much."""

    def __init__(self, pixels: NDArray[np.uint8], valid: NDArray[np.bool_] | None = None) -> None:
        self.pixels, self.valid = pixels, valid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def read(
        self, x: float, y: float, width: float, height: float, out_shape: tuple[int, int] | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.bool_] | None]:
        window: Any = np.s_[int(y) : int(y + height), int(x) : int(x + width)]
        if out_shape is not None:
            rows = (np.arange(out_shape[0]) + 0.5) * height / out_shape[0]
            columns = (np.arange(out_shape[1]) + 0.5) * width / out_shape[1]
            window = np.ix_((y + rows).astype(int), (x + columns).astype(int))
        return self.pixels[window], None if self.valid is None else self.valid[window]


class BrokenReader(ArrayReader):
    def read(self, *_: object, **__: object) -> tuple[NDArray[np.uint8], None]:
        raise OSError("the file ends\nin the middle")


def units(image: int, grid: TileGrid, most: int = 20_000, scale: tuple[float, float] = (1.0, 1.0)) -> list[Unit]:
    return [Unit(image, grid, block, scale) for block in grid.blocks(most)]


def run(images: Sequence[ArrayReader], groups: Sequence[Sequence[Unit]], model: Model, **how: object) -> list[Result]:
    return list(infer.detect(groups, lambda i: images[i], model, **how))  # type: ignore[arg-type]


def boxes_of(results: Sequence[Result], grid: TileGrid) -> list[list[float]]:
    seen = Detections.concatenate([r.detections for r in results])
    return sorted(merge(seen, grid).detections.boxes.tolist())


@pytest.mark.parametrize("calls_at_once", [1, 3])
@pytest.mark.parametrize("batch_size", [1, 3, 8])
@pytest.mark.parametrize("size", [(300, 211), (64, 200), (40, 30)])
def test_every_spot_is_found_once_in_its_place(size: tuple[int, int], batch_size: int, calls_at_once: int) -> None:
    pixels, true = scene(*size, spots=30)
    model = SpotModel(calls_at_once=calls_at_once)
    grid = TileGrid(*size, model.info.tile_size, model.info.overlap)
    results = run([ArrayReader(pixels)], [units(0, grid)], model, batch_size=batch_size)
    assert sum(r.tiles for r in results) == len(grid)
    assert boxes_of(results, grid) == sorted(true.tolist())
    assert max(shape[0] for shape in model.batches) <= -(-batch_size // calls_at_once)


def test_tiles_without_data_are_not_shown_to_the_model() -> None:
    pixels, _ = scene(256, 256, spots=10)
    valid = np.zeros((256, 256), bool)
    valid[:60, :60] = True
    model = SpotModel()
    grid = TileGrid(256, 256, 64, 0)
    results = run([ArrayReader(pixels, valid)], [units(0, grid, 256 * 256)], model)
    assert sum(shape[0] for shape in model.batches) == 1
    assert (results[0].tiles, results[0].skipped) == (16, 15)


def test_a_broken_image_is_one_image_and_its_reason_is_one_line() -> None:
    pixels, true = scene(200, 200, spots=8)
    grid = TileGrid(200, 200, 64, 16)
    readers = [ArrayReader(pixels), BrokenReader(pixels), ArrayReader(pixels)]
    results = run(readers, [units(i, grid) for i in range(3)], SpotModel())
    assert {r.unit.image for r in results if r.error} == {1}
    assert {r.error for r in results if r.error} == {"the file ends in the middle"}
    for i in (0, 2):
        assert boxes_of([r for r in results if r.unit.image == i], grid) == sorted(true.tolist())


def test_an_image_is_resampled_to_the_models_scale_and_boxes_come_back_in_grid_px() -> None:
    pixels, true = scene(200, 120, spots=6, extent=(8, 16))
    # Doubled: each image px is two grid px.
    grid = TileGrid(400, 240, 64, 40)
    results = run([ArrayReader(pixels)], [units(0, grid, 400 * 240, scale=(2.0, 2.0))], SpotModel())
    assert boxes_of(results, grid) == sorted((true * 2).tolist())


@pytest.mark.parametrize("device", ["cpu", "cuda:0"])
def test_the_readers_stay_within_their_budget(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(infer, "CPU_AHEAD_BYTES" if device == "cpu" else "GPU_AHEAD_BYTES", 3 * 64 * 64 * 4 // 8)
    monkeypatch.setattr(SpotModel, "device", device)
    held, most, lock = [0], [0], threading.Lock()

    class Counting(ArrayReader):
        def read(self, *window: object, **__: object) -> tuple[NDArray[np.uint8], None]:
            with lock:
                held[0] += 1
                most[0] = max(most[0], held[0])
            return np.zeros((64, 64, 3), np.uint8), None

    class Slow(SpotModel):
        def detect(self, tiles: NDArray[np.uint8]) -> Detections:
            time.sleep(0.01)
            with lock:
                held[0] -= 1
            return super().detect(tiles)

    grid = TileGrid(64, 64, 64, 0)
    groups = [units(i, grid) for i in range(30)]
    results = run([Counting(np.zeros((64, 64, 3), np.uint8))] * 30, groups, Slow(), readers=8)
    assert len(results) == 30
    assert most[0] <= 4 + 1


def test_a_block_larger_than_the_budget_still_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(infer, "CPU_AHEAD_BYTES", 10)
    pixels, true = scene(200, 200, spots=5)
    grid = TileGrid(200, 200, 64, 16)
    assert boxes_of(run([ArrayReader(pixels)], [units(0, grid)], SpotModel()), grid) == sorted(true.tolist())


def test_cancelling_ends_soon_and_leaves_no_thread() -> None:
    pixels, _ = scene(200, 200, spots=5)
    grid = TileGrid(200, 200, 64, 16)
    calls = iter([False, False, True])
    results = run(
        [ArrayReader(pixels)] * 50,
        [units(i, grid) for i in range(50)],
        SpotModel(),
        cancelled=lambda: next(calls, True),
    )
    assert len(results) < 5
    assert not [t for t in threading.enumerate() if t.name.startswith("read-")]


def test_a_model_that_fails_ends_the_run() -> None:
    class Failing(SpotModel):
        def detect(self, tiles: NDArray[np.uint8]) -> Detections:
            raise ModelError("out of memory")

    grid = TileGrid(200, 200, 64, 16)
    with pytest.raises(ModelError, match="out of memory"):
        run([ArrayReader(np.zeros((200, 200, 3), np.uint8))], [units(0, grid)], Failing())
    assert not [t for t in threading.enumerate() if t.name.startswith("read-")]


def test_chips_are_made_from_the_pixels_of_their_box() -> None:
    pixels, _ = scene(200, 150, spots=9)
    grid = TileGrid(200, 150, 64, 16)

    def chip(unit: Unit, block: NDArray[np.uint8], found: Detections) -> list[bytes | None]:
        in_block = found.boxes.astype(int) - [unit.block.x, unit.block.y] * 2
        return [block[y0:y1, x0:x1, 0].tobytes() for x0, y0, x1, y1 in in_block]

    results = run([ArrayReader(pixels)], [units(0, grid, 8000)], SpotModel(), chip=chip)
    assert len(results) > 1
    for result in results:
        for box, picture in zip(result.detections.boxes.astype(int), result.chips, strict=True):
            assert picture == pixels[box[1] : box[3], box[0] : box[2], 0].tobytes()
