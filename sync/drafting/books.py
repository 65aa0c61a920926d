"""What the books hold, as far as drafting reads it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class BooksItem:
    """An item of the books; base_uom None and no uoms = books without units. `is_serial` = tracked by number;
    `is_known` is False while its units are not read yet."""

    base_uom: str | None = None
    uoms: frozenset[str] = frozenset()
    tax_code: str | None = None
    is_serial: bool = False
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class DatedRate:
    """Home units for 1 foreign unit, in force from a day on; None = since ever."""

    since: dt.date | None
    rate: Decimal


@dataclass(frozen=True, slots=True)
class BooksCustomer:
    """A customer that the books have; `currency` only where each customer has one and no other, `parent` the code of
    the company that it is below."""

    code: str
    name: str
    email: str = ""
    currency: str | None = None
    parent: str = ""


@dataclass(frozen=True, slots=True)
class BooksCustomers:
    """The books' customers by e-mail and by name, both without regard to case, and by code; made by
    `BooksCustomers.of(rows)`."""

    by_email: Mapping[str, tuple[BooksCustomer, ...]] = field(default_factory=dict)
    by_name: Mapping[str, tuple[BooksCustomer, ...]] = field(default_factory=dict)
    by_code: Mapping[str, BooksCustomer] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[BooksCustomer]) -> "BooksCustomers":
        """Index the rows; where two have one e-mail or name, the earlier row comes first."""
        emails: dict[str, tuple[BooksCustomer, ...]] = {}
        names: dict[str, tuple[BooksCustomer, ...]] = {}
        codes: dict[str, BooksCustomer] = {}
        for row in rows:
            codes[row.code] = row
            names[folded(row.name)] = (*names.get(folded(row.name), ()), row)
            if row.email:
                emails[folded(row.email)] = (*emails.get(folded(row.email), ()), row)
        return cls(emails, names, codes)


def folded(text: str) -> str:
    """A name or e-mail as it is compared: without regard to case and outer blanks."""
    return text.strip().casefold()


@dataclass(frozen=True, slots=True)
class BooksData:
    """What the books hold and how they are: `tax_rates` in percent by code, `currencies` by code, `terms` with days
    (None = days unknown). `closed_until` is the last closed day; `name_replacements` the characters that a customer's
    name must not hold and what stands for each; `taken_names` (folded) those that suppliers and employees carry;
    `customer_currencies` by code where a customer has one currency and no other; `has_customer_currency` = a new one
    gets the order's; `default_message` the company's own text for its customers; `needs_number` = they give
    none of their own; `due_by_terms_only` = S23's offset does not exist there (SQL)."""

    country: str
    home_currency: str
    items: Mapping[str, BooksItem] = field(default_factory=dict)
    tax_rates: Mapping[str, Decimal] = field(default_factory=dict)
    currencies: Mapping[str, tuple[DatedRate, ...]] = field(default_factory=dict)
    customers: BooksCustomers = BooksCustomers()
    terms: Mapping[str, int | None] = field(default_factory=dict)
    closed_until: dt.date | None = None
    name_replacements: Mapping[str, str] = field(default_factory=dict)
    taken_names: frozenset[str] = frozenset()
    customer_currencies: Mapping[str, str] = field(default_factory=dict)
    has_customer_currency: bool = False
    default_message: str = ""
    needs_number: bool = False
    due_by_terms_only: bool = False
