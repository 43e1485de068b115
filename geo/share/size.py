"""Decides how large a share folder may be."""

import re
from dataclasses import dataclass

from geo.errors import GeoError
from geo.short_number import short_number

DEFAULT_SHARE = 0.05
LEAST_PICTURES = 2_000_000
"""The least bytes for pictures if no size is given: five per cent of a small survey would show nothing."""

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


class ShareError(GeoError, ValueError):
    """A share folder cannot be made as asked: the size makes no sense, or is too small."""


@dataclass(frozen=True)
class MaxSize:
    """The size that the folder may have: a share of the imagery's size (0 to 1), or bytes.

    Exactly one of them is given.
    """

    share: float | None = None
    size: int | None = None

    def __post_init__(self) -> None:
        if (self.share is None) == (self.size is None):
            raise ShareError("a size is either a share of the imagery's size or a number of bytes; give one of the two")
        if (self.share is not None and not 0 < self.share <= 1) or (self.size is not None and self.size <= 0):
            raise ShareError(f"a size of {self}; expected more than nothing and at most 100%")

    @classmethod
    def parse(cls, text: str) -> "MaxSize":
        """Read '5%' (of the imagery's size) or '50MB' (also kB, GB, MiB, or plain bytes). Raises ShareError."""
        found = re.fullmatch(r"\s*(\d{1,15}(?:\.\d{1,6})?)\s*(%|[kmg]?i?b?)\s*", text, re.ASCII | re.IGNORECASE)
        unit = found[2].upper() if found else ""
        if unit in ("K", "M", "G", "KI", "MI", "GI"):
            unit += "B"
        if not found or (unit != "%" and unit not in _UNITS):
            raise ShareError(
                f"size {text!r}: expected a share of the imagery's size such as 5%, or a size such as 50MB"
            )
        number = float(found[1])
        return cls(share=number / 100) if unit == "%" else cls(size=int(number * _UNITS[unit]))

    def of(self, imagery: int) -> int:
        """The size in bytes, for imagery of so many bytes."""
        return self.size if self.size is not None else int((self.share or 0) * imagery)


def shown(size: int) -> str:
    """Bytes as text for a person: '2.4 MB'."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{short_number(size / factor, 3)} {unit}"
    return f"{size} bytes"
