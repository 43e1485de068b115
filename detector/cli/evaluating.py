"""The command that measures a model: evaluate."""

from pathlib import Path
from typing import Any

import click

from detector.cli.group import DONE, FILE, PHOTOS, CancelledError, columns_option, herdmap, pairs, search_options


@herdmap.command(short_help="Measure how well a model finds animals in labelled photos.")
@click.option(
    "--data",
    type=FILE,
    required=True,
    metavar="LABELS",
    help="Labels of whole photos, a file or a folder of any tool (docs/labels.md).",
)
@PHOTOS
@columns_option
@click.option("-o", "--output", type=FILE, required=True, metavar="DIR", help="Folder to write the report to.")
@search_options
@click.option(
    "--trained-on",
    type=FILE,
    multiple=True,
    metavar="LABELS",
    help="Labels that the model was trained on. Photos or flights in both are refused. May be repeated.",
)
@click.option("--any-class", is_flag=True, help="Ignore classes: any detection of an animal counts as found.")
@click.option(
    "--rename",
    multiple=True,
    metavar="NAME=CLASS",
    callback=pairs,
    help="The model's class of a name in the labels. May be repeated.",
)
@click.option(
    "--rest",
    metavar="CLASS",
    default="",
    help="The model's class of all other names in the labels, such as other_animal.  [default: they are left out]",
)
@click.option(
    "--rule",
    default="f1",
    show_default=True,
    metavar="f1|count|recall:R",
    help="How to choose the best score threshold: highest F1, most accurate count, or recall of at least R.",
)
@click.option(
    "--radius",
    metavar="R",
    help="An animal is found within R of its centre, such as 12px or 0.5m.  [default: half the longer side of its box, "
    "or of the detection if it is a point]",
)
@click.option("--compare-branches", is_flag=True, help="For a TridentNet: compare its middle branch with all branches.")
def evaluate(
    model: str | None,
    data: Path,
    images: Path,
    output: Path,
    trained_on: tuple[Path, ...],
    any_class: bool,
    rename: dict[str, str],
    rest: str,
    rule: str,
    radius: str | None,
    columns: dict[str, str],
    score: float | None,
    tile_size: int | None,
    overlap: int | None,
    batch_size: int | None,
    device: str,
    compare_branches: bool,
    trust: bool,
    progress: str,
) -> int:
    """Measure how well a model finds animals in labelled photos that it was not trained on.

    The photos are searched as `herdmap detect` does it. If a run stops, give the same command again; it resumes.
    """
    from detector import survey
    from detector.cli.console import plain, say, watching
    from detector.evaluation.evaluate import Judging, evaluate

    settings = survey.Settings(score=score, tile_size=tile_size, overlap=overlap, batch_size=batch_size)
    judging = Judging(rule, any_class, trained_on, radius, columns, rename, rest)
    cancelled = CancelledError("cancelled; what was finished is kept, run the same command again to resume")
    with watching(progress) as watcher:
        told: dict[str, Any] = {"judging": judging, "settings": settings, "trust": trust, "device": device}
        if compare_branches:
            from detector.evaluation.branches import compare_branches as compare
            from detector.evaluation.branches import table

            branches = compare(model or "sheep", data, images, output, watcher=watcher, **told)
        else:
            done = evaluate(model, data, images, output, watcher=watcher, **told)
    if compare_branches:
        if branches is None:
            raise cancelled
        if progress != "json":
            click.echo(table(branches))
        return DONE
    if done is None:
        raise cancelled
    if progress != "json":
        for line in done.summary().splitlines():
            click.echo(plain(line))
    for note in done.metrics["notes"]:
        say(note)
    return DONE
