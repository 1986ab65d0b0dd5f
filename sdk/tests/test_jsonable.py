"""Author values as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from msp_automation import WorkflowError
from msp_automation.jsonable import to_jsonable, to_loggable


class Colour(Enum):
    RED = "red"


class Row(BaseModel):
    sku: str
    seats: int


@dataclass
class Point:
    x: int


def test_values_of_all_kinds_become_json() -> None:
    given = {
        "row": Row(sku="a", seats=3),
        "point": Point(1),
        "when": datetime(2026, 1, 31, 9, tzinfo=UTC),
        "day": date(2026, 1, 31),
        "colour": Colour.RED,
        "id": UUID(int=1),
        "set": {1},
        "tuple": (1, None),
        "nan": [float("nan"), float("inf"), 1.5],
        "raw": b"\xff",
        3: "key",
    }
    assert to_jsonable(given) == {
        "row": {"sku": "a", "seats": 3},
        "point": {"x": 1},
        "when": "2026-01-31T09:00:00Z",
        "day": "2026-01-31",
        "colour": "red",
        "id": "00000000-0000-0000-0000-000000000001",
        "set": [1],
        "tuple": [1, None],
        "nan": [None, None, 1.5],
        "raw": "_w==",
        "3": "key",
    }


def circle() -> Any:
    ring: list[Any] = []
    ring.append(ring)
    return ring


@pytest.mark.parametrize("value", [object(), {"a": print}, circle()])
def test_what_has_no_json_form_is_refused_for_results_and_described_in_logs(value: Any) -> None:
    with pytest.raises(WorkflowError, match="The result of 'w' cannot be stored as JSON"):
        to_jsonable(value, what="The result of 'w'")
    json.dumps(to_loggable(value), allow_nan=False)
