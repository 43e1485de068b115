"""Loads pyogrio without geopandas, pandas and pyarrow, in a program that needs no tables of theirs.

pyogrio loads them where they are installed, which takes half a second of a core or more. A command of Herdmap uses none
of them. A program in Python that also imports Herdmap may: there, pyogrio is loaded as always.
"""

import contextlib
import sys
from collections.abc import Iterator

_TABLES = ("geopandas", "pandas", "pyarrow")
_without = False


def without_tables() -> None:
    """From now on, pyogrio starts in this process as it does where none of them is installed."""
    global _without
    _without = True


@contextlib.contextmanager
def start() -> Iterator[None]:
    """Import pyogrio in this block. Behind it, other libraries find pandas again."""
    hidden = [name for name in _TABLES if _without and name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # Python's way to say that a module is missing
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
