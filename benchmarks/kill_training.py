"""A training that is killed, extended and moved: does it end with the weights of one that was only extended?

Photos with painted animals of two classes, the compact network on the CPU. `herdmap train` runs undisturbed, is given
more steps and another rate, and runs again with `--extend`. Beside it, the same training is killed with SIGKILL at five
instants drawn at random, three before it is extended and two after it, and moved to another folder between the last
two. Every value of both checkpoints and every byte of both model files is compared.

    python -m benchmarks.kill_training --rounds 10
"""

import argparse
import os
import random
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.kill import COMMAND, ROOT
from benchmarks.report import Row, finish
from tests.surveys.blob import write_config, write_photos

KINDS = ["white", "red"]
STEPS, EXTENDED = 300, 450
BEFORE, AFTER = 3, 2  # kills, before and after the run is extended


def config(folder: Path, extended: bool) -> Path:
    """The config of the training, in the folder with its photos."""
    steps, rate = (EXTENDED, 0.002) if extended else (STEPS, 0.005)
    return write_config(
        folder,
        KINDS,
        schedule=f"steps = {steps}\nwarm_up_steps = 3\nlearning_rate = {rate}\n",
        tracking="mlflow = false\ntensorboard = false\nevery_steps = 1\nvalidate_steps = 50\n",
        output="checkpoint_steps = 10\n",
    )


def start(folder: Path, extended: bool) -> subprocess.Popen[bytes]:
    """`herdmap train`, on one thread."""
    more = ["--extend"] if extended else []
    return subprocess.Popen(
        [*COMMAND, "train", str(config(folder, extended)), *more],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )


def to_its_end(folder: Path, extended: bool) -> float:
    """Train as far as the config says; the seconds that it took."""
    began = time.monotonic()
    if start(folder, extended).wait() != 0:
        raise SystemExit(f"the training in {folder} failed")
    return time.monotonic() - began


def killed(folder: Path, extended: bool, within_s: float, rng: random.Random) -> str:
    """Kill a training at a random instant; where it was."""
    process = start(folder, extended)
    time.sleep(rng.uniform(0, within_s))
    if process.poll() is not None:
        return "after its end"
    process.kill()
    process.wait()
    record = folder / "run" / "blobs.metrics.jsonl"
    lines = record.read_bytes().count(b"\n") if record.exists() else 0
    return "at its steps" if lines else "before its first step"


def equal(one: Path, other: Path) -> bool:
    """Whether two runs have the same weights, averages and optimiser, and the same model file."""
    import torch

    def values(state: object) -> list[object]:
        if isinstance(state, dict):
            return [(key, values(value)) for key, value in state.items()]
        if isinstance(state, list):
            return [values(value) for value in state]
        return state.tolist() if isinstance(state, torch.Tensor) else state  # type: ignore[return-value]

    states = [torch.load(folder / "run" / "blobs.pt", weights_only=True) for folder in (one, other)]
    kept = [[values(state[part]) for part in ("step", "network", "averaged", "optimiser")] for state in states]
    models = [(folder / "run" / "blobs.onnx").read_bytes() for folder in (one, other)]
    return kept[0] == kept[1] and models[0] == models[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as temporary:
        calm = Path(temporary) / "calm"
        for flight, count, seed in (("north", 4, 1), ("south", 2, 2)):
            write_photos(calm / flight, count, flight, seed, KINDS, each=4)
        photos = Path(shutil.copytree(calm, Path(temporary) / "photos"))
        took = [to_its_end(calm, extended) for extended in (False, True)]
        print(f"undisturbed: {took[0]:.1f} s, and {took[1]:.1f} s extended", flush=True)
        alike, places = 0, Counter[str]()
        for number in range(options.rounds):
            rough = Path(shutil.copytree(photos, Path(temporary) / f"rough{number}"))
            places.update(killed(rough, False, took[0] / BEFORE, rng) for _ in range(BEFORE))
            to_its_end(rough, False)
            for kill in range(AFTER):
                places[killed(rough, True, took[1] / AFTER, rng)] += 1
                if kill == 0:
                    rough = Path(shutil.move(rough, Path(temporary) / f"moved{number}"))
            to_its_end(rough, True)
            same = equal(calm, rough)
            alike += same
            print(f"round {number + 1}: {'equal' if same else 'NOT equal'}", flush=True)
            shutil.rmtree(rough)
    found = f"{alike} of {options.rounds} ({', '.join(f'{n} kills {place}' for place, n in places.most_common())})"
    row = Row("training killed 5 times, extended and moved: bit-equal", "all", found, alike == options.rounds)
    finish([row], options.json)


if __name__ == "__main__":
    main()
