"""The books' lists in our words: customers, products, terms, classes, ... as the query language gives them."""

from collections.abc import Callable, Iterable, Iterator

from adapters.accounting.base import ReferencePage
from adapters.accounting.quickbooks import company, contract, currencies, tax_codes
from adapters.accounting.quickbooks.client import Client
from adapters.accounting.quickbooks.contract import Record, flag, id_in, inner, number, text
from adapters.errors import NotAllowed
from adapters.http import BACK_OFF
from adapters.settings import Clock
from documents import ReferenceKind, ReferenceRow

K = ReferenceKind
Rows = Iterable[ReferenceRow]

KINDS = (
    *(K.CUSTOMER, K.ITEM, K.TERM, K.PROJECT, K.LOCATION, K.CURRENCY, K.TAX_CODE),
    *(K.ACCOUNT, K.DEPOSIT_ACCOUNT, K.PAYMENT_METHOD, K.TAKEN_NAME),
)


def pages(client: Client, kind: ReferenceKind, clock: Clock) -> Iterator[ReferencePage]:
    """All rows of one list, page by page; what a company's plan does not have is an empty list (5030)."""
    seen: set[str] = set()
    try:
        for rows in _READERS[kind](client, clock):
            yield ReferencePage(tuple(_told_apart(each, seen) for each in rows))
    except NotAllowed:
        if kind not in _OPTIONAL:
            raise


def _told_apart(row: ReferenceRow, seen: set[str]) -> ReferenceRow:
    """Codes are unique in their list: where two are the same (deleted ones may be), the later has its id as code."""
    code = row.code if row.code not in seen else row.remote_id
    seen.add(code)
    return row if code == row.code else ReferenceRow(row.kind, code, row.name, code, row.is_active, row.details)


# --- one list each ----------------------------------------------------------------------------------------------


def _listed(entity: str, make: Callable[[Record], ReferenceRow | None]) -> Callable[[Client, Clock], Iterator[Rows]]:
    """A plain list of one entity, the inactive ones too."""

    def read(client: Client, _clock: Clock) -> Iterator[Rows]:
        for page in client.pages(entity, contract.EVEN_INACTIVE):
            yield filter(None, map(make, page))

    return read


def customer_row(row: Record) -> ReferenceRow:
    """A customer's code is its id: names change, and are long. An inactive one is known by the name that it had."""
    is_gone = not flag(row, "Active", default=True)
    return ReferenceRow(
        K.CUSTOMER,
        text(row, "Id"),
        contract.name_before(text(row, "DisplayName")) if is_gone else text(row, "DisplayName"),
        text(row, "Id"),
        not is_gone,
        customer_details(row),
    )


def customer_details(row: Record) -> Record:
    """What rules and documents read of a customer."""
    email = text(inner(row, "PrimaryEmailAddr"), "Address")
    return {"email": email, "currency": id_in(row, "CurrencyRef"), "parent": id_in(row, "ParentRef")}


def item_row(row: Record) -> ReferenceRow | None:
    """What can stand on a line: no category, and no bundle, which is a kind of line of its own."""
    if text(row, "Type") in {"Category", "Group"}:
        return None
    return _named(K.ITEM, row, item_details(row))


def item_details(row: Record) -> Record:
    """What rules and documents read of a product; QuickBooks knows no units."""
    return {"sku": text(row, "Sku"), "type": text(row, "Type"), "base_uom": None, "uoms": [], "tax_code": None}


def _named(kind: ReferenceKind, row: Record, details: Record) -> ReferenceRow:
    code, name = contract.code_of(row, *contract.NAMES), text(row, *contract.NAMES)
    return ReferenceRow(kind, code, name, text(row, "Id"), flag(row, "Active", default=True), details)


def _term(row: Record) -> ReferenceRow:
    """A term by a day of the month has no days."""
    days = number(row, "DueDays") if text(row, "Type") != "DATE_DRIVEN" else None
    return _named(K.TERM, row, {"days": None if days is None else int(days)})


def _classes(client: Client, _clock: Clock) -> Iterator[Rows]:
    """With where a class stands in this company's documents, since only there it is taken."""
    per = company.classes_per(client.single("Preferences", patience=BACK_OFF))
    for page in client.pages("Class", contract.EVEN_INACTIVE):
        yield [_named(K.PROJECT, row, {"per": per}) for row in page]


def _department(row: Record) -> ReferenceRow:
    return _named(K.LOCATION, row, {})


def _account(row: Record) -> ReferenceRow:
    return _named(K.ACCOUNT, row, _account_details(row))


def _account_details(row: Record) -> Record:
    kind, narrower = text(row, "AccountType"), text(row, "AccountSubType")
    return {"type": kind, "subtype": narrower, "currency": id_in(row, "CurrencyRef")}


def _deposit_account(row: Record) -> ReferenceRow | None:
    """What money can be received into: banks, and current assets (Undeposited Funds, a wallet), but no stock."""
    kind, narrower = text(row, "AccountType"), text(row, "AccountSubType")
    is_taken = kind == "Bank" or (kind == "Other Current Asset" and narrower != "Inventory")
    return _named(K.DEPOSIT_ACCOUNT, row, _account_details(row)) if is_taken else None


def _payment_method(row: Record) -> ReferenceRow:
    return _named(K.PAYMENT_METHOD, row, {})


def _taken_names(client: Client, _clock: Clock) -> Iterator[Rows]:
    """Active vendors and employees: they share their names with customers (6240)."""
    for entity in ("Vendor", "Employee"):
        try:
            for page in client.pages(entity, "Active = true"):
                yield map(_taken_name, page)
        except NotAllowed:
            continue


def _taken_name(row: Record) -> ReferenceRow:
    code = contract.code_of(row, "DisplayName")
    return ReferenceRow(K.TAKEN_NAME, code, text(row, "DisplayName"), text(row, "Id"))


def _currencies(client: Client, clock: Clock) -> Iterator[Rows]:
    yield currencies.rows(client, clock().date())


def _tax_codes(client: Client, _clock: Clock) -> Iterator[Rows]:
    yield tax_codes.rows(client)


_READERS: dict[ReferenceKind, Callable[[Client, Clock], Iterator[Rows]]] = {
    K.CUSTOMER: _listed("Customer", customer_row),
    K.ITEM: _listed("Item", item_row),
    K.TERM: _listed("Term", _term),
    K.PROJECT: _classes,
    K.LOCATION: _listed("Department", _department),
    K.CURRENCY: _currencies,
    K.TAX_CODE: _tax_codes,
    K.ACCOUNT: _listed("Account", _account),
    K.DEPOSIT_ACCOUNT: _listed("Account", _deposit_account),
    K.PAYMENT_METHOD: _listed("PaymentMethod", _payment_method),
    K.TAKEN_NAME: _taken_names,
}
_OPTIONAL = frozenset({K.PROJECT, K.LOCATION})
