"""`offboard_user` against the sandboxes: proven by asking them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from msp_automation import ConfigurationError, IntegrationError, OrganizationContext, WorkflowError
from msp_automation.testing import host_of
from msp_devstack.demo import CONTOSO
from msp_devstack.running import RunningGraph, RunningHalo

MakeContext = Callable[..., OrganizationContext]
Run = Callable[..., Any]


def person(graph: RunningGraph, name: str = "warehouse") -> dict[str, Any]:
    user = graph.control.find_user(CONTOSO.tenant_id, f"{name}@contoso.example")
    assert user is not None
    return user


async def test_a_leaver_cannot_get_in_and_frees_their_seat(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph, halopsa_sandbox: RunningHalo
) -> None:
    before = person(graph_sandbox)
    context = make_context()
    result = await run(context, "offboard_user", user=before["id"])
    after = person(graph_sandbox)
    assert after["accountEnabled"] is False
    assert after["assignedLicenses"] == []
    assert after["signInSessionsValidFromDateTime"] > before["signInSessionsValidFromDateTime"]
    groups = graph_sandbox.control.group_names_of(CONTOSO.tenant_id, before["id"])
    assert "Operations" in groups, "groups stay unless asked for"
    (ticket,) = halopsa_sandbox.control.tickets(CONTOSO.halo_client)
    for words in ("Block sign-in", "End all sessions", "Take back 1 licences", "warehouse@contoso.example"):
        assert words in ticket["details"]
    assert result == {
        "userId": before["id"],
        "userPrincipalName": "warehouse@contoso.example",
        "licencesTakenBack": 1,
        "groupsLeft": [],
        "ticketId": ticket["id"],
    }
    assert host_of(context).progress[-1] == (1.0, "Done")


async def test_a_second_run_does_no_harm(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph
) -> None:
    user_id = person(graph_sandbox)["id"]
    await run(make_context(), "offboard_user", user=user_id)
    again = await run(make_context(), "offboard_user", user=user_id)
    assert again["licencesTakenBack"] == 0


async def test_groups_are_left_too_when_asked_for(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph, halopsa_sandbox: RunningHalo
) -> None:
    user_id = person(graph_sandbox)["id"]
    graph_sandbox.control.set_page_size(2)
    with pytest.raises(WorkflowError, match="Exchange") as caught:
        await run(make_context(), "offboard_user", user=user_id, remove_from_groups=True)
    assert graph_sandbox.control.group_names_of(CONTOSO.tenant_id, user_id) == {"All Staff mail"}
    assert [entry["step"] for entry in caught.value.details["notDone"]] == [
        "Remove from group All Staff mail"
    ]
    (ticket,) = halopsa_sandbox.control.tickets()
    assert "Remove from group All Staff mail" in ticket["details"].partition("NOT done")[2]


async def test_one_refused_step_does_not_keep_the_door_open(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph, halopsa_sandbox: RunningHalo
) -> None:
    graph_sandbox.control.fail(status=403, path="*/assignLicense")
    user_id = person(graph_sandbox)["id"]
    with pytest.raises(WorkflowError, match="only partly done") as caught:
        await run(make_context(), "offboard_user", user=user_id)
    after = person(graph_sandbox)
    assert after["accountEnabled"] is False
    assert after["assignedLicenses"] != []
    assert caught.value.details["done"] == ["Block sign-in", "End all sessions", "Open a HaloPSA ticket"]
    assert halopsa_sandbox.control.tickets()[0]["summary"].endswith("(incomplete)")


async def test_throttling_and_short_outages_are_waited_out(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph
) -> None:
    graph_sandbox.control.throttle(method="PATCH", retry_after_seconds=0)
    graph_sandbox.control.fail(status=502, path="*/revokeSignInSessions", when="after")
    result = await run(make_context(), "offboard_user", user=person(graph_sandbox)["id"])
    assert result["ticketId"]


async def test_an_administrator_is_refused_and_nothing_is_changed(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph, halopsa_sandbox: RunningHalo
) -> None:
    director = person(graph_sandbox, "director")
    with pytest.raises(WorkflowError, match=r"is an administrator \(Global Administrator\)"):
        await run(make_context(), "offboard_user", user=director["id"])
    graph_sandbox.control.fail(status=403, path="*/roleAssignments")
    with pytest.raises(IntegrationError):
        await run(make_context(), "offboard_user", user=person(graph_sandbox)["id"])
    assert person(graph_sandbox, "director") == director
    assert person(graph_sandbox)["accountEnabled"]
    assert halopsa_sandbox.control.tickets() == []


async def test_a_preview_lists_each_step(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph
) -> None:
    before = graph_sandbox.control.tenant(CONTOSO.tenant_id)
    context = make_context()
    user_id = person(graph_sandbox)["id"]
    shown = await run(context, "offboard_user", user=user_id, remove_from_groups=True, dry_run=True)
    assert shown["dryRun"] is True
    assert shown["would"][:3] == ["Block sign-in", "End all sessions", "Take back 1 licences"]
    assert {"Remove from group Operations", "Open a HaloPSA ticket"} <= set(shown["would"])
    assert [one["step"] for one in shown["byHand"]] == ["Remove from group All Staff mail"]
    assert graph_sandbox.control.tenant(CONTOSO.tenant_id) == before
    assert host_of(context).progress[-1] == (1.0, "Nothing was changed")


async def test_an_unknown_user_or_missing_setting_changes_nothing(
    make_context: MakeContext, run: Run, graph_sandbox: RunningGraph, halopsa_sandbox: RunningHalo
) -> None:
    before = graph_sandbox.control.tenant(CONTOSO.tenant_id)
    with pytest.raises(WorkflowError, match="does not exist in the organization's tenant"):
        await run(make_context(), "offboard_user", user="00000000-0000-4000-8000-000000000000")
    with pytest.raises(ConfigurationError, match="no HaloPSA client number"):
        await run(make_context(client_ref=None), "offboard_user", user=person(graph_sandbox)["id"])
    assert graph_sandbox.control.tenant(CONTOSO.tenant_id) == before
    assert halopsa_sandbox.control.tickets() == []
