"""Regular expressions of form definitions: linear time, whatever a definition holds.

Python's own engine backtracks, so one definition could stop the service. Pydantic's is Rust's: time is
linear in the text, and what needs backtracking (look-around, back-references) does not compile.
Source: https://docs.rs/regex/latest/regex/#untrusted-input
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pydantic_core import SchemaError, SchemaValidator, ValidationError, core_schema

MAX_PATTERN_LENGTH: Final = 500

# The client checks the same pattern in JavaScript, where these mean ASCII only.
_ASCII: Final = {r"\d": "[0-9]", r"\D": "[^0-9]", r"\w": "[A-Za-z0-9_]", r"\W": "[^A-Za-z0-9_]"}
_SHORTHAND: Final = re.compile(r"\\.", re.DOTALL)


class BadPattern(ValueError):
    """The pattern does not compile; the message says why, in one line."""


def compile_pattern(pattern: str) -> SchemaValidator:
    """Prepare a pattern.

    Raises:
        BadPattern: It is too long, wrong, or needs what linear time does not allow.
    """
    if len(pattern) > MAX_PATTERN_LENGTH:
        raise BadPattern(f"the pattern is too long: at most {MAX_PATTERN_LENGTH} characters")
    return _compiled(pattern)


def is_found(pattern: str, text: str) -> bool:
    """Whether the pattern occurs in the text.

    Raises:
        BadPattern: It does not compile.
    """
    try:
        compile_pattern(pattern).validate_python(text)
    except ValidationError:
        return False
    return True


# A compiled pattern may take megabytes, so few are kept.
@lru_cache(maxsize=64)
def _compiled(pattern: str) -> SchemaValidator:
    as_in_javascript = _SHORTHAND.sub(lambda found: _ASCII.get(found[0], found[0]), pattern)
    try:
        return SchemaValidator(core_schema.str_schema(pattern=as_in_javascript, regex_engine="rust-regex"))
    except SchemaError as error:
        raise BadPattern(_reason(str(error))) from error


def _reason(text: str) -> str:
    """The parser's own last words, without the drawing of the pattern that stands before them."""
    last = text.strip().splitlines()[-1].strip()
    return last.removeprefix("error:").removeprefix("SchemaError:").strip() or "it is no regular expression"
