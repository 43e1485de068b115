"""Searching images: tiles, batches for the model, one box an animal, and the journal of what is done."""
