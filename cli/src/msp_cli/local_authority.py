"""Carries MSAL's requests to the local identity provider, which has no certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx


class Answer:
    """An answer as MSAL reads it."""

    def __init__(self, response: httpx.Response, text: str) -> None:
        self.status_code = response.status_code
        self.headers = response.headers
        self.text = text
        self._response = response

    def raise_for_status(self) -> None:
        """Raise for 4xx and 5xx.

        Raises:
            httpx.HTTPStatusError: It is one.
        """
        self._response.raise_for_status()


class LocalAuthority:
    """MSAL's `http_client`: what it asks its https authority goes to an address on this machine.

    Args:
        stand_in: The https address that MSAL knows.
        base_url: Where the provider listens.
    """

    def __init__(self, stand_in: str, base_url: str) -> None:
        self._stand_in = stand_in
        self._base_url = base_url

    def get(self, url: str, params: Any = None, headers: Mapping[str, str] | None = None, **_: Any) -> Answer:
        """Read a document; its addresses are the stand-in's."""
        response = _send("GET", self._here(url), params=params, headers=headers)
        return Answer(response, response.text.replace(self._base_url, self._stand_in))

    def post(
        self,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> Answer:
        """Send a form; the answer is as it is, for the person it is meant for."""
        given = {name: value for name, value in (data or {}).items() if value is not None}
        response = _send("POST", self._here(url), params=params, data=given, headers=headers)
        return Answer(response, response.text)

    def close(self) -> None:
        """Nothing is held: MSAL keeps its client as long as the process lives."""

    def _here(self, url: str) -> str:
        return url.replace(self._stand_in, self._base_url, 1)


def _send(method: str, url: str, **options: Any) -> httpx.Response:
    return httpx.request(method, url, timeout=10, trust_env=False, **options)
