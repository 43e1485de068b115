"""A tracker that keeps what it is told."""

from detector.training.tracker import Tracker


class Told(Tracker):
    def __init__(self):
        self.values, self.texts, self.files, self.pictures = {}, {}, [], []

    def metrics(self, step, values):
        self.values.setdefault(step, {}).update(values)

    def text(self, name, text):
        self.texts[name] = text

    def picture(self, step, name, pixels):
        self.pictures.append((step, name, pixels.shape))

    def model(self, path):
        self.files.append(path)
