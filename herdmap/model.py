"""A model on its own: images in, boxes out, nothing on the disk."""

from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from detector import models
from detector.models import ModelInfo
from geo.paths import StrPath
from herdmap.news import warn
from herdmap.tables import PredictionTable

if TYPE_CHECKING:
    from detector.search.batches import FittedModel


class Model:
    """A detector that is loaded. `Model.load` makes one."""

    def __init__(self, model: "FittedModel") -> None:
        self._model = model

    @classmethod
    def load(cls, model: StrPath | None = None, *, device: str = "auto", trust: bool = False) -> Self:
        """Load a detector.

        Args:
            model: A model file or a bundled model's name; by default `sheep`.
            device: `auto`, `cpu`, `cuda` or `cuda:N`.
            trust: Run the code in a pickled model or a Python configuration.

        Raises:
            Error: There is no such model, it is not a detector, or its framework is not installed.
        """
        from detector.survey.one_image import fitted_detector

        return cls(fitted_detector(model, device, trust))

    @property
    def info(self) -> ModelInfo:
        """What the model file says: `classes`, `tile_size`, `gsd_m`, `score_threshold` and more."""
        return self._model.info

    @property
    def device(self) -> str:
        """Where it runs: `cpu` or `cuda:N`."""
        return self._model.device

    @property
    def sha256(self) -> str:
        """The hex SHA-256 of its files, as surveys record it."""
        return models.sha256_of(*self._model.files)

    def predict(
        self, image: NDArray[np.uint8] | StrPath, *, score: float | None = None, gsd_m: float | None = None
    ) -> PredictionTable:
        """The animals in one image, tiled and merged as `detect` does it.

        Args:
            image: A path, or pixels (H, W, 3) uint8 RGB of any size.
            score: The least score, 0 to 1; by default the model's.
            gsd_m: Metres on the ground for one pixel, to search at the model's scale; by default the file's own.

        Returns:
            A row for each animal, its box in px of the image.

        Raises:
            Error: The image cannot be read, or the array has another shape or dtype.
        """
        from detector.survey.one_image import search_image

        found, warnings = search_image(self._model, image, score, gsd_m)
        warn(*warnings)
        return PredictionTable.of(found, self.info.classes)

    def __repr__(self) -> str:
        return f"Model({self.info.name!r}, classes={list(self.info.classes)}, device={self.device!r})"
