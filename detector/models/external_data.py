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
    "function": {7: "node", 11: "attribute"},
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
                f"{path.name} takes weights from {name[:60]!r}, outside its own folder, which is refused; expected "
                "files beside the model"
            )
        if not place.is_file():
            raise ModelError(
                f"{path.name} takes weights from {name[:60]!r}, which does not exist: put that file beside the model"
            )
        found[place] = None
    return tuple(found)


def _locations(path: Path) -> Iterator[str]:
    if not path.stat().st_size:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[4:8] == b"ORTM":
            raise ModelError(f"{path.name} is in ONNX Runtime's own format: expected the .onnx file")
        try:
            yield from _walk(data, 0, len(data), "model", 0)
        except IndexError as error:
            raise ModelError(
                f"{path.name} is not an ONNX model that can be opened ({error}); expected an .onnx detector"
            ) from error


def _walk(data: mmap.mmap, at: int, end: int, message: str, depth: int) -> Iterator[str]:
    """The locations in the message at [at, end)."""
    if depth > _DEEPEST * 4:
        raise IndexError("nested too deep")
    known = _FIELDS[message]
    for number, start, stop in _fields(data, at, end):
        inner = known.get(number)
        if inner == "place":
            yield from _location(data, start, stop)
        elif inner is not None:
            yield from _walk(data, start, stop, inner, depth + 1)


def _location(data: mmap.mmap, at: int, end: int) -> Iterator[str]:
    """The value of a StringStringEntryProto whose key is 'location'."""
    texts = {number: data[start:stop] for number, start, stop in _fields(data, at, end)}
    if texts.get(1) == b"location":
        yield texts.get(2, b"").decode("utf-8", "surrogateescape")


def _fields(data: mmap.mmap, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(number, start, end) of the fields with a length in the message at [at, end), in their order.

    Other fields are skipped. Groups too: the library that opens the file skips them, with whatever is in them.
    """
    groups: list[int] = []
    while at < end:
        tag, at = _varint(data, at, end)
        number, kind = (tag & 0xFFFF_FFFF) >> 3, tag & 7  # as protobuf cuts it
        if kind == 2:
            length, at = _varint(data, at, end)
            if at + length > end:
                raise IndexError("a field reaches beyond its message")
            if not groups:
                yield number, at, at + length
            at += length
        elif kind == 0:
            _, at = _varint(data, at, end)
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        elif kind == 3 and len(groups) < _DEEPEST * 4:
            groups.append(number)
        elif kind == 4 and groups and groups[-1] == number:
            groups.pop()
        else:
            raise IndexError(f"wire type {kind}")
    if at != end or groups:
        raise IndexError("a field reaches beyond its message")


def _varint(data: mmap.mmap, at: int, end: int) -> tuple[int, int]:
    """(value, start of the next field)."""
    value = shift = 0
    while True:
        if at >= end or shift > 63:
            raise IndexError("a number does not end")
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
