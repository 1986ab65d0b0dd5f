"""A folder of author files, pools over it, and a host that keeps what runs ask for."""

import asyncio
import textwrap
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from msp_automation.capabilities import (
    CallerInfo,
    IntegrationCall,
    IntegrationToken,
    LogLine,
    OrganizationInfo,
    RunSnapshot,
)
from msp_automation.files import PIECE_BYTES, FileReference
from workflow_engine.runners.models import Kind
from workflow_engine.runners.pool import PoolSettings, RunnerPool, Runners, RunOutcome

HEADER = """\
import asyncio, os, signal, subprocess, sys, threading, time
from msp_automation import *
"""
CONTOSO = "20000000-0000-4000-8000-000000000001"


class RecordingHost:
    """Serves a run and keeps what it did."""

    def __init__(self, secrets: dict[str, str] | None = None) -> None:
        self.secrets = secrets or {}
        self.lines: list[LogLine] = []
        self.calls: list[IntegrationCall] = []
        self.progress: list[tuple[float, str | None]] = []
        self.checkpoints: dict[str, Any] = {}
        self.variables: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self.refusal: Exception | None = None

    @property
    def messages(self) -> list[str]:
        return [line.message for line in self.lines]

    async def get_secret(self, name: str) -> str | None:
        if self.refusal is not None:
            raise self.refusal
        return self.secrets.get(name)

    async def get_token(self, integration: str, *, refresh: bool = False) -> IntegrationToken:
        expires = datetime.now(UTC) + timedelta(hours=1)
        return IntegrationToken(access_token=f"token-for-{integration}", expires_at=expires, tenant_id="t")

    def write_log(self, line: LogLine) -> None:
        self.lines.append(line)

    def record_call(self, call: IntegrationCall) -> None:
        self.calls.append(call)

    async def set_progress(self, fraction: float, message: str | None) -> None:
        self.progress.append((fraction, message))

    def show_variables(self, variables: dict[str, Any]) -> None:
        self.variables.append(variables)

    async def save_checkpoint(self, name: str, data: Any) -> None:
        self.checkpoints[name] = data

    async def read_file(self, file_id: str, offset: int, length: int) -> bytes:
        return self.files[file_id][offset : offset + length]

    async def begin_file(self, name: str, content_type: str) -> str:
        self.files[name] = b""
        return name

    async def append_to_file(self, file_id: str, content: bytes) -> None:
        assert len(content) <= PIECE_BYTES
        self.files[file_id] += content

    async def finish_file(self, file_id: str) -> FileReference:
        size = len(self.files[file_id])
        return FileReference(file_id=file_id, name=file_id, content_type="text/csv", size_bytes=size)


class Stage:
    """Author files, a pool over them, and runs in it."""

    Host = RecordingHost

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pools: list[Runners] = []
        for folder in ("workflows", "data_providers"):
            (root / folder).mkdir(parents=True)

    def write(self, file: str, code: str) -> Path:
        """Write an author file; the usual imports are put above it."""
        path = self.root / file
        path.parent.mkdir(exist_ok=True)
        # At once, so that a watcher never meets half a file.
        draft = path.with_suffix(".draft")
        draft.write_text(HEADER + textwrap.dedent(code))
        draft.replace(path)
        return path

    async def start(self, *, on_catalog: Any = None, **settings: Any) -> RunnerPool:
        pool = RunnerPool(self.root, PoolSettings(**settings), on_catalog=on_catalog)
        self.pools.append(pool)
        await pool.start()
        return pool

    async def close(self) -> None:
        for pool in self.pools:
            await pool.close()

    def snapshot(
        self, name: str, *, kind: Kind = "workflow", timeout: float = 30, org: str = CONTOSO
    ) -> RunSnapshot:
        return RunSnapshot(
            execution_id=f"execution-of-{name}",
            kind=kind,
            name=name,
            org=OrganizationInfo(id=org, name="Contoso", tenant_id="t"),
            caller=CallerInfo(
                user_id="t.o", email="technician@msp.example", name="Service Desk Technician", user_type="MSP"
            ),
            timeout_seconds=timeout,
        )

    async def run(
        self,
        name: str,
        parameters: dict[str, Any] | None = None,
        *,
        kind: Kind = "workflow",
        timeout: float = 30,
        org: str = CONTOSO,
        host: RecordingHost | None = None,
    ) -> RunOutcome:
        """Prepare a run in the newest pool and see it to its end."""
        prepared = await self.pools[-1].prepare(kind, name, parameters or {}, org_id=org)
        snapshot = self.snapshot(name, kind=kind, timeout=timeout, org=org)
        return await prepared.run(snapshot, host or RecordingHost())

    async def begin(self, name: str, parameters: dict[str, Any] | None = None, **further: Any) -> Any:
        """Start a run that logs something first, and see that it has begun."""
        host = further.setdefault("host", RecordingHost())
        task = asyncio.create_task(self.run(name, parameters, **further))
        await self.until(lambda: host.lines or task.done())
        assert not task.done()
        return task

    async def until(self, holds: Callable[[], object], *, seconds: float = 20) -> None:
        """Wait until something holds; the bound is for a machine that is busy with other things."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"This did not come to hold within {seconds} s."
            await asyncio.sleep(0.01)


@pytest.fixture
def stage_type() -> type[Stage]:
    """For tests that choose their event loop."""
    return Stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Author files and pools of one test."""
    stage = Stage(tmp_path / "engine")
    yield stage
    await stage.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Author files and one pool of all tests of a module."""
    stage = Stage(tmp_path_factory.mktemp("engine") / "root")
    yield stage
    await stage.close()
