"""Optional libraries: whether each is installed (found without importing it), and the command that installs it."""

from importlib.util import find_spec

from detector.errors import MissingLibraryError

INSTALL = {
    "torch": "pip install 'herdmap[torch]'",
    "torchvision": "pip install 'herdmap[torch]'",
    "onnx": "pip install 'herdmap[torch]'",
    "safetensors": "pip install 'herdmap[torch]'",
    "fastai": "pip install 'herdmap[fastai]'",
    "openvino": "pip install 'herdmap[openvino]'",
    "detectron2": "follow its installation guide (INSTALL.md of facebookresearch/detectron2), in this Python",
}


def need(*names: str, purpose: str = "this model") -> None:
    """Raise MissingLibraryError for the first of these libraries that is missing.

    The message says how to install it.
    """
    for name in names:
        if find_spec(name) is None:
            raise MissingLibraryError(f"{purpose} needs {name}, which is not installed: {INSTALL[name]}")
