"""fastai's tile classifiers, from a state dict with a card, or from an exported learner that the user trusts.

`architecture` is the name of a network that fastai's `vision_learner` knows, such as `resnet34` or `xresnet18`. The
network is fastai's own; its pooling and the width of its head are read from the weights. A tile is resized as fastai's
`Resize` does it in validation, with Pillow's rounding, but in batches and on the model's device.
"""

import itertools
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from detector.errors import ModelError
from detector.models.checkpoint import load_checkpoint, load_weights
from detector.models.device import choose, half_precision
from detector.models.files import Card, ModelFiles
from detector.models.info import ModelInfo
from detector.models.portable import Portable
from geo.errors import one_line

with warnings.catch_warnings():
    # fastai and torch warn on import about things that a user cannot change.
    warnings.simplefilter("ignore")
    import fastai
    from fastai.data.transforms import IntToFloatTensor, Normalize, ToTensor
    from fastai.learner import Learner
    from fastai.vision.augment import Resize
    from fastai.vision.core import PILImage
    from fastai.vision.learner import create_vision_model, model_meta
    from fastcore.foundation import L

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# The first opset in which ONNX resizes with antialiasing.
RESIZE_OPSET = 18
# The largest difference, from rounding, between a trusted learner's network input and ours, in steps of a pixel's 255.
SAME_PIXEL = 1.1
Method = Literal["crop", "squish", "pad"]
PadMode = Literal["reflection", "border", "zeros"]
_PAD_MODES = {"reflection": "reflect", "border": "replicate", "zeros": "constant"}
ARCHITECTURES = {network.__name__: network for network in model_meta}


@dataclass(frozen=True)
class Settings:
    """The settings of a card for fastai. Raises ModelError if a value is out of its range.

    Attributes:
        resize: The side that tiles are resized to, px; 0 for no resizing.
        resize_method: As in fastai's `Resize`.
        pad_mode: As in fastai's `Resize`.
        mean: Of each channel, 0 to 1; by default ImageNet's, which `vision_learner` uses for pretrained networks. Empty
            for none.
        std: Of each channel, 0 to 1, likewise.
        precision: See `detector.models.device`.
    """

    resize: int = 0
    resize_method: Method = "crop"
    pad_mode: PadMode = "reflection"
    mean: tuple[float, ...] = IMAGENET_MEAN
    std: tuple[float, ...] = IMAGENET_STD
    precision: str = "auto"

    def __post_init__(self) -> None:
        if self.resize != 0 and not 16 <= self.resize <= 4096:
            raise ModelError(f"resize is {self.resize}: expected 16 to 4096 px, or 0 for none")
        if (len(self.mean), len(self.std)) not in ((0, 0), (3, 3)) or not all(s > 0 for s in self.std):
            raise ModelError(
                f"mean is {list(self.mean)} and std {list(self.std)}: expected three numbers each, std > 0"
            )


class _Resample(torch.autograd.Function):
    """Resamples one axis of images to `side` px with Pillow's bilinear kernel, which becomes wider when it shrinks an
    image.
    """

    @staticmethod
    def forward(ctx: Any, pixels: Tensor, side: int, axis: int) -> Tensor:
        size = (side, pixels.shape[3]) if axis == 2 else (pixels.shape[2], side)
        return F.interpolate(pixels, size, mode="bilinear", antialias=True)

    @staticmethod
    def symbolic(g: Any, pixels: Any, side: int, axis: int) -> Any:
        """The same in ONNX (opset 18), for which the exporter has no name."""
        nothing = g.op("Constant", value_t=torch.zeros(0))
        sizes = g.op("Constant", value_t=torch.tensor([side]))
        how = {"mode_s": "linear", "antialias_i": 1, "exclude_outside_i": 1, "axes_i": [axis]}
        return g.op("Resize", pixels, nothing, nothing, sizes, **how)


