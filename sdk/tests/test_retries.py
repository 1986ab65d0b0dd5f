"""Which errors are worth another attempt, as the author says it."""

from __future__ import annotations

from typing import Any

import pytest

from msp_automation import (
    ConfigurationError,
    DeclarationError,
    IntegrationError,
    OrganizationContext,
    ValidationError,
    definition_of,
    workflow,
)
from msp_automation.retries import is_worth_retrying, kinds_of


class Throttled(IntegrationError):
    """An author's own kind."""


def declared(**options: Any) -> Any:
    @workflow(**options)
    async def made(context: OrganizationContext) -> None:
        """Do nothing."""

    return definition_of(made).metadata


def test_errors_are_named_by_class_or_by_name() -> None:
    metadata = declared(retries=2, retry_on=(IntegrationError, "ReadTimeout", TimeoutError))
    assert metadata.retry_on == ["IntegrationError", "ReadTimeout", "TimeoutError"]
    assert (metadata.retries, metadata.retry_delay_seconds) == (2, 10)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"retries": -1}, "from 0 to 10"),
        ({"retries": 11}, "from 0 to 10"),
        ({"retries": True}, "from 0 to 10"),
        ({"retries": 1.5}, "from 0 to 10"),
        ({"retries": 1, "retry_delay_seconds": -1}, "retry_delay_seconds"),
        ({"retries": 1, "retry_delay_seconds": 3601}, "retry_delay_seconds"),
        ({"retry_on": (IntegrationError,)}, "without retries"),
        ({"retries": 1, "retry_on": IntegrationError}, "single error"),
        ({"retries": 1, "retry_on": "IntegrationError"}, "single error"),
        ({"retries": 1, "retry_on": (503,)}, "no error"),
        ({"retries": 1, "retry_on": (str,)}, "no error"),
        ({"retries": 1, "retry_on": ("not a name",)}, "no error"),
        ({"retries": 1, "retry_on": (ValidationError,)}, "cannot mend"),
        ({"retries": 1, "retry_on": ("ConfigurationError",)}, "cannot mend"),
        ({"retries": 1, "retry_on": (BaseException,)}, "catch everything"),
    ],
)
def test_a_wrong_declaration_says_what_is_wrong(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(DeclarationError, match=problem):
        declared(**options)


@pytest.mark.parametrize(
    ("error", "named", "expected"),
    [
        (Throttled(""), ["IntegrationError"], True),
        (Throttled(""), ["Throttled"], True),
        (Throttled(""), ["WorkflowError"], True),
        (IntegrationError(""), ["Throttled"], False),
        (KeyError(), ["LookupError"], True),
        (KeyError(), [], False),
        (ValidationError(""), ["WorkflowError"], False),
        (ConfigurationError(""), ["Exception"], False),
    ],
)
def test_a_subclass_counts_and_what_cannot_be_mended_never_does(
    error: Exception, named: list[str], expected: bool
) -> None:
    assert is_worth_retrying(kinds_of(error), named) is expected
