"""The mends: what a user of the command line can do about an error or a remark of the library, with the names of
options.

The library knows no command line: its texts say `about` which input or step they are. Here each of those has its mend.
"""

import re

import click

from detector.cli.group import herdmap

# If there are several mends, the first one is taken whose options the running command has. If a mend names another
# command, its options are those of that command.
MENDS: dict[str, tuple[str, ...]] = {
    "address": ("check --ray-address",),
    "agl": ("give --dem FILE, --agl M or --ground Z",),
    "angles": ("give --angles gimbal, nadir, aircraft or opk",),
    "any_class": ("give --rename NAME=CLASS, or --any-class to ignore the classes",),
    "availability": ("give --availability SHARE SE, such as 0.85 0.05",),
    "batch_size": ("give a smaller --batch-size",),
    "calibration": ("give --camera FILE", "add --int8 to quantise it"),
    "cap_per_tile": ("choose it with --tile-size N",),
    "card": ("herdmap model FILE prints a card to begin with",),
    "class_name": ("choose it with --class CLASS",),
    "clock_offset_s": ("give --clock-offset S",),
    "cluster": ("leave out --engine ray to search on this machine",),
    "columns": ("name the columns with --column FIELD=COLUMN",),
    "compare": ("herdmap compare FILE... --see PCT says it for your surveys",),
    "count": ("run herdmap count",),
    "count_overlaps": ("run herdmap georeference with --count-overlaps animals",),
    "covariates": ("choose with --covariate",),
    "dataset": ("give --dataset FILE.toml",),
    "detect": ("run herdmap detect",),
    "device": ("give --device cpu",),
    "effort": ("give one of --cv PCT, --km KM and --number N",),
    "estimate": ("run herdmap estimate",),
    "except_for": ("give --position, --dem or --camera, or add --forget", "give --position, --dem or --camera"),
    "export_data": ("run herdmap export-data for those",),
    "extend": ("to go on with the new schedule, give --extend",),
    "find": ("to search with find, run herdmap find",),
    "fresh": ("--fresh searches all of them again",),
    "full_count": ("give --full-count if all the ground was searched",),
    "georeference": ("run herdmap georeference to find out which are one animal",),
    "images": ("give --images DIR",),
    "learning_rate": ("herdmap schedule --find finds one",),
    "length_px": ("give --animal-px N",),
    "max_size": ("give a larger --max-size",),
    "model": ("give another --model",),
    "overlap": ("choose it with --overlap N",),
    "pilot_file": ("give --pilot FILE or --density N",),
    "position": (
        "give --position FILE",
        "run herdmap georeference with --position FILE",
    ),
    "position_crs": ("give --position-crs EPSG:N",),
    "positive": ("give --positive N or --empty N",),
    "precision": ("give --precision float32",),
    "region_field": ("name the column with --region-field F",),
    "region_layer": ("choose one with --region-layer L",),
    "rest_empty": ("if they were searched, give --rest-empty",),
    "retry_failed": ("--retry-failed tries them again",),
    "score": ("leave them out with --score S",),
    "strip_width_m": ("give --strip-width M",),
    "strata_file": ("give --strata FILE too",),
    "survey_file": ("give FILE.gpkg too",),
    "tile_size": ("choose it with --tile-size N",),
    "tiles_of": ("give --images with such animals",),
    "observers": ("herdmap observers FIRST.gpkg SECOND.gpkg writes it",),
    "outside_images": ("if you know them and want that, give --outside-images",),
    "time_limit_s": ("give a longer --time-limit S, and --retry-failed",),
    "transect_file": ("give --transects photos",),
    "who": ("give --first people --second detector",),
    "trust": ("add --trust-model if you trust the file",),
}
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
_COMMAND = re.compile(r"\bherdmap ([a-z][a-z-]*)")


def with_mend(said: object, command: click.Command | None = None) -> str:
    """The text of an error or a remark, with the mend if the running command has one.

    command: by default the running one; if none is running, the first mend is taken.
    """
    about = getattr(said, "about", None)
    context = click.get_current_context(silent=True)
    if command is None and context is not None:
        command = context.command
    for mend in MENDS.get(about, ()) if about is not None else ():
        if _fits(mend, command):
            return f"{said}; {mend}"
    return str(said)


def options_of(mend: str) -> list[str]:
    """The options that a mend names."""
    return _OPTION.findall(mend)


def command_of(mend: str) -> str | None:
    """The name of the command that a mend tells the user to run; None for the running one."""
    found = _COMMAND.search(mend)
    return found[1] if found else None


def _fits(mend: str, running: click.Command | None) -> bool:
    other = command_of(mend)
    command = running if other is None else herdmap.commands[other]
    if command is None:
        return True
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    return known.issuperset(options_of(mend))
