"""The documents link to what is there, and the documentation site can show them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts import site_pages
from tests import ROOT

FENCE = re.compile(r"^( *)(```+|~~~+).*?^\1\2 *$", re.M | re.S)


def documents() -> list[Path]:
    if shutil.which("git") is None:
        return _unlisted()
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        return [path for name in listed.stdout.splitlines() if (path := ROOT / name).exists()]
    return _unlisted()


def _unlisted() -> list[Path]:
    """Of an unpacked source distribution."""
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def anchors(page: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ +(.+?) *#*$", FENCE.sub("", page.read_text(encoding="utf-8")), re.M):
        text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        name, number = slug, 0
        while name in found:
            number += 1
            name = f"{slug}-{number}"
        found.add(name)
    return found


def links(page: Path) -> list[str]:
    """The targets of a document's links and pictures that lead to files of the project, code left out."""
    prose = re.sub(r"`[^`\n]+`", "code", FENCE.sub("", page.read_text(encoding="utf-8")))
    inline = re.findall(r"\]\(([^)\s]+)(?: \"[^\"]*\")?\)", prose)
    named = re.findall(r"^\[[^\]]+\]: *(\S+)", prose, re.M)
    return [target for target in (*inline, *named) if "://" not in target and not target.startswith("mailto:")]


def dead_links(page: Path) -> list[str]:
    wrong = []
    for target in links(page):
        path, _, anchor = target.partition("#")
        leads_to = (page.parent / path).resolve() if path else page
        if not leads_to.exists() or (anchor and leads_to.suffix == ".md" and anchor not in anchors(leads_to)):
            wrong.append(target)
    return wrong


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_and_anchors_lead_somewhere(page: Path) -> None:
    assert not dead_links(page)


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("# A & B: the `c` way\n\n```\n# none\n```\n\n## Twice\n\n## Twice\n")
    page = tmp_path / "a.md"
    page.write_text(
        "# Here\n[1](b.md#a--b-the-c-way) [2](#here) [3](b.md#twice-1) [4](c.md) [5](b.md#none) ![6](no.png)\n"
        "`[7](code.md)` [8](#nowhere) [`9`](gone.md)\n\n[10]: lost.md\n"
    )
    assert dead_links(page) == ["c.md", "b.md#none", "no.png", "#nowhere", "gone.md", "lost.md"]


def test_every_document_is_in_the_site_s_menu() -> None:
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("\nnav:\n")[1]
    listed = re.findall(r": (\S+\.md)$", menu, re.M)
    docs = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")]
    notebook = site_pages.site_path(site_pages.NOTEBOOK)
    assert notebook is not None
    made = [*site_pages.ROOT_PAGES.values(), notebook]
    assert sorted(listed) == sorted([*docs, *made])


def test_what_contributing_names_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = set(re.findall(r"(?:detector|geo|qgis_plugin|scripts|tests|docs)/[\w./-]*\w/?", text))
    assert len(paths) > 20
    # `mine` is the format that the reader adds.
    assert not [path for path in paths if "mine" not in path and not (ROOT / path).exists()]
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.M)) <= targets
    # A name in capitals, and the file that has it.
    named = re.findall(r"`([A-Z_]{4,})`\s+(?:in|of)\s+`([\w/.]+/[\w.]+\.py)`", text)
    assert len(named) > 4
    for name, path in named:
        assert re.search(rf"^{name}\b", (ROOT / path).read_text(encoding="utf-8"), re.M), f"{path} has no {name}"


@pytest.mark.parametrize(
    ("source", "written", "on_the_site"),
    [
        ("README.md", "[a](docs/models.md#trust)", "[a](models.md#trust)"),
        ("README.md", "![a](docs/images/a.jpg)", "![a](images/a.jpg)"),
        ("README.md", "[how](ARCHITECTURE.md)", "[how](architecture.md)"),
        ("docs/benchmarks.md", "[b](../benchmarks/README.md)", "[b](running-benchmarks.md)"),
        ("docs/models.md", "[`a`](training.md)", "[`a`](training.md)"),
        ("docs/python.md", "[n](demo-survey.ipynb)", "[n](demo-survey.md)"),
        ("docs/clusters.md", "[a](clusters/cluster.yaml)", "[a](clusters/cluster.yaml)"),
        ("docs/models.md", "see [the code](../detector/errors.py).", "see the code."),
        ("docs/models.md", "[gone](../detector/no_such_file.py)", "[gone](../detector/no_such_file.py)"),
        ("docs/models.md", "[a](#t) [b](https://example.org/docs/a.md)", "[a](#t) [b](https://example.org/docs/a.md)"),
        ("README.md", "`[a](docs/a.md)`", "`[a](docs/a.md)`"),
        ("README.md", "```sh\n[b](docs/b.md)\n```\n", "```sh\n[b](docs/b.md)\n```\n"),
    ],
)  # fmt: skip
def test_links_are_turned_to_the_site_s_pages(source: str, written: str, on_the_site: str) -> None:
    assert site_pages.links_for_the_site(written, source) == on_the_site


@pytest.mark.parametrize(
    ("page", "asks"),
    [
        ('<script src="https://cdn.example/a.js"></script>', ["https://cdn.example/a.js"]),
        ("<script async src=//cdn.example/a.js></script>", ["//cdn.example/a.js"]),
        ('<link rel="stylesheet" href="https://fonts.example/css">', ["https://fonts.example/css"]),
        ("<img alt='' src='http://badge.example/a.svg'>", ["http://badge.example/a.svg"]),
        ("@font-face { src: url(https://fonts.example/a.woff2) }", ["https://fonts.example/a.woff2"]),
        ('@import "https://fonts.example/a.css";', ["https://fonts.example/a.css"]),
        ('<a href="https://example.org">a</a> <link rel="canonical" href="https://example.org/a">', []),
        ('<script src="assets/a.js"></script><img src="../images/a.jpg">', []),
    ],
)
def test_what_a_page_asks_the_network_for_is_found(page: str, asks: list[str]) -> None:
    assert site_pages.fetched_from_outside(page) == asks
