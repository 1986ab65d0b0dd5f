"""Secrets that author code spreads wherever it can, looked for in everything that is stored and answered."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient

from msp_core.integrations.models import IntegrationSet
from msp_devstack import demo
from msp_devstack.running import RunningGraph
from tests.app.engine_world import until

MakeWorld = Any  # from conftest.py, which tests cannot import

STORED = "s3cr3t-kept-in-the-vault"
GIVEN = "hunter2-given-as-a-parameter"

SPREADS = """
import logging, sys

@data_provider(name="leaky")
async def leaky(context: OrganizationContext) -> list[dict]:
    '''Fail with a secret.'''
    raise IntegrationError("refused " + await context.secrets.require("api-key"))

async def spread(context: OrganizationContext, password: str) -> str:
    key = await context.secrets.require("api-key")
    for text in (key, f"https://user:{key}@host/path?sig={key}", f"Authorization: Bearer {key}"):
        context.log.info(text, url=text, nested={"deep": [text]}, password=password)
        logging.getLogger("author").warning("seen %s", text)
        print(text)
        print(text, file=sys.stderr)
    context.log.info("long " + "l" * 20_000 + key, rows=[key] * 2000)
    context.variables.update(plain=key, many=[key] * 5000, password=password)
    await context.set_progress(0.5, f"using {key}")
    await context.save_checkpoint("half", {"key": key, "url": f"/x?key={key}", key: 1})
    await context.save_checkpoint("large", [key] * 5000)
    return key

@workflow(retries=1, retry_delay_seconds=0, retry_on=(RuntimeError, IntegrationError))
async def spreads(context: OrganizationContext, password: str, how: str, note: str = "") -> dict:
    '''Spread what should stay.'''
    key = await spread(context, password)
    if how == "raises":
        raise RuntimeError(f"could not use {key} with {key}@host")
    if how == "details":
        raise WorkflowError(f"refused {key}", details={"key": key, "url": f"/x?sig={key}", "rows": [key] * 5000})
    if how == "calls":
        await context.get_integration("msgraph").get(f"/users/{key}?$filter={key}")
    if how == "hangs":
        await asyncio.sleep(60)
    return {"echo": key, "url": f"https://host/?sig={key}", "length": len(password), "rows": [key] * 3000}
"""


def everything_stored(connection_string: str) -> str:
    """All rows, blobs and messages of an account, with their names and properties."""
    found: list[Any] = []
    with TableServiceClient.from_connection_string(connection_string) as tables:
        for table in tables.list_tables():
            found += [dict(row) for row in tables.get_table_client(table.name).list_entities()]
    with BlobServiceClient.from_connection_string(connection_string) as blobs:
        for container in blobs.list_containers():
            client = blobs.get_container_client(container.name)
            for blob in client.list_blobs(include=["metadata"]):
                content = client.download_blob(blob.name).readall()
                found += [blob.name, str(blob.metadata), content.decode(errors="replace")]
    with QueueServiceClient.from_connection_string(connection_string) as queues:
        for queue in queues.list_queues():
            found += [one.content for one in queues.get_queue_client(queue.name).peek_messages(32)]
    return json.dumps(found, default=str, ensure_ascii=False)


async def test_no_secret_is_found_in_anything_stored_or_answered(
    make_world: MakeWorld, graph_sandbox: RunningGraph
) -> None:
    world = await make_world(
        SPREADS,
        consume_queue=True,
        msgraph_authority=graph_sandbox.authority,
        msgraph_base_url=graph_sandbox.graph_url,
    )
    admin, contoso = await world.scope(), await world.scope(demo.ADMIN, world.contoso)
    await world.core.secrets.set(contoso, "api-key", STORED)
    await world.core.secrets.set(admin, "graph-secret", demo.GRAPH_CLIENT_SECRET)
    settings = {"clientId": demo.GRAPH_CLIENT_ID, "clientSecret": "graph-secret"}
    await world.core.integrations.set(admin, "msgraph", IntegrationSet(settings=settings))

    answers = [
        await run(world, how, prefer)
        for how, prefer in (
            ("returns", "wait=60"),
            ("raises", "wait=60"),
            ("details", "respond-async"),
            ("calls", "wait=60"),
        )
    ]
    hanging = json.loads(await run(world, "hangs", "wait=1"))["executionId"]
    answers.append(as_told((await world.client().post(f"/api/executions/{hanging}/cancel")).text))
    answers.append((await world.client().get("/api/data-providers/leaky")).text)
    records = await until(lambda: all_ended(world))
    for record in records:
        path = f"/api/executions/{record.execution_id}/logs"
        answers.append((await world.client().get(path, params={"after": 0})).text)
    assert sorted(record.status for record in records) == [
        "Cancelled",
        "Failed",
        "Failed",
        "Failed",
        "Success",
    ]
    await world.services.executions.drain()

    stored = await asyncio.to_thread(everything_stored, world.settings.storage_settings().connection_string)
    # What it did is there; with what, is not.
    assert stored.count("[redacted]") > 1000
    for where, text in (("stored", stored), ("answered", "\n".join(answers))):
        for secret in (STORED, GIVEN, demo.GRAPH_CLIENT_SECRET):
            assert secret not in text, f"{where}: …{text[max(0, text.find(secret) - 200) :][:300]}"


async def run(world: Any, how: str, prefer: str) -> str:
    answer = await world.client().post(
        "/api/workflows/spreads",
        json={"parameters": {"password": GIVEN, "how": how, "note": f"with {STORED}"}},
        headers={"Prefer": prefer},
    )
    assert answer.status_code in {200, 202}, answer.text
    return as_told(answer.text) if answer.status_code == 202 else str(answer.text)


def as_told(text: str) -> str:
    """An answer without what the caller had written themselves: before its end a run shows its own input."""
    return text.replace(f"with {STORED}", "")


async def all_ended(world: Any) -> Any:
    records = await world.records()
    return records if all(record.status.is_ended for record in records) else None
