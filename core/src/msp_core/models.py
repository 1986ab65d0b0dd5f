"""The base class of every model: one definition serves storage and API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """Frozen, snake_case in Python, camelCase in JSON and in table rows.

    Unknown properties are ignored, so that an older version can read the rows of a newer one.
    """

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        serialize_by_alias=True,
        extra="ignore",
    )


def _to_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("the time needs a zone")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


UtcDatetime = Annotated[datetime, AfterValidator(_to_utc)]
"""A moment with a time zone, held in UTC."""


def utc_now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)
