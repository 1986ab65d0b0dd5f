"""Names of secrets, and of the vault entries behind them."""

from __future__ import annotations

import re
from typing import Final

from msp_core.errors import Invalid
from msp_core.ids import OrgId

MAX_NAME_LENGTH: Final = 80
"""Leaves room for `{orgId}--` within the 127 characters that Key Vault allows."""

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def parse_secret_name(text: str, *, field: str = "name") -> str:
    """A secret's name in its one form: kebab-case; `_` is read as `-`.

    Raises:
        Invalid: It is not of that form, or too long.
    """
    name = text.replace("_", "-")
    if len(name) > MAX_NAME_LENGTH or _NAME.fullmatch(name) is None:
        raise Invalid.field(
            field,
            "must be a secret's name: lower-case letters and digits, with single hyphens between, "
            f"at most {MAX_NAME_LENGTH}.",
        )
    return name


def find_secret_name(text: str) -> str | None:
    """The name's one form, or None for what can name no secret."""
    try:
        return parse_secret_name(text)
    except Invalid:
        return None


def vault_name(org_id: OrgId, name: str) -> str:
    """Where a secret lies in the vault: `{orgId}--{name}`, or `GLOBAL--{name}`."""
    return f"{org_id}--{name}"
