import csv
import io
from pathlib import Path

import pytest

from geo.csv_table import defused, delimiter_of, read_rows, write_rows
from geo.errors import VectorError
from geo.estimates.photo_transects import _table
from geo.estimates.transects import read_strata
from geo.photos.pose_table import read_table


@pytest.mark.parametrize(
    ("header", "sign"),
    [
        ("a,b,c", ","),
        ("a;b;c", ";"),
        ("a\tb\tc", "\t"),
        ("a;b, in m;c", ";"),
        ("a;b, in m", ";"),
        ("a\tb, c, d\te\tf", "\t"),
        ("a;b,c,d", ","),
        ("a b", None),
        ("", None),
    ],
)
def test_a_header_says_what_separates_its_cells(header: str, sign: str | None) -> None:
    assert delimiter_of(header) == sign


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_every_table_is_read_by_the_one_rule(sign: str, tmp_path: Path) -> None:
    """Names with another sign in them, which was a delimiter to one reader and none to the next."""
    other = ";" if sign == "," else ","
    strata, photos, poses = tmp_path / "strata.csv", tmp_path / "photos.csv", tmp_path / "poses.csv"
    strata.write_text(
        sign.join(["stratum", "area_km2", f"note{other} free"]) + "\n" + sign.join(["north", "12.5", "-"])
    )
    photos.write_text(sign.join(["photo", "transect", f"note{other} free"]) + "\n" + sign.join(["a.jpg", "T1", "-"]))
    poses.write_text(
        sign.join(["name", "lon", "lat", f"note{other} free"]) + "\n" + sign.join(["a.jpg", "34.5", "-2.25", "-"])
    )
    assert "north" in str(read_strata(strata))
    assert _table(photos)[1] == [["a.jpg", "T1", "-"]]
    table = read_table(poses)
    assert (table.numbers["lon"][0], table.numbers["lat"][0]) == (34.5, -2.25)


def test_rows_have_the_line_they_end_on_and_blank_ones_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes('\ufeffa,b\r\n\r\n1,"x\r\ny"\r\n , \r\n2,z\r\n'.encode())
    assert list(read_rows(path, 1000, "things")) == [(1, ["a", "b"]), (4, ["1", "x\ny"]), (6, ["2", "z"])]


def test_what_is_no_table_is_said(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    with pytest.raises(VectorError, match="cannot be read"):
        list(read_rows(path, 10, "things"))
    path.write_bytes(b"a,b\n" * (1 << 19))
    with pytest.raises(VectorError, match="2 MB is too large for a table of things"):
        list(read_rows(path, 10, "things"))
    path.write_bytes(b"a,\xff\xfeb\n")
    with pytest.raises(VectorError, match="not UTF-8"):
        list(read_rows(path, 10, "things"))
    path.write_text('a,b\n"' + "x" * 200_000)
    with pytest.raises(VectorError, match="line 2: not CSV"):
        list(read_rows(path, 10**6, "things"))


def test_rows_are_written_to_a_path_or_a_stream_and_read_back(tmp_path: Path) -> None:
    rows = [("a,b", 'say "x"', None), ("two\nlines", "=1+2", 3), ("half \ud800", "", 0.5)]
    write_rows(tmp_path / "t.csv", ("one", "two", "three"), rows, raw=True)
    expected = [["one", "two", "three"], ["a,b", 'say "x"', ""], ["two\nlines", "=1+2", "3"], ["half ?", "", "0.5"]]
    assert [cells for _, cells in read_rows(tmp_path / "t.csv", 10_000, "anything")] == expected
    stream = io.StringIO()
    write_rows(stream, ("one", "two", "three"), rows[:2], raw=True)
    assert list(csv.reader(io.StringIO(stream.getvalue(), newline=""))) == expected[:3]


@pytest.mark.parametrize(
    "text", ["=1+2", "+A1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\uff1d1+2", "-" + "1" * 100_000 + "x"]
)
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    stream = io.StringIO()
    write_rows(stream, (text, "plain"), [(text, "a=1")])
    written = f"'{text}".replace("\r", "\n")
    assert list(csv.reader(io.StringIO(stream.getvalue(), newline=""))) == [[written, "plain"], [written, "a=1"]]


@pytest.mark.parametrize("cell", ["-1.5", "+3", "-1e-07", "-.5", "", "sheep", "a-b", None, -1.5])
def test_numbers_and_plain_texts_stay_as_they_are(cell: object) -> None:
    assert defused(cell) is cell
