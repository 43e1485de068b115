"""The commands on a finished survey: estimate, sample, export, export-data, merge-reviews, share."""

import sys
from pathlib import Path
from typing import Literal

import click

from detector.cli.group import CSV_OUTPUT, DONE, FILE, MOST_SEEDS, RAW, REVIEW, herdmap

TRANSECT_TABLE = click.option(
    "--transect-table",
    type=FILE,
    metavar="FILE.csv",
    help="With --transects photos: a CSV that says which photo is on which transect.",
)
TRANSECT_NAME = click.option(
    "--transect-name",
    metavar="PATTERN",
    help="With --transects photos: a regular expression that finds the transect's name in a photo's path.",
)
STRIP_WIDTH = click.option(
    "--strip-width",
    type=click.FloatRange(0, 100_000, min_open=True),
    metavar="M",
    help="Full width in metres of transects that are lines.",
)


@herdmap.command()
@click.argument("survey_file", type=FILE, metavar="[FILE.gpkg]", required=False)
@click.option(
    "--transects",
    "transect_file",
    type=FILE,
    required=True,
    metavar="FILE|photos",
    help="Transects: a CSV with counts, polygons or lines, or the word photos for the photos of FILE.gpkg.",
)
@TRANSECT_TABLE
@TRANSECT_NAME
@click.option(
    "--effort",
    "effort_file",
    type=FILE,
    metavar="FILE.csv",
    help="With --transects photos: also write what each photo searched, or why it was left out.",
)
@click.option(
    "--strata",
    "strata_file",
    type=FILE,
    required=True,
    metavar="FILE|photos",
    help="Strata: a CSV with their areas, polygons, or the word photos for all ground that the photos show.",
)
@REVIEW
@STRIP_WIDTH
@click.option(
    "--full-count", is_flag=True, help="The transects cover all the ground: add up the counts, without an interval."
)
@click.option(
    "--correct",
    type=FILE,
    metavar="SAMPLE.csv|all",
    help="Correct for misses and false alarms, by the reviewed photos of SAMPLE.csv or by all photos.",
)
@click.option(
    "--correct-by",
    type=click.Choice(["auto", "stratum", "model"]),
    default="auto",
    show_default=True,
    help="Correct each stratum by its own reviewed photos, or all by one model of the detector, or choose.",
)
@click.option(
    "--design",
    type=click.Choice(["random", "systematic"]),
    default="random",
    show_default=True,
    help="How the transects were chosen: each at random, or at equal distances.",
)
@click.option(
    "--availability",
    type=float,
    nargs=2,
    metavar="SHARE SE",
    help="Divide by the share of the animals that a photo can show at all, with its standard error.",
)
@click.option(
    "--perception",
    type=float,
    nargs=2,
    metavar="SHARE SE",
    help="Divide by the share of those that observers see, with its standard error: see herdmap observers.",
)
@click.option(
    "--precision",
    type=click.FloatRange(0, 100, min_open=True),
    metavar="PCT",
    help="Also print how much more review or flying reaches an interval of ±PCT %.",
)
@click.option("--plot", type=FILE, metavar="FILE.svg", help="Also draw the estimates with their intervals.")
@click.option(
    "--seed",
    type=click.IntRange(0, MOST_SEEDS),
    default=0,
    show_default=True,
    metavar="N",
    help="Random seed of the bootstrap.",
)
@CSV_OUTPUT
@RAW
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
    correct_by: Literal["auto", "stratum", "model"],
    design: Literal["random", "systematic"],
    availability: tuple[float, float] | None,
    perception: tuple[float, float] | None,
    precision: float | None,
    plot: Path | None,
    seed: int,
    output: Path | None,
    raw: bool,
) -> int:
    """Estimate the population of each stratum and class from transects, by Jolly's Method 2.

    With FILE.gpkg, its detections are counted in the transects. Without it, --transects is a CSV that already has the
    counts. With --transects photos, the survey's photos become the transects: by their track, by --transect-table or
    by --transect-name.
    """
    from detector.cli.console import plain, say
    from geo.estimate import estimate as make
    from geo.estimates.double_observer import Factor
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
        design=design,
        sample_file=correct,
        correct_by=correct_by,
        availability=None if availability is None else Factor(*availability),
        perception=None if perception is None else Factor(*perception),
        wished_pct=precision,
        seed=seed,
    )
    for text in result.warnings:
        say(text)
    write_csv(result.estimates, sys.stdout if output is None else output, raw=raw)
    if plot is not None:
        write_plot(result.estimates, plot)
    # A program reads the table from stdout, so the text for a person must not stand there with it.
    for line in result.lines:
        click.echo(plain(line), err=output is None)
    return DONE


