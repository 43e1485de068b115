"""From pixels to a map: rasters, georeferencing, the GeoPackage, counts and estimates. It knows nothing of models."""
