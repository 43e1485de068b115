"""Reviews: carried over to a new run, merged from two people, and compared."""
