"""Texts that say whose they are and who may see them, so that a leak names itself.

`canary-contoso-all-…` may be shown to Contoso's own people, `…-staff-…` not to its client users, and
`…-sealed-…` (the value of a secret) to nobody at all.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import Final

import httpx

CONTOSO: Final = "contoso"
FABRIKAM: Final = "fabrikam"
ORGANIZATIONS: Final = (CONTOSO, FABRIKAM)

ANY: Final = "canary-"
SEALED: Final = tuple(f"canary-{organization}-sealed-" for organization in ORGANIZATIONS)


def canary(organization: str, what: str) -> str:
    """A text that the organization's own people may see."""
    return f"{of(organization)}all-{what}"


def staff_canary(organization: str, what: str) -> str:
    """A text of the organization that its client users must not see."""
    return f"{staff_of(organization)}{what}"


def sealed_canary(organization: str, what: str) -> str:
    """A text that must never leave the vault."""
    return f"canary-{organization}-sealed-{what}"


def of(organization: str) -> str:
    """What all texts of the organization begin with."""
    return f"canary-{organization}-"


def staff_of(organization: str) -> str:
    """What the texts begin with that its client users must not see."""
    return f"canary-{organization}-staff-"


def everything_in(answer: httpx.Response) -> str:
    """Body and headers of an answer, cursors and ETags read as well."""
    texts = [answer.text]
    for name, value in answer.headers.items():
        texts += [f"{name}: {value}", _decoded(value)]
    return "\n".join(texts).lower()


def _decoded(value: str) -> str:
    token = value.removeprefix("W/").strip('"')
    try:
        return urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except ValueError:
        return ""
