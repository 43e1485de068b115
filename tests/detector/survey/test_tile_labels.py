"""The labelled tiles of a tile classifier: put together as they lie, on the ground, reviewed, counted when empty."""

import contextlib
import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from PIL import Image

from detector import models, survey
from detector.errors import InputError
from detector.search.tiles import TileGrid
from detector.survey.labelling import labels_of
from geo import geopackage, raster
from geo.geopackage.schema import allow_edits
from geo.geopackage.styles import UNCERTAIN
from geo.georeference import crs_to_wkt
from geo.reviews.merge import merge_reviews
from geo.tables import DetectionRows
from tests.command_line import HerdmapHere
from tests.detector.models import tile_classifier
from tests.detector.models.spots import SpotModel
from tests.geo.test_added_columns import add, types_in
from tests.surveys.small import in_qgis

UTM = "EPSG:32737"
NORTH_UP = (0.1, 0.0, 263400.0, 0.0, -0.1, 9701600.0)


def photo(width: int, height: int, seed: int = 0) -> NDArray[np.uint8]:
    """Dark ground with rectangles of every brightness in odd places: no symmetry that would hide a swapped axis."""
    rng = np.random.default_rng(seed)
    pixels = np.full((height, width, 3), 10, np.uint8)
    for _ in range(25):
        x, y, w, h = rng.integers(0, width - 20), rng.integers(0, height - 20), *rng.integers(3, 18, 2)
        pixels[y : y + h, x : x + w] = rng.integers(40, 250)
    return pixels


def class_of(brightest: int, margin: float = 0.2) -> str:
    animal = brightest / 255
    if abs(2 * animal - 1) < margin:
        return UNCERTAIN
    return "animal" if animal > 0.5 else "empty"


def starts(length: int, tile: int, overlap: int) -> list[int]:
    """Where tiles begin, one after another; the last one ends with the image."""
    found = [0]
    while found[-1] + tile < length:
        found.append(min(found[-1] + tile - overlap, length - tile))
    return found


def labels_in(output: Path) -> "DetectionRows":
    rows = geopackage.read_tile_labels(output)
    assert rows is not None
    return rows


@contextlib.contextmanager
def by_hand(output: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(output)) as db:
        allow_edits(db)
        with db:
            yield db


@pytest.fixture
def classifier(tmp_path: Path) -> Path:
    return tile_classifier.write(tmp_path / "classifier.onnx")


def test_recombination_agrees_with_a_plain_loop(tmp_path: Path, check_gpkg: Callable[..., None]) -> None:
    width, height, tile, overlap = 1234, 2345, 200, 60
    classifier = tile_classifier.write(tmp_path / "classifier.onnx", tile_size=tile, overlap=overlap)
    pixels = photo(width, height)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    outcome = survey.detect([tmp_path / "photo.png"], tmp_path / "out.gpkg", model=classifier)
    check_gpkg(tmp_path / "out.gpkg", positioned=False)

    # Pixel by pixel, the tile that it lies deepest in, along each axis on its own.
    expected = np.empty((height, width), "U9")
    xs, ys = starts(width, tile, overlap), starts(height, tile, overlap)
    columns = [_deepest(x, xs, tile) for x in range(width)]
    rows_of = [_deepest(y, ys, tile) for y in range(height)]
    said = {
        (i, j): class_of(pixels[y : y + tile, x : x + tile].max()) for i, x in enumerate(xs) for j, y in enumerate(ys)
    }
    for y in range(height):
        expected[y] = [said[i, rows_of[y]] for i in columns]

    rows = labels_in(tmp_path / "out.gpkg")
    drawn = np.full((height, width), "nowhere", "U9")
    for name, ring in zip(rows.class_names(), rows.polygons_map, strict=True):
        # The sheet has y up and the photo's own corner at its origin.
        x0, y0, x1, y1 = ring[:, 0].min(), -ring[:, 1].max(), ring[:, 0].max(), -ring[:, 1].min()
        assert (drawn[round(y0) : round(y1), round(x0) : round(x1)] == "nowhere").all()
        drawn[round(y0) : round(y1), round(x0) : round(x1)] = name
    assert (drawn == expected).all()
    assert set(np.unique(drawn)) == {"animal", "empty", UNCERTAIN}
    assert sum(shapely.Polygon(ring).area for ring in rows.polygons_map) == pytest.approx(width * height)
    assert outcome.tiles_by_class == {name: Counter(said.values())[name] for name in ("animal", "empty", UNCERTAIN)}
    images = geopackage.read_images(tmp_path / "out.gpkg")
    assert (images.tiles.tolist(), images.status, images.detections.tolist()) == ([len(xs) * len(ys)], ["done"], [0])


