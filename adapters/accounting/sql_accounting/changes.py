"""What changed in the books since a moment, by `lastmodified` (sql-accounting.md 6.4)."""

import datetime as dt
from collections.abc import Iterator

from adapters.accounting.base import Changes
from adapters.accounting.sql_accounting import contract
from adapters.accounting.sql_accounting.client import Client
from adapters.accounting.sql_accounting.contract import RESOURCE, Record, text
from adapters.accounting.sql_accounting.remotes import remote_of
from adapters.errors import Refused
from documents import N_, Role, say


def changes_since(client: Client, home: str, since: dt.datetime, now: dt.datetime) -> Changes:
    """Documents with a reference, and customers. One that was deleted leaves no trace here.

    Asked from a little earlier, since the server's clock stamped them; what is told twice is told as it is now."""
    since_s = int((since - contract.CLOCK_SKEW).timestamp())
    span = {"lastmodified": f"{since_s}~{contract.END_OF_TIME}"}
    documents = [
        (role, remote_of(role, row, home))
        for role in sorted(contract.DOCUMENTS)
        for row in _rows(client, role, span)
        if text(row, "docref1")
    ]
    customers = {
        text(row, "code"): text(row, "status") in {"", contract.ACTIVE} for row in _rows(client, Role.CUSTOMER, span)
    }
    if not documents and not customers and not client.takes_spans():
        raise Refused(say(N_("This version of SQL Accounting cannot say what changed; update it.")))
    return Changes(now, documents, customers=customers)


def _rows(client: Client, role: Role, span: dict[str, str]) -> Iterator[Record]:
    for page in client.pages(RESOURCE[role], span):
        yield from page
