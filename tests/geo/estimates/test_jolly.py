"""Population estimates: the published example, a real survey's stratum, cases worked by hand, hostile tables."""

import csv
import io
import json
import math
import sqlite3
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo import geopackage
from geo.errors import GeoError, VectorError
from geo.estimates import student_t
from geo.estimates.jolly import Estimates, bootstrap, estimate, jolly, satterthwaite
from geo.estimates.plot import write_plot
from geo.estimates.strips import read_strips
from geo.estimates.table import CSV_COLUMNS, table, write_csv
from geo.estimates.transects import Strata, Transects, read_strata, read_transects
from geo.tables import TableError
from tests.surveys import small

UTM = small.UTM
NAN = math.nan


def strata(*areas: float, transects: tuple[float, ...] | None = None) -> Strata:
    names = tuple("ABCDEF"[: len(areas)])
    return Strata(names, np.array(areas, float), np.array(transects or [NAN] * len(areas), float))


def transects(*rows: tuple[str, float | tuple[float, ...], float], classes: tuple[str, ...] = ("cow",)) -> Transects:
    """Rows of stratum, counts (a number a class), area."""
    counts = np.array([np.atleast_1d(row[1]) for row in rows], float).reshape(len(rows), len(classes))
    names = tuple(str(i) for i in range(len(rows)))
    return Transects(tuple(r[0] for r in rows), names, classes, counts, np.array([r[2] for r in rows], float))


# ---- Student's t ------------------------------------------------------------------------------

# (probability, df, quantile) by scipy.stats.t.ppf, SciPy 1.16.
SCIPY = [
    (0.9, 1, 3.0776835371752544),
    (0.975, 1, 12.706204736174694),
    (0.9995, 1, 636.6192487687897),
    (0.9, 2, 1.8856180831641272),
    (0.975, 2, 4.302652729749462),
    (0.9995, 2, 31.599054576445365),
    (0.9, 3.5, 1.5765766051364052),
    (0.975, 3.5, 2.9400886379827282),
    (0.9995, 3.5, 10.20482863165621),
    (0.975, 9, 2.262157162798205),
    (0.9, 19, 1.3277282090267986),
    (0.975, 19, 2.0930240544083087),
    (0.9995, 19, 3.883405852592131),
    (0.975, 99.25, 1.9841551240793276),
    (0.9995, 99.25, 3.3912674393349134),
    (0.9, 1000, 1.2823987214609247),
    (0.975, 1000, 1.9623390808264083),
    (0.9995, 1000, 3.300282648423944),
    (0.975, 250_000, 1.9599734736701353),
    (0.975, math.inf, 1.959963984540054),
]


@pytest.mark.parametrize(("probability", "df", "expected"), SCIPY)
def test_quantiles_of_students_t_are_scipys(probability: float, df: float, expected: float) -> None:
    assert student_t.quantile(probability, df) == pytest.approx(expected, rel=1e-11)
    assert student_t.quantile(1 - probability, df) == pytest.approx(-expected, rel=1e-11)


def test_quantiles_of_one_and_two_degrees_of_freedom_are_the_closed_forms() -> None:
    for p in (0.5001, 0.6, 0.75, 0.9, 0.99, 0.9999):
        assert student_t.quantile(p, 1) == pytest.approx(math.tan(math.pi * (p - 0.5)), rel=1e-11)
        assert student_t.quantile(p, 2) == pytest.approx((2 * p - 1) / math.sqrt(2 * p * (1 - p)), rel=1e-11)
    assert student_t.quantile(0.5, 7) == 0


@given(st.floats(0.5001, 0.9999), st.floats(0.5, 3e5))
def test_the_tail_beyond_a_quantile_is_what_was_asked_for(probability: float, df: float) -> None:
    t = student_t.quantile(probability, df)
    assert student_t.upper_tail(t, df) == pytest.approx(1 - probability, rel=1e-9)