class Preprocessing(nn.Module):
    """From (B, H, W, 3) uint8 RGB to (B, 3, rows, columns) float32, as fastai prepares tiles in validation.

    Args:
        size: (rows, columns) px; None if tiles are not resized.
        method: As in fastai's `Resize`.
        pad_mode: As in fastai's `Resize`.
        mean: (3,), of values from 0 to 1.
        std: (3,), of values from 0 to 1.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        size: tuple[int, int] | None,
        method: Method,
        pad_mode: PadMode,
        mean: tuple[float, ...],
        std: tuple[float, ...],
    ) -> None:
        super().__init__()
        self.size, self.method, self.pad_mode = size, method, pad_mode
        self.register_buffer("mean", torch.tensor(mean or (0.0,) * 3).reshape(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std or (1.0,) * 3).reshape(1, 3, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        pixels = images.permute(0, 3, 1, 2).float()
        if self.size is not None:
            pixels = self._resized(pixels, *self.size)
        return (pixels / 255 - self.mean) / self.std

    def _resized(self, pixels: Tensor, rows: int, columns: int) -> Tensor:
        if self.method != "squish":
            # Tensors, so that the exporter leaves the size of the tile free; float64, as in fastai.
            height, width = (torch.as_tensor(side).double() for side in pixels.shape[2:])
            across, down = width / columns, height / rows
            scale = torch.minimum(across, down) if self.method == "crop" else torch.maximum(across, down)
            wide, high = (scale * columns).long(), (scale * rows).long()
            left, top = ((width - wide) * 0.5).long(), ((height - high) * 0.5).long()
            if self.method == "pad":
                pixels = self._padded(pixels, int(wide), int(high), int(left), int(top))
            else:
                pixels = pixels[:, :, top : top + high, left : left + wide]
        # Pillow resamples along x first. After each axis, it rounds to whole numbers, halves upwards.
        for side, axis in ((columns, 3), (rows, 2)):
            pixels = torch.floor(_Resample.apply(pixels, side, axis) + 0.5).clamp(0, 255)
        return pixels

    def _padded(self, pixels: Tensor, wide: int, high: int, left: int, top: int) -> Tensor:
        height, width = pixels.shape[2:]
        pixels = pixels[:, :, max(top, 0) : top + high, max(left, 0) : left + wide]
        sides = (max(-left, 0), max(wide - width + left, 0), max(-top, 0), max(high - height + top, 0))
        return F.pad(pixels, sides, mode=_PAD_MODES[self.pad_mode]) if any(sides) else pixels


class ContractModule(nn.Module):
    """A fastai classifier with the input and output of a model file.

    From (B, H, W, 3) uint8 RGB to probabilities (B, C) float32.
    """

    def __init__(self, preprocessing: Preprocessing, network: nn.Module) -> None:
        super().__init__()
        self.preprocessing = preprocessing
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.network(self.preprocessing(images))
        return logits.float().softmax(dim=1)


class FastaiClassifier:
    """A tile classifier of fastai. See `detector.models.TileClassifier`."""

    calls_at_once = 1
    remarks: tuple[str, ...] = ()

    def __init__(
        self, module: ContractModule, card: Card, precision: str, files: tuple[Path, ...], device: torch.device
    ) -> None:
        self.info: ModelInfo = card.info
        self.files = files
        self.module = module.to(device).eval()
        self._precision = precision
        self._architecture = card.architecture
        self._device = device

    @property
    def device(self) -> str:
        """'cpu' or 'cuda:N'."""
        return str(self._device)

    @property
    def about(self) -> Mapping[str, str]:
        """The architecture, its size, and how tiles are prepared."""
        millions = sum(p.numel() for p in self.module.network.parameters()) / 1e6
        how = self.module.preprocessing
        size = f"resized to {how.size[1]} x {how.size[0]} px ({how.method})" if how.size else "not resized"
        return {
            "framework": f"fastai {fastai.__version__}, torch {torch.__version__}",
            "built": f"{self._architecture or 'a learner'}, {millions:.1f} million parameters",
            "tiles come": size,
        }

    def classify(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The probabilities of a batch, (B, C) float32. tiles: (B, H, W, 3) uint8 RGB.

        Raises:
            ModelError: The network fails on these tiles.
        """
        with torch.inference_mode(), half_precision(self._device, self._precision):
            try:
                answer: NDArray[np.float32] = self.module(torch.from_numpy(tiles).to(self._device)).cpu().numpy()
            except torch.OutOfMemoryError as error:
                raise ModelError(
                    f"{self.device} has too little memory for {len(tiles)} tiles at once; use smaller batches",
                    about="batch_size",
                ) from error
            except RuntimeError as error:
                raise ModelError(f"the model failed on tiles of shape {tiles.shape}: {one_line(error, 300)}") from error
        return answer


def load(
    files: ModelFiles, device: str = "auto", threads: int | None = None, trust: bool = False, calls_at_once: int = 1
) -> FastaiClassifier:
    """Load a fastai classifier. See `detector.models.load`. It allows one call at a time.

    Raises:
        ModelError: The weights do not fit the card's architecture and classes, or a learner is not trusted or prepares
            tiles in a way that Herdmap does not know.
    """
    card, path = files.card, files.weights
    assert card is not None
    assert path is not None
    if card.info.kind != "classifier":
        raise ModelError(f"{card.path.name}: kind is {card.info.kind}; expected a classifier, as fastai's models are")
    settings = card.settings_as(Settings)
    where = choose(device, threads)
    half_precision(where, settings.precision)
    # fastai's own Learner.load allows these: the optimiser's state, beside the weights, is made of them.
    core: Any = getattr(np, "_core", None) or np.core  # its name before and from numpy 2 on
    numbers = [core.multiarray.scalar, np.dtype, *(getattr(np.dtypes, name) for name in np.dtypes.__all__)]
    with torch.serialization.safe_globals([L, *numbers]):
        held = load_checkpoint(path, trust) if trust else None
        if isinstance(held, Learner):
            module = _of_learner(held, card, path.name)
        else:
            size = (settings.resize, settings.resize) if settings.resize else None
            preprocessing = Preprocessing(size, settings.resize_method, settings.pad_mode, settings.mean, settings.std)
            module = ContractModule(preprocessing, _built(card, load_weights(path, trust), path.name))
    return FastaiClassifier(module, card, settings.precision, files.all, where)


