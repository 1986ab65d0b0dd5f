"""Signing in by the real MSAL with a device code, and the token from then on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from msp_cli.environments import Environment, folder
from msp_cli.errors import NotAllowed, Unreachable, Usage
from msp_cli.private_files import read_private, write_private

if TYPE_CHECKING:
    import msal

# A token that ends this soon is renewed first.
_LEEWAY_SECONDS = 120
_STAND_IN: Final = "https://login.localtest"


@dataclass(frozen=True)
class Account:
    """Who is signed in, as their token says."""

    name: str
    email: str
    object_id: str
    tenant_id: str


@dataclass(frozen=True)
class DeviceCode:
    """What somebody has to do in a browser."""

    address: str
    code: str
    message: str


@dataclass(frozen=True)
class _Kept:
    """A sign-in as it is kept on disk; `persona` is the local stack's, who needs no password."""

    authority: str
    client_id: str
    account: Account
    access_token: str
    expires_at: float
    cache: str
    persona: str | None = None


class SignIn:
    """The sign-in of one environment, kept in a file of mode 0600."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._path = folder() / "sign-ins" / f"{environment.name}.json"

    def begin(self, show: Callable[[DeviceCode], None], *, persona: str | None = None) -> Account:
        """Sign in with a device code; returns once somebody did what it shows.

        Args:
            persona: Of the local stack: signs in by itself as one of its people.

        Raises:
            NotAllowed: It was declined, or nobody did it in time.
            Unreachable: The identity provider does not answer.
        """
        app, cache = self._app("")
        flow: dict[str, Any] = self._ask(lambda: app.initiate_device_flow([self._environment.scope]))
        if "user_code" not in flow:
            raise NotAllowed(f"The sign-in was refused: {_reason(flow)}", code="SignInRefused")
        if persona is None:
            show(DeviceCode(flow["verification_uri"], flow["user_code"], flow["message"]))
        else:
            self._choose(flow, persona)
        answer: dict[str, Any] = self._ask(lambda: app.acquire_token_by_device_flow(flow))
        return self._keep(answer, cache, persona).account

    def account(self) -> Account:
        """Who is signed in.

        Raises:
            NotAllowed: Nobody.
        """
        return self._kept().account

    def access_token(self) -> str:
        """A token that holds for a while, renewed where needed.

        Raises:
            NotAllowed: Nobody is signed in, or the sign-in has ended.
        """
        kept = self._kept()
        if kept.expires_at - time.time() > _LEEWAY_SECONDS:
            return kept.access_token
        return self._renewed(kept).access_token

    def again(self) -> str:
        """Another token, after one was refused.

        Raises:
            NotAllowed: The sign-in has ended.
        """
        return self._renewed(self._kept()).access_token

    def forget(self) -> bool:
        """Sign out here; whether anybody was signed in."""
        was_there = self._path.exists()
        self._path.unlink(missing_ok=True)
        return was_there

    def _renewed(self, kept: _Kept) -> _Kept:
        app, cache = self._app(kept.cache)
        accounts = app.get_accounts()
        answer = None
        if accounts:
            answer = self._ask(
                lambda: app.acquire_token_silent_with_error(
                    [self._environment.scope], accounts[0], force_refresh=True
                )
            )
        if answer is not None and "access_token" in answer:
            return self._keep(answer, cache, kept.persona)
        if kept.persona is not None:
            # A restarted stack has forgotten its sign-ins; its people need no password.
            self.begin(lambda _: None, persona=kept.persona)
            return self._kept()
        reason = "" if answer is None else f" ({_reason(answer)})"
        raise NotAllowed(f"Your sign-in has ended{reason}. {self._how()}", code="Unauthorized")

    def _choose(self, flow: dict[str, Any], persona: str) -> None:
        import httpx

        form = {"user_code": flow["user_code"], "person": persona}
        with httpx.Client(timeout=10, trust_env=False) as http:
            answer = self._ask(lambda: http.post(flow["verification_uri"], data=form))
        if not answer.is_success:
            raise Usage(
                f"The local stack has nobody called {persona!r}: technician, admin, client or stranger."
            )

    def _keep(self, answer: dict[str, Any], cache: msal.SerializableTokenCache, persona: str | None) -> _Kept:
        if "access_token" not in answer:
            raise NotAllowed(f"The sign-in did not succeed: {_reason(answer)}", code="SignInRefused")
        claims = answer.get("id_token_claims") or {}
        old = self._find()
        account = (
            Account(
                claims.get("name", ""), claims.get("preferred_username", ""), claims["oid"], claims["tid"]
            )
            if claims or old is None
            else old.account
        )
        kept = _Kept(
            authority=self._environment.authority,
            client_id=self._environment.client_id,
            account=account,
            access_token=answer["access_token"],
            expires_at=time.time() + float(answer.get("expires_in", 0)),
            cache=cache.serialize(),
            persona=persona,
        )
        write_private(self._path, json.dumps(asdict(kept)))
        return kept

    def _find(self) -> _Kept | None:
        text = read_private(self._path)
        if text is None:
            return None
        content = json.loads(text)
        kept = _Kept(**{**content, "account": Account(**content["account"])})
        # Of another stack or another tenant: that token would be refused, and is none of this one's business.
        asked = (self._environment.authority, self._environment.client_id)
        return kept if (kept.authority, kept.client_id) == asked else None

    def _kept(self) -> _Kept:
        kept = self._find()
        if kept is None:
            raise NotAllowed(
                f"Nobody is signed in to {self._environment.name}. {self._how()}", code="Unauthorized"
            )
        return kept

    def _how(self) -> str:
        if self._environment.is_local:
            return "Sign in: msp login --as technician"
        return f"Sign in: msp login --env {self._environment.name}"

    def _app(self, kept_cache: str) -> tuple[msal.PublicClientApplication, msal.SerializableTokenCache]:
        import msal

        from msp_cli.local_authority import LocalAuthority

        cache = msal.SerializableTokenCache()
        if kept_cache:
            cache.deserialize(kept_cache)
        authority, client_id = self._environment.authority, self._environment.client_id
        parts = urlsplit(authority)
        if parts.scheme == "https":
            return self._ask(
                lambda: msal.PublicClientApplication(client_id, authority=authority, token_cache=cache)
            ), cache
        # MSAL takes https authorities only: it gets a stand-in, whose requests go to this machine.
        http = LocalAuthority(_STAND_IN, f"{parts.scheme}://{parts.netloc}")
        app = self._ask(
            lambda: msal.PublicClientApplication(
                client_id,
                authority=f"{_STAND_IN}{parts.path}",
                token_cache=cache,
                instance_discovery=False,
                http_client=http,
            )
        )
        return app, cache

    def _ask(self, call: Callable[[], Any]) -> Any:
        import httpx
        import requests

        try:
            return call()
        except (httpx.HTTPError, requests.RequestException):
            raise Unreachable(
                f"The identity provider {self._environment.authority} does not answer."
            ) from None
        except ValueError as error:
            raise Unreachable(f"The identity provider cannot be used: {error}") from None


def _reason(answer: dict[str, Any]) -> str:
    return str(answer.get("error_description") or answer.get("error") or "no reason given").split("\r\n")[0]
