"""Valid files with damage of every kind, drawn from a seed: what fuzzers feed to the readers."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from geo.errors import HerdmapError

ODD = (
    "", " ", "nan", "NaN", "-inf", "1e308", "-1e400", "1e-320", "0", "-0", "-1", "180.0000001", "91", "9999999999999",
    "9" * 400, "1_000", "1,5", "1.5.2", "0x10", "\u0661\u0662", "\ud83d\ude80", "\u202e", "\x00", "\x1f", "\x85",
    "\u2028", "'", '"', '""', "\\", "..", "../../etc/passwd", "=1+2", "<a>", "&amp;", "&#0;", "]]>", "{}", "[", "%",
    "#", ";;", ",,", "null", "true", "2024-13-45T99:99:99Z", "0000-00-00", "EPSG:4326", "EPSG:99999", "+proj=", "N",
    "S 91", "360 60 60", "x" * 5000, "\u00e9", "e\u0301",
)  # fmt: skip
_TOKEN = re.compile(rb"-?\d+(?:\.\d+)?|[A-Za-z_]+|[^\sA-Za-z0-9]")
_SMALL = 10_000  # bytes; the words of larger files are not kept
Change = Callable[[np.random.Generator, bytes], bytes]


def _flip(rng: np.random.Generator, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 6))):
        if changed:
            changed[int(rng.integers(len(changed)))] = int(rng.integers(256))
    return bytes(changed)


def _cut(rng: np.random.Generator, data: bytes) -> bytes:
    return data[: int(rng.integers(len(data) + 1))]


def _without(rng: np.random.Generator, data: bytes) -> bytes:
    a, b = sorted(int(at) for at in rng.integers(0, len(data) + 1, 2))
    return data[:a] + data[min(b, a + 60) :]


@lru_cache(256)
def _tokens(data: bytes) -> list[re.Match[bytes]]:
    """Every word, number and sign of a file. Each of a few files is damaged many times."""
    return list(_TOKEN.finditer(data))


def _token(rng: np.random.Generator, data: bytes) -> bytes:
    """A word, number or sign becomes another of the file, or an odd one."""
    tokens = _tokens(data) if len(data) < _SMALL else list(_TOKEN.finditer(data))
    if not tokens:
        return data
    at = tokens[int(rng.integers(len(tokens)))]
    other = ODD[int(rng.integers(len(ODD)))].encode("utf-8", "surrogatepass")
    if rng.random() < 0.4:
        other = tokens[int(rng.integers(len(tokens)))].group()
    return data[: at.start()] + other + data[at.end() :]


def _insert(rng: np.random.Generator, data: bytes) -> bytes:
    at = int(rng.integers(len(data) + 1))
    return data[:at] + ODD[int(rng.integers(len(ODD)))].encode("utf-8", "surrogatepass") + data[at:]


def _lines(rng: np.random.Generator, data: bytes) -> bytes:
    """A line is doubled, dropped, or two change places."""
    lines = data.splitlines(keepends=True)
    if len(lines) < 2:
        return data + data
    a, b = (int(at) for at in rng.integers(0, len(lines), 2))
    what = int(rng.integers(3))
    if what == 0:
        lines.insert(b, lines[a])
    elif what == 1:
        del lines[a]
    else:
        lines[a], lines[b] = lines[b], lines[a]
    return b"".join(lines)


def _columns(rng: np.random.Generator, data: bytes) -> bytes:
    """The delimiters of one line become others."""
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    row = int(rng.integers(len(lines)))
    old, new = (b",;\t |"[int(at) :][:1] for at in rng.integers(0, 5, 2))
    lines[row] = lines[row].replace(old, new)
    return b"".join(lines)


def _encoded(rng: np.random.Generator, data: bytes) -> bytes:
    encodings = ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp500", "utf-7", "cp1252")
    text = data.decode("utf-8", "replace")
    return text.encode(encodings[int(rng.integers(len(encodings)))], "replace")


def _nested(rng: np.random.Generator, data: bytes) -> bytes:
    opening, depth = (b"[", b"{", b"<a>", b'"', b"(")[int(rng.integers(5))], (3, 300, 30_000)[int(rng.integers(3))]
    at = int(rng.integers(len(data) + 1))
    return data[:at] + opening * depth + data[at:]


CHANGES: Sequence[Change] = (
    _flip, _cut, _without, _token, _token, _token, _token, _insert, _insert, _lines, _columns, _encoded, _nested,
)  # fmt: skip


def mutated(files: Sequence[tuple[str, bytes]], count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """`count` damaged files, one after another from each of `files` (name, content), each with one to three changes."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        name, data = files[number % len(files)]
        for _ in range(int(rng.integers(1, 4))):
            data = CHANGES[int(rng.integers(len(CHANGES)))](rng, data)
        yield name, data


def survives(read: Callable[[Path], object], files: Sequence[tuple[str, bytes]], folder: Path, seed: int) -> int:
    """How many of 2,000 damaged files are read. Each of the others must give one of the project's own errors: one short
    line. Any other error, and any warning of a library, comes out with the number of the file."""
    read_right = 0
    for number, (name, data) in enumerate(mutated(files, 2000, seed)):
        path = folder / name
        path.write_bytes(data)
        try:
            read(path)
            read_right += 1
        except HerdmapError as error:
            said = str(error).replace(str(folder), "")
            assert "\n" not in said, f"file {number} ({name}, seed {seed}): {said!r}"
            assert len(said) < 300, f"file {number} ({name}, seed {seed}): {said!r}"
        except Exception as error:
            raise AssertionError(f"file {number} ({name}, seed {seed}): {error!r}") from error
        path.unlink()
    return read_right
