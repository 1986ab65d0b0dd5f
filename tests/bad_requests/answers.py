"""What must hold for every answer, whatever was asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
from schemathesis.core.failures import Failure, FailureGroup
from tests.bad_requests.generating import Draft

_SERVER_ERROR = 500
_CLIENT_ERROR = 400
# The sandboxes and the options behind a route may fail; storage is there the whole time.
_OF_UPSTREAM = frozenset({502, 504})
_ELSEWHERE = frozenset({404, 405})


def problems(draft: Draft, answer: httpx.Response) -> Iterator[str]:
    """What is wrong with an answer, a sentence for each."""
    status, route = answer.status_code, draft.route
    due = route.statuses if draft.reaches_its_route else route.statuses | _ELSEWHERE
    if status >= _SERVER_ERROR and status not in _OF_UPSTREAM & route.statuses:
        yield f"{status} is an error of ours"
    elif status not in due:
        yield f"{status} is not documented"
    if not answer.headers.get("X-Request-Id"):
        yield "no X-Request-Id"
    if status >= _CLIENT_ERROR:
        yield from _of_error(answer)
    elif draft.reaches_its_route:
        yield from _of_success(draft, answer)


def _of_success(draft: Draft, answer: httpx.Response) -> Iterator[str]:
    # schemathesis writes the request anew and refuses headers that ours may have had.
    plain = httpx.Request(answer.request.method, answer.request.url)
    copy = httpx.Response(answer.status_code, headers=answer.headers, content=answer.content, request=plain)
    copy.elapsed = timedelta()
    try:
        draft.route.described.validate_response(copy)
    except FailureGroup as failures:
        yield from (f"{type(one).__name__}: {one.message}" for one in failures.exceptions)
    except Failure as failure:
        yield f"{type(failure).__name__}: {failure.message}"


def _of_error(answer: httpx.Response) -> Iterator[str]:
    try:
        body = answer.json()
    except ValueError:
        yield f"{answer.status_code} without JSON"
        return
    if not isinstance(body, dict) or set(body) != {"error", "message", "details"}:
        yield f"{answer.status_code} in another shape than that of errors"
        return
    message, code = body["message"], body["error"]
    if not (isinstance(message, str) and " " in message.strip()):
        yield f"{answer.status_code} without a sentence"
    if not (isinstance(code, str) and code.isidentifier()):
        yield f"{answer.status_code} without a code"
    if not isinstance(body["details"], dict):
        yield f"{answer.status_code} whose details are no object"
    if "Traceback" in answer.text or "site-packages" in answer.text:
        yield f"{answer.status_code} with a traceback"
