"""Addresses as they may be recorded: path templates, never ids or queries."""

from __future__ import annotations

import re
from urllib.parse import unquote

import httpx

_DEFAULT_PORTS = {"https": 443, "http": 80}
_ODATA_KEY = re.compile(r"\('[^']*'\)")
_ID = re.compile(
    r"[0-9]+"
    r"|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|(?=[^/]*[0-9])[A-Za-z0-9_=!.-]{16,}"
)


def origin_of(url: httpx.URL) -> tuple[str, str, int | None]:
    """Scheme, host and port of an address."""
    return url.scheme, url.host.lower(), url.port or _DEFAULT_PORTS.get(url.scheme)


def endpoint_of(request: httpx.Request) -> str:
    """The path template of a request, for records and messages.

    Relative to the integration's base address. The template it was built from
    where there is one; otherwise segments that look like ids or e-mail addresses
    become `{id}`.
    """
    template = request.extensions.get("template")
    if isinstance(template, str):
        return template.partition("?")[0]
    base = str(request.extensions.get("base_path") or "").rstrip("/")
    path = _ODATA_KEY.sub("('{id}')", unquote(request.url.path.removeprefix(base)))
    return "/".join("{id}" if _is_id(segment) else segment for segment in path.split("/"))


def _is_id(segment: str) -> bool:
    return "@" in segment or _ID.fullmatch(segment) is not None
