"""fastai's tile classifiers, from a state dict with a card, or from an exported learner that the user trusts.

`architecture` is the name of a network that fastai's `vision_learner` knows, such as `resnet34` or `xresnet18`. The
network is fastai's own; its pooling and the width of its head are read from the weights, also those of fastai v1.
`fastai_tiles.py` prepares the tiles.

A learner whose tiles may have several classes (`MultiCategoryBlock`) has a sigmoid for each class, else a softmax over
all. Weights do not say which; a card does (`multilabel`), and an exported learner does by its loss.
"""

import itertools
import re
import warnings
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from detector.errors import ModelError
from detector.models.checkpoint import load_checkpoint, load_weights
from detector.models.device import choose, half_precision
from detector.models.fastai_tiles import BatchResize, Method, PadMode, Preprocessing
from detector.models.files import Card, ModelFiles
from detector.models.info import ModelInfo
from detector.models.portable import Portable
from detector.models.unfilled import Unfilled
from geo.errors import one_line

with warnings.catch_warnings():
    # fastai and torch warn on import about things that a user cannot change.
    warnings.simplefilter("ignore")
    import fastai
    from fastai.data.transforms import IntToFloatTensor, Normalize, ToTensor
    from fastai.learner import Learner
    from fastai.vision.augment import AffineCoordTfm, RandomResizedCropGPU, Resize
    from fastai.vision.core import PILImage
    from fastai.vision.learner import create_vision_model, model_meta
    from fastcore.foundation import L

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# The first opset in which ONNX resizes with antialiasing.
RESIZE_OPSET = 18
# The largest and the mean difference, from rounding, between a trusted learner's network input and ours, in steps of a
# pixel's 255. Pillow rounds after each axis, so that two steps are possible.
SAME_PIXEL, SAME_ON_AVERAGE = 3.1, 0.1
ARCHITECTURES = {network.__name__: network for network in model_meta}


@dataclass(frozen=True)
class Settings:
    """The settings of a card for fastai. Raises ModelError if a value is out of its range.

    Attributes:
        resize: The side that tiles are resized to, px; 0 for no resizing.
        resize_method: As in fastai's `Resize`.
        pad_mode: As in fastai's `Resize`.
        batch_resize: The side that a transform of the batch resizes to after `resize`, px, as
            `aug_transforms(size=...)` does it in validation; 0 for none.
        mean: Of each channel, 0 to 1; by default ImageNet's, which `vision_learner` uses for pretrained networks. Empty
            for none.
        std: Of each channel, 0 to 1, likewise.
        precision: See `detector.models.device`.
    """

    resize: int = 0
    resize_method: Method = "crop"
    pad_mode: PadMode = "reflection"
    batch_resize: int = 0
    mean: tuple[float, ...] = IMAGENET_MEAN
    std: tuple[float, ...] = IMAGENET_STD
    precision: str = "auto"

    def __post_init__(self) -> None:
        for name in ("resize", "batch_resize"):
            if (side := getattr(self, name)) != 0 and not 16 <= side <= 4096:
                raise ModelError(f"{name} is {side}: expected 16 to 4096 px, or 0 for none")
        if (len(self.mean), len(self.std)) not in ((0, 0), (3, 3)) or not all(s > 0 for s in self.std):
            raise ModelError(
                f"mean is {list(self.mean)} and std {list(self.std)}: expected three numbers each, std > 0"
            )


class ContractModule(nn.Module):
    """A fastai classifier with the input and output of a model file.

    From (B, H, W, 3) uint8 RGB to probabilities (B, C) float32.
    """

    def __init__(self, preprocessing: Preprocessing, network: nn.Module, multilabel: bool = False) -> None:
        super().__init__()
        self.multilabel = multilabel
        self.preprocessing = preprocessing
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.network(self.preprocessing(images))
        return logits.float().sigmoid() if self.multilabel else logits.float().softmax(dim=1)