@herdmap.command()
@click.argument("survey_file", type=FILE, metavar="FILE.gpkg")
@click.option(
    "-o",
    "--output",
    type=FILE,
    required=True,
    metavar="SAMPLE.csv",
    help="CSV file to write. If it exists, photos are added and earlier marks are kept.",
)
@click.option(
    "--positive",
    type=click.IntRange(0),
    default=100,
    show_default=True,
    metavar="N",
    help="How many photos with detections to draw; with --strata, in each stratum.",
)
@click.option(
    "--empty",
    type=click.IntRange(0),
    default=100,
    show_default=True,
    metavar="N",
    help="How many photos without detections to draw; with --strata, in each stratum.",
)
@click.option(
    "--strata", "strata_file", type=FILE, metavar="FILE|photos", help="Draw so many photos in each of these strata."
)
@click.option(
    "--transects",
    "transect_file",
    type=FILE,
    metavar="FILE|photos",
    help="With --strata: the transects, as for herdmap estimate. Needed if the strata are not polygons.",
)
@TRANSECT_TABLE
@TRANSECT_NAME
@STRIP_WIDTH
@click.option(
    "--seed",
    type=click.IntRange(0, MOST_SEEDS),
    default=0,
    show_default=True,
    metavar="N",
    help="Random seed. The same seed draws the same photos.",
)
def sample(
    survey_file: Path,
    output: Path,
    positive: int,
    empty: int,
    strata_file: Path | None,
    transect_file: Path | None,
    transect_table: Path | None,
    transect_name: str | None,
    strip_width: float | None,
    seed: int,
) -> int:
    """Draw random photos to review, so that an estimate can be corrected.

    The review shows how many animals the detector missed in FILE.gpkg and how many of its detections are false.
    `herdmap estimate --correct SAMPLE.csv` then corrects the estimate.
    """
    from geo.estimate import sample as draw

    said = draw(
        survey_file,
        output,
        positive,
        empty,
        seed,
        strata_file=strata_file,
        transect_file=transect_file,
        strip_width_m=strip_width,
        transect_table=transect_table,
        transect_name=transect_name,
    )
    click.echo(said)
    return DONE


@herdmap.command(short_help="Write the animals as CSV, GeoJSON, GeoParquet, KML, Shapefile or Darwin Core.")
@click.argument("survey_file", type=FILE, metavar="FILE.gpkg")
@click.option(
    "-o", "--output", type=FILE, required=True, metavar="OUT.csv|geojson|parquet|kml|shp|zip", help="File to write."
)
@click.option(
    "--labels",
    "kind",
    type=click.Choice(["coco-results", "yolo", "megadetector", "cvat", "camtrap-dp"]),
    help="Write the animals as labels of the photos in this format. OUT is a .json, an .xml or a new folder.",
)
@click.option(
    "--review",
    type=click.Choice(["all", "confirmed", "not-rejected"]),
    default="not-rejected",
    show_default=True,
    help="Which animals to write: all, only confirmed ones, or all that nobody rejected.",
)
@click.option(
    "--every-sighting",
    is_flag=True,
    help="Also write repeated sightings: those of an animal that counts in another photo.",
)
@click.option(
    "--shape",
    type=click.Choice(["box", "point"]),
    help="Write each animal as its box on the ground, or as the box's centre.  [default: point in KML, else box]",
)
@click.option(
    "--dataset",
    "dataset_file",
    type=FILE,
    metavar="FILE.toml",
    help="Title, licence and scientific names for a Darwin Core Archive or Camtrap DP.",
)
@RAW
def export(
    survey_file: Path,
    output: Path,
    kind: str | None,
    review: Literal["all", "confirmed", "not-rejected"],
    every_sighting: bool,
    shape: Literal["box", "point"] | None,
    dataset_file: Path | None,
    raw: bool,
) -> int:
    """Write the animals of FILE.gpkg to a file of another format.

    The ending of the output says which format. A .zip is a Darwin Core Archive for GBIF. With --labels, every sighting
    is written as a label of its photo.
    """
    from detector.cli.console import say
    from geo.exports import darwincore, photo_labels
    from geo.exports import formats as exports

    dataset = None if dataset_file is None else darwincore.read_dataset(dataset_file)
    if kind is not None:
        if shape is not None or raw:
            raise click.UsageError("--shape and --raw have no effect with --labels; leave them out")
        done = photo_labels.export_labels(survey_file, output, kind, review=review, dataset=dataset)
        for text in done.warnings:
            say(text)
        click.echo(f"{done.output}: {done.rows} animals in photos")
        return DONE
    done = exports.export(
        survey_file, output, review=review, every_sighting=every_sighting, shape=shape, dataset=dataset, raw=raw
    )
    for text in done.warnings:
        say(text)
    click.echo(f"{done.output}: {done.rows} animals")
    return DONE


