"""The catalog's one blob: the engine writes it, everybody reads it."""

from __future__ import annotations

import time
from typing import Final

from msp_automation.metadata import Catalog
from msp_core.storage import Storage

_PATH: Final = "catalog.json"
_FRESH_SECONDS: Final = 2.0


class CatalogRepository:
    """Publishes and reads the catalog; what was read is believed for two seconds."""

    def __init__(self, storage: Storage) -> None:
        self._blobs = storage.blobs("platform")
        self._cached: Catalog | None = None
        self._read_at = 0.0

    async def publish(self, catalog: Catalog) -> None:
        """Replace the catalog. One storage operation."""
        content = catalog.model_dump_json(by_alias=True).encode()
        await self._blobs.write(_PATH, content, content_type="application/json")
        self._remember(catalog)

    async def get(self) -> Catalog:
        """The newest catalog; an empty one before the engine published any."""
        if self._cached is not None and time.monotonic() - self._read_at < _FRESH_SECONDS:
            return self._cached
        content = await self._blobs.find(_PATH)
        catalog = Catalog() if content is None else Catalog.model_validate_json(content)
        self._remember(catalog)
        return catalog

    def _remember(self, catalog: Catalog) -> None:
        self._cached, self._read_at = catalog, time.monotonic()
