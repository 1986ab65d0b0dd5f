"""One run on the engine's side of the pipe: serves its capabilities and keeps how it ends."""

import asyncio
import logging
from base64 import b64decode, b64encode
from typing import Any

from msp_automation.capabilities import Capabilities, IntegrationCall, LogLine
from msp_automation.errors import WorkflowError
from msp_core.errors import MspError
from workflow_engine.runners.channel import Frame
from workflow_engine.runners.models import RunError, RunOutcome, RunStatus

logger = logging.getLogger(__name__)


class NotStarted(Exception):
    """The runner never began the run; another one may."""


class ActiveRun:
    """A run that its runner has, from the run frame to the outcome."""

    def __init__(self, run_id: int, capabilities: Capabilities, timeout_seconds: float) -> None:
        self.id = run_id
        self.timeout_seconds = timeout_seconds
        self.outcome: asyncio.Future[RunOutcome] = asyncio.get_running_loop().create_future()
        self.has_started = False
        self.ending: RunStatus | None = None
        self.stack: list[str] = []
        self.timers: list[asyncio.TimerHandle] = []
        self._capabilities = capabilities
        self._requests: set[asyncio.Task[None]] = set()

    @property
    def is_over(self) -> bool:
        """Whether its outcome is known."""
        return self.outcome.done()

    def take_outcome(self, frame: Frame) -> None:
        """Take the runner's own account of the end."""
        status = RunStatus(frame["status"])
        if status in (RunStatus.TIMED_OUT, RunStatus.CANCELLED):
            self.finish(self.stopped(status, frame["variables"]))
        else:
            self.finish(
                RunOutcome(
                    status=status,
                    result=frame.get("result"),
                    error=frame.get("error"),
                    variables=frame["variables"],
                )
            )

    def finish(self, outcome: RunOutcome) -> None:
        """End it, once."""
        self._clean_up()
        if not self.outcome.done():
            self.outcome.set_result(outcome)

    def give_back(self) -> None:
        """End it as never started."""
        self._clean_up()
        if not self.outcome.done():
            self.outcome.set_exception(NotStarted)

    def stopped(self, status: RunStatus, variables: dict[str, Any] | None = None) -> RunOutcome:
        """The outcome of this run, cancelled or over its limit."""
        return stopped(
            status, timeout_seconds=self.timeout_seconds, stack=self.stack, variables=variables or {}
        )

    def interrupted(self, message: str, *, collateral: bool, details: dict[str, Any]) -> RunOutcome:
        """The outcome of a run whose runner has died."""
        told = {**details, "collateral": collateral} | ({"stuckAt": self.stack} if self.stack else {})
        error = RunError(type="Interrupted", message=message, details=told, kinds=("Interrupted",))
        return RunOutcome(status=RunStatus.INTERRUPTED, error=error, collateral=collateral)

    def write_log(self, frame: Frame) -> None:
        """Hand on a log line."""
        self._capabilities.write_log(LogLine.model_validate(frame["line"]))

    def record_call(self, frame: Frame) -> None:
        """Hand on an integration call."""
        self._capabilities.record_call(IntegrationCall.model_validate(frame["call"]))

    def show_variables(self, frame: Frame) -> None:
        """Hand on what the run's variables hold now."""
        self._capabilities.show_variables(frame["variables"])

    async def serve(self, frame: Frame) -> Frame:
        """Answer one request of the run."""
        reply: Frame = {"op": "reply", "id": self.id, "number": frame["number"]}
        try:
            return reply | {"value": await self._ask(frame["what"], frame["arguments"])}
        except WorkflowError as error:
            kind, message, details = type(error).__name__, error.message, error.details
        except MspError as error:
            kind, message, details = "WorkflowError", error.message, {"code": error.code}
        except Exception:
            logger.exception("A run's request %s failed.", frame["what"])
            kind, message, details = "WorkflowError", f"The platform could not serve {frame['what']}.", {}
        return reply | {"error": {"type": kind, "message": message, "details": details}}

    def begin_request(self, request: asyncio.Task[None]) -> None:
        """Tie a request to the run: it is given up when the run ends."""
        self._requests.add(request)
        request.add_done_callback(self._requests.discard)

    async def _ask(self, what: str, arguments: dict[str, Any]) -> Any:
        match what:
            case "get_secret":
                return await self._capabilities.get_secret(arguments["name"])
            case "get_token":
                token = await self._capabilities.get_token(
                    arguments["integration"], refresh=arguments["refresh"]
                )
                return token.model_dump(mode="json")
            case "set_progress":
                return await self._capabilities.set_progress(arguments["fraction"], arguments["message"])
            case "save_checkpoint":
                return await self._capabilities.save_checkpoint(arguments["name"], arguments["data"])
            case "read_file":
                piece = await self._capabilities.read_file(
                    arguments["file_id"], arguments["offset"], arguments["length"]
                )
                return b64encode(piece).decode()
            case "begin_file":
                return await self._capabilities.begin_file(arguments["name"], arguments["content_type"])
            case "append_to_file":
                content = b64decode(arguments["content"], validate=True)
                return await self._capabilities.append_to_file(arguments["file_id"], content)
            case "finish_file":
                return (await self._capabilities.finish_file(arguments["file_id"])).model_dump(mode="json")
        raise WorkflowError(f"A run cannot ask for {what!r}.")

    def _clean_up(self) -> None:
        for timer in self.timers:
            timer.cancel()
        for request in self._requests:
            request.cancel()


def stopped(
    status: RunStatus, *, timeout_seconds: float, stack: list[str], variables: dict[str, Any]
) -> RunOutcome:
    """The outcome of a run that was cancelled or reached its limit; `stack` says where it was."""
    details: dict[str, Any] = {"stuckAt": stack} if stack else {}
    if status is RunStatus.TIMED_OUT:
        details["timeoutSeconds"] = timeout_seconds
        message = f"The run took longer than its limit of {timeout_seconds:g} s and was stopped."
        kinds = ("WorkflowTimeout", "WorkflowError")
        error = RunError(type="WorkflowTimeout", message=message, details=details, kinds=kinds)
    else:
        error = RunError(type="Cancelled", message="The run was cancelled.", details=details or None)
    return RunOutcome(status=status, error=error, variables=variables)
