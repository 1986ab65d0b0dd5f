"""The transport chain against a real server on loopback."""

from __future__ import annotations

import asyncio
import logging
import socket
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

import httpx
import pytest

from msp_automation.capabilities import IntegrationCall, IntegrationToken, OrganizationInfo
from msp_automation.errors import IntegrationError
from msp_automation.integrations.base import Authentication, Connection, Integration
from msp_automation.integrations.network import LoopNetwork, Network, close_network, signed_in_client
from msp_automation.integrations.retrying import RetryingTransport, RetryPolicy, retry_after
from msp_automation.integrations.settings import BaseUrl, IntegrationSettings
from msp_automation.integrations.tokens import TokenSource
from msp_automation.redaction import Redactor

if TYPE_CHECKING:
    from sdk.tests.conftest import Answer, Server

TENANT = "a0000000-0000-4000-8000-000000000001"
CONTOSO = OrganizationInfo(id="c0000000-0000-4000-8000-000000000001", name="Contoso", tenant_id=TENANT)
NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


class DirectorySettings(IntegrationSettings):
    base_url: BaseUrl


class Directory(Integration):
    name: ClassVar[str] = "directory"
    label: ClassVar[str] = "Directory"
    Settings: ClassVar[type[IntegrationSettings]] = DirectorySettings
    needs_own_tenant: ClassVar[bool] = True

    async def authenticate(self, auth: Authentication) -> IntegrationToken:
        raise AssertionError("the host hands out tokens in these tests")


class FakeTime:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.naps: list[float] = []

    def clock(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.seconds += seconds


class Host:
    """Hands out tokens and keeps the calls made."""

    def __init__(self, tenant_id: str | None = TENANT) -> None:
        self.tenant_id = tenant_id
        self.calls: list[IntegrationCall] = []
        self.fetched: list[bool] = []
        self.redactor = Redactor()
        self.lifetime = timedelta(hours=1)

    async def fetch(self, refresh: bool) -> IntegrationToken:
        self.fetched.append(refresh)
        await asyncio.sleep(0)
        return IntegrationToken(
            access_token=f"token-{len(self.fetched)}",
            expires_at=datetime.now(UTC) + self.lifetime,
            tenant_id=self.tenant_id,
        )


def make_client(
    server: Server | SimpleNamespace,
    host: Host,
    time: FakeTime | None = None,
    policy: RetryPolicy | None = None,
    *,
    keep_connections: bool = False,
) -> Directory:
    clock = time or FakeTime()

    def retry(inner: httpx.AsyncBaseTransport, _: RetryPolicy | None) -> httpx.AsyncBaseTransport:
        return RetryingTransport(
            inner, policy, clock=clock.clock, sleep=clock.sleep, now=lambda: NOON, jitter=lambda: 1.0
        )

    network = Network(LoopNetwork(keep_connections=keep_connections), retry=retry)

    tokens = TokenSource(host.fetch, host.redactor)

    def open_client(integration: Integration) -> httpx.AsyncClient:
        return signed_in_client(integration, tokens, record=host.calls.append, network=network)

    return Directory(Connection(CONTOSO, DirectorySettings(base_url=f"{server.url}/v1.0"), open_client))


async def test_a_call_carries_the_token_and_its_answer_is_json(server: Server, answer: type[Answer]) -> None:
    server.on("GET /v1.0/users", answer(json={"value": [1]}))
    assert await make_client(server, Host()).get("/users", params={"$top": 5, "$skip": None}) == {
        "value": [1]
    }
    assert server.asked[0].token == "Bearer token-1"
    assert server.asked[0].query == {"$top": "5"}


async def test_an_answer_without_content_is_none(server: Server, answer: type[Answer]) -> None:
    server.on("DELETE /v1.0/users/7", answer(204))
    assert await make_client(server, Host()).delete("/users/{user}", user=7) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("3", 3.0), ("Sat, 31 Jan 2026 12:00:07 GMT", 7.0), ("Sat, 31 Jan 2026 11:00:00 GMT", 0.0)],
)
async def test_a_429_waits_as_long_as_retry_after_says(
    server: Server, answer: type[Answer], header: str, seconds: float
) -> None:
    server.on("POST /v1.0/users", answer(429, headers={"Retry-After": header}), answer(201, json={"id": "u"}))
    time = FakeTime()
    assert await make_client(server, Host(), time).post("/users", json={"name": "A"}) == {"id": "u"}
    assert time.naps == [seconds]
    assert [one.json for one in server.asked] == [{"name": "A"}, {"name": "A"}]


