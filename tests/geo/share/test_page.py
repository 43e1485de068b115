"""The share folder's page in a real Chromium, opened from the file system."""

import base64
import io
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from PIL import Image

from geo.csv_table import defused
from geo.geopackage import write_counts, write_survey
from geo.georeference import boxes_to_polygons, footprint
from geo.raster import inspect
from geo.regions import count, read_regions, regions_from
from geo.share import MaxSize, Settings, share
from geo.share.content import plane_of
from geo.share.source import Source, read
from geo.simulation import SurveySettings, simulate
from geo.tables import DetectionRows, Images
from tests.browser import Browser
from tests.geo.test_added_columns import add
from tests.surveys import shared as shared_survey

pytestmark = pytest.mark.browser
# No measure of speed: a page whose time grows with the square of its animals takes minutes.
LONGEST_MS = 10_000
READY = "document.documentElement.dataset.ready"
HEADLINE = "Number(document.querySelector('#headline strong').textContent.replaceAll(',', ''))"


@dataclass(frozen=True, eq=False)
class Shared:
    """A share folder, and the survey that it is of."""

    folder: Path
    source: Source

    @property
    def address(self) -> str:
        return (self.folder / "index.html").as_uri()

    def shown(self) -> np.ndarray:
        """The rows that the page shows at first."""
        return self.source.counts()


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """A simulated survey whose detections are the truth."""
    folder = tmp_path_factory.mktemp("simulated")
    made = simulate(folder, SurveySettings(seed=3, width_m=40, height_m=30, animals=40, trees_per_ha=0))
    info = inspect(made.orthomosaic)
    assert info.georeference.crs_wkt
    n = len(made.boxes_px)
    unknown, one = np.array([np.nan]), np.ones(1, np.int64)
    images = Images(
        path=[made.orthomosaic.name], width=one * info.width, height=one * info.height,
        captured_at=[None], lon=unknown, lat=unknown, altitude_m=unknown, agl_m=unknown, heading_deg=unknown,
        gsd_m=np.array([0.025]),
        georeference=["geotransform"], status=["done"], reason=[None], detections=one * 0, tiles=one,
        footprints=[footprint(info.georeference, info.width, info.height)],
    )  # fmt: skip
    polygons = boxes_to_polygons(info.georeference, made.boxes_px)
    rows = DetectionRows(
        paths=images.path, image=np.zeros(n, np.int64), classes=("sheep",), label=np.zeros(n, np.int64),
        score=np.linspace(0.3, 0.99, n, dtype=np.float32),
        boxes_px=made.boxes_px, polygons_map=polygons, run_id="r",
    )  # fmt: skip
    crs = info.georeference.crs_wkt
    counts = count(polygons[:, :4].mean(axis=1), rows.class_names(), read_regions(made.regions), crs)
    write_survey(folder / "survey.gpkg", images, rows, [], crs, counts=counts)
    share(folder / "survey.gpkg", folder / "share")
    return Shared(folder / "share", read(folder / "survey.gpkg"))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """2,000 photos and 20,000 animals in 400 of them."""
    folder = tmp_path_factory.mktemp("large")
    path = shared_survey.write(folder, photos=2000, animals=20_000, size=(192, 128), with_animals=400)
    add(path, columns={"age <b>": ("TEXT DEFAULT '<i>calf'", [])})
    share(path, folder / "share", Settings(MaxSize(size=60_000_000)))
    return Shared(folder / "share", read(path))


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """A browser of 1400 x 900; what it complained of, or asked for outside the folder, fails the test."""
    chromium.complaints.clear()
    chromium.requests.clear()
    chromium.screen(1400, 900)
    yield chromium
    assert chromium.complaints == []
    chromium.open("about:blank", ready="true")


def opened(browser: Browser, shared: Shared) -> float:
    """Open the page; how many ms until it was ready, the better of two tries since test machines stall."""
    first = float(browser.open(shared.address))
    return first if first < LONGEST_MS else min(first, float(browser.open(shared.address)))


def within(browser: Browser, shared: Shared) -> None:
    """Every address that was asked for lies in the folder."""
    home = shared.folder.as_uri() + "/"
    assert browser.requests
    assert [r for r in browser.requests if not r.startswith((home, "data:,"))] == []


def pixels_of(browser: Browser) -> np.ndarray:
    """The screen as (h, w) grey."""
    data = base64.b64decode(browser.call("Page.captureScreenshot", format="png")["data"])
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("L")).astype(int)


