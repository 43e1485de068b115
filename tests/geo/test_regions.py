"""Counts per region: every animal once, the rule of the edge, hostile region files."""

import csv
import io
import json
import math
from typing import Any

import numpy as np
import pyogrio.raw
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.counting_rule import Review
from geo.errors import GeoError, OutputError, VectorError
from geo.regions import OUTSIDE, UNPLACED, Regions, assign, count, read_regions, regions_from, write_csv
from geo.standing import select
from geo.tables import Counts, TableError

UTM = pyproj.CRS(32736).to_wkt()
LONLAT = pyproj.CRS(4326).to_wkt()
NASTY = ('North "A"', "x'); DROP TABLE counts;--", "<img src=x onerror=alert(1)>", "Ðàâà 北区 العربية", "=1+2, a\nb")


def squares(*corners, side=10.0, crs=None):
    return regions_from(
        [shapely.box(x, y, x + side, y + side) for x, y in corners], [f"r{n}" for n in range(len(corners))], crs
    )


def geojson(path, features, crs=None):
    """features: (properties, GeoJSON geometry or shapely geometry or None)."""
    rows = [
        {
            "type": "Feature",
            "properties": properties,
            "geometry": json.loads(shapely.to_geojson(shape)) if hasattr(shape, "geom_type") else shape,
        }
        for properties, shape in features
    ]
    text: dict[str, Any] = {"type": "FeatureCollection", "features": rows}
    if crs is not None:
        text["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(text), encoding="utf-8")
    return path


def as_dict(counts: Counts):
    return {
        (region, name): int(n) for region, name, n in zip(counts.region, counts.class_name, counts.count, strict=True)
    }


def first_cover(points, regions):
    """The oracle: ask every polygon in turn about every point."""
    index = []
    for x, y in points:
        if not (math.isfinite(x) and math.isfinite(y)):
            index.append(UNPLACED)
            continue
        held = (n for n, polygon in enumerate(regions.polygons) if polygon.covers(shapely.Point(x, y)))
        index.append(next(held, OUTSIDE))
    return index


# ---- the rule -------------------------------------------------------------------------------------------------


@st.composite
def scenes(draw):
    """Polygons on a coarse grid, so that points fall on edges and corners and polygons overlap, all the time."""
    place = st.integers(0, 8).map(float)
    rings = st.lists(st.tuples(place, place), min_size=3, max_size=7)
    shapes = draw(st.lists(rings.map(shapely.Polygon), min_size=1, max_size=6))
    coordinate = st.one_of(
        st.integers(-2, 20).map(lambda n: n / 2), st.floats(-1, 9), st.sampled_from([math.nan, math.inf, 1e300])
    )
    points = draw(st.lists(st.tuples(coordinate, coordinate), max_size=60))
    classes = draw(st.lists(st.sampled_from(["cow", "elephant", ""]), min_size=len(points), max_size=len(points)))
    return shapes, np.array(points, dtype=float).reshape(-1, 2), classes


@settings(deadline=None)
@given(scenes())
def test_every_animal_counts_once_in_the_first_region_that_holds_it(scene):
    shapes, points, classes = scene
    try:
        regions = regions_from(shapes, range(len(shapes)), None)
    except VectorError:  # every ring collapsed to a line
        return
    index = assign(points, None, regions)
    assert index.tolist() == first_cover(points, regions)
    counts = count(points, classes, regions, None)
    assert counts.count.sum() == len(points)
    for name in {*counts.class_name} - {"all"}:
        of_class = [n for row, n in as_dict(counts).items() if row[1] == name]
        assert sum(of_class) == classes.count(name)
    unplaced = [n for row, n in as_dict(counts).items() if row[0] == "unplaced"]
    assert sum(unplaced) == int((~np.isfinite(points).all(axis=1)).sum())


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.sampled_from([1.0, 1e-3, 1e3]))
def test_many_points_against_the_oracle(seed, many, stretch):
    """Enough points for many strips; uneven, with far outliers and equal coordinates."""
    rng = np.random.default_rng(seed)
    points = np.concatenate(
        [
            rng.normal(5, 2, (1500, 2)),
            np.round(rng.uniform(0, 10, (800, 2))),
            np.repeat(rng.uniform(0, 10, (1, 2)), 200, axis=0),
            [[1e9, -1e9], [-1e12, 3.0]],
        ]
    ) * [1.0, stretch]
    centres = rng.uniform(0, 10, (many, 2)) * [1.0, stretch]
    shapes = shapely.buffer(shapely.points(centres), rng.uniform(0.1, 4, many))
    regions = regions_from(shapes, range(many), None)
    order = rng.permutation(len(points))
    index = assign(points, None, regions)
    tree = shapely.STRtree(shapely.points(points))
    expected = np.full(len(points), OUTSIDE)
    for region in reversed(range(many)):
        expected[tree.query(regions.polygons[region], predicate="covers")] = region
    assert np.array_equal(index, expected)
    assert np.array_equal(assign(points[order], None, regions), index[order])


