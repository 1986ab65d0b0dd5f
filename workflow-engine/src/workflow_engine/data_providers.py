"""Options for form fields: run the provider, check what it answers, keep the answer for a while."""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

import structlog

from msp_automation.metadata import DataProviderMetadata
from msp_automation.providers import MOST_OPTIONS
from msp_automation.redaction import Redactor
from msp_core.errors import MspError, NotFound, Unavailable, UpstreamFailed, UpstreamTimeout
from msp_core.ids import OrgId, new_execution_id
from msp_core.models import Model, utc_now
from msp_core.permissions.models import OrgScope
from workflow_engine.execution.capabilities import ServedCapabilities
from workflow_engine.execution.context import RunContexts
from workflow_engine.execution.live import LiveRuns
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

    `cached_at` is when they were read, if that was for an earlier request. `total` counts what was found,
    of which `options` holds the first ones where there were more than asked for.
    """

    options: list[OptionAnswer]
    total: int
    truncated: bool
    cached: bool
    cached_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OptionsQuery:
    """What somebody asks a provider for.

    Args:
        search: Part of a label. A provider that declares a parameter `search` gets it; of the options of any
            other those are answered whose label contains it, in whatever case.
        limit: At most so many.
        refresh: Ask the provider even if an answer is kept.
    """

    inputs: Mapping[str, Any] = field(default_factory=dict)
    search: str = ""
    limit: int = MOST_OPTIONS
    refresh: bool = False


class _Key(NamedTuple):
    org_id: OrgId
    provider: str
    inputs: str


class _Version(NamedTuple):
    """What an answer depends on besides its inputs: an answer of another version is out of date."""

    content_hash: str
    stamp: object
    last_run_ended: float | None


@dataclass(frozen=True, slots=True)
class _Kept:
    version: _Version
    options: list[OptionAnswer]
    read_at: datetime
    until: float


class DataProviders:
    """Runs data providers for people who may see their options.

    Answers are kept per organization and inputs, until their time is up, the code or the organization's
    configuration changes, or a workflow run of the organization ends in this engine: it may have taken the
    last licence. Several requests for the same options that nobody has yet are one run.
    """

    def __init__(
        self, pool: Runners, contexts: RunContexts, tokens: IntegrationTokens, live: LiveRuns
    ) -> None:
        self._pool = pool
        self._contexts = contexts
        self._tokens = tokens
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._live = live
        self._running: dict[tuple[_Key, _Version], asyncio.Task[_Kept]] = {}

    async def options(self, scope: OrgScope, name: str, query: OptionsQuery | None = None) -> OptionsAnswer:
        """The options of `name` for the scope's organization.

        Raises:
            NotFound: There is no such provider.
            ValidationError: The SDK's: an input is wrong.
            UpstreamTimeout: The provider took too long.
            UpstreamFailed: The provider raised, or returned something that is no list of options.
        """
        query = query or OptionsQuery()
        metadata = self._find(name)
        searches_itself = self.searches_itself(name)
        inputs = dict(query.inputs)
        if searches_itself and query.search:
            inputs["search"] = query.search
        key = _Key(scope.org_id, name, json.dumps(inputs, sort_keys=True))
        version = self._version_of(scope, metadata)
        kept = self._kept.get(key)
        is_good = kept is not None and kept.version == version and kept.until > time.monotonic()
        if kept is not None and is_good and not query.refresh:
            self._kept.move_to_end(key)
            return _answer(kept, query, filtered=not searches_itself, cached=True)
        read = await self._read(key, version, scope, metadata, inputs)
        return _answer(read, query, filtered=not searches_itself, cached=False)

    def searches_itself(self, name: str) -> bool:
        """Whether the provider is told what is searched for, and so never tells all options at once.

        Raises:
            NotFound: There is no such provider.
        """
        return any(parameter.name == "search" for parameter in self._find(name).parameters)

    def _version_of(self, scope: OrgScope, metadata: DataProviderMetadata) -> _Version:
        stamp = None if scope.snapshot is None else scope.snapshot.stamp
        return _Version(metadata.content_hash, stamp, self._live.last_ended(scope.org_id))

    async def _read(
        self,
        key: _Key,
        version: _Version,
        scope: OrgScope,
        metadata: DataProviderMetadata,
        inputs: Mapping[str, Any],
    ) -> _Kept:
        flight = (key, version)
        running = self._running.get(flight)
        if running is None:
            running = asyncio.create_task(self._run(key, version, scope, metadata, inputs))
            self._running[flight] = running
            running.add_done_callback(lambda task: self._ended(flight, task))
        # Shielded: whoever asked first may go away while others wait for the same options.
        return await asyncio.shield(running)

    def _find(self, name: str) -> DataProviderMetadata:
        for provider in self._pool.catalog.data_providers:
            if provider.name == name:
                return provider
        raise NotFound(f"There is no data provider {name[:100]!r}.")

    def _ended(self, flight: tuple[_Key, _Version], task: asyncio.Task[_Kept]) -> None:
        self._running.pop(flight, None)
        if not task.cancelled():
            task.exception()

    async def _run(
        self,
        key: _Key,
        version: _Version,
        scope: OrgScope,
        metadata: DataProviderMetadata,
        inputs: Mapping[str, Any],
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
        kept = _Kept(version, options, utc_now(), time.monotonic() + metadata.cache_ttl_seconds)
        if metadata.cache_ttl_seconds > 0:
            self._kept[key] = kept
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return kept


def _answer(read: _Kept, query: OptionsQuery, *, filtered: bool, cached: bool) -> OptionsAnswer:
    options = read.options
    if filtered and query.search:
        wanted = query.search.casefold()
        options = [option for option in options if wanted in option.label.casefold()]
    return OptionsAnswer(
        options=options[: query.limit],
        total=len(options),
        truncated=len(options) > query.limit,
        cached=cached,
        cached_at=read.read_at if cached else None,
    )


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
