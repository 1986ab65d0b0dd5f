"""What the provider remembers: sessions, authorization codes and refresh tokens."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from msp_devstack.demo import DemoPerson


@dataclass(frozen=True)
class Session:
    """A browser in which somebody is signed in."""

    person: DemoPerson
    expires_at: float


@dataclass(frozen=True)
class CodeGrant:
    """What an authorization code stands for."""

    person: DemoPerson
    client_id: str
    redirect_uri: str
    scope: str
    challenge: str
    nonce: str | None
    session_id: str
    family: str
    expires_at: float
    is_used: bool = False


@dataclass(frozen=True)
class RefreshGrant:
    """What a refresh token stands for; `family` links it to those it came from."""

    person: DemoPerson
    client_id: str
    scope: str
    session_id: str
    family: str
    expires_at: float
    is_used: bool = False


class _Expiring(Protocol):
    @property
    def expires_at(self) -> float: ...


_Entry = TypeVar("_Entry", bound=_Expiring)


class _Store(Generic[_Entry]):
    """Entries by a random handle of which only the hash is kept."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: dict[str, _Entry] = {}

    def add(self, entry: _Entry) -> str:
        now = self._clock()
        for key in [key for key, value in self._entries.items() if value.expires_at <= now]:
            del self._entries[key]
        handle = secrets.token_urlsafe(32)
        self._entries[_hash(handle)] = entry
        return handle

    def find(self, handle: str) -> _Entry | None:
        entry = self._entries.get(_hash(handle))
        return entry if entry is not None and entry.expires_at > self._clock() else None

    def put(self, handle: str, entry: _Entry) -> None:
        self._entries[_hash(handle)] = entry

    def drop(self, handle: str) -> None:
        self._entries.pop(_hash(handle), None)

    def drop_where(self, unwanted: Callable[[_Entry], bool]) -> None:
        for key in [key for key, value in self._entries.items() if unwanted(value)]:
            del self._entries[key]


class Grants:
    """Sessions, codes and refresh tokens of one provider; gone when its process ends."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._sessions: _Store[Session] = _Store(clock)
        self._codes: _Store[CodeGrant] = _Store(clock)
        self._refresh: _Store[RefreshGrant] = _Store(clock)

    def open_session(self, session: Session) -> str:
        """Remember a signed-in browser; returns the cookie's value."""
        return self._sessions.add(session)

    def find_session(self, session_id: str) -> Session | None:
        """The session behind a cookie, unless it ended."""
        return self._sessions.find(session_id)

    def end_session(self, session_id: str) -> None:
        """Forget a browser and the refresh tokens that came from it."""
        self._sessions.drop(session_id)
        self._refresh.drop_where(lambda grant: grant.session_id == session_id)

    def issue_code(self, grant: CodeGrant) -> str:
        """A code for this grant."""
        return self._codes.add(grant)

    def find_code(self, code: str) -> CodeGrant | None:
        """The grant of a code, used or not, until it expires."""
        return self._codes.find(code)

    def use_code(self, code: str, grant: CodeGrant) -> None:
        """Note that a code was redeemed; it stays known, so that a second try is recognised."""
        self._codes.put(code, replace(grant, is_used=True))

    def issue_refresh(self, grant: RefreshGrant) -> str:
        """A refresh token for this grant."""
        return self._refresh.add(grant)

    def find_refresh(self, token: str) -> RefreshGrant | None:
        """The grant of a refresh token, used or not, until it expires."""
        return self._refresh.find(token)

    def use_refresh(self, token: str, grant: RefreshGrant) -> None:
        """Note that a refresh token was exchanged for the next one."""
        self._refresh.put(token, replace(grant, is_used=True))

    def revoke_family(self, family: str) -> None:
        """Forget every refresh token that came from one sign-in.

        Source: https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2
        """
        self._refresh.drop_where(lambda grant: grant.family == family)


def _hash(handle: str) -> str:
    return hashlib.sha256(handle.encode()).hexdigest()
