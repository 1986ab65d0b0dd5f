"""An author's own integration signs in inside the run, over the same transport."""

# ruff: noqa: RUF001 - messages show the client's own paths

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from msp_automation import DeclarationError, Integration
from msp_automation.capabilities import IntegrationToken
from msp_automation.context import OrganizationContext
from msp_automation.errors import ConfigurationError, IntegrationError
from msp_automation.integrations.base import Authentication
from msp_automation.integrations.settings import BaseUrl, IntegrationSettings, SecretName
from msp_automation.testing import host_of

if TYPE_CHECKING:
    from sdk.tests.conftest import Answer, Server


class BackupSettings(IntegrationSettings):
    base_url: BaseUrl
    api_key: SecretName


class Backup(Integration):
    name: ClassVar[str] = "backup"
    label: ClassVar[str] = "Backup"
    Settings: ClassVar[type[IntegrationSettings]] = BackupSettings

    async def authenticate(self, auth: Authentication) -> IntegrationToken:
        key = await auth.require_secret(auth.settings.api_key)
        answer = await auth.http.post(f"{auth.settings.base_url}/login", json={"key": key})
        answer.raise_for_status()
        expires_at = datetime.now(UTC) + timedelta(hours=1)
        return IntegrationToken(access_token=answer.json()["token"], expires_at=expires_at)


def make_context(server: Server, **secrets: str) -> OrganizationContext:
    return OrganizationContext.for_testing(
        secrets=secrets,
        integrations={"backup": {"base_url": server.url, "api_key": "backup-key"}},
        integration_types={"backup": Backup},
    )


async def test_it_signs_in_with_its_secret_and_calls(server: Server, answer: type[Answer]) -> None:
    server.on("POST /login", answer(json={"token": "session-1234"}))
    server.on("GET /jobs", answer(json=[1]))
    context = make_context(server, **{"backup-key": "key-5678"})
    assert await context.get_integration("backup").get("/jobs") == [1]
    login, jobs = server.asked
    assert login.json == {"key": "key-5678"}
    assert (login.token, jobs.token) == (None, "Bearer session-1234")
    context.log.info("key-5678 gave session-1234")
    assert host_of(context).lines[0].message == "[redacted] gave [redacted]"


async def test_a_refused_sign_in_says_what_to_check(server: Server, answer: type[Answer]) -> None:
    server.on("POST /login", answer(401, json={"error": "unknown key"}))
    with pytest.raises(IntegrationError) as caught:
        await make_context(server, **{"backup-key": "key-5678"}).get_integration("backup").get("/jobs")
    assert caught.value.message == (
        "Backup refused the sign-in (401). Check its settings and secrets under "
        "Organizations › Contoso › Integrations."
    )
    assert caught.value.details["status"] == 401
    assert "unknown key" in caught.value.details["reason"]
    assert "key-5678" not in str(caught.value.details)


async def test_a_sign_in_without_an_answer_names_the_host() -> None:
    context = OrganizationContext.for_testing(
        secrets={"backup-key": "key"},
        integrations={"backup": {"base_url": "http://127.0.0.1:9", "api_key": "backup-key"}},
        integration_types={"backup": Backup},
    )
    with pytest.raises(IntegrationError, match=r"The sign-in to Backup got no answer from 127\.0\.0\.1"):
        await context.get_integration("backup").get("/jobs")


async def test_each_context_has_a_client_of_its_own(server: Server, answer: type[Answer]) -> None:
    server.on("POST /login", answer(json={"token": "session-1"}), answer(json={"token": "session-2"}))
    server.on("GET /jobs", answer(json=[]))
    for _ in range(2):
        await make_context(server, **{"backup-key": "key"}).get_integration("backup").get("/jobs")
    assert [one.token for one in server.asked_for("GET /jobs")] == ["Bearer session-1", "Bearer session-2"]


async def test_within_a_run_the_client_is_the_same(server: Server) -> None:
    context = make_context(server)
    assert context.get_integration("backup") is context.get_integration("backup")


async def test_calling_itself_while_signing_in_is_refused(server: Server) -> None:
    class Eager(Backup):
        name: ClassVar[str] = "eager"

        async def authenticate(self, auth: Authentication) -> IntegrationToken:
            return IntegrationToken(access_token=await self.get("/token"), expires_at=datetime.now(UTC))

    context = OrganizationContext.for_testing(
        integrations={"eager": {"base_url": server.url, "api_key": "k"}}, integration_types={"eager": Eager}
    )
    with pytest.raises(Exception, match="needs its token first"):
        await context.get_integration("eager").get("/jobs")


async def test_the_default_test_calls_the_base_address(server: Server, answer: type[Answer]) -> None:
    server.on("POST /login", answer(json={"token": "t"}))
    server.on("GET /", answer(json={}), answer(500))
    client = make_context(server, **{"backup-key": "key"}).get_integration("backup")
    assert (await client.test()).ok


def test_an_integration_that_is_not_set_up_is_named_with_its_place() -> None:
    with pytest.raises(ConfigurationError) as caught:
        OrganizationContext.for_testing().get_integration("msgraph")
    assert caught.value.message == (
        "Microsoft Graph is not set up for organization 'Contoso'. "
        "Set it up under Organizations › Contoso › Integrations."
    )


def test_an_unknown_integration_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match="There are: halopsa, msgraph"):
        OrganizationContext.for_testing().get_integration("graph")


async def sign_in(self: Any, auth: Authentication) -> IntegrationToken:
    raise IntegrationError("not reached")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"authenticate": sign_in}, "has no name"),
        ({"authenticate": sign_in, "name": "not a name"}, "not a usable integration name"),
        ({"authenticate": sign_in, "name": "x", "Settings": dict}, "is no IntegrationSettings"),
    ],
)
def test_a_wrong_declaration_fails_where_it_stands(body: dict[str, Any], problem: str) -> None:
    with pytest.raises(DeclarationError, match=problem) as caught:
        type("Wrong", (Integration,), body)
    assert caught.value.file == __file__
    assert caught.value.line is not None


def test_an_abstract_base_of_several_integrations_needs_no_name() -> None:
    class Shared(Integration):
        def shared(self) -> str:
            return "x"

    assert not hasattr(Shared, "name")
