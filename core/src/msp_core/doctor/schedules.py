"""Switches and marks of schedules against what they are about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from msp_core.doctor.models import Diagnosis, FindingKind, Suspect, diagnosis
from msp_core.doctor.references import CatalogSource
from msp_core.doctor.rows import Known, keys_of, place, readable_rows
from msp_core.ids import GLOBAL
from msp_core.schedules.models import ScheduleSwitch, declared_schedules
from msp_core.storage import Storage, TableName


class ScheduleSwitches:
    """Switches against organizations and what the engine published."""

    name = "switches of schedules and what they switch"

    def __init__(self, storage: Storage, catalog: CatalogSource) -> None:
        self._switches = storage.table(TableName.ORG_SCHEDULES, ScheduleSwitch, large_values=False)
        self._organizations = keys_of(storage, TableName.ORGANIZATIONS).partition("ORG")
        self._organization = Known[str](self._is_there)
        self._catalog = catalog

    async def suspects(self) -> AsyncIterator[Suspect]:
        """Every switch of nothing; schedules count as there while no catalog is published."""
        self._organization.forget()
        async for switch in readable_rows(self._switches):
            if isinstance(switch, Suspect):
                yield switch
            elif await self._missing(switch.partition_key, switch.row_key):
                where = place(self._switches.name, switch.partition_key, switch.row_key)
                yield Suspect(where, partial(self._look_again, where, switch.partition_key, switch.row_key))

    async def _look_again(self, where: str, org_id: str, key: str) -> Diagnosis | None:
        self._organization.forget()
        switch = await self._switches.partition(org_id).find(key)
        missing = None if switch is None else await self._missing(org_id, key)
        if missing is None:
            return None
        return diagnosis(
            FindingKind.REFERENCE_DANGLING,
            where,
            f"This switch is for {missing}, so it switches nothing.",
            "Nothing: a switch is the authority, and counts again should that come back.",
        )

    async def _missing(self, org_id: str, key: str) -> str | None:
        if org_id != GLOBAL and not await self._organization.has(org_id):
            return "an organization that is not there"
        catalog = await self._catalog.get()
        if catalog.workflows and key not in {one.key for one in declared_schedules(catalog)}:
            return f"a schedule that the engine does not know: {key.replace('|', ' / ')}"
        return None

    async def _is_there(self, org_id: str) -> bool:
        return await self._organizations.find(org_id) is not None
