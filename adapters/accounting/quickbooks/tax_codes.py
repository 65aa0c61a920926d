"""The tax codes that sales can bear, with their rates: codes and rates are two lists of QuickBooks (section 3.5)."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from adapters.accounting.quickbooks import contract
from adapters.accounting.quickbooks.client import Client
from adapters.accounting.quickbooks.contract import Record, flag, id_in, number, plain, rows_in, text
from adapters.http import BACK_OFF
from documents import ZERO, ReferenceKind, ReferenceRow

Rates = Mapping[str, Decimal]


def rows(client: Client) -> Iterator[ReferenceRow]:
    """Every code but TAX and NON, which US lines carry by themselves and nobody picks."""
    rates = {
        text(row, "Id"): number(row, "RateValue") or ZERO
        for row in client.rows("TaxRate", contract.EVEN_INACTIVE, BACK_OFF)
    }
    codes = list(client.rows("TaxCode", contract.EVEN_INACTIVE, BACK_OFF))
    is_us = any(text(row, "Id") == contract.TAXED for row in codes)
    for row in codes:
        if text(row, "Id").isdigit() and _is_for_sales(row):
            yield _row(row, rates, is_us)


def _is_for_sales(row: Record) -> bool:
    return bool(_sales_rates(row)) or not rows_in(row, "PurchaseTaxRateList", "TaxRateDetail")


def _sales_rates(row: Record) -> list[Record]:
    found = rows_in(row, "SalesTaxRateList", "TaxRateDetail")
    return sorted(found, key=lambda each: number(each, "TaxOrder") or ZERO)


def _row(row: Record, rates: Rates, is_us: bool) -> ReferenceRow:
    """`rates` are the parts of a code in percent, for the tax lines of US documents; `us`: it stands in the head."""
    parts = list(_parts(_sales_rates(row), rates))
    details: Record = {
        "rate": plain(sum((rate for _, rate in parts), ZERO)),
        "rates": [{"id": rate_id, "rate": plain(rate)} for rate_id, rate in parts],
        "us": is_us,
    }
    is_active = flag(row, "Active", default=True) and not flag(row, "Hidden")
    name = text(row, "Name")
    code = contract.code_of(row, "Name")
    return ReferenceRow(
        ReferenceKind.TAX_CODE, code, text(row, "Description") or name, text(row, "Id"), is_active, details
    )


def _parts(found: Iterable[Record], rates: Rates) -> Iterator[tuple[str, Decimal]]:
    """Each rate by its id, as percent of the net amount: some are taken on earlier taxes too, or on them alone."""
    before = ZERO
    for each in found:
        rate = rates.get(id_in(each, "TaxRateRef"), ZERO)
        part = rate * _base(text(each, "TaxTypeApplicable"), before) / 100
        before += part
        yield id_in(each, "TaxRateRef"), part


def _base(applies_to: str, before: Decimal) -> Decimal:
    """What a rate is taken on, in percent of the net amount; `before` is the tax of the rates before it."""
    if applies_to == "TaxOnTax":
        return before
    return 100 + before if applies_to == "TaxOnAmountPlusTax" else Decimal(100)
