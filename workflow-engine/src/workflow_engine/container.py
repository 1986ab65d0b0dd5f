"""Wires the engine together; nothing connects, forks or reads settings before it is used."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

import httpx
import structlog

from msp_automation.integrations.registry import BUILT_IN
from msp_core.catalog.repository import CatalogRepository
from msp_core.config.repository import ConfigRepository
from msp_core.errors import Unavailable
from msp_core.executions.idempotency import IdempotencyService
from msp_core.executions.logs import ExecutionLogStore
from msp_core.executions.service import ExecutionService
from msp_core.executions.values import ExecutionValueStore
from msp_core.files.executions import ExecutionFiles
from msp_core.files.uploads import UploadService
from msp_core.forms.repository import FormRepository
from msp_core.forms.service import FormService
from msp_core.identity.tokens import TokenValidator
from msp_core.ids import new_id
from msp_core.integrations.repository import IntegrationRepository
from msp_core.models import utc_now
from msp_core.organizations.repository import OrganizationRepository
from msp_core.organizations.snapshots import OrganizationSnapshots
from msp_core.organizations.stamps import Stamps
from msp_core.permissions.access import AccessReader
from msp_core.permissions.repository import PermissionRepository
from msp_core.permissions.scopes import ScopeResolver
from msp_core.retention import Retention
from msp_core.roles.access import RoleAccess
from msp_core.roles.repository import RoleRepository
from msp_core.schedules.repository import ScheduleRepository
from msp_core.secrets.references import SecretReferences
from msp_core.secrets.repository import SecretRepository
from msp_core.secrets.service import SecretService
from msp_core.storage import Storage
from msp_core.users.repository import UserRepository
from msp_core.users.service import MspSettings, UserService
from msp_core.webhooks.admission import WebhookAdmission
from msp_core.webhooks.repository import WebhookRepository
from msp_http.logging import configure_logging
from msp_http.options import HttpOptions
from workflow_engine.background import Background
from workflow_engine.catalog import CatalogPublisher
from workflow_engine.choices import Choices
from workflow_engine.data_providers import DataProviders
from workflow_engine.execution.consuming import Consuming
from workflow_engine.execution.context import RunContexts
from workflow_engine.execution.files import FileLimits
from workflow_engine.execution.following import Following
from workflow_engine.execution.keeping import CANCEL_SECONDS, SHOW_SECONDS, Keeping
from workflow_engine.execution.launching import Launching
from workflow_engine.execution.live import LiveRuns
from workflow_engine.execution.pump import IDLE_SECONDS, QueuePump
from workflow_engine.execution.queueing import POISON_QUEUE_NAME, QUEUE_NAME, ExecutionQueue
from workflow_engine.execution.retrying import Retrying
from workflow_engine.execution.running import Running
from workflow_engine.execution.tokens import IntegrationTokens
from workflow_engine.health import HealthCheck
from workflow_engine.purging import Purging
from workflow_engine.runners.bring_up import RunnerFailed
from workflow_engine.runners.in_process import InProcessPool
from workflow_engine.runners.pool import RunnerPool, Runners
from workflow_engine.scheduling.coverage import CoverageReader
from workflow_engine.scheduling.firing import Firing
from workflow_engine.scheduling.live_runs import ScheduledRuns
from workflow_engine.scheduling.rounds import Rounds
from workflow_engine.scheduling.ticking import Scheduling
from workflow_engine.settings import Settings
from workflow_engine.submissions import Submissions
from workflow_engine.webhooks import EVENTS_AT_ONCE, WebhookRuns

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """What routes, triggers and background loops use."""

    storage: Storage
    pool: Runners
    token_validator: TokenValidator
    scope_resolver: ScopeResolver
    executions: ExecutionService
    forms: FormService
    launching: Launching
    following: Following
    submissions: Submissions
    uploads: UploadService
    files: ExecutionFiles
    data_providers: DataProviders
    webhook_admission: WebhookAdmission
    webhook_runs: WebhookRuns
    webhook_turns: asyncio.Semaphore
    running: Running
    consuming: Consuming
    keeping: Keeping
    scheduling: Scheduling
    purging: Purging
    pump: QueuePump
    health: HealthCheck
    loops: Background
    work: Background
    http: httpx.AsyncClient


class Container:
    """The engine of one process.

    Args:
        settings: Read from the environment at first use when not given.
        storage: In place of the one that the settings name; closed with the container.
    """

    def __init__(self, settings: Settings | None = None, *, storage: Storage | None = None) -> None:
        self._settings = settings
        self._storage = storage
        self._services: Services | None = None
        self._building = Lock()
        self._starting = asyncio.Lock()
        self._has_started = False

    @property
    def settings(self) -> Settings:
        """The deployment's settings."""
        if self._settings is None:
            self._settings = Settings()
        return self._settings

    @property
    def services(self) -> Services:
        """All parts, wired; building them connects to nothing."""
        if self._services is None:
            with self._building:
                if self._services is None:
                    self._services = build_services(self.settings, self._storage)
        return self._services

    @property
    def http(self) -> HttpOptions:
        """How this app answers HTTP."""
        return self.settings.http_options()

    @property
    def token_validator(self) -> TokenValidator:
        """Checks bearer tokens."""
        return self.services.token_validator

    @property
    def scope_resolver(self) -> ScopeResolver:
        """Decides who may do what in which organization."""
        return self.services.scope_resolver

    async def start(self) -> None:
        """Start runners and background loops, once, however many ask for it at once."""
        if self._has_started:
            return
        async with self._starting:
            if not self._has_started:
                await self._start()
                self._has_started = True

    async def _start(self) -> None:
        settings = self.settings
        configure_logging(settings.log_level, keeps_handlers=settings.is_hosted)
        services = self.services
        try:
            await asyncio.gather(services.pool.start(), services.storage.warm_up())
        except RunnerFailed as error:
            raise Unavailable(f"No runner comes up: {error}", retry_after_seconds=10) from error
        loops = services.loops
        loops.every(settings.lease_seconds / 3, services.keeping.beat, name="heartbeat")
        loops.every(SHOW_SECONDS, services.keeping.show, name="live view")
        loops.every(CANCEL_SECONDS, services.keeping.heed_cancels, name="cancels")
        loops.every(settings.reap_every_seconds, services.keeping.reap, name="reaper")
        if not settings.is_hosted:
            # In Azure timers do these, once for all instances.
            if settings.run_schedules:
                loops.every(settings.schedule_every_seconds, services.scheduling.tick, name="schedules")
            every = settings.purge_every_seconds
            loops.every(every, services.purging.purge, name="purge", delay_seconds=min(every, 60))
        if settings.consume_queue:
            loops.every(IDLE_SECONDS, services.pump.run, name="queue pump", nudge=services.pump.sent)
        _log.info("engine_started", workflows=len(services.pool.catalog.workflows))

    async def consume(self, message: Mapping[str, Any]) -> None:
        """Run the execution that a queue message names."""
        await self.start()
        await self.services.consuming.consume(message)

    async def give_up(self, message: Mapping[str, Any]) -> None:
        """End the execution that a message in the poison queue names."""
        await self.start()
        await self.services.consuming.give_up(message)

    async def reap(self) -> None:
        """End executions whose engine is gone."""
        await self.start()
        await self.services.keeping.reap()

    async def run_schedules(self) -> None:
        """Start the runs that are due."""
        await self.start()
        if self.settings.run_schedules:
            await self.services.scheduling.tick()

    async def purge(self) -> None:
        """Delete what is kept no longer; needs no runner."""
        await self.services.purging.purge()

    async def close(self) -> None:
        """Let runs end or end them as interrupted, then stop everything."""
        services, self._services = self._services, None
        self._has_started = False
        if services is None:
            return
        # No more work from the queue: what is interrupted now may go there for its next attempt.
        await services.loops.close()
        await services.running.stop_all(grace_seconds=self.settings.shutdown_grace_seconds)
        await services.work.close()
        await services.pool.close()
        await services.executions.drain()
        await services.http.aclose()
        await services.storage.close()


