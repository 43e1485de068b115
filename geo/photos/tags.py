"""What a photo's own EXIF and XMP say about where it was taken and where the camera pointed.

`FORMATS` lists what is read; the documentation's list is made from it. The angles of `MAKERS` are in the gimbal
convention of `geo.photos.attitude`; those of Pix4D's Camera tags, which other makers write, in the nadir convention.
"""

import functools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from geo.errors import GeoreferenceError
from geo.photos.camera_tags import EXIF_TAGS, XMP_TAGS, number
from geo.photos.projection import PoseError
from geo.photos.times import iso_seconds
from geo.raster import RasterInfo
from geo.raster.exif import ELLIPSOID, SEA_LEVEL, position_doubt
from geo.raster.xmp import properties

NAN = math.nan
_LEAST_RTK = 16  # DJI's RtkFlag of a receiver that has a position, however exact


@dataclass(frozen=True)
class Maker:
    """A maker's own XMP. prefix: as `geo.raster.xmp` names it. angles: yaw, pitch and roll of the camera."""

    name: str
    prefix: str
    angles: tuple[str, ...]


_GIMBAL = ("GimbalYawDegree", "GimbalPitchDegree", "GimbalRollDegree")
MAKERS = (
    Maker("DJI", "drone-dji", _GIMBAL),
    Maker("Skydio", "drone-skydio", tuple(f"CameraOrientationNED/{name}" for name in ("Yaw", "Pitch", "Roll"))),
    Maker("Parrot", "drone-parrot", ("CameraYawDegree", "CameraPitchDegree", "CameraRollDegree")),
    Maker("Autel", "drone-autel", _GIMBAL),
    Maker("other drones", "drone", _GIMBAL),
)
# The names of each maker's longitude (which older DJI cameras misspell), latitude, and angles.
_PLACES = tuple(
    (
        tuple(f"{maker.prefix}:{name}" for name in ("GpsLongitude", "GpsLongtitude", "Longitude")),
        tuple(f"{maker.prefix}:{name}" for name in ("GpsLatitude", "Latitude")),
    )
    for maker in MAKERS
)
_TURNS = tuple(tuple(f"{maker.prefix}:{name}" for name in maker.angles) for maker in MAKERS)
_ABSOLUTE = tuple(f"{maker.prefix}:AbsoluteAltitude" for maker in MAKERS)
_RELATIVE = tuple(f"{maker.prefix}:RelativeAltitude" for maker in MAKERS)

# (made by, where it stands, what is used)
FORMATS = (
    (
        "any camera",
        "EXIF",
        "latitude, longitude, altitude with GPSAltitudeRef 0 to 3, direction, GPS time; date and time with its zone; "
        "focal length, maker and model; orientation (for labels)",
    ),
    ("any program", "XMP `exif:`, `tiff:`", "the same, except the orientation, where EXIF lacks it"),
    *(
        (
            maker.name,
            f"XMP `{maker.prefix}:`",
            "latitude, longitude, AbsoluteAltitude, RelativeAltitude, "
            + ", ".join(name.rpartition("/")[2] for name in maker.angles),
        )
        for maker in MAKERS
    ),
    ("DJI", "XMP `drone-dji:`", "DewarpData, CalibratedFocalLength, FlightYawDegree, RtkFlag and the RTK's accuracies"),
    (
        "Pix4D, senseFly, Parrot, MicaSense",
        "XMP `Camera:`",
        "Yaw, Pitch, Roll, AboveGroundAltitude, VertCS, accuracies; perspective lenses and fisheyes "
        "(FisheyePolynomial, FisheyeAffineMatrix)",
    ),
    ("Google, phones, stitching programs", "XMP `GPano:`", "ProjectionType: a panorama has no place"),
)

