"""What tests of executions need: a clock that stands until it is moved, and specs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msp_core.executions.models import ExecutionSpec, Trigger
from msp_core.ids import ExecutionId

_VERSION_AND_VARIANT = (0x7 << 76) | (0b10 << 62)


class Clock:
    """The time that services see; starts now."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def __call__(self) -> datetime:
        """The time."""
        return self.moment

    def advance(self, **by: float) -> datetime:
        """Move on; takes what `timedelta` takes."""
        self.moment += timedelta(**by)
        return self.moment


def make_spec(**changes: Any) -> ExecutionSpec:
    """A spec of a workflow that takes a name."""
    values: dict[str, Any] = {
        "workflow_name": "create_user",
        "trigger": Trigger.API,
        "input_data": {"name": "Adele"},
        "content_hash": "abc",
    }
    return ExecutionSpec(**(values | changes))


def execution_id_at(moment: datetime, number: int = 0) -> ExecutionId:
    """The id of an execution admitted at `moment`; `number` tells several apart.

    Source: RFC 9562, section 5.7.
    """
    milliseconds = int(moment.timestamp() * 1000)
    value = (milliseconds << 80) | _VERSION_AND_VARIANT | number
    text = f"{value:032x}"
    return ExecutionId(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")
