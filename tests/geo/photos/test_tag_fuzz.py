"""Tags that nobody wrote on purpose: each is read, or refused in one line. Seeded, so that a failure comes again."""

import math
import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from geo.errors import GeoError
from geo.photos.poses import poses_for
from geo.raster import inspect
from tests.surveys.tagged_photos import (
    ALT,
    ALT_REF,
    CONTAINERS,
    FILM_MM,
    FOCAL_MM,
    LAT,
    LAT_REF,
    LON,
    LON_REF,
    MAKE,
    MODEL,
    ORIENTATION,
    TAKEN,
    VERSION,
    Value,
    attributes,
    byte,
    photo_in,
    place,
    rational,
    rdf,
    short,
    signed_rational,
    text,
    undefined,
)  # fmt: skip

INPUTS = 2000
SIZE = (16, 12)
EXTREMES = (0, 1, 2, 7, 127, 128, 255, 256, 1000, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1)
WORDS = (
    "", "0", "-0", "nan", "inf", "-inf", "1e999", "-1e308", "9" * 400, "0/0", "1/0", "-1/-1", "1,2,3,4", "S", "1,17.4S",
    "\u0661\u0662", "\U0001f418", "1_000", "0x1F", "+", ".", "-.5e-5", "181", "-91", "fisheye", "equirectangular",
    ";;;", ",".join(["0.1"] * 9), "1 2 3", "(1) (2)", "\u2028", "&#0;", "&lt;", "<", "</", "&bomb;", "\ud7ff", "true",
)  # fmt: skip
NAMES = (
    "drone-dji:GpsLatitude", "drone-dji:GpsLongitude", "drone-dji:AbsoluteAltitude", "drone-dji:RelativeAltitude",
    "drone-dji:GimbalYawDegree", "drone-dji:GimbalPitchDegree", "drone-dji:GimbalRollDegree", "drone-dji:RtkFlag",
    "drone-dji:RtkStdLon", "drone-dji:DewarpData", "drone-dji:DewarpFlag", "drone-dji:CalibratedFocalLength",
    "drone-dji:CalibratedOpticalCenterX", "drone-dji:CalibratedOpticalCenterY", "drone-skydio:CameraOrientationNED",
    "Camera:Yaw", "Camera:Pitch", "Camera:Roll", "Camera:ModelType", "Camera:FisheyePolynomial",
    "Camera:FisheyeAffineMatrix", "Camera:PrincipalPoint", "Camera:PerspectiveFocalLength", "Camera:VertCS",
    "Camera:PerspectiveDistortion", "Camera:AboveGroundAltitude", "exif:GPSLatitude", "exif:GPSLongitude",
    "exif:GPSAltitude", "exif:GPSAltitudeRef", "exif:FocalLength", "exif:FocalLengthIn35mmFilm",
    "exif:DateTimeOriginal", "tiff:Model", "GPano:ProjectionType", "rdf:li", "rdf:Seq", "rdf:Description", "rdf:value",
)  # fmt: skip


def value(rng: random.Random) -> Value:
    """Any value of a tag, mostly of a wrong kind."""
    number = rng.choice(EXTREMES)
    many = rng.choice((0, 1, 2, 3, 6, 40))
    return rng.choice(
        (
            text(rng.choice(WORDS)[:60].encode("utf-8", "replace").decode()),
            byte(*(number % 256 for _ in range(many))),
            short(*(number % 65536 for _ in range(many))),
            rational(*(rng.choice(EXTREMES) for _ in range(2 * many))),
            signed_rational(*(rng.choice((-1, 1)) * (rng.choice(EXTREMES) % 2**31) for _ in range(2 * many))),
            undefined(rng.randbytes(many)),
            (12, tuple(rng.choice((math.nan, math.inf, -1e308, 0.5)) for _ in range(many))),
            (11, tuple(rng.choice((math.nan, -math.inf, 1e30)) for _ in range(many))),
        )
    )


def wrong_values(rng: random.Random, folder: Path) -> Path:
    tables: list[dict[int, Value]] = [
        {MAKE: text("DJI"), MODEL: text("FC6310"), ORIENTATION: short(6)},
        {
            TAKEN: text("2024:07:16 15:12:00"),
            FOCAL_MM: rational(88, 10),
            FILM_MM: short(24),
            VERSION: undefined(b"0300"),
        },
        place(36.82, -1.29, 1700),
    ]
    for _ in range(rng.randint(1, 4)):
        table = rng.choice(tables)
        table[rng.choice((LAT, LON, LAT_REF, LON_REF, ALT, ALT_REF, *table, rng.randrange(1, 0xFFFE)))] = value(rng)
    return photo_in(rng.choice(list(CONTAINERS)), folder, tables[0], tables[1], tables[2], size=SIZE)


