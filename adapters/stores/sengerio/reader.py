"""Reads invoices, credit notes and business partners of Sengerio: pure functions of checked records (1.2)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from adapters.stores.exchange.fields import UPDATED, ExchangeObject, Record, address_lines
from adapters.stores.exchange.figures import CENT, day, figure, moment, taxes_by_name
from adapters.stores.exchange.store import Around
from adapters.stores.sengerio.contract import (
    CANCELLED,
    COMPANY,
    CREDIT,
    CREDIT_NOTES,
    DRAFTS,
    ISSUED,
    PAID,
    PARTNERS,
    PAYMENT_METHODS,
    VAT_RATES,
)
from documents import ZERO, Buyer, Channel, Order, OrderDates, OrderLine, StoreCustomer, StoreFacts, Tax


def order_id(what: ExchangeObject, number: str) -> str:
    """An invoice's number names it; a credit note's could be the same."""
    return f"{CREDIT}{number}" if what is CREDIT_NOTES else number


def read_order(what: ExchangeObject, record: Record, around: Around, shop_id: str, channel: Channel) -> Order:
    """An invoice, or a credit note with its positive amounts."""
    number = what.id_of(record)
    partner = around.find(PARTNERS.name, record["business_partner_code"]) or {}
    status, payment_status = _states(record)
    lines = _lines(record, around)
    vat_total = figure(record, "vat_total")
    return Order(
        store="sengerio",
        shop_id=shop_id,
        channel=channel,
        order_id=order_id(what, number),
        number=number,
        currency=record["currency"],
        prices_include_tax=record.get("vat_inclusive", False),
        dates=OrderDates(moment(record["date"])),
        status=status,
        payment_status=payment_status,
        lines=lines,
        charges=(),
        tax_total=sum((line.tax_amount or ZERO for line in lines), ZERO) if vat_total is None else vat_total,
        total=Decimal(record["total"]),
        customer=_buyer(record, partner),
        deferment_days=record.get("deferment_days", partner.get("deferment_days")),
        due_date=day(record.get("due_date")),
        tags=tuple(dict.fromkeys(line["job_ref"] for line in record["lines"] if line.get("job_ref"))),
        is_credit_note=what is CREDIT_NOTES,
        credits=record.get("invoice_number") if what is CREDIT_NOTES else None,
    )


def summed(record: Record) -> Decimal:
    """What a document's figures make together."""
    net = sum((Decimal(line["net_amount"]) for line in record["lines"]), ZERO)
    vat = figure(record, "vat_total")
    told = sum((figure(line, "vat_amount") or ZERO for line in record["lines"]), ZERO) if vat is None else vat
    return net + told


def _states(record: Record) -> tuple[str, str]:
    """Our words. Sengerio's invoices are carried whether or not they are paid, so one that does not say is 'paid'
    (golden case 062): S21 takes it."""
    word = "".join(letter for letter in record.get("status", "").lower() if letter.isalnum())
    if record.get("deleted") or word in CANCELLED:
        return "cancelled", "paid"
    if word in DRAFTS:
        return "on_hold", "paid"
    known = word in PAID or word in ISSUED
    return ("completed" if known else record["status"]), PAID.get(word, "paid")


def _lines(record: Record, around: Around) -> tuple[OrderLine, ...]:
    told = [
        (line.get("vat_rate_name", ""), (Decimal(line["net_amount"]), figure(line, "vat_amount") or ZERO))
        for line in record["lines"]
    ]
    rates = {name: around.find(VAT_RATES.name, name) for name, _ in told if name}
    taxes = taxes_by_name(told, {name: Decimal(rate["rate"]) for name, rate in rates.items() if rate})
    is_gross = record.get("vat_inclusive", False)
    return tuple(_line(place, line, taxes, is_gross) for place, line in enumerate(record["lines"], 1))


def _line(place: int, line: Record, taxes: Mapping[str, Tax], is_gross: bool) -> OrderLine:
    """With VAT inside the prices, the amount holds it too. What is less than quantity x price is a discount."""
    quantity, price, vat = Decimal(line["quantity"]), Decimal(line["unit_price"]), figure(line, "vat_amount")
    amount = Decimal(line["net_amount"]) + ((vat or ZERO) if is_gross else ZERO)
    off = quantity * price - amount
    return OrderLine(
        id=str(line.get("line_no", place)),
        sku=None,
        item_id=None,
        name=line.get("description", ""),
        quantity=quantity,
        price=price,
        discount=off if off >= CENT else ZERO,
        amount=amount,
        tax_amount=ZERO if vat is None else vat,
        tax=taxes.get(line.get("vat_rate_name", "")),
    )


def _buyer(record: Record, partner: Record) -> Buyer:
    """SEN7: the code is the customer's name in the books; the partner's own id outlives it (SEN8)."""
    return Buyer(
        name=partner.get("name", "") or partner.get("company_name", ""),
        email=partner.get("email", ""),
        company=partner.get("company_name", ""),
        code=record["business_partner_code"],
        phone=partner.get("phone", ""),
        address=address_lines(partner.get("billing_address", {})),
        tax_number=partner.get("vat_number", ""),
        id=partner.get("id", ""),
    )


def read_customer(record: Record) -> StoreCustomer:
    """A business partner; by its own id where Sengerio tells one, so that another code is still the same one (SEN8)."""
    return StoreCustomer(
        customer_id=record.get("id") or record["code"],
        name=record.get("name") or record.get("company_name") or record["code"],
        email=record.get("email", ""),
        company=record.get("company_name", ""),
        code=record["code"],
        phone=record.get("phone", ""),
        address=address_lines(record.get("billing_address", {})),
        tax_number=record.get("vat_number", ""),
        currency=record.get("currency"),
        payment_method=record.get("payment_method", ""),
        terms=record.get("deferment_days"),
        is_active=record.get("active", True),
    )


def read_facts(records: Mapping[str, Sequence[Record]], currency: str | None, country: str | None) -> StoreFacts:
    """Base currency and country (SEN1, SEN2), ways to pay (SEN4), terms (SEN5), VAT rates (SEN6).

    What the company's own record says goes before what was entered. Records come as they were received; where the
    company was renamed there are several, of which the one that changed last counts."""
    company = max(reversed(records.get(COMPANY.name, ())), key=lambda each: str(each.get(UPDATED, "")), default={})
    partners = records.get(PARTNERS.name, ())
    named = [each["name"] for each in records.get(PAYMENT_METHODS.name, ())]
    named += [each["payment_method"] for each in partners if each.get("payment_method")]
    return StoreFacts(
        currency=company.get("currency") or currency,
        country=company.get("country") or country,
        taxes=tuple(Tax(each["name"], each["name"], Decimal(each["rate"])) for each in records.get(VAT_RATES.name, ())),
        payment_methods=tuple(dict.fromkeys(named)),
        terms=tuple(sorted({each["deferment_days"] for each in partners if "deferment_days" in each})),
    )
