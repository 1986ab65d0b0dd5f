"""Options for fields: cached, shared, bounded in time, and named when they fail."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from msp_core.config.models import ConfigSet
from msp_devstack import demo
from tests.app.engine_world import ok, refused

MakeWorld = Any  # from conftest.py, which tests cannot import

PROVIDERS = """
COUNTER = {"calls": 0}

@data_provider(name="colours", cache_ttl_seconds=60)
async def colours(context: OrganizationContext, prefix: str = "") -> list[dict]:
    '''Colours, with a prefix.'''
    await asyncio.sleep(0.2)
    COUNTER["calls"] += 1
    return [{"label": f"{prefix}red {context.org.name}", "value": f"{COUNTER['calls']}"}]

@data_provider(name="fresh", cache_ttl_seconds=0)
async def fresh(context: OrganizationContext) -> list[str]:
    '''Never kept.'''
    COUNTER["calls"] += 1
    return [str(COUNTER["calls"])]

@data_provider(name="many", cache_ttl_seconds=60)
async def many(context: OrganizationContext, size: int = 1000) -> list[dict]:
    '''A long list.'''
    COUNTER["calls"] += 1
    return [{"label": f"Person {number:04}", "value": number} for number in range(size)]

@data_provider(name="asks", cache_ttl_seconds=60)
async def asks(context: OrganizationContext, search: str = "") -> list[str]:
    '''Search by itself.'''
    return [f"found by {search}", "and another"]

@data_provider(name="short_lived", cache_ttl_seconds=0.3)
async def short_lived(context: OrganizationContext) -> list[str]:
    '''Kept for a moment.'''
    COUNTER["calls"] += 1
    return [str(COUNTER["calls"])]

@data_provider(name="raises")
async def raises(context: OrganizationContext) -> list[str]:
    '''Fail.'''
    raise IntegrationError("The ticket system is down for maintenance.")

@data_provider(name="wrong")
async def wrong(context: OrganizationContext) -> list[str]:
    '''Return no options.'''
    return {"not": "options"}

@data_provider(name="slow", timeout_seconds=1)
async def slow(context: OrganizationContext) -> list[str]:
    '''Take too long.'''
    await asyncio.sleep(30)
    return []
"""
WORKFLOW = """
@workflow()
async def paint(context: OrganizationContext, colour: str = "") -> str:
    '''Paint.'''
    return colour
