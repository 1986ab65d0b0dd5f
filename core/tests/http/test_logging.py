"""Log lines are JSON, carry the request's id and no credentials."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog

from msp_http.logging import configure_logging, redact_event

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"


@contextmanager
def configured(*, keeps_handlers: bool = False) -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    configure_logging("INFO", keeps_handlers=keeps_handlers)
    try:
        yield
    finally:
        root.handlers = handlers
        root.setLevel(level)
        structlog.reset_defaults()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("headers", {"Authorization": f"Bearer {TOKEN}"}),
        ("client_secret", "hunter2hunter2"),
        ("error", f"401 for Bearer {TOKEN}"),
        ("body", [{"password": "hunter2hunter2"}]),
        ("text", "AccountKey=aHVudGVyMg==;EndpointSuffix=x"),
    ],
)
def test_credentials_are_blanked_wherever_they_stand(key: str, value: object) -> None:
    line = json.dumps(redact_event(None, "info", {key: value}))
    assert not any(secret in line for secret in (TOKEN, "hunter2", "aHVudGVyMg"))
    assert "[redacted]" in line


def test_both_kinds_of_logger_write_one_json_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with configured(), structlog.contextvars.bound_contextvars(request_id="abc-12345"):
        structlog.get_logger("ours").info("event", count=1)
        logging.getLogger("library").warning("went %s", "wrong")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["event", "went wrong"]
    assert all(line["request_id"] == "abc-12345" and line["level"] and line["timestamp"] for line in lines)


def test_an_exception_is_one_line_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    with configured():
        try:
            raise ValueError("broken")
        except ValueError:
            structlog.get_logger("ours").exception("failed")
    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: broken" in json.loads(line)["exception"]


def test_under_functions_each_line_is_a_message_for_the_hosts_handler(
    caplog: pytest.LogCaptureFixture,
) -> None:
    handlers = list(logging.getLogger().handlers)
    with configured(keeps_handlers=True):
        structlog.get_logger("ours").info("event", token="hunter2")
    assert logging.getLogger().handlers == handlers
    (record,) = caplog.records
    assert json.loads(record.message)["event"] == "event"
    assert "hunter2" not in record.message
