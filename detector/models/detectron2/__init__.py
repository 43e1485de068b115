"""Detectron2: reads its configs as data, runs its networks in batches, exports them, and has the layers of TridentNet.

model.py       a detector: its config, its weights, its batches
config.py      reads a config without running it
tridentnet.py  the branches of a TridentNet, by the names in its public configs
export.py      a detector as a module that can be traced
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detector.models.detectron2.model import Detectron2Detector
    from detector.models.files import ModelFiles
    from detector.models.portable import Portable

__all__ = ["load", "portable"]


def load(
    files: "ModelFiles",
    device: str = "auto",
    threads: int | None = None,
    trust: bool = False,
    calls_at_once: int = 1,
) -> "Detectron2Detector":
    """Load a detector. The arguments and the errors are those of `detector.models.load`."""
    from detector.models.detectron2 import model

    return model.load(files, device, threads, trust, calls_at_once)


def portable(model: "Detectron2Detector", batch_size: int | None = None) -> "Portable":
    """The detector for `export_model`, at its tile size and for one batch size, by default 1."""
    from detector.models.detectron2 import export

    return export.portable(model, batch_size)
