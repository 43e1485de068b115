"""torchvision's detectors in the training loop: their classes, what is frozen, what is gone on with and written."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

from urllib.error import URLError

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")
pytest.importorskip("safetensors", reason="the torch extra is not installed: pip install 'herdmap[torch]'")

import torchvision

from detector.errors import InputError
from detector.models import load
from detector.models.floor import LOWEST_SCORE, ask, bounded
from detector.training import checkpoint
from detector.training.augment import View, paint_over
from detector.training.config import load_config
from detector.training.torchvision import Torchvision, fit
from detector.training.tracker import Tracker
from tests.surveys.blob import STEADY, write_config, write_photos

pytestmark = pytest.mark.usefixtures("one_thread")
SMALL = "fasterrcnn_mobilenet_v3_large_320_fpn"
KINDS = ["white", "boma", "red"]


def _config(folder, classes, *, name="small", architecture=SMALL, steps=4, top="", model="", output=None):
    tables = f'[model]\narchitecture = "{architecture}"\nweights = "none"\n{model}'
    path = write_config(
        folder,
        classes,
        name=name,
        top=f'framework = "torchvision"\n{top}',
        schedule=f"steps = {steps}\nwarm_up_steps = 1\n",
        tracking="mlflow = false\ntensorboard = false\nevery_steps = 1\nvalidate_steps = 100\n",
        output="checkpoint_steps = 2\n",
        tables=STEADY + tables,
        compact=False,
    )
    path.write_text(path.read_text().replace("tile_size = 96", "tile_size = 64"))
    return load_config(path, output=output)


class _KilledError(Exception):
    pass


class _Told(Tracker):
    def __init__(self, killed_after=None):
        self.losses, self.texts, self.killed_after, self.files = [], {}, killed_after, []

    def metrics(self, step, values):
        if "loss" in values:
            self.losses.append((step, values["loss"]))
            self.parts = set(values)
        if step == self.killed_after:
            raise _KilledError

    def text(self, name, text):
        self.texts[name] = text

    def model(self, path):
        self.files.append(path)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A whole run, the folder of its data, and what it told."""
    folder = tmp_path_factory.mktemp("blobs")
    write_photos(folder / "north", 4, "north", 1, KINDS)
    write_photos(folder / "south", 1, "south", 2, KINDS)
    told = _Told()
    path = fit(_config(folder, KINDS), told)
    return folder, path, told


def test_its_losses_and_its_model_are_torchvisions(run):
    _, path, told = run
    assert {"loss_classifier", "loss_box_reg", "loss_objectness", "loss_rpn_box_reg"} <= told.parts
    assert told.files == [path]
    assert path.name == "small.safetensors"
    model = load(path, device="cpu")
    assert model.info.classes == tuple(KINDS)
    assert model.info.tile_size == 64
    found = model.detect(np.zeros((2, 64, 64, 3), np.uint8))
    assert ((found.labels >= 0) & (found.labels < 3)).all()


def test_validation_asks_the_network_for_low_scores_as_evaluate_asks_its_file(run):
    folder, path, _ = run
    network = Torchvision(_config(folder, KINDS))
    network.network.load_state_dict(torch.load(folder / "run" / "small.pt", weights_only=True)["averaged"])
    network.network.eval()
    tile = np.random.default_rng(0).integers(0, 256, (1, 64, 64, 3)).astype(np.uint8)
    low, high = (network.detect(network.network, tile, torch.device("cpu"), lowest) for lowest in (LOWEST_SCORE, 0.3))
    assert len(low) > len(high)
    file = load(path, device="cpu")
    ask(file, LOWEST_SCORE)
    np.testing.assert_allclose(file.detect(tile).scores, bounded(low).scores, atol=1e-4)


def test_a_run_that_was_killed_has_the_losses_that_it_would_have_had(run, tmp_path):
    """The networks draw proposals by chance: the draws are those of the step, not of the process."""
    folder, _, whole = run
    first, second = _Told(killed_after=3), _Told()
    config = _config(folder, KINDS, output=tmp_path)
    with pytest.raises(_KilledError):
        fit(config, first)
    fit(config, second)
    assert [step for step, _ in second.losses] == [3, 4]  # the checkpoint is of step 2
    # Kernels may add in another order where memory lies otherwise; another draw would change the first digits.
    again = [loss for _, loss in first.losses[:2] + second.losses]
    assert again == pytest.approx([loss for _, loss in whole.losses], rel=1e-5)
    states = [torch.load(f / "small.pt", weights_only=True)["network"] for f in (folder / "run", tmp_path)]
    for name, value in states[0].items():
        assert torch.allclose(value, states[1][name], rtol=1e-2, atol=1e-3), name


def test_a_class_is_dropped_with_all_but_the_heads_frozen(run):
    folder, _, _ = run
    told = _Told()
    top = 'start_from = "run/small.pt"\nfreeze = "all-but-heads"\n'
    path = fit(_config(folder, ["red", "white"], name="after", top=top, steps=2), told)
    states = {n: torch.load(folder / "run" / f"{n}.pt", weights_only=True) for n in ("small", "after")}
    before, after = states["small"]["averaged"], states["after"]
    for name, value in before.items():
        for kind in ("network", "averaged"):
            if not name.startswith("roi_heads."):
                assert torch.equal(after[kind][name], value), name
    assert any("running_var" in name for name in before if name.startswith("backbone."))
    assert not torch.equal(after["network"]["roi_heads.box_head.fc6.weight"], before["roi_heads.box_head.fc6.weight"])
    rows = [line.split() for line in told.texts["frozen"].splitlines()[:-1]]
    assert {row[0] for row in rows} == set(after["network"])
    assert all((row[3] == "learnt") == row[0].startswith("roi_heads.") for row in rows)
    assert load(path, device="cpu").info.classes == ("red", "white")
    for file in (path, path.with_suffix(".toml")):
        assert b"boma" not in file.read_bytes()


