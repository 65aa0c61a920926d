"""Turns the rows of one order into our Order: a pure function; what is wrong comes back as troubles, never as an error.

An order's totals that its rows repeat count once; a row with a negative quantity is a return; a row that is the order's
shipping is a charge and no product; a row without a SKU is a line like others (sitegiant.md 5.1)."""

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from adapters.spreadsheets.codes import Level, Trouble
from adapters.spreadsheets.order_cells import OrderCells, Terms
from adapters.spreadsheets.order_fields import CHARGES, WORTH
from adapters.spreadsheets.order_words import currency_of, is_shipping, payment_status_of, status_of
from adapters.spreadsheets.reading import Row
from adapters.spreadsheets.values import MOST, order_number
from documents import (
    N_,
    ZERO,
    Buyer,
    Charge,
    ChargeKind,
    Order,
    OrderDates,
    OrderLine,
    OrderPayment,
    Tax,
    say,
)

LONGEST_ID, LONGEST_SKU, LONGEST_STATUS, LONGEST_METHOD = 64, 100, 40, 80
PRICE_DIGITS = Decimal("1e-8")
UNDONE = frozenset({"cancelled", "refunded", "returned"})
ROUNDING = Decimal("0.05")
"""So much the parts may differ from the total: the rounding line takes it (rules.md 1)."""


def read_order(rows: Sequence[Row], terms: Terms) -> tuple[Order | None, list[Trouble]]:
    """The order that these rows tell, None where one of them has an error; and everything that is to be told."""
    cells = OrderCells(rows, terms)
    order_id = cells.read(rows[0], "order_id", order_number) or ""
    if len(order_id) > LONGEST_ID:
        cells.tell("ROW16", rows[0], "order_id")
    currency = _currency(cells)
    cells.digits = terms.digits_of(currency) if currency else 2
    made = _order(cells, order_id, currency)
    if any(each.level is Level.ERROR for each in cells.troubles):
        return None, cells.troubles
    _check_sum(cells, made)
    return made, cells.troubles


def _order(cells: OrderCells, order_id: str, currency: str) -> Order:
    terms = cells.terms
    lines, shipping = _lines(cells)
    charges = _charges(cells, shipping)
    tax_total = _tax_total(cells, [*lines, *shipping])
    status, payment_status = _statuses(cells)
    number = cells.number_once("number")
    if len(number) > LONGEST_ID:
        cells.tell("ROW16", cells.rows[0], "number")
    dates = _dates(cells)
    total = cells.money_once("total")
    summed = _sum(lines, charges, ZERO if terms.prices_include_tax else tax_total)
    if max(abs(summed), abs(tax_total)) >= MOST:
        sentence = N_("Row {row}: the rows of the order make more than an order can come to.")
        cells.troubles.append(Trouble("ROW02", say(sentence, row=cells.rows[0][0]), cells.rows[0][0]))
    if total is None:
        total = summed
    return Order(
        store=terms.store,
        shop_id=terms.shop_id,
        channel=terms.channel,
        order_id=order_id,
        number=number or order_id,
        marketplace_number=cells.number_once("marketplace_number") or None,
        currency=currency,
        prices_include_tax=terms.prices_include_tax,
        dates=dates,
        status=status,
        payment_status=payment_status,
        lines=lines,
        charges=charges,
        tax_total=tax_total,
        total=total,
        customer=_buyer(cells),
        payments=_payments(cells, total, payment_status, dates),
        notes=cells.text_once("remark"),
    )


# --- the head ---------------------------------------------------------------------------------------------------


def _currency(cells: OrderCells) -> str:
    told = cells.text_once("currency", "ROW13")
    currency = currency_of(told) if told else cells.terms.channel.currency
    if not currency:
        cells.tell("ROW04", cells.rows[0], "currency")
    return currency or ""


def _statuses(cells: OrderCells) -> tuple[str, str]:
    """A word that we do not know stays as it is, and is never postable; no column means what the mapping says."""
    told, paid = _word_once(cells, "status", status_of), _word_once(cells, "payment_status", payment_status_of)
    status, payment_status = status_of(told), payment_status_of(paid)
    if told and status is None:
        cells.tell("W11", cells.rows[0], "status")
    if paid and payment_status is None:
        cells.tell("W11", cells.rows[0], "payment_status")
    if "status" not in cells.terms.columns:
        status = "completed"
    if "payment_status" not in cells.terms.columns:
        payment_status = "unpaid" if status == "unpaid" else "paid"
    return status or told[:LONGEST_STATUS] or "unknown", payment_status or paid[:LONGEST_STATUS] or "unknown"


