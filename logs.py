"""Logs: one JSON line per event, secrets out, line ends escaped."""

import logging
import sys

import structlog

from adapters.redaction import redact


def set_up_logs() -> None:
    """Send every record of the standard library through structlog to stderr; idempotent."""
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _without_secrets,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)


def _without_secrets(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Keys, tokens and cookies never reach a log, in whatever field they sit (`security.md`, log redaction)."""
    return {name: redact(value) if isinstance(value, str) else value for name, value in event.items()}