async def test_a_503_with_retry_after_is_repeated_for_every_method(
    server: Server, answer: type[Answer]
) -> None:
    server.on("POST /v1.0/users", answer(503, headers={"Retry-After": "1"}), answer(201, json={}))
    await make_client(server, Host()).post("/users", json={})
    assert len(server.asked) == 2


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_post_is_not_repeated_after_an_error_that_leaves_open_whether_it_was_done(
    server: Server, answer: type[Answer], status: int
) -> None:
    server.on("POST /v1.0/users", answer(status))
    with pytest.raises(IntegrationError) as caught:
        await make_client(server, Host()).post("/users", json={})
    assert len(server.asked) == 1
    assert caught.value.details["status"] == status


async def test_a_post_marked_safe_to_repeat_is_repeated(server: Server, answer: type[Answer]) -> None:
    server.on("POST /v1.0/users/7/assignLicense", answer(500), answer(200, json={"id": 7}))
    client = make_client(server, Host())
    assert await client.post("/users/7/assignLicense", json={}, safe_to_repeat=True) == {"id": 7}


async def test_waits_double_and_tries_are_bounded(server: Server, answer: type[Answer]) -> None:
    server.on("GET /v1.0/users", answer(500))
    time = FakeTime()
    with pytest.raises(IntegrationError):
        await make_client(server, Host(), time).get("/users")
    assert time.naps == [0.5, 1.0, 2.0, 4.0]
    assert len(server.asked) == 5


async def test_a_wait_that_would_pass_the_total_time_is_not_begun(
    server: Server, answer: type[Answer]
) -> None:
    server.on("GET /v1.0/users", answer(429, headers={"Retry-After": "120"}))
    time = FakeTime()
    with pytest.raises(IntegrationError) as caught:
        await make_client(server, Host(), time).get("/users")
    assert time.naps == []
    assert caught.value.details["status"] == 429


async def test_a_reset_connection_is_repeated_for_a_get(server: Server, answer: type[Answer]) -> None:
    server.on("GET /v1.0/users", answer(resets=True), answer(json=[]))
    assert await make_client(server, Host()).get("/users") == []


async def test_a_reset_connection_is_not_repeated_for_a_post(server: Server, answer: type[Answer]) -> None:
    server.on("POST /v1.0/users", answer(resets=True))
    with pytest.raises(IntegrationError, match="broke the connection") as caught:
        await make_client(server, Host()).post("/users")
    assert len(server.asked) == 1
    assert caught.value.details["code"] == "ConnectionLost"
    assert caught.value.details["status"] is None


async def test_a_server_that_is_not_there_is_an_integration_error() -> None:
    host = Host()
    with socket.socket() as bound:  # bound and not listening: nobody can take the port, and it refuses
        bound.bind(("127.0.0.1", 0))
        nobody = SimpleNamespace(url=f"http://127.0.0.1:{bound.getsockname()[1]}")
        with pytest.raises(IntegrationError, match="cannot be reached") as caught:
            await make_client(nobody, host).post("/users")
    assert caught.value.details["code"] == "Unreachable"
    assert [call.status_code for call in host.calls] == [None]


