"""One process's doors to a storage account: one session, one credential, clients made when needed."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msp_core.storage.settings import StorageSettings

if TYPE_CHECKING:
    import aiohttp
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.core.pipeline.transport import AsyncHttpTransport
    from azure.data.tables.aio import TableClient
    from azure.storage.blob.aio import BlobServiceClient
    from azure.storage.queue.aio import QueueServiceClient

WrapTransport = Callable[["AsyncHttpTransport[Any, Any]"], "AsyncHttpTransport[Any, Any]"]

_PIECE = 1024 * 1024
_NEEDED_SOON = (
    "msp_core.storage.transport",
    "azure.data.tables.aio",
    "azure.storage.blob.aio",
    "azure.storage.queue.aio",
)
_STORAGE_SCOPE = "https://storage.azure.com/.default"


class Connection:
    """Opens lazily; everything it opened is closed by `close`.

    Args:
        wrap_transport: Is given each transport and answers what to use in its place: for recording,
            counting, and for tests that make the network misbehave.
    """

    def __init__(
        self,
        settings: StorageSettings,
        wrap_transport: WrapTransport | None = None,
        credential: AsyncTokenCredential | None = None,
    ) -> None:
        self.settings = settings
        self._given_credential = credential
        self._wrap = wrap_transport or (lambda transport: transport)
        self._session: aiohttp.ClientSession | None = None
        self._credential: AsyncTokenCredential | None = None
        self._table_transport: AsyncHttpTransport[Any, Any] | None = None
        self._table_policy: Any = None
        self._blobs: BlobServiceClient | None = None
        self._queues: QueueServiceClient | None = None
        self._lock = asyncio.Lock()

    async def warm_up(self) -> None:
        """Import what the first requests need, in a thread; connects to nothing."""
        await asyncio.to_thread(_import_all)

    def session(self) -> aiohttp.ClientSession:
        """The pool that tables, blobs and queues share."""
        if self._session is None:
            import aiohttp

            is_plain = (self.settings.connection_string or "").startswith("DefaultEndpointsProtocol=http;")
            connector = aiohttp.TCPConnector(
                limit=self.settings.max_connections,
                # Azurite closes an idle connection after 5 s; one that we close first cannot fail under us.
                keepalive_timeout=4.0 if is_plain else 30.0,
                ttl_dns_cache=300,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None),
            )
        return self._session

    async def credential(self) -> AsyncTokenCredential:
        """The identity that this process has in Azure."""
        if self._given_credential is not None:
            return self._given_credential
        if self._credential is None:
            identity = await _import("azure.identity.aio")
            self._credential = identity.DefaultAzureCredential(
                exclude_interactive_browser_credential=True, exclude_visual_studio_code_credential=True
            )
        return self._credential

    async def tables(self, name: str) -> TableClient:
        """A client of one table."""
        async with self._lock:
            if self._table_transport is None:
                transports = await _import("msp_core.storage.transport")
                self._table_transport = self._wrap(transports.PooledTransport(self.session()))
        from azure.data.tables.aio import TableClient

        transport = self._table_transport
        connection_string = self.settings.connection_string
        if connection_string is not None:
            return TableClient.from_connection_string(
                connection_string, name, transport=transport, policies=self._key_policies(connection_string)
            )
        endpoint = f"https://{self.settings.account_name}.table.core.windows.net"
        credential = await self.credential()
        return TableClient(
            endpoint,
            name,
            credential=credential,
            transport=transport,
            policies=self._token_policies(credential),
        )

    def _key_policies(self, connection_string: str) -> list[Any]:
        from msp_core.storage.transport import SharedKeySigner, TablePolicy

        parts = dict(part.split("=", 1) for part in connection_string.split(";") if "=" in part)
        try:
            return [TablePolicy(SharedKeySigner(parts["AccountName"], parts["AccountKey"]))]
        except (KeyError, ValueError) as fault:
            raise ValueError("MSP_STORAGE_CONNECTION_STRING has no AccountName and AccountKey") from fault

    def _token_policies(self, credential: AsyncTokenCredential) -> list[Any]:
        from azure.core.pipeline.policies import AsyncBearerTokenCredentialPolicy

        from msp_core.storage.transport import TablePolicy

        return [AsyncBearerTokenCredentialPolicy(credential, _STORAGE_SCOPE), TablePolicy(None)]

    async def blobs(self) -> BlobServiceClient:
        """The client of the blob service."""
        async with self._lock:
            if self._blobs is None:
                module = await _import("azure.storage.blob.aio")
                self._blobs = await self._service(
                    module.BlobServiceClient, "blob", max_single_put_size=_PIECE, max_block_size=_PIECE
                )
        return self._blobs

    async def queues(self) -> QueueServiceClient:
        """The client of the queue service."""
        async with self._lock:
            if self._queues is None:
                module = await _import("azure.storage.queue.aio")
                self._queues = await self._service(module.QueueServiceClient, "queue")
        return self._queues

    async def _service(self, client: Any, kind: str, **more: Any) -> Any:
        from azure.core.pipeline.transport import AioHttpTransport

        options: dict[str, Any] = {
            "transport": self._wrap(AioHttpTransport(session=self.session(), session_owner=False)),
            # Retries are ours, in one place: `faults.bounded`.
            "retry_total": 0,
            "retry_connect": 0,
            "retry_read": 0,
            "retry_status": 0,
            "connection_timeout": self.settings.bounds.attempt_seconds,
            "read_timeout": self.settings.bounds.attempt_seconds,
            **more,
        }
        if self.settings.connection_string is not None:
            return client.from_connection_string(self.settings.connection_string, **options)
        endpoint = f"https://{self.settings.account_name}.{kind}.core.windows.net"
        return client(endpoint, credential=await self.credential(), **options)

    async def close(self) -> None:
        """Close what was opened; the connection opens again when it is used again."""
        blobs, queues, credential, session = self._blobs, self._queues, self._credential, self._session
        self._blobs = self._queues = self._credential = self._session = self._table_transport = None
        for client in (blobs, queues, credential):
            if client is not None:
                await client.close()
        if session is not None:
            await session.close()


def _import_all() -> None:
    for name in _NEEDED_SOON:
        importlib.import_module(name)


async def _import(name: str) -> Any:
    """Import a module that takes long, in a thread, so that the loop goes on."""
    return await asyncio.to_thread(importlib.import_module, name)
