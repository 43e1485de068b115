"""The algorithms of the provider `herdmap`, a file for each."""

from __future__ import annotations

from .check import Check
from .compare import Compare
from .count import Count
from .detect import Detect
from .detect_rest import DetectRest
from .distance import Distance
from .estimate import Estimate
from .evaluate import Evaluate
from .export import Export, ExportData
from .find import Find
from .georeference import Georeference
from .import_labels import ImportLabels
from .merge import Merge
from .new_survey import NewSurvey
from .observers import Observers
from .plan import Plan
from .report import Report
from .sample import Sample
from .share import Share
from .teach import Teach

ALGORITHMS = (
    Detect,
    NewSurvey,
    Find,
    Teach,
    DetectRest,
    ImportLabels,
    Plan,
    Count,
    Sample,
    Estimate,
    Observers,
    Compare,
    Distance,
    Georeference,
    Evaluate,
    Export,
    ExportData,
    Merge,
    Report,
    Share,
    Check,
)
