"""The compact network and its ONNX file."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

import json

import numpy as np
import onnxruntime as ort
import pytest

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")

from detector.errors import InputError
from detector.models import ModelInfo
from detector.models.compact import (
    MOST_PEAKS,
    REACH_PX,
    CompactDetector,
    CompactFile,
    CompactShape,
    export_compact,
)
from detector.models.floor import SCORE_FLOOR

SMALL = CompactShape(classes=2, stem=16, widths=(16, 16, 16), depths=(1, 1, 1), head=16)
INFO = ModelInfo("detector", "test", ("ewe", 'a "lamb" <b>'), tile_size=64)


def _network(shape=SMALL, seed=0, liveliness=1.0):
    """A network with statistics of its own, and scores that reach over the floor."""
    torch.manual_seed(seed)
    network = CompactDetector(shape).eval()
    for name, value in network.named_buffers():
        if "running_mean" in name:
            value.normal_(0, 0.2)
        if "running_var" in name:
            value.uniform_(0.5, 2)
    torch.nn.init.normal_(network.centre.weight, std=liveliness)
    torch.nn.init.constant_(network.centre.bias, -2.0)
    torch.nn.init.normal_(network.sides.weight, std=0.1)
    return network


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    network = _network()
    path = tmp_path_factory.mktemp("model") / "test.onnx"
    export_compact(network, INFO, path)
    return network, path, ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def _images(batch, height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (batch, height, width, 3), dtype=np.uint8)


def test_network_tells_cells_at_stride_4():
    logits, distances = _network()(torch.zeros(2, 3, 64, 96))
    assert logits.shape == (2, 2, 16, 24)
    assert distances.shape == (2, 4, 16, 24)
    assert (distances > 0).all()


@pytest.mark.parametrize("size", [(2, 100, 84), (1, 64, 64), (3, 33, 129), (1, 7, 5), (1, 1, 1), (5, 40, 40)])
def test_file_says_what_torch_says(exported, size):
    network, _, session = exported
    images = _images(*size)
    with torch.no_grad():
        expected = [t.numpy() for t in CompactFile(network).eval()(torch.from_numpy(images))]
    found = session.run(None, {"images": images})
    assert [a.dtype for a in found] == [np.float32, np.float32, np.int64, np.int64, np.bool_]
    assert not found.pop().any()
    # Scores of 1 that differ in their last bit are in another order on another processor, and so suppress one another
    # otherwise: of a hundred boxes a few may be in one answer alone.
    _same_but_for(0.06, found, expected)


def _same_but_for(share, found, expected):
    """Each box of one answer is in the other, with its score, class and image, but for a share of them."""
    rows = [np.column_stack([a.reshape(len(a), -1) for a in answer]) for answer in (found, expected)]
    for mine, others in (rows, rows[::-1]):
        close = [np.isclose(row, others, rtol=1e-3, atol=1e-3).all(axis=1).any() for row in mine]
        assert close.count(False) <= share * len(mine)


def test_outputs_are_ordered_clipped_and_above_the_floor(exported):
    boxes, scores, labels, batch_index, _ = exported[2].run(None, {"images": _images(4, 90, 70)})
    assert len(scores) > 20
    assert (scores > SCORE_FLOOR).all()
    assert set(labels) == {0, 1}
    # By batch index, then falling; of logits that differ in their last bit either score may come out the higher.
    assert (np.diff(batch_index) >= 0).all()
    rising = np.diff(scores)[np.diff(batch_index) == 0]
    assert rising.max() < 1e-6
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, 2] <= 70).all()
    assert (boxes[:, 3] <= 90).all()
    assert (boxes[:, 2:] > boxes[:, :2]).all()


def test_a_batch_says_what_its_images_say_alone(exported):
    images = np.concatenate([_images(1, 64, 80), np.zeros((1, 64, 80, 3), np.uint8), _images(1, 64, 80, seed=1)])
    boxes, scores, labels, batch_index, _ = exported[2].run(None, {"images": images})
    for i in range(3):
        alone = exported[2].run(None, {"images": images[i : i + 1]})
        mine = batch_index == i
        np.testing.assert_allclose(boxes[mine], alone[0], atol=1e-3)
        np.testing.assert_allclose(scores[mine], alone[1], atol=1e-5)
        assert (labels[mine] == alone[2]).all()


def test_nothing_found_is_empty_and_not_an_error(tmp_path):
    network = _network()
    torch.nn.init.constant_(network.centre.bias, -100.0)
    export_compact(network, INFO, tmp_path / "blind.onnx")
    session = ort.InferenceSession(str(tmp_path / "blind.onnx"), providers=["CPUExecutionProvider"])
    for batch in (1, 3):
        found = session.run(None, {"images": _images(batch, 64, 64)})
        assert [a.shape for a in found] == [(0, 4), (0,), (0,), (0,), (batch,)]


class _Painted(torch.nn.Module):  # type: ignore[misc, name-defined]
    """A network that says what it is told, to try the peak picking alone."""

    def __init__(self, logits, distances):
        super().__init__()
        self.logits, self.distances = logits, distances

    def forward(self, pixels):
        return self.logits, self.distances


def _painted(peaks, size=16, reach=20.0):
    logits = torch.full((1, 1, size, size), -10.0)
    for row, column, value in peaks:
        logits[0, 0, row, column] = value
    with torch.no_grad():
        program = CompactFile(_Painted(logits, torch.full((1, 4, size, size), reach)))
        return [t.numpy() for t in program(torch.zeros(1, size * 4, size * 4, 3, dtype=torch.uint8))]


def test_a_peak_is_where_its_cell_is():
    boxes, scores, labels, _ = _painted([(3, 5, 2.0)], reach=4.0)
    assert boxes.tolist() == [[18.0, 10.0, 26.0, 18.0]]
    assert scores[0] == pytest.approx(1 / (1 + np.exp(-2)))
    assert labels.tolist() == [0]


def test_a_shoulder_is_no_peak_and_neighbours_both_are():
    assert len(_painted([(3, 5, 2.0), (3, 6, 1.9)], reach=4.0)[0]) == 1
    assert len(_painted([(3, 5, 2.0), (3, 7, 1.9)], reach=6.0)[0]) == 2


def test_rounding_does_not_move_a_box_to_the_cell_beside():
    """Of two cells that are nearly as likely either may be the peak; the box is nearly the same."""
    (left,), (right,) = _painted([(3, 5, 2.001), (3, 6, 2.0)])[0], _painted([(3, 5, 2.0), (3, 6, 2.001)])[0]
    np.testing.assert_allclose(left, right, atol=0.01)
    assert left.tolist() == pytest.approx([4.0, 0.0, 44.0, 34.0], abs=0.01)  # half of (2, 42) and (6, 46)
    # A cell that is less likely moves it less, by the square of the odds: exp(2) to 1.
    (box,) = _painted([(3, 5, 2.0), (3, 6, 1.0)])[0]
    assert box[0] == pytest.approx(2.0 + 4.0 / (1 + np.exp(2)), abs=1e-4)


def test_two_peaks_with_one_box_are_one_animal():
    # 8 px apart, boxes 80 px wide clipped alike: IoU far above the limit.
    assert len(_painted([(8, 7, 2.0), (8, 9, 1.9)], reach=40.0)[0]) == 1


def test_no_more_peaks_than_the_limit():
    spots = [(r, c, 1.0 + 0.001 * r) for r in range(0, 80, 2) for c in range(0, 80, 2)]
    assert len(spots) > MOST_PEAKS
    assert len(_painted(spots, size=80, reach=2.0)[0]) == MOST_PEAKS


def test_nothing_farther_than_the_reach_matters():
    network = _network(CompactShape())
    image = torch.zeros(1, 3, 512, 512)
    changed = image.clone()
    changed[:, :, :, :64] = 255.0
    with torch.no_grad():
        before, after = network(image)[0], network(changed)[0]
    columns = (before != after).any(dim=(0, 1, 2)).nonzero()[:, 0]
    assert 64 <= (columns.max() + 0.5) * 4 <= 64 + REACH_PX


def test_metadata_is_in_the_file(exported):
    metadata = json.loads(exported[2].get_modelmeta().custom_metadata_map["herdmap"])
    assert metadata["kind"] == "detector"
    assert metadata["classes"] == list(INFO.classes)


def test_norms_are_folded_into_the_convolutions(exported):
    import onnx

    kinds = {node.op_type for node in onnx.load(str(exported[1])).graph.node}
    assert "Conv" in kinds
    assert "BatchNormalization" not in kinds


def test_export_leaves_nothing_beside_the_file(exported):
    assert [p.name for p in exported[1].parent.iterdir()] == ["test.onnx"]


def test_export_wants_a_name_for_each_class(tmp_path):
    with pytest.raises(InputError, match="1 class names for a network of 2"):
        export_compact(_network(), ModelInfo("detector", "t", ("ewe",), tile_size=64), tmp_path / "t.onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"classes": 0}, "at least one class"), ({"widths": (0, 1, 1)}, "three numbers"), ({"stem": 0}, "stem 0")],
)
def test_shapes_that_cannot_be_are_refused(settings, message):
    with pytest.raises(InputError, match=message):
        CompactShape(**settings)
