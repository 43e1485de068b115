"""Tables as people have them: a mistake gets one line that says how to mend it, and no number is wrong in silence."""

from pathlib import Path

import pytest

from geo.compared_surveys import compare_surveys
from geo.errors import HerdmapError
from geo.estimate import Result, estimate
from geo.estimates.distance_table import estimate_by_distance

HEAD = "stratum,transect,class,count,area_km2"
GOOD = ("A,1,cow,3,5", "A,2,cow,5,5", "B,3,cow,9,10", "B,4,cow,2,10")


def result(folder: Path, *rows: str, head: str = HEAD) -> Result:
    (folder / "strata.csv").write_text("stratum,area_km2\nA,100\nB,200\n")
    (folder / "t.csv").write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return estimate(None, folder / "t.csv", folder / "strata.csv")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A,9,cow,3,0", "t.csv, line 2: area_km2 is 0; expected the area in km2, more than 0. Leave the row out"),
        ('A,9,cow,3,"5,5"', "area_km2 '5,5'; expected a number, 0 or more, with a point before the decimals"),
        ('A,9,cow,"1,234",5', "count '1,234'; expected a number, 0 or more, with a point"),
        ("A,9,cow,30%,5", "count '30%'; expected a number, 0 or more, without a unit or a sign"),
        ("A,9,cow,3,5 km2", "area_km2 '5 km2'; expected a number, 0 or more, without a unit or a sign"),
        ("A,9,cow,-3,5", "count '-3'; expected a number, 0 or more"),
        ("A,9,cow,many,5", "count 'many'; expected a number, 0 or more"),
        ("a,9,cow,3,5", "stratum 'a' of the transects is not among the strata: 'A', 'B'"),
    ],
)
def test_a_cell_that_is_no_number_says_how_to_write_it(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(HerdmapError) as caught:
        result(tmp_path, row, *GOOD)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("A,9,cow,1.234,5",), "1 of 5 counts is no whole number, such as 1.234 on transect '9' of 'A'"),
        (("A,9,Cow,4,5",), "the classes 'Cow' and 'cow' differ only in capital letters"),
    ],
)
def test_what_may_be_a_mistake_is_said(tmp_path: Path, rows: tuple[str, ...], said: str) -> None:
    assert any(said in text for text in result(tmp_path, *rows, *GOOD).warnings)
    assert not any(said in text for text in result(tmp_path, *GOOD).warnings)


def test_counts_of_more_than_three_decimals_were_corrected_and_are_no_thousands(tmp_path: Path) -> None:
    warnings = result(tmp_path, "A,8,cow,1.234,5", "A,9,cow,1.23456,5", *GOOD).warnings
    assert not any("no whole number" in text for text in warnings)


def test_areas_in_another_unit_are_noticed(tmp_path: Path) -> None:
    """5 km2, written in millions of km2: 80 million cows."""
    warnings = result(tmp_path, "A,1,cow,3,0.000005", "A,2,cow,5,0.000005", *GOOD[2:]).warnings
    assert any("'A': its transects cover 1e-05 of 100 km2, which is hardly anything" in text for text in warnings)


@pytest.mark.parametrize("first", ["sep=,", '"sep=,"', "\ufeffsep=,"])
def test_the_line_that_tells_a_spreadsheet_the_separator_is_read_over(tmp_path: Path, first: str) -> None:
    plain = result(tmp_path, *GOOD).estimates
    assert repr(result(tmp_path, HEAD, *GOOD, head=first).estimates.rows) == repr(plain.rows)
    with pytest.raises(HerdmapError, match=r"t.csv, line 3: count 'x'"):
        result(tmp_path, HEAD, "A,1,cow,x,5", head=first)


def test_distances_with_a_decimal_comma_say_how_to_write_them(tmp_path: Path) -> None:
    (tmp_path / "lines.csv").write_text("transect,length_km\n1,5\n")
    (tmp_path / "seen.csv").write_text("transect;distance_m\n1;5,5\n")
    with pytest.raises(HerdmapError, match=r"found 1 \| 5,5\. Write numbers with a point before the decimals"):
        estimate_by_distance(tmp_path / "seen.csv", tmp_path / "lines.csv")


def test_one_line_has_no_interval_and_a_length_in_metres_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "seen.csv").write_text("transect,distance_m\n" + "".join(f"1,{1 + n % 7}\n" for n in range(12)))
    (tmp_path / "lines.csv").write_text("transect,length_km\n1,5000\n")
    fitted, remarks = estimate_by_distance(tmp_path / "seen.csv", tmp_path / "lines.csv", area_km2=10)
    assert "(no SE: one line gives none)" in fitted[0].line()
    assert "nan" not in fitted[0].line()
    assert any("a line of 5000 km is longer than a flight" in text for text in remarks)


@pytest.mark.parametrize("row", ['2021-07-01,"900,5",90', "01/07/2021,900,90", "2021-07-01,900,"])
def test_a_row_to_compare_that_cannot_be_read_says_how_to_write_it(tmp_path: Path, row: str) -> None:
    (tmp_path / "years.csv").write_text(f"date,estimate,se\n2020-07-01,1200,100\n{row}\n")
    with pytest.raises(HerdmapError, match=r"line 3: expected a date such as 2026-07-01, .* with points before"):
        compare_surveys([tmp_path / "years.csv"])
