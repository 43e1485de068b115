"""Text in the language that QGIS speaks.

The plugin's files ask for each text by `tr("...")`, with the English text itself. scripts/translations.py finds these
calls, keeps the files of translations in i18n/, and compiles them.
"""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QCoreApplication, QLocale, QTranslator

CONTEXT = "Herdmap"
"""The one context of all texts in the files of translations."""

_FOLDER = Path(__file__).parent / "i18n"
_ENGLISH = "en"  # has only what a number changes: 1 image, 2 images
_installed: list[QTranslator] = []


def tr(text: str, number: int = -1) -> str:
    """`text` in QGIS's language, or as it is where there is no translation.

    number: where the text has the number %Ln, it stands there as people of QGIS's region write it, and the words around
    it agree with it. Values go into a text after it is translated: tr("{} is missing").format(name).
    """
    return QCoreApplication.translate(CONTEXT, text, None, number)


def written(number: float) -> str:
    """A whole number as people of QGIS's region write it: 1,234 in English is another number in French."""
    return QLocale().toString(round(number))


def install(locale: str) -> str:
    """Translate from now on for this locale, such as `pt_BR`. Returns the language: `en` where there is no other.

    A region has no texts of its own: it gets those of its language.
    """
    remove()
    language = locale.replace("-", "_").split("_")[0].lower()
    path = _FOLDER / f"herdmap_{language}.qm"
    if not path.is_file():
        language, path = _ENGLISH, _FOLDER / f"herdmap_{_ENGLISH}.qm"
    translator = QTranslator()
    if translator.load(str(path)):
        QCoreApplication.installTranslator(translator)
        _installed.append(translator)
    return language


def remove() -> None:
    """Leave all texts in English again."""
    while _installed:
        QCoreApplication.removeTranslator(_installed.pop())
