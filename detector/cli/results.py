"""The commands on a finished survey: estimate, sample, exports, merged reviews."""

import sys
from pathlib import Path
from typing import Literal

import click

from detector.cli.group import DONE, FILE, REVIEW, herdmap


@herdmap.command()
@click.argument("survey_file", type=FILE, metavar="[FILE.gpkg]", required=False)
@click.option(
    "--transects",
    "transect_file",
    type=FILE,
    required=True,
    metavar="FILE|photos",
    help="CSV with counts, polygons or lines; or the photos of the survey.",
)
@click.option("--transect-table", type=FILE, metavar="FILE.csv", help="Which photo is on which transect.")
@click.option("--transect-name", metavar="PATTERN", help="What of a photo's path names its transect.")
@click.option("--effort", "effort_file", type=FILE, metavar="FILE.csv", help="Write what each photo searched.")
@click.option("--strata", "strata_file", type=FILE, required=True, help="CSV with areas, or polygons.")
@REVIEW
@click.option("--strip-width", type=click.FloatRange(0, 100_000, min_open=True), help="Metres, of transects as lines.")
@click.option("--full-count", is_flag=True, help="All ground was searched: estimates are sums.")
@click.option("--correct", type=FILE, metavar="SAMPLE.csv|all", help="Reviewed photos that tell misses, false alarms.")
@click.option("--precision", type=click.FloatRange(0, 100, min_open=True), metavar="PCT", help="What would reach it.")
@click.option("--plot", type=FILE, metavar="FILE.svg", help="Also draw the estimates with their intervals.")
@click.option("--seed", type=click.IntRange(0, 2**40), default=0, show_default=True, help="Of the bootstrap.")
@click.option("-o", "--output", type=FILE, metavar="FILE.csv", help="The table; on stdout if left out.")
def estimate(
    survey_file: Path | None,
    transect_file: Path,
    transect_table: Path | None,
    transect_name: str | None,
    effort_file: Path | None,
    strata_file: Path,
    review: Literal["all", "confirmed", "not-rejected"],
    strip_width: float | None,
    full_count: bool,
    correct: Path | None,
    precision: float | None,
    plot: Path | None,
    seed: int,
    output: Path | None,
) -> int:
    """Estimate the population per stratum and class from transects, by Jolly's Method 2.

    With FILE.gpkg its detections are counted in the transects; without, TRANSECTS is a CSV with counts. `photos` makes
    transects of the photos: of their track, or as a table or their names say.
    """
    from detector.cli.console import plain
    from geo.estimate import estimate as make
    from geo.estimates.plot import write_plot
    from geo.estimates.table import write_csv

    result = make(
        survey_file,
        transect_file,
        strata_file,
        review=review,
        strip_width_m=strip_width,
        transect_table=transect_table,
        transect_name=transect_name,
        effort_file=effort_file,
        full_count=full_count,
        sample_file=correct,
        wished_pct=precision,
        seed=seed,
    )
    for text in result.warnings:
        click.echo(f"herdmap: {plain(text)}", err=True)
    write_csv(result.estimates, sys.stdout if output is None else output)
    if plot is not None:
        write_plot(result.estimates, plot)
    # Programs read stdout where it is the table; the method goes with it for a person either way.
    for line in result.lines:
        click.echo(plain(line), err=output is None)
    return DONE


@herdmap.command()
@click.argument("survey_file", type=FILE, metavar="FILE.gpkg")
@click.option("-o", "--output", type=FILE, required=True, metavar="SAMPLE.csv", help="Grows where it is there.")
@click.option("--positive", type=click.IntRange(0), default=100, show_default=True, help="Photos with detections.")
@click.option("--empty", type=click.IntRange(0), default=100, show_default=True, help="Photos without.")
@click.option("--seed", type=click.IntRange(0, 2**40), default=0, show_default=True, help="The same seed, same photos.")
def sample(survey_file: Path, output: Path, positive: int, empty: int, seed: int) -> int:
    """Draw photos to review at random, to correct an estimate for misses and false alarms."""
    from geo.estimate import sample as draw

    click.echo(draw(survey_file, output, positive, empty, seed))
    return DONE


