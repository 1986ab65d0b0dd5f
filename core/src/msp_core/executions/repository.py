"""Where executions lie: live ones whole in ActiveExecutions, ended ones in three tables."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from pydantic import Field

from msp_core.errors import NotFound, TooLarge
from msp_core.executions.models import Execution, ExecutionSummary
from msp_core.ids import ExecutionId, OrgId, execution_milliseconds, execution_row_key
from msp_core.storage import Delete, Partition, Storage, Stored, TableName, Upsert, Where
from msp_core.writing import gather

T = TypeVar("T")

_MOVABLE: Final = ("input_data", "result", "error", "checkpoints", "integration_calls", "variables")
_KEPT_CHARACTERS: Final = 8_000
# Below this many rows the SDK's multipart encoding costs more processor time than single requests.
_WORTH_A_TRANSACTION: Final = 5


class ExecutionRow(Execution):
    """An execution as its row holds it.

    Args:
        blobs: Fields that lie in blobs, by name, with their paths.
    """

    blobs: dict[str, str] = Field(default_factory=dict)


class ExecutionRepository:
    """Reads and writes execution rows; knows keys, not rules."""

    def __init__(self, storage: Storage) -> None:
        self._active = storage.table(TableName.ACTIVE_EXECUTIONS, ExecutionRow, large_values=False)
        self._ended = storage.table(TableName.WORKFLOW_EXECUTIONS, ExecutionRow, large_values=False)
        self._active_summaries = storage.table(
            TableName.ACTIVE_EXECUTIONS, ExecutionSummary, large_values=False, select=True
        )
        self._summaries = storage.table(
            TableName.WORKFLOW_EXECUTIONS, ExecutionSummary, large_values=False, select=True
        )
        self._by_user = storage.table(TableName.USER_EXECUTIONS, ExecutionSummary, large_values=False)
        self._by_day = storage.table(TableName.EXECUTIONS_BY_DAY, ExecutionSummary, large_values=False)
        self._data = storage.blobs("execution-data")

    async def insert_active(self, execution: Execution) -> Stored[ExecutionRow]:
        """Write a new live execution. One operation, and one per value too large for its row.

        Raises:
            Conflict: There is one with this id.
        """
        key = execution_row_key(execution.execution_id)
        partition = self._active.partition(execution.organization_id)
        return await self._write(_row(execution), lambda row: partition.insert(key, row))

    async def replace_active(self, row: ExecutionRow, *, etag: str) -> Stored[ExecutionRow]:
        """Write a live execution unless somebody changed it first. One operation.

        Raises:
            PreconditionFailed: Somebody did.
            NotFound: It is no longer live.
        """
        key = execution_row_key(row.execution_id)
        partition = self._active.partition(row.organization_id)
        return await self._write(row, lambda each: partition.replace(key, each, etag=etag))

    async def find_active(self, org_id: OrgId, execution_id: ExecutionId) -> Stored[ExecutionRow] | None:
        """The live row, values in blobs left there. One operation."""
        return await self._active.partition(org_id).find(execution_row_key(execution_id))

    def iter_active_across_organizations(
        self, where: Where | None = None
    ) -> AsyncIterator[Stored[ExecutionRow]]:
        """All live rows; there are as many as executions pending or running."""
        return self._active.iter_across_partitions(where=where)

    async def insert_ended(self, execution: Execution) -> None:
        """Write the end of an execution: only the first one to do so succeeds. One operation.

        Raises:
            Conflict: It has an end already.
        """
        key = execution_row_key(execution.execution_id)
        partition = self._ended.partition(execution.organization_id)
        await self._write(_row(execution), lambda row: partition.insert(key, row))

    async def find_ended(self, org_id: OrgId, execution_id: ExecutionId) -> Execution | None:
        """The ended execution with everything it has. One operation, and one per value in a blob."""
        found = await self._ended.partition(org_id).find(execution_row_key(execution_id))
        return None if found is None else await self.filled(found.value)

    async def settle(self, ended: Sequence[Execution]) -> None:
        """Write what lists by person and by day show of these ends, then remove the live rows.

        One operation per person, per day and per organization among them, or per row where they are few.

        Args:
            ended: At most 100.
        """
        summaries = [execution.summary() for execution in ended]
        await gather(
            *(
                _upsert_all(self._by_user.partition(user_id), some)
                for user_id, some in _grouped(summaries, lambda one: one.executed_by)
            ),
            *(
                _upsert_all(self._by_day.partition(day), some)
                for day, some in _grouped(summaries, lambda one: day_of(one.execution_id))
            ),
        )
        await gather(
            *(
                _delete_all(self._active.partition(org_id), some)
                for org_id, some in _grouped(summaries, lambda one: one.organization_id)
            )
        )

    async def filled(self, row: ExecutionRow) -> Execution:
        """The execution with the values that lie in blobs."""
        values: dict[str, Any] = {name: getattr(row, name) for name in Execution.model_fields}
        if not row.blobs:
            return Execution.model_construct(**values)
        contents = await gather(*(self._read(path) for path in row.blobs.values()))
        for name, content in zip(row.blobs, contents, strict=True):
            if content is not None:
                values[name] = json.loads(content)
        return Execution.model_validate(values)

    def active_of(self, org_id: OrgId) -> Partition[ExecutionSummary]:
        """Summaries of an organization's live executions."""
        return self._active_summaries.partition(org_id)

    def ended_of(self, org_id: OrgId) -> Partition[ExecutionSummary]:
        """Summaries of an organization's ended executions."""
        return self._summaries.partition(org_id)

    def ended_of_user(self, user_id: str) -> Partition[ExecutionSummary]:
        """Summaries of what one person ran and what has ended."""
        return self._by_user.partition(user_id)

    def ended_on(self, day: str) -> Partition[ExecutionSummary]:
        """Summaries of what was admitted on one day (`yyyymmdd`, UTC) and has ended."""
        return self._by_day.partition(day)

    def iter_active_summaries_across_organizations(
        self, where: Where | None = None
    ) -> AsyncIterator[Stored[ExecutionSummary]]:
        """Summaries of all live executions."""
        return self._active_summaries.iter_across_partitions(where=where)

    def iter_ended_between(
        self, first_day: str, last_day: str, where: Where | None
    ) -> AsyncIterator[Stored[ExecutionSummary]]:
        """Summaries of some days, oldest day first."""
        days = Where.ge("PartitionKey", first_day) & Where.le("PartitionKey", last_day)
        return self._by_day.iter_across_partitions(where=days if where is None else days & where)

    def iter_ended_before(self, day: str) -> AsyncIterator[Stored[ExecutionSummary]]:
        """Summaries of all days before this one, oldest day first."""
        return self._by_day.iter_across_partitions(where=Where.lt("PartitionKey", day))

    async def delete_ended(self, summary: ExecutionSummary) -> None:
        """Remove every trace of an ended execution but its day row, which comes last."""
        key = execution_row_key(summary.execution_id)
        folder = f"{summary.organization_id}/{summary.execution_id}/"
        paths = [path async for path in self._data.iter_names(folder)]
        await gather(*(self._data.delete(path) for path in paths))
        await gather(
            self._ended.partition(summary.organization_id).delete(key),
            self._by_user.partition(summary.executed_by).delete(key),
        )
        await self._by_day.partition(day_of(summary.execution_id)).delete(key)

    async def _write(self, row: ExecutionRow, send: Callable[[ExecutionRow], Coroutine[Any, Any, T]]) -> T:
        try:
            return await send(row)
        except TooLarge:
            return await send(await self._with_blobs(row))

    async def _with_blobs(self, row: ExecutionRow) -> ExecutionRow:
        data = row.model_dump(mode="json")
        folder = f"{row.organization_id}/{row.execution_id}"
        blobs, writes = dict(row.blobs), []
        for name in _MOVABLE:
            text = json.dumps(data[ExecutionRow.model_fields[name].alias or name], ensure_ascii=False)
            if len(text) > _KEPT_CHARACTERS:
                # Two that race for the end must not overwrite each other's result: each has its own path.
                path = f"{folder}/{name}-{os.urandom(6).hex()}"
                blobs[name] = path
                writes.append(
                    self._data.write(
                        path, text.encode("utf-8", "surrogatepass"), content_type="application/json"
                    )
                )
        await gather(*writes)
        emptied = {name: _default_of(name) for name in blobs}
        return row.model_copy(update={**emptied, "blobs": blobs})

    async def _read(self, path: str) -> bytes | None:
        try:
            return await self._data.read(path)
        except NotFound:
            return None


