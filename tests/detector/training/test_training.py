"""Configs, labels, views, the schedule, and the fit on synthetic blobs."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

import json
import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from detector import models
from detector.errors import InputError
from detector.evaluation.evaluate import evaluate
from detector.labels.coco import read_coco
from detector.training import train
from detector.training.augment import Augmentation, Scene, cut, make_view
from detector.training.compact import box_loss, centre_loss, fit, targets
from detector.training.config import load_config
from detector.training.schedule import Schedule
from detector.training.tracker import Tracker

# Labels ------------------------------------------------------------------------------------------------------------


def _coco(tmp_path, boxes=((10, 20, 30, 40),), name="a.png", **entry):
    document = {
        "images": [{"id": 7, "file_name": name, "width": 100, "height": 100, **entry}],
        "categories": [{"id": 3, "name": "sheep"}, {"id": 4, "name": "dog"}],
        "annotations": [{"id": i, "image_id": 7, "category_id": 3, "bbox": list(b)} for i, b in enumerate(boxes)],
    }
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(document))
    return path


def test_coco_boxes_become_corners(tmp_path):
    (image,) = read_coco(_coco(tmp_path, flight="north"), tmp_path, ("sheep",))
    assert image.boxes_px.tolist() == [[10, 20, 40, 60]]
    assert (image.flight, image.path, image.labels.tolist()) == ("north", tmp_path / "a.png", [0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "../a.png"}, "inside the image folder"),
        ({"name": "/etc/a.png"}, "inside the image folder"),
        ({"boxes": [(0, 0, float("nan"), 1)]}, "expected x, y, width, height, all 0 or more"),
        ({"boxes": [(0, 0, -1, 1)]}, "expected x, y, width, height, all 0 or more"),
        ({"boxes": [(0, 0, 1)]}, "has the box"),
    ],
)
def test_labels_that_cannot_be_are_refused(tmp_path, change, message):
    with pytest.raises(InputError, match=message):
        read_coco(_coco(tmp_path, **change), tmp_path, ("sheep",))


def test_a_file_that_is_no_coco_is_refused(tmp_path):
    bad = tmp_path / "bad.json"
    for text, message in [("{", "not JSON"), ("[]", "not a COCO file"), ('{"images": []}', "not a COCO file")]:
        bad.write_text(text)
        with pytest.raises(InputError, match=message):
            read_coco(bad, tmp_path, ("sheep",))
    with pytest.raises(InputError, match="cannot read the labels"):
        read_coco(tmp_path / "none.json", tmp_path, ("sheep",))
    with pytest.raises(InputError, match="has the classes sheep, dog; expected one of cow"):
        read_coco(_coco(tmp_path), tmp_path, ("cow",))


# The schedule ------------------------------------------------------------------------------------------------------


def test_rate_warms_up_and_falls():
    schedule = Schedule(steps=100, warm_up_steps=10, learning_rate=0.1, final_share=0.05)
    rates = [schedule.rate(step) for step in range(100)]
    assert rates[0] == pytest.approx(0.01)
    assert rates[9] == rates[10] == max(rates) == pytest.approx(0.1)
    assert all(a >= b for a, b in pairwise(rates[9:]))
    assert rates[-1] == pytest.approx(0.005)


@pytest.mark.parametrize("settings", [{"steps": 0}, {"crop_px": 100}, {"learning_rate": 0.0}])
def test_schedules_that_cannot_be_are_refused(settings):
    with pytest.raises(InputError):
        Schedule(**settings)


# Views and targets -------------------------------------------------------------------------------------------------


def _blob_scene(rng, size=160, animals=8, height=None):
    """Bright blobs on a dull ground: each box is filled with its own pixels, so a view can be checked against them."""
    height = height or size
    pixels = np.full((3, height, size), 60, np.uint8) + rng.integers(0, 30, (3, height, size), dtype=np.uint8)
    boxes: list[tuple[int, int, int, int]] = []
    for _ in range(animals):
        w, h = rng.integers(14, 30, 2)
        x, y = rng.integers(0, size - w), rng.integers(0, height - h)
        if all(x + w < a or c < x or y + h < b or d < y for a, b, c, d in boxes):
            boxes.append((x, y, x + w, y + h))
            pixels[:, y : y + h, x : x + w] = 230
    count = len(boxes)
    return Scene(
        torch.from_numpy(pixels),
        np.array(boxes, np.float32).reshape(-1, 4),
        np.zeros(count, np.int64),
        np.zeros(count, np.bool_),
    )


@given(st.integers(0, 10_000))
def test_boxes_follow_their_pixels(seed):
    rng = np.random.default_rng(seed)
    scene = _blob_scene(rng, height=120)
    view = cut(scene, 96, 64, float(rng.uniform(0.7, 1.5)), Augmentation(aspect=1.3, smallest_px=3), rng)
    assert view.pixels.shape == (3, 64, 96)
    bright = view.pixels[0].numpy() > 150
    for x0, y0, x1, y1 in view.boxes:
        # Inside the box all is bright, up to the pixel that resampling blends.
        inner = bright[math.ceil(y0) + 1 : int(y1) - 1, math.ceil(x0) + 1 : int(x1) - 1]
        assert inner.all()
    covered = np.zeros_like(bright)
    for x0, y0, x1, y1 in np.concatenate([view.boxes, view.ignored]):
        covered[max(0, int(y0) - 1) : math.ceil(y1) + 1, max(0, int(x0) - 1) : math.ceil(x1) + 1] = True
    assert not (bright & ~covered).any()


def test_an_animal_cut_to_a_sliver_is_neither_animal_nor_background():
    pixels = torch.zeros(3, 64, 64, dtype=torch.uint8)
    scene = Scene(pixels, np.array([[60, 10, 64, 30]], np.float32), np.zeros(1, np.int64), np.zeros(1, np.bool_))
    still = Augmentation(scale=(1, 1), aspect=1, near_animal=0, smallest_px=0)
    kept = [cut(scene, 62, 64, 1.0, still, np.random.default_rng(seed)) for seed in range(40)]
    # 4 px wide: windows that leave half of it or more (0, 1 or 2 px cut) learn it; none calls it background.
    assert all(len(v.boxes) + len(v.ignored) == 1 for v in kept)
    assert {len(v.boxes) for v in kept} == {1}
    strict = Augmentation(scale=(1, 1), aspect=1, near_animal=0, smallest_px=0, visible=0.9)
    assert {len(cut(scene, 62, 64, 1.0, strict, np.random.default_rng(s)).ignored) for s in range(40)} == {0, 1}


def test_a_view_is_the_same_each_time():
    scenes = [_blob_scene(np.random.default_rng(s)) for s in range(4)]
    settings = Augmentation(mosaic=0.5, jpeg=0.5, blur=0.5, shadow=0.5)
    for seed in range(8):
        a, b = (make_view(scenes, 96, settings, np.random.default_rng(seed)) for _ in range(2))
        assert torch.equal(a.pixels, b.pixels)
        assert a.pixels.shape == (3, 96, 96)
        assert (a.boxes == b.boxes).all()


def test_targets_peak_in_the_cell_of_the_centre():
    boxes = np.array([[8, 8, 40, 24]], np.float32)
    centres, weights, sides, side_weights = targets(boxes, np.zeros(1, np.int64), np.zeros((0, 4), np.float32), 1, 64)
    assert (centres == 1).nonzero().tolist() == [[0, 4, 6]]
    assert (weights == 1).all()
    # The cell's point is (26, 18): 18 from the left side, 10 from the top, 14 from the right, 6 from the bottom.
    assert sides[:, 4, 6].tolist() == [18, 10, 14, 6]
    assert side_weights.sum() == pytest.approx(1)


def test_an_animal_inside_an_ignored_region_is_still_learnt():
    boxes = np.array([[8, 8, 24, 24]], np.float32)
    _, weights, _, _ = targets(boxes, np.zeros(1, np.int64), np.array([[0, 0, 48, 48]], np.float32), 1, 64)
    assert weights[0, 4, 4] == 1
    assert weights[0, 0, 0] == 0
    assert weights[0, 15, 15] == 1


@given(st.integers(0, 10_000))
def test_losses_vanish_on_the_truth(seed):
    rng = np.random.default_rng(seed)
    scene = _blob_scene(rng)
    centres, weights, sides, side_weights = targets(scene.boxes_px, scene.labels, np.zeros((0, 4), np.float32), 1, 160)
    logits = torch.where(centres == 1, 20.0, -20.0)
    assert centre_loss(logits[None], centres[None], weights[None]) < 1e-6
    assert box_loss(sides[None], sides[None], side_weights[None]) == pytest.approx(0, abs=1e-5)
    assert centre_loss(-logits[None], centres[None], weights[None]) > 1


# The config --------------------------------------------------------------------------------------------------------


def _write_config(folder, extra="", steps=30, data='[[data]]\ncoco = "labels.json"\nimages = "pictures"\n'):
    path = folder / "train.toml"
    path.write_text(
        'classes = ["sheep"]\nworkers = 0\ndevice = "cpu"\n'
        + data
        + '[output]\nfolder = "run"\nname = "blobs"\ntile_size = 96\noverlap = 32\ncheckpoint_steps = 5\n'
        + f"[schedule]\nsteps = {steps}\nbatch = 2\ncrop_px = 64\nwarm_up_steps = 3\nlearning_rate = 0.005\n"
        + "[model]\nstem = 16\nwidths = [16, 16, 16]\ndepths = [1, 1, 1]\nhead = 16\n"
        + "[tracking]\nmlflow = false\ntensorboard = false\nevery_steps = 1\n"
        + extra
    )
    return path


def test_paths_start_from_the_config_or_the_data_root(tmp_path):
    path = _write_config(tmp_path)
    assert load_config(path).data[0].coco == tmp_path / "labels.json"
    elsewhere = load_config(path, data_root=tmp_path / "data")
    assert elsewhere.data[0].images == tmp_path / "data" / "pictures"
    assert elsewhere.output.folder == tmp_path / "run"
    assert load_config(path, output=tmp_path / "other").output.folder == tmp_path / "other"


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("[augment]\nzoom = 2\n", r"\[augment\] has the key 'zoom'; expected one of aspect"),
        ("[augment]\nmosaic = 2\n", "mosaic is 2.0; expected a share"),
        ("[augment]\nscale = [2, 1]\n", "expected the smallest and the largest"),
        ("[negatives]\nimages = 'x'\n", r"\[negatives\]: images is 'x'; expected a list"),
        ("[[validation]]\ncoco = 'x'\n", r"\[\[validation\]\] number 1 lacks 'images'"),
        ("[[validation]]\nimages = 'x'\n", "have no labels; expected one of labels, coco and voc"),
        ("[split]\nvalidation = 1\n", "validation is 1.0; expected a share"),
        ("[split]\npattern = '('\n", "is not a regular expression"),
        ("[tiles]\nempty_share = 1\n", "expected shares from 0 to 1"),
        ("[tiles]\noverlap = 64\n", "expected less than crop_px, which is 64"),
        ("[rename]\newe = 'goat'\n", "renames 'ewe' to 'goat'; expected one of sheep"),
        ("seeds = 1\n", "has the key 'seeds'"),
    ],
)
def test_a_config_that_cannot_be_names_the_key(tmp_path, extra, message):
    _blob_data(tmp_path)
    with pytest.raises(InputError, match=message):
        fit(load_config(_write_config(tmp_path, extra)), Tracker())


def test_a_config_without_data_or_that_is_no_toml_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"lacks 'data'"):
        load_config(_write_config(tmp_path, data=""))
    (tmp_path / "bad.toml").write_text("= 1")
    with pytest.raises(InputError, match="not TOML"):
        load_config(tmp_path / "bad.toml")
    with pytest.raises(InputError, match="cannot read the training config"):
        load_config(tmp_path / "none.toml")


def test_flights_are_kept_apart(tmp_path):
    data = "".join(
        f'[[data]]\ncoco = "a.json"\nimages = "."\n{which} = ["north"]\n' for which in ("without", "flights")
    )
    without, only = load_config(_write_config(tmp_path, data=data)).data
    assert (without.takes("north"), without.takes("south")) == (False, True)
    assert (only.takes("north"), only.takes("south")) == (True, False)


# The fit -----------------------------------------------------------------------------------------------------------


def _blob_data(folder):
    _blob_photos(folder, range(4), "north")
    _blob_photos(folder / "held_out", range(4, 6), "south")


def _blob_photos(folder, images, flight):
    (folder / "pictures").mkdir(exist_ok=True, parents=True)
    document = {"images": [], "annotations": [], "categories": [{"id": 1, "name": "sheep"}]}
    for i in images:
        scene = _blob_scene(np.random.default_rng(i), size=128)
        Image.fromarray(scene.pixels.permute(1, 2, 0).numpy()).save(folder / "pictures" / f"{i}.png")
        document["images"].append({"id": i, "file_name": f"{i}.png", "width": 128, "height": 128, "flight": flight})
        for x0, y0, x1, y1 in scene.boxes_px.tolist():
            annotation = {"id": len(document["annotations"]), "image_id": i, "category_id": 1}
            document["annotations"].append({**annotation, "bbox": [x0, y0, x1 - x0, y1 - y0]})
    (folder / "labels.json").write_text(json.dumps(document))


VALIDATION = '[[validation]]\ncoco = "held_out/labels.json"\nimages = "held_out/pictures"\n'


class _KilledError(Exception):
    pass


class _Kept(Tracker):
    """Keeps what it is told, and is killed after a step."""

    def __init__(self, killed_after=None):
        self.steps, self.losses, self.rates, self.validations, self.killed_after = [], [], [], [], killed_after

    def metrics(self, step, values):
        if "loss" not in values:
            self.validations.append((step, values))
            return
        self.steps.append(step)
        self.losses.append(values["loss"])
        self.rates.append(values["learning_rate"])
        if step == self.killed_after:
            raise _KilledError


def test_a_run_that_was_killed_ends_with_the_same_weights(tmp_path):
    _blob_data(tmp_path)
    config = load_config(_write_config(tmp_path, VALIDATION, steps=12), output=tmp_path / "whole")
    whole, first, second = _Kept(), _Kept(killed_after=8), _Kept()
    fit(config, whole)
    broken = load_config(_write_config(tmp_path, VALIDATION, steps=12), output=tmp_path / "broken")
    with pytest.raises(_KilledError):
        fit(broken, first)
    fit(broken, second)
    assert second.steps == list(range(6, 13))  # checkpoints are at 5 and 10
    assert first.losses[:5] + second.losses == whole.losses
    assert whole.rates == [config.schedule.rate(step) for step in range(12)]
    states = [torch.load(tmp_path / f / "blobs.pt", weights_only=True) for f in ("whole", "broken")]
    assert states[0]["step"] == states[1]["step"] == 12
    for part in ("network", "averaged"):
        for name, value in states[0][part].items():
            assert torch.equal(value, states[1][part][name]), name


def test_a_checkpoint_of_other_settings_or_of_something_else_is_refused(tmp_path):
    _blob_data(tmp_path)
    fit(load_config(_write_config(tmp_path, steps=4)), Tracker())
    with pytest.raises(InputError, match=r"other settings: schedule\.steps is 5 and was 4; restore") as refused:
        fit(load_config(_write_config(tmp_path, steps=5)), Tracker())
    assert refused.value.about == "extend"
    with pytest.raises(InputError, match="seed is 3 and was 0") as refused:
        fit(replace(load_config(_write_config(tmp_path, steps=5)), seed=3, extend=True), Tracker())
    assert "may change its schedule alone" in str(refused.value)
    of_four = load_config(_write_config(tmp_path, steps=4))
    shorter = replace(of_four, schedule=replace(of_four.schedule, steps=3, warm_up_steps=2), extend=True)
    with pytest.raises(InputError, match=r"has 3 steps, but the checkpoint .* has done 4"):
        fit(shorter, Tracker())
    (tmp_path / "run" / "blobs.pt").write_bytes(b"no checkpoint")
    with pytest.raises(InputError, match="remove it to start over"):
        fit(load_config(_write_config(tmp_path, steps=4)), Tracker())


def test_a_checkpoint_notices_labels_that_have_changed_under_it(tmp_path):
    _blob_data(tmp_path)
    config = load_config(_write_config(tmp_path, VALIDATION, steps=4))
    fit(config, Tracker())
    labels = tmp_path / "labels.json"
    text = labels.read_text()
    document = json.loads(text)
    document["annotations"][0]["bbox"][2] += 1
    document["images"].pop(3)
    document["annotations"] = [a for a in document["annotations"] if a["image_id"] != 3]
    labels.write_text(json.dumps(document))
    gone, moved = "3.png", "0.png"
    with pytest.raises(InputError, match="labels changed since the checkpoint") as refused:
        fit(config, Tracker())
    said = (
        f": 1 photo is gone (the first: {gone}), 1 photo is labelled otherwise (the first: {moved}); restore the labels"
    )
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    labels.write_text(json.dumps(json.loads(text), indent=1))  # the same labels, written otherwise
    fit(config, Tracker())
    held_out = json.loads((tmp_path / "held_out" / "labels.json").read_text())
    held_out["annotations"].pop()
    (tmp_path / "held_out" / "labels.json").write_text(json.dumps(held_out))
    fit(config, Tracker())  # what is judged on decides no weight


def test_a_checkpoint_of_a_version_that_kept_no_labels_is_gone_on_with(tmp_path):
    _blob_data(tmp_path)
    config = load_config(_write_config(tmp_path, steps=4))
    fit(config, Tracker())
    saved = tmp_path / "run" / "blobs.pt"
    state = torch.load(saved, weights_only=True)
    del state["labels"]
    torch.save(state, saved)
    fit(config, Tracker())


@pytest.fixture(scope="module")
def blobs(tmp_path_factory):
    """A run that learnt blobs: the folder of its data, what it wrote, and what it told."""
    folder = tmp_path_factory.mktemp("blobs")
    _blob_data(folder)
    easy = "[augment]\nscale = [0.9, 1.1]\nshadow = 0\njpeg = 0\nblur = 0\nmosaic = 0\nbrightness = 0.1\n"
    told = _Kept()
    return folder, fit(load_config(_write_config(folder, VALIDATION + easy, steps=150)), told), told


def test_training_learns_blobs(blobs):
    import onnxruntime as ort

    folder, path, told = blobs
    assert path == folder / "run" / "blobs.onnx"
    assert told.losses[-1] < told.losses[0] / 2
    assert [step for step, _ in told.validations][-1] == 150
    assert told.validations[-1][1]["validation/ap"] > told.validations[0][1]["validation/ap"]
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    metadata = json.loads(session.get_modelmeta().custom_metadata_map["herdmap"])
    assert metadata["metrics"]["south"]["images"] == 2
    assert metadata["metrics"]["south"]["f1"] > 0.7


def test_the_numbers_of_a_run_are_those_of_evaluate(blobs, tmp_path):
    """The same file and the same photos, tiles and seams in them; AP by pycocotools in both."""
    pytest.importorskip("pycocotools", reason="the evaluate extra is not installed: pip install 'herdmap[evaluate]'")
    folder, path, told = blobs
    held_out = folder / "held_out"
    found = evaluate(path, held_out / "labels.json", held_out / "pictures", tmp_path, device="cpu")
    assert found is not None
    of = found.metrics["classes"]["sheep"]
    last = told.validations[-1][1]
    assert of["centre"]["f1"] > 0.5, "numbers of nothing show nothing"
    for name in ("precision", "recall", "f1"):
        assert last[f"validation/{name}"] == pytest.approx(of["centre"][name], abs=1e-6), name
    assert last["validation/ap50"] == pytest.approx(of["average_precision"]["ap50"], abs=1e-6)
    card = models.load(path, "cpu").info.metrics["south"]
    assert card["animals"] == of["counts"]["true"]
    assert (card["f1"], card["f1_iou50"]) == pytest.approx((of["centre"]["f1"], of["iou"]["f1"]), abs=1e-4)


def test_train_tells_its_trackers_and_one_that_fails_stops_nothing(tmp_path, capsys):
    _blob_data(tmp_path)
    told, failing = _Kept(), _Kept(killed_after=2)
    assert train(_write_config(tmp_path, steps=4), [told, failing]) == tmp_path / "run" / "blobs.onnx"
    assert told.steps == failing.steps == [1, 2, 3, 4]
    assert "_Kept failed (_KilledError); training goes on" in capsys.readouterr().err
