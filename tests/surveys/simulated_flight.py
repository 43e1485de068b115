"""A simulated flight over known animals, and a detector that finds them all."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector import models
from detector.detections import Detections
from detector.models import ModelInfo
from geo import raster
from geo.simulation import SurveySettings, simulate
from geo.simulation.flight import Exposure, plan_flight, to_photo_px

HALF_BOX_PX = 3.0


@dataclass(frozen=True)
class Flown:
    """A simulated survey: its folder, each photo's exposure, and where the animals are (N, 2)."""

    folder: Path
    settings: SurveySettings
    exposures: dict[str, Exposure]
    animals: NDArray[np.float64]

    @classmethod
    def of(cls, folder: Path, settings: SurveySettings) -> "Flown":
        """Simulate it."""
        made = simulate(folder, settings)
        exposures = {exposure.name: exposure for exposure in plan_flight(settings)[0]}
        centres = (made.boxes_px[:, :2].astype(np.float64) + made.boxes_px[:, 2:]) / 2 * settings.gsd_m
        return cls(made.folder, settings, exposures, np.array(settings.origin) + centres * (1, -1))

    def seen(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The animals whole in a photo: (M, 2) image px, (M, 2) map."""
        px = to_photo_px(self.animals, self.exposures[name], self.settings)
        size = (self.settings.photo_width_px, self.settings.photo_height_px)
        inside = ((px > HALF_BOX_PX) & (px < np.array(size) - HALF_BOX_PX)).all(axis=1)
        return px[inside], self.animals[inside]


class TruthModel:
    """Knows each photo by its pixels and answers with boxes around the animals that are in it."""

    device = "cpu"
    calls_at_once = 1
    files = (models.BUNDLED / "sheep.onnx",)
    remarks: tuple[str, ...] = ()

    def __init__(self, flown: Flown) -> None:
        self._width, self._height = flown.settings.photo_width_px, flown.settings.photo_height_px
        self.info = ModelInfo("detector", "truth", ("sheep",), self._width, 16)
        self.about: dict[str, str] = {}
        self.calls = 0
        self._boxes = {}
        for name in flown.exposures:
            with raster.RasterReader(flown.folder / "photos" / name) as photo:
                pixels, _ = photo.read(0, 0, self._width, self._height)
            px = flown.seen(name)[0]
            self._boxes[pixels.tobytes()] = np.hstack([px - HALF_BOX_PX, px + HALF_BOX_PX])

    def detect(self, tiles: NDArray[np.uint8]) -> Detections:
        self.calls += 1
        shown = [tile[: self._height, : self._width].tobytes() for tile in tiles]
        found = [self._boxes.get(pixels, np.empty((0, 4))) for pixels in shown]
        boxes = np.concatenate(found)
        index = np.repeat(np.arange(len(tiles)), [len(f) for f in found])
        return Detections.of(boxes, np.full(len(boxes), 0.9), np.zeros(len(boxes)), index.astype(np.int32))
