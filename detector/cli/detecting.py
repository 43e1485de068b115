"""The commands of a run: detect, count."""

import sys
from pathlib import Path
from typing import Any, Literal

import click

from detector.cli.group import DONE, FILE, REVIEW, SOME_FAILED, CancelledError, herdmap, search_options
from detector.cli.placing import overlap_options, pose_options, pose_settings


@herdmap.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", type=FILE, required=True, metavar="FILE.gpkg", help="The result.")
@search_options
@click.option("--gate", metavar="MODEL", help="A tile classifier: only tiles that may hold an animal are searched.")
@click.option(
    "--gate-threshold",
    type=click.FloatRange(0, 1),
    metavar="T",
    help="Probability of an animal from which the gate lets a tile pass.  [default: the gate's]",
)
@click.option(
    "--margin",
    type=click.FloatRange(0, 1),
    default=0.2,
    show_default=True,
    metavar="M",
    help="Where --model is a tile classifier: a tile whose best class leads by less is 'uncertain'.",
)
@click.option(
    "--regions", "region_file", type=FILE, metavar="FILE", help="Polygons to count in; any file that QGIS reads."
)
@click.option("--region-field", metavar="F", help="The column that names the regions.")
@click.option("--within", type=FILE, metavar="FILE", help="Polygons: search inside them alone.")
@pose_options
@overlap_options
@click.option("--chips/--no-chips", default=True, show_default=True, help="A small picture with each detection.")
@click.option(
    "--time-limit",
    type=click.FloatRange(0, 86_400, min_open=True),
    default=300.0,
    show_default=True,
    metavar="S",
    help="Seconds that reading a photo may take before it is given up.",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="What searches: this process, or workers on a Ray cluster.",
)
@click.option("--ray-address", metavar="A", help="The cluster, or auto.  [default: one started on this machine]")
@click.option("--workers", type=click.IntRange(1), metavar="N", help="On Ray.  [default: as many as there is room for]")
@click.option(
    "--cpus-per-worker", type=click.IntRange(1), metavar="N", help="Cores of each.  [default: 1, or a GPU's share]"
)
@click.option(
    "--gpus-per-worker", type=click.FloatRange(0), metavar="F", help="GPUs of each, 0.5 too.  [default: 1 if any]"
)
@click.option("--parts", metavar="DIR|URL", help="Where the run's parts lie.  [default: beside the output]")
@click.option("--profile", is_flag=True, help="Say at the end where the time went, on stderr.")
@click.option("--retry-failed", is_flag=True, help="Try photos again that an earlier run could not read.")
@click.option("--fresh", is_flag=True, help="Start over rather than resume. Reviews are kept all the same.")
def detect(
    inputs: tuple[str, ...],
    output: Path,
    model: str | None,
    trust: bool,
    gate: str | None,
    gate_threshold: float | None,
    margin: float,
    region_file: Path | None,
    region_field: str | None,
    within: Path | None,
    score: float | None,
    tile_size: int | None,
    overlap: int | None,
    batch_size: int | None,
    device: str,
    chips: bool,
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
    fresh: bool,
    **placing: Any,
) -> int:
    """Find the animals in imagery and put them on the map.

    INPUT is a file, a folder (searched recursively), or @list.txt with a path a line. The same command again resumes.
    """
    from detector import survey
    from detector.cli.console import plain, watching

    if region_field is not None and region_file is None:
        raise click.UsageError("--region-field names a column of the region file: give --regions too")
    if gate_threshold is not None and gate is None:
        raise click.UsageError("--gate-threshold is of a gate: give --gate too")
    cluster = None
    if engine == "ray":
        cluster = survey.Cluster(ray_address, workers, cpus_per_worker, gpus_per_worker)
    elif (ray_address, workers, cpus_per_worker, gpus_per_worker) != (None, None, None, None):
        raise click.UsageError("--ray-address, --workers, --cpus-per-worker and --gpus-per-worker are of --engine ray")
    settings = survey.Settings(
        score=score,
        gate_threshold=gate_threshold,
        margin=margin,
        tile_size=tile_size,
        overlap=overlap,
        batch_size=batch_size,
        chips=chips,
        time_limit_s=time_limit,
        parts=parts,
        **pose_settings(placing),
    )
    with watching(progress) as watcher:
        outcome = survey.detect(
            inputs,
            output,
            model=model,
            trust=trust,
            gate=gate,
            device=device,
            settings=settings,
            region_file=region_file,
            region_field=region_field,
            within=within,
            fresh=fresh,
            retry_failed=retry_failed,
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


@herdmap.command()
@click.argument("survey_file", type=FILE, metavar="FILE.gpkg")
@click.option(
    "--regions",
    "region_file",
    type=FILE,
    required=True,
    metavar="FILE",
    help="Polygons to count in; any file that QGIS reads.",
)
@click.option("--region-field", metavar="F", help="The column that names the regions.")
@REVIEW
@click.option("-o", "--output", type=FILE, metavar="FILE.csv", help="Write the table here rather than on stdout.")
def count(
    survey_file: Path,
    region_file: Path,
    region_field: str | None,
    review: Literal["all", "confirmed", "not-rejected"],
    output: Path | None,
) -> int:
    """Count the animals of a survey in each region, as CSV and as the layer `counts` of the survey."""
    from detector import survey
    from detector.cli.console import plain
    from geo import regions

    counts, warnings = survey.count(survey_file, region_file, region_field, review)
    for text in warnings:
        click.echo(f"herdmap: {plain(text)}", err=True)
    if output is not None:
        regions.write_csv(counts, output)
        click.echo(f"{output}: {len(counts)} rows; also in the layer 'counts' of {survey_file}")
    else:
        regions.write_csv(counts, sys.stdout)
    return DONE
