"""The settings of a training run, read from a TOML file and checked before anything is loaded."""

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from detector.errors import InputError
from detector.toml_tables import build_table
from detector.training.schedule import USUAL_SCHEDULES, Schedule
from geo.paths import StrPath, as_path
from geo.text_encoding import read_toml

Framework = Literal["compact", "torchvision", "detectron2", "fastai"]
Freeze = Literal["none", "backbone", "all-but-heads"]
# The settings that do not affect the weights.
NOT_DECISIVE = ("output", "workers", "validation", "tracking", "device")
# The settings of [tiles] that a config leaves out. A tile classifier needs as many empty tiles as others.
USUAL_TILES: dict[str, dict[str, Any]] = {"fastai": {"empty_share": 0.5}}


@dataclass(frozen=True)
class Source:
    """Labelled photos: labels in any format that is read, and the folder that their file names start from.

    Raises InputError if a value is out of its range.

    Attributes:
        images: The folder that file names start from.
        coco: The COCO file, or None.
        voc: The folder of Pascal VOC files, or None.
        labels: Labels in any format (`detector.labels.formats`), or None. Exactly one of the three is given.
        columns: For a table or a vector layer: the column of each field, where the names are not the usual ones.
        weight: How often the photos are drawn, relative to other sources.
        flights: Only these flights; empty for all.
        without: Not these flights.
        name: The name of the source in the metrics.
        point_px: The side of the box that is learnt for a point, px. By default it is the usual side of the boxes of
            its class, so it is needed only if a class has points alone.
        unannotated: What a photo without annotations is: `empty` (searched, and nothing was there) or `unknown` (left
            out). By default, a photo that the labels list is empty, and a photo that they do not name is unknown. A
            label file of a photo without animals says that its photo is empty.
    """

    images: Path
    coco: Path | None = None
    voc: Path | None = None
    labels: Path | None = None
    columns: dict[str, str] = field(default_factory=dict)
    weight: float = 1.0
    flights: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    name: str = ""
    point_px: float | None = None
    unannotated: Literal["empty", "unknown"] | None = None

    def __post_init__(self) -> None:
        given = [name for name in ("labels", "coco", "voc") if getattr(self, name) is not None]
        if len(given) != 1:
            raise InputError(
                f"the data of {self.images} have {' and '.join(given) or 'no labels'}; expected one of labels, coco "
                "and voc"
            )
        if wrong := [key for key, column in self.columns.items() if not isinstance(column, str)]:
            raise InputError(f"the column of {wrong[0]!r} is {self.columns[wrong[0]]!r}; expected its name as text")
        if self.point_px is not None and not 1 <= self.point_px <= 10_000:
            raise InputError(f"point_px of {self.path} is {self.point_px}; expected a side of 1 to 10000 px")
        if not 0 < self.weight < 1e6:
            raise InputError(f"the weight of {self.path} is {self.weight}; expected a number above 0")

    @property
    def path(self) -> Path:
        """The file or the folder of labels."""
        path = self.labels or self.coco or self.voc
        assert path is not None
        return path

    def takes(self, flight: str) -> bool:
        """Whether the images of `flight` belong to the source."""
        return (not self.flights or flight in self.flights) and flight not in self.without


@dataclass(frozen=True)
class Negatives:
    """Photos without any of the animals. Raises InputError if the weight is not above 0.

    Attributes:
        images: Glob patterns; each must match at least one file.
        weight: How often the photos are drawn, relative to the sources.
    """

    images: tuple[Path, ...] = ()
    weight: float = 0.1

    def __post_init__(self) -> None:
        if not 0 < self.weight < 1e6:
            raise InputError(f"the weight of the negatives is {self.weight}; expected a number above 0")

    def paths(self) -> list[Path]:
        """The files, in order. Raises InputError if a pattern matches no file."""
        found: list[Path] = []
        for pattern in self.images:
            # Brackets may be a pattern, or be in the name of a tile.
            literal = [pattern] if pattern.is_file() else []
            matches = literal or sorted(p for p in pattern.parent.glob(pattern.name) if p.is_file())
            if not matches:
                raise InputError(f"no file matches the negatives' pattern {pattern}; correct it or leave it out")
            found.extend(matches)
        return found


@dataclass(frozen=True)
class Split:
    """How photos are divided into training and validation. Raises InputError if a value is out of its range.

    Attributes:
        by: What is never on both sides: `photo`, `flight`, or the name of a column. A column is a key of the images in
            the COCO file, such as `stratum`.
        validation: The share of the photos that is held out of [[data]], in whole groups. It is not used if there is a
            [[validation]].
        pattern: A regular expression that is searched in the file name of a photo. Its group names the flight, or the
            whole match if it has no group. Without a pattern, the COCO file names the flight. A photo without a flight
            is a group of its own.
        seed: Another seed holds out other groups.
    """

    by: str = "flight"
    validation: float = 0.2
    pattern: str = ""
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.validation < 1:
            raise InputError(f"[split] validation is {self.validation}; expected a share between 0 and 1")
        if not self.by:
            raise InputError("[split] by is empty; expected photo, flight or the name of a column")
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise InputError(f"[split] pattern {self.pattern!r} is not a regular expression: {error}") from error


