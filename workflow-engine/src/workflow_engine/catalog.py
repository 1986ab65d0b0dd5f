"""Makes what the author files declare known to the other service."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from msp_automation.metadata import Catalog
from msp_core.catalog.repository import CatalogRepository
from msp_core.errors import MspError

_log = structlog.get_logger(__name__)

_PAUSE_SECONDS: Final = 2.0


class CatalogPublisher:
    """Writes each new catalog to storage, as often as it takes."""

    def __init__(self, catalog: CatalogRepository) -> None:
        self._catalog = catalog
        self._newest: Catalog | None = None

    async def publish(self, catalog: Catalog) -> None:
        """Publish it; a newer one that comes meanwhile takes its place."""
        self._newest = catalog
        while self._newest is catalog:
            try:
                await self._catalog.publish(catalog)
            except MspError as error:
                _log.warning("catalog_not_published", reason=error.message)
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                return
