"""What every test may ask for: the real imagery, and the check of the GeoPackage contract. What may be skipped."""

import gc
import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

from tests import loaded_herdmap
from tests.geopackage_checker import check_geopackage

# What is loaded before the first test stays. To look through it for what nobody needs, again and again, takes up to a
# tenth of the seconds of a core: so it is not looked through.
gc.disable()
# Those run in QGIS's own Python: see `make test`.
collect_ignore = ["plugin"]

# The threads of torch wait asleep: threads that spin take the cores of other tests, and several times the time.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
if "PYTEST_XDIST_WORKER" in os.environ:
    # The other cores have tests of their own, and threads that wait for one another take them all. Before torch starts.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
SHARED = Path(__file__).resolve().parents[2] / "shared"
# Shared machines stall: a slow example is no failure.
settings.register_profile("herdmap", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("herdmap")


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _not_skipped_silently((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _not_skipped_silently((yield))


def _not_skipped_silently(report: Report) -> Report:
    """Where HERDMAP_MAY_SKIP is set, a test is skipped for a reason that this pattern matches, or has failed.

    `make test` installs what the tests need: a skip there would be a check that nobody makes.
    """
    allowed = os.environ.get("HERDMAP_MAY_SKIP")
    if allowed is not None and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not re.search(allowed, reason):
            report.outcome = "failed"
            report.longrepr = f"skipped, and may not be: {reason}"
    return report


def pytest_sessionfinish() -> None:
    loaded_herdmap.end()


def _required() -> bool:
    return os.environ.get("HERDMAP_REQUIRE_REALDATA") == "1"


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of real imagery. A clone without it skips; where it is required, its absence is a failure."""
    folder = SHARED / "data"
    if not folder.is_dir():
        if _required():
            pytest.fail("the real imagery is required here and ../shared/data is missing")
        pytest.skip("needs the real imagery in ../shared/data, which is not part of the project")
    return folder


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """torch on one thread, so that a network gives the same numbers on any machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def check_gpkg() -> Callable[..., None]:
    """Hold a GeoPackage against the contract, as an independent reader of it does."""
    return check_geopackage
