"""The command teach."""

from pathlib import Path

import click

from detector.cli.group import DONE, FILE, PROGRESS, herdmap


@herdmap.command(short_help="Teach a model the animals that people marked in surveys.")
@click.argument("sources", type=FILE, nargs=-1, required=True, metavar="SURVEY|LABELS...")
@click.option("-o", "--output", type=FILE, required=True, metavar="MODEL.onnx", help="Model to write.")
@click.option(
    "--images",
    type=FILE,
    metavar="DIR",
    help="Folder with the photos of LABELS. File names in the labels are relative to it.",
)
@click.option(
    "--minutes",
    type=click.FloatRange(0, 1440, min_open=True),
    default=10.0,
    show_default=True,
    metavar="M",
    help="How long it may take, about. It ends earlier if it gets no better.",
)
@click.option(
    "--animal-px",
    "length_px",
    type=click.FloatRange(4, 4096),
    metavar="N",
    help="How long the animals are, in px, if they are marked as points alone.  [default: measured]",
)
@click.option(
    "--start",
    type=FILE,
    metavar="MODEL.onnx",
    help="Model to start from.  [default: the one that -o replaces, or the bundled one]",
)
@click.option(
    "--device",
    default="auto",
    show_default=True,
    metavar="auto|cpu|cuda[:N]",
    help="Where it learns. auto uses a GPU if there is one.",
)
@PROGRESS
def teach(
    sources: tuple[Path, ...],
    output: Path,
    images: Path | None,
    minutes: float,
    length_px: float | None,
    start: Path | None,
    device: str,
    progress: str,
) -> int:
    """Learn the animals that people marked, and write a model for --model.

    SURVEY is a survey in which people searched images and marked or reviewed animals; LABELS are labels in any format
    that train reads. Some photos are held out to measure on. Ctrl-C ends it with the best so far. If a run is killed,
    give the same command again; it resumes. After more reviews, give it again too: it goes on from the model that it
    replaces.
    """
    from detector.cli.console import plain, watching
    from detector.teaching import Teaching
    from detector.teaching import teach as learn

    teaching = Teaching(minutes=minutes, length_px=length_px, start=start, device=device)
    with watching(progress) as watcher:
        made = learn(sources, output, images=images, teaching=teaching, watcher=watcher)
    if progress != "json":
        click.echo("\n".join(plain(line) for line in made.summary().splitlines()))
    return DONE
