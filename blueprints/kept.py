"""What was typed while a sign-in ended: kept in the page that asks to log in, and offered to be sent after."""

import json
from functools import cache
from urllib.parse import urlsplit

from flask import request
from werkzeug.datastructures import MultiDict

from adapters.registry import BOOKS, STORES

MOST_KEPT = 200_000
"""Characters of a form that are kept."""


@cache
def secret_fields() -> frozenset[str]:
    """Fields that are never written into a page again: passwords, and the keys of other systems."""
    adapters = (*BOOKS.values(), *STORES.values())
    keys = {each.name for adapter in adapters for each in adapter.connection_settings if each.secret}
    return frozenset(keys | {"password", "old", "kept"})


def kept_form() -> str:
    """What this request would have sent, as text for a hidden field."""
    left_out = secret_fields() | {"csrf_token"}
    pairs = [(name, value) for name, value in request.form.items(multi=True) if name not in left_out]
    text = json.dumps({"path": request.full_path.rstrip("?"), "fields": pairs})
    return text if len(text) <= MOST_KEPT else ""


def read_kept(text: str) -> tuple[str, MultiDict[str, str]] | None:
    """Where a kept form goes, and its fields; None where it is no form of ours."""
    try:
        kept = json.loads(text)
        fields = [(str(name), str(value)) for name, value in kept["fields"]]
        path = own_path(str(kept["path"]))
    except (ValueError, KeyError, TypeError):
        return None
    return (path, MultiDict(fields)) if path else None


def own_path(text: str | None) -> str:
    """A path of this app; empty where it leads anywhere else."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")):
        return ""
    if any(ord(each) < 33 or each == "\\" for each in text):
        return ""
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else ""
