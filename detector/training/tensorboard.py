"""Reports a run to TensorBoard while it trains: `tensorboard --logdir FOLDER/tensorboard` shows it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detector.training.tracker import Start, Tracker

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


class TensorBoard(Tracker):
    """Writes TensorBoard's event files, each point at once.

    A resumed run hides the points that were written after its checkpoint.
    """

    def __init__(self) -> None:
        self._writer: SummaryWriter

    def started(self, start: Start) -> None:
        from torch.utils.tensorboard import SummaryWriter

        folder = start.folder / "tensorboard" / start.name
        self._writer = SummaryWriter(
            str(folder), purge_step=start.first_step + 1 if start.first_step else None, flush_secs=5
        )
        if not start.first_step:
            self.text("parameters", json.dumps(dict(start.parameters), indent=1, ensure_ascii=False))
            self.text("environment", json.dumps(dict(start.environment), indent=1))

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()

    def picture(self, step: int, name: str, pixels: NDArray[np.uint8]) -> None:
        self._writer.add_image(f"predictions/{name}", pixels, step, dataformats="HWC")

    def text(self, name: str, text: str) -> None:
        self._writer.add_text(name, f"```\n{text}\n```")
        self._writer.flush()

    def model(self, path: Path) -> None:
        self.text("model", str(path))

    def ended(self, error: str | None) -> None:
        self.text("ended", error or "well")
        self._writer.close()
