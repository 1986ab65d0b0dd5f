"""For tests: no app answers with a status that its document does not have."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from fastapi import FastAPI

_documents: dict[str, dict[str, Any]] = {}


def refuse_undocumented(app: FastAPI) -> Callable[[httpx.Response], Awaitable[None]]:
    """A response hook for an httpx client of `app`.

    It raises an AssertionError for a status that the OpenAPI document does not state for the route. Making
    the document takes a while, so it is made once for all apps of one title.
    """

    async def check(response: httpx.Response) -> None:
        document = _documents.get(app.title)
        if document is None:
            document = _documents[app.title] = app.openapi()
        request = response.request
        operation = _operation(document, request.method, request.url.path)
        if operation is not None and str(response.status_code) not in operation["responses"]:
            await response.aread()
            raise AssertionError(
                f"{request.method} {request.url.path} answered {response.status_code}, which the OpenAPI "
                f"document of {app.title} does not state: {response.text}"
            )

    return check


def _operation(document: dict[str, Any], method: str, path: str) -> dict[str, Any] | None:
    found = [template for template in document["paths"] if _matches(template, path)]
    # `/forms/generate` is meant where `/forms/{formId}` fits as well.
    for template in sorted(found, key=lambda one: one.count("{")):
        operation: dict[str, Any] | None = document["paths"][template].get(method.lower())
        if operation is not None:
            return operation
    return None


def _matches(template: str, path: str) -> bool:
    parts = [re.escape(part) for part in re.split(r"\{[^}]*\}", template)]
    return re.fullmatch("[^/]+".join(parts), path) is not None
