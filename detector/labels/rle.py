"""The box around a mask in COCO's run-length encoding, without drawing the mask.

A mask is read column by column; its counts are the lengths of runs that are, in turn, outside and inside. As text, each
count is in groups of 5 bits from the lowest, with an offset of 48, and from the third on it is the difference from the
count two before (https://github.com/cocodataset/cocoapi, `rleFrString`).
"""

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from detector.errors import InputError
from detector.labels.shapes import Box, shown

_MOST_RUNS = 50_000_000
_MOST_PX = 1 << 40


def around_mask(mask: Any, where: str) -> Box | None:
    """The box around a mask, px; None for an empty mask. Raises InputError if it is not such a mask."""
    size, counts = mask.get("size"), mask.get("counts")
    if not isinstance(size, list) or len(size) != 2 or not all(type(side) is int and side > 0 for side in size):
        raise InputError(f"{where}: the size of its mask is {shown(size)}; expected height and width")
    height, width = size
    if isinstance(counts, str):
        counts = list(_of_text(counts, where))
    if not isinstance(counts, list) or not all(type(run) is int and run >= 0 for run in counts):
        raise InputError(f"{where}: the counts of its mask are {shown(counts)}; expected lengths of runs")
    if len(counts) > _MOST_RUNS or height * width > _MOST_PX or sum(counts) != height * width:
        raise InputError(f"{where}: the runs of its mask cover {sum(counts)} px; expected {height * width}")
    left, top, right, bottom = width, height, 0, 0
    ends = list(accumulate(counts))
    for start, end in zip(ends[::2], ends[1::2], strict=False):
        if end == start:
            continue
        (first, y0), (last, y1) = divmod(start, height), divmod(end - 1, height)
        if last > first:  # the run goes over the lower edge of a column
            y0, y1 = 0, height - 1
        left, right = min(left, first), max(right, last + 1)
        top, bottom = min(top, y0), max(bottom, y1 + 1)
    return (float(left), float(top), float(right), float(bottom)) if right else None


def _of_text(text: str, where: str) -> Iterator[int]:
    before: list[int] = []
    value, shift = 0, 0
    for sign in text:
        bits = ord(sign) - 48
        if not 0 <= bits < 64 or shift > 60:
            raise InputError(f"{where}: the counts of its mask have {shown(sign)}; expected COCO's run-length text")
        value |= (bits & 31) << shift
        shift += 5
        if not bits & 32:
            if bits & 16:
                value -= 1 << shift
            if len(before) > 2:
                value += before[-2]
            before.append(value)
            yield value
            value, shift = 0, 0
    if shift:
        raise InputError(f"{where}: the counts of its mask end within a number")
