"""The control routes that both sandboxes have, from a client's side."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import httpx


class SandboxControl:
    """Controls one sandbox over HTTP.

    Args:
        base_url: Of the sandbox, such as `http://localhost:9201`.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._http = httpx.Client(base_url=f"{base_url}/_sandbox/", timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def reset(self) -> None:
        """Go back to the first state; forget faults and requests."""
        self._json("POST", "reset")

    def throttle(self, count: int = 1, *, retry_after_seconds: float | None = 0, **where: Any) -> None:
        """Answer 429 to the next `count` requests; `where` is as in `Fault`: method, path, skip."""
        self._fault({"kind": "throttle", "count": count, "retryAfterSeconds": retry_after_seconds, **where})

    def fail(self, count: int = 1, *, status: int = 503, **where: Any) -> None:
        """Answer `status` to the next `count` requests; `where` may also hold `when="after"`."""
        self._fault({"kind": "error", "count": count, "status": status, **where})

    def delay(self, seconds: float, count: int = 1, **where: Any) -> None:
        """Let the next `count` requests wait."""
        self._fault({"kind": "delay", "count": count, "delaySeconds": seconds, **where})

    def clear_faults(self) -> None:
        """Forget the faults that have not happened yet."""
        self._json("DELETE", "faults")

    def pending_faults(self) -> list[dict[str, Any]]:
        """The faults that still wait for requests."""
        return list(self._json("GET", "faults"))

    def requests(self, *, method: str | None = None, path: str = "") -> list[dict[str, Any]]:
        """The requests that were seen; `path` is a part of the path."""
        seen = self._json("GET", "requests")
        return [entry for entry in seen if method in {None, entry["method"]} and path in entry["path"]]

    def _fault(self, fault: dict[str, Any]) -> None:
        self._json("POST", "faults", fault)

    def _json(self, method: str, path: str, body: Any = None) -> Any:
        response = self._http.request(method, path, json=body)
        if response.is_error:
            raise ValueError(f"{method} {path}: {response.status_code} {response.text}")
        return response.json() if response.content else None
