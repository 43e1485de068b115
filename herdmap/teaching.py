"""From one's own photos to a model of one's own animals: begin a survey, find more like these, teach, list models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from detector.models import ModelInfo
from geo.paths import Paths, StrPath
from herdmap.detecting import PlacementOptions, warn_of_failures
from herdmap.news import log, warn, watching
from herdmap.surveys import Survey

if TYPE_CHECKING:
    from detector.models.at_hand import ModelAtHand


@dataclass(frozen=True)
class Expected:
    """What more photos would bring."""

    photos: int
    """How many more."""
    f1: float
    """The F1 that is expected."""
    low: float
    """The lower end of its 80 % interval."""
    high: float
    """The upper end."""


@dataclass(frozen=True)
class Taught:
    """What `teach` made, and how good it is on photos that it did not learn from."""

    path: Path
    """The model file, which `Model.load` and `detect` take."""
    info: ModelInfo
    """What the model file says."""
    fit_to_count: bool
    """Whether a count by it can be used; if not, let people review what it finds."""
    verdict: str
    """What it is fit for, and why, in words."""
    held_out: str
    """`flight` or `photo`: what was held out to measure on."""
    metrics: Mapping[str, float]
    """On what was held out: animals, found, missed, false_alarms, precision, recall, f1, count_error (a share)."""
    beside_find: Mapping[str, int | str]
    """What `find`, from the same labels, and the model found on the same photos: animals, find_found,
    find_false_alarms, model_found, model_false_alarms, which is `better`, `find` or `model`, and whether that is
    `clear` or may be chance. Empty if `find` was not possible."""
    animals: Mapping[str, int]
    """How many animals of each class it learnt."""
    photos: int
    """On how many photos."""
    ended: str
    """`done` (its time was over), `no better`, or `stopped`."""
    expected: tuple[Expected, ...]
    """What more photos would bring; empty if that is not known."""
    page: Path
    """The page about it: its mistakes as pictures, and the photos to search next."""
    next_photos: tuple[Path, ...]
    """For each survey a list (CSV) of the photos to search next."""


def survey(
    images: Paths,
    output: StrPath,
    *,
    classes: Sequence[str] = (),
    regions: StrPath | None = None,
    region_field: str | None = None,
    region_layer: str | None = None,
    within: StrPath | None = None,
    progress: bool | None = None,
    **options: Unpack[PlacementOptions],
) -> Survey:
    """Begin a survey without a model: the images are placed on the map, and nothing is searched.

    People search them in QGIS, or `detect` does later with the same file.

    Args:
        images: Images, folders (searched recursively) or `@list.txt` of paths; one or several.
        output: The GeoPackage to write. If it exists, its reviews and what people searched are kept.
        classes: The kinds of animals to look for; by default one, `animal`.
        regions: Polygons to count the animals in.
        region_field: The column that names the regions.
        region_layer: The layer of regions to count in, by default every one with polygons.
        within: Polygons: images outside them need not be searched.
        progress: Show a progress bar; None: in a terminal or a notebook.
        options: See `PlacementOptions`.

    Raises:
        Error: An input or an option cannot be used, or the file holds what a model found.
    """
    from detector import survey as surveys

    placing: dict[str, Any] = dict(options)
    with watching(progress) as watcher:
        begun = surveys.begin(
            images,
            output,
            classes=(classes,) if isinstance(classes, str) else tuple(classes),
            settings=surveys.PoseSettings(**placing),
            region_file=regions,
            region_field=region_field,
            region_layer=region_layer,
            within=within,
            watcher=watcher,
        )
    log(begun.summary().splitlines())
    if begun.failed:
        warn(f"{begun.failed} of {begun.images} images cannot be read; the column `reason` of `images` has each reason")
    return Survey(output)


def find(
    survey: StrPath,
    *,
    save: StrPath | None = None,
    score: float | None = None,
    device: str = "auto",
    progress: bool | None = None,
) -> Survey:
    """Find more animals like those that people marked in a survey, in seconds and without torch.

    It learns from the marks, and searches the images that nobody searched completely. What it finds becomes detections
    to be reviewed. The same call after a review learns from that too.

    Args:
        survey: The survey or its path; it is written again.
        save: Where to write what was learnt, `.npz`, a model for `detect`; by default in the folder beside the survey.
        score: The least score of a detection, 0 to 1; by default 0.5.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        progress: Show a progress bar; None: in a terminal or a notebook.

    Returns:
        The survey, as it now is.

    Raises:
        Error: Too few animals are marked, or a file cannot be used.
    """
    from detector.survey import finding

    with watching(progress) as watcher:
        found = finding.find(survey, save, score=score, device=device, watcher=watcher)
    log([found.summary(), *found.outcome.summary().splitlines()])
    warn_of_failures(found.outcome)
    return Survey(survey)


def teach(
    sources: Paths,
    output: StrPath,
    *,
    images: StrPath | None = None,
    minutes: float = 10.0,
    animal_px: float | None = None,
    start: StrPath | None = None,
    device: str = "auto",
    progress: bool | None = None,
) -> Taught:
    """Teach a model the animals that people marked. It needs torch, and no configuration.

    It learns from animals that people marked or confirmed, from ground that they searched and that has none, and from
    detections that they rejected. Some photos are held out to measure on. A call that was interrupted resumes when it
    is made again. After more reviews, the same call goes on from the model that it replaces.

    Args:
        sources: Surveys, and labels in any format that is read (docs/labels.md); one or several.
        output: The model file to write, `.onnx`.
        images: The folder that names in labels start from.
        minutes: How long it may take, about. It ends earlier if it gets no better.
        animal_px: The length of animals that are marked as points, px; by default as those with boxes, or measured in
            the pixels around the points.
        start: The model to start from; by default the one that the output replaces, or the bundled one.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        progress: Show a progress bar; None: in a terminal or a notebook.

    Raises:
        Error: torch is missing, too little is marked or searched, or a file cannot be used.
    """
    from detector.teaching import Teaching
    from detector.teaching import teach as learn
    from geo.paths import as_path

    begin_with = None if start is None else as_path(start)
    teaching = Teaching(minutes=minutes, length_px=animal_px, start=begin_with, device=device)
    with watching(progress) as watcher:
        made = learn(sources, output, images=images, teaching=teaching, watcher=watcher)
    log(made.summary().splitlines())
    judgement = made.judgement
    return Taught(
        made.path,
        made.info,
        judgement.counts,
        judgement.verdict,
        judgement.by,
        judgement.numbers(),
        {} if isinstance(made.beside_find, str) else made.beside_find.numbers(),
        made.animals,
        made.photos,
        made.ended,
        tuple(Expected(one.photos, one.f1, one.low, one.high) for one in made.expected),
        made.page,
        tuple(sorted(made.page.parent.glob("next-*.csv"))),
    )


def models(files: Paths = ()) -> "tuple[ModelAtHand, ...]":
    """The models at hand: those that come with Herdmap, your own, and those in files and folders that are given.

    A model that cannot be used here is in it too, with its `problem`.

    Raises:
        Error: A file or folder that is given does not exist.
    """
    from detector.models.at_hand import models_at_hand

    return tuple(models_at_hand(files))
