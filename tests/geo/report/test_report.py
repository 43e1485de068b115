"""The survey report: what it says of a survey with two strata, in words, on the map and in a real browser."""

import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from geo import geopackage, vector
from geo.errors import InputError, VectorError
from geo.estimate import estimate
from geo.estimates.double_observer import Factor
from geo.estimates.population import Estimate
from geo.report import write_report
from geo.report.species import carcass_ratios, categories
from geo.tables import DetectionRows, Images
from geo.two_searches import COLUMNS
from tests.browser import Browser
from tests.command_line import HerdmapHere
from tests.surveys import small

X, Y = 300_000.0, 9_300_000.0
NASTY = "<script>alert(1)</script>&\u202e"


def ring(x: float, y: float, wide: float, high: float) -> np.ndarray:
    """A closed ring from its upper left corner."""
    return np.array([[x, y], [x + wide, y], [x + wide, y - high], [x, y - high], [x, y]])


def survey(folder: Path) -> Path:
    """Six transects of five photos in two strata; one photo failed, one is not searched. There are two classes."""
    corner = [(X + 500 + 1000 * t, Y - 200 - 600 * k) for t in range(6) for k in range(5)]
    n = len(corner)
    unknown = np.full(n, math.nan)
    images = Images(
        path=[f"T{t}/{k} <b>.jpg" for t in range(6) for k in range(5)],
        width=np.full(n, 6000),
        height=np.full(n, 4000),
        captured_at=[f"2026-07-{1 + i // 15:02d}T08:{i:02d}:00Z" for i in range(n)],
        lon=unknown,
        lat=unknown,
        altitude_m=unknown,
        agl_m=np.full(n, 95.0),
        heading_deg=unknown,
        gsd_m=np.full(n, 0.05),
        georeference=["camera pose"] * n,
        status=["failed", "pending", *["done"] * (n - 2)],
        reason=["truncated <file>", None, *[None] * (n - 2)],
        detections=np.zeros(n, np.int64),
        tiles=np.zeros(n, np.int64),
        footprints=[ring(x, y, 300, 200) for x, y in corner],
    )
    # Photo i has i % 4 elephants, and every fifth photo one of the other class.
    photo = [i for i in range(2, n) for _ in range(i % 4)] + list(range(5, n, 5))
    label = [0] * (len(photo) - len(range(5, n, 5))) + [1] * len(range(5, n, 5))
    m = len(photo)
    centre = np.array([(corner[i][0] + 20 + 7 * (j % 30), corner[i][1] - 100) for j, i in enumerate(photo)])
    rows = DetectionRows(
        paths=tuple(images.path),
        image=np.array(photo),
        classes=("elephant", NASTY),
        label=np.array(label),
        score=np.full(m, 0.9),
        boxes_px=np.tile(np.array([10, 10, 50, 50], np.float32), (m, 1)),
        polygons_map=np.stack([ring(x, y, 2, 2) for x, y in centre]),
        review=["confirmed" if j % 2 else "unreviewed" for j in range(m)],
        reviewer=["Asha" if j % 2 else None for j in range(m)],
        run_id="r1",
    )
    path = folder / "dry season.gpkg"
    geopackage.write_survey(path, images, rows, [small.run(("elephant", NASTY))], small.UTM)
    strata = [ring(X, Y, 3000, 4000), ring(X + 3000, Y, 3000, 4000)]
    vector.write_polygons(folder / "strata.gpkg", "strata", strata, {"stratum": ["North", "South"]}, small.UTM)
    return path


def estimated(folder: Path) -> Path:
    """The same, with estimates."""
    path = survey(folder)
    estimate(path, "photos", folder / "strata.gpkg", transect_name=r"(T\d)/")
    return path


