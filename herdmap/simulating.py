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
    species: str = "sheep",
    animals: int | None = None,
    width_m: float = 150.0,
    height_m: float = 115.0,
    gsd_m: float = 0.025,
    photos: bool = False,
    pitch_deg: float = -90.0,
    progress: bool | None = None,
) -> "SimulatedSurvey":
    """Simulate a survey: a landscape with animals, as an orthomosaic, with regions and the truth. It is not real
    imagery.

    Args:
        folder: The folder to write to; it is made if it does not exist.
        seed: The same seed gives the same files.
        species: sheep, cattle, elephant, antelope, zebra, seal or bird.
        animals: How many; by default as many as the species has room for, such as 160 sheep.
        width_m: Metres from west to east.
        height_m: Metres from north to south.
        gsd_m: Metres on the ground for one pixel, 0.01 to 0.1.
        photos: Also make single photos of the same ground, with their poses.
        pitch_deg: The camera's pitch in the photos, -90 (straight down) to -45.
        progress: Show a progress bar; None: in a terminal or a notebook.

    Returns:
        The files and the truth: `orthomosaic`, `regions`, `photos`, `boxes_px`, `counts` and more.

    Raises:
        Error: A setting makes no sense, or the folder cannot be written.
    """
    from geo.simulation import SPECIES, SurveySettings
    from geo.simulation import simulate as make

    if animals is None:
        animals = SPECIES[species].usual if species in SPECIES else 0  # the settings refuse an unknown species
    settings = SurveySettings(
        seed=seed,
        species=species,
        animals=animals,
        width_m=width_m,
        height_m=height_m,
        gsd_m=gsd_m,
        photos=photos,
        pitch_deg=pitch_deg,
    )
    with share_done(progress, "simulating") as done:
        return make(folder, settings, done)
