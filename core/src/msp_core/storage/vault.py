"""Secrets, through the real Key Vault client; locally over an in-process transport."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from msp_core.errors import Conflict, NotFound, TooLarge, Unavailable
from msp_core.storage.keys import check_secret_name

if TYPE_CHECKING:
    from azure.keyvault.secrets.aio import SecretClient

    from msp_core.storage.connection import Connection

T = TypeVar("T")

_MAX_VALUE_BYTES: Final = 25_000
_LOCAL_URL: Final = "https://local.vault.azure.net"


class SecretVault:
    """The one vault of the platform. Values never appear in messages, logs or `repr`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._client: SecretClient | None = None
        self._transport: Any = None
        self._lock = asyncio.Lock()

    async def get(self, name: str) -> str | None:
        """A secret's value, or None.

        Raises:
            Invalid: Key Vault has no such names.
        """
        check_secret_name(name)
        client = await self._open()

        async def send() -> str | None:
            return (await client.get_secret(name)).value

        try:
            return await self._call(send, "read from")
        except NotFound:
            return None

    async def set(self, name: str, value: str) -> None:
        """Store a new version of a secret; one that was deleted comes back with it.

        Raises:
            Invalid: Key Vault has no such names.
            TooLarge: The value is larger than 25 KB.
        """
        check_secret_name(name)
        if len(value.encode()) > _MAX_VALUE_BYTES:
            raise TooLarge("A secret has at most 25 KB.")
        client = await self._open()

        async def send() -> None:
            await client.set_secret(name, value)

        async def recover() -> None:
            await client.recover_deleted_secret(name)

        try:
            await self._call(send, "write to")
        except Conflict:
            # The name belongs to a deleted secret that can still be recovered.
            await self._call(recover, "recover in")
            await self._call(send, "write to")

    async def delete(self, name: str) -> None:
        """Delete a secret; one that is gone already is fine."""
        check_secret_name(name)
        client = await self._open()

        async def send() -> None:
            await client.delete_secret(name)

        try:
            await self._call(send, "delete from")
        except NotFound:
            return

    async def list_names(self, prefix: str = "") -> list[str]:
        """The names that start with `prefix`, sorted."""
        client = await self._open()

        async def send() -> list[str]:
            names = [str(item.name) async for item in client.list_properties_of_secrets()]
            return sorted(name for name in names if name.startswith(prefix))

        return await self._call(send, "list")

    async def close(self) -> None:
        """Close the client; the next call opens it again."""
        client, transport = self._client, self._transport
        self._client = self._transport = None
        if client is not None:
            await client.close()
        if transport is not None:
            await transport.close()

    async def _call(self, send: Callable[[], Awaitable[T]], verb: str) -> T:
        from msp_core.storage.faults import bounded

        return await bounded(send, self._connection.settings.bounds, what=f"{verb} the vault")

    async def _open(self) -> SecretClient:
        async with self._lock:
            if self._client is None:
                self._client = await self._make()
            return self._client

    async def _make(self) -> SecretClient:
        settings = self._connection.settings
        if settings.local_vault_path is None and settings.vault_url is None:
            raise Unavailable(
                "No vault is configured: set MSP_VAULT_URL or MSP_LOCAL_VAULT_PATH.", retry_after_seconds=60
            )
        from azure.keyvault.secrets.aio import SecretClient

        if settings.local_vault_path is not None:
            return await self._make_local(settings.local_vault_path)
        assert settings.vault_url is not None
        return SecretClient(
            settings.vault_url,
            await self._connection.credential(),
            retry_total=0,
            connection_timeout=settings.bounds.attempt_seconds,
            read_timeout=settings.bounds.attempt_seconds,
        )

    async def _make_local(self, folder: Path) -> SecretClient:
        from azure.keyvault.secrets.aio import SecretClient

        from msp_core.storage.local_vault import LocalCredential, LocalVaultTransport
        from msp_core.storage.local_vault_store import LocalVaultStore

        self._transport = LocalVaultTransport(await asyncio.to_thread(LocalVaultStore, folder))
        return SecretClient(_LOCAL_URL, LocalCredential(), transport=self._transport, retry_total=0)
