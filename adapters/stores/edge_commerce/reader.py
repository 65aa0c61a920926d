"""Reads orders and customers of Edge Commerce: pure functions of checked records (2.1, rules E1 to E9)."""

from decimal import ROUND_HALF_UP, Decimal

from adapters.stores.edge_commerce.contract import CANCELLED, COMPANIES, CONTACTS, PAYMENT_STATUSES, PAYMENTS, folded
from adapters.stores.exchange.fields import DELETED, UPDATED, ExchangeObject, Record, address_lines
from adapters.stores.exchange.figures import day, figure, fits, moment, taxes_by_name
from adapters.stores.exchange.store import Around, Unreadable
from documents import (
    N_,
    ZERO,
    Buyer,
    Channel,
    Charge,
    ChargeKind,
    Order,
    OrderDates,
    OrderLine,
    OrderPayment,
    StoreCustomer,
    Tax,
    say,
)

CHARGES = frozenset({ChargeKind.SHIPPING, ChargeKind.SELLER_DISCOUNT})
"""The delivery fee (E8) and the discount of the whole order (E9)."""


def read_order(record: Record, around: Around, shop_id: str, channel: Channel) -> Order:
    """An order in our words, with its payments: those that it holds, and those that came by themselves."""
    currency = record.get("currency") or channel.currency
    if not currency:
        raise Unreadable(say(N_("The order names no currency, and the store has none set.")))
    lines, payments = _lines(record), _payments(record, around)
    status, payment_status = _states(record)
    tax_total = _tax_total(record)
    paid_at = max((each.paid_at for each in payments if each.paid_at), default=None)
    return Order(
        store="edge_commerce",
        shop_id=shop_id,
        channel=channel,
        order_id=record["id"],
        number=record["number"],
        currency=currency,
        prices_include_tax=False,
        dates=OrderDates(moment(record["date"]), paid=paid_at if payment_status == "paid" else None),
        status=status,
        payment_status=payment_status,
        lines=lines,
        charges=_charges(record, lines, tax_total),
        tax_total=tax_total,
        total=Decimal(record["total"]),
        customer=_buyer(record, around),
        payments=payments,
        due_date=day(record.get("due_date")),
        notes=record.get("notes", ""),
        amount_paid=figure(record, "amount_paid"),
    )


def _states(record: Record) -> tuple[str, str]:
    """Our words for order and payment (E5); a word that we do not know stays, and is never postable.

    Without a word, and of a cancelled order, the amount paid tells how it is paid."""
    word, paid = record.get("status"), figure(record, "amount_paid") or ZERO
    by_amount = "unpaid" if paid <= 0 else "paid" if paid >= Decimal(record["total"]) else "partially_paid"
    if record.get("deleted") or folded(word) in CANCELLED:
        return "cancelled", by_amount
    if word is None:
        return "completed", by_amount
    known = PAYMENT_STATUSES.get(folded(word))
    return ("completed", known) if known else (str(word), by_amount)


def summed(record: Record) -> Decimal:
    """What an order's figures make together."""
    digits = len(record["total"].partition(".")[2])
    goods = sum((_amount(line, digits) for line in record["lines"]), ZERO)
    fee, discount = figure(record, "delivery_fee") or ZERO, abs(figure(record, "discount") or ZERO)
    return goods + fee + _tax_total(record) - discount


def _tax_total(record: Record) -> Decimal:
    """As told, else the lines' and the delivery's together."""
    told = figure(record, "tax_total")
    if told is not None:
        return told
    return sum((figure(line, "tax") or ZERO for line in record["lines"]), figure(record, "delivery_tax") or ZERO)


# --- lines and charges ------------------------------------------------------------------------------------------


def _lines(record: Record) -> tuple[OrderLine, ...]:
    digits = len(record["total"].partition(".")[2])
    amounts = [_amount(line, digits) for line in record["lines"]]
    told = zip(record["lines"], amounts, strict=True)
    taxed = [(line.get("tax_rate_name", ""), (amount, figure(line, "tax") or ZERO)) for line, amount in told]
    taxes = taxes_by_name(taxed, {})
    return tuple(
        _line(place, line, amount, taxes)
        for place, (line, amount) in enumerate(zip(record["lines"], amounts, strict=True), 1)
    )


def _amount(line: Record, digits: int) -> Decimal:
    """As told, else reckoned, half up, to the digits of the order's total."""
    told = figure(line, "total")
    if told is not None:
        return told
    exact = Decimal(line["quantity"]) * Decimal(line["unit_price"]) - (figure(line, "discount") or ZERO)
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _line(place: int, line: Record, amount: Decimal, taxes: dict[str, Tax]) -> OrderLine:
    """A tax without a name is told as it is; without a tax there is none."""
    sku = line.get("sku")
    return OrderLine(
        id=str(line.get("line_no", place)),
        sku=sku,
        item_id=line.get("product_id"),
        name=line.get("name") or sku or "",
        quantity=Decimal(line["quantity"]),
        price=Decimal(line["unit_price"]),
        discount=figure(line, "discount") or ZERO,
        amount=amount,
        tax_amount=figure(line, "tax") or ZERO,
        tax=taxes.get(line.get("tax_rate_name", "")),
    )


