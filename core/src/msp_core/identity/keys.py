"""The identity provider's signing keys, fetched when needed and kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from msp_core.errors import Unavailable

_log = structlog.get_logger(__name__)

_MIN_KEY_BITS: Final = 2048
_MAX_DOCUMENT_BYTES: Final = 512 * 1024
_FETCH_TIMEOUT: Final = httpx.Timeout(5.0)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key.

    Args:
        issuer: The issuer template that alone may use the key; None when the provider names none.
    """

    key: RSAPublicKey
    issuer: str | None


class SigningKeys:
    """Keys by id, from a JSON Web Key Set.

    Args:
        max_age_seconds: After so long the set is read again, so that a withdrawn key stops counting.
        max_stale_seconds: While the set cannot be read, known keys hold for so long after the last reading.
        refetch_seconds: An unknown key id makes the set be read again at most this often.
        retry_seconds: The same after a reading that failed.
    """

    def __init__(
        self,
        url: str,
        http: httpx.AsyncClient,
        *,
        clock: Callable[[], float] = time.monotonic,
        max_age_seconds: float = 3600,
        max_stale_seconds: float = 86_400,
        refetch_seconds: float = 10,
        retry_seconds: float = 1,
    ) -> None:
        self._url = url
        self._http = http
        self._clock = clock
        self._max_age = max_age_seconds
        self._max_stale = max_stale_seconds
        self._refetch = refetch_seconds
        self._retry = retry_seconds
        self._keys: Mapping[str, SigningKey] = {}
        self._read_at: float | None = None
        self._tried_at: float | None = None
        self._lock = asyncio.Lock()

    async def find(self, key_id: str) -> SigningKey | None:
        """The key of this id, or None when the provider has none such.

        Raises:
            Unavailable: The set cannot be read, and no reading of it answers the question.
        """
        if not self._knows(key_id):
            async with self._lock:
                if not self._knows(key_id) and self._may_try():
                    await self._read()
        if key_id in self._keys and self._age() <= self._max_stale:
            return self._keys[key_id]
        if self._last_try_failed():
            raise Unavailable("The identity provider's keys cannot be read now.", retry_after_seconds=2)
        return None

    def _knows(self, key_id: str) -> bool:
        return key_id in self._keys and self._age() <= self._max_age

    def _age(self) -> float:
        return float("inf") if self._read_at is None else self._clock() - self._read_at

    def _last_try_failed(self) -> bool:
        return self._read_at is None or self._tried_at != self._read_at

    def _may_try(self) -> bool:
        if self._tried_at is None:
            return True
        pause = self._retry if self._last_try_failed() else self._refetch
        return self._clock() - self._tried_at >= pause

    async def _read(self) -> None:
        now = self._clock()
        self._tried_at = now
        try:
            answer = await self._http.get(self._url, timeout=_FETCH_TIMEOUT, follow_redirects=False)
            answer.raise_for_status()
            if len(answer.content) > _MAX_DOCUMENT_BYTES:
                raise ValueError("The key set is too large.")
            keys = _parse(answer.json())
        except (httpx.HTTPError, ValueError, RecursionError) as error:
            _log.warning("signing_keys_unreadable", url=self._url, reason=f"{type(error).__name__}: {error}")
            return
        # A set without a usable key is a broken answer: forgetting all keys would sign everybody out.
        if keys:
            self._keys = keys
            self._read_at = now


def _parse(document: Any) -> dict[str, SigningKey]:
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("The key set has no list of keys.")
    found = (_parse_key(entry) for entry in document["keys"])
    return dict(pair for pair in found if pair is not None)


def _parse_key(entry: Any) -> tuple[str, SigningKey] | None:
    if not isinstance(entry, dict) or entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig":
        return None
    key_id, issuer = entry.get("kid"), entry.get("issuer")
    if not isinstance(key_id, str) or entry.get("alg", "RS256") != "RS256":
        return None
    try:
        key = PyJWK(entry, algorithm="RS256").key
    except (PyJWTError, ValueError, TypeError):
        return None
    if not isinstance(key, RSAPublicKey) or key.key_size < _MIN_KEY_BITS:
        return None
    return key_id, SigningKey(key, issuer if isinstance(issuer, str) else None)
