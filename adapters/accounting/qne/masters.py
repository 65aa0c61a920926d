"""The bytes of a customer and of a stock item that we make (N23): code and name, the rest where the template has it.

Neither has a field for our reference but its code, so a code follows from the reference: it is found again by it."""

import hashlib

from adapters.accounting.qne import contract
from adapters.accounting.qne.contract import Record
from adapters.accounting.qne.forms import Form, without_nulls
from documents import NewCustomer, NewProduct, ReferenceKind


def made_code(reference: str) -> str:
    """A code that is always the same for the same reference."""
    return f"TB-{hashlib.sha256(reference.encode()).hexdigest()[:12].upper()}"


def product_codes(reference: str, sku: str | None) -> list[str]:
    """The codes that a stock item of ours may have, the one that it gets first: its SKU where QNE can keep it."""
    ours = made_code(reference)
    return [sku, ours] if sku and len(sku) <= contract.STOCK_CODE and sku != ours else [ours]


def customer_body(form: Form, customer: NewCustomer) -> Record:
    """A customer with the tenant's defaults; or the same with another name or e-mail."""
    known = form.template if form.present is None else form.present
    email = {"email": customer.email} if customer.email and "email" in known else {}
    return without_nulls(_begun(form, made_code(form.reference)) | {"name": customer.name} | email)


def product_body(form: Form, product: NewProduct) -> Record:
    """A stock item with the tenant's defaults; its accounts are those that QNE gives it, its quantity is 0.

    Its code is the SKU, so its name is what describes it. Changed, it has another name or tax."""
    code = product_codes(form.reference, product.sku)[0]
    named = {"name": product.description or product.name}
    return without_nulls(_begun(form, code) | named | _tax(form, product))


def _begun(form: Form, code: str) -> Record:
    """A code stays when the name changes."""
    if form.present is None:
        return form.begun() | {"code": code}
    return form.begun() | {"code": form.present.get("code")}


def _tax(form: Form, product: NewProduct) -> Record:
    known = form.template if form.present is None else form.present
    field = next((name for name in contract.STOCK_TAX if name in known), None)
    return {field: form.ids.of(ReferenceKind.TAX_CODE, product.tax_code)} if field and product.tax_code else {}
