"""Detectron2 through Herdmap: the boxes of its own forward, configs that are data, weights that fit or are refused."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

# First what is missing more often: to load torch takes seconds.
pytest.importorskip("detectron2", reason="Detectron2 is not installed")
torch = pytest.importorskip("torch")

from detector import models  # noqa: E402
from detector.errors import ModelError  # noqa: E402
from detector.models.detectron2 import model as backend  # noqa: E402
from detector.models.detectron2.config import own_configs, read_config, read_config_and_rest  # noqa: E402
from tests.command_line import HerdmapHere  # noqa: E402
from tests.detector.models.detectron2_models import CARD, CLASSES, FASTER_RCNN, TILE, TRIDENTNET, tiles_of, write_model  # noqa: E402

LAUGHS = "a0: &a0 [1]\n" + "".join(f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]\n" for i in range(9))
RETINANET = """
_BASE_: "../COCO-Detection/retinanet_R_50_FPN_1x.yaml"
MODEL: {WEIGHTS: "", RETINANET: {NUM_CLASSES: 5}}
INPUT: {MIN_SIZE_TEST: 0, FORMAT: "RGB"}
"""


def their_answers(config: Path, tiles: np.ndarray) -> list[np.ndarray]:
    """What Detectron2 itself says of each tile, an image at a time as its DefaultPredictor does."""
    from detectron2.data import transforms as T
    from detectron2.modeling import build_model

    cfg = read_config(config)
    cfg.MODEL.DEVICE = "cpu"
    network = build_model(cfg).eval()
    network.load_state_dict(torch.load(config.with_suffix(".pth"), weights_only=True)["model"])
    resize = T.ResizeShortestEdge([cfg.INPUT.MIN_SIZE_TEST, cfg.INPUT.MIN_SIZE_TEST], cfg.INPUT.MAX_SIZE_TEST)
    rows = []
    for tile in tiles:
        image = tile[:, :, ::-1] if cfg.INPUT.FORMAT == "BGR" else tile
        image = resize.get_transform(image).apply_image(image).astype("float32").transpose(2, 0, 1)
        with torch.no_grad():
            inputs = {"image": torch.as_tensor(image), "height": tile.shape[0], "width": tile.shape[1]}
            found = network([inputs])[0]["instances"]
        rows.append(np.c_[found.pred_boxes.tensor, found.scores, found.pred_classes])
    return rows


def our_answers(config: Path, tiles: np.ndarray, batch: int = 4) -> list[np.ndarray]:
    detector = models.load(config, "cpu")
    rows = []
    for start in range(0, len(tiles), batch):
        some = tiles[start : start + batch]
        found = detector.detect(some)
        rows += [np.c_[found.boxes, found.scores, found.labels][found.tiles == i] for i in range(len(some))]
    return rows


def same_boxes(config: Path, tiles: np.ndarray) -> float:
    """Hold ours at batch 4 against theirs; returns the largest difference of a box, in tile px."""
    ours, theirs = our_answers(config, tiles), their_answers(config, tiles)
    assert sum(map(len, theirs)) > 5 * len(tiles)
    assert [len(rows) for rows in ours] == [len(rows) for rows in theirs]
    largest = max(float(np.abs(a[:, :4] - b[:, :4]).max()) for a, b in zip(ours, theirs, strict=True))
    assert largest < 1e-3
    for a, b in zip(ours, theirs, strict=True):
        assert np.abs(a[:, 4] - b[:, 4]).max() < 1e-5
        assert (a[:, 5] == b[:, 5]).all()
    return largest


@pytest.mark.filterwarnings("ignore:torch.meshgrid")
@pytest.mark.parametrize("config", [FASTER_RCNN, RETINANET], ids=["faster R-CNN", "RetinaNet"])
def test_boxes_are_those_of_detectron2s_own_forward(config: str, tmp_path: Path) -> None:
    same_boxes(write_model(tmp_path, config), tiles_of(None, 6))


@pytest.mark.realdata
@pytest.mark.timeout(3000)
@pytest.mark.filterwarnings("ignore:torch.meshgrid")
@pytest.mark.parametrize("config", [FASTER_RCNN, TRIDENTNET], ids=["faster R-CNN", "TridentNet"])
def test_boxes_are_those_of_detectron2s_own_forward_on_real_tiles(config: str, tmp_path: Path, realdata: Path) -> None:
    largest = same_boxes(write_model(tmp_path, config), tiles_of(realdata / "sheep" / "images", 20))
    print(f"largest difference of a box: {largest:.2g} px")


def test_tiles_that_are_not_square_come_back_in_their_own_px(tmp_path: Path) -> None:
    """Resized for the network, boxes reach the far corner of the tile and not beyond."""
    tiles = np.ascontiguousarray(tiles_of(None, 2)[:, :120])
    found = models.load(write_model(tmp_path, FASTER_RCNN), "cpu").detect(tiles)
    assert (found.boxes >= 0).all()
    assert (found.boxes[:, 2] > TILE - 1).any()
    assert (found.boxes[:, 3] > 119).any()
    assert (found.boxes[:, 2] <= TILE).all()
    assert (found.boxes[:, 3] <= 120).all()


def test_a_full_tile_and_a_high_floor_are_reported(tmp_path: Path) -> None:
    card = CARD.replace("= 0.3", "= 0.1") + "detections_per_tile = 2\nscore_floor = 0.2\n"
    config = write_model(tmp_path, FASTER_RCNN, card)
    detector = models.load(config, "cpu")
    found = detector.detect(tiles_of(None, 3))
    assert np.bincount(found.tiles).tolist() == [2, 2, 2]
    assert (found.scores >= 0.2).all()
    full, floor = detector.remarks
    assert full.startswith("3 of 3 tiles hit the cap of 2 detections a tile, 3 of them above the threshold")
    assert "raise detections_per_tile in m.toml" in full
    assert floor.startswith("m gives nothing below a score of 0.2 (SCORE_THRESH_TEST)")
    assert detector.about["gives at most"].startswith("2 a tile")


def test_herdmap_model_says_what_is_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = HerdmapHere(capsys)("model", write_model(tmp_path, TRIDENTNET))
    assert done.code == 0, done.err
    for said in (
        "GeneralizedRCNN of ResNet, TridentRPN",
        "branches of dilation 1, 2, 3",
        "BGR",
        "100 a tile",
        *CLASSES,
    ):
        assert said in done.out


def test_a_config_without_a_card_takes_its_names_from_its_dataset(tmp_path: Path) -> None:
    config = write_model(tmp_path, FASTER_RCNN.replace("NUM_CLASSES: 5", "NUM_CLASSES: 80"), "")
    config.with_suffix(".toml").unlink()
    info = models.load(config, "cpu").info
    assert (len(info.classes), info.classes[0], info.trained_on, info.tile_size) == (80, "person", "coco_2017_val", 800)
    config.write_text(FASTER_RCNN, encoding="utf-8")
    with pytest.raises(ModelError, match=r"5 classes and does not name them: put m\.toml beside it"):
        models.load(config, "cpu")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1, 2", "is not YAML"),
        ("- a", "holds no table"),
        ("MODEL: {NO_SUCH_KEY: 1}", "not a config of this Detectron2: .*NO_SUCH_KEY"),
        ("MODEL: {ROI_HEADS: {NUM_CLASSES: 2000000000}}", "NUM_CLASSES is 2000000000: expected"),
        (LAUGHS, "stands for more than 100000 values"),
        ("INPUT: &a {FORMAT: *a}", "is not YAML"),
        ("_BASE_: '/etc/passwd'", "neither in its folder nor one of Detectron2's"),
        ("_BASE_: '../secret.yaml'", "neither in its folder nor one of Detectron2's"),
        ("_BASE_: 'm.yaml'", "more than 10 configs"),
        ("_BASE_: 'detectron2://x.yaml'", "neither in its folder"),
        ("MODEL: {META_ARCHITECTURE: 'SemanticSegmentor'}", "SemanticSegmentor|cannot build"),
        ("INPUT: {FORMAT: 'YUV-BT.601'}", "expected 'BGR' or 'RGB'"),
        ("VERSION: 1", "VERSION is 1: expected 2"),
    ],
)
def test_a_config_that_cannot_be_used_is_said(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("VERSION: 2", encoding="utf-8")
    (tmp_path / "in").mkdir()
    config = tmp_path / "in" / "m.yaml"
    config.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=said) as caught:
        models.load(config, "cpu")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("tag", ["object/apply:os.system", "object/apply:pathlib.Path.touch", "object/new:tuple"])
def test_a_config_is_read_and_not_run(tag: str, tmp_path: Path) -> None:
    """Detectron2's own reader runs what such a config asks for."""
    target = tmp_path / "pwned"
    config = tmp_path / "m.yaml"
    config.write_text(f"VERSION: 2\nOUTPUT_DIR: !!python/{tag} ['touch {target}']\n", encoding="utf-8")
    for trust in (False, True):
        with pytest.raises(ModelError, match="asks for Python objects"):
            models.load(config, "cpu", trust=trust)
    assert not target.exists()


