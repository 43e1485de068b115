"""Counts an animal once, even if several photos show it: registers photos to each other, and matches sightings."""