@pytest.mark.parametrize("df", [1e9, 1e16, 1e300, math.inf])
def test_the_tail_of_many_degrees_of_freedom_is_that_of_the_normal_distribution(df: float) -> None:
    for t in (0.3, 1.96, 12.0):
        assert student_t.upper_tail(t, df) == pytest.approx(math.erfc(t / math.sqrt(2)) / 2, rel=1e-9)


@pytest.mark.parametrize(("probability", "df"), [(0, 1), (1, 1), (NAN, 1), (0.9, 0), (0.9, -1), (0.9, NAN)])
def test_quantiles_of_nothing_are_refused(probability: float, df: float) -> None:
    with pytest.raises(student_t.ArgumentError):
        student_t.quantile(probability, df)


# ---- Jolly's Method 2 -------------------------------------------------------------------------

# A textbook's ratio example (Feng Shiyong's sampling book, as coded in szcf-weiya/SamplingTechniques).
TEXTBOOK_Y = [22.0005, 22.8006, 30.199, 21.7, 25.3, 31.2004, 26.0001, 20.501, 33.7993, 23.5994]
TEXTBOOK_Z = [15, 18, 26, 14, 20, 28, 21, 19, 31, 17]


def test_the_textbooks_example() -> None:
    found = jolly(TEXTBOOK_Y, TEXTBOOK_Z, 726, 33)
    assert found.estimate == pytest.approx(893.085252631579, rel=1e-12)
    assert math.sqrt(found.variance) == pytest.approx(26.225870584873565, rel=1e-12)
    found = jolly(TEXTBOOK_Y, TEXTBOOK_Z, 726)
    assert found.n_possible == pytest.approx(34.73684210526316, rel=1e-12)
    assert found.variance == pytest.approx(778.6685663717489, rel=1e-12)
    rows = transects(*(("A", y, z) for y, z in zip(TEXTBOOK_Y, TEXTBOOK_Z, strict=True)))
    row = estimate(rows, strata(726)).row("A", "cow")
    assert (row.ci_low, row.ci_high) == pytest.approx((829.9605862625452, 956.2099190006128), rel=1e-12)
    assert row.precision_pct == pytest.approx(100 * (956.2099190006128 - 893.085252631579) / 893.085252631579)


@pytest.mark.realdata
def test_a_real_surveys_stratum_is_met(realdata: Path, tmp_path: Path) -> None:
    golden = json.loads((realdata / "jolly/golden.json").read_text())["serengeti_2015_stratum_1"]
    with (realdata / "jolly/transects_stratum_1.csv").open() as file:
        lines = [f"1,{r['transect_no']},wildebeest,{r['y']},{r['z']}" for r in csv.DictReader(file)]
    flown = tmp_path / "transects.csv"
    flown.write_text("\n".join(["stratum,transect,class,count,area_km2", *lines]))
    areas = tmp_path / "strata.csv"
    areas.write_text(f"stratum,area_km2\n1,{golden['Z_km2']}\n")
    found = estimate(read_transects(flown), read_strata(areas))
    text = io.StringIO()
    write_csv(found, text)
    rows = list(csv.DictReader(io.StringIO(text.getvalue())))
    assert [row["stratum"] for row in rows] == ["1", "all"]
    for row in rows:
        wanted = {"N": "N", "density_per_km2": "R", "estimate": "Y", "se": "SE"}
        wanted |= {"ci_low": "CI95_low", "ci_high": "CI95_high", "area_km2": "Z_km2"}
        for ours, theirs in wanted.items():
            assert float(row[ours]) == pytest.approx(golden[theirs], rel=1e-9), ours
        assert int(row["n"]) == golden["n"]
        assert float(row["se"]) ** 2 == pytest.approx(golden["varY"], rel=1e-9)
    first = found.rows[0]
    assert first.bootstrap_low < first.estimate < first.bootstrap_high
    assert first.bootstrap_high - first.bootstrap_low == pytest.approx(first.ci_high - first.ci_low, rel=0.2)


