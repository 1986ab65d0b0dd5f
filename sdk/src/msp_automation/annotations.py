"""From a Python annotation to the type a form shows."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin, is_typeddict
from uuid import UUID

from pydantic import BaseModel

from msp_automation.files import FileReference
from msp_automation.metadata import ParameterType

SUPPORTED = (
    "Use str, int, float, bool, date, datetime, an Enum, Literal, list[...], dict, a pydantic model, "
    "a FileReference, or any of these as Optional."
)
_SCALARS: dict[type, ParameterType] = {
    bool: "bool",
    datetime: "datetime",
    date: "date",
    str: "string",
    int: "int",
    float: "float",
    Decimal: "float",
    UUID: "string",
}


def strip_annotated(annotation: Any) -> Any:
    """The type inside `Annotated[...]`."""
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def strip_optional(annotation: Any) -> tuple[Any, bool]:
    """The type without None and `Annotated`, and whether None was allowed."""
    annotation = strip_annotated(annotation)
    if get_origin(annotation) not in {Union, types.UnionType}:
        return annotation, annotation is None or annotation is type(None)
    members = [arm for arm in get_args(annotation) if arm is not type(None)]
    is_optional = len(members) < len(get_args(annotation))
    if len(members) == 1:
        return strip_annotated(members[0]), is_optional
    return Union[tuple(members)], is_optional  # noqa: UP007 - built from a list


def choices(annotation: Any) -> list[tuple[str, Any]] | None:
    """The (label, value) pairs of an Enum or Literal, else None."""
    if get_origin(annotation) is Literal:
        return [(str(value), value) for value in get_args(annotation)]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [(member.name.replace("_", " ").capitalize(), member.value) for member in annotation]
    return None


def item_annotation(annotation: Any) -> Any:
    """The type of a list's items, else None."""
    if kind_of(annotation) != "list":
        return None
    arguments = get_args(annotation)
    return strip_optional(arguments[0])[0] if arguments else None


def kind_of(annotation: Any) -> ParameterType | None:
    """The type a form shows for an annotation (Optional and Annotated removed), or None."""
    values = choices(annotation)
    if values is not None:
        return _kind_of_values([value for _, value in values])
    origin = get_origin(annotation) or annotation
    if annotation is Any:
        return "json"
    if origin is Union:
        arms = {kind_of(strip_annotated(arm)) for arm in get_args(annotation)}
        return "json" if arms <= {"json"} else None
    if not isinstance(origin, type):
        return None
    if origin in {list, tuple, set, frozenset} or origin in {Sequence, AbstractSet}:
        return "list"
    if origin in {dict, Mapping} or is_typeddict(origin) or dataclasses.is_dataclass(origin):
        return "json"
    if issubclass(origin, FileReference):
        return "file"
    if issubclass(origin, BaseModel):
        return "json"
    return next((kind for base, kind in _SCALARS.items() if issubclass(origin, base)), None)


def _kind_of_values(values: list[Any]) -> ParameterType | None:
    for python_type, kind in ((bool, "bool"), (int, "int"), (float, "float"), (str, "string")):
        if all(isinstance(value, python_type) for value in values):
            return kind  # type: ignore[return-value] # a tuple of pairs widens the literals to str
    return None
