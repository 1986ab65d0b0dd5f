"""The engine's settings, read from the environment with the prefix `MSP_`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from pydantic import Field

from msp_http.options import HttpOptions
from msp_http.settings import PlatformSettings
from workflow_engine.runners.models import PoolSettings

UPLOAD_PATH: Final = r"/api/forms/[^/]+/files"
"""Where bodies may be as large as a file."""


class Settings(PlatformSettings):
    """What both apps share, and how this engine runs workflows.

    `run_schedules` is whether this engine looks at the clock: as a loop locally, by a timer trigger on Azure.
    `runner_memory_mb` is what one runner process may hold: the run that takes it beyond is stopped.
    `no_timeout` lifts the time limits of runs, with `run_in_process` only: for a look around in a debugger.
    `hold_seconds` bounds how long a request waits for its run; Azure's front end cuts one off after 230 s.
    `queue_visibility_seconds` is for the local pump; the Functions host reads it from host.json. After
    `queue_grace_seconds` a waiting execution's message counts as lost and is sent again: one too many does
    no harm.
    """

    workflows_root: Path = Path()
    runners: int = 2
    max_runners: int = 8
    runner_memory_mb: int = Field(default=1024, ge=128)
    run_in_process: bool = False
    no_timeout: bool = False
    watch: bool = False
    consume_queue: bool = False

    run_schedules: bool = True
    schedule_every_seconds: float = Field(default=10.0, ge=1, le=60)

    hold_seconds: float = 100.0
    lease_seconds: float = 60.0
    reap_every_seconds: float = 30.0
    queue_visibility_seconds: float = 30.0
    queue_grace_seconds: float = 120.0
    purge_every_seconds: float = 3600.0
    shutdown_grace_seconds: float = 5.0

    def http_options(self) -> HttpOptions:
        """How the engine answers HTTP: it takes files, too."""
        options = super().http_options()
        return replace(options, upload_path=UPLOAD_PATH, max_upload_bytes=self.max_upload_bytes)

    @property
    def has_consumer(self) -> bool:
        """Whether this engine takes runs from the queue: by its pump, or by the host's trigger."""
        return self.consume_queue or self.is_hosted

    @property
    def lease(self) -> timedelta:
        """How long a claim on an execution holds without a heartbeat."""
        return timedelta(seconds=self.lease_seconds)

    @property
    def reap_patience(self) -> timedelta:
        """How long a lease that ran out is watched: longer than the third between two heartbeats."""
        return 0.45 * self.lease

    @property
    def queue_grace(self) -> timedelta:
        """How long a waiting execution may wait before its message counts as lost."""
        return timedelta(seconds=self.queue_grace_seconds)

    def pool_settings(self) -> PoolSettings:
        """How many runners there are, and whether they follow the files."""
        return PoolSettings(
            runners=self.runners,
            max_runners=self.max_runners,
            watch=self.watch,
            keeps_limits=not self.no_timeout,
            memory_megabytes=self.runner_memory_mb,
            recycle_above_megabytes=min(400, self.runner_memory_mb // 2),
        )
