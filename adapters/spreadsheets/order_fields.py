"""What the columns of an order file can stand for, by the names that shops give them, and the layouts that are known.

Sources: sitegiant.md 5.1 (SiteGiant's export, and the layout that we define); the other names are those of exports of
Shopify, WooCommerce, Shopee, Lazada and TikTok Shop, which change often: they only make the first guess."""

from adapters.spreadsheets.targets import Holds, Layout, Purpose, Target
from documents import N_, ChargeKind

COMPLETED = N_("no column: every order counts as completed")
PAID = N_("no column: every order counts as paid")

ORDER_FIELDS = (
    Target(
        "order_id",
        N_("Order number"),
        Holds.NUMBER,
        (
            "order id",
            "order number",
            "order no.",
            "order no",
            "order sn",
            "ordernumber",
            "order",
            "name",
            "no. pesanan",
            "订单号",
            "订单编号",
        ),
        required=True,
    ),
    Target(
        "number",
        N_("Number shown to people"),
        Holds.NUMBER,
        ("display number",),
        is_once=True,
        without=N_("no column: the order number"),
    ),
    Target(
        "marketplace_number",
        N_("Marketplace's order number"),
        Holds.NUMBER,
        ("marketplace order id", "marketplace order number"),
        is_once=True,
    ),
    Target(
        "channel",
        N_("Channel or marketplace"),
        Holds.TEXT,
        ("marketplace", "channel", "sales channel", "shop name"),
        is_once=True,
    ),
    Target(
        "status",
        N_("Order status"),
        Holds.TEXT,
        ("order status", "status", "orderstatus", "fulfillment status", "订单状态"),
        without=COMPLETED,
        is_once=True,
    ),
    Target(
        "payment_status",
        N_("Payment status"),
        Holds.TEXT,
        ("payment status", "financial status"),
        without=PAID,
        is_once=True,
    ),
    Target(
        "ordered",
        N_("Order date"),
        Holds.MOMENT,
        (
            "order date",
            "ordered at",
            "order creation date",
            "created at",
            "created time",
            "createtime",
            "order time",
            "create time",
            "date",
            "order created time",
            "下单时间",
            "tarikh pesanan",
        ),
        required=True,
        is_once=True,
    ),
    Target(
        "paid",
        N_("Paid date"),
        Holds.MOMENT,
        ("paid at", "paid time", "paid date", "payment date", "order paid time"),
        is_once=True,
    ),
    Target(
        "shipped",
        N_("Shipped date"),
        Holds.MOMENT,
        ("shipped at", "shipped date", "ship time", "shipped time", "fulfilled at"),
        is_once=True,
    ),
    Target(
        "completed",
        N_("Completed date"),
        Holds.MOMENT,
        ("completed at", "completed date", "order complete time", "delivered time"),
        is_once=True,
    ),
    Target(
        "currency",
        N_("Currency"),
        Holds.TEXT,
        ("currency", "currency code", "币种"),
        without=N_("no column: the channel's currency"),
        is_once=True,
    ),
    Target(
        "customer_name",
        N_("Customer's name"),
        Holds.TEXT,
        (
            "customer name",
            "buyer name",
            "billing name",
            "customername",
            "recipient",
            "buyer",
            "customer",
            "username (buyer)",
        ),
        is_once=True,
    ),
    Target(
        "customer_email",
        N_("Customer's e-mail"),
        Holds.TEXT,
        ("customer email", "email", "e-mail", "buyer email", "billing email", "email (billing)"),
        is_once=True,
    ),
    Target(
        "customer_phone",
        N_("Customer's phone"),
        Holds.TEXT,
        ("customer phone", "phone", "billing phone", "phone number", "phone #"),
        is_once=True,
    ),
    Target(
        "billing_company", N_("Company"), Holds.TEXT, ("billing company", "company", "company (billing)"), is_once=True
    ),
    Target(
        "billing_address",
        N_("Billing address"),
        Holds.TEXT,
        ("billing address", "billing street", "address"),
        is_once=True,
    ),
    Target(
        "sku",
        N_("SKU"),
        Holds.TEXT,
        (
            "isku",
            "sku",
            "seller sku",
            "lineitem sku",
            "sku reference no.",
            "product sku",
            "sellersku",
            "item sku",
            "internal sku",
            "variant sku",
            "商品编码",
        ),
    ),
    Target(
        "product_name",
        N_("Product name"),
        Holds.TEXT,
        (
            "product name",
            "item name",
            "lineitem name",
            "product",
            "itemname",
            "item",
            "description",
            "商品名称",
            "nama produk",
        ),
    ),
    Target("variation", N_("Variation"), Holds.TEXT, ("variation", "variation name", "variant")),
    Target(
        "quantity",
        N_("Quantity"),
        Holds.FIGURE,
        ("quantity", "qty", "lineitem quantity", "quantity purchased", "kuantiti", "数量"),
        required=True,
    ),
    Target(
        "unit_price",
        N_("Price of one"),
        Holds.FIGURE,
        (
            "unit price",
            "price",
            "lineitem price",
            "item cost",
            "deal price",
            "unitprice",
            "selling price",
            "sku unit original price",
            "单价",
            "harga",
        ),
    ),
    Target(
        "line_total",
        N_("Amount of the line"),
        Holds.MONEY,
        ("line total", "subtotal", "line amount", "order line total", "product subtotal", "amount"),
        without=N_("no column: quantity x price - discount"),
    ),
    Target(
        "line_discount",
        N_("Discount of the line"),
        Holds.MONEY,
        ("line discount", "lineitem discount", "item discount"),
    ),
    Target("line_tax", N_("Tax of the line"), Holds.MONEY, ("line tax", "item tax", "order line tax")),
    Target("tax_rate", N_("Tax rate in %"), Holds.FIGURE, ("tax rate", "tax %", "sst rate", "gst rate")),
    Target("tax_name", N_("Name of the tax"), Holds.TEXT, ("tax name", "tax code")),
    Target("serials", N_("Serial numbers"), Holds.TEXT, ("serial no", "serial no.", "serial number", "serial numbers")),
    Target(
        "shipping_fee",
        N_("Shipping fee"),
        Holds.MONEY,
        (
            "shipping fee",
            "shipping",
            "shipping cost",
            "order shipping amount",
            "delivery fee",
            "buyer paid shipping fee",
            "postage",
            "运费",
        ),
        is_once=True,
    ),
    Target(
        "shipping_discount",
        N_("Shipping discount"),
        Holds.MONEY,
        ("shipping discount", "shipping fee discount"),
        is_once=True,
    ),
    Target(
        "order_discount",
        N_("Discount of the order, seller's voucher"),
        Holds.MONEY,
        ("order discount", "seller discount", "discount amount", "seller voucher", "discount", "cart discount amount"),
        is_once=True,
    ),
    Target(
        "platform_discount",
        N_("Platform's discount"),
        Holds.MONEY,
        ("platform discount", "platform voucher", "shopee voucher"),
        is_once=True,
    ),
    Target("handling_fee", N_("Handling fee"), Holds.MONEY, ("handling fee", "handling"), is_once=True),
    Target("gift_wrap", N_("Gift wrap"), Holds.MONEY, ("gift wrap", "gift wrap fee"), is_once=True),
    Target(
        "tax_total",
        N_("Tax of the order"),
        Holds.MONEY,
        ("tax total", "taxes", "total tax", "order total tax amount", "tax"),
        is_once=True,
    ),
    Target(
        "total",
        N_("Total of the order"),
        Holds.MONEY,
        ("total", "order total", "grand total", "order total amount", "total amount", "order amount", "总额", "jumlah"),
        without=N_("no column: the sum of products, charges and tax"),
        is_once=True,
    ),
    Target(
        "payment_method", N_("Payment method"), Holds.TEXT, ("payment method", "payment method title"), is_once=True
    ),
    Target(
        "remark", N_("Remark"), Holds.TEXT, ("remark", "remarks", "notes", "customer note", "buyer note"), is_once=True
    ),
)

