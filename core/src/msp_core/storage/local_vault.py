"""Key Vault's HTTP interface answered in this process, so that the real client also runs locally.

No port, no certificate, no account: the client's own challenge for a token is exercised too.
Source: https://learn.microsoft.com/rest/api/keyvault/secrets
"""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import urlsplit

from azure.core.credentials import AccessToken
from azure.core.exceptions import ServiceResponseError
from azure.core.pipeline.transport import AsyncHttpTransport

from msp_core.storage.local_vault_store import LocalVaultStore, SecretVersion
from msp_core.storage.transport import BufferedResponse

_HOST: Final = "https://local.vault.azure.net"
_RECOVERY_SECONDS: Final = 90 * 86_400
_CHALLENGE: Final = (
    'Bearer authorization="https://login.microsoftonline.com/local", resource="https://vault.azure.net"'
)
_SECRET_NAME = re.compile(r"[0-9A-Za-z-]{1,127}")

Answer = tuple[int, dict[str, Any] | None]


class LocalCredential:
    """A token that means nothing: the local vault is opened by file permissions."""

    async def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        """A token for the next hour."""
        return AccessToken("local", int(time.time()) + 3600)

    async def close(self) -> None:
        """Nothing is open."""

    async def __aenter__(self) -> LocalCredential:
        return self

    async def __aexit__(self, *_args: object) -> None:
        """Nothing is open."""


class LocalVaultTransport(AsyncHttpTransport[Any, Any]):
    """Answers requests from the store, one at a time in a thread of its own."""

    def __init__(self, store: LocalVaultStore) -> None:
        self._store = store
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="local-vault")

    async def send(self, request: Any, **_options: Any) -> Any:
        """Answer one request."""
        if "Authorization" not in request.headers:
            return _response(request, 401, None, {"WWW-Authenticate": _CHALLENGE})
        body = request.content
        content = json.loads(body) if body else {}
        path = [part for part in urlsplit(request.url).path.split("/") if part]
        loop = asyncio.get_running_loop()
        try:
            status, answer = await loop.run_in_executor(
                self._thread, self._answer, request.method, path, content
            )
        except sqlite3.Error as fault:
            raise ServiceResponseError(fault, error=fault) from fault
        return _response(request, status, answer, {})

    def _answer(self, method: str, path: list[str], content: dict[str, Any]) -> Answer:
        collection, name, rest = path[0], path[1] if len(path) > 1 else None, path[2:]
        if name is None:
            return 200, _listing(self._store.list_newest(deleted=collection == "deletedsecrets"))
        if _SECRET_NAME.fullmatch(name) is None:
            return _problem(400, "BadParameter")
        if collection == "secrets":
            return self._secret(method, name, rest, content)
        return self._deleted_secret(method, name, rest)

    def _secret(self, method: str, name: str, rest: list[str], content: dict[str, Any]) -> Answer:
        if method == "PUT":
            stored = self._store.put(name, content["value"])
            return _problem(409, "Conflict") if stored is None else (200, _bundle(stored))
        if method == "DELETE":
            newest = self._store.get(name)
            if newest is None or not self._store.set_deleted(name, deleted=True):
                return _problem(404, "SecretNotFound")
            return 200, _deleted_bundle(newest)
        if rest == ["versions"]:
            return 200, _listing(self._store.list_versions(name))
        found = self._store.get(name, rest[0] if rest else None)
        return _problem(404, "SecretNotFound") if found is None else (200, _bundle(found))

    def _deleted_secret(self, method: str, name: str, rest: list[str]) -> Answer:
        if method == "DELETE":
            return (204, None) if self._store.purge(name) else _problem(404, "SecretNotFound")
        if method == "POST" and rest == ["recover"]:
            if not self._store.set_deleted(name, deleted=False):
                return _problem(404, "SecretNotFound")
            recovered = self._store.get(name)
            return _problem(404, "SecretNotFound") if recovered is None else (200, _bundle(recovered))
        found = self._store.get(name, deleted=True)
        return _problem(404, "SecretNotFound") if found is None else (200, _deleted_bundle(found))

    async def open(self) -> None:
        """Open already."""

    async def close(self) -> None:
        """Close the store; the client's own close leaves it open, so that clients can come and go."""
        self._run(self._store.close)
        self._thread.shutdown(wait=True)

    def _run(self, work: Callable[[], None]) -> None:
        self._thread.submit(work).result()

    async def __aexit__(self, *_args: object) -> None:
        """The owner closes."""


def _response(
    request: Any, status: int, answer: dict[str, Any] | None, headers: dict[str, str]
) -> BufferedResponse:
    body = b"" if answer is None else json.dumps(answer).encode()
    return BufferedResponse(request, status, {"Content-Type": "application/json", **headers}, body, None)


def _problem(status: int, code: str) -> Answer:
    return status, {"error": {"code": code, "message": f"The local vault answers {code}."}}


def _item(version: SecretVersion) -> dict[str, Any]:
    return {
        "id": f"{_HOST}/secrets/{version.name}/{version.version}",
        "attributes": {
            "enabled": True,
            "created": version.created_at,
            "updated": version.created_at,
            "recoveryLevel": "Recoverable+Purgeable",
            "recoverableDays": 90,
        },
    }


def _bundle(version: SecretVersion) -> dict[str, Any]:
    return {**_item(version), "value": version.value}


def _deleted_bundle(version: SecretVersion) -> dict[str, Any]:
    deleted_at = version.deleted_at or int(time.time())
    return {
        **_item(version),
        "recoveryId": f"{_HOST}/deletedsecrets/{version.name}",
        "deletedDate": deleted_at,
        "scheduledPurgeDate": deleted_at + _RECOVERY_SECONDS,
    }


def _listing(versions: list[SecretVersion]) -> dict[str, Any]:
    return {"value": [_item(version) for version in versions], "nextLink": None}
