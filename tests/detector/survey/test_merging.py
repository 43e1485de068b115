"""Many images that are merged at once give what each gives by itself."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from detector.detections import Detections
from detector.search import parts
from detector.search.infer import Result
from detector.search.seams import across
from detector.search.units import Unit
from detector.survey import merging, planning, seam_search
from detector.survey.merging import Animals, animals_of, animals_of_all, with_seams_searched
from detector.survey.planning import Plan, PlannedImage, Settings, plan
from tests.detector.models.spots import SpotModel
from tests.detector.search.test_merge import equal


def searched(work: Plan, unit: Unit, rng: np.random.Generator) -> None:
    """Writes a part of the unit with boxes anywhere, some of them cut, and pictures of some."""
    inside, n = unit.tiling.tiles_of(unit.block), int(rng.integers(0, 12))
    gated = inside[: int(rng.integers(0, 2)) if unit.image % 3 == 1 and len(inside) > 1 else 0]
    tiles = rng.choice(inside[len(gated) :], n).astype(np.int32)
    low = unit.tiling.boxes[tiles, :2] + rng.integers(0, unit.grid.tile_width - 20, (n, 2))
    boxes = np.concatenate([low, np.minimum(low + rng.integers(8, 40, (n, 2)), unit.tiling.boxes[tiles, 2:])], axis=1)
    boxes = boxes.astype(np.float32)
    edges = unit.tiling.edges(boxes, tiles)
    seen = Detections.of(boxes, rng.uniform(0.1, 1, n), np.zeros(n), tiles, edges).in_canonical_order()
    chips = [bytes([1, i]) if rng.random() < 0.6 else None for i in range(n)]
    work.journal.write(unit.key, parts.of(Result(unit, seen, chips, len(inside), gated=gated)))


@pytest.fixture(scope="module")
def searched_twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Animals, Plan]:
    """The animals before seams were searched, and the plan after it: 14 images of two sizes, some of several units,
    some with seams that are searched, all but one done.
    """
    rng, folder = np.random.default_rng(5), tmp_path_factory.mktemp("merged")
    for n in range(14):
        Image.new("L", (300, 260) if n % 2 else (260, 300)).save(folder / f"{n:02d}.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "PHOTO_PIXELS", 30_000)
        patch.setattr(planning, "BLOCK_PIXELS", 30_000)
        made = plan([folder], folder / "a.gpkg", SpotModel(128, 24).info, "0" * 64, Settings(score=0.3))
    assert made is not None
    for image in made.images[:-1]:
        for unit in image.units:
            searched(made, unit, rng)
    before = animals_of_all(made, ())
    for n, units in enumerate(before.pending):
        for unit in units if n != 3 else ():
            searched(made, unit, rng)
    return before, made


@pytest.fixture(scope="module")
def work(searched_twice: tuple[Animals, Plan]) -> Plan:
    return searched_twice[1]


@pytest.mark.parametrize("at_once", [(500, 5_000), (3, 5_000), (500, 10)], ids=["all", "three", "few boxes"])
def test_images_at_once_are_merged_as_each_by_itself(
    work: Plan, at_once: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seam_search, "IMAGES_AT_ONCE", at_once[0])
    monkeypatch.setattr(seam_search, "BOXES_AT_ONCE", at_once[1])
    found = animals_of_all(work, failed={5})
    each = [None if n == 5 else animals_of(work, image) for n, image in enumerate(work.images)]
    assert found.done.tolist() == [one is not None for one in each]
    assert not {3, 5, 13} & set(np.flatnonzero(found.done).tolist()), "a seam is missing, it failed, nothing is done"
    assert found.numbers.tolist() == [0 if one is None else len(one) for one in each]
    assert equal(found.detections, Detections.concatenate([one for one in each if one is not None]))
    assert 0 < found.chips.there.sum() < len(found.chips)
    kept = found.only(found.image == 4)
    assert equal(kept.detections, each[4] or Detections.empty())
    assert list(kept.chips) == [chip for chip, n in zip(found.chips, found.image, strict=True) if n == 4]


@pytest.mark.parametrize("failed", [set(), {0}])
def test_after_seams_were_searched_only_their_images_are_merged_again(
    searched_twice: tuple[Animals, Plan], failed: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, work = searched_twice
    assert before.pending[0], "an image whose seams are searched"
    assert before.done.any()
    read: list[int] = []
    of_each = seam_search.parts_of_each

    def noted(work: Plan, images: Iterable[tuple[int, PlannedImage]]) -> Iterator[list[Any]]:
        for some in of_each(work, images):
            read.extend(number for number, *_ in some)
            yield some

    monkeypatch.setattr(merging, "parts_of_each", noted)
    found = with_seams_searched(work, before, failed)
    assert read == [n for n, units in enumerate(before.pending) if units and n not in failed]
    expected = animals_of_all(work, failed)
    assert equal(found.detections, expected.detections)
    assert list(found.chips) == list(expected.chips)
    for name in ("image", "done", "tiles", "numbers"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name
    for name in ("gated", "labelled", "seams", "seam_tiles", "again"):
        assert getattr(found, name) == getattr(expected, name), name
    assert list(map(list, found.pending)) == list(map(list, expected.pending))


def test_what_is_told_of_images_at_once_is_that_of_each(work: Plan) -> None:
    found = animals_of_all(work, ())
    gated, seam_tiles, boxes = 0, 0, 0
    for n in np.flatnonzero(found.done).tolist():
        read = seam_search.parts_of(work, work.images[n])
        assert read is not None
        gated += sum(len(part.gated) for part in read.own)
        seam_tiles += sum(unit.tiles for unit in read.units)
        own = Detections.concatenate([part.detections for part in read.own])
        boxes += across(own[own.scores >= 0.3], work.images[n].units[0].grid).boxes
    assert found.gated == gated > 0
    assert found.seam_tiles == seam_tiles > 0
    assert found.seams.boxes == boxes > 0
    assert found.tiles.sum() == sum(work.images[n].tiles for n in np.flatnonzero(found.done))
