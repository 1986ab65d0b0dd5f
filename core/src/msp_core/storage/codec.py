"""Between a frozen model and the columns of its row."""

from __future__ import annotations

import json
import math
import os
import types
from collections.abc import Mapping
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Any, Final, Generic, Literal, Union, get_args, get_origin

from azure.data.tables import EdmType
from pydantic import AwareDatetime, ValidationError

from msp_core.errors import MspError, TooLarge
from msp_core.storage.keys import check_property
from msp_core.storage.results import M

WRITE_ID: Final = "writeId"
"""Names one write: after a fault on the way it tells whether the stored row is our own."""

BLOB_SUFFIX: Final = "__blob"
"""Ends the column that points to a value too large for its row."""

MAX_COLUMN_UNITS: Final = 32_768
"""Longest text in a column, in UTF-16 units (64 KiB)."""

ANSWER: Final = "answer"
"""The one column in which `TablePolicy` hands a whole answer through the SDK."""

BODY: Final = "row_body"
"""The option with which a row's body is given to `TablePolicy`."""

_AS_TEXT: Final = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
_MAX_ENTITY_BYTES: Final = 1_048_576
_MAX_COLUMNS: Final = 252


class UnreadableRow(MspError):
    """What is stored does not fit its model: an older or newer version wrote it, or it was edited by hand."""


class Kind(Enum):
    """How a field lies in its column."""

    TEXT = auto()
    BOOL = auto()
    INT = auto()
    FLOAT = auto()
    DATETIME = auto()
    JSON = auto()


class Codec(Generic[M]):
    """Translates one model; made once per table."""

    def __init__(self, model: type[M]) -> None:
        self.model = model
        self._columns: list[tuple[str, Kind, bool]] = []
        self._left_out_when_empty: set[str] = set()
        for name, info in model.model_fields.items():
            column = check_property(info.serialization_alias or info.alias or name)
            kind, is_nullable = _kind_of(info.annotation)
            self._columns.append((column, kind, is_nullable and info.is_required()))
            if info.default_factory in (dict, list):
                self._left_out_when_empty.add(column)

    def columns(self) -> list[str]:
        """The names of the model's columns, pointers to large values not included."""
        return [column for column, _, _ in self._columns]

    def encode(self, value: M) -> tuple[dict[str, Any], dict[str, str]]:
        """The row's columns, and the texts that are too large to be among them.

        Raises:
            TooLarge: The row would pass 1 MiB, or has more than 252 columns.
        """
        data = value.model_dump(mode="json", by_alias=True)
        row: dict[str, Any] = {WRITE_ID: os.urandom(8).hex()}
        large: dict[str, str] = {}
        size = 0
        for column, kind, _ in self._columns:
            item = data[column]
            if item is None or (not item and column in self._left_out_when_empty):
                continue
            if kind is Kind.TEXT or kind is Kind.JSON:
                text = (
                    item if kind is Kind.TEXT else json.dumps(item, ensure_ascii=False, separators=(",", ":"))
                )
                if len(text) * 2 > MAX_COLUMN_UNITS and _units(text) > MAX_COLUMN_UNITS:
                    large[column] = text
                    continue
                row[column] = text
                size += len(text)
            elif kind is Kind.DATETIME:
                row[column] = (item, EdmType.DATETIME)
            elif kind is Kind.INT and not -(2**31) <= item < 2**31:
                row[column] = (item, EdmType.INT64)
            elif kind is Kind.FLOAT:
                row[column] = (float(item), EdmType.DOUBLE)
            else:
                row[column] = item
        if len(row) + len(large) > _MAX_COLUMNS or size * 2 > _MAX_ENTITY_BYTES // 2:
            _check_size(row, len(large))
        return row, large

    def decode(self, row: dict[str, Any]) -> M:
        """The model that the columns hold; large values must have been put back.

        Raises:
            UnreadableRow: The columns do not fit the model.
        """
        data: dict[str, Any] = {}
        try:
            for column, kind, needs_null in self._columns:
                item = row.get(column)
                if item is not None:
                    data[column] = json.loads(item) if kind is Kind.JSON else item
                elif needs_null:
                    data[column] = None
            return self.model.model_validate(data)
        except (ValidationError, ValueError) as fault:
            fields = [".".join(map(str, e["loc"])) for e in fault.errors()] if isinstance(
                fault, ValidationError
            ) else []  # fmt: skip
            raise UnreadableRow(
                f"A stored {self.model.__name__} cannot be read by this version of the platform.",
                details={"rowKey": row.get("RowKey"), "fields": fields},
            ) from fault


def body_of(row: Mapping[str, Any]) -> bytes:
    """The row as Table Storage takes it: JSON, with types where JSON does not tell them.

    Source: https://learn.microsoft.com/rest/api/storageservices/payload-format-for-table-service-operations
    """
    body: dict[str, Any] = {}
    for column, value in row.items():
        if isinstance(value, tuple):
            plain, kind = value
            is_number = kind is EdmType.DOUBLE and math.isfinite(plain)
            body[column] = plain if is_number else _AS_TEXT.get(str(plain), str(plain))
            body[f"{column}@odata.type"] = kind.value
        else:
            body[column] = value
    # In ASCII, as the SDK writes it: what reads it must not guess the encoding.
    return json.dumps(body, separators=(",", ":")).encode()


def rows_of(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of an answer that `TablePolicy` handed on; a single row is a list of one.

    They are as Table Storage sends them: etag as `odata.etag`, int64 and times as text.
    """
    content = json.loads(answer[ANSWER])
    rows = content.get("value")
    return rows if isinstance(rows, list) else [content]


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _check_size(row: dict[str, Any], pointers: int) -> None:
    if len(row) + pointers > _MAX_COLUMNS:
        raise TooLarge(f"A record has at most {_MAX_COLUMNS} columns.")
    size = sum(len(name) * 2 + 8 + (_units(v) * 2 if isinstance(v, str) else 16) for name, v in row.items())
    if size > _MAX_ENTITY_BYTES - 4096:
        raise TooLarge("The record is larger than 1 MiB.")


def _kind_of(annotation: Any) -> tuple[Kind, bool]:
    if get_origin(annotation) in (Union, types.UnionType):
        members = [arg for arg in get_args(annotation) if arg is not type(None)]
        is_nullable = len(members) < len(get_args(annotation))
        return (_kind_of(members[0])[0] if len(members) == 1 else Kind.JSON), is_nullable
    while hasattr(annotation, "__supertype__") or hasattr(annotation, "__metadata__"):
        if hasattr(annotation, "__metadata__"):
            return _kind_of(annotation.__origin__)
        annotation = annotation.__supertype__
    if annotation is Any:
        return Kind.JSON, True
    if get_origin(annotation) is Literal:
        return (Kind.TEXT if all(isinstance(a, str) for a in get_args(annotation)) else Kind.JSON), False
    if not isinstance(annotation, type):
        return Kind.JSON, False
    return _kind_of_class(annotation), False


def _kind_of_class(annotation: type) -> Kind:
    if annotation is AwareDatetime:
        return Kind.DATETIME
    plain = {bool: Kind.BOOL, int: Kind.INT, float: Kind.FLOAT, datetime: Kind.DATETIME, str: Kind.TEXT}
    if issubclass(annotation, StrEnum):
        return Kind.TEXT
    return plain.get(annotation, Kind.JSON)
