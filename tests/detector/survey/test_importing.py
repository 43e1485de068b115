"""A survey made of other programs' detections is the survey that `detect` makes of the same detections, row for row."""

import csv
import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from PIL import Image

from detector import models
from geo import geopackage
from geo.geopackage.schema import allow_edits
from geo.georeference import crs_to_wkt
from geo.simulation import SurveySettings
from geo.tables import DetectionRows
from geo.vector import write_vector
from herdmap import HerdmapWarning, import_labels
from tests.command_line import HerdmapHere, write_regions
from tests.surveys.simulated_flight import Flown, TruthModel

HALVES = {"west": (-1000.0, -1000.0, 60.0, 2000.0), "east": (60.0, -1000.0, 2000.0, 2000.0)}
RUN_ID = re.compile(r"\d{4}-\d\d-\d\dT[\d:]+Z-[0-9a-f]{6}")
Row = tuple[Any, ...]


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Flown:
    """A strip of photos of 60 x 40 m with 60 % forward overlap and noise in their positions."""
    settings = SurveySettings(
        seed=11, photos=True, width_m=120, height_m=60, animals=40, flocks=3, gsd_m=0.1, photo_width_px=600,
        photo_height_px=400, focal_length_mm=44, forward_overlap=0.6, position_noise_m=2.0, attitude_noise_deg=0.5,
    )  # fmt: skip
    return Flown.of(tmp_path_factory.mktemp("flown") / "sim", settings)


class Quarters(TruthModel):
    """Its boxes are at quarters of a px, so that a file keeps them exactly."""

    def __init__(self, flown: Flown) -> None:
        super().__init__(flown)
        self._boxes = {key: np.round(boxes * 4) / 4 for key, boxes in self._boxes.items()}


