"""What is sent to QNE, made from templates, from documents as they are now, and from our own (qne.md N7)."""

import threading
from collections.abc import Iterable

from adapters.accounting.qne import contract, credit_notes, invoices, knock_offs, masters, receipts
from adapters.accounting.qne.client import Client
from adapters.accounting.qne.contract import Record
from adapters.accounting.qne.forms import Form, Ids
from adapters.errors import Refused
from adapters.settings import Clock
from documents import (
    N_,
    Action,
    Content,
    CreditNote,
    CustomerChoice,
    Invoice,
    KnockOff,
    Lookup,
    NewCustomer,
    NewProduct,
    Receipt,
    Remote,
    Role,
    say,
)

VALIDATED = N_(
    "The tax office has validated {number} as an e-invoice, so it is neither changed nor voided; "
    "a credit note can take it back."
)


class Bodies:
    """Makes the body of each request; keeps templates for ten minutes."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._templates: dict[Role, tuple[float, Record]] = {}
        self._template_lock = threading.Lock()

    def body(
        self, role: Role, action: Action, reference: str, content: Content | None, lookup: Lookup, remote: Remote | None
    ) -> Record:
        """A new document starts from the tenant's template, a changed one from the document as it is now."""
        present = self._present(role, action, remote) if remote else None
        if content is None and remote is not None:
            make = contract.void_body if action is Action.VOID else contract.restore_body
            return make(remote.remote_id, reference)
        is_read = present is None or role not in contract.MASTERS
        template = self._template(role) if is_read else {}
        return self._written(Form(template, reference, Ids(lookup, self._stock), present), content)

    def _present(self, role: Role, action: Action, remote: Remote) -> Record | None:
        """The document as it is now, where that matters; one that the tax office has validated stays as it is."""
        if action is not Action.UPDATE and role not in contract.TAXED:
            return None
        present = self._client.document(role, remote.remote_id)
        if role in contract.TAXED and contract.is_validated(present):
            raise Refused(say(VALIDATED, number=remote.number))
        return present

    def _written(self, form: Form, content: Content | None) -> Record:
        match content:
            case Invoice():
                return invoices.body(form, content)
            case Receipt():
                return receipts.body(form, content, *self._paid(form, content.customer, content.knock_offs))
            case CreditNote():
                sales = [content.sale] if content.sale else []
                return credit_notes.body(form, content, *self._paid(form, content.document.customer, sales))
            case NewCustomer():
                return masters.customer_body(form, content)
            case NewProduct():
                return masters.product_body(form, content)
        raise TypeError(f"nothing to prepare for {form.reference}")

    def _paid(
        self, form: Form, customer: CustomerChoice | None, sales: Iterable[KnockOff]
    ) -> tuple[int | str, list[Record]]:
        """The customer, that of the first sale where none is named, and the rows of what is knocked off."""
        named = form.ids.of_customer(customer) if customer else None
        payer, rows = knock_offs.paid(self._client, sales, named, form.present)
        return payer or form.ids.of_customer(None), rows

    def _template(self, role: Role) -> Record:
        """`/New`, kept for ten minutes (N7)."""
        with self._template_lock:
            now = self._clock().timestamp()
            read_at, template = self._templates.get(role, (0.0, {}))
            if not 0 <= now - read_at < contract.TEMPLATE_LIFE.total_seconds():
                template = self._client.record(f"{contract.RESOURCE[role]}/New")
                self._templates[role] = (now, template)
            return template

    def _stock(self, remote_id: str) -> Record:
        return self._client.record(contract.STOCK.format(id=remote_id))
