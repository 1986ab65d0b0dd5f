"""What an author's function receives: one organization's world, and nothing of another's."""

from __future__ import annotations

import logging
from collections.abc import Coroutine, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from msp_automation.capabilities import (
    CallerInfo,
    Capabilities,
    IntegrationCall,
    IntegrationToken,
    LogLine,
    OrganizationInfo,
    RunSnapshot,
)
from msp_automation.errors import ConfigurationError, WorkflowError
from msp_automation.files import FileReference, save_file
from msp_automation.jsonable import to_jsonable
from msp_automation.redaction import Redactor
from msp_automation.run_log import RunLog, RunLogHandler
from msp_automation.settings import Config, Secrets

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

    from msp_automation.integrations.base import Integration
    from msp_automation.integrations.halopsa import HaloPsa
    from msp_automation.integrations.msgraph import MsGraph
    from msp_automation.integrations.network import Network

__all__ = [
    "CallerInfo",
    "Capabilities",
    "IntegrationCall",
    "IntegrationToken",
    "LogLine",
    "OrganizationContext",
    "OrganizationInfo",
    "RunSnapshot",
    "install_log_capture",
    "running_context",
]

T = TypeVar("T")

running_context: ContextVar[OrganizationContext] = ContextVar("msp_running_context")


class OrganizationContext:
    """The organization, its caller, and what the run may use on their behalf.

    Attributes:
        caller: Who started the run.
        execution_id: The id in the history.
        config: `config.get(key, default)` and `config.require(key)`, typed values.
        secrets: `await secrets.get(name)` and `await secrets.require(name)`.
        log: `log.info(message, **data)`; the standard `logging` module works alike.
        variables: A dict the author fills; kept with the execution's record.
    """

    def __init__(
        self,
        snapshot: RunSnapshot,
        capabilities: Capabilities,
        *,
        integration_types: Mapping[str, type[Integration]] | None = None,
        keep_connections: bool = True,
        network: Network | None = None,
    ) -> None:
        self._keep_connections = keep_connections
        self._network = network
        self.snapshot = snapshot
        self.redactor = Redactor()
        self.config = Config(snapshot.config, snapshot.org)
        self.secrets = Secrets(self.config, capabilities, self.redactor, snapshot.org)
        self.log = RunLog(capabilities.write_log, self.redactor)
        self.variables: dict[str, Any] = {}
        self._capabilities = capabilities
        self._integration_types = dict(integration_types or {})
        self._integrations: dict[str, Integration] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waits: set[Future[Any]] = set()

    @property
    def org(self) -> OrganizationInfo:
        """The client organization: `id`, `name`, `tenant_id`.

        Raises:
            ConfigurationError: The run has no organization.
        """
        return self.require_org()

    @property
    def has_org(self) -> bool:
        """Whether the run works for an organization."""
        return self.snapshot.org is not None

    @property
    def caller(self) -> CallerInfo:
        """Who started the run: `user_id`, `email`, `name`, `user_type`."""
        return self.snapshot.caller

    @property
    def execution_id(self) -> str:
        """The run's id in the history."""
        return self.snapshot.execution_id

    def require_org(self) -> OrganizationInfo:
        """The client organization, or an error that tells the technician to choose one."""
        if self.snapshot.org is None:
            raise ConfigurationError(
                f"{self.snapshot.name!r} runs without an organization here. Choose one and run it again."
            )
        return self.snapshot.org

    @overload
    def get_integration(self, name: Literal["msgraph"]) -> MsGraph: ...
    @overload
    def get_integration(self, name: Literal["halopsa"]) -> HaloPsa: ...
    @overload
    def get_integration(self, name: str) -> Any: ...
    def get_integration(self, name: str) -> Any:
        """The client of an integration, bound to this organization.

        Raises:
            ConfigurationError: It is unknown, not set up for this organization, or wrongly so.
        """
        if name not in self._integrations:
            from msp_automation.integrations.registry import build_client

            self._integrations[name] = build_client(
                name,
                org=self.snapshot.org,
                settings=self.snapshot.integrations.get(name),
                capabilities=self._capabilities,
                secrets=self.secrets,
                redactor=self.redactor,
                integration_types=self._integration_types,
                keep_connections=self._keep_connections,
                network=self._network,
            )
        return self._integrations[name]

    async def set_progress(self, fraction: float, message: str | None = None) -> None:
        """Show how far the run is.

        Args:
            fraction: From 0 to 1; anything outside is taken as the nearest of them.
            message: What is being done now, in a few words.
        """
        within = min(1.0, max(0.0, float(fraction)))
        text = None if message is None else self.redactor.redact_text(str(message))
        await self._capabilities.set_progress(within, text)

    async def save_checkpoint(self, name: str, data: Any) -> None:
        """Keep JSON data with the execution's record, for whoever looks at it later.

        Raises:
            WorkflowError: The data has no JSON form.
        """
        plain = to_jsonable(data, what=f"Checkpoint {name!r}")
        await self._capabilities.save_checkpoint(name, self.redactor.redact(plain))

    async def save_file(
        self, name: str, data: bytes | str | Path, *, content_type: str | None = None
    ) -> FileReference:
        """Save a file with the execution; put the answer into the result for people to download it.

        The file is kept as long as the execution. Secrets in it are not blanked.

        Args:
            name: A path before it and characters that a file name cannot have are taken away.
            data: Content, text (saved as UTF-8), or the path of a file on disk.
            content_type: A MIME type; by the name's ending unless given.

        Raises:
            WorkflowError: The name is empty, the file is too large, or there are too many.
        """
        return await save_file(self._capabilities, name, data, content_type)

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Wait for a coroutine from a plain `def` workflow: `context.wait(graph.get("/users"))`.

        Raises:
            WorkflowError: It is called where `await` belongs.
        """
        import asyncio

        try:
            asyncio.get_running_loop()
        except RuntimeError:
            if self._loop is None:
                return asyncio.run(coroutine)
            future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
            self._waits.add(future)
            try:
                return future.result()
            finally:
                self._waits.discard(future)
        coroutine.close()
        raise WorkflowError("context.wait(...) is for plain `def` functions. Here, write `await`.")

    def attach_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tell the context which loop its run lives in; `wait` uses it."""
        self._loop = loop

    def cancel_waits(self) -> None:
        """End every `wait` that is under way; a thread blocked in one could not be interrupted."""
        for future in list(self._waits):
            future.cancel()

    @classmethod
    def for_testing(
        cls,
        *,
        org: OrganizationInfo | str | None = "Contoso",
        caller: CallerInfo | None = None,
        config: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] | None = None,
        integrations: Mapping[str, Mapping[str, Any]] | None = None,
        endpoints: Mapping[str, Mapping[str, Any]] | None = None,
        integration_types: Mapping[str, type[Integration]] | None = None,
    ) -> OrganizationContext:
        """A context for a test, a REPL or a debugger; what the run does stays in `host_of(context)`.

        Args:
            org: An organization, its name, or None for a run without one.
            config: Typed values by key; `{"secretRef": "name"}` refers to a secret.
            secrets: Secret values by name.
            integrations: Settings by integration name, with secret names in them.
            endpoints: Deployment settings by integration name, such as
                `{"msgraph": {"authority": …, "base_url": …}}` of a sandbox.
            integration_types: The author's own integrations by name.
        """
        from msp_automation.local import testing_context

        return testing_context(
            cls,
            org=org,
            caller=caller,
            config=config or {},
            secrets=secrets or {},
            integrations=integrations or {},
            endpoints=endpoints or {},
            integration_types=integration_types or {},
            network=None,
        )

    @property
    def capabilities(self) -> Capabilities:
        """What the host does for this run; authors have no need of it."""
        return self._capabilities

    def __repr__(self) -> str:
        return f"OrganizationContext({self.snapshot.name!r}, execution_id={self.execution_id!r})"


def install_log_capture(level: int = logging.INFO) -> None:
    """Make the standard `logging` module write to the log of the run it is used in.

    Called once by a process that hosts runs; calling it again changes nothing.

    Args:
        level: The least level that the root logger lets through.
    """
    root = logging.getLogger()
    if not any(isinstance(handler, RunLogHandler) for handler in root.handlers):
        root.addHandler(RunLogHandler(running_context))
    if root.level > level or root.level == logging.NOTSET:
        root.setLevel(level)
