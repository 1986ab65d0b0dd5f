"""Call the two services as one of the demo people."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, Self

import httpx

from msp_devstack import demo
from msp_devstack.identity import sign_in
from msp_devstack.ports import Ports

ENDED = frozenset({"Success", "Failed", "Cancelled", "TimedOut"})


class Api:
    """Both services, signed in as one person by the real code flow.

    Args:
        person: A demo person; None calls without a token.
        organization_id: Sent as `X-Organization-Id` unless a call names another.
    """

    def __init__(
        self, ports: Ports, person: demo.DemoPerson | None, *, organization_id: str | None = None
    ) -> None:
        headers = {}
        if person is not None:
            tokens = sign_in(
                ports.url("identity"), person.key, redirect_uri=f"{ports.url('client')}/auth.html"
            )
            headers["Authorization"] = f"Bearer {tokens.access_token}"
        if organization_id is not None:
            headers["X-Organization-Id"] = organization_id
        self.ports = ports
        self.person = person
        self.management = httpx.Client(
            base_url=ports.url("management"), headers=headers, timeout=60, trust_env=False
        )
        self.engine = httpx.Client(
            base_url=ports.url("engine"), headers=headers, timeout=120, trust_env=False
        )

    def use(self, organization_id: str) -> None:
        """Work for this organization from now on."""
        for client in (self.management, self.engine):
            client.headers["X-Organization-Id"] = organization_id

    def organization_id(self, name: str) -> str:
        """Id of an organization this person sees, by its name."""
        found = ok(self.management.get("/api/organizations", params={"limit": 200}))
        return str(next(one["id"] for one in found if one["name"] == name))

    def form_id(self, name: str) -> str:
        """Id of a form this person sees, by its name."""
        found = ok(self.management.get("/api/forms", params={"limit": 200}))
        return str(next(one["id"] for one in found if one["name"] == name))

    def wait_for(self, execution_id: str, *, timeout_seconds: float = 60) -> dict[str, Any]:
        """The execution once it has ended, following its log by long poll.

        Raises:
            TimeoutError: It still runs.
        """
        deadline, after = time.monotonic() + timeout_seconds, 0
        while time.monotonic() < deadline:
            path = f"/api/executions/{execution_id}/logs"
            page = ok(self.engine.get(path, params={"after": after, "wait": 10}))
            after = page["next"]
            if page["done"]:
                return dict(ok(self.management.get(f"/api/executions/{execution_id}")))
        raise TimeoutError(f"Execution {execution_id} still runs after {timeout_seconds:.0f} s")

    def close(self) -> None:
        """Close the connections."""
        self.management.close()
        self.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class UnexpectedAnswerError(AssertionError):
    """A service answered with an error; the message has its status and body."""


def ok(answer: httpx.Response) -> Any:
    """The body of a successful answer.

    Raises:
        UnexpectedAnswerError: The status is not 2xx.
    """
    if not answer.is_success:
        request = answer.request
        raise UnexpectedAnswerError(
            f"{request.method} {request.url}: {answer.status_code} {answer.text[:1000]}"
        )
    return answer.json() if answer.content else None
