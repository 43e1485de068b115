"""Two surveys of the same photos: sightings matched photo by photo, and what both missed."""

from pathlib import Path

import numpy as np
import pytest

from geo import geopackage
from geo.errors import InputError
from geo.estimates.double_observer import Both, Factor, chapman
from geo.tables import DetectionRows, Images
from geo.two_searches import compare

SIDE = 1000


def write(
    path: Path, boxes: dict[str, list[tuple[float, float, str]]], *, by_people: bool = True, unsearched: str = ""
) -> Path:
    """A survey of photos with an animal of 40 px at each place; `boxes`: for each photo (x, y, class)."""
    names = list(boxes)
    n = len(names)
    nothing, none = np.full(n, np.nan), [None] * n
    images = Images(
        path=names, width=np.full(n, SIDE), height=np.full(n, SIDE), captured_at=none, lon=nothing, lat=nothing,
        altitude_m=nothing, agl_m=nothing, heading_deg=nothing, gsd_m=nothing, georeference=["none"] * n,
        status=["pending" if name == unsearched else "done" for name in names], reason=none,
        detections=np.zeros(n, int), tiles=np.ones(n, int), footprints=none,
    )  # fmt: skip
    each = [(row, x, y, kind) for row, name in enumerate(names) for x, y, kind in boxes[name]]
    classes = sorted({kind for *_, kind in each}) or ["cow"]
    places = np.array([(x - 20, y - 20, x + 20, y + 20) for _, x, y, _ in each], np.float32).reshape(-1, 4)
    rows = DetectionRows(
        paths=names, image=np.array([row for row, *_ in each], int), classes=classes,
        label=np.array([classes.index(kind) for *_, kind in each], int),
        score=np.full(len(each), np.nan if by_people else 0.9), boxes_px=places,
        polygons_map=np.full((len(each), 5, 2), np.nan),
    )  # fmt: skip
    geopackage.write_survey(path, images, rows, [], None)
    return path


def drawn(tmp_path: Path, found: tuple[float, float], hard: bool = False) -> tuple[Path, Path, int]:
    """Two observers' surveys of 30 photos with 8 animals each. hard: those far from the centre are hard to see."""
    rng = np.random.default_rng(5)
    surveys: list[dict[str, list[tuple[float, float, str]]]] = [{}, {}]
    for photo in range(30):
        grid = [(100.0 + 110 * column, 100.0 + 200 * row) for column in range(8) for row in range(5)]
        places = [grid[k] for k in rng.choice(40, 8, replace=False)]
        for survey, chance in zip(surveys, found, strict=True):
            own = []
            for x, y in places:
                far = np.hypot(x - 500, y - 500) > 400
                if rng.random() < (chance * 0.4 if hard and far else chance):
                    own.append((x + rng.normal(0, 3), y + rng.normal(0, 3), "cow" if x < 500 else "goat"))
            survey[f"{photo}.jpg"] = own
    return write(tmp_path / "one.gpkg", surveys[0]), write(tmp_path / "two.gpkg", surveys[1], by_people=False), 240


def test_two_observers_give_how_many_both_missed(tmp_path: Path) -> None:
    one, two, animals = drawn(tmp_path, (0.8, 0.7))
    found = compare(one, two, availability=Factor(0.85, 0.05))
    row = found.rows[-1]
    assert [each.class_name for each in found.rows] == ["cow", "goat", "all"]
    assert row.photos == 30
    assert row.number == chapman(row.saw)
    assert abs(row.number.value - animals) < 3 * row.number.se
    assert row.saw.seen <= row.interval[0] < row.number.value < row.interval[1]
    assert row.saw.both / row.saw.second == pytest.approx(0.8, abs=0.06)
    assert row.available is not None
    assert row.available.value == pytest.approx(row.number.value / 0.85)
    assert "availability of 0.85" in "\n".join(found.lines)
    assert found.warnings == ()


