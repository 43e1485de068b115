"""A survey as tables: every value of the file, by column, in pandas, in GeoPandas and in a notebook."""

import html.parser
import importlib.util
import math
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

import herdmap
from geo import geopackage
from geo.standing import after_review
from geo.tables import Counts
from herdmap.tables import Table
from tests.geo.estimates.test_estimate_map import parts
from tests.geo.test_added_columns import ADDED, add
from tests.surveys import small
from tests.systems import allowed_name

geopandas = pytest.importorskip("geopandas", reason="pip install 'herdmap[geopandas]'")


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> herdmap.Survey:
    path = small.write(tmp_path_factory.mktemp("survey") / allowed_name("a <b>.gpkg"), with_counts=True)
    estimates, strata, flown = parts((3, 0), (1, 1), (2, 0))
    geopackage.write_estimates(path, estimates, strata, flown)
    return herdmap.open(path)


def tables(survey: herdmap.Survey) -> dict[str, Table]:
    counts, estimates = survey.counts, survey.estimates
    assert counts is not None
    assert estimates is not None
    return {"images": survey.images, "detections": survey.detections, "counts": counts, "estimates": estimates}


def test_a_table_has_the_columns_of_its_layer_with_their_values(survey: herdmap.Survey) -> None:
    """Held against the file as plain SQLite reads it."""
    for name, table in tables(survey).items():
        with closing(sqlite3.connect(survey)) as db, db:
            db.row_factory = sqlite3.Row
            rows = [dict(row) for row in db.execute(f'SELECT * FROM "{name}" ORDER BY fid')]
        assert len(table) == len(rows) > 0
        for column in table.columns:
            expected = [row[column] for row in rows]
            if table[column].dtype == object:
                assert table[column].tolist() == expected, column
            else:
                numbers = np.array([math.nan if value is None else value for value in expected], float)
                np.testing.assert_allclose(table[column].astype(float), numbers, rtol=1e-6, err_msg=column)


def test_a_column_is_an_attribute_too_and_an_unknown_one_is_refused(survey: herdmap.Survey) -> None:
    detections = survey.detections
    assert detections.class_name is detections["class"]
    assert detections["ymax"].tolist() == detections.boxes_px[:, 3].tolist()
    with pytest.raises(KeyError, match="no column 'colour'; there are image, class"):
        detections["colour"]


def test_a_loop_gives_the_rows(survey: herdmap.Survey) -> None:
    counts = survey.counts
    assert counts is not None
    rows = list(counts)
    assert [row["region"] for row in rows] == counts.region.tolist()
    assert [row["count"] for row in rows] == list(range(len(counts)))
    assert list(rows[0]) == list(counts.columns)


def test_the_animals_are_the_sightings_that_count_as_what_a_person_calls_them(tmp_path: Path) -> None:
    path = small.write(tmp_path / "s.gpkg")
    with closing(sqlite3.connect(path)) as db, db:
        geopackage.schema.allow_edits(db)
        db.execute("UPDATE detections SET reviewed_class = 'goat', review = 'confirmed' WHERE fid = 3")
    animals = herdmap.open(path).animals()
    rows = geopackage.read_detections(path)
    chosen, _ = after_review(rows, "not-rejected")
    assert len(animals) == chosen.sum() < len(rows)
    assert "goat" in animals.class_name.tolist()
    assert "rejected" not in animals.review.tolist()
    assert set(herdmap.open(path).animals("confirmed").review.tolist()) == {"confirmed"}


def test_geopandas_has_the_ground_of_every_row_as_gdal_reads_it(survey: herdmap.Survey) -> None:
    for name in ("images", "detections", "counts"):
        ours = tables(survey)[name].to_geopandas()
        theirs = geopandas.read_file(survey.path, layer=name)
        assert len(ours) == len(theirs)
        assert ours.crs.equals(theirs.crs, ignore_axis_order=True)
        assert (ours.geometry.isna() == theirs.geometry.isna()).all()
        there = ~ours.geometry.isna()
        a, b = ours.geometry[there].normalize(), theirs.geometry[there].normalize()
        assert a.geom_equals_exact(b, 1e-6).all()
    estimates = tables(survey)["estimates"].to_geopandas()
    strata = geopandas.read_file(survey.path, layer="strata")
    assert estimates.crs.equals(strata.crs, ignore_axis_order=True)
    assert estimates.geometry.isna().tolist() == (estimates["stratum"] == "all").tolist()
    assert estimates.geometry[0].equals(strata.geometry[0])


def test_pandas_has_the_columns(survey: herdmap.Survey) -> None:
    frame = survey.detections.to_pandas()
    assert list(frame.columns) == list(survey.detections.columns)
    assert frame["class"].tolist() == survey.detections.class_name.tolist()


def test_without_a_position_a_data_frame_has_no_crs(tmp_path: Path) -> None:
    survey = herdmap.open(small.write(tmp_path / "s.gpkg", crs_wkt=None))
    assert survey.crs_wkt is None
    assert survey.detections.to_geopandas().crs is None


