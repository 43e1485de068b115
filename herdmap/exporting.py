"""Exports of a survey, the folder for colleagues, and the report to print."""

from typing import TYPE_CHECKING

from geo.counting_rule import Review
from geo.paths import StrPath
from herdmap.news import share_done, warn

if TYPE_CHECKING:
    from geo.exports.animals import Exported
    from geo.exports.formats import Shape
    from geo.share import Report


def export(
    survey: StrPath,
    output: StrPath,
    *,
    review: Review = "not-rejected",
    every_sighting: bool = False,
    labels: str | None = None,
    shape: "Shape | None" = None,
    dataset: StrPath | None = None,
    raw: bool = False,
) -> "Exported":
    """Write a survey's animals in the format of the output's ending.

    Args:
        survey: The survey or its path.
        output: A file that ends in `.csv`, `.geojson`, `.parquet`, `.kml`, `.shp` or `.zip` (a Darwin Core Archive).
        review: Which detections: `not-rejected`, `confirmed` or `all`.
        every_sighting: Also write repeated sightings: those of an animal that counts in another photo.
        labels: Write labels of the photos instead: `coco-results`, `yolo`, `megadetector`, `cvat` or `camtrap-dp`. The
            output is a `.json`, an `.xml` or a new folder, and has every sighting.
        shape: `box` or `point`; by default points in KML and boxes elsewhere.
        dataset: A TOML file that describes the dataset, for a Darwin Core Archive or Camtrap DP.
        raw: For CSV: write texts as they are; by default those that a spreadsheet would run get an apostrophe first.

    Returns:
        The file, and how many animals are in it.

    Raises:
        Error: The ending is not that of a format, the survey cannot be used, or the output cannot be written.
    """
    from geo.exports.darwincore import read_dataset
    from geo.exports.formats import export as write

    about = None if dataset is None else read_dataset(dataset)
    if labels is not None:
        from geo.exports.photo_labels import export_labels

        done = export_labels(survey, output, labels, review=review, dataset=about)
    else:
        done = write(survey, output, review=review, every_sighting=every_sighting, shape=shape, dataset=about, raw=raw)
    warn(*done.warnings)
    return done


def share(
    survey: StrPath,
    folder: StrPath,
    *,
    max_size: str | None = None,
    annotated: bool = False,
    title: str | None = None,
    outside_images: bool = False,
    progress: bool | None = None,
) -> "Report":
    """Make a folder for colleagues: a page that opens from disk, offline, with the survey and its tables.

    Args:
        survey: The survey or its path.
        folder: The folder to make; an earlier share folder there is replaced.
        max_size: The largest size of the folder, such as `5%` of the imagery's size, or `50MB`.
        annotated: Also make pictures with the boxes drawn in.
        title: The page's title; by default the file's name.
        outside_images: Also make pictures of images outside the survey's folder, which a survey from a stranger may
            name without your knowing.
        progress: Show a progress bar; None: in a terminal or a notebook.

    Returns:
        The folder in numbers: sizes in bytes, and the images without a picture.

    Raises:
        Error: The survey cannot be used, the size is too small, or the folder cannot be written.
    """
    from geo.share import MaxSize, Settings
    from geo.share import share as make

    settings = Settings(None if max_size is None else MaxSize.parse(max_size), annotated, title, outside_images)
    with share_done(progress, "sharing") as done:
        report = make(survey, folder, settings, done)
    if report.missing:
        image, reason = report.missing[0]
        warn(f"no picture of {len(report.missing)} images, such as {image}: {reason}")
    return report


def report(survey: StrPath, output: StrPath, *, title: str | None = None) -> None:
    """Write a survey as one page to print and sign: estimates, what was not looked at, map, effort, quality, method.

    Args:
        survey: The survey or its path.
        output: The page, a name that ends in `.html`.
        title: By default the file's name.

    Raises:
        Error: The survey cannot be used, or the page cannot be written.
    """
    from geo.report import write_report

    write_report(survey, output, title)