def _charges(record: Record, lines: tuple[OrderLine, ...], tax_total: Decimal) -> tuple[Charge, ...]:
    """The tax that a discount takes off is what the order's tax is less than its lines' and its delivery's."""
    fee, fee_tax = figure(record, "delivery_fee") or ZERO, figure(record, "delivery_tax") or ZERO
    discount = abs(figure(record, "discount") or ZERO)
    rest = tax_total - fee_tax - sum((line.tax_amount or ZERO for line in lines), ZERO)
    discount_tax = rest if discount and -discount < rest < ZERO else ZERO
    found = (
        Charge(ChargeKind.SHIPPING, fee, fee_tax, _tax_of_charge(lines, fee, fee_tax)),
        Charge(ChargeKind.SELLER_DISCOUNT, -discount, discount_tax, _tax_of_charge(lines, -discount, discount_tax)),
    )
    return tuple(charge for charge in found if charge.amount)


def _tax_of_charge(lines: tuple[OrderLine, ...], amount: Decimal, tax_amount: Decimal) -> Tax | None:
    """No charge names its tax: it is that of a line whose rate it has."""
    taxes = (line.tax for line in lines if line.tax and line.tax.rate)
    return next((tax for tax in taxes if tax_amount and fits(tax.rate, (amount, tax_amount))), None)


# --- payments and people ----------------------------------------------------------------------------------------


def _payments(record: Record, around: Around) -> tuple[OrderPayment, ...]:
    """Each once, by its number (E6 makes the reference of it), as it was told last: by itself, or with its order."""
    by_id = {each["id"]: each for each in record.get("payments", ())}
    told_at = record[UPDATED]
    for own in around.parts.get(PAYMENTS.name, ()):
        if own["id"] not in by_id or own.get(UPDATED, "") > told_at:
            by_id[own["id"]] = own
    left = [each for each in by_id.values() if not each.get(DELETED)]
    return tuple(
        OrderPayment(
            id=each["id"],
            method=each.get("method", ""),
            amount=Decimal(each["amount"]),
            paid_at=moment(each["date"]),
            reference=each.get("reference", ""),
        )
        for each in sorted(left, key=lambda each: (each["date"], each["id"]))
    )


def _buyer(record: Record, around: Around) -> Buyer:
    """The contact, and the company that the order names, else the contact's own (E1)."""
    contact = around.find(CONTACTS.name, record["contact_id"]) or {}
    company_id = record.get("company_id") or contact.get("company_id")
    company = around.find(COMPANIES.name, company_id) or {}
    return Buyer(
        name=name_of(contact),
        email=contact.get("email", ""),
        company=company.get("name", ""),
        phone=contact.get("phone", ""),
        address=_address(company) or _address(contact),
        tax_number=company.get("tax_number", ""),
        id=_contact_id(record["contact_id"]),
        company_id=_company_id(company_id) if company_id else "",
    )


def _contact_id(record_id: str) -> str:
    """Ids of contacts and companies may be alike, so each says which it is."""
    return f"contact:{record_id}"


def _company_id(record_id: str) -> str:
    return f"company:{record_id}"


def name_of(contact: Record) -> str:
    """First and last name; the e-mail address where there is no name."""
    named = " ".join(contact[each] for each in ("first_name", "last_name") if contact.get(each))
    return named or str(contact.get("email", ""))


def _address(record: Record) -> tuple[str, ...]:
    found: Record = record.get("billing_address") or next(iter(record.get("addresses", ())), {})
    return address_lines(found)


def read_customer(what: ExchangeObject, record: Record, around: Around) -> StoreCustomer:
    """A company, or a contact below its company."""
    if what.name == COMPANIES.name:
        return _company(record)
    company = around.find(COMPANIES.name, record.get("company_id")) or {}
    return StoreCustomer(
        customer_id=_contact_id(record["id"]),
        name=name_of(record),
        email=record.get("email", ""),
        company=company.get("name", ""),
        parent=_company_id(record["company_id"]) if record.get("company_id") else None,
        phone=record.get("phone", ""),
        address=_address(record),
    )


def _company(record: Record) -> StoreCustomer:
    days = "".join(letter for letter in record.get("terms", "") if letter.isdigit())
    return StoreCustomer(
        customer_id=_company_id(record["id"]),
        name=record["name"],
        company=record["name"],
        address=_address(record),
        tax_number=record.get("tax_number", ""),
        terms=int(days) if 0 < len(days) < 5 else None,
    )
