"""A run's capabilities inside a runner: requests to the engine, which knows whose run it is."""

import asyncio
import itertools
from base64 import b64decode, b64encode
from typing import Any

from msp_automation import errors
from msp_automation.capabilities import IntegrationCall, IntegrationToken, LogLine
from msp_automation.files import FileReference
from workflow_engine.runners.channel import Frame
from workflow_engine.runners.outlet import Outlet
from workflow_engine.runners.threads import RunStopped


class PipeCapabilities:
    """Bound to one run; of no use once that run has ended."""

    def __init__(self, run_id: int, outlet: Outlet) -> None:
        self._run_id = run_id
        self._outlet = outlet
        self._loop = asyncio.get_running_loop()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._is_closed = False

    async def get_secret(self, name: str) -> str | None:
        """The secret's value, or None."""
        value: str | None = await self._ask("get_secret", name=name)
        return value

    async def get_token(self, integration: str, *, refresh: bool = False) -> IntegrationToken:
        """A token for a built-in integration."""
        return IntegrationToken.model_validate(
            await self._ask("get_token", integration=integration, refresh=refresh)
        )

    def write_log(self, line: LogLine) -> None:
        """Send one log line."""
        self._tell({"op": "log", "line": line.model_dump()})

    def record_call(self, call: IntegrationCall) -> None:
        """Send one integration call."""
        self._tell({"op": "call", "call": call.model_dump()})

    def show_variables(self, variables: dict[str, Any]) -> None:
        """Send what the variables hold now."""
        self._tell({"op": "variables", "variables": variables})

    async def set_progress(self, fraction: float, message: str | None) -> None:
        """Show how far the run is."""
        await self._ask("set_progress", fraction=fraction, message=message)

    async def save_checkpoint(self, name: str, data: Any) -> None:
        """Keep data with the execution's record."""
        await self._ask("save_checkpoint", name=name, data=data)

    async def read_file(self, file_id: str, offset: int, length: int) -> bytes:
        """A piece of one of the run's own files."""
        piece: str = await self._ask("read_file", file_id=file_id, offset=offset, length=length)
        return b64decode(piece)

    async def begin_file(self, name: str, content_type: str) -> str:
        """Start to save a file."""
        file_id: str = await self._ask("begin_file", name=name, content_type=content_type)
        return file_id

    async def append_to_file(self, file_id: str, content: bytes) -> None:
        """Add a piece to it."""
        await self._ask("append_to_file", file_id=file_id, content=b64encode(content).decode())

    async def finish_file(self, file_id: str) -> FileReference:
        """Keep it."""
        return FileReference.model_validate(await self._ask("finish_file", file_id=file_id))

    def answer(self, frame: Frame) -> None:
        """Take the engine's reply to a request."""
        waiting = self._waiting.pop(frame["number"], None)
        if waiting is None or waiting.done():
            return
        if (error := frame.get("error")) is not None:
            waiting.set_exception(_revive(error))
        else:
            waiting.set_result(frame["value"])

    def close(self) -> None:
        """Refuse everything from now on: the run has ended."""
        self._is_closed = True
        for waiting in self._waiting.values():
            waiting.cancel()

    def _tell(self, frame: Frame) -> None:
        if not self._is_closed:
            self._outlet.send({**frame, "id": self._run_id})

    async def _ask(self, what: str, **arguments: Any) -> Any:
        if asyncio.get_running_loop() is self._loop:
            return await self._ask_here(what, arguments)
        # A `def` workflow may drive a loop of its own in its thread.
        asked = asyncio.run_coroutine_threadsafe(self._ask_here(what, arguments), self._loop)
        return await asyncio.wrap_future(asked)

    async def _ask_here(self, what: str, arguments: dict[str, Any]) -> Any:
        if self._is_closed:
            raise RunStopped("The run has ended; nothing more can be asked for it.")
        number = next(self._numbers)
        self._waiting[number] = waiting = self._loop.create_future()
        try:
            self._outlet.send(
                {"op": "ask", "id": self._run_id, "number": number, "what": what, "arguments": arguments}
            )
        except ValueError as error:
            del self._waiting[number]
            raise errors.WorkflowError(f"{what}: the data is too large to be kept. {error}") from error
        return await waiting


def _revive(error: dict[str, Any]) -> errors.WorkflowError:
    """Rebuild the engine's error as the SDK's of the same name, so that authors can catch it."""
    kind = getattr(errors, error["type"], errors.WorkflowError)
    if not (isinstance(kind, type) and issubclass(kind, errors.WorkflowError)):
        kind = errors.WorkflowError
    revived: errors.WorkflowError = kind(error["message"], details=error["details"])
    return revived