def test_three_transects_worked_by_hand() -> None:
    # R = 12 / 4 = 3, N = 3 * 12 / 4 = 9, y - R z = 0, -3, 3: Var = 9 * 6 / 3 * 18 / 2.
    found = jolly([3, 0, 9], [1, 1, 2], 12)
    assert (found.n_possible, found.ratio, found.estimate, found.variance) == pytest.approx((9, 3, 36, 162))


def test_with_equal_areas_it_is_method_1() -> None:
    y = np.array([4, 0, 7, 1, 0, 12.0])
    found = jolly(y, np.full(6, 0.7), 0.7 * 40)
    assert found.n_possible == pytest.approx(40)
    assert found.estimate == pytest.approx(40 * y.mean())
    assert found.variance == pytest.approx(40 * 34 / 6 * y.var(ddof=1))


@given(st.lists(st.tuples(st.integers(0, 500), st.floats(0.1, 5)), min_size=2, max_size=12), st.floats(1.0, 50))
def test_the_variance_is_the_formula_of_the_contract(rows: list[tuple[int, float]], times: float) -> None:
    # In fractions, as sums of products lose digits where transects are alike.
    y, z = ([Fraction(value) for value in column] for column in zip(*rows, strict=True))
    n, total = len(y), sum(z)
    area = float(total) * times
    found = jolly([float(value) for value in y], [float(value) for value in z], area)
    ratio, possible = sum(y) / total, n * Fraction(area) / total

    def covariance(a: list[Fraction], b: list[Fraction]) -> Fraction:
        products = sum((i * j for i, j in zip(a, b, strict=True)), Fraction())
        return (products - sum(a, Fraction()) * sum(b, Fraction()) / n) / (n - 1)

    inner = covariance(y, y) - 2 * ratio * covariance(z, y) + ratio**2 * covariance(z, z)
    assert found.estimate == pytest.approx(float(Fraction(area) * ratio), rel=1e-12)
    # N - n is a difference too, where all but a little of the stratum was flown.
    rounding = 1e-14 * float(possible**2 / n * inner)
    assert found.variance == pytest.approx(float(possible * (possible - n) / n * inner), rel=1e-9, abs=rounding + 1e-18)


def test_one_transect_has_an_estimate_and_no_se() -> None:
    found = estimate(transects(("A", 5, 2)), strata(10))
    for row in found.rows:
        assert row.estimate == pytest.approx(25)
        assert all(map(math.isnan, (row.se, row.ci_low, row.ci_high, row.cv, row.bootstrap_low)))
    text = io.StringIO()
    write_csv(found, text)
    line = next(csv.DictReader(io.StringIO(text.getvalue())))
    assert line["estimate"] == "25"
    assert [line[name] for name in ("se", "ci_low", "ci_high", "cv")] == ["", "", "", ""]
    assert any("one transect" in warning for warning in found.warnings)


def test_a_stratum_with_one_transect_leaves_the_sum_without_se() -> None:
    found = estimate(transects(("A", 5, 2), ("B", 1, 1), ("B", 4, 1)), strata(10, 10))
    assert math.isnan(found.row("all", "cow").se)
    assert found.row("all", "cow").estimate == pytest.approx(25 + 25)
    assert found.row("B", "cow").se > 0


def test_transects_without_animals_count() -> None:
    some = estimate(transects(("A", 6, 1)), strata(10)).row("A", "cow")
    with_zeros = estimate(transects(("A", 6, 1), ("A", 0, 1), ("A", 0, 1)), strata(10)).row("A", "cow")
    assert with_zeros.estimate == pytest.approx(some.estimate / 3)
    assert with_zeros.n == 3
    nothing = estimate(transects(("A", 0, 1), ("A", 0, 1)), strata(10))
    assert nothing.row("A", "cow").estimate == 0
    assert math.isnan(nothing.row("A", "cow").cv)
    assert any("'cow'" in warning for warning in nothing.warnings)


