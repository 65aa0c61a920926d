"""The GraphQL endpoint: fixed operations by name, their documents checked field by field (other-stores.md 2.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from practice.buyers import PEOPLE
from practice.sales import Sale
from practice.shopify.cost import MOST, Bucket, actual, requested
from practice.shopify.documents import Field, Invalid, Operation, parse
from practice.shopify.shapes import ORDER, Paged, Shape, customer, gid, variant
from practice.web import Answer, Doc, Malformed, Request

if TYPE_CHECKING:
    from practice.shopify import Shopify

OPERATIONS = frozenset(
    {"Shop", "OrderList", "Orders", "MoreLines", "Refunds", "MoreRefundLines", "Variants", "Customers"}
)
"""No full GraphQL engine: other operations are not known here (2.7)."""
MOST_ROWS = 250
TERM = re.compile(r"(\w+):(>=|<=|>|<)'([^']+)'")
SORTED = {"UPDATED_AT": "updatedAt", "PROCESSED_AT": "processedAt", "CREATED_AT": "createdAt"}
FIELDS = {"updated_at": "updatedAt", "processed_at": "processedAt", "created_at": "createdAt"}
SCOPES = {"orders": "read_orders", "order": "read_orders", "refund": "read_orders", "nodes": "read_orders"}
SCOPES |= {"productVariants": "read_products", "customers": "read_customers"}


class Problem(Exception):
    """An error at the top of an answer, with Shopify's code for it."""

    def __init__(self, message: str, code: str = "") -> None:
        """`code` stands in extensions."""
        super().__init__(message)
        self.code = code


