"""A runner's way to the engine: one socket, for the loop, for threads, and before there is a loop."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable

from workflow_engine.runners.channel import BrokenChannel, Frame, FrameReader, encode


class Outlet(asyncio.Protocol):
    """Sends frames in order and hands on what arrives."""

    def __init__(
        self, channel: socket.socket, *, on_frame: Callable[[Frame], None], on_lost: Callable[[], None]
    ) -> None:
        self._socket = channel
        self._on_frame = on_frame
        self._on_lost = on_lost
        self._reader = FrameReader()
        self._transport: asyncio.WriteTransport | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._loop_thread = 0
        self.is_writing = False
        """True while a frame is half written: a signal handler must not write or raise then."""

    async def connect(self) -> None:
        """Go from blocking writes to those of the running loop."""
        self._loop = asyncio.get_running_loop()
        self._loop_thread = threading.get_ident()
        self._socket.setblocking(False)
        await self._loop.create_unix_connection(lambda: self, sock=self._socket)

    def send(self, frame: Frame) -> None:
        """Send one frame; what cannot be sent because the engine is gone is dropped."""
        data = encode(frame)
        if self._loop is None:
            with contextlib.suppress(OSError):
                self._socket.sendall(data)
        elif threading.get_ident() == self._loop_thread:
            self._write(data)
        else:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._write, data)

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self.is_writing = True
            try:
                self._transport.write(data)
            finally:
                self.is_writing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Hand on each frame that is complete."""
        try:
            frames = self._reader.feed(data)
        except BrokenChannel:
            self._on_lost()
            return
        for frame in frames:
            self._on_frame(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell that the engine is gone."""
        self._on_lost()
