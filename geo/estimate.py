"""Makes a survey's population estimates, and draws the photos to review for them."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo import geopackage
from geo.audit import made_of, with_boxes, with_design, with_seen_once
from geo.counted import ALL_REVIEWED, PHOTOS, Counted, Ground, Survey, counts_of, open_survey
from geo.counting_rule import Review
from geo.errors import InputError
from geo.estimates.by_place import By, Correction, Corrections, corrections
from geo.estimates.corrected import corrected
from geo.estimates.double_observer import Factor
from geo.estimates.jolly import Design, Estimates
from geo.estimates.jolly import estimate as jolly_estimates
from geo.estimates.sample import ReviewSample, draw_sample, known_before, read_sample, unfit, write_sample
from geo.estimates.table import table
from geo.estimates.transects import Strata, Transects, read_strata
from geo.estimates.visible import divided
from geo.estimates.wish import wish_lines
from geo.output import whole
from geo.paths import StrPath, absolute, as_path
from geo.tables import DetectionRows, Images

__all__ = ["ALL_REVIEWED", "PHOTOS", "Result", "estimate", "sample"]


@dataclass(frozen=True)
class Result:
    """The estimates, and what is printed with them.

    These are lines about the method, the table, the correction, and warnings.
    """

    estimates: Estimates
    lines: tuple[str, ...]
    warnings: tuple[str, ...]


def estimate(
    survey_file: StrPath | None,
    transect_file: StrPath,
    strata_file: StrPath,
    *,
    review: Review = "not-rejected",
    strip_width_m: float | None = None,
    transect_table: StrPath | None = None,
    transect_name: str | None = None,
    effort_file: StrPath | None = None,
    full_count: bool = False,
    design: Design = "random",
    sample_file: StrPath | None = None,
    correct_by: By = "auto",
    availability: Factor | None = None,
    perception: Factor | None = None,
    wished_pct: float | None = None,
    seed: int = 0,
) -> Result:
    """Estimate the population by class and stratum. A survey also gets the estimates, as a table and a map.

    survey_file: the GeoPackage; its detections are counted in the transects. None: the counts are in the transects'
    CSV. transect_file: a file, or `photos`: then transect_table or the names of photos (transect_name) say which
    photo is on which transect, else the track (`geo.estimates.photo_transects`). strata_file: a file, or `photos`:
    all ground that the searched photos show, as a full count. effort_file: where to write what each photo searched.
    review: which detections count. strip_width_m: of transects that are lines. full_count: all ground was searched.
    design: how the transects were chosen. sample_file: photos that were reviewed, or `all`, to correct for misses
    and false alarms; then the detector's own boxes are counted. correct_by: whether each stratum is corrected by
    its own photos. availability, perception: the shares of the animals that photos can show, and that observers see
    of those; they divide. wished_pct: the percent relative precision to reach.

    Raises InputError or GeoError if an input cannot be used.
    """
    transect_path, named = as_path(transect_file), _strata(strata_file, survey_file is not None)
    if effort_file is not None and transect_path != PHOTOS:
        Ground.read(transect_path, False, None, effort_file, None)  # says what is wrong
    ground = Ground.read(transect_path, survey_file is not None, strip_width_m, transect_table, transect_name)
    reviewed = None if sample_file is None else as_path(sample_file)
    asked = _Asked(
        replace(ground, whole=named is None), review, full_count or named is None, design, reviewed, correct_by, seed
    )

    def estimated(watch: geopackage.Watch | None) -> tuple[_Made, list[str]]:
        if survey_file is None:
            assert named is not None
            plain = asked.jolly(counts_of(transect_path, sample_file), named)
            return _Made(divided(plain, availability, perception), plain, ()), list(plain.warnings)
        survey = open_survey(survey_file, review, by_model=reviewed is not None)
        made, counted, remarks = _of_survey(survey, asked, strata := named or survey.photos_ground(), effort_file)
        made = replace(made, estimates=_finished(made.estimates, counted, asked, strata, availability, perception))
        warnings = [*made.estimates.warnings, *remarks]
        warnings += geopackage.write_estimates(survey.path, made.estimates, strata, counted.ground, watch)
        return made, warnings

    if survey_file is None:
        made, warnings = estimated(None)
    else:
        made, warnings = geopackage.settled(absolute(survey_file), estimated)
    return Result(made.estimates, _lines(made, wished_pct), tuple(warnings))


def _strata(file: StrPath, of_survey: bool) -> Strata | None:
    """The strata of a file; None for those that the survey's photos are."""
    if as_path(file) != PHOTOS:
        return read_strata(file)
    if not of_survey:
        raise InputError("strata that are made of photos need the survey, which is missing", about="survey_file")
    return None


