"""Reviews: carried over to a new run, two people's made one, and how often they agree."""
