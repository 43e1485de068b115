"""Pixels to map and back: identities, an independent oracle (rasterio's affine, GDAL's RPC), real images."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.rpc import RPC as RasterioRPC
from rasterio.transform import AffineTransformer, RPCTransformer

from geo import georeference, rpc
from geo.errors import GeoError, GeoreferenceError
from geo.georeference import (
    Georeference,
    boxes_to_polygons,
    crs_to_wkt,
    footprint,
    from_gcps,
    from_rpc,
    from_transform,
    no_georeference,
    reproject,
)

UTM = crs_to_wkt("EPSG:32736")
WGS84 = crs_to_wkt("EPSG:4326")


@st.composite
def transforms(draw: st.DrawFn) -> tuple[float, ...]:
    """Any usable affine: rotated, sheared, mirrored, south-up, of 1 mm to 100 m px, anywhere in a UTM zone."""
    gsd = draw(st.floats(1e-3, 1e2))
    stretch = draw(st.floats(0.2, 5.0))
    rotation = draw(st.floats(-math.pi, math.pi))
    shear = draw(st.floats(-1.2, 1.2))  # radians off the right angle
    flip = draw(st.sampled_from([-1.0, 1.0]))
    a, d = gsd * math.cos(rotation), gsd * math.sin(rotation)
    turn = rotation + flip * (math.pi / 2 + shear)
    b, e = gsd * stretch * math.cos(turn), gsd * stretch * math.sin(turn)
    return a, b, draw(st.floats(-1e6, 1e6)), d, e, draw(st.floats(-1e7, 1e7))


points = st.lists(st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5)), min_size=1, max_size=20)


@given(transforms(), points)
def test_px_to_map_to_px_is_the_identity(transform: tuple[float, ...], xy: list[tuple[float, float]]) -> None:
    there_and_back = from_transform(transform, UTM)
    # Map coordinates of 1e7 m carry 2e-9 m of rounding: with px of 1 mm that is 2e-6 px.
    tolerance = max(1e-6, 8e-9 / min(np.hypot(transform[0], transform[3]), np.hypot(transform[1], transform[4])))
    error = np.abs(there_and_back.to_px(there_and_back.to_map(xy)) - xy).max()
    assert error <= tolerance


@given(transforms(), points)
def test_to_map_agrees_with_rasterio(transform: tuple[float, ...], xy: list[tuple[float, float]]) -> None:
    columns, rows = np.array(xy).T
    with AffineTransformer(rasterio.Affine(*transform)) as oracle:
        expected = np.stack(oracle.xy(rows, columns, offset="ul"), axis=1)
    np.testing.assert_allclose(from_transform(transform, UTM).to_map(xy), expected, rtol=1e-12, atol=1e-6)


def test_rotation_by_hand() -> None:
    quarter_turn = from_transform((0, 2, 100, 2, 0, 200), UTM)  # columns run north, rows run east
    np.testing.assert_array_equal(quarter_turn.to_map([(0, 0), (1, 0), (0, 1)]), [(100, 200), (100, 202), (102, 200)])


@pytest.mark.parametrize(
    "transform",
    [
        (math.nan, 0, 0, 0, -1, 0),
        (1, 0, math.inf, 0, -1, 0),
        (1, 0, 0, 0, 0, 0),
        (0, 0, 0, 0, 0, 0),
        (1, 2, 0, 2, 4, 0),
        (1, 1e-9, 0, 1, 0, 0),
        (1e300, 0, 0, 0, -1, 0),
        (1, 0, 0, 0),
    ],
)
def test_a_transform_that_cannot_be_used_is_refused(transform: tuple[float, ...]) -> None:
    with pytest.raises(GeoreferenceError) as caught:
        from_transform(transform, UTM)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, GeoError)
    assert isinstance(caught.value, ValueError)


def test_small_pixels_in_degrees_are_not_singular() -> None:
    assert from_transform((1e-7, 0, -80, 0, -1e-7, 25), WGS84).kind == "geotransform"


@pytest.mark.parametrize("crs", ["", "EPSG:999999", "nonsense\nwith a line", 'PROJCS["broken', "x" * 5000])
def test_an_unknown_crs_is_refused_in_one_line(crs: str) -> None:
    for refuse in (lambda: crs_to_wkt(crs), lambda: from_transform((1, 0, 5, 0, -1, 5), crs)):
        with pytest.raises(GeoreferenceError, match="unknown CRS") as caught:
            refuse()
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 200


def test_an_unknown_kind_or_an_empty_mapping_is_refused() -> None:
    with pytest.raises(GeoreferenceError, match="unknown kind"):
        Georeference("guess", None, georeference.PIXELS)
    with pytest.raises(GeoreferenceError, match="either"):
        Georeference("none")
    with pytest.raises(GeoreferenceError, match="shape"):
        no_georeference().to_map([1.0, 2.0, 3.0])


def test_identity_means_no_georeference() -> None:
    none = from_transform(georeference.IDENTITY, None)
    assert none == no_georeference()
    assert none.kind == "none"
    assert none.crs_wkt is None
    assert none.gsd_m(100, 100) is None
    # y up, as QGIS draws a raster that has no georeference.
    np.testing.assert_array_equal(none.to_map([(3, 4)]), [(3, -4)])
    np.testing.assert_array_equal(none.to_px([(3, -4)]), [(3, 4)])


def test_empty_input_gives_empty_output() -> None:
    plain = from_transform((1, 0, 5, 0, -1, 5), UTM)
    assert plain.to_map(np.empty((0, 2))).shape == (0, 2)
    assert plain.to_px([]).shape == (0, 2)
    assert boxes_to_polygons(plain, np.empty((0, 4))).shape == (0, 5, 2)
    assert reproject([], UTM, WGS84).shape == (0, 2)


# --- ground sample distance ---------------------------------------------------------------------------------------


def test_gsd_in_a_projected_crs_is_the_true_distance_on_the_ground() -> None:
    # UTM scale is 0.9996 on the central meridian: 10 cm on the map are 10.004 cm on the ground.
    on_meridian = from_transform((0.1, 0, 500000 - 50, 0, -0.1, 9_000_000), UTM)
    assert on_meridian.gsd_m(1000, 1000) == pytest.approx(0.1 / 0.9996, rel=1e-6)


def test_gsd_in_degrees_is_in_metres() -> None:
    lat, step = 60.0, 1e-6
    degrees = from_transform((step, 0, 20, 0, -step, lat), WGS84)
    geod = pyproj.Geod(ellps="WGS84")
    east = geod.inv(20, lat, 20 + step * 1000, lat)[2] / 1000
    north = geod.inv(20, lat, 20, lat + step * 1000)[2] / 1000
    assert degrees.gsd_m(2, 2) == pytest.approx(math.sqrt(east * north), rel=1e-4)


def test_gsd_where_the_map_is_in_feet() -> None:
    feet = from_transform((1.0, 0, 656166, 0, -1.0, 600000), "EPSG:2236")  # Florida East, US survey feet
    assert feet.gsd_m(1000, 1000) == pytest.approx(1200 / 3937, rel=1e-4)


def test_gsd_where_longitude_counts_from_paris_in_grads() -> None:
    grads = from_transform((1e-6, 0, 2, 0, -1e-6, 52), "EPSG:4807")  # NTF (Paris): grads
    assert grads.gsd_m(1000, 1000) == pytest.approx(0.082, rel=0.02)


def test_gsd_of_a_rotated_image_is_that_of_the_upright_one() -> None:
    c, s = math.cos(0.7) * 0.1, math.sin(0.7) * 0.1
    turned = from_transform((c, s, 500000, s, -c, 9e6), UTM)
    assert turned.gsd_m(10, 10) == pytest.approx(0.1 / 0.9996, rel=1e-4)


def test_gsd_is_unknown_outside_the_earth() -> None:
    assert from_transform((1, 0, 5, 0, -1, 5), 'LOCAL_CS["site",UNIT["metre",1]]').gsd_m(10, 10) is None
    assert from_transform((1e8, 0, 0, 0, -1e8, 1e10), UTM).gsd_m(10_000, 10_000) is None
    assert from_transform((1, 0, 5, 0, -1, 5), None, "world file").gsd_m(10, 10) is None


# --- polygons -----------------------------------------------------------------------------------------------------


@given(transforms())
def test_box_polygons_are_closed_rings_of_the_four_corners(transform: tuple[float, ...]) -> None:
    image = from_transform(transform, UTM)
    rings = boxes_to_polygons(image, np.array([[10, 20, 30, 60], [0, 0, 1, 1]], np.float32))
    assert rings.shape == (2, 5, 2)
    np.testing.assert_array_equal(rings[:, 0], rings[:, 4])
    np.testing.assert_allclose(rings[0, :4], image.to_map([(10, 20), (10, 60), (30, 60), (30, 20)]))


def test_box_polygons_of_a_north_up_image_run_counter_clockwise() -> None:
    ring = boxes_to_polygons(from_transform((0.1, 0, 5e5, 0, -0.1, 9e6), UTM), [[10, 20, 30, 60]])[0]
    x, y = (ring - ring[0]).T
    assert (x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2 == pytest.approx(20 * 40 * 0.01)


def test_boxes_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(GeoreferenceError, match=r"\(N, 4\)"):
        boxes_to_polygons(no_georeference(), np.zeros((3, 5)))


def test_a_million_boxes() -> None:
    boxes = np.random.default_rng(0).uniform(0, 1e5, (1_000_000, 4)).astype(np.float32)
    image = from_transform((0.02, 0.001, 5e5, 0.001, -0.02, 9e6), UTM)
    rings = boxes_to_polygons(image, boxes)
    np.testing.assert_allclose(image.to_px(rings[::1000, 2]), boxes[::1000, 2:], atol=1e-5)


def test_footprint_is_a_closed_ring_and_denser_when_reprojected() -> None:
    image = from_transform((1000, 0, 2e5, 0, -1000, 9.5e6), UTM)
    plain = footprint(image, 600, 400)
    np.testing.assert_array_equal(plain, image.to_map([(0, 0), (0, 400), (600, 400), (600, 0), (0, 0)]))
    curved = footprint(image, 600, 400, WGS84)
    np.testing.assert_array_equal(curved[0], curved[-1])
    assert len(curved) == 4 * 21 + 1
    # A straight line between two reprojected corners strays from the image's true edge; the dense ring does not.
    edge = reproject(image.to_map([(x, 400) for x in range(601)]), UTM, WGS84)
    line = np.interp(edge[:, 0], edge[[0, -1], 0], edge[[0, -1], 1])
    bottom = curved[21:43]
    assert np.abs(line - edge[:, 1]).max() > 5e-3  # degrees
    assert np.abs(np.interp(edge[:, 0], bottom[:, 0], bottom[:, 1]) - edge[:, 1]).max() < 1e-4
    assert len(footprint(image, 600, 400, UTM)) == 5


# --- reprojection -------------------------------------------------------------------------------------------------


def test_reproject_is_x_first_whatever_the_authority_says() -> None:
    lonlat = reproject([(500000.0, 10_000_000.0)], UTM, WGS84)  # EPSG:4326's own order is latitude first
    np.testing.assert_allclose(lonlat, [(33.0, 0.0)], atol=1e-9)
    np.testing.assert_allclose(reproject(lonlat, WGS84, UTM), [(500000, 10_000_000)], atol=1e-6)


def test_points_outside_the_domain_are_nan_and_spoil_no_others() -> None:
    mercator = crs_to_wkt("EPSG:3395")
    moved = reproject([(20.0, 10.0), (0.0, 91.0), (math.nan, 1.0), (math.inf, 0.0)], WGS84, mercator)
    assert np.isfinite(moved[0]).all()
    assert np.isnan(moved[1:]).all()


def test_no_way_from_an_undefined_crs_to_the_earth() -> None:
    local = crs_to_wkt('LOCAL_CS["site",UNIT["metre",1]]')
    with pytest.raises(GeoreferenceError, match="no transformation") as caught:
        reproject([(0.0, 0.0)], local, WGS84)
    assert "\n" not in str(caught.value)


# --- ground control points ----------------------------------------------------------------------------------------


@given(transforms())
@settings(max_examples=50)
def test_exact_control_points_give_their_transform_back(transform: tuple[float, ...]) -> None:
    truth = from_transform(transform, UTM)
    px = np.array([(0, 0), (4000, 0), (4000, 3000), (0, 3000), (1700, 900)], float)
    fitted = from_gcps(px, truth.to_map(px), UTM)
    assert fitted.kind == "geotransform"
    assert fitted.residual_px is not None
    assert fitted.residual_px < 1e-4
    assert np.abs(fitted.to_px(truth.to_map([(2000, 1500)])) - (2000, 1500)).max() < 1e-4


def test_noisy_control_points_say_how_far_off_they_are() -> None:
    truth = from_transform((0.05, 0.01, 5e5, 0.01, -0.05, 9e6), UTM)
    rng = np.random.default_rng(3)
    px = rng.uniform(0, 4000, (400, 2))
    fitted = from_gcps(px + rng.normal(0, 2.0, px.shape), truth.to_map(px), UTM)
    assert fitted.residual_px == pytest.approx(2.0 * math.sqrt(2), rel=0.1)
    assert np.abs(fitted.to_px(truth.to_map([(2000, 2000)])) - 2000).max() < 0.5


@pytest.mark.parametrize(
    ("px", "ground"),
    [
        ([(0, 0), (1, 1)], [(0, 0), (1, 1)]),
        ([(0, 0), (1, 1), (2, 2), (3, 3)], [(0, 0), (1, 1), (2, 2), (3, 3)]),
        ([(0, 0), (1, 0), (0, 1)], [(7, 7), (7, 7), (7, 7)]),
        ([(5, 5), (5, 5), (5, 5)], [(0, 0), (1, 0), (0, 1)]),
        ([(0, 0), (1, 0), (0, math.nan)], [(0, 0), (1, 0), (0, 1)]),
        ([(0, 0), (1, 0), (0, 1)], [(0, 0), (1, 0)]),
    ],
)
def test_control_points_that_fix_nothing_are_refused(
    px: list[tuple[float, float]], ground: list[tuple[float, float]]
) -> None:
    with pytest.raises(GeoreferenceError):
        from_gcps(px, ground, UTM)


# --- RPC ----------------------------------------------------------------------------------------------------------


def a_sensor_model() -> RasterioRPC:
    """A made-up but typical RPC: a 12,000 px scene of 0.5 m px, tilted and slightly curved."""
    rng = np.random.default_rng(7)
    small = rng.normal(0, 2e-4, (4, 20))
    line_num, line_den, samp_num, samp_den = small
    line_num[[0, 1, 2, 3]] = 0.002, -0.08, -1.02, 0.03
    samp_num[[0, 1, 2, 3]] = -0.001, 1.01, -0.07, 0.05
    line_den[0] = samp_den[0] = 1.0
    return RasterioRPC(
        height_off=1200.0, height_scale=500.0, lat_off=-2.3, lat_scale=0.03, long_off=34.8, long_scale=0.03,
        line_off=6000.0, line_scale=6000.0, samp_off=6000.0, samp_scale=6000.0,
        line_num_coeff=list(line_num), line_den_coeff=list(line_den),
        samp_num_coeff=list(samp_num), samp_den_coeff=list(samp_den), err_bias=0.0, err_rand=0.0,
    )  # fmt: skip


@given(st.lists(st.tuples(st.floats(0, 12000), st.floats(0, 12000)), min_size=1, max_size=20))
@settings(max_examples=50)
def test_rpc_there_and_back(xy: list[tuple[float, float]]) -> None:
    image = from_rpc(rpc.from_coefficients(a_sensor_model()))
    assert np.abs(image.to_px(image.to_map(xy)) - xy).max() < 1e-6


def test_rpc_agrees_with_gdal() -> None:
    model = a_sensor_model()
    image = from_rpc(rpc.from_coefficients(model))
    assert image.kind == "camera pose"
    px = np.random.default_rng(1).uniform(0, 12000, (50, 2))
    ground = image.to_map(px)
    with RPCTransformer(model, rpc_height=1200.0) as oracle:
        rows, columns = oracle.rowcol(ground[:, 0], ground[:, 1], op=lambda value: value)
        lon, lat = oracle.xy(px[:, 1], px[:, 0], offset="ul")
    np.testing.assert_allclose(np.stack([columns, rows], axis=1), px, atol=0.01)
    # GDAL stops its own iteration at 0.1 px: half a decimetre on this ground.
    np.testing.assert_allclose(np.stack([lon, lat], axis=1), ground, atol=1e-6)


def test_rpc_gsd_and_footprint() -> None:
    image = from_rpc(rpc.from_coefficients(a_sensor_model()))
    assert image.gsd_m(12000, 12000) == pytest.approx(0.55, rel=0.1)
    ring = footprint(image, 12000, 12000)
    assert ring.shape == (4 * 16 + 1, 2)
    assert np.isfinite(ring).all()


def test_rpc_far_outside_its_image_has_no_ground() -> None:
    image = from_rpc(rpc.from_coefficients(a_sensor_model()))
    found = image.to_map([(1e12, -1e12), (6000, 6000)])
    assert np.isnan(found[0]).all()
    assert np.isfinite(found[1]).all()


@pytest.mark.parametrize(
    "damage", [{"lat_scale": 0.0}, {"line_off": math.nan}, {"samp_num_coeff": [1.0]}, {"height_off": None}]
)
def test_damaged_rpc_is_refused(damage: dict[str, object]) -> None:
    model = a_sensor_model()
    for name, value in damage.items():
        setattr(model, name, value)
    with pytest.raises(GeoreferenceError) as caught:
        rpc.from_coefficients(model)
    assert "\n" not in str(caught.value)


# --- real images --------------------------------------------------------------------------------------------------


def georeference_of(path: Path) -> tuple[Georeference, int, int]:
    from geo.raster import inspect

    info = inspect(path)
    return info.georeference, info.width, info.height


@pytest.mark.realdata
def test_the_everglades_bird_is_at_one_place_in_both_rasters(realdata: Path) -> None:
    places = []
    for bird in json.loads((realdata / "geotiff/bird_box.json").read_text())["boxes"]:
        image, width, height = georeference_of(realdata / "geotiff" / bird["image"])
        assert image.gsd_m(width, height) == pytest.approx(0.0107, rel=0.01)
        ring = boxes_to_polygons(image, [bird["bbox_px_xyxy"]])[0]
        assert image.crs_wkt is not None
        utm = reproject(ring[:4], image.crs_wkt, crs_to_wkt("EPSG:32617")).mean(axis=0)
        np.testing.assert_allclose(utm, bird["utm17n"], atol=2e-3)
        places.append(utm)
    assert np.hypot(*(places[0] - places[1])) < 0.0107  # one pixel


@pytest.mark.realdata
def test_a_world_mercator_tile(realdata: Path) -> None:
    path = realdata / "geotiff/5b90f92da0d7280005fab355_4310.tif"
    image, width, height = georeference_of(path)
    with rasterio.open(path) as oracle:
        lon, lat = pyproj.Transformer.from_crs(3395, 4326, always_xy=True).transform(*oracle.xy(0, 0, offset="ul"))
    np.testing.assert_allclose(footprint(image, width, height, WGS84)[0], (lon, lat), atol=1e-9)
    # World Mercator stretches by 1/cos(latitude), nearly: 10 cm on the map are 9.7 cm on the ground here.
    assert image.gsd_m(width, height) == pytest.approx(0.1 * math.cos(math.radians(lat)), rel=0.01)


@pytest.mark.realdata
def test_osbs_boxes_to_the_map_and_back(realdata: Path) -> None:
    with (realdata / "geotiff/OSBS_029.csv").open() as file:
        rows = list(csv.DictReader(file))
    boxes = np.array([[float(row[name]) for name in ("xmin", "ymin", "xmax", "ymax")] for row in rows])
    image, width, height = georeference_of(realdata / "geotiff/OSBS_029.tif")
    rings = boxes_to_polygons(image, boxes)
    back = image.to_px(rings.reshape(-1, 2)).reshape(-1, 5, 2)
    np.testing.assert_allclose(back[:, 0], boxes[:, :2], atol=1e-6)
    np.testing.assert_allclose(back[:, 2], boxes[:, 2:], atol=1e-6)
    outline = footprint(image, width, height)
    assert (rings.min(axis=(0, 1)) >= outline.min(axis=0) - 0.1).all()
    assert (rings.max(axis=(0, 1)) <= outline.max(axis=0) + 0.1).all()
    assert image.gsd_m(width, height) == pytest.approx(0.1, rel=1e-3)
