"""Every system that Tillbridge speaks to: one line each."""

from adapters.accounting.base import Books
from adapters.accounting.qne import Qne
from adapters.accounting.qne_optimum import QneOptimum
from adapters.accounting.quickbooks import QuickBooks
from adapters.accounting.sql_accounting import SqlAccounting
from adapters.stores.base import Store
from adapters.stores.ecwid import Ecwid
from adapters.stores.edge_commerce import EdgeCommerce
from adapters.stores.sengerio import Sengerio
from adapters.stores.shopify import Shopify
from adapters.stores.sitegiant import SiteGiant
from adapters.stores.spreadsheet import Spreadsheet
from adapters.stores.woocommerce import WooCommerce

BOOKS: dict[str, type[Books]] = {each.kind: each for each in (Qne, SqlAccounting, QuickBooks, QneOptimum)}
STORES: dict[str, type[Store]] = {
    each.kind: each
    for each in (
        SiteGiant,
        Ecwid,
        WooCommerce,
        Shopify,
        EdgeCommerce,
        Sengerio,
        Spreadsheet,
    )
}


def asked() -> frozenset[str]:
    """The stores that we ask; the others tell us by themselves, or by files."""
    return frozenset(kind for kind, each in STORES.items() if each.can_be_asked)
