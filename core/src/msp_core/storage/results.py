"""What table operations take and give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from msp_core.models import Model

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Stored(Generic[M]):
    """A value as it lies in its table.

    Args:
        etag: Names this version of the row; hand it back to change the row only if nobody else did.
    """

    value: M
    etag: str
    partition_key: str
    row_key: str


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows in key order.

    Args:
        next: The `after` of the following page; None when this was the last.
    """

    items: list[Stored[M]]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Insert(Generic[M]):
    """Part of a transaction: the row must not exist."""

    row_key: str
    value: M


@dataclass(frozen=True, slots=True)
class Upsert(Generic[M]):
    """Part of a transaction: the row is written whatever was there."""

    row_key: str
    value: M


@dataclass(frozen=True, slots=True)
class Replace(Generic[M]):
    """Part of a transaction: the row must still have this `etag`."""

    row_key: str
    value: M
    etag: str


@dataclass(frozen=True, slots=True)
class Delete:
    """Part of a transaction: the row must be there, and still have `etag` when one is given."""

    row_key: str
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class ComponentStatus:
    """Whether one part of storage answers now.

    Args:
        message: What an administrator can do about it; None when all is well.
    """

    name: str
    is_available: bool
    duration_ms: float
    message: str | None = None
