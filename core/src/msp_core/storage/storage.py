"""The whole storage of one process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from msp_core.errors import MspError
from msp_core.storage.blobs import BlobContainer
from msp_core.storage.connection import Connection
from msp_core.storage.file_blobs import FileContainer
from msp_core.storage.large_values import LargeValues
from msp_core.storage.queues import Queue
from msp_core.storage.results import ComponentStatus, M
from msp_core.storage.settings import StorageSettings, TableName
from msp_core.storage.tables import Table
from msp_core.storage.vault import SecretVault

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

    from msp_core.storage.connection import WrapTransport


class Storage:
    """Opens nothing until it is used; one per process and event loop.

    Args:
        wrap_transport: Is given each azure-core transport and answers what to use in its place.
        credential: The identity to open an account by name with; by default the process's own in Azure.
    """

    def __init__(
        self,
        settings: StorageSettings,
        *,
        wrap_transport: WrapTransport | None = None,
        credential: AsyncTokenCredential | None = None,
    ) -> None:
        self.settings = settings
        self._connection = Connection(settings, wrap_transport, credential)
        self._tables: list[Table[Any]] = []
        self.vault = SecretVault(self._connection)

    def table(
        self, name: TableName, model: type[M], *, large_values: bool = True, select: bool = False
    ) -> Table[M]:
        """A table whose rows are `model`s.

        Args:
            large_values: Texts over 64 KiB go to a blob, which costs a read before each delete. Without it
                they are refused with `TooLarge`.
            select: Queries ask for the model's columns only, where other models put more into the same rows;
                not together with `large_values`.
        """
        if select and large_values:
            raise ValueError("A selection of columns leaves out the pointers to large values")
        values = LargeValues(self.blobs("large-values")) if large_values else None
        table = Table(self._connection, name.value, model, values, select=select)
        self._tables.append(table)
        return table

    def blobs(self, container: str) -> BlobContainer:
        """A blob container."""
        return BlobContainer(self._connection, container)

    def files(self, container: str) -> FileContainer:
        """A blob container of files, which come and go in pieces."""
        return FileContainer(self._connection, container)

    def queue(self, name: str) -> Queue:
        """A queue."""
        return Queue(self._connection, name)

    async def warm_up(self) -> None:
        """Import what the first requests will need, beside whatever else starts; connects to nothing."""
        await self._connection.warm_up()

    async def check(self) -> list[ComponentStatus]:
        """Whether tables, blobs, queues and the vault answer now; asks all at once."""
        probes: dict[str, Callable[[], Awaitable[object]]] = {
            "tables": self._probe_tables,
            "blobs": lambda: self.blobs("health").find("probe"),
            "queues": lambda: self.queue("health").length(),
            "vault": lambda: self.vault.get("health-probe"),
        }
        return list(await asyncio.gather(*(_probe(name, probe) for name, probe in probes.items())))

    async def close(self) -> None:
        """Close every connection; using the storage again opens it again."""
        for table in self._tables:
            table.forget_client()
        await self.vault.close()
        await self._connection.close()

    async def _probe_tables(self) -> object:
        from msp_core.models import Model

        return await Table(self._connection, "Health", Model, None).partition("health").find("probe")


async def _probe(name: str, probe: Callable[[], Awaitable[object]]) -> ComponentStatus:
    start = time.perf_counter()
    message = None
    try:
        await probe()
    except MspError as error:
        message = error.message
    return ComponentStatus(name, message is None, round((time.perf_counter() - start) * 1000, 1), message)