@herdmap.command(short_help="Write the reviewed detections as training data (COCO).")
@click.argument("survey_file", type=FILE, metavar="FILE.gpkg")
@click.option("-o", "--output", type=FILE, required=True, metavar="coco.json", help="COCO file to write.")
@click.option(
    "--photos",
    type=click.Choice(["reviewed", "touched", "all"]),
    default="reviewed",
    show_default=True,
    help="Which photos: reviewed completely; also in part (touched), with unreviewed boxes as crowd regions; or all.",
)
@click.option(
    "--min-score",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    metavar="S",
    help="Ignore unreviewed detections with a score below S.",
)
@click.option(
    "--checked",
    type=FILE,
    metavar="FILE",
    help="List of the photos that a person searched completely, also empty ones: CSV or text.",
)
def export_data(
    survey_file: Path,
    output: Path,
    photos: Literal["reviewed", "touched", "all"],
    min_score: float,
    checked: Path | None,
) -> int:
    """Write the reviewed detections of FILE.gpkg as training data: a COCO file with the boxes of whole photos."""
    from detector.cli.console import say
    from geo.exports import coco

    listed = () if checked is None else coco.read_checked(checked)
    done = coco.export_data(survey_file, output, photos=photos, min_score=min_score, checked=listed)
    for text in done.warnings:
        say(text)
    click.echo(
        f"{done.output}: {done.animals} animals ({done.added} added by a person) in {done.photos} photos, "
        f"{done.empty} of them empty; {done.left_out} photos left out"
    )
    return DONE


@herdmap.command("merge-reviews", short_help="Merge two people's reviews of one survey.")
@click.argument("first", type=FILE, metavar="A.gpkg")
@click.argument("second", type=FILE, metavar="B.gpkg")
@click.option(
    "-o",
    "--output",
    type=FILE,
    required=True,
    metavar="MERGED.gpkg",
    help="GeoPackage to write. It must not exist yet.",
)
@click.option(
    "--conflicts",
    type=FILE,
    metavar="FILE.csv",
    help="CSV file for the list of conflicts.  [default: MERGED.conflicts.csv beside the output]",
)
def merge_reviews(first: Path, second: Path, output: Path, conflicts: Path | None) -> int:
    """Merge the reviews that two people made in two copies of a survey, A.gpkg and B.gpkg.

    Prints how often they agree, and lists the animals on which they disagree.
    """
    from detector.cli.console import plain, say
    from geo.reviews import merge as merging

    outcome = merging.merge_reviews(first, second, output, conflicts)
    for text in outcome.warnings:
        say(text)
    for line in outcome.summary().splitlines():
        click.echo(plain(line))
    return DONE


@herdmap.command(short_help="Make a folder for colleagues, with a page that opens in any browser.")
@click.argument("survey_file", type=FILE, metavar="FILE.gpkg")
@click.option("-o", "--output", type=FILE, required=True, metavar="DIR", help="Folder to make.")
@click.option("--max-size", metavar="5%|50MB", help="Largest size of the folder.  [default: 5% of the imagery]")
@click.option("--annotated", is_flag=True, help="Also make pictures with the boxes drawn in.")
@click.option("--title", metavar="TEXT", help="Title of the page.  [default: the name of FILE.gpkg]")
@click.option(
    "--outside-images",
    is_flag=True,
    help="Also make pictures of images outside the folder of FILE.gpkg. A survey from a stranger may name any picture.",
)
def share(
    survey_file: Path, output: Path, max_size: str | None, annotated: bool, title: str | None, outside_images: bool
) -> int:
    """Make a folder for colleagues who have neither Herdmap nor QGIS.

    It holds a page that opens offline in any browser, FILE.gpkg and its tables.
    """
    from detector.cli.console import bar
    from geo.share import MaxSize, Settings
    from geo.share import share as make

    size = MaxSize.parse(max_size) if max_size is not None else None
    with bar("sharing") as progress:
        report = make(survey_file, output, Settings(size, annotated, title, outside_images), progress)
    click.echo(report.summary())
    return DONE
