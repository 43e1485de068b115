"""Population estimates: Jolly's Method 2 over strata, transects and their effort, counts corrected by a review."""
