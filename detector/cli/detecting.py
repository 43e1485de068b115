"""The commands that search imagery and count: detect, count."""

import sys
from pathlib import Path
from typing import Any, Literal

import click

from detector.cli.group import (
    CSV_OUTPUT,
    DONE,
    FILE,
    RAW,
    REVIEW,
    SOME_FAILED,
    CancelledError,
    herdmap,
    search_options,
)
from detector.cli.placing import OVERLAP_OPTIONS, POSE_OPTIONS, overlap_options, pose_options, pose_settings
from detector.cli.regions import check_regions, region_options

_HEADINGS = {
    "Input and output": ("output", "region_file", "region_field", "region_layer", "within", "chips"),
    "Model": ("model", "trust", "score", "margin", "gate", "gate_threshold", "stretch"),
    "Tiles and speed": ("tile_size", "overlap", "batch_size", "device", "precision", "profile"),
    "Where the photos are": POSE_OPTIONS,
    "Animals in several images": OVERLAP_OPTIONS,
    "Progress, resuming and failures": ("progress", "rest", "fresh", "retry_failed", "time_limit", "parts"),
    "Search on a Ray cluster": ("engine", "ray_address", "workers", "cpus_per_worker", "gpus_per_worker"),
}


@herdmap.command(headings=_HEADINGS)
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@click.option(
    "-o",
    "--output",
    type=FILE,
    required=True,
    metavar="FILE.gpkg",
    help="GeoPackage to write. If it exists, its reviews are kept.",
)
@search_options
@click.option(
    "--gate", metavar="MODEL", help="Tile classifier that looks first. The detector searches only tiles that it passes."
)
@click.option(
    "--gate-threshold",
    type=click.FloatRange(0, 1),
    metavar="T",
    help="The gate passes a tile if an animal is at least this probable.  [default: the gate's]",
)
@click.option(
    "--margin",
    type=click.FloatRange(0, 1),
    default=0.2,
    show_default=True,
    metavar="M",
    help="If --model is a tile classifier: a tile is 'uncertain' if its best class leads the next by less than M.",
)
@click.option(
    "--stretch",
    type=float,
    nargs=2,
    metavar="LOW HIGH",
    help="Values that become black and white in imagery that is not 8 bit.  [default: measured once for all images]",
)
@region_options()
@click.option("--within", type=FILE, metavar="FILE", help="Search only inside the polygons of this file.")
@pose_options
@overlap_options
@click.option(
    "--chips/--no-chips",
    default=True,
    show_default=True,
    help="Store a small picture of each detection, for the review.",
)
@click.option(
    "--precision",
    type=click.Choice(["auto", "float32", "bfloat16"]),
    default="auto",
    show_default=True,
    help="In what numbers a detector on the CPU computes. auto: bfloat16 if it finds the same on the first tiles.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(0, 86_400, min_open=True),
    default=300.0,
    show_default=True,
    metavar="S",
    help="Give up on a photo that takes longer than S seconds to read.",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Search in this process, or with workers on a Ray cluster.",
)
@click.option(
    "--ray-address", metavar="A", help="Cluster to join, HOST:PORT or auto.  [default: start one on this machine]"
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    metavar="N",
    help="Number of Ray workers.  [default: as many as the cluster has room for]",
)
@click.option(
    "--cpus-per-worker",
    type=click.IntRange(1),
    metavar="N",
    help="Processor cores for each worker.  [default: 1; with GPUs, an equal share, at most 8]",
)
@click.option(
    "--gpus-per-worker",
    type=click.FloatRange(0),
    metavar="F",
    help="GPUs for each worker; 0.5 lets two workers share one.  [default: 1 if there are GPUs]",
)
@click.option(
    "--parts", metavar="DIR|URL", help="Where to keep the run's intermediate results.  [default: beside the output]"
)
@click.option("--profile", is_flag=True, help="At the end, print on stderr how long each stage took.")
@click.option("--retry-failed", is_flag=True, help="Try again to read photos that failed in an earlier run.")
@click.option(
    "--rest",
    is_flag=True,
    help="Leave out images that people have searched completely. Without INPUT: search the other images of FILE.gpkg.",
)
@click.option("--fresh", is_flag=True, help="Search everything again instead of resuming. Reviews are kept.")
@click.pass_context
def detect(
    context: click.Context,
    /,
    inputs: tuple[str, ...],
    output: Path,
    model: str | None,
    trust: bool,
    gate: str | None,
    gate_threshold: float | None,
    margin: float,
    stretch: tuple[float, float] | None,
    region_file: Path | None,
    region_field: str | None,
    region_layer: str | None,
    within: Path | None,
    score: float | None,
    tile_size: int | None,
    overlap: int | None,
    batch_size: int | None,
    device: str,
    chips: bool,
    precision: str,
    progress: str,
    time_limit: float,
    engine: str,
    ray_address: str | None,
    workers: int | None,
    cpus_per_worker: int | None,
    gpus_per_worker: float | None,
    parts: str | None,
    profile: bool,
    retry_failed: bool,
    rest: bool,
    fresh: bool,
    **placing: Any,
) -> int:
    """Find animals in photos and orthomosaics and put them on a map.

    INPUT is an image, a folder (searched with its subfolders), or @list.txt: a text file with one path per line. If a
    run stops, give the same command again; it resumes.
    """
    from detector import survey
    from detector.cli.console import plain, watching

    check_regions(region_file, region_field, region_layer)
    if gate_threshold is not None and gate is None:
        raise click.UsageError("--gate-threshold has no effect without --gate; give --gate too")
    cluster = None
    if engine == "ray":
        cluster = survey.Cluster(ray_address, workers, cpus_per_worker, gpus_per_worker)
    elif (ray_address, workers, cpus_per_worker, gpus_per_worker) != (None, None, None, None):
        raise click.UsageError("--ray-address, --workers, --cpus-per-worker and --gpus-per-worker need --engine ray")
    if not inputs and not rest:
        raise click.UsageError("Missing argument 'INPUT...'.")
    kept = {} if inputs else _kept_places(context, output, placing)
    settings = survey.Settings(
        score=score,
        gate_threshold=gate_threshold,
        margin=margin,
        stretch=stretch,
        tile_size=tile_size,
        overlap=overlap,
        batch_size=batch_size,
        chips=chips,
        precision=precision,
        time_limit_s=time_limit,
        parts=parts,
        **(pose_settings(placing) if inputs else kept),
    )
    with watching(progress) as watcher:
        outcome = survey.detect(
            inputs or survey.images_of(output),
            output,
            model=model,
            trust=trust,
            gate=gate,
            device=device,
            settings=settings,
            region_file=region_file,
            region_field=region_field,
            region_layer=region_layer,
            within=within,
            fresh=fresh,
            retry_failed=retry_failed,
            rest=rest,
            cluster=cluster,
            watcher=watcher,
        )
    if outcome.cancelled:
        raise CancelledError("cancelled; what was finished is kept, run the same command again to resume")
    if progress != "json":
        click.echo("\n".join(plain(line) for line in outcome.summary().splitlines()))
        if outcome.counts is not None:
            click.echo(survey.region_table(outcome.counts))
    if profile:
        click.echo(outcome.profile.text(), err=True)
    return SOME_FAILED if outcome.failed or outcome.pending else DONE


