"""Parts are the journal: whole or not there, and never taken for a part of something else."""

import struct
import subprocess
import sys
import zlib
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from detector.detections import Detections
from detector.errors import InputError
from detector.search.parts import Journal, Part, key, packed, unpacked, writing


def part(n: int = 3) -> Part:
    boxes = np.arange(4 * n, dtype=np.float32).reshape(n, 4) + np.array([0, 0, 9, 9], np.float32)
    detections = Detections.of(boxes, np.linspace(0.1, 1, n), np.arange(n), np.arange(n), np.arange(n))
    probabilities = np.linspace(0, 1, 2 * n, dtype=np.float32).reshape(n, 2)
    return Part(detections, [b"jpeg" * i or None for i in range(n)], 7, 2, np.arange(n, dtype=np.int32), probabilities)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_a_part_reads_back_as_it_was_written(tmp_path: Path, n: int) -> None:
    journal = Journal(tmp_path)
    journal.write(key(a=n), part(n))
    back = journal.read(key(a=n))
    assert back is not None
    for field in fields(Detections):
        value = getattr(back.detections, field.name)
        assert np.array_equal(value, getattr(part(n).detections, field.name), equal_nan=True)
        assert value.dtype == getattr(part(n).detections, field.name).dtype
    assert back[1:4] == part(n)[1:4]
    np.testing.assert_array_equal(back.gated, part(n).gated)
    np.testing.assert_array_equal(back.probabilities, part(n).probabilities)


def test_a_part_of_a_version_without_angles_is_read(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.write(key(a=1), part())
    (path,) = tmp_path.glob("*/*.part")
    arrays = unpacked(path.read_bytes())
    del arrays["angles"]
    path.write_bytes(packed(arrays))
    back = journal.read(key(a=1))
    assert back is not None
    np.testing.assert_array_equal(back.detections.boxes, part().detections.boxes)
    assert np.isnan(back.detections.angles).all()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_part_that_is_not_whole_is_no_part(tmp_path: Path, share: float) -> None:
    journal = Journal(tmp_path)
    journal.write(key(a=1), part())
    (path,) = tmp_path.glob("*/*.part")
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    assert journal.read(key(a=1)) is None
    assert key(a=1) not in journal.done()


def test_a_part_with_other_arrays_is_no_part(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.write(key(a=1), part())
    (path,) = tmp_path.glob("*/*.part")
    names = b'[["boxes", "<f4", [2, 4]]]'
    body = names + bytes(32)
    path.write_bytes(struct.pack("<II", zlib.crc32(body), len(names)) + body)
    assert journal.read(key(a=1)) is None


@given(st.binary(max_size=200), st.integers(0, 3000), st.integers(0, 255))
def test_no_bytes_are_more_than_no_part(junk: bytes, at: int, value: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder))
        journal.write(key(a=1), part(5))
        (path,) = Path(folder).glob("*/*.part")
        damaged = bytearray(path.read_bytes())
        at %= len(damaged)
        assume(damaged[at] != value)
        damaged[at] = value
        for content in (bytes(damaged), junk, bytes(damaged[:8]) + junk):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            assert journal.read(key(a=1)) is None


def test_a_disk_that_does_not_answer_costs_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)
    journal.write(key(a=1), part())
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda self: (_ for _ in ()).throw(OSError(5, "Input/output error")))
        assert journal.read(key(a=1)) is None
    assert journal.read(key(a=1)) is not None


def test_the_key_follows_everything_that_it_is_given() -> None:
    assert key(a=1, b=[1, 2]) == key(b=[1, 2], a=1)
    assert len({key(a=1), key(a=2), key(a="1"), key(b=1), key(a=1, b=None)}) == 5


def test_one_run_at_a_time_and_a_dead_one_holds_nothing(tmp_path: Path) -> None:
    code = f"""
import sys, pathlib
from detector.search.parts import writing
with writing(pathlib.Path({str(tmp_path)!r}), pathlib.Path("x.gpkg")):
    print("held", flush=True)
    sys.stdin.read()
"""
    other = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(InputError, match="another run"), writing(tmp_path, Path("x.gpkg")):
        pass
    other.kill()
    other.communicate()
    with writing(tmp_path, Path("x.gpkg")):
        pass
