"""What became of a workflow that a test ran."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from msp_automation.capabilities import IntegrationCall, LogLine
from msp_automation.providers import Option
from msp_automation.testing.world import RecordedContext

Status = Literal["Success", "Failed", "TimedOut", "Invalid"]

_ID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?")
_UNSTABLE = frozenset({"requestId", "traceback", "kinds"})


@dataclass(frozen=True)
class ExecutionFailure:
    """Why an execution did not succeed, as its record says it."""

    type: str
    message: str
    details: dict[str, Any] = field(default_factory=dict)
    traceback: str = ""


@dataclass(frozen=True, repr=False)
class Execution:
    """One run of a workflow, as its record in the history would be.

    Attributes:
        status: `Success`, `Failed`, `TimedOut`; or `Invalid` where the input was refused and nothing ran.
        input: The checked parameters as they are recorded, defaults filled in; as sent where refused.
        result: What the workflow returned, as JSON, secrets blanked.
        options: What was offered for each field with a data provider.
        context: The context it ran in.
    """

    workflow: str
    status: Status
    input: dict[str, Any]
    result: Any
    error: ExecutionFailure | None
    variables: dict[str, Any]
    options: dict[str, list[Option]]
    waits: Sequence[float]
    context: RecordedContext

    @property
    def field_errors(self) -> dict[str, str]:
        """One sentence for each wrong parameter."""
        fields: dict[str, str] = {} if self.error is None else self.error.details.get("fields", {})
        return fields

    @property
    def log(self) -> list[LogLine]:
        """Log lines, oldest first."""
        return self.context.log_lines

    @property
    def messages(self) -> list[str]:
        """The log lines' messages."""
        return self.context.messages

    @property
    def progress(self) -> list[tuple[float, str | None]]:
        """What `set_progress` showed, oldest first."""
        return self.context.progress

    @property
    def checkpoints(self) -> dict[str, Any]:
        """What `save_checkpoint` kept, by name."""
        return self.context.checkpoints

    @property
    def calls(self) -> list[IntegrationCall]:
        """The calls of integrations as the history shows them: one for all tries of a call."""
        return self.context.integration_calls

    @property
    def files(self) -> dict[str, bytes]:
        """The content of saved files, by file id."""
        return self.context.files

    @property
    def waited_seconds(self) -> float:
        """How long it would have waited between tries."""
        return sum(self.waits)

    def require_result(self) -> Any:
        """The result.

        Raises:
            AssertionError: It did not succeed; tells why.
        """
        __tracebackhide__ = True
        if self.status != "Success":
            raise AssertionError(repr(self))
        return self.result

    def snapshot(self) -> dict[str, Any]:
        """The execution as JSON without what differs from run to run: ids, times, durations, tracebacks."""
        whole = {
            "workflow": self.workflow,
            "status": self.status,
            "input": self.input,
            "result": self.result,
            "error": None
            if self.error is None
            else {"type": self.error.type, "message": self.error.message, "details": self.error.details},
            "log": [
                {"level": line.level, "message": line.message} | ({"data": line.data} if line.data else {})
                for line in self.log
            ],
            "progress": [list(pair) for pair in self.progress],
            "checkpoints": self.checkpoints,
            "variables": self.variables,
            "calls": [
                f"{call.integration}: {call.method} {call.endpoint} → {call.status_code}"
                for call in self.calls
            ],
        }
        stable: dict[str, Any] = _Stable().read(whole)
        return stable

    def __repr__(self) -> str:
        lines = [f"{self.workflow}: {self.status}"]
        if self.error is not None:
            lines.append(f"  {self.error.type}: {self.error.message}")
            lines += [f"  {line}" for line in self.error.traceback.splitlines()]
        else:
            lines.append(f"  result: {self.result!r}")
        lines += [f"  log {line.level}: {line.message}" for line in self.log]
        lines += [f"  call {call.method} {call.endpoint} → {call.status_code}" for call in self.calls]
        return "\n".join(lines)


class _Stable:
    """Replaces ids by their order of appearance, and times by a word."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def read(self, value: Any) -> Any:
        if isinstance(value, str):
            return _TIME.sub("<time>", _ID.sub(self._name, value))
        if isinstance(value, dict):
            return {self.read(name): self.read(item) for name, item in value.items() if name not in _UNSTABLE}
        if isinstance(value, list | tuple):
            return [self.read(item) for item in value]
        return value

    def _name(self, found: re.Match[str]) -> str:
        return self._ids.setdefault(found[0].lower(), f"<id {len(self._ids) + 1}>")
