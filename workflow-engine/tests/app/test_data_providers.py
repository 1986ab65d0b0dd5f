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
        "cached": False,
        "cachedAt": None,
    }
    second = ok(await world.client().get("/api/data-providers/colours"))
    assert second["options"] == first["options"]
    assert second["cached"]
    assert second["cachedAt"]
    again = ok(await world.client().post("/api/data-providers/colours", json={"fresh": True}))
    assert again["options"][0]["value"] == "2"


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
