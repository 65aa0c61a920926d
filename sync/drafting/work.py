"""One order on its way to a draft, and everything found on the way."""

from dataclasses import dataclass, field
from decimal import Decimal

from documents import Message, Order, Problem, TaxPer
from sync.drafting.edits import Edits
from sync.drafting.exact import half_up, plain
from sync.drafting.rules import Rules


@dataclass(slots=True)
class Work:
    """`digits` is what the books keep for the document's currency, `unit_digits` its smallest step by ISO 4217.

    `is_total_open` is set when the books' total cannot be told, so that no rounding is made up for it.
    """

    order: Order
    rules: Rules
    edits: Edits
    currency: str = ""
    digits: int = 2
    unit_digits: int = 2
    is_total_open: bool = False
    problems: list[Problem] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)
    told: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def is_inclusive(self) -> bool:
        """True when the document's amounts hold their tax."""
        return self.order.prices_include_tax and self.rules.arithmetic.tax_inclusive_allowed

    @property
    def is_netted(self) -> bool:
        """True when the store's prices hold tax and the books cannot say so: amounts are taken net."""
        return self.order.prices_include_tax and not self.rules.arithmetic.tax_inclusive_allowed

    @property
    def is_tax_sent(self) -> bool:
        """True when the store's own tax is sent and stands."""
        return self.rules.arithmetic.tax_per == TaxPer.STORE

    def tell(self, about: str, mend: str, message: Message, subject: str = "") -> None:
        """Note a problem, once."""
        key = (about, mend, subject, message.template, *message.values.values())
        if key not in self.told:
            self.told.add(key)
            self.problems.append(Problem(about, mend, message, subject))

    def money(self, amount: Decimal) -> str:
        """An amount of the document as people read it."""
        return f"{self.order.currency} {plain(half_up(amount, self.digits))}"
