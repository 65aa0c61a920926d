"""Tax Matching: the books' tax code of each tax that the stores name (M8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from documents import ReferenceKind
from models import BooksRow, Profile, TaxMatch, WordKind, db
from sync import matching, store_words
from sync.drafting.exact import plain
from sync.match_rows.row import Row, Values, key_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRow(Row):
    """A tax as the store names it, its rate in percent; `books_rate` is the chosen code's, None without a code."""

    tax_id: str
    tax: str
    rate: Decimal
    books_rate: Decimal | None

    @property
    def differs(self) -> bool:
        """True where the books would compute another tax than the store did."""
        return self.books_rate is not None and self.books_rate != self.rate


def rows(profile: Profile) -> Sequence[TaxRow]:
    """Every tax that orders have named or that has a code. One with an id has one code, whatever its name and rate."""
    query = select(TaxMatch).where(TaxMatch.profile_id == profile.id)
    kept = db.session.scalars(query.execution_options(populate_existing=True)).all()
    codes = {_found_by(row.store_tax_id, row.name, row.rate): row.code for row in kept}
    named = {(word.external_id, word.name, word.rate) for word in store_words.read(profile.id, WordKind.TAX)}
    named |= {(row.store_tax_id, row.name, row.rate) for row in kept}
    known = matching.rows_of(profile.books_id, ReferenceKind.TAX_CODE, codes.values())
    order = sorted(named, key=lambda tax: (tax[1], tax[2], tax[0]))
    return [_row(*tax, codes.get(_found_by(*tax), ""), known) for tax in order]


def _found_by(tax_id: str, name: str, rate: Decimal) -> tuple[object, ...]:
    """As drafts find it (`rules.md` 3): by its id, else by its name and rate."""
    return (tax_id,) if tax_id else (name, rate)


def _row(tax_id: str, name: str, rate: Decimal, code: str, known: dict[str, BooksRow]) -> TaxRow:
    text = plain(rate.normalize())
    return TaxRow(
        key=key_of(tax_id, name, text),
        name=f"{name or tax_id} {text} %",
        values={"code": code},
        is_kept=bool(code),
        tax_id=tax_id,
        tax=name,
        rate=rate,
        books_rate=Decimal(str(known[code].details["rate"])) if code in known else None,
    )


def save(session: Session, profile: Profile, row: TaxRow, values: Values) -> None:
    """Another tax code; an empty one is none."""
    found_by = {"store_tax_id": row.tax_id} if row.tax_id else {"store_tax_id": "", "name": row.tax, "rate": row.rate}
    if values["code"]:
        matching.check_code(session, profile.id, ReferenceKind.TAX_CODE, values["code"])
    matching.remove_row(session, TaxMatch, {"profile_id": profile.id, **found_by})
    if values["code"]:
        named = {"store_tax_id": row.tax_id, "name": row.tax, "rate": row.rate, "code": values["code"]}
        session.add(TaxMatch(profile_id=profile.id, **named))


def remove(session: Session, profile: Profile, row: TaxRow) -> None:
    """No tax code of its own any more."""
    save(session, profile, row, {"code": ""})