CHARGES = (
    ("shipping_fee", ChargeKind.SHIPPING, 1),
    ("shipping_discount", ChargeKind.SHIPPING_DISCOUNT, -1),
    ("order_discount", ChargeKind.SELLER_DISCOUNT, -1),
    ("platform_discount", ChargeKind.PLATFORM_DISCOUNT, -1),
    ("handling_fee", ChargeKind.HANDLING, 1),
    ("gift_wrap", ChargeKind.GIFT_WRAP, 1),
)
"""The columns of amounts beside the products, and their sign: a discount is told with or without its minus."""

OWN_COLUMNS = {
    "order_id": "order_id",
    "marketplace_number": "marketplace_order_id",
    "channel": "channel",
    "status": "order_status",
    "payment_status": "payment_status",
    "ordered": "order_date",
    "currency": "currency",
    "customer_name": "customer_name",
    "customer_email": "customer_email",
    "customer_phone": "customer_phone",
    "billing_company": "billing_company",
    "billing_address": "billing_address",
    "sku": "isku",
    "product_name": "product_name",
    "variation": "variation",
    "quantity": "quantity",
    "unit_price": "unit_price",
    "line_discount": "line_discount",
    "line_tax": "line_tax",
    "shipping_fee": "shipping_fee",
    "order_discount": "order_discount",
    "tax_total": "tax_total",
    "total": "total",
    "serials": "serial_no",
    "remark": "remark",
}
"""The layout that we define (sitegiant.md 5.1), and that of SiteGiant's export, whose channel is `marketplace`."""
OWN_NEEDED = ("order_id", "status", "ordered", "sku", "quantity", "unit_price", "total")


def _layout(name: str, label: str, changes: dict[str, str], needed: tuple[str, ...]) -> Layout:
    columns = {field: header.replace("_", " ") for field, header in {**OWN_COLUMNS, **changes}.items()}
    return Layout(name, label, columns, needed)


ORDERS = Purpose(
    ORDER_FIELDS,
    (
        _layout("sitegiant", "SiteGiant", {"channel": "marketplace"}, (*OWN_NEEDED, "payment_status", "channel")),
        _layout("own", "Tillbridge", {}, OWN_NEEDED),
    ),
)
PRODUCT = ("sku", "product_name")
"""A row names its product by one of these."""
WORTH = ("unit_price", "line_total")
"""And its amount by one of these."""


def missing(columns: dict[str, int]) -> list[str]:
    """Fields without which no order can be read, by name; of a pair either will do, and the first is named."""
    found = [each.name for each in ORDER_FIELDS if each.required and each.name not in columns]
    return found + [pair[0] for pair in (PRODUCT, WORTH) if not any(each in columns for each in pair)]
