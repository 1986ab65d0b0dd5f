"""What the glue asks of an app: a few options, and a container of services."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from msp_core.identity.tokens import TokenValidator
    from msp_core.permissions.scopes import ScopeResolver

DEFAULT_MAX_BODY_BYTES = 1024 * 1024
DEFAULT_REQUESTS_PER_MINUTE = 600
DEFAULT_REQUEST_BURST = 100


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """How an app answers HTTP.

    Args:
        cors_origins: Browser origins that may call, such as `https://app.contoso.example`.
        is_behind_proxy: A proxy of ours adds the client's address to X-Forwarded-For.
        proxy_hops: How many proxies of ours add to it, each at its end: Azure's front end is one, a Front
            Door or gateway before it another.
        max_body_bytes: Larger request bodies are refused with 413.
        upload_path: A pattern of the paths to which files are posted; those bodies have their own limit.
        max_upload_bytes: That limit; the route may hold to a smaller one.
        requests_per_minute: What one person may ask in the long run, of each process; 0 is no limit.
        request_burst: What one person may ask at once after a pause.
        shows_docs: Serve the browsable API description at `/api/docs` (local development).
    """

    cors_origins: tuple[str, ...] = ()
    is_behind_proxy: bool = False
    proxy_hops: int = 1
    max_body_bytes: int = DEFAULT_MAX_BODY_BYTES
    upload_path: str | None = None
    max_upload_bytes: int = DEFAULT_MAX_BODY_BYTES
    requests_per_minute: int = DEFAULT_REQUESTS_PER_MINUTE
    request_burst: int = DEFAULT_REQUEST_BURST
    shows_docs: bool = False

    def body_limit(self, method: str, path: str) -> int:
        """How many bytes a request's body may have."""
        is_upload = (
            self.upload_path is not None
            and method == "POST"
            and re.fullmatch(self.upload_path, path) is not None
        )
        return self.max_upload_bytes if is_upload else self.max_body_bytes


class HttpContainer(Protocol):
    """The services that the glue itself needs; an app's container has many more.

    Reading a property connects to nothing: clients are built on first use.
    """

    @property
    def http(self) -> HttpOptions:
        """How this app answers HTTP."""
        ...

    @property
    def token_validator(self) -> TokenValidator:
        """Checks bearer tokens."""
        ...

    @property
    def scope_resolver(self) -> ScopeResolver:
        """Decides who may do what in which organization."""
        ...

    async def start(self) -> None:
        """Warm up what the first request would wait for; safe to call more than once."""
        ...

    async def close(self) -> None:
        """End background work and close every client."""
        ...
