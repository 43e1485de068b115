"""Counts an animal in several photos once: registers photos to each other, groups sightings, and chooses one of each
group.
"""
