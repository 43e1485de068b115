"""The algorithms of the provider `herdmap`, a file for each."""

from __future__ import annotations

from .check import Check
from .count import Count
from .detect import Detect
from .estimate import Estimate
from .evaluate import Evaluate
from .export import Export, ExportData
from .find import Find
from .georeference import Georeference
from .import_labels import ImportLabels
from .new_survey import NewSurvey
from .report import Report
from .share import Share
from .teach import Teach

ALGORITHMS = (
    Detect,
    NewSurvey,
    Find,
    Teach,
    ImportLabels,
    Count,
    Estimate,
    Georeference,
    Evaluate,
    Export,
    ExportData,
    Report,
    Share,
    Check,
)
