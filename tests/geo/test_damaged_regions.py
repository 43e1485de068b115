"""Damaged files of regions: 2,000, drawn from a seed. None gives any error but the project's own, in one line."""

from pathlib import Path

import numpy as np

from geo.georeference import crs_to_wkt
from geo.regions import count, read_regions
from tests import ROOT
from tests.mutations import survives

WGS84 = crs_to_wkt("EPSG:4326")
PLACES = np.array([[36.8725, -2.698], [179.95, -16.8], [np.nan, 1.0]])
CSV = 'name,WKT\na,"POLYGON ((36.8 -2.7,36.9 -2.7,36.9 -2.6,36.8 -2.7))"\n'


def test_regions(tmp_path: Path) -> None:
    folder = ROOT / "tests/field/regions"
    files = [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]
    counted = 0

    def read(path: Path) -> None:
        nonlocal counted
        regions = read_regions(path)
        assert len(regions)
        counted += 1
        if counted < 40:
            assert count(PLACES, ["a", "b", "c"], regions, WGS84).count.sum() == 3

    read_right = survives(read, [*files, ("regions.csv", CSV.encode())], tmp_path, 10)
    assert 100 < read_right < 1900
