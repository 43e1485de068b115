"""The panel *Herdmap*: the survey at hand and its road, from the imagery to the report."""

from __future__ import annotations
