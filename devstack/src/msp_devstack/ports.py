"""The addresses of the local stack."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Ports:
    """One loopback port per service."""

    client: int = 5173
    management: int = 7071
    engine: int = 7072
    identity: int = 9100
    graph: int = 9201
    halopsa: int = 9202
    blob: int = 10000
    queue: int = 10001
    table: int = 10002

    @classmethod
    def free(cls) -> Ports:
        """Ports that nobody listens on, for a stack beside another one."""
        with ExitStack() as stack:
            sockets = [stack.enter_context(socket.socket()) for _ in fields(cls)]
            for one in sockets:
                one.bind(("127.0.0.1", 0))
            return cls(*(one.getsockname()[1] for one in sockets))

    def taken(self) -> dict[str, int]:
        """The services whose port somebody else listens on already."""
        found: dict[str, int] = {}
        for field in fields(self):
            port: int = getattr(self, field.name)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    found[field.name] = port
        return found

    def url(self, service: str) -> str:
        """Where `service` answers; always `localhost`, which browsers treat as secure."""
        return f"http://localhost:{getattr(self, service)}"
