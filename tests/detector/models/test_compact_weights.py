"""The weights of the compact detector, read out of its ONNX file."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detector import models
from detector.errors import ModelError
from detector.models import ModelInfo
from geo.simulation import SurveySettings, render_scene

torch = pytest.importorskip("torch")

from detector.models.compact import CompactDetector, CompactFile, CompactShape, export_compact  # noqa: E402
from detector.models.compact_weights import read_network, with_norms_of  # noqa: E402

BUNDLED = Path(models.__file__).parent / "bundled" / "sheep.onnx"


@pytest.fixture(scope="module")
def tiles() -> NDArray[np.uint8]:
    pixels, _, _ = render_scene(SurveySettings(seed=3, width_m=12, height_m=8, gsd_m=0.025, animals=16, flocks=2))
    return np.stack([pixels[:320, :320], pixels[:320, -320:]])


def answers(network: CompactDetector, tiles: NDArray[np.uint8], zoom: float = 1.0) -> list[NDArray[np.float32]]:
    with torch.no_grad():
        return [part.numpy() for part in CompactFile(network, zoom).eval()(torch.from_numpy(tiles))]


def test_the_network_answers_as_the_bundled_file_does(tiles: NDArray[np.uint8]) -> None:
    found = models.load(str(BUNDLED), "cpu").detect(tiles)
    assert len(found) > 5
    network = read_network(BUNDLED)
    for _ in range(2):  # also with the norms of pixels
        boxes, scores, labels, _ = answers(network, tiles)
        np.testing.assert_allclose(scores, found.scores, atol=1e-4)
        np.testing.assert_allclose(boxes, found.boxes, atol=1e-2)
        assert labels.tolist() == found.labels.tolist()
        with_norms_of(network, torch.from_numpy(tiles).permute(0, 3, 1, 2).float())
    # Now a step of training sees what the norms know, so that it begins where the file ended.
    with torch.no_grad():
        learnt = network.train()(torch.from_numpy(tiles).permute(0, 3, 1, 2).float())[0]
        known = network.eval()(torch.from_numpy(tiles).permute(0, 3, 1, 2).float())[0]
    assert (learnt - known).abs().max() < 0.05


@pytest.mark.parametrize("zoom", [0.23, 0.5, 0.7, 1.7])
def test_a_zoomed_file_finds_its_animals_where_they_are(tmp_path: Path, tiles: NDArray[np.uint8], zoom: float) -> None:
    """Tiles whose px are 1 / zoom as large, so that the network sees about what it knows."""
    side = round(320 / zoom)
    with torch.no_grad():
        large = torch.nn.functional.interpolate(
            torch.from_numpy(tiles).permute(0, 3, 1, 2).float(), (side, side), mode="bilinear", antialias=True
        )
    given = large.round().clamp(0, 255).byte().permute(0, 2, 3, 1).contiguous().numpy()
    network, plain = read_network(BUNDLED), answers(read_network(BUNDLED), tiles)
    file = tmp_path / "zoomed.onnx"
    info = ModelInfo("detector", "zoomed", ("sheep",), tile_size=640)
    export_compact(network, info, file, zoom)
    model = models.load(str(file), "cpu")
    found = model.detect(given)
    sure = found.scores > 0.5
    assert abs(sure.sum() - (plain[1] > 0.5).sum()) <= 1
    centres = [(boxes[:, :2] + boxes[:, 2:]) / 2 for boxes in (found.boxes * zoom, plain[0])]
    apart = np.hypot(*(centres[0][sure][:, None] - centres[1][None]).transpose(2, 0, 1))
    apart[found.tiles[sure][:, None] != plain[3][None]] = np.inf
    assert np.median(apart.min(axis=1)) < 2
    assert apart.min(axis=1).max() < 8
    np.testing.assert_allclose(answers(network, given, zoom)[1], found.scores, atol=1e-4)
    for shape in ((1, 1), (3, 17)):  # as the network alone, it takes any size
        assert (model.detect(np.zeros((2, *shape, 3), np.uint8)).scores < 0.5).all()
    assert read_network(file).shape == network.shape


def test_a_network_of_another_shape_is_read(tmp_path: Path, tiles: NDArray[np.uint8]) -> None:
    shape = CompactShape(2, stem=8, widths=(16, 16, 32), depths=(2, 1, 1), head=8)
    network = CompactDetector(shape).eval()
    file = tmp_path / "other.onnx"
    export_compact(network, ModelInfo("detector", "other", ("sheep", "goat"), tile_size=320), file)
    read = read_network(file)
    assert read.shape == shape
    pixels = torch.from_numpy(tiles).permute(0, 3, 1, 2).float()
    with torch.no_grad():
        for ours, theirs in zip(read(pixels), network(pixels), strict=True):
            torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)


def test_other_files_are_refused(tmp_path: Path) -> None:
    body = Path(models.__file__).parent / "body" / "efficientnet_lite0.onnx"
    with pytest.raises(ModelError, match="not the file of a compact detector"):
        read_network(body)
    (tmp_path / "no.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match="cannot be read as an ONNX file"):
        read_network(tmp_path / "no.onnx")
    # Zeros are no weights that were learnt, but they are numbers; what is no number is refused.
    network = CompactDetector(CompactShape(1))
    with torch.no_grad():
        next(network.head.parameters()).fill_(float("nan"))
    export_compact(network, ModelInfo("detector", "nan", ("a",), tile_size=320), tmp_path / "nan.onnx")
    with pytest.raises(ModelError, match="expected finite float32"):
        read_network(tmp_path / "nan.onnx")