@pytest.mark.parametrize("first", [1, -1])
def test_many_points_on_shared_edges(first):
    """Every point has one of 21 x, every one an edge; the first in the file is the left or the right neighbour."""
    points = np.stack(np.meshgrid(np.arange(21.0), np.linspace(0, 10, 300)), axis=-1).reshape(-1, 2)
    regions = regions_from([shapely.box(x, 0, x + 1, 10) for x in range(20)][::first], range(20), None)
    left = np.clip(points[:, 0] - (first == 1), 0, 19)
    assert np.array_equal(assign(points, None, regions), left if first == 1 else 19 - left)


def test_shared_edges_and_corners_go_to_the_first_in_the_file():
    four = [(0, 0), (10, 0), (0, 10), (10, 10)]
    points = np.array([[10, 5], [5, 10], [10, 10], [0, 0], [20, 20], [10, 20], [10.0000001, 5], [21, 5]])
    assert assign(points, None, squares(*four)).tolist() == [0, 0, 0, 0, 3, 2, 1, -1]
    assert assign(points, None, squares(*four[::-1])).tolist() == [2, 1, 0, 3, 0, 0, 2, -1]


def test_a_hole_and_its_filling():
    outer, inner = shapely.box(0, 0, 30, 30), shapely.box(10, 10, 20, 20)
    ring = outer.difference(inner)
    points = [[15, 15], [10, 15], [5, 5], [31, 0]]
    assert assign(points, None, regions_from([ring], ["ring"], None)).tolist() == [-1, 0, 0, -1]
    assert assign(points, None, regions_from([inner, ring], ["lake", "ring"], None)).tolist() == [0, 0, 1, -1]
    assert assign(points, None, regions_from([ring, inner], ["ring", "lake"], None)).tolist() == [1, 0, 0, -1]


# ---- the table ------------------------------------------------------------------------------------------------


def test_the_table_has_every_region_with_every_class():
    regions = squares((500_000, 9_600_000), (500_010, 9_600_000), crs=UTM)
    points = [(500_001, 9_600_001), (500_002, 9_600_001), (500_003, 9_600_001), (0, 0), (np.nan, 1)]
    counts = count(points, ["cow", "zebra", "cow", "cow", "zebra"], regions, UTM)
    assert as_dict(counts) == {
        ("r0", "cow"): 2,
        ("r0", "zebra"): 1,
        ("r1", "cow"): 0,
        ("r1", "zebra"): 0,
        ("outside", "cow"): 1,
        ("outside", "zebra"): 0,
        ("unplaced", "cow"): 0,
        ("unplaced", "zebra"): 1,
    }
    assert counts.area_km2[:4] == pytest.approx([1e-4] * 4, rel=2e-3)
    assert counts.density_per_km2[:2] == pytest.approx(np.array([2, 1]) / counts.area_km2[0])
    assert np.isnan(counts.area_km2[4:]).all()
    assert np.isnan(counts.density_per_km2[4:]).all()
    assert [polygon is None for polygon in counts.polygons] == [False] * 4 + [True] * 4
    assert shapely.from_wkb(counts.polygons[2]).equals(regions.polygons[1])
    assert counts.crs_wkt == UTM


