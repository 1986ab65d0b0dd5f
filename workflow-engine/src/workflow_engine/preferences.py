"""How a run was asked for: the headers that say how long to wait and what counts as the same request."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header, Request

from msp_core.errors import Invalid
from msp_http.authentication import ClientAddress
from workflow_engine.dependencies import Engine
from workflow_engine.execution.launching import RunRequest

_WAIT = re.compile(r'wait\s*=\s*"?(\d{1,6})"?')


def is_background(prefer: str | None) -> bool:
    """Whether the caller wants the run in the background.

    Source: https://www.rfc-editor.org/rfc/rfc7240#section-4.1
    """
    return "respond-async" in _preferences(prefer)


def hold_seconds(prefer: str | None, limit: float) -> float:
    """How long to hold an answer back: `wait=10`, or 0 for `respond-async` alone, never over the limit.

    Source: https://www.rfc-editor.org/rfc/rfc7240#section-4.3
    """
    for preference in _preferences(prefer):
        if match := _WAIT.fullmatch(preference):
            return min(float(match[1]), limit)
    return 0.0 if is_background(prefer) else limit


def _preferences(prefer: str | None) -> list[str]:
    return [part.strip().lower() for part in (prefer or "").split(",")]


async def _run_request(
    request: Request,
    engine: Engine,
    ip_address: ClientAddress,
    prefer: Annotated[
        str | None,
        Header(
            alias="Prefer",
            description="`wait=<seconds>`: answer 202 when the run takes longer; "
            "`respond-async`: run it from the queue, in the background",
        ),
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key", description="Requests with the same key are one execution, for 24 hours"
        ),
    ] = None,
) -> RunRequest:
    if len(request.headers.getlist("Idempotency-Key")) > 1:
        raise Invalid.field("Idempotency-Key", "is given more than once.")
    return RunRequest(
        workflow_name="",
        parameters={},
        hold_seconds=hold_seconds(prefer, engine.settings.hold_seconds),
        in_background=is_background(prefer),
        ip_address=ip_address,
        idempotency_key=idempotency_key,
    )


AsAsked = Annotated[RunRequest, Depends(_run_request)]
"""Everything about the run but what to run with which parameters."""