def test_a_config_that_detectron2_dumped_is_read_as_it_was(tmp_path: Path) -> None:
    """Its dumps have aliases."""
    cfg = read_config(write_model(tmp_path, TRIDENTNET))
    dumped = tmp_path / "dumped.yaml"
    dumped.write_text(cfg.dump(), encoding="utf-8")
    assert "&id001" in dumped.read_text(encoding="utf-8")
    assert json.dumps(read_config(dumped)) == json.dumps(cfg)


def test_keys_that_a_search_does_not_read_are_named_and_left_out(tmp_path: Path) -> None:
    own = "INPUT: {MIN_SIZE_TEST: 200, corruption: 0.1}\nMINE: {HACK: 1.0}\nSOLVER: {MY: {RATE: 2}}\n"
    config = write_model(tmp_path, FASTER_RCNN.replace("INPUT: {MIN_SIZE_TEST: 200}", own))
    cfg, left = read_config_and_rest(config)
    assert sorted(left) == ["INPUT.corruption", "MINE", "SOLVER.MY"]
    assert cfg.INPUT.MIN_SIZE_TEST == 200
    (said,) = [line for line in models.load(config, "cpu").remarks if "left out" in line]
    assert all(name in said for name in left)
    config.write_text(config.read_text().replace("ROI_HEADS: {", "ROI_HEADS: {MY_HEAD: 3, "))
    with pytest.raises(ModelError, match=r"MY_HEAD.*would change the network"):
        models.load(config, "cpu")


