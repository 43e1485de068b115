"""From imagery to boxes in image px, and runs over whole surveys."""

__version__ = "0.1.0"
