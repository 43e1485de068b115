"""Photos on the ground: where each camera was and where it pointed, from tags, tables and flight logs, over terrain."""
