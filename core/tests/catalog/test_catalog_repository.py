from __future__ import annotations

from msp_automation.metadata import Catalog, DiscoveryError, ParameterMetadata, WorkflowMetadata
from msp_core.catalog.repository import CatalogRepository
from msp_core.storage import Storage
from msp_core.storage.testing import Network

CATALOG = Catalog(
    workflows=[
        WorkflowMetadata(
            name="create_user",
            parameters=[ParameterMetadata(name="mail", label="Mail", type="email", required=True)],
        )
    ],
    errors=[DiscoveryError(source_file="workflows/bad.py", line=3, message="Close the bracket.")],
)


async def test_before_anything_is_published_the_catalog_is_empty(storage: Storage) -> None:
    catalog = await CatalogRepository(storage).get()
    assert (catalog.workflows, catalog.data_providers, catalog.errors) == ([], [], [])


async def test_another_process_reads_what_was_published(storage: Storage) -> None:
    await CatalogRepository(storage).publish(CATALOG)
    assert await CatalogRepository(storage).get() == CATALOG


async def test_what_was_read_is_believed_for_a_moment(storage: Storage, network: Network) -> None:
    reader = CatalogRepository(storage)
    await reader.get()
    network.forget()
    await reader.get()
    assert network.count() == 0


async def test_who_publishes_reads_it_at_once(storage: Storage) -> None:
    repository = CatalogRepository(storage)
    await repository.get()
    await repository.publish(CATALOG)
    assert await repository.get() == CATALOG
