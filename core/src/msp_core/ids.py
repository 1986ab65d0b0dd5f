"""Ids of the domain, and the row keys made from them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final, NewType
from uuid import UUID

import uuid_utils

from msp_core.errors import Invalid

OrgId = NewType("OrgId", str)
UserId = NewType("UserId", str)
ExecutionId = NewType("ExecutionId", str)
FormId = NewType("FormId", str)
RoleId = NewType("RoleId", str)
FileId = NewType("FileId", str)

GLOBAL: Final = OrgId("GLOBAL")
"""The partition of what the MSP shares with all organizations."""

_MAX_MILLISECONDS: Final = 9_999_999_999_999
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_UUID_V7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def new_id() -> str:
    """A fresh UUIDv7 as text: unique, and sorted by the time it was made."""
    return str(uuid_utils.uuid7())


def new_execution_id() -> ExecutionId:
    """A fresh execution id; its first 48 bits are the milliseconds since 1970.

    Source: RFC 9562, section 5.7.
    """
    return ExecutionId(new_id())


def is_execution_id(text: str) -> bool:
    """Whether `text` has the form of an execution id, lower case as we write it."""
    return _UUID_V7.fullmatch(text) is not None


def is_file_id(text: str) -> bool:
    """Whether `text` has the form of a file id: a UUIDv7 too, lower case as we write it."""
    return _UUID_V7.fullmatch(text) is not None


def made_at(file_id: FileId) -> datetime:
    """When the file's id was made."""
    return datetime.fromtimestamp((UUID(file_id).int >> 80) / 1000, UTC)


def execution_milliseconds(execution_id: ExecutionId) -> int:
    """Milliseconds since 1970 at which the id was made."""
    return UUID(execution_id).int >> 80


def execution_row_key(execution_id: ExecutionId) -> str:
    """The row key an execution has in every table: newest first, and computable from the id alone.

    Raises:
        Invalid: `execution_id` is no UUIDv7.
    """
    if not is_execution_id(execution_id):
        raise Invalid.field("executionId", "must be an execution id (a UUID of version 7).")
    return f"{_MAX_MILLISECONDS - execution_milliseconds(execution_id):013d}_{execution_id}"


def reverse_milliseconds(moment: datetime) -> str:
    """The 13 digits that sort `moment` newest first; the first part of time-ordered row keys."""
    return f"{_MAX_MILLISECONDS - int(moment.timestamp() * 1000):013d}"


def parse_org_id(text: str, *, field: str = "orgId") -> OrgId:
    """An organization id from outside: a UUID in its usual form, made lower case.

    Args:
        field: What the caller calls it.

    Raises:
        Invalid: It is anything else, `GLOBAL` included.
    """
    lowered = text.lower() if text.isascii() else ""
    if _UUID.fullmatch(lowered) is None:
        raise Invalid.field(field, "must be a UUID.")
    return OrgId(lowered)
