"""Initial passwords that nobody is told."""

from __future__ import annotations

import secrets
import string

_LENGTH = 24
_KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "!#$%&*+-=?@_")


def random_password() -> str:
    """A password that nobody knows; it meets Entra's rule of three kinds of characters."""
    everything = "".join(_KINDS)
    letters = [secrets.choice(kind) for kind in _KINDS]
    letters += [secrets.choice(everything) for _ in range(_LENGTH - len(letters))]
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)
