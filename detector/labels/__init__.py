"""Labelled photos, with a file for each format. A new format of labels goes here."""
