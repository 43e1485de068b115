"""Animals found in imagery, and photos placed on the ground."""

from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from geo.paths import Paths, StrPath
from herdmap.news import log, warn, watching
from herdmap.surveys import Survey

if TYPE_CHECKING:
    from detector.survey import Cluster, Outcome


class PlacementOptions(TypedDict, total=False):
    """Where the photos are, if their own tags do not say it, or not precisely enough."""

    position: StrPath | None
    """A table of poses (CSV) or a flight log (GPX, CSV)."""
    position_crs: str | None
    """The CRS of the table's x and y, such as `EPSG:32737`; by default WGS 84."""
    dem: StrPath | None
    """A raster of the heights of the ground."""
    agl: float | None
    """Metres of every camera above the ground, 2 to 20000."""
    ground: float | None
    """Metres: the height of level ground, in the datum of the cameras' altitudes."""
    clock_offset_s: float | None
    """Seconds to add to the cameras' clocks to get the flight log's; by default found."""
    calibration: StrPath | None
    """A camera calibration, OpenCV's or OpenDroneMap's."""
    mount: tuple[float, float, float] | None
    """Yaw, pitch and roll of the camera in the aircraft, degrees; by default 0, -90, 0."""
    count_overlaps: Literal["animals", "cells", "all"]
    """If images overlap: `animals`, each animal once (default); `cells`, animals in their photo's cell; `all`."""
    animal_speed_m_s: float
    """How fast animals may walk between photos, metres a second; by default 0."""
    match_images: bool
    """Whether to register photos also by their pixels, and not only by their animals."""


class DetectOptions(PlacementOptions, total=False):
    """Further options of `detect`."""

    tile_size: int | None
    """Pixels at the model's ground sample distance; by default the model's."""
    overlap: int | None
    """Pixels by which tiles overlap; by default the model's."""
    batch_size: int | None
    """How many tiles the model gets at once; by default as memory allows."""
    chips: bool
    """Whether to store a small picture of each detection; by default yes."""
    readers: int | None
    """How many threads decode images; by default as the machine allows."""
    gate_threshold: float | None
    """The gate passes a tile if an animal is at least this probable; by default the gate's own threshold."""
    margin: float
    """For a tile classifier: if the best class leads by less than this, the tile is `uncertain`; by default 0.2."""
    stretch: tuple[float, float] | None
    """The values that become black and white in imagery that is not 8 bit; by default measured, the same for all."""
    precision: str
    """In what numbers a detector on the CPU computes: `auto` (the default), `float32` or `bfloat16`. `auto` takes
    bfloat16 if it finds the same on the first tiles."""
    time_limit_s: float
    """Seconds that reading a photo may take before it is given up; by default 300."""
    parts: str | None
    """A folder or URL for the results of finished work; by default a folder beside the output."""


def detect(
    images: Paths,
    output: StrPath,
    *,
    model: StrPath | None = None,
    score: float | None = None,
    regions: StrPath | None = None,
    region_field: str | None = None,
    region_layer: str | None = None,
    within: StrPath | None = None,
    gate: StrPath | None = None,
    device: str = "auto",
    trust: bool = False,
    fresh: bool = False,
    retry_failed: bool = False,
    cluster: "Cluster | None" = None,
    progress: bool | None = None,
    **options: Unpack[DetectOptions],
) -> Survey:
    """Find the animals in imagery and put them on the map. The same call again resumes, and keeps every review.

    Args:
        images: Images, folders (searched recursively) or `@list.txt` of paths; one or several.
        output: The GeoPackage to write, `.gpkg`.
        model: A model file or a bundled model's name; by default `sheep`.
        score: The least score of a detection, 0 to 1; by default the model's.
        regions: Polygons to count the animals in.
        region_field: The column that names the regions.
        region_layer: The layer of regions to count in, by default every one with polygons.
        within: Polygons: search only inside them.
        gate: A tile classifier; the model searches only the tiles that it passes.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        trust: Run the code in a pickled model or a Python configuration.
        fresh: Search again what an earlier call searched.
        retry_failed: Try images again that an earlier call could not read.
        cluster: Search on a Ray cluster.
        progress: Show a progress bar; None: in a terminal or a notebook.
        options: See `DetectOptions`.

    Returns:
        The survey. With a tile classifier as the model its `tile_labels` are the result.

    Raises:
        Error: An input, a model or an option cannot be used, or the output cannot be written.
    """
    from detector import survey

    with watching(progress) as watcher:
        outcome = survey.detect(
            images,
            output,
            model=model,
            trust=trust,
            gate=gate,
            device=device,
            settings=survey.Settings(score=score, **_settings(options)),
            region_file=regions,
            region_field=region_field,
            region_layer=region_layer,
            within=within,
            fresh=fresh,
            retry_failed=retry_failed,
            cluster=cluster,
            watcher=watcher,
        )
    warn_of_failures(outcome)
    return Survey(output)


def georeference(
    survey: StrPath, *, forget: bool = False, progress: bool | None = None, **options: Unpack[PlacementOptions]
) -> Survey:
    """Place the photos of a finished survey again. Nothing is searched, and reviews are kept.

    Args:
        survey: The survey or its path; it is written again.
        forget: Ignore the settings of the last placement. By default they are used unless you override them.
        progress: Show a progress bar while photos are matched; None: in a terminal or a notebook.
        options: See `PlacementOptions`.

    Returns:
        The survey, as it now is.

    Raises:
        Error: No image can be placed, or a file cannot be used. The survey stays as it was.
    """
    from detector.survey import PoseSettings, placed_with
    from detector.survey import georeference as place

    settings = _settings(options)
    before = {} if forget else placed_with(survey, except_for=settings)
    with watching(progress) as watcher:
        moved = place(survey, PoseSettings(**{**before, **settings}), watcher)
    log([moved.summary()])
    return Survey(survey)


def _settings(options: PlacementOptions) -> dict[str, Any]:
    return dict(options)


def warn_of_failures(outcome: "Outcome") -> None:
    """Warn of images that could not be searched."""
    if outcome.failed:
        why, number = outcome.reasons[0]
        others = f", {len(outcome.reasons) - 1} other reasons" if len(outcome.reasons) > 1 else ""
        warn(
            f"{outcome.failed} of {outcome.images} images failed: {why} ({number}){others}; "
            "the column `reason` of `images` has each reason"
        )
    if outcome.pending:
        warn(f"the results of {outcome.pending} images were damaged; make the same call again to search them")