@pytest.mark.parametrize("architecture", [SMALL, "ssdlite320_mobilenet_v3_large", "fcos_resnet50_fpn"])
def test_what_a_head_knows_of_a_class_goes_with_its_name(tmp_path, architecture):
    """Held against the networks' own forward pass: the scores of a class are the same before and after."""
    old, new = (
        Torchvision(_config(tmp_path, classes, architecture=architecture)) for classes in (KINDS, ["red", "white"])
    )
    state = {"classes": KINDS, "averaged": old.network.state_dict()}
    checkpoint.save(tmp_path / "old.pt", state)
    checkpoint.start_from(tmp_path / "old.pt", new.network, ("red", "white"), new.class_rows)
    torch.manual_seed(0)
    image = [torch.rand(3, 64, 64)]
    with torch.no_grad():
        scores = [_class_scores(kind.network.eval(), image) for kind in (old, new)]
    columns = [0, 3, 1]  # background, red, white of background, white, boma, red
    torch.testing.assert_close(scores[0][..., columns], scores[1])


def _class_scores(network, image):
    """Logits by class, before anything is chosen by them, of the network's own head."""
    images, _ = network.transform(image)
    features = network.backbone(images.tensors)
    if hasattr(network, "roi_heads"):
        boxes = [torch.tensor([[4.0, 4.0, 30.0, 40.0], [10.0, 0.0, 60.0, 60.0]])]
        pooled = network.roi_heads.box_roi_pool(features, boxes, images.image_sizes)
        return network.roi_heads.box_predictor(network.roi_heads.box_head(pooled))[0]
    return network.head(list(features.values()))["cls_logits"]


def test_norms_that_begin_with_somebodys_weights_are_held(tmp_path, monkeypatch):
    """The weights that torchvision would download are put where it looks for them."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    name = torchvision.models.MobileNet_V3_Large_Weights.DEFAULT.url.rpartition("/")[2]
    torch.manual_seed(7)
    published = torchvision.models.mobilenet_v3_large().state_dict()
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    torch.save(published, tmp_path / "hub" / "checkpoints" / name)
    config = _config(tmp_path, KINDS)
    config.model["weights"] = "imagenet"
    kind = Torchvision(config)
    own = kind.network.state_dict()
    taken = [n for n in published if n.startswith("features.") and f"backbone.body.{n[9:]}" in own]
    assert len(taken) > 250
    assert all(torch.equal(own[f"backbone.body.{n[9:]}"], published[n]) for n in taken)
    from detector.training.freezing import freeze

    frozen = freeze(kind.network, "none", kind.backbone, kind.heads)
    kind.network.train()
    frozen.hold()
    norms = [m for m in kind.network.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert norms
    assert not any(norm.training or norm.weight.requires_grad for norm in norms)


def test_weights_that_cannot_be_had_say_what_to_do(tmp_path, monkeypatch):
    def away(*_, **__):
        raise URLError("no route to host")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "download_url_to_file", away)
    config = _config(tmp_path, KINDS)
    config.model["weights"] = "coco"
    with pytest.raises(InputError, match=r"cannot be downloaded .*no route to host.*; put the file into .*checkpoints"):
        Torchvision(config)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"architecture": "yolo"}, r"\[model\]: architecture 'yolo' is unknown"),
        ({"model": "min_side = 3\n"}, r"\[model\] has the key 'min_side'"),
    ],
)
def test_a_network_that_cannot_be_is_refused(tmp_path, change, message):
    with pytest.raises(InputError, match=message):
        Torchvision(_config(tmp_path, KINDS, **change))


def test_tiles_of_two_sizes_are_refused(tmp_path):
    config = _config(tmp_path, KINDS)
    path = tmp_path / "small.toml"
    path.write_text(path.read_text().replace("tile_size = 64", "tile_size = 96"))
    with pytest.raises(InputError, match=r"crop_px is 64 and tile_size 96, .* make them equal"):
        Torchvision(load_config(path, output=config.output.folder))


def test_a_card_is_no_place_for_another_file(tmp_path):
    config = _config(tmp_path, KINDS, output=tmp_path)  # the config's own name and folder
    with pytest.raises(InputError, match="the model's card would overwrite"):
        fit(config, Tracker())


def test_what_is_neither_animal_nor_background_is_painted_over():
    pixels = torch.full((3, 8, 8), 9, dtype=torch.uint8)
    boxes, ignored = np.array([[0, 0, 4, 4]], np.float32), np.array([[2, 2, 6, 6]], np.float32)
    view = View(pixels, boxes, np.zeros(1, np.int64), ignored)
    painted = paint_over(view, torch.tensor([1, 2, 3], dtype=torch.uint8))
    assert painted[:, 5, 5].tolist() == [1, 2, 3]
    assert painted[:, 3, 3].tolist() == [9, 9, 9]  # an animal reaches here
    assert painted[:, 7, 7].tolist() == [9, 9, 9]
