"""Random networks of the frameworks themselves, exported by them, with their own decoding. See `foreign_models.py`."""
