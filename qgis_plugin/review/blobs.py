"""Geometries as the BLOBs of a GeoPackage, OGC 12-128r14 clause 2.1.3."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Sequence

_NO_ENVELOPE = (None, None, None, None)


def polygon_blob(corners: Sequence[float], srs_id: int) -> bytes:
    """A polygon of one ring, given by its corners x, y, ... without the last one repeated, as a BLOB."""
    xs, ys = corners[0::2], corners[1::2]
    head = struct.pack("<2sBBi4d", b"GP", 0, 3, srs_id, min(xs), max(xs), min(ys), max(ys))
    count = len(xs) + 1
    return head + struct.pack(f"<BIII{2 * count}d", 1, 3, 1, count, *corners, *corners[:2])


def ring_of(blob: bytes | None) -> tuple[float, ...] | None:
    """The outer ring of a polygon's BLOB, x, y, ..., closed; None where there is none."""
    if blob is None or blob[:2] != b"GP" or blob[3] & 16:
        return None
    start = 8 + (0, 32, 48, 48, 64)[(blob[3] >> 1) & 7]
    order = "<" if blob[start] == 1 else ">"
    kind, rings, count = struct.unpack_from(f"{order}III", blob, start + 1)
    if kind != 3 or rings < 1 or len(blob) < start + 13 + 16 * count:
        return None
    return struct.unpack_from(f"{order}{2 * count}d", blob, start + 13)


def corners_of(blob: bytes | None) -> tuple[float, ...] | None:
    """The four corners of a box's BLOB; of another shape, those of the rectangle around it."""
    if blob is None:
        return None
    if len(blob) == 133 and blob[:4] == b"GP\0\3" and blob[40] == 1:
        return struct.unpack_from("<8d", blob, 53)
    ring = ring_of(blob)
    if ring is not None and len(ring) == 10:
        return ring[:8]
    if ring:
        (x0, x1), (y0, y1) = ((min(values), max(values)) for values in (ring[0::2], ring[1::2]))
    else:
        x0, x1, y0, y1 = envelope(blob)  # type: ignore[assignment]
    return None if x0 is None else (x0, y1, x0, y0, x1, y0, x1, y1)


def envelope(blob: bytes | None) -> tuple[float | None, ...]:
    """minx, maxx, miny, maxy of a BLOB."""
    if blob is None or blob[:2] != b"GP" or blob[3] & 16:
        return _NO_ENVELOPE
    if (blob[3] >> 1) & 7:
        return struct.unpack_from("<4d" if blob[3] & 1 else ">4d", blob, 8)
    ring = ring_of(blob)
    if not ring:
        return _NO_ENVELOPE
    return min(ring[0::2]), max(ring[0::2]), min(ring[1::2]), max(ring[1::2])


def offer_geometry_functions(db: sqlite3.Connection) -> None:
    """Give a connection the functions that the triggers of a GeoPackage's R-trees call."""
    for name, which in (("ST_MinX", 0), ("ST_MaxX", 1), ("ST_MinY", 2), ("ST_MaxY", 3)):
        db.create_function(name, 1, lambda blob, which=which: envelope(blob)[which])
    db.create_function("ST_IsEmpty", 1, lambda blob: int(bool(blob[3] & 16)))
