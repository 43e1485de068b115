"""A strip survey with its photos: simulated ground seen from where the photos truly were, animals drawn on it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from geo.overlaps.pixels import LONGER_SIDE_PX, Features, PixelMatch, find_features, match_pixels
from geo.overlaps.ties import Ties, gathered, tie
from geo.photos.camera import Camera
from geo.photos.projection import PosedPhoto, PoseError
from geo.simulation import SurveySettings
from geo.simulation.noise import Window
from geo.simulation.scene import build_scene
from tests.surveys.strip import StripSurvey

GSD_M = 0.1
_FOCAL_PX = 1000.0


@dataclass(frozen=True, eq=False)
class Ground:
    """Pixels (H, W, 3) of ground without animals, `GSD_M` each; the first one's outer corner is at `corner`, map m."""

    pixels: NDArray[np.uint8]
    corner: tuple[float, float]


def simulated_ground(survey: StripSurvey, seed: int) -> Ground:
    """Pasture with its shrubs and trees under what a survey sees."""
    made, corner = _under(survey, seed)
    pixels = build_scene(made).renderer().render(Window(0, 0, made.width_px, made.height_px), sensor_noise=False)
    return Ground(pixels, corner)


def _under(survey: StripSurvey, seed: int) -> tuple[SurveySettings, tuple[float, float]]:
    """The ground under what a survey sees, and its corner."""
    low = survey.true_centres.min(axis=0) - max(survey.footprint_m)
    size = survey.true_centres.max(axis=0) + max(survey.footprint_m) - low
    made = SurveySettings(seed=seed, width_m=size[0], height_m=size[1], gsd_m=GSD_M, animals=0)
    return made, (float(low[0]), float(low[1] + size[1]))


def water(survey: StripSurvey) -> Ground:
    """Nothing but one colour: what there is to see is the camera's noise."""
    made, corner = _under(survey, 1)
    return Ground(np.full((made.height_px, made.width_px, 3), 90, np.uint8), corner)


def photo(survey: StripSurvey, ground: Ground, index: int) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """A photo's pixels, across its longer side, and the boxes (N, 4) of its animals in image px."""
    width, height = (round(side / GSD_M) for side in survey.footprint_m)
    corners = np.array([(0.0, 0.0), (width, 0.0), (0.0, height)])
    on_ground = survey.true_centres[index] + _seen(corners, width, height) @ survey.looks[index].T
    source = (on_ground - ground.corner) * (1, -1) / GSD_M
    # OpenCV counts px from their centres.
    warp = cv2.getAffineTransform((corners - 0.5).astype(np.float32), (source - 0.5).astype(np.float32))
    pixels = cv2.warpAffine(ground.pixels, warp, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    rows = np.flatnonzero(survey.image == index)
    seen = (survey.xy[rows] - survey.photos.centres[index]) @ np.linalg.inv(survey.poses[index])
    centres = np.column_stack([width / 2 - seen[:, 1] / GSD_M, height / 2 - seen[:, 0] / GSD_M])
    boxes = []
    for animal, (x, y) in zip(survey.animal[rows].tolist(), centres.tolist(), strict=True):
        look = np.random.default_rng(animal)
        long, coat = 0.9 / GSD_M, int(look.integers(60, 230))
        axes, colour = (round(long), round(long / 2.5)), (coat, coat, coat - 20)
        cv2.ellipse(pixels, (round(x), round(y)), axes, float(look.uniform(0, 180)), 0, 360, colour, -1)
        boxes.append((x - long, y - long, x + long, y + long))
    noise = 3 * np.random.default_rng([index, 3]).standard_normal(pixels.shape, np.float32)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8), np.array(boxes).reshape(-1, 4)


def pose(survey: StripSurvey, index: int, noise_m: float) -> PosedPhoto:
    """A photo as its pose has it, which is off by what the survey says."""
    width, height = (round(side / GSD_M) for side in survey.footprint_m)
    back = survey.poses[index]
    scale = float(np.sqrt(np.linalg.det(back)))
    rotation = np.zeros((3, 3))
    rotation[:2, 0], rotation[:2, 1], rotation[2, 2] = -back[1] / scale, -back[0] / scale, -1.0
    x, y = survey.photos.centres[index]
    up = _FOCAL_PX * GSD_M * scale
    error = PoseError(xy_m=max(noise_m, 0.1), z_m=0.01 * up, tilt_deg=0.05, yaw_deg=1.5)
    camera = Camera(width, height, _FOCAL_PX, _FOCAL_PX, width / 2, height / 2)
    return PosedPhoto(
        camera, "camera pose", "EPSG:32737", float(x), float(y), up, rotation, np.eye(2), 0.0, error=error, curved=False
    )


def _seen(px: NDArray[np.float64], width: int, height: int) -> NDArray[np.float64]:
    """Image px -> metres along and across: up is ahead, left of it is positive."""
    return np.column_stack([height / 2 - px[:, 1], width / 2 - px[:, 0]]) * GSD_M


class Photographed:
    """The photos of a survey's ground, looked at once: what they have in common does not depend on their poses."""

    def __init__(self, survey: StripSurvey, ground: Ground) -> None:
        self._features: list[Features] = []
        self._boxes: list[NDArray[np.float64]] = []
        for index in range(len(survey.photos)):
            pixels, boxes = photo(survey, ground, index)
            height, width = pixels.shape[:2]
            size = LONGER_SIDE_PX, round(height * LONGER_SIDE_PX / width)
            smaller = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
            self._features.append(find_features(smaller, width))
            self._boxes.append(boxes)
        self._known: dict[tuple[int, int], PixelMatch] = {}

    def ties(self, survey: StripSurvey, noise_m: float) -> tuple[Ties, int]:
        """The ties of a survey of the same flight and animals, whatever its poses' noise; and how many pairs were
        compared."""
        from detector.survey.matching import pairs_to_match

        posed = [pose(survey, index, noise_m) for index in range(len(survey.photos))]
        pairs = pairs_to_match(posed)
        tied = []
        for a, b in pairs:
            if (a, b) not in self._known:
                self._known[a, b] = match_pixels(self._features[a], self._features[b])
            found = tie(self._known[a, b].px, posed[a], posed[b], self._boxes[a], self._boxes[b])
            if not isinstance(found, str):
                tied.append((a, b, found))
        return gathered(tied, len(posed)), len(pairs)
