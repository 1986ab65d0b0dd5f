"""The HTTP reference: one page for each group of routes, and one for the schemas, of each API."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msp_devstack.docs_site.schemas import anchor, remarks, row, table, type_of

METHODS = ("get", "post", "put", "patch", "delete")
SCHEMAS = "schemas"

Document = Mapping[str, Any]


def write_pages(folder: Path) -> list[Path]:
    """Write the pages of every OpenAPI document in a folder, each into a folder of the document's name.

    Pages of groups that are there no more are removed; one that would stay as it is, is not touched.
    """
    written: list[Path] = []
    for source in sorted(folder.glob("*.json")):
        target = folder / source.stem
        target.mkdir(exist_ok=True)
        pages = pages_of(json.loads(source.read_text("utf-8")))
        for stale in set(target.glob("*.md")) - {target / f"{name}.md" for name in pages}:
            stale.unlink()
        for name, text in pages.items():
            path = target / f"{name}.md"
            if not path.exists() or path.read_text("utf-8") != text:
                path.write_text(text, "utf-8")
            written.append(path)
    return written


def pages_of(document: Document) -> dict[str, str]:
    """The pages' texts by name, `schemas` last."""
    groups: dict[str, list[tuple[str, str, Document]]] = {}
    for path, item in sorted(document["paths"].items()):
        for method in METHODS:
            if method in item:
                group = item[method].get("tags", ["other"])[0]
                groups.setdefault(group, []).append((method, path, item[method]))
    title = document["info"]["title"]
    pages = {
        name.replace(" ", "-"): "\n".join(_group(title, name, routes))
        for name, routes in sorted(groups.items())
    }
    return pages | {SCHEMAS: "\n".join(_schemas(title, document["components"]["schemas"]))}


def _group(title: str, name: str, routes: list[tuple[str, str, Document]]) -> Iterator[str]:
    heading = name.capitalize()
    yield from ("---", f"title: {heading}", "---", "", f"# {title}: {name}", "")
    yield "What holds for every route, errors and paging above all: [the two APIs](../README.md)."
    yield ""
    for method, path, route in routes:
        yield from _route(method, path, route)


def _route(method: str, path: str, route: Document) -> Iterator[str]:
    summary = str(route["summary"]).rstrip(".")
    yield from (f"## {summary} {{ #{route['operationId']} }}", "", f"`{method.upper()} {path}`", "")
    described = str(route.get("description", "")).removeprefix(str(route["summary"])).strip()
    if described:
        yield from (described, "")
    if not route.get("security"):
        yield from ("Needs no access token.", "")
    yield from _parameters(route.get("parameters", []))
    for media, content in route.get("requestBody", {}).get("content", {}).items():
        yield from (f"Body: {type_of(content.get('schema', {}))}, `{media}`.", "")
    yield from ("| answer | body | |", "| --- | --- | --- |")
    for status, answer in sorted(route["responses"].items()):
        bodies = [type_of(content.get("schema", {})) for content in answer.get("content", {}).values()]
        said = "" if answer["description"] == "Successful Response" else str(answer["description"])
        yield row(f"`{status}`", ", ".join(bodies), said)
    yield ""


def _parameters(parameters: list[Document]) -> Iterator[str]:
    if not parameters:
        return
    yield from ("| parameter | in | type | |", "| --- | --- | --- | --- |")
    for one in parameters:
        mark = "" if one.get("required") else "; may be left out"
        schema = {"description": one["description"]} if "description" in one else {}
        said = remarks({**one["schema"], **schema})
        yield row(f"`{one['name']}`{mark}", str(one["in"]), type_of(one["schema"]), said)
    yield ""


def _schemas(title: str, schemas: Mapping[str, Document]) -> Iterator[str]:
    yield from ("---", "title: Schemas", "---", "", f"# {title}: schemas", "")
    for name, schema in sorted(schemas.items()):
        yield from (f"## {name} {{ #{anchor(name)} }}", "")
        if "description" in schema:
            yield from (str(schema["description"]), "")
        yield from table(schema)
        yield ""
