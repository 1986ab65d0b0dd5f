"""What the bodies share."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, StringConstraints

from msp_core.models import Model
from msp_core.storage import Stored
from msp_http.etags import etag_header


class Answer(Model):
    """An answer body, read off the core's object by the names they share.

    Its fields have no defaults, so that every one is there in each answer and required in the OpenAPI
    document; what may be absent is null.
    """

    model_config = ConfigDict(from_attributes=True)


class Versioned(Answer):
    """The answer body of what can be changed: it names its version, so that lists tell it for each item."""

    etag: Annotated[
        str | None,
        Field(description="What to send as If-Match to change it; null where this is not the place for that"),
    ]

    @classmethod
    def of(cls, thing: object, etag: str | None) -> Self:
        """The body of `thing`.

        Args:
            etag: Storage's, or None.
        """
        return cls.model_validate(_Seen(thing, etag))

    @classmethod
    def of_stored(cls, stored: Stored[Any]) -> Self:
        """The body of what lies in storage."""
        return cls.of(stored.value, stored.etag)


class _Seen:
    """A thing and its version, to be read off as one."""

    def __init__(self, thing: object, etag: str | None) -> None:
        self._thing = thing
        self.etag = None if etag is None else etag_header(etag)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._thing, name)


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