def test_classes_keep_the_order_given_and_others_follow_by_name():
    counts = count([[1, 1], [2, 2]], ["zebra", "cow"], squares((0, 0)), None, class_names=["elephant", "zebra"])
    assert counts.class_name == ["elephant", "zebra", "cow"] * 2
    assert counts.count.tolist() == [0, 1, 1, 0, 0, 0]


def test_a_survey_without_animals_still_names_its_regions():
    counts = count(np.empty((0, 2)), [], squares((0, 0), (10, 0)), None)
    assert as_dict(counts) == {("r0", "all"): 0, ("r1", "all"): 0, ("outside", "all"): 0}
    some = count(np.empty((0, 2)), [], squares((0, 0)), None, class_names=["cow"])
    assert as_dict(some) == {("r0", "cow"): 0, ("outside", "cow"): 0}


def test_columns_that_do_not_fit_are_refused():
    with pytest.raises(TableError, match="2 points and 1 classes"):
        count([[1, 1], [2, 2]], ["cow"], squares((0, 0)), None)
    with pytest.raises(TableError, match=r"expected \(N, 2\)"):
        assign([1, 2, 3], None, squares((0, 0)))
    with pytest.raises(TableError, match="the same name"):
        Regions(("a", "a"), squares((0, 0), (1, 1)).polygons, None)


# ---- CRS ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [4326, 32736, 3857, 32636, 4210])
def test_regions_in_any_crs_give_the_same_counts(code):
    rng = np.random.default_rng(3)
    to_other = pyproj.Transformer.from_crs(32736, code, always_xy=True)
    blocks = [
        shapely.segmentize(shapely.box(x, 9_600_000, x + 1000, 9_601_000), 10) for x in (500_000, 501_000, 502_000)
    ]
    moved = [shapely.transform(block, lambda xy: np.column_stack(to_other.transform(*xy.T))) for block in blocks]
    points = rng.uniform([499_800, 9_599_800], [503_200, 9_601_200], (5000, 2))
    edges = np.array([499_999.0, 500_000, 501_000, 502_000, 503_000])
    clear = np.abs(points[:, :1] - edges).min(axis=1) > 0.01
    clear &= np.abs(points[:, 1:] - [9_600_000, 9_601_000]).min(axis=1) > 0.01
    points = points[clear]  # curved edges are cut every 10 m: within a centimetre of one, either side is right
    here = count(points, ["cow"] * len(points), regions_from(blocks, "abc", UTM), UTM)
    there = count(points, ["cow"] * len(points), regions_from(moved, "abc", pyproj.CRS(code).to_wkt()), UTM)
    assert here.count.tolist() == there.count.tolist()
    assert min(here.count) > 500
    # EPSG:4210 (Arc 1960) is on Clarke's ellipsoid: its own area, some 1e-4 off.
    assert there.area_km2[:3] == pytest.approx(here.area_km2[:3], rel=1e-3 if code == 4210 else 1e-6)


def test_a_place_the_regions_crs_cannot_express_is_outside_not_unplaced():
    mercator = pyproj.CRS(3857).to_wkt()
    regions = squares((0, 0), crs=mercator)
    assert assign([(1e-5, 1e-5), (10, 90), (200, 95), (np.nan, 0)], LONLAT, regions).tolist() == [0, -1, -1, -2]


def test_without_crs_on_both_sides_coordinates_are_plain():
    undefined = 'LOCAL_CS["Undefined Cartesian",UNIT["metre",1]]'
    for ours, theirs in ((None, None), (None, undefined), (undefined, None), (undefined, undefined)):
        counts = count([[1, 1], [50, 1]], ["cow", "cow"], squares((0, 0), crs=theirs), ours)
        assert counts.count.tolist() == [1, 1]
        assert np.isnan(counts.area_km2).all()
        assert counts.crs_wkt is None


