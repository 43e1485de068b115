"""The layouts of the answers of other tools' ONNX files: how each is read, and the table of all (`known.py`).

A file's layout follows from its metadata and its declared shapes, or from the card beside it. Where these leave a
doubt, the file is asked about a few tiles, and the one layout that all its answers fit is taken. Every answer is
checked as it is read: an answer that does not fit is an error and never a count.
"""
