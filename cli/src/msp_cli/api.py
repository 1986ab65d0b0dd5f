"""Calls to the two services of an environment, as whoever is signed in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, Self

import httpx

from msp_cli.environments import Environment, Environments
from msp_cli.errors import CliError, Failed, Missing, Unreachable, Usage, kind_of_status
from msp_cli.sign_in import SignIn

Service = Literal["management", "engine"]

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UNAUTHORIZED = 401
_PAGE = 200
_TIMEOUT_SECONDS = 130.0


class Api:
    """Both services of one environment."""

    def __init__(self, environment: Environment, sign_in: SignIn) -> None:
        self.environment = environment
        self._sign_in = sign_in
        self._http = httpx.Client(
            timeout=httpx.Timeout(_TIMEOUT_SECONDS, connect=10), trust_env=not environment.is_local
        )

    def get(self, path: str, **options: Any) -> Any:
        """Read from the Management API; see `ask`."""
        return self.ask("GET", path, **options)

    def ask(
        self,
        method: str,
        path: str,
        *,
        service: Service = "management",
        organization: str | None = None,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Make one request; the body of its answer.

        Args:
            organization: The id that goes into the header.
            params: Without those that are None.

        Raises:
            CliError: The service refused, by its kind; or it does not answer.
        """
        return _body(
            self.send(
                method,
                path,
                service=service,
                organization=organization,
                params=params,
                json=json,
                headers=headers,
            )
        )

    def all_pages(
        self,
        path: str,
        *,
        organization: str | None = None,
        params: Mapping[str, Any] | None = None,
        limit: int = 0,
    ) -> list[Any]:
        """The entries of a list over all its pages.

        Args:
            limit: At most so many; 0 for all.
        """
        found: list[Any] = []
        cursor: str | None = None
        while True:
            page = min(_PAGE, limit - len(found)) if limit else _PAGE
            query = {**(params or {}), "limit": page, "cursor": cursor}
            answer = self.send("GET", path, organization=organization, params=query)
            found += _body(answer)
            cursor = answer.headers.get("X-Next-Cursor")
            if cursor is None or (limit and len(found) >= limit):
                return found

    def send(
        self,
        method: str,
        path: str,
        *,
        service: Service = "management",
        organization: str | None = None,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Make one request, once more with a new token if this one is no longer taken."""
        address = f"{getattr(self.environment, service)}{path}"
        sent = {**(headers or {}), **({"X-Organization-Id": organization} if organization else {})}
        query = {name: value for name, value in (params or {}).items() if value is not None}

        def once(token: str) -> httpx.Response:
            return self._http.request(
                method, address, params=query, json=json, headers={**sent, "Authorization": f"Bearer {token}"}
            )

        try:
            answer = once(self._sign_in.access_token())
            return answer if answer.status_code != _UNAUTHORIZED else once(self._sign_in.again())
        except httpx.HTTPError as error:
            raise Unreachable(f"{address} does not answer ({type(error).__name__}).") from None

    def access_token(self) -> str:
        """The token that the services get, for a run in this process."""
        return self._sign_in.access_token()

    def me(self) -> dict[str, Any]:
        """Who asks, with their organizations and permissions."""
        found: dict[str, Any] = self.get("/api/me")
        return found

    def organization(self, name: str | None) -> dict[str, Any]:
        """The organization of a name or id that the person has to do with.

        Raises:
            Usage: None is named, or the name fits several.
            Missing: There is none within reach.
        """
        return pick_organization(self.me()["organizations"], name)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def open_api(environment: str | None) -> Iterator[Api]:
    """The services of an environment, by its name or the one in use."""
    found = Environments().get(environment)
    with Api(found, SignIn(found)) as api:
        yield api


def pick_organization(organizations: list[dict[str, Any]], name: str | None) -> dict[str, Any]:
    """The one of that name or id: exact first, then the only one that begins so.

    Raises:
        Usage: None is named, or the name fits several.
        Missing: None fits.
    """
    known = ", ".join(sorted(one["name"] for one in organizations)) or "(none)"
    if not name:
        raise Usage(f"Name an organization: --org. There are: {known}.")
    wanted = name.strip().lower()
    exact = [one for one in organizations if wanted in {one["id"].lower(), one["name"].lower()}]
    if not exact and _UUID.fullmatch(wanted):
        # Whether there is such a one is the services' to say, and they say it to nobody who may not know.
        return {"id": wanted, "name": wanted}
    found = exact or [one for one in organizations if one["name"].lower().startswith(wanted)]
    if len(found) > 1:
        listed = ", ".join(f"{one['name']} ({one['id']})" for one in found)
        raise Usage(f"{name!r} fits several organizations: {listed}. Name it by its id.")
    if not found:
        raise Missing(f"You have to do with no organization {name!r}. There are: {known}.")
    return found[0]


def _body(answer: httpx.Response) -> Any:
    if not answer.is_success:
        raise error_of(answer)
    return answer.json() if answer.content else None


def error_of(answer: httpx.Response) -> CliError:
    """What a refusal means, in the service's own words."""
    kind = kind_of_status(answer.status_code)
    try:
        body = answer.json()
        return kind(body["message"], code=body["error"], details=body.get("details"))
    except (ValueError, KeyError, TypeError):
        request = answer.request
        return Failed(
            f"{request.method} {request.url.path} answered {answer.status_code} in a shape that is not the "
            "platform's. Is the environment's address right?",
            code="UnexpectedAnswer",
        )