@pytest.fixture
def detected(flown: Flown, here: HerdmapHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The survey of `detect`, with a detector that finds every animal."""
    with monkeypatch.context() as patch:
        model = Quarters(flown)
        patch.setattr(models, "open_model", lambda *_, **__: model)
        assert here("detect", flown.folder / "photos", "-o", tmp_path / "detected.gpkg").code == 0
    return tmp_path / "detected.gpkg"


def coco(survey: Path, path: Path, photos: slice = slice(None), side: float | None = None) -> Path:
    """All detections of a survey in some of its photos, as COCO results are, in one file. side: of other boxes."""
    rows, images = geopackage.read_detections(survey), geopackage.read_images(survey)
    names = [Path(name).name for name in images.path]
    listed = list(range(len(names)))[photos]
    of = [names.index(Path(name).name) for name in rows.image_paths()]
    annotations: list[dict[str, Any]] = []
    for row, image in enumerate(of):
        x0, y0, x1, y1 = rows.boxes_px[row].round(2).astype(float).tolist()
        box = [x0, y0, x1 - x0, y1 - y0]
        if side is not None:
            box = [(x0 + x1) / 2 - side / 2, (y0 + y1) / 2 - side / 2, side, side]
        if image in listed:
            score = round(float(rows.score[row]), 4)
            annotations.append({"id": row, "image_id": image, "category_id": 1, "bbox": box, "score": score})
    sizes = [(int(w), int(h)) for w, h in zip(images.width, images.height, strict=True)]
    photos_of = [{"id": i, "file_name": names[i], "width": sizes[i][0], "height": sizes[i][1]} for i in listed]
    document = {"images": photos_of, "annotations": annotations, "categories": [{"id": 1, "name": "sheep"}]}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def table(rows: DetectionRows, columns: Sequence[str] = ("counted",)) -> list[Row]:
    """What counts and estimates depend on, sorted; animals by the lowest of their rows, as their numbers are free."""
    each = zip(
        (Path(name).name for name in rows.image_paths()),
        rows.class_names(),
        np.round(rows.score.astype(float), 4).tolist(),
        map(tuple, np.round(rows.boxes_px.astype(float), 2).tolist()),
        map(tuple, rows.polygons_map.reshape(-1, 10).tolist()),
        np.round(rows.error_m, 2).tolist(),
        *(getattr(rows, name).tolist() for name in columns),
        strict=True,
    )
    return sorted(each)


def partners(rows: DetectionRows) -> set[frozenset[Row]]:
    """The sightings of each animal."""
    animals: dict[int, set[Row]] = {}
    for name, box, animal in zip(
        rows.image_paths(), rows.boxes_px.round(1).tolist(), rows.animal_id.tolist(), strict=True
    ):
        animals.setdefault(animal, set()).add((Path(name).name, *box))
    return {frozenset(seen) for seen in animals.values()}


def made_of(survey: Path, folder: Path, here: HerdmapHere) -> dict[str, Any]:
    """The counts, the estimate and the tables of the share folder of a survey."""
    regions = write_regions(folder / "regions.geojson", HALVES)
    (folder / "strata.csv").write_text("stratum,area_km2\nplain,0.01\n")
    counts = here("count", survey, "--regions", regions)
    assert counts.code == 0, counts.err
    estimate = here("estimate", survey, "--transects", "photos", "--strata", folder / "strata.csv")
    assert estimate.code == 0, estimate.err
    shared = here("share", survey, "-o", folder / f"share {survey.stem}", "--outside-images")
    assert shared.code == 0, shared.err
    out = folder / f"share {survey.stem}"
    with (out / "animals.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    free = ("id", "run_id", "animal_id")  # identities of a run
    shared_rows = sorted(tuple((k, v) for k, v in row.items() if k not in free) for row in rows)
    return {
        "counts": counts.out,
        "estimate": RUN_ID.sub("run", estimate.out),
        "share": shared_rows,
        "files": len(list(out.rglob("*.jpg"))),
    }


def test_an_imported_survey_is_the_one_that_detect_makes(
    flown: Flown, detected: Path, here: HerdmapHere, tmp_path: Path, check_gpkg: Callable[..., None]
) -> None:
    imported = tmp_path / "imported.gpkg"
    end = here("import", coco(detected, tmp_path / "d.json"), "--images", flown.folder / "photos", "-o", imported)
    assert end.code == 0, end.err
    check_gpkg(imported)
    ours, theirs = geopackage.read_detections(detected), geopackage.read_detections(imported)
    assert len(ours) > ours.counted.sum() > 20
    assert table(theirs) == table(ours)
    assert partners(theirs) == partners(ours)
    a, b = geopackage.read_images(detected), geopackage.read_images(imported)
    assert (a.path, a.status, a.georeference, a.reason) == (b.path, b.status, b.georeference, b.reason)
    for name in ("width", "lon", "lat", "agl_m", "heading_deg", "gsd_m", "detections"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    assert made_of(imported, tmp_path, here) == made_of(detected, tmp_path, here)


def test_another_file_adds_and_reviews_stay(flown: Flown, detected: Path, here: HerdmapHere, tmp_path: Path) -> None:
    output, photos = tmp_path / "imported.gpkg", flown.folder / "photos"
    first = coco(detected, tmp_path / "first.json", slice(0, None, 2))
    second = coco(detected, tmp_path / "second.json", slice(1, None, 2))
    assert here("import", first, "--images", photos, "-o", output).code == 0
    begun = geopackage.read_images(output)
    assert {*begun.status} == {"done", "pending"}
    assert all(
        "no imported file names it" in (begun.reason[i] or "") for i, s in enumerate(begun.status) if s != "done"
    )
    with closing(sqlite3.connect(output)) as db, db:
        allow_edits(db)
        db.execute("UPDATE detections SET review = 'rejected', reviewer = 'me', note = 'a stone' WHERE fid = 1")
    reviewed = geopackage.read_detections(output)
    assert here("import", second, "--images", photos, "-o", output).code == 0
    both = geopackage.read_detections(output)
    assert table(both, ()) == table(geopackage.read_detections(detected), ())
    assert partners(both) == partners(geopackage.read_detections(detected))
    assert {*reviewed.text("uuid")} < {*both.text("uuid")}
    assert both.text("note").count("a stone") == both.text("review").count("rejected") == 1
    assert [run.model for run in geopackage.read_runs(output)] == ["imported: first.json", "imported: second.json"]
    assert {*geopackage.read_images(output).status} == {"done"}

    again = here("import", first, second, "--images", photos, "-o", output)
    assert again.code == 0
    assert "animals that the survey has already" in again.err
    assert table(geopackage.read_detections(output), ()) == table(both, ())


def test_a_search_of_the_same_survey_keeps_what_was_imported(
    flown: Flown, detected: Path, here: HerdmapHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, photos = tmp_path / "both.gpkg", flown.folder / "photos"
    name = min(path.name for path in photos.glob("*.jpg"))
    (tmp_path / "goat.csv").write_text(f"image_path,label,x,y\n{name},goat,300.5,3\n")
    half = coco(detected, tmp_path / "half.json", slice(0, None, 2))
    assert here("import", half, tmp_path / "goat.csv", "--images", photos, "-o", output).code == 0
    model = Quarters(flown)
    monkeypatch.setattr(models, "open_model", lambda *_, **__: model)
    for _ in range(2):
        end = here("detect", photos, "-o", output)
        assert end.code == 0
        assert "1 imported animals are kept and counted, though this run did not find them" in end.err
        found, wanted = geopackage.read_detections(output), geopackage.read_detections(detected)
        goats = np.array([name == "goat" for name in found.class_names()])
        assert goats.sum() == 1
        assert found.take(goats).text("kind") == ["point"]
        assert table(found.take(~goats), ()) == table(wanted, ())


def test_points_are_animals_with_a_mark(flown: Flown, detected: Path, here: HerdmapHere, tmp_path: Path) -> None:
    output = tmp_path / "points.gpkg"
    points = coco(detected, tmp_path / "points.json", side=0.0)
    assert here("import", points, "--images", flown.folder / "photos", "-o", output).code == 0
    rows, boxes = geopackage.read_detections(output), geopackage.read_detections(detected)
    assert rows.kind == "point"
    middle = [np.sort((one.boxes_px[:, :2] + one.boxes_px[:, 2:]) / 2, axis=0) for one in (rows, boxes)]
    np.testing.assert_allclose(middle[0], middle[1], atol=0.02)
    sides = rows.boxes_px[:, 2:] - rows.boxes_px[:, :2]
    assert np.median(sides) == 20
    # Animals are matched over photos as their boxes are.
    assert abs(int(rows.counted.sum()) - int(boxes.counted.sum())) <= 1
    # The same points again, and the boxes around them, are no new animals.
    again = here("import", points, detected.parent / "points.json", "--images", flown.folder / "photos", "-o", output)
    assert f"animals that the survey has already: {len(rows)}" in again.err
    assert len(geopackage.read_detections(output)) == len(rows)
    whole = coco(detected, tmp_path / "whole.json")
    assert here("import", whole, "--images", flown.folder / "photos", "-o", output).code == 0
    assert len(geopackage.read_detections(output)) == len(rows)


def test_what_cannot_be_placed_has_a_reason(flown: Flown, here: HerdmapHere, tmp_path: Path) -> None:
    names = sorted(path.name for path in (flown.folder / "photos").glob("*.jpg"))
    rows = [f"{name},{10 * i + 50},60,sheep,0.{9 - i}\n" for i, name in enumerate([names[0], "lost.jpg", names[1]])]
    (tmp_path / "p.csv").write_text("images,x,y,labels,scores\n" + "".join(rows))
    output = tmp_path / "s.gpkg"
    end = here("import", tmp_path / "p.csv", "--images", flown.folder / "photos", "-o", output, "--rest-empty")
    assert end.code == 1
    images = geopackage.read_images(output)
    lost = images.path.index(next(path for path in images.path if path.endswith("lost.jpg")))
    assert (images.status[lost], images.reason[lost]) == ("failed", "there is no such photo")
    assert images.status.count("done") == len(images) - 1 == len(names)
    found = geopackage.read_detections(output)
    at = {
        Path(path).name: bool(np.isfinite(ring).all())
        for path, ring in zip(found.image_paths(), found.polygons_map, strict=True)
    }
    assert at == {names[0]: True, "lost.jpg": False, names[1]: True}
    high = here(
        "import", tmp_path / "p.csv", "--images", flown.folder / "photos", "-o", tmp_path / "h.gpkg", "--score", 0.75
    )
    assert "p.csv: detections with a score below 0.75 are left out: 1" in high.err
    assert len(geopackage.read_detections(tmp_path / "h.gpkg")) == 2


def test_scores_below_what_the_detector_advises_are_said(flown: Flown, here: HerdmapHere, tmp_path: Path) -> None:
    name = min(path.name for path in (flown.folder / "photos").glob("*.jpg"))
    found = [{"category": "1", "conf": conf, "bbox": [conf / 2, 0.2, 0.1, 0.1]} for conf in (0.9, 0.01, 0.05)]
    about = {"detector_metadata": {"typical_detection_threshold": 0.2}}
    document = {"images": [{"file": name, "detections": found}], "detection_categories": {"1": "animal"}, "info": about}
    (tmp_path / "md.json").write_text(json.dumps(document))
    given = ("import", tmp_path / "md.json", "--images", flown.folder / "photos", "-o")
    end = here(*given, tmp_path / "all.gpkg")
    assert "below 0.2, which its detector advises, are counted too: 2; leave them out with --score S" in end.err
    assert len(geopackage.read_detections(tmp_path / "all.gpkg")) == 3
    end = here(*given, tmp_path / "some.gpkg", "--score", 0.2)
    assert "advises" not in end.err
    assert len(geopackage.read_detections(tmp_path / "some.gpkg")) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("images,x,y,labels\nlost.jpg,1,2,sheep\n", "none of its 1 photos is in"),
        ("filename,width,height,class,xmin,ymin,xmax,ymax\n{0},60,40,sheep,1,2,3,4\n", "has 60 x 40 px there"),
        ("what,is,this\n1,2,3\n", "name the columns with --column FIELD=COLUMN"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(
    flown: Flown, here: HerdmapHere, tmp_path: Path, text: str, words: str
) -> None:
    name = min(path.name for path in (flown.folder / "photos").glob("*.jpg"))
    (tmp_path / "a.csv").write_text(text.format(name))
    end = here("import", tmp_path / "a.csv", "--images", flown.folder / "photos", "-o", tmp_path / "s.gpkg")
    assert end.code == 2
    assert words in end.err
    assert not (tmp_path / "s.gpkg").exists()


@pytest.mark.parametrize("kind", ["Point", "Polygon"])
def test_shapes_on_the_map_over_photos_with_a_pose_count_once(
    flown: Flown, here: HerdmapHere, tmp_path: Path, kind: str
) -> None:
    layer, output, photos = tmp_path / "animals.gpkg", tmp_path / "survey.gpkg", flown.folder / "photos"
    shapes = [shapely.Point(*place) for place in flown.animals.tolist()]
    if kind == "Polygon":
        shapes = [point.buffer(0.8) for point in shapes]
    columns = {"species": np.array(["sheep"] * len(shapes), object)}
    write_vector(layer, "GPKG", list(map(shapely.to_wkb, shapes)), kind, columns, crs_to_wkt(flown.settings.crs))
    end = here("import", layer, "--images", photos, "-o", output)
    assert end.code == 0, end.err
    assert "shapes on photos that a camera's pose places" in end.err
    rows = geopackage.read_detections(output)
    assert len(rows) > rows.counted.sum() == len(shapes) == 40  # several photos show most of them
    counted = rows.polygons_map[rows.counted == 1][:, :4].mean(axis=1)
    apart = np.linalg.norm(counted[:, None] - flown.animals[None], axis=2)
    assert apart.min(axis=1).max() < 0.05
    assert len({*apart.argmin(axis=1).tolist()}) == 40
    assert rows.kind == kind.lower().replace("polygon", "box")
    again = here("import", layer, "--images", photos, "-o", output)
    assert f"animals that the survey has already: {len(rows)}" in again.err
    assert int(geopackage.read_detections(output).counted.sum()) == 40


def test_shapes_over_a_survey_with_animals_are_said_to_count_twice_perhaps(
    flown: Flown, detected: Path, here: HerdmapHere, tmp_path: Path
) -> None:
    place = flown.animals[0] + (4.0, 0.0)
    columns = {"species": np.array(["goat"], object)}
    shape = [shapely.to_wkb(shapely.Point(*place))]
    write_vector(tmp_path / "a.gpkg", "GPKG", shape, "Point", columns, crs_to_wkt(flown.settings.crs))
    end = here("import", tmp_path / "a.gpkg", "--images", flown.folder / "photos", "-o", detected)
    assert end.code == 0, end.err
    assert re.search(r"a\.gpkg: boxes in photos that had animals before: \d; .* some may count twice", end.err)


def test_shapes_on_the_map_need_photos_with_a_place(flown: Flown, here: HerdmapHere, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    Image.new("L", (60, 40)).save(tmp_path / "photos" / "a.png")
    columns = {"species": np.array(["goat"], object)}
    shape = [shapely.to_wkb(shapely.Point(*flown.animals[0]))]
    write_vector(tmp_path / "a.gpkg", "GPKG", shape, "Point", columns, crs_to_wkt(flown.settings.crs))
    end = here("import", tmp_path / "a.gpkg", "--images", tmp_path / "photos", "-o", tmp_path / "s.gpkg")
    assert end.code == 2
    assert "no image in" in end.err
    assert "none is a photo with a position and a height" in end.err
    assert "--position FILE" in end.err


def test_another_import_keeps_how_the_photos_were_placed(
    flown: Flown, here: HerdmapHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos, output, table_ = tmp_path / "photos", tmp_path / "s.gpkg", flown.folder / "photos.csv"
    photos.mkdir()
    names = sorted(path.name for path in (flown.folder / "photos").glob("*.jpg"))
    for name in names:  # with their lens, without their place
        with Image.open(flown.folder / "photos" / name) as image:
            exif = image.getexif()
            exif.get_ifd(0x8769)
            exif.pop(0x8825)
            image.convert("RGB").save(photos / name, exif=exif)
    for number in (0, 1):
        (tmp_path / f"{number}.csv").write_text(
            f"image_path,label,x,y\n{names[number]},goat,300.5,200\n", encoding="utf-8"
        )
    assert here("import", tmp_path / "0.csv", "--images", photos, "-o", output, "--position", table_).code == 0
    first = geopackage.read_images(output)
    assert {*first.georeference} == {"camera pose"}
    end = here("import", tmp_path / "1.csv", "--images", photos, "-o", output)
    assert end.code == 0, end.err
    assert f"settings kept from the last placement: --position {table_}" in end.err
    again = geopackage.read_images(output)
    np.testing.assert_array_equal(again.lon, first.lon)
    assert np.isfinite(geopackage.read_detections(output).polygons_map).all()
    with pytest.warns(HerdmapWarning, match="already"):
        import_labels(tmp_path / "1.csv", photos, output, rest_empty=True)
    np.testing.assert_array_equal(geopackage.read_images(output).lon, first.lon)
    model = Quarters(flown)
    monkeypatch.setattr(models, "open_model", lambda *_, **__: model)
    lost = here("detect", photos, "-o", output)
    assert f"had a place on the map, and have none now: {len(names)}, the first is photos/{names[0]}" in lost.err
    assert "give --position FILE" in lost.err
