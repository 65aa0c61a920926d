"""Sales tax by the three models (quickbooks-online.md 3.9 and section 5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from practice.quickbooks.faults import Refused, missing
from practice.quickbooks.line_sums import SALES
from practice.quickbooks.lines import Form, is_shipping, is_taxed
from practice.quickbooks.rounding import ZERO, cents, price, shares, total
from practice.quickbooks.shapes import Shape, amount, flag, ignored, listed, one_of, percent, reference, shaped
from practice.quickbooks.taxcodes import sales_rates
from practice.web import Doc

TAX_LINE: Shape = {
    "Amount": amount,
    "DetailType": one_of("TaxLineDetail"),
    "TaxLineDetail": shaped(
        {
            "TaxRateRef": reference,
            "PercentBased": flag,
            "TaxPercent": percent,
            "NetAmountTaxable": amount,
            **dict.fromkeys(("TaxInclusiveAmount", "OverrideDeltaAmount", "ServiceDate"), ignored),
        }
    ),
    **dict.fromkeys(("Id", "LineNum", "Description", "LineEx"), ignored),
}
TAX_DETAIL = shaped(
    {
        "TxnTaxCodeRef": reference,
        "TotalTax": amount,
        "TaxLine": listed(TAX_LINE),
        **dict.fromkeys(("DefaultTaxCodeRef", "TaxReviewStatus", "UseAutomatedSalesTax"), ignored),
    }
)


@dataclass(frozen=True)
class Portion:
    """What one line owes by one rate."""

    rate: Doc
    base: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Asked:
    """What the document says about its tax."""

    detail: Doc | None
    discount: Decimal
    after_discount: bool
    ship_to: Doc | None
    is_exempt: bool


def taxed(form: Form, lines: list[Doc], asked: Asked) -> Doc | None:
    """The document's TxnTaxDetail; None where tax does not apply."""
    books = form.write.books
    if not books.uses_tax:
        return {"TotalTax": ZERO}
    match books.tax_model:
        case "us_manual":
            return _manual(form, lines, asked)
        case "us_automated":
            return _automated(form, lines, asked)
    return _by_line(form, lines, asked) if form.taxes_lines else None


def gross_of(line: Doc) -> Decimal:
    """The line's amount as a tax-inclusive form shows it."""
    return Decimal(line.get(SALES, {}).get("TaxInclusiveAmt", line["Amount"]))


def with_nets(form: Form, lines: list[Doc]) -> list[Doc]:
    """In an inclusive form every line has both: Amount is net, TaxInclusiveAmt with tax; that one counts if sent."""
    return [_with_net(form, line) if form.inclusive and line["DetailType"] == SALES else line for line in lines]


def _with_net(form: Form, line: Doc) -> Doc:
    detail = line[SALES]
    if "TaxCodeRef" not in detail:
        return line
    rates = _line_rates(form, line)
    if "TaxInclusiveAmt" not in detail:
        tax = total(cents(line["Amount"] * rate["RateValue"] / 100) for rate in rates)
        return line | {SALES: detail | {"TaxInclusiveAmt": line["Amount"] + tax}}
    gross = detail["TaxInclusiveAmt"]
    net = gross - cents(_inside(gross, rates))
    unit = {"UnitPrice": price(net / detail["Qty"])} if detail.get("Qty") else {}
    return line | {"Amount": net, SALES: detail | unit}


def _inside(gross: Decimal, rates: list[Doc]) -> Decimal:
    """The tax that an amount with tax holds."""
    percent_ = total(Decimal(rate["RateValue"]) for rate in rates)
    return gross * percent_ / (100 + percent_)


def _manual(form: Form, lines: list[Doc], asked: Asked) -> Doc:
    """One code for the whole; a sent TotalTax stands; a code alone gives what the switch says."""
    sent = asked.detail or {}
    code_ref, whole = sent.get("TxnTaxCodeRef"), _sent_tax(sent)
    if code_ref is None:
        if whole:
            raise Refused("6470", "A tax amount needs TxnTaxCodeRef", "TxnTaxDetail.TxnTaxCodeRef")
        return {"TotalTax": ZERO}
    code = form.write.need("TaxCode", code_ref, "TxnTaxDetail.TxnTaxCodeRef")
    if not code["TaxGroup"]:
        raise Refused("2500", f"Invalid Reference Id : {code['Id']} is no code for a transaction")
    rates = sales_rates(form.write, code)
    portions = _portions_of(form, [line for line in lines if is_taxed(form, line)], lambda line: rates, asked)
    if whole is None and form.write.switches.us_code_alone == "zero":
        whole = ZERO
    return {"TxnTaxCodeRef": {"value": code["Id"]}, **_summed(form, portions, whole, sent.get("TaxLine"))}


def _automated(form: Form, lines: list[Doc], asked: Asked) -> Doc:
    """QuickBooks picks the code by the place; a sent code with TotalTax is honoured where the switch says so."""
    sent = asked.detail or {}
    code = _code_of_place(form, asked.ship_to)
    whole = _sent_tax(sent) if "TxnTaxCodeRef" in sent and form.write.switches.ast_override else None
    if "TxnTaxCodeRef" in sent:
        form.write.need("TaxCode", sent["TxnTaxCodeRef"], "TxnTaxDetail.TxnTaxCodeRef")
    taxable = [line for line in lines if is_taxed(form, line) and not is_shipping(line) and not asked.is_exempt]
    rates = sales_rates(form.write, code)
    portions = _portions_of(form, taxable, lambda line: rates, asked)
    if not portions and not whole:
        return {"TotalTax": ZERO}
    return {"TxnTaxCodeRef": {"value": code["Id"]}, **_summed(form, portions, whole, None, rates)}


