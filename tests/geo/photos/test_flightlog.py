"""Flight logs: what files hold, how photos join them, and clocks that disagree."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyproj
import pytest

from geo.errors import GeoreferenceError
from geo.georeference import crs_to_wkt
from geo.photos import flightlog, pose_table
from geo.photos.poses import poses_for
from geo.photos.projection import PosedPhoto
from tests.surveys.photo_headers import LENS, header

GEOD = pyproj.Geod(ellps="WGS84")
START = datetime(2024, 7, 16, 12, 0, 0, tzinfo=UTC).timestamp()


def flight(count: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Seconds, longitudes, latitudes of strips east and west, 40 m a second, a fix a second, turned every 60 s."""
    x, y, heading = 0.0, 0.0, 1.0
    places = []
    for i in range(count):
        places.append((x, y))
        if i % 60 == 59:
            y, heading = y + 40.0, -heading
        else:
            x += 40.0 * heading
    x, y = np.array(places).T
    return START + np.arange(count), 36.9 + x / 111_200.0, -2.7 + y / 110_600.0


def write_gpx(path: Path, seconds: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> Path:
    points = "".join(
        f'<trkpt lon="{x:.8f}" lat="{y:.8f}"><ele>1700.5</ele><time>{stamp(t)}Z</time></trkpt>'
        for t, x, y in zip(seconds, lon, lat, strict=True)
    )
    path.write_text(
        '<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><name>flight</name><trkseg>'
        f"{points}</trkseg></trk></gpx>",
        encoding="utf-8",
    )
    return path


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(float(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S")


def write_csv(path: Path, seconds: np.ndarray, lon: np.ndarray, lat: np.ndarray, zone: str = "Z") -> Path:
    lines = [f"{stamp(t)}{zone},{x:.8f},{y:.8f},1700.5,984.25" for t, x, y in zip(seconds, lon, lat, strict=True)]
    path.write_text("\n".join(["Time,Longitude,Latitude,Altitude (m),Radar_alt_ft", *lines]), encoding="utf-8")
    return path


@pytest.mark.parametrize("write", [write_gpx, write_csv])
def test_a_log_reads_back(tmp_path: Path, write: object) -> None:
    seconds, lon, lat = flight()
    log = flightlog.read_flight_log(write(tmp_path / ("a.gpx" if write is write_gpx else "a.csv"), seconds, lon, lat))  # type: ignore[operator]
    assert np.array_equal(log.time, seconds)
    assert np.abs(log.lon - lon).max() < 1e-7
    assert (log.z == 1700.5).all()
    assert log.zoned
    assert np.allclose(log.agl, 984.25 * 0.3048) if write is write_csv else np.isnan(log.agl).all()


def test_joining_interpolates_and_heads_along_the_track(tmp_path: Path) -> None:
    log = flightlog.read_flight_log(write_csv(tmp_path / "a.csv", *flight()))
    there = flightlog.join(log, [START + 10.25, START + 70.5, START - 100, START + 299.4])
    assert there.lon[0] == pytest.approx(log.lon[10] * 0.75 + log.lon[11] * 0.25)
    assert there.heading[0] == pytest.approx(90, abs=0.1)
    assert there.heading[1] == pytest.approx(270, abs=0.1)
    assert np.isnan(there.lon[2])
    assert there.lon[3] == pytest.approx(log.lon[-1], abs=1e-12)
    assert there.speed[0] == pytest.approx(40, rel=0.01)
    assert there.from_track.all()


def test_nothing_is_interpolated_across_a_gap(tmp_path: Path) -> None:
    seconds, lon, lat = flight()
    keep = (seconds < START + 100) | (seconds > START + 200)
    log = flightlog.read_flight_log(write_csv(tmp_path / "a.csv", seconds[keep], lon[keep], lat[keep]))
    assert np.isnan(flightlog.join(log, [START + 150.0]).lon).all()


@pytest.mark.parametrize("offset", [-10800.0, 7.0, -3594.5])
def test_the_clock_offset_is_found_from_photos_with_positions(tmp_path: Path, offset: float) -> None:
    log = flightlog.read_flight_log(write_csv(tmp_path / "a.csv", *flight()))
    rng = np.random.default_rng(5)
    moments = START + rng.uniform(5, 290, 40)
    there = flightlog.join(log, moments)
    lon, lat = there.lon + rng.normal(0, 3 / 111_200, 40), there.lat + rng.normal(0, 3 / 110_600, 40)
    found, distance = flightlog.find_clock_offset(log, moments - offset, lon, lat)
    assert found == pytest.approx(offset, abs=0.2)
    assert distance < 10
    with pytest.raises(GeoreferenceError, match="near the flight log"):
        flightlog.find_clock_offset(log, moments, lon + 5, lat)


def test_only_a_time_zone_that_is_the_only_one_is_guessed(tmp_path: Path) -> None:
    log = flightlog.read_flight_log(write_csv(tmp_path / "a.csv", *flight()))
    assert flightlog.guess_time_zone(log, START + np.arange(5, 290) + 10800) == -10800
    assert flightlog.guess_time_zone(log, START + np.arange(5, 290)) == 0
    assert flightlog.guess_time_zone(log, START + np.arange(400, 500)) is None


def test_photos_join_a_log_and_say_where_they_do_not(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "log.csv", *flight())
    exif = {"FocalLengthIn35mmFilm": "35"}
    photos = [header(f"IMG_{i:04}.JPG", 6000, 4000, exif, captured_at=stamp(START + 20 * i + 10800)) for i in range(14)]
    photos.append(header("late.JPG", 6000, 4000, exif, captured_at=stamp(START + 4000 + 10800)))
    photos.append(header("untimed.JPG", 6000, 4000, exif))
    result = poses_for(photos, path)
    assert result.clock_offset_s == -10800
    assert all(p.georeference is not None and p.georeference.kind == "flight log" for p in result.photos[:14])
    first = result.photos[1]
    assert first.agl_m == pytest.approx(300, abs=0.01)
    assert first.heading_deg == pytest.approx(90, abs=0.1)
    assert "has no position at its time" in " ".join(result.photos[14].reasons)
    assert "no time in its tags" in " ".join(result.photos[15].reasons)
    assert result.photos[14].georeference is None
    # A camera that looks out of the right side lies to the south of a flight to the east.
    side = poses_for(photos, path, mount=(90.0, -50.0, 0.0))
    centre = side.photos[1].georeference.to_map([(3000, 2000)])[0]  # type: ignore[union-attr]
    below = first.georeference.to_map([(3000, 2000)])[0]  # type: ignore[union-attr]
    assert centre[1] < below[1] - 200


def test_a_wrong_clock_offset_is_suspected(tmp_path: Path) -> None:
    seconds, lon, lat = flight()
    path = write_csv(tmp_path / "log.csv", seconds, lon, lat)
    photos = [
        header(f"IMG_{i:04}.JPG", captured_at=stamp(START + i), exif=LENS, gps=(lon[i], lat[i], None))
        for i in range(10, 50, 5)
    ]
    wrong = poses_for(photos, path, clock_offset_s=25.0)
    assert all("check the clock offset" in " ".join(p.reasons) for p in wrong.photos)
    assert any("clock offset" in line for line in wrong.warnings)
    right = poses_for(photos, path)
    assert right.clock_offset_s == pytest.approx(0, abs=0.2)
    assert not any("check the clock offset" in line for line in right.warnings)
    # GPS time in the tags settles it without positions.
    timed = [
        header(f"T_{i}.JPG", captured_at=stamp(START + i + 3601), exif={**LENS, "GPSDateStamp": "2024:07:16",
               "GPSTimeStamp": f"(12) (0) ({i})"})
        for i in range(10, 50, 5)
    ]  # fmt: skip
    assert poses_for(timed, path).clock_offset_s == -3601


# --- files that are none ----------------------------------------------------------------------------------------

BAD = {
    "empty.csv": ("", "empty"),
    "no-time.csv": ("lon,lat\n1,2\n3,4\n", "no column of times"),
    "no-position.csv": ("time,height\n2024-07-16T12:00:00Z,5\n", "no columns of positions"),
    "mixed.csv": ("time,lon,lat\n2024-07-16T12:00:00Z,1,2\n16/07/2024 12:00:01,1,2\n", "mixes date formats"),
    "ambiguous.csv": ("time,lon,lat\n03/04/2024 12:00:00,1,2\n03/04/2024 12:00:01,1,2\n", "day/month or month/day"),
    "both.csv": ("time,lon,lat\n23/04/2024 12:00:00,1,2\n03/24/2024 12:00:01,1,2\n", "mixes day/month and month/day"),
    "comma.csv": ("time,lon,lat\n2024-07-16T12:00:00Z,1,5,2,5\n", "decimal commas"),
    "zones.csv": ("time,lon,lat\n2024-07-16T12:00:00Z,1,2\n2024-07-16T12:00:01,1,2\n", "with and without a zone"),
    "clock.csv": ("time,lon,lat\n12:00:00,1,2\n", "time without a date"),
    "impossible.csv": ("time,lon,lat\n2024-13-16T12:00:00Z,1,2\n", "no such date"),
    "word.csv": ("time,lon,lat\n2024-07-16T12:00:00Z,here,2\n", "expected a number"),
    "swapped.csv": ("time,lon,lat\n2024-07-16T12:00:00Z,-2.7,136.9\n2024-07-16T12:00:01Z,-2.7,136.9\n", "swapped"),
    "grid.csv": ("time,x,y\n2024-07-16T12:00:00Z,263000,9700000\n", "without a CRS"),
    "one.csv": ("time,lon,lat\n2024-07-16T12:00:00Z,1,2\n", "at least 2"),
    "untimed.gpx": ('<gpx><trk><trkseg><trkpt lon="1" lat="2"/></trkseg></trk></gpx>', "none with a time"),
    "cut.gpx": ('<gpx><trk><trkseg><trkpt lon="1" lat="2">', "not a complete GPX"),
    "none.gpx": ("<gpx></gpx>", "no track points"),
    "nowhere.gpx": ('<gpx><trkpt lon="x" lat="2"><time>2024-07-16T12:00:00Z</time></trkpt></gpx>', "not on the earth"),
    "bomb.gpx": ('<!-- x --><!DOCTYPE g [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><gpx>&b;</gpx>', "document type"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_log_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    text, told = BAD[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(GeoreferenceError, match=told) as error:
        flightlog.read_flight_log(tmp_path / name)
    assert "\n" not in str(error.value)
    assert name in str(error.value)


def test_semicolons_decimal_commas_and_day_first_dates(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "Datum;date;time;lon;lat;alt\na;16.07.2024;12:00:00;36,9;-2,7;1700,5\na;16.07.2024;12:00:01;36,90036;-2,7;NA\n"
    )
    log = flightlog.read_flight_log(path)
    assert log.time.tolist() == [START, START + 1]
    assert not log.zoned
    assert log.lon[1] == 36.90036
    assert log.z[0] == 1700.5
    assert np.isnan(log.z[1])


def test_columns_by_name_with_units(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "when,E,N,h_sensor\n2024-07-16T12:00:00Z,500000,9700000,1000\n2024-07-16T12:00:01Z,500040,9700000,1000\n"
    )
    table = pose_table.read_table(path, {"time": "when", "agl": "h_sensor:ft"})
    assert table.numbers["agl"].tolist() == [304.8, 304.8]
    log = flightlog.from_table(table, crs_to_wkt("EPSG:32737"))
    assert log.lon[0] == pytest.approx(39)
    with pytest.raises(GeoreferenceError, match="no column 'x'; it has 'when'"):
        pose_table.read_table(path, {"time": "x"})


# --- the 2015 Serengeti survey ----------------------------------------------------------------------------------


@pytest.mark.realdata
def test_the_serengeti_survey_joins_its_log(realdata: Path, tmp_path: Path) -> None:
    """1,583 photos by time: positions, and footprints against the table's own areas (a 36 x 24 mm frame at 35 mm)."""
    source = realdata / "jolly" / "CompletePhotoCount2015.csv"
    with source.open() as file:
        rows = list(csv.DictReader(file))
    # 35.9 x 24 mm, the sensor that the table's FieldX and FieldY are for, on 5616 px.
    exif = {"FocalLength": "(35)", "FocalPlaneXResolution": str(5616 / 3.59), "FocalPlaneResolutionUnit": "3"}
    photos = [
        header(
            f"{row['SWC_image']}.JPG",
            5616,
            round(5616 * 24 / 35.9),
            exif,
            captured_at=row["DateTimeOriginal"].replace(" ", "T"),
        )
        for row in rows
    ]
    log = {"time": "Time_UTC", "date": "date", "x": "coords.x1.1", "y": "coords.x2.1"}
    expected = np.array([float(row["Area"]) for row in rows])
    places = np.array([(float(row["coords.x1.1"]), float(row["coords.x2.1"])) for row in rows])
    steady = np.array(
        [
            datetime.fromisoformat(row["DateTimeOriginal"])
            - datetime.strptime(f"{row['date']} {row['Time_UTC']}", "%d/%m/%Y %H:%M:%S")
            == timedelta(hours=3)
            for row in rows
        ]
    )
    assert steady.sum() == 1400
    areas = {}
    for height in ("Altitude", "radar_alt:ft"):
        result = poses_for(photos, source, position_crs="EPSG:32736", columns={**log, "agl": height})
        assert result.clock_offset_s == -10800
        # Eight were taken at a line's end by a clock some seconds off the log's: their reason says so.
        placed = np.array([p.georeference is not None for p in result.photos])
        assert (placed | ~steady).all()
        assert placed.sum() >= 1570
        assert all("flight log has no position" in p.reasons[0] for p in result.photos if p.georeference is None)
        found = [p.georeference for p in result.photos if isinstance(p.georeference, PosedPhoto)]
        centres = np.array([p.to_map([(2808, 1877)])[0] for p in found])
        off = np.hypot(*(centres - places[placed]).T)
        assert (off[steady[placed]] < 1.0).all()
        east = np.sin(np.radians([p.heading_deg for p in result.photos])) > 0
        assert (east == (np.array([row["direction"] for row in rows]) == "E"))[placed].mean() > 0.995
        rings = np.array([p.footprint() for p in found])
        x, y = rings[..., 0], rings[..., 1]
        scale = np.array([np.linalg.det(p.axes) for p in found])
        areas[height] = np.full(len(rows), np.nan)
        areas[height][placed] = 0.5 * np.abs((x[:, :-1] * y[:, 1:] - x[:, 1:] * y[:, :-1]).sum(axis=1)) / scale / 1e6
    ratio = areas["Altitude"][steady] / expected[steady]
    assert np.abs(ratio - 1).max() < 0.001
    everywhere = areas["Altitude"] / expected
    assert (np.abs(everywhere[placed] - 1) < 0.05).mean() > 0.94
    # The table's areas are for GPS altitude less a DEM. The radar says 2.8 % less height, so 5.6 % less area.
    assert np.median(areas["radar_alt:ft"][placed] / expected[placed]) == pytest.approx(0.944, abs=0.01)


TRACK = "<trk><trkseg>{}</trkseg></trk>"
ROUTE = "<rte>{}</rte>"


def points(kind: str, lon: float, start: int) -> str:
    return "".join(
        f'<{kind} lon="{lon}" lat="{2 + i / 1e4}"><ele>100</ele><time>2024-07-16T12:00:0{start + i}Z</time></{kind}>'
        for i in range(3)
    )


# What stands in a GPX file: the longitudes of its fixes.
GPX: dict[str, tuple[str, list[float]]] = {
    "a track": (TRACK.format(points("trkpt", 1, 0)), [1, 1, 1]),
    "two tracks": (TRACK.format(points("trkpt", 1, 0)) + TRACK.format(points("trkpt", 2, 3)), [1, 1, 1, 2, 2, 2]),
    "two segments, the later first": (
        f"<trk><trkseg>{points('trkpt', 1, 5)}</trkseg><trkseg>{points('trkpt', 2, 0)}</trkseg></trk>",
        [2, 2, 2, 1, 1, 1],
    ),
    "a route alone": (ROUTE.format(points("rtept", 1, 0)), [1, 1, 1]),
    "a track, and the route that was planned": (
        ROUTE.format(points("rtept", 9, 3)) + TRACK.format(points("trkpt", 1, 0)),
        [1, 1, 1],
    ),
    "way points with times before a track": (points("wpt", 9, 3) + TRACK.format(points("trkpt", 1, 0)), [1, 1, 1]),
    "points without a time among others": (
        TRACK.format('<trkpt lon="9" lat="2"/>' + points("trkpt", 1, 0)), [1, 1, 1]
    ),
    "a prefix before each name": (
        TRACK.format(points("trkpt", 1, 0)).replace("</", "</g:").replace("<", "<g:").replace("<g:/g:", "</g:"),
        [1, 1, 1],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GPX)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_counts_in_a_gpx(tmp_path: Path, name: str, encoding: str) -> None:
    content, lons = GPX[name]
    head = f'<?xml version="1.0" encoding="{encoding}"?><gpx xmlns:g="http://www.topografix.com/GPX/1/1">'
    (tmp_path / "a.GPX").write_bytes(f"{head}{content}</gpx>".encode(encoding))
    assert flightlog.read_flight_log(tmp_path / "a.GPX").lon.tolist() == lons


def test_longitudes_from_0_to_360_degrees(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "time,lon,lat,alt\n2024-05-01T10:00:00Z,179.999,-16.8,100\n2024-05-01T10:00:02Z,180.001,-16.8,100\n"
    )
    log = flightlog.read_flight_log(tmp_path / "log.csv")
    np.testing.assert_allclose(log.lon, [179.999, -179.999])
