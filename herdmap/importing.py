"""A survey made of what other programs found or people marked."""

from collections.abc import Mapping
from typing import Unpack

from geo.paths import Paths, StrPath, as_path
from herdmap.detecting import PlacementOptions, warn_of_failures
from herdmap.news import watching
from herdmap.surveys import Survey


def import_labels(
    files: Paths,
    images: StrPath,
    output: StrPath,
    *,
    score: float | None = None,
    rest_empty: bool = False,
    chips: bool = True,
    columns: Mapping[str, str] | None = None,
    progress: bool | None = None,
    **options: Unpack[PlacementOptions],
) -> Survey:
    """Make a survey of animals that other programs found, or that people marked. Another file adds its animals.

    The animals are placed, counted once where photos overlap, reviewed and estimated like those of `detect`. All that
    the survey has stays, with its reviews; an animal that it has already is not added again.

    Args:
        files: Labels or detections in any format that Herdmap reads; one or several.
        images: The folder of the photos.
        output: The GeoPackage to write or to add to, `.gpkg`.
        score: Leave out detections with a lower score; by default all are taken.
        rest_empty: Photos that no file names were searched, and show no animals. By default they were not searched.
        chips: Store a small picture of each animal.
        columns: For a CSV of no known tool: its columns, such as `{"photo": "file", "class": "species", "x": "x", "y":
            "y"}`; for a vector layer, those with other names.
        progress: Show a progress bar; None: in a terminal or a notebook.
        options: See `PlacementOptions`. A survey that exists keeps the settings of its last placement, except these.

    Returns:
        The survey.

    Raises:
        Error: A file is not understood, none of its photos is in the folder, or the output cannot be written.
    """
    from detector import survey

    path = as_path(output)
    there = path.is_file() and path.stat().st_size > 0
    before = survey.placed_with(path, except_for=options) if there else {}
    with watching(progress) as watcher:
        outcome = survey.import_labels(
            files,
            images,
            output,
            settings=survey.PoseSettings(**{**before, **options}),
            reading=survey.ImportSettings(score, rest_empty, chips, dict(columns or {})),
            watcher=watcher,
        )
    warn_of_failures(outcome)
    return Survey(output)
