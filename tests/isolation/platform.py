"""Both services in process over one storage account."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from tests.isolation.operations import SCOPE_HEADER, SERVICES
from tests.isolation.people import PEOPLE, Caller, Identity

import management_api.app
import management_api.settings
import workflow_engine.app
import workflow_engine.settings
from msp_devstack import demo
from msp_devstack.demo import DemoPerson

AUTHOR: Final = Path(__file__).parent / "author"
_LONG: Final = 3600.0


@dataclass(frozen=True)
class Places:
    """Where the parts of the platform are."""

    storage_account: str
    folder: Path
    identity: Identity
    graph_url: str
    halo_url: str
    log_level: str = "DEBUG"

    def settings(self) -> dict[str, Any]:
        """What both services are told."""
        return {
            "storage_connection_string": self.storage_account,
            "local_vault_path": str(self.folder / "vault"),
            "tenant_id": demo.MSP_TENANT_ID,
            "token_audience": demo.API_AUDIENCE,
            "token_issuer": self.identity.issuer,
            "jwks_url": self.identity.jwks_url,
            "msgraph_authority": self.graph_url,
            "msgraph_base_url": f"{self.graph_url}/v1.0",
            "rate_limit_per_minute": 0,
            "log_level": self.log_level,
        }


class Platform:
    """Both services in process, and one client for each of them."""

    def __init__(self, places: Places) -> None:
        self.places = places
        common = places.settings()
        self.management = management_api.app.create_app(
            management_api.settings.Settings.model_validate(common)
        )
        self.engine = workflow_engine.app.create_app(
            workflow_engine.settings.Settings.model_validate(
                common
                | {
                    "workflows_root": str(AUTHOR),
                    "runners": 1,
                    # Nothing may be written but by the requests of the matrix.
                    "lease_seconds": _LONG,
                    "reap_every_seconds": _LONG,
                    "run_schedules": False,
                    "shutdown_grace_seconds": 0.2,
                }
            )
        )
        apps = dict(zip(SERVICES, (self.management, self.engine), strict=True))
        self.clients = {
            service: httpx.AsyncClient(
                transport=httpx.ASGITransport(
                    app=app, raise_app_exceptions=False, client=("203.0.113.7", 50000)
                ),
                base_url=f"http://{service}.test",
                timeout=60,
            )
            for service, app in apps.items()
        }
        self.files: dict[str, str] = {}
        self._tokens: dict[DemoPerson, str] = {}

    async def start(self) -> None:
        """Have runners that answer."""
        await asyncio.gather(self.management.state.container.start(), self.engine.state.container.start())

    async def close(self) -> None:
        """Stop everything."""
        for client in self.clients.values():
            await client.aclose()
        await asyncio.gather(self.management.state.container.close(), self.engine.state.container.close())

    def authorization(self, who: Caller | DemoPerson) -> list[tuple[str, str]]:
        """The header that says who asks."""
        if who is Caller.NOBODY:
            return []
        person = PEOPLE[who] if isinstance(who, Caller) else who
        if person not in self._tokens:
            self._tokens[person] = self.places.identity.token(person)
        return [("Authorization", f"Bearer {self._tokens[person]}")]

    async def ask(
        self,
        who: Caller | DemoPerson,
        method: str,
        path: str,
        body: Any = None,
        *,
        org_id: str | None = None,
        service: str = SERVICES[0],
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """A request that must succeed."""
        answer = await self.clients[service].request(
            method,
            path,
            json=body,
            headers=[
                *self.authorization(who),
                *([] if org_id is None else [(SCOPE_HEADER, org_id)]),
                *(headers or {}).items(),
            ],
        )
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    async def run(
        self, who: Caller | DemoPerson, path: str, org_id: str, note: str, *, waits: bool = True
    ) -> str:
        """Run a workflow or submit a form; the execution's id."""
        answer = await self.ask(
            who,
            "POST",
            path,
            {"parameters": {"note": note}},
            org_id=org_id,
            service=SERVICES[1],
            headers={} if waits else {"Prefer": "wait=0"},
        )
        ran = answer.json()
        if isinstance(ran.get("result"), dict):
            self.files[ran["executionId"]] = ran["result"]["saved"]["file"]["fileId"]
        return str(ran["executionId"])
