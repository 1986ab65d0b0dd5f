"""What the identity provider is told at start."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from msp_devstack.demo import API_AUDIENCE, CLI_CLIENT_ID, PEOPLE, SPA_CLIENT_ID, DemoPerson

DEFAULT_REDIRECT_URI = "http://localhost:5173/auth.html"
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

# Tenant words that stand for "whichever tenant the person is from".
ANY_TENANT = frozenset({"organizations", "common"})


@dataclass(frozen=True)
class IdentitySettings:
    """Settings of one identity provider.

    Args:
        base_url: Where it is reached; the issuer in every token begins with it.
        data_dir: Folder that keeps the signing key; None makes a key that dies with the process.
        redirect_uris: The exact addresses a sign-in may return to.
        any_port: Lets a redirect address differ in its port, for tests on ephemeral ports.
        client_id: The single-page application.
        cli_client_id: The public client that signs in with a device code.
        access_token_seconds: Life of access and ID tokens.
        code_seconds: Life of an authorization code, which also works once only.
        refresh_token_seconds: Life of a refresh token; Entra gives single-page apps 24 h.
        session_seconds: How long a browser stays signed in without the picker.
        device_seconds: Life of a device code; Entra's is 15 minutes, too.
        device_interval_seconds: How long a device waits between two questions.
    """

    base_url: str = "http://localhost:9100"
    data_dir: Path | None = None
    redirect_uris: tuple[str, ...] = (DEFAULT_REDIRECT_URI, "http://localhost:5173/")
    any_port: bool = False
    client_id: str = SPA_CLIENT_ID
    cli_client_id: str = CLI_CLIENT_ID
    audience: str = API_AUDIENCE
    people: tuple[DemoPerson, ...] = PEOPLE
    access_token_seconds: int = 3600
    code_seconds: int = 60
    refresh_token_seconds: int = 24 * 3600
    session_seconds: int = 12 * 3600
    device_seconds: int = 900
    device_interval_seconds: int = 1
    clock: Callable[[], float] = time.time

    @property
    def api_scope(self) -> str:
        """The one scope that the platform's API offers, in full."""
        return f"api://{self.audience}/access_as_user"

    @property
    def origins(self) -> frozenset[str]:
        """Origins of the redirect addresses: the pages that may ask for tokens."""
        return frozenset(origin_of(uri) for uri in self.redirect_uris)

    def issuer(self, tenant_id: str) -> str:
        """The issuer of one tenant's tokens."""
        return f"{self.base_url}/{tenant_id}/v2.0"

    def person(self, key: str) -> DemoPerson | None:
        """The person called `key`, if there is one."""
        return next((person for person in self.people if person.key == key), None)

    def knows_tenant(self, tenant: str) -> bool:
        """Whether `tenant` may stand in the URL."""
        return tenant in ANY_TENANT or any(person.tenant_id == tenant for person in self.people)

    def allows_redirect(self, uri: str) -> bool:
        """Whether a sign-in or sign-out may return to `uri`."""
        return _among(uri, self.redirect_uris, any_port=self.any_port)

    def allows_post_logout(self, uri: str) -> bool:
        """Whether a sign-out may return to `uri`: a redirect address or the page above it."""
        roots = tuple(f"{origin}/" for origin in self.origins)
        return _among(uri, (*self.redirect_uris, *roots, *self.origins), any_port=self.any_port)

    def allows_origin(self, origin: str) -> bool:
        """Whether a page from `origin` may redeem codes."""
        return _among(origin, tuple(self.origins), any_port=self.any_port)


def origin_of(uri: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def _among(uri: str, allowed: tuple[str, ...], *, any_port: bool) -> bool:
    if uri in allowed:
        return True
    return any_port and _without_port(uri) in {_without_port(entry) for entry in allowed}


def _without_port(uri: str) -> str:
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return uri
    plain = parts.hostname in _LOOPBACK_NAMES and "@" not in parts.netloc
    if not plain or port is None:
        return uri
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return parts._replace(netloc=host).geturl()
