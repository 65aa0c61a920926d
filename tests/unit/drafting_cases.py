"""A golden case as the documents and rules that drafting takes."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from documents import (
    Arithmetic,
    BundlePart,
    Buyer,
    Channel,
    Charge,
    ChargeKind,
    Limits,
    Order,
    OrderDates,
    OrderLine,
    OrderPayment,
    Payer,
    Tax,
    TaxPer,
)
from sync.drafting.rules import (
    AssignedTo,
    BooksCustomer,
    BooksCustomers,
    BooksData,
    BooksItem,
    Catalogue,
    CurrencyMatch,
    DatedRate,
    DocumentDate,
    DueOffset,
    ItemMatch,
    Matching,
    NumberSource,
    OffsetUnit,
    Preset,
    Rules,
    Settings,
    StoreOptions,
    WhichOrders,
)


def order_of(case: dict) -> Order:
    order = case["order"]
    lines = [line for line in order["lines"] for _ in range(line.get("repeat", 1))]
    return Order(
        store=order["store"],
        shop_id=order["shop_id"],
        channel=Channel(**order["channel"]),
        order_id=order["order_id"],
        number=order["number"],
        marketplace_number=order["marketplace_number"],
        currency=order["currency"],
        prices_include_tax=order["prices_include_tax"],
        dates=OrderDates(**{name: at and dt.datetime.fromisoformat(at) for name, at in order["dates"].items()}),
        status=order["status"],
        payment_status=order["payment_status"],
        is_sample=order["is_sample"],
        lines=tuple(map(line_of, lines)),
        charges=tuple(map(charge_of, order["charges"])),
        tax_total=Decimal(order["tax_total"]),
        total=Decimal(order["total"]),
        customer=Buyer(**order["customer"]),
        payments=tuple(OrderPayment(p["id"], p["method"], Decimal(p["amount"])) for p in order["payments"]),
        deferment_days=order.get("deferment_days"),
    )


def line_of(line: dict) -> OrderLine:
    return OrderLine(
        id=line["id"],
        sku=line["sku"],
        item_id=line["item_id"],
        name=line["name"],
        quantity=Decimal(line["quantity"]),
        price=Decimal(line["price"]),
        discount=Decimal(line["discount"]),
        amount=Decimal(line["amount"]),
        tax_amount=decimal_of(line["tax_amount"]),
        tax=tax_of(line["tax"]),
        bundle=tuple(map(part_of, line["bundle"])),
        serials=tuple(line["serials"]),
    )


def part_of(part: dict) -> BundlePart:
    return BundlePart(part["item_id"], part["sku"], part["name"], Decimal(part["quantity"]), decimal_of(part["price"]))


def charge_of(charge: dict) -> Charge:
    return Charge(
        ChargeKind(charge["kind"]),
        Decimal(charge["amount"]),
        decimal_of(charge["tax_amount"]),
        tax_of(charge["tax"]),
        Payer(charge["paid_by"]),
    )


def tax_of(tax: dict | None) -> Tax | None:
    return tax and Tax(tax["id"], tax["name"], Decimal(tax["rate"]))


def decimal_of(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def rules_of(case: dict) -> Rules:
    profile = case["profile"]
    return Rules(
        time_zone=ZoneInfo(profile["time_zone"]),
        now=dt.datetime.fromisoformat(profile["now"]),
        settings=settings_of(profile),
        presets={ChargeKind(kind): Preset(**preset) for kind, preset in profile["presets"].items()},
        matching=matching_of(profile["matching"]),
        catalogue=catalogue_of(profile["store_items"]),
        books=books_of(profile["books_data"], case["books"]),
        arithmetic=arithmetic_of(profile["arithmetic"]),
        limits=Limits(**profile["books_data"]["limits"]),
        store=store_of(case["order"]),
    )


def settings_of(profile: dict) -> Settings:
    given, arithmetic = dict(profile["settings"]), profile["arithmetic"]
    given.pop("statement_books", None)
    which = given.pop("which_orders")
    offset = given.pop("due_offset", None)
    chosen = {
        "document_date": DocumentDate(given.pop("document_date")),
        "number_source": NumberSource(given.pop("number_source")),
        "sale_assigned_to": AssignedTo(given.pop("sale_assigned_to")),
        "which_orders": WhichOrders(frozenset(which["statuses"]), frozenset(which["payment_statuses"])),
        "due_offset": offset and DueOffset(int(offset["count"]), OffsetUnit(offset["unit"])),
        "zero_tax_code": arithmetic["zero_tax_code"],
        "rounding_cap": Decimal(arithmetic["rounding_cap"]),
        "rounding_item": arithmetic["rounding_item"],
    }
    if "number_next" in given:
        chosen["number_next"] = int(given.pop("number_next"))
    return Settings(**chosen, **given)


def statement_books_of(case: dict) -> list[str]:
    return case["profile"]["settings"].get("statement_books", [])


def matching_of(matching: dict) -> Matching:
    return Matching(
        items={row["item_id"]: ItemMatch(row["code"], row["uom"]) for row in matching["items"]},
        customers={(row["channel"], row["currency"]): row["customer"] for row in matching["customers"]},
        shipping={channel: Preset(**row) for channel, row in matching["shipping"].items()},
        payments={(row["channel"], row["method"]): row["account"] for row in matching["payment"]},
        currencies={
            code: CurrencyMatch(row["books"], decimal_of(row["rate"])) for code, row in matching["currency"].items()
        },
        taxes={row["id"]: row["code"] for row in matching["tax"]},
        taxes_by_name={(row["name"], Decimal(row["rate"])): row["code"] for row in matching["tax"]},
    )


def catalogue_of(items: list[dict]) -> Catalogue:
    by_sku: dict[str, tuple[str, ...]] = {}
    for item in items:
        if item["sku"]:
            by_sku[item["sku"]] = (*by_sku.get(item["sku"], ()), item["item_id"])
    prices = {item["item_id"]: Decimal(item["price"]) for item in items if item["price"] is not None}
    return Catalogue(by_sku, prices)


def books_of(books: dict, kind: str) -> BooksData:
    names = {":": "-", "\t": " ", "\n": " ", "\r": " "} if kind == "quickbooks" else {}
    return BooksData(
        country=books["country"],
        home_currency=books["home_currency"],
        items={
            row["code"]: BooksItem(row["base_uom"], frozenset(row["uoms"]), row["tax_code"], row["serial"])
            for row in books["items"]
        },
        tax_rates={row["code"]: Decimal(row["rate"]) for row in books["tax_codes"]},
        currencies={
            code: tuple(DatedRate(dt.date.fromisoformat(row["from"]), Decimal(row["rate"])) for row in rows)
            for code, rows in books["currencies"].items()
        },
        customers=BooksCustomers.of(BooksCustomer(**row) for row in books["customers"]),
        terms={row["name"]: row["days"] for row in books["terms"]},
        name_replacements=names,
        due_by_terms_only=kind == "sql_accounting",
    )


def arithmetic_of(arithmetic: dict) -> Arithmetic:
    assert arithmetic["rounding"] == "half_up"
    digits = dict(arithmetic["money_digits"])
    return Arithmetic(
        default_money_digits=digits.pop("default"),
        money_digits=digits,
        price_digits=arithmetic["price_digits"],
        quantity_digits=arithmetic["quantity_digits"],
        tax_per=TaxPer(arithmetic["tax_per"]),
        tax_inclusive_allowed=arithmetic["tax_inclusive_allowed"],
        negative_lines=arithmetic["negative_lines"],
        line_discount_field=arithmetic["line_discount_field"],
        discount_line=arithmetic["discount_line"],
    )


def store_of(order: dict) -> StoreOptions:
    is_edge = order["store"] == "edge_commerce"
    return StoreOptions(
        name=order["channel"]["name"],
        order_number_prefix=order["store_options"]["order_number_prefix"],
        payment_prefix="PF" if is_edge else "",
        contact_under_company=is_edge,
    )