def _word_once(cells: OrderCells, name: str, meaning: Callable[[str], str | None]) -> str:
    """As the first row says that says it. A row that says otherwise is told; where only one of the two undoes what was
    sold, nobody knows whether a line or the whole order is meant, and that is an error."""
    first = ""
    for row in cells.rows:
        told = cells.text(row, name)
        first = first or told
        if told and told != first:
            cells.tell("W13" if (meaning(told) in UNDONE) == (meaning(first) in UNDONE) else "ROW13", row, name)
    return first


def _dates(cells: OrderCells) -> OrderDates:
    ordered = cells.moment_once("ordered")
    if ordered is None and not any(each.code in ("ROW03", "ROW09", "ROW12", "ROW17") for each in cells.troubles):
        cells.tell("ROW15", cells.rows[0], "ordered")
    return OrderDates(ordered, cells.moment_once("paid"), cells.moment_once("shipped"), cells.moment_once("completed"))


def _buyer(cells: OrderCells) -> Buyer:
    """What a marketplace hides behind asterisks is no name and no address."""
    name, email = cells.text_once("customer_name"), cells.text_once("customer_email")
    phone, company = cells.text_once("customer_phone"), cells.text_once("billing_company")
    address = cells.text_once("billing_address")
    return Buyer(
        name=name,
        email="" if "*" in email else email,
        company="" if "*" in company else company,
        masked="*" in name or (not name and "*" in phone + email),
        phone="" if "*" in phone else phone,
        address=() if "*" in address else tuple(each.strip() for each in address.splitlines() if each.strip()),
    )


def _payments(cells: OrderCells, total: Decimal, payment_status: str, dates: OrderDates) -> tuple[OrderPayment, ...]:
    method = cells.text_once("payment_method")
    if not method or payment_status != "paid" or total <= 0:
        return ()
    return (OrderPayment(None, method[:LONGEST_METHOD], total, dates.paid),)


# --- lines and charges ------------------------------------------------------------------------------------------


def _lines(cells: OrderCells) -> tuple[tuple[OrderLine, ...], list[OrderLine]]:
    """The products; and the rows that are shipping."""
    lines: list[OrderLine] = []
    shipping: list[OrderLine] = []
    for row in cells.rows:
        sku, name = cells.text(row, "sku", LONGEST_SKU), cells.text(row, "product_name")
        if not sku and not name and cells.cell(row, "quantity") is None:
            continue  # the order's own row, in exports that have one
        line = _line(cells, row, str(len(lines) + 1), sku, name)
        if line and is_shipping(sku, name):
            shipping.append(line)
        elif line:
            lines.append(line)
    return tuple(lines), shipping


def _line(cells: OrderCells, row: Row, line_id: str, sku: str, name: str) -> OrderLine | None:
    quantity, price = cells.figure(row, "quantity"), cells.figure(row, "unit_price")
    told, discount = cells.money(row, "line_total"), cells.money(row, "line_discount") or ZERO
    if quantity is None:
        _tell_empty(cells, row, "quantity")
        return None
    if price is None and told is None:
        _tell_empty(cells, row, next((each for each in WORTH if each in cells.terms.columns), WORTH[0]))
        return None
    if not _is_of_this_world(cells, row, quantity, price, (told or ZERO) + discount):
        return None
    price, discount, amount = _amount(cells, quantity, price, discount, told)
    tax_amount = cells.money(row, "line_tax")
    variation = cells.text(row, "variation")
    return OrderLine(
        id=line_id,
        sku=sku or None,
        item_id=(sku or None) if cells.terms.is_own else None,
        name=" - ".join(part for part in (name, variation) if part) or sku,
        quantity=quantity,
        price=price,
        discount=discount,
        amount=amount,
        tax_amount=tax_amount,
        tax=_tax(cells, row, tax_amount),
        serials=_serials(cells.text(row, "serials")),
    )


