"""The commands about models and the installation: models, model, export-model, doctor, bundle."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detector.cli.group import DONE, FILE, TRUST, UNEXPECTED, herdmap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detector.models.at_hand import ModelAtHand

# Tiles on which --int8 measures the range of values of each layer, besides the tiles of the check.
CALIBRATION_TILES = 16


@herdmap.command(short_help="Show what is in a model.")
@click.argument("file", metavar="FILE")
@TRUST
def model(file: str, trust: bool) -> int:
    """Show what is in a model: classes, tile size, threshold, training data, licence.

    FILE is a model file, or the name of a bundled or own model. If an .onnx file needs a card, which says its classes,
    the command shows what the file seems to be, and prints a card to begin with.
    """
    from detector import models
    from detector.cli.console import describe, plain
    from detector.errors import ModelError

    try:
        loaded = models.open_model(file, device="cpu", trust=trust)
    except ModelError as error:
        if error.about != "card":
            raise
        click.echo("\n".join(map(plain, models.first_card(file).split("\n"))))
        return DONE
    click.echo(describe(loaded, models.sha256_of(*loaded.files)))
    return DONE


@herdmap.command("models", short_help="List the models at hand, with what each finds and how right it is.")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list, for programs.")
def at_hand(files: tuple[str, ...], as_json: bool) -> int:
    """List the models at hand: bundled ones, your own, and those in FILE, a model file or a folder of them.

    Your own models are the files in one folder, which the list names at its end. Put model files there, and give their
    names in place of a path, as in --model elephants. The list names a picture of the same name.
    """
    from detector import models
    from detector.cli.console import describe_at_hand, plain
    from detector.models.at_hand import models_at_hand

    found = models_at_hand(files)
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in found], ensure_ascii=True))
        return DONE
    for one in found:
        click.echo(f"{describe_at_hand(one)}\n")
    click.echo(f"Your own models lie in {plain(str(models.own_folder()))}")
    return DONE


def _as_json(model: "ModelAtHand") -> dict[str, object]:
    info = model.info
    return {
        "name": model.name,
        "place": model.place,
        "path": str(model.path),
        "picture": str(model.picture) if model.picture else None,
        "problem": model.problem,
        "kind": info.kind if info else None,
        "classes": list(info.classes) if info else [],
        "fits_gsd_m": list(info.fits_gsd_m) if info and info.fits_gsd_m else None,
        "metrics": dict(info.metrics) if info else {},
        "trained_on": info.trained_on if info else "",
    }


@herdmap.command("export-model", short_help="Convert a model of a training framework to one portable file.")
@click.argument("checkpoint", metavar="CHECKPOINT")
@click.option(
    "-o",
    "--output",
    type=FILE,
    required=True,
    metavar="model.onnx",
    help="File to write. With the ending .safetensors, only the weights are written.",
)
@click.option(
    "--images",
    multiple=True,
    metavar="INPUT",
    help="Imagery to check the file on, as for detect. May be repeated.  [default: simulated imagery]",
)
@click.option(
    "--tiles",
    type=click.IntRange(1, 10000),
    default=24,
    show_default=True,
    metavar="N",
    help="Number of tiles to check the file on.",
)
@click.option(
    "--batch-size",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Number of tiles per call, for models that need a fixed number.  [default: 1]",
)
@click.option(
    "--int8",
    is_flag=True,
    help="Quantise to 8-bit integers. The file is written only if it still finds the same animals.",
)
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
    """Convert a model of a training framework to one .onnx file that needs no framework to run.

    CHECKPOINT is any file of the model. Both models are run on the same tiles, and the .onnx file is written only if
    their results agree. The differences are stored in the file.
    """
    from detector.cli.console import say
    from detector.models import resolve
    from detector.models.files import recognise_checkpoint
    from detector.models.libraries import need
    from geo.output import check_writable

    ending = output.suffix.lower()
    if ending not in (".onnx", ".safetensors"):
        raise click.UsageError(f"{output.name}: the output must end in .onnx or .safetensors")
    check_writable(output)
    if ending == ".onnx" and not int8:
        recognise_checkpoint(resolve(checkpoint))  # before torch is loaded, which takes seconds
    need("torch", "onnx", "safetensors", purpose="export-model")
    from detector.models import export
    from detector.survey.sample_tiles import sample_tiles, simulated_tiles

    if ending == ".safetensors":
        export.export_weights(checkpoint, output, trust)
        click.echo(
            f"{output}: the weights of {checkpoint}; put the model's card or config beside them, under the same name"
        )
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
        say=say,
    )
    click.echo(f"{output}: {agreement.text()}")
    return DONE


@herdmap.command(short_help="Check the installation.")
def doctor() -> int:
    """Check the installation: what is installed, what is missing, and on which device models run."""
    from detector.cli.doctor import report

    text, healthy = report()
    click.echo(text)
    return DONE if healthy else UNEXPECTED


@herdmap.command(short_help="Make a folder of packages, to install Herdmap where there is no network.")
@click.option(
    "-o",
    "--output",
    type=FILE,
    required=True,
    metavar="DIR",
    help="Folder to make. An older one is replaced if there are only packages in it.",
)
@click.option(
    "--system",
    "systems",
    type=click.Choice(["windows", "macos", "linux"]),
    multiple=True,
    help="System to fetch packages for. May be repeated.  [default: all three]",
)
@click.option(
    "--python",
    "pythons",
    default=("3.12",),
    show_default=True,
    multiple=True,
    metavar="VERSION",
    help="Version of Python to fetch packages for. May be repeated.",
)
@click.option("--teaching", is_flag=True, help="Also fetch torch, which teaching and training need.")
def bundle(output: Path, systems: tuple[str, ...], pythons: tuple[str, ...], teaching: bool) -> int:
    """Make a folder of packages, to install Herdmap on computers without a network.

    pip fetches them from the package index that it is configured for, in the tested versions. In QGIS, choose the
    folder in the plugin's settings under "Packages from".
    """
    from detector.bundle import SYSTEMS
    from detector.bundle import bundle as make
    from detector.cli.console import say

    wheels = make(output, systems or tuple(SYSTEMS), pythons, teaching=teaching, say=say)
    size = sum(wheel.stat().st_size for wheel in wheels)
    click.echo(f"{output}: {len(wheels)} packages, {size / 1e6:.0f} MB")
    return DONE
