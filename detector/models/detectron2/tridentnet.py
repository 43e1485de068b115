"""TridentNet (Li, Chen, Wang, Zhang: Scale-Aware Trident Networks for Object Detection, ICCV 2019) for Detectron2.

Near animals are large and far animals are small, and a convolution sees one size best. A trident block runs its 3 x 3
convolution several times with the same weights and different dilations. Each of these branches sees one scale. The
branches share everything except the dilation, so after training one branch may be used alone, at the price of a plain
network (the paper's "Fast" variant: the middle branch).

A trident stage here is a plain Detectron2 stage with blocks that can run in branches. It has the parameters of the
plain stage, by the same names, so ImageNet weights load into it. Branches are stored in the batch: a trident stage
turns N images into B x N, branch by branch (all images of the first branch, then all of the second). The later parts
need to know only that. When this module is imported, Detectron2 knows the names that TridentNet configs use:
`build_trident_resnet_backbone`, `TridentRPN`, `TridentRes5ROIHeads`, `TridentStandardROIHeads`, `MODEL.TRIDENT`.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from detector.errors import ModelError
from detector.models.quietly import quietly

with quietly():
    from detectron2.config import CfgNode
    from detectron2.layers import CNNBlockBase, Conv2d, ShapeSpec, batched_nms
    from detectron2.modeling import (
        BACKBONE_REGISTRY,
        PROPOSAL_GENERATOR_REGISTRY,
        ROI_HEADS_REGISTRY,
        build_resnet_backbone,
    )
    from detectron2.modeling.backbone import ResNet
    from detectron2.modeling.backbone.resnet import BottleneckBlock
    from detectron2.modeling.proposal_generator import RPN
    from detectron2.modeling.roi_heads import Res5ROIHeads, StandardROIHeads
    from detectron2.structures import ImageList, Instances

# The TEST_BRANCH_IDX of all branches.
ALL_BRANCHES = -1


def add_config(cfg: CfgNode) -> None:
    """Add the keys of MODEL.TRIDENT to a Detectron2 config, with the defaults of the public configuration."""
    cfg.MODEL.TRIDENT = CfgNode(
        {"NUM_BRANCH": 3, "BRANCH_DILATIONS": [1, 2, 3], "TRIDENT_STAGE": "res4", "TEST_BRANCH_IDX": 1}
    )


class TridentBlock(CNNBlockBase):  # type: ignore[misc]
    """A bottleneck block that runs its 3 x 3 convolution once for each branch, with the branch's dilation and shared
    weights.

    Args:
        block: The plain block. Its layers become this block's, by the same names.
        dilations: Of all branches; training uses them.
        tested: Of the branches that inference uses.
        first: The input is N images, not yet in branches. Then the layers before the branches run once.
    """

    def __init__(self, block: BottleneckBlock, dilations: list[int], tested: list[int], first: bool) -> None:
        super().__init__(block.in_channels, block.out_channels, block.stride)
        self.shortcut, self.conv1, self.conv2, self.conv3 = block.shortcut, block.conv1, block.conv2, block.conv3
        self.dilations = dilations
        self.tested = tested
        self.first = first

    def forward(self, x: Tensor) -> Tensor:
        """From (B N, C, H, W) float to (B N, C', H', W'). The first block takes (N, C, H, W)."""
        dilations = self.dilations if self.training else self.tested
        narrow = F.relu_(self.conv1(x))
        parts = [narrow] * len(dilations) if self.first else narrow.chunk(len(dilations))
        wide = torch.cat([dilated(self.conv2, part, d) for part, d in zip(parts, dilations, strict=True)])
        out = self.conv3(F.relu_(wide))
        past = x if self.shortcut is None else self.shortcut(x)
        return F.relu_(out + (past.repeat(len(dilations), 1, 1, 1) if self.first else past))


def dilated(conv: Conv2d, x: Tensor, dilation: int) -> Tensor:
    """A 3 x 3 convolution and its norm with another dilation, and the padding that keeps the size."""
    x = F.conv2d(x, conv.weight, conv.bias, conv.stride, dilation, dilation, conv.groups)
    return x if conv.norm is None else conv.norm(x)


def branches_of(cfg: CfgNode) -> tuple[list[int], list[int]]:
    """The dilations of all branches, and of those that inference uses.

    Raises:
        ModelError: The settings in MODEL.TRIDENT are impossible.
    """
    trident = cfg.MODEL.TRIDENT
    dilations, index = list(trident.BRANCH_DILATIONS), trident.TEST_BRANCH_IDX
    if len(dilations) != trident.NUM_BRANCH or not dilations or min(dilations) < 1:
        raise ModelError(
            f"MODEL.TRIDENT.BRANCH_DILATIONS {dilations} with NUM_BRANCH {trident.NUM_BRANCH}: expected a dilation of "
            "1 or more for each branch"
        )
    if not ALL_BRANCHES <= index < len(dilations):
        raise ModelError(
            f"MODEL.TRIDENT.TEST_BRANCH_IDX {index}: expected {ALL_BRANCHES} for all branches, or one of "
            f"0 to {len(dilations) - 1}"
        )
    return dilations, dilations if index == ALL_BRANCHES else [dilations[index]]


def tested_branches(network: nn.Module) -> tuple[list[int], list[int]] | None:
    """The dilations of a network's branches, and of those that inference uses; None if it has no branches."""
    block = next((m for m in network.modules() if isinstance(m, TridentBlock)), None)
    return None if block is None else (block.dilations, block.tested)


def use_branches(network: nn.Module, which: str) -> None:
    """Make inference use the 'middle' branch alone, or 'all' branches. Raises ModelError if that is not possible."""
    found = tested_branches(network)
    if found is None:
        raise ModelError(f"branch {which!r}: this network has no branches, since it is not a TridentNet")
    dilations = found[0]
    if which not in ("middle", "all"):
        raise ModelError(f"branch {which!r}: expected 'middle' or 'all'")
    tested = dilations if which == "all" else [dilations[len(dilations) // 2]]
    for module in network.modules():
        if isinstance(module, TridentBlock):
            module.tested = tested
        elif isinstance(module, Branched):
            module.tested = len(tested)


@BACKBONE_REGISTRY.register()  # type: ignore[untyped-decorator]
def build_trident_resnet_backbone(cfg: CfgNode, input_shape: ShapeSpec) -> ResNet:
    """The ResNet that a config describes. The blocks of the stage MODEL.TRIDENT.TRIDENT_STAGE run in branches."""
    dilations, tested = branches_of(cfg)
    name = cfg.MODEL.TRIDENT.TRIDENT_STAGE
    backbone = build_resnet_backbone(cfg, input_shape)
    if name not in backbone.stage_names:
        raise ModelError(f"MODEL.TRIDENT.TRIDENT_STAGE {name!r}: expected one of {', '.join(backbone.stage_names)}")
    stage = getattr(backbone, name)
    if not all(type(block) is BottleneckBlock for block in stage):
        raise ModelError(
            f"{name} of this ResNet has no plain bottleneck blocks: TridentNet needs a depth of 50 or more"
        )
    for i, block in enumerate(stage):
        stage[i] = TridentBlock(block, dilations, tested, first=i == 0)
    return backbone


class Branched(nn.Module):
    """A part that knows how many branches its features come in."""

    def __init__(self, cfg: CfgNode, *args: Any) -> None:
        super().__init__(cfg, *args)
        dilations, tested = branches_of(cfg)
        self.trained = len(dilations)
        self.tested = len(tested)

    @property
    def branches(self) -> int:
        """How many branches the features now come in."""
        return self.trained if self.training else self.tested


@PROPOSAL_GENERATOR_REGISTRY.register()
class TridentRPN(Branched, RPN):  # type: ignore[misc]
    """An RPN for features in branches.

    Each branch of an image is treated as an image of its own, with the same labels.
    """

    def forward(
        self, images: ImageList, features: dict[str, Tensor], gt_instances: list[Instances] | None = None
    ) -> tuple[list[Instances], dict[str, Tensor]]:
        """Like `RPN.forward`, but returns B x N lists of proposals, branch by branch.

        `images` are the N of the batch.
        """
        # An RPN only needs the sizes of the images.
        images = ImageList(images.tensor, images.image_sizes * self.branches)
        return super().forward(images, features, gt_instances and gt_instances * self.branches)  # type: ignore[no-any-return]


class _BranchedHeads(Branched):
    """Heads that take B x N lists of proposals. In inference, they return N instances: the best of all branches."""

    def forward(
        self,
        images: ImageList,
        features: dict[str, Tensor],
        proposals: list[Instances],
        targets: list[Instances] | None = None,
    ) -> tuple[list[Instances], dict[str, Tensor]]:
        """Like `ROIHeads.forward`."""
        found, losses = super().forward(images, features, proposals, targets and targets * self.branches)
        if not self.training and self.branches > 1:
            count = len(found) // self.branches
            predictor: Any = self.box_predictor
            found = [
                merged(found[i::count], predictor.test_nms_thresh, predictor.test_topk_per_image) for i in range(count)
            ]
        return found, losses


def merged(branches: list[Instances], iou: float, most: int) -> Instances:
    """Join one image's instances from all branches: best first, at most `most`, no duplicates within a class."""
    together = Instances.cat(branches)
    kept = batched_nms(together.pred_boxes.tensor, together.scores, together.pred_classes, iou)
    return together[kept[:most]]


@ROI_HEADS_REGISTRY.register()
class TridentRes5ROIHeads(_BranchedHeads, Res5ROIHeads):  # type: ignore[misc]
    """`Res5ROIHeads` (C4 networks) for branches."""


@ROI_HEADS_REGISTRY.register()
class TridentStandardROIHeads(_BranchedHeads, StandardROIHeads):  # type: ignore[misc]
    """`StandardROIHeads` (C5 networks) for branches."""
