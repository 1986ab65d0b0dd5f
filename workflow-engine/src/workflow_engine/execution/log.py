"""One run's log: in memory while it lives, in batches in its append blob."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from msp_automation.capabilities import LogLevel, LogLine
from msp_automation.redaction import Redactor
from msp_core.errors import MspError
from workflow_engine.execution.full_values import FullValues

_log = structlog.get_logger(__name__)

AppendLines = Callable[[Sequence[LogLine]], Awaitable[None]]

FLUSH_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class LogLimits:
    """How much one run may log: lines over it are dropped, and the last one says so; a long line is cut."""

    lines: int = 10_000
    total_bytes: int = 2 * 1024 * 1024
    line_bytes: int = 8_000


class RunLog:
    """Numbers, redacts, bounds and keeps the lines of one run.

    Args:
        append: Writes a batch to where it lasts.
        lines_before: Lines of an earlier attempt, which lie there already.
    """

    def __init__(
        self,
        append: AppendLines,
        redactor: Redactor,
        full: FullValues,
        *,
        limits: LogLimits | None = None,
        lines_before: int = 0,
    ) -> None:
        self.lines_before = lines_before
        self._append = append
        self._redactor = redactor
        self._full = full
        self._limits = limits or LogLimits()
        self._lines: list[LogLine] = []
        self._bytes = 0
        self._flushed = 0
        self._is_full = False
        self._changed = asyncio.Event()
        self._flushing = asyncio.Lock()

    def write(self, line: LogLine) -> None:
        """Keep one line; numbers come from here, whatever the runner counted."""
        if self._is_full:
            return
        clean = self._clean(line)
        size = len(clean.message) + len(str(clean.data))
        if len(self._lines) + 1 >= self._limits.lines or self._bytes + size > self._limits.total_bytes:
            self._is_full = True
            clean = self._own_line("warning", "The log is full: later lines of this run were not kept.")
        self._bytes += size
        self._lines.append(clean)
        self.notify()

    def note(self, message: str) -> None:
        """Add a line of the platform's own."""
        self.write(self._own_line("warning", message))

    def after(self, sequence: int, limit: int) -> list[LogLine]:
        """Lines of this attempt with higher numbers, oldest first."""
        start = max(sequence - self.lines_before, 0)
        return self._lines[start : start + limit]

    def notify(self) -> None:
        """Wake everybody who waits for news of this run."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_for_news(self, *, timeout_seconds: float) -> None:
        """Wait until the next line or other news, at most so long."""
        changed = self._changed
        try:
            async with asyncio.timeout(timeout_seconds):
                await changed.wait()
        except TimeoutError:
            return

    async def flush(self) -> None:
        """Write what is not written yet; a failure leaves it for the next time.

        Raises:
            Unavailable: Storage is away.
        """
        async with self._flushing:
            batch = self._lines[self._flushed :]
            if batch:
                # First what the lines refer to.
                await self._full.flush()
                await self._append(batch)
                self._flushed += len(batch)

    async def keep_flushing(self) -> None:
        """Flush twice a second, until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            try:
                await self.flush()
            except MspError as error:
                _log.warning("log_flush_failed", reason=error.message)

    def _clean(self, line: LogLine) -> LogLine:
        message = self._redactor.redact_text(line.message)
        data: dict[str, Any] = self._redactor.redact(line.data)
        limit = self._limits.line_bytes
        if len(message) > limit:
            cut = self._full.cut("line", message)
            data = {**data, "message": {"truncated": True, "fullValue": cut["fullValue"]}}
            message = f"{message[:limit]}… ({len(message)} characters)"
        if len(str(data)) > limit:
            data = self._full.cut("line", data)
        return line.model_copy(update={"sequence": self._next_sequence(), "message": message, "data": data})

    def _next_sequence(self) -> int:
        return self.lines_before + len(self._lines) + 1

    def _own_line(self, level: LogLevel, message: str) -> LogLine:
        return LogLine(
            sequence=self._next_sequence(), timestamp=datetime.now(UTC), level=level, message=message
        )
