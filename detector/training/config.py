"""A training run's settings, read from a TOML file and checked before anything is loaded."""

import dataclasses
import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from detector.errors import InputError
from detector.training.schedule import Schedule

T = TypeVar("T")


@dataclass(frozen=True)
class Source:
    """Labelled images: a COCO file and the folder its file names start from.

    weight: how often it is drawn against the other sources. flights: only these (empty: all); without: not these.
    name: what the metrics call it.
    """

    coco: Path
    images: Path
    weight: float = 1.0
    flights: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    name: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.weight < 1e6:
            raise InputError(f"the weight of {self.coco} is {self.weight}; expected a number above 0")

    def takes(self, flight: str) -> bool:
        """Whether the images of `flight` belong to the source."""
        return (not self.flights or flight in self.flights) and flight not in self.without


@dataclass(frozen=True)
class Negatives:
    """Images without any of the animals: glob patterns, each naming at least one file. weight: as a source's."""

    images: tuple[Path, ...] = ()
    weight: float = 0.1

    def __post_init__(self) -> None:
        if not 0 < self.weight < 1e6:
            raise InputError(f"the weight of the negatives is {self.weight}; expected a number above 0")

    def paths(self) -> list[Path]:
        """The files, in order. Raises InputError for a pattern that names none."""
        found: list[Path] = []
        for pattern in self.images:
            matches = sorted(p for p in pattern.parent.glob(pattern.name) if p.is_file())
            if not matches:
                raise InputError(f"no file is named by the negatives' pattern {pattern}; mend it or leave it out")
            found.extend(matches)
        return found


@dataclass(frozen=True)
class Network:
    """The compact network's widths (see detector.models.compact.CompactShape)."""

    stem: int = 16
    widths: tuple[int, int, int] = (32, 64, 96)
    depths: tuple[int, int, int] = (1, 1, 2)
    head: int = 32


@dataclass(frozen=True)
class Output:
    """Where the run keeps its checkpoint and its model file, and what the file says of itself."""

    folder: Path
    name: str
    version: str = "1"
    tile_size: int = 640
    overlap: int = 128
    trained_on: str = ""
    licence: str = ""
    checkpoint_steps: int = 200

    def __post_init__(self) -> None:
        if not self.name or not all(c.isalnum() or c in "-_" for c in self.name):
            raise InputError(f"the output's name is {self.name!r}; use letters, digits, - and _")
        if self.checkpoint_steps < 1:
            raise InputError(f"checkpoint_steps is {self.checkpoint_steps}; expected 1 or more")


@dataclass(frozen=True)
class TrainingConfig:
    """All of a run's settings. `augment` holds the table as read: detector.training.augment checks it."""

    classes: tuple[str, ...]
    data: tuple[Source, ...]
    output: Output
    validation: tuple[Source, ...] = ()
    negatives: Negatives = field(default_factory=Negatives)
    model: Network = field(default_factory=Network)
    schedule: Schedule = field(default_factory=Schedule)
    augment: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    workers: int = 1

    def __post_init__(self) -> None:
        if not self.classes or len(set(self.classes)) != len(self.classes):
            raise InputError(f"classes are {list(self.classes)}; name at least one, each once")
        if not self.data:
            raise InputError("the config lists no [[data]]; give at least one COCO file with its image folder")
        if self.seed < 0 or not 0 <= self.workers <= 64:
            raise InputError(f"seed {self.seed} must be 0 or more, workers {self.workers} from 0 to 64")

    def fingerprint(self) -> str:
        """A digest of all that decides the weights: a checkpoint made under another one is not resumed."""
        decisive = dataclasses.asdict(self)
        for setting in ("output", "workers", "validation"):
            del decisive[setting]
        return hashlib.sha256(json.dumps(decisive, default=str, sort_keys=True).encode()).hexdigest()


def load_config(path: Path, data_root: Path | None = None, output: Path | None = None) -> TrainingConfig:
    """Read a training config. Relative paths of data start from `data_root`, by default the config's own folder; the
    output's folder starts from the config's folder, and `output` replaces it.

    Raises InputError, naming the table and the key, for a file that cannot be read, an unknown key, a value of the
    wrong kind or a required one that is missing.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            tables = tomllib.load(file)
    except OSError as error:
        raise InputError(f"cannot read the training config {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not TOML: {error}") from error
    root = Path(data_root) if data_root is not None else path.parent
    if output is not None and isinstance(tables.get("output"), dict):
        tables["output"]["folder"] = str(Path(output).absolute())
    if "output" in tables:
        tables["output"] = _build(Output, tables["output"], "[output]", path.parent)
    for key in ("data", "validation"):
        if key in tables:
            if not isinstance(tables[key], list):
                raise InputError(f"{path.name}: write [[{key}]] with double brackets; there may be several")
            tables[key] = tuple(_build(Source, t, f"[[{key}]] number {i + 1}", root) for i, t in enumerate(tables[key]))
    for key, kind in (("negatives", Negatives), ("model", Network), ("schedule", Schedule)):
        if key in tables:
            tables[key] = _build(kind, tables[key], f"[{key}]", root)
    return _build(TrainingConfig, tables, path.name, root)


def _build(kind: type[T], table: Any, where: str, root: Path) -> T:
    """`table` as a `kind`: every key known, every value of the kind that the field's annotation names."""
    if not isinstance(table, dict):
        raise InputError(f"{where} is {table!r}; expected a table")
    hints = get_type_hints(kind)
    for key in table:
        if key not in hints:
            raise InputError(f"{where} has the key {key!r}; expected one of {', '.join(sorted(hints))}")
    required = [
        f.name
        for f in dataclasses.fields(kind)  # type: ignore[arg-type]
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    ]
    for key in required:
        if key not in table:
            raise InputError(f"{where} lacks {key!r}")
    return kind(**{key: _value(value, hints[key], f"{where}: {key}", root) for key, value in table.items()})


def build_table(kind: type[T], table: dict[str, Any], where: str) -> T:
    """A settings dataclass from a TOML table without paths; errors name `where`."""
    return _build(kind, table, where, Path())


def _value(value: Any, hint: Any, where: str, root: Path) -> Any:
    if dataclasses.is_dataclass(hint) or (get_origin(hint) is tuple and dataclasses.is_dataclass(get_args(hint)[0])):
        return value  # built already
    if hint is Path:
        if not isinstance(value, str) or not value:
            raise InputError(f"{where} is {value!r}; expected a path as text")
        return root / value
    if get_origin(hint) is tuple:
        kinds = get_args(hint)
        endless = len(kinds) == 2 and kinds[1] is Ellipsis
        if not isinstance(value, list) or not (endless or len(value) == len(kinds)):
            raise InputError(f"{where} is {value!r}; expected a list" + ("" if endless else f" of {len(kinds)}"))
        kinds = kinds[:1] * len(value) if endless else kinds
        return tuple(_value(v, k, where, root) for v, k in zip(value, kinds, strict=True))
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    plain = get_origin(hint) or hint
    if not isinstance(plain, type) or isinstance(hint, UnionType):
        return value
    if not isinstance(value, plain) or (isinstance(value, bool) and plain is not bool):
        raise InputError(f"{where} is {value!r}; expected {'a number' if plain in (int, float) else plain.__name__}")
    return value