class GraphQL:
    """Answers queries over one shop."""

    def __init__(self, shop: Shopify) -> None:
        """Over this one."""
        self.shop, self.bucket = shop, Bucket()
        self.roots: dict[str, Callable[[Doc], Any]] = {
            "shop": lambda args: self._shop(),
            "currentAppInstallation": lambda args: {"accessScopes": [{"handle": s} for s in shop.settings.scopes]},
            "orders": self._orders,
            "nodes": lambda args: [self._node(each) for each in _few(args["ids"])],
            "order": lambda args: self._node(args["id"]),
            "refund": lambda args: self._node(args["id"]),
            "productVariants": lambda args: Paged(variant(p, shop.shelf.price(p)) for p in shop.shelf.products()),
            "customers": lambda args: Paged(customer(at, *each) for at, each in enumerate(PEOPLE, 1)),
        }

    def answer(self, request: Request) -> Answer:
        """HTTP 200 with data, or with errors; its cost beside them."""
        try:
            body = request.json()
        except Malformed:
            return Answer({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            return Answer({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        try:
            return self._paid(parse(body["query"]), body)
        except (Invalid, Problem) as error:
            code = getattr(error, "code", "")
            return Answer({"errors": [{"message": str(error)} | ({"extensions": {"code": code}} if code else {})]})

    def _paid(self, operation: Operation, body: Doc) -> Answer:
        variables = self._checked(operation, body)
        points = requested(operation.fields, variables)
        if points > MOST:
            raise Problem(
                f"Query cost is {points}, which exceeds the single query max cost limit ({MOST}).", "MAX_COST_EXCEEDED"
            )
        most, rate = self.shop.settings.maximum_available, self.shop.settings.restore_rate
        throttled = {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}
        if self._is_told_to_throttle():
            return Answer(throttled | self._cost(points, None, points - 2 * rate))
        if not self.bucket.take(points, most, rate):
            return Answer(throttled | self._cost(points, None, self.bucket.left(most)))
        data = self._data(operation, variables)
        used = min(actual(data), points)
        self.bucket.give_back(points - used)
        return Answer({"data": data} | self._cost(points, used, self.bucket.left(most)))

    def _checked(self, operation: Operation, body: Doc) -> Doc:
        name, variables = body.get("operationName") or operation.name, body.get("variables") or {}
        if name != operation.name or name not in OPERATIONS:
            raise Problem(f'No operation named "{name}"')
        missing = [each for each in operation.required if variables.get(each) is None]
        if missing:
            raise Problem(f"Variable ${missing[0]} of required type was provided invalid value", "INVALID_VARIABLE")
        return dict.fromkeys(operation.declared) | variables

    def _is_told_to_throttle(self) -> bool:
        settings = self.shop.settings
        if settings.throttle_next:
            settings.throttle_next -= 1
            return True
        return False

    def _cost(self, points: int, used: int | None, left: float) -> Doc:
        most, rate = self.shop.settings.maximum_available, self.shop.settings.restore_rate
        status = {"maximumAvailable": most, "currentlyAvailable": left, "restoreRate": rate}
        cost = {"requestedQueryCost": points, "actualQueryCost": used, "throttleStatus": status}
        return {"extensions": {"cost": cost}}

    # --- fields -------------------------------------------------------------------------------------------------

    def _data(self, operation: Operation, variables: Doc) -> Doc:
        data: Doc = {}
        for each in operation.fields:
            if each.name not in self.roots:
                raise Problem(f"Field '{each.name}' doesn't exist on type 'QueryRoot'", "undefinedField")
            scope = SCOPES.get(each.name)
            if scope and scope not in self.shop.settings.scopes:
                message = f"Access denied for {each.name} field. Required access: `{scope}` access scope."
                raise Problem(message, "ACCESS_DENIED")
            args = _args(each, variables)
            data[each.name] = self._given(self.roots[each.name](args), each, variables)
        return data

    def _given(self, value: Any, field: Field, variables: Doc) -> Any:
        """What a field asks of a value: nothing that was not asked for is given."""
        if isinstance(value, Paged):
            return self._page(value, field, variables)
        if isinstance(value, list):
            first = _args(field, variables).get("first")
            rows = value if first is None else value[: _first(first)]
            return [self._given(each, field, variables) for each in rows]
        return self._picked(value, field, variables) if isinstance(value, dict) else value

    def _picked(self, value: Doc, field: Field, variables: Doc) -> Doc:
        if not field.fields:
            raise Problem(f"Field must have selections (field '{field.name}' returns an object)", "selectionMismatch")
        made: Doc = {}
        for each in field.fields:
            if each.on:
                made |= self._picked(value, each, variables) if each.on == value.get("__typename") else {}
            elif each.name not in value:
                raise Problem(f"Field '{each.name}' doesn't exist on '{field.name or field.on}'", "undefinedField")
            else:
                made[each.name] = self._given(value[each.name], each, variables)
        return made

    def _page(self, rows: Paged, field: Field, variables: Doc) -> Doc:
        """`first` rows behind `after`; a cursor of before `forget_cursors` was raised is not known any more."""
        args, age = _args(field, variables), self.shop.settings.forget_cursors
        if args.get("first") is None:
            raise Problem("you must provide one of first or last", "BAD_REQUEST")
        first, start = _first(args["first"]), 0
        if args.get("after") is not None:
            match = re.fullmatch(rf"{age}:(.+)", str(args["after"]))
            if not match:
                raise Problem("Invalid cursor for current pagination sort.", "BAD_REQUEST")
            start = _behind(rows, match[1])
        some = rows[start : start + first]
        end = f"{age}:{_key(some[-1], start + len(some))}" if some else None
        page = {"nodes": list(some), "pageInfo": {"hasNextPage": start + first < len(rows), "endCursor": end}}
        return self._picked(page, field, variables)

    # --- what there is ------------------------------------------------------------------------------------------

    def _shop(self) -> Doc:
        shop = self.shop
        place = {"countryCodeV2": "MY"}
        told = {"name": shop.title, "myshopifyDomain": shop.domain, "currencyCode": shop.currency}
        return told | {"id": gid("Shop", 1), "billingAddress": place}

    def _orders(self, args: Doc) -> Paged:
        key = SORTED.get(str(args.get("sortKey")))
        if key is None:
            raise Problem("Expected value to be one of OrderSortKeys", "argumentLiteralsIncompatible")
        rows = [row for row in map(_order, self.shop.visible()) if _fits(row, str(args.get("query") or ""))]
        rows.sort(key=lambda row: (row[key], row["id"]))
        return Paged({**row, "_key": f"{row[key]}/{row['id']}"} for row in rows)

    def _node(self, node_id: str) -> Doc | None:
        kind, _, number = str(node_id).removeprefix("gid://shopify/").partition("/")
        if not str(node_id).startswith("gid://shopify/") or not number.isdigit():
            raise Problem(f"Invalid global id '{node_id}'", "INVALID_VARIABLE")
        n = (int(number) - ORDER) // (1000 if kind == "Refund" else 1)
        rows = [row for sale in self.shop.visible(n) for row in (_order(sale), *_order(sale)["refunds"])]
        return next((row for row in rows if row["id"] == node_id), None)


def _order(sale: Sale) -> Doc:
    return Shape(sale).order()


def _args(field: Field, variables: Doc) -> Doc:
    return {
        name: variables.get(word[1:]) if isinstance(word, str) and word.startswith("$") else word
        for name, word in field.args.items()
    }


def _first(told: Any) -> int:
    if not isinstance(told, int) or not 0 < told <= MOST_ROWS:
        raise Problem(f"first cannot exceed {MOST_ROWS}", "BAD_REQUEST")
    return told


def _few(ids: Any) -> list[str]:
    if not isinstance(ids, list) or len(ids) > MOST_ROWS:
        raise Problem(
            f"The input array size is greater than the maximum allowed of {MOST_ROWS}", "MAX_INPUT_SIZE_EXCEEDED"
        )
    return ids


def _key(row: Doc, place: int) -> str:
    return str(row.get("_key", place))


def _behind(rows: Paged, key: str) -> int:
    """How many rows stand before or at the cursor: in a sorted list it stays right whatever leaves it."""
    if key.isdigit():
        return int(key)
    return sum(1 for row in rows if row["_key"] <= key)


def _fits(row: Doc, query: str) -> bool:
    left = TERM.sub("", query).replace(" AND ", " ").strip()
    if left:
        raise Problem(f"Invalid search field for this query: {left}", "BAD_REQUEST")
    return all(_compared(row[FIELDS[name]], sign, told) for name, sign, told in TERM.findall(query))


def _compared(value: str, sign: str, told: str) -> bool:
    return {">=": value >= told, "<=": value <= told, ">": value > told, "<": value < told}[sign]
