"""Pages of a list: `limit` and `cursor` in, `X-Next-Cursor` out."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Query, Response

from msp_core.errors import Invalid

NEXT_CURSOR_HEADER: Final = "X-Next-Cursor"
DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for.

    Args:
        after: The row key after which the page starts, as storage knows it.
    """

    limit: int = DEFAULT_LIMIT
    after: str | None = None


async def page_request(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="At most so many items")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=2048, description="X-Next-Cursor of the page before")
    ] = None,
) -> PageRequest:
    """Read the query of a list."""
    return PageRequest(limit=limit, after=None if cursor is None else decode_cursor(cursor))


Paging = Annotated[PageRequest, Depends(page_request)]


def encode_cursor(row_key: str) -> str:
    """A row key as a token that fits a header and a query without escapes."""
    return urlsafe_b64encode(row_key.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """The row key in a cursor of ours.

    Raises:
        Invalid: It is none of ours.
    """
    try:
        row_key = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError as error:
        raise Invalid.field("cursor", "is not a cursor that this list gave out.") from error
    if encode_cursor(row_key) != cursor or not row_key:
        raise Invalid.field("cursor", "is not a cursor that this list gave out.")
    return row_key


def set_next_cursor(response: Response, next_row_key: str | None) -> None:
    """Tell the caller where the next page starts, if there is one."""
    if next_row_key is not None:
        response.headers[NEXT_CURSOR_HEADER] = encode_cursor(next_row_key)
