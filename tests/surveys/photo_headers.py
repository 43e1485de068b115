"""Headers of photos that were never taken, for tests of poses."""

from collections.abc import Mapping
from pathlib import Path

from geo.georeference import no_georeference
from geo.raster import RasterInfo
from geo.raster.exif import GPSPosition

# 8.8 mm on a sensor 13.2 mm wide: 4000 px of 3.3 um.
LENS = {"FocalLength": "(8.8)", "FocalPlaneXResolution": "(3030.303030303)", "FocalPlaneResolutionUnit": "3"}
FOCAL_PX = 8.8 * 303.0303030303


def dji_xmp(**values: float | str) -> str:
    """An XMP packet with `drone-dji` attributes."""
    attributes = " ".join(f'drone-dji:{name}="{value}"' for name, value in values.items())
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/" {attributes}/></rdf:RDF></x:xmpmeta>'
    )


def header(
    name: str = "photo.jpg",
    width: int = 4000,
    height: int = 3000,
    exif: Mapping[str, str] | None = None,
    xmp: str | None = None,
    captured_at: str | None = None,
    gps: tuple[float, float, float | None] | None = None,
) -> RasterInfo:
    """What `raster.inspect` says of a JPEG with these tags; gps is longitude, latitude, altitude."""
    return RasterInfo(
        path=Path("/survey") / name, driver="JPEG", width=width, height=height, bands=3, dtype="uint8",
        georeference=no_georeference(), gsd_m=None, sequential=True, tiled=False, block_shape=(1, width), overviews=(),
        compression="JPEG", file_size=1, mtime_ns=1, captured_at=captured_at,
        gps=None if gps is None else GPSPosition(*gps), exif=LENS if exif is None else exif, xmp=xmp,
    )  # fmt: skip


def posed(
    name: str = "photo.jpg",
    lon: float = 36.9,
    lat: float = -2.7,
    altitude: float = 1360.0,
    relative: float | None = 40.0,
    yaw: float = 0.0,
    pitch: float = -90.0,
    roll: float = 0.0,
    captured_at: str | None = None,
    **more: float | str,
) -> RasterInfo:
    """A drone's photo with its gimbal's angles."""
    tags: dict[str, float | str] = {
        "GpsLatitude": f"{lat:+.10f}", "GpsLongitude": f"{lon:+.10f}", "AbsoluteAltitude": f"{altitude:+.4f}",
        "GimbalYawDegree": f"{yaw:+.6f}", "GimbalPitchDegree": f"{pitch:+.6f}", "GimbalRollDegree": f"{roll:+.6f}",
    }  # fmt: skip
    if relative is not None:
        tags["RelativeAltitude"] = f"{relative:+.4f}"
    return header(name, xmp=dji_xmp(**tags, **more), captured_at=captured_at)
