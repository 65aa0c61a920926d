"""What holds for every order: drafts that can be posted come to the expected total as the books reckon, the others say
why not. The books' reckoning is done here again with fractions, and shares no code with drafting."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import BundlePart, ChargeKind, Draft, Order, OrderLine, Payer, Tax, TaxPer
from sync.drafting import draft, fingerprint
from sync.drafting.graphemes import cut
from sync.drafting.prices import fit
from sync.drafting.rules import Preset, Rules
from sync.drafting.shares import largest_remainder
from tests.unit.drafting_makers import (
    EIGHT,
    EXCLUSIVE_ONLY,
    NARROW,
    NO_NEGATIVES,
    PER_DOCUMENT,
    QNE,
    QUICKBOOKS,
    QUICKBOOKS_US,
    SIX,
    SQL,
    ZERO_RATED,
    make_charge,
    make_line,
    make_order,
    make_rules,
)

QUICK = settings(derandomize=True, deadline=None, max_examples=60)
BOOKS = {
    "qne": QNE,
    "sql": SQL,
    "per document": PER_DOCUMENT,
    "quickbooks": QUICKBOOKS,
    "quickbooks us": QUICKBOOKS_US,
    "no negatives": NO_NEGATIVES,
    "exclusive only": EXCLUSIVE_ONLY,
    "narrow": NARROW,
    "one discount line": replace(QNE, discount_line=True),
}
DIGITS = {"MYR": 2, "JPY": 0, "BHD": 3}
REASONS = {"rounding", "store_figures", "price", "return", "tax", "preset", "quantity", "item", "lines"}


def money(digits: int, most: int = 30_000) -> st.SearchStrategy[Decimal]:
    return st.integers(0, most).map(lambda units: Decimal(units).scaleb(-digits))


def rounded(value: Fraction, digits: int) -> Fraction:
    """Half-up, away from zero."""
    units = abs(value) * 10**digits
    whole = (2 * units.numerator + units.denominator) // (2 * units.denominator)
    return Fraction(-whole if value < 0 else whole, 10**digits)


def store_tax(amount: Decimal, tax: Tax | None, digits: int, is_inside: bool) -> Decimal:
    if tax is None:
        return Decimal(0)
    rate = Fraction(tax.rate)
    exact = rounded(Fraction(amount) * rate / (100 + rate if is_inside else 100), digits)
    return Decimal(exact.numerator * 10**digits // exact.denominator).scaleb(-digits)


@st.composite
def orders(draw, is_honest: bool = False) -> Order:
    """Lines, bundles, vouchers and charges of all kinds; unless honest, figures that are a little off."""
    currency = draw(st.sampled_from(sorted(DIGITS)))
    digits, is_inside = DIGITS[currency], draw(st.booleans())
    lines = [draw(order_lines(str(n), digits, is_inside)) for n in range(draw(st.integers(1, 5)))]
    charges = [draw(order_charges(digits, is_inside)) for _ in range(draw(st.integers(0, 4)))]
    order = make_order(*lines, charges=charges, currency=currency, prices_include_tax=is_inside)
    if is_honest:
        return order
    step = Decimal(1).scaleb(-digits)
    tax = order.tax_total + step * draw(st.integers(-2, 2))
    return replace(order, tax_total=tax, total=order.total + step * draw(st.sampled_from([0, 0, 0, 1, -1, 4, -60])))


@st.composite
def order_lines(draw, name: str, digits: int, is_inside: bool) -> OrderLine:
    quantity = draw(st.sampled_from(["1", "2", "3", "7", "0.5", "1.25", "0.333"]))
    discount = draw(st.just(Decimal(0)) | money(digits, 500))
    amount = draw(money(digits))
    tax = draw(st.sampled_from([None, SIX, SIX, EIGHT, ZERO_RATED]))
    bundle = draw(st.sampled_from([(), (), (("I-1", "1"), ("I-2", "2")), (("I-1", "3"), ("I-6", "1"))]))
    price = ((amount + discount) / Decimal(quantity)).quantize(Decimal("0.0001"))
    return make_line(
        amount,
        quantity,
        id=name,
        price=price,
        discount=discount,
        tax=tax,
        tax_amount=store_tax(amount, tax, digits, is_inside),
        bundle=tuple(BundlePart(item, None, item, Decimal(each)) for item, each in bundle),
    )


@st.composite
def order_charges(draw, digits: int, is_inside: bool):
    kind = draw(st.sampled_from([*ChargeKind, ChargeKind.SELLER_DISCOUNT, ChargeKind.SHIPPING]))
    amount = draw(money(digits, 2_000)) * (-1 if "discount" in kind or kind == "gift_card" else 1)
    tax = draw(st.sampled_from([None, None, SIX]))
    payer = draw(st.sampled_from([Payer.BUYER, Payer.BUYER, Payer.SELLER]))
    return make_charge(kind, amount, store_tax(amount, tax, digits, is_inside), tax=tax, paid_by=payer)


@st.composite
def switches(draw) -> dict[ChargeKind, Preset]:
    return {kind: Preset(draw(st.booleans()), "CHARGE") for kind in ChargeKind}


def reckoned(made: Draft, rules: Rules, digits: int) -> tuple[Fraction, Fraction]:
    """Total and tax as the books would make them of the lines alone."""
    invoice, per = made.invoice, rules.arithmetic.tax_per
    taxes: dict[object, Fraction] = {}
    total, left = Fraction(0), left_by_discount(made, rules)
    for place, line in enumerate(invoice.lines):
        amount = Fraction(line.amount)
        if line.form == "line":
            assert amount == rounded(Fraction(line.quantity) * Fraction(line.price), digits) - Fraction(line.discount)
        total += amount
        key = (place if per == TaxPer.LINE else line.tax_code, Fraction(rules.books.tax_rates.get(line.tax_code, 0)))
        if left is None or line.form == "line":
            taxes[key] = taxes.get(key, Fraction(0)) + amount * (1 if left is None else left)
    inside = invoice.tax_inclusive
    parts = [rounded(sums * rate / (100 + rate if inside else 100), digits) for (_, rate), sums in taxes.items()]
    tax = Fraction(invoice.tax_sent) if per == TaxPer.STORE else sum(parts, Fraction(0))
    return total if inside else total + tax, tax


def left_by_discount(made: Draft, rules: Rules) -> Fraction | None:
    """The part of every line that bears tax after a taxed discount line, where tax is per line; None without one."""
    lines = made.invoice.lines
    taxed = [line for line in lines if line.form != "line" and rules.books.tax_rates.get(line.tax_code, 0)]
    whole = sum((Fraction(line.amount) for line in lines if line.form == "line"), Fraction(0))
    if rules.arithmetic.tax_per != TaxPer.LINE or not taxed or not whole:
        return None
    return 1 + Fraction(taxed[0].amount) / whole


def assert_books_can_keep_it(made: Draft, rules: Rules, digits: int) -> None:
    arithmetic = rules.arithmetic
    discounts = [line for line in made.invoice.lines if line.form == "discount_line"]
    assert len(discounts) <= (1 if arithmetic.discount_line else 0)
    assert abs(made.invoice.rounding) <= rules.settings.rounding_cap
    for line in made.invoice.lines:
        assert (line.amount == round(line.amount, digits) and line.item is not None) or line in discounts
        assert arithmetic.line_discount_field or not line.discount
        assert arithmetic.negative_lines or line.amount >= 0 or line in discounts
        assert line.price is None or line.price == round(line.price, arithmetic.price_digits)


@pytest.mark.feature("I10", "I9", "S13", "S19")
@pytest.mark.parametrize("kind", BOOKS)
@QUICK
@given(order=orders(), presets=switches(), shows_parts=st.booleans())
def test_what_can_be_posted_comes_to_the_expected_total_and_the_rest_says_why(kind, order, presets, shows_parts):
    rules = make_rules({"bundle_components": shows_parts}, arithmetic=BOOKS[kind], presets=presets)
    made = draft(order, rules)
    assert made == draft(order, rules) and fingerprint(made) == fingerprint(draft(order, rules))
    assert made.invoice.total == order.total + sum(cause.amount for cause in made.causes)
    assert made.is_postable == (not made.problems)
    if made.is_postable:
        total, tax = reckoned(made, rules, DIGITS[order.currency])
        assert (total, tax) == (Fraction(made.invoice.total), Fraction(made.invoice.tax))
        assert_books_can_keep_it(made, rules, DIGITS[order.currency])
    else:
        assert {problem.about for problem in made.problems} <= REASONS
        assert all(str(problem.message).endswith(".") for problem in made.problems)


@pytest.mark.feature("I10")
@QUICK
@given(order=orders(is_honest=True), presets=switches())
def test_where_the_store_s_tax_is_sent_figures_that_add_up_can_always_be_posted(order, presets):
    made = draft(order, make_rules({"zero_tax_code": "NON"}, arithmetic=QUICKBOOKS_US, presets=presets))
    assert made.is_postable, [str(problem.message) for problem in made.problems]


@pytest.mark.feature("I10")
@QUICK
@given(order=orders(is_honest=True), presets=switches())
def test_where_tax_is_reckoned_per_line_as_the_store_does_only_a_voucher_can_need_a_rounding(order, presets):
    order = replace(order, charges=tuple(charge for charge in order.charges if charge.kind != "seller_discount"))
    order = make_order(
        *order.lines, charges=order.charges, currency=order.currency, prices_include_tax=order.prices_include_tax
    )
    made = draft(order, make_rules(arithmetic=SQL, presets=presets))
    assert made.is_postable and made.invoice.rounding == 0


@pytest.mark.feature("S19")
@QUICK
@given(order=orders(), presets=switches())
def test_the_causes_are_the_charges_left_out_and_those_added(order, presets):
    made = draft(order, make_rules(presets=presets))
    left_out = [c for c in order.charges if c.amount and c.paid_by == "buyer" and not presets[c.kind].on]
    added = [c for c in order.charges if c.amount and c.paid_by != "buyer" and presets[c.kind].on]
    tax = 0 if order.prices_include_tax else 1
    signed = [-(c.amount + tax * c.tax_amount) for c in left_out] + [c.amount + tax * c.tax_amount for c in added]
    assert sorted(cause.amount for cause in made.causes) == sorted(signed)


@QUICK
@given(
    amount=st.integers(-(10**7), 10**7),
    weights=st.lists(st.integers(0, 10**6).map(lambda n: Decimal(n).scaleb(-2)), min_size=1, max_size=12),
    digits=st.sampled_from([0, 2, 3]),
)
def test_shares_sum_exactly_and_none_is_a_unit_off(amount, weights, digits):
    whole, total = Decimal(amount).scaleb(-digits), sum(weights)
    shares = largest_remainder(whole, weights, digits)
    assert sum(shares) == whole
    for share, weight in zip(shares, weights, strict=True):
        exact = Fraction(whole) * (Fraction(weight) / Fraction(total) if total else Fraction(1, len(weights)))
        assert abs(Fraction(share) - exact) < Fraction(1, 10**digits)


@QUICK
@given(
    quantity=st.integers(-5_000, 5_000).map(lambda n: Decimal(n).scaleb(-2)),
    amount=st.integers(-(10**6), 10**6).map(lambda n: Decimal(n).scaleb(-2)),
    price_digits=st.integers(0, 8),
)
def test_the_pieces_of_a_line_make_its_quantity_and_its_amount(quantity, amount, price_digits):
    pieces = fit(quantity, None, amount, price_digits, 2)
    assert len(pieces) <= 2
    for piece in pieces:
        assert Fraction(piece.amount) == rounded(Fraction(piece.quantity) * Fraction(piece.price), 2)
        assert piece.price == round(piece.price, price_digits)
    if pieces:
        assert sum(piece.quantity for piece in pieces) == quantity and sum(piece.amount for piece in pieces) == amount
    else:
        assert abs(quantity) <= 1 or price_digits < 2


PIECES = st.sampled_from(
    ["a", "é", "e\u0301", "👍🏽", "👩\u200d👩\u200d👧", "🇲🇾", "❤\ufe0f", "茶", " ", "각", "1\ufe0f\u20e3", "क्ष"]
)


@QUICK
@given(pieces=st.lists(PIECES, max_size=12), limit=st.integers(0, 30))
def test_a_cut_ends_between_two_of_the_characters_it_was_made_of(pieces, limit):
    kept = cut("".join(pieces), limit)
    starts = ["".join(pieces[:count]) for count in range(len(pieces) + 1)]
    assert kept == max((start for start in starts if len(start) <= limit), key=len)


@QUICK
@given(text=st.text(max_size=40), limit=st.integers(0, 40))
def test_a_cut_of_any_text_is_its_start_and_leaves_no_mark_behind(text, limit):
    kept = cut(text, limit)
    assert text.startswith(kept) and len(kept) <= limit
    left = text[len(kept) :]
    assert not kept or not left or (category(left[0]) not in {"Mn", "Me", "Mc"} and left[0] != "\u200d")
