"""Pixels to map: rasters, georeferencing, the GeoPackage, counts per region. Knows nothing of models."""
