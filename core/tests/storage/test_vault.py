from __future__ import annotations

import asyncio
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.keyvault.secrets.aio import SecretClient

from msp_core.errors import Invalid, TooLarge, Unavailable
from msp_core.storage import SecretVault, Storage, StorageSettings
from msp_core.storage.local_vault import LocalCredential, LocalVaultTransport
from msp_core.storage.local_vault_store import LocalVaultStore

NO_ACCOUNT = "AccountName=none;AccountKey=bm9uZQ=="


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
async def vault(folder: Path) -> AsyncIterator[SecretVault]:
    storage = Storage(StorageSettings(connection_string=NO_ACCOUNT, local_vault_path=folder))
    yield storage.vault
    await storage.close()


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[SecretClient]:
    """The plain client of Azure, as anybody would use it."""
    transport = LocalVaultTransport(LocalVaultStore(folder))
    async with SecretClient(
        "https://local.vault.azure.net", LocalCredential(), transport=transport
    ) as opened:
        yield opened
    await transport.close()


async def test_a_secret_comes_back_and_its_newest_version_counts(vault: SecretVault) -> None:
    assert await vault.get("org--api-key") is None
    await vault.set("org--api-key", "first")
    await vault.set("org--api-key", "second ü")
    assert await vault.get("org--api-key") == "second ü"
    assert await vault.list_names() == ["org--api-key"]


async def test_a_deleted_secret_is_gone_and_may_be_set_again(vault: SecretVault) -> None:
    await vault.set("name", "1")
    await vault.delete("name")
    await vault.delete("name")
    assert await vault.get("name") is None
    assert await vault.list_names() == []
    await vault.set("name", "2")
    assert await vault.get("name") == "2"


async def test_names_are_listed_by_prefix(vault: SecretVault) -> None:
    for name in ("o1--b", "o1--a", "o2--a"):
        await vault.set(name, "x")
    assert await vault.list_names("o1--") == ["o1--a", "o1--b"]


async def test_key_vaults_limits_hold(vault: SecretVault) -> None:
    with pytest.raises(Invalid):
        await vault.set("under_score", "x")
    with pytest.raises(Invalid):
        await vault.get("a/b")
    with pytest.raises(TooLarge):
        await vault.set("name", "ü" * 12_501)
    await vault.set("name", "ü" * 12_500)


async def test_without_a_vault_the_message_says_what_to_set() -> None:
    storage = Storage(StorageSettings(connection_string=NO_ACCOUNT))
    with pytest.raises(Unavailable, match="MSP_VAULT_URL"):
        await storage.vault.get("name")
    await storage.close()


async def test_the_real_client_sees_versions_and_soft_delete_as_in_azure(client: SecretClient) -> None:
    first = await client.set_secret("name", "1")
    second = await client.set_secret("name", "2")
    assert first.properties.version != second.properties.version
    assert (await client.get_secret("name")).value == "2"
    assert (await client.get_secret("name", first.properties.version)).value == "1"
    versions = [item.version async for item in client.list_properties_of_secret_versions("name")]
    assert versions == [first.properties.version, second.properties.version]
    await client.delete_secret("name")
    with pytest.raises(ResourceNotFoundError):
        await client.get_secret("name")
    assert (await client.get_deleted_secret("name")).name == "name"
    assert [item.name async for item in client.list_deleted_secrets()] == ["name"]
    with pytest.raises(ResourceExistsError):
        await client.set_secret("name", "3")
    await client.recover_deleted_secret("name")
    assert (await client.get_secret("name")).value == "2"
    await client.delete_secret("name")
    await client.purge_deleted_secret("name")
    assert (await client.set_secret("name", "4")).value == "4"
    versions = [item.version async for item in client.list_properties_of_secret_versions("name")]
    assert len(versions) == 1


def test_only_the_owner_may_read_any_file_and_no_value_is_in_clear(folder: Path) -> None:
    store = LocalVaultStore(folder)
    store.put("name", "planted-plaintext")
    files = [folder, *folder.iterdir()]
    assert len(files) >= 4
    assert [path.name for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
    assert [path.name for path in files if path.is_file() and b"planted-plaintext" in path.read_bytes()] == []
    store.close()


@pytest.mark.parametrize("victim", [".", "vault.key", "vault.db"])
def test_a_vault_open_to_others_is_refused(folder: Path, victim: str) -> None:
    LocalVaultStore(folder).close()
    (folder / victim).chmod(0o644 if victim != "." else 0o755)
    with pytest.raises(Unavailable, match="chmod"):
        LocalVaultStore(folder)


def test_a_lost_key_is_told_and_no_new_one_is_made(folder: Path) -> None:
    store = LocalVaultStore(folder)
    store.put("name", "value")
    store.close()
    (folder / "vault.key").unlink()
    with pytest.raises(Unavailable, match="key back"):
        LocalVaultStore(folder)
    assert not (folder / "vault.key").exists()


def test_a_wrong_key_is_told(folder: Path) -> None:
    store = LocalVaultStore(folder)
    store.put("name", "value")
    store.close()
    (folder / "vault.key").write_bytes(bytes(32))
    store = LocalVaultStore(folder)
    with pytest.raises(Unavailable, match="key"):
        store.get("name")
    store.close()


def test_a_value_moved_to_another_name_does_not_open(folder: Path) -> None:
    store = LocalVaultStore(folder)
    store.put("mine", "value")
    store.put("other", "else")
    store._db.execute(
        "UPDATE versions SET (nonce, sealed) = (SELECT nonce, sealed FROM versions WHERE name = 'mine')"
        " WHERE name = 'other'"
    )
    with pytest.raises(Unavailable):
        store.get("other")
    store.close()


WRITER = """
import sys
from pathlib import Path
from msp_core.storage.local_vault_store import LocalVaultStore
store = LocalVaultStore(Path(sys.argv[1]))
for number in range(10):
    assert store.put(f"{sys.argv[2]}-{number}", sys.argv[2]) is not None
assert store.get(f"{sys.argv[2]}-9").value == sys.argv[2]
"""


def test_several_processes_start_and_write_at_once(folder: Path) -> None:
    processes = [subprocess.Popen([sys.executable, "-c", WRITER, str(folder), f"p{n}"]) for n in range(4)]
    assert [process.wait(30) for process in processes] == [0, 0, 0, 0]
    store = LocalVaultStore(folder)
    assert len(store.list_newest()) == 40
    found = store.get("p3-0")
    assert found is not None
    assert found.value == "p3"
    store.close()


async def test_a_busy_vault_does_not_hold_the_loop(vault: SecretVault, folder: Path) -> None:
    await vault.set("name", "value")
    other = LocalVaultStore(folder)
    other._db.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(vault.set("name", "new"))
    longest = 0.0
    for _ in range(20):
        started = time.monotonic()
        await asyncio.sleep(0.01)
        longest = max(longest, time.monotonic() - started)
    other._db.execute("COMMIT")
    other.close()
    await writing
    assert longest < 0.2
    assert await vault.get("name") == "new"
