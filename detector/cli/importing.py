"""The command that makes a survey of other programs' detections: import."""

from pathlib import Path
from typing import Any

import click

from detector.cli.group import DONE, FILE, PHOTOS, PROGRESS, SOME_FAILED, columns_option, herdmap
from detector.cli.placing import OVERLAP_OPTIONS, POSE_OPTIONS, kept_settings, overlap_options, pose_options

_HEADINGS = {
    "Input and output": ("images", "output", "columns", "score", "rest_empty", "chips", "progress"),
    "Where the photos are": POSE_OPTIONS,
    "Animals in several images": OVERLAP_OPTIONS,
}


@herdmap.command("import", headings=_HEADINGS, short_help="Make a survey of what other programs or people found.")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@PHOTOS
@click.option(
    "-o",
    "--output",
    type=FILE,
    required=True,
    metavar="FILE.gpkg",
    help="GeoPackage to write. If it exists, the animals are added to it, and its reviews are kept.",
)
@columns_option
@click.option(
    "--score",
    type=click.FloatRange(0, 1),
    metavar="S",
    help="Leave out detections with a lower score.  [default: all are taken]",
)
@click.option(
    "--rest-empty",
    is_flag=True,
    help="Photos that no file names were searched, and show no animals.  [default: they count as not searched]",
)
@click.option(
    "--chips/--no-chips",
    default=True,
    show_default=True,
    help="Store a small picture of each animal in FILE.gpkg.",
)
@pose_options
@overlap_options
@PROGRESS
@click.pass_context
def import_(
    context: click.Context,
    /,
    files: tuple[Path, ...],
    images: Path,
    output: Path,
    columns: dict[str, str],
    score: float | None,
    rest_empty: bool,
    chips: bool,
    progress: str,
    **placing: Any,
) -> int:
    """Make a survey of animals that other programs found, or that people marked, in photos and orthomosaics.

    FILE is a file or a folder of labels or detections of any tool (docs/labels.md). The animals are placed, merged
    where photos overlap, counted and reviewed like those of herdmap detect. If FILE.gpkg exists, it keeps the settings
    of its last placement, except those that you give here.
    """
    from detector import survey
    from detector.cli.console import plain, watching_whole

    there = output if output.is_file() and output.stat().st_size else None
    settings = survey.PoseSettings(**kept_settings(context, there, placing))
    reading = survey.ImportSettings(score, rest_empty, chips, columns)
    with watching_whole(progress) as watcher:
        done = survey.import_labels(files, images, output, settings=settings, reading=reading, watcher=watcher)
    if progress != "json":
        click.echo("\n".join(plain(line) for line in done.summary().splitlines()))
    return SOME_FAILED if done.failed else DONE