def test_a_stratum_without_transects_is_not_taken_for_empty() -> None:
    found = estimate(transects(("A", 6, 1), ("A", 2, 1)), strata(10, 20))
    assert math.isnan(found.row("B", "cow").estimate)
    assert math.isnan(found.row("all", "cow").estimate)
    assert found.row("A", "cow").estimate == pytest.approx(40)
    assert any("'B' has no transect" in warning for warning in found.warnings)


def test_strata_add_and_satterthwaite_gives_their_degrees_of_freedom() -> None:
    rows = transects(("A", 3, 1), ("A", 0, 1), ("A", 9, 2), ("B", 2, 1), ("B", 4, 1), classes=("cow",))
    found = estimate(rows, strata(12, 10))
    a, b, both = (found.row(name, "cow") for name in ("A", "B", "all"))
    assert b.se**2 == pytest.approx(10 * 8 / 2 * 2)
    assert both.estimate == pytest.approx(a.estimate + b.estimate)
    assert both.se**2 == pytest.approx(162 + 80)
    assert both.df == pytest.approx((162 + 80) ** 2 / (162**2 / 2 + 80**2 / 1))
    assert (both.n, both.n_possible, both.area_km2) == pytest.approx((5, 19, 22))
    assert satterthwaite([5.0], [7]) == pytest.approx(7)
    assert satterthwaite([1.0, 1.0], [10, 10]) == pytest.approx(20)


def test_n_of_the_strata_file_and_a_stratum_flown_whole() -> None:
    rows = transects(("A", 3, 1), ("A", 0, 1), ("A", 9, 2))
    assert estimate(rows, strata(12, transects=(8.0,))).row("A", "cow").se ** 2 == pytest.approx(8 * 5 / 3 * 9)
    assert estimate(rows, strata(4)).row("A", "cow").se == 0
    with pytest.raises(TableError, match=r"3 transects were searched, but .* has 2;"):
        estimate(rows, strata(12, transects=(2.0,)))
    with pytest.raises(TableError, match="cover 4 km2 of a stratum of 3 km2"):
        estimate(rows, strata(3))


def test_a_full_count_is_the_sum() -> None:
    rows = transects(("A", 3, 1), ("A", 0, 1), ("B", 9, 2))
    found = estimate(rows, strata(2, 2), full_count=True)
    assert [row.estimate for row in found.rows] == [3, 9, 12]
    assert [row.ci_low for row in found.rows] == [3, 9, 12]
    assert "sum of what was counted" in found.method
    assert any("50%" in text for text in estimate(rows, strata(4, 2), full_count=True).warnings)


def test_the_bootstrap_has_the_analytic_spread_and_is_repeatable() -> None:
    rng = np.random.default_rng(3)
    z = rng.uniform(1, 3, 30)
    y = rng.poisson(20 * z).astype(float)
    found = jolly(y, z, 2 * z.sum())
    drawn = bootstrap(y[:, None], z, 2 * z.sum(), found.n_possible, np.random.default_rng(1), 20_000)
    assert drawn.mean() == pytest.approx(found.estimate, rel=0.01)
    assert drawn.std() == pytest.approx(math.sqrt(found.variance), rel=0.03)
    rows = transects(*(("A", a, b) for a, b in zip(y, z, strict=True)))
    first, again, other = (estimate(rows, strata(200), seed=seed) for seed in (5, 5, 6))
    assert repr(first) == repr(again)  # since Python 3.13, rows with NaN equal no other row
    assert repr(first) != repr(other)


# ---- tables -----------------------------------------------------------------------------------


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_not_listed_counts_zero(tmp_path: Path) -> None:
    file = written(
        tmp_path / "t.csv",
        "\ufeffStratum,Transect,Class,Count,Area_km2\nA,1,cow,3,1.5\nA,1,sheep,2,1.5\nA,2,cow,1,2\nB,1,,,1\nB,2,,0,1\n",
    )
    found = read_transects(file)
    assert found.classes == ("cow", "sheep")
    assert list(zip(found.stratum, found.names, strict=True)) == [("A", "1"), ("A", "2"), ("B", "1"), ("B", "2")]
    assert found.counts.tolist() == [[3, 2], [1, 0], [0, 0], [0, 0]]
    assert found.area_km2.tolist() == [1.5, 2, 1, 1]


