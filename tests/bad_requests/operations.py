"""The routes of both services, each with its generator and the request that works."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import schemathesis
from schemathesis import APIOperation
from schemathesis.core.result import Ok
from tests.isolation.expectations import TABLE, Row
from tests.isolation.operations import DOCUMENTS, SERVICES


@dataclass(frozen=True, eq=False)
class Route:
    """One route.

    Args:
        row: The isolation matrix' row, which has a request that works.
    """

    service: str
    described: APIOperation[Any, Any, Any, Any]
    row: Row
    segments: frozenset[str]
    query: frozenset[str]
    headers: frozenset[str]
    has_body: bool
    statuses: frozenset[int]

    @property
    def method(self) -> str:
        """The HTTP method, in capitals."""
        return self.described.method.upper()

    @property
    def path(self) -> str:
        """The path with its parameters in braces."""
        return self.described.path

    @property
    def takes_anything(self) -> bool:
        """Whether there is anything that a request can get wrong."""
        return bool(self.segments or self.query or self.headers or self.has_body)

    def __str__(self) -> str:
        return f"{self.service} {self.method} {self.path}"


def _routes(service: str) -> list[Route]:
    document = json.loads((DOCUMENTS / f"{service}.json").read_text())
    found = []
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        if not isinstance(result, Ok):
            raise result.err()
        described = result.ok()
        said = document["paths"][described.path][described.method.lower()]
        parameters = said.get("parameters", ())
        names = {
            place: frozenset(one["name"] for one in parameters if one["in"] == place)
            for place in ("path", "query", "header")
        }
        found.append(
            Route(
                service,
                described,
                TABLE[service][said["operationId"]],
                segments=names["path"],
                query=names["query"],
                headers=names["header"],
                has_body="requestBody" in said,
                statuses=frozenset(map(int, said["responses"])),
            )
        )
    return found


ROUTES: Final = [route for service in SERVICES for route in _routes(service)]
