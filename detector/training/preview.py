"""Shows what the schedule of a config does, without training."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from detector.training.config import TrainingConfig, load_config
from detector.training.schedule import doubts
from geo.paths import StrPath


@dataclass(frozen=True)
class Preview:
    """The schedule of a config.

    Attributes:
        config: The settings.
        rates: (steps,) float64, the learning rate of every step, from the scheduler that training uses.
        epoch_steps: Steps in an epoch, or None if the data could not be read.
        doubts: What looks wrong, one line each.
    """

    config: TrainingConfig
    rates: NDArray[np.float64]
    epoch_steps: float | None
    doubts: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """The schedule in words: where the rate peaks, and where it changes at once."""
        schedule, rates = self.config.schedule, self.rates
        epochs = f", {len(rates) / self.epoch_steps:.2f} epochs of {self.epoch_steps:.1f}" if self.epoch_steps else ""
        yield f"{schedule.kind}, {schedule.optimiser}: {len(rates)} steps{epochs}"
        said = {0: "", schedule.warm_up_steps: ", the warm-up is over"} if schedule.warm_up_steps else {0: ""}
        said |= dict.fromkeys(schedule.milestones, "") | dict.fromkeys(schedule.restarts, ", a restart")
        said[len(rates) - 1] = ", the last"
        for step in sorted(step for step in said if step < len(rates)):
            yield f"step {step}: {rates[step]:.4g}{said[step]}"


def preview(config: StrPath) -> Preview:
    """Compute the schedule of a config, and read how long an epoch is.

    Args:
        config: The TOML file.

    Raises:
        InputError: The config cannot be used.
    """
    settings = load_config(config)
    # Every framework follows the config's own schedule, so it need not be installed.
    rates = np.array([settings.schedule.rate(step) for step in range(settings.schedule.steps)])
    found = doubts(settings.schedule, rates)
    epoch_steps: float | None = None
    try:
        from detector.training.data import epoch_length
        from detector.training.dataset import read_dataset

        epoch_steps = epoch_length(read_dataset(settings), settings) / settings.schedule.batch
    except (InputError, ImportError) as error:
        found.append(f"epochs are not shown, since the data cannot be read: {error}")
    return Preview(settings, rates, epoch_steps, tuple(found))
