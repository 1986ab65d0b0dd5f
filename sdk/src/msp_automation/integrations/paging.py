"""Lists in pages: OData's next links, and numbered pages."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from msp_automation.errors import IntegrationError

MOST_PAGES = 2_000

Params = Mapping[str, Any] | None
Fetch = Callable[[str, Params], Awaitable[Any]]


@dataclass(frozen=True)
class Page:
    """One page: its entries, and where the next one is."""

    items: list[Any]
    next_path: str | None = None
    next_params: Params = None


class Paging(Protocol):
    """How an API pages its lists."""

    def first(self, path: str, params: Params) -> tuple[str, Params]:
        """The request of the first page."""

    def read(self, body: Any, path: str, params: Params) -> Page:
        """The entries of an answer, and the request of the next page.

        Raises:
            ValueError: The answer is no list.
        """


class ODataPaging:
    """`value` and `@odata.nextLink`, as Microsoft Graph has them; pages may be empty."""

    def first(self, path: str, params: Params) -> tuple[str, Params]:
        """The request as it is."""
        return path, params

    def read(self, body: Any, path: str, params: Params) -> Page:
        """Entries of `value`; the next link is a whole address with everything in it."""
        if not isinstance(body, dict) or not isinstance(body.get("value"), list):
            raise ValueError("the answer has no list named 'value'")
        link = body.get("@odata.nextLink")
        if link is not None and not isinstance(link, str):
            raise ValueError("the next link is no text")
        return Page(body["value"], link or None)


class NumberedPaging:
    """`page_no` and `page_size` in the query, `record_count` in the answer, as HaloPSA has them."""

    def __init__(self, page_size: int = 100) -> None:
        self._page_size = page_size

    def first(self, path: str, params: Params) -> tuple[str, Params]:
        """The first page, of the size the caller asks for or ours."""
        return path, {"paginate": "true", "page_size": self._page_size, **dict(params or {}), "page_no": 1}

    def read(self, body: Any, path: str, params: Params) -> Page:
        """Entries of the one list in the answer; there is more until all records are seen."""
        if isinstance(body, list):
            return Page(body)
        lists = (
            [value for value in body.values() if isinstance(value, list)] if isinstance(body, dict) else []
        )
        if len(lists) != 1:
            raise ValueError("the answer holds no single list")
        asked = dict(params or {})
        # The server may give smaller pages than asked for; then its size counts.
        number, size = int(asked["page_no"]), int(body.get("page_size") or asked["page_size"])
        total = body.get("record_count")
        has_more = isinstance(total, int) and number * size < total and bool(lists[0])
        return Page(lists[0], path if has_more else None, {**asked, "page_no": number + 1})


async def iter_pages(
    fetch: Fetch, paging: Paging, path: str, params: Params, *, integration: str
) -> AsyncIterator[list[Any]]:
    """Fetch page after page.

    Raises:
        IntegrationError: An answer is no list, a page comes again, or there is no end.
    """
    seen: set[str] = set()
    next_path, next_params = paging.first(path, params)
    for _ in range(MOST_PAGES):
        mark = json.dumps([next_path, next_params], sort_keys=True, default=str)
        if mark in seen:
            raise _failure(integration, path, "its next link leads back to a page already read")
        seen.add(mark)
        body = await fetch(next_path, next_params)
        try:
            page = paging.read(body, next_path, next_params)
        except ValueError as error:
            raise _failure(integration, path, str(error)) from error
        yield page.items
        if page.next_path is None:
            return
        next_path, next_params = page.next_path, page.next_params
    raise _failure(integration, path, f"it has more than {MOST_PAGES} pages; narrow it down")


def _failure(integration: str, path: str, problem: str) -> IntegrationError:
    return IntegrationError(
        f"The list {path} of {integration} cannot be read to its end: {problem}.",
        details={
            "integration": integration,
            "status": None,
            "code": "PagingFailed",
            "reason": problem,
            "endpoint": f"GET {path}",
            "requestId": None,
        },
    )
