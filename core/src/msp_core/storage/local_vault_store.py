"""The local vault's file: AES-256-GCM values in SQLite, shared by the processes of one machine.

The key lies beside the database, so this protects backups and stray copies of the database, not
against somebody who can read both files.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from msp_core.errors import Unavailable

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_BUSY_SECONDS: Final = 5.0
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, deleted_at INTEGER);
CREATE TABLE IF NOT EXISTS versions (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL REFERENCES secrets (name) ON DELETE CASCADE,
    version TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    nonce BLOB NOT NULL,
    sealed BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS versions_by_name ON versions (name, sequence);
"""


class LocalVaultError(Unavailable):
    """The local vault's folder is not as it must be; the message says what to do."""


@dataclass(frozen=True)
class SecretVersion:
    """One version of a secret; `value` is None where only the names were asked for.

    Args:
        deleted_at: Seconds since 1970, of the whole secret.
    """

    name: str
    version: str
    created_at: int
    deleted_at: int | None
    value: str | None = None

    def __repr__(self) -> str:
        return f"SecretVersion({self.name!r}, {self.version!r})"


class LocalVaultStore:
    """Opens the folder, or makes it; synchronous, for one thread.

    Raises:
        LocalVaultError: Others may read the folder or its key, or the key is lost.
    """

    def __init__(self, folder: Path) -> None:
        _make_private(folder)
        database = folder / "vault.db"
        is_new = not database.exists()
        self._cipher = AESGCM(_load_key(folder / "vault.key", may_create=is_new or _is_empty(database)))
        # SQLite gives its side files the mode of the database file, so that one is made first.
        os.close(os.open(database, os.O_RDWR | os.O_CREAT, 0o600))
        _refuse_wide(database)
        self._db = sqlite3.connect(
            database, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA foreign_keys = ON")
        with self._writing():
            for statement in _SCHEMA.split(";"):
                self._db.execute(statement)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def put(self, name: str, value: str) -> SecretVersion | None:
        """Add a version; None when the name belongs to a deleted secret."""
        version, now, nonce = secrets.token_hex(16), int(time.time()), os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, value.encode(), _bound_to(name, version))
        with self._writing():
            self._db.execute("INSERT OR IGNORE INTO secrets (name) VALUES (?)", (name,))
            if self._deleted_at(name) is not None:
                return None
            self._db.execute(
                "INSERT INTO versions (name, version, created_at, nonce, sealed) VALUES (?, ?, ?, ?, ?)",
                (name, version, now, nonce, sealed),
            )
        return SecretVersion(name, version, now, None, value)

    def get(self, name: str, version: str | None = None, *, deleted: bool = False) -> SecretVersion | None:
        """A version with its value, the newest unless one is named.

        Raises:
            LocalVaultError: The value was not sealed with this key for this name and version.
        """
        row = self._db.execute(
            "SELECT v.version, v.created_at, s.deleted_at, v.nonce, v.sealed FROM versions v"
            " JOIN secrets s USING (name) WHERE v.name = ?1 AND (?2 IS NULL OR v.version = ?2)"
            " AND (s.deleted_at IS NOT NULL) = ?3 ORDER BY v.sequence DESC LIMIT 1",
            (name, version, deleted),
        ).fetchone()
        if row is None:
            return None
        try:
            value = self._cipher.decrypt(row[3], row[4], _bound_to(name, row[0])).decode()
        except InvalidTag:
            raise LocalVaultError(
                "The local vault's key does not open its database: put the matching vault.key back.",
                retry_after_seconds=60,
            ) from None
        return SecretVersion(name, row[0], row[1], row[2], value)

    def list_newest(self, *, deleted: bool = False) -> list[SecretVersion]:
        """The newest version of each secret, by name, without values."""
        rows = self._db.execute(
            "SELECT v.name, v.version, v.created_at, s.deleted_at FROM versions v JOIN secrets s USING (name)"
            " WHERE (s.deleted_at IS NOT NULL) = ? AND v.sequence ="
            " (SELECT max(sequence) FROM versions w WHERE w.name = v.name) ORDER BY v.name",
            (deleted,),
        )
        return [SecretVersion(*row) for row in rows]

    def list_versions(self, name: str) -> list[SecretVersion]:
        """All versions of a secret, oldest first, without values."""
        rows = self._db.execute(
            "SELECT v.name, v.version, v.created_at, s.deleted_at FROM versions v JOIN secrets s USING (name)"
            " WHERE v.name = ? AND s.deleted_at IS NULL ORDER BY v.sequence",
            (name,),
        )
        return [SecretVersion(*row) for row in rows]

    def set_deleted(self, name: str, *, deleted: bool) -> bool:
        """Delete a secret softly, or bring it back; False when there is none in the other state."""
        with self._writing():
            changed = self._db.execute(
                "UPDATE secrets SET deleted_at = ? WHERE name = ? AND (deleted_at IS NULL) = ?",
                (int(time.time()) if deleted else None, name, deleted),
            ).rowcount
        return changed == 1

    def purge(self, name: str) -> bool:
        """Remove a deleted secret and all its versions for good."""
        with self._writing():
            removed = self._db.execute(
                "DELETE FROM secrets WHERE name = ? AND deleted_at IS NOT NULL", (name,)
            ).rowcount
        return removed == 1

    def _deleted_at(self, name: str) -> int | None:
        row = self._db.execute("SELECT deleted_at FROM secrets WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _bound_to(name: str, version: str) -> bytes:
    return f"{name}/{version}".encode()


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_wide(folder)


def _refuse_wide(path: Path) -> None:
    status = path.stat()
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid != os.geteuid() or mode & 0o077:
        right = "700" if stat.S_ISDIR(status.st_mode) else "600"
        raise LocalVaultError(
            f"The local vault is open to others: {path.name} has mode {mode:o}. Run `chmod {right}` on it.",
            retry_after_seconds=60,
        )


def _is_empty(database: Path) -> bool:
    connection = sqlite3.connect(database, timeout=_BUSY_SECONDS)
    try:
        has_table = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'versions'").fetchone()
        return has_table is None or connection.execute("SELECT 1 FROM versions LIMIT 1").fetchone() is None
    finally:
        connection.close()


def _load_key(path: Path, *, may_create: bool) -> bytes:
    if not path.exists():
        if not may_create:
            raise LocalVaultError(
                "The local vault has secrets but no vault.key: put the key back, or remove the folder.",
                retry_after_seconds=60,
            )
        _create_key(path)
    _refuse_wide(path)
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise LocalVaultError("The local vault's key is damaged: put vault.key back.", retry_after_seconds=60)
    return key


def _create_key(path: Path) -> None:
    # Several processes may start at once: the link appears with the whole key in it, and only one is made.
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(os.urandom(_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
