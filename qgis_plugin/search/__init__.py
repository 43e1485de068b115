"""Search mode: a person looks at images cell by cell and marks every animal; what was looked at is written down."""

from __future__ import annotations
