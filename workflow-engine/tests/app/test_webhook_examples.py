"""The senders that docs/webhooks.md shows, and the example workflow, through a real socket."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from msp_core.catalog.repository import CatalogRepository
from msp_core.integrations.models import IntegrationSet
from msp_core.webhooks.models import WebhookDraft
from msp_core.webhooks.repository import WebhookRepository
from msp_core.webhooks.service import WebhookService
from msp_devstack import demo
from msp_devstack.running import RunningHalo
from tests.app.engine_world import ok, until
from workflow_engine.settings import Settings

MakeWorld = Any  # from conftest.py, which tests cannot import

ENGINE_ROOT = Path(__file__).parents[2]
EXAMPLES = re.findall(
    r"```(sh|python)\n(.*?)```", (ENGINE_ROOT.parent / "docs" / "webhooks.md").read_text(), re.S
)
GREET = """
@workflow
async def greet(context: OrganizationContext, name: str) -> str:
    '''Greet.'''
    return f"Hello {name}"
"""


@asynccontextmanager
async def served(world: Any) -> AsyncIterator[str]:
    """The engine on a port of its own."""
    server = uvicorn.Server(
        uvicorn.Config(world.app, host="127.0.0.1", port=0, lifespan="off", log_config=None)
    )
    serving = asyncio.create_task(server.serve())

    async def has_started() -> bool:
        return server.started

    await until(has_started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


async def make(world: Any, **draft: Any) -> tuple[str, str]:
    """Path and key of a new webhook."""
    storage = world.core.storage
    service = WebhookService(WebhookRepository(storage), storage.vault, CatalogRepository(storage))
    scope = await world.scope(demo.ADMIN, world.contoso)
    made = await service.create(scope, WebhookDraft.model_validate({"name": "Example"} | draft))
    assert made.key is not None
    return f"/api/webhooks/{world.contoso}/{made.stored.value.id}", made.key


@pytest.mark.parametrize(("language", "code"), EXAMPLES)
async def test_a_sender_of_the_documentation_sends(make_world: MakeWorld, language: str, code: str) -> None:
    world = await make_world(GREET, consume_queue=True)
    is_signed = "WEBHOOK_SECRET" in code
    path, key = await make(world, workflowName="greet", authentication="signature" if is_signed else "apiKey")
    async with served(world) as address:
        command = ["sh", "-euc", code] if language == "sh" else [sys.executable, "-c", code]
        process = await asyncio.create_subprocess_exec(
            *command,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={
                "PATH": os.environ["PATH"],
                "WEBHOOK_URL": address + path,
                "WEBHOOK_SECRET" if is_signed else "WEBHOOK_KEY": key,
            },
        )
        said, complaint = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, complaint.decode()
    assert re.search("Pending|Success Hello Ada", said.decode()), said
    assert len({one.execution_id for one in await world.records()}) == 1


def test_the_documentation_shows_a_shell_a_script_and_a_signing_sender() -> None:
    assert [language for language, _ in EXAMPLES] == ["sh", "python", "python"]


async def test_a_ticket_is_sorted_by_the_webhook_that_halopsa_calls(
    make_world: MakeWorld, settings: Settings, halopsa_sandbox: RunningHalo
) -> None:
    for folder in ("workflows", "lib"):
        shutil.copytree(
            ENGINE_ROOT / folder,
            settings.workflows_root / folder,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    world = await make_world(consume_queue=True)
    scope = await world.scope(demo.ADMIN, world.contoso)
    await world.core.secrets.set(scope, "halo-secret", demo.HALO_CLIENT_SECRET)
    connection = {
        "baseUrl": halopsa_sandbox.base_url,
        "clientId": demo.HALO_CLIENT_ID,
        "clientSecret": "halo-secret",
        "clientRef": demo.CONTOSO.halo_client,
    }
    await world.core.integrations.set(scope, "halopsa", IntegrationSet(settings=connection))
    number = _new_ticket(halopsa_sandbox, "Phishing mail opened")
    path, key = await make(world, workflowName="triage_ticket", payloadParameter="event")
    event = {"event": "New Ticket Logged", "object_id": number, "ticket": {"id": number}}
    client = world.client(None)
    accepted = ok(await client.post(path, json=event, headers={"X-Api-Key": key}), 202)
    answer = await client.get(
        f"{path}/executions/{accepted['executionId']}", params={"wait": 20}, headers={"X-Api-Key": key}
    )
    assert ok(answer)["result"] == {
        "ticketId": number,
        "category": "Security",
        "priority": 1,
        "changed": True,
    }, answer.text
    (ticket,) = halopsa_sandbox.control.tickets()
    assert (ticket["category_1"], ticket["priority_id"]) == ("Security", 1)


def _new_ticket(halo: RunningHalo, summary: str) -> int:
    grant = {
        "grant_type": "client_credentials",
        "client_id": demo.HALO_CLIENT_ID,
        "client_secret": demo.HALO_CLIENT_SECRET,
        "scope": "all",
    }
    with httpx.Client(base_url=halo.base_url) as client:
        token = ok(client.post("/auth/token", data=grant))["access_token"]
        ticket = {"summary": summary, "client_id": demo.CONTOSO.halo_client}
        headers = {"Authorization": f"Bearer {token}"}
        return int(ok(client.post("/api/tickets", json=[ticket], headers=headers), 201)["id"])
