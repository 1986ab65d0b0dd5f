"""Tokens that were found to hold: the same text is not taken apart again in the next request."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from msp_core.identity.keys import SigningKey
from msp_core.identity.models import Principal

MAX_KEPT: Final = 5000


@dataclass(frozen=True, slots=True)
class Verified:
    """What a token said, and what that rests on.

    Args:
        key: Holds only while the provider's set still has this very key.
        expires_at: Seconds since 1970, grace included.
    """

    principal: Principal
    key_id: str
    key: SigningKey
    expires_at: float


class VerifiedTokens:
    """By the digest of the whole token, which itself is not kept; those not used for longest go first."""

    def __init__(self, *, limit: int = MAX_KEPT) -> None:
        self._limit = limit
        self._kept: OrderedDict[bytes, Verified] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, token: str) -> Verified | None:
        """What was found of this very text before."""
        digest = _digest(token)
        kept = self._kept.get(digest)
        if kept is not None:
            self._kept.move_to_end(digest)
        return kept

    def keep(self, token: str, verified: Verified) -> None:
        """Remember it for the next request."""
        self._kept[_digest(token)] = verified
        while len(self._kept) > self._limit:
            self._kept.popitem(last=False)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
