"""What a model file says about its model."""

import json
import reprlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError
from geo.tables import KINDS

LARGEST_TILE = 16384  # px
_LONGEST_NAME = 200  # characters of the name of a class or of the model
# A model knows animals that look up to so many times larger or smaller than at the GSD that it was trained at: training
# itself enlarges and reduces its crops by about as much.
SCALE_TOLERANCE = 1.5
_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = 40
_repr.maxlist = _repr.maxtuple = _repr.maxdict = 4
_repr.maxlevel = 2
short = _repr.repr
"""A value as messages show it: short, whatever a file holds."""


@dataclass(frozen=True)
class ModelInfo:
    """What a model file says about itself: the `herdmap` metadata of a portable model.

    Raises ModelError for an impossible value.
    """

    kind: Literal["detector", "classifier"]
    """A detector of animals, or a classifier of whole tiles."""
    name: str
    """The model's name."""
    classes: tuple[str, ...]
    """The names of the classes, by label."""
    tile_size: int
    """The side of a tile in pixels, at the model's ground sample distance."""
    overlap: int = 0
    """By how many pixels tiles overlap."""
    version: str = ""
    """The model's version."""
    batch_size: int | None = None
    """The only number of tiles that it takes at once; None: any."""
    gsd_m: float | None = None
    """The ground sample distance that it was trained at, metres a pixel; None if unknown."""
    gsd_range_m: tuple[float, float] | None = None
    """The finest and the coarsest ground sample distance of imagery in which it finds animals, metres a pixel; None if
    unknown. See `fits_gsd_m`."""
    score_threshold: float | Mapping[str, float] = 0.5
    """The score threshold: one number, or one for each class. For a classifier, one number: the least probability of an
    animal with which a tile passes the gate. A classifier of several classes a tile gives a tile each class that
    reaches it."""
    trained_on: str = ""
    """What it was trained on."""
    licence: str = ""
    """Its licence."""
    metrics: Mapping[str, Any] = field(default_factory=dict)
    """How good it is, measured by its maker."""
    cap_per_tile: int | None = None
    """The most detections that it can give in a tile, or the most candidates before it removes duplicates; None: no
    limit that it knows."""
    point_size: float | None = None
    """For a detector of points, the side of the square around a point, px of its tiles; None: it finds boxes."""
    empty_class: str | None = None
    """For a classifier, the class of tiles without an animal; None: the class `empty`, if there is one."""
    multilabel: bool | None = None
    """For a classifier, whether a tile may have several classes, each with a probability of its own; None: not said, so
    that a tile has exactly one."""

    def __post_init__(self) -> None:
        for name in ("name", "version", "trained_on", "licence"):
            _check(name, getattr(self, name), str, "text")
        for name in ("tile_size", "overlap", "batch_size", "cap_per_tile"):
            _check(name, getattr(self, name), (int, type(None)), "a whole number")
        _check("gsd_m", self.gsd_m, (int, float, type(None)), "a number")
        _check("point_size", self.point_size, (int, float, type(None)), "a number")
        _check("metrics", self.metrics, Mapping, "a mapping")
        _check("empty_class", self.empty_class, (str, type(None)), "a class's name")
        if self.multilabel not in (True, False, None) or (self.multilabel and self.kind != "classifier"):
            raise ModelError(f"model multilabel {short(self.multilabel)}: expected true or false, for a classifier")
        if self.kind not in ("detector", "classifier"):
            raise ModelError(f"model kind {short(self.kind)}: expected 'detector' or 'classifier'")
        if not self.classes or not all(isinstance(c, str) and c for c in self.classes):
            raise ModelError(f"model classes {short(self.classes)}: expected one or more names")
        for name in self.classes:
            if len(name) > _LONGEST_NAME:
                raise ModelError(f"model class name {short(name)}: expected at most {_LONGEST_NAME} characters")
            # No file can store such a name as text.
            if "\0" in name or name.encode("utf-8", "replace").decode() != name:
                raise ModelError(f"model class name {short(name)}: expected text that is UTF-8 and has no NUL")
        if len(set(self.classes)) != len(self.classes):
            raise ModelError(f"model classes {short(self.classes)}: expected each name once")
        if not 16 <= self.tile_size <= LARGEST_TILE:
            raise ModelError(f"model tile size {self.tile_size} px: expected 16 to {LARGEST_TILE}")
        if not 0 <= self.overlap < self.tile_size:
            raise ModelError(f"model overlap {self.overlap} px: expected 0 to {self.tile_size - 1}")
        if self.batch_size is not None and not 1 <= self.batch_size <= 4096:
            raise ModelError(f"model batch size {self.batch_size}: expected 1 to 4096, or null for any")
        if self.cap_per_tile is not None and self.cap_per_tile < 1:
            raise ModelError(f"model cap per tile {self.cap_per_tile}: expected 1 or more, or null for none")
        if self.gsd_m is not None and not 1e-4 <= self.gsd_m <= 100:
            raise ModelError(f"model GSD {self.gsd_m} m a pixel: expected 0.0001 to 100, or null")
        if self.point_size is not None and not 1 <= self.point_size <= LARGEST_TILE:
            raise ModelError(f"model point size {self.point_size} px: expected 1 to {LARGEST_TILE}, or null for boxes")
        if self.gsd_range_m is not None:
            object.__setattr__(self, "gsd_range_m", _checked_range(self.gsd_range_m))
        if self.empty_class is not None and self.empty_class not in self.classes:
            raise ModelError(f"model empty class {short(self.empty_class)}: expected one of {short(self.classes)}")
        thresholds = self.thresholds()
        if not ((thresholds >= 0) & (thresholds <= 1)).all():
            raise ModelError(f"model score threshold {short(self.score_threshold)}: expected 0 to 1")

    @classmethod
    def from_json(cls, text: str) -> "ModelInfo":
        """Read the `herdmap` metadata. Unknown keys are ignored, because newer files add some. Raises ModelError."""
        try:
            data = json.loads(text)
            known = {k: data[k] for k in cls.__dataclass_fields__ if data.get(k) is not None}
            known["classes"] = tuple(known["classes"])
            return cls(**known)
        except (ValueError, TypeError, ArithmeticError, KeyError, AttributeError, RecursionError) as error:
            said = str(error) if isinstance(error, ModelError) else f"{type(error).__name__} {str(error)[:80]}".strip()
            raise ModelError(f"the model's 'herdmap' metadata cannot be used: {said}") from error

    def to_json(self) -> str:
        """The `herdmap` metadata as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @property
    def finds(self) -> str:
        """What its detections are, one of `geo.tables.KINDS`."""
        return KINDS[self.point_size is not None]

    @property
    def fits_gsd_m(self) -> tuple[float, float] | None:
        """The finest and the coarsest GSD at which it can be trusted: what it says, or what lies around the GSD that
        it was trained at. None if it says neither."""
        if self.gsd_range_m is not None:
            return self.gsd_range_m
        if self.gsd_m is None:
            return None
        return self.gsd_m / SCALE_TOLERANCE, self.gsd_m * SCALE_TOLERANCE

    @property
    def empty_name(self) -> str | None:
        """A classifier's class of tiles without an animal; None if it is unknown."""
        name = self.empty_class or "empty"
        return name if name in self.classes else None

    def animal(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """(T,) float32: how probable it is that tiles show an animal, from a classifier's probabilities (T, C) float32.

        It is what the empty class leaves; where a tile may have several classes, the highest of all others.

        Raises:
            ModelError: It is unknown which class means an empty tile.
        """
        if self.multilabel:
            animals = [i for i, name in enumerate(self.classes) if name != self.empty_name]
            highest: NDArray[np.float32] = probabilities[:, animals].max(axis=1, initial=0)
            return highest
        if self.empty_name is None:
            raise ModelError(
                f"the classifier {self.name!r} has the classes {', '.join(self.classes)}, and does not say which of "
                "them is a tile without an animal; a gate needs 'empty_class' in its metadata, or a class called "
                "'empty'"
            )
        return np.float32(1) - probabilities[:, self.classes.index(self.empty_name)]

    def thresholds(self, override: float | None = None) -> NDArray[np.float32]:
        """(C,) float32: the score threshold by label. `override` is one number for all."""
        if override is not None:
            return np.full(len(self.classes), override, np.float32)
        if isinstance(self.score_threshold, Mapping):
            default = min(self.score_threshold.values(), default=0.5)
            return np.array([self.score_threshold.get(c, default) for c in self.classes], np.float32)
        return np.full(len(self.classes), self.score_threshold, np.float32)


def _check(name: str, value: object, kinds: type | tuple[type, ...], wanted: str) -> None:
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise ModelError(f"model {name} {short(value)}: expected {wanted}")


def _checked_range(given: object) -> tuple[float, float]:
    """A range of GSDs, as a pair. Raises ModelError."""
    if isinstance(given, list | tuple) and len(given) == 2:
        for value in given:
            _check("GSD range", value, (int, float), "two numbers")
        finest, coarsest = map(float, given)
        if 1e-4 <= finest <= coarsest <= 100:
            return finest, coarsest
    raise ModelError(f"model GSD range {short(given)}: expected the finest and the coarsest, metres a pixel, or null")
