"""The commands that compare, as they are typed."""

import csv
import io
from pathlib import Path

import pytest

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


def test_distances_from_a_line(tmp_path: Path, here: HerdmapHere) -> None:
    sightings, lines = tmp_path / "sightings.csv", tmp_path / "lines.csv"
    rows = "".join(f"{n % 5},{(n * 37) % 100 * (n % 3) / 2},{1 + n % 4}\n" for n in range(90))
    sightings.write_text(f"transect,distance_m,size\n{rows}", encoding="utf-8")
    lines.write_text("transect,length_km\n" + "".join(f"{n},10\n" for n in range(5)), encoding="utf-8")
    end = here("distance", sightings, "--lines", lines, "--width", 80, "--area", 420, "-o", tmp_path / "o.csv")
    assert end.code == 0
    assert "animals in 420 km2" in end.out
    assert any("5 lines are few" in line for line in end.problems)
    assert (tmp_path / "o.csv").read_text(encoding="utf-8").startswith("key,chosen,aic,width_m,detections")
    assert here("distance", lines, "--lines", sightings).code == 2


def test_an_estimate_is_divided_by_what_can_be_seen(tmp_path: Path, here: HerdmapHere) -> None:
    transects, strata = tmp_path / "transects.csv", tmp_path / "strata.csv"
    counts = "".join(f"north,{n},{10 + n % 3},1\n" for n in range(8))
    transects.write_text(f"stratum,transect,count,area_km2\n{counts}", encoding="utf-8")
    strata.write_text("stratum,area_km2\nnorth,80\n", encoding="utf-8")
    command = ("estimate", "--transects", transects, "--strata", strata)
    plain = here(*command)
    seen = here(*command, "--availability", 0.8, 0.04, "--perception", 0.9, 0.02)
    assert (plain.code, seen.code) == (0, 0)
    assert "divided by availability 0.8 (SE 0.04) and perception 0.9 (SE 0.02)" in seen.out
    numbers = [float(next(csv.DictReader(io.StringIO(end.out)))["estimate"]) for end in (plain, seen)]
    assert numbers[1] == pytest.approx(numbers[0] / 0.72, rel=1e-3)
    assert here(*command, "--availability", 80, 4).code == 2