def build_services(
    settings: Settings, storage: Storage | None = None, *, pool: Runners | None = None
) -> Services:
    """Constructors, from the inside out.

    Args:
        pool: In place of the one that the settings name.
    """
    storage = storage or Storage(settings.storage_settings())
    http = httpx.AsyncClient()
    owner = f"{socket.gethostname()}-{os.getpid()}-{new_id()}"
    stamps = Stamps(storage)
    organizations, config = OrganizationRepository(storage), ConfigRepository(storage)
    integrations = IntegrationRepository(storage)
    snapshots = OrganizationSnapshots(stamps, organizations, config, integrations, BUILT_IN)
    msp = MspSettings(settings.tenant_id, frozenset(settings.admin_object_ids))
    user_rows = UserRepository(storage)
    users = UserService(user_rows, organizations, msp, stamps)
    access = AccessReader(user_rows, PermissionRepository(storage))
    secrets = SecretService(
        storage.vault, SecretRepository(storage), SecretReferences(config, integrations, BUILT_IN), stamps
    )
    catalog = CatalogRepository(storage)
    forms = FormService(FormRepository(storage), RoleAccess(RoleRepository(storage)), catalog, stamps)
    executions = ExecutionService(storage, queue_grace=settings.queue_grace, patience=settings.reap_patience)
    logs = ExecutionLogStore(storage)
    uploads = UploadService(storage, max_bytes=settings.max_upload_bytes)
    files = ExecutionFiles(storage)

    loops, work = Background(), Background()
    pool = pool or build_pool(settings, catalog)
    tokens, live, queue = IntegrationTokens(), LiveRuns(), ExecutionQueue(storage)
    contexts = RunContexts(snapshots, secrets, settings.integration_endpoints())
    following = Following(executions, logs, live, queue)
    scopes, idempotency = ScopeResolver(users, access, snapshots, stamps), IdempotencyService(storage)
    running = Running(
        executions=executions,
        queue=queue,
        retrying=Retrying(executions, queue, owner=owner, may_begin_later=settings.has_consumer),
        logs=logs,
        values=ExecutionValueStore(storage),
        tokens=tokens,
        live=live,
        background=work,
        files=files,
        file_limits=FileLimits(
            file_bytes=settings.max_upload_bytes, total_bytes=4 * settings.max_upload_bytes
        ),
    )
    launching = Launching(
        pool=pool,
        executions=executions,
        idempotency=idempotency,
        contexts=contexts,
        running=running,
        following=following,
        queue=queue,
        owner=owner,
        lease=settings.lease,
        files=files,
    )
    data_providers = DataProviders(pool, contexts, tokens, live)
    consuming = Consuming(
        pool=pool,
        executions=executions,
        users=users,
        contexts=contexts,
        running=running,
        queue=queue,
        owner=owner,
        lease=settings.lease,
    )
    scheduling = build_scheduling(
        storage, pool=pool, executions=executions, scopes=scopes, launching=launching, owner=owner
    )
    return Services(
        storage=storage,
        pool=pool,
        token_validator=TokenValidator(settings.token_settings(), http=http),
        scope_resolver=scopes,
        executions=executions,
        forms=forms,
        launching=launching,
        following=following,
        submissions=Submissions(forms, pool, launching, uploads, Choices(data_providers)),
        uploads=uploads,
        files=files,
        data_providers=data_providers,
        webhook_admission=WebhookAdmission(WebhookRepository(storage), storage.vault),
        webhook_runs=WebhookRuns(
            pool=pool,
            scopes=scopes,
            executions=executions,
            idempotency=idempotency,
            following=following,
            queue=queue,
        ),
        webhook_turns=asyncio.Semaphore(EVENTS_AT_ONCE),
        running=running,
        consuming=consuming,
        keeping=Keeping(executions, live, queue, owner=owner, lease=settings.lease),
        purging=Purging(Retention(storage, settings.retention_periods())),
        pump=QueuePump(
            consuming,
            storage.queue(QUEUE_NAME),
            storage.queue(POISON_QUEUE_NAME),
            work,
            sent=queue.sent,
            visibility_seconds=settings.queue_visibility_seconds,
        ),
        scheduling=scheduling,
        health=HealthCheck(storage, pool),
        loops=loops,
        work=work,
        http=http,
    )


def build_scheduling(
    storage: Storage,
    *,
    pool: Runners,
    executions: ExecutionService,
    scopes: ScopeResolver,
    launching: Launching,
    owner: str,
    now: Callable[[], datetime] = utc_now,
) -> Scheduling:
    """What fires schedules.

    Args:
        owner: Names the engine among all engines.
    """
    repository, organizations = ScheduleRepository(storage), OrganizationRepository(storage)
    firing = Firing(repository=repository, executions=executions, scopes=scopes, launching=launching, now=now)
    return Scheduling(
        pool=pool,
        repository=repository,
        rounds=Rounds(pool, firing, ScheduledRuns(executions, launching), now=now),
        coverage=lambda: CoverageReader(organizations, repository),
        owner=owner,
        now=now,
    )


def build_pool(settings: Settings, catalog: CatalogRepository) -> Runners:
    """Runner processes, or for debugging this very process."""
    publish = CatalogPublisher(catalog).publish
    if settings.run_in_process:
        return InProcessPool(settings.workflows_root, settings.pool_settings(), on_catalog=publish)
    return RunnerPool(settings.workflows_root, settings.pool_settings(), on_catalog=publish)
