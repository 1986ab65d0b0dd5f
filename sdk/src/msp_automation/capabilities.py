"""What a run may ask of its host, and the snapshot it starts from.

A run holds no credential of the platform. Whatever it may use, bound to one
organization and one caller, comes through `Capabilities`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from msp_automation.errors import WorkflowError
from msp_automation.file_names import safe_file_name
from msp_automation.files import FileReference
from msp_automation.metadata import Wire

if TYPE_CHECKING:
    from msp_automation.integrations.network import Network

UserType = Literal["MSP", "ORG"]
RunKind = Literal["workflow", "provider"]
LogLevel = Literal["debug", "info", "warning", "error"]

# A token this close to its end is not used for another request.
TOKEN_LEEWAY = timedelta(seconds=60)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class OrganizationInfo(_Frozen):
    """The client organization a run works for."""

    id: str
    name: str
    tenant_id: str | None = None


class CallerInfo(_Frozen):
    """Who started the run; taken from their token, never from the request's body."""

    user_id: str
    email: str
    name: str
    user_type: UserType


class RunSnapshot(_Frozen):
    """Everything a run knows at its start, as JSON over the pipe to its runner.

    `config` holds effective, typed values; a secret reference appears as
    `{"secretRef": "name"}`. `integrations` holds effective settings, with the
    names of secrets only.
    """

    execution_id: str
    kind: RunKind
    name: str
    org: OrganizationInfo | None
    caller: CallerInfo
    config: dict[str, Any] = Field(default_factory=dict)
    integrations: dict[str, dict[str, Any]] = Field(default_factory=dict)
    timeout_seconds: float
    form_id: str | None = None


class IntegrationToken(_Frozen):
    """An access token for one integration of one organization; hidden in repr, not in JSON."""

    access_token: str = Field(repr=False)
    expires_at: datetime
    tenant_id: str | None = None

    def is_fresh(self, now: datetime | None = None) -> bool:
        """Whether the token holds for at least another minute."""
        return self.expires_at - (now or datetime.now(UTC)) > TOKEN_LEEWAY


class LogLine(Wire):
    """One line of a run's log, already redacted."""

    sequence: int
    timestamp: datetime
    level: LogLevel
    message: str
    data: dict[str, Any] = Field(default_factory=dict)


class IntegrationCall(Wire):
    """One HTTP call of an integration: no query, no headers, no bodies."""

    timestamp: datetime
    integration: str
    method: str
    endpoint: str
    status_code: int | None
    duration_ms: float


class Capabilities(Protocol):
    """What the host does for a run. The host knows for whom the run works."""

    async def get_secret(self, name: str) -> str | None:
        """The secret's value: the organization's own, else the global one, else None."""

    async def get_token(self, integration: str, *, refresh: bool = False) -> IntegrationToken:
        """A token for a built-in integration; `refresh` asks for a new one."""

    def write_log(self, line: LogLine) -> None:
        """Keep one log line."""

    def record_call(self, call: IntegrationCall) -> None:
        """Keep one integration call."""

    def show_variables(self, variables: dict[str, Any]) -> None:
        """Show what the run's variables hold now."""

    async def set_progress(self, fraction: float, message: str | None) -> None:
        """Show how far the run is, 0 to 1."""

    async def save_checkpoint(self, name: str, data: Any) -> None:
        """Keep JSON data with the execution's record."""

    async def read_file(self, file_id: str, offset: int, length: int) -> bytes:
        """At most `length` bytes of one of the run's own files."""

    async def begin_file(self, name: str, content_type: str) -> str:
        """Start to save a file; the id it will have."""

    async def append_to_file(self, file_id: str, content: bytes) -> None:
        """Add a piece of at most 1 MiB."""

    async def finish_file(self, file_id: str) -> FileReference:
        """Keep what was added; before that, there is no file."""


class LocalCapabilities:
    """Serves a run from this process and keeps what it does.

    It authenticates built-in integrations itself, which in the platform only
    the engine does.

    Attributes:
        lines: Log lines written.
        calls: Integration calls made.
        progress: (fraction, message) pairs shown.
        checkpoints: Data saved, by name.
        files: Content saved, by file id.
    """

    def __init__(
        self,
        *,
        org: OrganizationInfo | None,
        secrets: Mapping[str, str],
        integrations: Mapping[str, Mapping[str, Any]],
        network: Network | None = None,
    ) -> None:
        self._org = org
        self._network = network
        self._secrets = dict(secrets)
        self._integrations = {name: dict(settings) for name, settings in integrations.items()}
        self.lines: list[LogLine] = []
        self.calls: list[IntegrationCall] = []
        self.progress: list[tuple[float, str | None]] = []
        self.checkpoints: dict[str, Any] = {}
        self.files: dict[str, bytes] = {}
        self._begun: dict[str, tuple[str, str]] = {}

    def anew(self) -> LocalCapabilities:
        """The same for another run, in which nothing has been done."""
        return LocalCapabilities(
            org=self._org, secrets=self._secrets, integrations=self._integrations, network=self._network
        )

    async def get_secret(self, name: str) -> str | None:
        """The value handed to the constructor, or None."""
        return self._secrets.get(name)

    async def get_token(self, integration: str, *, refresh: bool = False) -> IntegrationToken:
        """Sign in to a built-in integration; a client keeps the token as long as it is fresh."""
        from msp_automation.integrations.registry import authenticate

        return await authenticate(
            integration,
            org=self._org,
            settings=self._integrations.get(integration, {}),
            get_secret=self.get_secret,
            store_secret=self._store_secret,
            network=self._network,
        )

    async def _store_secret(self, name: str, value: str, *, replaces: str) -> bool:
        is_unchanged = self._secrets.get(name) == replaces
        if is_unchanged:
            self._secrets[name] = value
        return is_unchanged

    def write_log(self, line: LogLine) -> None:
        """Keep the line in `lines`."""
        self.lines.append(line)

    def record_call(self, call: IntegrationCall) -> None:
        """Keep the call in `calls`."""
        self.calls.append(call)

    def show_variables(self, variables: dict[str, Any]) -> None:
        """Nobody looks on: they are read where they are."""

    async def set_progress(self, fraction: float, message: str | None) -> None:
        """Keep the pair in `progress`."""
        self.progress.append((fraction, message))

    async def save_checkpoint(self, name: str, data: Any) -> None:
        """Keep the data in `checkpoints`."""
        self.checkpoints[name] = data

    async def read_file(self, file_id: str, offset: int, length: int) -> bytes:
        """A piece of a file that this run saved.

        Raises:
            WorkflowError: It saved no such file.
        """
        if file_id not in self.files:
            raise WorkflowError("There is no such file in this run.")
        return self.files[file_id][offset : offset + length]

    async def begin_file(self, name: str, content_type: str) -> str:
        """Start a file in `files`."""
        safe = safe_file_name(name)
        if not safe:
            raise WorkflowError("A file needs a name.")
        file_id = str(uuid4())
        self.files[file_id], self._begun[file_id] = b"", (safe, content_type)
        return file_id

    async def append_to_file(self, file_id: str, content: bytes) -> None:
        """Add to a file in `files`."""
        self.files[file_id] += content

    async def finish_file(self, file_id: str) -> FileReference:
        """The finished file."""
        name, content_type = self._begun.pop(file_id)
        return FileReference(
            file_id=file_id, name=name, content_type=content_type, size_bytes=len(self.files[file_id])
        )