def test_class_may_be_left_out(tmp_path: Path) -> None:
    found = read_transects(written(tmp_path / "t.csv", "stratum,transect,count,area_km2\nA,1,3,1\nA,2,0,1\n"))
    assert (found.classes, found.counts.tolist()) == (("all",), [[3], [0]])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stratum,transect,count\nA,1,3\n", "no column 'area_km2'"),
        ("stratum,transect,count,area_km2\n", "no transect"),
        ("stratum,transect,count,area_km2\nA,1,3,1\nA,1,3,1\n", "twice"),
        ("stratum,transect,class,count,area_km2\nA,1,a,3,1\nA,1,b,3,2\n", "two areas"),
        ("stratum,transect,count,area_km2\nA,1,-3,1\n", "line 2: count '-3'"),
        ("stratum,transect,count,area_km2\nA,1,nan,1\n", "expected a number"),
        ("stratum,transect,count,area_km2\nA,1,3,0\n", "more than 0"),
        ("stratum,transect,count,area_km2\nA,1,3,inf\n", "expected a number"),
        ("stratum,transect,count,area_km2\nA,1\n", "fewer than columns"),
        ("stratum,transect,count,area_km2\n,1,3,1\n", "no stratum"),
        ('stratum,transect,count,area_km2\nA,1,"' + "9" * 200_000 + '",1\n', "not CSV"),
        ("", "no column"),
    ],
)
def test_tables_that_make_no_sense_are_refused_with_the_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(GeoError, match=said) as caught:
        read_transects(written(tmp_path / "t.csv", text))
    assert "\n" not in str(caught.value)


def test_strata_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    for text, said in (
        ("stratum,area_km2\nA,1\nA,2\n", "the same name"),
        ("stratum,area_km2\nall,1\n", "name of their sum"),
        ("stratum,area_km2,transects\nA,1,0\n", "how many"),
        ("stratum,area_km2\nA,0\n", "more than 0"),
    ):
        with pytest.raises(GeoError, match=said):
            read_strata(written(tmp_path / "s.csv", text))
    with pytest.raises(VectorError, match="cannot be read"):
        read_strata(tmp_path / "missing.csv")
    (tmp_path / "latin.csv").write_bytes(b"stratum,area_km2\nB\xe4r,1\n")
    with pytest.raises(VectorError, match="UTF-8"):
        read_strata(tmp_path / "latin.csv")
    with pytest.raises(TableError, match="'B' of the transects is not among the strata: 'A'"):
        estimate(transects(("B", 1, 1)), strata(10))


def test_the_csv_has_the_contracts_columns_and_the_text_shows_names_as_they_are() -> None:
    nasty = ('<img src=x onerror=alert(1)>,"', "=1+2")
    found = estimate(transects(("A", (1, 2), 1), ("A", (3, 0), 1), classes=nasty), strata(10))
    text = io.StringIO()
    write_csv(found, text, raw=True)
    rows = list(csv.reader(io.StringIO(text.getvalue())))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert ",".join(CSV_COLUMNS).startswith(
        "stratum,class,n,N,area_km2,density_per_km2,estimate,se,ci_low,ci_high,cv,interval,"
    )
    assert [row[:2] for row in rows[1:]] == [[s, c] for s in ("A", "all") for c in nasty]
    assert len([line for line in table(found) if not line.startswith(" ")]) == 5


