"""Writes a simulated survey to a folder: orthomosaic, regions, photos with pose tags, and the truth about them."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import OutputError
from geo.georeference import crs_to_wkt
from geo.output import sweep_folder, whole
from geo.paths import StrPath, as_path
from geo.simulation.flight import Exposure, Strip, plan_flight, to_photo_px
from geo.simulation.noise import Float
from geo.simulation.paddocks import paddock_rings
from geo.simulation.photos import SceneView, take_photo, viewpoint_of
from geo.simulation.pose_tags import PoseTags, with_pose_tags
from geo.simulation.scene import Scene, build_scene
from geo.simulation.settings import SurveySettings
from geo.simulation.species import SHEEP, Species

OUTSIDE = "outside"
_BAND_ROWS = 512


@dataclass(frozen=True)
class Survey:
    """The files that `simulate` wrote, and the truth about the survey."""

    folder: Path
    """The folder of all files."""
    settings: SurveySettings
    """The settings of the survey."""
    orthomosaic: Path
    """The imagery, a GeoTIFF."""
    regions: Path
    """The polygons to count in."""
    truth: Path
    """The true animals on the map."""
    truth_json: Path
    """The true animals in image px, as COCO."""
    photos: tuple[Path, ...]
    """Photos of the same ground; empty unless the settings ask for photos."""
    photos_csv: Path | None
    """The photos' poses."""
    transects: Path | None
    """The ground of the flight strips."""
    transects_csv: Path | None
    """The true counts of the transects."""
    boxes_px: Float
    """(N, 4) float32 xyxy, image px of the orthomosaic: the animals in it."""
    is_lamb: NDArray[np.bool_]
    """(N,) bool, which of them are young: lambs, calves, foals, pups or chicks."""
    counts: dict[str, int]
    """The number of true animals in each region; `outside` for those in none."""


def simulate(folder: StrPath, settings: SurveySettings, progress: Callable[[float], None] | None = None) -> Survey:
    """Make a simulated survey in a folder. The same settings give the same survey.

    It writes orthomosaic.tif, regions.gpkg, truth.gpkg (layers animals, outlines, regions), truth.json (COCO of the
    orthomosaic and every photo) and README.txt. With `settings.photos`, it also writes photos/*.jpg, photos.csv (exact
    poses) and, if the camera looks straight down, transects.gpkg and transects.csv. The files of an earlier survey
    there are replaced.

    Args:
        folder: The folder; it is made if it does not exist.
        settings: The settings.
        progress: Gets the share that is done, 0 to 1.

    Raises:
        OutputError: The folder cannot be written.
    """
    folder = as_path(folder).absolute()
    _make_folders(folder, settings)
    tell = progress or (lambda share: None)
    scene = build_scene(settings)
    wkt = crs_to_wkt(settings.crs)
    exposures, strips = plan_flight(settings) if settings.photos else ([], [])
    photo_pixels = len(exposures) * settings.photo_width_px * settings.photo_height_px
    mosaic_share = settings.width_px * settings.height_px / (settings.width_px * settings.height_px + photo_pixels)

    orthomosaic, straight = folder / "orthomosaic.tif", SceneView(scene)
    bands = straight.orthomosaic() if exposures and settings.pitch_deg <= -90 else scene.renderer().bands(_BAND_ROWS)
    _write_orthomosaic(orthomosaic, settings, bands, wkt, lambda done: tell(done * mosaic_share * 0.98))
    counts = _write_ground_truth(folder, scene, wkt)
    photos: list[Path] = []
    for number, exposure in enumerate(exposures):
        photos.append(folder / "photos" / exposure.name)
        viewpoint = viewpoint_of(exposure, settings)
        view = straight if viewpoint is None else SceneView(scene, viewpoint)
        _write_photo(photos[-1], scene, view, exposure, number)
        tell((mosaic_share + (1.0 - mosaic_share) * (number + 1) / len(exposures)) * 0.98)
    _write_text(folder / "truth.json", json.dumps(_coco(scene, exposures), separators=(",", ":")))
    if exposures:
        _write_text(folder / "photos.csv", _poses_csv(exposures))
    # The ground in photos at an angle is wider far away than near by: no strip of even width.
    has_transects = bool(exposures) and settings.pitch_deg <= -90
    if has_transects:
        _write_transects(folder, scene, strips, exposures, wkt)
    _write_text(folder / "README.txt", _readme(scene, counts, len(photos), has_transects))
    tell(1.0)
    return Survey(
        folder=folder,
        settings=settings,
        orthomosaic=orthomosaic,
        regions=folder / "regions.gpkg",
        truth=folder / "truth.gpkg",
        truth_json=folder / "truth.json",
        photos=tuple(photos),
        photos_csv=folder / "photos.csv" if exposures else None,
        transects=folder / "transects.gpkg" if has_transects else None,
        transects_csv=folder / "transects.csv" if has_transects else None,
        boxes_px=scene.boxes_px(),
        is_lamb=scene.animals.is_lamb,
        counts=counts,
    )


