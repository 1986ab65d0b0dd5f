"""What the engine does for a run: the other end of the pipe to its runner."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from msp_automation.capabilities import IntegrationCall, IntegrationToken, LogLine, OrganizationInfo
from msp_automation.errors import ConfigurationError, WorkflowError
from msp_automation.files import FileReference
from msp_automation.integrations.base import StoreSecret
from msp_automation.redaction import Redactor
from msp_core.errors import MspError
from msp_core.executions.models import Progress
from workflow_engine.execution.files import RunFiles
from workflow_engine.execution.log import RunLog
from workflow_engine.execution.record import RunRecord
from workflow_engine.execution.tokens import IntegrationTokens

ReadSecret = Callable[[str], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class RunIntegration:
    """An integration as one run may use it.

    Args:
        settings: Complete, with the deployment's endpoints; secrets by name.
        read_secret: Resolves the names in `settings`, by the rule for whoever set them.
        store_secret: Renews the secrets that change as they are used. It stays in the engine: the
            run's own code gets access tokens, and never comes near it.
    """

    settings: Mapping[str, Any]
    read_secret: ReadSecret
    store_secret: StoreSecret


@dataclass(frozen=True, slots=True)
class RunBinding:
    """For whom a run works: everything it may reach is bound here, and nothing it says changes that."""

    org: OrganizationInfo | None
    read_secret: ReadSecret
    integrations: Mapping[str, RunIntegration]


class ServedCapabilities:
    """Serves secrets and tokens; what is told to it is dropped. Data providers need no more.

    `trouble` is the platform's own failure while serving, so that the answer can say so.
    """

    def __init__(self, binding: RunBinding, tokens: IntegrationTokens, redactor: Redactor) -> None:
        self._binding = binding
        self._tokens = tokens
        self._redactor = redactor
        self.secret_names: set[str] = set()
        self.trouble: MspError | None = None

    async def get_secret(self, name: str) -> str | None:
        """A secret by name: the organization's own, else the MSP's, else None."""
        return await self._read(self._binding.read_secret, name)

    async def get_token(self, integration: str, *, refresh: bool = False) -> IntegrationToken:
        """A token for a built-in integration of this run's organization.

        Raises:
            ConfigurationError: The organization does not have this integration.
            IntegrationError: The other system refused.
        """
        org = self._binding.org
        bound = self._binding.integrations.get(integration)
        if org is None or bound is None:
            whom = "runs without organization" if org is None else org.name
            raise ConfigurationError(
                f"The integration {integration} is not set up for {whom}. Set it up under Integrations."
            )

        async def get_secret(name: str) -> str | None:
            return await self._read(bound.read_secret, name)

        token = await self._tokens.get(
            integration,
            org=org,
            settings=bound.settings,
            get_secret=get_secret,
            store_secret=bound.store_secret,
            refresh=refresh,
        )
        self._redactor.add(token.access_token)
        return token

    async def _read(self, read: ReadSecret, name: str) -> str | None:
        self.secret_names.add(name)
        try:
            value = await read(name)
        except MspError as error:
            self.trouble = error
            raise
        self._redactor.add(value)
        return value

    def write_log(self, line: LogLine) -> None:
        """Nobody reads it."""

    def record_call(self, call: IntegrationCall) -> None:
        """Nobody reads it."""

    async def set_progress(self, fraction: float, message: str | None) -> None:
        """Nobody sees it."""

    def show_variables(self, variables: dict[str, Any]) -> None:
        """Nobody looks on."""

    async def save_checkpoint(self, name: str, data: Any) -> None:
        """Nobody keeps it."""

    async def read_file(self, file_id: str, offset: int, length: int) -> bytes:
        """Refused."""
        raise _no_files()

    async def begin_file(self, name: str, content_type: str) -> str:
        """Refused."""
        raise _no_files()

    async def append_to_file(self, file_id: str, content: bytes) -> None:
        """Refused."""
        raise _no_files()

    async def finish_file(self, file_id: str) -> FileReference:
        """Refused."""
        raise _no_files()


def _no_files() -> WorkflowError:
    return WorkflowError("A data provider has no files: only workflows read and save them.")


class RunCapabilities(ServedCapabilities):
    """The same for an execution, which keeps what it is told."""

    def __init__(
        self,
        binding: RunBinding,
        tokens: IntegrationTokens,
        redactor: Redactor,
        *,
        log: RunLog,
        record: RunRecord,
        files: RunFiles,
    ) -> None:
        super().__init__(binding, tokens, redactor)
        self.files = files
        self._log = log
        self._record = record
        self.progress: Progress | None = None
        self.news = 0
        """Counts what the live row does not show yet once it was renewed."""

    def write_log(self, line: LogLine) -> None:
        """Keep one log line."""
        self._log.write(line)

    def record_call(self, call: IntegrationCall) -> None:
        """Keep one integration call."""
        self._record.add_call(call)
        self.news += 1

    async def set_progress(self, fraction: float, message: str | None) -> None:
        """Show how far the run is, 0 to 1."""
        text = None if message is None else self._redactor.redact_text(message)[:500]
        self.progress = Progress(fraction=min(1.0, max(0.0, fraction)), message=text)
        self.news += 1
        self._log.notify()

    def show_variables(self, variables: dict[str, Any]) -> None:
        """Show them until the run's end replaces them."""
        self._record.live_variables = self._record.clean_live(variables)
        self.news += 1

    async def save_checkpoint(self, name: str, data: Any) -> None:
        """Keep data with the record."""
        self._record.add_checkpoint(name, data)
        self.news += 1

    async def read_file(self, file_id: str, offset: int, length: int) -> bytes:
        """A piece of one of the run's own files."""
        return await self.files.read(file_id, offset, length)

    async def begin_file(self, name: str, content_type: str) -> str:
        """Start to save a file."""
        return await self.files.begin(self._redactor.redact_text(name), content_type)

    async def append_to_file(self, file_id: str, content: bytes) -> None:
        """Add a piece to it."""
        await self.files.append(file_id, content)

    async def finish_file(self, file_id: str) -> FileReference:
        """Keep it."""
        return await self.files.finish(file_id)