@dataclass(frozen=True)
class _Asked:
    """What was asked for, as in `estimate`."""

    ground: Ground
    review: Review
    full_count: bool
    design: Design
    sample_file: Path | None
    correct_by: By
    seed: int

    def jolly(self, transects: Transects, strata: Strata) -> Estimates:
        """What the counts give before any correction."""
        if self.ground.whole:  # the ground that the photos show, as they are registered
            strata = replace(strata, area_km2=np.array([transects.area_km2.sum()]))
        found = jolly_estimates(transects, strata, full_count=self.full_count, design=self.design, seed=self.seed)
        return with_design(found, "full count" if self.full_count else self.design)


@dataclass(frozen=True)
class _Made:
    """The estimates, those before any correction, and the corrections."""

    estimates: Estimates
    plain: Estimates
    found: tuple[Corrections, ...]


def _of_survey(
    survey: Survey, asked: _Asked, strata: Strata, effort_file: StrPath | None
) -> tuple[_Made, Counted, tuple[str, ...]]:
    """The estimates of a survey, what they were made of, and warnings."""
    if asked.sample_file is None:
        counted = survey.counted(asked.ground, strata, asked.full_count, effort_file)
        plain = with_boxes(asked.jolly(counted.transects, strata), counted)
        plain = made_of(plain, survey, counted, strata, asked.review, None)
        return _Made(plain, plain, ()), counted, counted.warnings
    photos, remarks = survey.photos(asked.sample_file)
    drawn = photos.animals[photos.reviewed].sum(axis=0) > 0
    survey = survey.with_classes(tuple(name for name, some in zip(photos.classes, drawn, strict=True) if some))
    counted = survey.counted(asked.ground, strata, asked.full_count, effort_file)
    assert counted.places is not None
    plain = with_boxes(asked.jolly(counted.transects, strata), counted)
    placed, lost = survey.placed(photos, counted.places)
    found = tuple(corrections(photos, placed.stratum, strata.names, asked.correct_by))
    mended = corrected(plain, found, counted.transects, placed, seed=asked.seed)
    mended = made_of(mended, survey, counted, strata, asked.review, photos.reviewed)
    return _Made(mended, plain, found), counted, (*counted.warnings, *remarks, *lost)


def _finished(
    estimates: Estimates,
    counted: Counted,
    asked: _Asked,
    strata: Strata,
    availability: Factor | None,
    perception: Factor | None,
) -> Estimates:
    """The estimates divided by the shares, and what they are without the false alarms that one photo alone shows."""
    found = divided(estimates, availability, perception)
    if asked.sample_file is not None or counted.without_false_alarms is None:
        return found  # the reviewed photos correct for false alarms
    without = divided(asked.jolly(counted.without_false_alarms, strata), availability, perception)
    return with_seen_once(found, counted, without)


def sample(
    survey_file: StrPath,
    output: StrPath,
    positive: int = 100,
    empty: int = 100,
    seed: int = 0,
    *,
    strata_file: StrPath | None = None,
    transect_file: StrPath | None = None,
    strip_width_m: float | None = None,
    transect_table: StrPath | None = None,
    transect_name: str | None = None,
) -> str:
    """Draw photos to review into the CSV `output`. Returns a line for a person.

    If the file exists, its marks are kept and photos are added: with the same seed, a larger draw continues the smaller
    one. With strata, so many photos are drawn in each of them. Photos that people have searched completely are listed
    and not drawn. If the survey was searched again since the file was written, so that it no longer fits, a new sample
    is drawn, the old file is kept under another name, and the photos reviewed there count as searched. The other files
    are as in `estimate`; they are needed if the strata are not polygons. Raises InputError if photos marked there would
    be lost.
    """
    path, target = absolute(survey_file), as_path(output)
    if positive == empty == 0:
        raise InputError("0 photos with detections and 0 without: expected one or more to draw", about="positive")
    stratum, names = None, tuple[str, ...]()
    if strata_file is not None:
        survey, ground = open_survey(path, "all", by_model=True), None
        strata = _strata(strata_file, True) or survey.photos_ground()
        if transect_file is not None:
            ground = Ground.read(as_path(transect_file), True, strip_width_m, transect_table, transect_name)
        stratum, names = survey.places(ground, strata).stratum, strata.names
    elif transect_file is not None:
        raise InputError(
            "transects without strata: expected the strata too, to draw photos in each", about="strata_file"
        )
    images, rows = geopackage.read_images(path), geopackage.read_detections(path)
    before = read_sample(target) if target.exists() else None
    fits = before is not None and not unfit(before, images, rows)
    known = _known_photos(path, images, rows, before, fits)
    drawn = draw_sample(images, rows, positive, empty, seed, stratum, names, known)
    if not len(drawn):
        if stratum is not None and images.searched.any():
            raise InputError(f"{path.name}: no searched photo is in a stratum; check the places of strata and photos")
        raise InputError(
            f"{path.name}: no photo was searched yet, so there is none to draw; search the photos first", about="detect"
        )
    said = ""
    if before is not None and fits:
        drawn = _with_marks(drawn, before, target)
    elif before is not None:
        said = f"; the last draw no longer fits the survey, and is now {_kept_aside(target).name}"
    write_sample(drawn, target)
    return _drawn_line(drawn, names, target) + said


