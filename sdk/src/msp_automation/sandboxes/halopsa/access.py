"""Who may call: the token endpoint, bearer tokens and the rolling rate limit."""

from __future__ import annotations

import hmac
import math
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from msp_automation.sandboxes.halopsa.state import HaloError
from msp_automation.sandboxes.identities import HALO_CLIENT_ID, HALO_CLIENT_SECRET
from msp_automation.sandboxes.sandbox import read_form


@dataclass(frozen=True)
class ApiApplication:
    """The API application that an administrator made in HaloPSA."""

    client_id: str = HALO_CLIENT_ID
    client_secret: str = HALO_CLIENT_SECRET


class RateLimit:
    """At most `count` requests in any `window_seconds`, over all callers."""

    def __init__(
        self, count: int = 500, window_seconds: float = 180, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self.count = count
        self.window_seconds = window_seconds
        self._seen: deque[float] = deque()

    def take(self) -> float | None:
        """None when the request may pass, else the seconds until one may."""
        now = self._clock()
        while self._seen and self._seen[0] <= now - self.window_seconds:
            self._seen.popleft()
        if len(self._seen) >= self.count:
            return self._seen[0] + self.window_seconds - now if self._seen else self.window_seconds
        self._seen.append(now)
        return None

    def change(self, count: int, window_seconds: float) -> None:
        """Other numbers, counting from now."""
        self.count, self.window_seconds = count, window_seconds
        self._seen.clear()


class Access:
    """Issues opaque tokens and checks them."""

    def __init__(self, application: ApiApplication, limit: RateLimit) -> None:
        self._application = application
        self._limit = limit
        self._tokens: dict[str, float] = {}
        self.token_seconds = 3600.0

    async def endpoint(self, request: Request) -> Response:
        """`POST /auth/token`: client credentials."""
        given = await read_form(request)
        if given.get("grant_type") != "client_credentials":
            return _refusal(400, "unsupported_grant_type", "The specified 'grant_type' is not supported.")
        if not self._is_application(given):
            return _refusal(401, "invalid_client", "The specified client credentials are invalid.")
        if given.get("scope") != "all":
            return _refusal(400, "invalid_scope", "The specified 'scope' is invalid.")
        now = time.monotonic()
        self._tokens = {token: end for token, end in self._tokens.items() if end > now}
        token = secrets.token_urlsafe(32)
        self._tokens[token] = now + self.token_seconds
        body = {
            "token_type": "Bearer",
            "scope": "all",
            "access_token": token,
            "expires_in": math.ceil(self.token_seconds),
        }
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    def check(self, request: Request) -> None:
        """Let a request with a good token pass.

        Raises:
            HaloError: 401.
            TooManyRequests: The rate limit is used up.
        """
        wait_seconds = self._limit.take()
        if wait_seconds is not None:
            raise TooManyRequests(wait_seconds)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        end = self._tokens.get(token.strip(), 0.0) if scheme.lower() == "bearer" else 0.0
        if end <= time.monotonic():
            raise HaloError(401, "Authorization has been denied for this request.")

    def revoke_all(self) -> None:
        """Forget every token, as when the application's secret is renewed."""
        self._tokens.clear()

    def _is_application(self, given: dict[str, str]) -> bool:
        is_id = hmac.compare_digest(given.get("client_id", "").encode(), self._application.client_id.encode())
        secret = given.get("client_secret", "").encode()
        return is_id and hmac.compare_digest(secret, self._application.client_secret.encode())


class TooManyRequests(HaloError):
    """The rate limit is used up."""

    def __init__(self, wait_seconds: float) -> None:
        super().__init__(429, "API calls quota exceeded.")
        self.wait_seconds = wait_seconds


def _refusal(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)