def test_the_zoos_checkpoint_is_found_beside_its_config_with_the_names_of_coco(tmp_path: Path) -> None:
    name = "faster_rcnn_R_50_FPN_3x.yaml"
    config = tmp_path / name
    config.write_text((own_configs() / "COCO-Detection" / name).read_text())
    with pytest.raises(ModelError, match="put them beside it"):
        models.load(config, "cpu")
    weights = {key: value.numpy() for key, value in backend.read_recipe(config).network.state_dict().items()}
    with (tmp_path / "model_final_280758.pkl").open("wb") as file:
        pickle.dump({"model": weights, "__author__": "Detectron2 Model Zoo"}, file)
    model = models.load(config, "cpu")
    assert model.files[1].name == "model_final_280758.pkl"
    assert len(model.info.classes) == 80
    assert model.info.classes[:3] == ("person", "bicycle", "car")


def test_bases_lie_in_the_folder_or_in_detectron2(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "b.yaml").write_text("_BASE_: '../c.yaml'\nINPUT: {MIN_SIZE_TEST: 640}", encoding="utf-8")
    (tmp_path / "c.yaml").write_text("_BASE_: 'Base-RetinaNet.yaml'\nINPUT: {MAX_SIZE_TEST: 900}", encoding="utf-8")
    (tmp_path / "m.yaml").write_text("_BASE_: ['base/b.yaml']\nINPUT: {FORMAT: 'RGB'}", encoding="utf-8")
    cfg = read_config(tmp_path / "m.yaml")
    assert (cfg.INPUT.MIN_SIZE_TEST, cfg.INPUT.MAX_SIZE_TEST, cfg.INPUT.FORMAT) == (640, 900, "RGB")
    # Detectron2's own file computes its anchors.
    assert cfg.MODEL.ANCHOR_GENERATOR.SIZES[0] == pytest.approx([32, 40.3, 50.8], abs=0.05)