def test_the_plot_shows_every_row_and_names_as_text(tmp_path: Path) -> None:
    nasty = ("<img src=x onerror=alert(1)>", "b\x00c" * 40)
    rows = transects(("A", (1, 2), 1), ("A", (3, 0), 1), ("B", (5, 2), 1), classes=nasty)
    found = estimate(rows, strata(10, 20))
    write_plot(found, tmp_path / "plot.svg")
    svg = "{http://www.w3.org/2000/svg}"
    root: Any = ElementTree.parse(tmp_path / "plot.svg").getroot()
    groups = root.findall(f"{svg}g")
    assert len(groups) == 6
    first = groups[0]
    low, high = (float(first.find(f"{svg}line").get(end)) for end in ("x1", "x2"))
    assert low < float(first.find(f"{svg}circle").get("cx")) < high
    assert groups[1].find(f"{svg}line") is None  # one transect: no interval
    assert "<img src=x onerror=alert(1)>, A: 20, 95 %" in first.find(f"{svg}title").text
    assert not root.findall(".//img")
    write_plot(Estimates((), ""), tmp_path / "plot.svg")


# ---- transects on the ground ------------------------------------------------------------------


def layer(path: Path, kind: str, geometries: list[shapely.Geometry], crs: str = UTM, **columns: list[object]) -> Path:
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(geometries, object)),
        [np.array(values, object if isinstance(values[0], str) else None) for values in columns.values()],
        list(columns),
        geometry_type=kind,
        crs=crs,
        driver="GPKG",
    )
    return path


def strip(x: float, width: float = 200, length: float = 1000) -> shapely.Geometry:
    return shapely.box(500_000 + x, 9_700_000, 500_000 + x + width, 9_700_000 + length)


def points(*xy: tuple[float, float]) -> NDArray[np.float64]:
    return np.asarray(np.array(xy, np.float64).reshape(-1, 2) + np.array([500_000, 9_700_000]), np.float64)


def test_animals_are_counted_in_the_transects_polygons(tmp_path: Path) -> None:
    file = layer(
        tmp_path / "t.gpkg",
        "Polygon",
        [strip(0), strip(200), strip(1000), strip(1100)],
        stratum=["A", "A", "B", "B"],
        transect=["1", "2", "1", "2"],
    )
    strips = read_strips(file)
    # 0.2 km2 in a system whose scale is 0.9996 here.
    assert strips.area_km2 == pytest.approx(0.2 / 0.9996**2, rel=1e-5)
    animals = points((100, 500), (200, 500), (300, 500), (300, 1500), (1050, 10), (1150, 10), (NAN, NAN))
    found = strips.transects(animals, ["cow"] * 5 + ["pig", "cow"], UTM, strata(1, 1), ("hen",))
    assert found.classes == ("hen", "cow", "pig")
    # On the shared edge: the first. On ground that two of B share: both, as both have its area.
    assert found.counts.tolist() == [[0, 2, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1]]
    assert any("overlap" in warning for warning in found.warnings)
    once = strips.transects(animals, ["cow"] * 5 + ["pig", "cow"], UTM, strata(1, 1), once=True)
    assert once.counts.sum() == 5


def test_lines_become_strips_with_flat_ends(tmp_path: Path) -> None:
    line = shapely.LineString(points((0, 0), (0, 20_000)))
    file = layer(tmp_path / "l.gpkg", "LineString", [line, line], transect=["1", "2"], width_m=[300.0, NAN])
    strips = read_strips(file, strip_width_m=500.0)
    assert strips.area_km2 == pytest.approx(np.array([0.3, 0.5]) * 20 / 0.9996, rel=2e-5)
    assert not strips.warnings
    assert any("about 0.3 m wide" in warning for warning in read_strips(file, strip_width_m=0.3).warnings)
    found = strips.transects(points((149, 5), (-149, 19_999), (151, 5), (0, -2)), ["a"] * 4, UTM, strata(100))
    assert found.counts.ravel().tolist() == [2, 3]
    assert found.stratum == ("A", "A")
    with pytest.raises(VectorError, match="lines without a width") as caught:
        read_strips(file)
    assert caught.value.about == "strip_width_m"
    with pytest.raises(VectorError, match="has no stratum, and there are several"):
        strips.transects(points(), [], UTM, strata(1, 1))


