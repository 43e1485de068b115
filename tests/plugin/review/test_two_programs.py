"""A review and another program at one survey: every review that was acknowledged is there, on its own animal."""

import json
import os
import random
import re
import shutil
import time

import pytest

from qgis_plugin.review.file import ReviewFile
from tests.plugin.two_programs import (
    AT_ONCE,
    PAIRS,
    Reviewer,
    animals_of,
    beside,
    check,
    ended,
    lost,
    reviewer,
    said_by,
)

# `benchmarks/two_programs.py` runs all of this for longer.
SECONDS = float(os.environ.get("HERDMAP_PAIR_SECONDS", "2.5"))
KILLS = int(os.environ.get("HERDMAP_KILLS", "6"))
_WAITS = re.compile("another run|another program")


@pytest.fixture
def reviewed(posed, practice, herdmap):
    """A survey of two posed photos with regions and counts."""
    for name in ("regions.gpkg", "transects.gpkg"):
        shutil.copyfile(practice / name, posed.with_name(name))
    posed.with_name("strata.csv").write_text("stratum,area_km2\nsimulated,0.1\n")
    herdmap("count", posed, "--regions", posed.with_name("regions.gpkg"))
    return posed


@pytest.mark.parametrize("name", PAIRS)
def test_a_review_beside_a_command(reviewed, herdmap_python, name):
    (running,) = beside(herdmap_python, reviewed, SECONDS, PAIRS[name])
    ann = Reviewer(reviewed, "Ann", 1)
    ann.work(SECONDS)
    done = ended(running)
    assert len(done) >= 2
    assert [code for _, code, _ in done] == [0] * len(done), done
    assert len(ann.said) >= 3
    assert not lost(reviewed, ann.said)
    check(reviewed, herdmap_python)
    print(f"{name}: {len(done)} times; {len(ann.said)} boxes reviewed, {ann.refused} steps refused, none lost")


@pytest.mark.parametrize("names", AT_ONCE, ids=" and ".join)
def test_a_review_beside_two_commands(reviewed, herdmap_python, names):
    """A command does its work, or says in a line that the other is at it."""
    running = beside(herdmap_python, reviewed, SECONDS, *(PAIRS[name] for name in names))
    ann = Reviewer(reviewed, "Ann", 1)
    ann.work(SECONDS)
    done = [end for one in running for end in ended(one)]
    assert {name for name, code, _ in done if code == 0} == set(names), done
    assert [end for end in done if end[1] and not (end[1] == 2 and _WAITS.search(end[2]))] == []
    assert len(ann.said) >= 2
    assert not lost(reviewed, ann.said)
    check(reviewed, herdmap_python)
    waited = sum(code == 2 for _, code, _ in done)
    print(f"{' and '.join(names)}: {len(done)} times, {waited} of them waited for; {len(ann.said)} boxes, none lost")


def test_two_people_in_one_file(reviewed, herdmap_python):
    other = reviewer(reviewed, SECONDS, "Bob", 2)
    ann = Reviewer(reviewed, "Ann", 1)
    ann.work(SECONDS)
    bob, said = said_by(other), dict(ann.said)
    for box, words in bob.items():
        if box not in said or said[box][0] < words[0]:
            said[box] = words
    assert len(ann.said) > 5 < len(bob)
    assert not lost(reviewed, said)
    check(reviewed, herdmap_python)


def test_a_review_that_is_killed(reviewed, herdmap, herdmap_python):
    """Opened again by the plugin and by a command in turn: all that was acknowledged is there, and nothing half."""
    rng, said = random.Random(1), {}
    for kill in range(KILLS):
        running = reviewer(reviewed, 60, f"reviewer {kill}", kill)
        time.sleep(rng.uniform(0, 0.4))
        running.kill()
        now = said_by(running)
        said |= now
        if kill % 2:
            ReviewFile(reviewed).read()
        else:
            herdmap("export", reviewed, "-o", f"{reviewed}.csv")
        # The step in hand may have been saved before it could be acknowledged: one animal, in each photo that shows it.
        in_hand = [json.loads(line)[0] for line in lost(reviewed, said)]
        assert len(animals_of(reviewed, in_hand)) <= 1
        for box in in_hand:
            said.pop(box)
    assert len(said) > 5
    check(reviewed, herdmap_python)