@pytest.mark.parametrize(
    ("base", "arch"),
    [
        ("../Base-RCNN-FPN.yaml", "FPN"),
        ("../../../configs/Base-RCNN-C4.yaml", "C4"),  # as Detectron2's own projects name it
        ("/home/me/detectron2/configs/COCO-Detection/faster_rcnn_R_50_FPN_1x.yaml", "FPN"),
        ("Base-Keypoint-RCNN-FPN.yaml", "FPN"),  # beside the zoo's config, which was copied alone
    ],
)
def test_a_base_that_comes_with_detectron2_is_found_by_its_name(base: str, arch: str, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(f"_BASE_: '{base}'\nMODEL: {{MASK_ON: false}}", encoding="utf-8")
    backbone = read_config(tmp_path / "m.yaml").MODEL.BACKBONE.NAME
    assert backbone == ("build_resnet_fpn_backbone" if arch == "FPN" else "build_resnet_backbone")


def test_a_config_in_python_is_code_and_needs_trust(tmp_path: Path) -> None:
    target = tmp_path / "ran"
    config = tmp_path / "m.py"
    config.write_text(f"open({str(target)!r}, 'w')\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"loading it runs its code: load it only if you trust it") as caught:
        models.load(config, "cpu")
    assert caught.value.about == "trust"
    assert not target.exists()


@pytest.mark.filterwarnings("ignore:torch.meshgrid")
def test_a_trusted_config_in_python(tmp_path: Path) -> None:
    """FCOS exists as such a config alone."""
    from detectron2 import __file__ as package

    configs = Path(package).parent / "model_zoo" / "configs"
    text = (configs / "COCO-Detection" / "fcos_R_50_FPN_1x.py").read_text(encoding="utf-8")
    (tmp_path / "common").symlink_to(configs / "common")
    (tmp_path / "zoo").mkdir()
    config = tmp_path / "zoo" / "m.py"
    config.write_text(text + "model.num_classes = 5\ntrain.init_checkpoint = ''\n", encoding="utf-8")
    config.with_suffix(".toml").write_text(CARD, encoding="utf-8")
    from tests.detector.models.detectron2_models import random_weights

    recipe = backend.read_recipe(config, trust=True)
    torch.save(random_weights(recipe.network), config.with_suffix(".pth"))
    detector = models.load(config, "cpu", trust=True)
    assert detector.about["builds"].startswith("FCOS of FPN, FCOSHead")
    assert "shortest edge resized to 800 px" in detector.about["input"]
    assert len(detector.detect(tiles_of(None, 1, 96)))


def test_weights_are_found_or_asked_for(tmp_path: Path) -> None:
    config = write_model(tmp_path, FASTER_RCNN)
    weights = config.with_suffix(".pth")
    named = weights.rename(tmp_path / "last.pth")
    with pytest.raises(ModelError, match=r"names no weights: put them beside it as m\.pth"):
        models.load(config, "cpu")
    config.write_text(FASTER_RCNN.replace('WEIGHTS: ""', 'WEIGHTS: "detectron2://a/b.pkl"'), encoding="utf-8")
    with pytest.raises(ModelError, match=r"'detectron2://a/b\.pkl', which is not a file here.*nothing is fetched"):
        models.load(config, "cpu")
    config.write_text(FASTER_RCNN.replace('WEIGHTS: ""', 'WEIGHTS: "last.pth"'), encoding="utf-8")
    assert models.load(config, "cpu").files == (config, named, config.with_suffix(".toml"))
    (tmp_path / "model_final.pth").write_bytes(named.read_bytes())
    with pytest.raises(ModelError, match=r"names last\.pth and model_final\.pth lies beside it: say which in m\.toml"):
        models.load(config, "cpu")
    config.with_suffix(".toml").write_text(CARD + 'weights = "model_final.pth"\n', encoding="utf-8")
    assert models.load(config, "cpu").files[1] == tmp_path / "model_final.pth"
    config.with_suffix(".toml").write_text(CARD + 'weights = "../model_final.pth"\n', encoding="utf-8")
    with pytest.raises(ModelError, match=r"expected the name of a file beside m\.yaml"):
        models.load(config, "cpu")


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    config = write_model(tmp_path, FASTER_RCNN)
    state = torch.load(config.with_suffix(".pth"), weights_only=True)["model"]
    less = {name: tensor for name, tensor in state.items() if "res5" not in name}
    torch.save(less, config.with_suffix(".pth"))
    with pytest.raises(ModelError, match=r"lacks \d+ of its parameters \(backbone\.bottom_up\.res5\.0"):
        models.load(config, "cpu")
    torch.save({**state, "roi_heads.extra.weight": torch.zeros(1)}, config.with_suffix(".pth"))
    with pytest.raises(ModelError, match=r"has 1 that the network does not know \(roi_heads\.extra\.weight\)"):
        models.load(config, "cpu")
    torch.save({**state, "roi_heads.box_head.fc2.bias": torch.zeros(3)}, config.with_suffix(".pth"))
    with pytest.raises(ModelError, match=r"belongs to another network: .*size mismatch"):
        models.load(config, "cpu")
    torch.save({**state, "roi_heads.box_predictor.cls_score.weight": torch.zeros(3, 1024)}, config.with_suffix(".pth"))
    with pytest.raises(ModelError, match=r"has 2 classes and its config builds 5; set MODEL\.ROI_HEADS\.NUM_CLA"):
        models.load(config, "cpu")
    config.with_suffix(".toml").write_text(CARD.replace("'cow', ", ""), encoding="utf-8")
    with pytest.raises(ModelError, match=r"m\.toml names 4 classes and m\.yaml builds 5; if the weights have 4, "):
        models.load(config, "cpu")
    config.rename(tmp_path / "config.yaml")
    with pytest.raises(ModelError, match=r"expected m\.yaml, or give config\.yaml, and call this card config\.toml"):
        models.load(config.with_suffix(".toml"), "cpu")


def test_a_retinanet_of_another_number_of_classes_is_said() -> None:
    """Each of its anchors has the rows of its classes."""
    from torch import nn

    from detector.models.detectron2.weights import load_into

    class Head(nn.Module):
        def __init__(self, classes: int) -> None:
            super().__init__()
            self.cls_score = nn.Conv2d(2, 9 * classes, 3)

    class RetinaNet(nn.Module):
        def __init__(self, classes: int) -> None:
            super().__init__()
            self.num_classes, self.head = classes, Head(classes)

    weights = RetinaNet(20).state_dict()
    load_into(RetinaNet(20), weights, "m.pth")
    with pytest.raises(ModelError, match=r"m\.pth has 20 classes and its config builds 80; set MODEL\.RETINANET\.NUM"):
        load_into(RetinaNet(80), weights, "m.pth")


class Creates:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (open, (str(self.path), "w"))


def test_a_zoo_pickle_is_read_for_its_arrays_and_never_run(tmp_path: Path) -> None:
    config = write_model(tmp_path, FASTER_RCNN)
    expected = our_answers(config, tiles_of(None, 1))
    weights = config.with_suffix(".pth")
    arrays = {name: t.numpy() for name, t in torch.load(weights, weights_only=True)["model"].items()}
    weights.unlink()
    with config.with_suffix(".pkl").open("wb") as file:
        pickle.dump({"model": arrays, "__author__": "a person"}, file)
    np.testing.assert_array_equal(our_answers(config, tiles_of(None, 1))[0], expected[0])
    target = tmp_path / "pwned"
    with config.with_suffix(".pkl").open("wb") as file:
        pickle.dump({"model": arrays, "hook": Creates(target)}, file)
    with pytest.raises(ModelError, match=r"holds Python objects beside weights \(.*open.*\).* if you trust") as caught:
        models.load(config, "cpu")
    assert caught.value.about == "trust"
    assert not target.exists()


def test_half_precision_finds_nearly_the_same(tmp_path: Path) -> None:
    """On the CPU bfloat16 stands for what a GPU does by default."""
    config = write_model(tmp_path, FASTER_RCNN)
    full = models.load(config, "cpu").detect(tiles_of(None, 2))
    config.with_suffix(".toml").write_text(CARD + 'precision = "bfloat16"\n', encoding="utf-8")
    half = models.load(config, "cpu").detect(tiles_of(None, 2))
    assert half.boxes.dtype == np.float32
    best = full[np.argsort(-full.scores)[:5]]
    nearest = np.abs(half.boxes[None] - best.boxes[:, None]).max(axis=2).min(axis=1)
    assert not (nearest == 0).all()
    assert (nearest < 8).all()
    config.with_suffix(".toml").write_text(CARD + 'precision = "float8"\n', encoding="utf-8")
    with pytest.raises(ModelError, match="precision 'float8'"):
        models.load(config, "cpu")
