"""Run one workflow in this process, on a deployment's storage, for whoever is signed in: breakpoints hold.

The same path as in the engine: the token is checked, the scope resolver decides, the run is recorded.
What differs: it runs at once and once, whatever its declaration says of the queue and of further attempts,
and what the author's folder holds here is not published as the deployment's catalog.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

import structlog

from msp_automation import errors as sdk
from msp_automation.capabilities import LogLine
from msp_automation.metadata import Catalog, WorkflowMetadata
from msp_core.errors import MspError
from msp_core.executions.models import Execution, Trigger
from msp_core.permissions.models import OrgScope, Permission
from msp_http.errors import STATUS_OF_SDK_KIND, status_of
from workflow_engine.answers import ExecutionAnswer
from workflow_engine.container import Services, build_services
from workflow_engine.data_providers import OptionsQuery
from workflow_engine.execution.keeping import CANCEL_SECONDS, SHOW_SECONDS
from workflow_engine.execution.launching import RunRequest
from workflow_engine.runners.in_process import InProcessPool
from workflow_engine.runners.models import Kind
from workflow_engine.runners.prepared import Metadata
from workflow_engine.settings import Settings

OnLine = Callable[[Mapping[str, Any]], None]

# While the process stands at a breakpoint nothing is renewed, and the run is still its own.
LEASE_SECONDS: Final = 3600.0
_HEARTBEAT_SECONDS: Final = 60.0
_LOOKS_EVERY_SECONDS: Final = 0.05
_LINES_AT_ONCE: Final = 500
_LONGEST_HOLD_SECONDS: Final = 7 * 24 * 3600.0


class Refused(Exception):
    """The platform refuses, as it would over HTTP.

    Args:
        status: The HTTP status of such an answer.
        code: The error's name in it.
    """

    def __init__(self, status: int, code: str, message: str, details: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = dict(details)


class HerePool(InProcessPool):
    """Runs in this process, at once and once."""

    def metadata_of(self, kind: Kind, name: str) -> Metadata:
        """The declaration, without what would hand the run to another process."""
        metadata = super().metadata_of(kind, name)
        if isinstance(metadata, WorkflowMetadata):
            return metadata.model_copy(update={"execution_mode": "sync", "retries": 0})
        return metadata


class Here:
    """One person's runs in this process."""

    def __init__(self, services: Services, token: str) -> None:
        self._services = services
        self._token = token

    @property
    def catalog(self) -> Catalog:
        """What the author's folder declares."""
        return self._services.pool.catalog

    async def reload(self) -> None:
        """Import the author's files anew."""
        await self._services.pool.start()

    async def check(self, name: str, parameters: Mapping[str, Any]) -> None:
        """Check the parameters of a workflow.

        Raises:
            Refused: One is wrong, or there is no such workflow.
        """
        with _as_refused():
            (await self._services.pool.prepare("workflow", name, parameters)).release()

    async def options(
        self, provider: str, inputs: Mapping[str, Any], organization_id: str | None
    ) -> list[tuple[str, Any]]:
        """Labels and values that a data provider offers.

        Raises:
            Refused: The person may not run workflows there, or the provider fails.
        """
        with _as_refused():
            scope = await self._scope(None, organization_id)
            answer = await self._services.data_providers.options(scope, provider, OptionsQuery(inputs))
            return [(option.label, option.value) for option in answer.options]

    async def run(
        self, name: str, parameters: Mapping[str, Any], organization_id: str | None, on_line: OnLine
    ) -> dict[str, Any]:
        """Run a workflow to its recorded end; the execution as the engine answers it, with its calls.

        Args:
            on_line: Gets each line of its log as it comes.

        Raises:
            Refused: The person may not, or a parameter is wrong; nothing is recorded then.
        """
        with _as_refused():
            scope = await self._scope(name, organization_id)
            request = RunRequest(name, parameters, _LONGEST_HOLD_SECONDS, trigger=Trigger.CLI)
            launching = asyncio.create_task(self._services.launching.launch(scope, request))
            shown = _Shown(on_line)
            try:
                await self._follow(launching, shown)
                execution = await launching
            except asyncio.CancelledError:
                # Ctrl-C: the run is ended, and its end recorded.
                for run in self._services.running.live:
                    run.prepared.cancel()
                execution = await launching
            await self._show_rest(scope, execution, shown)
            return _shown_to(scope, execution)

    async def _follow(self, launching: asyncio.Task[Execution], shown: _Shown) -> None:
        live = None
        while not launching.done():
            live = live or next(iter(self._services.running.live), None)
            if live is not None:
                shown.show(live.log.after(shown.last, _LINES_AT_ONCE))
            await asyncio.wait([launching], timeout=_LOOKS_EVERY_SECONDS)

    async def _show_rest(self, scope: OrgScope, execution: Execution, shown: _Shown) -> None:
        """From the record: a short run is over before anybody looked."""
        is_done = False
        while not is_done:
            answer = await self._services.following.read_log(
                scope, execution.execution_id, after=shown.last, wait_seconds=0
            )
            shown.show(answer.items)
            is_done = answer.done or not answer.items

    async def _scope(self, name: str | None, organization_id: str | None) -> OrgScope:
        """As the engine's route for running a workflow decides it."""
        principal = await self._services.token_validator.validate(self._token)
        scopes = self._services.scope_resolver
        if organization_id is None and self._needs_no_organization(name):
            return await scopes.resolve_admin(principal)
        return await scopes.resolve(principal, organization_id, Permission.CAN_EXECUTE_WORKFLOWS)

    def _needs_no_organization(self, name: str | None) -> bool:
        return any(one.name == name and not one.requires_org for one in self.catalog.workflows)


