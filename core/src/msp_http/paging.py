"""Pages of a list: `limit` and `cursor` in, `X-Next-Cursor` out."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Query, Request, Response

from msp_core.errors import Invalid

NEXT_CURSOR_HEADER: Final = "X-Next-Cursor"
DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 200
_TAG_BYTES: Final = 6


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for.

    Args:
        after: The row key after which the page starts, as storage knows it.
        list_name: Which list it is a page of: its address, and the organization that the header names.
    """

    limit: int = DEFAULT_LIMIT
    after: str | None = None
    list_name: str = ""


async def page_request(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="At most so many items")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=2048, description="X-Next-Cursor of the page before")
    ] = None,
) -> PageRequest:
    """Read the query of a list."""
    name = f"{request.url.path} {request.headers.get('X-Organization-Id', '').lower()}"
    return PageRequest(limit, None if cursor is None else decode_cursor(cursor, name), name)


Paging = Annotated[PageRequest, Depends(page_request)]


def encode_cursor(row_key: str, list_name: str) -> str:
    """A row key as a token that fits a header and a query without escapes, for one list only.

    The tag in it is no secret and guards nothing: it tells a caller who mixes lists up, where a page of the
    wrong list would look like a right one.
    """
    return urlsafe_b64encode(_tag(list_name) + row_key.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, list_name: str) -> str:
    """The row key in a cursor of this list.

    Raises:
        Invalid: This list did not give it out.
    """
    try:
        row_key = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))[_TAG_BYTES:].decode()
    except ValueError as error:
        raise Invalid.field("cursor", "is not a cursor that this list gave out.") from error
    if encode_cursor(row_key, list_name) != cursor or not row_key:
        raise Invalid.field("cursor", "is not a cursor that this list gave out.")
    return row_key


def set_next_cursor(response: Response, page: PageRequest, next_row_key: str | None) -> None:
    """Tell the caller where the page after `page` starts, if there is one."""
    if next_row_key is not None:
        response.headers[NEXT_CURSOR_HEADER] = encode_cursor(next_row_key, page.list_name)


def _tag(list_name: str) -> bytes:
    return hashlib.sha256(list_name.encode()).digest()[:_TAG_BYTES]