def _default_of(field: str) -> Any:
    return ExecutionRow.model_fields[field].get_default(call_default_factory=True, validated_data={})


def _row(execution: Execution) -> ExecutionRow:
    if isinstance(execution, ExecutionRow):
        return execution
    return ExecutionRow.model_construct(
        **{name: getattr(execution, name) for name in Execution.model_fields}, blobs={}
    )


def _grouped(
    summaries: Sequence[ExecutionSummary], key: Callable[[ExecutionSummary], str]
) -> Iterable[tuple[str, dict[str, ExecutionSummary]]]:
    groups: dict[str, dict[str, ExecutionSummary]] = {}
    for summary in summaries:
        groups.setdefault(key(summary), {})[execution_row_key(summary.execution_id)] = summary
    return groups.items()


async def _upsert_all(
    partition: Partition[ExecutionSummary], summaries: Mapping[str, ExecutionSummary]
) -> None:
    if len(summaries) < _WORTH_A_TRANSACTION:
        await gather(*(partition.upsert(key, summary) for key, summary in summaries.items()))
    else:
        await partition.transact([Upsert(key, summary) for key, summary in summaries.items()])


async def _delete_all(partition: Partition[ExecutionRow], row_keys: Iterable[str]) -> None:
    keys = list(row_keys)
    if len(keys) >= _WORTH_A_TRANSACTION:
        # Somebody may have settled one of them already, which undoes the whole transaction.
        with suppress(NotFound):
            await partition.transact([Delete(key) for key in keys])
            return
    await gather(*(partition.delete(key) for key in keys))


def day_of(execution_id: ExecutionId) -> str:
    """The day partition of an execution: when it was admitted, in UTC."""
    return datetime.fromtimestamp(execution_milliseconds(execution_id) / 1000, UTC).strftime("%Y%m%d")
