"""Detectron2 detectors: a config like those of its model zoo with its weights, run in batches.

Detectron2 itself follows the config, as always: the order of the channels, the pixel mean, the rule of the shortest
edge, the lowest score, and the most detections in an image (here: in a tile).
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from detector.detections import Detections
from detector.errors import ModelError
from detector.models.cap import Cap
from detector.models.checkpoint import load_weights
from detector.models.device import choose, half_precision
from detector.models.files import Card, ModelFiles, recognise, write_card
from detector.models.floor import SCORE_FLOOR, bounded
from detector.models.info import ModelInfo
from detector.models.quietly import quietly
from geo.errors import one_line
from geo.paths import StrPath, as_path

with quietly():
    import detectron2
    from detectron2.config import LazyConfig, instantiate
    from detectron2.data import MetadataCatalog
    from detectron2.data import transforms as T
    from detectron2.modeling import build_model
    from detectron2.structures import Boxes

    from detector.models.detectron2 import tridentnet
    from detector.models.detectron2.config import is_lazy, read_config, read_config_and_rest, said_left_out
    from detector.models.detectron2.weights import load_into, said_count, weights_file, zoo_file

DEFAULT_TILE = 800  # px, if neither the config nor a card states it
DEFAULT_OVERLAP = 100
DEFAULT_SCORE = 0.5
COCO_CLASSES = 80
# The attributes in which Detectron2's detectors store the most detections in an image, and the lowest score.
CAPS = ("test_topk_per_image", "max_detections_per_image")
FLOOR = "test_score_thresh"


@dataclass(frozen=True)
class Settings:
    """The settings of a card beside a config.

    Attributes:
        weights: A file beside the config, instead of the one that the config names.
        branch: Of a TridentNet, 'middle' or 'all'; '' for the config's.
        detections_per_tile: Instead of the config's TEST.DETECTIONS_PER_IMAGE; 0 for the config's.
        score_floor: Instead of the config's SCORE_THRESH_TEST; negative for the config's.
        precision: 'auto' (half on a GPU), 'float32', 'float16' or 'bfloat16'.
    """

    weights: str = ""
    branch: str = ""
    detections_per_tile: int = 0
    score_floor: float = -1.0
    precision: str = "auto"


@dataclass(frozen=True)
class Recipe:
    """A network as a config describes it, without its weights, and how it wants images.

    Attributes:
        network: Built on the CPU, in inference mode.
        order: 'BGR' or 'RGB'.
        resize: Detectron2's rule for the size of an image; None for no resizing.
        weights: Where the config says they are; '' if it does not.
        datasets: What it was trained or tested on.
        unused: What the config says and the network does not do.
        left_out: The config's keys that Detectron2 does not know.
    """

    network: nn.Module
    order: str
    resize: T.ResizeShortestEdge | None
    weights: str
    datasets: tuple[str, ...]
    unused: str = ""
    left_out: tuple[str, ...] = ()


class Detectron2Detector:
    """A Detectron2 network with its weights. See `detector.models.Model`."""

    def __init__(
        self,
        recipe: Recipe,
        info: ModelInfo,
        files: tuple[Path, ...],
        device: torch.device,
        precision: str = "auto",
    ) -> None:
        self.recipe = recipe
        self.network = recipe.network.to(device).eval()
        self._info = info
        self._files = files
        self._device = device
        self._precision = precision
        self.calls_at_once = 1
        card = files[0].with_suffix(".toml").name if files else "its card"
        self.cap = Cap(self.most_detections, float(info.thresholds().min()), card)
        self._usual_floor = self.score_floor

    def keep_from(self, score: float) -> None:
        """Keep boxes from `score` on. See `detector.models.floor`."""
        if self._usual_floor <= SCORE_FLOOR:
            _set_limit(self.network, min(score, self._usual_floor), FLOOR)

    @property
    def info(self) -> ModelInfo:
        """What the card says, or else the config and its data set."""
        return self._info

    @property
    def device(self) -> str:
        """'cpu' or 'cuda:N'."""
        return str(self._device)

    @property
    def files(self) -> tuple[Path, ...]:
        """The config, the weights and the card."""
        return self._files

    @property
    def about(self) -> Mapping[str, str]:
        """The parts that were really built, and what is done to an image before and after."""
        return {
            "framework": f"Detectron2 {detectron2.__version__}, torch {torch.__version__}",
            "builds": _built(self.network) + self.recipe.unused,
            "input": _input(self.recipe, self.network),
            "gives at most": f"{self.most_detections} a tile (TEST.DETECTIONS_PER_IMAGE; a card's detections_per_tile)",
            "score floor": f"{self.score_floor:g} (SCORE_THRESH_TEST; a card's score_floor)",
        }

    @property
    def remarks(self) -> tuple[str, ...]:
        """Lines that say whether tiles were full, below which score the model gives nothing, and which keys of the
        config are left out.
        """
        left: tuple[str, ...] = ()
        if self.recipe.left_out and self._files:
            left = (said_left_out(self._files[0], self.recipe.left_out, "a search"),)
        if self.score_floor <= self._info.thresholds().min():
            return (*self.cap.remarks, *left)
        floor = (
            f"{self._info.name} gives nothing below a score of {self.score_floor:g} (SCORE_THRESH_TEST): a lower "
            "threshold finds no more; set score_floor in its card"
        )
        return (*self.cap.remarks, floor, *left)

    @property
    def most_detections(self) -> int:
        """The most detections that it gives in a tile."""
        return int(_limit(self.network, *CAPS))

    @property
    def score_floor(self) -> float:
        """The lowest score that it gives."""
        return float(_limit(self.network, FLOOR))

    any_size = False  # a config may enlarge a smaller tile, and so change its scale

    def detect(self, tiles: NDArray[np.uint8]) -> Detections:
        """The detections in a batch, in tile px. tiles: (B, H, W, 3) uint8 RGB.

        Raises:
            ModelError: The network fails on these tiles.
        """
        return self.detect_and_tell(tiles)[0]

    def detect_and_tell(self, tiles: NDArray[np.uint8]) -> tuple[Detections, NDArray[np.bool_]]:
        """As `detect`. See `detector.models.cap.Capped`."""
        found = []
        for i, answer in enumerate(self._answers(tiles)):
            instances = answer.get("instances")
            if instances is None or not isinstance(instances.pred_boxes, Boxes):
                raise ModelError(f"{self._info.name} gives no upright boxes: expected a detector")
            boxes, scores = instances.pred_boxes.tensor.float().cpu(), instances.scores.float().cpu()
            found.append(Detections.of(boxes, scores.clamp(0, 1), instances.pred_classes.cpu(), i))
        together = Detections.concatenate(found)
        usual = together.scores >= self._usual_floor
        full = self.cap.see(together.scores[usual], together.tiles[usual], len(tiles))
        return (together if self.score_floor >= self._usual_floor else bounded(together)), full

    def _answers(self, tiles: NDArray[np.uint8]) -> list[dict[str, Any]]:
        with quietly(), torch.inference_mode(), half_precision(self._device, self._precision):
            try:
                return self.network(self._prepared(tiles))  # type: ignore[no-any-return]
            except torch.cuda.OutOfMemoryError as error:
                raise ModelError(
                    f"{self.device} has too little memory for {len(tiles)} tiles at once; use smaller batches",
                    about="batch_size",
                ) from error
            except Exception as error:
                raise ModelError(
                    f"{self._info.name} failed on tiles of shape {tiles.shape}: {one_line(error, 300)}"
                ) from error

    def _prepared(self, tiles: NDArray[np.uint8]) -> list[dict[str, Any]]:
        """The batch as Detectron2 takes it: for each tile, its image, resized by its rule, and its size for boxes."""
        height, width = tiles.shape[1:3]
        scaled = tiles
        if self.recipe.resize is not None:
            resize = self.recipe.resize.get_transform(tiles[0])
            scaled = np.stack([resize.apply_image(tile) for tile in tiles])
        # Bytes are copied to the device, because floats would take four times as much.
        images = torch.from_numpy(scaled).to(self._device).permute(0, 3, 1, 2)
        images = (images.flip(1) if self.recipe.order == "BGR" else images).float()
        return [{"image": image, "height": height, "width": width} for image in images]


def load(
    files: ModelFiles, device: str = "auto", threads: int | None = None, trust: bool = False, calls_at_once: int = 1
) -> Detectron2Detector:
    """Load a Detectron2 detector from its config, weights and card. See `detector.models.load`.

    It allows one call of `detect` at a time, because the network itself uses all threads, or the GPU.

    Args:
        files: The files of the model.
        device: 'auto', 'cpu', 'cuda' or 'cuda:N'.
        threads: CPU threads; None for all.
        trust: Run a config in Python, and read any pickle.
        calls_at_once: Not used.

    Raises:
        ModelError: The config or the weights cannot be used or do not fit each other, or the device does not exist.
    """
    settings = files.card.settings_as(Settings) if files.card else Settings()
    place = choose(device, threads)
    half_precision(place, settings.precision)  # so that a wrong name is an error now, not at the first tile
    recipe = read_recipe(files.path, trust)
    network = recipe.network
    info = _info(files, recipe)
    if settings.branch:
        tridentnet.use_branches(network, settings.branch)
    if settings.detections_per_tile > 0:
        _set_limit(network, settings.detections_per_tile, *CAPS)
    if settings.score_floor >= 0:
        _set_limit(network, settings.score_floor, FLOOR)
    weights = weights_file(files, settings.weights, recipe.weights)
    load_into(network, load_weights(weights, trust), weights)
    used = (files.path, weights, *((files.card.path,) if files.card else ()))
    return Detectron2Detector(recipe, info, used, place, settings.precision)


def with_branch(model: Detectron2Detector, branch: str, folder: StrPath) -> Path:
    """Put the model into a folder with another branch in its card, and return its config there.

    It becomes a model of its own with its own digest, so that the results of two branches are never mixed up.

    Raises:
        ModelError: The model has no branches.
    """
    folder = as_path(folder)
    if tridentnet.tested_branches(model.network) is None:
        raise ModelError(
            f"{model.files[0].name} has no branches, since it is not a TridentNet: {_built(model.network)}"
        )
    config, weights = model.files[:2]
    card = recognise(config).card
    settings = {**(card.settings if card else {}), "branch": branch}
    settings.pop("weights", None)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / config.with_suffix(".yaml").name
    path.write_text(read_config(config).dump(), encoding="utf-8")
    there = path.with_suffix(weights.suffix)
    there.unlink(missing_ok=True)
    try:
        there.hardlink_to(weights)
    except OSError:  # the folder is on another disk
        shutil.copyfile(weights, there)
    write_card(Card(path.with_suffix(".toml"), "detectron2", "", model.info, settings))
    return path


def read_recipe(config: StrPath, trust: bool = False) -> Recipe:
    """Build the network that a config describes, with random weights. trust: run a config in Python.

    Raises:
        ModelError: The config cannot be used.
    """
    config = as_path(config)
    lazy = is_lazy(config)
    if lazy and not trust:
        raise ModelError(
            f"{config.name} is a Detectron2 config in Python, and loading it runs its code: load it only if you trust "
            "it, or use a .yaml config",
            about="trust",
        )
    try:
        with quietly():
            recipe = _lazy_recipe(config) if lazy else _yaml_recipe(config)
    except ModelError:
        raise
    except Exception as error:  # any kind: a config may ask for anything in Detectron2
        raise ModelError(
            f"{config.name}: Detectron2 cannot build this: {type(error).__name__}: {one_line(error, 300)}"
        ) from error
    if recipe.order not in ("BGR", "RGB"):
        raise ModelError(f"{config.name}: its images are {recipe.order!r}: expected 'BGR' or 'RGB'")
    heads = getattr(recipe.network, "roi_heads", None)
    # Only boxes are needed. Masks and key points would take most of the time.
    for part in ("mask_on", "keypoint_on"):
        if getattr(heads, part, False):
            setattr(heads, part, False)
    return recipe


def _yaml_recipe(config: Path) -> Recipe:
    cfg, left_out = read_config_and_rest(config)
    cfg.MODEL.DEVICE = "cpu"
    network = build_model(cfg).eval()
    resize = T.ResizeShortestEdge([cfg.INPUT.MIN_SIZE_TEST] * 2, cfg.INPUT.MAX_SIZE_TEST)
    datasets = (*cfg.DATASETS.TEST, *cfg.DATASETS.TRAIN)
    unused = _check_branches(config, network)
    return Recipe(network, cfg.INPUT.FORMAT, resize, cfg.MODEL.WEIGHTS, datasets, unused, left_out)


def _lazy_recipe(config: Path) -> Recipe:
    cfg = LazyConfig.load(str(config))
    network = instantiate(cfg.model).eval()
    mapper = cfg.dataloader.test.mapper
    resizes = [instantiate(augmentation) for augmentation in mapper.augmentations]
    if len(resizes) > 1 or not all(isinstance(r, T.ResizeShortestEdge) for r in resizes):
        kinds = ", ".join(type(r).__name__ for r in resizes)
        raise ModelError(f"{config.name} tests with {kinds}: expected ResizeShortestEdge alone, or nothing")
    names = (cfg.dataloader.test.dataset.names, cfg.dataloader.train.dataset.names)
    datasets = tuple(n for name in names for n in ([name] if isinstance(name, str) else name))
    unused = _check_branches(config, network)
    return Recipe(
        network, mapper.image_format, resizes[0] if resizes else None, cfg.train.init_checkpoint, datasets, unused
    )


def _check_branches(config: Path, network: nn.Module) -> str:
    """What a config says about TridentNet and its network does not do. Raises ModelError if the parts do not fit."""
    branches = tridentnet.tested_branches(network)
    if branches is None:
        mentioned = "trident" in config.stem.lower() or "trident" in config.read_text(encoding="utf-8").lower()
        return "; not a TridentNet: the config has settings of one, but does not name its parts" if mentioned else ""
    parts = (getattr(network, "proposal_generator", None), getattr(network, "roi_heads", None))
    if not all(isinstance(part, tridentnet.Branched) for part in parts):
        raise ModelError(
            f"{config.name} builds a trident backbone with {' and '.join(type(p).__name__ for p in parts)}: expected "
            "TridentRPN and TridentRes5ROIHeads or TridentStandardROIHeads"
        )
    return ""


def _info(files: ModelFiles, recipe: Recipe) -> ModelInfo:
    network = recipe.network
    count = getattr(network, "num_classes", None) or getattr(getattr(network, "roi_heads", None), "num_classes", None)
    if count is None:
        raise ModelError(f"{files.path.name} builds a {type(network).__name__}: expected a detector")
    if files.card is not None:
        if (named := len(files.card.info.classes)) != count:
            raise ModelError(
                f"{files.card.path.name} names {named} classes and {files.path.name} builds {count}; if the weights "
                f"have {named}, set {said_count(network)} there to {named}; else name all {count} in the card"
            )
        return files.card.info
    # The zoo's configs for COCO are based on one that names no data.
    coco = ("coco_2017_val",) if count == COCO_CLASSES and zoo_file(files.path) else ()
    for name in (*recipe.datasets, *coco):
        if (
            name in MetadataCatalog.list()
            and len(classes := MetadataCatalog.get(name).get("thing_classes", ())) == count
        ):
            return ModelInfo(
                kind="detector",
                name=files.path.stem,
                classes=tuple(classes),
                tile_size=DEFAULT_TILE,
                overlap=DEFAULT_OVERLAP,
                score_threshold=DEFAULT_SCORE,
                trained_on=name,
            )
    card = files.path.with_suffix(".toml").name
    raise ModelError(
        f"{files.path.name} has {count} classes and does not name them: put {card} beside "
        'it with framework = "detectron2", classes (in the order of the labels) and tile_size'
    )


def _limit(network: nn.Module, *names: str) -> float:
    """The value of the last part of a network that has one of these names.

    In a cascade of heads, the last one counts.
    """
    values = [getattr(module, name) for module in network.modules() for name in names if hasattr(module, name)]
    if not values:
        raise ModelError(f"{type(network).__name__} has no {' or '.join(names)}: expected a detector")
    return values[-1]  # type: ignore[no-any-return]


def _set_limit(network: nn.Module, value: float, *names: str) -> None:
    for module in network.modules():
        for name in names:
            if hasattr(module, name):
                setattr(module, name, value)


def _built(network: nn.Module) -> str:
    """The parts of the network, as they were built."""
    parts = [type(part).__name__ for part in network.children()]
    said = f"{type(network).__name__} of {', '.join(parts)}"
    branches = tridentnet.tested_branches(network)
    if branches is None:
        return said
    dilations, tested = branches
    which = "all of them" if tested == dilations else f"the one of dilation {tested[0]}"
    return f"{said}; TridentNet, branches of dilation {', '.join(map(str, dilations))}, inference uses {which}"


def _input(recipe: Recipe, network: Any) -> str:
    mean, std = (
        ", ".join(f"{v:g}" for v in buffer.flatten().tolist()) for buffer in (network.pixel_mean, network.pixel_std)
    )
    size = "tiles as they are"
    if recipe.resize is not None and (edge := recipe.resize.short_edge_length[0]):
        size = f"shortest edge resized to {edge} px, the longest at most {recipe.resize.max_size}"
    return f"{recipe.order}, mean {mean}, standard deviation {std}; {size}"