async def test_a_server_that_does_not_answer_in_the_total_time_is_an_integration_error(
    server: Server, answer: type[Answer]
) -> None:
    server.on("GET /v1.0/users", answer(delay=5))
    policy = RetryPolicy(most_tries=1, total_seconds=0.05)
    with pytest.raises(IntegrationError, match="did not answer in time") as caught:
        await make_client(server, Host(), policy=policy).get("/users")
    assert caught.value.details["code"] == "Timeout"


async def test_an_answer_past_the_size_limit_is_refused(server: Server, answer: type[Answer]) -> None:
    server.on("GET /v1.0/users", answer(body=b"x" * 2000))
    with pytest.raises(IntegrationError, match="too large"):
        await make_client(server, Host(), policy=RetryPolicy(longest_answer_bytes=1000)).get("/users")


async def test_an_answer_that_is_not_json_is_an_integration_error(
    server: Server, answer: type[Answer]
) -> None:
    server.on("GET /v1.0/users", answer(body=b"<html>"))
    with pytest.raises(IntegrationError, match="not JSON"):
        await make_client(server, Host()).get("/users")


async def test_a_token_of_another_tenant_is_never_sent(server: Server, answer: type[Answer]) -> None:
    server.on("GET /v1.0/users", answer(json=[]))
    for foreign in ("a0000000-0000-4000-8000-000000000002", None):
        with pytest.raises(IntegrationError, match="another tenant") as caught:
            await make_client(server, Host(foreign)).get("/users")
        assert caught.value.details["code"] == "WrongTenant"
    assert server.connections == 0


async def test_a_next_link_to_another_host_never_gets_a_token(
    server: Server, other_server: Server, answer: type[Answer]
) -> None:
    link = f"{other_server.url}/v1.0/users?page=2"
    server.on("GET /v1.0/users", answer(json={"value": [1], "@odata.nextLink": link}))
    other_server.on("GET /v1.0/users", answer(json={"value": [2]}))
    with pytest.raises(IntegrationError, match="not the integration's own address") as caught:
        await make_client(server, Host()).get_all("/users")
    assert other_server.connections == 0
    assert caught.value.details["code"] == "ForeignHost"


async def test_a_redirect_is_not_followed(server: Server, other_server: Server, answer: type[Answer]) -> None:
    server.on("GET /v1.0/users", answer(302, headers={"Location": f"{other_server.url}/"}))
    with pytest.raises(IntegrationError) as caught:
        await make_client(server, Host()).get("/users")
    assert caught.value.details["status"] == 302
    assert other_server.connections == 0


async def test_a_401_is_answered_once_with_a_new_token(server: Server, answer: type[Answer]) -> None:
    server.on("POST /v1.0/users", answer(401), answer(201, json={"id": "u"}))
    host = Host()
    assert await make_client(server, host).post("/users", json={"name": "A"}) == {"id": "u"}
    assert [one.token for one in server.asked] == ["Bearer token-1", "Bearer token-2"]
    assert [one.json for one in server.asked] == [{"name": "A"}, {"name": "A"}]
    assert host.fetched == [False, True]


async def test_a_second_401_is_an_error(server: Server, answer: type[Answer]) -> None:
    server.on("GET /v1.0/users", answer(401))
    with pytest.raises(IntegrationError) as caught:
        await make_client(server, Host()).get("/users")
    assert len(server.asked) == 2
    assert caught.value.details["status"] == 401


async def test_calls_side_by_side_fetch_one_token(server: Server, answer: type[Answer]) -> None:
    server.on("GET /v1.0/users", answer(json=[]))
    host = Host()
    client = make_client(server, host)
    await asyncio.gather(*(client.get("/users") for _ in range(5)))
    assert host.fetched == [False]


async def test_a_token_about_to_end_is_fetched_anew(server: Server, answer: type[Answer]) -> None:
    server.on("GET /v1.0/users", answer(json=[]))
    host = Host()
    host.lifetime = timedelta(seconds=30)
    client = make_client(server, host)
    await client.get("/users")
    await client.get("/users")
    assert [one.token for one in server.asked] == ["Bearer token-1", "Bearer token-2"]


