"""Submitting a form: checked against form and workflow, by whoever may run it."""

from __future__ import annotations

from typing import Any

import pytest

from msp_core.ids import new_id
from msp_devstack import demo
from tests.app.engine_world import ok, refused

MakeWorld = Any  # from conftest.py, which tests cannot import

GREET = """
@workflow()
@param("name", pattern=r"^[A-Z]")
async def greet(context: OrganizationContext, name: str, times: int = 1, loud: bool = False) -> str:
    '''Greet somebody.'''
    if name == "Crash":
        raise RuntimeError("internal path /srv/secret-place")
    text = " ".join([f"Hello {name}"] * times)
    return text.upper() if loud else text
"""
NAME = {"name": "name", "label": "Name", "type": "text", "required": True}
TIMES = {"name": "times", "label": "Times", "type": "number", "validation": {"min": 1, "max": 3}}
LOUD = {"name": "loud", "label": "Loud", "type": "checkbox"}


async def test_a_client_user_runs_a_form_that_a_role_opens(make_world: MakeWorld) -> None:
    world = await make_world(GREET)
    form_id = await world.form("greet", NAME, TIMES, LOUD)
    answer = await world.client(demo.CLIENT_USER).post(
        f"/api/forms/{form_id}/submit", json={"parameters": {"name": "Ada", "times": 2}}
    )
    body = ok(answer)
    assert body["result"] == "Hello Ada Hello Ada"
    assert (body["formId"], body["trigger"]) == (form_id, "form")
    assert body["executedBy"] == demo.CLIENT_USER.user_id


async def test_a_value_wrong_for_the_form_names_its_field_and_leaves_no_record(make_world: MakeWorld) -> None:
    world = await make_world(GREET)
    form_id = await world.form("greet", NAME, TIMES)
    answer = await world.client().post(
        f"/api/forms/{form_id}/submit", json={"parameters": {"times": 9, "colour": "red"}}
    )
    assert set(refused(answer, 400, "ValidationError")["details"]["fields"]) == {"name", "times", "colour"}
    assert await world.records() == []


async def test_a_value_wrong_for_the_workflow_names_the_forms_field(make_world: MakeWorld) -> None:
    world = await make_world(GREET)
    form_id = await world.form("greet", NAME)
    answer = await world.client().post(f"/api/forms/{form_id}/submit", json={"parameters": {"name": "ada"}})
    assert set(refused(answer, 400, "ValidationError")["details"]["fields"]) == {"name"}
    assert await world.records() == []


async def test_a_form_that_asks_too_little_says_so(make_world: MakeWorld) -> None:
    world = await make_world(GREET)
    form_id = await world.form("greet", NAME)
    async with world.restarted(
        """
        @workflow()
        async def greet(context: OrganizationContext, name: str, surname: str) -> str:
            '''Greet somebody by their whole name.'''
            return f"{name} {surname}"
        """
    ):
        answer = await world.client().post(
            f"/api/forms/{form_id}/submit", json={"parameters": {"name": "Ada"}}
        )
    fields = refused(answer, 400, "ValidationError")["details"]["fields"]
    assert "surname" in str(fields)


async def test_a_client_user_without_the_role_finds_no_form(make_world: MakeWorld) -> None:
    world = await make_world(GREET)
    form_id = await world.form("greet", NAME, opened=False)
    body = {"parameters": {"name": "Ada"}}
    client = world.client(demo.CLIENT_USER)
    hidden = refused(await client.post(f"/api/forms/{form_id}/submit", json=body), 404, "NotFound")
    unknown = refused(await client.post(f"/api/forms/{new_id()}/submit", json=body), 404, "NotFound")
    assert hidden == unknown
    assert await world.records() == []


@pytest.mark.parametrize("person", [demo.TECHNICIAN, demo.CLIENT_USER])
async def test_another_organizations_form_is_out_of_reach(make_world: MakeWorld, person: Any) -> None:
    world = await make_world(GREET)
    form_id = await world.form("greet", NAME, org_id=world.fabrikam)
    body = {"parameters": {"name": "Ada"}}
    client = world.client(person)
    refused(await client.post(f"/api/forms/{form_id}/submit", json=body), 404, "NotFound")
    headers = {"X-Organization-Id": world.fabrikam}
    foreign = await client.post(f"/api/forms/{form_id}/submit", json=body, headers=headers)
    refused(foreign, 403, "Forbidden")
    assert await world.records(world.fabrikam) == []


async def test_a_client_user_never_sees_a_traceback(make_world: MakeWorld) -> None:
    world = await make_world(GREET)
    form_id = await world.form("greet", NAME)
    body = {"parameters": {"name": "Crash"}}
    theirs = await world.client(demo.CLIENT_USER).post(f"/api/forms/{form_id}/submit", json=body)
    assert ok(theirs)["error"]["type"] == "RuntimeError"
    assert ok(theirs)["error"]["details"] == {}
    assert "Traceback" not in theirs.text
    assert "given.py" not in theirs.text
    technicians = await world.client().post(f"/api/forms/{form_id}/submit", json=body)
    assert "given.py" in ok(technicians)["error"]["details"]["traceback"]


async def test_a_form_that_asks_for_the_background_runs_from_the_queue(make_world: MakeWorld) -> None:
    world = await make_world(GREET)
    form_id = await world.form("greet", NAME, in_background=True)
    client, path = world.client(demo.CLIENT_USER), f"/api/forms/{form_id}/submit"
    wrong = await client.post(path, json={"parameters": {"name": "ada"}})
    assert set(refused(wrong, 400, "ValidationError")["details"]["fields"]) == {"name"}

    answer = await client.post(path, json={"parameters": {"name": "Ada"}}, headers={"Prefer": "wait=20"})
    waiting = ok(answer, 202)
    assert (waiting["status"], waiting["trigger"], waiting["formId"]) == ("Pending", "form", form_id)
    log = answer.headers["Location"]
    assert log == f"/api/executions/{waiting['executionId']}/logs"

    await world.container.consume({"orgId": world.contoso, "executionId": waiting["executionId"]})
    assert ok(await client.get(log))["status"] == "Success"
    record = await world.core_executions.find(world.contoso, waiting["executionId"])
    assert (record.result, record.executed_by) == ("Hello Ada", demo.CLIENT_USER.user_id)


async def test_a_form_that_does_not_ask_may_still_be_sent_to_the_background(make_world: MakeWorld) -> None:
    world = await make_world(GREET)
    form_id = await world.form("greet", NAME)
    answer = await world.client(demo.CLIENT_USER).post(
        f"/api/forms/{form_id}/submit",
        json={"parameters": {"name": "Ada"}},
        headers={"Prefer": "respond-async"},
    )
    assert ok(answer, 202)["status"] == "Pending"


async def test_a_form_whose_workflow_is_gone_says_so(make_world: MakeWorld) -> None:
    world = await make_world(GREET)
    form_id = await world.form("greet", NAME)
    async with world.restarted(""):
        answer = await world.client().post(
            f"/api/forms/{form_id}/submit", json={"parameters": {"name": "Ada"}}
        )
    assert "greet" in refused(answer, 404, "NotFound")["message"]
