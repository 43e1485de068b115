"""The algorithms of the provider `herdmap`, a file for each."""

from __future__ import annotations

from .check import Check
from .count import Count
from .detect import Detect
from .estimate import Estimate
from .evaluate import Evaluate
from .export import Export, ExportData
from .georeference import Georeference
from .new_survey import NewSurvey
from .share import Share

ALGORITHMS = (Detect, NewSurvey, Count, Estimate, Georeference, Evaluate, Export, ExportData, Share, Check)
