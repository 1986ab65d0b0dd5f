"""Serving an ASGI app on this machine only: for the sandboxes' processes and for tests."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator

import uvicorn
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_START_SECONDS = 15.0


def require_loopback(host: str) -> str:
    """Return `host` when it names this machine's loopback interface.

    Raises:
        ValueError: It does not; what listens here signs anybody in without a password.
    """
    if host == "localhost":
        return host
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host.strip("[]")).is_loopback:
            return host
    raise ValueError(f"refusing to listen on {host!r}: use localhost, 127.0.0.1 or ::1")


class LoopbackHostOnly:
    """Refuses a request whose Host header is not a loopback name.

    A page on the internet can point its own name at 127.0.0.1 and then read
    what listens there as if it were its own (DNS rebinding).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 421."""
        if scope["type"] == "http":
            host = Headers(scope=scope).get("host", "").rpartition(":")
            name = host[0] if host[1] and host[2].isdigit() else host[0] + host[1] + host[2]
            try:
                require_loopback(name)
            except ValueError:
                await PlainTextResponse("Misdirected request\n", 421)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


def _config(app: ASGIApp, *, log_level: str) -> uvicorn.Config:
    return uvicorn.Config(
        app, lifespan="off", ws="none", log_level=log_level, server_header=False, access_log=False
    )


def run(app: ASGIApp, *, host: str, port: int) -> None:
    """Serve `app` in this process until SIGINT or SIGTERM.

    Raises:
        ValueError: `host` is not loopback.
    """
    address = "127.0.0.1" if require_loopback(host) == "localhost" else host
    with contextlib.closing(_listen(address, port)) as listener:
        uvicorn.Server(_config(app, log_level="warning")).run(sockets=[listener])


class _AnnouncingServer(uvicorn.Server):
    """Tells other threads when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self.is_up.set()


@contextlib.contextmanager
def serving(make_app: Callable[[str], ASGIApp], *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve an app from a thread and yield its base URL.

    Args:
        make_app: Gets the base URL, which is known only once the port is bound.
        port: 0 takes any free port.

    Raises:
        ValueError: `host` is not loopback.
        RuntimeError: The server did not start.
    """
    listener = _listen(require_loopback(host), port)
    base_url = f"http://{host}:{listener.getsockname()[1]}"
    server = _AnnouncingServer(_config(make_app(base_url), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True, name=base_url)
    thread.start()
    try:
        if not server.is_up.wait(_START_SECONDS):
            raise RuntimeError(f"nothing answers on {base_url}")
        yield base_url
    finally:
        server.should_exit = True
        thread.join(_START_SECONDS)
        listener.close()