@asynccontextmanager
async def run_here(
    environment: Mapping[str, str], root: Path, token: str, *, keeps_limits: bool = True
) -> AsyncIterator[Here]:
    """The parts of an engine that a run needs, without its queue, its clock and its catalog.

    Args:
        environment: The deployment's settings, `MSP_…`.
        root: The author's folder.
        token: The person's access token.
        keeps_limits: False lifts the time limits.
    """
    _quiet()
    settings = _settings(environment, root, keeps_limits=keeps_limits)
    pool = HerePool(settings.workflows_root, settings.pool_settings())
    services = build_services(settings, pool=pool)
    await pool.start()
    loops, keeping = services.loops, services.keeping
    loops.every(_HEARTBEAT_SECONDS, keeping.beat, name="heartbeat")
    loops.every(SHOW_SECONDS, keeping.show, name="live view")
    loops.every(CANCEL_SECONDS, keeping.heed_cancels, name="cancels")
    try:
        yield Here(services, token)
    finally:
        await loops.close()
        await services.running.stop_all(grace_seconds=0)
        await services.work.close()
        await pool.close()
        await services.executions.drain()
        await services.http.aclose()
        await services.storage.close()


def _settings(environment: Mapping[str, str], root: Path, *, keeps_limits: bool) -> Settings:
    given: dict[str, Any] = {
        name.removeprefix("MSP_").lower(): value
        for name, value in environment.items()
        if name.startswith("MSP_")
    }
    given |= {"workflows_root": root, "run_in_process": True, "no_timeout": not keeps_limits}
    given |= {"watch": False, "consume_queue": False, "run_schedules": False, "lease_seconds": LEASE_SECONDS}
    return Settings(**given)


@contextmanager
def _as_refused() -> Iterator[None]:
    """Turn the platform's errors into one kind, with the status they have over HTTP."""
    try:
        yield
    except MspError as error:
        raise Refused(status_of(error), error.code, error.message, error.details) from None
    except sdk.WorkflowError as error:
        known = next((kind for kind in type(error).__mro__ if kind in STATUS_OF_SDK_KIND), None)
        if known is None:
            raise
        status, code = STATUS_OF_SDK_KIND[known]
        raise Refused(status, code, error.message, error.details) from None


def _shown_to(scope: OrgScope, execution: Execution) -> dict[str, Any]:
    """What the one who ran it sees; what was called, as in the history, is not for clients' people."""
    answer = ExecutionAnswer.of(execution, scope).model_dump(mode="json", by_alias=True)
    calls = () if scope.is_client_user else execution.integration_calls
    return answer | {"integrationCalls": [call.model_dump(mode="json", by_alias=True) for call in calls]}


class _Shown:
    """Hands lines on, and knows the last one: a cancel does not show any of them twice."""

    def __init__(self, on_line: OnLine) -> None:
        self._on_line = on_line
        self.last = 0

    def show(self, lines: Sequence[LogLine]) -> None:
        for line in lines:
            self.last = line.sequence
            self._on_line(line.model_dump(mode="json"))


def _quiet() -> None:
    """Only what matters to whoever sits at the terminal, on standard error."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    for chatty in ("azure", "httpx", "httpcore"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
