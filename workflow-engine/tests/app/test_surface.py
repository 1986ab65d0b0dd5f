"""What the app shows of itself: health, catalog, OpenAPI, and what loading it costs."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from msp_devstack import demo
from msp_http.openapi import public_routes
from tests.app.engine_world import ok, refused, until
from workflow_engine.app import create_app
from workflow_engine.settings import Settings

MakeWorld = Any  # from conftest.py, which tests cannot import

WORKFLOW = """
@workflow(category="Tests", tags=["one"])
@param("count", label="How many", help_text="At least one")
async def fine(context: OrganizationContext, count: int = 1) -> int:
    '''Be fine.'''
    return count
"""


async def test_health_says_how_each_part_is(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW)
    body = ok(await world.client(None).get("/api/health"))
    assert body["status"] == "ok"
    assert {part["name"] for part in body["components"]} == {"tables", "blobs", "queues", "vault"}
    assert {part["status"] for part in body["components"]} == {"ok"}
    assert (body["discoveryErrors"], body["runners"]["status"]) == (0, "ok")


async def test_a_file_with_an_error_degrades_health_and_hurts_nothing_else(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW, broken="this is not python")
    body = ok(await world.client(None).get("/api/health"))
    assert (body["status"], body["discoveryErrors"]) == ("degraded", 1)
    assert (await world.run("fine", count=2))["result"] == 2
    catalog = ok(await world.client().get("/api/admin/metadata"))
    (error,) = catalog["errors"]
    assert error["sourceFile"].endswith("broken.py")
    assert error["line"]


async def test_the_catalog_is_for_the_msps_people(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW)
    catalog = ok(await world.client().get("/api/admin/metadata"))
    (workflow,) = catalog["workflows"]
    assert workflow["name"] == "fine"
    assert workflow["parameters"][0]["label"] == "How many"
    refused(await world.client(demo.CLIENT_USER).get("/api/admin/metadata"), 403, "Forbidden")
    refused(await world.client(None).get("/api/admin/metadata"), 401, "Unauthorized")


async def test_the_catalog_is_published_for_the_other_service(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW)
    found = await until(lambda: world.core.storage.blobs("platform").find("catalog.json"))
    assert b'"fine"' in found


def test_these_routes_and_no_others_are_public(settings: Settings) -> None:
    assert public_routes(create_app(settings)) == {
        "GET /api/health",
        "GET /api/openapi.json",
        "GET /api/docs",
        # They ask for the webhook's own key or signature.
        "POST /api/webhooks/{orgId}/{webhookId}",
        "GET /api/webhooks/{orgId}/{webhookId}/executions/{executionId}",
    }


def test_every_error_answer_is_documented_in_the_error_shape(settings: Settings) -> None:
    document = create_app(settings).openapi()
    assert document["openapi"].startswith("3.1")
    shape = {"$ref": "#/components/schemas/ErrorBody"}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert "422" not in operation["responses"], path
            assert operation["summary"], path
            for status, answer in operation["responses"].items():
                if status >= "400":
                    assert answer["content"]["application/json"]["schema"] == shape, (method, path, status)


async def test_what_is_no_token_is_refused(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOW)
    for header in ("Bearer", "Bearer ", "Basic eDp5", "Bearer not.a.token", "bearer x"):
        answer = await world.client(None).get("/api/admin/metadata", headers={"Authorization": header})
        refused(answer, 401, "Unauthorized")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_loading_the_app_loads_no_heavy_library_and_reads_no_settings() -> None:
    heavy = ("azure.identity", "azure.storage", "azure.keyvault", "msal", "requests", "aiohttp")
    code = (
        "import sys\n"
        "from workflow_engine.app import create_app\n"
        "create_app()\n"
        f"sys.exit(', '.join(name for name in {heavy!r} if name in sys.modules) or None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={"PATH": ""}
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
