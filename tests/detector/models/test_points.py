"""Models of points: peaks of maps become points, once each, in one tile and over seams."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper
from PIL import Image

import herdmap
from detector import models
from detector.detections import Detections
from detector.errors import ModelError
from detector.models.layouts import points
from detector.models.layouts.layout import File, Output, Peaks
from geo import geopackage
from tests.detector.models.foreign_files import POINTS, SIZE, card, with_card

TILE_PX = 96


def dots(folder: Path) -> Path:
    """A detector of points in cells of 2 px: the brightness of a cell is its score."""
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["grey"], axes=[1], keepdims=1),
        helper.make_node("AveragePool", ["grey"], ["heatmap"], kernel_shape=[2, 2], strides=[2, 2]),
    ]
    inputs = [helper.make_tensor_value_info("images", TensorProto.FLOAT, ("b", 3, TILE_PX, TILE_PX))]
    outputs = [helper.make_tensor_value_info("heatmap", TensorProto.FLOAT, ("b", 1, TILE_PX // 2, TILE_PX // 2))]
    graph = helper.make_graph(nodes, "g", inputs, outputs)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "m.onnx")
    text = card("heatmap", "mean = [0, 0, 0]\nstd = [1, 1, 1]\nscore_threshold = 0.2\noverlap = 31\npeak_share = 0.1\n")
    text = text.replace('["sheep", "goat"]', '["sheep"]').replace(f"tile_size = {SIZE}", f"tile_size = {TILE_PX}")
    (folder / "m.toml").write_text(text, encoding="utf-8")
    return folder / "m.onnx"


def scattered(width: int, height: int, number: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """A dark picture with white dots of 2 x 2 px, 9 px apart or more, and their middles (N, 2); some at its edges."""
    chance = np.random.default_rng(seed)
    pixels = np.full((height, width, 3), 5, np.uint8)
    corners: list[NDArray[np.int64]] = [np.array([0, 0]), np.array([width - 2, height // 2])]
    while len(corners) < number:
        corner = chance.integers(0, [width - 1, height - 1])
        if min(np.abs(corner - other).max() for other in corners) >= 9:
            corners.append(corner)
    for x, y in corners:
        pixels[y : y + 2, x : x + 2] = 255
    return pixels, np.array(corners, np.float64) + 1.0


@pytest.mark.parametrize("seed", range(3))
def test_each_animal_is_counted_once_over_all_seams(tmp_path: Path, seed: int) -> None:
    pixels, wanted = scattered(403, 301, 160, seed)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    herdmap.detect(tmp_path / "a.png", tmp_path / "s.gpkg", model=dots(tmp_path))
    rows = geopackage.read_detections(tmp_path / "s.gpkg")
    assert set(rows.text("kind")) == {"point"}
    found = (rows.boxes_px[:, :2] + rows.boxes_px[:, 2:]) / 2
    assert len(found) == len(wanted)
    apart = np.abs(found[:, None] - wanted[None]).max(axis=2).min(axis=1)
    assert apart.max() <= 1  # a dot lies across cells, differently in each tile
    assert (rows.boxes_px >= 0).all()
    assert (rows.boxes_px[:, 2:] <= [403, 301]).all()


def found_in(scores: NDArray[Any], size: tuple[int, int], peaks: Peaks | None = None) -> Detections:
    """The points of one map (h, w) of a tile of this (height, width)."""
    output = Output("heatmap", (1, 1, *scores.shape), "tensor(float)")
    layout = points.heatmap(File(1, size, (output,), peaks=peaks or Peaks()))
    return layout.read([scores[None, None].astype(np.float32)], size, 0.05)


def middles(found: Detections) -> list[list[float]]:
    centres: list[list[float]] = ((found.boxes[:, :2] + found.boxes[:, 2:]) / 2).tolist()
    return centres


def test_a_flat_peak_is_one_animal_in_its_middle() -> None:
    scores = np.zeros((16, 16))
    scores[4:6, 7:10] = 1.0
    scores[12, 2] = 0.6
    found = found_in(scores, (32, 32))
    assert middles(found) == [[17, 10], [5, 25]]
    assert found.scores.tolist() == pytest.approx([1.0, 0.6])


def test_the_window_and_the_share_are_those_of_the_card() -> None:
    scores = np.zeros((16, 16))
    scores[3, 3], scores[3, 6], scores[12, 12] = 0.9, 0.8, 0.2
    assert len(found_in(scores, (64, 64))) == 2
    assert len(found_in(scores, (64, 64), Peaks(share=0.1))) == 3
    assert middles(found_in(scores, (64, 64), Peaks(window=7))) == [[14, 14]]
    assert len(found_in(np.log(scores.clip(1e-9) / (1 - scores.clip(1e-9))), (64, 64), Peaks(logits=True))) == 2
    assert len(found_in(scores * 0.1, (64, 64), Peaks(share=0))) == 0


def test_odd_sizes_have_cells_at_the_edge() -> None:
    scores = np.zeros((32, 24))
    scores[31, 23] = 0.9
    assert middles(found_in(scores, (63, 47)))[0] == pytest.approx([46.5, 62.5], abs=0.6)


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        (np.full((16, 16), 0.7), "expected points"),
        (np.full((16, 16), -3.0), "set logits = true"),
        (np.full((16, 16), np.nan), "finite"),
        (np.zeros((16, 12)), "whole number of px a cell"),
        (np.zeros((0, 16)), "expected"),
    ],
)
def test_what_is_no_heatmap_is_an_error(scores: NDArray[Any], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        found_in(scores, (32, 32))


@pytest.mark.parametrize(
    ("layout", "lines", "said"),
    [
        ("herdnet", "peak_window = 4\n", "expected an odd number"),
        ("herdnet", "peak_share = 2.0\n", "expected 0 to 1"),
        ("herdnet", "point_size = 0.1\n", "expected 1 to"),
        ("yolo", "point_size = 20\n", "layouts of points"),
        ("yolo", "peak_window = 3\n", "layouts of points"),
    ],
)
def test_a_wrong_card_is_one_line(tmp_path: Path, layout: str, lines: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        models.load(with_card(tmp_path, layout, lines), device="cpu")


@pytest.mark.parametrize("layout", sorted(POINTS))
def test_the_model_says_that_it_finds_points(tmp_path: Path, layout: str) -> None:
    info = models.load(with_card(tmp_path, layout, "point_size = 12\n"), device="cpu").info
    assert (info.finds, info.point_size) == ("point", 12)
    assert models.ModelInfo.from_json(info.to_json()) == info


def test_a_class_map_with_other_lengths_is_refused(tmp_path: Path) -> None:
    outputs = (Output("a", (1, 1, 64, 64), "tensor(float)"), Output("b", (1, 3, 4, 4), "tensor(float)"))
    layout = points.herdnet(File(2, (128, 128), outputs))
    heat = np.zeros((1, 1, 64, 64), np.float32)
    assert len(layout.read([heat, np.zeros((1, 3, 4, 4), np.float32)], (128, 128), 0.05)) == 0
    assert len(layout.read([np.zeros((1, 3, 4, 4), np.float32), heat], (128, 128), 0.05)) == 0
    for wrong in (
        np.zeros((1, 4, 4, 4)),
        np.zeros((1, 3, 4, 8)),
        np.zeros((2, 3, 4, 4)),
    ):
        with pytest.raises(ModelError):
            layout.read([heat, wrong.astype(np.float32)], (128, 128), 0.05)
    heat[0, 0, 8:40:8, 8] = 0.9
    with pytest.raises(ModelError, match="no finite numbers"):
        layout.read([heat, np.full((1, 3, 4, 4), np.inf, np.float32)], (128, 128), 0.05)
    with pytest.raises(ModelError, match="class map"):
        points.herdnet(File(3, (128, 128), outputs))
