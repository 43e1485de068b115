"""An animal that several photos show is reviewed once, in all of them, each photo on top as it is looked at."""

import re
from pathlib import Path

import pytest
from qgis.core import QgsRasterLayer
from qgis.gui import QgsRubberBand
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest

from qgis_plugin.review.file import ReviewFile
from qgis_plugin.review.queue import ReviewQueue
from tests.geopackage_checker import check_geopackage
from tests.plugin.reviewing import press, rows

Key = Qt.Key
SAID = "SELECT review, reviewed_class, reviewer FROM detections WHERE animal_id = ?"
AGAIN = "SELECT animal_id FROM detections GROUP BY animal_id HAVING count(*) > 1"


def go_to_one_seen_twice(dock):
    """Skip to the first animal that both photos show."""
    while len(dock.queue.sightings(dock.queue.current)) != 1:
        press(dock, Key.Key_Right)
    return dock.queue.current


def test_the_queue_has_each_animal_once(of_photos, posed):
    animals, sightings = rows(posed, "SELECT count(DISTINCT animal_id), count(*) FROM detections")[0]
    assert sightings > animals + 5
    assert len(of_photos.queue) == of_photos.queue.tally.unreviewed == animals
    assert of_photos.panel.progress.format() == f"1 of {animals}"
    assert of_photos.panel.tally.text().splitlines()[0].endswith(f"{animals} left")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (Key.Key_C, ("confirmed", None, "Ann")),
        (Key.Key_X, ("rejected", None, "Ann")),
    ],
)
def test_one_key_says_it_of_all_sightings_and_one_takes_it_back(of_photos, posed, key, said):
    one = go_to_one_seen_twice(of_photos)
    left = of_photos.queue.tally.unreviewed
    press(of_photos, key)
    assert rows(posed, SAID, one.animal_id) == [said, said]
    assert of_photos.queue.tally.unreviewed == left - 1
    press(of_photos, Key.Key_U)
    assert rows(posed, SAID, one.animal_id) == [("unreviewed", None, None)] * 2
    assert (of_photos.queue.current, of_photos.queue.tally.unreviewed) == (one, left)
    check_geopackage(posed)


def test_rejecting_what_counts_takes_the_animal_out_of_the_count(of_photos, posed, herdmap):
    one = go_to_one_seen_twice(of_photos)
    before = len(
        herdmap("export", posed, "-o", f"{posed}.csv") and Path(f"{posed}.csv").read_text(encoding="utf-8").splitlines()
    )
    press(of_photos, Key.Key_X)
    herdmap("export", posed, "-o", f"{posed}.csv")
    assert len(Path(f"{posed}.csv").read_text(encoding="utf-8").splitlines()) == before - 1
    assert one.counted == 1


def test_the_other_photos_are_there_as_small_pictures(of_photos, posed):
    one = go_to_one_seen_twice(of_photos)
    strip = of_photos.panel.sightings
    (other,) = of_photos.queue.sightings(one)
    assert strip.isVisible()
    shown = [strip.list.item(row).text() for row in range(strip.list.count())]
    assert shown[:2] == [Path(one.image).name, Path(other.image).name]
    assert not strip.list.item(1).icon().isNull()
    assert f"Photo 1 of {len(shown)}" in strip.heading.text()
    item = strip.list.visualItemRect(strip.list.item(1)).center()
    QTest.mouseClick(strip.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, item)
    assert "Photo 2 of" in strip.heading.text()
    assert of_photos.sight.image.path == other.image
    press(of_photos, Key.Key_C)  # the keys are still with the review
    assert rows(posed, SAID, one.animal_id) == [("confirmed", None, "Ann")] * 2


def test_what_somebody_said_of_one_sighting_alone_stays(posed):
    queue = ReviewQueue(ReviewFile(posed), "Ann")
    while not queue.sightings(queue.current):
        queue.next()
    one = queue.current
    (other,) = queue.sightings(one)
    queue.take(other)
    queue.reject(only_this=True)
    queue.take(one)
    queue.confirm()
    said = dict(rows(posed, "SELECT fid, review FROM detections WHERE animal_id = ?", one.animal_id))
    assert said == {one.fid: "confirmed", other.fid: "rejected"}