class _Words(HTMLParser):
    """The words of a page, and its tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words, self.tags = "", list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(
            name.startswith("on") or (value or "").startswith("http") for name, value in attrs if name != "xmlns"
        )

    def handle_data(self, data: str) -> None:
        self.words += data


def words_of(path: Path) -> _Words:
    return _Words(path.read_text(encoding="utf-8"))


def test_a_stranger_reads_what_was_counted_how_sure_it_is_and_what_was_not_looked_at(tmp_path: Path) -> None:
    path = estimated(tmp_path)
    said = write_report(path, tmp_path / "report.html")
    assert "open it in a browser" in said
    page = words_of(tmp_path / "report.html")
    stored = geopackage.read_estimates(path)
    assert stored is not None
    row = stored.row("all", "elephant")
    for text in (
        "dry season",
        f"elephant: about {row.estimate:.0f} (95 % interval {row.ci_low:.0f} to {row.ci_high:.0f}, by Student's t)",
        f"{row.counted:.0f} were seen on 7.0 % of the land",
        "The interval leaves out missed animals and false alarms",
        "km² of 24 km² were not searched",
        "1 photo: failed: truncated <file>.",
        "1 photo: not searched yet.",
        "boxes were not reviewed by a person",
        "95 m in the middle",
        "2026-07-01 to 2026-07-02",
        "3 transects only, so the SE is hardly known",
        "Asha (",
        "Jolly's Method 2",
        "African Elephant Database",
        "1 km",
    ):
        assert text in page.words, text
    assert NASTY.removesuffix("\u202e") in page.words  # as text
    assert "\u202e" not in page.words  # it would turn the numbers after it around
    assert "script" not in page.tags
    assert page.tags.count("svg") == 2  # map and plot


def test_a_corrected_estimate_says_in_how_many_photos_a_person_looked(tmp_path: Path) -> None:
    path = estimated(tmp_path)
    stored = geopackage.read_estimates(path)
    assert stored is not None
    rows = [
        replace(row, photos=28.0, photos_reviewed=9.0, counted=12.0, factor=0.9, correction="by stratum")
        for row in stored.rows
    ]
    geopackage.write_estimates(path, replace(stored, rows=tuple(rows)))
    write_report(path, tmp_path / "report.html")
    words = words_of(tmp_path / "report.html").words
    assert "12 were seen by a person, in 9 reviewed photos of 28. 7.0 % of the land was searched" in words
    assert "The number of the detector's boxes was multiplied by 0.90" in words
    assert "19 of 28 photos were searched by the detector alone" in words
    assert "Read the remarks below the table of estimates too" in words
    assert "were seen on" not in words

    rows = [replace(row, searched_km2=row.area_km2 * 1.0001, counted=1.0) for row in rows]
    geopackage.write_estimates(path, replace(stored, rows=tuple(rows)))
    write_report(path, tmp_path / "report.html")
    words = words_of(tmp_path / "report.html").words
    assert "All 24 km² of the land were searched." in words
    assert "not searched. The estimate assumes" not in words
    assert "1 was seen by a person, in 9 reviewed photos of 28" in words


def test_the_map_has_every_stratum_photo_and_animal_where_they_are(tmp_path: Path) -> None:
    write_report(estimated(tmp_path), tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    drawn = text[text.index("<svg") : text.index("</svg>")]
    animals = np.array(re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawn), float)
    rows = geopackage.read_detections(tmp_path / "dry season.gpkg")
    assert len(animals) == len(rows)
    centres = rows.polygons_map[:, :4].mean(axis=1)
    # From the map to the page is one scale and a turn of y: 6 km fill 736 px.
    scale = 736 / 6000
    assert animals[:, 0] - animals[0, 0] == pytest.approx((centres[:, 0] - centres[0, 0]) * scale, abs=0.11)
    assert animals[:, 1] - animals[0, 1] == pytest.approx((centres[0, 1] - centres[:, 1]) * scale, abs=0.11)
    assert re.findall(r">(North|South)<", drawn) == ["North", "South"]
    for colour, number in (("#9ecae1", 28), ("#d7301f", 1), ("#fdb863", 1)):
        (path,) = re.findall(rf'<path d="([^"]*)" fill="{colour}"', drawn)
        assert path.count("M") == number


def test_a_survey_without_estimates_says_so(tmp_path: Path) -> None:
    write_report(survey(tmp_path), tmp_path / "report.html", "A <title>")
    page = words_of(tmp_path / "report.html")
    assert "A <title>" in page.words
    assert "There is no estimate for the land that was not photographed" in page.words
    assert "animals were found in the photos: elephant 42" in page.words
    assert "How far this number is off is not known. A person reviewed" in page.words


def test_what_cannot_be_a_report_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    here = HerdmapHere(capfd)
    path = survey(tmp_path)
    with pytest.raises(InputError, match=r"ends in \.html or \.pdf"):
        write_report(path, tmp_path / "report.docx")
    with pytest.raises(VectorError):
        write_report(tmp_path / "strata.gpkg", tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()
    end = here("report", path, "-o", tmp_path / "out.html", "--title", "Ruaha")
    assert (end.code, end.err) == (0, "")
    assert "<h1>Ruaha</h1>" in (tmp_path / "out.html").read_text(encoding="utf-8")
    assert here("report", path, "-o", tmp_path / "out.txt").code == 2


@pytest.mark.browser
def test_a_browser_prints_the_report_as_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = estimated(tmp_path)
    said = write_report(path, tmp_path / "report.pdf")
    pdf = (tmp_path / "report.pdf").read_bytes()
    assert "print it" not in said
    assert pdf.startswith(b"%PDF-")
    # The map stands on the first page, and no page has nothing but the signatures.
    pages = re.search(rb"/Count (\d+)", pdf)
    assert pages is not None
    assert int(pages[1]) <= 3
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match=r"Chrome, Chromium, Edge or Brave, and none was found.* \.html"):
        write_report(path, tmp_path / "other.pdf")
    assert not (tmp_path / "other.pdf").exists()


def test_a_name_does_not_turn_the_numbers_around(tmp_path: Path) -> None:
    """The other class of the survey ends with U+202E: in a browser, its interval was 93 to 821."""
    write_report(estimated(tmp_path), tmp_path / "report.html")
    assert "\u202e" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_two_observers_and_an_availability_are_in_the_report(tmp_path: Path) -> None:
    table = tmp_path / "observers.csv"
    cells = "elephant,30,40,38,32,Chapman,47.4,1.9,44,52,0.84,0.8,0.97,0.01"
    table.write_text(f"{','.join(COLUMNS)}\n{cells}\n", encoding="utf-8")
    path = estimated(tmp_path)
    write_report(path, tmp_path / "plain.html")
    assert "No second observer searched the same photos" in words_of(tmp_path / "plain.html").words
    assert "are in no number here" in words_of(tmp_path / "plain.html").words
    estimate(path, "photos", tmp_path / "strata.gpkg", transect_name=r"(T\d)/", availability=Factor(0.85, 0.05))
    write_report(path, tmp_path / "report.html", observers_file=table)
    said = words_of(tmp_path / "report.html").words
    assert "Two observers searched the same photos apart" in said
    assert "47.4" in said
    assert "divided by availability 0.85 (SE 0.05)" in said
    with pytest.raises(InputError, match="expected the table of two observers"):
        write_report(path, tmp_path / "r.html", observers_file=small_table(tmp_path))


def small_table(folder: Path) -> Path:
    path = folder / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    return path


@pytest.mark.browser
def test_in_a_browser_no_table_is_cut_and_nothing_is_asked_for(tmp_path: Path) -> None:
    write_report(estimated(tmp_path), tmp_path / "report.html")
    with Browser(tmp_path / "profile") as browser:
        browser.open((tmp_path / "report.html").as_uri(), ready="document.readyState === 'complete'")
        wide = browser.js("document.documentElement.scrollWidth <= window.innerWidth")
        cut = browser.js(
            "[...document.querySelectorAll('.wide')].filter(box => box.scrollWidth > box.clientWidth + 1).length"
        )
        high = browser.js("document.querySelector('.map svg').getBoundingClientRect().height")
    assert wide is True
    assert cut == 0
    assert high > 200
    assert browser.complaints == []
    assert all(address.startswith("file:") for address in browser.requests)


# ---- species --------------------------------------------------------------------------------


def row(class_name: str, number: float, se: float, counted: float) -> Estimate:
    return Estimate("all", class_name, 20, 100, 1000, number, se, 19, 200, counted=counted).with_interval()


def test_the_categories_of_the_elephant_database_add_up_to_the_upper_end() -> None:
    one = row("African elephant", 1000, 100, 150)
    (found,) = categories([one, row("elephant carcass", 50, 5, 10), row("buffalo", 10, 1, 2)])
    assert found.definite == pytest.approx(one.ci_low)
    assert found.definite + found.probable == pytest.approx(1000)
    assert found.definite + found.probable + found.possible == pytest.approx(one.ci_high)
    # Where more were seen than the interval's lower end, those are definite.
    (found,) = categories([replace(one, interval="t", counted=900)])
    assert (found.definite, found.probable) == pytest.approx((900, 100))


def test_a_carcass_ratio_has_the_carcasses_of_all_ages_of_its_species() -> None:
    rows = [
        row("elephant", 900, 90, 100),
        row("elephant_carcass_1", 40, 4, 5),
        row("Elephant carcass 2", 60, 6, 6),
        row("buffalo", 5000, 500, 600),
        row("zebra bones", 7, 1, 1),
    ]
    (found,) = carcass_ratios(rows)
    assert (found.species, found.dead, found.live) == ("elephant", 100.0, 900.0)
    assert found.percent == pytest.approx(10)
    # By simulation of independent normal numbers.
    rng = np.random.default_rng(0)
    dead = rng.normal(40, 4, 200_000) + rng.normal(60, 6, 200_000)
    live = rng.normal(900, 90, 200_000)
    assert found.percent_se == pytest.approx(float(np.std(100 * dead / (dead + live))), rel=0.05)
    assert carcass_ratios([row("carcass", 10, 1, 1), row("elephant", 90, 9, 9)])[0].percent == pytest.approx(10)
    assert carcass_ratios([row("carcass", 10, 1, 1), *rows[:1], *rows[3:4]]) == []
