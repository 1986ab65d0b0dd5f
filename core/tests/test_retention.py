"""What is kept no longer goes, in rounds of a bounded size; everything newer stays."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from msp_core.audit.models import AuditEntry
from msp_core.audit.repository import AuditRepository
from msp_core.executions.idempotency import IdempotencyService
from msp_core.executions.testing import Clock
from msp_core.idempotency.models import KeptAnswer
from msp_core.idempotency.service import AnswerKeys
from msp_core.ids import GLOBAL, OrgId, UserId, new_execution_id, new_id
from msp_core.models import Model
from msp_core.retention import Purged, Retention, RetentionPeriods
from msp_core.storage import Storage, TableName
from msp_core.storage.testing import Meanwhile, Network

PERSON = UserId("a1.b1")
ORG = OrgId("c0000000-0000-4000-8000-000000000001")
NOTHING = Purged()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def retention(storage: Storage, clock: Clock) -> Retention:
    return Retention(storage, RetentionPeriods(), now=clock)


async def keys_in(storage: Storage, table: TableName) -> list[str]:
    rows = storage.table(table, Model, large_values=False)
    return [row.row_key async for row in rows.iter_across_partitions()]


def entry(at: datetime, org_id: OrgId, text: str = "") -> AuditEntry:
    return AuditEntry(
        id=new_id(),
        at=at,
        actor_id=PERSON,
        actor_email="",
        org_id=org_id,
        action="form.updated",
        target="x",
        after={"text": text},
    )


async def test_an_empty_platform_has_nothing_to_purge(retention: Retention) -> None:
    assert await retention.purge() == NOTHING


async def test_audit_entries_of_over_a_year_go_with_mirrors_and_large_values(
    storage: Storage, clock: Clock, retention: Retention
) -> None:
    audit = AuditRepository(storage)
    kept = entry(clock.moment - timedelta(days=365), ORG)
    await audit.insert(kept)
    await audit.insert(entry(clock.moment - timedelta(days=365, milliseconds=1), ORG, "x" * 40_000))
    await audit.insert(entry(clock.moment - timedelta(days=400), GLOBAL))

    assert await retention.purge(limit=3) == Purged(audit_rows=3)
    assert await retention.purge() == Purged(audit_rows=1)
    assert await retention.purge() == NOTHING
    page = await audit.list_page(None, limit=10, after=None, conditions=[])
    assert [stored.value for stored in page.items] == [kept]
    assert len(await keys_in(storage, TableName.AUDIT_LOG)) == 2
    assert [name async for name in storage.blobs("large-values").iter_names()] == []


async def test_an_audit_entry_whose_mirror_a_crash_prevented_goes_too(
    storage: Storage, clock: Clock, retention: Retention
) -> None:
    rows = storage.table(TableName.AUDIT_LOG, AuditEntry)
    old = entry(clock.moment - timedelta(days=500), ORG)
    await AuditRepository(storage).insert(old)
    [key, _] = await keys_in(storage, TableName.AUDIT_LOG)
    await rows.partition("ALL").delete(key)
    assert (await retention.purge()).audit_rows == 1
    assert await keys_in(storage, TableName.AUDIT_LOG) == []


async def test_keys_of_both_kinds_go_after_a_day(
    storage: Storage, clock: Clock, retention: Retention
) -> None:
    answers, executions = AnswerKeys(storage, now=clock), IdempotencyService(storage, now=clock)
    large = KeptAnswer(status=201, body="x" * 40_000, headers={})
    await answers.keep(await answers.claim(PERSON, "one", "h"), large)
    await executions.claim(PERSON, "one", new_execution_id())
    clock.advance(hours=23, minutes=59)
    kept = new_execution_id()
    await executions.claim(PERSON, "two", kept)
    assert await retention.purge() == NOTHING
    clock.advance(minutes=1)

    assert await retention.purge() == Purged(idempotency_keys=2)
    assert await executions.claim(PERSON, "two", new_execution_id()) == kept
    assert len(await keys_in(storage, TableName.IDEMPOTENCY_KEYS)) == 1
    assert [name async for name in storage.blobs("large-values").iter_names()] == []


async def test_a_key_that_is_claimed_afresh_meanwhile_stays(
    storage: Storage, network: Network, clock: Clock, retention: Retention
) -> None:
    executions = IdempotencyService(storage, now=clock)
    await executions.claim(PERSON, "key", new_execution_id())
    clock.advance(hours=25)
    mine = new_execution_id()

    network.fail(Meanwhile(lambda: executions.claim(PERSON, "key", mine)), method="DELETE")
    await retention.purge()
    assert await executions.claim(PERSON, "key", new_execution_id()) == mine