def test_lines_in_degrees_have_their_width_in_metres(tmp_path: Path) -> None:
    wgs84 = pyproj.CRS(4326).to_wkt()
    line = shapely.LineString([(36.0, 60.0), (36.5, 60.0)])
    strips = read_strips(layer(tmp_path / "l.gpkg", "LineString", [line], crs=wgs84, transect=["1"]), 400.0)
    length_km = pyproj.Geod(ellps="WGS84").line_length(np.linspace(36, 36.5, 200), np.full(200, 60.0)) / 1000
    assert strips.area_km2[0] == pytest.approx(0.4 * length_km, rel=1e-5)


def test_footprints_of_one_transect_are_one(tmp_path: Path) -> None:
    file = layer(tmp_path / "f.gpkg", "Polygon", [strip(0), strip(100), strip(900)], transect=["7", "7", "8"])
    strips = read_strips(file)
    assert strips.names == ("7", "8")
    assert strips.area_km2 == pytest.approx(np.array([0.3, 0.2]) / 0.9996**2, rel=1e-5)


def test_strata_as_polygons(tmp_path: Path) -> None:
    file = layer(
        tmp_path / "s.gpkg",
        "Polygon",
        [strip(0), strip(5000), strip(200)],
        name=["x", "y", "z"],
        stratum=["A", "B", "A"],
    )
    found = read_strata(file)
    assert found.names == ("A", "B")
    assert found.area_km2 == pytest.approx(np.array([0.4, 0.2]) / 0.9996**2, rel=1e-5)
    beside = read_strips(layer(tmp_path / "b.gpkg", "Polygon", [strip(5010, 50), strip(10, 50)], transect=["1", "2"]))
    assert beside.transects(points(), [], UTM, found).stratum == ("B", "A")
    strips = read_strips(layer(tmp_path / "t.gpkg", "Polygon", [strip(300)], stratum=["A"], transect=["1"]))
    said = strips.transects(points(), [], UTM, found).warnings
    assert any("reach out of their stratum" in warning for warning in said)


# ---- the GeoPackage ---------------------------------------------------------------------------


def test_estimates_are_a_table_of_the_geopackage(tmp_path: Path) -> None:
    path = small.write(tmp_path / "survey.gpkg", with_counts=True)
    project = path.with_suffix(".qgz").read_bytes()
    rows = transects(("A", (3, 0), 1), ("A", (1, 0), 1), ("B", (2, 1), 1), classes=("cow", "x'); DROP TABLE images;--"))
    found = estimate(rows, strata(10, 20))
    for _ in range(2):  # a second time in place of the first
        geopackage.write_estimates(path, found)
    info = pyogrio.raw.read(path, layer="estimates", read_geometry=False)
    columns = dict(zip(info[0]["fields"], info[3], strict=True))
    assert columns["stratum"].tolist() == ["A", "A", "B", "B", "all", "all"]
    assert columns["class"].tolist()[1] == "x'); DROP TABLE images;--"
    assert columns["estimate"].tolist() == [row.estimate for row in found.rows]
    assert np.isnan(columns["se"][2])
    assert columns["method"][0].startswith("Jolly's Method 2")
    assert len(geopackage.read_detections(path)) == 200
    assert path.with_suffix(".qgz").read_bytes() == project
    assert small.left_in(tmp_path) == {"survey.gpkg", "survey.qgz"}
    with closing(sqlite3.connect(path)) as db, db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert db.execute("SELECT data_type FROM gpkg_contents WHERE table_name='estimates'").fetchone() == (
            "attributes",
        )


def test_estimates_are_written_to_surveys_alone(tmp_path: Path) -> None:
    with pytest.raises(VectorError):
        geopackage.write_estimates(tmp_path / "none.gpkg", Estimates((), ""))
    other = layer(tmp_path / "t.gpkg", "Polygon", [strip(0)], transect=["1"])
    with pytest.raises(VectorError):
        geopackage.write_estimates(other, Estimates((), ""))