def whole(rng: random.Random, folder: Path) -> Path:
    tags = {"drone_dji__GimbalYawDegree": 0, "drone_dji__GimbalPitchDegree": -90, "drone_dji__RelativeAltitude": 100}
    return photo_in(
        rng.choice(list(CONTAINERS)), folder, {MAKE: text("DJI")}, {FILM_MM: short(24)}, place(36.82, -1.29, 1700),
        rdf(attributes(**tags)), SIZE,
    )  # fmt: skip


def wrong_bytes(rng: random.Random, folder: Path) -> Path:
    """Any bytes of the file changed, its counts and offsets above all; or cut off, or a part of it twice."""
    path = whole(rng, folder)
    data = bytearray(path.read_bytes())
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        at = rng.randrange(len(data))
        kind = rng.randrange(5)
        if kind == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at : at + 4] = struct.pack(rng.choice("<>") + "I", rng.choice(EXTREMES))
        elif kind == 2:
            data[at : at + 2] = struct.pack(rng.choice("<>") + "H", rng.choice(EXTREMES) % 65536)
        elif kind == 3:
            data[at:at] = data[at : at + rng.randrange(1, 40)]
        else:
            del data[at : at + rng.randrange(1, 40)]
    if rng.random() < 0.1:
        del data[rng.randrange(len(data)) :]
    path.write_bytes(data or b"\0")
    return path


def wrong_xmp(rng: random.Random, folder: Path) -> Path:
    """Properties in any form, with any words, nested, repeated, and cut off."""
    inner = ""
    for _ in range(rng.randint(1, 12)):
        name, word = rng.choice(NAMES), rng.choice(WORDS)
        inner += rng.choice(
            (
                f"<{name}>{word}</{name}>",
                f'<{name} rdf:parseType="Resource"><{rng.choice(NAMES)}>{word}</{name}>',
                f'<{name} drone-skydio:Yaw="{word}" drone-skydio:Pitch="{word}"/>',
                f"<rdf:Description {name}='{word}'/>",
                f"<{name}><rdf:Seq><rdf:li>{word}</rdf:li><rdf:li/></rdf:Seq></{name}>",
                f'<{name} rdf:resource="{word}"/>',
                f"<unknown:thing>{word}</unknown:thing>",
                f"<{name}>" * rng.choice((2, 30, 3000)) + word,
            )
        )
    packet = rdf(f"<rdf:Description rdf:about=''>{inner}</rdf:Description>", rng.choice(("x:xmpmeta", "", "a:b")))
    if rng.random() < 0.2:
        packet = rng.choice(('<!DOCTYPE a [<!ENTITY bomb "x">]>', "<?xml version='1.0' encoding='utf-7'?>")) + packet
    if rng.random() < 0.3:
        at = rng.randrange(len(packet))
        packet = packet[:at] + rng.choice((*WORDS, packet[:at])) + packet[at + rng.choice((0, 1, 20)) :]
    packet = packet.encode("utf-8", "replace").decode("utf-8")[:60_000]
    return photo_in(
        rng.choice(list(CONTAINERS)), folder, None, {FILM_MM: short(24)}, place(36.82, -1.29, 1700), packet, SIZE
    )


# rasterio drops a complaint of GDAL's that quotes bytes of the file which are no text, and Python says that it did.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("make", "share"), [(wrong_values, 0.3), (wrong_bytes, 0.4), (wrong_xmp, 0.3)])
def test_any_tags_are_read_or_refused_in_one_line(
    make: Callable[[random.Random, Path], Path], share: float, tmp_path: Path
) -> None:
    refused: list[str] = []
    for seed in range(round(INPUTS * share)):
        path = make(random.Random(f"{make.__name__} {seed}"), tmp_path)
        try:
            info = inspect(path)
            found = poses_for([info], agl=80.0).photos[0]
        except GeoError as error:
            refused.append(str(error))
            continue
        except Exception as error:
            raise AssertionError(f"{make.__name__}, seed {seed}: {error!r}") from error
        assert len(info.exif) <= 200, seed
        assert all(len(name) <= 100 and len(value) <= 1024 for name, value in info.exif.items()), seed
        for reason in found.reasons:
            assert reason.isprintable(), (seed, reason)
            assert len(reason) < 300, (seed, reason)
        if info.gps is not None:
            assert abs(info.gps.lat) <= 90, seed
            assert abs(info.gps.lon) <= 180, seed
        assert not math.isinf(found.altitude_m), seed
    # Most of a photo's tags may be wrong without the picture being so.
    assert len(refused) < 0.9 * INPUTS * share
    for line in refused:
        assert line.isprintable(), line
        assert len(line) < 300 + len(str(tmp_path)), line
