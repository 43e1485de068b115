"""Population estimates by Jolly's Method 2: strata, transects, the ground they searched, and correction by a review."""
