"""The pages of help that ship with the plugin: those of docs/ that a user of QGIS needs, as plain HTML.

They open from the disk and ask the network for nothing. A link to a page that does not ship becomes plain text.
"""

import re
from html import escape
from pathlib import Path

import markdown

DOCS = Path(__file__).resolve().parents[1] / "docs"
# In the order of the menu: file and title there.
PAGES = {
    "plugin": "In QGIS",
    "first-survey": "Your first survey",
    "your-animals": "Your animals",
    "georeferencing": "Photos on the ground",
    "reviewing": "Reviewing",
    "sightings": "One animal in several photos",
    "estimates": "Population estimates",
    "share": "The share folder",
    "exports": "Exports",
    "formats": "Formats that are read",
    "labels": "Labels that are read",
    "models": "Models",
    "model-card": "The bundled model",
    "evaluation": "How good a model is",
    "teaching": "Teaching a model",
    "training": "Training",
    "simulation": "Simulated surveys",
    "command-line": "The command line",
    "security": "Security",
}
STYLE = """
body { margin: 0 auto; max-width: 52rem; padding: 1rem 1.5rem 4rem; color: #1d2722; }
body { font: 1rem/1.55 system-ui, sans-serif; }
nav { border-bottom: 1px solid #c8d2cb; padding-bottom: .6rem; font-size: .9rem; line-height: 1.9; }
nav a { margin-right: .9rem; white-space: nowrap; }
nav [aria-current] { font-weight: 600; color: inherit; text-decoration: none; }
a { color: #1f6b4a; }
h1, h2, h3 { line-height: 1.25; margin: 2rem 0 .6rem; }
:target { background: #fdf3c7; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid #c8d2cb; padding: .35rem .6rem; text-align: left; vertical-align: top; }
pre { background: #f2f5f3; padding: .7rem 1rem; overflow-x: auto; }
code { font-family: ui-monospace, monospace; font-size: .92em; }
img { max-width: 100%; }
"""


def help_pages() -> dict[str, bytes]:
    """Each page and picture by its path in the folder of the pages."""
    found, pictures = {}, set[str]()
    for name, title in PAGES.items():
        body = render((DOCS / f"{name}.md").read_text(encoding="utf-8"))
        pictures |= set(re.findall(r'src="([^":]+)"', body))
        found[f"{name}.html"] = page(name, title, body).encode("utf-8")
    return {**found, **{picture: (DOCS / picture).read_bytes() for picture in sorted(pictures)}}


def render(text: str) -> str:
    """The HTML of a page's text, its links those of the HTML pages."""
    extensions = ["admonition", "attr_list", "tables", "fenced_code", "toc"]
    body = markdown.markdown(text, extensions=extensions, extension_configs={"toc": {"slugify": slug}})
    return re.sub(r'<a href="([^"]*)">(.*?)</a>', lambda link: linked(link[1], link[2]), body, flags=re.S)


def linked(target: str, text: str) -> str:
    """A link to another page, within this one, or to the network; the text alone where the page does not ship."""
    file, mark, anchor = target.partition("#")
    if file and "://" not in file:
        if file.removesuffix(".md") not in PAGES:
            return text
        file = f"{file.removesuffix('.md')}.html"
    return f'<a href="{file}{mark}{anchor}">{text}</a>'


def slug(text: str, separator: str) -> str:
    """The anchor of a heading, as GitHub and the site make it."""
    return re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", separator)


def page(name: str, title: str, body: str) -> str:
    """The whole page, with a menu of all of them."""
    menu = "\n".join(
        f'<a href="{one}.html"{" aria-current=page" if one == name else ""}>{escape(text)}</a>'
        for one, text in PAGES.items()
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)} - Herdmap</title>\n'
        f'<meta name="viewport" content="width=device-width">\n<style>{STYLE}</style>\n</head>\n'
        f"<body>\n<nav>\n{menu}\n</nav>\n{body}\n</body>\n</html>\n"
    )