def _make_folders(folder: Path, settings: SurveySettings) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if settings.photos:
            (folder / "photos").mkdir(exist_ok=True)
            sweep_folder(folder / "photos")
    except OSError as error:
        raise OutputError(f"{folder} cannot be made: {error.strerror or error}; choose another folder") from error


def _write_orthomosaic(
    path: Path,
    settings: SurveySettings,
    bands: Iterable[NDArray[np.uint8]],
    crs_wkt: str,
    tell: Callable[[float], None],
) -> None:
    """Write the orthomosaic. bands: its rows from top to bottom. tell: gets the share that is done, 0 to 1."""
    from geo.raster import write_geotiff  # rasterio's home, needed only where files are written

    write_geotiff(
        path,
        _counted(bands, settings.height_px, tell),
        settings.width_px,
        settings.height_px,
        (settings.gsd_m, 0.0, settings.origin[0], 0.0, -settings.gsd_m, settings.origin[1]),
        crs_wkt,
        quality=settings.jpeg_quality,
        tags={"TIFFTAG_IMAGEDESCRIPTION": "Simulated orthomosaic: not a real place"},
    )


def _counted(
    bands: Iterable[NDArray[np.uint8]], rows: int, tell: Callable[[float], None]
) -> Iterator[NDArray[np.uint8]]:
    done = 0
    for band in bands:
        yield band
        done += len(band)
        tell(done / rows)


def _write_text(path: Path, text: str) -> None:
    with whole(path) as part:
        part.write_bytes(text.encode())


def _to_map(xy_m: NDArray[np.float64], settings: SurveySettings) -> NDArray[np.float64]:
    """From scene metres (..., 2) to map coordinates."""
    return np.asarray(xy_m * [1.0, -1.0] + settings.origin, np.float64)


def _centres(boxes_px: Float, settings: SurveySettings) -> NDArray[np.float64]:
    """(N, 2) map coordinates: the centres of boxes."""
    centres = (boxes_px[:, :2].astype(np.float64) + boxes_px[:, 2:]) / 2
    return _to_map(centres * settings.gsd_m, settings)


def _inside(points_map: NDArray[np.float64], rings: list[NDArray[np.float64]]) -> NDArray[np.int64]:
    """(N,): the index of the first ring that holds each point, its edge included; -1 for none."""
    index = np.full(len(points_map), -1)
    for i in reversed(range(len(rings))):
        held = shapely.intersects_xy(shapely.Polygon(rings[i]), points_map[:, 0], points_map[:, 1])
        index[held] = i
    return index


def _write_ground_truth(folder: Path, scene: Scene, wkt: str) -> dict[str, int]:
    """Write regions.gpkg and truth.gpkg. Returns the true count of each region, and outside all."""
    from geo.vector import write_polygons  # pyogrio's home, needed only where files are written

    settings, animals = scene.settings, scene.animals
    boxes = scene.boxes_px()
    rings = {name: _to_map(ring, settings) for name, ring in paddock_rings(settings).items()}
    region = _inside(_centres(boxes, settings), list(rings.values()))
    names = [*rings, OUTSIDE]
    counts = {name: int((region == i).sum()) for i, name in enumerate(rings)} | {OUTSIDE: int((region < 0).sum())}
    young = [int((animals.is_lamb & (region == i)).sum()) for i in range(len(rings))]
    with whole(folder / "regions.gpkg") as part:
        write_polygons(part, "regions", list(rings.values()), {"region": list(rings)}, wkt)
    columns: dict[str, Any] = {
        "animal_id": np.arange(1, len(animals) + 1),
        "class": [animals.species.name] * len(animals),
        animals.species.young: animals.is_lamb.astype(np.int32),
        "region": [names[i] for i in region],
    }
    corners = boxes[:, [0, 1, 0, 3, 2, 3, 2, 1, 0, 1]].astype(np.float64).reshape(-1, 5, 2)
    on_ground = list(_to_map(corners * settings.gsd_m, settings))
    pixels: dict[str, Any] = {name: boxes[:, i] for i, name in enumerate(("xmin", "ymin", "xmax", "ymax"))}
    hulls = [
        shapely.get_coordinates(shapely.multipoints(_to_map(points, settings)).convex_hull)
        for points in scene.outlines_m()
    ]
    true_counts: dict[str, Any] = {"region": list(rings), "count": [counts[name] for name in rings]}
    true_counts["lambs" if animals.species is SHEEP else "young"] = young
    with whole(folder / "truth.gpkg") as part:
        write_polygons(part, "animals", on_ground, columns | pixels, wkt)
        write_polygons(part, "outlines", hulls, columns, wkt)
        write_polygons(part, "regions", list(rings.values()), true_counts, wkt)
    return counts


