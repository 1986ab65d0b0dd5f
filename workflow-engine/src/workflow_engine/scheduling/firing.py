"""One schedule, one organization, one time: decided once, and run if that was the decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from msp_automation.metadata import WorkflowMetadata
from msp_core.errors import Conflict, MspError, NotFound, PreconditionFailed, RetryableError
from msp_core.executions.models import Trigger
from msp_core.executions.service import ExecutionService
from msp_core.ids import OrgId, new_execution_id
from msp_core.permissions.models import Permission
from msp_core.permissions.scopes import ScopeResolver
from msp_core.schedules.models import DeclaredSchedule, Slot, SlotState
from msp_core.schedules.repository import ScheduleRepository
from msp_core.storage import Stored
from workflow_engine.execution.launching import Launching, RunRequest, spec_of
from workflow_engine.scheduling.live_runs import LiveRows, is_held

_log = structlog.get_logger(__name__)

TOO_LATE = "No engine was there to start it in time."


@dataclass(frozen=True, slots=True)
class Checked:
    """A schedule whose parameters a runner has accepted, once for all organizations."""

    declared: DeclaredSchedule
    workflow: WorkflowMetadata
    parameters: Mapping[str, Any]


class Firing:
    """The slot's row first, with the id of the run that is to be; then the run under that id.

    So whoever finds the row finds out whether the run was admitted, and can do it under the same id.
    """

    def __init__(
        self,
        *,
        repository: ScheduleRepository,
        executions: ExecutionService,
        scopes: ScopeResolver,
        launching: Launching,
        now: Callable[[], datetime],
    ) -> None:
        self._repository = repository
        self._executions = executions
        self._scopes = scopes
        self._launching = launching
        self._now = now

    async def fire(self, checked: Checked, org_id: OrgId, due_at: datetime, live: LiveRows) -> bool:
        """Start the run that is due, unless one before it is in the way. Four storage operations.

        Args:
            live: This schedule's runs in this organization that have not ended, oldest first.

        Returns:
            Whether a run waits for another one now.

        Raises:
            RetryableError: Storage is away; the same call decides nothing else later.
        """
        overlap = checked.declared.schedule.overlap
        waits = bool(live) and overlap == "queue"
        if live and overlap == "skip":
            last = live[-1].value.execution_id
            slot = self._slot(
                checked.declared, due_at, SlotState.SKIPPED, f"The run before it still goes on: {last}."
            )
        elif any(is_held(row) for row in live[1:]):
            slot = self._slot(
                checked.declared, due_at, SlotState.SKIPPED, "One run already waits for another to end."
            )
        else:
            slot = self._slot(checked.declared, due_at, SlotState.FIRED)
        try:
            stored = await self._repository.insert_slot(org_id, slot)
        except Conflict:
            await self._complete(checked, org_id, due_at, waits=waits)
            return waits
        if slot.state is SlotState.FIRED:
            await self._admit(checked, org_id, stored, is_held=waits)
        return waits

    async def decide(
        self,
        declared: DeclaredSchedule,
        org_id: OrgId,
        due_at: datetime,
        state: SlotState,
        reason: str,
        **more: Any,
    ) -> None:
        """Record that there is no run, unless the slot is decided. One storage operation."""
        slot = self._slot(declared, due_at, state, reason).model_copy(update=more)
        try:
            await self._repository.insert_slot(org_id, slot)
        except Conflict:
            stored = await self._repository.find_slot(org_id, due_at, declared.key)
            if (
                stored is not None
                and stored.value.state is SlotState.FIRED
                and not await self._is_there(org_id, stored)
            ):
                await self._instead(stored, state, reason)

    async def _complete(self, checked: Checked, org_id: OrgId, due_at: datetime, *, waits: bool) -> None:
        """Somebody decided before: if they came no further than the row, do the rest."""
        stored = await self._repository.find_slot(org_id, due_at, checked.declared.key)
        if (
            stored is not None
            and stored.value.state is SlotState.FIRED
            and not await self._is_there(org_id, stored)
        ):
            await self._admit(checked, org_id, stored, is_held=waits)

    async def _is_there(self, org_id: OrgId, stored: Stored[Slot]) -> bool:
        execution_id = stored.value.execution_id
        return execution_id is not None and await self._executions.find(org_id, execution_id) is not None

    async def _admit(self, checked: Checked, org_id: OrgId, stored: Stored[Slot], *, is_held: bool) -> None:
        try:
            scope = await self._scopes.resolve_actor(
                checked.declared.actor, org_id, Permission(checked.workflow.required_permission)
            )
            request = RunRequest(checked.workflow.name, checked.parameters, 0, trigger=Trigger.SCHEDULE)
            spec = spec_of(request, checked.workflow, checked.parameters).model_copy(
                update={"execution_id": stored.value.execution_id}
            )
            await self._launching.enqueue(scope, spec, checked.parameters, is_held=is_held)
        except Conflict:
            # Somebody who completes this slot too was faster, under the same id.
            return
        except RetryableError:
            raise
        except MspError as error:
            await self._instead(stored, SlotState.FAILED, error.message)
        except Exception as error:  # noqa: BLE001 - one organization's fault must not keep the others from running
            _log.exception("schedule_not_fired", schedule=checked.declared.key, org_id=org_id)
            reason = f"A fault of the platform ({type(error).__name__}); its log says more."
            await self._instead(stored, SlotState.FAILED, reason)

    async def _instead(self, stored: Stored[Slot], state: SlotState, reason: str) -> None:
        update = {"state": state, "reason": reason, "execution_id": None, "decided_at": self._now()}
        try:
            await self._repository.replace_slot(stored, stored.value.model_copy(update=update))
        except (PreconditionFailed, NotFound):
            return

    def _slot(
        self, declared: DeclaredSchedule, due_at: datetime, state: SlotState, reason: str | None = None
    ) -> Slot:
        return Slot(
            workflow_name=declared.workflow.name,
            schedule_name=declared.schedule.name,
            due_at=due_at,
            state=state,
            decided_at=self._now(),
            execution_id=new_execution_id() if state is SlotState.FIRED else None,
            reason=reason,
        )
