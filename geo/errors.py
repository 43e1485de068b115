"""The errors of `geo`, the root of all errors that the project raises on purpose, and remarks that come with results.

HerdmapError                                also the root of `detector.errors.DetectorError`
└── GeoError
    ├── RasterError (also ValueError)       an image that cannot be read, or not within bounds
    ├── GeoreferenceError (also ValueError) a position that cannot be used: NaN or singular transform, unknown CRS
    ├── VectorError (also ValueError)       a region or transect file that cannot be used
    ├── InputError (also ValueError)        inputs that do not fit together, or that do not have what is needed
    ├── OutputError (also OSError)          a place that cannot be written, or a file that another program holds
    └── MissingLibraryError (also ImportError)  an optional library is missing; the message is its install command
"""


class HerdmapError(Exception):
    """The root of every error that the project raises on purpose. The message is one line: found, expected, mend.

    The message speaks of no option, button or argument. Each interface adds the mend in its own words.

    Attributes:
        about: The input that mends it, by the name of its parameter (`position_crs`), or the step that mends it, by the
            name of its function (`georeference`); None if there is no single one.
    """

    def __init__(self, message: str = "", *, about: str | None = None) -> None:
        super().__init__(message)
        self.about = about


class Remark(str):
    """A line for a person that comes with a result. `about` is as in `HerdmapError`."""

    about: str | None

    def __new__(cls, text: str, *, about: str | None = None) -> "Remark":
        remark = super().__new__(cls, text)
        remark.about = about
        return remark


class GeoError(HerdmapError):
    """Root of every error that `geo` raises on purpose. The message is one line: found, expected, mend."""


class RasterError(GeoError, ValueError):
    """An image cannot be read: not an image, truncated, or over the size bounds."""


class GeoreferenceError(GeoError, ValueError):
    """A georeference cannot be used: NaN or singular transform, unknown CRS, a point that has no image."""


class VectorError(GeoError, ValueError):
    """A file of regions or transects cannot be used."""


class InputError(GeoError, ValueError):
    """Inputs do not fit together, or do not have what is needed."""


class OutputError(GeoError, OSError):
    """An output cannot be written, or is held by another program."""


class MissingLibraryError(GeoError, ImportError):
    """An optional library is not installed."""


def one_line(error: object, longest: int | None = None) -> str:
    """The message of an error or a library on one line, with single spaces. Without a message, the name of its type.

    longest: how many characters are kept; by default all.
    """
    text = " ".join(str(error).split())
    if not text and isinstance(error, BaseException):
        text = type(error).__name__
    return text[:longest]
