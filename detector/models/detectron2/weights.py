"""Finds the weights of a Detectron2 config, and gives them to its network."""

import re
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn

from detector.errors import ModelError
from detector.models.detectron2.config import own_configs
from detector.models.files import ModelFiles
from detector.models.quietly import quietly
from geo.errors import one_line
from geo.paths import StrPath, as_path

with quietly():
    from detectron2 import model_zoo

# The parameters with rows for classes.
_SCORES = re.compile(r"^(roi_heads\.)?(?:.+\.)?cls_score\.weight$")
# Buffers that older versions stored and newer versions compute.
_COMPUTED = ("pixel_mean", "pixel_std", "anchor_generator.cell_anchors")


def weights_file(files: ModelFiles, by_card: str, by_config: str) -> Path:
    """The file of the weights: the card's; else the one with the config's name; else what training left, the config
    names, or Detectron2's model zoo gives for it.
    """
    folder, beside = files.path.parent, files.path.with_suffix(".pth").name
    if by_card:
        path = folder / by_card
        if not path.is_file() or path.name != by_card:
            raise ModelError(f"the card's weights {by_card!r}: expected the name of a file beside {files.path.name}")
        return path
    if files.weights is not None:
        return files.weights
    final = folder / "model_final.pth"
    named = folder / by_config if by_config and "://" not in by_config else None
    zoo = folder / name if (name := zoo_file(files.path)) else None
    found = [path for path in (named, final, zoo) if path is not None and path.is_file()]
    if len({path.resolve() for path in found}) > 1:
        raise ModelError(
            f"{files.path.name} names {by_config} and {final.name} lies beside it: say which in "
            f"{files.path.with_suffix('.toml').name} (weights = '...'), or call one {beside}"
        )
    if not found:
        said = f"names {by_config!r}, which is not a file here" if by_config else "names no weights"
        raise ModelError(f"{files.path.name} {said}: put them beside it as {beside} (nothing is fetched)")
    return found[0]


def zoo_file(config: Path) -> str:
    """The name of the checkpoint that the model zoo has for one of its configs; '' for other configs."""
    own = own_configs()
    name = config.with_suffix(".yaml").name
    for published in sorted(path for path in own.rglob("*.yaml") if path.name == name):
        try:
            return str(model_zoo.get_checkpoint_url(published.relative_to(own).as_posix())).rpartition("/")[2]
        except RuntimeError:  # it has no checkpoint for this one
            continue
    return ""


def said_count(network: nn.Module) -> str:
    """Where a config says how many classes a network has."""
    return f"MODEL.{'ROI_HEADS' if hasattr(network, 'roi_heads') else 'RETINANET'}.NUM_CLASSES"


def _check_count(network: nn.Module, weights: Mapping[str, Tensor], path: Path) -> None:
    """Raise ModelError if weights are those of the same network with another number of classes."""
    for name, value in network.state_dict().items():
        held = weights.get(name)
        rows = _SCORES.search(name)
        if rows is None or held is None or held.shape[1:] != value.shape[1:] or held.shape == value.shape:
            continue
        # Two stages have one row more, of the background; RetinaNet has the rows of its classes for each anchor.
        classes = int(network.roi_heads.num_classes if rows[1] else network.num_classes)  # type: ignore[union-attr, arg-type]
        background = 1 if rows[1] else 0
        each = value.shape[0] // (classes + background)
        if held.shape[0] % each:
            continue
        raise ModelError(
            f"{path.name} has {held.shape[0] // each - background} classes and its config builds {classes}; set "
            f"{said_count(network)} in the config to the number that it was trained with, and name as many "
            "classes in the card"
        )


def load_into(network: nn.Module, weights: Mapping[str, Tensor], path: StrPath) -> None:
    """Give the network all its weights. Raises ModelError if they belong to another network."""
    path = as_path(path)
    _check_count(network, weights, path)
    try:
        answer = network.load_state_dict(dict(weights), strict=False)
    except RuntimeError as error:
        raise ModelError(f"{path.name} belongs to another network: {one_line(error, 300)}") from error
    extra = [name for name in answer.unexpected_keys if not any(part in name for part in _COMPUTED)]
    if answer.missing_keys or extra:
        said = [
            f"{what} ({', '.join(names[:3])}{', ...' if len(names) > 3 else ''})"
            for what, names in (
                (f"lacks {len(answer.missing_keys)} of its parameters", answer.missing_keys),
                (f"has {len(extra)} that the network does not know", extra),
            )
            if names
        ]
        raise ModelError(f"{path.name} belongs to another network than its config: it {' and '.join(said)}")
