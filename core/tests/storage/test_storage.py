from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from msp_core.models import Model
from msp_core.storage import Storage, StorageSettings, TableName
from msp_core.storage.testing import Network


class Item(Model):
    number: int = 0


async def test_health_names_every_part(storage_account: str, tmp_path: Path) -> None:
    storage = Storage(StorageSettings(connection_string=storage_account, local_vault_path=tmp_path / "vault"))
    statuses = await storage.check()
    assert {status.name: status.is_available for status in statuses} == {
        "tables": True,
        "blobs": True,
        "queues": True,
        "vault": True,
    }
    assert all(status.message is None and status.duration_ms > 0 for status in statuses)
    await storage.close()


async def test_health_says_what_is_away(storage: Storage, network: Network) -> None:
    network.is_down = True
    statuses = {status.name: status for status in await storage.check()}
    assert [name for name, status in statuses.items() if status.is_available] == []
    assert "does not answer" in (statuses["tables"].message or "")
    assert "MSP_VAULT_URL" in (statuses["vault"].message or "")


async def test_nothing_is_opened_before_it_is_used(network: Network) -> None:
    storage = Storage(
        StorageSettings(connection_string="AccountName=a;AccountKey=YQ=="), wrap_transport=network.wrap
    )
    storage.table(TableName.FORMS, Item).partition("p")
    storage.blobs("files")
    storage.queue("jobs")
    assert network.count() == 0
    await storage.close()


async def test_a_closed_storage_opens_again_when_used(storage: Storage) -> None:
    partition = storage.table(TableName.FORMS, Item).partition("p")
    await partition.insert("row", Item(number=1))
    await storage.queue("jobs").send({"a": 1})
    await storage.close()
    assert (await partition.get("row")).value.number == 1
    assert await storage.queue("jobs").length() == 1


async def test_many_at_once_share_one_pool(storage: Storage) -> None:
    partition = storage.table(TableName.FORMS, Item).partition("p")
    await asyncio.gather(*(partition.insert(f"r{n:03d}", Item(number=n)) for n in range(150)))
    rows = await asyncio.gather(*(partition.get(f"r{n:03d}") for n in range(150)))
    assert [row.value.number for row in rows] == list(range(150))


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"connection_string": "x", "account_name": "y"},
        {"account_name": "y", "vault_url": "https://v", "local_vault_path": Path("v")},
    ],
)
def test_settings_that_contradict_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="MSP_"):
        StorageSettings(**settings)  # type: ignore[arg-type]  # as a deployment may have it


def test_the_accounts_key_is_not_in_the_settings_repr() -> None:
    assert "topsecret" not in repr(StorageSettings(connection_string="AccountKey=topsecret"))