def _write_photo(path: Path, scene: Scene, view: SceneView, exposure: Exposure, number: int) -> None:
    from geo.raster import encode_jpeg  # rasterio's home, needed only where files are written

    settings = scene.settings
    rng = np.random.default_rng([settings.seed, 13, number])
    shift = rng.normal(0, 1, 3) * settings.position_noise_m
    twist = rng.normal(0, 1, 3) * settings.attitude_noise_deg
    metre_deg = 1.0 / 111_320.0
    tags = PoseTags(
        lon=exposure.lon + float(shift[0]) * metre_deg / np.cos(np.radians(exposure.lat)),
        lat=exposure.lat + float(shift[1]) * metre_deg,
        altitude_m=exposure.altitude_m + float(shift[2]),
        relative_altitude_m=exposure.agl_m + float(shift[2]),
        gimbal_yaw_deg=(exposure.yaw_deg + float(twist[0]) + 180.0) % 360.0 - 180.0,
        gimbal_pitch_deg=exposure.pitch_deg + float(twist[1]),
        gimbal_roll_deg=exposure.roll_deg + float(twist[2]),
        flight_yaw_deg=exposure.flight_yaw_deg,
        taken_at=exposure.taken_at,
        focal_length_mm=settings.focal_length_mm,
        sensor_width_mm=settings.sensor_width_mm,
        width_px=settings.photo_width_px,
        height_px=settings.photo_height_px,
    )
    jpeg = encode_jpeg(take_photo(scene, view, exposure, number), settings.jpeg_quality)
    with whole(path, swept=True) as part:
        part.write_bytes(with_pose_tags(jpeg, tags))


def photo_boxes(scene: Scene, exposure: Exposure) -> tuple[Float, NDArray[np.int64]]:
    """The animals of which a photo shows at least half: boxes (M, 4) xyxy image px, clipped to the photo, and their
    indices. An animal behind a tree or behind another one counts as well.
    """
    settings = scene.settings
    size = np.array([settings.photo_width_px, settings.photo_height_px], np.float64)
    outlines = scene.outlines_m(viewpoint_of(exposure, settings))
    if not outlines:
        return np.empty((0, 4), np.float32), np.empty(0, np.int64)
    px = to_photo_px(_to_map(np.concatenate(outlines), settings), exposure, settings)
    first = np.cumsum([0, *map(len, outlines[:-1])])
    # NaN, of an animal behind the camera, stays NaN, which is not seen.
    low, high = np.minimum.reduceat(px, first), np.maximum.reduceat(px, first)
    seen_low, seen_high = np.clip(low, 0, size), np.clip(high, 0, size)
    who = np.flatnonzero(np.prod(seen_high - seen_low, axis=1) >= 0.5 * np.prod(high - low, axis=1))
    return np.concatenate([seen_low, seen_high], axis=1)[who].astype(np.float32), who


def _coco(scene: Scene, exposures: list[Exposure]) -> dict[str, Any]:
    """COCO of the orthomosaic (image 1) and the photos: whole images, one category, the young flagged."""
    settings, species = scene.settings, scene.animals.species
    images: list[dict[str, Any]] = [
        {"id": 1, "file_name": "orthomosaic.tif", "width": settings.width_px, "height": settings.height_px}
    ]
    seen = [(1, scene.boxes_px(), np.arange(len(scene.animals)))]
    for i, exposure in enumerate(exposures, start=2):
        images.append(
            {
                "id": i,
                "file_name": f"photos/{exposure.name}",
                "width": settings.photo_width_px,
                "height": settings.photo_height_px,
                "date_captured": exposure.taken_at.isoformat(),
            }
        )
        seen.append((i, *photo_boxes(scene, exposure)))
    annotations: list[dict[str, Any]] = []
    for image_id, boxes, who in seen:
        for box, animal in zip(boxes.astype(np.float64), who, strict=True):
            x0, y0, x1, y1 = (round(float(v), 3) for v in box)
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image_id,
                    "category_id": 1,
                    "bbox": [x0, y0, round(x1 - x0, 3), round(y1 - y0, 3)],
                    "area": round((x1 - x0) * (y1 - y0), 3),
                    "iscrowd": 0,
                    species.young: bool(scene.animals.is_lamb[animal]),
                    "animal_id": int(animal) + 1,
                }
            )
    return {
        "info": {"description": "Simulated survey: not a real place", "seed": settings.seed, "species": species.name},
        "licenses": [],
        "categories": [{"id": 1, "name": species.name}],
        "images": images,
        "annotations": annotations,
    }


