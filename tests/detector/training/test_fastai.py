"""fastai's tile classifiers trained: by its own learner, told live, killed and gone on with, frozen, used as a gate."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

import os
import signal
import time
import warnings
from pathlib import Path
from typing import Any
from urllib.error import URLError

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")
pytest.importorskip("fastai", reason="the fastai extra is not installed: pip install 'herdmap[fastai]'")
for library in ("mlflow", "tensorboard", "matplotlib"):
    pytest.importorskip(library, reason="the tracking extra is not installed: pip install 'herdmap[tracking]'")

from mlflow.tracking import MlflowClient
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torchvision.models import ResNet18_Weights, resnet18

from detector.errors import InputError
from detector.models import load_classifier
from detector.training import checkpoint, draw_schedule
from detector.training.augment import View
from detector.training.config import load_config
from detector.training.dataset import read_dataset
from detector.training.fastai import (
    MOMENTA,
    TrackerCallback,
    _built,
    _class_rows,
    _settings,
    fit,
    loss,
    loss_of_each,
    rates,
)
from detector.training.mlflow import MLflow
from detector.training.record import Record, read_record
from detector.training.tensorboard import TensorBoard
from detector.training.tile_batches import Targets, ValidationTiles
from detector.training.tracker import Tracker, Trackers
from geo import raster
from tests.detector.training import forked
from tests.detector.training.told import Told
from tests.surveys.blob import STEADY, write_config, write_photos

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import fastai.callback.schedule  # noqa: F401  (gives the learner methods)
    from fastai.callback.schedule import combined_cos
    from fastai.data.core import DataLoaders
    from fastai.learner import Learner, Recorder
    from fastai.metrics import mae
    from fastai.vision.core import imagenet_stats
    from fastai.vision.learner import create_vision_model

# What MLflow's own dependencies warn of when its database is opened.
pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:mlflow"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:sqlalchemy"),
]
KINDS = ["white", "red"]
STEPS = "steps = 12\nwarm_up_steps = 3\nlearning_rate = 0.003\n"


@pytest.fixture(autouse=True)
def no_server(monkeypatch):
    for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
        monkeypatch.delenv(name)


def _write(folder, classes=KINDS, *, name="blobs", schedule=STEPS, top="", model="", tile=64, **tables):
    said = f'[model]\narchitecture = "resnet18"\nweights = "none"\n{model}'
    path = write_config(
        folder,
        classes,
        name=name,
        top=f'framework = "fastai"\n{top}',
        schedule=schedule,
        tracking="every_steps = 1\nvalidate_steps = 6\npictures = 1\n",
        tables=STEADY + said,
        compact=False,
        **tables,
    )
    path.write_text(path.read_text().replace("tile_size = 96", f"tile_size = {tile}").replace("batch = 2", "batch = 4"))
    return path


class _Failing(Tracker):
    def metrics(self, step, values):
        raise SystemExit(1)

    picture = text = model = lambda self, *said: 1 / 0  # type: ignore[assignment]


class _Look(Told):
    """At step 8, with the training standing still, looks at what MLflow's and TensorBoard's own readers have."""

    def __init__(self, told, folder):
        super().__init__()
        self.told, self.folder, self.live = told, folder, {}

    def __getattribute__(self, name):
        if name in ("started", "text", "picture", "model", "ended"):
            return getattr(object.__getattribute__(self, "told"), name)
        return object.__getattribute__(self, name)

    def metrics(self, step, values):
        super().metrics(step, values)
        self.told.metrics(step, values)
        if step == 8 and "loss" in values:
            end = time.monotonic() + 120
            while time.monotonic() < end and not all(8 in found for found in self.live.values() or [()]):
                time.sleep(0.2)
                self.live = {"mlflow": _mlflow(self.folder), "tensorboard": _tensorboard(self.folder)}
            self.live["status"] = _runs(self.folder)[1][0].info.status


def _runs(folder):
    client = MlflowClient(f"sqlite:///{folder / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("herdmap")
    assert experiment is not None
    return client, client.search_runs([experiment.experiment_id])


def _mlflow(folder, name="loss"):
    if not (folder / "blobs.mlflow.json").exists():  # there is no run yet
        return {}
    client, runs = _runs(folder)
    return {point.step: point.value for run in runs for point in client.get_metric_history(run.info.run_id, name)}


def _tensorboard(folder, name="loss"):
    events = EventAccumulator(str(folder / "tensorboard" / "blobs"))
    events.Reload()
    return {e.step: e.value for e in events.Scalars(name)} if name in events.Tags()["scalars"] else {}


@pytest.fixture(scope="module")
def blobs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("blobs")
    write_photos(folder / "north", 6, "north", 1, KINDS, each=3)
    write_photos(folder / "south", 2, "south", 2, KINDS, each=3)
    return folder


@pytest.fixture(scope="module")
def whole(blobs):
    """A run that nobody stopped, the folder of its files, and what was read of it while it went on."""
    warnings.simplefilter("ignore", DeprecationWarning)  # of MLflow's dependencies; marks do not reach fixtures
    config = load_config(_write(blobs))
    said: list[str] = []
    told = _Look(Trackers([Record(), MLflow("herdmap"), TensorBoard(), _Failing()], said.append), config.output.folder)
    path = fit(config, told)
    told.ended(None)
    return config, path, told, said


# Told ---------------------------------------------------------------------------------------------------------------


def test_it_is_read_back_live_and_a_tracker_that_crashes_stops_nothing(whole):
    config, path, told, said = whole
    folder = config.output.folder
    assert told.live["status"] == "RUNNING"
    losses = {step: values["loss"] for step, values in told.values.items()}
    assert sorted(told.live["mlflow"]) == sorted(told.live["tensorboard"]) == list(range(1, 9))
    assert _mlflow(folder) == pytest.approx(losses)
    assert _tensorboard(folder) == pytest.approx(losses, rel=1e-6)
    for name in (
        "validation/f1",
        "validation/accuracy",
        "validation/recall/red",
        "validation/false_alarms_per_tile/white",
    ):
        assert sorted(_mlflow(folder, name)) == sorted(_tensorboard(folder, name)) == [6, 12]
    assert sorted(_mlflow(folder, "validation/loss")) == [6, 12]
    client, (run,) = _runs(folder)
    assert run.info.status == "FINISHED"
    assert run.data.params["framework"] == "fastai"
    assert "environment.fastai" in run.data.tags
    downloaded = client.download_artifacts(run.info.run_id, "model/blobs.onnx", str(folder.parent))
    assert Path(downloaded).read_bytes() == path.read_bytes()
    assert len(client.list_artifacts(run.info.run_id, "images")) >= 2
    assert any(text.startswith("_Failing failed") for text in said)


def test_the_rates_are_those_that_are_drawn(whole, tmp_path):
    config, _, told, _ = whole
    stepped = [told.values[step]["learning_rate"] for step in range(1, 13)]
    assert stepped == rates(config).tolist()
    drawn = draw_schedule(config.output.folder.parent / "blobs.toml", tmp_path / "lr.svg")
    assert drawn.rates.tolist() == stepped
    assert config.schedule.kind == "one-cycle"


def test_one_cycle_is_fastais_own(tmp_path):
    """Held against fit_one_cycle itself, momentum too."""
    steps = 20
    config = load_config(_write(tmp_path, schedule=f"steps = {steps}\nwarm_up_steps = 5\nlearning_rate = 0.01\n"))
    moms = []

    class Kept(TrackerCallback):
        def after_batch(self):
            moms.append(self.opt.hypers[-1]["mom"])

        def after_epoch(self):
            pass

    data = [(torch.zeros(2, 3), torch.zeros(2, 1))] * steps
    own = Learner(DataLoaders(data, []), torch.nn.Linear(3, 1), loss_func=torch.nn.functional.mse_loss, cbs=[Recorder])
    own.add_cb(Kept(Tracker()))
    with own.no_logging(), own.no_mbar(), own.no_bar():
        own.fit_one_cycle(1, 0.01)
    np.testing.assert_allclose(rates(config), own.recorder.lrs, rtol=1e-5)
    np.testing.assert_allclose([combined_cos(0.25, *MOMENTA)(i / steps) for i in range(steps)], moms, rtol=1e-5)


def test_a_learner_of_ones_own_tells_the_same_trackers():
    told = Told()
    batches = [(torch.ones(2, 3), torch.ones(2, 1))] * 5
    network = torch.nn.Linear(3, 1)
    for value in network.parameters():
        torch.nn.init.zeros_(value)  # so far below the target that ten small steps only come nearer
    own = Learner(DataLoaders(batches, batches), network, loss_func=torch.nn.functional.mse_loss, metrics=mae)
    own.add_cb(TrackerCallback(told, every_steps=2))
    with own.no_logging(), own.no_mbar(), own.no_bar():
        own.fit(2, 0.01)
    assert sorted(told.values) == [2, 4, 5, 6, 8, 10]
    assert set(told.values[2]) == {"loss", "learning_rate"}
    assert set(told.values[5]) == {"validation/loss", "validation/mae"}
    assert told.values[10]["validation/loss"] < told.values[5]["validation/loss"]


# Killed -------------------------------------------------------------------------------------------------------------


def test_one_that_was_killed_has_the_weights_that_it_would_have_had(whole, blobs, tmp_path):
    """A real process and a real SIGKILL; the same command again."""
    path = _write(blobs, name="killed", output="checkpoint_steps = 5\n")
    text = path.read_text().replace('folder = "run"', f'folder = "{tmp_path}"').replace("validate_steps = 6", "")
    path.write_text(
        text.replace("[tracking]\n", "[tracking]\nvalidate_steps = 6\nmlflow = false\ntensorboard = false\n")
    )
    record = tmp_path / "killed.metrics.jsonl"

    def losses():
        return {line["step"]: line["loss"] for line in read_record(record) if "loss" in line}

    said = tmp_path / "said.txt"
    with forked.herdmap(said, "train", path) as process:
        forked.until(lambda: len(losses()) >= 8, process)
    assert process.exitcode == -signal.SIGKILL
    assert 8 <= len(losses()) < 12
    assert not (tmp_path / "killed.onnx").exists()
    with forked.herdmap(said, "train", path) as again:
        code, text = forked.ended(again, said)
    assert code == 0, text
    assert int(text.split("resuming, ")[1].split()[0]) in (5, 10)
    config, _, told, _ = whole
    assert losses() == {step: values["loss"] for step, values in told.values.items()}
    states = [torch.load(p, weights_only=True) for p in (tmp_path / "killed.pt", config.output.folder / "blobs.pt")]
    for kind in ("network", "averaged"):
        assert all(torch.equal(states[0][kind][name], value) for name, value in states[1][kind].items())


def test_a_run_that_is_over_writes_the_same_model_again(whole):
    config, path, told, _ = whole
    before, again = path.read_bytes(), Told()
    assert fit(config, again) == path
    assert path.read_bytes() == before
    assert not any("loss" in values for values in again.values.values())
    assert again.values[12]["validation/f1"] == told.values[12]["validation/f1"]


# Frozen, and gone on with -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "stays"), [("backbone", "0."), ("all-but-heads", "0.")])
def test_a_class_is_dropped_and_what_is_frozen_is_bit_equal(whole, blobs, mode, stays):
    config, *_ = whole
    told = Told()
    top = f'start_from = "run/blobs.pt"\nfreeze = "{mode}"\n'
    schedule = "steps = 3\nwarm_up_steps = 1\naverage_steps = 5\n"
    path = fit(load_config(_write(blobs, ["red"], name="after", top=top, schedule=schedule)), told)
    (blobs / "run" / "after.pt").rename(blobs / "run" / f"{mode}.pt")
    before = torch.load(config.output.folder / "blobs.pt", weights_only=True)["averaged"]
    after = torch.load(blobs / "run" / f"{mode}.pt", weights_only=True)
    moved = set()
    for name, value in before.items():
        for kind in ("network", "averaged"):
            if name.startswith(stays):
                assert torch.equal(after[kind][name], value), name
            elif after[kind][name].shape != value.shape or not torch.equal(after[kind][name], value):
                moved.add(name)
    assert any("running_var" in name for name in before if name.startswith(stays))
    assert {"1.2.running_mean", "1.4.weight", "1.8.weight"} <= moved
    rows = [line.split() for line in told.texts["frozen"].splitlines()[:-1]]
    assert {row[0] for row in rows} == set(after["network"])
    assert all((row[3] == "frozen") == row[0].startswith(stays) for row in rows)
    assert told.texts["start"].endswith("known classes: red; new: none; removed: white")
    assert load_classifier(path).info.classes == ("empty", "red")
    assert b"white" not in path.read_bytes()


def test_what_the_head_knows_of_a_class_goes_with_its_name(whole, blobs):
    config, *_ = whole
    top = 'start_from = "run/blobs.pt"\n'
    swapped = load_config(_write(blobs, ["red", "new", "white"], name="swapped", top=top))
    network: Any = _built(_settings(swapped), swapped)
    fresh = network[1][-1].weight.detach().clone()
    checkpoint.start_from(config.output.folder / "blobs.pt", network, swapped.classes, _class_rows(network))
    old = torch.load(config.output.folder / "blobs.pt", weights_only=True)["averaged"]["1.8.weight"]
    assert torch.equal(network[1][-1].weight, torch.stack([old[0], old[2], fresh[2], old[1]]))


def test_it_begins_with_imagenets_weights_or_says_how_to_get_them(blobs, tmp_path, monkeypatch):
    """The weights that torchvision would download are put where it looks for them."""
    path = _write(blobs, name="imagenet")
    path.write_text(path.read_text().replace('weights = "none"', 'weights = "imagenet"'))
    config = load_config(path)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))

    def away(*_, **__):
        raise URLError("no route to host")

    monkeypatch.setattr(torch.hub, "download_url_to_file", away)
    with pytest.raises(InputError, match=r"cannot be downloaded .*no route to host.*; put the file into .*checkpoints"):
        _built(_settings(config), config)
    torch.manual_seed(7)
    published = resnet18()
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(published.state_dict(), folder / ResNet18_Weights.DEFAULT.url.rpartition("/")[2])
    network: Any = _built(_settings(config), config)
    assert torch.equal(network[0][0].weight, published.conv1.weight)
    assert torch.equal(network[0][7][1].conv2.weight, published.layer4[1].conv2.weight)


# What it learns from and is judged on -------------------------------------------------------------------------------


def test_it_is_judged_on_the_pixels_that_detect_reads(tmp_path):
    """Two decoders of one JPEG differ by more than a network takes lightly."""
    for folder in ("north", "south"):
        write_photos(tmp_path / folder, 1, folder, 1, KINDS, each=3)
    png = tmp_path / "south" / "pictures" / "south_0.png"
    with Image.open(png) as image:
        image.save(png, format="JPEG", quality=70)
    config = load_config(_write(tmp_path))
    tiles = ValidationTiles(read_dataset(config), config)
    ((photo, grid, judged),) = tiles.photos
    seen = torch.cat([batch for batch, _ in tiles]).numpy()
    with raster.RasterReader(photo.path) as reader:
        wanted = [reader.read(x0, y0, x1 - x0, y1 - y0)[0] for x0, y0, x1, y1 in grid.boxes[judged].tolist()]
    assert len(seen) == len(tiles.shown) > 1
    assert np.array_equal(seen, np.stack(wanted))


def test_a_views_target_is_shared_among_its_classes_and_a_sliver_teaches_nothing():
    def view(labels, ignored=0):
        pixels = torch.arange(48, dtype=torch.uint8).reshape(3, 4, 4)
        n = len(labels)
        return View(
            pixels, np.zeros((n, 4), np.float32), np.array(labels, np.int64), np.zeros((ignored, 4), np.float32)
        )

    tiles, targets = Targets(2)([view([]), view([1, 1]), view([0, 1], 1), view([], 1)])
    assert targets.tolist() == [[1, 0, 0], [0, 0, 1], [0, 0.5, 0.5], [0, 0, 0]]
    assert tiles.shape == (4, 4, 4, 3)
    assert tiles[0, 1, 2].tolist() == [6, 22, 38]
    logits = torch.randn(4, 3, requires_grad=True)
    loss(logits, targets).backward()
    assert not logits.grad[3].any()
    wanted = torch.nn.functional.cross_entropy(logits[:3].detach(), targets[:3])
    torch.testing.assert_close(loss(logits.detach(), targets), wanted)
    assert float(loss(logits.detach()[3:], targets[3:])) == 0


# Refused ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tile": 96}, "crop_px is 64 and tile_size 96, .* make them equal"),
        ({"classes": ["white", "empty"]}, "classes has 'empty'"),
        ({"model": "resize = 8\n"}, r"\[model\] resize is 8"),
        ({"model": "recall = 98\n"}, r"\[model\] recall is 98"),
        ({"model": "min_side = 3\n"}, r"\[model\] has the key 'min_side'"),
    ],
)
def test_what_cannot_be_is_refused(blobs, change, message):
    with pytest.raises(InputError, match=message):
        fit(load_config(_write(blobs, name="wrong", **change)), Tracker())


def test_an_unknown_network_is_refused(blobs):
    path = _write(blobs, name="wrong")
    path.write_text(path.read_text().replace("resnet18", "yolo"))
    with pytest.raises(InputError, match=r"\[model\] architecture 'yolo'; expected one of .*resnet18"):
        fit(load_config(path), Tracker())


def test_several_processes_are_refused(blobs, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(InputError, match="2 processes were started, but fastai trains in one process"):
        fit(load_config(_write(blobs, name="wrong")), Tracker())


def test_a_loss_that_is_no_number_says_what_to_do(blobs):
    schedule = "steps = 12\nwarm_up_steps = 0\nlearning_rate = 0.9\noptimiser = 'sgd'\nmomentum = 0.99\n"
    path = _write(blobs, name="burst", schedule=schedule, top='precision = "full"\n')
    config = load_config(path)
    config.schedule.__dict__["learning_rate"] = 1e30
    with pytest.raises(InputError, match=r"^the loss of step \d+ is not a number .* lower learning_rate"):
        fit(config, Tracker())


# --- tiles with several classes ---


def test_a_classifier_of_several_classes_a_tile_is_trained_and_answers_as_fastai_does(tmp_path):
    for number, folder in enumerate(("north", "south")):
        write_photos(tmp_path / folder, 2, folder, number, KINDS, each=3)
    steps = STEPS.replace("12", "4").replace("warm_up_steps = 3", "warm_up_steps = 1")
    path = fit(load_config(_write(tmp_path, model="multilabel = true\n", schedule=steps)), Told())
    model = load_classifier(path, "cpu")
    assert (model.info.classes, model.info.multilabel, model.info.empty_name) == (tuple(KINDS), True, None)
    assert set(model.info.metrics["classes"]) == set(KINDS)
    network = fastai_network(len(KINDS))
    network.load_state_dict(torch.load(path.with_suffix(".pt"), weights_only=True)["averaged"])
    tiles = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), np.uint8)
    mean, std = (torch.tensor(numbers) for numbers in imagenet_stats)
    with torch.no_grad():
        wanted = network.eval()(((torch.from_numpy(tiles) / 255 - mean) / std).permute(0, 3, 1, 2)).sigmoid()
    np.testing.assert_allclose(model.classify(tiles), wanted.numpy(), atol=1e-4)


def fastai_network(classes):
    return create_vision_model(resnet18, classes, pretrained=False)


def test_the_targets_and_the_loss_of_several_classes_a_tile():
    none = np.zeros((0, 4), np.float32)
    box = np.array([[0, 0, 9, 9]], np.float32)
    pixels = torch.zeros(3, 64, 64, dtype=torch.uint8)
    both = View(pixels, np.repeat(box, 2, 0), np.array([0, 1]), none)
    empty, sliver = View(pixels, none, np.zeros(0, int), none), View(pixels, box, np.array([1]), box)
    _, targets = Targets(2, several=True)([both, empty, sliver])
    assert targets.tolist() == [[1, 1], [0, 0], [-1, 1]]
    logits = torch.tensor([[2.0, -1.0], [0.5, 0.0], [9.0, 1.0]])
    known = [(2.0, 1), (-1.0, 1), (0.5, 0), (0.0, 0), (1.0, 1)]
    by_hand = [np.log1p(np.exp(-x if shown else x)) for x, shown in known]
    assert float(loss_of_each(logits, targets)) == pytest.approx(np.mean(by_hand))
    assert float(loss_of_each(logits, torch.full((3, 2), -1.0))) == 0
