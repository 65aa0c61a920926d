"""The body of a customer: a company, or a contact below one (section 3.3)."""

from adapters.accounting.quickbooks import contract
from adapters.accounting.quickbooks.contract import Record, filled
from adapters.accounting.quickbooks.refs import K, Refs
from documents import NewCustomer


def new_customer(customer: NewCustomer, reference: str, refs: Refs) -> Record:
    """Our reference stands in its notes. Currency and parent are chosen now and never again."""
    currency = {"value": customer.currency} if customer.currency else None
    body = _named(customer, refs) | {"Notes": contract.marked(reference), "CurrencyRef": currency}
    if customer.parent is not None:
        body |= {"ParentRef": refs.of_customer(customer.parent), "Job": True, "BillWithParent": True}
    return filled(body)


def changed_customer(customer: NewCustomer, refs: Refs) -> Record:
    """All that is told anew, and active again; what is not told stays, and so does the relation to its company (E1b,
    E11)."""
    return filled(_named(customer, refs) | {"Active": True})


def _named(customer: NewCustomer, refs: Refs) -> Record:
    """A tax number that is too long is left out: cut, it would be somebody else's."""
    email, tax_number = email_of(customer.email), customer.tax_number.strip()
    return {
        "DisplayName": customer.name,
        "CompanyName": customer.company.strip()[: contract.COMPANY_MOST] or None,
        "PrimaryTaxIdentifier": tax_number if 0 < len(tax_number) <= contract.TAX_NUMBER_MOST else None,
        "PrimaryEmailAddr": {"Address": email} if email else None,
        "PrimaryPhone": {"FreeFormNumber": customer.phone[: contract.PHONE_MOST]} if customer.phone else None,
        "BillAddr": address_of(customer.address),
        "SalesTermRef": refs.of(K.TERM, customer.terms),
        "PaymentMethodRef": refs.of(K.PAYMENT_METHOD, customer.payment_method),
    }


def address_of(lines: tuple[str, ...]) -> Record | None:
    """Five lines at most: what is more goes into the last (section 3.1)."""
    last = contract.ADDRESS_LINES - 1
    shown = [*lines[:last], ", ".join(lines[last:])]
    body = {f"Line{place}": line[: contract.ADDRESS_LINE_MOST] for place, line in enumerate(shown, 1) if line}
    return body or None


def email_of(told: str) -> str:
    """An address as QuickBooks takes it; "" where it would refuse the whole document for it (2210)."""
    email = told.strip()
    name, _, host = email.partition("@")
    is_taken = bool(name) and "." in host and "@" not in host and not any(map(str.isspace, email))
    return email if is_taken and len(email) <= contract.EMAIL_MOST else ""
