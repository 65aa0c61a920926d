"""Texts (rules.md section 4): capitals first, then a cut that breaks no character, told on the draft."""

from dataclasses import replace

import pytest

from sync.drafting import draft
from sync.drafting.graphemes import cut
from tests.unit.drafting_makers import make_line, make_order, make_rules

FAMILY = "👩‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "abc"),
        ("ab", 0, ""),
        ("ae\u0301x", 2, "a"),
        ("ae\u0301x", 3, "ae\u0301"),
        ("a" + FAMILY, 7, "a"),
        ("a" + FAMILY + "b", 8, "a" + FAMILY),
        ("👍🏽!", 1, ""),
        ("👍🏽!", 2, "👍🏽"),
        ("❤\ufe0f!", 1, ""),
        ("🇲🇾🇸🇬", 2, "🇲🇾"),
        ("🇲🇾🇸🇬", 3, "🇲🇾"),
        ("x🇲🇾🇸🇬", 2, "x"),
        ("1\ufe0f\u20e3", 2, ""),
        ("a\r\nb", 2, "a"),
        ("각\u11a8", 1, ""),
        ("\u1112\u1161\u11abx", 2, ""),
        ("क्षx", 2, ""),
        ("🏴\U000e0067\U000e007fx", 2, ""),
        ("茶屋", 1, "茶"),
    ],
)
def test_a_cut_never_breaks_what_a_reader_sees_as_one_character(text, limit, kept):
    assert cut(text, limit) == kept


@pytest.mark.feature("S11")
def test_capitals_come_before_the_cut_and_spare_codes_and_our_reference():
    rules = make_rules({"uppercase": True, "number_source": "order_number", "description_prefill": "straße"})
    rules = replace(rules, limits=replace(rules.limits, line_text=4))
    invoice = draft(make_order(make_line(name="weiß!"), number="n-1"), rules).invoice
    assert (invoice.lines[0].description, invoice.description, invoice.number) == ("WEIS", "STRASSE", "N-1")
    assert (invoice.lines[0].item, invoice.reference) == ("MUG-B", "sitegiant/SG-7/100")


def test_a_cut_is_told_and_a_text_in_capitals_alone_is_not():
    rules = make_rules({"uppercase": True})
    assert draft(make_order(), rules).invoice.lines[0].notes == ()
    line = draft(make_order(make_line(name="m" * 201)), rules).invoice.lines[0]
    assert line.description == "M" * 200 and "200" in str(line.notes[0])


@pytest.mark.feature("S10")
@pytest.mark.parametrize(("source", "text"), [("text", "Online"), ("notes", "Ring twice"), ("books", "")])
def test_the_document_s_text_is_the_owner_s_the_order_s_notes_or_the_books_own(source, text):
    rules = make_rules({"description_from": source, "description_prefill": "Online"})
    assert draft(make_order(notes="Ring twice"), rules).invoice.description == text


@pytest.mark.feature("S10")
def test_a_text_of_the_document_that_was_cut_is_told():
    made = draft(make_order(), make_rules({"description_prefill": "x" * 201}))
    assert made.invoice.description == "x" * 200 and made.notes and made.is_postable
