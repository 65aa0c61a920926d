"""The catalogs of translations/ fit the code and themselves, and no page holds a sentence that cannot be translated."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import Babel

from adapters.accounting.qne import declared
from blueprints.languages import LANGUAGES
from blueprints.rendering import told
from documents import N_, say

pytestmark = pytest.mark.feature("T9")

ROOT = Path(__file__).parents[2]
TRANSLATED = sorted(set(LANGUAGES) - {"en"})
PLACE = re.compile(r"%\(\w+\)s|%%|\{\w*\}")
TEMPLATE_CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<(script|style)\b.*?</\1>", re.DOTALL)
SPOKEN_ATTRIBUTE = re.compile(r'\b(?:aria-label|title|alt|placeholder|data-label)="([^"]*)"')
TAG = re.compile(r"<[^>]*>|&\w+;")
WORD = re.compile(r"[^\W\d_]{2,}")
THE_SAME_EVERYWHERE = {"Tillbridge", "SKU"}
COMMANDS = re.compile(r"\./run [a-z-]+")


def folder(language: str) -> Path:
    return ROOT / "translations" / language / "LC_MESSAGES"


@cache
def catalog(language: str) -> Catalog:
    return read_po((folder(language) / "messages.po").open("rb"), locale=language)


def sentences(language: str) -> Iterator[Message]:
    return (message for message in catalog(language) if message.id)


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    """One sentence, or its singular and plural."""
    return [text] if isinstance(text, str) else list(text)


@cache
def marked() -> frozenset[tuple[str, ...]]:
    """Every sentence that the code marks today."""
    methods, options = parse_mapping_cfg((ROOT / "babel.cfg").open())
    keywords = DEFAULT_KEYWORDS | parse_keywords(["_l"])
    found = extract_from_dir(ROOT, methods, options, keywords)
    return frozenset(tuple(forms(text)) for _file, _line, text, _comments, _context in found)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_marked_sentence_is_in_the_catalog_and_no_other(language: str):
    known = {tuple(forms(message.id)) for message in sentences(language)}
    assert len(marked()) > 1000
    assert known == marked(), "run translations/update.sh"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_has_exactly_the_placeholders_of_its_original(language: str):
    for message in sentences(language):
        wanted = Counter(PLACE.findall(forms(message.id)[-1]))
        for translation in filter(None, forms(message.string)):
            assert Counter(PLACE.findall(translation)) == wanted, message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_compiled_is_what_is_written(language: str):
    compiled = BytesIO()
    write_mo(compiled, catalog(language))
    kept = read_mo((folder(language) / "messages.mo").open("rb"))
    fresh = read_mo(BytesIO(compiled.getvalue()))
    said = [{tuple(forms(message.id)): forms(message.string) for message in each} for each in (kept, fresh)]
    assert said[0] == said[1], "run translations/update.sh"


@pytest.mark.parametrize("language", TRANSLATED)
def test_almost_everything_is_translated(language: str):
    missing = [message.id for message in sentences(language) if not all(forms(message.string))]
    assert len(missing) < 100, missing


@pytest.fixture
def in_french() -> Iterator[None]:
    """A page that is asked for in French."""
    app = Flask(__name__, root_path=str(ROOT))
    Babel(app, locale_selector=lambda: "fr")
    with app.test_request_context():
        yield


def test_a_message_is_told_in_the_language_of_the_reader_with_its_values(in_french: None):
    assert told(say(N_("The books have no item {code}."), code="X1")) == "La comptabilité n’a pas d’article X1."
    assert told(say("")) == told("") == told(None) == ""
    assert told(say("A sentence that nobody translated: {code}", code="{X1}")).endswith("translated: {X1}")


def test_what_an_adapter_declares_is_told_in_the_language_of_the_reader(in_french: None):
    said = [told(text) for each in declared.CONNECTION for text in (each.label, each.hint) if text]
    assert said[0] == "Clé d’API" and "Adresse" in said


def spoken(template: str) -> str:
    """What a template says without asking for a translation."""
    text = TEMPLATE_CODE.sub(" ", template)
    text = " ".join([TAG.sub(" ", text), *SPOKEN_ATTRIBUTE.findall(text)])
    return COMMANDS.sub(" ", text)


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.stem)
def test_a_template_says_nothing_that_cannot_be_translated(path: Path):
    assert set(WORD.findall(spoken(path.read_text()))) <= THE_SAME_EVERYWHERE


def test_a_bare_sentence_in_a_template_is_found():
    assert WORD.findall(spoken('<p title="Oh dear">{{ _("Fine") }} not fine</p>')) == ["not", "fine", "Oh", "dear"]
