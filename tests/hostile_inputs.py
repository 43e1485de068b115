"""Files that are damaged, absurd or oddly named, with the status each must end with. The same seed, the same files."""

import io
import os
import random
import socket
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from PIL import Image
from rasterio.errors import NotGeoreferencedWarning

DONE, FAILED = frozenset({"done"}), frozenset({"failed"})
# Where what a flipped bit does depends on where it falls: what counts is that it is one or the other.
EITHER = DONE | FAILED
FORMATS = {"JPEG": "jpg", "PNG": "png", "GTiff": "tif", "WEBP": "webp", "JP2OpenJPEG": "jp2"}


@dataclass(frozen=True)
class Hostile:
    """A file that was made: its path, and what its status may be."""

    path: Path
    statuses: frozenset[str]


def make(folder: Path, seed: int = 0) -> list[Hostile]:
    """Some 220 files below `folder`."""
    rng = random.Random(seed)
    made: list[Hostile] = []
    whole = {ending: _picture(driver) for driver, ending in FORMATS.items()}

    def add(name: str, data: bytes, statuses: frozenset[str]) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        made.append(Hostile(path, statuses))

    for ending, data in whole.items():
        add(f"whole/a.{ending}", data, DONE)
        for n in range(10):
            end = rng.randrange(1, int(0.85 * len(data)))
            add(f"cut off/{n}.{ending}", data[:end], FAILED)
        for n in range(15):
            add(f"bits flipped/{n}.{ending}", _flipped(data, rng), EITHER)
        for other in whole:
            if other != ending:
                add(f"wrong ending/{ending} as.{other}", data, DONE)
    for n, (data, ending) in enumerate(_absurd_headers()):
        add(f"absurd/{n}.{ending}", data, FAILED)
    for n, data in enumerate(_no_images()):
        add(f"no image/{n}.jpg", data, FAILED)
    add("bomb/black.png", _black_png(9000), DONE)
    for name in _odd_names():
        add(f"odd names/{name}", whole["jpg"], DONE)
    for name in ("bell\a.jpg", "escape\x1b[2J.jpg"):
        add(f"names that no map keeps/{name}", whole["jpg"], FAILED)
    deep = "/".join(["d"] * 60)
    add(f"{deep}/deep.jpg", whole["jpg"], DONE)
    add(f"{'long ' * 40}/{'n' * 240}.jpg", whole["jpg"], DONE)
    made += _no_plain_files(folder / "no plain files")
    return made


def _picture(driver: str) -> bytes:
    """A small picture of noise, in which every byte of the file counts for something."""
    pixels = np.random.default_rng(3).integers(0, 255, (96, 128, 3), np.uint8)
    with warnings.catch_warnings(), rasterio.MemoryFile() as memory:
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        more = {"compress": "deflate"} if driver == "GTiff" else {}
        with memory.open(driver=driver, width=128, height=96, count=3, dtype="uint8", **more) as dataset:
            dataset.write(pixels.transpose(2, 0, 1))
        return bytes(memory.read())


def _flipped(data: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(data)
    # Half of them in the first bytes, where the structure of the file is.
    reach = rng.choice([200, len(data)])
    for _ in range(rng.choice([1, 3, 20])):
        damaged[rng.randrange(min(reach, len(data)))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def _absurd_headers() -> Iterator[tuple[bytes, str]]:
    for width, height in ((10**6, 10**6), (2**31 - 1, 1), (1, 2**31 - 1), (0, 5), (5, 0), (60_000, 60_000)):
        yield _png(width, height, b""), "png"
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64)).save(buffer, "JPEG")
    jpeg = buffer.getvalue()
    at = jpeg.index(b"\xff\xc0") + 5
    for width, height in ((65500, 65500), (65535, 65535), (0, 64)):
        yield jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :], "jpg"
    for width, height, rows in ((4 * 10**9, 4 * 10**9, 1), (2_000_000, 2_000_000, 2_000_000), (0, 0, 1), (100, 100, 0)):
        yield _tiff(width, height, rows, offset=8), "tif"
    yield _tiff(100, 100, 100, offset=2**31), "tif"  # its pixels lie far beyond the file
    yield _tiff(100, 100, 100, offset=8, bits=16 * 1024), "tif"
    yield b"II*\0\x08\0\0\0" + struct.pack("<H", 60_000) + b"\xff" * 100, "tif"
    yield b"II*\0\x08\0\0\0" + struct.pack("<HI", 0, 8), "tif"  # a folder of nothing that is its own next


def _png(width: int, height: int, body: bytes) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


def _black_png(side: int) -> bytes:
    """A picture of `side` x `side` px in a file a thousandth of its size: large, but honest."""
    return _png(side, side, bytes((3 * side + 1) * side))


def _tiff(width: int, height: int, rows: int, offset: int, bits: int = 8) -> bytes:
    """The header of a classic grey TIFF in one kind of strips, whatever its numbers."""
    entries = [(256, 4, width), (257, 4, height), (258, 3, bits), (259, 3, 1), (262, 3, 1), (273, 4, offset)]
    entries += [(277, 3, 1), (278, 4, rows), (279, 4, 10_000)]
    body = b"".join(struct.pack("<HHII", tag, kind, 1, value & 0xFFFFFFFF) for tag, kind, value in entries)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + body + bytes(4)


def _no_images() -> list[bytes]:
    return [
        b"",
        b"\0",
        bytes(100_000),
        b"hello\n",
        b"<html><body>404</body></html>",
        b"PK\x03\x04" + bytes(60),
        b"\x7fELF" + bytes(200),
        b"%PDF-1.7\n",
        b"SQLite format 3\0" + bytes(200),
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n\x1a\n",
        b"II*\0",
        b"RIFF\xff\xff\xff\xffWEBP",
        b"GIF89a" + bytes(20),
        b"<VRTDataset rasterXSize='9' rasterYSize='9'><VRTRasterBand dataType='Byte'><SimpleSource><SourceFilename>"
        b"/etc/passwd</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>",
        b"<VRTDataset rasterXSize='9' rasterYSize='9'><VRTRasterBand dataType='Byte'><SimpleSource><SourceFilename>"
        b"/vsicurl/http://127.0.0.1:9/a.tif</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>",
        random.Random(1).randbytes(5000),
    ]


def _odd_names() -> list[str]:
    names = ["a b", "  ", "-rf", "--output", "a'b\"c;DROP TABLE images", "<b>&amp;</b>", "100%", "a?b#c", "~", "$HOME"]
    names += [
        "`id`",
        "a:b",
        "GTIFF_DIR:1:x",
        "back\\slash",
        "émile",
        "\u202egpj",
        "\U0001f418",
        "a" * 200,
        "[x]*",
        "new\nline",
        "{y}",
    ]
    return [f"{name}.jpg" for name in names]


def _no_plain_files(folder: Path) -> list[Hostile]:
    """Names of images at which there is no file: links to nothing, to themselves, to devices; pipes and sockets."""
    folder.mkdir()
    links = {"nowhere.jpg": "gone.jpg", "itself.jpg": "itself.jpg", "zero.jpg": "/dev/zero", "null.tif": "/dev/null"}
    for name, target in links.items():
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe.jpg")
    here = Path.cwd()
    os.chdir(folder)  # a socket's path must be short
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("socket.png")
    finally:
        os.chdir(here)
    # A link to nothing is no file of the folder: it is not listed.
    return [Hostile(folder / name, FAILED) for name in ("zero.jpg", "null.tif", "pipe.jpg", "socket.png")]
