"""From `--param name=value` to what a workflow takes: asked for where missing, told by name where wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msp_cli.errors import Usage

if TYPE_CHECKING:
    from msp_automation.metadata import ParameterMetadata

Choices = Sequence[tuple[str, Any]]
Validate = Callable[[Mapping[str, Any]], object]
OptionsOf = Callable[["ParameterMetadata", Mapping[str, Any]], Choices | None]
Ask = Callable[["ParameterMetadata", Choices | None, str | None], str]

_TEXT = frozenset({"string", "email", "date", "datetime", "file"})


def pairs_of(given: Sequence[str], option: str) -> list[tuple[str, str]]:
    """Names and values of a repeated `name=value` option.

    Raises:
        Usage: One has no `=`.
    """
    pairs = [one.partition("=") for one in given]
    for name, separator, _ in pairs:
        if not (name and separator):
            raise Usage(f"{option} takes name=value, not {name!r}.")
    return [(name, value) for name, _, value in pairs]


def read_parameters(parameters: Sequence[ParameterMetadata], given: Sequence[str]) -> dict[str, Any]:
    """The values of `--param`, each read by its parameter's type.

    Text stays text; a list is a JSON array or the option repeated; what is `json` is JSON. Whether a value
    is right is the workflow's to say.

    Raises:
        Usage: A value cannot be read.
    """
    kinds = {one.name: one.type for one in parameters}
    values: dict[str, Any] = {}
    for name, text in pairs_of(given, "--param"):
        value = read_value(name, kinds.get(name, "string"), text)
        if name not in values:
            values[name] = value
        elif kinds.get(name) == "list":
            values[name] = [*values[name], *value]
        else:
            raise Usage.for_fields({name: "Is given more than once."})
    return values


def read_value(name: str, kind: str, text: str) -> Any:
    """One value from its text.

    Raises:
        Usage: It is no JSON where JSON is needed.
    """
    if kind in _TEXT:
        return text
    if text == "null":
        return None
    if kind == "json" or (kind == "list" and text.lstrip().startswith("[")):
        try:
            return json.loads(text)
        except ValueError as error:
            example = '["a", "b"]' if kind == "list" else '{"key": "value"}'
            raise Usage.for_fields({name: f"Must be JSON such as {example}: {error}."}) from None
    return [text] if kind == "list" else text


def complete(
    parameters: Sequence[ParameterMetadata],
    values: Mapping[str, Any],
    *,
    ask: Ask | None,
    options_of: OptionsOf,
    validate: Validate,
) -> dict[str, Any]:
    """All values, the missing ones asked for, wrong ones asked for again.

    Args:
        ask: None where nobody can be asked.
        validate: Raises `Usage` with `details["fields"]`.

    Raises:
        Usage: A value is wrong and nobody can be asked, or there is no such parameter.
    """
    known = {one.name: one for one in parameters}
    found, problems = dict(values), dict[str, str]()

    def missing() -> list[str]:
        return [one.name for one in parameters if one.required and one.name not in found]

    wanted = missing()
    while ask is not None and wanted:
        try:
            for name in wanted:
                parameter = known[name]
                text = ask(parameter, options_of(parameter, found), problems.get(name))
                found[name] = read_value(name, parameter.type, text)
            validate(found)
            return found
        except Usage as error:
            problems = error.details.get("fields", {})
            wrong = [name for name in problems if name in known]
            if not wrong:
                raise
            wanted = list(dict.fromkeys([*wrong, *missing()]))
    validate(found)
    return found