def _known_photos(
    path: Path, images: Images, rows: DetectionRows, before: ReviewSample | None, fits: bool
) -> NDArray[np.bool_]:
    """(N,) bool: the images that count as they are. before: the last draw. fits: whether photos are added to it."""
    marked = frozenset[str]()
    if before is not None and set(before.photos) <= set(images.path):  # else it is of another survey
        marked = before.marked - before.drawn if fits else before.marked
    known = known_before(images, rows, geopackage.read_searches(path), marked)
    if before is not None and fits:
        # What was drawn stays drawn, though it is searched now; what was searched since then was not left to chance.
        listed = set(before.photos) - before.drawn
        known &= np.array([photo in listed for photo in images.path], bool)
    return known


def _kept_aside(file: Path) -> Path:
    """Copy a file beside itself, under a name that is free."""
    names = (file.with_name(f"{file.stem}-{number}{file.suffix}") for number in itertools.count(1))
    copy = next(name for name in names if not name.exists())
    with whole(copy) as part:
        part.write_bytes(file.read_bytes())
    return copy


def _drawn_line(sample: ReviewSample, names: tuple[str, ...], target: Path) -> str:
    each = ", ".join(f"{name} {sample.stratum.count(name)}" for name in names)
    positive = sum(found and not known for found, known in zip(sample.positive, sample.known, strict=True))
    known = sum(sample.known)
    return (
        f"{target}: {positive} photos called positive and {len(sample.drawn) - positive} called empty"
        + (f" (in the strata {each})" if each else "")
        + "; review them in this order and write yes in the column reviewed"
        + (f"; {known} more that people had searched before count as they are" if known else "")
    )


def _with_marks(drawn: ReviewSample, before: ReviewSample, target: Path) -> ReviewSample:
    """The new draw with the marks of the one before. Raises InputError if a marked photo is not in the new draw."""
    marked = before.marked
    if lost := marked - set(drawn.photos):
        raise InputError(
            f"{target.name} has {len(lost)} reviewed photos that are not in the new draw: "
            "draw as many or more with the same seed, or choose another output"
        )
    return replace(drawn, reviewed=tuple(photo in marked for photo in drawn.photos))


# --- the lines for a person -----------------------------------------------------------------------------------------


def _lines(made: _Made, wished_pct: float | None) -> tuple[str, ...]:
    lines = [*made.estimates.method.splitlines(), "", *table(made.estimates)]
    if made.found:
        lines += ["", *_review_lines(made.found)]
    if wished_pct is not None:
        lines += ["", *wish_lines(made.plain, made.estimates, made.found, wished_pct)]
    return tuple(lines)


def _review_lines(found: tuple[Corrections, ...]) -> list[str]:
    rows = found[0].rows
    positive, empty = [row.found.positive for row in rows], [row.found.empty for row in rows]
    lines = [
        f"Reviewed: {sum(g.reviewed for g in positive)} of {sum(g.photos for g in positive)} photos called positive, "
        f"{sum(g.reviewed for g in empty)} of {sum(g.photos for g in empty)} called empty (SE in brackets)"
    ]
    if known := sum(row.found.known_photos for row in rows):
        lines.append(f"  and {known} that people had searched before the draw: their animals are added as they are")
    if len(rows) > 1:
        lines += [
            f"  {row.stratum}: {p.reviewed} of {p.photos} called positive, {e.reviewed} of {e.photos} called empty"
            for row, p, e in zip(rows, positive, empty, strict=True)
        ]
    for one in found:
        lines += [_review_line(one, row) for row in one.rows]
        if one.model is not None:
            b, r = one.model.false_alarms, one.model.recall
            error = np.sqrt(np.diag(one.covariance))
            lines.append(
                f"  {one.class_name}, model: {b:.4f} ({error[0]:.4f}) false alarms a photo, recall {r:.3f} "
                f"({error[1]:.3f})"
            )
    return lines


def _review_line(one: Corrections, row: Correction) -> str:
    share, times, factor = "{:.3f}".format, "{:.0f}".format, row.found
    where = f", {row.stratum} ({row.how})" if len(one.rows) > 1 else ""
    return (
        f"  {one.class_name}{where}: precision {_known(factor.precision, factor.precision_se, share)}, "
        f"recall {_known(factor.recall, factor.recall_se, share)}, "
        f"factor {_known(row.factor, one.factor_se(row), share)}; {factor.detections} detections in the photos, "
        f"{_known(factor.animals, factor.animals_se, times)} animals"
    )


def _known(value: float, se: float, written: Callable[[float], str]) -> str:
    return "unknown" if value != value else f"{written(value)} ({'unknown' if se != se else written(se)})"
