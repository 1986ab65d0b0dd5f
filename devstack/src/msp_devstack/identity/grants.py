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


@dataclass(frozen=True)
class DeviceGrant:
    """What a device code stands for: nobody's until somebody typed its user code and chose a person."""

    client_id: str
    tenant: str
    scope: str
    user_code: str
    expires_at: float
    person: DemoPerson | None = None
    is_denied: bool = False
    asked_at: float = 0.0


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

    def find_where(self, wanted: Callable[[_Entry], bool]) -> tuple[str, _Entry] | None:
        now = self._clock()
        return next(
            (item for item in self._entries.items() if item[1].expires_at > now and wanted(item[1])), None
        )

    def replace(self, key: str, entry: _Entry) -> None:
        self._entries[key] = entry

    def drop_where(self, unwanted: Callable[[_Entry], bool]) -> None:
        for key in [key for key, value in self._entries.items() if unwanted(value)]:
            del self._entries[key]


class Grants:
    """Sessions, codes and refresh tokens of one provider; gone when its process ends."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._sessions: _Store[Session] = _Store(clock)
        self._codes: _Store[CodeGrant] = _Store(clock)
        self._refresh: _Store[RefreshGrant] = _Store(clock)
        self._devices: _Store[DeviceGrant] = _Store(clock)

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

    def issue_device_code(self, grant: DeviceGrant) -> str:
        """A device code for this grant."""
        return self._devices.add(grant)

    def find_device_code(self, code: str) -> DeviceGrant | None:
        """The grant of a device code that has not expired or been redeemed."""
        return self._devices.find(code)

    def put_device_code(self, code: str, grant: DeviceGrant) -> None:
        """Note what became of a device code."""
        self._devices.put(code, grant)

    def drop_device_code(self, code: str) -> None:
        """Forget a device code: it works once."""
        self._devices.drop(code)

    def find_user_code(self, user_code: str) -> DeviceGrant | None:
        """The grant that waits for somebody to type this code."""
        found = self._devices.find_where(lambda grant: _waits_for(grant, user_code))
        return None if found is None else found[1]

    def answer_user_code(self, user_code: str, person: DemoPerson | None) -> None:
        """Note who typed a code and signed in, or that they declined."""
        found = self._devices.find_where(lambda grant: _waits_for(grant, user_code))
        if found is not None:
            key, grant = found
            self._devices.replace(key, replace(grant, person=person, is_denied=person is None))

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


def _waits_for(grant: DeviceGrant, user_code: str) -> bool:
    return grant.user_code == user_code and grant.person is None and not grant.is_denied


def _hash(handle: str) -> str:
    return hashlib.sha256(handle.encode()).hexdigest()
