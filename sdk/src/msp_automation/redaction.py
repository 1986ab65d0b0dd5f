"""Takes secrets out of what is logged or stored: values seen in the run, and keys that look secret."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus

REDACTED = "[redacted]"

# Shorter values would blank ordinary words wherever they occur.
_SHORTEST_SECRET = 4
_DEEPEST = 50

_SECRET_WORDS = frozenset(
    [
        "password",
        "passwords",
        "passwd",
        "pwd",
        "passphrase",
        "passcode",
        "secret",
        "secrets",
        "token",
        "tokens",
        "authorization",
        "credential",
        "credentials",
        "cookie",
        "cookies",
        "apikey",
        "apikeys",
        "jwt",
    ]
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_IN_TEXT = re.compile(
    r"(?P<bearer>\bBearer\s+)[^\s\"',;]+"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){1,3}"
    r"|\bmspk_[0-9a-f]{32,}|\bwhsec_[A-Za-z0-9+/=]{32,}"
    r"|(?P<pair>\b\w*(?:password|passwd|pwd|secret|token|api_?key)\w*=)[^\s\"'&;,]+",
    re.IGNORECASE,
)


def is_secret_key(key: str) -> bool:
    """Whether a field of this name looks as if it held a password, token or key."""
    words = [word.lower() for word in _WORD.findall(key)]
    return any(word in _SECRET_WORDS for word in words) or (bool(words) and words[-1] in {"key", "keys"})


class Redactor:
    """Knows the secret values of one run and blanks them."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, secret: str | None) -> None:
        """Remember a value that must not leave the run, in every spelling it may take."""
        if secret is None or len(secret) < _SHORTEST_SECRET:
            return
        escaped = json.dumps(secret)[1:-1]
        spellings = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), escaped}
        if spellings <= self._values:
            return
        self._values |= spellings
        longest_first = sorted(self._values, key=len, reverse=True)
        self._pattern = re.compile("|".join(re.escape(value) for value in longest_first))

    def redact_text(self, text: str) -> str:
        """Blank known secrets, bearer tokens, JWTs, keys of webhooks and `password=…` pairs in a text."""
        if self._pattern is not None:
            text = self._pattern.sub(REDACTED, text)
        return _IN_TEXT.sub(_blank, text)

    def redact(self, value: Any) -> Any:
        """Copy JSON-like data with secrets blanked; its shape stays."""
        return self._redact(value, under_secret_key=False, depth=0)

    def _redact(self, value: Any, *, under_secret_key: bool, depth: int) -> Any:
        if depth > _DEEPEST:
            return REDACTED
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return REDACTED if under_secret_key and value else self.redact_text(value)
        if isinstance(value, int | float):
            return REDACTED if under_secret_key or str(value) in self._values else value
        if isinstance(value, Mapping):
            return {
                self.redact_text(str(key)): self._redact(
                    item, under_secret_key=under_secret_key or is_secret_key(str(key)), depth=depth + 1
                )
                for key, item in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [self._redact(i, under_secret_key=under_secret_key, depth=depth + 1) for i in value]
        return REDACTED if under_secret_key else self.redact_text(str(value))


def _blank(match: re.Match[str]) -> str:
    return f"{match['bearer'] or match['pair'] or ''}{REDACTED}"
