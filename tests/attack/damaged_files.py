"""Three hundred files of every kind that is read, each with something changed in it. The same seed, the same files."""

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from tests.attack.ways_out import _jpeg, _tiff, _vrt
from tests.command_line import write_model
from tests.surveys import small

VECTORS = {
    "GPKG": "gpkg", "GeoJSON": "geojson", "KML": "kml", "GML": "gml", "FlatGeobuf": "fgb", "ESRI Shapefile": "shp",
}  # fmt: skip
EACH = {"survey": 100, "model": 60, "vector": 72, "raster": 70}


@dataclass(frozen=True)
class Damaged:
    """kind: a key of EACH, which says how it is read."""

    kind: str
    path: Path


def make(folder: Path, seed: int = 0) -> list[Damaged]:
    """The files, below `folder`."""
    rng = random.Random(seed)
    good = folder / "good"
    good.mkdir(parents=True)
    made: list[Damaged] = []

    def add(kind: str, source: Path) -> None:
        place = folder / f"{len(made):03d}"
        place.mkdir()
        path = place / source.name
        for beside in good.glob(f"{source.stem}.*"):
            shutil.copy(beside, place / beside.name)
        path.write_bytes(_changed(source.read_bytes(), rng))
        made.append(Damaged(kind, path))

    for kind, sources in _good(good).items():
        for number in range(EACH[kind]):
            add(kind, sources[number % len(sources)])
    return made


def _good(folder: Path) -> dict[str, list[Path]]:
    """Whole files of each kind."""
    survey = small.write(folder / "s.gpkg", with_counts=True)
    model = write_model(folder / "m.onnx", ["sheep", "cow"])
    vectors = []
    for driver, ending in VECTORS.items():
        vectors.append(folder / f"v_{ending}.{ending}")
        squares = [shapely.to_wkb(shapely.box(n, 0, n + 1, 1)) for n in range(3)]
        names = np.array(["a", "b", "c"], object)
        pyogrio.raw.write(
            vectors[-1], np.array(squares, object), [names], ["name"],
            driver=driver, geometry_type="Polygon", crs="EPSG:4326",
        )  # fmt: skip
    rasters = [folder / name for name in ("r.tif", "j.jpg", "o.tif", "w.vrt", "x.jpg.aux.xml")]
    rasters[0].write_bytes(_tiff())
    rasters[1].write_bytes(_jpeg())
    rasters[2].write_bytes(_tiff())
    (folder / "o.tif.ovr").write_bytes(_tiff())
    rasters[3].write_text(_vrt("w.tif"))
    (folder / "w.tif").write_bytes(_tiff())
    return {"survey": [survey], "model": [model], "vector": vectors, "raster": rasters[:4]}


def _changed(data: bytes, rng: random.Random) -> bytes:
    """A copy with flipped bits, cut off, with a part twice or left out, or with bytes of another kind in it."""
    how = rng.randrange(6)
    changed = bytearray(data)
    if how == 0:
        return data[: rng.randrange(len(data))]
    if how == 1:
        for _ in range(rng.choice([1, 4, 30])):
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    elif how == 2:
        at = rng.randrange(len(changed))
        changed[at : at + rng.randrange(1, 64)] = rng.randbytes(rng.randrange(64))
    elif how == 3:
        at, size = rng.randrange(len(changed)), rng.randrange(1, 4096)
        changed[at:at] = changed[at : at + size]
    elif how == 4:
        # In the first bytes, where a file says what it is and how large.
        for _ in range(rng.choice([1, 2, 8])):
            changed[rng.randrange(min(200, len(changed)))] = rng.choice([0, 1, 0x7F, 0x80, 0xFF])
    else:
        at = rng.randrange(len(changed))
        changed[at : at + 8] = rng.choice([b"\xff" * 8, b"\0" * 8, b"\xff\xff\xff\x7f" * 2, b"<!DOCTYP", b"../../.."])
    return bytes(changed)
