"""What changed in QuickBooks since a moment, by change data capture (section 2.6)."""

import datetime as dt
from collections.abc import Iterator

from adapters.accounting.base import Changes
from adapters.accounting.quickbooks import contract
from adapters.accounting.quickbooks.client import Client
from adapters.accounting.quickbooks.contract import Record, flag, rows_in, text
from adapters.accounting.quickbooks.remotes import remote_of
from adapters.errors import OutcomeUnknown, Refused
from documents import N_, Remote, Role, say

WATCHED = (
    *(contract.INVOICE, contract.SALES_RECEIPT, contract.CREDIT_MEMO, contract.REFUND_RECEIPT),
    *(contract.PAYMENT, contract.CUSTOMER),
)
Rows = list[tuple[str, Record]]


def changes(client: Client, since: dt.datetime, now: dt.datetime) -> Changes:
    """Everything that we post, in one call; where that is more than a call tells, a call for each kind."""
    if now - since > dt.timedelta(days=contract.CDC_DAYS):
        raise Refused(say(N_("QuickBooks tells changes of the last {days} days only."), days=contract.CDC_DAYS))
    until, rows = _changed(client, WATCHED, since)
    if len(rows) >= contract.CDC_MOST:
        rows = [each for entity in WATCHED for each in _of_one_kind(client, entity, since)]
    return _told(rows, (until or now) - contract.CDC_OVERLAP)


def _of_one_kind(client: Client, entity: str, since: dt.datetime) -> Rows:
    """A kind that is still too much is paged instead; of what was deleted only what the call told is known then."""
    _, rows = _changed(client, (entity,), since)
    if len(rows) < contract.CDC_MOST:
        return rows
    where = f"MetaData.LastUpdatedTime >= {contract.quoted(contract.moment(since))}"
    inactive = f" AND {contract.EVEN_INACTIVE}" if entity in contract.NAME_FIELD else ""
    deleted = [each for each in rows if text(each[1], "status") == contract.DELETED]
    return deleted + [(entity, row) for row in client.rows(entity, where + inactive)]


def _changed(client: Client, entities: tuple[str, ...], since: dt.datetime) -> tuple[dt.datetime | None, Rows]:
    answer = client.changed(entities, contract.moment(since))
    parts = rows_in(answer, "CDCResponse")
    if not parts or any("QueryResponse" not in part for part in parts):
        raise OutcomeUnknown(say(N_("QuickBooks gave an answer without the changes.")), cause=str(list(answer)))
    lists = [each for part in parts for each in rows_in(part, "QueryResponse")]
    rows = [(entity, row) for entity in entities for each in lists for row in rows_in(each, entity)]
    return _moment(text(answer, "time")), rows


def _moment(told: str) -> dt.datetime | None:
    """QuickBooks' own clock, at which the answer was made."""
    try:
        found = dt.datetime.fromisoformat(told)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _told(rows: Rows, until: dt.datetime) -> Changes:
    documents = [(contract.ROLES[entity], remote) for entity, remote in _living(rows)]
    gone = {
        (contract.ROLES[entity], contract.remote_id_of(entity, text(row, "Id")))
        for entity, row in rows
        if text(row, "status") == contract.DELETED
    }
    return Changes(until, documents, frozenset(gone), _customers(rows))


def _living(rows: Rows) -> Iterator[tuple[str, Remote]]:
    for entity, row in rows:
        if contract.ROLES[entity] is not Role.CUSTOMER and text(row, "status") != contract.DELETED:
            yield entity, remote_of(entity, row)


def _customers(rows: Rows) -> dict[str, bool]:
    return {text(row, "Id"): flag(row, "Active", default=True) for entity, row in rows if entity == contract.CUSTOMER}
