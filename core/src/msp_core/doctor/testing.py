"""For tests: crashes between two writes, and examinations at a moment of choice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

from msp_core.doctor.models import Diagnosis, Finding, FindingKind, Outcome, Unchecked
from msp_core.doctor.service import Doctor
from msp_core.errors import Unavailable
from msp_core.models import utc_now
from msp_core.storage import Storage
from msp_core.storage.testing import Network


async def crash(network: Network, work: Awaitable[object], *, after_writes: int) -> None:
    """Do the work until the process dies in it, then start the process again.

    Raises:
        RuntimeError: The work was over before that.
    """
    network.crash_after(after_writes)
    with suppress(Unavailable):
        await work
    network.recover()


class Surgery:
    """Examines one platform; for it, time may be later than it is."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.moment = utc_now()

    def advance(self, **by: float) -> datetime:
        """Move on; takes what `timedelta` takes."""
        self.moment += timedelta(**by)
        return self.moment

    def doctor(self) -> Doctor:
        """One who looks again at once."""
        return Doctor(self.storage, now=lambda: self.moment, pause=timedelta(0))

    async def results(self, *, repair: bool = False) -> list[Finding | Unchecked]:
        """What an examination comes to."""
        return [result async for result in self.doctor().examine(repair=repair)]

    async def examine(self, *, repair: bool = False) -> list[Finding]:
        """Findings of an examination in which everything could be checked."""
        results = await self.results(repair=repair)
        findings = [result for result in results if isinstance(result, Finding)]
        assert findings == results
        return findings

    async def kinds(self) -> list[FindingKind]:
        """What kinds of findings there are, sorted."""
        return sorted(finding.kind for finding in await self.examine())

    async def mend(self) -> list[FindingKind]:
        """Find and mend, and see that it was all that was wrong."""
        findings = await self.examine(repair=True)
        assert {finding.outcome for finding in findings} <= {Outcome.MENDED}
        assert await self.examine() == []
        return sorted(finding.kind for finding in findings)

    async def diagnose(self) -> list[Diagnosis]:
        """What the second look confirms, not yet mended."""
        found = []
        for check in self.doctor().checks:
            async for suspect in check.suspects():
                diagnosis = await suspect.look_again()
                if diagnosis is not None:
                    found.append(diagnosis)
        return found

    async def only_mend(self) -> Callable[[], Awaitable[bool]]:
        """The mend of the only diagnosis there is."""
        [diagnosis] = await self.diagnose()
        assert diagnosis.mend is not None
        return diagnosis.mend
