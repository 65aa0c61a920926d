"""The body of a product that is made in the books (section 3.4)."""

from decimal import Decimal

from adapters.accounting.quickbooks import contract
from adapters.accounting.quickbooks.contract import Record, filled
from adapters.accounting.quickbooks.refs import K, Refs
from adapters.errors import Refused
from documents import N_, NewProduct, say


def new_product(product: NewProduct, reference: str, refs: Refs) -> Record:
    """With stock, or without; our reference stands in its text for purchases, which no buyer sees."""
    if not product.income_account or not product.expense_account:
        sentence = N_("Choose the income and the expense account of new products in the settings, for {name}.")
        raise Refused(say(sentence, name=product.name))
    kind = _tracked(product, refs) if product.is_tracked else {"Type": "NonInventory"}
    accounts = {
        "IncomeAccountRef": refs.of(K.ACCOUNT, product.income_account),
        "ExpenseAccountRef": refs.of(K.ACCOUNT, product.expense_account),
        "PurchaseDesc": contract.marked(reference),
    }
    return filled(_named(product, refs) | kind | accounts)


def changed_product(product: NewProduct, refs: Refs) -> Record:
    """Name, texts and price anew, and active again; its kind, accounts and stock are the owner's."""
    return filled(_named(product, refs) | {"Active": True})


def _named(product: NewProduct, refs: Refs) -> Record:
    name = product.name
    for forbidden, instead in contract.NAME_REPLACEMENTS.items():
        name = name.replace(forbidden, instead)
    return {
        "Name": name.strip(),
        "Sku": product.sku or None,
        "Description": product.description or None,
        "UnitPrice": product.price,
        **_taxed(product, refs),
    }


def _taxed(product: NewProduct, refs: Refs) -> Record:
    """US products are taxable or not; others have a tax code."""
    if not product.tax_code:
        return {}
    row = refs.row(K.TAX_CODE, product.tax_code)
    rate = Decimal(str(row.details.get("rate") or 0))
    return {"Taxable": bool(rate)} if row.details.get("us") else {"SalesTaxCodeRef": {"value": row.remote_id}}


def _tracked(product: NewProduct, refs: Refs) -> Record:
    """All of these are needed at once, and cannot be left off later."""
    if not product.asset_account or product.since is None:
        sentence = N_("A product with stock needs an asset account and a first day, for {name}: see the settings.")
        raise Refused(say(sentence, name=product.name))
    return {
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": product.quantity,
        "InvStartDate": product.since.isoformat(),
        "AssetAccountRef": refs.of(K.ACCOUNT, product.asset_account),
    }