def _is_of_this_world(cells: OrderCells, row: Row, quantity: Decimal, price: Decimal | None, worth: Decimal) -> bool:
    """Whether the line's amount and price can be counted with; told where not."""
    if quantity and abs(quantity) < PRICE_DIGITS:
        cells.tell("ROW02", row, "quantity")
        return False
    if abs(quantity * price) < MOST if price is not None else abs(worth) < abs(quantity) * MOST or not quantity:
        return True
    sentence = N_("Row {row}: quantity and price make more than an order can come to.")
    cells.troubles.append(Trouble("ROW02", say(sentence, row=row[0]), row[0], cells.terms.columns.get("quantity")))
    return False


def _tell_empty(cells: OrderCells, row: Row, name: str) -> None:
    """Where the cell is not empty but wrong, that is told already."""
    if not any(each.row == row[0] and each.column == cells.terms.columns.get(name) for each in cells.troubles):
        cells.tell("ROW15", row, name)


def _amount(
    cells: OrderCells, quantity: Decimal, price: Decimal | None, discount: Decimal, told: Decimal | None
) -> tuple[Decimal, Decimal, Decimal]:
    """Price, discount of the whole line, and amount. A return's figures are negative, however the file writes them."""
    sign = -1 if quantity < 0 else 1
    discount = sign * abs(discount)
    if told is not None:
        told = -abs(told) if quantity < 0 else told
    if price is None:
        worth = (told or ZERO) + discount
        price = (worth / quantity).quantize(PRICE_DIGITS, ROUND_HALF_UP).normalize() if quantity else ZERO
    price = abs(price) if sign < 0 else price
    if told is None:
        return price, discount, _rounded(quantity * price - discount, cells.digits)
    if (
        _rounded(quantity * price - discount, cells.digits)
        != told
        == _rounded(quantity * price - abs(quantity) * discount, cells.digits)
    ):
        discount *= abs(quantity)  # it was told for one piece
    return price, discount, told


def _rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _tax(cells: OrderCells, row: Row, tax_amount: Decimal | None) -> Tax | None:
    """The tax that a line names; without a rate only a tax of nothing is known well enough."""
    rate, name = cells.figure(row, "tax_rate"), cells.text(row, "tax_name")
    if rate is None and tax_amount == 0 and name:
        rate = ZERO
    return None if rate is None else Tax(None, name, rate)


def _serials(told: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in told.replace(";", ",").split(",") if part.strip())


def _charges(cells: OrderCells, shipping: Sequence[OrderLine]) -> tuple[Charge, ...]:
    """Amounts beside the products. Shipping that is both a column and a row of the order is the same money once."""
    found = []
    for name, kind, sign in CHARGES:
        amount, rows = cells.money_once(name) or ZERO, shipping if kind is ChargeKind.SHIPPING else ()
        amount = amount or sum((each.amount for each in rows), ZERO)
        tax = sum((each.tax_amount or ZERO for each in rows), ZERO)
        amount = -abs(amount) if sign < 0 else amount
        if amount or tax:
            found.append(Charge(kind, amount, tax, next((each.tax for each in rows if each.tax), None)))
    return tuple(found)


def _tax_total(cells: OrderCells, lines: Sequence[OrderLine]) -> Decimal:
    told = cells.money_once("tax_total")
    return sum((line.tax_amount or ZERO for line in lines), ZERO) if told is None else told


# --- the order's own check --------------------------------------------------------------------------------------


def _sum(lines: Sequence[OrderLine], charges: Sequence[Charge], tax: Decimal) -> Decimal:
    return sum((line.amount for line in lines), ZERO) + sum((each.amount for each in charges), ZERO) + tax


def _check_sum(cells: OrderCells, order: Order) -> None:
    """Told here already, where the missing column can be chosen; the draft holds such an order back (rules.md 1)."""
    summed = _sum(order.lines, order.charges, ZERO if order.prices_include_tax else order.tax_total)
    if abs(summed - order.total) <= ROUNDING or not order.lines:
        return
    row, column = cells.rows[0], cells.terms.columns.get("total")
    message = say(
        N_("Row {row}: order {number}: products, charges and tax make {summed}, the file says {total}."),
        row=row[0],
        number=order.number,
        summed=f"{summed:f}",
        total=f"{order.total:f}",
    )
    cells.troubles.append(Trouble("ROW10", message, row[0], column, f"{order.total:f}"))