def _deepest(place: int, begins: list[int], tile: int) -> int:
    """The tile in which a pixel is furthest from the edges; of two that are as good, the later one."""
    depth = [min(place + 0.5 - at, at + tile - place - 0.5) for at in begins]
    # The image's own edges are no edges of a tile.
    depth[0] = max(depth[0], begins[0] + tile - place - 0.5)
    depth[-1] = max(depth[-1], place + 0.5 - begins[-1])
    return max(range(len(begins)), key=lambda i: (depth[i], i))


def test_tiles_lie_on_the_ground_and_those_without_data_have_no_label(
    tmp_path: Path, classifier: Path, check_gpkg: Callable[..., None]
) -> None:
    pixels = photo(300, 220)
    wkt = crs_to_wkt(UTM)
    raster.write_geotiff(
        tmp_path / "m.tif", iter([pixels]), 300, 220, NORTH_UP, wkt, compress="deflate", overviews=False
    )
    survey.detect([tmp_path / "m.tif"], tmp_path / "out.gpkg", model=classifier)
    check_gpkg(tmp_path / "out.gpkg")
    rows = labels_in(tmp_path / "out.gpkg")
    polygons = shapely.polygons(rows.polygons_map)
    (ring,) = geopackage.read_images(tmp_path / "out.gpkg").footprints
    assert shapely.union_all(polygons).symmetric_difference(shapely.Polygon(ring)).area < 1e-6
    assert shapely.area(polygons).sum() == pytest.approx(30 * 22)
    grid = TileGrid(300, 220, 64, 16)
    corners = np.stack([263400 + 0.1 * grid.cells[:, 0], 9701600 - 0.1 * grid.cells[:, 1]], axis=1)
    np.testing.assert_allclose(rows.polygons_map[:, 0], corners, atol=1e-6)
    held = [class_of(pixels[y0:y1, x0:x1].max()) for x0, y0, x1, y1 in grid.boxes]
    assert rows.class_names() == held

    # With a mask: nothing is known of a tile that holds no data, and nothing is said.
    Image.fromarray(
        np.dstack([pixels, np.where(np.arange(300) < 150, 255, 0) * np.ones((220, 1))]).astype(np.uint8)
    ).save(tmp_path / "half.png")
    survey.detect([tmp_path / "half.png"], tmp_path / "half.gpkg", model=classifier)
    labelled = labels_in(tmp_path / "half.gpkg")
    assert sorted(labelled.boxes_px.tolist()) == sorted(grid.cells[grid.boxes[:, 0] < 150].astype(float).tolist())
    assert geopackage.read_images(tmp_path / "half.gpkg").tiles.tolist() == [len(grid)]


def test_an_image_at_another_scale_is_partitioned_in_its_own_px(tmp_path: Path) -> None:
    classifier = tile_classifier.write(tmp_path / "classifier.onnx", gsd_m=0.07)
    pixels = photo(301, 223)
    wkt = crs_to_wkt(UTM)
    raster.write_geotiff(
        tmp_path / "m.tif", iter([pixels]), 301, 223, NORTH_UP, wkt, compress="deflate", overviews=False
    )
    survey.detect([tmp_path / "m.tif"], tmp_path / "out.gpkg", model=classifier)
    rows = labels_in(tmp_path / "out.gpkg")
    assert len(rows) == len(TileGrid(430, 319, 64, 16))
    assert shapely.area(shapely.polygons(rows.polygons_map)).sum() == pytest.approx(30.1 * 22.3)
    assert rows.boxes_px.max(axis=0).tolist()[2:] == [301, 223]


def test_uncertain_is_what_leads_by_less_than_the_margin() -> None:
    probabilities = np.array([[0.5, 0.3, 0.2], [0.4, 0.35, 0.25], [0.1, 0.1, 0.8]], np.float32)
    labels, scores = labels_of(probabilities, 0.1)
    assert labels.tolist() == [0, 3, 2]
    np.testing.assert_allclose(scores, [0.5, 0.4, 0.8])
    assert labels_of(probabilities, 0)[0].tolist() == [0, 0, 2]
    assert labels_of(np.ones((2, 1), np.float32), 0.5)[0].tolist() == [0, 0]


def test_another_margin_needs_no_second_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tile_classifier.BrightTiles()
    model.files = (tile_classifier.write(tmp_path / "classifier.onnx"),)
    monkeypatch.setattr(models, "open_model", lambda *_, **__: model)
    Image.fromarray(photo(300, 220)).save(tmp_path / "photo.png")

    def tiles(margin: float) -> dict[str, int]:
        settings = survey.Settings(margin=margin)
        found = survey.detect([tmp_path / "photo.png"], tmp_path / "out.gpkg", settings=settings).tiles_by_class
        assert found is not None
        return dict(found)

    wide = tiles(0.9)
    calls = len(model.batches)
    none = tiles(0)
    assert len(model.batches) == calls > 0
    assert wide[UNCERTAIN] > none[UNCERTAIN] == 0
    assert sum(wide.values()) == sum(none.values())


