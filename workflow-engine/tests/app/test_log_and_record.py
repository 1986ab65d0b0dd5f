"""What a run writes is numbered, redacted and bounded by the engine, whatever its runner says."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from msp_automation.capabilities import IntegrationCall, LogLine
from msp_automation.redaction import Redactor
from msp_core.errors import Unavailable
from workflow_engine.execution.full_values import FullValues
from workflow_engine.execution.log import LogLimits, RunLog
from workflow_engine.execution.record import RecordLimits, RunRecord


def line(message: str, sequence: int = 999, **data: Any) -> LogLine:
    return LogLine(sequence=sequence, timestamp=datetime.now(UTC), level="info", message=message, data=data)


def call(endpoint: str) -> IntegrationCall:
    return IntegrationCall(
        timestamp=datetime.now(UTC),
        integration="msgraph",
        method="GET",
        endpoint=endpoint,
        status_code=200,
        duration_ms=1.0,
    )


def nowhere() -> FullValues:
    """Full values that are never flushed."""

    async def write(_: str, __: bytes) -> None:
        return

    return FullValues(write)


class Blob:
    """Where batches go; away while `is_away`."""

    def __init__(self) -> None:
        self.batches: list[list[LogLine]] = []
        self.is_away = False

    async def append(self, lines: Sequence[LogLine]) -> None:
        if self.is_away:
            raise Unavailable("Storage is away.")
        self.batches.append(list(lines))


@pytest.fixture
def blob() -> Blob:
    return Blob()


def messages(lines: Sequence[LogLine]) -> list[str]:
    return [one.message for one in lines]


async def test_lines_are_numbered_here(blob: Blob) -> None:
    log = RunLog(blob.append, Redactor(), nowhere(), lines_before=7)
    for number in (5, 5, 1):
        log.write(line("x", sequence=number))
    assert [one.sequence for one in log.after(7, 10)] == [8, 9, 10]
    assert [one.sequence for one in log.after(9, 10)] == [10]
    assert [one.sequence for one in log.after(0, 2)] == [8, 9]
    assert log.after(10, 10) == []


async def test_each_line_is_written_once_also_after_a_failure(blob: Blob) -> None:
    log = RunLog(blob.append, Redactor(), nowhere())
    log.write(line("one"))
    await log.flush()
    blob.is_away = True
    log.write(line("two"))
    with pytest.raises(Unavailable):
        await log.flush()
    blob.is_away = False
    log.write(line("three"))
    await asyncio.gather(log.flush(), log.flush())
    assert [messages(batch) for batch in blob.batches] == [["one"], ["two", "three"]]


async def test_a_run_without_lines_writes_nothing(blob: Blob) -> None:
    await RunLog(blob.append, Redactor(), nowhere()).flush()
    assert blob.batches == []


async def test_a_full_log_says_so_in_its_last_line(blob: Blob) -> None:
    log = RunLog(blob.append, Redactor(), nowhere(), limits=LogLimits(lines=5))
    for number in range(100):
        log.write(line(str(number)))
    kept = messages(log.after(0, 100))
    assert len(kept) == 5
    assert kept[:4] == ["0", "1", "2", "3"]
    assert "full" in kept[4]


async def test_a_log_is_bounded_in_bytes_and_so_is_a_line(blob: Blob) -> None:
    log = RunLog(blob.append, Redactor(), nowhere(), limits=LogLimits(total_bytes=3000, line_bytes=100))
    for _ in range(100):
        log.write(line("x" * 5000, data="y" * 5000))
    kept = log.after(0, 1000)
    assert sum(len(one.message) for one in kept) < 4000
    assert "full" in kept[-1].message
    assert kept[0].message.endswith("… (5000 characters)")
    assert kept[0].data["fullValue"] == "line-1-2"


async def test_secrets_that_the_engine_handed_out_are_blanked(blob: Blob) -> None:
    redactor = Redactor()
    log = RunLog(blob.append, redactor, nowhere())
    redactor.add("s3cr3t-value")
    log.write(line("the key s3cr3t-value", url="https://x/?k=s3cr3t-value", password="abc"))
    (kept,) = log.after(0, 1)
    assert "s3cr3t-value" not in kept.model_dump_json()
    assert kept.data["password"] == "[redacted]"


async def test_waiting_ends_with_the_next_line(blob: Blob) -> None:
    log = RunLog(blob.append, Redactor(), nowhere())
    waiting = asyncio.create_task(log.wait_for_news(timeout_seconds=10))
    await asyncio.sleep(0)
    log.write(line("news"))
    await asyncio.wait_for(waiting, 1)
    await asyncio.wait_for(log.wait_for_news(timeout_seconds=0.01), 1)


def test_calls_and_checkpoints_are_bounded_and_redacted() -> None:
    redactor = Redactor()
    redactor.add("s3cr3t-value")
    record = RunRecord(redactor, nowhere(), limits=RecordLimits(calls=2, checkpoints=1, checkpoint_bytes=100))
    for _ in range(5):
        record.add_call(call("/users/s3cr3t-value"))
    assert len(record.calls) == 2
    assert record.calls_not_kept == 3
    assert record.calls[0].endpoint == "/users/[redacted]"
    record.add_checkpoint("a", {"token": "x", "step": 1})
    record.add_checkpoint("b", 1)
    assert record.checkpoints["a"]["data"] == {"token": "[redacted]", "step": 1}
    assert "b" not in record.checkpoints
    record.add_checkpoint("a", "x" * 500)
    assert record.checkpoints["a"]["data"]["fullValue"] == "checkpoint-1-1"
    assert record.not_kept() == {"integrationCallsNotKept": 3, "checkpointsNotKept": 1}


def test_a_result_too_large_to_keep_leaves_a_note() -> None:
    record = RunRecord(Redactor(), nowhere(), limits=RecordLimits(result_bytes=10))
    assert record.clean_result("short") == "short"
    assert record.clean_result(["x" * 7]) == {
        "truncated": True,
        "bytes": 11,
        "start": '["xxxxxxx"]',
        "fullValue": "result-1-1",
    }


def test_variables_that_are_too_large_are_cut_one_by_one() -> None:
    record = RunRecord(Redactor(), nowhere(), limits=RecordLimits(variables_bytes=100, variable_bytes=60))
    clean = record.clean_variables({"small": 1, "large": "x" * 100, "one": "y" * 50, "over": "z" * 50})
    assert (clean["small"], clean["one"]) == (1, "y" * 50)
    assert [clean[name]["fullValue"] for name in ("large", "over")] == ["variable-1-1", "variable-1-2"]


async def test_values_are_written_once_also_after_a_failure_and_within_bounds() -> None:
    written: dict[str, bytes] = {}
    is_away = True

    async def write(value_id: str, content: bytes) -> None:
        if is_away:
            raise Unavailable("Storage is away.")
        assert value_id not in written
        written[value_id] = content

    full = FullValues(write, attempt=2, most=2, most_bytes=40)
    assert full.cut("line", "x" * 10)["fullValue"] == "line-2-1"
    assert full.cut("line", "x" * 100)["fullValue"] is None  # more than is kept in all
    assert full.cut("line", "y" * 10)["fullValue"] == "line-2-2"
    assert full.cut("line", "z")["fullValue"] is None  # too many
    with pytest.raises(Unavailable):
        await full.flush()
    is_away = False
    for _ in range(2):
        await full.flush()
    assert written == {"line-2-1": b'"xxxxxxxxxx"', "line-2-2": b'"yyyyyyyyyy"'}
