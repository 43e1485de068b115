"""The commands that compare, as they are typed."""

from pathlib import Path

from tests.command_line import HerdmapHere
from tests.geo.test_two_searches import drawn


def test_two_observers_of_the_same_photos(tmp_path: Path, here: HerdmapHere) -> None:
    one, two, _ = drawn(tmp_path, (0.8, 0.7))
    end = here("observers", one, two, "--covariate", "distance", "--availability", 0.85, 0.05, "-o", tmp_path / "o.csv")
    assert (end.code, end.problems) == (0, [])
    assert "either observer saw" in end.out.lower()
    assert "availability of 0.85 (SE 0.05)" in end.out
    assert (tmp_path / "o.csv").read_text(encoding="utf-8").startswith("class,photos,first,second,both,method,estimate")
    end = here("observers", one, one)
    assert end.code == 2
    assert "give --first people --second detector" in end.err
    end = here("observers", one, two, "--availability", 85, 5)
    assert end.code == 2
    assert "give --availability SHARE SE" in end.err


def test_surveys_of_several_years(tmp_path: Path, here: HerdmapHere) -> None:
    table = tmp_path / "surveys.csv"
    table.write_text("date,estimate,se\n2016,900,90\n2019,760,80\n2022,640,70\n", encoding="utf-8")
    end = here("compare", table, "--see", -5, "-o", tmp_path / "o.csv")
    assert (end.code, end.problems) == (0, [])
    assert "a year" in end.out
    assert "in 80%" in end.out
    assert len((tmp_path / "o.csv").read_text(encoding="utf-8").splitlines()) == 4
    table.write_text("date,estimate,se\n2016,900,90\n", encoding="utf-8")
    assert here("compare", table).code == 2
