from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from msp_core.errors import Invalid
from msp_core.executions.testing import execution_id_at
from msp_core.ids import (
    ExecutionId,
    execution_milliseconds,
    execution_row_key,
    is_execution_id,
    new_execution_id,
    parse_org_id,
    reverse_milliseconds,
)


def test_a_new_id_carries_its_time() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    made = new_execution_id()
    assert uuid.UUID(made).version == 7
    assert before.timestamp() * 1000 <= execution_milliseconds(made) <= datetime.now(UTC).timestamp() * 1000


def test_row_keys_sort_newest_first_and_are_known_from_the_id_alone() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    ids = [execution_id_at(start + timedelta(milliseconds=n * 7)) for n in range(50)]
    keys = [execution_row_key(each) for each in ids]
    assert sorted(keys) == keys[::-1]
    assert keys[0] == f"{reverse_milliseconds(start)}_{ids[0]}"
    assert len(keys[0].partition("_")[0]) == 13


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "46a71604-7f11-4584-a391-ebaad3864e6e",
        str(uuid.UUID(int=0)),
        "0192f0c1-5d3e-7a10-8b2c-3d4e5f607182".upper(),
        "0192f0c1-5d3e-7a10-8b2c-3d4e5f607182\n",
        "a/b'",
    ],
)
def test_what_is_no_execution_id_has_no_row_key(text: str) -> None:
    assert not is_execution_id(text)
    with pytest.raises(Invalid):
        execution_row_key(ExecutionId(text))


@pytest.mark.parametrize("text", ["", "GLOBAL", "x" * 36, "c0000000-0000-4000-8000-00000000000\u0661", "*"])
def test_what_is_no_uuid_is_no_organization_id(text: str) -> None:
    with pytest.raises(Invalid):
        parse_org_id(text)


def test_an_organization_id_is_lower_case() -> None:
    assert parse_org_id("C0000000-0000-4000-8000-00000000000A") == "c0000000-0000-4000-8000-00000000000a"
