"""Finds the other files from which an ONNX file takes weights, without the `onnx` library.

An ONNX file is a protobuf message, and a tensor in it may name a file that holds its data. Only the fields that lead to
such names are read (field numbers of onnx.proto). Everything else is skipped.
"""

import mmap
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from detector.errors import ModelError

# By message: the field numbers and the messages in them. The search ends at 'name': a key and value of a tensor.
_FIELDS = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {13: "place"},
}
_DEEPEST = 64  # graphs in graphs


def external_files(path: Path) -> tuple[Path, ...]:
    """The files beside an ONNX file that hold its weights, each once.

    Raises:
        ModelError: Such a file is missing, or is outside the model's folder. A model must not read other files of the
            user.
    """
    folder = path.parent.resolve()
    found: dict[Path, None] = {}
    for name in dict.fromkeys(_locations(path)):
        outside = PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor or "\0" in name
        place = folder if outside else (folder / name).resolve()
        if outside or not place.is_relative_to(folder) or place == folder:
            raise ModelError(
                f"{path.name} takes weights from {name[:200]!r}, outside its own folder, which is refused; expected "
                "files beside the model"
            )
        if not place.is_file():
            raise ModelError(
                f"{path.name} takes weights from {name[:200]!r}, which does not exist: put that file beside the model"
            )
        found[place] = None
    return tuple(found)


def _locations(path: Path) -> Iterator[str]:
    if not path.stat().st_size:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            yield from _walk(data, 0, len(data), "model", 0)
        except (IndexError, UnicodeDecodeError):
            return  # not a protobuf message: ONNX Runtime gives the error


def _walk(data: mmap.mmap, at: int, end: int, message: str, depth: int) -> Iterator[str]:
    """The locations in the message at [at, end)."""
    if depth > _DEEPEST * 4:
        raise IndexError("nested too deep")
    known = _FIELDS[message]
    while at < end:
        tag, at = _varint(data, at, end)
        kind = tag & 7
        if kind == 2:
            length, at = _varint(data, at, end)
            if at + length > end:
                raise IndexError("a field reaches beyond its message")
            inner = known.get(tag >> 3)
            if inner == "place":
                yield from _location(data[at : at + length])
            elif inner is not None:
                yield from _walk(data, at, at + length, inner, depth + 1)
            at += length
        elif kind == 0:
            _, at = _varint(data, at, end)
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            raise IndexError(f"wire type {kind}")


def _location(entry: bytes) -> Iterator[str]:
    """The value of a StringStringEntryProto whose key is 'location'."""
    texts: dict[int, bytes] = {}
    at = 0
    while at < len(entry):
        tag, at = _varint(entry, at, len(entry))
        length, at = _varint(entry, at, len(entry))
        texts[tag >> 3] = entry[at : at + length]
        at += length
    if texts.get(1) == b"location":
        yield texts.get(2, b"").decode()


def _varint(data: mmap.mmap | bytes, at: int, end: int) -> tuple[int, int]:
    """(value, start of the next field)."""
    value = shift = 0
    while True:
        if at >= end or shift > 63:
            raise IndexError("a number does not end")
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
