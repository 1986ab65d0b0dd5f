"""JSON Schemas of an OpenAPI document as words and tables of Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_BOUNDS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
    "minLength": "characters at least",
    "maxLength": "characters at most",
    "minItems": "entries at least",
    "maxItems": "entries at most",
}


def anchor(name: str) -> str:
    """The id of a schema's heading."""
    return f"schema-{name.lower()}"


def type_of(schema: Schema, page: str = "schemas.md") -> str:
    """A schema in a few words, with links to the schemas that it names.

    Args:
        page: The page that has them, seen from where the words will stand.
    """
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}]({page}#{anchor(name)})"
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(type_of(arm, page) for arm in schema[key]))
    if "const" in schema:
        return _code(schema["const"])
    if "enum" in schema:
        return ", ".join(_code(value) for value in schema["enum"])
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {type_of(schema.get('items', {}), page)}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"object of {type_of(schema['additionalProperties'], page)}"
    return f"{kind} ({schema['format']})" if "format" in schema else str(kind)


def table(schema: Schema, page: str = "schemas.md") -> Iterator[str]:
    """An object's properties, one a line; for anything else one sentence."""
    properties: Mapping[str, Schema] = schema.get("properties", {})
    if not properties:
        yield f"{type_of(schema, page)}."
        return
    required = set(schema.get("required", ()))
    yield "| property | type | |"
    yield "| --- | --- | --- |"
    for name, of in properties.items():
        mark = "" if name in required else "; may be left out"
        yield row(f"`{name}`{mark}", type_of(of, page), remarks(of))


def remarks(schema: Schema) -> str:
    """What a schema says beside its type: description, bounds, pattern, default."""
    said = [str(schema["description"])] if "description" in schema else []
    arms = [schema, *(arm for arm in schema.get("anyOf", ()) if isinstance(arm, Mapping))]
    said += [f"{words} {arm[key]}" for arm in arms for key, words in _BOUNDS.items() if key in arm]
    said += [f"pattern {_code(arm['pattern'])}" for arm in arms if "pattern" in arm]
    if schema.get("default") is not None:
        said.append(f"{_code(schema['default'])} unless given")
    return "; ".join(said)


def row(*cells: str) -> str:
    """One line of a table."""
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def _code(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return f"`` {text} ``" if "`" in text else f"`{text}`" if text else "empty text"
