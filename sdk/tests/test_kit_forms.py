"""The form harness of the test kit: what a form would be told, and what became of the run."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import date
from typing import Any, Literal

import pytest

from msp_automation import (
    FileReference,
    Integration,
    IntegrationError,
    OrganizationContext,
    ValidationError,
    WorkflowError,
    data_provider,
    param,
    workflow,
)
from msp_automation.capabilities import IntegrationToken
from msp_automation.integrations.base import Authentication
from msp_automation.integrations.settings import BaseUrl, IntegrationSettings, SecretName
from msp_automation.testing import (
    CallProvider,
    FakeApi,
    GraphSandbox,
    HaloSandbox,
    RecordedContext,
    SubmitForm,
)


@data_provider
async def free_licences(context: OrganizationContext, search: str = "") -> list[dict[str, Any]]:
    """Products."""
    skus = await context.get_integration("msgraph").get_all("/subscribedSkus")
    found = [{"label": sku["skuPartNumber"], "value": sku["skuId"]} for sku in skus]
    return [option for option in found if search.lower() in option["label"].lower()]


@workflow(timeout_seconds=60)
@param("email", type="email")
@param(
    "licence",
    data_provider="free_licences",
    data_provider_inputs={"search": {"mode": "static", "value": "SPB"}},
)
async def hire(
    context: OrganizationContext,
    first_name: str,
    email: str,
    licence: str | None = None,
    *,
    starts: date | None = None,
    seats: int = 1,
) -> dict[str, Any]:
    """Create a user and assign a licence."""
    await context.set_progress(0.1, "Creating")
    user = await context.get_integration("msgraph").post(
        "/users",
        json={
            "accountEnabled": True,
            "displayName": first_name,
            "mailNickname": email.partition("@")[0],
            "userPrincipalName": email,
            "usageLocation": "GB",
            "passwordProfile": {"password": "Correct-Horse-1"},
        },
    )
    context.log.info("Created", user=user["id"])
    if licence is not None:
        body = {"addLicenses": [{"skuId": licence}], "removeLicenses": []}
        await context.get_integration("msgraph").post("/users/{user}/assignLicense", user=email, json=body)
    context.variables["user"] = user["id"]
    await context.save_checkpoint("created", {"id": user["id"], "at": "2026-01-31T09:00:00Z"})
    return {"id": user["id"], "starts": starts, "seats": seats, "password": "Correct-Horse-1"}


def test_a_form_that_is_sent_in_runs_its_workflow(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    sku = graph.buy_licences("SPB", 2)
    values = {"first_name": "Ada", "email": "ada@contoso.example", "licence": sku, "starts": "2026-01-31"}
    execution = submit_form(hire, values)
    ada = graph.user("ada@contoso.example")
    assert execution.require_result() == {
        "id": ada["id"],
        "starts": "2026-01-31",
        "seats": 1,
        "password": "[redacted]",
    }
    assert (execution.workflow, execution.status, execution.error) == ("hire", "Success", None)
    assert execution.input == {**values, "seats": 1}
    assert execution.messages == ["Created"]
    assert execution.progress == [(0.1, "Creating")]
    assert execution.variables == {"user": ada["id"]}
    assert execution.checkpoints["created"]["id"] == ada["id"]
    assert [call.endpoint for call in execution.calls] == ["/users", "/users/{user}/assignLicense"]
    assert [option.label for option in execution.options["licence"]] == ["SPB"]
    assert graph.licences_of("ada@contoso.example") == ["SPB"]
    # The options were there before the form was sent: no part of what the workflow did.
    graph.assert_not_called("GET", "/subscribedSkus")


def test_wrong_input_is_told_by_field_and_nothing_runs(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    execution = submit_form(
        hire, {"first_name": "", "email": "ada", "starts": "soon", "seats": "x", "more": 1}
    )
    assert execution.status == "Invalid"
    assert execution.field_errors == {
        "first_name": "Required.",
        "email": execution.field_errors["email"],
        "starts": "Must be a date such as 2026-01-31.",
        "seats": "Must be a whole number.",
        "more": "There is no parameter of this name.",
    }
    with pytest.raises(AssertionError, match="Invalid"):
        execution.require_result()
    graph.assert_not_called()


def test_a_value_that_the_field_does_not_offer_is_refused(
    graph: GraphSandbox, submit_form: SubmitForm
) -> None:
    other = graph.buy_licences("POWER_BI_PRO", 2)
    values = {"first_name": "Ada", "email": "ada@contoso.example", "licence": other}
    execution = submit_form(hire, values)
    assert execution.field_errors == {"licence": "Choose one of the options."}
    graph.assert_not_called()
    assert submit_form(hire, values, check_options=False).status == "Success"


def test_options_that_cannot_be_loaded_any_more_leave_the_run_to_fail(
    graph: GraphSandbox, submit_form: SubmitForm
) -> None:
    graph.revoke_permissions()
    execution = submit_form(hire, {"first_name": "Ada", "email": "ada@contoso.example", "licence": "x"})
    assert execution.status == "Failed"
    assert execution.error is not None
    assert execution.error.type == "IntegrationError"
    assert "User.ReadWrite.All" in execution.error.message
    assert "in hire" in execution.error.traceback
    assert "User.ReadWrite.All" in repr(execution)


def test_a_throttled_run_takes_milliseconds_and_tells_what_it_waited(
    graph: GraphSandbox, submit_form: SubmitForm
) -> None:
    graph.fail_next(429, times=2, retry_after=25, method="POST", path="/users")
    began = time.perf_counter()
    execution = submit_form(hire, {"first_name": "Ada", "email": "ada@contoso.example"})
    assert time.perf_counter() - began < 2
    assert (execution.status, execution.waited_seconds) == ("Success", 50)
    graph.assert_called("POST", "/users", times=3)
    graph.assert_called("POST", "/users", times=1, status=201)
    assert [call.endpoint for call in execution.calls] == ["/users"]


def test_a_snapshot_has_nothing_that_differs_from_run_to_run(
    graph: GraphSandbox, submit_form: SubmitForm
) -> None:
    values = {"first_name": "Ada", "email": "ada@contoso.example"}
    first = submit_form(hire, values).snapshot()
    graph.remove_user("ada@contoso.example")
    assert submit_form(hire, values).snapshot() == first
    assert first["result"]["id"] == first["variables"]["user"] == "<id 1>"
    assert first["checkpoints"] == {"created": {"id": "<id 1>", "at": "<time>"}}
    assert first["calls"] == ["msgraph: POST /users → 201"]
    assert first["log"] == [{"level": "info", "message": "Created", "data": {"user": "<id 1>"}}]


async def test_it_may_be_used_in_an_async_test_too(graph: GraphSandbox, submit_form: SubmitForm) -> None:
    assert submit_form(hire, {"first_name": "Ada", "email": "ada@contoso.example"}).status == "Success"
    assert asyncio.get_running_loop().is_running()


@workflow(timeout_seconds=60)
def count_rows(context: OrganizationContext, table: FileReference, stall: bool = False) -> int:
    """Count the rows of a file; a plain `def`."""
    logging.getLogger("counting").info("by logging")
    while stall:
        time.sleep(0.001)
    return len(context.wait(table.read()).splitlines())


def test_a_plain_def_takes_a_file_and_logs_in_both_ways(submit_form: SubmitForm) -> None:
    level = logging.getLogger().level
    execution = submit_form(count_rows, {"table": FileReference.from_bytes("a.csv", b"a\nb\n")})
    assert (execution.require_result(), execution.messages) == (2, ["by logging"])
    assert logging.getLogger().level == level


def test_a_run_over_its_limit_is_stopped(submit_form: SubmitForm) -> None:
    execution = submit_form(
        count_rows,
        {"table": FileReference.from_bytes("a.csv", b""), "stall": True},
        timeout_seconds=0.05,
    )
    assert execution.status == "TimedOut"
    assert execution.error is not None
    assert execution.error.type == "WorkflowTimeout"


def test_options_are_asked_for_with_inputs(graph: GraphSandbox, call_provider: CallProvider) -> None:
    graph.buy_licences("SPB", 1)
    graph.buy_licences("POWER_BI_PRO", 1)
    assert {option.label for option in call_provider(free_licences)} == {"SPB", "POWER_BI_PRO"}
    assert [option.label for option in call_provider(free_licences, {"search": "bi"})] == ["POWER_BI_PRO"]
    graph.assert_called("GET", "/subscribedSkus", times=2)
    with pytest.raises(ValidationError):
        call_provider(free_licences, {"serch": "bi"})
    graph.revoke_permissions()
    with pytest.raises(IntegrationError):
        call_provider(free_licences)


@workflow
async def raise_ticket(context: OrganizationContext, priority: Literal["low", "high"]) -> int:
    """Write a ticket."""
    if context.config.get("quiet"):
        raise WorkflowError("Quiet hours.", details={"until": "2026-01-31T09:00:00Z"})
    ticket = await context.get_integration("halopsa").create_ticket(f"{priority} for {context.caller.name}")
    number: int = ticket["id"]
    return number


def test_halopsa_holds_the_tickets_of_the_organization(halopsa: HaloSandbox, submit_form: SubmitForm) -> None:
    halopsa.add_ticket("Old")
    halopsa.fail_next(429, retry_after=3)
    execution = submit_form(raise_ticket, {"priority": "low"})
    assert execution.require_result() == 1002
    assert [ticket["summary"] for ticket in halopsa.tickets] == ["Old", "low for Service Desk Technician"]
    halopsa.assert_called("POST", "/tickets", times=1, status=201, json=[{"client_id": 101}])
    assert submit_form(raise_ticket, {"priority": "low"}, org="Fabrikam").status == "Success"
    assert [ticket["client_name"] for ticket in halopsa.tickets] == ["Contoso", "Contoso", "Fabrikam"]


def test_the_rate_limit_rolls_with_the_virtual_clock(halopsa: HaloSandbox, submit_form: SubmitForm) -> None:
    halopsa.limit_requests(1, window_seconds=60)
    assert submit_form(raise_ticket, {"priority": "low"}).waited_seconds == 0
    assert submit_form(raise_ticket, {"priority": "low"}).status == "Failed"
    halopsa.limit_requests(1, window_seconds=20)
    assert submit_form(raise_ticket, {"priority": "low"}).waited_seconds == 0
    assert submit_form(raise_ticket, {"priority": "low"}).waited_seconds == 20


def test_the_world_is_set_up_by_words(submit_form: SubmitForm) -> None:
    quiet = submit_form(raise_ticket, {"priority": "low"}, config={"quiet": True})
    assert quiet.error is not None
    assert quiet.error.details == {"until": "2026-01-31T09:00:00Z"}
    without = submit_form(raise_ticket, {"priority": "low"}, integrations={"halopsa": None})
    assert without.error is not None
    assert without.error.type == "ConfigurationError"


def test_a_context_of_ones_own_shows_what_was_done(
    org_context: RecordedContext, submit_form: SubmitForm
) -> None:
    submit_form(raise_ticket, {"priority": "high"}, context=org_context)
    assert [call.integration for call in org_context.integration_calls] == ["halopsa"]
    with pytest.raises(TypeError, match="config"):
        submit_form(raise_ticket, {"priority": "high"}, context=org_context, config={})


class AcmeSettings(IntegrationSettings):
    base_url: BaseUrl
    key: SecretName


class Acme(Integration):
    """An author's own integration."""

    name = "acme"
    label = "Acme"
    Settings = AcmeSettings

    async def authenticate(self, auth: Authentication) -> IntegrationToken:
        from datetime import UTC, datetime, timedelta

        answer = await auth.http.post(f"{auth.settings.base_url}/token", json={})
        return IntegrationToken(
            access_token=answer.json()["access_token"], expires_at=datetime.now(UTC) + timedelta(hours=1)
        )


