"""The command that begins a survey without a model: survey."""

from pathlib import Path
from typing import Any

import click

from detector.cli.group import DONE, FILE, PROGRESS, SOME_FAILED, CancelledError, herdmap
from detector.cli.placing import OVERLAP_OPTIONS, POSE_OPTIONS, overlap_options, pose_options, pose_settings
from detector.cli.regions import check_regions, region_options

_HEADINGS = {
    "Input and output": ("output", "classes", "region_file", "region_field", "region_layer", "within", "progress"),
    "Where the photos are": POSE_OPTIONS,
    "Animals in several images": OVERLAP_OPTIONS,
}


@herdmap.command(headings=_HEADINGS, short_help="Begin a survey without a model: place the images, search nothing.")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "-o",
    "--output",
    type=FILE,
    required=True,
    metavar="FILE.gpkg",
    help="GeoPackage to write. If it exists, its reviews and what people searched are kept.",
)
@click.option(
    "--class",
    "classes",
    multiple=True,
    metavar="NAME",
    help="Kind of animal to look for; give it once for each. Keys 1 to 9 choose them in the search.  [default: animal]",
)
@region_options()
@click.option(
    "--within", type=FILE, metavar="FILE", help="Images outside the polygons of this file need not be searched."
)
@pose_options
@overlap_options
@PROGRESS
def survey(
    inputs: tuple[str, ...],
    output: Path,
    classes: tuple[str, ...],
    region_file: Path | None,
    region_field: str | None,
    region_layer: str | None,
    within: Path | None,
    progress: str,
    **placing: Any,
) -> int:
    """Put photos and orthomosaics on a map without searching them.

    Every image is `pending`. People search them in QGIS, cell by cell, or `herdmap detect` does later, with the same
    FILE.gpkg. INPUT is as in `herdmap detect`.
    """
    from detector import survey as surveys
    from detector.cli.console import plain, watching

    check_regions(region_file, region_field, region_layer)
    with watching(progress) as watcher:
        begun = surveys.begin(
            inputs,
            output,
            classes=classes,
            settings=surveys.PoseSettings(**pose_settings(placing)),
            region_file=region_file,
            region_field=region_field,
            region_layer=region_layer,
            within=within,
            watcher=watcher,
        )
    if begun.cancelled:
        raise CancelledError("cancelled; nothing was written")
    if progress != "json":
        click.echo("\n".join(plain(line) for line in begun.summary().splitlines()))
        if begun.counts is not None:
            click.echo(surveys.region_table(begun.counts))
    return SOME_FAILED if begun.failed else DONE
