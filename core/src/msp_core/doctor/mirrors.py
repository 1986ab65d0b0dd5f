"""Dual indexes: the authority decides, its mirror says the same with the keys swapped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Generic, TypeVar

from msp_core.doctor.models import Diagnosis, FindingKind, Suspect, diagnosis
from msp_core.doctor.rows import (
    at_once,
    chunks,
    insert_derived,
    keys_of,
    place,
    readable_rows,
    remove_derived,
    replace_derived,
    unreadable,
)
from msp_core.models import Model
from msp_core.permissions.models import PermissionGrant
from msp_core.roles.models import FormGrant, RoleMember
from msp_core.storage import Storage, Stored, TableName
from msp_core.storage.codec import UnreadableRow

M = TypeVar("M", bound=Model)


class DualIndex(Generic[M]):
    """Compares one pair of tables both ways.

    Args:
        model: What both tables hold.
        says: What a row says, as in "a grant".
        read_by: What goes wrong while the mirror is, as the end of a sentence.
    """

    def __init__(
        self,
        storage: Storage,
        authority: TableName,
        mirror: TableName,
        model: type[M],
        *,
        says: str,
        read_by: str,
    ) -> None:
        self._authority = storage.table(authority, model, large_values=False)
        self._authority_keys = keys_of(storage, authority)
        self._mirror = storage.table(mirror, model, large_values=False)
        self._mirror_keys = keys_of(storage, mirror)
        self._says = says
        self._read_by = read_by

    @property
    def name(self) -> str:
        """Both tables."""
        return f"{self._authority.name} and {self._mirror.name}"

    async def suspects(self) -> AsyncIterator[Suspect]:
        """Authority rows whose mirror is not the same, then mirror rows without an authority."""
        async for some in chunks(readable_rows(self._authority)):
            rows = [row for row in some if isinstance(row, Stored)]
            for row in some:
                if isinstance(row, Suspect):
                    yield row
            same = await at_once([partial(self._is_mirrored, row) for row in rows])
            for row, is_same in zip(rows, same, strict=True):
                if not is_same:
                    yield self._suspect(row.partition_key, row.row_key)
        async for keys in chunks(self._mirror_keys.iter_across_partitions()):
            there = await at_once(
                [partial(self._has_authority, key.row_key, key.partition_key) for key in keys]
            )
            for key, is_there in zip(keys, there, strict=True):
                if not is_there:
                    yield self._suspect(key.row_key, key.partition_key)

    def _suspect(self, own: str, other: str) -> Suspect:
        return Suspect(place(self._mirror.name, other, own), partial(self._look_again, own, other))

    async def _is_mirrored(self, row: Stored[M]) -> bool:
        try:
            mirror = await self._mirror.partition(row.row_key).find(row.partition_key)
        except UnreadableRow:
            return False
        return mirror is not None and mirror.value == row.value

    async def _has_authority(self, own: str, other: str) -> bool:
        return await self._authority_keys.partition(own).find(other) is not None

    async def _look_again(self, own: str, other: str) -> Diagnosis | None:
        # The mirror first: see `remove_derived`.
        try:
            mirror = await self._mirror.partition(other).find(own)
        except UnreadableRow:
            return await unreadable(self._mirror, other, own).look_again()
        authority = await self._authority.partition(own).find(other)
        if authority is None:
            return None if mirror is None else self._left_over(mirror)
        if mirror is None:
            return self._missing(authority)
        return None if mirror.value == authority.value else self._outdated(authority, mirror)

    def _missing(self, authority: Stored[M]) -> Diagnosis:
        own, other = authority.partition_key, authority.row_key
        return diagnosis(
            FindingKind.MIRROR_MISSING,
            place(self._mirror.name, other, own),
            f"{self._authority.name} has {self._says} that its mirror {self._mirror.name} lacks, "
            f"so {self._read_by} do not show it.",
            f"Writes the row to {self._mirror.name} as {self._authority.name} has it.",
            lambda: insert_derived(
                self._mirror.partition(other), own, authority.value, partial(self._has_authority, own, other)
            ),
        )

    def _outdated(self, authority: Stored[M], mirror: Stored[M]) -> Diagnosis:
        own, other = authority.partition_key, authority.row_key
        return diagnosis(
            FindingKind.MIRROR_OUTDATED,
            place(self._mirror.name, other, own),
            f"{self._mirror.name} shows an older version of {self._says} than {self._authority.name}, "
            f"which counts: {self._read_by} show what no longer holds.",
            f"Replaces the row of {self._mirror.name} by the one of {self._authority.name}.",
            lambda: replace_derived(
                self._mirror.partition(other),
                mirror,
                authority.value,
                partial(self._has_authority, own, other),
            ),
        )

    def _left_over(self, mirror: Stored[M]) -> Diagnosis:
        return diagnosis(
            FindingKind.MIRROR_WITHOUT_AUTHORITY,
            place(self._mirror.name, mirror.partition_key, mirror.row_key),
            f"{self._mirror.name} still shows {self._says} that {self._authority.name} no longer has: "
            "it allows nothing, and lists show it.",
            f"Removes the row from {self._mirror.name}; {self._authority.name} stays as it is.",
            lambda: remove_derived(self._mirror.partition(mirror.partition_key), mirror),
        )


def dual_indexes(storage: Storage) -> list[DualIndex[Any]]:
    """The three pairs of the platform."""
    return [
        DualIndex(
            storage,
            TableName.USER_PERMISSIONS,
            TableName.ORG_PERMISSIONS,
            PermissionGrant,
            says="a technician's permissions in an organization",
            read_by="lists of who may work for an organization",
        ),
        DualIndex(
            storage,
            TableName.USER_ROLES,
            TableName.ROLE_USERS,
            RoleMember,
            says="that somebody has a role",
            read_by="lists of a role's people",
        ),
        DualIndex(
            storage,
            TableName.FORM_ROLES,
            TableName.ROLE_FORMS,
            FormGrant,
            says="that a role opens a form",
            read_by="a role's forms and client users' lists of forms",
        ),
    ]
