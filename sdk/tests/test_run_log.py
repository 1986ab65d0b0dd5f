"""The log of a run, by the context and by the standard library."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from msp_automation import OrganizationContext, definition_of, workflow
from msp_automation.context import install_log_capture, running_context
from msp_automation.run_log import LONGEST_DATA, LONGEST_MESSAGE, RunLogHandler
from msp_automation.testing import host_of


@pytest.fixture
def captured() -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    install_log_capture()
    install_log_capture()
    assert sum(isinstance(handler, RunLogHandler) for handler in root.handlers) == 1
    yield
    root.handlers = [handler for handler in root.handlers if not isinstance(handler, RunLogHandler)]
    root.setLevel(level)


def test_lines_are_numbered_timed_and_carry_data() -> None:
    context = OrganizationContext.for_testing()
    context.log.debug("one")
    context.log.info("two", user="ada", when=datetime(2026, 1, 31, tzinfo=UTC))
    context.log.warning("three")
    context.log.error("four", problem=ValueError("x"))
    lines = host_of(context).lines
    assert [(line.sequence, line.level, line.message) for line in lines] == [
        (1, "debug", "one"),
        (2, "info", "two"),
        (3, "warning", "three"),
        (4, "error", "four"),
    ]
    assert lines[1].data == {"user": "ada", "when": "2026-01-31T00:00:00Z"}
    assert lines[3].data == {"problem": "x"}
    assert lines[0].timestamp.tzinfo is not None
    assert set(lines[0].model_dump(mode="json")) == {"sequence", "timestamp", "level", "message", "data"}


def test_what_cannot_be_shown_does_not_end_the_run() -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError("no")

    loop: dict[str, object] = {}
    loop["self"] = loop
    context = OrganizationContext.for_testing()
    context.log.info("x", broken=Broken(), loop=loop, number=float("nan"), raw=b"\xff", good=1)
    context.log.write("info", Broken(), {})  # type: ignore[arg-type] # what an author may do all the same
    first, second = host_of(context).lines
    assert first.data["broken"] == "<Broken whose str() failed: RuntimeError>"
    assert first.data["loop"].startswith("{'self'")
    assert (first.data["number"], first.data["raw"], first.data["good"]) == (None, "_w==", 1)
    assert "Broken" in second.message


def test_one_line_cannot_fill_the_store() -> None:
    context = OrganizationContext.for_testing()
    context.log.info("m" * 1_100_000, data="d" * 1_100_000)
    line = host_of(context).lines[0]
    assert len(line.message) < LONGEST_MESSAGE + 50
    assert len(repr(line.data)) < LONGEST_DATA
    assert "omitted" in line.data


@pytest.mark.usefixtures("captured")
async def test_the_standard_logging_module_writes_to_the_run_it_is_used_in() -> None:
    logger = logging.getLogger("author.users")

    @workflow
    async def waits(context: OrganizationContext, name: str) -> None:
        logger.info("hello %s", name, extra={"seat": 7})
        await asyncio.sleep(0.001)
        logger.warning("again %s", name)

    @workflow
    def blocks(context: OrganizationContext, name: str) -> None:
        logger.info("thread %s", name)

    contexts = [OrganizationContext.for_testing() for _ in range(6)]
    await asyncio.gather(
        *(
            definition_of(waits if number % 2 else blocks).call(context, {"name": str(number)})
            for number, context in enumerate(contexts)
        )
    )
    for number, context in enumerate(contexts):
        messages = [line.message for line in host_of(context).lines]
        assert messages == ([f"hello {number}", f"again {number}"] if number % 2 else [f"thread {number}"])
    assert host_of(contexts[1]).lines[0].data == {"seat": 7}
    assert host_of(contexts[1]).lines[1].level == "warning"


@pytest.mark.usefixtures("captured")
async def test_logged_exceptions_are_kept() -> None:
    @workflow
    async def fails(context: OrganizationContext) -> None:
        try:
            raise KeyError("seat")
        except KeyError:
            logging.exception("could not")

    context = OrganizationContext.for_testing()
    await definition_of(fails).call(context, {})
    line = host_of(context).lines[0]
    assert (line.level, line.data) == ("error", {"exception": "KeyError('seat')"})


def test_a_record_whose_placeholders_do_not_fit_is_kept_as_it_is() -> None:
    context = OrganizationContext.for_testing()
    token = running_context.set(context)
    try:
        record = logging.makeLogRecord(
            {"name": "author", "levelno": 20, "msg": "%s and %s", "args": ("one",)}
        )
        RunLogHandler(running_context).handle(record)
    finally:
        running_context.reset(token)
    assert host_of(context).lines[0].message == "%s and %s ('one',)"


@pytest.mark.usefixtures("captured")
def test_outside_a_run_nothing_is_captured() -> None:
    logging.getLogger("engine").info("started")


@pytest.mark.usefixtures("captured")
async def test_secrets_are_blanked_in_standard_logging_too() -> None:
    @workflow
    async def leaks(context: OrganizationContext) -> None:
        logging.info("it is %s", await context.secrets.require("pw"), extra={"api_key": "abc"})

    context = OrganizationContext.for_testing(secrets={"pw": "hunter2222"})
    await definition_of(leaks).call(context, {})
    line = host_of(context).lines[0]
    assert (line.message, line.data) == ("it is [redacted]", {"api_key": "[redacted]"})