async def test_calls_are_recorded_without_ids_and_queries(server: Server, answer: type[Answer]) -> None:
    server.on("GET /v1.0/users/ada@contoso.example/memberOf", answer(json=[]))
    server.on("PATCH /v1.0/users/ada@contoso.example", answer(404, json={}))
    host = Host()
    client = make_client(server, host)
    await client.get("/users/ada@contoso.example/memberOf", params={"$filter": "secret"})
    with pytest.raises(IntegrationError, match=r"PATCH /users/\{user\}"):
        await client.patch("/users/{user}", json={}, user="ada@contoso.example")
    recorded = [(call.method, call.endpoint, call.status_code) for call in host.calls]
    assert recorded == [("GET", "/users/{id}/memberOf", 200), ("PATCH", "/users/{user}", 404)]
    assert all(call.duration_ms > 0 and call.integration == "directory" for call in host.calls)


async def test_repeated_tries_are_recorded_as_one_call(server: Server, answer: type[Answer]) -> None:
    server.on("GET /v1.0/users", answer(500), answer(500), answer(json=[]))
    host = Host()
    await make_client(server, host).get("/users")
    assert [call.status_code for call in host.calls] == [200]


async def test_values_in_a_path_stay_one_segment(server: Server, answer: type[Answer]) -> None:
    client = make_client(server, Host())
    with pytest.raises(IntegrationError):
        await client.get("/users/{user}", user="a/../../admin?x=1#y")
    assert server.asked[0].path == "/v1.0/users/a%2F..%2F..%2Fadmin%3Fx=1%23y"
    for climbing in ("..", ".", ""):
        with pytest.raises(IntegrationError, match="cannot stand for"):
            await client.get("/users/{user}", user=climbing)
    assert len(server.asked) == 1


async def test_a_path_names_all_of_its_values(server: Server) -> None:
    with pytest.raises(TypeError, match="'user'"):
        await make_client(server, Host()).get("/users/{user}", name="x")


async def test_tokens_never_show_in_what_the_run_writes(server: Server, answer: type[Answer]) -> None:
    server.on("GET /v1.0/users", answer(json=[]))
    host = Host()
    await make_client(server, host).get("/users")
    assert host.redactor.redact_text("it was token-1") == "it was [redacted]"
    assert "token-1" not in repr(await host.fetch(False))


async def test_kept_connections_are_shared_and_closed_by_the_host(
    server: Server, answer: type[Answer]
) -> None:
    server.on("GET /v1.0/users", answer(json=[]))
    for _ in range(3):
        await make_client(server, Host(), keep_connections=True).get("/users")
    assert server.connections == 1
    assert [one.token for one in server.asked] == ["Bearer token-1"] * 3
    await close_network()


async def test_proxies_of_the_environment_are_not_used(
    server: Server, answer: type[Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://proxy.invalid:3128")
    server.on("GET /v1.0/users", answer(json=[]))
    assert await make_client(server, Host()).get("/users") == []


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(None, None), ("", None), ("soon", None), ("-5", None), ("1e9", None), ("9" * 40, 999_999_999.0)],
)
def test_a_retry_after_that_makes_no_sense_is_ignored(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOON) == seconds


def test_http_libraries_do_not_log_addresses_into_a_run(caplog: pytest.LogCaptureFixture) -> None:
    from msp_automation.context import OrganizationContext, running_context
    from msp_automation.run_log import RunLogHandler
    from msp_automation.testing import host_of

    context = OrganizationContext.for_testing()
    handler = RunLogHandler(running_context)
    token = running_context.set(context)
    try:
        for name in ("httpx", "httpcore.connection"):
            handler.handle(logging.makeLogRecord({"name": name, "msg": "GET https://x?secret"}))
    finally:
        running_context.reset(token)
    assert host_of(context).lines == []
    assert caplog.records == []