def test_a_missing_geopandas_is_named_with_its_install_command(
    survey: herdmap.Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr("herdmap.tables.find_spec", lambda name: None if name == "geopandas" else find(name))
    with pytest.raises(
        herdmap.Error, match=r"geopandas is not installed: pip install 'herdmap\[geopandas\]'"
    ) as raised:
        survey.images.to_geopandas()
    assert isinstance(raised.value, ImportError)


class Page(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.rows = 0
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attributes: object) -> None:
        self.tags.add(tag)
        self.rows += tag == "tr"

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_a_notebook_shows_rows_and_runs_nothing_out_of_the_file(survey: herdmap.Survey) -> None:
    shown = {name: table._repr_html_() for name, table in tables(survey).items()}
    for text in (*shown.values(), survey._repr_html_()):
        page = Page()
        page.feed(text)
        assert page.tags <= {"p", "table", "tr", "th", "td"}
    page = Page()
    page.feed(shown["detections"])
    assert page.rows == 11, "a head and ten of the rows"
    assert "DetectionTable: 200 rows, the first 10 shown" in page.words
    assert "<img src=x onerror=alert(1)>&amp;" in page.words
    assert survey.path.name in html.unescape(survey._repr_html_())


def test_text_shows_the_first_rows(survey: herdmap.Survey) -> None:
    lines = repr(survey.detections).splitlines()
    assert lines[0] == "DetectionTable: 200 rows"
    assert lines[-1] == "... and 190 more"
    assert len(lines) == 13


def test_an_empty_table_can_be_shown(tmp_path: Path) -> None:
    geopackage.write_survey(tmp_path / "s.gpkg", small.images(), small.detections(0), [small.run()], small.UTM)
    survey = herdmap.open(tmp_path / "s.gpkg")
    assert len(survey.detections) == 0
    assert len(survey.detections.to_geopandas()) == 0
    assert "0 rows" in repr(survey.detections)
    assert "0 rows" in survey.detections._repr_html_()
    assert survey.counts is None
    assert survey.estimates is None
    assert survey.tile_labels is None


def test_a_survey_is_read_again_once_its_file_has_changed(tmp_path: Path) -> None:
    path = small.write(tmp_path / "s.gpkg")
    survey = herdmap.open(path)
    before = survey.detections
    assert survey.detections is before
    assert survey.counts is None
    geopackage.write_counts(survey, small.counts())
    assert survey.detections is not before
    assert survey.counts is not None


def test_opening_what_is_no_survey_says_so(tmp_path: Path) -> None:
    with pytest.raises(herdmap.Error, match="no such file"):
        herdmap.open(tmp_path / "none.gpkg")
    (tmp_path / "text.gpkg").write_text("text")
    with pytest.raises(herdmap.Error, match="not the GeoPackage of a survey"):
        herdmap.open(str(tmp_path / "text.gpkg"))


def test_counts_of_an_older_file_and_of_another_program(tmp_path: Path) -> None:
    """A layer without the column `total` is ours too; one with other columns is somebody else's."""
    path = small.write(tmp_path / "s.gpkg", with_counts=True)
    for column, there in (("total", True), ("density_per_km2", False)):
        with closing(sqlite3.connect(path)) as db, db:
            db.execute(f"ALTER TABLE counts DROP COLUMN {column}")
        assert (herdmap.open(path).counts is not None) is there


def same(read: Counts, written: Counts, name: str) -> None:
    ours, theirs = getattr(read, name), getattr(written, name)
    if isinstance(theirs, np.ndarray):
        np.testing.assert_array_equal(ours, theirs)
    else:
        assert list(ours) == list(theirs)


def test_counts_and_estimates_come_back_as_they_were_written(tmp_path: Path, check_gpkg: Callable[..., None]) -> None:
    path = small.write(tmp_path / "s.gpkg", with_counts=True)
    counts = geopackage.read_counts(path)
    assert counts is not None
    for name in ("region", "class_name", "count", "area_km2", "density_per_km2"):
        same(counts, small.counts(), name)
    assert [p is None for p in counts.polygons] == [p is None for p in small.counts().polygons]
    written, strata, flown = parts((3, 0), (1, 1), (2, 0))
    geopackage.write_estimates(path, written, strata, flown)
    read = geopackage.read_estimates(path)
    assert read is not None
    assert read.method == written.method
    for ours, theirs in zip(read.rows, written.rows, strict=True):
        assert (ours.stratum, ours.class_name, ours.n) == (theirs.stratum, theirs.class_name, theirs.n)
        for name in ("n_possible", "density_per_km2", "estimate", "se", "ci_low", "ci_high", "cv", "df"):
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name), nan_ok=True)
    check_gpkg(path)


def test_columns_that_a_person_added_come_last(tmp_path: Path) -> None:
    path = small.write(tmp_path / "a.gpkg")
    add(path)
    add(path, "images", {"weather": ("TEXT", ["haze"]), "geometry": ("INTEGER", [1, 2, 3, 4])})
    survey = herdmap.open(path)
    table = survey.detections
    assert [name for name in table.columns if name not in table.COLUMNS] == [n for n in ADDED if n != "picture"]
    assert table["age"].tolist()[:4] == ["calf", None, "", "très vieux; 'x' \"y\""]
    np.testing.assert_array_equal(table["group size"][:4], [3, 0, np.nan, -(2**40)])
    assert survey.images["geometry_added"].tolist() == [1, 2, 3, 4]
    frame = table.to_geopandas()
    assert frame["order"].tolist()[:3] == [1, 2, 3]
    assert survey.images.to_geopandas()["weather"].tolist()[0] == "haze"
    (first, *_) = list(table)
    assert first["=1+2"] == "=1+2"
    chosen = survey.animals("confirmed")
    sure = [review == "confirmed" for review in table.review]
    assert chosen["age"].tolist() == table["age"][sure].tolist()
