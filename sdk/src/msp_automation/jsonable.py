"""Author values as JSON: exactly for results, forgivingly for logs."""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticSerializationError, to_jsonable_python

from msp_automation.errors import WorkflowError


def to_jsonable(value: Any, *, what: str = "The result") -> Any:
    """Turn models, dataclasses, dates, enums and the like into plain JSON values.

    Args:
        what: How the message names the value, such as "The result of 'onboard_user'".

    Raises:
        WorkflowError: Something in it has no JSON form, or refers to itself.
    """
    try:
        return _finite(to_jsonable_python(value, bytes_mode="base64"))
    except (PydanticSerializationError, ValueError, RecursionError) as error:
        raise WorkflowError(
            f"{what} cannot be stored as JSON: {error}. Use dicts, lists, text, numbers or pydantic models."
        ) from error


def to_loggable(value: Any) -> Any:
    """Turn anything into JSON values; what has no JSON form becomes its `str`."""
    try:
        return _finite(to_jsonable_python(value, bytes_mode="base64", fallback=_describe))
    except (PydanticSerializationError, ValueError, RecursionError):
        return _describe(value)


def _describe(value: Any) -> str:
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 - an author's __str__ must not end the run
        return f"<{type(value).__name__} whose str() failed: {type(error).__name__}>"


def _finite(value: Any) -> Any:
    # JSON has no NaN or infinity; strict parsers in browsers refuse them.
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value
