"""The doctor himself: looks twice, then reports, then mends if asked to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msp_core.catalog.repository import CatalogRepository
from msp_core.doctor.blobs import ExecutionBlobs, ExpiredUploads, LargeValueBlobs
from msp_core.doctor.executions import ExecutionIndexes, LiveExecutions
from msp_core.doctor.leftovers import IdempotencyKeys, SecretRows
from msp_core.doctor.mirrors import dual_indexes
from msp_core.doctor.models import Check, Diagnosis, Finding, Outcome, Suspect, Unchecked
from msp_core.doctor.references import Forms, People
from msp_core.doctor.schedules import ScheduleSwitches
from msp_core.doctor.secrets import SecretReferenceCheck
from msp_core.doctor.tenants import TenantClaims
from msp_core.doctor.webhooks import WebhookReferences, WebhookSecrets
from msp_core.errors import MspError
from msp_core.models import utc_now
from msp_core.storage import Storage

SETTLES_WITHIN: Final = timedelta(seconds=15)
"""Two writes that belong together: each is over within 7 seconds, see `Bounds`."""

_HELD: Final = 1000


class Doctor:
    """Examines a platform while it runs, in bounded memory; may be stopped and repeated at any time.

    What looks wrong is looked at again after a pause: by then, work in progress is done. A repair is a
    conditional write on what was read then, and writes or removes only what follows from something else.

    Args:
        pause: How long two writes that belong together may be apart.
        say: Told when a pause begins, which takes so long.
    """

    def __init__(
        self,
        storage: Storage,
        *,
        now: Callable[[], datetime] = utc_now,
        pause: timedelta = SETTLES_WITHIN,
        say: Callable[[timedelta], None] = lambda _pause: None,
    ) -> None:
        self.checks: Sequence[Check] = (
            *dual_indexes(storage),
            TenantClaims(storage, now=now),
            LiveExecutions(storage, now=now),
            ExecutionIndexes(storage),
            ExecutionBlobs(storage, "execution-data", now=now),
            ExecutionBlobs(storage, "execution-logs", now=now),
            ExecutionBlobs(storage, "execution-files", now=now),
            ExpiredUploads(storage, now=now),
            LargeValueBlobs(storage, now=now),
            People(storage),
            Forms(storage, CatalogRepository(storage)),
            WebhookReferences(storage, CatalogRepository(storage)),
            ScheduleSwitches(storage, CatalogRepository(storage)),
            SecretReferenceCheck(storage),
            WebhookSecrets(storage),
            SecretRows(storage, now=now),
            IdempotencyKeys(storage, now=now),
        )
        self._pause = pause
        self._say = say

    async def examine(self, *, repair: bool = False) -> AsyncIterator[Finding | Unchecked]:
        """Every finding as it is confirmed, and mended if `repair` asks for it.

        A check that fails is reported as unchecked, and the others go on.
        """
        held: list[tuple[Check, Suspect]] = []
        for check in self.checks:
            try:
                async for suspect in check.suspects():
                    held.append((check, suspect))
                    if len(held) == _HELD:
                        async for result in self._look_again(held, repair=repair):
                            yield result
                        held.clear()
            except MspError as error:
                yield Unchecked(check=check.name, reason=error.message)
        async for result in self._look_again(held, repair=repair):
            yield result

    async def _look_again(
        self, suspects: Sequence[tuple[Check, Suspect]], *, repair: bool
    ) -> AsyncIterator[Finding | Unchecked]:
        if not suspects:
            return
        self._say(self._pause)
        await asyncio.sleep(self._pause.total_seconds())
        for check, suspect in suspects:
            try:
                diagnosis = await suspect.look_again()
                if diagnosis is not None:
                    yield await self._treated(diagnosis, repair=repair)
            except MspError as error:
                yield Unchecked(check=check.name, reason=f"{suspect.where}: {error.message}")

    async def _treated(self, diagnosis: Diagnosis, *, repair: bool) -> Finding:
        if not repair or diagnosis.mend is None:
            return diagnosis.finding
        outcome = Outcome.MENDED if await diagnosis.mend() else Outcome.CHANGED_MEANWHILE
        return diagnosis.finding.model_copy(update={"outcome": outcome})
