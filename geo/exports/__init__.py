"""Writes a survey's animals for other programs, with a file for each format."""
