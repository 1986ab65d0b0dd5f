"""OpenAPI 3.1 at /api/openapi.json, complete enough to generate the client's types from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final, cast
from warnings import catch_warnings, simplefilter

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from msp_core.errors import NotFound
from msp_http.answers import ErrorBody
from msp_http.authentication import get_principal
from msp_http.options import HttpContainer

OPENAPI_PATH: Final = "/api/openapi.json"
DOCS_PATH: Final = "/api/docs"

MEANING: Final[Mapping[str, str]] = {
    "400": "The request is wrong; `details.fields` says where.",
    "401": "No valid access token.",
    "403": "Not permitted, or no such organization.",
    "404": "No such thing here.",
    "409": "What is stored contradicts the request.",
    "412": "Somebody changed it first; `details.currentEtag` is the version there is now.",
    "413": "The body is too large.",
    "429": "More requests than one person may make; see Retry-After.",
    "500": "A fault of ours.",
    "502": "The other side failed.",
    "503": "Storage or another part is away; see Retry-After.",
    "504": "The other side took too long.",
}
_WITH_RETRY: Final = frozenset({"429", "502", "503", "504"})
_NEVER: Final = "x-never"
_ORGANIZATION_IN_PATH: Final = "orgId"


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: what it may answer beyond what its method, path and parameters tell."""
    return {status: {"description": MEANING[str(status)]} for status in statuses}


def never(*statuses: int) -> dict[str, Any]:
    """For a route's `openapi_extra`: what its path and parameters suggest and it does not answer."""
    return {_NEVER: [str(status) for status in statuses]}


def operation_id(route: APIRoute) -> str:
    """The function's name in camelCase: what the generated client calls it."""
    return to_camel(route.name)


def install_openapi(app: FastAPI, container: HttpContainer) -> None:
    """Serve the document, and where the deployment says so a page to read it on."""
    app.openapi = lambda: openapi_document(app)  # type: ignore[method-assign]  # FastAPI's documented way

    async def document(_: Request) -> Response:
        return JSONResponse(app.openapi())

    async def page(_: Request) -> Response:
        if not container.http.shows_docs:
            raise NotFound("There is nothing at this address.")
        return HTMLResponse(docs_page(app.openapi()))

    app.add_route(OPENAPI_PATH, document, include_in_schema=False)
    app.add_route(DOCS_PATH, page, include_in_schema=False)


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of `app`, made once.

    Raises:
        ValueError: Two routes have the same name, so that generated clients would clash.
    """
    if app.openapi_schema is None:
        with catch_warnings():
            # FastAPI warns of two routes of one name; below that is an error.
            simplefilter("ignore", UserWarning)
            document = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
        _finish(document)
        app.openapi_schema = document
    return app.openapi_schema


def _finish(document: dict[str, Any]) -> None:
    seen: set[str] = set()
    for path, method, operation in operations(document):
        name = operation["operationId"]
        if name in seen:
            raise ValueError(f"Two operations are called {name}; rename the function behind {method} {path}")
        seen.add(name)
        if "description" in operation:
            operation["summary"] = operation["description"].partition("\n")[0]
        _document_errors(path, method, operation)
        _document_parameters(operation.get("parameters", ()))
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["ErrorBody"] = ErrorBody.model_json_schema(ref_template="#/components/schemas/{model}")


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every (path, METHOD, operation) of the document."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method.upper(), operation


def _document_parameters(parameters: Sequence[dict[str, Any]]) -> None:
    for parameter in parameters:
        if parameter["name"] == "X-Organization-Id":
            parameter["required"] = True
            parameter["schema"] = {"type": "string", "format": "uuid"}
        else:
            parameter["schema"] = _without_null(parameter["schema"])


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    # A query or header that is left out is not there; there is no way to write null.
    kinds: list[dict[str, Any]] = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    return kinds[0] | {name: value for name, value in schema.items() if name != "anyOf"}


def _document_errors(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    excluded = operation.pop(_NEVER, ())
    for status in _statuses(path, method, operation):
        if status not in excluded:
            responses.setdefault(status, {"description": MEANING[status]})
    for status, response in responses.items():
        if status >= "400":
            response.setdefault(
                "content", {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
            )
        if status in _WITH_RETRY:
            response["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}}


def _statuses(path: str, method: str, operation: Mapping[str, Any]) -> Iterator[str]:
    parameters = {parameter["name"] for parameter in operation.get("parameters", ())}
    has_body = "requestBody" in operation
    if has_body or parameters:
        yield "400"
    if operation.get("security"):
        yield from ("401", "403", "429")
    # An unknown organization is a 403, and to delete what is not there is no error.
    if method != "DELETE" and any(
        f"{{{name}}}" in path for name in parameters if name != _ORGANIZATION_IN_PATH
    ):
        yield "404"
    if "Idempotency-Key" in parameters:
        yield "409"
    if "If-Match" in parameters:
        yield "412"
    if has_body:
        yield "413"
    yield from ("500", "503")


def public_routes(app: FastAPI) -> set[str]:
    """`METHOD /path` of every route that asks nobody to sign in."""
    found: set[str] = set()
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        methods = getattr(context, "methods", None) or set()
        if not (isinstance(dependant, Dependant) and _asks_to_sign_in(dependant)):
            found |= {f"{method} {context.path}" for method in methods - {"HEAD"}}
    return found


def _asks_to_sign_in(dependant: Dependant) -> bool:
    return dependant.call is get_principal or any(_asks_to_sign_in(d) for d in dependant.dependencies)


def docs_page(document: Mapping[str, Any]) -> str:
    """The document as one plain page: no script, nothing loaded from elsewhere."""
    rows = "".join(
        f"<tr><td><code>{method}</code></td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(operation.get('summary', ''))}</td><td><code>{_names(operation)}</code></td></tr>"
        for path, method, operation in operations(document)
    )
    title = escape(str(cast(Mapping[str, Any], document["info"])["title"]))
    return (
        f'<!doctype html><html lang="en"><title>{title}</title><h1>{title}</h1>'
        f'<p>The whole document: <a href="{OPENAPI_PATH}">{OPENAPI_PATH}</a></p>'
        f"<table><thead><tr><th>Method</th><th>Path</th><th>What</th><th>Parameters</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></html>"
    )


def _names(operation: Mapping[str, Any]) -> str:
    return escape(", ".join(parameter["name"] for parameter in operation.get("parameters", ())))
