"""The review: a person looks at one detection after the other, and says what each is."""

from __future__ import annotations
