"""Makes a survey's population estimates, and draws the photos to review for them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo import geopackage
from geo.counting_rule import Review
from geo.errors import InputError
from geo.estimates import photo_transects
from geo.estimates.correction import Factor, corrected, factors, photos_needed
from geo.estimates.jolly import Estimates
from geo.estimates.jolly import estimate as jolly_estimates
from geo.estimates.photo_transects import OnTransects
from geo.estimates.sample import ReviewSample, draw_sample, photos_of, read_sample, write_sample
from geo.estimates.strips import Strips, read_strips
from geo.estimates.table import table
from geo.estimates.transects import ALL, Strata, Transects, is_csv, read_strata, read_transects
from geo.overlaps.count_once import drawn_since
from geo.paths import StrPath, absolute, as_path
from geo.standing import after_review
from geo.tables import DetectionRows, Images

__all__ = ["ALL_REVIEWED", "PHOTOS", "Result", "estimate", "sample"]

ALL_REVIEWED = Path("all")  # instead of a sample: every photo was reviewed
PHOTOS = Path("photos")  # instead of transects: they are made of the survey's photos


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
    sample_file: StrPath | None = None,
    wished_pct: float | None = None,
    seed: int = 0,
) -> Result:
    """Estimate the population by class and stratum. A survey also gets the estimates, as a table and a map.

    survey_file: the GeoPackage; its detections are counted in the transects. None: the counts are in the transects'
    CSV. transect_file: a file, or `photos`: then transect_table or the names of photos (transect_name) say which photo
    is on which transect, else the track (`geo.estimates.photo_transects`). effort_file: where to write what each photo
    searched. review: which detections count. strip_width_m: of transects that are lines. full_count: all ground was
    searched. sample_file: photos that were reviewed, or `all`, to correct for misses and false alarms; then the
    detector's own boxes are counted. wished_pct: the percent relative precision to reach.

    Raises InputError or GeoError if an input cannot be used.
    """
    transect_path, strata = as_path(transect_file), read_strata(strata_file)
    _check_photos(transect_path, transect_table, transect_name, effort_file)
    strips = None if survey_file is None else _strips_of(transect_path, strip_width_m)

    def estimated(watch: geopackage.Watch | None) -> tuple[_Counted, Estimates, Estimates, list[str]]:
        if survey_file is None:
            counted = _Counted(_counts_of(transect_path, sample_file))
        else:
            survey = _survey_of(survey_file, transect_path, review, by_model=sample_file is not None)
            if strips is None:
                on = _on_transects(survey, transect_table, transect_name)
                counted = _count_on_photos(survey, on, strata, effort_file)
            else:
                counted = _count_in_strips(survey, strips, strata, full_count)
            if sample_file is not None:
                counted = _with_factors(counted, survey, as_path(sample_file))
        plain = jolly_estimates(counted.transects, strata, full_count=full_count, seed=seed)
        estimates = corrected(plain, counted.factors) if sample_file is not None else plain
        warnings = [*estimates.warnings, *counted.warnings]
        if survey_file is not None:
            warnings += geopackage.write_estimates(survey.path, estimates, strata, counted.ground, watch)
        return counted, plain, estimates, warnings

    if survey_file is None:
        counted, plain, estimates, warnings = estimated(None)
    else:
        counted, plain, estimates, warnings = geopackage.settled(absolute(survey_file), estimated)
    lines = [*estimates.method.splitlines(), "", *table(estimates)]
    if counted.factors:
        lines += ["", *_review_lines(counted.factors)]
    if wished_pct is not None:
        lines += ["", *_wish_lines(plain, estimates, counted.factors, wished_pct)]
    return Result(estimates, tuple(lines), tuple(warnings))


def _check_photos(
    transect_path: Path, transect_table: StrPath | None, transect_name: str | None, effort_file: StrPath | None
) -> None:
    """Raise InputError for what goes with photos only, or not together."""
    if transect_path != PHOTOS and not transect_table is transect_name is effort_file is None:
        raise InputError(
            f"the transects are in {transect_path.name}: a table of photos, a name pattern and a table of effort are "
            "only for transects that are made of the survey's photos",
            about="transect_file",
        )
    if transect_table is not None and transect_name is not None:
        raise InputError("the transects of photos are given by a table and by a name pattern: give one of the two")


def sample(
    survey_file: StrPath,
    output: StrPath,
    positive: int = 100,
    empty: int = 100,
    seed: int = 0,
) -> str:
    """Draw photos to review into the CSV `output`. Returns a line for a person.

    If the file exists, its marks are kept and photos are added: with the same seed, a larger draw continues the smaller
    one. Raises InputError if photos marked there would be lost.
    """
    path, target = absolute(survey_file), as_path(output)
    if positive == empty == 0:
        raise InputError("0 photos with detections and 0 without: expected one or more to draw", about="positive")
    drawn = draw_sample(geopackage.read_images(path), geopackage.read_detections(path), positive, empty, seed)
    if not len(drawn):
        raise InputError(
            f"{path.name}: no photo was searched yet, so there is none to draw; search the photos first", about="detect"
        )
    if target.exists():
        before = read_sample(target)
        marked = {photo for photo, done in zip(before.photos, before.reviewed, strict=True) if done}
        if lost := marked - set(drawn.photos):
            raise InputError(
                f"{target.name} has {len(lost)} reviewed photos that are not in the new draw: "
                "draw as many or more with the same seed, or choose another output"
            )
        drawn = ReviewSample(
            drawn.photos, drawn.positive, drawn.detections, tuple(photo in marked for photo in drawn.photos)
        )
    write_sample(drawn, target)
    return (
        f"{target}: {sum(drawn.positive)} photos called positive and {len(drawn) - sum(drawn.positive)} called empty; "
        "review them in this order and write yes in the column reviewed"
    )


# --- what was counted -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Counted:
    """The counts of transects, and their warnings.

    For a survey, also the ground of the transects, and the factors with which a review corrects the counts.
    """

    transects: Transects
    strips: Strips | None = None
    factors: tuple[Factor, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def ground(self) -> tuple[Strips, Transects] | None:
        """The ground of the transects, with the animals counted there; None if there is no survey to show it in."""
        return None if self.strips is None else (self.strips, self.transects)


@dataclass(frozen=True, eq=False)
class _Survey:
    """A survey that is counted.

    Attributes:
        choose: Which of some rows count, and as which classes.
        chosen: Which of the survey's rows count.
        class_names: Their classes.
        classes: The classes with a detection that counts. If nothing was found, all classes of the model, with zeros.
    """

    path: Path
    crs_wkt: str | None
    images: Images
    rows: DetectionRows
    choose: Callable[[DetectionRows], tuple[NDArray[np.bool_], NDArray[np.object_]]]
    chosen: NDArray[np.bool_]
    class_names: NDArray[np.object_]
    classes: list[str]


def _counts_of(transect_path: Path, sample_file: object) -> Transects:
    """The counts in the transects' CSV. Raises InputError for settings that need a survey."""
    if sample_file is not None:
        raise InputError("a review corrects the counts of a survey: the survey is missing", about="survey_file")
    if transect_path == PHOTOS:
        raise InputError("transects that are made of photos need the survey, which is missing", about="survey_file")
    if not is_csv(transect_path):
        raise InputError(
            f"{transect_path.name} holds no counts: expected the survey, or counts as CSV", about="survey_file"
        )
    return read_transects(transect_path)