def test_an_animal_near_the_edge_of_a_photo_is_harder_to_see_and_that_is_said(tmp_path: Path) -> None:
    one, two, animals = drawn(tmp_path, (0.9, 0.85), hard=True)
    plain, fitted = compare(one, two).rows[-1], compare(one, two, covariates=["distance", "class", "length"])
    row = fitted.rows[-1]
    assert row.method == "huggins"
    assert plain.number.value < 0.9 * animals
    assert abs(row.number.value / animals - 1) < abs(plain.number.value / animals - 1)
    assert "differ in how hard" in "\n".join(fitted.warnings)


def test_sightings_are_matched_one_to_one_and_only_in_photos_that_both_searched(tmp_path: Path) -> None:
    one = write(tmp_path / "a.gpkg", {"1.jpg": [(100, 100, "cow"), (130, 100, "cow")], "2.jpg": [(50, 50, "cow")]})
    two = write(tmp_path / "b.gpkg", {"1.jpg": [(112, 100, "cow")], "2.jpg": [(50, 50, "cow")]}, unsearched="2.jpg")
    row = compare(one, two).rows[-1]
    assert (row.photos, row.saw) == (1, Both(2, 1, 1))


def test_people_and_the_detector_may_be_in_one_file(tmp_path: Path) -> None:
    one = write(tmp_path / "a.gpkg", {"1.jpg": [(100, 100, "cow"), (300, 100, "cow")]})
    with pytest.raises(InputError, match="both observers are the same file"):
        compare(one, one)
    row = compare(one, one, first_who="people", second_who="detector").rows[-1]
    assert row.saw == Both(2, 0, 0)
    with pytest.raises(InputError, match="none of the two"):
        compare(one, write(tmp_path / "c.gpkg", {"1.jpg": []}), first_who="detector")


def test_a_review_of_the_same_boxes_is_no_second_observer(tmp_path: Path) -> None:
    one = write(tmp_path / "a.gpkg", {"1.jpg": [(100, 100, "cow"), (300, 100, "cow")]})
    two = tmp_path / "b.gpkg"
    two.write_bytes(one.read_bytes())
    found = compare(one, two)
    assert "the same boxes in both files" in found.warnings[0]


def test_surveys_of_other_photos_are_refused(tmp_path: Path) -> None:
    one = write(tmp_path / "a.gpkg", {"1.jpg": [(100, 100, "cow")]})
    two = write(tmp_path / "b.gpkg", {"2.jpg": [(100, 100, "cow")]})
    with pytest.raises(InputError, match="no photo that both searched"):
        compare(one, two)
    with pytest.raises(InputError, match="expected some of class"):
        compare(one, two, covariates=["colour"])


def test_an_observer_who_saw_none_says_nothing_of_the_other(tmp_path: Path) -> None:
    one = write(tmp_path / "a.gpkg", {"1.jpg": [(100, 100, "cow")], "2.jpg": [(50, 50, "cow")]})
    two = write(tmp_path / "b.gpkg", {"1.jpg": [], "3.jpg": []})
    found = compare(one, two)
    assert found.rows[-1].method == "none"
    assert found.cells()[-1][6:10] == [None, None, 1, None]
    assert "the second observer saw none" in "\n".join(found.warnings)
    assert "1 that only the first searched and 1 that only the second searched are left out" in found.warnings[0]
    assert "nan" not in "\n".join(found.lines)


def test_an_observer_who_saw_all_that_the_other_saw_may_still_miss_some(tmp_path: Path) -> None:
    places = {f"{n}.jpg": [(100.0, 100.0, "cow"), (500.0, 500.0, "cow")] for n in range(8)}
    one = write(tmp_path / "a.gpkg", places)
    two = write(tmp_path / "b.gpkg", {name: [(103, 100, "cow")] for name in places})
    found = compare(one, two)
    low, high = found.rows[-1].interval
    assert low == 16
    assert (low / high) ** 8 == pytest.approx(0.05)  # the chance of what was seen, if there are so many
    assert "SE is 0 by chance" in found.warnings[0]
    with pytest.raises(InputError, match=r"error of 0 to 0\.5"):
        compare(one, two, availability=Factor(0.85, 5))
