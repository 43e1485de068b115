"""The plugin in other languages: each text can be found and is translated, and QGIS's language is followed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import translations
from qgis.PyQt.QtCore import QCoreApplication

from qgis_plugin import survey_words, translation
from tests import ROOT

PLUGIN = ROOT / "qgis_plugin"
LANGUAGES = sorted(path.stem.split("_")[1] for path in translations.FOLDER.glob("*.ts"))
MEND = "run python scripts/translations.py, fill in what it prints, and run it again"
# Calls whose texts people see, by the last part of their name.
SHOWN_BY = re.compile(
    r"set(Text|ToolTip|WindowTitle|PlaceholderText|StatusTip|WhatsThis|Title|Suffix|Prefix|Format|SpecialValueText"
    r"|ProgressText|FileFilter|HeaderLabels|HorizontalHeaderLabels)"
    r"|add(Row|Item|Items|Action|Menu|Tab|Section)|insertItem"
    r"|push(Info|Warning|Critical|Success|Message)|createMessage|reportError|say|_say|show_words|ask"
    r"|Q(Label|PushButton|Action|CheckBox|RadioButton|GroupBox|ListWidgetItem|TableWidgetItem|Menu)"
    r"|question|information|warning|critical|getOpenFileNames?|getSaveFileName|getExistingDirectory|BackgroundTask"
    r"|QgsProcessing(Parameter|Output)\w+|\w*(Error|Exception)"
)
# Methods that return what QGIS shows.
SHOWN_METHODS = {"displayName", "shortDescription", "shortHelpString", "group", "problem", "canExecute"}
# What is no text or is alike in every language: the program's name, parameters, columns, endings, units, signs.
SAME_EVERYWHERE = re.compile(r"Herdmap|[A-Z_]+|\w+_\w+|\.\w+| m|[^A-Za-z]*")


def untranslated(tree: ast.AST) -> list[tuple[int, str]]:
    """(line, text) of each text in a file that people see and that is not asked for by `tr`."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and SHOWN_BY.fullmatch(ast.unparse(node.func).rsplit(".", 1)[-1]):
            # The first argument of these is a name for programs.
            named = re.match(r"QgsProcessing(Parameter|Output)|SetUpError", ast.unparse(node.func))
            for argument in node.args[1:] if named else node.args:
                found += pieces(argument)
        elif isinstance(node, ast.FunctionDef) and node.name in SHOWN_METHODS:
            for part in ast.walk(node):
                if isinstance(part, ast.Return) and part.value is not None:
                    found += pieces(part.value)
    return found


def pieces(node: ast.AST) -> list[tuple[int, str]]:
    """The words that an expression puts into a text itself: not by `tr`, nor by other calls."""
    if isinstance(node, ast.Constant):
        words = isinstance(node.value, str) and not SAME_EVERYWHERE.fullmatch(node.value)
        return [(node.lineno, node.value)] if words else []
    if isinstance(node, ast.Call):  # "{}: no".format(...); what other calls give is looked at where they are
        formatted = isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "join")
        return pieces(node.func.value) if formatted else []
    if isinstance(
        node, (ast.JoinedStr, ast.BinOp, ast.IfExp, ast.BoolOp, ast.List, ast.Tuple, ast.Dict, ast.FormattedValue)
    ):
        skipped = [node.test] if isinstance(node, ast.IfExp) else []
        skipped += [node.format_spec] if isinstance(node, ast.FormattedValue) else []
        return [one for child in ast.iter_child_nodes(node) if child not in skipped for one in pieces(child)]
    return []


def own_files() -> list[Path]:
    """The plugin's own files, not what the build copies into it."""
    import build_plugin

    return [path for path in sorted(PLUGIN.rglob("*.py")) if path.name not in build_plugin.CARRIED]


@pytest.mark.parametrize("path", own_files(), ids=lambda path: path.relative_to(PLUGIN).as_posix())
def test_each_text_that_people_see_is_asked_for_by_tr(path: Path) -> None:
    found = untranslated(ast.parse(path.read_text(encoding="utf-8")))
    assert not found, "write tr(...) around these texts, and put values in by .format() after it"


@pytest.mark.parametrize(
    "code",
    [
        'label.setText("Ready")',
        'QLabel("Ready")',
        'label.setToolTip(f"Ready: {tr("x")}")',
        'label.setText(tr("x") + " and more")',
        'raise SurveyError("{} is gone".format(name))',
        'QgsProcessingParameterEnum("WHO", tr("Who"), ["People", tr("The detector")])',
        'def displayName(self):\n    return "Detect animals"',
        'self.say("Stopped" if stopped else tr("Done"))',
    ],
)
def test_a_text_without_tr_is_found(code: str) -> None:
    assert untranslated(ast.parse(code.replace('{tr("x")}', "{tr('x')}")))


@pytest.mark.parametrize(
    "code",
    [
        'label.setText(tr("Ready: {}").format("cpu"))',
        'label.setText(f"{name}: {written(number):>5}")',
        'QgsProcessingParameterEnum("WHO", tr("Who"), [tr("People")], defaultValue=0)',
        'text.setText(names["a b"])',
    ],
)
def test_a_text_with_tr_is_right(code: str) -> None:
    assert not untranslated(ast.parse(code))


def test_a_text_that_cannot_be_found_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text('tr("a")\ntr(f"{name} is gone")\n')
    with pytest.raises(ValueError, match=r"one\.py, line 2: tr\(\) needs the text itself"):
        translations.texts(tmp_path)


