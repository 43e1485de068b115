"""A fastai tile classifier taught in a test: does a tile hold a sheep?"""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import fastai.callback.progress  # noqa: F401 (it gives the learner methods)
    import fastai.callback.schedule  # noqa: F401 (the same)
    from fastai.data.block import CategoryBlock, DataBlock, MultiCategoryBlock
    from fastai.data.transforms import IndexSplitter, ItemGetter, Normalize
    from fastai.torch_core import set_seed
    from fastai.vision.augment import Resize
    from fastai.vision.core import PILImage, imagenet_stats
    from fastai.vision.data import ImageBlock
    from fastai.vision.learner import vision_learner
    from fastcore.foundation import L

CLASSES = ("empty", "sheep")
# What part of a sheep must be in a tile for the tile to hold it.
LEAST_VISIBLE = 0.4


def holds(tile: NDArray[np.int64], boxes: NDArray[np.float32], least: float = LEAST_VISIBLE) -> bool:
    """Whether a tile (xyxy px) shows enough of any of the boxes."""
    sides = np.minimum(boxes[:, 2:], tile[2:]) - np.maximum(boxes[:, :2], tile[:2])
    share = sides.clip(0).prod(axis=1) / (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    return bool((share >= least).any())


def labelled_tiles(
    pixels: NDArray[np.uint8], boxes: NDArray[np.float32], side: int, count: int, seed: int
) -> tuple[list[NDArray[np.uint8]], list[str]]:
    """`count` tiles of a scene, half of them around a sheep, half from anywhere, with what they hold."""
    rng = np.random.default_rng(seed)
    height, width = pixels.shape[:2]
    tiles, labels = [], []
    for n in range(count):
        corner = rng.integers(0, (width - side, height - side))
        if n % 2:
            box = boxes[rng.integers(len(boxes))]
            corner = np.clip(box[:2] - rng.integers(0, side, 2), 0, (width - side, height - side)).astype(int)
        x, y = corner.tolist()
        tiles.append(pixels[y : y + side, x : x + side])
        labels.append(CLASSES[holds(np.array([x, y, x + side, y + side]), boxes)])
    return tiles, labels


def learner(
    tiles: list[NDArray[np.uint8]],
    labels: list[str],
    folder: Path,
    resize: int,
    architecture: Any,
    method: str = "squish",
    blocks: Any = (ImageBlock, CategoryBlock),
    **block: Any,
) -> Any:
    """An untaught learner on these tiles, a fifth of them for validation."""
    set_seed(0)  # of every generator that shuffles and starts weights
    items = list(zip(tiles, labels, strict=True))
    data = DataBlock(
        blocks,
        get_items=L,
        getters=[ItemGetter(0), ItemGetter(1)],
        splitter=IndexSplitter(range(0, len(items), 5)),
        item_tfms=Resize(resize, method=method),
        **{"batch_tfms": Normalize.from_stats(*imagenet_stats, cuda=False), **block},
    )
    loaders = data.dataloaders(items, bs=16, num_workers=0)
    return vision_learner(loaders, architecture, pretrained=False, normalize=False, path=folder, model_dir=folder)


def teach(taught: Any, epochs: int, rate: float) -> None:
    """Some epochs, in silence."""
    with warnings.catch_warnings(), taught.no_bar(), taught.no_logging():
        warnings.simplefilter("ignore")
        taught.fit_one_cycle(epochs, rate)


def own_answers(taught: Any, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(B, C) what the learner itself answers on tiles, through its own pipeline and prediction."""
    with warnings.catch_warnings(), taught.no_bar():
        warnings.simplefilter("ignore")
        loader = taught.dls.test_dl([(tile, CLASSES[0]) for tile in tiles])
        return np.asarray(taught.get_preds(dl=loader)[0].numpy(), np.float32)


def learner_of_several(
    tiles: list[NDArray[np.uint8]],
    labels: list[list[str]],
    folder: Path,
    architecture: Any,
    label_of: Any,
    **block: Any,
) -> Any:
    """An untaught learner of tiles with several classes each, which gets a tile's labels as a notebook does.

    label_of: from (tile, labels) to the labels. block: further arguments of the DataBlock.
    """
    set_seed(0)
    items = [
        list(item) for item in zip(tiles, labels, strict=True)
    ]  # a function of a tuple is one of each of its parts
    data = DataBlock(
        (ImageBlock, MultiCategoryBlock),
        get_items=L,
        get_x=ItemGetter(0),
        get_y=label_of,
        splitter=IndexSplitter(range(0, len(items), 5)),
        **block,
    )
    loaders = data.dataloaders(items, bs=8, num_workers=0)
    return vision_learner(loaders, architecture, pretrained=False, path=folder, model_dir=folder)


def predicted(taught: Any, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(B, C) the probabilities of the learner's own `predict`, tile by tile."""
    with warnings.catch_warnings(), taught.no_bar():
        warnings.simplefilter("ignore")
        return np.stack([taught.predict(PILImage.create(tile))[2].numpy() for tile in tiles])
