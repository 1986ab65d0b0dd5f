"""OAuth's token request, as both built-in integrations and authors' own make it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx

from msp_automation.capabilities import IntegrationToken
from msp_automation.integrations.retrying import AnswerTooLarge
from msp_automation.integrations.transport import integration_error

if TYPE_CHECKING:
    from msp_automation.integrations.base import Authentication, Integration


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
        raise integration_error(
            integration.name,
            f"The sign-in to {integration.label} got no answer from {httpx.URL(url).host}.",
            code="Unreachable",
            endpoint="POST token",
            reason=str(error) or type(error).__name__,
        ) from error


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
