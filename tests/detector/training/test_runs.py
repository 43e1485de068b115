"""Whole runs: killed for real and gone on with, shared by two processes, retrained without a class that spoiled it."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

import json
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")

from detector.errors import InputError
from detector.models import load
from detector.training.compact import Compact, fit
from detector.training.config import load_config
from detector.training.freezing import freeze
from detector.training.record import Record, read_record
from detector.training.tracker import Tracker
from tests.detector.training import forked, two_processes
from tests.surveys.blob import STEADY, write_config, write_photos

pytestmark = pytest.mark.usefixtures("one_thread")


# Killed ------------------------------------------------------------------------------------------------------------


def test_a_run_killed_half_way_has_the_loss_curve_of_one_that_was_not(tmp_path):
    """A real process and a real SIGKILL; the same command again."""
    write_photos(tmp_path / "north", 4, "north", 1, ["white"])
    write_photos(tmp_path / "south", 2, "south", 2, ["white"])
    steps = "steps = 60\nwarm_up_steps = 3\n"
    config = write_config(tmp_path, ["white"], schedule=steps, output="checkpoint_steps = 7\n")
    record = tmp_path / "run" / "blobs.metrics.jsonl"

    def losses():
        return [(line["step"], line["loss"]) for line in read_record(record) if "loss" in line]

    said = [tmp_path / f"said {number}.txt" for number in range(3)]
    with forked.herdmap(said[0], "train", config) as process:
        forked.until(lambda: len(losses()) >= 20, process)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGSTOP)  # it stands still, and lives
        with forked.herdmap(said[1], "train", config) as second:
            code, text = forked.ended(second, said[1])
            assert code == 2
            assert "another run is training this model" in text
    assert process.exitcode == -signal.SIGKILL
    before = losses()
    assert 20 <= len(before) < 60
    assert not (tmp_path / "run" / "blobs.onnx").exists()
    with forked.herdmap(said[2], "train", config) as third:
        code, text = forked.ended(third, said[2])
    assert code == 0, text
    resumed_at = int(text.split("resuming, ")[1].split()[0])
    assert resumed_at >= 14
    assert resumed_at % 7 == 0

    whole = Record()
    fit(load_config(config, output=tmp_path / "whole"), whole)
    expected = [
        (line["step"], line["loss"])
        for line in read_record(tmp_path / "whole" / "blobs.metrics.jsonl")
        if "loss" in line
    ]
    assert losses() == expected
    assert before == expected[: len(before)]
    states = [torch.load(tmp_path / f / "blobs.pt", weights_only=True)["averaged"] for f in ("run", "whole")]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


# Two processes -----------------------------------------------------------------------------------------------------


def test_two_processes_learn_what_one_learns(tmp_path):
    write_photos(tmp_path / "north", 6, "north", 1, ["white"])
    write_photos(tmp_path / "south", 1, "south", 2, ["white"])
    config = write_config(
        tmp_path,
        ["white"],
        top='precision = "full"\n',
        schedule='steps = 6\nwarm_up_steps = 2\noptimiser = "sgd"\nlearning_rate = 0.05\n',
        tables="[tiles]\nempty_share = 0.2\n",
    )
    script = str(Path(__file__).with_name("two_processes.py"))
    shared, alone = tmp_path / "shared", tmp_path / "alone"
    said = tmp_path / "said.txt"
    launched = forked.torchrun(said, "--standalone", "--nproc-per-node", 2, script, config, shared)
    code, text = forked.ended(launched, said)
    assert code == 0, text
    two_processes.main(str(config), str(alone))
    first, second, one = (
        json.loads((folder / f"said_{rank}.json").read_text())
        for folder, rank in ((shared, "0"), (shared, "1"), (alone, "alone"))
    )
    # Half of each batch each, and together what one sees alone.
    assert len(first["shown"]) == len(second["shown"]) == 6
    assert [v for pair in zip(first["shown"], second["shown"], strict=True) for v in pair] == one["shown"]
    weights = [
        torch.load(path, weights_only=True)
        for path in (shared / "weights_0.pt", shared / "weights_1.pt", alone / "weights_alone.pt")
    ]
    for name, value in weights[0].items():
        assert torch.equal(value, weights[1][name])
        torch.testing.assert_close(value, weights[2][name])
    assert first["losses"] == pytest.approx(one["losses"], rel=1e-5)
    assert second["losses"] == []  # the first alone tells and writes
    assert (first["path"], second["path"]) == (str(shared / "blobs.txt"), str(shared))


# The class that spoiled the rest -----------------------------------------------------------------------------------

KINDS = ["white", "red", "blue", "green", "boma"]  # boma has no colour: its boxes lie on bare ground


@pytest.fixture(scope="module")
def boma(tmp_path_factory):
    """Trained on five classes, then without boma from the same weights with all but the heads frozen."""
    folder = tmp_path_factory.mktemp("boma")
    write_photos(folder / "north", 12, "north", 1, KINDS, each=10)
    write_photos(folder / "south", 4, "south", 2, KINDS, each=10)
    quick = "learning_rate = 0.01\naverage_steps = 20\n"
    paths = {}
    before = write_config(
        folder, KINDS, name="before", schedule=f"steps = 90\nwarm_up_steps = 5\n{quick}", tables=STEADY
    )
    paths["before"] = fit(load_config(before), Tracker())
    after = write_config(
        folder,
        KINDS[:4],
        name="after",
        top='start_from = "run/before.pt"\nfreeze = "all-but-heads"\n',
        schedule=f"steps = 60\nwarm_up_steps = 5\n{quick}",
        tables=STEADY,
    )
    told = _Texts()
    paths["after"] = fit(load_config(after), told)
    return folder, paths, told


class _Texts(Tracker):
    def __init__(self):
        self.texts = {}

    def text(self, name, text):
        self.texts[name] = text


def test_the_rest_is_better_without_boma_and_what_was_frozen_is_bit_equal(boma):
    folder, paths, told = boma
    states = {name: torch.load(folder / "run" / f"{name}.pt", weights_only=True) for name in paths}
    heads = Compact.heads
    moved = set()
    for name, value in states["before"]["averaged"].items():
        for kind in ("network", "averaged"):
            now = states["after"][kind][name]
            if name.startswith(heads):
                moved |= {name} if now.shape != value.shape or not torch.equal(now, value) else set()
            else:
                assert torch.equal(now, value), name
    assert {"head.0.weight", "centre.weight", "centre.bias", "sides.weight", "head.1.running_mean"} <= moved
    # Norm statistics are frozen too, and every parameter is in the table with what becomes of it.
    assert any(name.endswith("running_var") and not name.startswith(heads) for name in states["before"]["averaged"])
    rows = [line.split() for line in told.texts["frozen"].splitlines()]
    assert {row[0] for row in rows[:-1]} == set(states["after"]["network"])
    assert all((row[3] == "learnt") == row[0].startswith(heads) for row in rows[:-1])
    assert told.texts["start"].endswith("known classes: white, red, blue, green; new: none; removed: boma")

    models = {name: load(path, device="cpu") for name, path in paths.items()}
    assert models["before"].info.classes == tuple(KINDS)
    assert models["after"].info.classes == tuple(KINDS[:4])
    assert b"boma" not in paths["after"].read_bytes()
    thresholds = models["after"].info.score_threshold
    assert isinstance(thresholds, Mapping)
    assert set(thresholds) == set(KINDS[:4])
    print(f"\n{'class':8}{'F1 before':>12}{'F1 after':>12}")
    f1 = {name: {k: v["f1"] for k, v in m.info.metrics["classes"].items()} for name, m in models.items()}
    for kind in KINDS:
        print(f"{kind:8}{f1['before'][kind]:>12.3f}{f1['after'].get(kind, float('nan')):>12.3f}")
    rest = {name: np.mean([scores[kind] for kind in KINDS[:4]]) for name, scores in f1.items()}
    assert f1["before"]["boma"] < 0.3
    assert rest["after"] > 0.8
    assert rest["after"] >= rest["before"] - 0.02


def test_a_class_goes_on_with_its_own_weights_whatever_its_place(boma, tmp_path):
    folder, _, _ = boma
    top = 'start_from = "run/before.pt"\n'
    config = load_config(write_config(folder, ["new", "green", "white"], name="swapped", top=top))
    from detector.training import checkpoint

    network: Any = Compact(config).network
    fresh = network.centre.weight.clone()
    assert config.start_from is not None
    checkpoint.start_from(config.start_from, network, config.classes, Compact(config).class_rows)
    old = torch.load(folder / "run" / "before.pt", weights_only=True)["averaged"]["centre.weight"]
    assert torch.equal(network.centre.weight[1], old[KINDS.index("green")])
    assert torch.equal(network.centre.weight[2], old[KINDS.index("white")])
    assert torch.equal(network.centre.weight[0], fresh[0])


def test_weights_of_another_network_are_refused(boma):
    folder, _, _ = boma
    top = 'start_from = "run/before.pt"\n'
    config = load_config(write_config(folder, KINDS, name="other", top=top, compact=False))
    with pytest.raises(InputError, match=r"before\.pt belongs to another network than the config's \[model\]"):
        fit(config, Tracker())
    (folder / "run" / "bad.pt").write_bytes(b"no")
    config = load_config(write_config(folder, KINDS, name="other", top='start_from = "run/bad.pt"\n'))
    with pytest.raises(InputError, match="cannot be used"):
        fit(config, Tracker())


def test_freezing_everything_is_refused():
    with pytest.raises(InputError, match="leaves nothing to learn"):
        freeze(torch.nn.Sequential(torch.nn.Conv2d(3, 4, 1)), "all-but-heads", ["0."], ["1."])
    with pytest.raises(InputError, match="freezes nothing"):
        freeze(torch.nn.Sequential(torch.nn.Conv2d(3, 4, 1)), "backbone", ["1."], ["0."])
