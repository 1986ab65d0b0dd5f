"""Pages of lists that are read whole because they are short."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from fastapi import Response

from msp_http.paging import PageRequest, set_next_cursor

T = TypeVar("T")


def page_of(items: Sequence[T], page: PageRequest, response: Response, *, key: Callable[[T], str]) -> list[T]:
    """The part of `items` that was asked for; the cursor of the next part goes into the answer's header.

    Args:
        key: Unique, and in the order that `items` have.
    """
    after = page.after
    rest = items if after is None else [item for item in items if key(item) > after]
    part = list(rest[: page.limit])
    set_next_cursor(response, page, key(part[-1]) if len(rest) > len(part) else None)
    return part
