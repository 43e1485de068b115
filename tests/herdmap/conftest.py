"""What the tests of the front door share."""

import pytest

import herdmap
from geo.simulation import Survey as SimulatedSurvey


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SimulatedSurvey:
    """A simulated survey of 25 sheep."""
    return herdmap.simulate(tmp_path_factory.mktemp("sample"), width_m=50, height_m=40, animals=25)
