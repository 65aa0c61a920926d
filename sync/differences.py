"""What Sync would change of a document that stands in the books: of its head, and line by line (yellow orders)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from documents import CreditNote, CustomerChoice, Draft, Invoice, InvoiceLine, Role
from models import Document, db
from sync.due import STANDS
from sync.outcomes import read_content

HEAD = ("customer", "number", "date", "due_date", "terms", "currency", "exchange_rate", "description", "total")
LINE = ("item", "quantity", "uom", "price", "discount", "tax_code", "tax", "amount", "description")
Figure = str | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that would be another; of a line, `line` says which. A line that is new, or gone, has no field."""

    line: str
    field: str
    was: Figure
    now: Figure


def between(was: Invoice, now: Invoice) -> list[Difference]:
    """Every field that differs, the head first, then the lines; the same figure written otherwise is no difference."""
    return [*_fields("", HEAD, was, now), *_lines(was.lines, now.lines)]


def of_drafts(drafts: Mapping[int, Draft]) -> dict[int, list[Difference]]:
    """By the order's row: what its document in the books has otherwise; nothing where none stands there."""
    query = select(Document.profile_order_id, Document.role, Document.content).where(
        Document.profile_order_id.in_(drafts),
        Document.is_main.is_(True),
        Document.is_live.is_(True),
        Document.state.in_(STANDS),
    )
    standing = {order_id: _invoice(role, content) for order_id, role, content in db.session.execute(query)}
    pairs = [(each, standing.get(each), draft.invoice) for each, draft in drafts.items()]
    return {each: between(was, now) for each, was, now in pairs if was is not None and now is not None}


def _invoice(role: Role, content: str) -> Invoice | None:
    posted = read_content(role, content)
    posted = posted.document if isinstance(posted, CreditNote) else posted
    return posted if isinstance(posted, Invoice) else None


def _fields(line: str, names: Sequence[str], was: object, now: object) -> Iterator[Difference]:
    for name in names:
        before, after = _figure(getattr(was, name)), _figure(getattr(now, name))
        if before != after:
            yield Difference(line, name, before, after)


def _figure(value: object) -> Figure:
    if isinstance(value, CustomerChoice):
        return value.code or (value.create.name if value.create else None)
    return value if isinstance(value, Decimal | date) else (str(value) if value not in (None, "") else None)


def _lines(was: Sequence[InvoiceLine], now: Sequence[InvoiceLine]) -> Iterator[Difference]:
    before, after = _by_source(was), _by_source(now)
    for source, line in after.items():
        if source in before:
            yield from _fields(_name(line), LINE, before[source], line)
        else:
            yield Difference(_name(line), "", None, line.amount)
    yield from (
        Difference(_name(line), "", line.amount, None) for source, line in before.items() if source not in after
    )


def _by_source(lines: Sequence[InvoiceLine]) -> dict[str, InvoiceLine]:
    """By what each line was made of; the discount and the rounding of a document by their kind."""
    found: dict[str, InvoiceLine] = {}
    for line in lines:
        source = line.source_line or line.kind
        found[source if source not in found else f"{source} {len(found)}"] = line
    return found


def _name(line: InvoiceLine) -> str:
    return line.description or line.item or line.kind.replace("_", " ")
