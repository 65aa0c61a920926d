"""Batches: up to 30 operations in one request, each with an answer of its own (quickbooks-online.md 2.7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from practice.quickbooks import desk
from practice.quickbooks.desk import Desk, Operation
from practice.quickbooks.entities import ENTITIES
from practice.quickbooks.entity import Entity
from practice.quickbooks.faults import Refused, fault_of, missing
from practice.quickbooks.shapes import unsupported
from practice.quickbooks.write import Wish
from practice.web import Doc

LONGEST_PAIR, LONGEST_REQUEST_ID, LONGEST_BID = 50, 36, 10
VOID, ALLOW = "void", "allowduplicatedocnum"


def answer(desk_: Desk, body: Any, wish: Wish, asked: Callable[[str], Doc]) -> Doc:
    """Every item on its own: one that fails leaves the others alone. `asked` answers a query."""
    items = body.get("BatchItemRequest") if isinstance(body, dict) else None
    if not isinstance(items, list):
        raise missing("BatchItemRequest")
    if len(items) > desk_.switches.batch_limit:
        raise Refused("1040", f"Batch size exceeds allowed limit. Max:{desk_.switches.batch_limit}")
    _check_ids(items, wish.request_key)
    return {"BatchItemResponse": [_item(desk_, item, wish, asked) for item in items]}


def _check_ids(items: list[Any], request_id: str) -> None:
    """bIds are unique; with a request id, the pair has at most 50 characters (2.3)."""
    keys = [str(item.get("bId", "")) if isinstance(item, dict) else "" for item in items]
    if "" in keys or len(set(keys)) != len(keys):
        raise missing("bId")
    longest = LONGEST_BID if request_id else LONGEST_PAIR
    if len(request_id) > LONGEST_REQUEST_ID or max((len(key) for key in keys), default=0) > longest:
        raise Refused("2130", f"requestid can have {LONGEST_REQUEST_ID} characters, and each bId {longest}")


def _item(desk_: Desk, item: Doc, wish: Wish, asked: Callable[[str], Doc]) -> Doc:
    key = str(item["bId"])
    try:
        if "Query" in item:
            return {"bId": key} | asked(str(item["Query"]))
        options = frozenset(str(item.get("optionsData", "")).split(","))
        own = replace(wish, request_key=f"{wish.request_key}{key}" if wish.request_key else "", include=options)
        return {"bId": key} | desk_.perform(own, _operation(item, options))
    except Refused as error:
        return {"bId": key, "Fault": fault_of(error)}


def _operation(item: Doc, options: frozenset[str]) -> Operation:
    entity, body = _named(item)
    operation = str(item.get("operation", "")).lower()
    if operation == "void" or (operation == "update" and VOID in options):
        return desk.void(entity, body, entity.voided_by or "-")
    if operation == "delete":
        return desk.delete(entity, body)
    if operation == "update" and isinstance(body, dict) and not body.get("Id"):
        raise missing("Id")
    if operation == "create" and isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in ("Id", "SyncToken")}
    if operation not in ("create", "update"):
        raise Refused("2170", f"operation must be create, update, delete or void. Supplied value:{operation}")
    return desk.save(entity, body)


def _named(item: Doc) -> tuple[Entity, Any]:
    """The one entity of an item."""
    names = [name for name in item if name not in ("bId", "operation", "optionsData")]
    if len(names) != 1:
        raise missing("entity")
    if names[0] not in ENTITIES:
        raise unsupported(names[0])
    return ENTITIES[names[0]], item[names[0]]
