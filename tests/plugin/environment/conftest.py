"""What the tests of the set-up may ask for."""

import os

import pytest


@pytest.fixture
def lonely_pip(monkeypatch):
    """pip that knows no index but one where nobody answers."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
