"""Run docs/demo-survey.ipynb in an empty folder and keep its outputs in the file: `python scripts/run_notebook.py`."""

import os
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "docs" / "demo-survey.ipynb"
LONGEST_CELL_S = 300


def executed(path: Path) -> Any:
    """The notebook with the outputs of a fresh run in a folder of its own, which is gone afterwards.

    Its code sees this checkout. Outputs have no progress bars, and nothing that is another at the next run: neither
    times nor the counters of the cells' runs.
    """
    notebook = nbformat.read(path, as_version=4)
    # Whatever the session shows elsewhere, the picture of a figure belongs in the notebook.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=LONGEST_CELL_S,
            kernel_name="python3",
            resources={"metadata": {"path": folder}},
            record_timing=False,
            coalesce_streams=True,
        )
        client.execute(env=environment)
    for number, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
        cell.execution_count = number
        cell.outputs = [output for output in cell.outputs if not _is_a_bar(output)]
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = number
    return notebook


def _is_a_bar(output: Any) -> bool:
    """Whether an output is what a progress bar leaves: a line that was written over and over."""
    return bool(output.output_type == "stream" and output.name == "stderr" and not output.text.split("\r")[-1].strip())


def main() -> None:
    nbformat.write(executed(NOTEBOOK), NOTEBOOK)


if __name__ == "__main__":
    main()
