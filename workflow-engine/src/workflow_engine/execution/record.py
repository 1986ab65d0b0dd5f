"""What a run leaves in its record: calls, checkpoints, result, error, variables."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msp_automation.capabilities import IntegrationCall
from msp_automation.redaction import Redactor
from msp_core.models import utc_now
from workflow_engine.execution.full_values import FullValues


@dataclass(frozen=True, slots=True)
class RecordLimits:
    """How much of each kind one run may leave."""

    calls: int = 1000
    checkpoints: int = 100
    checkpoint_bytes: int = 64 * 1024
    variables_bytes: int = 256 * 1024
    variable_bytes: int = 32 * 1024
    result_bytes: int = 8 * 1024 * 1024
    live_bytes: int = 16 * 1024
    live_variables: int = 100
    text_characters: int = 500
    line_characters: int = 16 * 1024


class RunRecord:
    """Collects, redacts and bounds; a runner's own limits are not relied on.

    What is cut says so where it stood, and is kept whole among the full values.
    """

    def __init__(self, redactor: Redactor, full: FullValues, *, limits: RecordLimits | None = None) -> None:
        self.full = full
        self._redactor = redactor
        self._limits = limits or RecordLimits()
        self.calls: list[IntegrationCall] = []
        self.calls_not_kept = 0
        self.checkpoints: dict[str, Any] = {}
        self.live_variables: dict[str, Any] = {}
        self.checkpoints_not_kept = 0

    def add_call(self, call: IntegrationCall) -> None:
        """Keep one integration call, the first ones where there are too many."""
        if len(self.calls) >= self._limits.calls:
            self.calls_not_kept += 1
            return
        limit = self._limits.text_characters
        self.calls.append(
            call.model_copy(
                update={
                    "endpoint": self._redactor.redact_text(call.endpoint)[:limit],
                    "method": call.method[:16],
                    "integration": call.integration[:100],
                }
            )
        )

    def add_checkpoint(self, name: str, data: Any) -> None:
        """Keep the newest data under this name."""
        name = name[:100]
        if name not in self.checkpoints and len(self.checkpoints) >= self._limits.checkpoints:
            self.checkpoints_not_kept += 1
            return
        self.checkpoints[name] = {
            "timestamp": utc_now().isoformat(),
            "data": self._clean("checkpoint", data, limit=self._limits.checkpoint_bytes),
        }

    def live_checkpoints(self) -> dict[str, Any]:
        """The newest checkpoints that fit a live row, which is written again and again."""
        shown: dict[str, Any] = {}
        left = self._limits.live_bytes
        for name, checkpoint in sorted(self.checkpoints.items(), key=_newest_first):
            left -= len(json.dumps(checkpoint, default=str))
            if left < 0:
                break
            shown[name] = checkpoint
        return shown

    def clean_live(self, variables: dict[str, Any]) -> dict[str, Any]:
        """The variables of a run that goes on, as far as they fit a live row."""
        shown: dict[str, Any] = {}
        left = self._limits.live_bytes
        for name, value in self._redactor.redact(variables).items():
            size = len(json.dumps(value, default=str))
            shown[name[:200]] = value if size <= left else {"bytes": size, "truncated": True}
            left -= min(size, left)
            if len(shown) == self._limits.live_variables:
                break
        return shown

    def clean_result(self, result: Any) -> Any:
        """The result as it is stored and answered."""
        return self._clean("result", result, limit=self._limits.result_bytes)

    def clean_variables(self, variables: dict[str, Any]) -> dict[str, Any]:
        """The variables as they are stored."""
        return self._clean_dict("variable", variables)

    def clean_details(self, details: dict[str, Any]) -> dict[str, Any]:
        """An error's details as they are stored."""
        return self._clean_dict("detail", details)

    def clean_input(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """What went in, once more: secrets that were read in the run may stand in it, too."""
        return dict(self._redactor.redact(parameters))

    def not_kept(self) -> dict[str, int]:
        """How many calls and checkpoints there were too many, by what they are."""
        counts = {
            "integrationCallsNotKept": self.calls_not_kept,
            "checkpointsNotKept": self.checkpoints_not_kept,
        }
        return {name: count for name, count in counts.items() if count}

    def clean_text(self, text: str) -> str:
        """A sentence as it is stored."""
        return self._redactor.redact_text(text)[: self._limits.line_characters]

    def _clean_dict(self, kind: str, values: dict[str, Any]) -> dict[str, Any]:
        left = self._limits.variables_bytes
        clean: dict[str, Any] = {}
        for name, value in self._redactor.redact(values).items():
            size = len(json.dumps(value, default=str))
            fits = size <= min(left, self._limits.variable_bytes)
            clean[name[:200]] = value if fits else self.full.cut(kind, value)
            left -= size if fits else 0
        return clean

    def _clean(self, kind: str, value: Any, *, limit: int) -> Any:
        """JSON data without secrets; a note in its place where it is larger than `limit` bytes."""
        clean = self._redactor.redact(value)
        is_small = len(json.dumps(clean, default=str)) <= limit
        return clean if is_small else self.full.cut(kind, clean)


def _newest_first(named: tuple[str, Any]) -> float:
    return -datetime.fromisoformat(named[1]["timestamp"]).timestamp()
