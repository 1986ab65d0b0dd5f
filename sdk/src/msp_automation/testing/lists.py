"""A test's own list, answered as Graph answers one: filtered, narrowed, in pages."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from msp_automation.sandboxes.graph.errors import GraphError
from msp_automation.sandboxes.graph.odata import DEFAULT_PAGE, parse_filter
from msp_automation.testing.calls import ApiCall

Item = Mapping[str, Any]


def answer_list(items: Sequence[Item], call: ApiCall, address: str, page_size: int | None) -> httpx.Response:
    """One page of the items, by the call's `$filter`, `$select`, `$top` and `$skiptoken`; the order stays.

    Args:
        address: Of the list, for the next link.
    """
    try:
        found = _filtered(items, call.query.get("$filter"))
    except GraphError as error:
        return httpx.Response(error.status, json={"error": {"code": error.code, "message": str(error)}})
    start = _start(call.query.get("$skiptoken"))
    size = min(int(call.query.get("$top", DEFAULT_PAGE)), page_size or DEFAULT_PAGE)
    shown = [_selected(item, call.query.get("$select")) for item in found[start : start + size]]
    body: dict[str, Any] = {"value": shown}
    if call.query.get("$count") == "true":
        body["@odata.count"] = len(found)
    if start + size < len(found):
        query = httpx.QueryParams({**call.query, "$skiptoken": _token(start + size)})
        body["@odata.nextLink"] = f"{address}?{query}"
    return httpx.Response(httpx.codes.OK, json=body)


def _filtered(items: Sequence[Item], text: str | None) -> list[Item]:
    if not text:
        return list(items)
    is_meant = parse_filter(text, frozenset(name for item in items for name in item))
    return [item for item in items if is_meant(dict(item))]


def _selected(item: Item, text: str | None) -> dict[str, Any]:
    if not text:
        return dict(item)
    names = {"id", *(name.strip() for name in text.split(","))}
    return {name: value for name, value in item.items() if name in names}


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(json.dumps({"start": start}).encode()).decode()


def _start(token: str | None) -> int:
    return 0 if token is None else int(json.loads(base64.urlsafe_b64decode(token))["start"])
