"""Webhooks: who is let in, what is stored before it is answered, and that each event runs once."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from standardwebhooks.webhooks import Webhook as Signer

from msp_core.catalog.repository import CatalogRepository
from msp_core.executions.models import Execution
from msp_core.ids import new_execution_id
from msp_core.models import Model
from msp_core.organizations.models import OrganizationUpdate
from msp_core.storage import TableName
from msp_core.webhooks.models import WebhookDraft, WebhookUpdate
from msp_core.webhooks.repository import WebhookRepository
from msp_core.webhooks.service import WebhookService, WithKey
from msp_devstack import demo
from tests.app.engine_world import ok, refused, until
from workflow_engine.execution.queueing import QUEUE_NAME
from workflow_engine.webhooks import EVENTS_AT_ONCE

MakeWorld = Any  # from conftest.py, which tests cannot import
World = Any

GREET = """
@workflow(timeout_seconds=30)
async def greet(context: OrganizationContext, name: str = "you", team: str = "", password: str = "") -> dict:
    '''Greet.'''
    context.log.info("greeting")
    return {"greeting": f"Hello {name}", "team": team, "org": context.org.name, "who": context.caller.user_id}

@workflow(required_permission="canManageConfig")
async def take(context: OrganizationContext, event: dict) -> dict:
    '''Take an event whole.'''
    return {"event": event}