def _survey_of(survey_file: StrPath, transect_path: Path, review: Review, by_model: bool) -> _Survey:
    """Read a survey to be counted. by_model: as the detector found it, before any review."""
    if is_csv(transect_path):
        raise InputError(
            f"{transect_path.name} has its own counts: leave the survey out, or give transects as polygons or lines"
        )
    path = absolute(survey_file)
    images, rows = geopackage.read_images(path), geopackage.read_detections(path)
    if "done" not in images.status:
        raise InputError(
            f"{path.name}: no photo was searched yet, so nothing can be estimated; search the photos first",
            about="detect",
        )
    choose = partial(_chosen, review=review, by_model=by_model)
    chosen, class_names = choose(rows)
    runs = geopackage.read_runs(path)
    classes = sorted(set(class_names[chosen])) or (list(runs[-1].classes) if runs else [])
    return _Survey(path, geopackage.read_crs(path), images, rows, choose, chosen, class_names, classes)


def _strips_of(transect_path: Path, strip_width_m: float | None) -> Strips | None:
    """The ground of transects that a file has, which may be the survey: it is read before that is locked."""
    if transect_path == PHOTOS or is_csv(transect_path):  # a CSV is refused with a survey
        return None
    return read_strips(transect_path, strip_width_m)


def _chosen(rows: DetectionRows, review: Review, by_model: bool) -> tuple[NDArray[np.bool_], NDArray[np.object_]]:
    """Which detections count, and as which classes. by_model: as the detector found them, before any review."""
    if not by_model:
        return after_review(rows, review)
    return (rows.counted == 1) & ~np.isnan(rows.score), np.array([*rows.class_names(), None], object)[:-1]


def _on_transects(survey: _Survey, table_file: StrPath | None, pattern: str | None) -> OnTransects:
    """Which photo is on which transect: by a table, by the photos' names, or by the track."""
    if table_file is not None:
        return photo_transects.by_table(survey.images, table_file)
    if pattern is not None:
        return photo_transects.by_name(survey.images, pattern)
    return photo_transects.by_track(survey.images, survey.crs_wkt)


