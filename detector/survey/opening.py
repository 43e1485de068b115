"""Opens the models of a run."""

from dataclasses import dataclass

from detector import models
from detector.models.floor import ask
from detector.search.batches import FittedClassifier, FittedModel
from detector.search.gate import check_gate
from detector.search.timing import Profile
from detector.survey.planning import PlannedGate, Settings
from detector.survey.searching import CALLS_AT_ONCE


@dataclass(frozen=True)
class Opened:
    """The models of a run.

    Attributes:
        model: The detector or the tile classifier.
        sha256: Its digest.
        gate: The classifier before it, or None.
        planned_gate: The gate for the plan, or None.
    """

    model: FittedModel | FittedClassifier
    sha256: str
    gate: FittedClassifier | None = None
    planned_gate: PlannedGate | None = None

    @property
    def engine(self) -> str:
        """What runs the model, and in which precision, for a person."""
        about = self.model.about
        return ", ".join(filter(None, (about.get("precision"), about.get("framework"))))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the user should know about the models, after their work."""
        return (*self.model.remarks, *(self.gate.remarks if self.gate else ()))


def open_models(
    model: str | None, gate: str | None, device: str, trust: bool, settings: Settings, profile: Profile
) -> Opened:
    """Open the model and the gate, if there is one. Batches fit into memory, and the profile gets their time.

    Raises:
        InputError: A file does not exist.
        ModelError: A model cannot be used.
    """
    opened = models.open_model(model, device, trust=trust, calls_at_once=CALLS_AT_ONCE)
    ask(opened, settings.score_floor)
    loaded = fitted(opened, profile, settings.time_limit_s)
    sha256 = models.sha256_of(*loaded.files)
    if gate is None:
        return Opened(loaded, sha256)
    classifier = models.load_classifier(gate, device, trust=trust, calls_at_once=CALLS_AT_ONCE)
    if isinstance(classifier, models.Interruptible):
        classifier.limit(settings.time_limit_s)
    ahead = FittedClassifier(classifier, profile, "gate")
    check_gate(ahead.info)
    threshold = settings.gate_threshold
    if threshold is None:
        threshold = float(ahead.info.thresholds().min())
    return Opened(loaded, sha256, ahead, PlannedGate(ahead.info, models.sha256_of(*ahead.files), threshold))


def fitted(
    opened: models.Model | models.TileClassifier, profile: Profile, limit_s: float
) -> FittedModel | FittedClassifier:
    """A detector or a tile classifier whose batches fit the memory. limit_s: how long a call may take, where that can
    be limited.
    """
    if isinstance(opened, models.Interruptible):
        opened.limit(limit_s)
    if isinstance(opened, models.TileClassifier):
        return FittedClassifier(opened, profile)
    return FittedModel(opened, profile)
