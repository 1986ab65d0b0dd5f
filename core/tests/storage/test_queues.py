from __future__ import annotations

import asyncio
import base64
import json

import pytest
from azure.storage.queue.aio import QueueClient

from msp_core.errors import TooLarge
from msp_core.storage import Queue, Storage
from msp_core.storage.testing import AnswerLost, Network, Refused


@pytest.fixture
def queue(storage: Storage) -> Queue:
    return storage.queue("jobs")


async def test_a_message_is_received_once_and_deleted(queue: Queue) -> None:
    await queue.send({"executionId": "e", "orgId": "ü"})
    [message] = await queue.receive()
    assert message.body == {"executionId": "e", "orgId": "ü"}
    assert message.dequeue_count == 1
    assert await queue.receive() == []
    assert await queue.length() == 1
    assert await queue.delete(message)
    assert await queue.length() == 0
    assert not await queue.delete(message)


async def test_a_queue_nobody_sent_to_is_empty(queue: Queue) -> None:
    assert await queue.receive(max=5) == []
    assert await queue.length() == 0


async def test_messages_are_base64_json_as_the_functions_host_reads_them(
    queue: Queue, storage_account: str
) -> None:
    await queue.send({"a": 1})
    async with QueueClient.from_connection_string(storage_account, "jobs") as plain:
        [peeked] = await plain.peek_messages()
        assert json.loads(base64.b64decode(peeked.content)) == {"a": 1}
        await plain.clear_messages()
        await plain.send_message("not ours")
    [message] = await queue.receive()
    assert message.body is None


async def test_a_delayed_message_waits(queue: Queue) -> None:
    await queue.send({"a": 1}, delay_seconds=1)
    assert await queue.receive() == []
    await asyncio.sleep(1.2)
    assert len(await queue.receive()) == 1


async def test_an_unfinished_message_comes_back_and_the_late_holder_cannot_delete_it(queue: Queue) -> None:
    await queue.send({"a": 1})
    [first] = await queue.receive(visibility_seconds=1)
    await asyncio.sleep(1.2)
    [second] = await queue.receive()
    assert (second.id, second.dequeue_count) == (first.id, 2)
    assert not await queue.delete(first)
    assert await queue.extend(first, 10) is None
    assert await queue.delete(second)


async def test_an_extended_message_stays_ours(queue: Queue) -> None:
    await queue.send({"a": 1})
    [message] = await queue.receive(visibility_seconds=1)
    held = await queue.extend(message, 30)
    assert held is not None
    await asyncio.sleep(1.2)
    assert await queue.receive() == []
    assert await queue.delete(held)


async def test_several_are_received_at_once(queue: Queue) -> None:
    for number in range(5):
        await queue.send({"n": number})
    messages = await queue.receive(max=3)
    assert len(messages) == 3
    assert len(await queue.receive(max=32)) == 2


async def test_a_message_that_azure_would_refuse_is_too_large(queue: Queue, network: Network) -> None:
    with pytest.raises(TooLarge):
        await queue.send({"x": "x" * 49_200})
    assert network.count() == 0
    await queue.send({"x": "x" * 49_000})


async def test_a_lost_answer_may_send_twice_but_never_loses(queue: Queue, network: Network) -> None:
    await queue.send({"n": 0})
    network.fail(AnswerLost(), Refused())
    await queue.send({"n": 1})
    bodies = [message.body for message in await queue.receive(max=32)]
    assert {"n": 1} in bodies
