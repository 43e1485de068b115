"""The errors of `detector`.

DetectorError
├── ModelError (also ValueError)     a model file that cannot be used
├── InputError (also ValueError)     inputs or settings that cannot be used
└── MissingLibraryError (also ImportError)  an optional library is missing; the message is its install command
"""

from geo.errors import HerdmapError


class DetectorError(HerdmapError):
    """Root of every error that `detector` raises on purpose. The message is one line: found, expected, mend."""


class ModelError(DetectorError, ValueError):
    """A model file cannot be used."""


class InputError(DetectorError, ValueError):
    """Inputs or settings cannot be used."""


class MissingLibraryError(DetectorError, ImportError):
    """An optional library is not installed."""
