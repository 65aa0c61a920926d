"""Every golden case (tests/golden/README.md): the oracle of rules.md, each case built from itself alone."""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from documents import CustomerChoice, Draft, InvoiceLine, Problem
from sync.drafting import after_posting, check_settings, draft
from tests.unit.drafting_cases import order_of, rules_of, statement_books_of

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("GOLDEN_DIR", ROOT / "tests" / "golden"))
ORIGINAL = ROOT.parent / "shared" / "golden"
FILES = sorted(FOLDER.glob("*.json"))
FIGURES = ("total", "tax", "rounding", "exchange_rate", "tax_sent")
LINE_FIGURES = ("quantity", "price", "discount", "amount", "tax")


def cases() -> list:
    if not FILES:
        raise FileNotFoundError(f"There is no golden case in {FOLDER}.")
    read = [json.loads(path.read_text(), parse_float=Decimal) for path in FILES]
    return [pytest.param(case, id=case["id"]) for case in read]


@pytest.mark.feature("S1", "S4", "S7", "S10", "S13", "S14", "S15", "S17", "S19", "S22", "I9", "I10")
@pytest.mark.feature("M4", "M5", "M6", "M7", "M8")
@pytest.mark.parametrize("case", cases())
def test_the_golden_case_comes_out_as_it_must(case):
    expect, rules = case["expect"], rules_of(case)
    if case["asks"] == "save":
        problems = check_settings(rules.settings, rules.presets, statement_books_of(case), rules.matching)
        assert_problems(problems, expect["problems"])
        assert (not problems) == expect["postable"]
        return
    assert case["asks"] == "draft"
    made = draft(order_of(case), rules)
    assert_problems(made.problems, expect["problems"])
    assert made.is_postable == expect["postable"]
    assert_document(case, made, expect)


def assert_problems(problems: tuple[Problem, ...], expected: list[dict]) -> None:
    assert {(p.about, p.mend) for p in problems} == {(e["about"], e["mend"]) for e in expected}
    for wanted in expected:
        sentences = [str(p.message) for p in problems if (p.about, p.mend) == (wanted["about"], wanted["mend"])]
        assert any(all(figure in sentence for figure in wanted.get("figures", ())) for sentence in sentences)
        assert all(sentence and "{" not in sentence for sentence in sentences)


def assert_document(case: dict, made: Draft, expect: dict) -> None:
    known = {
        "lines",
        "problems",
        "postable",
        "named_causes",
        "customer",
        "customer_note",
        "date",
        "due_date",
        "payments",
    }
    known |= {
        *FIGURES,
        "tax_inclusive",
        "currency",
        "number",
        "description",
        "terms",
        "document_tax_code",
        "after_posting",
    }
    assert set(expect) <= known, "a field of expect that this test does not compare"
    invoice = made.invoice
    if invoice is None:
        assert not set(expect) - {"problems", "postable"}
        return
    for name in FIGURES:
        if name in expect:
            assert same(getattr(invoice, name), expect[name]), (name, getattr(invoice, name), expect[name])
    for name in ("tax_inclusive", "currency", "number", "description", "terms", "document_tax_code"):
        if name in expect:
            assert getattr(invoice, name) == expect[name], name
    for name in ("date", "due_date"):
        if name in expect:
            day = getattr(invoice, name)
            assert (day and day.isoformat()) == expect[name], name
    assert_lines(invoice.lines, expect)
    assert_causes(case, made, expect)
    assert_customer(made, expect)
    assert_payments(made, expect)
    if "after_posting" in expect:
        answered = Decimal(case["books_answer"]["total"])
        assert after_posting(invoice.total, answered) == expect["after_posting"]


def assert_lines(lines: tuple[InvoiceLine, ...], expect: dict) -> None:
    if "lines" not in expect:
        return
    assert len(lines) == len(expect["lines"])
    for line, wanted in zip(lines, expect["lines"], strict=True):
        assert_line(line, wanted)


def assert_line(line: InvoiceLine, wanted: dict) -> None:
    compared = {"note", "serials", *LINE_FIGURES, "kind", "form", "item", "uom", "tax_code", "description"}
    assert set(wanted) <= compared, "a field of a line that this test does not compare"
    for name in LINE_FIGURES:
        if name in wanted:
            assert same(getattr(line, name), wanted[name]), (name, getattr(line, name), wanted[name])
    for name in ("kind", "form", "item", "uom", "tax_code", "description"):
        if name in wanted:
            assert getattr(line, name) == wanted[name], name
    if "serials" in wanted:
        assert list(line.serials) == wanted["serials"]
    if "note" in wanted:
        assert bool(line.notes) == (wanted["note"] is not None), line.notes


def assert_causes(case: dict, made: Draft, expect: dict) -> None:
    if "named_causes" in expect:
        assert [(c.cause, c.amount) for c in made.causes] == [
            (e["cause"], Decimal(e["amount"])) for e in expect["named_causes"]
        ]
    assert made.invoice.total == Decimal(case["order"]["total"]) + sum(c.amount for c in made.causes)


def assert_customer(made: Draft, expect: dict) -> None:
    if "customer" in expect:
        assert shown(made.invoice.customer) == expect["customer"]
    if "customer_note" in expect:
        assert bool(made.customer_note) == (expect["customer_note"] is not None)


def shown(choice: CustomerChoice | None) -> dict | None:
    if choice is None or choice.create is None:
        return choice and {"code": choice.code}
    parent = {"parent": shown(choice.create.parent)} if choice.create.parent else {}
    return {"create": {"name": choice.create.name, **parent}}


def assert_payments(made: Draft, expect: dict) -> None:
    if "payments" in expect:
        wanted = [(e["method"], Decimal(e["amount"]), e["account"], e["reference"]) for e in expect["payments"]]
        assert [(p.method, p.amount, p.account, p.reference) for p in made.payments] == wanted


def same(value: Decimal | None, wanted: str | None) -> bool:
    return value is None if wanted is None else value is not None and value == Decimal(wanted)


def test_the_golden_cases_are_those_of_the_project():
    if not ORIGINAL.is_dir():
        pytest.skip(f"{ORIGINAL} is not here.")
    copy = ROOT / "tests" / "golden"
    assert {path.name for path in copy.iterdir()} == {path.name for path in ORIGINAL.iterdir()}
    for path in ORIGINAL.iterdir():
        assert (copy / path.name).read_bytes() == path.read_bytes(), path.name
