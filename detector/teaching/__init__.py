"""Teaches a model of one's own animals: from what people marked, reviewed and searched to a model file, in minutes.

`told` reads surveys and labels, `lessons` decides what they teach, `held_out` what the model is measured on. `patches`
are the pixels, `learning` is the loop, `taught` the network, and `runs` puts them together. `judged` says how good the
model is, `comparing` whether it is better than `find`, `learning_curve` what more photos would bring, `next_photos`
which ones, and `page` writes it all.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detector import models
from detector.errors import InputError, MissingLibraryError, ModelError
from detector.models import ModelInfo
from detector.progress import Watcher
from detector.search.lock import locked
from detector.survey.beside_find import CARD
from detector.teaching.settings import MINUTES, Teaching
from geo import raster
from geo.output import check_writable
from geo.paths import Paths, StrPath, absolute, as_paths

if TYPE_CHECKING:
    from detector.survey.beside_find import BesideFind
    from detector.teaching.held_out import Before, Division
    from detector.teaching.judged import Judgement
    from detector.teaching.learning_curve import Expected
    from detector.teaching.lessons import Lessons
    from detector.teaching.runs import Learner, Learnt
    from detector.teaching.told import Told, Unseen

_MOST_ROUNDS = 50  # that a card remembers
_NEXT_SHARE = 0.1  # of the time, to choose the next photos


@dataclass(frozen=True)
class TaughtModel:
    """What was taught.

    Attributes:
        path: The model file.
        info: What it says about itself.
        judgement: How good it is on the photos that were held out.
        beside_find: How good it is beside `find` there; if that is unknown, why.
        animals: How many animals of each class it learnt.
        photos: On how many photos.
        ended: Why it ended: `done` (its time was over), `no better`, or `stopped`.
        expected: What more photos would bring; empty if that is not known.
        page: The page about it.
    """

    path: Path
    info: ModelInfo
    judgement: "Judgement"
    beside_find: "BesideFind | str"
    animals: dict[str, int]
    photos: int
    ended: str
    expected: "tuple[Expected, ...]"
    page: Path

    def summary(self) -> str:
        """What was learnt and how good it is, as lines for a person."""
        from detector.teaching.page import said, said_beside

        animals = ", ".join(f"{number} {name}" for name, number in self.animals.items())
        early = {"stopped": "; stopped early, this is the best so far", "no better": "; it got no better"}
        lines = [
            f"learnt from {animals} on {self.photos} photos{early.get(self.ended, '')}",
            *self.judgement.lines(),
            *said_beside(self.beside_find),
            *said(self.expected),
            f"{self.page}: its mistakes as pictures, and the photos to search next",
            f"{self.path}: taught; to search with it, give it as the model",
        ]
        return "\n".join(lines)


def teach(
    sources: Paths,
    output: StrPath,
    *,
    images: StrPath | None = None,
    teaching: Teaching | None = None,
    watcher: Watcher | None = None,
) -> TaughtModel:
    """Learn the animals that people marked, and write a model that finds them.

    It learns from animals that people marked or confirmed, from ground that they searched and that has none, and from
    detections that they rejected. Ground that nobody searched is left out. Some photos are held out to measure on; they
    stay held out when a later call writes to the same file. A call that was killed resumes. If the watcher cancels, the
    best so far is written.

    Args:
        sources: Surveys, and labels in any format that `train` reads.
        output: The model file, .onnx.
        images: The folder that names in labels start from.
        teaching: How it is taught.
        watcher: Is told of the progress.

    Raises:
        MissingLibraryError: torch is not installed.
        InputError: Too little is marked or searched, or something cannot be used.
        ModelError: The model to start from cannot be used.
    """
    teaching, watcher = teaching or Teaching(), watcher or Watcher()
    need_torch()
    path = absolute(output)
    if path.suffix.lower() != ".onnx":
        raise InputError(f"{path.name}: expected a model that ends in .onnx")
    check_writable(path)
    folder = path.with_name(f"{path.stem}.teach")
    with locked(
        folder / "lock", f"{path.name}: another run is teaching this model; wait for it, or choose another name"
    ):
        made = _teach(as_paths(sources), path, folder, images, teaching, watcher)
        shutil.rmtree(folder / "work", ignore_errors=True)
    judgement = made.judgement
    beside = {} if isinstance(made.beside_find, str) else made.beside_find.numbers()
    watcher.taught(judgement.numbers(), len(judgement.photos), judgement.counts, made.page, beside)
    watcher.done(path, made.photos, 0, sum(made.animals.values()))
    return made


def need_torch() -> None:
    """Raise MissingLibraryError if teaching is not possible in this environment."""
    missing = [name for name in ("torch", "torchvision", "onnx", "PIL") if find_spec(name) is None]
    if missing:
        raise MissingLibraryError(
            f"teaching needs {' and '.join(missing)} (about 0.3 GB to load and 1 GB on disk without a GPU): "
            "pip install 'herdmap[torch]'"
        )


def _teach(
    sources: Sequence[Path], path: Path, folder: Path, images: StrPath | None, teaching: Teaching, watcher: Watcher
) -> TaughtModel:
    told, unseen = _told(sources, images, watcher)
    lessons, gsd_m = _lessons(told, folder / "work" / "blocks", teaching, watcher)
    # torch, which takes seconds to load, only here: what a survey lacks is said at once.
    from detector.teaching import comparing, held_out, runs
    from detector.teaching.judged import judgement_of

    start, known = _start(path, teaching)
    earlier = _info_of(path).metrics if path.is_file() else {}
    before = held_out.Before.of(earlier)
    division = held_out.divide(lessons.each, before)
    for text in lessons.remarks:
        watcher.warning(text)
    learner = runs.Learner(lessons, division, start, known, folder / "work", teaching)
    learnt = learner.learn(watcher)
    info = _info(path, lessons, division, gsd_m, learner.zoom)
    part = folder / "work" / path.name
    learnt.write(info, part)
    judgement = judgement_of(part, division, lessons.classes, teaching.device)
    beside = comparing.compare(judgement, division, lessons.length_px, teaching.device)
    card = _card(division, before, earlier, lessons, judgement, beside)
    info = replace(info, score_threshold=judgement.threshold, metrics=card)
    learnt.write(info, part)
    expected, page = _page(folder, part, info, judgement, beside, learner, learnt, unseen, teaching, watcher)
    part.replace(path)
    animals, photos = _animals(division, lessons), len(division.learnt)
    return TaughtModel(path, info, judgement, beside, animals, photos, learnt.ended, expected, page)


def _page(
    folder: Path,
    model: Path,
    info: ModelInfo,
    judgement: "Judgement",
    beside: "BesideFind | str",
    learner: "Learner",
    learnt: "Learnt",
    unseen: Sequence["Unseen"],
    teaching: Teaching,
    watcher: Watcher,
) -> tuple[tuple["Expected", ...], Path]:
    """What more photos would bring, and the page."""
    from detector.teaching.next_photos import wanted, write_lists
    from detector.teaching.page import write_page

    photos = sum(one.animals > 0 for one in learner.division.learnt)
    curve = learner.curve(learnt, watcher)
    expected = tuple(curve.expected(photos, judgement.numbers()["f1"])) if curve is not None else ()
    lowest = float(info.thresholds().min())
    paths = [one.photo.path for one in learner.division.learnt]
    loaded = models.load(str(model), teaching.device)
    assert isinstance(loaded, models.Model)
    chosen = wanted(unseen, paths, loaded, lowest, 60 * teaching.minutes * _NEXT_SHARE, watcher.cancelled)
    for old in folder.glob("next-*.csv"):
        old.unlink()
    write_lists(folder, chosen)
    return expected, write_page(folder, model, info, judgement, beside, curve, expected, chosen)


def _told(sources: Sequence[Path], images: StrPath | None, watcher: Watcher) -> tuple[list["Told"], list["Unseen"]]:
    """What all sources say. Raises InputError if one is no survey and no labels."""
    from detector.teaching.told import from_labels, from_survey, is_survey

    told: list[Told] = []
    unseen: list[Unseen] = []
    if not sources:
        raise InputError("no survey and no labels were given")
    for source in dict.fromkeys(map(absolute, sources)):
        if is_survey(source):
            of, rest, remarks = from_survey(source)
            told += of
            unseen += rest
            for text in remarks:
                watcher.warning(text)
        elif images is None:
            raise InputError(
                f"{source.name} is no survey; if it has labels, say in which folder their photos are", about="images"
            )
        else:
            told += from_labels(source, absolute(images))
    return told, unseen


def _lessons(
    told: Sequence["Told"], folder: Path, teaching: Teaching, watcher: Watcher
) -> tuple["Lessons", float | None]:
    """The lessons, and the ground sample distance of orthomosaics, metres a pixel."""
    from detector.teaching.blocks import blocks_of, common_gsd, is_cut
    from detector.teaching.lessons import lessons_of

    infos = [raster.inspect(one.path) for one in told]
    gsd_m = common_gsd(infos)
    whole: list[tuple[Told, tuple[int, int]]] = []
    for one, info in zip(told, infos, strict=True):
        if not is_cut(info):
            whole.append((one, (info.width, info.height)))
            continue
        blocks, remark = blocks_of(one, info, gsd_m, folder)
        for block in blocks:
            of_block = raster.inspect(block.path)
            whole.append((block, (of_block.width, of_block.height)))
        if remark is not None:
            watcher.warning(remark)
    return lessons_of([one for one, _ in whole], [size for _, size in whole], teaching.length_px), gsd_m


def _start(path: Path, teaching: Teaching) -> tuple[Path | None, tuple[str, ...]]:
    """The file to start from and its classes; None for random weights."""
    if teaching.from_nothing:
        return None, ()
    chosen = teaching.start or (path if path.is_file() else models.resolve(None))
    info = _info_of(chosen)
    if info.kind != "detector":
        raise ModelError(f"{chosen.name} is a classifier; teaching starts from a detector")
    return chosen, info.classes


def _info_of(path: Path) -> ModelInfo:
    return models.load(str(path), "cpu").info


def _info(path: Path, lessons: "Lessons", division: "Division", gsd_m: float | None, zoom: float) -> ModelInfo:
    """What the model says about itself before it was measured."""
    from detector.teaching import patches

    sources = dict.fromkeys(lesson.source for lesson in lessons.each)
    animals = sum(lesson.animals for lesson in division.learnt)
    tile = int(min(8192, max(64, 16 * round(patches.SIDE_PX / zoom / 16))))
    return ModelInfo(
        "detector",
        path.stem[:100],
        lessons.classes,
        tile_size=tile,
        overlap=int(min(tile // 2, -(-3.5 * lessons.length_px // 1))),
        gsd_m=gsd_m,
        trained_on=f"{animals} animals on {len(division.learnt)} photos of {', '.join(sources)}"[:300],
        licence="starts from the bundled model's weights (MIT)",
    )


def _card(
    division: "Division",
    before: "Before",
    earlier: Mapping[str, Any],
    lessons: "Lessons",
    judgement: "Judgement",
    beside: "BesideFind | str",
) -> dict[str, Any]:
    """The metrics of the model's card: how good it is, and which photos must not be mixed up in a later round.

    earlier: the metrics of the model that it replaces.
    """
    taught = earlier.get("taught")
    rounds = taught.get("rounds") if isinstance(taught, Mapping) else None
    rounds = [one for one in rounds if isinstance(one, Mapping)] if isinstance(rounds, list) else []
    animals = _animals(division, lessons)
    f1 = round(judgement.numbers()["f1"], 4)
    return {
        **judgement.card(),
        **({} if isinstance(beside, str) else {CARD: beside.numbers()}),
        "taught": {
            "length_px": round(lessons.length_px, 1),
            "animals": animals,
            "learnt": sorted(before.learnt | {one.identity for one in division.learnt}),
            "held_out": sorted(before.held | {one.identity for one in division.held}),
            "rounds": [
                *rounds[-_MOST_ROUNDS:],
                {"photos": len(division.learnt), "animals": sum(animals.values()), "f1": f1},
            ],
        },
    }


def _animals(division: "Division", lessons: "Lessons") -> dict[str, int]:
    """How many animals of each class are learnt from."""
    count = dict.fromkeys(lessons.classes, 0)
    for lesson in division.learnt:
        for label in lesson.photo.labels[~lesson.photo.crowd].tolist():
            count[lessons.classes[label]] += 1
    return count


__all__ = ["MINUTES", "TaughtModel", "Teaching", "need_torch", "teach"]
