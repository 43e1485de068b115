"""A simulated flight with known animals, as a survey's tables: poses from tags that are off, boxes without pixels."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.georeference import boxes_to_polygons
from geo.photos.poses import poses_for
from geo.photos.projection import PosedPhoto
from geo.raster import RasterInfo
from geo.simulation import SurveySettings
from geo.simulation.flight import Exposure, plan_flight
from geo.simulation.scene import build_scene
from geo.simulation.survey import photo_boxes
from geo.tables import DetectionRows, Images
from tests.surveys.photo_headers import dji_xmp, header


@dataclass(frozen=True, eq=False)
class FlownSurvey:
    """animal: (M,) which one each row of `rows` is; `animals`: how many any photo's detector found."""

    images: Images
    rows: DetectionRows
    crs_wkt: str
    animal: NDArray[np.int64]
    exposures: list[Exposure]

    @property
    def animals(self) -> int:
        return len(np.unique(self.animal))


# Made once for all tests that ask for the same one.
@functools.cache
def flown_survey(
    seed: int,
    *,
    position_m: float = 0.0,
    height_m: float = 0.0,
    attitude_deg: float = 0.0,
    found: float = 1.0,
    jitter_px: float = 0.0,
    **settings: float,
) -> FlownSurvey:
    """Photos whose tags are off by so many metres along each axis and degrees about each, a draw a photo.

    found: the chance that a photo's detector finds an animal. jitter_px: of each side of a box.
    """
    made = SurveySettings(seed=seed, photos=True, **settings)  # type: ignore[arg-type]
    scene, (exposures, _) = build_scene(made), plan_flight(made)
    rng = np.random.default_rng(seed + 99)
    infos, boxes, animal = [], [], []
    for e in exposures:
        infos.append(_header(rng, e, made, position_m, height_m, attitude_deg))
        seen, who = photo_boxes(scene, e)
        kept = rng.random(len(seen)) < found
        boxes.append(seen[kept] + rng.normal(0, jitter_px, (int(kept.sum()), 4)))
        animal.append(who[kept])
    placed = poses_for(infos)
    polygons, errors, rings = [], [], []
    for photo, found_boxes in zip(placed.photos, boxes, strict=True):
        assert isinstance(photo.georeference, PosedPhoto)
        polygons.append(boxes_to_polygons(photo.georeference, found_boxes))
        errors.append(photo.georeference.error_m((found_boxes[:, :2] + found_boxes[:, 2:]) / 2))
        rings.append(photo.georeference.footprint())
    n, image = len(exposures), np.repeat(np.arange(len(exposures)), [len(b) for b in boxes])
    unknown = np.full(n, np.nan)
    images = Images(
        path=[f"photos/{e.name}" for e in exposures],
        width=np.full(n, made.photo_width_px),
        height=np.full(n, made.photo_height_px),
        captured_at=[e.taken_at.isoformat() for e in exposures],
        lon=unknown, lat=unknown, altitude_m=unknown, agl_m=unknown, heading_deg=unknown, gsd_m=unknown,
        georeference=["camera pose"] * n,
        status=["done"] * n,
        reason=[None] * n,
        detections=np.bincount(image, minlength=n),
        tiles=np.ones(n, np.int64),
        footprints=rings,
    )  # fmt: skip
    rows = DetectionRows(
        paths=images.path,
        image=image,
        classes=("sheep",),
        label=np.zeros(len(image), np.int64),
        score=np.full(len(image), 0.9),
        boxes_px=np.concatenate(boxes),
        polygons_map=np.concatenate(polygons),
        error_m=np.concatenate(errors),
        run_id="r1",
    )
    assert placed.crs_wkt is not None
    _freeze([*vars(images).values(), *vars(rows).values(), *rings])
    return FlownSurvey(images, rows, placed.crs_wkt, np.concatenate(animal), exposures)


def _freeze(columns: Iterable[object]) -> None:
    """Nothing can be written into these arrays any more."""
    for column in columns:
        if isinstance(column, np.ndarray):
            column.setflags(write=False)


def _header(
    rng: np.random.Generator, e: Exposure, made: SurveySettings, position_m: float, height_m: float, attitude_deg: float
) -> RasterInfo:
    """The header of a photo whose tags are off."""
    lens = {
        "FocalLength": f"({made.focal_length_mm})",
        "FocalPlaneXResolution": f"({made.photo_width_px / made.sensor_width_mm * 10})",
        "FocalPlaneResolutionUnit": "3",
    }
    east, north = rng.normal(0, 1, 2) * position_m / 111_320.0
    up, (yaw, pitch, roll) = rng.normal() * height_m, rng.normal(0, 1, 3) * attitude_deg
    xmp = dji_xmp(
        GpsLatitude=f"{e.lat + north:+.10f}",
        GpsLongitude=f"{e.lon + east / np.cos(np.radians(e.lat)):+.10f}",
        AbsoluteAltitude=f"{e.altitude_m + up:+.4f}",
        RelativeAltitude=f"{e.agl_m + up:+.4f}",
        GimbalYawDegree=f"{e.yaw_deg + yaw:+.6f}",
        GimbalPitchDegree=f"{e.pitch_deg + pitch:+.6f}",
        GimbalRollDegree=f"{e.roll_deg + roll:+.6f}",
    )
    size = made.photo_width_px, made.photo_height_px
    return header(e.name, *size, exif=lens, xmp=xmp, captured_at=e.taken_at.isoformat())
