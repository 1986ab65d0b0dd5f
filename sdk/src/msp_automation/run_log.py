"""A run's log: what the author writes with `context.log` or the standard `logging` module."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Protocol

from msp_automation.capabilities import LogLevel, LogLine
from msp_automation.jsonable import to_loggable
from msp_automation.redaction import Redactor

# The platform's log shows the beginning of such a line and keeps the whole beside it.
LONGEST_MESSAGE = 1_000_000
LONGEST_DATA = 1_000_000

# These log every request with its whole address; integration calls are recorded as such.
_UNWANTED = ("httpx", "httpcore", "asyncio", "msp_automation")
_STANDARD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class RunLog:
    """Writes log lines of one run: numbered, timed, redacted and bounded."""

    def __init__(self, write: Callable[[LogLine], None], redactor: Redactor) -> None:
        self._write = write
        self._redactor = redactor
        self._numbers = itertools.count(1)

    def debug(self, message: str, **data: Any) -> None:
        """Write a line that only helps to find a fault."""
        self.write("debug", message, data)

    def info(self, message: str, **data: Any) -> None:
        """Write a line for whoever follows the run."""
        self.write("info", message, data)

    def warning(self, message: str, **data: Any) -> None:
        """Write a line on something that went on but should be looked at."""
        self.write("warning", message, data)

    def error(self, message: str, **data: Any) -> None:
        """Write a line on something that failed."""
        self.write("error", message, data)

    def write(self, level: LogLevel, message: str, data: Mapping[str, Any]) -> None:
        """Write a line at a level chosen at run time."""
        plain = {key: to_loggable(value) for key, value in data.items()}
        self._write(
            LogLine(
                sequence=next(self._numbers),
                timestamp=datetime.now(UTC),
                level=level,
                message=_cut(self._redactor.redact_text(_text(message)), LONGEST_MESSAGE),
                data=_bounded(self._redactor.redact(plain)),
            )
        )


def _text(message: object) -> str:
    return message if isinstance(message, str) else str(to_loggable(message))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}… ({len(text)} characters)"


def _bounded(data: dict[str, Any]) -> dict[str, Any]:
    size = len(repr(data))
    return data if size <= LONGEST_DATA else {"omitted": f"{size} characters of data"}


class HasLog(Protocol):
    """Whatever has a run's log."""

    @property
    def log(self) -> RunLog:
        """The log."""


class RunLogHandler(logging.Handler):
    """Hands records of the standard `logging` module to the run they were written in.

    Which run that is, a context variable says: runs hosted side by side in one
    process, in tasks or threads, do not mix.
    """

    def __init__(self, current: ContextVar[Any]) -> None:
        super().__init__(logging.DEBUG)
        self._current = current

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record to the current run's log; drop it where there is none."""
        run: HasLog | None = self._current.get(None)
        if run is None or record.name.partition(".")[0] in _UNWANTED:
            return
        try:
            message = record.getMessage()
        except (TypeError, ValueError):  # the author's placeholders do not fit the arguments
            message = f"{record.msg} {record.args}"
        data = {key: value for key, value in vars(record).items() if key not in _STANDARD_FIELDS}
        if record.exc_info and record.exc_info[1] is not None:
            data["exception"] = repr(record.exc_info[1])
        run.log.write(_level(record.levelno), message, data)


def _level(number: int) -> LogLevel:
    if number >= logging.ERROR:
        return "error"
    if number >= logging.WARNING:
        return "warning"
    return "info" if number >= logging.INFO else "debug"