def portable(model: FastaiClassifier, batch_size: int | None = None) -> Portable:
    """The classifier for `export_model`. It takes any batch, and tiles of any size unless tiles are padded."""
    side = model.info.tile_size
    size = (side, side) if model.module.preprocessing.method == "pad" else None
    return Portable(model.module.cpu(), model.info, size, opset=RESIZE_OPSET)


def _built(card: Card, weights: Mapping[str, Tensor], name: str) -> nn.Module:
    """The network with its weights. Names, shapes and the number of classes must agree."""
    if card.architecture not in ARCHITECTURES:
        raise ModelError(
            f"{card.path.name}: architecture {card.architecture!r} is unknown for fastai's vision_learner: expected "
            f"one of {', '.join(ARCHITECTURES)}"
        )
    # The head alternates batch norms and linear layers. Their sizes say how it was made.
    linear = [w for key, w in weights.items() if re.fullmatch(r"1\.\d+\.weight", key) and w.ndim == 2]
    if not linear:
        raise ModelError(
            f"{name} does not have the head that fastai's vision_learner makes: expected the state dict of such a "
            "learner"
        )
    classes = len(card.info.classes)
    if len(linear[-1]) != classes:
        raise ModelError(f"{name} has {len(linear[-1])} classes: expected {classes}, as {card.path.name} names them")
    widths = [len(w) for w in linear[:-1]]
    differences = ""
    for concat_pool, bn_final in itertools.product((True, False), (False, True)):
        network: nn.Module = create_vision_model(
            ARCHITECTURES[card.architecture],
            classes,
            pretrained=False,
            init=None,
            concat_pool=concat_pool,
            lin_ftrs=widths,
            bn_final=bn_final,
        )
        try:
            network.load_state_dict(dict(weights))
            return network
        except RuntimeError as error:
            differences = differences or one_line(error, 300)
    raise ModelError(f"{name} does not hold the weights of {card.architecture}: {differences}")


def _of_learner(learner: Any, card: Card, name: str) -> ContractModule:
    """The network of an exported learner with our preprocessing, after comparing it with the learner's own answers."""
    classes = tuple(str(c) for c in getattr(learner.dls, "vocab", ()) or ())
    if classes != card.info.classes:
        raise ModelError(
            f"{name} has the classes {', '.join(classes) or 'none'}: expected them in {card.path.name}, which names "
            f"{', '.join(card.info.classes)}"
        )
    after_item, after_batch = learner.dls.valid.after_item, learner.dls.valid.after_batch
    resize: Any = next((step for step in after_item.fs if isinstance(step, Resize)), None)
    normalize: Any = next((step for step in after_batch.fs if isinstance(step, Normalize)), None)
    mean, std = (
        ((), ()) if normalize is None else (tuple(v.flatten().tolist()) for v in (normalize.mean, normalize.std))
    )
    if resize is None:
        preprocessing = Preprocessing(None, "squish", "reflection", mean, std)
    else:
        preprocessing = Preprocessing((resize.size[1], resize.size[0]), resize.method, resize.pad_mode, mean, std)
    module = ContractModule(preprocessing, learner.model.eval())
    side = card.info.tile_size
    tiles = np.random.default_rng(0).integers(0, 256, (2, side, side, 3), np.uint8)
    tiles[1] = np.linspace(0, 255, side)[:, None, None]
    for pipeline in (after_item, after_batch):
        pipeline.split_idx = 1  # as in validation
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seen = after_batch(torch.stack([after_item(PILImage.create(tile)) for tile in tiles])).as_subclass(Tensor)
        ours = module.preprocessing(torch.from_numpy(tiles))
        logits = module.network(ours)
        answers = learner.loss_func.activation(logits)
    least = SAME_PIXEL / 255 / min(std or (1.0,))
    same = seen.shape == ours.shape and float((seen - ours).abs().max()) <= least
    if not same or not torch.allclose(answers, logits.softmax(dim=1), atol=1e-5):
        known = (Resize, ToTensor, IntToFloatTensor, Normalize)
        steps = [type(s).__name__ for s in (*after_item.fs, *after_batch.fs) if not isinstance(s, known)]
        raise ModelError(
            f"{name} prepares tiles in a way that Herdmap does not know: found "
            f"{', '.join(steps) or 'no transform of its own'} and the loss {type(learner.loss_func).__name__}; "
            "expected a Resize, a Normalize and cross entropy"
        )
    return module
