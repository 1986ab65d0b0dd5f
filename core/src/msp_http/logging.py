"""Logs as one JSON object a line, with the request's id and without credentials."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog

_HIDDEN: Final = "[redacted]"
_SECRET_KEY = re.compile(r"authorization|password|passwd|secret|token|api[_-]?key|cookie|signature", re.I)
_SECRET_TEXT = re.compile(
    r"\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}"
    r"|\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*"
    r"|\bmspk_[0-9a-f]+|\bwhsec_[A-Za-z0-9+/=]+"
    r"|(?<=AccountKey=)[A-Za-z0-9+/=]+"
)
_MAX_DEPTH = 6


def redact_event(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: credentials by the name of their key, and tokens wherever they stand."""
    return {key: _redacted(key, value, 0) for key, value in event.items()}


def _redacted(key: str, value: Any, depth: int) -> Any:
    if _SECRET_KEY.search(key) and value is not None:
        return _HIDDEN
    if isinstance(value, str):
        return _SECRET_TEXT.sub(_HIDDEN, value)
    if depth >= _MAX_DEPTH:
        return value
    if isinstance(value, dict):
        return {str(k): _redacted(str(k), v, depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted("", item, depth + 1) for item in value]
    return value


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at that moment, so that it may be replaced later on."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override] # the base class has a plain attribute
        return sys.stderr


def configure_logging(level: str = "INFO", *, keeps_handlers: bool = False) -> None:
    """Send structlog and the standard library's loggers to one place, as JSON lines.

    Args:
        level: A name of the standard library, such as `INFO`.
        keeps_handlers: Add no handler: under Azure Functions there is one that carries each record to
            the host, and the line is its message. Otherwise lines go to standard error.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact_event,
    ]
    as_json = structlog.processors.JSONRenderer()
    last = as_json if keeps_handlers else structlog.stdlib.ProcessorFormatter.wrap_for_formatter
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.setLevel(level)
    if not keeps_handlers:
        handler = _StandardError()
        remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
        handler.setFormatter(
            structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove_meta, as_json])
        )
        root.handlers = [one for one in root.handlers if not isinstance(one, _StandardError)]
        root.addHandler(handler)
    # Their INFO lines hold addresses with signatures, one for each storage call.
    for chatty in ("azure", "httpx", "httpcore", "uvicorn.access", "watchfiles"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
