"""Looking for documents: by our reference, by their numbers, and all of them since a day (section 2.5)."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence

from adapters.accounting.base import Wanted
from adapters.accounting.quickbooks import contract
from adapters.accounting.quickbooks.client import Client
from adapters.accounting.quickbooks.remotes import remote_of
from documents import Remote, Role

Found = dict[str, list[Remote]]
DATED = (Role.SALE, Role.REFUND, Role.PAYMENT)


def find(client: Client, role: Role, wanted: Collection[Wanted]) -> Found:
    """Every object that carries one of these references. By number where we gave it one; what is not found so, and
    whatever QuickBooks numbered itself, by when it was made, else by its day, else among all there are."""
    found: Found = {each.reference: [] for each in wanted}
    if role in DATED:
        _keep(found, _numbered(client, role, {each.number for each in wanted if each.number}))
    left = [each for each in wanted if not found[each.reference] and _is_worth_a_window(role, each)]
    if left:
        _keep(found, _in(client, role, _window(role, left)))
    return found


def find_by_number(client: Client, role: Role, numbers: Collection[str]) -> Found:
    """Whoever made it; numbers are compared exactly, by us: QuickBooks ignores case."""
    found: Found = {number: [] for number in numbers}
    if role in DATED:
        for remote in _numbered(client, role, numbers):
            if remote.number in found:
                found[remote.number].append(remote)
    return found


def history(client: Client, since: dt.date) -> Iterator[Sequence[tuple[Role, Remote]]]:
    """Everything of ours from a day on, page by page."""
    for page in everything(client, since, DATED):
        yield [(role, remote) for role, remote in page if remote.reference]


def everything(client: Client, since: dt.date, roles: Iterable[Role]) -> Iterator[Sequence[tuple[Role, Remote]]]:
    """All that has one of these roles, whoever made it, from a day on, page by page."""
    for role in roles:
        for entity in contract.ENTITIES[role]:
            for page in client.pages(entity, f"TxnDate >= {contract.quoted(since.isoformat())}"):
                yield [(role, remote_of(entity, row)) for row in page]


def same_name(client: Client, entity: str, value: str) -> Iterator[Remote]:
    """What has this number or name already: documents of its role, or customers and products, inactive ones too."""
    if contract.ROLES[entity] in DATED:
        return _numbered(client, contract.ROLES[entity], [value])
    where = f"{contract.NAME_FIELD[entity]} = {contract.quoted(value)} AND {contract.EVEN_INACTIVE}"
    return (remote_of(entity, row) for row in client.rows(entity, where))


def _keep(found: Found, remotes: Iterable[Remote]) -> None:
    """Those that are asked for, each once, though pages may shift under us."""
    for remote in remotes:
        same = found.get(remote.reference)
        if same is not None and all(each.remote_id != remote.remote_id for each in same):
            same.append(remote)


def _is_worth_a_window(role: Role, wanted: Wanted) -> bool:
    """A number of ours that nothing has is enough, where nothing else narrows the search."""
    has_number = role in DATED and bool(wanted.number)
    return not has_number or wanted.sent_after is not None or wanted.day is not None


def _numbered(client: Client, role: Role, numbers: Collection[str]) -> Iterator[Remote]:
    """A payment's number is cut to what QuickBooks keeps."""
    kept = sorted({number[: contract.NUMBER_MOST] for number in numbers})
    for entity in contract.ENTITIES[role]:
        for start in range(0, len(kept), contract.AT_ONCE):
            values = ", ".join(map(contract.quoted, kept[start : start + contract.AT_ONCE]))
            for row in client.rows(entity, f"{contract.NUMBER_FIELD[entity]} IN ({values})"):
                yield remote_of(entity, row)


def _in(client: Client, role: Role, where: str) -> Iterator[Remote]:
    for entity in contract.ENTITIES[role]:
        for row in client.rows(entity, where):
            yield remote_of(entity, row)


def _window(role: Role, wanted: Sequence[Wanted]) -> str:
    """When it was made is sure, since nobody can change that; its day may have been changed."""
    conditions = [] if role in DATED else [contract.EVEN_INACTIVE]
    sent = [each.sent_after for each in wanted if each.sent_after is not None]
    days = [(each.day, each.until or each.day) for each in wanted if each.day is not None]
    if len(sent) == len(wanted):
        conditions.append(f"MetaData.CreateTime >= {contract.quoted(contract.moment(min(sent) - contract.SKEW))}")
    elif role in DATED and len(days) == len(wanted):
        first, last = min(day for day, _ in days), max(until for _, until in days)
        conditions.append(f"TxnDate >= {contract.quoted(first.isoformat())}")
        conditions.append(f"TxnDate <= {contract.quoted(last.isoformat())}")
    return " AND ".join(conditions)
