"""The learning rate that is drawn is the one that is trained with, and what people get wrong in it is said."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

import re
import warnings
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")
pytest.importorskip("matplotlib", reason="the tracking extra is not installed: pip install 'herdmap[tracking]'")

from click.testing import CliRunner
from PIL import Image
from torch.optim import lr_scheduler

from detector.cli import herdmap
from detector.errors import InputError
from detector.training import draw_schedule, find_learning_rate
from detector.training.compact import fit
from detector.training.config import load_config
from detector.training.finder import Finding
from detector.training.schedule import Schedule, doubts
from detector.training.tracker import Tracker
from tests.surveys.blob import STEADY, write_config, write_photos

# The schedule that its author misread.
ORIGINAL: dict[str, Any] = {
    "kind": "multistep",
    "optimiser": "sgd",
    "learning_rate": 0.002,
    "batch": 3,
    "steps": 12000,
    "warm_up_steps": 1000,
    "milestones": (2000, 3000, 4000, 5000, 10000),
    "gamma": 0.5,
}


def _stepped(scheduler, optimiser, steps):
    rates = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own schedulers warn of how they call each other
        for _ in range(steps):
            rates.append(optimiser.param_groups[0]["lr"])
            optimiser.step()
            scheduler.step()
    return rates


def _optimiser(rate):
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)


def test_a_warm_up_longer_than_its_run_is_shortened_and_said():
    schedule = Schedule(steps=40, warm_up_steps=200)
    assert schedule.warm_up_steps == 10
    said = "the warm-up of 200 steps is longer than the run of 40: it is shortened to 10 steps, 1/4 of the run"
    assert schedule.notes() == [said]
    assert doubts(schedule, np.array([schedule.rate(step) for step in range(40)]))[0] == said
    assert Schedule(steps=40, warm_up_steps=39).notes() == []


def test_the_original_schedule_is_torchs_warm_up_times_its_steps_at_every_iteration():
    schedule = Schedule(**ORIGINAL)
    optimiser = _optimiser(0.002)
    warm_up = lr_scheduler.LinearLR(optimiser, start_factor=0.001, total_iters=1000)
    steps = lr_scheduler.MultiStepLR(optimiser, [2000, 3000, 4000, 5000, 10000], gamma=0.5)
    oracle = _stepped(lr_scheduler.ChainedScheduler([warm_up, steps]), optimiser, 12000)
    assert [schedule.rate(step) for step in range(12000)] == pytest.approx(oracle, rel=1e-9)


def test_the_original_schedule_by_hand():
    rate = Schedule(**ORIGINAL).rate
    assert rate(0) == pytest.approx(2e-6)
    assert rate(500) == pytest.approx(0.002 * (0.001 * 0.5 + 0.5))
    assert [rate(s) for s in (1000, 1999, 2000, 2999, 3000, 4000, 5000, 9999, 10000, 11999)] == pytest.approx(
        [0.002, 0.002, 0.001, 0.001, 5e-4, 2.5e-4, 1.25e-4, 1.25e-4, 6.25e-5, 6.25e-5]
    )


def test_a_cosine_begins_anew_at_its_restarts():
    schedule = Schedule(steps=100, warm_up_steps=10, learning_rate=0.1, restarts=(40,), final_share=0.0)
    optimiser = _optimiser(0.1)
    for first, length in ((10, 30), (40, 60)):
        oracle = _stepped(lr_scheduler.CosineAnnealingLR(optimiser, length - 1), optimiser, length)
        assert [schedule.rate(step) for step in range(first, first + length)] == pytest.approx(oracle, abs=1e-9)
        optimiser = _optimiser(0.1)


def _doubts(**changes):
    schedule = Schedule(**{**ORIGINAL, **changes})
    return doubts(schedule, np.array([schedule.rate(step) for step in range(schedule.steps)]))


def test_the_original_schedule_leaves_no_doubt():
    assert _doubts() == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": 9000}, "milestones 10000 are never reached: the last step is 8999"),
        ({"warm_up_steps": 2500}, "the warm-up of 2500 steps is longer than the way to the first milestone, 2000"),
        ({"learning_rate_batch": 16}, "was chosen for a batch of 16, but the batch is 3: .* gives 0.000375"),
        ({"learning_rate": 0.02}, r"learning_rate 0.02 is 5.3 times the usual 0.00375 for a batch of 3"),
        ({"milestones": ()}, "the rate never falls: it is 0.002 from the warm-up to the end"),
        ({"gamma": 1.0}, "the rate never falls"),
        ({"steps": 1900}, "the rate never falls"),
        (
            {"kind": "cosine", "milestones": (), "restarts": (5000, 15000)},
            "restarts 15000 are never reached: the last step is 11999",
        ),
    ],
)
def test_what_people_get_wrong_is_said(changes, message):
    assert re.search(message, "\n".join(_doubts(**changes)))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"milestones": (10,)}, "milestones belong to the kind multistep, but the kind is cosine"),
        ({"kind": "multistep", "milestones": (20, 10)}, "each later than the one before"),
        ({"restarts": (100,)}, "the first restart is at step 100; expected one after the warm-up of 200 steps"),
        ({"gamma": 0.0}, "gamma is 0.0"),
    ],
)
def test_schedules_that_cannot_be_are_refused(settings, message):
    with pytest.raises(InputError, match=message):
        Schedule(**settings)


# The picture ------------------------------------------------------------------------------------------------------

STEPS = (
    'steps = 30\nkind = "multistep"\noptimiser = "sgd"\nlearning_rate = 0.004\nwarm_up_steps = 5\n'
    "milestones = [10, 40]\n"
)


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    folder = tmp_path_factory.mktemp("blobs")
    write_photos(folder / "north", 4, "north", 1, ["white"])
    write_photos(folder / "south", 2, "south", 2, ["white"])
    return folder


def test_what_is_drawn_is_what_is_trained_with(survey, tmp_path):
    config = write_config(survey, ["white"], name="drawn", schedule=STEPS)
    drawn = draw_schedule(config, tmp_path / "lr.svg")
    assert drawn.epoch_steps == 2  # four photos, two at a time
    told = []

    class Rates(Tracker):
        def metrics(self, step, values):
            if "learning_rate" in values:
                told.append((step, values["learning_rate"], values["epoch"]))

    fit(load_config(config, output=tmp_path), Rates())
    assert [rate for _, rate, _ in told] == drawn.rates.tolist()
    assert told[-1] == (30, pytest.approx(4e-4), 15)
    picture = (tmp_path / "lr.svg").read_text()
    for text in ("warm-up", "10: 0.0004", "30 steps, 15.0 epochs", "! milestones 40 are never reached", ">epoch<"):
        assert text in picture
    assert draw_schedule(config, tmp_path / "again.svg").doubts == drawn.doubts
    assert (tmp_path / "again.svg").read_bytes() == (tmp_path / "lr.svg").read_bytes()


def test_the_command_draws_says_and_refuses(survey, tmp_path):
    config = str(write_config(survey, ["white"], name="command", schedule=STEPS))
    done = CliRunner().invoke(herdmap, ["schedule", config, "-o", str(tmp_path / "lr.png")], standalone_mode=False)
    assert not done.exception
    assert done.stdout.splitlines() == [
        "multistep, sgd: 30 steps, 15.00 epochs of 2.0",
        "step 0: 4e-06",
        "step 5: 0.004, the warm-up is over",
        "step 10: 0.0004",
        "step 29: 0.0004, the last",
    ]
    assert done.stderr == "herdmap: milestones 40 are never reached: the last step is 29\n"
    with Image.open(tmp_path / "lr.png") as picture:
        assert picture.width > 800
        assert len(np.unique(np.asarray(picture.convert("L")))) > 10
    refused = CliRunner().invoke(herdmap, ["schedule", config, "-o", str(tmp_path / "lr.pdf")], standalone_mode=False)
    assert "the picture must end in .png or .svg" in str(refused.exception)


def test_epochs_are_left_out_where_the_data_are_not_there(survey, tmp_path):
    config = write_config(tmp_path, ["white"], schedule=STEPS)
    drawn = draw_schedule(config, tmp_path / "lr.svg")
    assert drawn.epoch_steps is None
    assert drawn.doubts[-1].startswith("epochs are not shown, since the data cannot be read: cannot read the labels")


# The finder -------------------------------------------------------------------------------------------------------


def test_the_finder_reads_a_curve_whose_answer_is_known():
    rates = np.geomspace(1e-6, 1, 101)
    # Falls by a logistic step around 1e-3, is lowest at 1e-1 and grows beyond.
    losses = 2 / (1 + (rates / 1e-3) ** 2) + np.maximum(0, np.log10(rates) + 1) * 3
    finding = Finding(rates, losses, losses)
    assert finding.steepest == pytest.approx(1e-3, rel=0.2)
    assert finding.tenth == pytest.approx(1e-2, rel=0.2)


def test_the_finder_trains_and_leaves_nothing_but_its_picture(survey, tmp_path):
    config = write_config(survey, ["white"], name="find", tables=STEADY)
    found = find_learning_rate(config, tmp_path / "find.svg", steps=60)
    assert len(found.rates) <= 60
    assert found.rates[0] == pytest.approx(1e-6)
    assert 1e-5 < found.steepest < 1
    assert found.smoothed.min() < found.smoothed[0]
    assert "steepest" in (tmp_path / "find.svg").read_text()
    assert not (survey / "run" / "find.pt").exists()