def test_reviews_of_tiles_outlive_another_run(
    tmp_path: Path, classifier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out.gpkg"
    for n in range(2):
        Image.fromarray(photo(300, 220, n)).save(tmp_path / f"{n}.png")
    survey.detect([tmp_path], output, model=classifier)
    before = labels_in(output)
    with by_hand(output) as db:
        db.execute(
            "UPDATE tile_labels SET review = 'rejected', reviewed_class = 'empty', reviewer = 'Ann' WHERE fid = 3"
        )
        db.execute("UPDATE tile_labels SET review = 'confirmed', note = 'a \"calf\"' WHERE fid = 40")

    def reviewed() -> list[tuple[object, ...]]:
        rows = geopackage.read_tile_labels(output, reviewed_only=True)
        assert rows is not None
        columns = (rows.text(name) for name in ("review", "reviewed_class", "reviewer", "note"))
        return sorted(zip(rows.image_paths(), rows.boxes_px.tolist(), *columns, strict=True), key=str)

    said = reviewed()
    assert len(said) == 2
    survey.detect([tmp_path], output, model=classifier, settings=survey.Settings(margin=0.5))
    assert reviewed() == said
    assert len(labels_in(output)) == len(before)
    # Of a photo that is gone, of tiles of another size, and after a detector: a review stays, whatever runs.
    (tmp_path / "0.png").rename(tmp_path / "0.away")
    survey.detect([tmp_path], output, model=classifier, settings=survey.Settings(tile_size=100))
    assert reviewed() == said
    monkeypatch.setattr(models, "open_model", lambda *_, **__: SpotModel())
    survey.detect([tmp_path], output)
    assert reviewed() == said
    assert len(labels_in(output)) == 2


def test_columns_that_a_person_added_to_tiles_outlive_another_run(tmp_path: Path, classifier: Path) -> None:
    output = tmp_path / "out.gpkg"
    Image.fromarray(photo(300, 220)).save(tmp_path / "0.png")
    survey.detect([tmp_path], output, model=classifier)
    add(output, "tile_labels", {"grass": ("TEXT", []), "wet": ("BOOLEAN", [])})
    survey.detect([tmp_path], output, model=classifier, settings=survey.Settings(margin=0.5))
    assert {"grass": "TEXT", "wet": "BOOLEAN"}.items() <= types_in(output, "tile_labels").items()
    with by_hand(output) as db:
        db.execute("UPDATE tile_labels SET grass = 'tall' WHERE fid = 5")
        place = db.execute("SELECT xmin, ymin FROM tile_labels WHERE fid = 5").fetchone()
    survey.detect([tmp_path], output, model=classifier, settings=survey.Settings(margin=0.3))
    with by_hand(output) as db:
        found = db.execute("SELECT xmin, ymin, grass FROM tile_labels WHERE grass IS NOT NULL").fetchall()
    assert found == [(*place, "tall")]


def test_reviews_of_two_people_are_merged_and_placing_anew_keeps_them(tmp_path: Path, classifier: Path) -> None:
    wkt = crs_to_wkt(UTM)
    raster.write_geotiff(
        tmp_path / "m.tif", iter([photo(300, 220)]), 300, 220, NORTH_UP, wkt, compress="deflate", overviews=False
    )
    ann, bob = tmp_path / "ann.gpkg", tmp_path / "bob.gpkg"
    survey.detect([tmp_path / "m.tif"], ann, model=classifier)
    shutil.copy(ann, bob)
    for file, who, fids in ((ann, "Ann", (1, 2)), (bob, "Bob", (2, 3))):
        with by_hand(file) as db:
            for fid in fids:
                review = "confirmed" if who == "Ann" else "rejected"
                at = "2026-01-01" if who == "Ann" else "2026-01-02"
                values = (review, who, at, fid)
                db.execute("UPDATE tile_labels SET review = ?, reviewer = ?, reviewed_at = ? WHERE fid = ?", values)
    outcome = merge_reviews(ann, bob, tmp_path / "both.gpkg")
    rows = labels_in(tmp_path / "both.gpkg")
    assert len(rows) == len(labels_in(ann))
    assert rows.text("review")[:4] == ["confirmed", "rejected", "rejected", "unreviewed"]
    assert len(outcome.merged.conflicts) == 1

    survey.georeference(ann, survey.PoseSettings())
    again = labels_in(ann)
    assert again.text("reviewer")[:3] == ["Ann", "Ann", None]
    np.testing.assert_allclose(again.polygons_map, rows.polygons_map, atol=1e-6)


def test_what_only_a_detector_can_do_is_refused(tmp_path: Path, classifier: Path) -> None:
    Image.fromarray(photo(100, 80)).save(tmp_path / "photo.png")
    (tmp_path / "regions.geojson").write_text(
        json.dumps({"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]})
    )
    ways: tuple[dict[str, Any], ...] = ({"gate": classifier}, {"region_file": tmp_path / "regions.geojson"})
    for how in ways:
        with pytest.raises(InputError, match="is a tile classifier, which labels tiles and finds no animals"):
            survey.detect([tmp_path / "photo.png"], tmp_path / "out.gpkg", model=classifier, **how)
    with pytest.raises(InputError, match="a score threshold needs a detector") as caught:
        survey.detect(
            [tmp_path / "photo.png"], tmp_path / "out.gpkg", model=classifier, settings=survey.Settings(score=0.5)
        )
    assert caught.value.about == "model"


def test_the_command_line_says_how_many_tiles_are_what(
    tmp_path: Path, classifier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.fromarray(photo(300, 220)).save(tmp_path / "photo.png")
    herdmap = HerdmapHere(capsys)
    end = herdmap("detect", tmp_path / "photo.png", "-o", tmp_path / "out.gpkg", "--model", classifier, "--margin", 0)
    tiles = len(TileGrid(300, 220, 64, 16))
    assert end.code == 0
    assert f"{tiles} labelled tiles (" in end.out
    assert "0 uncertain) in 1 image" in end.out


@pytest.mark.qgis
def test_tile_labels_are_styled_in_qgis(tmp_path: Path, classifier: Path) -> None:
    Image.fromarray(photo(300, 220)).save(tmp_path / "photo.png")
    survey.detect([tmp_path / "photo.png"], tmp_path / "out.gpkg", model=classifier)
    script = """
project = QgsProject.instance()
assert project.read(sys.argv[1])
layer = project.mapLayersByName("Tile labels")[0]
categories = [c.value() for c in layer.renderer().categories()]
names = {f["class"] for f in layer.getFeatures()}
print(json.dumps([layer.isValid(), layer.featureCount(), categories, sorted(names)]))
"""
    valid, count, categories, names = json.loads(in_qgis(script, tmp_path / "out.qgz"))
    assert (valid, count) == (True, len(labels_in(tmp_path / "out.gpkg")))
    assert set(names) <= set(categories)
    assert categories[-1] == ""


def test_a_tile_has_each_class_that_passes_with_its_probability(
    tmp_path: Path, check_gpkg: Callable[..., None]
) -> None:
    classifier = tile_classifier.write(
        tmp_path / "several.onnx", classes=("cow", "zebra"), multilabel=True, score_threshold=0.4
    )
    pixels = np.zeros((64, 4 * 48 + 16, 3), np.uint8)
    for tile, brightest in enumerate((255, 140, 20, 90)):
        pixels[30, 48 * tile + 30] = brightest  # of this tile alone
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    out = tmp_path / "out.gpkg"
    outcome = survey.detect([tmp_path / "photo.png"], out, model=classifier)
    check_gpkg(out, positioned=False)
    # A cow is as probable as the tile is bright; a zebra, as it is dark.

    def found() -> list[tuple[int, str, int]]:
        rows = labels_in(out)
        left = rows.boxes_px[:, 0].round().astype(int).tolist()
        return list(zip(left, rows.class_names(), (rows.score * 255).round().astype(int).tolist(), strict=True))

    grid = TileGrid(pixels.shape[1], 64, 64, 16)
    left = grid.cells[:, 0].round().astype(int).tolist()
    wanted = [
        (left[0], "cow", 255),
        (left[1], "cow", 140),
        (left[1], "zebra", 115),
        (left[2], "zebra", 235),
        (left[3], "zebra", 165),
    ]
    assert found() == wanted
    assert (outcome.labelled, outcome.tiles_by_class) == (4, {"cow": 2, "zebra": 3, UNCERTAIN: 0})
    assert "4 labelled tiles (2 cow, 3 zebra, 0 uncertain)" in outcome.summary()
    # Nothing passes: uncertain, with the probability of the best class. This takes no other search.
    with by_hand(out) as db:
        db.execute("UPDATE tile_labels SET review = 'rejected' WHERE class = 'zebra' AND xmin = ?", (left[1],))
    survey.detect([tmp_path / "photo.png"], out, model=classifier, settings=survey.Settings(score=0.6))
    rows = labels_in(out)
    assert sorted(name for _, name, _ in found()) == ["cow", UNCERTAIN, "zebra", "zebra", "zebra"]
    assert [name for name, said in zip(rows.class_names(), rows.text("review"), strict=True) if said == "rejected"] == [
        "zebra"
    ]
