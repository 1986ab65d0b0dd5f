"""What an author's function receives."""

# ruff: noqa: RUF001 - messages show the client's own paths

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from msp_automation import ConfigurationError, OrganizationContext, WorkflowError
from msp_automation.capabilities import CallerInfo, IntegrationToken, OrganizationInfo, RunSnapshot
from msp_automation.testing import host_of


def test_configuration_is_typed_and_falls_back_to_a_default() -> None:
    config = OrganizationContext.for_testing(config={"seats": 5, "is_live": False, "tags": ["a"]}).config
    assert config.get("seats") == 5
    assert config.get("is_live", True) is False
    assert config.get("other", 7) == 7
    assert config.require("tags") == ["a"]
    assert config.require("is_live") is False
    assert "seats" in config
    assert "other" not in config


def test_a_missing_key_names_key_organization_and_place() -> None:
    with pytest.raises(ConfigurationError) as caught:
        OrganizationContext.for_testing().config.require("default_domain")
    assert caught.value.message == (
        "'default_domain' is not set for organization 'Contoso'. "
        "Set it under Organizations › Contoso › Configuration."
    )


def test_without_organization_the_place_is_the_global_page() -> None:
    with pytest.raises(ConfigurationError, match="Set it under Settings › Global › Configuration"):
        OrganizationContext.for_testing(org=None).config.require("x")


async def test_a_key_that_refers_to_a_secret_never_yields_it() -> None:
    context = OrganizationContext.for_testing(
        config={"mail_password": {"secretRef": "mail-pw"}}, secrets={"mail-pw": "hunter2222"}
    )
    for read in (context.config.get, context.config.require):
        with pytest.raises(ConfigurationError, match=r"Read it with `await context\.secrets\.require"):
            read("mail_password")
    assert await context.secrets.require("mail_password") == "hunter2222"
    assert await context.secrets.get("mail-pw") == "hunter2222"
    assert "hunter2222" not in f"{context!r} {context.config!r} {context.secrets!r}"


async def test_a_missing_secret_is_none_or_an_error_that_says_where() -> None:
    secrets = OrganizationContext.for_testing().secrets
    assert await secrets.get("mail-pw") is None
    with pytest.raises(ConfigurationError) as caught:
        await secrets.require("mail-pw")
    assert caught.value.message == (
        "Secret 'mail-pw' is not set for organization 'Contoso'. "
        "Set it under Organizations › Contoso › Secrets."
    )


async def test_a_fetched_secret_is_blanked_in_log_progress_and_checkpoints() -> None:
    context = OrganizationContext.for_testing(secrets={"pw": "hunter2222"})
    await context.secrets.require("pw")
    context.log.info("used hunter2222", tried=["hunter2222"])
    await context.set_progress(0.5, "with hunter2222")
    await context.save_checkpoint("made", {"note": "hunter2222", "id": 7})
    host = host_of(context)
    assert (host.lines[0].message, host.lines[0].data) == ("used [redacted]", {"tried": ["[redacted]"]})
    assert host.progress == [(0.5, "with [redacted]")]
    assert host.checkpoints == {"made": {"note": "[redacted]", "id": 7}}


async def test_progress_stays_between_nothing_and_all() -> None:
    context = OrganizationContext.for_testing()
    for fraction in (-1, 0.4, 7):
        await context.set_progress(fraction)
    assert host_of(context).progress == [(0.0, None), (0.4, None), (1.0, None)]


async def test_a_checkpoint_that_has_no_json_form_is_refused() -> None:
    with pytest.raises(WorkflowError, match="Checkpoint 'x' cannot be stored as JSON"):
        await OrganizationContext.for_testing().save_checkpoint("x", object())


def test_the_organization_and_caller_are_at_hand() -> None:
    org = OrganizationInfo(id="o-1", name="Fabrikam", tenant_id="t-1")
    caller = CallerInfo(
        user_id="t.o", email="office@contoso.example", name="Contoso Client User", user_type="ORG"
    )
    context = OrganizationContext.for_testing(org=org, caller=caller)
    assert (context.org, context.caller, context.has_org) == (org, caller, True)
    assert context.variables == {}
    assert context.execution_id.startswith("testing-")


def test_a_run_without_organization_says_so_where_one_is_needed() -> None:
    context = OrganizationContext.for_testing(org=None)
    assert not context.has_org
    with pytest.raises(ConfigurationError, match="Choose one and run it again"):
        _ = context.org


def test_two_organizations_of_testing_differ_and_stay_the_same() -> None:
    first, again, second = (OrganizationContext.for_testing(org=name).org for name in ("A", "A", "B"))
    assert first == again
    assert first.id != second.id
    assert first.tenant_id != second.tenant_id


def test_a_snapshot_survives_the_pipe() -> None:
    snapshot = OrganizationContext.for_testing(config={"a": [1, None, {"b": True}]}).snapshot
    assert RunSnapshot.model_validate_json(snapshot.model_dump_json()) == snapshot


def test_a_token_survives_the_pipe_but_hides_from_repr() -> None:
    token = IntegrationToken.model_validate(
        {"access_token": "abcd1234", "expires_at": "2026-01-31T09:00:00Z"}
    )
    assert IntegrationToken.model_validate_json(token.model_dump_json()) == token
    assert "abcd1234" not in repr(token) + str(token)


async def test_wait_is_for_plain_functions() -> None:
    context = OrganizationContext.for_testing()
    with pytest.raises(WorkflowError, match="write `await`"):
        context.wait(context.secrets.get("x"))


def test_wait_works_in_a_repl_and_in_a_plain_test() -> None:
    context = OrganizationContext.for_testing(secrets={"x": "value"})
    assert context.wait(context.secrets.get("x")) == "value"
    assert context.wait(context.secrets.get("x")) == "value"


def test_host_of_takes_testing_contexts_only() -> None:
    snapshot = OrganizationContext.for_testing().snapshot
    foreign: Any = object.__new__(asyncio.Queue)
    foreign.write_log = foreign.record_call = print
    with pytest.raises(TypeError, match="for_testing"):
        host_of(OrganizationContext(snapshot, foreign))


def test_a_value_of_another_type_than_asked_for_is_told() -> None:
    config = OrganizationContext.for_testing(config={"seats": "five", "quota": 3, "beta": True}).config
    assert (config.require("quota", type=int), config.get("quota", type=float)) == (3, 3)
    assert (config.get("beta", type=bool), config.get("gone", 7, type=int), config.get("gone", type=str)) == (
        True,
        7,
        None,
    )
    with pytest.raises(
        ConfigurationError, match="'seats' is text for organization 'Contoso', and a whole number is"
    ):
        config.require("seats", type=int)
    with pytest.raises(ConfigurationError, match="'beta' is true or false"):
        config.get("beta", 0, type=int)
    with pytest.raises(ConfigurationError, match="'gone' is not set"):
        config.require("gone", type=int)