async def test_an_api_of_ones_own_answers_what_the_test_says(
    fake_api: Callable[[str], FakeApi], make_org_context: Callable[..., RecordedContext]
) -> None:
    acme = fake_api("https://api.acme.example/v2")
    acme.on("GET", "/things/{thing}", {"name": "Anvil"})
    acme.fail_next(503)
    context = make_org_context(
        secrets={"acme-key": "k"},
        integrations={"acme": {"base_url": "https://api.acme.example/v2", "key": "acme-key"}},
        integration_types={"acme": Acme},
    )
    assert await context.get_integration("acme").get("/things/{thing}", thing=7) == {"name": "Anvil"}
    assert [call.status for call in acme.calls] == [503, 200]
    with pytest.raises(IntegrationError, match="The test gave no answer for GET /v2/other"):
        await context.get_integration("acme").get("/other")


def test_values_that_no_form_could_send_are_told(submit_form: SubmitForm) -> None:
    with pytest.raises(TypeError, match="'starts' is"):
        submit_form(hire, {"starts": date(2026, 1, 31)})


def test_what_is_no_workflow_is_told(submit_form: SubmitForm, call_provider: CallProvider) -> None:
    with pytest.raises(LookupError, match="call_provider"):
        submit_form(free_licences)
    with pytest.raises(LookupError, match="submit_form"):
        call_provider(hire)
    with pytest.raises(LookupError, match="There are"):
        submit_form("no_such_workflow")