# Programs that write their name over the camera's, and may have turned the picture without its yaw.
_VIEWERS = re.compile(
    r"photo viewer|photo gallery|picasa|irfanview|xnview|faststone|acdsee|windows|paint|preview|google photos|snapseed|"
    r"nomacs|gthumb|shotwell|imagemagick|jpegtran",
    re.IGNORECASE,
)
_EDITORS = re.compile(
    r"photoshop|lightroom|gimp|capture one|darktable|rawtherapee|affinity|luminar|digikam|dxo|on1|corel|acr ",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TagPose:
    """A photo's pose as its tags have it; NaN where they do not say.

    lon, lat    WGS 84 degrees
    z           metres above sea level or the ellipsoid; above: which of them (`geo.raster.exif`), None: not known
    relative    metres above the take-off; agl: above ground
    angles      'gimbal' or 'nadir' (`geo.photos.attitude`), 'heading' where only `yaw` is known, or None
    yaw, pitch, roll  degrees
    error       of position and attitude
    rtk         whether the position is a fixed RTK solution
    time        seconds since 1970 of the camera's clock, as UTC where it has no zone; zoned: whether it has one
    gps_time    seconds since 1970, UTC, of the receiver
    software    the program that wrote the file, where it is no camera's; stale: it may have turned the picture
    notes       what is to be said of the tags
    lens        the values of `camera_tags.XMP_TAGS`, None for those that are missing
    says_where  whether the tags say anything about the position, even if only that the receiver had none
    """

    lon: float
    lat: float
    z: float
    above: str | None
    relative: float
    agl: float
    angles: str | None
    yaw: float
    pitch: float
    roll: float
    error: PoseError
    rtk: bool
    time: float
    zoned: bool
    gps_time: float
    software: str | None
    stale: bool
    notes: tuple[str, ...]
    lens: tuple[str | None, ...] = ()
    says_where: bool = False


def read_tags(info: RasterInfo) -> TagPose:
    """The pose in a photo's tags."""
    xmp, exif = properties(info.xmp), info.exif
    notes: list[str] = []
    lon, lat = _position(info, xmp, notes)
    z, above = _altitude(info, xmp)
    angles, yaw, pitch, roll, error = _angles(exif, xmp, notes)
    rtk = _first(xmp, "drone-dji:RtkFlag") >= 50
    error = _position_error(xmp, error, rtk)
    time, zoned = NAN, False
    if info.captured_at is not None:
        try:
            time, zoned = iso_seconds(info.captured_at)
        except GeoreferenceError:
            notes.append("its time cannot be read")
    software, stale = _edited(exif, xmp, info.width, info.height)
    return TagPose(
        lon=lon, lat=lat, z=z, above=above,
        relative=_first(xmp, *_RELATIVE),
        agl=_first(xmp, "Camera:AboveGroundAltitude"),
        angles=angles, yaw=yaw, pitch=pitch, roll=roll, error=error, rtk=rtk, time=time, zoned=zoned,
        gps_time=_gps_time(exif), software=software, stale=stale, notes=tuple(notes),
        lens=_first_of_equals(tuple(map(xmp.get, XMP_TAGS))),
        says_where=info.gps is not None or "GPSLatitude" in exif or "atitude" in (info.xmp or ""),
    )  # fmt: skip


def without_tags(info: RasterInfo, path: Path) -> RasterInfo:
    """The header of the photo `path` without the tags that `read_tags` has read, most of its memory.

    Those that say what the camera is (`camera_tags.EXIF_TAGS`) stay.
    """
    return replace(info, path=path, exif=_of_camera(tuple(map(info.exif.get, EXIF_TAGS))), xmp=None)


@functools.lru_cache(maxsize=64)
def _of_camera(values: tuple[str | None, ...]) -> Mapping[str, str]:
    """So that a hundred thousand photos of one camera hold its tags once."""
    return {name: value for name, value in zip(EXIF_TAGS, values, strict=True) if value is not None}


@functools.lru_cache(maxsize=64)
def _first_of_equals(lens: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """As `_of_camera`, for the lens."""
    return lens


def _position(info: RasterInfo, xmp: Mapping[str, str], notes: list[str]) -> tuple[float, float]:
    """Longitude and latitude: the maker's own, which have more digits, else those of EXIF. NaN where neither has them
    or the receiver had no fix."""
    zero = False
    for longitudes, latitudes in _PLACES:
        lon, lat = _first(xmp, *longitudes), _first(xmp, *latitudes)
        zero = zero or (lon == 0 and lat == 0)
        if abs(lat) <= 90 and abs(lon) <= 180 and not (lon == 0 and lat == 0):
            return lon, lat
    if info.gps is not None and not info.gps.is_zero:
        return info.gps.lon, info.gps.lat
    doubt = position_doubt(info.exif)
    if zero or info.gps is not None:
        notes.append("its position is longitude 0, latitude 0: the receiver had no fix")
    elif doubt is not None:
        notes.append(doubt)
    return NAN, NAN


def _altitude(info: RasterInfo, xmp: Mapping[str, str]) -> tuple[float, str | None]:
    """Metres, and what they are above (`ELLIPSOID`, `SEA_LEVEL`, or None where the tags do not tell).

    DJI's drones for surveys write heights above the ellipsoid ("geodetic height" in the manuals of Zenmuse P1 and Mavic
    3E), and say of which source in AltitudeType or RtkFlag. The others write what their barometer says.
    """
    z = _first(xmp, *_ABSOLUTE)
    above = None
    if math.isnan(z) and info.gps is not None and info.gps.altitude_m is not None:
        z, above = info.gps.altitude_m, info.gps.above
    said = xmp.get("Camera:VertCS", "").strip().lower()
    if "ellips" in said or said in ("epsg:4979", "4979"):
        above = ELLIPSOID
    elif said:
        above = SEA_LEVEL
    elif _first(xmp, "drone-dji:RtkFlag") >= _LEAST_RTK or xmp.get("drone-dji:AltitudeType"):
        above = ELLIPSOID
    return z, None if math.isnan(z) else above


def _first(tags: Mapping[str, str], *names: str) -> float:
    for name in names:
        text = tags.get(name)
        value = number(text) if text is not None else None
        if value is not None:
            return value
    return NAN


def _angles(
    exif: Mapping[str, str], xmp: Mapping[str, str], notes: list[str]
) -> tuple[str | None, float, float, float, PoseError]:
    for names in _TURNS:
        yaw, pitch, roll = (_first(xmp, name) for name in names)
        if math.isfinite(yaw) and math.isfinite(pitch):
            return "gimbal", yaw, pitch, 0.0 if math.isnan(roll) else roll, PoseError()
    yaw, pitch, roll = (_first(xmp, f"Camera:{name}") for name in ("Yaw", "Pitch", "Roll"))
    if math.isfinite(yaw) and math.isfinite(pitch):
        roll = 0.0 if math.isnan(roll) else roll
        if "sensefly" in exif.get("Make", "").lower():
            roll = -roll  # senseFly counts it the other way
        # No camera looks backwards past the horizon: -90 can only be a gimbal's straight down.
        return ("gimbal" if pitch < -60 else "nadir"), yaw, pitch, roll, PoseError()
    yaw = _first(xmp, "drone-dji:FlightYawDegree")
    if math.isnan(yaw):
        yaw = _first(exif, "GPSImgDirection")
        magnetic = exif.get("GPSImgDirectionRef", "T").strip().upper().startswith("M")
        if math.isfinite(yaw) and magnetic:
            notes.append("its direction is from magnetic north: it is off by the local declination")
            return "heading", yaw, NAN, NAN, PoseError(tilt_deg=3.0, yaw_deg=15.0)
    if math.isnan(yaw):
        yaw = _first(exif, "GPSTrack")
    if math.isfinite(yaw):
        return "heading", yaw, NAN, NAN, PoseError(tilt_deg=3.0, yaw_deg=5.0)
    return None, NAN, NAN, NAN, PoseError(tilt_deg=3.0, yaw_deg=5.0)


def _position_error(xmp: Mapping[str, str], error: PoseError, rtk: bool) -> PoseError:
    xy = max(_first(xmp, "drone-dji:RtkStdLon"), _first(xmp, "drone-dji:RtkStdLat")) if rtk else NAN
    z = _first(xmp, "drone-dji:RtkStdHgt") if rtk else NAN
    if not rtk:
        xy, z = _first(xmp, "Camera:GPSXYAccuracy"), _first(xmp, "Camera:GPSZAccuracy")
    # Antenna, exposure and gimbal keep even a fixed solution from being better than some centimetres.
    floor = 0.05
    return PoseError(
        xy_m=max(floor, xy) if 0 < xy < 1000 else (floor if rtk else 3.0),
        z_m=max(floor, z) if 0 < z < 1000 else (floor if rtk else 5.0),
        tilt_deg=error.tilt_deg,
        yaw_deg=error.yaw_deg,
    )


def _gps_time(exif: Mapping[str, str]) -> float:
    date = re.fullmatch(r"(\d{4}):(\d\d):(\d\d)", exif.get("GPSDateStamp", "").strip())
    clock = [number(part) for part in exif.get("GPSTimeStamp", "").split()]
    if date is None or len(clock) != 3 or None in clock:
        return NAN
    hour, minute, second = (part or 0.0 for part in clock)
    try:
        return iso_seconds(f"{date[1]}-{date[2]}-{date[3]}T00:00:00Z")[0] + hour * 3600 + minute * 60 + second
    except GeoreferenceError:
        return NAN


def _edited(exif: Mapping[str, str], xmp: Mapping[str, str], width: int, height: int) -> tuple[str | None, bool]:
    """A viewer's or editor's name, and whether the picture may have been turned."""
    for written in (exif.get("Software", ""), xmp.get("xmp:CreatorTool", ""), exif.get("ProcessingSoftware", "")):
        if _VIEWERS.search(written):
            return written.strip()[:60], True
        if _EDITORS.search(written):
            taken = (number(exif.get("PixelXDimension")), number(exif.get("PixelYDimension")))
            turned = all(taken) and (taken[0] or 0) > (taken[1] or 0) and height > width
            return written.strip()[:60], turned
    return None, False


def table() -> str:
    """All that is read from photos' tags as a table in Markdown, for the documentation."""
    return "\n".join(
        ("| made by | where | what is used |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in FORMATS))
    )
