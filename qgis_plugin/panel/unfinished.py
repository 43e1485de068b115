"""Runs that began and did not end: cancelled, or QGIS closed. They continue where they stopped.

The finished work of a run lies beside its survey, in `<survey>.herdmap/parts`. What was asked is noted in QGIS's
settings when a run begins, and forgotten when it has ended well, so that the same can be asked again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from qgis.core import QgsSettings

_SETTING = "herdmap/unfinished"
_MOST = 20  # runs that are remembered


def note(algorithm: str, parameters: dict[str, Any]) -> None:
    """Note that a run begins. parameters: plain values, with OUTPUT."""
    output = str(parameters["OUTPUT"])
    kept = [one for one in _noted() if one["parameters"]["OUTPUT"] != output]
    _keep([*kept, {"algorithm": algorithm, "parameters": parameters}][-_MOST:])


def forget(output: str) -> None:
    """Note that the run that writes `output` has ended."""
    _keep([one for one in _noted() if one["parameters"]["OUTPUT"] != output])


def stopped() -> list[tuple[str, dict[str, Any]]]:
    """(algorithm, parameters) of runs that stopped and left work behind, the newest first."""
    found = [(str(one["algorithm"]), dict(one["parameters"])) for one in _noted()]
    return [(name, asked) for name, asked in reversed(found) if left_work(asked["OUTPUT"])]


def left_work(output: str) -> bool:
    """Whether a run left finished work beside this survey."""
    return any((Path(output).with_suffix(".herdmap") / "parts").glob("*/*.part"))


def _noted() -> list[dict[str, Any]]:
    try:
        found = json.loads(QgsSettings().value(_SETTING, "") or "[]")
        return [one for one in found if one["algorithm"] and one["parameters"]["OUTPUT"]]
    except (ValueError, TypeError, KeyError):
        return []  # of another version


def _keep(runs: list[dict[str, Any]]) -> None:
    QgsSettings().setValue(_SETTING, json.dumps(runs))