def top_raster(dock):
    return next(layer for layer in dock.canvas.layers() if isinstance(layer, QgsRasterLayer))


def lies_on(layer, one):
    """How far the map's top photo puts the box from where it is, map units; and which photo it is."""
    text = Path(layer.source()).read_text(encoding="utf-8")
    c, a, b, f, d, e = map(float, re.search("<GeoTransform>(.*)</GeoTransform>", text).group(1).split(","))
    xmin, ymin, xmax, ymax = one.box_px
    corners = [(xmin, ymin), (xmin, ymax), (xmax, ymax), (xmax, ymin)]
    laid = [v for x, y in corners for v in (c + a * x + b * y, f + d * x + e * y)]
    off = max(abs(laid[n] - one.ring[n]) for n in range(8))
    return off, Path(re.search("<SourceFilename[^>]*>(.*?)</SourceFilename>", text).group(1)).name


def test_the_animals_photo_is_on_top_of_the_map(of_photos):
    """Each box lies on the pixels of its own photo, whatever photo the project has on top."""
    photos = set()
    for _ in range(12):
        one = of_photos.queue.current
        off, name = lies_on(top_raster(of_photos), one)
        assert name == Path(one.image).name
        assert off < 0.02  # m
        photos.add(name)
        press(of_photos, Key.Key_Right)
    assert len(photos) == 2
    vectors = [layer for layer in of_photos.canvas.layers() if not isinstance(layer, QgsRasterLayer)]
    assert of_photos.canvas.layers()[: len(vectors)] == vectors, "the boxes are above it"


def test_brackets_go_through_the_photos_that_show_the_animal(of_photos):
    one = go_to_one_seen_twice(of_photos)
    (other,) = of_photos.queue.sightings(one)
    press(of_photos, Key.Key_BracketRight)
    off, name = lies_on(top_raster(of_photos), other)
    assert (name, off < 0.02) == (Path(other.image).name, True)
    assert [layer.name() for layer in of_photos.photo.layers()] == [name]
    assert of_photos.queue.current == one
    for _ in range(len(of_photos.sight.views) - 1):
        press(of_photos, Key.Key_BracketRight)
    assert of_photos.sight.at == 0
    press(of_photos, Key.Key_BracketLeft)
    assert of_photos.sight.at == len(of_photos.sight.views) - 1


def test_the_footprint_of_the_photo_is_drawn_and_goes_with_the_dock(of_photos):
    image = of_photos.queue.file.image(of_photos.queue.current.image)
    xs, ys = image.ring[::2], image.ring[1::2]

    def drawn():
        bands = [item for item in of_photos.canvas.scene().items() if isinstance(item, QgsRubberBand)]
        boxes = [band.asGeometry().boundingBox() for band in bands if band.asGeometry().isGeosValid()]
        return any(
            (box.xMinimum(), box.yMaximum()) == pytest.approx((min(xs), max(ys)), abs=0.01)
            for box in boxes
            if not box.isEmpty()
        )

    assert drawn()
    of_photos.hide()
    assert not drawn()
    assert not any(layer.customProperty("herdmap/top_photo") for layer in of_photos.canvas.layers())


def test_a_place_that_a_photo_shows_without_a_detection_is_looked_at_too(of_photos, posed):
    for one in [one for one in of_photos.queue.rows.animals() if not of_photos.queue.sightings(one)]:
        of_photos._take(one)
        if len(of_photos.sight.views) == 2:
            break
    view = of_photos.sight.views[1]
    assert not view.detected
    press(of_photos, Key.Key_BracketRight)
    assert of_photos.sight.image.path == view.one.image
    centre = of_photos.canvas.extent().center()
    assert (centre.x(), centre.y()) == pytest.approx(of_photos.queue.current.centre, abs=0.01)
    assert "It was found in one of them" in of_photos.panel.sightings.heading.text()
