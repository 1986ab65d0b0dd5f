"""ETags: storage's own, wrapped so that clients hand them back as they got them."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Response

from msp_core.errors import Invalid
from msp_core.models import Model

A = TypeVar("A", bound=Model)

_OURS = re.compile(r'(?:W/)?"([A-Za-z0-9_-]{1,512})"')


def etag_header(etag: str) -> str:
    """The ETag header for a row's storage ETag."""
    return '"' + urlsafe_b64encode(etag.encode()).decode().rstrip("=") + '"'


def set_etag(response: Response, etag: str) -> None:
    """Tell the caller which version of the resource this is."""
    response.headers["ETag"] = etag_header(etag)


def set_content_etag(response: Response, answer: A) -> A:
    """The same for what cannot be changed at this address: its version is its content.

    Returns:
        `answer`, as it was.
    """
    content = json.dumps(answer.model_dump(mode="json"))
    set_etag(response, hashlib.sha256(content.encode()).hexdigest())
    return answer


def parse_if_match(header: str | None) -> str | None:
    """The storage ETag that the caller last saw; None when any version will do.

    Raises:
        Invalid: The header holds none of our ETags, or several.
    """
    if header is None or header.strip() == "*":
        return None
    match = _OURS.fullmatch(header.strip())
    if match is None:
        raise Invalid.field("If-Match", "must be one ETag as an answer of this service had it, or *.")
    token = match[1]
    try:
        return urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except ValueError as error:
        raise Invalid.field("If-Match", "is not an ETag of this service.") from error


async def _if_match(
    if_match: Annotated[str | None, Header(alias="If-Match", description="The version you saw")] = None,
) -> str | None:
    return parse_if_match(if_match)


IfMatch = Annotated[str | None, Depends(_if_match)]
"""The version the caller wants to change, or None."""
