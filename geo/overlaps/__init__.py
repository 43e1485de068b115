"""One animal in several photos counts once: photos registered to each other, sightings grouped, one of them counted."""