@dataclass(frozen=True)
class Tiles:
    """How whole photos are cut into tiles of `crop_px` during training; no tile is written to disk.

    Raises InputError if a value is out of its range.

    Attributes:
        overlap: Px that neighbouring tiles share.
        jitter: How far a tile may be moved from its place, at most, as a share of its side.
        empty_share: The share of the tiles of an epoch that show no animal, at least 0 and less than 1. Each epoch has
            other empty tiles.
        repeat_threshold: If a class is on a smaller share of the tiles with animals, its tiles are repeated
            sqrt(threshold / share) times (Gupta et al. 2019, "LVIS", section 5.1); 0 repeats none.
        photos_in_memory: How many decoded photos are kept. The tiles of so many photos are drawn before the next ones
            are decoded.
    """

    overlap: int = 0
    jitter: float = 0.25
    empty_share: float = 0.2
    repeat_threshold: float = 0.0
    photos_in_memory: int = 16

    def __post_init__(self) -> None:
        if not 0 <= self.empty_share < 1 or not 0 <= self.jitter <= 1 or not 0 <= self.repeat_threshold <= 1:
            raise InputError(
                f"[tiles] empty_share {self.empty_share}, jitter {self.jitter}, "
                f"repeat_threshold {self.repeat_threshold}: expected shares from 0 to 1 (empty_share below it)"
            )
        if self.overlap < 0 or self.photos_in_memory < 1:
            raise InputError(
                f"[tiles] overlap is {self.overlap} and photos_in_memory {self.photos_in_memory}; expected 0 or more, "
                "and 1 or more"
            )


@dataclass(frozen=True)
class Tracking:
    """Where the progress of a run is reported. Raises InputError if a value is out of its range.

    Attributes:
        mlflow: Report to MLflow, if it is installed.
        tensorboard: Report to TensorBoard, if it is installed.
        experiment: MLflow's name for runs that belong together.
        every_steps: Steps between two points of a curve.
        validate_steps: Steps between two validations; 0 for one validation an epoch.
        pictures: How many validation photos are shown with their detections.
    """

    mlflow: bool = True
    tensorboard: bool = True
    experiment: str = "herdmap"
    every_steps: int = 10
    validate_steps: int = 0
    pictures: int = 4

    def __post_init__(self) -> None:
        if self.every_steps < 1 or self.validate_steps < 0 or self.pictures < 0:
            raise InputError(
                f"[tracking] every_steps is {self.every_steps}, validate_steps {self.validate_steps} and pictures "
                f"{self.pictures}; expected every_steps of 1 or more, the others of 0 or more"
            )


@dataclass(frozen=True)
class Output:
    """Where the run writes its checkpoint and its model file, and what the model file says about the model."""

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
            raise InputError(f"the output's name is {self.name!r}; expected letters, digits, - and _")
        if self.checkpoint_steps < 1:
            raise InputError(f"checkpoint_steps is {self.checkpoint_steps}; expected 1 or more")