def _by_line(form: Form, lines: list[Doc], asked: Asked) -> Doc:
    """Every line has its code; a TxnTaxDetail that was sent stands."""
    sent = asked.detail or {}
    taxable = [line for line in lines if is_taxed(form, line)]
    portions = _portions_of(form, taxable, lambda line: _line_rates(form, line), asked)
    return _summed(form, portions, _sent_tax(sent), sent.get("TaxLine"))


def _line_rates(form: Form, line: Doc) -> list[Doc]:
    code = form.write.find("TaxCode", line[SALES]["TaxCodeRef"]["value"])
    return sales_rates(form.write, code) if code else []


def _code_of_place(form: Form, ship_to: Doc | None) -> Doc:
    """The automated code of the destination's state; the company's own where that is unknown."""
    codes = [code for code in form.write.books.rows("TaxCode") if "_state" in code]
    home = form.write.books.info["LegalAddr"]["CountrySubDivisionCode"]
    state = (ship_to or {}).get("CountrySubDivisionCode", home)
    found = [code for code in codes if code["_state"] == state] or [code for code in codes if code["_state"] == home]
    return found[0]


def _sent_tax(sent: Doc) -> Decimal | None:
    """The tax that the caller names: the total, else the sum of the tax lines."""
    if "TotalTax" in sent:
        return cents(sent["TotalTax"])
    amounts = [line.get("Amount", ZERO) for line in sent.get("TaxLine", [])]
    return cents(total(amounts)) if amounts else None


def _portions_of(
    form: Form, lines: list[Doc], rates_of: Callable[[Doc], list[Doc]], asked: Asked
) -> list[list[Portion]]:
    """Each line's portions; a discount lowers what is taxed only where ApplyTaxAfterDiscount says so."""
    whole = total(gross_of(line) if form.inclusive else line["Amount"] for line in lines)
    off = asked.discount / whole if asked.after_discount and whole else ZERO
    return [_portions(form, line, rates_of(line), off) for line in lines]


def _portions(form: Form, line: Doc, rates: list[Doc], off: Decimal) -> list[Portion]:
    per_line = form.write.switches.tax_rounding == "line"
    if not form.inclusive:
        base = line["Amount"] * (1 - off)
        exact = [base * rate["RateValue"] / 100 for rate in rates]
        taxes = [cents(tax) for tax in exact] if per_line else exact
    else:
        gross = gross_of(line) * (1 - off)
        whole = _inside(gross, rates) if off or not per_line else gross_of(line) - line["Amount"]
        whole = cents(whole) if per_line else whole
        base = gross - whole
        taxes = _split(whole, [Decimal(rate["RateValue"]) for rate in rates], per_line)
    return [Portion(rate, base, tax) for rate, tax in zip(rates, taxes, strict=True)]


def _split(whole: Decimal, weights: list[Decimal], per_line: bool) -> list[Decimal]:
    if per_line:
        return shares(whole, weights)
    of = total(weights)
    return [whole * weight / of if of else ZERO for weight in weights]


def _summed(
    form: Form,
    portions: list[list[Portion]],
    whole: Decimal | None,
    sent_lines: list[Doc] | None,
    rates: list[Doc] | None = None,
) -> Doc:
    """Total and tax lines by rate; `whole` is a tax that stands whatever the rates say."""
    by_rate: dict[str, list[Portion]] = {}
    for portion in [portion for line in portions for portion in line]:
        by_rate.setdefault(portion.rate["Id"], []).append(portion)
    lines = [_tax_line(each) for each in by_rate.values()]
    if not lines and rates:
        lines = [_tax_line([Portion(rate, ZERO, ZERO)]) for rate in rates]
    if whole is None:
        return {"TotalTax": total(line["Amount"] for line in lines), "TaxLine": lines}
    if sent_lines:
        return {"TotalTax": whole, "TaxLine": [_checked(form, line) for line in sent_lines]}
    return {"TotalTax": whole, "TaxLine": _standing(whole, lines)}


def _tax_line(portions: list[Portion]) -> Doc:
    rate = portions[0].rate
    detail = {
        "TaxRateRef": {"value": rate["Id"]},
        "PercentBased": True,
        "TaxPercent": rate["RateValue"],
        "NetAmountTaxable": cents(total(portion.base for portion in portions)),
    }
    tax = cents(total(portion.tax for portion in portions))
    return {"Amount": tax, "DetailType": "TaxLineDetail", "TaxLineDetail": detail}


def _standing(whole: Decimal, lines: list[Doc]) -> list[Doc]:
    """A tax that stands, spread over the rates as they are."""
    weights = [line["Amount"] or line["TaxLineDetail"]["TaxPercent"] for line in lines]
    spread = shares(whole, weights)
    return [line | {"Amount": amount_} for line, amount_ in zip(lines, spread, strict=True)]


def _checked(form: Form, line: Doc) -> Doc:
    """A tax line that was sent: its rate must be known."""
    detail = line.get("TaxLineDetail")
    if detail is None or "TaxRateRef" not in detail:
        raise missing("TxnTaxDetail.TaxLine.TaxLineDetail.TaxRateRef")
    form.write.need("TaxRate", detail["TaxRateRef"], "TaxRateRef")
    return {"DetailType": "TaxLineDetail"} | line
