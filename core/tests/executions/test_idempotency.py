from __future__ import annotations

import asyncio

import pytest

from msp_core.errors import Conflict, Invalid
from msp_core.executions.idempotency import IdempotencyService
from msp_core.executions.testing import Clock
from msp_core.ids import UserId, new_execution_id
from msp_core.storage import Storage
from msp_core.storage.testing import AnswerLost, Network

ME, OTHER = UserId("a1.b1"), UserId("a1.b2")


@pytest.fixture
def keys(storage: Storage, clock: Clock) -> IdempotencyService:
    return IdempotencyService(storage, now=clock)


async def test_the_first_execution_of_a_key_is_answered_to_all(keys: IdempotencyService) -> None:
    first = new_execution_id()
    assert await keys.claim(ME, "key / with # odd ü", first) == first
    assert await keys.claim(ME, "key / with # odd ü", new_execution_id()) == first
    second = new_execution_id()
    assert await keys.claim(ME, "another", second) == second


async def test_of_many_at_once_one_is_first(keys: IdempotencyService) -> None:
    ids = [new_execution_id() for _ in range(8)]
    answers = await asyncio.gather(*(keys.claim(ME, "k", each) for each in ids))
    assert len(set(answers)) == 1
    assert answers[0] in ids


async def test_keys_belong_to_a_person(keys: IdempotencyService) -> None:
    mine, theirs = new_execution_id(), new_execution_id()
    assert await keys.claim(ME, "k", mine) == mine
    assert await keys.claim(OTHER, "k", theirs) == theirs


async def test_a_key_is_free_again_after_a_day(keys: IdempotencyService, clock: Clock) -> None:
    first, second, third = new_execution_id(), new_execution_id(), new_execution_id()
    await keys.claim(ME, "k", first)
    clock.advance(hours=23.9)
    assert await keys.claim(ME, "k", second) == first
    clock.advance(hours=0.2)
    assert await keys.claim(ME, "k", second) == second
    assert await keys.claim(ME, "k", third) == second


async def test_a_claim_whose_answer_was_lost_is_ours(keys: IdempotencyService, network: Network) -> None:
    await keys.claim(ME, "warm", new_execution_id())
    network.fail(AnswerLost())
    mine = new_execution_id()
    assert await keys.claim(ME, "k", mine) == mine


async def test_a_key_used_for_something_else_is_a_conflict(keys: IdempotencyService) -> None:
    first = new_execution_id()
    await keys.claim(ME, "k", first, request_hash="a")
    assert await keys.claim(ME, "k", new_execution_id(), request_hash="a") == first
    with pytest.raises(Conflict):
        await keys.claim(ME, "k", new_execution_id(), request_hash="b")


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_has_a_length(keys: IdempotencyService, key: str) -> None:
    with pytest.raises(Invalid):
        await keys.claim(ME, key, new_execution_id())