def test_a_crs_on_one_side_only_is_refused_with_the_mend():
    with pytest.raises(VectorError, match=r"the detections have no CRS.*georeference"):
        assign([[1, 1]], None, squares((0, 0), crs=UTM))
    with pytest.raises(VectorError, match=r"the regions have no CRS.*UTM zone 36S.*assign the region layer"):
        assign([[1, 1]], UTM, squares((0, 0)))
    with pytest.raises(VectorError, match="unknown CRS"):
        squares((0, 0), crs="EPSG:0")


# ---- geometries and names -------------------------------------------------------------------------------------


def test_a_bow_tie_is_repaired_and_said():
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    regions = regions_from([bow], ["bow"], None, file="f.shp")
    assert regions.polygons[0].area == pytest.approx(50)
    assert assign([[1, 5], [5, 1], [9, 5]], None, regions).tolist() == [0, -1, 0]
    assert [line for line in regions.warnings if "repaired row 1" in line]


def test_parts_that_overlap_leave_no_hole():
    both = shapely.MultiPolygon([shapely.box(0, 0, 6, 6), shapely.box(4, 4, 10, 10)])
    regions = regions_from([both], ["both"], None)
    assert assign([[5, 5], [1, 1], [9, 9], [9, 1]], None, regions).tolist() == [0, 0, 0, -1]


def test_other_geometries_are_skipped_and_said():
    collection = shapely.GeometryCollection(
        [
            shapely.Point(0, 0),
            shapely.GeometryCollection([shapely.box(0, 0, 1, 1)]),
            shapely.LineString([(0, 0), (1, 1)]),
        ]
    )
    with np.errstate(invalid="ignore"):
        nowhere = shapely.Polygon([(0, 0), (np.nan, 1), (2, 2)])
    shapes = [
        None,
        shapely.Polygon(),
        shapely.Point(1, 1),
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.Polygon([(0, 0), (1, 1), (2, 2)]),
        nowhere,
        shapely.Polygon([(0, 0, 7), (4, 0, 8), (4, 4, 9)]),
        collection,
    ]
    regions = regions_from(shapes, "abcdefgh", None, file="mixed.gpkg")
    assert regions.names == ("g", "h")
    assert not shapely.has_z(regions.polygons).any()
    assert regions.polygons[1].equals(shapely.box(0, 0, 1, 1))
    assert "mixed.gpkg: skipped 6 rows (1, 2, 3, 4, 5, ...): not a polygon with an area" in regions.warnings
    with pytest.raises(VectorError, match="roads: no polygon among its 2 features"):
        regions_from([None, shapely.Point(0, 0)], "ab", None, file="roads")


def test_names_are_made_distinct_and_said():
    names = ["North", "North (2)", "North", None, "  ", 6.0, np.nan, "outside", np.str_("North"), np.int64(3)]
    shapes = [shapely.box(n * 10, 0, n * 10 + 1, 1) for n in range(len(names))]
    regions = regions_from(shapes, names, None)
    assert regions.names == (
        "North", "North (2)", "North (3)", "4", "5", "6", "7", "outside (2)", "North (4)", "3",
    )  # fmt: skip
    assert [line for line in regions.warnings if "'North (3)', 'outside (2)', 'North (4)'" in line]


def test_ten_thousand_regions_of_one_name_take_no_time():
    shapes = [shapely.box(n, 0, n + 1, 1) for n in range(10_000)]
    assert regions_from(shapes, ["x"] * 10_000, None).names[-1] == "x (10000)"


def test_overlap_is_said_once_and_slivers_are_not():
    assert not squares((0, 0), (10, 0), (0, 10)).warnings
    assert not squares((0, 0), (10 - 1e-9, 0)).warnings
    overlapping = squares((0, 0), (5, 0), (5, 0), (2, 2))
    (line,) = overlapping.warnings
    assert "'r0' and 'r1'" in line
    assert "first in the file" in line
    nested = regions_from([shapely.box(0, 0, 9, 9), shapely.box(3, 3, 4, 4)], "ab", None)
    assert len(nested.warnings) == 1


