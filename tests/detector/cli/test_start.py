"""What a command loads that it does not need."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import ENVIRONMENT

# Runs a command, then says which libraries of tables it loaded, and whether pyogrio then reads a table.
COMMAND = """
import sys
from detector.cli import main
try:
    main({arguments})
except SystemExit as end:
    assert not end.code, end.code
print(sorted({{"geopandas", "pandas", "pyarrow"}} & set(sys.modules)))
import pandas, pyogrio
try:
    print(len(pyogrio.read_dataframe(sys.argv[2])))
except ImportError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [("", []), ("sys.argv[1:]", ["geopandas", "pandas", "pyarrow"])],
    ids=["the command line", "somebody's program"],
)
def test_pyogrio_starts_without_pandas_where_nothing_else_runs(folder: Path, arguments: str, loaded: list[str]) -> None:
    pytest.importorskip("geopandas", reason="needs geopandas and pyarrow, which the dev extra has")
    command = [sys.executable, "-c", COMMAND.format(arguments=arguments), "export", str(folder / "survey.gpkg")]
    output = ["-o", str(folder / "animals.shp")]
    done = subprocess.run([*command, *output], env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()[-2:]
    assert first == str(loaded)
    assert second.isdigit() if loaded else "geopandas is required" in second
