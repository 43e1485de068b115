"""How a model is taught: how long, from where, on which device."""

from dataclasses import dataclass
from pathlib import Path

from detector.errors import InputError

MINUTES = 10.0


@dataclass(frozen=True)
class Teaching:
    """How a model is taught.

    Attributes:
        minutes: How long it may take, about.
        length_px: The side of animals that are marked as points alone, px; None: as large as those with boxes.
        start: The model to start from; None: the model that the output replaces, or the bundled one.
        from_nothing: Start from random weights instead, to compare.
        steps: Exactly so many steps of learning, instead of as many as the time allows.
        device: 'auto', 'cpu', 'cuda' or 'cuda:N'.
        seed: Another seed draws other views.
    """

    minutes: float = MINUTES
    length_px: float | None = None
    start: Path | None = None
    from_nothing: bool = False
    steps: int | None = None
    device: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.minutes <= 24 * 60:
            raise InputError(f"minutes is {self.minutes}; expected more than 0, and at most a day")
        if self.length_px is not None and not 4 <= self.length_px <= 4096:
            raise InputError(f"the length of the animals is {self.length_px} px; expected 4 to 4096")