def _count_on_photos(survey: _Survey, on: OnTransects, strata: Strata, effort_file: StrPath | None) -> _Counted:
    """The counts of transects made of photos. What each photo searched is written to `effort_file`."""
    images, rows = survey.images, survey.rows
    made = photo_transects.photo_strips(images, rows, survey.crs_wkt, on, survey.choose, survey.classes)
    transects = made.strips.with_counts(strata, made.classes, made.counts)
    if effort_file is not None:
        photo_transects.write_effort(images, made, effort_file)
    return _Counted(transects, made.strips, warnings=(*_nowhere(survey), *drawn_since(images, rows)))


def _count_in_strips(survey: _Survey, strips: Strips, strata: Strata, full_count: bool) -> _Counted:
    """The counts of transects that a file has the ground of."""
    centres = survey.rows.polygons_map[:, :4].mean(axis=1)[survey.chosen]
    found = survey.class_names[survey.chosen].tolist()
    transects = strips.transects(centres, found, survey.crs_wkt, strata, survey.classes, once=full_count)
    warnings = (*_unsearched(survey), *_nowhere(survey), *drawn_since(survey.images, survey.rows))
    return _Counted(transects, strips, warnings=warnings)


def _with_factors(counted: _Counted, survey: _Survey, sample_file: Path) -> _Counted:
    """The counts with the correction for misses and false alarms from a review."""
    reviewed = None if sample_file == ALL_REVIEWED else read_sample(sample_file)
    if reviewed is not None and not any(reviewed.reviewed):
        raise InputError(f"{sample_file}: no photo is marked; review some and write yes in the column reviewed")
    photos, remarks = photos_of(survey.images, survey.rows, reviewed)
    return replace(counted, factors=factors(photos), warnings=(*counted.warnings, *remarks))


def _unsearched(survey: _Survey) -> Iterator[str]:
    if missing := int((~survey.images.searched).sum()):
        yield f"{missing} photos were not searched, or not from edge to edge: all of their ground counts as searched"


def _nowhere(survey: _Survey) -> Iterator[str]:
    if nowhere := int(np.isnan(survey.rows.polygons_map[survey.chosen, 0, 0]).sum()):
        yield f"{nowhere} animals have no place on the ground, so they are on no transect"


# --- the lines for a person -----------------------------------------------------------------------------------------


def _review_lines(found: tuple[Factor, ...]) -> list[str]:
    first = found[0]
    return [
        f"Reviewed: {first.positive.reviewed} of {first.positive.photos} photos called positive, "
        f"{first.empty.reviewed} of {first.empty.photos} called empty (SE in brackets)",
        *map(_review_line, found),
    ]


def _review_line(factor: Factor) -> str:
    share, times = "{:.3f}".format, "{:.0f}".format
    return (
        f"  {factor.class_name}: precision {_known(factor.precision, factor.precision_se, share)}, "
        f"recall {_known(factor.recall, factor.recall_se, share)}, "
        f"factor {_known(factor.factor, factor.factor_se, share)}; {factor.detections} detections in the photos, "
        f"{_known(factor.animals, factor.animals_se, times)} animals"
    )


def _known(value: float, se: float, written: Callable[[float], str]) -> str:
    return "unknown" if value != value else f"{written(value)} ({'unknown' if se != se else written(se)})"


def _wish_lines(plain: Estimates, estimates: Estimates, found: tuple[Factor, ...], wished_pct: float) -> list[str]:
    """Lines that say how much more work brings the total of each class to `wished_pct` per cent."""
    lines = []
    for row in (row for row in estimates.rows if row.stratum == ALL):
        name = f"{row.class_name}: for a precision of {wished_pct:g} %"
        factor = next((f for f in found if f.class_name == row.class_name), None)
        if not row.precision_pct > 0:
            lines.append(f"{name}: unknown, since the estimate has no SE")
        elif row.precision_pct <= wished_pct:
            lines.append(f"{name}: reached ({row.precision_pct:.1f} %)")
        elif factor is None:
            lines.append(f"{name}: now {row.precision_pct:.1f} %; fly more transects")
        else:
            # Both halves of the interval are t SE wide, so the wish, divided by t, is the wish for the SE.
            wished_cv = wished_pct / row.precision_pct * row.cv
            left = wished_cv**2 - plain.row(ALL, row.class_name).cv ** 2
            more = photos_needed(factor, left**0.5) if left > 0 else None
            if left <= 0:
                lines.append(f"{name}: no review reaches it, since the transects differ too much; fly more transects")
            elif more is None:
                lines.append(f"{name}: review at least two photos of each kind first")
            else:
                lines.append(f"{name}: review {more[0]} more photos called positive and {more[1]} called empty")
    return lines
