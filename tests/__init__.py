"""The tests of the packages, in folders as the packages are; surveys for them are built in `tests/surveys`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The root of the checkout."""
