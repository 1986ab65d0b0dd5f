"""Length-prefixed JSON frames over a socket: what the engine, the fork server and the runners speak.

Imports nothing of the platform: both ends of the pipe use it.
"""

import json
import struct
from typing import Any

from pydantic_core import PydanticSerializationError, from_json, to_json

Frame = dict[str, Any]

HEADER = struct.Struct("!I")
MAX_FRAME_BYTES = 32 * 1024 * 1024


class BrokenChannel(Exception):
    """The other end sent something that is no frame."""


def encode(frame: Frame) -> bytes:
    """Turn a frame into bytes: four bytes of length, then JSON.

    Raises:
        ValueError: The frame is larger than `MAX_FRAME_BYTES`.
    """
    try:
        body = to_json(frame)
    except (PydanticSerializationError, UnicodeEncodeError):
        # Lone surrogates (a file name, a broken decode) have no UTF-8; they arrive as question marks.
        body = json.dumps(frame, ensure_ascii=False, default=str).encode(errors="replace")
    if len(body) > MAX_FRAME_BYTES:
        raise ValueError(f"A frame of {len(body)} bytes is larger than {MAX_FRAME_BYTES}.")
    return HEADER.pack(len(body)) + body


class FrameReader:
    """Cuts a stream of bytes into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Take what was received and return the frames that are now complete.

        Raises:
            BrokenChannel: The bytes are not frames.
        """
        self._buffer += data
        frames: list[Frame] = []
        start = 0
        while len(self._buffer) - start >= HEADER.size:
            (length,) = HEADER.unpack_from(self._buffer, start)
            if length > MAX_FRAME_BYTES:
                raise BrokenChannel(f"A frame of {length} bytes was announced.")
            end = start + HEADER.size + length
            if len(self._buffer) < end:
                break
            frames.append(_decode(bytes(self._buffer[start + HEADER.size : end])))
            start = end
        if start:
            del self._buffer[:start]
        return frames


def _decode(body: bytes) -> Frame:
    try:
        frame = from_json(body)
    except ValueError as error:
        raise BrokenChannel(f"A frame is not JSON: {error}") from error
    if not isinstance(frame, dict):
        raise BrokenChannel("A frame is not an object.")
    return frame
