from dataclasses import replace
from pathlib import Path

import pytest

from geo import geopackage
from geo.compared_surveys import compare_surveys
from geo.errors import HerdmapError
from geo.estimates.population import Estimate, Estimates
from tests.geo.test_two_searches import write

TABLE = """date;stratum;class;estimate;se;df
2019;north;cow;600;80;9
2022-07-02;north;cow;400;60;14
2019;north;goat;100;20;
2022.5;north;goat;0;0;
2019;south;cow;50;10;9
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "surveys.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_surveys_in_a_table_are_compared_by_stratum_and_class(tmp_path: Path) -> None:
    found, power = compare_surveys([written(tmp_path, TABLE)])
    assert [(one.stratum, one.class_name, one.kind) for one in found] == [
        ("north", "cow", "difference"),
        ("north", "cow", "trend"),
        ("north", "goat", "difference"),
    ]
    assert found[0].change.value == -200
    assert found[0].points[1].year == pytest.approx(2022.5, abs=0.01)
    assert "north, cow: from 600 (2019.0) to 400 (2022.5), -200" in found[0].line()
    assert "a year" in found[1].line()
    assert [line.split(": ")[0] for line in power] == ["north, cow", "north, goat", "south, cow"]
    assert "in 80% of cases" in power[0]


def test_what_it_takes_to_see_a_change_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, "date,estimate,se\n2010,1000,150\n2013,900,150\n2016,950,150\n2019,800,120\n")
    assert "times as many transects" in compare_surveys([path], -5)[1][0]


def test_numbers_that_may_be_meant_otherwise_are_said(tmp_path: Path) -> None:
    points = written(tmp_path, "date,estimate,se\n2019,1.500,150\n2022,980,90\n")
    assert any("1.500 is read as 1.5 animals" in line for line in compare_surveys([points])[1])
    decimals = written(tmp_path, "date,estimate,se\n2019,1500.125,150\n2022,980.5,90\n")
    said = compare_surveys([decimals], -0.05)[1]
    assert not any("is read as" in line for line in said)
    assert any("-0.05 % a year; if that is a share, give -5" in line for line in said)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("when,estimate,se\n2019,1,1\n", "no column date"),
        ("date,estimate,se\n2019,many,1\n", "line 2"),
        ("date,estimate,se\n2019,5,-1\n", "line 2"),
        ("date,estimate,se\nlately,5,1\n", "line 2"),
        ("date,estimate,se\n2019,5,1\n", "two dates"),
        ("", "no column date"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(HerdmapError, match=says):
        compare_surveys([written(tmp_path, text)])


def survey(tmp_path: Path, when: str | None, number: float, se: float) -> Path:
    path = write(tmp_path / f"{when}.gpkg", {"1.jpg": [(100, 100, "cow")]})
    images, rows = geopackage.read_images(path), geopackage.read_detections(path)
    geopackage.write_survey(path, replace(images, captured_at=[when]), rows, [], None)
    row = Estimate(
        "north", "cow", n=10, n_possible=100.0, area_km2=50.0, estimate=number, se=se, df=9.0, searched_km2=5.0
    )
    geopackage.write_estimates(path, Estimates((row,), "by hand"))
    return path


def test_surveys_with_estimates_are_dated_by_their_photos(tmp_path: Path) -> None:
    one, two = survey(tmp_path, "2022-07-02T10:00:00Z", 400, 60), survey(tmp_path, "2019-07-02T09:00:00", 600, 80)
    found, _ = compare_surveys([one, two])
    assert [one.kind for one in found] == ["difference", "trend"]
    assert (found[0].change.value, found[0].change.se) == (-200, 100)
    assert found[0].change.df == pytest.approx(1e8 / (80**4 / 9 + 60**4 / 9))
    assert found[0].points[1].year - found[0].points[0].year == pytest.approx(3, abs=0.01)
    with pytest.raises(HerdmapError, match="no photo says when"):
        compare_surveys([survey(tmp_path, None, 1, 1), one])
    with pytest.raises(HerdmapError, match="has no estimates"):
        compare_surveys([write(tmp_path / "plain.gpkg", {"1.jpg": []}), one])


def test_surveys_without_errors_or_degrees_of_freedom_are_compared_without_nan(tmp_path: Path) -> None:
    rows = "date,class,estimate,se\n2019,cow,1000,100\n2022,cow,1300,100\n2019,goat,9,0\n2022,goat,7,0\n"
    found, said = compare_surveys([written(tmp_path, f"{rows}2019,ox,500,0.2\n2022,ox,0,0\n2022,elk,5,1\n")])
    assert not any("nan" in one.line() or one.cells().count(float("nan")) for one in found)
    assert found[0].change.p == pytest.approx(0.03389, abs=1e-5)  # of the normal distribution at 300 / sqrt(20,000)
    goats = next(one for one in found if one.class_name == "goat")
    assert "without an interval or p: both standard errors are 0" in goats.line()
    assert goats.cells()[8:11] == [None, None, None]
    assert "2022.0 has a standard error of 0" in next(one for one in found if one.class_name == "ox").line()
    text = "\n".join(said)
    assert "all, goat: no trend" in text
    assert "a standard error of 0.2 for 500 animals (2019.0) is very small" in text
    assert "all, elk: all estimates are of 2022.0" in text
