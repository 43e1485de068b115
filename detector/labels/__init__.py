"""Labelled photos, with a file for each format. A new label format goes here."""
