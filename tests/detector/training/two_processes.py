"""One process of a run that torchrun starts: a network whose loss is a plain mean, so that two processes with half of
each batch learn what one learns from all of it. Run as `torchrun ... two_processes.py CONFIG FOLDER`."""

import json
import os
import sys
from pathlib import Path

import torch
from torch import nn

from detector.detections import Detections
from detector.training import fit as loop
from detector.training.config import load_config
from detector.training.tracker import Tracker


class Plain:
    """One convolution that learns to say how bright its input is."""

    backbone, heads = ("body.",), ("head.",)

    def __init__(self, seed):
        torch.manual_seed(seed)
        self.network: nn.Module = nn.Sequential()
        self.network.add_module("body", nn.Conv2d(3, 4, 3, padding=1))
        self.network.add_module("head", nn.Conv2d(4, 1, 1))
        self.shown = []

    def collate(self, views):
        self.shown += [int(view.pixels.sum()) for view in views]
        return torch.stack([view.pixels for view in views])

    def losses(self, network, pixels, device):
        bright = pixels.float() / 255
        return {"loss_mean": (network(bright) - bright.mean(1, keepdim=True)).square().mean()}

    def detect(self, network, tiles, device, lowest):
        return Detections.empty()

    def class_rows(self, name):
        return None

    def write(self, network, info, folder):
        path = folder / f"{info.name}.txt"
        path.write_text("written")
        return path


class Told(Tracker):
    def __init__(self):
        self.losses = []

    def metrics(self, step, values):
        self.losses += [values["loss"]] if "loss" in values else []


def main(config, folder):
    rank = os.environ.get("RANK", "alone")
    kind, told = (
        Plain(1 + int(os.environ.get("RANK", "0"))),
        Told(),
    )  # each begins elsewhere: the first one's weights hold
    path = loop.fit(load_config(Path(config), output=Path(folder)), kind, told)
    torch.save(kind.network.state_dict(), Path(folder) / f"weights_{rank}.pt")
    said = {"losses": told.losses, "shown": kind.shown, "path": str(path)}
    (Path(folder) / f"said_{rank}.json").write_text(json.dumps(said))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(*sys.argv[1:])
