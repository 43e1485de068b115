"""The command that finds more animals like those that people marked: find."""

from pathlib import Path

import click

from detector.cli.group import DONE, FILE, PROGRESS, SOME_FAILED, CancelledError, herdmap


@herdmap.command(short_help="Find more animals like those that people marked in a survey.")
@click.argument("survey_file", type=FILE, metavar="FILE.gpkg")
@click.option(
    "--save",
    type=FILE,
    metavar="MODEL.npz",
    help="Where to write what was learnt. It is a model for --model.  [default: into the folder beside FILE.gpkg]",
)
@click.option(
    "--score",
    type=click.FloatRange(0, 1),
    metavar="S",
    help="Propose detections with at least this score.  [default: 0.5]",
)
@click.option(
    "--device",
    default="auto",
    show_default=True,
    metavar="auto|cpu|cuda[:N]",
    help="Where the model runs. auto uses a GPU if there is one.",
)
@PROGRESS
def find(survey_file: Path, save: Path | None, score: float | None, device: str, progress: str) -> int:
    """Learn in seconds from the animals that people marked in FILE.gpkg, and search the other images for more of them.

    What is found becomes detections to be reviewed. Give the command again after a review: it learns from that too.
    """
    from detector.cli.console import plain, watching
    from detector.survey import finding

    with watching(progress) as watcher:
        found = finding.find(survey_file, save, score=score, device=device, watcher=watcher)
    if found.outcome.cancelled:
        raise CancelledError("cancelled; what was finished is kept, run the same command again to resume")
    if progress != "json":
        click.echo(plain(found.summary()))
        click.echo("\n".join(plain(line) for line in found.outcome.summary().splitlines()))
    return SOME_FAILED if found.outcome.failed or found.outcome.pending else DONE
