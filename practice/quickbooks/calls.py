"""The calls of the API: each takes the request and the company's desk, and gives the answer's object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from practice.quickbooks import batch, cdc, desk, rates, select, statement, taxcodes
from practice.quickbooks.desk import Desk, Operation
from practice.quickbooks.entities import BY_PATH, ENTITIES
from practice.quickbooks.entity import Entity, unsupported_operation
from practice.quickbooks.faults import Refused, gone, unsupported_body
from practice.quickbooks.shapes import numeric
from practice.quickbooks.switches import API, company_of
from practice.quickbooks.write import Wish
from practice.routes import NoSuchPath
from practice.web import Doc, Malformed, Request

LONGEST_REQUEST_ID = 50
JSON = "application/json"


def _query(desk_: Desk, written: str) -> Doc:
    return select.answer(desk_.books, statement.parse(written))


def _words(request: Request) -> str:
    try:
        return request.body.decode()
    except UnicodeDecodeError as error:
        raise unsupported_body() from error


def _read(desk_: Desk, entity: Entity, key: str) -> Doc:
    record = desk_.books.find(entity.name, key)
    if record is None:
        numeric(key, "Id")
        raise gone()
    return desk.shown(entity, record)


def _read_one(request: Request, desk_: Desk, path: str, key: str) -> Doc:
    return _read(desk_, _entity(path), key)


def _write(request: Request, desk_: Desk, path: str) -> Doc:
    """Create, update, delete or void, as the query says (2.1)."""
    entity, body = _entity(path), _body(request)
    operation, include = request.query.get("operation", ""), request.query.get("include", "").split(",")
    return desk_.perform(_wish(request), _operation(entity, body, operation, include))


def _operation(entity: Entity, body: Any, operation: str, include: list[str]) -> Operation:
    match operation:
        case "delete":
            return desk.delete(entity, body)
        case "void":
            return desk.void(entity, body, "operation")
        case "update" if "void" in include:
            return desk.void(entity, body, "include")
        case "" | "update" | "create":
            return desk.save(entity, body)
    raise unsupported_operation(operation)


def _send(request: Request, desk_: Desk, path: str, key: str) -> Doc:
    return desk_.perform(_wish(request), desk.send(_entity(path), key))


def _batch(request: Request, desk_: Desk) -> Doc:
    return batch.answer(desk_, _body(request), _wish(request), lambda written: _query(desk_, written))


def _set_rate(request: Request, desk_: Desk) -> Doc:
    body = _body(request)
    return desk_.perform(_wish(request), lambda write: rates.set_rate(write, body))


def _make_tax_code(request: Request, desk_: Desk) -> Doc:
    body = _body(request)
    return desk_.perform(_wish(request), lambda write: taxcodes.make_code(write, body))


def _entity(path: str) -> Entity:
    if path not in BY_PATH:
        raise NoSuchPath
    return BY_PATH[path]


def _wish(request: Request) -> Wish:
    key = request.query.get("requestid", "")
    if len(key) > LONGEST_REQUEST_ID:
        raise Refused("2130", f"requestid can have {LONGEST_REQUEST_ID} characters. Supplied length:{len(key)}")
    return Wish(
        include=frozenset(request.query.get("include", "").split(",")),
        request_key=key,
        by_person=request.by_person,
        hidden_s=request.hidden_s,
        in_time=request.still_in_time,
        send_to=request.query.get("sendTo", ""),
    )


def _body(request: Request) -> Any:
    """The JSON of a write; other bytes than UTF-8, or another kind of body, are an unsupported operation (2.1)."""
    if not request.headers.get("content-type", "").startswith(JSON):
        raise unsupported_body()
    _words(request)
    try:
        return request.json()
    except Malformed as error:
        raise Refused("2010", f"Property Name:{error} is unsupported or invalid") from error


def deeds(request: Request) -> list[str]:
    """What the record counts beside the path: the creates that were asked for, also inside a batch."""
    realm, call = company_of(request.path)
    if request.method != "POST" or not request.path.startswith(API):
        return []
    try:
        body = request.json()
    except Malformed:
        return []
    if call == "batch" and isinstance(body, dict):
        items = body.get("BatchItemRequest") or []
        creates = [item for item in items if isinstance(item, dict) and item.get("operation") == "create"]
        return [f"quickbooks {realm} create {name}" for item in creates for name in item if name in ENTITIES]
    is_create = isinstance(body, dict) and not body.get("Id") and "operation" not in request.query
    if not is_create or request.path != f"{API}{realm}/{call}" or call not in BY_PATH:
        return []
    return [f"quickbooks {realm} create {BY_PATH[call].name}"]


CALLS: list[tuple[str, str, Callable[..., Doc]]] = [
    ("GET", "/query", lambda request, desk_: _query(desk_, request.query.get("query", ""))),
    ("POST", "/query", lambda request, desk_: _query(desk_, _words(request))),
    ("GET", "/cdc", lambda request, desk_: cdc.changes(desk_.books, desk_.clock, request.query)),
    ("POST", "/batch", _batch),
    ("GET", "/preferences", lambda request, desk_: _read(desk_, ENTITIES["Preferences"], "1")),
    ("GET", "/exchangerate", lambda request, desk_: rates.read_rate(desk_.books, desk_.clock, request.query)),
    ("POST", "/exchangerate", _set_rate),
    ("POST", "/taxservice/taxcode", _make_tax_code),
    ("GET", "/{entity}/{id}", _read_one),
    ("POST", "/{entity}", _write),
    ("POST", "/{entity}/{id}/send", _send),
]
"""Method, path behind the company, and what answers."""
