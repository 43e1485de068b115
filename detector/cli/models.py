"""The commands on models and on the installation: model, export-model, doctor."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from detector.cli.group import DONE, FILE, TRUST, UNEXPECTED, herdmap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# What --int8 measures the values of the layers on, beside the tiles of the check.
CALIBRATION_TILES = 16


@herdmap.command()
@click.argument("file", metavar="FILE")
@TRUST
def model(file: str, trust: bool) -> int:
    """What is in a model file."""
    from detector import models
    from detector.cli.console import describe

    loaded = models.open_model(file, device="cpu", trust=trust)
    click.echo(describe(loaded, models.sha256_of(*loaded.files)))
    return DONE


@herdmap.command("export-model", short_help="Write a framework's model as one portable file.")
@click.argument("checkpoint", metavar="CHECKPOINT")
@click.option(
    "-o",
    "--output",
    type=FILE,
    required=True,
    metavar="model.onnx",
    help="The result; .safetensors: the weights alone.",
)
@click.option(
    "--images",
    multiple=True,
    metavar="INPUT",
    help="Imagery to check the file on, as for detect; may be repeated.  [default: simulated]",
)
@click.option(
    "--tiles", type=click.IntRange(1, 10000), default=24, show_default=True, metavar="N", help="Tiles of the check."
)
@click.option(
    "--batch-size", type=click.IntRange(1, 256), metavar="N", help="Tiles a call, where it cannot be left free."
)
@click.option("--int8", is_flag=True, help="Quantise, where the file still finds the same animals.")
@TRUST
def export_model(
    checkpoint: str,
    output: Path,
    images: tuple[str, ...],
    tiles: int,
    batch_size: int | None,
    int8: bool,
    trust: bool,
) -> int:
    """Write a framework's model as one portable file, which needs no framework to run.

    The file is run beside the original on tiles before it appears; what they differ by is in it.
    """
    from detector.cli.console import plain
    from detector.models.libraries import need
    from geo.output import check_writable

    ending = output.suffix.lower()
    if ending not in (".onnx", ".safetensors"):
        raise click.UsageError(f"{output.name}: expected an output that ends in .onnx or .safetensors")
    check_writable(output)
    need("torch", "onnx", "safetensors", purpose="export-model")
    from detector.models import export
    from detector.survey.sample_tiles import sample_tiles, simulated_tiles

    if ending == ".safetensors":
        export.export_weights(checkpoint, output, trust)
        click.echo(f"{output}: the weights of {checkpoint}; put its card or config beside it under the same name")
        return DONE
    calibration = CALIBRATION_TILES if int8 else 0

    def shown(tile_size: int) -> "NDArray[np.uint8]":
        count = tiles + calibration
        return sample_tiles(images, tile_size, count) if images else simulated_tiles(tile_size, count)

    agreement = export.export_model(
        checkpoint,
        output,
        shown,
        batch_size=batch_size,
        calibration=calibration,
        trust=trust,
        say=lambda text: click.echo(f"herdmap: {plain(text)}", err=True),
    )
    click.echo(f"{output}: {agreement.text()}")
    return DONE


@herdmap.command(short_help="What is installed, which device, what is missing.")
def doctor() -> int:
    """What is installed, which device a model would run on, and what is missing."""
    from detector.cli.doctor import report

    text, healthy = report()
    click.echo(text)
    return DONE if healthy else UNEXPECTED
