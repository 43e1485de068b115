"""Counts a survey's animals on its transects, as an estimate needs them: with the photos, and what was reviewed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import geopackage
from geo.areas import geodesic_areas_km2
from geo.counting_rule import Review
from geo.errors import InputError
from geo.estimates import photo_transects
from geo.estimates.corrected import Placed
from geo.estimates.correction import Photos
from geo.estimates.photo_places import PhotoPlaces, by_strata, by_strips, by_transects
from geo.estimates.photo_transects import OnTransects
from geo.estimates.sample import photos_of, read_sample
from geo.estimates.strips import Strips, read_strips
from geo.estimates.transects import Strata, Transects, is_csv, read_transects
from geo.overlaps.count_once import drawn_since, photos_on_map
from geo.overlaps.seen_once import SeenOnce, seen_once
from geo.paths import StrPath, absolute, as_path
from geo.regions import regions_from
from geo.standing import after_review, is_reviewed
from geo.tables import DetectionRows, Images

__all__ = ["ALL_REVIEWED", "PHOTOS", "Counted", "Ground", "Survey", "counts_of", "open_survey"]

ALL_REVIEWED = Path("all")  # instead of a sample: every photo was reviewed
PHOTOS = Path("photos")  # instead of transects or strata: they are made of the survey's photos


@dataclass(frozen=True)
class Ground:
    """Where the transects are.

    Attributes:
        path: A file, or `photos`.
        strips: The ground that the file has; None for photos and for counts.
        table: For photos: a CSV that says which photo is on which transect.
        pattern: For photos: what finds the transect's name in a photo's path.
        whole: For photos: the ground that they show is the stratum, so all are one transect, also those in turns.
    """

    path: Path
    strips: Strips | None
    table: StrPath | None = None
    pattern: str | None = None
    whole: bool = False

    @classmethod
    def read(
        cls, path: Path, survey: bool, strip_width_m: float | None, table: StrPath | None, pattern: str | None
    ) -> "Ground":
        """Read the file, which may be the survey: this must be done before that is locked."""
        if path != PHOTOS and (table is not None or pattern is not None):
            raise InputError(
                f"the transects are in {path.name}: a table of photos, a name pattern and a table of effort are "
                "only for transects that are made of the survey's photos",
                about="transect_file",
            )
        if table is not None and pattern is not None:
            raise InputError("the transects of photos are given by a table and by a name pattern: give one of the two")
        if survey and is_csv(path):
            raise InputError(
                f"{path.name} has its own counts: leave the survey out, or give transects as polygons or lines"
            )
        read = survey and path != PHOTOS
        return cls(path, read_strips(path, strip_width_m) if read else None, table, pattern)


@dataclass(frozen=True)
class Counted:
    """The counts of transects, and their warnings.

    Attributes:
        transects: The counts.
        strips: The ground of the transects; None if there is no survey to show it in.
        reviewed: (K, C) float64, how many of the counts a person reviewed; None without a survey.
        alone: (K, C) float64, how many are in one photo only, though others look there; None without a survey.
        false_share: About which share of these are false alarms.
        places: Where the survey's photos are; None without a survey.
        warnings: What the user should know.
    """

    transects: Transects
    strips: Strips | None = None
    reviewed: NDArray[np.float64] | None = None
    alone: NDArray[np.float64] | None = None
    false_share: float = 0.0
    places: PhotoPlaces | None = None
    warnings: tuple[str, ...] = ()

    @property
    def ground(self) -> tuple[Strips, Transects] | None:
        """The ground of the transects, with the animals counted there; None if there is no survey to show it in."""
        return None if self.strips is None else (self.strips, self.transects)

    @property
    def without_false_alarms(self) -> Transects | None:
        """The counts without what are false alarms of the animals that only one photo shows; None if none are."""
        if self.alone is None or not (self.false_share * self.alone).any():
            return None
        return replace(self.transects, counts=self.transects.counts - self.false_share * self.alone)


@dataclass(frozen=True, eq=False)
class Survey:
    """A survey that is counted.

    Attributes:
        path: Its file.
        crs_wkt: Its CRS.
        images: Its images.
        rows: Its detections.
        choose: Which of some rows count, and as which classes.
        chosen: Which of the survey's rows count.
        alone: Those of its animals that are in one photo only, though others look at their places.
        class_names: Their classes.
        classes: The classes with a detection that counts. If nothing was found, all classes of the model, with zeros.
    """

    path: Path
    crs_wkt: str | None
    images: Images
    rows: DetectionRows
    choose: Callable[[DetectionRows], tuple[NDArray[np.bool_], NDArray[np.object_]]]
    chosen: NDArray[np.bool_]
    alone: SeenOnce
    class_names: NDArray[np.object_]
    classes: list[str]

    def counted(
        self, ground: Ground, strata: Strata, full_count: bool = False, effort_file: StrPath | None = None
    ) -> Counted:
        """Count the animals on the transects. What each photo searched is written to `effort_file`."""
        if ground.strips is None:
            return self._on_photos(ground, strata, effort_file)
        return self._in_strips(ground.strips, strata, full_count)

    def photos(self, sample_file: Path) -> tuple[Photos, tuple[str, ...]]:
        """The photos that were searched, with what a review says of them; and warnings."""
        sample = None if sample_file == ALL_REVIEWED else read_sample(sample_file)
        if sample is not None and not any(sample.reviewed):
            raise InputError(f"{sample_file}: no photo is marked; review some and write yes in the column reviewed")
        return photos_of(self.images, self.rows, sample)

    def placed(self, photos: Photos, places: PhotoPlaces) -> tuple[Placed, tuple[str, ...]]:
        """The photos with the places that they have; and warnings."""
        searched = self.images.searched
        stratum, transect = places.stratum[searched], places.transect[searched]
        off = int((photos.reviewed & (stratum < 0)).sum())
        said = (f"{off} reviewed photos are in no stratum or on no transect, so they correct nothing",) if off else ()
        return Placed(photos, stratum, transect, places.ground_km2), said

    def photos_ground(self) -> Strata:
        """One stratum, `photos`: the ground that the searched photos show. Raises InputError if none has a place."""
        photos = photos_on_map(self.images)
        shown = photos.placed & self.images.searched
        if self.crs_wkt is None or not shown.any():
            raise InputError(
                f"{self.path.name}: no searched photo has a place on the map, so the ground that they show is unknown; "
                "georeference the photos, or give strata",
                about="strata_file",
            )
        ground = shapely.union_all(photos.footprints[shown])
        regions = regions_from([ground], ["photos"], self.crs_wkt, file=self.path.name)
        areas = geodesic_areas_km2(regions.polygons, regions.crs_wkt)
        return Strata(regions.names, areas, np.full(1, np.nan), regions)

    def with_classes(self, more: tuple[str, ...]) -> "Survey":
        """The survey with classes that get a row even without a detection."""
        return replace(self, classes=list(dict.fromkeys([*self.classes, *more])))

    def places(self, ground: Ground | None, strata: Strata) -> PhotoPlaces:
        """Where the photos are: by the transects, or by the polygons of the strata."""
        if ground is not None:
            found = self.counted(ground, strata).places
            assert found is not None
            return found
        if strata.polygons is None:
            raise InputError(
                "the strata have no polygons, so the transects must say in which stratum a photo is",
                about="transect_file",
            )
        return by_strata(self.images, self.crs_wkt, strata)

    def _on_photos(self, ground: Ground, strata: Strata, effort_file: StrPath | None) -> Counted:
        """The counts of transects made of photos."""
        on = self._on_transects(ground)
        made = photo_transects.photo_strips(self.images, self.rows, self.crs_wkt, on, self.choose, self.classes)
        transects = made.strips.with_counts(strata, made.classes, made.counts)
        if effort_file is not None:
            photo_transects.write_effort(self.images, made, effort_file)
        places = by_transects(self.images, made, transects.stratum, strata)
        warnings = (*self._nowhere(), *drawn_since(self.images, self.rows))
        reviewed, alone = (made.of(which) for which in (is_reviewed(self.rows), self.alone.which))
        return Counted(transects, made.strips, reviewed, alone, self.alone.false_share, places, warnings)

    def _on_transects(self, ground: Ground) -> OnTransects:
        """Which photo is on which transect: by a table, by the photos' names, or by the track."""
        if ground.table is not None:
            return photo_transects.by_table(self.images, ground.table)
        if ground.pattern is not None:
            return photo_transects.by_name(self.images, ground.pattern)
        if ground.whole:
            return OnTransects(("photos",) * len(self.images), (None,) * len(self.images))
        return photo_transects.by_track(self.images, self.crs_wkt)

    def _in_strips(self, strips: Strips, strata: Strata, full_count: bool) -> Counted:
        """The counts of transects that a file has the ground of."""
        centres = self.rows.polygons_map[:, :4].mean(axis=1)

        def count(which: NDArray[np.bool_], classes: list[str]) -> Transects:
            found = self.class_names[which].tolist()
            return strips.transects(centres[which], found, self.crs_wkt, strata, classes, once=full_count)

        transects = count(self.chosen, self.classes)
        reviewed, alone = (
            count(self.chosen & which, list(transects.classes)).counts
            for which in (is_reviewed(self.rows), self.alone.which)
        )
        places = by_strips(self.images, self.crs_wkt, strips, transects.stratum, strata)
        warnings = (*self._unsearched(), *self._nowhere(), *drawn_since(self.images, self.rows))
        return Counted(transects, strips, reviewed, alone, self.alone.false_share, places, warnings)

    def _unsearched(self) -> Iterator[str]:
        if missing := int((~self.images.searched).sum()):
            yield (
                f"{missing} photos were not searched, or not from edge to edge: all of their ground counts as searched"
            )

    def _nowhere(self) -> Iterator[str]:
        if nowhere := int(np.isnan(self.rows.polygons_map[self.chosen, 0, 0]).sum()):
            yield f"{nowhere} animals have no place on the ground, so they are on no transect"


