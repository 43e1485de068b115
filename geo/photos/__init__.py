"""Photos on the ground: where each camera was and how it looked, from tags, tables and flight logs, over terrain."""