@herdmap.command(short_help="The animals as CSV, GeoJSON, GeoParquet, KML, Shapefile or Darwin Core.")
@click.argument("survey_file", type=FILE, metavar="FILE.gpkg")
@click.option(
    "-o", "--output", type=FILE, required=True, metavar="OUT.csv|geojson|parquet|kml|shp|zip", help="The result."
)
@click.option(
    "--review",
    type=click.Choice(["all", "confirmed", "not-rejected"]),
    default="not-rejected",
    show_default=True,
    help="Which detections.",
)
@click.option("--every-sighting", is_flag=True, help="Also the sightings of an animal that another photo counts.")
@click.option("--shape", type=click.Choice(["box", "point"]), help="[default: points in KML, else boxes]")
@click.option(
    "--dataset", "dataset_file", type=FILE, metavar="FILE.toml", help="What a Darwin Core Archive says of itself."
)
def export(
    survey_file: Path,
    output: Path,
    review: Literal["all", "confirmed", "not-rejected"],
    every_sighting: bool,
    shape: Literal["box", "point"] | None,
    dataset_file: Path | None,
) -> int:
    """Write the animals of a survey in the format of the output's ending; .zip is a Darwin Core Archive for GBIF."""
    from detector.cli.console import plain
    from geo.exports import darwincore
    from geo.exports import formats as exports

    dataset = None if dataset_file is None else darwincore.read_dataset(dataset_file)
    done = exports.export(
        survey_file, output, review=review, every_sighting=every_sighting, shape=shape, dataset=dataset
    )
    for text in done.warnings:
        click.echo(f"herdmap: {plain(text)}", err=True)
    click.echo(f"{done.output}: {done.rows} animals")
    return DONE


@herdmap.command(short_help="Reviewed detections as training data (COCO).")
@click.argument("survey_file", type=FILE, metavar="FILE.gpkg")
@click.option("-o", "--output", type=FILE, required=True, metavar="coco.json", help="The result.")
@click.option(
    "--photos",
    type=click.Choice(["reviewed", "touched", "all"]),
    default="reviewed",
    show_default=True,
    help="Photos reviewed whole, in part (the rest as crowd regions), or all.",
)
@click.option(
    "--min-score", type=click.FloatRange(0, 1), default=0.0, help="Below it nothing needs review.  [default: 0]"
)
@click.option("--checked", type=FILE, metavar="FILE", help="Photos searched whole, also empty ones: CSV or list.")
def export_data(
    survey_file: Path,
    output: Path,
    photos: Literal["reviewed", "touched", "all"],
    min_score: float,
    checked: Path | None,
) -> int:
    """Write the reviewed detections of a survey as training data: COCO, with boxes in whole photos."""
    from detector.cli.console import plain
    from geo.exports import coco

    listed = () if checked is None else coco.read_checked(checked)
    done = coco.export_data(survey_file, output, photos=photos, min_score=min_score, checked=listed)
    for text in done.warnings:
        click.echo(f"herdmap: {plain(text)}", err=True)
    click.echo(
        f"{done.output}: {done.animals} animals ({done.added} added by a person) in {done.photos} photos, "
        f"{done.empty} of them empty; {done.left_out} photos left out"
    )
    return DONE


@herdmap.command("merge-reviews", short_help="Two people's reviews of one survey become one.")
@click.argument("first", type=FILE, metavar="A.gpkg")
@click.argument("second", type=FILE, metavar="B.gpkg")
@click.option("-o", "--output", type=FILE, required=True, metavar="MERGED.gpkg", help="The result, a new file.")
@click.option("--conflicts", type=FILE, metavar="FILE.csv", help="[default: MERGED.conflicts.csv]")
def merge_reviews(first: Path, second: Path, output: Path, conflicts: Path | None) -> int:
    """Merge the reviews of two copies of a survey; print where they agree, list where they do not."""
    from detector.cli.console import plain
    from geo.reviews import merge as merging

    outcome = merging.merge_reviews(first, second, output, conflicts)
    for text in outcome.warnings:
        click.echo(f"herdmap: {plain(text)}", err=True)
    for line in outcome.summary().splitlines():
        click.echo(plain(line))
    return DONE


@herdmap.command(short_help="A folder for colleagues, with a page that opens anywhere.")
@click.argument("survey_file", type=FILE, metavar="FILE.gpkg")
@click.option("-o", "--output", type=FILE, required=True, metavar="DIR", help="The folder to make.")
@click.option("--max-size", metavar="5%|50MB", help="What the folder stays within.  [default: 5% of the imagery]")
@click.option("--annotated", is_flag=True, help="Also pictures with the boxes drawn in.")
@click.option("--title", metavar="TEXT", help="The page's title.  [default: the file's name]")
def share(survey_file: Path, output: Path, max_size: str | None, annotated: bool, title: str | None) -> int:
    """Make a folder for colleagues: a page that opens from disk, offline, with the survey and its tables."""
    from detector.cli.console import bar
    from geo.share import MaxSize, Settings
    from geo.share import share as make

    size = MaxSize.parse(max_size) if max_size is not None else None
    with bar("sharing") as progress:
        report = make(survey_file, output, Settings(size, annotated, title), progress)
    click.echo(report.summary())
    return DONE