def open_survey(survey_file: StrPath, review: Review, by_model: bool) -> Survey:
    """Read a survey to be counted. by_model: as the detector found it, before any review."""
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
    crs_wkt = geopackage.read_crs(path)
    return Survey(path, crs_wkt, images, rows, choose, chosen, seen_once(rows), class_names, classes)


def counts_of(transect_path: StrPath, sample_file: object) -> Transects:
    """The counts in the transects' CSV. Raises InputError for settings that need a survey."""
    transect_path = as_path(transect_path)
    if sample_file is not None:
        raise InputError("a review corrects the counts of a survey: the survey is missing", about="survey_file")
    if transect_path == PHOTOS:
        raise InputError("transects that are made of photos need the survey, which is missing", about="survey_file")
    if not is_csv(transect_path):
        raise InputError(
            f"{transect_path.name} holds no counts: expected the survey, or counts as CSV", about="survey_file"
        )
    return read_transects(transect_path)


def _chosen(rows: DetectionRows, review: Review, by_model: bool) -> tuple[NDArray[np.bool_], NDArray[np.object_]]:
    """Which detections count, and as which classes. by_model: as the detector found them, before any review."""
    if not by_model:
        return after_review(rows, review)
    return (rows.counted == 1) & ~np.isnan(rows.score), np.array([*rows.class_names(), None], object)[:-1]
