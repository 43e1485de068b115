"""Heights from a DEM, and rays against it: planes and ridges whose answer is known."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray

from geo.errors import GeoreferenceError
from geo.georeference import crs_to_wkt, reproject
from geo.photos import attitude
from geo.photos.camera import Camera
from geo.photos.projection import PosedPhoto
from geo.photos.terrain import Terrain

UTM = crs_to_wkt("EPSG:32737")
X0, Y0 = 263000.0, 9702000.0


def dem(
    path: Path,
    heights: NDArray[np.floating],
    pixel: float = 2.0,
    crs: str | None = "EPSG:32737",
    nodata: float | None = None,
) -> Path:
    """A float32 DEM with its top left corner at (X0, Y0)."""
    with rasterio.open(
        path, "w", driver="GTiff", width=heights.shape[1], height=heights.shape[0], count=1, dtype="float32", crs=crs,
        transform=rasterio.Affine(pixel, 0, X0, 0, -pixel, Y0), nodata=nodata,
    ) as file:  # fmt: skip
        file.write(heights.astype(np.float32), 1)
    return path


def centres(shape: tuple[int, int], pixel: float = 2.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return X0 + (columns + 0.5) * pixel, Y0 - (rows + 0.5) * pixel


def photo(
    terrain: Terrain | None,
    yaw: float = 0.0,
    pitch: float = -90.0,
    x: float = X0 + 500,
    y: float = Y0 - 500,
    z: float = 1500.0,
) -> PosedPhoto:
    lens = Camera(4000, 3000, 3000.0, 3000.0, 2000.0, 1500.0)
    rotation = attitude.from_gimbal(yaw, pitch, 0)[0]
    return PosedPhoto(lens, "camera pose", UTM, x, y, z, rotation, np.eye(2), 1400.0, terrain, curved=False)


GRID = np.array([(u, v) for u in np.linspace(0, 4000, 9) for v in np.linspace(0, 3000, 9)])


def test_heights_are_bilinear_between_pixel_centres(tmp_path: Path) -> None:
    x, y = centres((600, 1500))
    terrain = Terrain(dem(tmp_path / "dem.tif", 1400 + (x - X0) * 0.1 + (y - Y0) * 0.05))
    points = np.random.default_rng(1).uniform((X0 + 1, Y0 - 1199), (X0 + 2999, Y0 - 1), (1000, 2))
    expected = 1400 + (points[:, 0] - X0) * 0.1 + (points[:, 1] - Y0) * 0.05
    assert np.abs(terrain.heights(points, UTM) - expected).max() < 1e-3
    assert np.isnan(terrain.heights([(X0 - 1, Y0 - 5), (X0 + 5, Y0 + 1), (np.nan, Y0)], UTM)).all()
    lonlat = reproject(points, UTM, crs_to_wkt("EPSG:4326"))
    assert np.abs(terrain.heights(lonlat, crs_to_wkt("EPSG:4326")) - expected).max() < 2e-3


@pytest.mark.parametrize("yaw", [0.0, 77.0, 180.0, -120.0])
@pytest.mark.parametrize("pitch", [-90.0, -60.0, -40.0])
def test_a_tilted_plane_is_met_where_geometry_says(tmp_path: Path, yaw: float, pitch: float) -> None:
    x, y = centres((1000, 1000))
    terrain = Terrain(dem(tmp_path / "dem.tif", 1400 + (x - X0 - 500) * 0.2 - (y - Y0 + 500) * 0.1))
    place = photo(terrain, yaw, pitch, X0 + 1000, Y0 - 1000, 1650.0)
    found = place.to_ground(GRID)
    rays = place.camera.rays(GRID) @ place.rotation.T
    normal = np.array([-0.2, 0.1, 1.0])
    camera_above = 1650.0 - (1400 + 500 * 0.2 + 500 * 0.1)
    s = camera_above / -(rays @ normal)
    expected = (place.x, place.y) + s[:, None] * rays[:, :2]
    inside = (np.abs(expected - (X0 + 1000, Y0 - 1000)) < 990).all(axis=1) & (s > 0) & np.isfinite(found).all(axis=1)
    assert inside.sum() > 40
    assert np.abs(found[inside, :2] - expected[inside]).max() < 0.01
    assert np.abs(place.to_px(found[inside, :2]) - GRID[inside]).max() < 0.01


def test_the_first_ridge_hides_what_lies_behind_it(tmp_path: Path) -> None:
    _, y = centres((800, 600))
    # A wall of one pixel, 40 m high, 200 m to the north of the camera, over level ground.
    heights = np.full((800, 600), 1400.0)
    wall = 300
    heights[wall] = 1440.0
    terrain = Terrain(dem(tmp_path / "dem.tif", heights))
    ridge = float(y[wall, 0])
    place = photo(terrain, 0.0, -20.0, X0 + 600, ridge - 200, 1450.0)
    rows = np.linspace(560, 2990, 400)
    xyz = place.to_ground(np.column_stack([np.full(400, 2000.0), rows]))
    rays = place.camera.rays(np.column_stack([np.full(400, 2000.0), rows])) @ place.rotation.T
    over_wall = 1450.0 + rays[:, 2] / rays[:, 1] * 200.0
    hits_wall = (over_wall < 1439.9) & (over_wall > 1400.1)
    assert hits_wall.sum() > 50
    assert (np.abs(xyz[hits_wall, 1] - ridge) < 2.0).all(), "not one ray may slip through a ridge one pixel thin"
    clear = over_wall > 1440.1
    assert clear.sum() >= 3
    assert (xyz[clear, 1] > ridge + 2).all()
    before = over_wall < 1390
    assert np.allclose(xyz[before, 2], 1400.0, atol=1e-3)


def test_many_tiles_and_another_crs(tmp_path: Path) -> None:
    # 7000 x 6000 px of 0.5 m is more than stays in memory at once.
    path = tmp_path / "dem.tif"
    transform = rasterio.Affine(0.5, 0, X0, 0, -0.5, Y0)
    with rasterio.open(
        path, "w", driver="GTiff", width=7000, height=6000, count=1, dtype="int16", crs="EPSG:32737",
        transform=transform, tiled=True, blockxsize=256, blockysize=256, compress="deflate",
    ) as file:  # fmt: skip
        for top in range(0, 6000, 512):
            rows = np.arange(top, min(top + 512, 6000))
            block = np.repeat((1400 + rows // 600 * 10)[:, None], 7000, axis=1).astype(np.int16)
            file.write(block, 1, window=((top, top + len(rows)), (0, 7000)))
    place = photo(Terrain(path), 30.0, -60.0, X0 + 1500, Y0 - 1500, 1700.0)
    found = place.to_ground(GRID)
    assert np.isfinite(found).all()
    assert np.abs(Terrain(path).heights(found[:, :2], UTM) - found[:, 2]).max() < 0.05
    assert len(place.terrain._tiles) <= 32  # type: ignore[union-attr]


def test_holes_and_the_end_of_the_data_leave_the_plane(tmp_path: Path) -> None:
    heights = np.full((500, 500), 1410.0)
    heights[240:260, 240:260] = -9999.0
    terrain = Terrain(dem(tmp_path / "dem.tif", heights, nodata=-9999.0))
    place = photo(terrain)
    xyz = place.to_ground(GRID)
    assert np.isfinite(xyz).all()
    assert np.allclose(xyz[np.abs(xyz[:, :2] - (X0 + 500, Y0 - 500)).max(axis=1) > 25, 2], 1410.0, atol=1e-3)
    edge = photo(terrain, x=X0 + 5)
    xyz = edge.to_ground(GRID)
    outside = xyz[:, 0] < X0
    assert outside.any()
    assert np.allclose(xyz[outside, 2], 1400.0)
    assert np.allclose(xyz[xyz[:, 0] > X0 + 2, 2], 1410.0, atol=1e-3)
    assert np.isnan(
        Terrain(dem(tmp_path / "undeclared.tif", np.full((9, 9), -32768.0))).heights([(X0 + 5, Y0 - 5)], UTM)
    ).all()


def test_a_dem_without_crs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GeoreferenceError, match="has no CRS"):
        Terrain(dem(tmp_path / "dem.tif", np.ones((4, 4)), crs=None))


def test_range_near(tmp_path: Path) -> None:
    x, _ = centres((100, 400))
    terrain = Terrain(dem(tmp_path / "dem.tif", 1000 + (x - X0)))
    low, high = terrain.range_near([(X0 + 200, Y0 - 100)], UTM, 50.0) or (0, 0)
    assert low == pytest.approx(1150, abs=3)
    assert high == pytest.approx(1250, abs=3)
    assert terrain.range_near([(X0 - 900, Y0 - 100)], UTM, 50.0) is None


@pytest.mark.parametrize("west", [179.9, -180.1])
def test_a_dem_across_180_degrees(tmp_path: Path, west: float) -> None:
    heights = np.tile(np.arange(200, dtype=np.float32), (100, 1))  # a metre for each 0.001 degrees to the east
    with rasterio.open(
        tmp_path / "dem.tif", "w", driver="GTiff", width=200, height=100, count=1, dtype="float32", crs="EPSG:4326",
        transform=rasterio.Affine(0.001, 0, west, 0, -0.001, -16.7),
    ) as file:  # fmt: skip
        file.write(heights, 1)
    terrain = Terrain(tmp_path / "dem.tif")
    lonlat = np.array([[179.9505, -16.75], [-179.9505, -16.75], [180.0, -16.75], [179.8, -16.75]])
    for crs in ("EPSG:32701", "EPSG:32760"):
        there = reproject(lonlat, crs_to_wkt("EPSG:4326"), crs_to_wkt(crs))
        np.testing.assert_allclose(terrain.heights(there, crs_to_wkt(crs)), [50, 149, 99.5, np.nan], atol=1e-3)
