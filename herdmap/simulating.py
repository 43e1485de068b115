"""A survey to try things on, with the truth known."""

from typing import TYPE_CHECKING

from geo.paths import StrPath
from herdmap.news import share_done

if TYPE_CHECKING:
    from geo.simulation import Survey as SimulatedSurvey


def simulate(
    folder: StrPath,
    *,
    seed: int = 1,
    animals: int = 160,
    width_m: float = 150.0,
    height_m: float = 115.0,
    photos: bool = False,
    progress: bool | None = None,
) -> "SimulatedSurvey":
    """Simulate a survey: a landscape with sheep, as an orthomosaic, with regions and the truth. It is not real imagery.

    Args:
        folder: The folder to write to; it is made if it does not exist.
        seed: The same seed gives the same files.
        animals: How many sheep.
        width_m: Metres from west to east.
        height_m: Metres from north to south.
        photos: Also make single photos of the same ground, with their poses.
        progress: Show a progress bar; None: in a terminal or a notebook.

    Returns:
        The files and the truth: `orthomosaic`, `regions`, `photos`, `boxes_px`, `counts` and more.

    Raises:
        Error: A setting makes no sense, or the folder cannot be written.
    """
    from geo.simulation import SurveySettings
    from geo.simulation import simulate as make

    settings = SurveySettings(seed=seed, animals=animals, width_m=width_m, height_m=height_m, photos=photos)
    with share_done(progress, "simulating") as done:
        return make(folder, settings, done)