def test_hostile_names_stay_data():
    shapes = [shapely.box(n * 10, 0, n * 10 + 10, 10) for n in range(len(NASTY))]
    counts = count([[1, 1], [41, 1]], [NASTY[1], NASTY[3]], regions_from(shapes, NASTY, None), None)
    text = io.StringIO()
    write_csv(counts, text, raw=True)
    rows = list(csv.reader(io.StringIO(text.getvalue(), newline="")))
    assert rows[0] == ["region", "class", "count", "area_km2", "density_per_km2"]
    assert [row[0] for row in rows[1::2]] == [*NASTY, "outside"]
    assert {(row[0], row[1]) for row in rows[1:] if row[2] == "1"} == {(NASTY[0], NASTY[1]), (NASTY[4], NASTY[3])}


@pytest.mark.realdata
def test_a_real_survey_transect_by_transect(realdata):
    """The Serengeti count of 2015: every animal at its photo's centre, the transects of a stratum as regions."""
    with (realdata / "jolly" / "CompletePhotoCount2015.csv").open(newline="") as file:
        photos = list(csv.DictReader(file))
    with (realdata / "jolly" / "transects_stratum_1.csv").open(newline="") as file:
        expected = {row["transect_no"]: int(float(row["y"])) for row in csv.DictReader(file)}
    places = np.array([[float(row["coords.x1.1"]), float(row["coords.x2.1"])] for row in photos])
    animals = [int(float(row["expert"])) for row in photos]
    transect = np.array([row["transect_no"] for row in photos])
    stratum = np.array([row["strata"] for row in photos])
    strips = [
        shapely.MultiPoint(places[(transect == name) & (stratum == "1")]).convex_hull.buffer(150) for name in expected
    ]
    utm = pyproj.CRS(32736).to_wkt()
    regions = regions_from(strips, list(expected), utm)
    assert not regions.warnings
    points = np.repeat(places, animals, axis=0)
    counts = as_dict(count(points, ["wildebeest"] * len(points), regions, utm))
    assert sum(counts.values()) == sum(animals)
    assert {name: counts[name, "wildebeest"] for name in expected} == expected


# ---- the review -----------------------------------------------------------------------------------------------


def test_the_review_decides_what_counts():
    classes = ["cow", "cow", "cow", "cow", "cow"]
    review = ["unreviewed", "confirmed", "rejected", "confirmed", None]
    relabelled: Any = [None, "zebra", None, "", float("nan")]  # as pandas gives them
    counted = np.array([1, 1, 1, 0, 1], dtype=np.uint8)
    expected: dict[Review, list[bool]] = {
        "all": [True, True, True, False, True],
        "confirmed": [False, True, False, False, False],
        "not-rejected": [True, True, False, False, True],
    }
    for which, mask in expected.items():
        chosen, effective = select(classes, review, relabelled, counted, which)
        assert chosen.tolist() == mask
        assert effective.tolist() == ["cow", "zebra", "cow", "cow", "cow"]
    with pytest.raises(TableError, match="expected all, confirmed, not-rejected"):
        select(classes, review, relabelled, counted, "some")  # type: ignore[arg-type]


# ---- files ----------------------------------------------------------------------------------------------------


def test_csv_appears_whole_or_not_at_all(tmp_path):
    counts = count([[1, 1]], ["Ðàâà \ud800"], squares((0, 0)), None)
    path = tmp_path / "my counts.csv"
    path.write_text("old")
    write_csv(counts, path)
    assert path.read_text(encoding="utf-8").splitlines() == [
        "region,class,count,area_km2,density_per_km2",
        "r0,Ðàâà ?,1,,",
        "outside,Ðàâà ?,0,,",
    ]
    with pytest.raises(OutputError):
        write_csv(counts, tmp_path / "missing" / "counts.csv")
    assert [entry.name for entry in tmp_path.iterdir()] == ["my counts.csv"]