"""


class Hook:
    """A webhook of the world, and how to send to it."""

    def __init__(self, world: World, made: WithKey) -> None:
        self.world = world
        self.webhook = made.stored.value
        self.key = made.key or ""
        self.path = f"/api/webhooks/{self.webhook.organization_id}/{self.webhook.id}"

    async def post(
        self, event: Any = None, *, key: str | None = None, path: str | None = None, **headers: str
    ) -> httpx.Response:
        """An event with the key, as a script sends it."""
        sent = {"X-Api-Key": self.key if key is None else key} | _dashed(headers)
        client = self.world.client(None)
        answer: httpx.Response = await client.post(path or self.path, json=event or {}, headers=_raw(sent))
        return answer

    async def post_signed(
        self,
        event: Any,
        *,
        event_id: str = "msg_1",
        at: datetime | None = None,
        secret: str | None = None,
        body: bytes | None = None,
        **headers: str,
    ) -> httpx.Response:
        """A signed event. `body` is what is sent in place of what was signed."""
        signed = json.dumps(event).encode()
        moment = at or datetime.now(UTC)
        sent = {
            "webhook-id": event_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": Signer(secret or self.key).sign(event_id, moment, signed.decode()),
        } | _dashed(headers)
        client = self.world.client(None)
        answer: httpx.Response = await client.post(self.path, content=body or signed, headers=_raw(sent))
        return answer

    async def end_of(self, answer: httpx.Response) -> Execution:
        """The end of the execution that was answered, run as the queue would have it run."""
        execution_id = ok(answer, 202)["executionId"]
        org_id = self.webhook.organization_id
        await self.world.container.consume({"orgId": org_id, "executionId": execution_id})
        found: Execution = await self.world.core_executions.find(org_id, execution_id)
        assert found.status.is_ended
        return found


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]


def service_of(world: World) -> WebhookService:
    storage = world.core.storage
    return WebhookService(WebhookRepository(storage), storage.vault, CatalogRepository(storage))


async def make_hook(world: World, *, org_id: str | None = None, **draft: Any) -> Hook:
    scope = await world.scope(demo.ADMIN, org_id or world.contoso)
    fields = {"name": "From the tests", "workflowName": "greet"} | draft
    return Hook(world, await service_of(world).create(scope, WebhookDraft.model_validate(fields)))


async def change(hook: Hook, **changes: Any) -> None:
    scope = await hook.world.scope(demo.ADMIN, hook.webhook.organization_id)
    await service_of(hook.world).update(scope, hook.webhook.id, WebhookUpdate.model_validate(changes))


async def rotate(hook: Hook, overlap_seconds: int) -> str:
    scope = await hook.world.scope(demo.ADMIN, hook.webhook.organization_id)
    made = await service_of(hook.world).rotate(scope, hook.webhook.id, overlap_seconds=overlap_seconds)
    assert made.key is not None
    return made.key


async def waiting(world: World, org_id: str | None = None) -> int:
    """How many executions there are; one that has just ended is in two places."""
    return len({one.execution_id for one in await world.records(org_id)})


@pytest.fixture
async def world(make_world: MakeWorld) -> World:
    return await make_world(GREET)


async def test_an_event_is_stored_answered_and_run_in_the_background(world: World) -> None:
    hook = await make_hook(world, parameters={"team": "first line"})
    assert not world.services.pump.sent.is_set()
    answer = await hook.post({"name": "Ada"})
    body = ok(answer, 202)
    assert body["status"] == "Pending"
    assert world.services.pump.sent.is_set()
    stored = await world.core_executions.find(world.contoso, body["executionId"])
    assert (stored.status, stored.trigger) == ("Pending", "webhook")
    assert (stored.workflow_name, stored.ip_address) == ("greet", "203.0.113.7")
    execution = await hook.end_of(answer)
    assert execution.result == {
        "greeting": "Hello Ada",
        "team": "first line",
        "org": demo.CONTOSO.name,
        "who": f"webhook:{hook.webhook.id}",
    }
    assert (execution.executed_by, execution.executed_by_name) == (
        f"webhook:{hook.webhook.id}",
        "From the tests",
    )


async def test_the_queue_runs_what_was_accepted(make_world: MakeWorld) -> None:
    world = await make_world(GREET, consume_queue=True)
    hook = await make_hook(world)
    answer = await world.client(None).post(hook.path, headers={"Authorization": f"Bearer {hook.key}"})
    path = f"{hook.path}/executions/{ok(answer, 202)['executionId']}"
    body = ok(await world.client(None).get(path, params={"wait": 15}, headers={"X-Api-Key": hook.key}))
    assert (body["status"], body["result"]["greeting"]) == ("Success", "Hello you")
    assert "executedBy" not in body


async def test_one_parameter_may_take_the_whole_event(world: World) -> None:
    hook = await make_hook(world, workflowName="take", payloadParameter="event")
    event = {"ticket": {"id": 7}, "organizationId": world.fabrikam, "api_key": "not ours"}
    execution = await hook.end_of(await hook.post(event))
    assert execution.result["event"]["ticket"] == {"id": 7}
    assert execution.organization_id == world.contoso


async def test_an_event_cannot_change_what_the_admin_fixed(world: World) -> None:
    hook = await make_hook(world, parameters={"team": "fixed"})
    execution = await hook.end_of(await hook.post({"team": "mine", "name": "Eve"}))
    assert (execution.result["team"], execution.result["greeting"]) == ("fixed", "Hello Eve")


async def test_wrong_parameters_are_told_by_field_and_leave_no_record(world: World) -> None:
    hook = await make_hook(world)
    body = refused(await hook.post({"name": {"first": "Ada"}, "unknown": 1}), 400, "ValidationError")
    assert set(body["details"]["fields"]) >= {"name"}
    assert await waiting(world) == 0


@pytest.mark.parametrize(
    "body",
    [b"[1]", b"{", b"7", b'{"name": NaN}', b"\xff", b'{"a":' * 5000 + b"1" + b"}" * 5000, b'"\\ud800"'],
)
async def test_a_body_that_is_no_event_is_refused(world: World, body: bytes) -> None:
    hook = await make_hook(world)
    answer = await world.client(None).post(hook.path, content=body, headers={"X-Api-Key": hook.key})
    refused(answer, 400, "ValidationError")
    assert await waiting(world) == 0


async def test_a_body_over_the_limit_is_refused(make_world: MakeWorld) -> None:
    world = await make_world(GREET, max_body_bytes=2000)
    hook = await make_hook(world)
    refused(await hook.post({"name": "x" * 3000}), 413, "PayloadTooLarge")
    assert await waiting(world) == 0


async def test_whoever_is_not_let_in_learns_nothing(world: World) -> None:
    hook = await make_hook(world)
    foreign = await make_hook(world, org_id=world.fabrikam)
    other = await make_hook(world)
    off = await make_hook(world, isActive=False)
    elsewhere = await make_hook(world, allowedAddresses=["198.51.100.0/24"])
    signed = await make_hook(world, authentication="signature")
    unknown = f"/api/webhooks/{world.contoso}/{uuid4()}"
    swapped = f"/api/webhooks/{world.fabrikam}/{hook.webhook.id}"
    answers = [
        await hook.post(key="mspk_" + "0" * 64),
        await hook.post(key=hook.key[:-1]),
        await hook.post(key=hook.key + "0"),
        await hook.post(key=hook.key.upper()),
        await hook.post(key=hook.webhook.credential.key_hash),
        await hook.post(key=""),
        await hook.post(key="\u00e9".encode().decode("latin-1")),
        await hook.post(key=foreign.key),
        await hook.post(key=other.key),
        await hook.post(path=unknown),
        await hook.post(path=swapped),
        await hook.post(path=f"/api/webhooks/GLOBAL/{hook.webhook.id}"),
        await hook.post(path=f"/api/webhooks/{world.contoso}/'%20or%201"),
        await off.post(),
        await elsewhere.post(),
        await signed.post(),
        await world.client().post(hook.path, json={}),  # a person's token is no key
        await world.client(None).get(f"{hook.path}/executions/x"),
    ]
    bodies = {refused(answer, 401, "Unauthorized")["message"] for answer in answers}
    assert len(bodies) == 1
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer"}
    assert await waiting(world) == await waiting(world, world.fabrikam) == 0


async def test_an_organization_that_was_switched_off_takes_no_more_events(world: World) -> None:
    hook = await make_hook(world)
    ok(await hook.post(), 202)
    admin = await world.scope()
    await world.core.organizations.update(admin, world.contoso, OrganizationUpdate(is_active=False))
    refused(await hook.post(), 401, "Unauthorized")


async def test_switching_off_and_deleting_count_from_the_next_event(world: World) -> None:
    hook = await make_hook(world)
    ok(await hook.post(), 202)
    await change(hook, isActive=False)
    refused(await hook.post(), 401, "Unauthorized")
    await change(hook, isActive=True)
    answer = await hook.post()
    await service_of(world).delete(await world.scope(demo.ADMIN, world.contoso), hook.webhook.id)
    refused(await hook.post(), 401, "Unauthorized")
    assert (await hook.end_of(answer)).status == "Success", "what was accepted is run"


@pytest.mark.parametrize("authentication", ["apiKey", "signature"])
async def test_a_rotated_key_holds_as_long_as_the_admin_said(world: World, authentication: str) -> None:
    hook = await make_hook(world, authentication=authentication)
    numbers = iter(range(100))

    async def send(key: str) -> int:
        if authentication == "apiKey":
            return (await hook.post(key=key)).status_code
        return (await hook.post_signed({}, secret=key, event_id=f"m{next(numbers)}")).status_code

    first = hook.key
    assert await send(first) == 202
    second = await rotate(hook, 3600)
    assert [await send(key) for key in (first, second)] == [202, 202]
    third = await rotate(hook, 0)
    assert [await send(key) for key in (first, second, third)] == [401, 401, 202]
    secrets = await world.core.storage.vault.list_names("WEBHOOK--")
    assert len(secrets) == (0 if authentication == "apiKey" else 1)


async def test_the_overlap_of_a_rotation_ends(world: World) -> None:
    hook = await make_hook(world)
    await rotate(hook, 3600)
    ok(await hook.post(), 202)
    rows = WebhookRepository(world.core.storage)
    stored = await rows.find(world.contoso, hook.webhook.id)
    assert stored is not None
    over = stored.value.model_copy(update={"previous_valid_until": datetime.now(UTC)})
    await rows.replace(over, etag=stored.etag)
    refused(await hook.post(), 401, "Unauthorized")


async def test_a_signed_event_runs_once_however_often_it_comes(world: World) -> None:
    hook = await make_hook(world, authentication="signature")
    first = await hook.post_signed({"name": "Ada"})
    execution = await hook.end_of(first)
    assert execution.result["greeting"] == "Hello Ada"
    later = datetime.now(UTC) + timedelta(seconds=60)
    for again in (await hook.post_signed({"name": "Ada"}), await hook.post_signed({"name": "Ada"}, at=later)):
        assert ok(again, 202) == {"executionId": execution.execution_id, "status": "Success"}
    assert await waiting(world) == 1
    another = ok(await hook.post_signed({"name": "Ada"}, event_id="msg_2"), 202)
    assert another["executionId"] != execution.execution_id


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_signature_holds_five_minutes(world: World, minutes: int) -> None:
    hook = await make_hook(world, authentication="signature")
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    refused(await hook.post_signed({}, at=moment), 401, "Unauthorized")
    within = datetime.now(UTC) + timedelta(minutes=minutes / 2)
    ok(await hook.post_signed({}, at=within), 202)


async def test_what_is_not_what_was_signed_is_refused(world: World) -> None:
    hook = await make_hook(world, authentication="signature")
    other = await make_hook(world, authentication="signature")
    event = {"name": "Ada"}
    now = str(int(datetime.now(UTC).timestamp()))
    answers = [
        await hook.post_signed(event, body=b'{"name": "Eve"}'),
        await hook.post_signed(event, body=b'{"name":"Ada"}'),
        await hook.post_signed(event, body=b"\xff\xfe"),
        await hook.post_signed(event, secret=other.key),
        await hook.post_signed(event, webhook_id="msg_other"),
        await hook.post_signed(event, at=datetime.now(UTC) - timedelta(minutes=9), webhook_timestamp=now),
        await hook.post_signed(event, webhook_timestamp="nan"),
        await hook.post_signed(event, webhook_timestamp="soon"),
        await hook.post_signed(event, webhook_signature="v1"),
        await hook.post_signed(event, webhook_signature="v1,=="),
        await hook.post_signed(event, webhook_signature="v1a,AAAA v1,"),
        await hook.post_signed(event, webhook_signature=""),
        # One signature would fit several ids if an id had a dot.
        await hook.post_signed(event, event_id="msg.1"),
        await hook.post(event, key=hook.key),
    ]
    for answer in answers:
        refused(answer, 401, "Unauthorized")
    assert await waiting(world) == 0


async def test_any_of_several_signatures_will_do(world: World) -> None:
    hook = await make_hook(world, authentication="signature")
    body, moment = b"{}", datetime.now(UTC)
    right = Signer(hook.key).sign("msg_1", moment, body.decode())
    wrong = Signer("whsec_" + "A" * 44).sign("msg_1", moment, body.decode())
    ok(await hook.post_signed({}, at=moment, webhook_signature=f"v1a,x {wrong} {right}"), 202)


def body_signature(key: str, body: bytes) -> str:
    return "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("header", ["X-Signature-256", "X-Hub-Signature-256"])
async def test_a_sender_may_sign_the_body_alone(world: World, header: str) -> None:
    hook = await make_hook(world, authentication="bodySignature")
    body = b'{"name": "Ada"}'

    async def send(signature: str, sent: bytes = body, **more: str) -> httpx.Response:
        answer: httpx.Response = await world.client(None).post(
            hook.path, content=sent, headers=_raw({header: signature} | _dashed(more))
        )
        return answer

    signature = body_signature(hook.key, body)
    first = ok(await send(signature), 202)
    # A header that nobody signed makes no new event of it.
    again = ok(await send(signature, webhook_id="other", Idempotency_Key="other"), 202)
    assert again["executionId"] == first["executionId"]
    for wrong in (signature[:-1], "", "sha256=", signature + "0", "\u00e9".encode().decode("latin-1")):
        refused(await send(wrong), 401, "Unauthorized")
    refused(await send(signature, b'{"name": "Eve"}'), 401, "Unauthorized")
    assert await waiting(world) == 1
    signed_otherwise = await make_hook(world, authentication="signature")
    answer = await world.client(None).post(
        signed_otherwise.path, content=body, headers={header: body_signature(signed_otherwise.key, body)}
    )
    refused(answer, 401, "Unauthorized")


async def test_a_script_names_its_event_by_a_key(world: World) -> None:
    hook = await make_hook(world)
    first = ok(await hook.post({"name": "Ada"}, Idempotency_Key="order 7"), 202)
    again = ok(await hook.post({"name": "Ada"}, Idempotency_Key="order 7"), 202)
    assert again == first
    refused(await hook.post({"name": "Eve"}, Idempotency_Key="order 7"), 409, "Conflict")
    other = await make_hook(world)
    elsewhere = ok(await other.post({"name": "Ada"}, Idempotency_Key="order 7"), 202)
    unnamed = [ok(await hook.post({"name": "Ada"}), 202) for _ in range(2)]
    assert len({one["executionId"] for one in (first, elsewhere, *unnamed)}) == 4


async def test_a_sender_that_calls_a_retry_by_the_same_id_may_change_its_body(world: World) -> None:
    hook = await make_hook(world)
    first = ok(await hook.post({"name": "Ada"}, webhook_id="msg_1"), 202)
    assert ok(await hook.post({"name": "Ada 2"}, webhook_id="msg_1"), 202) == first


async def test_the_same_event_at_once_is_one_run(world: World) -> None:
    hook = await make_hook(world, authentication="signature")
    answers = await asyncio.gather(*(hook.post_signed({"name": "Ada"}) for _ in range(10)))
    assert len({ok(answer, 202)["executionId"] for answer in answers}) == 1
    assert await waiting(world) == 1


async def test_a_claim_whose_request_died_does_not_lose_the_event(world: World) -> None:
    hook = await make_hook(world, authentication="signature")
    for _ in range(8):
        # The engine dies somewhere on the way; the sender, who got no answer, sends it again.
        world.network.crash_after(1)
        lost = await hook.post_signed({"name": "Ada"})
        world.network.recover()
        if lost.status_code == 202:
            break
        refused(lost, 503, "Unavailable")
        assert int(lost.headers["Retry-After"]) >= 1
    body = ok(await hook.post_signed({"name": "Ada"}), 202)
    assert (await world.core_executions.find(world.contoso, body["executionId"])) is not None
    assert await waiting(world) == 1


async def test_100_events_at_once_are_all_stored_and_run_once(make_world: MakeWorld) -> None:
    world = await make_world(GREET, consume_queue=True, rate_limit_per_minute=6, rate_limit_burst=1)
    hook = await make_hook(world)

    async def send(number: int) -> str:
        while True:
            answer = await hook.post({"name": str(number)}, Idempotency_Key=f"event {number}")
            if answer.status_code != 503:  # a slow machine; a sender sends it again
                return str(ok(answer, 202)["executionId"])

    ids = await asyncio.gather(*(send(number) for number in range(100)))

    async def all_ended() -> bool:
        records = await world.records()
        return {one.execution_id for one in records if one.status.is_ended} == set(ids)

    assert len(set(ids)) == 100
    assert await until(all_ended, seconds=60)
    records = [await world.core_executions.find(world.contoso, execution_id) for execution_id in ids]
    assert [one.input_data["name"] for one in records] == [str(number) for number in range(100)]
    assert {(one.status, one.attempt) for one in records} == {("Success", 1)}


async def test_senders_that_never_finish_hold_nobody_up(world: World) -> None:
    hook = await make_hook(world)
    released, began = asyncio.Event(), 0

    async def slow_body() -> AsyncIterator[bytes]:
        nonlocal began
        began += 1
        yield b"{"
        await released.wait()
        yield b"}"

    async def send_slowly() -> httpx.Response:
        answer: httpx.Response = await world.client(None).post(
            hook.path, content=slow_body(), headers={"X-Api-Key": hook.key}
        )
        return answer

    slow = [asyncio.create_task(send_slowly()) for _ in range(2 * EVENTS_AT_ONCE)]

    async def all_began() -> bool:
        return began == len(slow)

    await until(all_began)
    async with asyncio.timeout(20):
        ok(await hook.post(), 202)
    assert not any(one.done() for one in slow)
    released.set()
    for answer in await asyncio.gather(*slow):
        ok(answer, 202)


async def test_a_broken_workflow_file_loses_no_event(make_world: MakeWorld) -> None:
    world = await make_world(broken="this is not python")
    hook = await make_hook(world)
    answer = await hook.post({"name": "Ada"})
    assert await world.core.storage.queue(QUEUE_NAME).length() == 1
    async with world.restarted(GREET):
        execution = await hook.end_of(answer)
    assert execution.result["greeting"] == "Hello Ada"


async def test_an_event_for_a_workflow_that_is_gone_fails_visibly(world: World) -> None:
    hook = await make_hook(world)
    async with world.restarted("@workflow\ndef other(context: OrganizationContext) -> int:\n    return 1\n"):
        execution = await hook.end_of(await hook.post({"name": "Ada"}))
    assert execution.status == "Failed"
    assert execution.error is not None
    assert "greet" in execution.error.message
    assert execution.input_data == {"name": "Ada"}


async def test_no_free_runner_loses_no_event(make_world: MakeWorld) -> None:
    stuck = """