class FastaiClassifier:
    """A tile classifier of fastai. See `detector.models.TileClassifier`."""

    calls_at_once = 1

    def __init__(
        self,
        module: ContractModule,
        card: Card,
        precision: str,
        files: tuple[Path, ...],
        device: torch.device,
        remarks: tuple[str, ...] = (),
    ) -> None:
        self.remarks = remarks
        self.info: ModelInfo = replace(card.info, multilabel=module.multilabel)
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
        if how.then is not None:
            size += f", then to {how.then.size[1]} x {how.then.size[0]} px"
        return {
            "framework": f"fastai {fastai.__version__}, torch {torch.__version__}",
            "built": f"{self._architecture or 'a learner'}, {millions:.1f} million parameters",
            "tiles come": size,
            "tiles have": "several classes, each with a probability" if self.module.multilabel else "one class",
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
    with saved_learners():
        held = load_checkpoint(path, trust) if trust else None
        remarks: tuple[str, ...] = ()
        if isinstance(held, Learner):
            module = _of_learner(held, card, path.name)
        else:
            network = _built(card, load_weights(path, trust), path.name)
            module, remarks = ContractModule(_prepared(settings), network, bool(card.info.multilabel)), _unsaid(card)
    return FastaiClassifier(module, card, settings.precision, files.all, where, remarks)


def saved_learners() -> AbstractContextManager[None]:
    """Inside the `with`, files of `learn.save` can be read: the optimiser's state beside the weights, too.

    fastai's own `Learner.load` allows the same.
    """
    core: Any = getattr(np, "_core", None) or np.core  # its name before and from numpy 2 on
    numbers = [core.multiarray.scalar, np.dtype, *(getattr(np.dtypes, name) for name in np.dtypes.__all__)]
    allowed: AbstractContextManager[None] = torch.serialization.safe_globals([L, *numbers])
    return allowed


def _prepared(settings: Settings) -> Preprocessing:
    """What a card says of how tiles are prepared."""
    size = (settings.resize, settings.resize) if settings.resize else None
    side = settings.batch_resize
    then = BatchResize((side, side), (1, 1)) if side else None
    return Preprocessing(size, settings.resize_method, settings.pad_mode, settings.mean, settings.std, then)


def _unsaid(card: Card) -> tuple[str, ...]:
    """A warning if weights that may be those of a multi-label classifier are read as those of another."""
    if card.info.multilabel is not None or card.info.empty_name is not None:
        return ()
    return (
        f"{card.path.name} does not say whether a tile may have several classes, and no class means an empty tile: it "
        "is read as one class a tile. If the learner has a MultiCategoryBlock, add multilabel = true, else false",
    )


def portable(model: FastaiClassifier, batch_size: int | None = None) -> Portable:
    """The classifier for `export_model`. It takes any batch, and tiles of any size unless tiles are padded."""
    side, how = model.info.tile_size, model.module.preprocessing
    fixed = how.method == "pad" or (how.then is not None and how.size is None)
    size = (side, side) if fixed else None
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
        with Unfilled():
            network: nn.Module = create_vision_model(
                ARCHITECTURES[card.architecture],
                classes,
                pretrained=False,
                init=None,
                concat_pool=concat_pool,
                lin_ftrs=widths,
                bn_final=bn_final,
            )
        _give_biases(network, weights)
        try:
            network.load_state_dict(dict(weights))
            return network
        except RuntimeError as error:
            differences = differences or one_line(error, 300)
    raise ModelError(f"{name} does not hold the weights of {card.architecture}: {differences}")


def _give_biases(network: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Give the linear layers of the head a bias where the weights have one: fastai v1's heads do."""
    for name, layer in network.named_modules():
        without: Any = layer
        if isinstance(layer, nn.Linear) and without.bias is None and f"{name}.bias" in weights:
            layer.bias = nn.Parameter(torch.zeros(layer.out_features))


def _batch_resize(steps: Sequence[Any]) -> BatchResize | None:
    """How an exported learner's transforms of a batch resize it in validation, where they do; the last one counts."""
    found = None
    for step in steps:
        if isinstance(step, RandomResizedCropGPU):
            found = BatchResize(tuple(step.size), tuple(step.ratio), step.valid_scale)
        elif isinstance(step, AffineCoordTfm) and step.size is not None:
            size = (step.size, step.size) if isinstance(step.size, int) else tuple(step.size)
            found = BatchResize(size, align_corners=bool(step.align_corners))
    return found


def _same(seen: Tensor, ours: Tensor, steps: float) -> bool:
    """Whether two inputs of a network differ only by rounding. steps: of a pixel's 255, in 1 of the input."""
    if seen.shape != ours.shape:
        return False
    apart = (seen - ours).abs() * steps
    return float(apart.max()) <= SAME_PIXEL and float(apart.mean()) <= SAME_ON_AVERAGE


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
    then = _batch_resize(after_batch.fs)
    if resize is None:
        preprocessing = Preprocessing(None, "squish", "reflection", mean, std, then)
    else:
        preprocessing = Preprocessing((resize.size[1], resize.size[0]), resize.method, resize.pad_mode, mean, std, then)
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
        loss = learner.loss_func
        answers = loss.activation(logits) if hasattr(loss, "activation") else logits
    if not _same(seen, ours, 255 * min(std or (1.0,))):
        known = (Resize, ToTensor, IntToFloatTensor, Normalize)
        steps = [type(s).__name__ for s in (*after_item.fs, *after_batch.fs) if not isinstance(s, known)]
        raise ModelError(
            f"{name} prepares tiles in a way that Herdmap does not know: found {', '.join(steps)[:120]}; expected a "
            "Resize, a Normalize, and fastai's own augmentations"
        )
    several = torch.allclose(answers, logits.sigmoid(), atol=1e-5)
    if not several and not torch.allclose(answers, logits.softmax(dim=1), atol=1e-5):
        raise ModelError(
            f"{name} has the loss {type(loss).__name__}, which gives no probabilities that Herdmap knows; expected "
            "fastai's cross entropy, or its BCEWithLogitsLossFlat for several classes a tile"
        )
    if card.info.multilabel is not None and card.info.multilabel != several:
        raise ModelError(
            f"{card.path.name}: multilabel is {str(card.info.multilabel).lower()}, but the learner's loss is "
            f"{type(loss).__name__}; expected {str(several).lower()}, or leave it out"
        )
    module.multilabel = several
    return module
