"""HerdNet's and OWL's networks, built from their repositories, against their own LMDS."""

import importlib.util
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.frameworks.case import CLASSES, SCORE, Case, Decode, Found, answers, card, enliven, settle, tensor

_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def cases(source: Path) -> Iterator[Case]:
    """source: a folder with the repositories HerdNet and MegaDetector-Overhead."""
    if (source / "HerdNet").is_dir():
        for name, size, batch in (
            ("HerdNet", (256, 256), None),
            ("HerdNet, batch 1", (128, 224), 1),
        ):
            yield Case(name, size, _maker(source / "HerdNet", "herdnet", "HerdNet", "herdnet", size, batch))
    if (source / "MegaDetector-Overhead").is_dir():
        yield Case(
            "OWL-C of MegaDetector-Overhead",
            (256, 256),
            _maker(source / "MegaDetector-Overhead", "owl_c", "OWLC", "heatmap", (256, 256), None),
        )


def _maker(repository: Path, module: str, network: str, layout: str, size: tuple[int, int], batch: int | None) -> Any:
    return lambda path, tiles: _make(path, tiles, repository, (module, network), layout, size, batch)


def _make(
    path: Path,
    tiles: NDArray[np.uint8],
    repository: Path,
    wanted: tuple[str, str],
    layout: str,
    size: tuple[int, int],
    batch: int | None,
) -> Decode:
    models, lmds = _modules(repository, wanted[0])
    torch.manual_seed(0)
    several = {"num_classes": len(CLASSES) + 1} if layout == "herdnet" else {}
    network = getattr(models, wanted[1])(pretrained=False, **several).eval()
    mean, std = (torch.tensor(v)[:, None, None] for v in (_MEAN, _STD))
    shown = (tensor(tiles[:4]) - mean) / std
    settle(network, lambda: network(shown))
    enliven([network.loc_head[-2]], lambda: network(shown), 0.05)
    names = ["heatmap"]
    if layout == "herdnet":
        enliven([network.cls_head[-1]], lambda: network(shown), None)
        names.append("classes")
    free = None if batch else {name: {0: "batch"} for name in ("images", *names)}
    torch.onnx.export(
        network, (shown[:1],), path, input_names=["images"], output_names=names, dynamic_axes=free, dynamo=False
    )
    classes = CLASSES if layout == "herdnet" else CLASSES[:1]
    path.with_suffix(".toml").write_text(card(layout, classes, min(size)), encoding="utf-8")
    decoding = lmds.HerdNetLMDS() if layout == "herdnet" else lmds.HerdNet_Detection_Branch_LMDS()

    session = answers(path)

    def decode(tile: NDArray[np.uint8]) -> Found:
        maps = session((tensor(tile[None]) - mean) / std)
        found = decoding(maps if layout == "herdnet" else maps[0])
        places, labels, scores = (np.array(found[i][0]) for i in (1, 2, -1))
        # Its places are rows and columns of the heatmap, which is half as fine as the tile: the middle of a cell.
        x, y = (places.reshape(-1, 2)[:, ::-1].T + 0.5) * 2
        half = np.minimum.reduce([x, y, size[1] - x, size[0] - y, np.full(len(x), 10.0)])
        kept = scores >= SCORE
        boxes = np.stack([x - half, y - half, x + half, y + half], axis=1)
        return Found(boxes[kept], scores[kept], labels[kept] - 1)

    return decode


def _modules(repository: Path, network: str) -> tuple[Any, Any]:
    """The network's module and that of the decoding, without the rest of the package and what it needs."""
    for name in [name for name in sys.modules if name.split(".")[0] == "animaloc"]:
        del sys.modules[name]
    for name, folder in (("animaloc", "animaloc"), ("animaloc.models", "animaloc/models")):
        package = types.ModuleType(name)
        package.__path__ = [str(repository / folder)]
        sys.modules[name] = package
    spec = importlib.util.spec_from_file_location("animaloc_lmds", repository / "animaloc/eval/lmds.py")
    assert spec is not None
    assert spec.loader is not None
    lmds = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(lmds)
    return importlib.import_module(f"animaloc.models.{network}"), lmds
