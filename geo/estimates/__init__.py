"""Population estimates by Jolly's Method 2: strata, transects and their effort, and correction by a review."""
