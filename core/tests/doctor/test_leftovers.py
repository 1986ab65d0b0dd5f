"""Idempotency keys past their time, and what crashed changes of secrets leave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from msp_core.doctor.models import FindingKind
from msp_core.doctor.testing import Surgery, crash
from msp_core.errors import NotFound
from msp_core.executions.idempotency import IdempotencyService
from msp_core.idempotency.models import KeptAnswer
from msp_core.idempotency.service import AnswerKeys
from msp_core.ids import GLOBAL, UserId, new_execution_id
from msp_core.organizations.testing import Platform
from msp_core.secrets.repository import SecretRepository
from msp_core.storage.testing import Meanwhile, Network

PERSON = UserId("a1.b1")
LARGE = KeptAnswer(status=201, body="x" * 40_000, headers={})


def keys_of(msp: Platform, surgery: Surgery) -> AnswerKeys:
    return AnswerKeys(msp.storage, now=lambda: surgery.moment)


async def blobs_of(msp: Platform) -> list[str]:
    return [name async for name in msp.storage.blobs("large-values").iter_names()]


async def crash_in_a_change(msp: Platform, network: Network) -> None:
    """Leave the mark of a change."""
    admin = await msp.admin_scope()
    await msp.secrets.set(admin, "mail", "x")
    # The mark is set, the record is written; that the mark goes is what the crash prevents.
    await crash(network, msp.secrets.set(admin, "mail", "y"), after_writes=2)


async def test_keys_that_nobody_purged_go_with_their_answers(msp: Platform, surgery: Surgery) -> None:
    answers = keys_of(msp, surgery)
    executions = IdempotencyService(msp.storage, now=lambda: surgery.moment)
    await answers.keep(await answers.claim(PERSON, "one", "h"), LARGE)
    await answers.claim(PERSON, "two", "h")
    await executions.claim(PERSON, "one", new_execution_id())

    surgery.advance(hours=47)
    assert await surgery.examine(repair=True) == []
    assert len(await blobs_of(msp)) == 1
    surgery.advance(hours=2)
    assert await surgery.mend() == [FindingKind.IDEMPOTENCY_KEY_LEFT_OVER] * 3
    assert await blobs_of(msp) == []


async def test_a_key_that_is_claimed_afresh_while_it_is_mended_stays(
    msp: Platform, network: Network, surgery: Surgery
) -> None:
    executions = IdempotencyService(msp.storage, now=lambda: surgery.moment)
    await executions.claim(PERSON, "key", new_execution_id())
    surgery.advance(days=3)
    mend = await surgery.only_mend()
    mine = new_execution_id()

    network.fail(Meanwhile(lambda: executions.claim(PERSON, "key", mine)), method="DELETE")
    assert not await mend()
    assert await executions.claim(PERSON, "key", new_execution_id()) == mine


async def test_an_answer_that_was_kept_only_half_leaves_a_blob_that_goes(
    msp: Platform, network: Network, surgery: Surgery
) -> None:
    answers = keys_of(msp, surgery)
    claim = await answers.claim(PERSON, "key", "h")
    kept = await answers.claim(PERSON, "other", "h")
    await answers.keep(kept, LARGE)
    await crash(network, answers.keep(claim, LARGE), after_writes=1)
    assert len(await blobs_of(msp)) == 2

    surgery.advance(hours=25)
    assert await surgery.mend() == [FindingKind.BLOB_ORPHANED]
    assert len(await blobs_of(msp)) == 1


async def test_a_kept_answer_whose_large_value_is_lost_is_named(msp: Platform, surgery: Surgery) -> None:
    answers = keys_of(msp, surgery)
    await answers.keep(await answers.claim(PERSON, "key", "h"), LARGE)
    [path] = await blobs_of(msp)
    await msp.storage.blobs("large-values").delete(path)
    with pytest.raises(NotFound):
        await answers.claim(PERSON, "key", "h")
    assert await surgery.kinds() == [FindingKind.ROW_UNREADABLE]


async def test_a_mark_of_a_change_that_never_ended_goes_after_a_while(
    msp: Platform, network: Network, surgery: Surgery
) -> None:
    await crash_in_a_change(msp, network)
    surgery.advance(minutes=9)
    assert await surgery.examine(repair=True) == []

    surgery.advance(minutes=2)
    assert await surgery.mend() == [FindingKind.SECRET_CHANGE_LEFT_OVER]
    assert [one.name for one in await msp.secrets.list_entries(await msp.admin_scope())] == ["mail"]


async def test_a_change_that_begins_anew_while_its_mark_is_mended_stays_marked(
    msp: Platform, network: Network, surgery: Surgery
) -> None:
    await crash_in_a_change(msp, network)
    surgery.advance(minutes=11)
    mend = await surgery.only_mend()
    records = SecretRepository(msp.storage)

    async def begin_anew() -> None:
        marks = records._changes
        [old] = [row async for row in marks.iter()]
        fresh = old.value.model_copy(update={"id": "mine", "began_at": surgery.moment})
        await marks.replace(old.row_key, fresh, etag=old.etag)

    network.fail(Meanwhile(begin_anew), method="DELETE")
    assert not await mend()
    assert [row.value.id async for row in records._changes.iter()] == ["mine"]


async def test_a_record_of_a_secret_that_the_vault_does_not_have_goes(
    msp: Platform, network: Network, surgery: Surgery
) -> None:
    admin = await msp.admin_scope()
    await msp.secrets.set(admin, "mail", "x")
    await msp.secrets.set(admin, "kept", "x")
    await msp.storage.vault.delete("GLOBAL--mail")

    assert await surgery.mend() == [FindingKind.SECRET_RECORD_LEFT_OVER]
    assert list(await SecretRepository(msp.storage).list_all(GLOBAL)) == ["kept"]


async def test_a_secret_set_anew_while_its_record_is_mended_keeps_it(
    msp: Platform, network: Network, surgery: Surgery
) -> None:
    admin = await msp.admin_scope()
    await msp.secrets.set(admin, "mail", "x")
    await msp.storage.vault.delete("GLOBAL--mail")
    mend = await surgery.only_mend()
    network.fail(Meanwhile(lambda: msp.secrets.set(admin, "mail", "y")), method="DELETE")
    assert not await mend()
    assert list(await SecretRepository(msp.storage).list_all(GLOBAL)) == ["mail"]


async def test_moments_of_work_are_no_findings(msp: Platform, surgery: Surgery) -> None:
    answers = keys_of(msp, surgery)
    await answers.claim(PERSON, "key", "h")
    surgery.advance(seconds=timedelta(hours=1).total_seconds())
    async with SecretRepository(msp.storage).exclusively(GLOBAL, "mail"):
        surgery.moment -= timedelta(hours=1)
        assert await surgery.examine(repair=True) == []
