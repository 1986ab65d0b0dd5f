"""How a run ended: results, variables, errors and tracebacks of author code as redacted JSON."""

import dataclasses
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, to_json

from msp_automation.context import OrganizationContext
from msp_automation.errors import WorkflowError
from msp_automation.jsonable import to_jsonable, to_loggable
from msp_automation.providers import ProviderDefinition
from msp_automation.redaction import REDACTED, Redactor, is_secret_key
from msp_automation.retries import kinds_of
from msp_automation.workflows import WorkflowDefinition

Definition = WorkflowDefinition | ProviderDefinition

MAX_RESULT_BYTES = 8 * 1024 * 1024
MAX_VARIABLES_BYTES = 4 * 1024 * 1024
MAX_TEXT = 16 * 1024
DEEPEST = 100


class InvalidResult(WorkflowError):
    """The run did its work, but what it returned cannot be kept."""


async def run_to_outcome(
    definition: Definition, context: OrganizationContext, arguments: Mapping[str, Any], root: Path
) -> dict[str, Any]:
    """Call author code and tell how it ended, redacted, as JSON; raises nothing.

    Args:
        root: The folder of the author files; frames above it are left out of tracebacks.
    """
    try:
        result = to_result(await definition.call(context, arguments))
        outcome: dict[str, Any] = {"status": "success", "result": result}
    except BaseException as error:  # noqa: BLE001 - sys.exit in author code must not end the process
        outcome = {"status": "failed", "error": describe_error(error, root)}
    outcome["variables"] = to_variables(context.variables)
    redacted: dict[str, Any] = redact_outcome(outcome, context.redactor)
    return redacted


def to_result(value: Any) -> Any:
    """Turn a returned value into JSON.

    Raises:
        InvalidResult: It has no JSON form, or is larger than `MAX_RESULT_BYTES`.
    """
    try:
        result = to_jsonable(value)
        size = len(to_json(result))
    except (WorkflowError, ValueError) as error:
        raise InvalidResult(_explain(value)) from error
    if size > MAX_RESULT_BYTES:
        raise InvalidResult(
            f"The result is {size / 1_048_576:.1f} MB as JSON; at most {MAX_RESULT_BYTES // 1_048_576} MB "
            "are kept. Return a summary, and the rest as a file: await context.save_file(name, content)."
        )
    return result


def to_variables(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a run's variables into JSON, whatever they hold; they are kept for looking at only."""
    kept: dict[str, Any] = {}
    left = MAX_VARIABLES_BYTES
    for name, value in variables.items():
        shown = to_loggable(value)
        try:
            size = len(to_json(shown))
        except PydanticSerializationError:
            shown, size = "<text that is not valid Unicode>", 40
        if size > left:
            shown, size = f"<{size} bytes: too large to keep>", 40
        left -= size
        kept[str(name)] = shown
    return kept


def redact_outcome(value: Any, redactor: Redactor) -> Any:
    """Copy JSON with the run's secrets blanked, and what stands under a name such as `password`.

    A field that is just called `key` stays: many a result and error names one.
    """
    if isinstance(value, str):
        return redactor.redact_text(value)
    if isinstance(value, list):
        return [redact_outcome(item, redactor) for item in value]
    if isinstance(value, dict):
        return {
            redactor.redact_text(name): REDACTED if _is_secret(name, item) else redact_outcome(item, redactor)
            for name, item in value.items()
        }
    return value


def _is_secret(name: str, value: Any) -> bool:
    # A container under such a name is looked into: `tokens: [{...}]` is often a list of records.
    is_plain = isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""
    return is_plain and name not in ("key", "keys") and is_secret_key(name)


def describe_error(error: BaseException, root: Path) -> dict[str, Any]:
    """An author's exception as type, message, details and the frames of author code."""
    return {
        "type": type(error).__name__,
        "message": _message(error)[:MAX_TEXT],
        "details": _details(error),
        "traceback": _author_traceback(error, root)[-MAX_TEXT:],
        "kinds": kinds_of(error),
    }


def _details(error: BaseException) -> dict[str, Any] | None:
    if isinstance(error, WorkflowError) and isinstance(error.details, Mapping) and error.details:
        return to_variables(error.details)
    return None


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception as broken:  # noqa: BLE001 - an author's __str__ may do anything
        text = f"(its message cannot be shown: {type(broken).__name__})"
    if isinstance(error, MemoryError) and not text:
        return "The run asked for more memory than a runner may hold (MSP_RUNNER_MEMORY_MB)."
    if isinstance(error, SystemExit):
        return f"The code called sys.exit({text}), which ends the run as failed."
    return text or type(error).__name__


def _author_traceback(error: BaseException, root: Path) -> str:
    try:
        told = traceback.TracebackException.from_exception(error)
    except Exception:  # noqa: BLE001 - the same, for its __str__ or __cause__
        return "".join(traceback.format_tb(error.__traceback__))
    part: traceback.TracebackException | None = told
    while part is not None:
        _drop_platform_frames(part, root)
        part = part.__cause__ or part.__context__
    return "".join(told.format()).replace(f"{root}/", "")


def _drop_platform_frames(told: traceback.TracebackException, root: Path) -> None:
    for index, frame in enumerate(told.stack):
        if Path(frame.filename).is_relative_to(root):
            del told.stack[:index]
            return


def _explain(value: Any) -> str:
    found = _find_unrepresentable(value, "result", 0)
    path, what = found if found is not None else ("result", f"a {type(value).__name__}")
    return (
        f"The result cannot be stored as JSON: {path} is {what}. "
        "Return dicts, lists, text, numbers, dates, dataclasses or pydantic models."
    )


def _find_unrepresentable(value: Any, path: str, depth: int) -> tuple[str, str] | None:
    if depth > DEEPEST:
        return path, f"nested more than {DEEPEST} levels deep, or contains itself"
    children = _children(value)
    for name, child in children:
        if (found := _find_unrepresentable(child, f"{path}{name}", depth + 1)) is not None:
            return found
    if children:
        return None
    try:
        to_json(to_jsonable(value))
    except (WorkflowError, ValueError):
        if isinstance(value, str):
            return path, "text with a lone surrogate, which is not valid Unicode"
        return path, f"a {type(value).__name__}"
    return None


def _children(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        return [(f".{name}", getattr(value, name)) for name in type(value).model_fields]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [(f".{field.name}", getattr(value, field.name)) for field in dataclasses.fields(value)]
    if isinstance(value, Mapping):
        keys = [(f" key {key!r}", key) for key in value if not isinstance(key, str)]
        return keys + [(f"[{key!r}]", item) for key, item in value.items()]
    if isinstance(value, list | tuple | set | frozenset):
        return [(f"[{index}]", item) for index, item in enumerate(value)]
    return []
