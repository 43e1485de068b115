"""`herdmap estimate` and `herdmap sample`: a survey's population estimates, and the photos to review for them."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo import geopackage
from geo.errors import InputError
from geo.estimates import photo_transects
from geo.estimates.correction import Factor, corrected, factors, photos_needed
from geo.estimates.jolly import Estimates
from geo.estimates.jolly import estimate as jolly_estimates
from geo.estimates.photo_transects import OnTransects
from geo.estimates.sample import ReviewSample, draw_sample, photos_of, read_sample, write_sample
from geo.estimates.table import table
from geo.estimates.transects import ALL, Strata, Strips, Transects, is_csv, read_strata, read_strips, read_transects
from geo.overlaps.count_once import drawn_since
from geo.standing import Review, after_review
from geo.tables import DetectionRows, Images

__all__ = ["ALL_REVIEWED", "PHOTOS", "Result", "estimate", "sample"]

ALL_REVIEWED = Path("all")  # in the place of a sample: every photo was reviewed
PHOTOS = Path("photos")  # in the place of transects: the survey's photos are on them


@dataclass(frozen=True)
class Result:
    """The estimates, and what is printed with them: lines of method, table, correction; and warnings."""

    estimates: Estimates
    lines: tuple[str, ...]
    warnings: tuple[str, ...]


def estimate(
    survey_file: str | os.PathLike[str] | None,
    transect_file: str | os.PathLike[str],
    strata_file: str | os.PathLike[str],
    *,
    review: Review = "not-rejected",
    strip_width_m: float | None = None,
    transect_table: str | os.PathLike[str] | None = None,
    transect_name: str | None = None,
    effort_file: str | os.PathLike[str] | None = None,
    full_count: bool = False,
    sample_file: str | os.PathLike[str] | None = None,
    wished_pct: float | None = None,
    seed: int = 0,
) -> Result:
    """Estimate the population per class and stratum; where there is a survey, put them into it, as a table and a map.

    survey_file: the GeoPackage whose detections are counted in the transects' polygons or strips; None: the counts
    are in the transects' CSV. transect_file: or `photos`: which photo is on which transect is in transect_table or in
    its name (transect_name), else seen from the track (`geo.photo_transects`). effort_file: where to write what each
    photo searched. review: which detections count. strip_width_m: of transects that are lines.
    full_count: all ground was searched. sample_file: photos that were reviewed, or `all`, to correct for misses and
    false alarms; the detector's own boxes are counted then. wished_pct: the percent relative precision to reach.
    Raises InputError and GeoError for what cannot be used.
    """
    transect_path, strata = Path(transect_file), read_strata(Path(strata_file))
    if transect_path != PHOTOS and not transect_table is transect_name is effort_file is None:
        raise InputError("which photo is on which transect, and what each searched, go with --transects photos")
    if transect_table is not None and transect_name is not None:
        raise InputError("transects of photos by a table and by their names: give one of the two")
    found: tuple[Factor, ...] = ()
    warnings: list[str] = []
    if survey_file is None:
        if sample_file is not None:
            raise InputError("a review corrects the counts of a survey: give its FILE.gpkg too")
        if transect_path == PHOTOS:
            raise InputError("transects of photos need the survey: give its FILE.gpkg too")
        if not is_csv(transect_path):
            raise InputError(f"{transect_path.name} holds no counts: give the survey FILE.gpkg, or counts as CSV")
        transects = read_transects(transect_path)
    else:
        if is_csv(transect_path):
            raise InputError(
                f"{transect_path.name} has its own counts: leave FILE.gpkg out, or give transects as polygons or lines"
            )
        path = Path(os.path.abspath(survey_file))
        images, rows = geopackage.read_images(path), geopackage.read_detections(path)
        choose = partial(_chosen, review=review, by_model=sample_file is not None)
        chosen, classes = choose(rows)
        # Where nothing was found, nothing of what the model looks for was found: a zero each.
        runs = geopackage.read_runs(path)
        names = sorted(set(classes[chosen])) or (list(runs[-1].classes) if runs else [])
        if transect_path == PHOTOS:
            crs_wkt = geopackage.read_crs(path)
            on = _on_transects(images, crs_wkt, transect_table, transect_name)
            made = photo_transects.photo_strips(images, rows, crs_wkt, on, choose, names)
            strips, transects = made.strips, made.strips.with_counts(strata, made.classes, made.counts)
            if effort_file is not None:
                photo_transects.write_effort(images, made, Path(effort_file))
        else:
            strips = read_strips(transect_path, strip_width_m)
            transects = _counted(path, rows, chosen, classes, strips, strata, names, full_count)
        warnings += [*_effort(images, rows, chosen, transect_path == PHOTOS), *drawn_since(images, rows)]
        if sample_file is not None:
            reviewed = None if Path(sample_file) == ALL_REVIEWED else read_sample(Path(sample_file))
            if reviewed is not None and not any(reviewed.reviewed):
                raise InputError(f"{sample_file}: no photo is marked; review some and write yes in the column reviewed")
            photos, remarks = photos_of(images, rows, reviewed)
            found = factors(photos)
            warnings += remarks
    plain = jolly_estimates(transects, strata, full_count=full_count, seed=seed)
    estimates = corrected(plain, found) if sample_file is not None else plain
    if survey_file is not None:
        warnings += geopackage.write_estimates(path, estimates, strata, (strips, transects))
    lines = [*estimates.method.splitlines(), "", *table(estimates)]
    if found:
        lines += ["", *_review_lines(found)]
    if wished_pct is not None:
        lines += ["", *_wish_lines(plain, estimates, found, wished_pct)]
    return Result(estimates, tuple(lines), (*estimates.warnings, *warnings))


def sample(
    survey_file: str | os.PathLike[str],
    output: str | os.PathLike[str],
    positive: int = 100,
    empty: int = 100,
    seed: int = 0,
) -> str:
    """Draw photos to review into the CSV `output`; returns a line for a person.

    Where the file is there, its marks are kept and the sample grows: with the same seed a larger draw continues the
    smaller one. Raises InputError where photos marked there would be lost.
    """
    path, target = Path(os.path.abspath(survey_file)), Path(output)
    if positive == empty == 0:
        raise InputError(
            "0 photos with detections and 0 without: expected one or more to draw; give --positive or --empty"
        )
    drawn = draw_sample(geopackage.read_images(path), geopackage.read_detections(path), positive, empty, seed)
    if not len(drawn):
        raise InputError(f"{path.name}: no photo was searched yet, so there is none to draw; run herdmap detect first")
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


def _chosen(rows: DetectionRows, review: Review, by_model: bool) -> tuple[NDArray[np.bool_], NDArray[np.object_]]:
    """Which detections count, and as what; by_model: as the detector said, before any review."""
    if not by_model:
        return after_review(rows, review)
    return (rows.counted == 1) & ~np.isnan(rows.score), np.array([*rows.class_names(), None], object)[:-1]


def _on_transects(
    images: Images, crs_wkt: str | None, table_file: str | os.PathLike[str] | None, pattern: str | None
) -> OnTransects:
    if table_file is not None:
        return photo_transects.by_table(images, Path(table_file))
    if pattern is not None:
        return photo_transects.by_name(images, pattern)
    return photo_transects.by_track(images, crs_wkt)


def _counted(
    path: Path,
    rows: DetectionRows,
    chosen: NDArray[np.bool_],
    classes: NDArray[np.object_],
    strips: Strips,
    strata: Strata,
    names: Sequence[str],
    full_count: bool,
) -> Transects:
    centres = rows.polygons_map[:, :4].mean(axis=1)
    crs_wkt = geopackage.read_crs(path)
    return strips.transects(centres[chosen], classes[chosen].tolist(), crs_wkt, strata, names, once=full_count)


def _effort(images: Images, rows: DetectionRows, chosen: NDArray[np.bool_], of_photos: bool) -> list[str]:
    warnings = []
    if not of_photos and (missing := int((~images.searched).sum())):
        warnings.append(
            f"{missing} photos were not searched, or not from edge to edge: all of their ground counts as searched"
        )
    if nowhere := int(np.isnan(rows.polygons_map[chosen, 0, 0]).sum()):
        warnings.append(f"{nowhere} animals have no place on the ground, so they are on no transect")
    return warnings


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
    """What it would take to know the total of each class to `wished_pct` per cent."""
    lines = []
    for row in (row for row in estimates.rows if row.stratum == ALL):
        name = f"{row.class_name}: for a precision of {wished_pct:g} %"
        factor = next((f for f in found if f.class_name == row.class_name), None)
        if not row.precision_pct > 0:
            lines.append(f"{name}: not known, for the estimate has no SE")
        elif row.precision_pct <= wished_pct:
            lines.append(f"{name}: reached ({row.precision_pct:.1f} %)")
        elif factor is None:
            lines.append(f"{name}: now {row.precision_pct:.1f} %; fly more transects")
        else:
            # Both parts of the interval are of one width in units of SE, so the wish in SE is what t makes of it.
            wished_cv = wished_pct / row.precision_pct * row.cv
            left = wished_cv**2 - plain.row(ALL, row.class_name).cv ** 2
            more = photos_needed(factor, left**0.5) if left > 0 else None
            if left <= 0:
                lines.append(f"{name}: no review reaches it, the transects differ too much; fly more of them")
            elif more is None:
                lines.append(f"{name}: review at least two photos of each kind first")
            else:
                lines.append(f"{name}: review {more[0]} more photos called positive and {more[1]} called empty")
    return lines
