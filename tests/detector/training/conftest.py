"""What the tests of training share."""

import os
from collections.abc import Iterator

import pytest

from tests.detector.training.mlflow_server import Hosted, mlflow_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """MLflow's own server, started once, as its start takes seconds."""
    pytest.importorskip("mlflow", reason="the tracking extra is not installed: pip install 'herdmap[tracking]'")
    with mlflow_server(tmp_path_factory.mktemp("hosted")) as hosted:
        yield hosted


@pytest.fixture
def hosted(server: Hosted, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hosted]:
    """The server, in an environment that says nothing of MLflow yet."""
    for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
        monkeypatch.delenv(name)
    yield server
    server.refuse("")
