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
    log = RunLog(blob.append, Redactor(), lines_before=7)
    for number in (5, 5, 1):
        log.write(line("x", sequence=number))
    assert [one.sequence for one in log.after(7, 10)] == [8, 9, 10]
    assert [one.sequence for one in log.after(9, 10)] == [10]
    assert [one.sequence for one in log.after(0, 2)] == [8, 9]
    assert log.after(10, 10) == []


async def test_each_line_is_written_once_also_after_a_failure(blob: Blob) -> None:
    log = RunLog(blob.append, Redactor())
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
    await RunLog(blob.append, Redactor()).flush()
    assert blob.batches == []


async def test_a_full_log_says_so_in_its_last_line(blob: Blob) -> None:
    log = RunLog(blob.append, Redactor(), limits=LogLimits(lines=5))
    for number in range(100):
        log.write(line(str(number)))
    kept = messages(log.after(0, 100))
    assert len(kept) == 5
    assert kept[:4] == ["0", "1", "2", "3"]
    assert "full" in kept[4]


async def test_a_log_is_bounded_in_bytes_and_so_is_a_line(blob: Blob) -> None:
    log = RunLog(blob.append, Redactor(), limits=LogLimits(total_bytes=3000, line_bytes=100))
    for _ in range(100):
        log.write(line("x" * 5000, data="y" * 5000))
    kept = log.after(0, 1000)
    assert sum(len(one.message) for one in kept) < 4000
    assert "full" in kept[-1].message
    assert kept[0].message.endswith("(cut)")


async def test_secrets_that_the_engine_handed_out_are_blanked(blob: Blob) -> None:
    redactor = Redactor()
    log = RunLog(blob.append, redactor)
    redactor.add("s3cr3t-value")
    log.write(line("the key s3cr3t-value", url="https://x/?k=s3cr3t-value", password="abc"))
    (kept,) = log.after(0, 1)
    assert "s3cr3t-value" not in kept.model_dump_json()
    assert kept.data["password"] == "[redacted]"


async def test_waiting_ends_with_the_next_line(blob: Blob) -> None:
    log = RunLog(blob.append, Redactor())
    waiting = asyncio.create_task(log.wait_for_news(timeout_seconds=10))
    await asyncio.sleep(0)
    log.write(line("news"))
    await asyncio.wait_for(waiting, 1)
    await asyncio.wait_for(log.wait_for_news(timeout_seconds=0.01), 1)


def test_calls_and_checkpoints_are_bounded_and_redacted() -> None:
    redactor = Redactor()
    redactor.add("s3cr3t-value")
    record = RunRecord(redactor, limits=RecordLimits(calls=2, checkpoints=1, checkpoint_bytes=100))
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
    assert "notKept" in record.checkpoints["a"]["data"]


def test_a_result_too_large_to_keep_leaves_a_note() -> None:
    record = RunRecord(Redactor(), limits=RecordLimits(result_bytes=10))
    assert record.clean_result("short") == "short"
    assert "11" in str(record.clean_result(["x" * 7]))
