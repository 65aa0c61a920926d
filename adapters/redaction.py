"""Takes secrets and URL queries out of any text that may reach a log, a page or a database (ASVS 16.2.5)."""

import logging
import re
from collections.abc import Collection
from urllib.parse import quote, quote_plus

HIDDEN = "***"
SHORTEST_SECRET = 4
"""A shorter secret is not searched for: it would eat half the text, and is no secret."""

_QUERY = re.compile(r"((?:https?:/)?/[^\s?\"'<>]*)\?[^\s\"'<>]*")
_HEADER = re.compile(
    r"(?i)(\b(?:proxy-)?authorization|\baccess-token|\bdbcode|\bset-cookie|\bcookie)(['\"]?\s*[:=]\s*['\"]?)[^'\",;}\r\n]+"
)
_PAIR = re.compile(
    r"(?i)(\b(?:api[-_]?key|(?:access|refresh|id)?[-_]?token|client[-_]secret|secret|password|signature|code_verifier)"
    r"\\?['\"]?\s*[:=]\s*\\?['\"]?)[^\s&'\"\\,;)}]+"
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}")
_JWT = re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*")


def redact(text: str, secrets: Collection[str] = ()) -> str:
    """The text without our secrets, anything that looks like a credential, or the query of any URL."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            for form in (secret, quote(secret, safe=""), quote_plus(secret)):
                text = text.replace(form, HIDDEN)
    text = _QUERY.sub(rf"\1?{HIDDEN}", text)
    text = _HEADER.sub(rf"\1\2{HIDDEN}", text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    text = _JWT.sub(HIDDEN, text)
    return _PAIR.sub(rf"\1{HIDDEN}", text)


def reason_of(error: BaseException) -> str:
    """The innermost reason, which says what happened and names no URL."""
    seen: list[BaseException] = []
    while error not in seen:
        seen.append(error)
        inner = getattr(error, "reason", None) or error.__cause__ or error.__context__ or _first_argument(error)
        if isinstance(inner, BaseException):
            error = inner
    return " <- ".join(f"{type(e).__name__}: {_text(e)}" for e in reversed(seen[-3:]))


def _first_argument(error: BaseException) -> object:
    return next((a for a in error.args if isinstance(a, BaseException)), None)


def _text(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]


class _NoSecrets(logging.Filter):
    """Rewrites the records of libraries that print whole URLs: urllib3 logs each path with its query."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == "urllib3.connection":  # says one thing: the server's bytes, where its headers are broken
            return False
        record.msg, record.args = redact(record.getMessage()), ()
        record.exc_info = record.exc_text = None
        return True


def quieten_libraries() -> None:
    """Keep urllib3's own loggers from printing queries (QNE's connect call has its key there, qne.md section 2)."""
    for name in ("connectionpool", "connection", "poolmanager", "response", "util.retry"):
        logger = logging.getLogger(f"urllib3.{name}")
        if not any(isinstance(known, _NoSecrets) for known in logger.filters):
            logger.addFilter(_NoSecrets())