def _csv(header: list[str], rows: Iterable[list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _poses_csv(exposures: list[Exposure]) -> str:
    header = "photo,captured_at,transect,lon,lat,altitude_m,agl_m,yaw_deg,pitch_deg,roll_deg,x,y"
    return _csv(
        header.split(","),
        (
            [
                *(f"photos/{e.name}", e.taken_at.isoformat(), e.strip, f"{e.lon:.10f}", f"{e.lat:.10f}"),
                *(f"{height:.4f}" for height in (e.altitude_m, e.agl_m)),
                *(f"{angle:.6f}" for angle in (e.yaw_deg, e.pitch_deg, e.roll_deg)),
                *(f"{e.x:.4f}", f"{e.y:.4f}"),
            ]
            for e in exposures
        ),
    )


def _write_transects(folder: Path, scene: Scene, strips: list[Strip], exposures: list[Exposure], wkt: str) -> None:
    """Write transects.gpkg (the ground of the strips) and transects.csv (their true counts, as `geo.estimate` reads
    them).
    """
    from geo.vector import write_polygons  # pyogrio's home, needed only where files are written

    settings = scene.settings
    rings = [_to_map(strip.ring(), settings) for strip in strips]
    centres = _centres(scene.boxes_px(), settings)
    counts = [int((_inside(centres, [ring]) == 0).sum()) for ring in rings]
    names = [str(i) for i in range(1, len(rings) + 1)]
    scale = exposures[0].scale
    areas = [shapely.Polygon(ring).area / scale**2 / 1e6 for ring in rings]
    columns: dict[str, Any] = {
        "stratum": ["simulated"] * len(rings),
        "transect": names,
        "photos": [sum(e.strip == i for e in exposures) for i in range(1, len(rings) + 1)],
    }
    with whole(folder / "transects.gpkg") as part:
        write_polygons(part, "transects", rings, columns, wkt)
    rows = [
        ["simulated", names[i], scene.animals.species.name, counts[i], f"{areas[i]:.8f}"] for i in range(len(rings))
    ]
    _write_text(folder / "transects.csv", _csv(["stratum", "transect", "class", "count", "area_km2"], rows))


def _readme(scene: Scene, counts: dict[str, int], photos: int, transects: bool) -> str:
    settings, style, species = scene.settings, scene.style, scene.animals.species
    young = int(scene.animals.is_lamb.sum())
    lines = [
        "This survey is simulated. The place, its animals and the photos are computed; nothing here was photographed.",
        "",
        f"Made by Herdmap's simulation with seed {settings.seed}; the same settings give the same survey.",
        f"Sun from {style.sun.azimuth_deg:.0f} degrees, {style.sun.elevation_deg:.0f} above the horizon; "
        f"season {style.season:.2f} (0 green, 1 dry).",
        f"{len(scene.animals)} {species.plural}, {young} of them young (column {species.young}).",
        *_besides(species),
        "A model that learnt from this says so in its card, because good results here promise nothing elsewhere.",
        "",
        "orthomosaic.tif   the area from above",
        "regions.gpkg      three regions; part of the area is in none",
        "truth.gpkg        every animal's box (animals) and outline (outlines), the regions' true counts (regions)",
        "truth.json        the same boxes as COCO, in image px, for the orthomosaic and each photo",
    ]
    if photos:
        lines += [
            f"photos/           {photos} overlapping photos of the same place, poses in EXIF and XMP",
            "photos.csv        the exact poses",
        ]
    if transects:
        lines.append("transects.gpkg    the flight strips on the ground; transects.csv their true counts")
    lines += ["", "True animals per region (centre of the box):"]
    lines += [f"  {name}: {count}" for name, count in counts.items()]
    lines += ["", "Settings:", *(f"  {name} = {value}" for name, value in asdict(settings).items()), ""]
    return "\n".join(lines)


def _besides(species: Species) -> list[str]:
    """What there is besides the animals, and is none."""
    if species is SHEEP:
        return ["Besides them: trees, shrubs, stones, molehills and litter."]
    things = {
        "pasture": "trees, shrubs, stones, rocks, litter, carcasses and cars",
        "savanna": "trees, bush, rocks, termite mounds, carcasses and cars",
        "beach": "surf, rocks, driftwood, heaps of weed, carcasses and cars",
        "flats": "water, rocks, driftwood, heaps of weed and carcasses",
    }[species.habitat]
    return [f"Besides them: {things}, and shadows of birds that fly over."]
