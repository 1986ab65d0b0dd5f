"""What somebody gives as settings: checked, and renamed between the API's words and the SDK's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic.alias_generators import to_camel, to_snake

from msp_automation.errors import ValidationError
from msp_automation.integrations.base import Integration
from msp_core.errors import Invalid, TooLarge
from msp_core.integrations.effective import marks_of, merged_settings
from msp_core.integrations.models import IntegrationRow
from msp_core.secrets.names import parse_secret_name

_MAX_SETTINGS_BYTES: Final = 16_000


def checked_settings(
    integration: type[Integration], row: IntegrationRow, shared: IntegrationRow | None, *, is_shared: bool
) -> dict[str, Any]:
    """The row's own settings in their one form, if they work together with the global ones.

    Args:
        row: As somebody gave it, by the SDK's names.
        shared: The row of GLOBAL; None if there is none, or `row` is itself that row.
        is_shared: Whether `row` is the row of GLOBAL.

    Raises:
        Invalid: A setting is unknown, wrong, missing, or the deployment's to set; one message each.
        TooLarge: All together are more than 16 KB.
    """
    model = integration.Settings
    marks = marks_of(model)
    _check_storable(row.settings)
    given = {name: value for name, value in row.settings.items() if value is not None}
    problems = dict.fromkeys(marks.deployment & given.keys(), "Only the deployment sets this.")
    if not is_shared:
        only = "Only the settings that all organizations share may hold this."
        problems |= dict.fromkeys(marks.shared_only & given.keys(), only)
    for name in marks.secret & given.keys():
        try:
            given[name] = parse_secret_name(_text(given[name]), field=name)
        except Invalid as error:
            problems.update(error.details["fields"])
    written = row.model_copy(update={"settings": given})
    merged = merged_settings(model, None if is_shared else written, written if is_shared else shared)
    good: dict[str, Any] = {}
    try:
        good = model.check_organization_settings(merged)
    except ValidationError as error:
        found: Mapping[str, str] = error.details.get("fields") or {"settings": str(error)}
        # What is switched off may be half done, but not wrong.
        problems = {k: v for k, v in found.items() if row.enabled or k in given} | problems
    if problems:
        named = {f"settings.{to_camel(name)}": text for name, text in problems.items()}
        place, message = next(iter(named.items()))
        raise Invalid(f"{place}: {message}", details={"fields": named})
    return {name: good.get(name, value) for name, value in given.items()}


def _check_storable(settings: Mapping[str, Any]) -> None:
    try:
        text = json.dumps(settings, ensure_ascii=False, allow_nan=False).encode()
        if b"\\u0000" in text:
            raise ValueError("NUL")
    except (ValueError, RecursionError) as error:
        raise Invalid.field("settings", "hold a value that cannot be stored.") from error
    if len(text) > _MAX_SETTINGS_BYTES:
        raise TooLarge("The settings are too large: at most 16 KB.")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def snake_keys(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by the SDK's names; `clientId` and `client_id` are one setting.

    Raises:
        Invalid: One is given under both names.
    """
    snake: dict[str, Any] = {}
    for name, value in settings.items():
        if to_snake(name) in snake:
            raise Invalid.field(f"settings.{name[:64]}", "is given twice.")
        snake[to_snake(name)] = value
    return snake


def camel_keys(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by the names of the API."""
    return {to_camel(name): value for name, value in settings.items()}


def camel_schema(integration: type[Integration]) -> dict[str, Any]:
    """The JSON Schema of what an organization may set, by the names of the API."""
    schema = integration.Settings.organization_schema()
    return schema | {
        "properties": camel_keys(schema.get("properties", {})),
        "required": [to_camel(name) for name in schema.get("required", [])],
    }
