"""The detector's own Python environment: setting it up, and running programs in it."""

from __future__ import annotations
