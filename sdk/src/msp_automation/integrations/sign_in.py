"""OAuth's token request, as both built-in integrations and authors' own make it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx

from msp_automation.capabilities import IntegrationToken
from msp_automation.integrations.retrying import AnswerTooLarge
from msp_automation.integrations.transport import integration_error
from msp_automation.settings import where_to_set

if TYPE_CHECKING:
    from msp_automation.errors import IntegrationError
    from msp_automation.integrations.base import Authentication, Integration

_LONGEST_REASON = 500


async def request_token(
    auth: Authentication, integration: Integration, url: str, form: Mapping[str, str]
) -> httpx.Response:
    """Post to a token endpoint.

    Raises:
        IntegrationError: No answer came.
    """
    try:
        # Asking twice for a token does no harm.
        return await auth.http.post(url, data=dict(form), extensions={"safe_to_repeat": True})
    except (httpx.TransportError, httpx.InvalidURL, AnswerTooLarge) as error:
        raise _unanswered(integration, httpx.URL(url).host, error) from error


@contextmanager
def explained(integration: Integration) -> Iterator[None]:
    """What an author's own sign-in leaves to httpx, as an error that says what to do.

    Raises:
        IntegrationError: The sign-in was refused, or got no answer.
    """
    try:
        yield
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        raise integration_error(
            integration.name,
            f"{integration.label} refused the sign-in ({status}). Check its settings and secrets under "
            f"{where_to_set(integration.org, 'Integrations')}.",
            code=f"HTTP {status}",
            endpoint=f"{error.request.method} {error.request.url.path}",
            status=status,
            reason=error.response.text[:_LONGEST_REASON] or None,
        ) from error
    except (httpx.TransportError, AnswerTooLarge) as error:
        host = error.request.url.host if isinstance(error, httpx.TransportError) else "it"
        raise _unanswered(integration, host, error) from error


def _unanswered(integration: Integration, host: str, error: Exception) -> IntegrationError:
    return integration_error(
        integration.name,
        f"The sign-in to {integration.label} got no answer from {host}.",
        code="Unreachable",
        endpoint="POST token",
        reason=str(error) or type(error).__name__,
    )


def read_token(integration: Integration, response: httpx.Response) -> IntegrationToken:
    """Read a token endpoint's answer.

    Raises:
        IntegrationError: It holds no usable token.
    """
    try:
        body = response.json()
        token, seconds = body["access_token"], float(body.get("expires_in", 3600))
        if not isinstance(token, str) or not token:
            raise ValueError("access_token is no text")
    except (ValueError, KeyError, TypeError) as error:
        raise integration_error(
            integration.name,
            f"The sign-in to {integration.label} answered {response.status_code} without a usable token.",
            code="BadTokenAnswer",
            endpoint="POST token",
            status=response.status_code,
        ) from error
    return IntegrationToken(access_token=token, expires_at=datetime.now(UTC) + timedelta(seconds=seconds))
