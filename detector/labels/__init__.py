"""Labelled photos as people have them, a file for each format."""
