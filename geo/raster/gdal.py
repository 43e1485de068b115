"""The settings of GDAL for this project, and its errors as one line.

GDAL's block cache is limited to 32 MB (GDAL_CACHEMAX in the environment overrides this). Network access and code in
VRTs are off.
"""

import contextlib
import logging
import os
import re
import threading
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import rasterio
from rasterio.errors import NotGeoreferencedWarning
from rasterio.session import DummySession

from geo.errors import GeoError, RasterError, one_line
from geo.gdal_drivers import OFFLINE
from geo.raster.formats import shown

T = TypeVar("T")

_CACHE_BYTES = 32 << 20  # rasterio hands a number to GDAL as it is: bytes
_OPTIONS: dict[str, Any] = {
    # Sidecars (.jgw, .msk, .ovr, .aux.xml) are found by name; a folder of 100,000 photos is not listed for each.
    "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "GDAL_PNG_WHOLE_IMAGE_OPTIM": "NO",  # its fast path returns black, and no error, for a PNG cut off
} | OFFLINE

# warnings.catch_warnings swaps a process-wide list: one thread at a time.
_warnings_lock = threading.Lock()
_thread = threading.local()


class _Heard(logging.Handler):
    """Hands GDAL's complaints to the `Complaints` of this thread.

    Without a handler, Python prints them on stderr; they reach the caller in RasterError.
    """

    def emit(self, record: logging.LogRecord) -> None:
        here = getattr(_thread, "complaints", None)
        if here is not None and len(here.messages) < 20:
            here.messages.append(record.getMessage())


logging.getLogger("rasterio").addHandler(_Heard(logging.WARNING))


class _CallersOwnError(Exception):
    """Carries an error of the caller's rows through `gdal`, which takes all others for GDAL's."""


def gdal_version() -> str:
    """The version of GDAL, which decodes pixels."""
    return str(rasterio.__gdal_version__)


def callers_own(rows: Iterable[T]) -> Iterator[T]:
    """The same rows, whose own errors pass through `gdal` as they are."""
    try:
        yield from rows
    except Exception as error:
        raise _CallersOwnError from error


@contextlib.contextmanager
def settled() -> Iterator[None]:
    """GDAL with our settings in this thread until the block ends, for a thread that reads many files.

    `gdal` need not make them then for each file, which takes as long as a fifth of a photo's header.
    """
    with _environment():
        _thread.settled = True
        try:
            yield
        finally:
            _thread.settled = False


def _environment(**options: str) -> rasterio.Env:
    settings = _OPTIONS | options
    if "GDAL_CACHEMAX" not in os.environ:
        settings["GDAL_CACHEMAX"] = _CACHE_BYTES
    return rasterio.Env(session=DummySession(), **settings)


@contextlib.contextmanager
def gdal(path: Path, kind: type[GeoError] = RasterError, **options: str) -> Iterator[None]:
    """GDAL with our settings in this thread; its errors become one line of ours.

    path: named in messages. kind: RasterError where `path` is read, OutputError where it is written.
    """
    here = not options and getattr(_thread, "settled", False)
    try:
        with contextlib.nullcontext() if here else _environment(**options):
            yield
    except GeoError:
        raise
    except _CallersOwnError as error:
        if error.__cause__ is None:
            raise
        raise error.__cause__ from error.__cause__.__cause__
    except MemoryError as error:
        raise kind(f"{shown(path)}: not enough memory for it; close other programs or split the image") from error
    except Exception as error:  # GDAL's and rasterio's errors have several unrelated roots
        if kind is RasterError:
            text = f"{reason(error)}; the file is damaged or cut off, copy it again from its source"
        else:
            text = f"cannot be written ({reason(error)}); free some space or choose another place"
        raise kind(f"{shown(path)}: {text}") from error


def reason(error: BaseException) -> str:
    """The deepest message of a chain, as one bounded line."""
    while error.__cause__ is not None:
        error = error.__cause__
    text = getattr(error, "errmsg", None) or str(error) or type(error).__name__
    # GDAL's advice is for whoever configures GDAL.
    text = one_line(re.sub(r"\(this error can be turned[^)]*\)", "", text))
    return text if len(text) <= 200 else text[:197] + "..."


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """An image without georeference is nothing to warn of: `Georeference.kind` says it."""
    with _warnings_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield


class Complaints:
    """What GDAL says to this thread while an image is opened: some of it is the only trace of a fault."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self._outer: Complaints | None = None

    def __enter__(self) -> "Complaints":
        self._outer = getattr(_thread, "complaints", None)
        _thread.complaints = self
        return self

    def __exit__(self, *_: object) -> None:
        _thread.complaints = self._outer
