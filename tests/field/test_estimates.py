"""Cases of counts and estimates that earlier versions got wrong in silence: each is right today, or is said.

One is here. The others are tests of the parts that they are about:

- one detector, strata of 10:1 density: `tests/geo/estimates/test_by_place.py`
- a precision that no review gives: `tests/geo/estimates/test_wish.py`
- sightings of one herd, exact and not: `tests/geo/overlaps/test_wrong_sightings.py`
- a herd that fills a model's most detections of a tile: `tests/detector/search/test_smaller_tiles.py`
"""

from pathlib import Path

import numpy as np
import pytest
import rasterio

from geo import raster
from geo.photos.poses import locate

CAMERA = (
    "image_width: 120\nimage_height: 90\ncamera_matrix: [100, 0, 59.5, 0, 100, 44.5, 0, 0, 1]\n"
    "distortion_coefficients: [0, 0, 0, 0, 0]\n"
)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_an_exact_pose_stands_before_a_crude_georeference_and_that_is_said(tmp_path: Path) -> None:
    """A photo with a geotransform 1,414 m off, and a table of its pose: it was placed by the geotransform."""
    crude = {"transform": rasterio.Affine(1, 0, 500_000, 0, -1, 9_700_000), "crs": "EPSG:32737"}
    for name, georeference in (("own.tif", crude), ("bare.tif", {})):
        shape = {"width": 120, "height": 90, "count": 3, "dtype": "uint8"}
        with rasterio.open(tmp_path / name, "w", driver="GTiff", **shape, **georeference) as file:
            file.write(np.full((3, 90, 120), 99, np.uint8))
    (tmp_path / "cam.yaml").write_text(CAMERA)
    (tmp_path / "pose.csv").write_text(
        "photo,easting,northing,altitude,omega,phi,kappa\n"
        "own.tif,501000,9701000,400,0,0,0\nbare.tif,501000,9701000,400,0,0,0\n"
    )
    own, bare = (
        locate(
            raster.inspect(tmp_path / name),
            [(60.0, 45.0)],
            position=tmp_path / "pose.csv",
            position_crs="EPSG:32737",
            calibration=tmp_path / "cam.yaml",
            ground=0.0,
        )
        for name in ("own.tif", "bare.tif")
    )
    assert (own.x[0], own.y[0]) == pytest.approx((501_000, 9_701_000), abs=0.1)
    assert (own.x[0], own.y[0]) == (bare.x[0], bare.y[0])
    assert any("not by the georeference (geotransform)" in reason for reason in own.reasons)
    assert not any("georeference" in reason for reason in bare.reasons)
