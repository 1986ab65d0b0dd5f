"""HaloPSA: sign-in, tickets, lists, errors."""

# ruff: noqa: RUF001 - messages show the client's own paths

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from msp_automation.context import OrganizationContext
from msp_automation.errors import ConfigurationError, IntegrationError, ValidationError
from msp_automation.integrations import registry
from msp_automation.integrations.halopsa import HaloPsa

if TYPE_CHECKING:
    from sdk.tests.conftest import Answer, Server


@pytest.fixture
def halo(server: Server, answer: type[Answer]) -> HaloPsa:
    server.on("POST /auth/token", answer(json={"access_token": "halo-token", "expires_in": 3600}))
    return make_halo(server.url)


def make_halo(base_url: str, **more: Any) -> HaloPsa:
    settings = {
        "base_url": base_url,
        "client_id": "app",
        "client_secret": "halo-secret",
        "client_ref": 101,
        **more,
    }
    context = OrganizationContext.for_testing(
        secrets={"halo-secret": "s3cr3t-value"}, integrations={"halopsa": settings}
    )
    return context.get_integration("halopsa")


async def test_a_ticket_is_created_for_the_organizations_client(
    server: Server, answer: type[Answer], halo: HaloPsa
) -> None:
    server.on("POST /api/tickets", answer(201, json={"id": 5001}))
    assert await halo.create_ticket("New starter", "Ada", team="Service Desk") == {"id": 5001}
    signed_in, created = server.asked
    assert signed_in.form == {
        "grant_type": "client_credentials",
        "client_id": "app",
        "client_secret": "s3cr3t-value",
        "scope": "all",
    }
    assert created.json == [
        {"summary": "New starter", "details": "Ada", "client_id": 101, "team": "Service Desk"}
    ]
    assert created.token == "Bearer halo-token"


async def test_lists_are_read_over_numbered_pages(
    server: Server, answer: type[Answer], halo: HaloPsa
) -> None:
    server.on(
        "GET /api/tickets",
        answer(json={"record_count": 3, "page_size": 2, "tickets": [1, 2]}),
        answer(json={"record_count": 3, "page_size": 2, "tickets": [3]}),
    )
    assert await halo.get_all("/tickets", {"client_id": 101}) == [1, 2, 3]
    assert [one.query.get("page_no") for one in server.asked_for("GET /api/tickets")] == ["1", "2"]


async def test_the_address_may_name_the_api_already(
    server: Server, answer: type[Answer], halo: HaloPsa
) -> None:
    server.on("GET /api/client/101", answer(json={"name": "Contoso"}))
    assert await make_halo(f"{server.url}/api/").get("/client/101") == {"name": "Contoso"}


async def test_a_refused_sign_in_keeps_halos_reason(
    server: Server, answer: type[Answer], halo: HaloPsa
) -> None:
    server.on(
        "POST /auth/token", answer(400, json={"error": "invalid_client", "error_description": "Bad secret"})
    )
    with pytest.raises(IntegrationError, match="refused the sign-in") as caught:
        await halo.get("/client")
    assert caught.value.details["code"] == "invalid_client"
    assert caught.value.details["reason"] == "Bad secret"


@pytest.mark.parametrize(
    ("body", "message"),
    [({"Message": "Nope"}, "Nope"), ("plain words", "plain words"), ([1], "[1]")],
)
async def test_errors_of_any_shape_are_read(
    server: Server, answer: type[Answer], halo: HaloPsa, body: Any, message: str
) -> None:
    server.on("GET /api/client", answer(400, json=body))
    with pytest.raises(IntegrationError) as caught:
        await halo.get("/client")
    assert caught.value.message == f"HaloPSA refused GET /client with 400: {message}"


async def test_a_test_reads_the_clients_record(server: Server, answer: type[Answer], halo: HaloPsa) -> None:
    server.on("GET /api/client/101", answer(json={"name": "Contoso"}))
    result = await halo.test()
    assert (result.ok, result.message) == (True, "HaloPSA answers: client 101 is Contoso.")


@pytest.mark.parametrize(
    ("base_url", "message"),
    [
        ("http://halo.example.com", "Must begin with https://."),
        ("ftp://halo.example.com", "Must be a web address such as https://example.halopsa.com."),
        ("halo.example.com", "Must be a web address such as https://example.halopsa.com."),
        ("https://user:pw@halo.example.com", "Must be an address without sign-in data, query or fragment."),
        ("https://halo.example.com/?x=1", "Must be an address without sign-in data, query or fragment."),
        ("https://halo.example.com:notaport", "Must be a web address such as https://example.halopsa.com."),
    ],
)
def test_only_safe_addresses_are_accepted(base_url: str, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        registry.check_settings("halopsa", {"base_url": base_url, "client_id": "a", "client_secret": "b"})
    assert caught.value.details["fields"] == {"base_url": message}


@pytest.mark.parametrize("secret", ["not a name", "-x", "", "a" * 101])
def test_a_secret_is_given_by_name(secret: str) -> None:
    with pytest.raises(ValidationError) as caught:
        registry.check_settings(
            "halopsa", {"base_url": "https://x.example", "client_id": "a", "client_secret": secret}
        )
    assert set(caught.value.details["fields"]) == {"client_secret"}


def test_connection_fields_say_where_and_as_whom() -> None:
    settings = HaloPsa.Settings
    assert settings.connection_fields() == {"base_url", "client_id", "client_secret"}
    assert settings.secret_fields() == {"client_secret"}
    assert settings.deployment_fields() == frozenset()


def test_wrong_settings_name_the_field_and_the_place() -> None:
    context = OrganizationContext.for_testing(integrations={"halopsa": {"client_id": "a"}})
    with pytest.raises(ConfigurationError) as caught:
        context.get_integration("halopsa")
    assert "base_url: Required." in caught.value.message
    assert caught.value.message.endswith("Correct them under Organizations › Contoso › Integrations.")