"""
COLOUR = {"name": "colour", "label": "Colour", "type": "select", "dataProvider": "colours"}


async def test_options_are_read_once_and_then_kept(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW, PROVIDERS)
    first = ok(await world.client().get("/api/data-providers/colours"))
    assert first == {
        "options": [{"label": "red Contoso", "value": "1", "metadata": None}],
        "total": 1,
        "truncated": False,
        "cached": False,
        "cachedAt": None,
    }
    second = ok(await world.client().get("/api/data-providers/colours"))
    assert second["options"] == first["options"]
    assert second["cached"]
    assert second["cachedAt"]
    again = ok(await world.client().post("/api/data-providers/colours", json={"refresh": True}))
    assert again["options"][0]["value"] == "2"
    by_address = ok(await world.client().get("/api/data-providers/colours", params={"refresh": "true"}))
    assert (by_address["options"][0]["value"], by_address["cached"]) == ("3", False)


async def test_kept_options_are_read_again_when_their_time_is_up(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW, PROVIDERS)
    path = "/api/data-providers/short_lived"
    first = ok(await world.client().get(path))["options"]
    await asyncio.sleep(0.35)
    again = ok(await world.client().get(path))
    assert (again["options"] != first, again["cached"]) == (True, False)


async def test_a_long_list_is_searched_and_cut_here_and_read_once(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW, PROVIDERS)
    path = "/api/data-providers/many"
    cut = ok(await world.client().get(path, params={"limit": 20}))
    assert (len(cut["options"]), cut["total"], cut["truncated"]) == (20, 1000, True)
    found = ok(await world.client().post(path, json={"search": "pErSoN 099", "limit": 5}))
    assert [option["value"] for option in found["options"]] == [990, 991, 992, 993, 994]
    assert (found["total"], found["truncated"], found["cached"]) == (10, True, True)
    all_of_them = ok(await world.client().get(path, params={"search": "0990"}))
    assert (all_of_them["total"], all_of_them["truncated"]) == (1, False)
    for wrong in ({"limit": 0}, {"limit": 1001}, {"search": "x" * 201}):
        refused(await world.client().get(path, params=wrong), 400, "ValidationError")
        refused(await world.client().post(path, json=wrong), 400, "ValidationError")


async def test_a_provider_that_searches_gets_the_text(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW, PROVIDERS)
    path = "/api/data-providers/asks"
    for answer in (
        await world.client().get(path, params={"search": "Ada"}),
        await world.client().post(path, json={"search": "Ada", "inputs": {"search": "else"}}),
    ):
        assert [option["label"] for option in ok(answer)["options"]] == ["found by Ada", "and another"]


async def test_more_options_than_fit_a_form_are_an_error_that_names_the_provider(
    make_world: MakeWorld,
) -> None:
    world = await make_world(WORKFLOW, PROVIDERS)
    answer = await world.client().post("/api/data-providers/many", json={"inputs": {"size": 1001}})
    message = refused(answer, 502, "UpstreamFailed")["message"]
    assert "'many' returned 1001 options; at most 1000" in message
    assert "`search`" in message


async def test_a_run_of_the_organization_makes_its_kept_options_old_and_no_others(
    make_world: MakeWorld,
) -> None:
    world = await make_world(WORKFLOW, PROVIDERS)
    fabrikam = {"X-Organization-Id": world.fabrikam}
    path = "/api/data-providers/colours"
    ok(await world.client().get(path))
    ok(await world.client(demo.ADMIN).get(path, headers=fabrikam))
    await world.run("paint")
    assert not ok(await world.client().get(path))["cached"]
    assert ok(await world.client().get(path))["cached"]
    assert ok(await world.client(demo.ADMIN).get(path, headers=fabrikam))["cached"]


async def test_many_who_ask_at_once_are_one_run(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW, PROVIDERS)
    answers = await asyncio.gather(*(world.client().get("/api/data-providers/colours") for _ in range(10)))
    assert {ok(answer)["options"][0]["value"] for answer in answers} == {"1"}


async def test_inputs_and_organizations_have_answers_of_their_own(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW, PROVIDERS)
    body = {"inputs": {"prefix": "dark "}}
    ok(await world.client().get("/api/data-providers/colours"))
    dark = ok(await world.client().post("/api/data-providers/colours", json=body))
    assert dark["options"][0]["label"] == "dark red Contoso"
    elsewhere = ok(
        await world.client(demo.ADMIN).get(
            "/api/data-providers/colours", headers={"X-Organization-Id": world.fabrikam}
        )
    )
    assert elsewhere["options"][0]["label"] == "red Fabrikam"
    assert not elsewhere["cached"]


async def test_changed_configuration_makes_kept_options_old(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW, PROVIDERS)
    ok(await world.client().get("/api/data-providers/colours"))
    scope = await world.scope(demo.ADMIN, world.contoso)
    await world.core.config.set(scope, ConfigSet(key="anything", value="changed"))
    assert not ok(await world.client().get("/api/data-providers/colours"))["cached"]


async def test_a_provider_that_keeps_nothing_is_asked_each_time(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW, PROVIDERS)
    values = [ok(await world.client().get("/api/data-providers/fresh"))["options"] for _ in range(2)]
    assert values[0] != values[1]


async def test_what_goes_wrong_names_the_provider_and_the_reason(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW, PROVIDERS)
    for name, status, error, words in (
        ("raises", 502, "UpstreamFailed", "down for maintenance"),
        ("wrong", 502, "UpstreamFailed", "dict"),
        ("slow", 504, "UpstreamTimeout", "1 s"),
        ("unknown", 404, "NotFound", "no data provider"),
    ):
        started = time.monotonic()
        body = refused(await world.client().get(f"/api/data-providers/{name}"), status, error)
        assert name in body["message"]
        assert words in body["message"]
        assert time.monotonic() - started < 10
    # The rest of the form still works.
    ok(await world.client().get("/api/data-providers/colours"))


async def test_wrong_inputs_are_named(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW, PROVIDERS)
    body = {"inputs": {"prefix": ["x"], "shade": 1}}
    answer = await world.client().post("/api/data-providers/colours", json=body)
    fields = refused(answer, 400, "ValidationError")["details"]["fields"]
    assert set(fields) == {"prefix", "shade"}


async def test_a_client_user_reads_options_only_through_a_form_they_may_run(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW, PROVIDERS)
    client = world.client(demo.CLIENT_USER)
    refused(await client.get("/api/data-providers/colours"), 403, "Forbidden")
    form_id = await world.form("paint", COLOUR)
    through = {"formId": form_id}
    ok(await client.get("/api/data-providers/colours", params=through))
    ok(await client.post("/api/data-providers/colours", json={**through, "inputs": {}}))
    refused(await client.get("/api/data-providers/fresh", params=through), 403, "Forbidden")
    closed = await world.form("paint", COLOUR, opened=False)
    refused(await client.get("/api/data-providers/colours", params={"formId": closed}), 404, "NotFound")


async def test_no_execution_is_recorded_for_options(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW, PROVIDERS)
    ok(await world.client().get("/api/data-providers/colours"))
    assert await world.records() == []
