"""The documents for people who work in Python: their code runs, and the notebook shows what its code gives."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts import site_pages
from tests import ROOT

NOTEBOOK = ROOT / "docs" / "demo-survey.ipynb"


def code(page: str) -> str:
    """The Python of a page, its blocks one after another."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^( *)```python\n(.*?)^\1```", text, re.M | re.S)
    return "\n".join(re.sub(f"^{indent}", "", block, flags=re.M) for indent, block in blocks)


@pytest.mark.parametrize(
    ("page", "then"),
    [
        ("README.md", "assert type(animals).__name__ == 'GeoDataFrame' and 140 < len(animals) < 180 and animals.crs"),
        ("docs/python.md", "assert type(animals).__name__ == 'GeoDataFrame' and len(found) > 40 and not len(nothing)"),
    ],
)
def test_the_code_of_a_page_runs(page: str, then: str, tmp_path: Path) -> None:
    """In a new Python, in an empty folder, with no warning."""
    pytest.importorskip("geopandas")
    script = f"{code(page)}\n{then}\n"
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", script],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def plain(output: dict[str, Any]) -> str:
    return "".join(output.get("text", output.get("data", {}).get("text/plain", "")))


def stored() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return found


def test_the_notebook_is_run_small_and_of_no_machine() -> None:
    notebook = stored()
    numbers = [cell["execution_count"] for cell in cells(notebook)]
    assert numbers == list(range(1, len(numbers) + 1))
    outputs = [output for cell in cells(notebook) for output in cell["outputs"]]
    assert {output["output_type"] for output in outputs} <= {"execute_result", "display_data", "stream"}
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert NOTEBOOK.stat().st_size < 200_000
    texts = [*map(plain, outputs), *("".join(o.get("data", {}).get("text/html", "")) for o in outputs)]
    assert not re.search(r"/(tmp|home|root|work|Users|usr|private)/|[A-Z]:\\", "\n".join(texts))


def test_the_notebook_gives_what_it_shows() -> None:
    """Run anew: the same kinds of output with the same words. Its numbers may differ in a digit on another machine."""
    for library in ("nbclient", "ipykernel", "matplotlib", "geopandas"):
        pytest.importorskip(library)
    from scripts.run_notebook import executed

    anew = executed(NOTEBOOK)
    for fresh, kept in zip(cells(anew), cells(stored()), strict=True):
        shapes = [[(o["output_type"], sorted(o.get("data", {}))) for o in cell["outputs"]] for cell in (fresh, kept)]
        assert shapes[0] == shapes[1], "".join(kept["source"])
        words = [[re.findall(r"[A-Za-z_]{2,}", plain(o)) for o in cell["outputs"]] for cell in (fresh, kept)]
        assert words[0] == words[1], "".join(kept["source"])


def test_the_site_shows_the_notebook() -> None:
    page = site_pages.notebook_page(stored())
    assert page.startswith("# A survey from Python\n")
    assert "```python\nimport herdmap\n" in page
    assert '<div class="notebook-output"><p>CountTable: 4 rows</p><table>' in page
    assert '<img alt="What the code above draws" src="data:image/png;base64,' in page
    assert "<style" not in page


def test_the_reference_has_every_public_name() -> None:
    import herdmap

    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    listed = re.findall(r"^::: herdmap\.(\w+)$", text, re.M)
    assert sorted(listed) == sorted(herdmap.__all__)
