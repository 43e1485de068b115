"""The pages of help in the plugin: every link leads somewhere, and nothing is asked of the network."""

import re

import pytest

from detector.cli.group import herdmap
from tests import ROOT

pytest.importorskip("markdown", reason="it comes with the tools of development")

from scripts.help_pages import PAGES, help_pages, render

INSIDE = help_pages()
FOUND = {name: content.decode("utf-8") for name, content in INSIDE.items() if name.endswith(".html")}
ANCHORS = {name: set(re.findall(r'\bid="([^"]+)"', text)) for name, text in FOUND.items()}


def test_every_link_leads_to_a_page_and_a_heading_that_ship() -> None:
    dead = []
    for name, text in FOUND.items():
        for link in re.findall(r'href="([^"]*)"', text):
            file, _, anchor = link.partition("#")
            if "://" not in file and ((file or name) not in FOUND or (anchor and anchor not in ANCHORS[file or name])):
                dead.append((name, link))
    assert dead == []
    assert set(FOUND) == {f"{name}.html" for name in PAGES}


def test_the_pages_ask_nothing_of_the_network() -> None:
    for text in FOUND.values():
        assert set(re.findall(r'(?:src|data)="([^"]+)"', text)) <= set(INSIDE)
        assert not re.search(r"@import|<script|<link|<iframe", text)


def test_every_command_has_a_heading_to_open() -> None:
    assert set(herdmap.commands) <= ANCHORS["command-line.html"]
    assert "the-panel" in ANCHORS["plugin.html"]


def test_a_table_a_code_block_and_a_link_to_a_page_that_does_not_ship() -> None:
    table, block = "| a |\n|---|\n| `b` |", "```sh\nx <y>\n```"
    said = render(f"# A herd's photos\n\n{table}\n\n{block}\n\n[API](api.md) [M](models.md#trust)\n")
    assert '<h1 id="a-herds-photos">' in said
    assert "<td><code>b</code></td>" in said
    assert "x &lt;y&gt;" in said
    assert 'API <a href="models.html#trust">M</a>' in said
    assert (ROOT / "docs" / "api.md").is_file()