@dataclass(frozen=True)
class TrainingConfig:
    """All settings of a run. Raises InputError if a value is out of its range.

    Attributes:
        framework: Which framework trains: the module detector.training.<framework>.
        classes: What the model tells apart, in the order of its labels. Boxes of other classes are dropped.
        rename: The class of a name in the data. Two names may become one class.
        rest: The class of all names in the data that are neither classes nor renamed; '' to drop their boxes.
        freeze: Which parameters do not change; norm statistics are included.
        start_from: The checkpoint of an earlier run. This run starts with its weights. The classes may differ: a class
            gets the weights of the class of the same name.
        model: The table [model] as read. The framework checks it.
        augment: The table [augment] as read. `detector.training.augment` checks it.
        tiles: None if crops are taken at random from whole images in memory. Only the compact detector does that.
        extend: Whether a checkpoint of another schedule is continued with this one, on purpose.
    """

    classes: tuple[str, ...]
    data: tuple[Source, ...]
    output: Output
    framework: Framework = "compact"
    rename: dict[str, str] = field(default_factory=dict)
    rest: str = ""
    validation: tuple[Source, ...] = ()
    split: Split | None = None
    negatives: Negatives = field(default_factory=Negatives)
    tiles: Tiles | None = None
    model: dict[str, Any] = field(default_factory=dict)
    start_from: Path | None = None
    freeze: Freeze = "none"
    schedule: Schedule = field(default_factory=Schedule)
    augment: dict[str, Any] = field(default_factory=dict)
    tracking: Tracking = field(default_factory=Tracking)
    precision: Literal["mixed", "full"] = "mixed"
    device: str = "auto"
    seed: int = 0
    workers: int = 1
    extend: bool = False

    def __post_init__(self) -> None:
        if not self.classes or len(set(self.classes)) != len(self.classes):
            raise InputError(f"classes are {list(self.classes)}; name at least one, each once")
        for old, new in self.rename.items():
            if not isinstance(new, str) or new not in self.classes:
                raise InputError(f"[rename] renames {old!r} to {new!r}; expected one of {', '.join(self.classes)}")
        if self.rest and self.rest not in self.classes:
            raise InputError(f"rest is {self.rest!r}; expected one of {', '.join(self.classes)}")
        if not self.data:
            raise InputError("the config has no [[data]]; expected at least one COCO file with its image folder")
        if self.seed < 0 or not 0 <= self.workers <= 64:
            raise InputError(
                f"seed is {self.seed} and workers {self.workers}; expected a seed of 0 or more, and 0 to 64 workers"
            )
        if self.tiles is not None and self.tiles.overlap >= self.schedule.crop_px:
            raise InputError(
                f"[tiles] overlap is {self.tiles.overlap}; expected less than crop_px, which is {self.schedule.crop_px}"
            )

    def flat(self) -> dict[str, str | float | int | bool]:
        """Every setting by its dotted name, for trackers."""
        return dict(_flat("", dataclasses.asdict(self)))

    def fingerprint(self) -> str:
        """A digest that checkpoints of older versions have instead of `decisive` settings. It has paths in it."""
        decisive = dataclasses.asdict(self)
        for setting in (*NOT_DECISIVE, "extend"):
            del decisive[setting]
        for source in decisive["data"]:  # as before there were these settings, if they are not used
            for setting in ("labels", "columns", "point_px"):
                if not source[setting]:
                    del source[setting]
        return hashlib.sha256(json.dumps(decisive, default=str, sort_keys=True).encode()).hexdigest()

    def decisive(self) -> dict[str, str | float | int | bool]:
        """Every setting that affects the weights, by its dotted name, without the folders that files lie in.

        The labels themselves are not in it; see `Dataset.label_digests`.
        """
        tables = dataclasses.asdict(self)
        for setting in (*NOT_DECISIVE, "extend"):
            del tables[setting]
        for source in tables["data"]:
            for key in [key for key, value in source.items() if isinstance(value, Path)]:
                del source[key]
        return dict(_flat("", _without_folders(tables)))


def _without_folders(value: Any) -> Any:
    """The value with the last part alone of each path in it; text that is the path of a file is a path too."""
    if isinstance(value, dict):
        return {key: _without_folders(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without_folders(part) for part in value]
    if isinstance(value, Path) or (isinstance(value, str) and Path(value).is_absolute()):
        return Path(value).name
    return value


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, str | float | int | bool]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(f"{prefix}.{key}" if prefix else str(key), part)
    elif isinstance(value, list | tuple) and any(isinstance(part, dict) for part in value):
        for place, part in enumerate(value):
            yield from _flat(f"{prefix}.{place}", part)
    elif isinstance(value, list | tuple):
        yield prefix, ", ".join(map(str, value))
    else:
        yield prefix, value if isinstance(value, str | float | int | bool) else str(value)


def load_config(path: StrPath, data_root: StrPath | None = None, output: StrPath | None = None) -> TrainingConfig:
    """Read a training config.

    Args:
        path: The TOML file.
        data_root: The folder that relative paths of data start from; by default the folder of the config.
        output: The folder for the results, instead of the config's. The config's folder of results, if relative,
            starts from the folder of the config.

    Raises:
        InputError: The file cannot be read, a key is unknown or missing, or a value is of the wrong kind. The message
            names the table and the key.
    """
    path = as_path(path)
    try:
        tables = read_toml(path)
    except OSError as error:
        raise InputError(f"cannot read the training config {path}: {error.strerror}") from error
    except ValueError as error:
        raise InputError(f"{path} {error}") from error
    root = as_path(data_root) if data_root is not None else path.parent
    if output is not None and isinstance(tables.get("output"), dict):
        tables["output"]["folder"] = str(as_path(output).absolute())
    if "output" in tables:
        tables["output"] = build_table(Output, tables["output"], "[output]", path.parent)
    framework = tables.get("framework", "compact")
    if framework != "compact":
        usual = USUAL_TILES.get(framework, {})
        if isinstance(tables.setdefault("tiles", {}), dict):
            tables["tiles"] = {**usual, **tables["tiles"]}
        if isinstance(tables.setdefault("schedule", {}), dict):
            tables["schedule"] = {**USUAL_SCHEDULES.get(framework, {}), **tables["schedule"]}
    model = tables.get("model")
    if framework == "detectron2" and isinstance(model, dict):
        for key in ("config", "weights"):
            # If there is no such file, it is the name of one of Detectron2's own configs.
            if isinstance(value := model.get(key), str) and (root / value).is_file():
                model[key] = str(root / value)
    return build_table(TrainingConfig, tables, path.name, root)