import os

@workflow
async def greet(context: OrganizationContext, name: str = "") -> str:
    '''Greet.'''
    return name

@workflow
async def hang(context: OrganizationContext) -> None:
    '''Stop the loop of every runner.'''
    while True:
        pass
"""
    world = await make_world(stuck, runners=1, max_runners=1, hold_seconds=0.1)
    hook = await make_hook(world)
    ok(await world.client().post("/api/workflows/hang", json={}), 202)
    body = ok(await hook.post({"name": "Ada"}), 202)
    stored = await world.core_executions.find(world.contoso, body["executionId"])
    assert (stored.status, stored.input_data) == ("Pending", {"name": "Ada"})


async def test_storage_that_is_away_is_said_and_nothing_is_accepted(world: World) -> None:
    hook = await make_hook(world)
    world.network.crash_after(0)
    answer = await hook.post()
    refused(answer, 503, "Unavailable")
    assert int(answer.headers["Retry-After"]) >= 1
    world.network.recover()
    assert await waiting(world) == 0


async def test_a_script_sees_its_own_executions_only(world: World) -> None:
    hook, other = await make_hook(world), await make_hook(world)
    foreign = await make_hook(world, org_id=world.fabrikam)
    mine = ok(await hook.post(), 202)["executionId"]
    by_a_person = (await world.run("greet"))["executionId"]
    others = [ok(await one.post(), 202)["executionId"] for one in (other, foreign)]

    async def read(execution_id: str) -> httpx.Response:
        answer: httpx.Response = await world.client(None).get(
            f"{hook.path}/executions/{execution_id}", headers={"X-Api-Key": hook.key}
        )
        return answer

    assert ok(await read(mine))["status"] == "Pending"
    for execution_id in (by_a_person, *others, new_execution_id(), "x"):
        refused(await read(execution_id), 404, "NotFound")


async def test_a_failed_run_shows_a_script_no_traceback(make_world: MakeWorld) -> None:
    world = await make_world(
        "@workflow\ndef greet(context: OrganizationContext) -> int:\n    raise KeyError('inner')\n"
    )
    hook = await make_hook(world)
    execution = await hook.end_of(await hook.post())
    answer = await world.client(None).get(
        f"{hook.path}/executions/{execution.execution_id}", headers={"X-Api-Key": hook.key}
    )
    body = ok(answer)
    assert (body["status"], body["error"]["details"]) == ("Failed", {})
    assert "raceback" not in answer.text


async def test_reading_again_and_again_is_limited_sending_is_not(make_world: MakeWorld) -> None:
    world = await make_world(GREET, rate_limit_per_minute=1, rate_limit_burst=2)
    hook = await make_hook(world)
    ids = [ok(await hook.post(), 202)["executionId"] for _ in range(6)]
    path, headers = f"{hook.path}/executions/{ids[0]}", {"X-Api-Key": hook.key}
    answers = [await world.client(None).get(path, headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    ok(await hook.post(), 202)


async def test_a_workflow_that_asks_for_another_permission_runs_too(world: World) -> None:
    hook = await make_hook(world, workflowName="take", payloadParameter="event")
    assert (await hook.end_of(await hook.post({"a": 1}))).result == {"event": {"a": 1}}


@pytest.mark.parametrize(
    ("allowed", "forwarded", "is_behind_proxy", "status"),
    [
        (["203.0.113.7"], None, False, 202),
        (["203.0.113.0/24", "2001:db8::/32"], None, False, 202),
        (["198.51.100.1"], None, False, 401),
        # Without a proxy of ours the header is the caller's invention.
        (["198.51.100.1"], "198.51.100.1", False, 401),
        (["203.0.113.7"], "198.51.100.1", False, 202),
        (["198.51.100.1"], "198.51.100.1:51000", True, 202),
        (["2001:db8::/32"], "[2001:db8::9]:443", True, 202),
        (["198.51.100.1"], "::ffff:198.51.100.1", True, 202),
        # What the caller wrote stands before what the proxy added.
        (["198.51.100.1"], "198.51.100.1, 192.0.2.66:51000", True, 401),
        (["203.0.113.7"], None, True, 401),
        (["0.0.0.0/0"], "nonsense", True, 401),
    ],
)
async def test_only_addresses_on_the_list_are_let_in(
    make_world: MakeWorld, allowed: list[str], forwarded: str | None, is_behind_proxy: bool, status: int
) -> None:
    world = await make_world(GREET, behind_proxy=is_behind_proxy)
    hook = await make_hook(world, allowedAddresses=allowed)
    headers = {} if forwarded is None else {"X_Forwarded_For": forwarded}
    assert (await hook.post(**headers)).status_code == status


async def test_last_use_is_noted_at_most_once_a_minute_and_changes_no_version(world: World) -> None:
    hook = await make_hook(world)
    rows = WebhookRepository(world.core.storage)
    assert await rows.find_use(world.contoso, hook.webhook.id) is None
    refused(await hook.post(key="wrong"), 401, "Unauthorized")
    assert await rows.find_use(world.contoso, hook.webhook.id) is None
    before = await rows.find(world.contoso, hook.webhook.id)
    ok(await hook.post(), 202)
    used = await rows.find_use(world.contoso, hook.webhook.id)
    ok(await hook.post(), 202)
    assert used is not None
    assert await rows.find_use(world.contoso, hook.webhook.id) == used
    assert await rows.find(world.contoso, hook.webhook.id) == before


async def test_keys_are_nowhere_but_with_their_owner(
    make_world: MakeWorld, caplog: pytest.LogCaptureFixture
) -> None:
    world = await make_world(GREET, log_level="DEBUG")
    caplog.set_level(logging.DEBUG)
    hook = await make_hook(world)
    signed = await make_hook(world, authentication="signature")
    answers = [
        await hook.post({"name": "Ada", "password": "hunter2hunter2"}),
        await hook.post(key=hook.key + "0"),
        await hook.post({"name": f"Bearer {hook.key}", "team": hook.key}),
        await signed.post_signed({"name": "Ada", "team": signed.key}),
        await world.client(None).post(f"{hook.path}", content=hook.key, headers={"X-Api-Key": hook.key}),
    ]
    for answer in answers[2:4]:
        await hook.end_of(answer)
    text = caplog.text + "".join(answer.text + str(answer.headers) for answer in answers)
    for name in TableName:
        async for row in world.core.storage.table(name, Model, large_values=False).query(None, top=1000):
            text += json.dumps(row, default=str)
    # What redaction took out of a record waits in a blob for the engine alone, until the run has ended.
    for container in ("execution-logs", "large-values", "platform"):
        blobs = world.core.storage.blobs(container)
        async for path in blobs.iter_names():
            text += path + (await blobs.find(path) or b"").decode()
    for key in (hook.key, signed.key):
        assert key.partition("_")[2] not in text
    assert "hunter2" not in text
    assert str(hook.webhook.credential.key_hash) in text, "the scan reads what is stored"


async def test_no_run_can_ask_for_a_signing_secret(make_world: MakeWorld) -> None:
    world = await make_world("""
@workflow
async def greet(context: OrganizationContext, entry: str) -> list:
    '''Try to read a secret by every name that may fit.'''
    parts = entry.split("--")
    names = [entry, "webhook--" + entry, "--".join(parts[1:]), parts[-1]]
    found = []
    for one in names:
        try:
            found.append(await context.secrets.get(one))
        except Exception as error:
            found.append(None)
    return found
""")
    hook = await make_hook(world, authentication="signature")
    (entry,) = await world.core.storage.vault.list_names("WEBHOOK--")
    assert (await world.run("greet", entry=entry.removeprefix("WEBHOOK--")))["result"] == [None] * 4
    listed = await world.core.secrets.list_entries(await world.scope(demo.ADMIN, world.contoso))
    assert listed == []
    ok(await hook.post_signed({"entry": "x"}), 202)
