"""The operations of both services, read from the committed OpenAPI documents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

DOCUMENTS: Final = Path(__file__).parents[2] / "docs" / "api"
SERVICES: Final = ("management-api", "workflow-engine")
SCOPE_HEADER: Final = "X-Organization-Id"
KEY_HEADER: Final = "Idempotency-Key"

_SCOPE: Final = "orgId"
# Whatever names a thing of one organization, wherever it stands.
_IDS: Final = frozenset(
    {
        "orgId",
        "tenantId",
        "tenantIds",
        "userId",
        "roleId",
        "formId",
        "executionId",
        "fileId",
        "webhookId",
        "organization",
        "actor",
        "cursor",
    }
)

Place = Literal["path", "query", "body"]


@dataclass(frozen=True)
class Operation:
    """One route, and where it takes ids.

    Args:
        ids: Names of ids by where they stand; without the organization that the request is about.
        scope: Where the organization stands that the request is about, if it is about one.
        takes_key: Whether a request may carry an idempotency key.
        has_body: Whether it takes JSON; there is nothing to smuggle into a file.
        parameters: Every name that the query or the body may have, at its top level.
    """

    service: str
    name: str
    method: str
    path: str
    scope: Literal["path", "header"] | None
    ids: Mapping[Place, frozenset[str]]
    parameters: frozenset[str]
    has_body: bool
    takes_key: bool

    def __str__(self) -> str:
        return f"{self.service} {self.name}"

    @property
    def has_ids(self) -> bool:
        """Whether it takes any id beside the organization it is about, or a cursor."""
        return any(self.ids.values())

    @property
    def names_things(self) -> bool:
        """Whether it takes the id of an organization or of one of its things."""
        return self.scope is not None or bool(frozenset().union(*self.ids.values()) - {"cursor"})


def operations(service: str) -> list[Operation]:
    """All operations of a service."""
    document = json.loads((DOCUMENTS / f"{service}.json").read_text())
    return [
        _operation(document, service, method, path, item[method])
        for path, item in document["paths"].items()
        for method in item
    ]


def _operation(
    document: Mapping[str, Any], service: str, method: str, path: str, said: Mapping[str, Any]
) -> Operation:
    names: dict[str, set[str]] = {"path": set(), "query": set(), "header": set()}
    for parameter in said.get("parameters", ()):
        names[parameter["in"]].add(parameter["name"])
    body = _schema(document, said)
    scope: Literal["path", "header"] | None = None
    if SCOPE_HEADER in names["header"]:
        scope = "header"
    elif _SCOPE in names["path"]:
        scope = "path"
    ids: dict[Place, frozenset[str]] = {
        "path": frozenset(names["path"] & _IDS - {_SCOPE}),
        "query": frozenset(names["query"] & _IDS),
        "body": frozenset(_IDS & set(_properties(document, body))),
    }
    return Operation(
        service=service,
        name=said["operationId"],
        method=method.upper(),
        path=path,
        scope=scope,
        ids=ids,
        parameters=frozenset(names["query"] | set(_resolved(document, body).get("properties", {}))),
        has_body="application/json" in said.get("requestBody", {}).get("content", {}),
        takes_key=KEY_HEADER in names["header"],
    )


def _schema(document: Mapping[str, Any], said: Mapping[str, Any]) -> Mapping[str, Any]:
    content = said.get("requestBody", {}).get("content", {}).get("application/json", {})
    return _resolved(document, content.get("schema", {}))


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _properties(
    document: Mapping[str, Any], schema: Mapping[str, Any], seen: frozenset[int] = frozenset()
) -> Iterator[str]:
    schema = _resolved(document, schema)
    if id(schema) in seen:
        return
    seen |= {id(schema)}
    inner = [*schema.get("anyOf", ()), *schema.get("allOf", ())]
    if "items" in schema:
        inner.append(schema["items"])
    for name, one in schema.get("properties", {}).items():
        yield name
        inner.append(one)
    for one in inner:
        yield from _properties(document, one, seen)