def test_the_script_and_the_plugin_name_the_same_context() -> None:
    assert translations.CONTEXT == translation.CONTEXT


@pytest.fixture(scope="module")
def all_texts() -> dict[str, translations.Text]:
    """The texts of the plugin."""
    return translations.texts()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_text_is_translated(language: str, all_texts: dict[str, translations.Text]) -> None:
    wanted = translations.wanted_in(language, all_texts)
    said = translations.read(translations.FOLDER / f"herdmap_{language}.ts")
    untold = translations.missing(language, wanted, said)
    gone = said.keys() - wanted.keys()
    if untold or gone:
        pytest.fail(
            f"herdmap_{language}.ts lacks {len(untold)} texts and has {len(gone)} too many: {MEND}", pytrace=False
        )


def test_a_new_text_is_missing_until_it_is_translated(tmp_path: Path) -> None:
    """And what is translated already stays, and what is gone leaves."""
    path, source = tmp_path / "herdmap_fr.ts", tmp_path / "one.py"
    source.write_text('tr("Stop")\ntr("%Ln images", n)\n')
    before = translations.texts(tmp_path)
    said = {"Stop": translations.Translation(("Arrêter",)), "Old": translations.Translation(("Vieux",))}
    translations.write(path, "fr", before, said)
    assert translations.missing("fr", before, translations.read(path)) == ["%Ln images"]
    source.write_text('tr("Stop")\ntr("Go on")\n')
    now = translations.texts(tmp_path)
    translations.write(path, "fr", now, translations.read(path))
    after = translations.read(path)
    assert after["Stop"] == translations.Translation(("Arrêter",))
    assert after.keys() == {"Stop", "Go on"}
    assert translations.missing("fr", now, after) == ["Go on"]


def marks(text: str) -> list[str]:
    """What a translation keeps of a text: placeholders, kinds of files, keys, tags, paragraphs."""
    fields = [f"{{{name}:{form}}}" for _, name, form, _ in Formatter().parse(text) if name is not None]
    others = r"%Ln|\(\*[^)]*\)|<[^>]+>|\n\n|\bherdmap:\w+|\.(?:onnx|csv|gpkg|pdf|zip|shp|parquet|pem)\b|;;|[▸←→↑↓]"
    return sorted(fields + re.findall(others, text))


def finished(language: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The texts that a language says, with its forms of each."""
    for english, said in translations.read(translations.FOLDER / f"herdmap_{language}.ts").items():
        if not said.unfinished:
            yield english, said.forms


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_what_is_put_in(language: str) -> None:
    wrong = []
    for english, forms in finished(language):
        for form in forms:
            same_ends = (form[:1].isspace(), form[-1:].isspace()) == (english[:1].isspace(), english[-1:].isspace())
            if marks(form) != marks(english) or not same_ends:
                wrong.append((english, form))
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_qgis_reads_what_the_files_say(language: str) -> None:
    """The .qm is made of the .ts as it is now."""
    assert translation.install(language) == language, MEND
    for english, forms in finished(language):
        numbers = (1, 5) if len(forms) > 1 else (-1,)
        told = [QCoreApplication.translate(translation.CONTEXT, english, None, number) for number in numbers]
        right = [form.replace("%Ln", str(number)) for form, number in zip(forms, numbers, strict=True)]
        assert told == right, f"herdmap_{language}.qm is older than its .ts: {MEND}"


def assigned(path: str, name: str) -> Any:
    """The value that a file of the project gives to a name, read without running the file."""
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        targets = [*getattr(node, "targets", []), getattr(node, "target", None)]
        if name in [getattr(target, "id", "") for target in targets if target is not None]:
            return node.value
    raise AssertionError(f"{path} has no {name}")


def test_all_words_of_a_survey_are_known() -> None:
    """What `geo` calls layers, columns and states; what it begins to say in English is missing here."""
    forms = "geo/geopackage/forms.py"
    called = {*ast.literal_eval(assigned(forms, "NAMES")).values()}
    called |= {*ast.literal_eval(assigned(forms, "_OF_ANIMALS")).values()}
    assert called <= survey_words.column_words().keys()
    states = {one.elts[0].value for one in assigned("geo/geopackage/styles.py", "_STATES").elts}
    said = {
        *ast.literal_eval(assigned(forms, "_SAID")).values(),
        *ast.literal_eval(assigned(forms, "_STATUS")).values(),
    }
    titles = {*ast.literal_eval(assigned("geo/geopackage/project.py", "TITLES")).values()}
    assert states | said | titles <= survey_words.layer_words().keys()


@pytest.mark.parametrize(
    ("locale", "language"), [("en_GB", "en"), ("de", "en"), ("C", "en"), ("", "en"), ("zh-Hans", "en"), ("../fr", "en")]
)
def test_where_there_is_no_translation_texts_are_english(locale: str, language: str) -> None:
    assert translation.install(locale) == language
    assert translation.tr("Review") == "Review"
    assert [translation.tr("%Ln images", n) for n in (0, 1, 2)] == ["0 images", "1 image", "2 images"]


def test_only_one_language_is_installed_at_a_time() -> None:
    for locale in ("en", "de", "en"):
        translation.install(locale)
    translation.remove()
    assert QCoreApplication.translate(translation.CONTEXT, "%Ln images", None, 1) == "1 images"