def test_geojson_regions_over_utm_detections(tmp_path):
    to_lonlat = pyproj.Transformer.from_crs(32736, 4326, always_xy=True)
    block = shapely.box(500_000, 9_600_000, 501_000, 9_601_000)
    lonlat = shapely.transform(block, lambda xy: np.column_stack(to_lonlat.transform(*xy.T)))
    path = geojson(tmp_path / "areas of interest.geojson", [({"id": 7, "Name": NASTY[3]}, lonlat)])
    regions = read_regions(path)
    assert regions.names == (NASTY[3],)
    assert regions.warnings == ()
    counts = count([[500_500, 9_600_500], [499_000, 9_600_500]], ["cow"] * 2, regions, UTM)
    assert counts.count.tolist() == [1, 1]
    assert counts.area_km2[0] == pytest.approx(1 / 0.9996**2, rel=1e-4)


def test_which_field_names_the_regions(tmp_path):
    shapes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    path = geojson(
        tmp_path / "r.geojson",
        [({"code": "a", "Region": "one"}, shapes[0]), ({"code": "b", "Region": None}, shapes[1])],
    )
    assert read_regions(path).names == ("one", "2")
    assert read_regions(path, "code").names == ("a", "b")
    assert read_regions(path, "CODE").names == ("a", "b")
    with pytest.raises(VectorError, match=r"no field 'zone'.*'code', 'Region'"):
        read_regions(path, "zone")
    bare = geojson(tmp_path / "bare.geojson", [({"colour": "red"}, shapes[0])])
    regions = read_regions(bare)
    assert regions.names == ("1",)
    assert "called by the number of their row" in regions.warnings[0]
    assert getattr(regions.warnings[0], "about", None) == "region_field"


@pytest.mark.parametrize("driver", ["GPKG", "ESRI Shapefile", "FlatGeobuf"])
def test_other_formats_3d_multi_and_null(tmp_path, driver):
    path = tmp_path / {"GPKG": "r.gpkg", "ESRI Shapefile": "r.shp", "FlatGeobuf": "r.fgb"}[driver]
    parts = [shapely.force_3d(shapely.box(x, 9_600_000, x + 100, 9_600_100), 5) for x in (500_000, 501_000)]
    shapes = np.array([shapely.MultiPolygon(parts), None, parts[0]], dtype=object)
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(shapes, output_dimension=3),
        field_data=[np.array(["both", "nothing", "première"], dtype=object)],
        fields=["name"],
        geometry_type="Unknown" if driver != "ESRI Shapefile" else "Polygon Z",
        crs="EPSG:32736",
        driver=driver,
        **({"SPATIAL_INDEX": "NO"} if driver == "FlatGeobuf" else {}),
    )
    regions = read_regions(path)
    assert sorted(regions.names) == ["both", "première"]
    assert any("skipped row 2" in line for line in regions.warnings)
    assert any("overlap" in line for line in regions.warnings)
    assert assign([[501_050, 9_600_050], [500_050, 9_600_050]], UTM, regions).tolist() == [0, 0]


def test_curves_become_lines(tmp_path):
    path = tmp_path / "round.csv"
    path.write_text('WKT,name\n"CURVEPOLYGON(CIRCULARSTRING(0 0, 4 0, 4 4, 0 4, 0 0))",pond\n')
    regions = read_regions(path)
    assert regions.names == ("pond",)
    assert regions.polygons[0].area == pytest.approx(8 * math.pi, rel=1e-3)


def test_files_without_regions_are_refused(tmp_path):
    points = geojson(tmp_path / "points.geojson", [({"name": "a"}, shapely.Point(1, 1))])
    empty = geojson(tmp_path / "empty.geojson", [])
    text = tmp_path / "text.geojson"
    text.write_text("not a map")
    for path in (points, empty, text, tmp_path / "missing.gpkg"):
        with pytest.raises(GeoError) as caught:
            read_regions(path)
        assert "\n" not in str(caught.value)
        assert path.name in str(caught.value)
