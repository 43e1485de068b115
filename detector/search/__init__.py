"""Searches images: tiles, batches for the model, one box for each animal, and the journal of finished work."""
