"""The options that name the regions in which animals are counted, and their check."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from detector.cli.group import FILE, with_options


def region_options(*, required: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options `--regions`, `--region-field` and `--region-layer`. required: whether the file must be given."""
    options = (
        click.option(
            "--regions",
            "region_file",
            type=FILE,
            required=required,
            metavar="FILE",
            help="Polygons to count in: GeoPackage, Shapefile, GeoJSON, KML and other vector formats.",
        ),
        click.option(
            "--region-field",
            metavar="F",
            help="Column with the regions' names.  [default: name, region, stratum or another usual name]",
        ),
        click.option(
            "--region-layer",
            metavar="L",
            help="Layer of that file to count in.  [default: all with polygons]",
        ),
    )
    return partial(with_options, options)


def check_regions(region_file: Path | None, region_field: str | None, region_layer: str | None) -> None:
    """Raise click.UsageError for a column or a layer of no file."""
    if region_field is not None and region_file is None:
        raise click.UsageError("--region-field names a column of the file of --regions; give --regions too")
    if region_layer is not None and region_file is None:
        raise click.UsageError("--region-layer names a layer of the file of --regions; give --regions too")
