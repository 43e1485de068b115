"""The commands of training: train, schedule."""

from pathlib import Path

import click

from detector.cli.group import DONE, FILE, CancelledError, herdmap

PICTURES = (".png", ".svg")


@herdmap.command()
@click.argument("config", type=FILE, metavar="CONFIG.toml")
def train(config: Path) -> int:
    """Train a model as a configuration file says. The same command again resumes."""
    from detector.cli.console import training_shown
    from detector.training import train as fit

    with training_shown() as shown:
        try:
            model = fit(config, [shown])
        except KeyboardInterrupt as error:
            raise CancelledError("cancelled; run the same command again to go on from the last checkpoint") from error
    if model.is_file():  # of several processes the first one has written it
        click.echo(f"{model}: trained; see what is in it with herdmap model {model}")
    return DONE


@herdmap.command(short_help="Draw the learning rate of a training run before it is run.")
@click.argument("config", type=FILE, metavar="CONFIG.toml")
@click.option("-o", "--output", type=FILE, required=True, metavar="FILE.png|svg", help="The picture.")
@click.option("--find", is_flag=True, help="Train a little at rising rates instead, and say which rate suits.")
@click.option(
    "--steps", type=click.IntRange(10, 10000), default=100, show_default=True, metavar="N", help="Steps of --find."
)
def schedule(config: Path, output: Path, find: bool, steps: int) -> int:
    """Draw the learning rate of a training run, from the scheduler that it would step, and say what looks wrong."""
    from detector.cli.console import plain
    from detector.training import draw_schedule, find_learning_rate
    from geo.output import check_writable

    if output.suffix.lower() not in PICTURES:
        raise click.UsageError(f"{output.name}: expected a picture that ends in .png or .svg")
    check_writable(output)
    if find:
        found = find_learning_rate(config, output, steps)
        click.echo(
            f"{output}: the loss falls fastest at {found.steepest:.2g}; a tenth of the lowest's: {found.tenth:.2g}"
        )
        return DONE
    drawn = draw_schedule(config, output)
    for line in drawn.lines():
        click.echo(line)
    for text in drawn.doubts:
        click.echo(f"herdmap: {plain(text)}", err=True)
    return DONE
