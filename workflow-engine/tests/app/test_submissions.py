"""Submitting a form: checked against form and workflow, by whoever may run it."""

from __future__ import annotations

from pathlib import Path
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


CHOOSING = """
@workflow()
async def disable(context: OrganizationContext, person: str = "", groups: list[str] = []) -> str:
    '''Disable somebody.'''
    return f"{person} {groups}"
"""
PEOPLE = """
from pathlib import Path

@data_provider(cache_ttl_seconds=60)
async def people(context: OrganizationContext, department: str) -> list[Option]:
    '''People of a department, but not its administrators.'''
    asked = Path({asked!r})
    asked.write_text(asked.read_text() + "x" if asked.exists() else "x")
    if department == "Broken":
        raise IntegrationError("The directory is away.")
    gone = Path({asked!r} + ".gone").exists()
    found = [] if gone else [Option(label="Ada", value="ada")]
    return [*found, Option(label=f"Somebody of {{department}}", value=f"one-of-{{department}}")]

@data_provider(cache_ttl_seconds=60)
async def departments(context: OrganizationContext) -> list[str]:
    '''Departments.'''
    return ["Sales", "Broken"]

@data_provider
async def everybody(context: OrganizationContext, search: str = "") -> list[str]:
    '''Too many to tell.'''
    return ["the first"]
"""
DEPARTMENT = {"name": "department", "label": "Department", "type": "select", "dataProvider": "departments"}
PERSON = {
    "name": "person",
    "label": "Person",
    "type": "select",
    "dataProvider": "people",
    "dataProviderInputs": {"department": {"mode": "field", "value": "department"}},
}
GROUPS = {
    "name": "groups",
    "label": "Groups",
    "type": "multiselect",
    "dataProvider": "people",
    "dataProviderInputs": {"department": {"mode": "static", "value": "Sales"}},
}


async def choosing(make_world: MakeWorld, folder: Path, *fields: Any) -> tuple[Any, Any, Path]:
    """A form of a workflow, its client user, and the file that counts how often people were asked for."""
    asked = folder / "asked"
    world = await make_world(CHOOSING, PEOPLE.format(asked=str(asked)))
    form_id = await world.form("disable", *fields)
    client = world.client(demo.CLIENT_USER)

    async def submit(client: Any = client, headers: Any = None, **values: Any) -> Any:
        path = f"/api/forms/{form_id}/submit"
        return await client.post(path, json={"parameters": values}, headers=headers)

    return world, submit, asked


async def test_a_client_user_cannot_choose_what_the_options_do_not_offer(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    world, submit, _ = await choosing(make_world, tmp_path, DEPARTMENT, PERSON, GROUPS)
    attacks: list[tuple[dict[str, Any], set[str]]] = [
        ({"department": "Sales", "person": "the-administrator"}, {"person"}),
        # One that another department's list offers, one that no list does, and inputs that nobody could choose.
        ({"department": "Sales", "person": "one-of-Finance"}, {"person"}),
        ({"department": "Finance", "person": "one-of-Finance"}, {"department"}),
        ({"person": "ada"}, {"person"}),
        ({"groups": ["ada", "the-administrator"]}, {"groups"}),
        ({"department": "Board", "person": "x", "groups": ["y"]}, {"department", "person", "groups"}),
    ]
    for values, fields in attacks:
        told = refused(await submit(**values), 400, "ValidationError")["details"]["fields"]
        assert set(told) == fields
        # Nor can a technician: with the form they may ask for what it offers, without it for anything.
        refused(await submit(world.client(), **values), 400, "ValidationError")
    assert await world.records() == []
    assert ok(await submit(department="Sales", person="ada", groups=["ada"]))["status"] == "Success"
    assert ok(await submit())["status"] == "Success"


async def test_an_answer_that_is_kept_is_enough_to_accept_a_choice(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    _, submit, asked = await choosing(make_world, tmp_path, DEPARTMENT, PERSON, {**GROUPS, "name": "again"})
    ok(
        await submit(department="Sales", person="ada", again=["ada"], headers={"Prefer": "respond-async"}),
        202,
    )
    ok(await submit(department="Sales", person="ada", headers={"Prefer": "respond-async"}), 202)
    # Two fields and two submissions ask for the same options: the provider has run once.
    assert asked.read_text() == "x"
    refused(await submit(department="Sales", person="nobody"), 400, "ValidationError")
    assert asked.read_text() == "xx"


async def test_a_repeated_submission_finds_its_run_though_that_used_up_its_choice(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    _, submit, asked = await choosing(make_world, tmp_path, DEPARTMENT, PERSON)
    key = {"Idempotency-Key": "once"}
    first = ok(await submit(department="Sales", person="ada", headers=key))
    asked.with_name("asked.gone").touch()
    refused(await submit(department="Sales", person="ada"), 400, "ValidationError")
    again = ok(await submit(department="Sales", person="ada", headers=key))
    assert again["executionId"] == first["executionId"]


async def test_where_the_options_cannot_be_read_only_who_depends_on_the_form_is_held_up(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    world, submit, _ = await choosing(make_world, tmp_path, DEPARTMENT, PERSON)
    told = refused(await submit(department="Broken", person="anybody"), 502, "UpstreamFailed")
    assert "The directory is away." in told["message"]
    assert await world.records() == []
    technicians = await submit(world.client(), department="Broken", person="anybody")
    assert ok(technicians)["status"] == "Success"


async def test_a_provider_that_searches_by_itself_does_not_tell_all_of_its_options(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    searched = {**PERSON, "dataProvider": "everybody", "dataProviderInputs": None}
    _, submit, _ = await choosing(make_world, tmp_path, searched)
    assert ok(await submit(person="found by searching"))["status"] == "Success"
