"""Photos placed on the ground: by their tags, by tables, with terrain; the simulator's truth and real checkpoints."""

import csv
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from geo import georeference, raster
from geo.errors import GeoreferenceError
from geo.geopackage.imagery import Photo, write_photo_vrt
from geo.georeference import crs_to_wkt, reproject
from geo.photos.poses import locate, poses_for
from geo.photos.projection import PosedPhoto
from geo.simulation.flight import Exposure, plan_flight, to_photo_px
from geo.simulation.pose_tags import PoseTags, with_pose_tags
from geo.simulation.settings import SurveySettings
from tests.surveys.photo_headers import FOCAL_PX, header, posed

WGS84 = crs_to_wkt("EPSG:4326")


def placed(result: object) -> PosedPhoto:
    photo = result.photos[0].georeference  # type: ignore[attr-defined]
    assert isinstance(photo, PosedPhoto), result.photos[0].reasons  # type: ignore[attr-defined]
    return photo


# --- the simulator ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> tuple[SurveySettings, list[Exposure], list[Path]]:
    """Photos with exact tags, tilted up to 20 degrees, one at each end of the strips and some between; black."""
    folder = tmp_path_factory.mktemp("simulated")
    settings = SurveySettings(photos=True, tilt_deg=8.0, photo_width_px=1200, photo_height_px=900)
    exposures, _ = plan_flight(settings)
    exposures = exposures[:: max(1, len(exposures) // 10)]
    jpeg = raster.encode_jpeg(np.zeros((900, 1200, 3), np.uint8))
    paths = []
    for exposure in exposures:
        tags = PoseTags(
            lon=exposure.lon, lat=exposure.lat, altitude_m=exposure.altitude_m, relative_altitude_m=exposure.agl_m,
            gimbal_yaw_deg=exposure.yaw_deg, gimbal_pitch_deg=exposure.pitch_deg, gimbal_roll_deg=exposure.roll_deg,
            flight_yaw_deg=exposure.flight_yaw_deg, taken_at=exposure.taken_at,
            focal_length_mm=settings.focal_length_mm, sensor_width_mm=settings.sensor_width_mm, width_px=1200,
            height_px=900,
        )  # fmt: skip
        path = folder / exposure.name
        path.write_bytes(with_pose_tags(jpeg, tags))
        paths.append(path)
    return settings, exposures, paths


def test_simulated_photos_land_where_the_simulator_took_them(
    simulated: tuple[SurveySettings, list[Exposure], list[Path]],
) -> None:
    settings, exposures, paths = simulated
    result = poses_for([raster.inspect(path) for path in paths])
    assert result.crs_wkt == crs_to_wkt(settings.crs)
    rng = np.random.default_rng(2)
    for exposure, found in zip(exposures, result.photos, strict=True):
        photo = found.georeference
        assert isinstance(photo, PosedPhoto)
        ground = rng.uniform(-12, 12, (50, 2)) + np.array([exposure.x, exposure.y])
        true_px = to_photo_px(ground, exposure, settings)
        assert np.abs(photo.to_px(ground) - true_px).max() < 0.05
        assert np.abs(photo.to_map(true_px) - ground).max() < 0.002
        assert found.agl_m == pytest.approx(exposure.agl_m, abs=1e-3)
        assert found.heading_deg % 360 == pytest.approx(exposure.yaw_deg % 360, abs=40)


def test_a_photo_is_used_like_any_georeference(
    simulated: tuple[SurveySettings, list[Exposure], list[Path]], tmp_path: Path
) -> None:
    settings, _, paths = simulated
    info = raster.inspect(paths[0])
    photo = placed(poses_for([info]))
    assert photo.kind == "camera pose"
    assert photo.gsd_m(1200, 900) == pytest.approx(settings.gsd_m, rel=0.1)
    ring = georeference.footprint(photo, 1200, 900, WGS84)
    assert np.isfinite(ring).all()
    assert georeference.boxes_to_polygons(photo, [[10, 20, 60, 50]]).shape == (1, 5, 2)
    transform = photo.affine_fit(1200, 900)
    assert transform is not None
    write_photo_vrt(tmp_path / "photo.vrt", Photo(paths[0], 1200, 900), transform, photo.crs_wkt)
    shown = raster.inspect(tmp_path / "photo.vrt").georeference
    apart = shown.to_map([(600, 450)]) - photo.to_map([(600, 450)])
    assert np.abs(apart).max() < 1.0


# --- conventions through the whole path -------------------------------------------------------------------------


@pytest.mark.parametrize(("yaw", "east", "north"), [(0, 0, 1), (90, 1, 0), (180, 0, -1), (-90, -1, 0)])
def test_an_oblique_photo_looks_to_its_yaw(yaw: float, east: int, north: int) -> None:
    photo = placed(poses_for([posed(yaw=yaw, pitch=-45.0)]))
    centre = photo.to_map([(2000, 1500)])[0] - (photo.x, photo.y)
    # Map north is turned by the convergence, 0.1 degrees at this place.
    assert centre == pytest.approx([40 * east, 40 * north], abs=0.2)
    lower = photo.to_map([(2000, 2900)])[0] - (photo.x, photo.y)
    assert np.hypot(*lower) < np.hypot(*centre)
    right = photo.to_map([(3000, 1500)])[0] - photo.to_map([(2000, 1500)])[0]
    assert right == pytest.approx([right_of * np.hypot(*right) for right_of in (north, -east)], abs=0.2)


def test_metres_are_true_metres_under_convergence_and_point_scale() -> None:
    # 3 degrees from the central meridian at 60 degrees north the map's north is 2.6 degrees off.
    photo = placed(poses_for([posed(lon=35.9, lat=60.0)], crs="EPSG:32637"))
    ends = reproject(photo.to_map([(2000, 0), (2000, 3000)]), photo.crs_wkt, WGS84)
    import pyproj

    azimuth, _, length = pyproj.Geod(ellps="WGS84").inv(*ends[1], *ends[0])
    assert azimuth == pytest.approx(0, abs=1e-3)
    assert length == pytest.approx(3000 * 40 / FOCAL_PX, rel=1e-5)


def test_the_same_place_in_any_crs() -> None:
    image = posed(yaw=30.0, pitch=-60.0)
    px = np.array([(10.0, 20.0), (3900.0, 2900.0)])
    expected = reproject(placed(poses_for([image])).to_map(px), crs_to_wkt("EPSG:32737"), WGS84)
    for crs in ("EPSG:4326", "EPSG:32736", "EPSG:3857"):
        photo = placed(poses_for([image], crs=crs))
        found = reproject(photo.to_map(px), photo.crs_wkt, WGS84)
        assert np.abs(found - expected).max() * 111_000 < 0.02, crs
        assert np.abs(photo.to_px(photo.to_map(px)) - px).max() < 0.01


# --- heights ----------------------------------------------------------------------------------------------------


def level_dem(path: Path, height: float = 1320.0, crs: str = "EPSG:32737", slope: float = 0.0) -> Path:
    x, y = reproject([(36.9, -2.7)], WGS84, crs_to_wkt(crs))[0]
    heights = height + slope * (np.arange(400) - 200) * 5.0 + np.zeros((400, 400))
    with rasterio.open(
        path, "w", driver="GTiff", width=400, height=400, count=1, dtype="float32", crs=crs,
        transform=rasterio.Affine(5, 0, x - 1000, 0, -5, y + 1000),
    ) as file:  # fmt: skip
        file.write(heights.astype(np.float32), 1)
    return path


def test_heights_above_ground_by_what_is_known(tmp_path: Path) -> None:
    dem = level_dem(tmp_path / "dem.tif")
    image = posed(altitude=1360.0, relative=40.0)
    assert poses_for([image], agl=55.0).photos[0].agl_m == pytest.approx(55)
    assert poses_for([image], dem=dem, agl=55.0).photos[0].agl_m == pytest.approx(55)
    assert poses_for([image], dem=dem).photos[0].agl_m == pytest.approx(40)
    assert poses_for([image], ground=1330.0).photos[0].agl_m == pytest.approx(40)
    assert poses_for([posed(relative=None)], ground=1330.0).photos[0].agl_m == pytest.approx(30)
    unsure = poses_for([image]).photos[0]
    assert unsure.agl_m == pytest.approx(40)
    assert any("take-off" in reason for reason in unsure.reasons)
    nothing = poses_for([posed(relative=None)]).photos[0]
    assert nothing.georeference is None
    assert "above sea level, not above ground" in " ".join(nothing.reasons)


def test_take_off_height_is_corrected_by_the_dem(tmp_path: Path) -> None:
    # The drone took off where the ground is 1320 m, and flies over ground that rises 0.1 a metre to the east.
    dem = level_dem(tmp_path / "dem.tif", slope=0.1)
    lon = 36.9 + np.array([0.0, 300.0, 600.0]) / 111_200
    images = [
        posed(f"P{i}.jpg", lon=x, altitude=1360.0, relative=40.0, captured_at=f"2024-07-16T12:00:0{i}")
        for i, x in enumerate(lon)
    ]
    found = poses_for(images, dem=dem).photos
    assert [photo.agl_m for photo in found[:2]] == pytest.approx([40, 10], abs=0.3)
    assert found[2].georeference is None
    assert "too low for a flight" in " ".join(found[2].reasons)
    # With altitudes of another datum, 30 m off what the ground can be, the first photo's ground is the take-off's.
    shifted = [replace(image, xmp=(image.xmp or "").replace("+1360.0", "+1560.0")) for image in images]
    moved = poses_for(shifted, dem=dem).photos
    assert [photo.agl_m for photo in moved[:2]] == pytest.approx([40, 10], abs=0.3)
    assert "does not fit dem.tif" in " ".join(moved[0].reasons)


def test_a_dem_that_does_not_cover_or_lies_in_another_crs(tmp_path: Path) -> None:
    dem = level_dem(tmp_path / "dem.tif")
    far = poses_for([posed(lon=37.5)], dem=dem).photos[0]
    assert far.georeference is not None
    assert "no height below it: it is placed on a level plane" in " ".join(far.reasons)
    edge = poses_for([posed(lon=36.9 + 990 / 111_200)], dem=dem).photos[0]
    assert "covers only a part" in " ".join(edge.reasons)
    other = tmp_path / "degrees.tif"
    with rasterio.open(
        other, "w", driver="GTiff", width=200, height=200, count=1, dtype="int16", crs="EPSG:4326", nodata=-32768,
        transform=rasterio.Affine(1e-4, 0, 36.89, 0, -1e-4, -2.69),
    ) as file:  # fmt: skip
        file.write(np.full((200, 200), 1300, np.int16), 1)
    assert poses_for([posed(altitude=1345.0, relative=45.0)], dem=other).photos[0].agl_m == pytest.approx(45)
    with rasterio.open(other, "r+") as file:
        file.write(np.full((200, 200), -32768, np.int16), 1)
    assert "no height below it" in " ".join(poses_for([posed()], dem=other).photos[0].reasons)


# --- tables -----------------------------------------------------------------------------------------------------


def test_a_table_of_gimbal_angles_agrees_with_the_tags(tmp_path: Path) -> None:
    image = posed("a/IMG_1.jpg", yaw=33.0, pitch=-50.0, roll=2.0)
    tagged = placed(poses_for([image]))
    table = tmp_path / "photos.csv"
    table.write_text(
        "photo,lon,lat,altitude_m,agl_m,yaw_deg,pitch_deg,roll_deg\na/IMG_1.jpg,36.9,-2.7,1360,40,33,-50,2\n"
    )
    by_table = placed(poses_for([header("a/IMG_1.jpg")], table))
    px = [(100.0, 2000.0), (3000.0, 2500.0)]
    assert np.abs(by_table.to_map(px) - tagged.to_map(px)).max() < 1e-4
    nadir = tmp_path / "nadir.csv"
    nadir.write_text("Filename;Longitude;Latitude;Alt;AGL;Yaw;Pitch;Roll\nIMG_1;36,9;-2,7;1360,0;40,0;33,0;-10,0;0,0\n")
    lone = placed(poses_for([header("a/IMG_1.jpg")], nadir))
    expected = placed(poses_for([posed(yaw=33.0, pitch=-100.0)]))
    assert np.abs(lone.to_map(px) - expected.to_map(px)).max() < 1e-4


def test_omega_phi_kappa_in_a_grid(tmp_path: Path) -> None:
    """Without a header, as bundle adjustments write it, with the CRS in a .prj; and the same on another map."""
    poses = tmp_path / "opk.txt"
    poses.write_text("3324c_2015_1004_05_0182 -55094.504 -3727407.037 5258.308 -0.349 0.298 -179.0863\n")
    wkt = crs_to_wkt("+proj=tmerc +lat_0=0 +lon_0=25 +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m")
    poses.with_suffix(".prj").write_text(wkt)
    exif = {"FocalLength": "(120)", "FocalPlaneXResolution": "(833.333333)", "FocalPlaneResolutionUnit": "3"}
    image = header("3324c_2015_1004_05_0182.jpg", 640, 1152, exif)
    photo = placed(poses_for([image], poses, ground=500.0, angles="opk"))
    assert photo.crs_wkt == wkt
    px = np.array([(320.0, 576.0), (10.0, 10.0), (600.0, 1100.0)])
    # Kappa of -179 degrees turns the top of the image to the south and its right to the west.
    centre, corner, _ = photo.to_map(px)
    assert np.abs(centre - (-55094.5, -3727407.0)).max() < 40
    assert (corner - centre > 0)[0]
    assert (corner - centre < 0)[1]
    on_utm = placed(poses_for([image], poses, ground=500.0, crs="EPSG:32735", angles="opk"))
    apart = reproject(on_utm.to_map(px), on_utm.crs_wkt, wkt) - photo.to_map(px)
    assert np.abs(apart).max() < 0.5


def test_a_table_of_positions_keeps_the_photos_own_angles(tmp_path: Path) -> None:
    table = tmp_path / "ppk.csv"
    table.write_text("name,easting,northing,height\nIMG_1.jpg,266496.0,9701380.0,1361.5\n")
    result = poses_for([posed("IMG_1.jpg", yaw=70.0, pitch=-60.0)], table, ground=1320.0, position_crs="EPSG:32737")
    photo = placed(result)
    assert (round(photo.x, 3), round(photo.y, 3)) == (266496.0, 9701380.0)
    assert result.photos[0].agl_m == pytest.approx(41.5)
    assert result.photos[0].heading_deg == pytest.approx(70)


def test_what_a_table_lacks_is_said(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("name,lon,lat,alt,yaw,pitch,roll\nIMG_1.jpg,36.9,-2.7,1360,0,-90,0\nIMG_3.jpg,0,0,1360,0,-90,0\n")
    images = [header("IMG_1.jpg"), header("IMG_2.jpg"), header("IMG_3.jpg")]
    found = poses_for(images, table, ground=1320.0).photos
    assert found[0].georeference is not None
    assert "not in t.csv" in " ".join(found[1].reasons)
    assert "longitude 0, latitude 0" in " ".join(found[2].reasons)
    with pytest.raises(GeoreferenceError, match="no row has the name of a photo"):
        poses_for([header("other.jpg")], table)
    table.write_text("name,lat,alt\nIMG_1.jpg,1,2\n")
    with pytest.raises(GeoreferenceError, match="a column 'lat', but none of lon"):
        poses_for([header("IMG_1.jpg")], table)


# --- reasons ----------------------------------------------------------------------------------------------------


def strip(count: int = 12, step: float = 20.0, yaw: float = 90.0, **more: Any) -> list[raster.RasterInfo]:
    """Photos flown east."""
    return [
        posed(
            f"DJI_{i + 1:04}.JPG",
            lon=36.9 + i * step / 111_200,
            yaw=yaw,
            captured_at=f"2024-07-16T12:00:{2 * i:02}",
            **more,
        )
        for i in range(count)
    ]


def reasons(images: list[raster.RasterInfo], **options: Any) -> list[str]:
    return ["; ".join(photo.reasons) for photo in poses_for(images, agl=40.0, **options).photos]


def test_an_ordinary_strip_has_nothing_to_say() -> None:
    assert reasons(strip()) == [""] * 12


def test_odd_photos_are_told() -> None:
    images = strip()
    images[2] = replace(images[2], exif={**images[2].exif, "Software": "Microsoft Windows Photo Viewer 10.0"})
    images[4] = posed("DJI_0005.JPG", lon=-2.7, lat=36.9, captured_at="2024-07-16T12:00:08")
    images[6] = header("DJI_0007.JPG", gps=(0.0, 0.0, 12.0), captured_at="2024-07-16T12:00:12")
    del images[10]
    images.append(replace(images[8], path=images[8].path.with_name("DJI_0099.JPG")))
    told = reasons(images)
    assert "yaw is wrong" in told[2]
    assert "swapped" in told[4]
    assert "longitude 0, latitude 0" in told[6]
    assert "a gap of 40 m" in told[10]
    assert "same time and place as DJI_0009.JPG" in told[11]
    assert [i for i, text in enumerate(told) if text] == [2, 4, 6, 10, 11]


def test_photos_out_of_order_and_flown_backwards() -> None:
    images = strip()
    images[5], images[6] = (
        replace(images[5], path=images[6].path),
        replace(images[6], path=images[5].path),
    )
    told = reasons(sorted(images, key=lambda image: image.path))
    assert "whose number is lower" in told[6]
    assert all("against the direction of flight" in text for text in reasons(strip(yaw=-90.0))[:-1])


def test_the_sky_and_flying_heights_of_nothing() -> None:
    sky = poses_for([posed(pitch=40.0)], agl=40.0).photos[0]
    assert sky.georeference is None
    assert "looks at the sky" in sky.reasons[0]
    horizon = poses_for([posed(pitch=-10.0)], agl=40.0).photos[0]
    assert "shows the horizon" in horizon.reasons[0]
    assert horizon.georeference is not None
    ground = poses_for([posed(relative=0.0)]).photos[0]
    assert ground.georeference is None
    assert "0.0 m above ground is too low for a flight" in " ".join(ground.reasons)
    with pytest.raises(GeoreferenceError, match=r"pixel \(2000, 10\) is at or above the horizon"):
        locate(posed(pitch=-10.0), [(2000.0, 10.0)])
    with pytest.raises(GeoreferenceError, match="has no place on the ground: no position"):
        locate(header("x.jpg"), [(1.0, 1.0)])


def test_summary_has_a_line_for_each_kind() -> None:
    result = poses_for(strip(relative=40.0))
    assert result.warnings == (
        "12 photos, first DJI_0001.JPG: height above take-off is used as height above ground, which is wrong where the "
        "land is not level",
    )
    assert getattr(result.warnings[0], "about", None) == "agl"


def test_locate_in_another_crs(tmp_path: Path) -> None:
    dem = level_dem(tmp_path / "dem.tif", 1310.0)
    found = locate(posed(altitude=1360.0, relative=50.0), [(2000.0, 1500.0)], dem=dem, crs="EPSG:4326")
    assert (found.x[0], found.y[0]) == pytest.approx((36.9, -2.7), abs=1e-6)
    assert found.z[0] == pytest.approx(1310)
    assert 1 < found.error_m[0] < 10


# --- many, and real ---------------------------------------------------------------------------------------------


def test_thousands_of_photos_take_seconds() -> None:
    rng = np.random.default_rng(1)
    images = [
        posed(
            f"P_{i:05}.jpg",
            36.9 + rng.uniform(0, 0.1),
            -2.7,
            yaw=rng.uniform(-180, 180),
            captured_at="2024-07-16T12:00:00",
        )
        for i in range(3000)
    ]
    start = time.process_time()
    result = poses_for(images, agl=40.0)
    for photo in result.photos:
        photo.georeference.footprint()  # type: ignore[union-attr]
    assert time.process_time() - start < 15


@pytest.mark.realdata
def test_checkpoints_of_a_real_flight(realdata: Path) -> None:
    """Five photos within 3 m of a lidar's ground, the sixth, which a viewer turned, warned about."""
    folder = realdata / "photos"
    images = [raster.inspect(path) for path in sorted(folder.glob("*.JPG"))]
    result = poses_for(images)
    with (folder / "checkpoints.csv").open() as file:
        rows = list(csv.DictReader(file))
    misses: list[float] = []
    expected: list[float] = []
    for image, photo in zip(images, result.photos, strict=True):
        points = [row for row in rows if row["image"] == image.path.name]
        assert isinstance(photo.georeference, PosedPhoto)
        px = np.array([(float(row["col_px"]), float(row["row_px"])) for row in points])
        true = np.array([(float(row["E_laz_m"]), float(row["N_laz_m"])) for row in points])
        miss = np.hypot(*(photo.georeference.to_map(px) - true).T)
        stale = any("yaw is wrong" in reason for reason in photo.reasons)
        assert stale == (image.path.name == "DJI_0024.JPG")
        if not stale:
            misses.extend(miss)
            expected.extend(photo.georeference.error_m(px))
    assert len(misses) == 51
    assert np.median(misses) < 3.0
    assert np.sqrt(np.mean(np.square(misses))) < 1.5 * np.mean(expected)