def to_tab(browser: Browser, name: str) -> None:
    browser.click_on(f"#tab-{name}")
    browser.wait(f"!document.querySelector('#view-{name}').hidden")


def open_photo(browser: Browser, image: int) -> None:
    browser.js(f"location.hash = '#photo-{image + 1}'")
    browser.wait("document.querySelector('#viewer').open")
    # Its picture is there and decoded.
    browser.wait(
        "(async () => { const n = document.querySelector('#photo image'); const i = new Image();"
        "i.src = n.getAttribute('href'); await i.decode(); return true; })()"
    )


def boxes_in_page(browser: Browser) -> dict[int, list[float]]:
    """x0, y0, x1, y1 in image px of the boxes that are drawn, by row."""
    found = browser.js(
        "[...document.querySelectorAll('#boxes rect')].map(r => [Number(r.dataset.row),"
        "...['x', 'y', 'width', 'height'].map(n => Number(r.getAttribute(n)))])"
    )
    return {int(row): [x, y, x + w, y + h] for row, x, y, w, h in found}


def boxes_on_screen(browser: Browser) -> dict[int, list[float]]:
    """left, top, right, bottom in CSS px of the boxes that are drawn, without their stroke, by row."""
    found = browser.js(
        "[...document.querySelectorAll('#boxes rect')].map(r => { const m = r.getScreenCTM(), b = r.getBBox();"
        "return [Number(r.dataset.row), m.a * b.x + m.e, m.d * b.y + m.f, m.a * (b.x + b.width) + m.e,"
        "m.d * (b.y + b.height) + m.f]; })"
    )
    return {int(row): box for row, *box in found}


def test_simulated_survey_opens_and_shows_its_boxes(browser: Browser, simulated: Shared) -> None:
    assert opened(browser, simulated) < LONGEST_MS
    rows = simulated.source.detections
    assert browser.js(HEADLINE) == len(rows)
    open_photo(browser, 0)
    drawn = boxes_in_page(browser)
    assert sorted(drawn) == list(range(len(rows)))
    for row, box in drawn.items():
        assert box == pytest.approx(rows.boxes_px[row], abs=0.011)
    within(browser, simulated)


def test_large_survey_opens_quickly_and_names_stay_text(browser: Browser, large: Shared) -> None:
    took = opened(browser, large)
    print(f"2,000 photos and 20,000 animals: ready after {took:.0f} ms")
    assert took < LONGEST_MS
    assert browser.js(HEADLINE) == large.shown().sum()
    for tab in ("counts", "animals", "photos", "map"):
        to_tab(browser, tab)
        time.sleep(0.1)
        assert (
            browser.js("document.querySelectorAll('img, iframe, [onerror], #views script, #filters script').length")
            == 0
        )
    hostile = shared_survey.CLASSES[1]
    assert hostile in browser.js("document.querySelector('#filter-classes').textContent")
    open_photo(browser, int(large.source.image_rows()[1]))
    assert hostile in browser.js("document.querySelector('#viewer-list').textContent")
    within(browser, large)


def test_filters_count_as_numpy_does(browser: Browser, large: Shared) -> None:
    opened(browser, large)
    source, rows = large.source, large.source.detections
    review = np.array(rows.text("review"))
    score = np.round(rows.score.astype(float), 4)
    open_review = review != "rejected"
    counted = rows.counted == 1

    def click(selector: str, nth: int) -> None:
        browser.js(f"document.querySelectorAll({json.dumps(selector + ' input')})[{nth}].click()")

    click("#filter-classes", 0)
    assert browser.js(HEADLINE) == (open_review & counted & (source.label != 0)).sum()
    click("#filter-reviews", 2)
    assert browser.js(HEADLINE) == (counted & (source.label != 0)).sum()
    click("#filter-seconds", 0)
    assert browser.js(HEADLINE) == (source.label != 0).sum()
    browser.js("(s => { s.value = 60; s.dispatchEvent(new Event('input')); })(document.querySelector('#score-from'))")
    expected = int(((source.label != 0) & (score >= 0.6)).sum())
    browser.wait(f"{HEADLINE} === {expected}")
    to_tab(browser, "counts")
    browser.wait("document.querySelector('#counts tfoot') !== null")
    table = browser.js("[...document.querySelectorAll('#counts table:first-of-type tbody tr')].map(r => r.textContent)")
    assert [text.startswith(name) for text, name in zip(table, ("West <b>", "East", "outside"), strict=True)] == [
        True
    ] * 3
    regions = [
        int(
            browser.js(
                f"document.querySelectorAll('#counts tbody tr')[{n}].children[5].textContent.replaceAll(',', '')"
            )
        )
        for n in range(3)
    ]
    chosen = (source.label != 0) & (score >= 0.6)
    assert regions == [int((chosen & (source.region_of == n)).sum()) for n in (0, 1, -1)]
    browser.js("document.querySelector('#filter-form').reset()")
    browser.wait(f"{HEADLINE} === {int(large.shown().sum())}")


