"""What mkdocs does not know about this project, as its hooks: see `hooks` in mkdocs.yml.

The site has the documents of the repository's root too, under names of its own. Links are written for the repository,
where a reader of the source follows them; here they are turned to the site's pages. A link to a file that is no page
leads nowhere on the site, so its text stays alone. A page that would ask the network for anything fails the build.
"""

import html
import json
import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# File of the repository: its name in the site's docs folder.
ROOT_PAGES = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "architecture.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "reporting.md",
    "benchmarks/README.md": "running-benchmarks.md",
}
NOTEBOOK = "docs/demo-survey.ipynb"
ASSETS = {"qgis_plugin/icons/herdmap.svg": "images/herdmap.svg"}
# A code block, a code span, or a link or picture with its text and target.
MARKDOWN_LINK = re.compile(
    r"^```.*?^```|`[^`\n]+`(?!\])|(?P<text>!?\[(?P<label>[^\]]*)\])\((?P<target>[^)\s]+)\)", re.M | re.S
)
# What a browser fetches by itself. An <a href> is fetched only when somebody follows it.
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed)\b[^>]*?\bsrc=["']?(?P<source>(?:https?:)?//[^"'\s>]+)
    |<link\b(?![^>]*\brel=["']?(?:canonical|next|prev)\b)[^>]*?\bhref=["']?(?P<link>(?:https?:)?//[^"'\s>]+)
    |(?:@import\s+|url\()["']?(?P<style>(?:https?:)?//[^"')\s]+)""",
    re.X | re.I,
)


def site_path(repository_path: str) -> str | None:
    """Where a file of the repository stands in the site, as a path in docs/; None where it is not in the site."""
    if repository_path in ROOT_PAGES:
        return ROOT_PAGES[repository_path]
    if repository_path == NOTEBOOK:
        return "demo-survey.md"
    return repository_path.removeprefix("docs/") if repository_path.startswith("docs/") else None


def links_for_the_site(markdown: str, source: str) -> str:
    """The text of a page with its links turned to the site's pages.

    Args:
        markdown: The text as it stands in the repository.
        source: The page's path in the repository, such as `docs/models.md`.
    """
    here = posixpath.dirname(site_path(source) or source)

    def turned(found: re.Match[str]) -> str:
        target = found["target"]
        if target is None or "://" in target or target.startswith(("#", "mailto:")):
            return found[0]
        path, _, anchor = target.partition("#")
        in_repository = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        if (page := site_path(in_repository)) is not None:
            return f"{found['text']}({posixpath.relpath(page, here or '.')}{'#' if anchor else ''}{anchor})"
        # Of a file that is not in the site the text stays; a wrong path stays a link, which mkdocs then complains of.
        return found["label"] if (ROOT / in_repository).exists() else found[0]

    return MARKDOWN_LINK.sub(turned, markdown)


def fetched_from_outside(page: str) -> list[str]:
    """The addresses that a browser would ask for by itself when it opens this HTML or CSS."""
    return [address for found in FETCHED.finditer(page) for address in found.groups() if address]


def notebook_page(notebook: dict[str, Any]) -> str:
    """A notebook as a page: its texts, its code, and under each cell of code what it gave."""
    parts = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
            continue
        parts.append(f"```python\n{source}\n```")
        parts += [_shown(output) for output in cell["outputs"]]
    return "\n\n".join(parts) + "\n"


def _shown(output: dict[str, Any]) -> str:
    data = output.get("data", {})
    if "image/png" in data:
        return f'<img alt="What the code above draws" src="data:image/png;base64,{"".join(data["image/png"]).strip()}">'
    if "text/html" in data:
        # As one line without styles: Markdown would take an indented line for code, and the site has styles of its own.
        rich = re.sub(r"<style\b.*?</style>", "", "".join(data["text/html"]), flags=re.S)
        rich = re.sub(r"<table\b[^>]*>", "<table>", rich)
        return f'<div class="notebook-output">{" ".join(rich.split())}</div>'
    return f'<pre class="notebook-output">{html.escape("".join(output.get("text", data.get("text/plain", ""))))}</pre>'


def on_files(files: Any, config: Any) -> Any:
    """Add the documents of the repository's root."""
    from mkdocs.structure.files import File

    for source, name in (ROOT_PAGES | ASSETS).items():
        files.append(File.generated(config, name, abs_src_path=str(ROOT / source)))
    page = notebook_page(json.loads((ROOT / NOTEBOOK).read_text(encoding="utf-8")))
    files.append(File.generated(config, str(site_path(NOTEBOOK)), content=page))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    written = page.file.abs_src_path  # None for a page that `on_files` made
    source = NOTEBOOK if written is None else Path(written).relative_to(ROOT).as_posix()
    return links_for_the_site(markdown, source)


def on_post_build(config: Any) -> None:
    """Fail where a page of the finished site would ask the network for something."""
    from mkdocs.exceptions import PluginError

    for path in sorted(Path(config.site_dir).rglob("*")):
        if path.suffix in {".html", ".css"} and (outside := fetched_from_outside(path.read_text(encoding="utf-8"))):
            raise PluginError(f"{path}: the page asks the network for {', '.join(outside)}")
