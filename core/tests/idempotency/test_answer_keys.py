"""Keys of requests that create: claimed once, answered again, taken over after a crash."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from msp_core.errors import Conflict
from msp_core.executions.testing import Clock
from msp_core.idempotency.models import Claim, KeptAnswer
from msp_core.idempotency.service import ATTEMPT, KEPT, AnswerKeys
from msp_core.ids import UserId
from msp_core.storage import Storage

PERSON = UserId("a1.b1")
ANSWER = KeptAnswer(status=201, body='{"id":"x"}', headers={"ETag": '"one"'})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(storage: Storage, clock: Clock) -> AnswerKeys:
    return AnswerKeys(storage, now=clock)


async def test_the_first_answer_is_the_answer_to_all(keys: AnswerKeys) -> None:
    claim = await keys.claim(PERSON, "key", "hash")
    assert claim.is_first
    assert claim.answer is None
    await keys.keep(claim, ANSWER)
    again = await keys.claim(PERSON, "key", "hash")
    assert again.answer == ANSWER


async def test_another_request_with_the_key_is_refused(keys: AnswerKeys) -> None:
    await keys.keep(await keys.claim(PERSON, "key", "hash"), ANSWER)
    with pytest.raises(Conflict, match="another request"):
        await keys.claim(PERSON, "key", "other")


async def test_a_key_is_a_persons_own(keys: AnswerKeys) -> None:
    await keys.keep(await keys.claim(PERSON, "key", "hash"), ANSWER)
    assert (await keys.claim(UserId("a1.b2"), "key", "other")).is_first


async def test_of_many_at_once_one_makes_the_thing(keys: AnswerKeys) -> None:
    results = await asyncio.gather(
        *(keys.claim(PERSON, "key", "hash") for _ in range(10)), return_exceptions=True
    )
    claims = [one for one in results if isinstance(one, Claim)]
    assert len(claims) == 1
    assert all(isinstance(one, Conflict) for one in results if not isinstance(one, Claim))


async def test_after_a_crash_the_next_attempt_makes_the_same_thing(keys: AnswerKeys, clock: Clock) -> None:
    crashed = await keys.claim(PERSON, "key", "hash")
    with pytest.raises(Conflict, match="still at work"):
        await keys.claim(PERSON, "key", "hash")
    clock.moment += ATTEMPT
    taken = await keys.claim(PERSON, "key", "hash")
    assert taken.resource_id == crashed.resource_id
    assert not taken.is_first
    with pytest.raises(Conflict, match="still at work"):
        await keys.claim(PERSON, "key", "hash")
    # The first one was only slow: what it would keep is no longer its to keep.
    await keys.keep(crashed, KeptAnswer(status=201, body="{}", headers={}))
    await keys.keep(taken, ANSWER)
    assert (await keys.claim(PERSON, "key", "hash")).answer == ANSWER


async def test_a_refused_first_attempt_frees_the_key(keys: AnswerKeys) -> None:
    claim = await keys.claim(PERSON, "key", "wrong body")
    await keys.give_up(claim, was_refused=True)
    assert (await keys.claim(PERSON, "key", "right body")).is_first


async def test_an_attempt_that_may_have_made_something_leaves_its_id(keys: AnswerKeys) -> None:
    first = await keys.claim(PERSON, "key", "hash")
    await keys.give_up(first, was_refused=False)
    second = await keys.claim(PERSON, "key", "hash")
    assert (second.resource_id, second.is_first) == (first.resource_id, False)
    await keys.give_up(second, was_refused=True)
    # Something may exist under the id, so not even a refusal of the second attempt frees the key.
    clock_stands_still = await keys.claim(PERSON, "key", "hash")
    assert clock_stands_still.resource_id == first.resource_id


async def test_after_a_day_the_key_is_new(keys: AnswerKeys, clock: Clock) -> None:
    first = await keys.claim(PERSON, "key", "hash")
    await keys.keep(first, ANSWER)
    clock.moment += KEPT - timedelta(seconds=1)
    assert (await keys.claim(PERSON, "key", "hash")).answer == ANSWER
    clock.moment += timedelta(seconds=1)
    later = await keys.claim(PERSON, "key", "other")
    assert later.is_first
    assert later.resource_id != first.resource_id


async def test_a_long_answer_is_kept_whole(keys: AnswerKeys) -> None:
    long = KeptAnswer(status=201, body='"' + "ü" * 60_000 + '"', headers={})
    await keys.keep(await keys.claim(PERSON, "key", "hash"), long)
    assert (await keys.claim(PERSON, "key", "hash")).answer == long
