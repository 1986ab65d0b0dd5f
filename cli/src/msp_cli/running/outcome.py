"""How a run went: shown as it goes on, and at its end."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from msp_cli.errors import Failed
from msp_cli.output import console, facts, write_json

if TYPE_CHECKING:
    from rich.console import Console

OnLine = Callable[[Mapping[str, Any]], None]

SUCCESS: Final = "Success"
_MOST_CALLS: Final = 25
_STYLES = {"warning": "yellow", "error": "red", "debug": "dim"}


@dataclass
class Outcome:
    """The end of a run.

    Attributes:
        record: As the API shows an execution: `executionId`, `status`, `result`, `error` and so on.
        lines: The log, as the API shows lines.
    """

    record: dict[str, Any]
    lines: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def has_succeeded(self) -> bool:
        """Whether it did what it is for."""
        return bool(self.record["status"] == SUCCESS)


def line_printer(as_json: bool, *, stderr: bool = True) -> OnLine:
    """Shows log lines as they come; nothing where one JSON document is wanted."""
    if as_json:
        return lambda _line: None
    out = console(stderr=stderr)

    def show_line(line: Mapping[str, Any]) -> None:
        data = f"  {json.dumps(line['data'], ensure_ascii=False)}" if line.get("data") else ""
        time = str(line["timestamp"])[11:19]
        text = f"{time}  {line['level']:7}  {line['message']}{data}"
        out.print(text, style=_STYLES.get(str(line["level"])), soft_wrap=True)

    return show_line


def tell(outcome: Outcome, as_json: bool) -> None:
    """Write how a run ended.

    Raises:
        Failed: It did not succeed; after everything is told.
    """
    if as_json:
        write_json(outcome.record | {"logs": list(outcome.lines)})
    else:
        _tell_people(outcome.record)
    if not outcome.has_succeeded:
        raise Ended(outcome.record)


class Ended(Failed):
    """A run that did not succeed: all of it is told already."""

    default_code = "RunFailed"

    def __init__(self, record: Mapping[str, Any]) -> None:
        error = record.get("error") or {}
        status = str(record["status"])
        reason = f" ({error['type']}): {error['message']}" if error else "."
        super().__init__(
            f"{record['workflowName']} ended as {status}{reason}",
            details={"executionId": record["executionId"], "status": status},
        )


def _tell_people(record: Mapping[str, Any]) -> None:
    out, err = console(), console(stderr=True)
    error: Mapping[str, Any] = record.get("error") or {}
    if traceback := (error.get("details") or {}).get("traceback"):
        err.print(str(traceback).rstrip(), style="dim", soft_wrap=True)
    took = record.get("durationMs")
    _tell_calls(err, record.get("integrationCalls") or [])
    facts(
        err,
        [
            ("execution", record["executionId"]),
            ("status", record["status"] + ("" if took is None else f" after {took} ms")),
        ],
    )
    if record.get("result") is not None:
        out.print_json(data=record["result"], highlight=False)


def _tell_calls(err: Console, calls: Sequence[Mapping[str, Any]]) -> None:
    """What was called of other systems; of a long list its beginning."""
    for call in calls[:_MOST_CALLS]:
        err.print(call_line(call), style="dim", soft_wrap=True)
    if len(calls) > _MOST_CALLS:
        err.print(f"call  … and {len(calls) - _MOST_CALLS} more: --json lists all", style="dim")


def call_line(call: Mapping[str, Any]) -> str:
    """One call of another system, as text."""
    status = call["statusCode"] or "no answer"
    took = f"{call['durationMs']:.0f} ms"
    return f"call  {call['integration']}  {call['method']} {call['endpoint']} → {status}, {took}"
