from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from msp_automation.outcomes import (
    InvalidResult,
    describe_error,
    redact_outcome,
    to_result,
    to_variables,
)
from msp_automation.redaction import Redactor


def test_names_that_look_secret_are_blanked_and_a_plain_key_is_not() -> None:
    outcome = {"password": "hunter2", "apiKey": "abc", "key": "smtp", "tokens": [{"name": "a"}], "seats": 3}
    assert redact_outcome(outcome, Redactor()) == {
        "password": "[redacted]",
        "apiKey": "[redacted]",
        "key": "smtp",
        "tokens": [{"name": "a"}],
        "seats": 3,
    }


def test_a_generator_is_no_result() -> None:
    def numbers() -> Iterator[Any]:
        yield object()

    with pytest.raises(InvalidResult, match="JSON"):
        to_result({"rows": numbers()})


def test_variables_are_kept_within_bounds_whatever_they_hold() -> None:
    kept = to_variables({"big": "x" * 5_000_000, "small": 1, "odd": object, "half": "a\udce4"})
    assert kept["big"].endswith("too large to keep>")
    assert kept["small"] == 1
    assert "object" in kept["odd"]
    assert isinstance(kept["half"], str)


def test_an_error_without_words_is_called_by_its_type() -> None:
    assert describe_error(ValueError(), Path("/"))["message"] == "ValueError"
