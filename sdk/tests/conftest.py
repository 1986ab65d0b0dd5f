"""A small HTTP server on loopback that answers as it is told and remembers what it was asked."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import struct
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

collect_ignore = ["author_repository"]  # a repository of its own, which a test copies and runs


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))

    @property
    def token(self) -> str | None:
        return self.headers.get("authorization")


@dataclass(frozen=True)
class Answer:
    status: int = 200
    json: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    delay: float = 0
    resets: bool = False

    def encode(self) -> bytes:
        body = (
            self.body
            if self.body is not None
            else b""
            if self.json is None
            else json.dumps(self.json).encode()
        )
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **self.headers}
        lines = [f"HTTP/1.1 {self.status} X", *(f"{key}: {value}" for key, value in headers.items())]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Server:
    """Answers each method and path with its script in turn; the last answer stays."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self.url = ""
        self._scripts: dict[str, list[Answer]] = defaultdict(list)
        self._writers: set[asyncio.StreamWriter] = set()

    def on(self, call: str, *answers: Answer) -> None:
        self._scripts[call] = list(answers)

    def asked_for(self, call: str) -> list[Asked]:
        return [one for one in self.asked if f"{one.method} {one.path}" == call]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            while await self._serve_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {
            key.lower(): value.strip() for key, _, value in (line.partition(":") for line in head[1:] if line)
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        parts = urlsplit(target)
        self.asked.append(Asked(method, parts.path, dict(parse_qsl(parts.query)), headers, body))
        script = self._scripts[f"{method} {parts.path}"] or [
            Answer(404, {"error": {"code": "NotFound", "message": "?"}})
        ]
        answer = script.pop(0) if len(script) > 1 else script[0]
        await asyncio.sleep(answer.delay)
        if answer.resets:
            # Linger of zero seconds: closing sends RST instead of FIN.
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        writer.write(answer.encode())
        await writer.drain()
        return True

    def close(self) -> None:
        for writer in list(self._writers):
            writer.close()


async def _running(server: Server) -> asyncio.Server:
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    return listener


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    listener = await _running(server)
    yield server
    listener.close()
    server.close()
    await asyncio.sleep(0)


@pytest.fixture
async def other_server() -> AsyncIterator[Server]:
    server = Server()
    listener = await _running(server)
    yield server
    listener.close()
    server.close()
    await asyncio.sleep(0)


@pytest.fixture
def answer() -> type[Answer]:
    return Answer


@pytest.fixture
def make_token() -> Callable[..., str]:
    """Makes a JWT that nobody verifies, as a client sees one."""

    def make(**claims: Any) -> str:
        parts = [{"alg": "RS256"}, claims]
        encoded = [
            base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts
        ]
        return ".".join([*encoded, "c2lnbmF0dXJl"])

    return make


@pytest.fixture
def author_root(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Writes author files, by path relative to the root."""

    def write(files: dict[str, str]) -> Path:
        for name, source in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source, encoding="utf-8")
        return tmp_path

    return write
