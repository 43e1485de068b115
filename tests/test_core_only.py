"""Every test file loads where only the core and what its tests need is installed, as in the jobs for other systems.

A file that needs an extra skips itself with `pytest.importorskip` before it imports it.
"""

import os
import subprocess
import sys

from tests import ROOT

# What the workflow's jobs without torch do not install.
EXTRAS = (
    *("torch", "torchvision", "safetensors", "fastai", "fastcore", "detectron2", "mlflow", "tensorboard", "matplotlib"),
    *("ray", "pyarrow", "nbclient", "ipykernel", "pycocotools", "cv2", "pillow_heif", "rawpy", "build", "yaml", "moto"),
)
COLLECT = f"""
import sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {EXTRAS}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
import pytest
quick = ["--collect-only", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist"]
sys.exit(pytest.main([*quick, "--quiet", "--no-header", "tests"]))
"""


def test_all_files_load_without_extras() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "HERDMAP_MAY"))}
    done = subprocess.run(
        [sys.executable, "-P", "-c", COLLECT],
        cwd=ROOT, env={**environment, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    wrong = [line for line in done.stdout.splitlines() if line.startswith("ERROR")]
    assert (done.returncode, wrong) == (0, []), done.stdout[-3000:] + done.stderr[-3000:]
