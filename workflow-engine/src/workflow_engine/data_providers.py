"""Options for form fields: run the provider, check what it answers, keep the answer for a while."""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import structlog

from msp_automation.metadata import DataProviderMetadata
from msp_automation.redaction import Redactor
from msp_core.errors import MspError, NotFound, Unavailable, UpstreamFailed, UpstreamTimeout
from msp_core.ids import OrgId, new_execution_id
from msp_core.models import Model, utc_now
from msp_core.permissions.models import OrgScope
from workflow_engine.execution.capabilities import ServedCapabilities
from workflow_engine.execution.context import RunContexts
from workflow_engine.execution.tokens import IntegrationTokens
from workflow_engine.runners.models import RunOutcome, RunStatus
from workflow_engine.runners.pool import Runners

_log = structlog.get_logger(__name__)

_MOST_KEPT: Final = 2000


class OptionAnswer(Model):
    """One choice of a field."""

    label: str
    value: Any
    metadata: dict[str, Any] | None = None


class OptionsAnswer(Model):
    """A field's choices.

    `cached_at` is when they were read, if that was for an earlier request.
    """

    options: list[OptionAnswer]
    cached: bool
    cached_at: datetime | None = None


class _Key(NamedTuple):
    org_id: OrgId
    provider: str
    content_hash: str
    stamp: object
    inputs: str


@dataclass(frozen=True, slots=True)
class _Kept:
    options: list[OptionAnswer]
    read_at: datetime
    until: float


class DataProviders:
    """Runs data providers for people who may see their options.

    Answers are kept per organization, version of the code, configuration and inputs; several requests for
    the same options that nobody has yet are one run.
    """

    def __init__(self, pool: Runners, contexts: RunContexts, tokens: IntegrationTokens) -> None:
        self._pool = pool
        self._contexts = contexts
        self._tokens = tokens
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._running: dict[_Key, asyncio.Task[_Kept]] = {}

    async def options(
        self, scope: OrgScope, name: str, inputs: Mapping[str, Any], *, fresh: bool = False
    ) -> OptionsAnswer:
        """The options of `name` for the scope's organization.

        Args:
            fresh: Ask the provider even if an answer is kept.

        Raises:
            NotFound: There is no such provider.
            ValidationError: The SDK's: an input is wrong.
            UpstreamTimeout: The provider took too long.
            UpstreamFailed: The provider raised, or returned something that is no list of options.
        """
        metadata = self._find(name)
        stamp = None if scope.snapshot is None else scope.snapshot.stamp
        key = _Key(scope.org_id, name, metadata.content_hash, stamp, json.dumps(inputs, sort_keys=True))
        kept = self._kept.get(key)
        if kept is not None and not fresh and kept.until > time.monotonic():
            self._kept.move_to_end(key)
            return OptionsAnswer(options=kept.options, cached=True, cached_at=kept.read_at)
        running = self._running.get(key)
        if running is None:
            running = asyncio.create_task(self._run(key, scope, metadata, inputs))
            self._running[key] = running
            running.add_done_callback(lambda task: self._ended(key, task))
        # Shielded: whoever asked first may go away while others wait for the same options.
        read = await asyncio.shield(running)
        return OptionsAnswer(options=read.options, cached=False)

    def _find(self, name: str) -> DataProviderMetadata:
        for provider in self._pool.catalog.data_providers:
            if provider.name == name:
                return provider
        raise NotFound(f"There is no data provider {name[:100]!r}.")

    def _ended(self, key: _Key, task: asyncio.Task[_Kept]) -> None:
        self._running.pop(key, None)
        if not task.cancelled():
            task.exception()

    async def _run(
        self, key: _Key, scope: OrgScope, metadata: DataProviderMetadata, inputs: Mapping[str, Any]
    ) -> _Kept:
        prepared = await self._pool.prepare("provider", metadata.name, inputs, org_id=scope.org_id)
        context = await self._contexts.of(scope)
        capabilities = ServedCapabilities(context.binding, self._tokens, Redactor())
        snapshot = context.snapshot(
            execution_id=new_execution_id(),
            kind="provider",
            name=metadata.name,
            timeout_seconds=metadata.timeout_seconds,
        )
        outcome = await prepared.run(snapshot, capabilities)
        options = _options_of(metadata, outcome, capabilities.trouble)
        kept = _Kept(options, utc_now(), time.monotonic() + metadata.cache_ttl_seconds)
        if metadata.cache_ttl_seconds > 0:
            self._kept[key] = kept
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return kept


def _options_of(
    metadata: DataProviderMetadata, outcome: RunOutcome, trouble: MspError | None
) -> list[OptionAnswer]:
    name = metadata.name
    if outcome.status is RunStatus.SUCCESS:
        return [OptionAnswer.model_validate(option) for option in outcome.result]
    if outcome.status is RunStatus.TIMED_OUT:
        raise UpstreamTimeout(
            f"The data provider {name} did not answer within {metadata.timeout_seconds:g} s. Try again.",
            details={"dataProvider": name},
        )
    if trouble is not None:
        raise trouble
    if outcome.status is RunStatus.FAILED and outcome.error is not None:
        _log.warning("data_provider_failed", data_provider=name, error_type=outcome.error.type)
        raise UpstreamFailed(
            f"The data provider {name} failed: {outcome.error.message}",
            details={"dataProvider": name, "type": outcome.error.type},
        )
    raise Unavailable(f"The data provider {name} was interrupted. Try again.", details={"dataProvider": name})