def test_counts_are_those_of_the_layer(browser: Browser, large: Shared) -> None:
    opened(browser, large)
    to_tab(browser, "counts")
    shown = browser.js(
        "[...document.querySelectorAll('#counts tbody tr')].slice(0, 3)"
        ".map(r => [...r.children].map(c => c.textContent))"
    )
    lines = (large.folder / "counts.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(lines) == 12
    for region, *numbers in shown:
        for name, number in zip(shared_survey.CLASSES, numbers, strict=False):
            assert any(line.startswith(f"{region},{defused(name)},{number.replace(',', '')},") for line in lines)


def test_boxes_lie_on_the_animals(browser: Browser, large: Shared) -> None:
    """Every animal is white in its photo: what is white on the screen is what the boxes hold."""
    opened(browser, large)
    image = int(large.source.image_rows()[7])
    open_photo(browser, image)
    time.sleep(0.5)
    here = np.flatnonzero((large.source.image_rows() == image) & large.shown())
    drawn = boxes_in_page(browser)
    assert sorted(drawn) == here.tolist()
    places = boxes_on_screen(browser)
    for row in here.tolist():
        assert drawn[row] == pytest.approx(large.source.detections.boxes_px[row], abs=0.011)
    browser.press("b")
    assert boxes_in_page(browser) == {}
    seen = pixels_of(browser)
    for left, top, right, bottom in places.values():
        w, h = right - left, bottom - top
        assert min(w, h) > 8
        inside = seen[round(top + h / 4) : round(bottom - h / 4), round(left + w / 4) : round(right - w / 4)]
        assert inside.min() > 190
        # At its edges white turns to dark, to within an image px.
        middle = seen[round(top + h / 2), round(left - 0.35 * w) : round(right + 0.35 * w)]
        white = np.flatnonzero(middle > 150) + round(left - 0.35 * w)
        scale = browser.js("document.querySelector('#boxes').getScreenCTM().a")
        assert abs(white[0] - left) < 1.2 * scale
        assert abs(white[-1] + 1 - right) < 1.2 * scale


def test_photo_pans_zooms_and_obeys_keys(browser: Browser, large: Shared) -> None:
    opened(browser, large)
    image = int(large.source.image_rows()[0])
    open_photo(browser, image)
    view = "document.querySelector('#photo').getAttribute('viewBox').split(' ').map(Number)"
    x, y, w, _ = browser.js(view)
    box = browser.js("(r => [r.x, r.y, r.width, r.height])(document.querySelector('#stage').getBoundingClientRect())")
    scale = box[2] / w
    browser.drag((500, 400), (600, 450))
    x, y = x - 100 / scale, y - 50 / scale
    browser.wait(f"Math.abs({view}[0] - {x}) < 0.2 && Math.abs({view}[1] - {y}) < 0.2")
    # The wheel zooms about the pointer: what lies under it stays there.
    before = browser.js(view)
    under = before[0] + (500 - box[0]) / scale
    browser.mouse("mouseWheel", 500, 400, deltaX=0, deltaY=-400)
    browser.wait(f"{view}[2] < {before[2] * 0.6}")
    browser.wait(f"Math.abs({view}[0] + {view}[2] * {(500 - box[0]) / box[2]} - {under}) < 0.2")
    browser.press("0")
    browser.wait(f"Math.abs({view}[2] - {w}) < 0.01")
    browser.press("+")
    browser.wait(f"{view}[2] < {w * 0.8}")
    browser.press("j")
    browser.wait("document.querySelector('#boxes .chosen') !== null")
    row = browser.js("Number(document.querySelector('#boxes .chosen').dataset.row)")
    assert large.source.image_rows()[row] == image
    x0, y0, x1, y1 = large.source.detections.boxes_px[row].tolist()
    middle = f"(v => [v[0] + v[2] / 2, v[1] + v[3] / 2])({view})"
    browser.wait(f"Math.abs({middle}[0] - {(x0 + x1) / 2}) < 0.5 && Math.abs({middle}[1] - {(y0 + y1) / 2}) < 0.5")
    name = browser.js("document.querySelector('#viewer-name').textContent")
    browser.press("n")
    browser.wait(f"document.querySelector('#viewer-name').textContent !== {json.dumps(name)}")
    browser.press("p")
    browser.wait(f"document.querySelector('#viewer-name').textContent === {json.dumps(name)}")
    browser.press("Escape")
    browser.wait("!document.querySelector('#viewer').open")
    browser.wait("!location.hash.includes('photo')")


def on_map(browser: Browser, shared: Shared, row: int) -> tuple[float, float]:
    """Where the centre of an animal must be on the screen, from what the survey and the map say."""
    x, y, scale = (float(v) for v in browser.js("document.querySelector('#map').dataset.view").split())
    plane = plane_of(shared.source)
    at = plane.whole(shared.source.centres[row]) * plane.quantum
    left, top, width, height = browser.js(
        "(r => [r.x, r.y, r.width, r.height])(document.querySelector('#map').getBoundingClientRect())"
    )
    return left + width / 2 + (at[0] - x) * scale, top + height / 2 - (at[1] - y) * scale


def test_map_pans_zooms_and_tells_what_is_clicked(browser: Browser, large: Shared) -> None:
    opened(browser, large)
    rows = large.source.detections
    # One in the middle of the map, where no panel lies over it.
    middle = np.nanmean(large.source.centres, axis=0)
    away = np.hypot(*(large.source.centres - middle).T)
    row = int(np.argmin(np.where(large.shown(), away, np.inf)))
    browser.wait("document.querySelector('#map').dataset.view")
    before = browser.js("document.querySelector('#map').dataset.view")
    start = on_map(browser, large, row)
    browser.drag((800, 600), (840, 570))
    browser.wait(f"document.querySelector('#map').dataset.view !== {json.dumps(before)}")
    time.sleep(0.1)
    assert on_map(browser, large, row) == pytest.approx((start[0] + 40, start[1] - 30), abs=0.5)
    for _ in range(14):
        place = on_map(browser, large, row)
        browser.mouse("mouseWheel", *place, deltaX=0, deltaY=-200)
        time.sleep(0.12)
    place = on_map(browser, large, row)
    assert place == pytest.approx((start[0] + 40, start[1] - 30), abs=12)
    browser.click(*place)
    browser.wait("!document.querySelector('#card').hidden")
    card = browser.js("document.querySelector('#card').textContent")
    assert large.source.classes[large.source.label[row]] in card
    assert f"{rows.score[row]:.2f}" in card
    assert "age <b>: <i>calf" in card
    # The animal is white under its box on the map too.
    browser.js("document.querySelector('#card .close').click()")
    browser.js("document.querySelector('[data-layer=animals]').click()")
    time.sleep(0.6)
    x, y = (round(v) for v in place)
    assert pixels_of(browser)[y - 2 : y + 3, x - 2 : x + 3].min() > 190
    browser.js("document.querySelector('[data-layer=animals]').click()")
    browser.click(*place)
    browser.wait("!document.querySelector('#card').hidden")
    browser.click_on("#card .primary")
    browser.wait("document.querySelector('#viewer').open")
    assert browser.js("Number(document.querySelector('#boxes .chosen').dataset.row)") == row


def test_thousands_of_small_footprints_are_where_the_photos_are(browser: Browser, large: Shared) -> None:
    """They are written as pixels and not by drawing calls."""
    opened(browser, large)
    for layer in ("pictures", "regions", "animals"):
        browser.js(f"document.querySelector('[data-layer={layer}]').click()")
    view = browser.js("document.querySelector('#map').dataset.view.split(' ').map(Number)")
    size = browser.js("(c => [c.clientWidth, c.clientHeight])(document.querySelector('#map'))")
    plane, footprints = plane_of(large.source), large.source.images.footprints
    rings = [plane.whole(ring) * plane.quantum for ring in footprints if ring is not None]
    assert len(rings) == 2000
    data = browser.js("document.querySelector('#map').toDataURL()").partition(",")[2]
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        drawn = np.asarray(picture.convert("RGB")).astype(int)
    ground = drawn[3, 3]
    for ring in rings[::97]:
        x = (ring[:, 0] - view[0]) * view[2] + size[0] / 2
        y = size[1] / 2 - (ring[:, 1] - view[1]) * view[2]
        assert np.ptp(x) < 60
        column, row = round(float(x[:4].mean())), round(float(y[:4].mean()))
        assert np.abs(drawn[row, column] - ground).max() < 3, "there is nothing in the middle of a footprint"
        for k in range(4):
            column, row = (round(float(at[k] + at[k + 1]) / 2) for at in (x, y))
            near = drawn[row - 1 : row + 2, column - 1 : column + 2]
            assert np.abs(near - ground).max() > 20, "the middle of an edge"


def test_names_of_regions_do_not_lie_on_each_other(browser: Browser, tmp_path: Path) -> None:
    shared = regions_side_by_side(tmp_path)
    opened(browser, shared)
    written = "(async () => { %s; await new Promise(requestAnimationFrame); await new Promise(requestAnimationFrame);"
    written += "return window.written; })()"
    browser.js(
        "(pen => { const write = pen.fillText; pen.fillText = function (text, x, y) {"
        "if (text.startsWith('block')) window.written.push([x, y, this.measureText(text).width]);"
        "return write.call(this, text, x, y); }; })(CanvasRenderingContext2D.prototype)"
    )
    fit = written % "window.written = []; document.querySelector('#map-fit').click()"
    few = browser.js(fit)
    closer = "window.written = []; for (let n = 0; n < 5; n++) document.querySelector('#map-in').click()"
    for names in (few, browser.js(written % closer)):
        assert names
        for n, (x, y, wide) in enumerate(names):
            for other, under, its in names[:n]:
                assert abs(x - other) >= (wide + its) / 2 or abs(y - under) >= 13
    assert len(few) < 400, "not all of them have room"


def regions_side_by_side(folder: Path) -> Shared:
    """A survey of one photo in four hundred regions."""
    path = shared_survey.write(folder, photos=1, animals=3, size=(300, 200))
    found = read(path)
    polygons = found.detections.polygons_map
    low, high = polygons[:, :4].min(axis=(0, 1)), polygons[:, :4].max(axis=(0, 1))
    step = float((high - low).max()) / 20
    xs, ys = (np.linspace(start, start + 20 * step, 21) for start in low.tolist())
    squares = [shapely.box(xs[i], ys[j], xs[i + 1], ys[j + 1]) for i in range(20) for j in range(20)]
    regions = regions_from(squares, [f"block {n}" for n in range(400)], found.crs_wkt)
    counts = count(polygons[:, :4].mean(axis=1), found.detections.class_names(), regions, found.crs_wkt)
    write_counts(path, counts)
    share(path, folder / "share")
    return Shared(folder / "share", read(path))


def test_map_by_keys(browser: Browser, simulated: Shared) -> None:
    opened(browser, simulated)
    browser.js("document.querySelector('#map').focus()")
    view = "document.querySelector('#map').dataset.view.split(' ').map(Number)"
    x, _, scale = browser.js(view)
    browser.press("ArrowRight")
    browser.wait(f"{view}[0] > {x}")
    browser.press("+")
    browser.wait(f"{view}[2] > {scale * 1.4}")
    browser.press("0")
    browser.wait(f"Math.abs({view}[2] - {scale}) < 1e-6")


def test_tabs_by_keys_and_grids_grow(browser: Browser, large: Shared) -> None:
    opened(browser, large)
    browser.js("document.querySelector('#tab-map').focus()")
    browser.press("ArrowRight")
    browser.wait("document.activeElement.id === 'tab-photos'")
    browser.wait("document.querySelectorAll('#photo-grid .photo').length === 60")
    browser.js("document.querySelector('#photo-more').click()")
    assert browser.js("document.querySelectorAll('#photo-grid .photo').length") == 120
    browser.js(
        "(s => { s.value = 'IMG_0007'; s.dispatchEvent(new Event('input')); })(document.querySelector('#photo-search'))"
    )
    browser.js("document.querySelector('#photo-with').click()")
    browser.js("(b => b.checked && b.click())(document.querySelector('#photo-with'))")
    assert browser.js("[...document.querySelectorAll('#photo-grid .name')].map(n => n.textContent)") == ["IMG_0007.jpg"]
    browser.press("ArrowRight")
    browser.wait("document.querySelectorAll('#animal-grid .chip').length === 180")
    scores = browser.js("[...document.querySelectorAll('#animal-grid .soft')].map(n => Number(n.textContent))")
    assert scores == sorted(scores, reverse=True)
    browser.js("document.querySelector('#animal-grid .chip').click()")
    browser.wait("document.querySelector('#viewer').open && document.querySelector('#boxes .chosen') !== null")
    # The way back closes the photo.
    browser.js("history.back()")
    browser.wait("!document.querySelector('#viewer').open")


def test_on_a_phone(browser: Browser, large: Shared) -> None:
    browser.screen(390, 844, scale=2, touch=True)
    assert opened(browser, large) < LONGEST_MS
    view = "document.querySelector('#map').dataset.view.split(' ').map(Number)"
    browser.wait("document.querySelector('#map').dataset.view")
    scale = browser.js(view)[2]
    browser.pinch(200, 400, 2)
    browser.wait(f"{view}[2] > {scale * 1.6}")
    browser.js("document.querySelector('#open-filters').click()")
    browser.wait("document.querySelector('#filters').offsetWidth === 390")
    browser.js("document.querySelector('#close-filters').click()")
    for tab in ("photos", "animals", "counts", "map"):
        to_tab(browser, tab)
        assert browser.js("document.documentElement.scrollWidth") <= 390
        bars = "[...document.querySelectorAll('#tabs button, #top, #headline')]"
        assert browser.js(f"{bars}.every(n => n.getBoundingClientRect().right <= 390.5)")
    open_photo(browser, int(large.source.image_rows()[0]))
    tools = (
        "[...document.querySelectorAll('#viewer button:not(#viewer-list button)')].map(n => n.getBoundingClientRect())"
    )
    assert browser.js(f"{tools}.every(r => r.left >= 0 && r.right <= 390.5 && r.bottom <= 844.5 && r.height >= 40)")
    photo = "document.querySelector('#photo').getAttribute('viewBox').split(' ').map(Number)"
    width = browser.js(photo)[2]
    browser.pinch(195, 400, 2)
    browser.wait(f"{photo}[2] < {width / 1.6}")


def test_everything_has_a_name_for_a_screen_reader(browser: Browser, simulated: Shared) -> None:
    opened(browser, simulated)
    wanted = {"button", "checkbox", "slider", "tab", "image", "img", "combobox", "searchbox", "dialog", "link", "table"}
    for tab in ("map", "photos", "animals", "counts"):
        to_tab(browser, tab)
        time.sleep(0.1)
        check_names(browser, wanted)
    open_photo(browser, 0)
    check_names(browser, wanted)


def check_names(browser: Browser, wanted: set[str]) -> None:
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    seen = [n for n in nodes if not n["ignored"] and n.get("role", {}).get("value") in wanted]
    assert len(seen) > 10
    assert [n for n in seen if not n.get("name", {}).get("value", "").strip()] == []


@pytest.mark.parametrize("dark", [False, True])
def test_colours_have_contrast(browser: Browser, simulated: Shared, dark: bool) -> None:
    """WCAG 2.1, 1.4.3: 4.5 for text; 1.4.11: 3 for what one must see to use a control."""
    browser.screen(1400, 900, dark=dark)
    opened(browser, simulated)
    style = "getComputedStyle(document.documentElement).getPropertyValue"

    def light(name: str) -> float:
        value: Any = browser.js(f"{style}.call(getComputedStyle(document.documentElement), '--{name}').trim()")
        channels = np.array([int(value[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        return float(linear @ (0.2126, 0.7152, 0.0722))

    def contrast(a: str, b: str) -> float:
        low, high = sorted((light(a), light(b)))
        return (high + 0.05) / (low + 0.05)

    for ground in ("paper", "panel"):
        for ink in ("ink", "soft", "accent"):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    assert contrast("on-accent", "accent") >= 4.5
    assert contrast("fill", "track") >= 3


def test_a_missing_picture_is_said_and_a_lone_page_too(browser: Browser, tmp_path: Path) -> None:
    path = shared_survey.write(tmp_path / "in", photos=3, animals=9, size=(300, 200))
    (path.parent / "photos" / "IMG_0001.jpg").unlink()
    share(path, tmp_path / "out")
    browser.open((tmp_path / "out" / "index.html").as_uri())
    browser.js("location.hash = '#photo-2'")
    browser.wait("document.querySelector('#stage-note').textContent.includes('the file is not there')")
    assert len(boxes_in_page(browser)) > 0
    lone = tmp_path / "lone" / "index.html"
    lone.parent.mkdir()
    lone.write_bytes((tmp_path / "out" / "index.html").read_bytes())
    browser.open(lone.as_uri(), ready="document.querySelector('#broken').offsetHeight > 0")
    browser.complaints.clear()  # of what is missing there, which is the point