def _kept_places(context: click.Context, output: Path, placing: dict[str, Any]) -> dict[str, Any]:
    """The settings with which a survey was placed. Raises UsageError if it is not there, or others are given."""
    from detector import survey

    if not output.is_file():
        raise click.UsageError(f"--rest without INPUT searches the images of {output}, and there is no such file")
    default = click.core.ParameterSource.DEFAULT
    if given := [name for name in placing if context.get_parameter_source(name) != default]:
        option = next(param.opts[0] for param in context.command.params if param.name == given[0])
        raise click.UsageError(f"--rest keeps how the survey was placed; leave out {option}, or give INPUT too")
    return survey.placed_with(output)


@herdmap.command()
@click.argument("survey_file", type=FILE, metavar="FILE.gpkg")
@region_options(required=True)
@REVIEW
@CSV_OUTPUT
@RAW
def count(
    survey_file: Path,
    region_file: Path,
    region_field: str | None,
    region_layer: str | None,
    review: Literal["all", "confirmed", "not-rejected"],
    output: Path | None,
    raw: bool,
) -> int:
    """Count the animals of a survey in each region.

    The counts are written as CSV, and to the layer 'counts' of FILE.gpkg.
    """
    from detector import survey
    from detector.cli.console import say
    from geo import regions

    counts, warnings = survey.count(survey_file, region_file, region_field, review, region_layer)
    for text in warnings:
        say(text)
    if output is not None:
        regions.write_csv(counts, output, raw=raw)
        click.echo(f"{output}: {len(counts)} rows; also in the layer 'counts' of {survey_file}")
    else:
        regions.write_csv(counts, sys.stdout, raw=raw)
    return DONE
