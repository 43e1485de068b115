"""Tags as cameras and programs write them, each with its right value. A reader adds a case by a line."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from geo.georeference import crs_to_wkt
from geo.photos import tags as photo_tags
from geo.photos.poses import PlacedPhoto, poses_for
from geo.raster import inspect
from tests.surveys.tagged_photos import (
    ALT,
    ALT_REF,
    FILM_MM,
    LAT,
    LAT_REF,
    LON,
    LON_REF,
    VERSION,
    Table,
    Value,
    attributes,
    byte,
    degrees,
    double,
    photo_in,
    place,
    rational,
    rdf,
    short,
    signed_rational,
    text,
    undefined,
)  # fmt: skip

ROOT = Path(__file__).parents[3]
WGS84 = crs_to_wkt("EPSG:4326")
ELLIPSOID, SEA_LEVEL = "ellipsoid", "sea level"
LENS: Mapping[int, Value] = {FILM_MM: short(24)}
NADIR = {"drone_dji__GimbalYawDegree": 0, "drone_dji__GimbalPitchDegree": -90, "drone_dji__RelativeAltitude": 100}
SOUTH_EAST = {LAT_REF: text("S"), LON_REF: text("E")}


def placed(path: Path) -> PlacedPhoto:
    info = inspect(path)
    found = poses_for([info]).photos[0]
    kept, tags = photo_tags.without_tags(info, path), photo_tags.read_tags(info)
    assert kept.xmp is None
    assert repr(poses_for([kept], tags=[tags]).photos[0]) == repr(found), "what a plan keeps places it in the same way"
    return found


# ---- EXIF ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Exif:
    """The GPS table of a photo, where it is (None: nowhere), its altitude and what that is above.

    said: a part of the reason where it has no place
    """

    gps: Table
    lon: float | None
    lat: float | None = None
    altitude: float | None = None
    above: str | None = None
    photo: Table = field(default_factory=dict)
    said: str = "no position in its tags"


U = 2**32
EXIF_CASES = {
    # degrees, minutes, seconds in every way
    "as it should be": Exif(place(36.82, -1.29, 1700), 36.82, -1.29, 1700),
    "west and north": Exif(place(-105.25, 40.015, 12.5), -105.25, 40.015, 12.5),
    "below sea level": Exif(place(35.47, 31.5, -420), 35.47, 31.5, -420),
    "decimals of a degree": Exif(
        SOUTH_EAST | {LAT: rational(129, 100, 0, 1, 0, 1), LON: rational(3682, 100, 0, 1, 0, 1)}, 36.82, -1.29
    ),
    "decimals of a degree, the rest 0/0": Exif(
        SOUTH_EAST | {LAT: rational(129, 100, 0, 0, 0, 0), LON: rational(3682, 100, 0, 0, 0, 0)}, 36.82, -1.29
    ),
    "decimals of a minute": Exif(
        SOUTH_EAST | {LAT: rational(1, 1, 1740, 100, 0, 1), LON: rational(36, 1, 4920, 100, 0, 1)}, 36.82, -1.29
    ),
    "one value each": Exif(SOUTH_EAST | {LAT: rational(129, 100), LON: rational(3682, 100)}, 36.82, -1.29),
    "two values each": Exif(
        SOUTH_EAST | {LAT: rational(1, 1, 174, 10), LON: rational(36, 1, 492, 10)}, 36.82, -1.29
    ),
    "floating point": Exif(SOUTH_EAST | {LAT: double(1.0, 17.0, 24.0), LON: double(36.82)}, 36.82, -1.29),
    "whole numbers": Exif(SOUTH_EAST | {LAT: short(1, 17, 24), LON: (9, (36, 49, 12))}, 36.82, -1.29),
    "text": Exif({LAT: text("1,17.4S"), LON: text("36 49 12 E")}, 36.82, -1.29),
    "text of a number": Exif({LAT: text("-1.29"), LON: text("36.82"), LON_REF: text("E")}, 36.82, -1.29),
    "text without a letter": Exif({LAT: text("1,17.4"), LON: text("36.82E")}, None, said="has no N or S"),
    "the same minutes twice": Exif(
        SOUTH_EAST | {LAT: rational(1, 1, 174, 10, 30, 1), LON: degrees(36.82)}, None, said="is '(1) (17.4) (30)'"
    ),
    "sixty seconds": Exif(place(36.82, 10) | {LAT: rational(9, 1, 59, 1, 60, 1)}, 36.82, 10.0),
    "seventy minutes": Exif(place(36.82, 10) | {LAT: rational(9, 1, 70, 1, 0, 1)}, None, said="which is no position"),
    "a latitude of 95": Exif(place(36.82, 10) | {LAT: rational(95, 1, 0, 1, 0, 1)}, None, said="no position"),
    # signs
    "negative, no letters": Exif({LAT: signed_rational(-129, 100), LON: signed_rational(-3682, 100)}, -36.82, -1.29),
    "negative parts": Exif(
        {LAT: signed_rational(-1, 1, -17, 1, -24, 1), LON: signed_rational(-36, 1, -49, 1, -12, 1)}, -36.82, -1.29
    ),
    "negative degrees alone": Exif(
        {LAT: signed_rational(-1, 1, 17, 1, 24, 1), LON_REF: text("E"), LON: degrees(36.82)}, 36.82, -1.29
    ),
    "negative and S": Exif(
        SOUTH_EAST | {LAT: signed_rational(-1, 1, 17, 1, 24, 1), LON: degrees(36.82)}, 36.82, -1.29
    ),
    "negative and N": Exif(
        {LAT_REF: text("N"), LAT: signed_rational(-129, 100), LON_REF: text("E"), LON: degrees(36.82)}, 36.82, -1.29
    ),
    "a negative denominator": Exif(
        {LAT: signed_rational(129, -100), LON_REF: text("E"), LON: degrees(36.82)}, 36.82, -1.29
    ),
    "negative in an unsigned field": Exif(
        {LAT: rational(U - 1, 1, U - 17, 1, U - 24, 1), LON_REF: text("E"), LON: degrees(36.82)}, 36.82, -1.29
    ),
    "negative decimals in an unsigned field": Exif(
        {LAT: rational(U - 12_900_000, 10_000_000), LON: rational(U - 368_200_000, 10_000_000)}, -36.82, -1.29
    ),
    "a large numerator that is none": Exif(
        place(36.82, -1.29) | {LAT: rational(1, 1, 17, 1, 2_400_000_000, 100_000_000)}, 36.82, -1.29
    ),
    "unsigned seconds in a signed field": Exif(
        place(36.82, -1.29) | {LAT: signed_rational(1, 1, 17, 1, 2_400_000_000 - U, 100_000_000)}, 36.82, -1.29
    ),
    "negative minutes of positive degrees": Exif(
        place(36.82, -1.29) | {LAT: signed_rational(1, 1, -17, 1, 24, 1)}, None, said="which is no position"
    ),
    "no letter of the latitude": Exif({LAT: degrees(1.29), LON_REF: text("E"), LON: degrees(36.82)}, None,
                                      said="GPSLatitude in its tags has no N or S"),
    "no letter of the longitude": Exif({LAT_REF: text("S"), LAT: degrees(1.29), LON: degrees(36.82)}, None,
                                       said="GPSLongitude in its tags has no E or W"),
    "small letters": Exif(place(36.82, -1.29) | {LAT_REF: text("s"), LON_REF: text("e")}, 36.82, -1.29),
    "whole words": Exif(place(36.82, -1.29) | {LAT_REF: text("South"), LON_REF: text("East")}, 36.82, -1.29),
    "letters as bytes": Exif(
        place(36.82, -1.29) | {LAT_REF: undefined(b"S\0"), LON_REF: undefined(b"E\0")}, 36.82, -1.29
    ),
    "the letters exchanged": Exif(place(36.82, -1.29) | {LAT_REF: text("E"), LON_REF: text("S")}, None,
                                  said="GPSLatitude in its tags has no N or S"),
    # nothing there
    "0/0 everywhere": Exif(SOUTH_EAST | {LAT: rational(0, 0, 0, 0, 0, 0), LON: rational(0, 0, 0, 0, 0, 0)}, None),
    "0/0 degrees": Exif(place(36.82, -1.29) | {LAT: rational(0, 0, 17, 1, 24, 1)}, None, said="which is no position"),
    "0/0 minutes": Exif(place(36.82, -1.29) | {LAT: rational(1, 1, 0, 0, 24, 1)}, None, said="which is no position"),
    "whole degrees, the rest 0/0": Exif(
        place(36.82, -1.29) | {LAT: rational(1, 1, 0, 0, 0, 0)}, None, said="which is no position"
    ),
    "no fix": Exif(place(0, 0, 0), None, said="longitude 0, latitude 0"),
    "no fix, no letters": Exif(
        {LAT: rational(0, 1, 0, 1, 0, 1), LON: rational(0, 1, 0, 1, 0, 1)}, None, said="longitude 0, latitude 0"
    ),
    "on the equator": Exif(place(36.82, 0), 36.82, 0.0),
    # altitudes
    "altitude 0/0": Exif(place(36.82, -1.29) | {ALT_REF: byte(0), ALT: rational(0, 0)}, 36.82, -1.29, None),
    "altitude 1700/0": Exif(place(36.82, -1.29) | {ALT_REF: byte(0), ALT: rational(1700, 0)}, 36.82, -1.29, None),
    "altitude 0/1": Exif(place(36.82, -1.29) | {ALT_REF: byte(0), ALT: rational(0, 1)}, 36.82, -1.29, 0.0),
    "reference 2": Exif(
        place(36.82, -1.29) | {ALT_REF: byte(2), ALT: rational(17, 1)}, 36.82, -1.29, 17, SEA_LEVEL
    ),
    "reference 3": Exif(
        place(36.82, -1.29) | {ALT_REF: byte(3), ALT: rational(17, 1)}, 36.82, -1.29, -17, SEA_LEVEL
    ),
    "reference 0 of EXIF 3.0": Exif(
        place(36.82, -1.29, 17), 36.82, -1.29, 17, ELLIPSOID, photo={VERSION: undefined(b"0300")}
    ),
    "reference 1 of EXIF 3.0": Exif(
        place(36.82, -1.29, -17), 36.82, -1.29, -17, ELLIPSOID, photo={VERSION: undefined(b"0300")}
    ),
    "reference 0 of EXIF 2.32": Exif(place(36.82, -1.29, 17), 36.82, -1.29, 17, photo={VERSION: undefined(b"0232")}),
    "reference as a short": Exif(
        place(36.82, -1.29) | {ALT_REF: short(1), ALT: rational(17, 1)}, 36.82, -1.29, -17
    ),
    "reference as text": Exif(place(36.82, -1.29) | {ALT_REF: text("1"), ALT: rational(17, 1)}, 36.82, -1.29, -17),
    "a negative altitude": Exif(
        place(36.82, -1.29) | {ALT_REF: byte(0), ALT: signed_rational(-4205, 10)}, 36.82, -1.29, -420.5
    ),
    "a negative altitude, reference 1": Exif(
        place(36.82, -1.29) | {ALT_REF: byte(1), ALT: signed_rational(-4205, 10)}, 36.82, -1.29, -420.5
    ),
    "a negative altitude in an unsigned field": Exif(
        place(36.82, -1.29) | {ALT: rational(U - 4205, 10)}, 36.82, -1.29, -420.5
    ),
    "no reference": Exif(place(36.82, -1.29) | {ALT: rational(1700, 1)}, 36.82, -1.29, 1700),
    "above the sky": Exif(place(36.82, -1.29) | {ALT: rational(200_000, 1)}, 36.82, -1.29, None),
}  # fmt: skip


@pytest.mark.parametrize("case", EXIF_CASES)
@pytest.mark.parametrize("container", ["jpeg-II", "png-eXIf", "tiff-MM"])
def test_positions_in_exif(container: str, case: str, tmp_path: Path) -> None:
    right = EXIF_CASES[case]
    info = inspect(photo_in(container, tmp_path, photo=dict(LENS) | dict(right.photo), gps=right.gps))
    found = photo_tags.read_tags(info)
    if right.lon is None or right.lat is None:
        assert math.isnan(found.lon)
        assert right.said in "; ".join(poses_for([info]).photos[0].reasons)
        return
    assert (found.lon, found.lat) == pytest.approx((right.lon, right.lat), abs=1e-9)
    assert found.z == pytest.approx(math.nan if right.altitude is None else right.altitude, nan_ok=True)
    assert found.above == right.above
    assert info.gps is not None
    assert (info.gps.lon, info.gps.altitude_m) == (found.lon, right.altitude)


# ---- XMP -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Xmp:
    """A packet, and the yaw, pitch, height above take-off and place that it gives."""

    packet: str
    yaw: float = 0.0
    pitch: float = -90.0
    relative: float = 100.0
    lon: float = 36.82
    lat: float = -1.29


_DJI = "".join(
    f"<drone-dji:{name}>{value}</drone-dji:{name}>"
    for name, value in (("GpsLatitude", -1.29), ("GpsLongitude", "+36.82"), ("GimbalYawDegree", "+12.5"),
                        ("GimbalPitchDegree", -80), ("RelativeAltitude", "+100.00"))
)  # fmt: skip
_SKYDIO = 'drone-skydio:Latitude="-1.29" drone-skydio:Longitude="36.82" drone-skydio:RelativeAltitude="100"'
_NED = 'drone-skydio:Yaw="12.5" drone-skydio:Pitch="-80" drone-skydio:Roll="0"'
_NED_PARTS = (
    "<drone-skydio:Yaw>12.5</drone-skydio:Yaw><drone-skydio:Pitch>-80</drone-skydio:Pitch>"
    "<drone-skydio:Roll>0</drone-skydio:Roll>"
)


def skydio(turned: str, attributes: str = "") -> str:
    opened = f"<drone-skydio:CameraOrientationNED{attributes}>"
    return rdf(f"<rdf:Description {_SKYDIO}>{opened}{turned}</drone-skydio:CameraOrientationNED></rdf:Description>")


_DJI_ATTRIBUTES = {
    "drone_dji__GpsLatitude": "-1.29", "drone_dji__GpsLongitude": "+36.82", "drone_dji__GimbalYawDegree": "+12.5",
    "drone_dji__GimbalPitchDegree": "-80.0", "drone_dji__RelativeAltitude": "+100.0",
}  # fmt: skip
_ONE, _TWO = dict(list(_DJI_ATTRIBUTES.items())[:2]), dict(list(_DJI_ATTRIBUTES.items())[2:])
XMP_CASES = {
    "attributes": Xmp(rdf(attributes(**_DJI_ATTRIBUTES)), 12.5, -80),
    "elements": Xmp(rdf(f'<rdf:Description rdf:about="">{_DJI}</rdf:Description>'), 12.5, -80),
    "two descriptions": Xmp(rdf(attributes(**_ONE) + attributes(**_TWO)), 12.5, -80),
    "no wrapper": Xmp(rdf(attributes(**_DJI_ATTRIBUTES), wrapper=""), 12.5, -80),
    "another prefix of the wrapper": Xmp(rdf(attributes(**_DJI_ATTRIBUTES), wrapper="xap:xmpmeta"), 12.5, -80),
    "other prefixes": Xmp(
        rdf(attributes(**_DJI_ATTRIBUTES)).replace("drone-dji:", "d:").replace(":drone-dji=", ":d="), 12.5, -80
    ),
    "another prefix of RDF": Xmp(
        rdf(attributes(**_DJI_ATTRIBUTES)).replace("rdf:", "r:").replace("xmlns:rdf", "xmlns:r"), 12.5, -80
    ),
    "undeclared prefixes": Xmp(rdf(attributes(**_DJI_ATTRIBUTES), declare=False), 12.5, -80),
    "values with qualifiers": Xmp(
        rdf(
            "<rdf:Description>"
            + _DJI.replace("<drone-dji:GimbalYawDegree>+12.5<",
                           '<drone-dji:GimbalYawDegree rdf:parseType="Resource"><rdf:value>+12.5</rdf:value><')
            + "</rdf:Description>"
        ), 12.5, -80,
    ),
    "a large thumbnail beside it": Xmp(
        rdf(f"<rdf:Description>{_DJI}<xmp:Thumbnails>{'QUJD' * 20_000}</xmp:Thumbnails></rdf:Description>"), 12.5, -80
    ),
    "characters by numbers": Xmp(rdf(attributes(**_DJI_ATTRIBUTES)).replace("+12.5", "&#43;12&#x2E;5"), 12.5, -80),
    "Skydio, attributes": Xmp(skydio("", f" {_NED}"), 12.5, -80),
    "Skydio, resource": Xmp(skydio(_NED_PARTS, ' rdf:parseType="Resource"'), 12.5, -80),
    "Skydio, nested description": Xmp(skydio(f"<rdf:Description {_NED}/>"), 12.5, -80),
    "Skydio, nested elements": Xmp(skydio(f"<rdf:Description>{_NED_PARTS}</rdf:Description>"), 12.5, -80),
    "Skydio, http": Xmp(skydio("", f" {_NED}").replace("https://www.skydio", "http://www.skydio"), 12.5, -80),
    "Parrot": Xmp(
        rdf(attributes(drone_parrot__CameraYawDegree=12.5, drone_parrot__CameraPitchDegree=-80,
                       drone_dji__RelativeAltitude=100, exif__GPSLatitude="1,17.4S", exif__GPSLongitude="36,49.2E")),
        12.5, -80,
    ),
    "Autel": Xmp(
        rdf(attributes(**{name.replace("dji", "autel"): value for name, value in _DJI_ATTRIBUTES.items()})), 12.5, -80
    ),
    "a position of zeros, and EXIF's in XMP": Xmp(
        rdf(attributes(drone_dji__GpsLatitude="0.0", drone_dji__GpsLongitude="0.0", exif__GPSLatitude="1,17,24S",
                       exif__GPSLongitude="36,49,12E", **NADIR)),
    ),
}  # fmt: skip


# A segment of a JPEG has at most 64 kB.
_IN_JPEG = [("jpeg-II", case) for case, right in XMP_CASES.items() if len(right.packet) < 65_000]


@pytest.mark.parametrize(
    ("container", "case"), _IN_JPEG + [(one, case) for one in ("png-raw", "webp", "tiff-II") for case in XMP_CASES]
)
def test_forms_of_xmp(container: str, case: str, tmp_path: Path) -> None:
    right = XMP_CASES[case]
    found = photo_tags.read_tags(inspect(photo_in(container, tmp_path, xmp=right.packet)))
    assert (found.angles, found.yaw, found.pitch, found.roll) == ("gimbal", right.yaw, right.pitch, 0.0)
    assert (found.relative, found.lon, found.lat) == pytest.approx((right.relative, right.lon, right.lat), abs=1e-9)


# (latitude, longitude in XMP's `exif`, and the place; None: no place)
COORDINATES: tuple[tuple[str, str, float | None, float | None], ...] = (
    ("1,17.4S", "36,49.2E", 36.82, -1.29),
    ("1,17,24S", "36,49,12E", 36.82, -1.29),
    ("1,17.40000000S", "36,49.20000000E", 36.82, -1.29),
    ("40,0.9N", "105,15W", -105.25, 40.015),
    ("1.29S", "36.82E", 36.82, -1.29),
    ("-1.29", "36.82", 36.82, -1.29),
    ("+40.015", "-105.25", -105.25, 40.015),
    ("S1,17.4", "E36,49.2", 36.82, -1.29),
    ("1 17 24 S", "36 49 12 E", 36.82, -1.29),
    ("1°17'24\"S", "36° 49′ 12.0″ E", 36.82, -1.29),
    ("1/1,174/10s", "36/1,492/10e", 36.82, -1.29),
    ("1 deg 17' 24.00&quot; S", "36 deg 49' 12.00&quot; E", 36.82, -1.29),
    ("1,17.4", "36,49.2", None, None),
    ("1,17.4E", "36,49.2S", None, None),
    ("1,77.4S", "36,49.2E", None, None),
    ("91,0S", "36,49.2E", None, None),
    ("here", "there", None, None),
    ("0,0N", "0,0E", None, None),
)


@pytest.mark.parametrize(("lat", "lon", "right_lon", "right_lat"), COORDINATES)
@pytest.mark.parametrize("form", ["attributes", "elements"])
def test_positions_in_xmp(
    form: str, lat: str, lon: str, right_lon: float | None, right_lat: float | None, tmp_path: Path
) -> None:
    inner = attributes(exif__GPSLatitude=lat.replace('"', "&quot;"), exif__GPSLongitude=lon.replace('"', "&quot;"),
                       exif__GPSAltitude="17000/10", exif__GPSAltitudeRef="0", **NADIR)  # fmt: skip
    if form == "elements":
        inner = attributes(**NADIR) + (
            f"<rdf:Description><exif:GPSLatitude>{lat}</exif:GPSLatitude><exif:GPSLongitude>{lon}</exif:GPSLongitude>"
            "<exif:GPSAltitude>17000/10</exif:GPSAltitude></rdf:Description>"
        )
    found = placed(photo_in("jpeg-II", tmp_path, photo=LENS, xmp=rdf(inner)))
    if right_lon is None:
        assert math.isnan(found.lon)
        return
    assert (found.lon, found.lat) == pytest.approx((right_lon, right_lat), abs=1e-9)
    assert found.altitude_m == 1700


def test_what_else_xmp_has_of_exif(tmp_path: Path) -> None:
    packet = rdf(
        attributes(tiff__Make="DJI", tiff__Model="FC6310", exif__FocalLength="88/10", exif__FocalLengthIn35mmFilm="24",
                   exif__DateTimeOriginal="2024-07-16T15:12:00.25+03:00", exif__GPSLatitude="1,17.4S",
                   exif__GPSLongitude="36,49.2E", exif__GPSAltitude="17/1", exif__GPSAltitudeRef="3",
                   tiff__Orientation="6", **NADIR)
    )  # fmt: skip
    info = inspect(photo_in("webp", tmp_path, xmp=packet))
    assert info.captured_at == "2024-07-16T15:12:00.25+03:00"
    assert info.exif["Model"] == "FC6310"
    assert info.orientation == 1  # no viewer turns a photo by XMP
    assert info.gps is not None
    assert (info.gps.altitude_m, info.gps.above) == (-17.0, SEA_LEVEL)
    assert placed(info.path).georeference is not None


def test_exif_comes_before_xmp_and_before_a_position_of_zeros(tmp_path: Path) -> None:
    packet = rdf(attributes(exif__GPSLatitude="1,17.4S", exif__GPSLongitude="36,49.2E", **NADIR))
    assert placed(photo_in("jpeg-II", tmp_path, gps=place(7.4, 46.5), xmp=packet)).lon == pytest.approx(7.4)
    for unknown in (place(0, 0), {LAT: degrees(1.29), LON: degrees(36.82)}):
        assert placed(photo_in("jpeg-II", tmp_path, gps=unknown, xmp=packet)).lon == pytest.approx(36.82)


# ---- panoramas -------------------------------------------------------------------------------------------------------

PANORAMAS: tuple[tuple[str, Mapping[str, str | float], Table, str | None], ...] = (
    ("whole", {"GPano__ProjectionType": "equirectangular"}, {}, "equirectangular"),
    ("capitals", {"GPano__ProjectionType": "Equirectangular "}, {}, "equirectangular"),
    ("cylinder", {"GPano__ProjectionType": "cylindrical"}, {}, "cylindrical"),
    ("cube", {"GPano__ProjectionType": "cubemap"}, {}, "cubemap"),
    ("sizes alone", {"GPano__FullPanoWidthPixels": 8000}, {}, "stitched from several"),
    ("a sphere by Pix4D", {"Camera__ModelType": "spherical"}, {}, "spherical"),
    ("a phone's", {}, {0xA401: short(6)}, "stitched from several"),
    ("a flat picture", {"GPano__ProjectionType": "rectilinear"}, {}, None),
    ("a phone's HDR", {}, {0xA401: short(3)}, None),
)


@pytest.mark.parametrize(("case", "xmp", "photo", "kind"), PANORAMAS)
def test_a_panorama_has_no_place_and_says_so(
    case: str, xmp: Mapping[str, str | float], photo: Table, kind: str | None, tmp_path: Path
) -> None:
    packet = rdf(attributes(**xmp, **NADIR))
    found = placed(photo_in("jpeg-MM", tmp_path, photo={**LENS, **photo}, gps=place(36.82, -1.29, 1700), xmp=packet))
    assert (found.georeference is None) == (kind is not None), case
    assert (f"panorama ({kind})" in " ".join(found.reasons)) == (kind is not None)
    assert len(found.reasons) == 1  # for a panorama no height is looked for
    assert found.lon == pytest.approx(36.82)


def test_the_manual_lists_what_is_read() -> None:
    page = (ROOT / "docs/formats.md").read_text(encoding="utf-8")
    assert photo_tags.table() in page, f"write this table into docs/formats.md:\n{photo_tags.table()}"


def test_a_picture_without_tags_has_none(tmp_path: Path) -> None:
    for suffix in ("png", "webp", "tiff", "jpeg"):
        Image.fromarray(np.zeros((30, 40, 3), np.uint8)).save(tmp_path / f"a.{suffix}")
        info = inspect(tmp_path / f"a.{suffix}")
        assert (dict(info.exif), info.gps, info.xmp) == ({}, None, None)
