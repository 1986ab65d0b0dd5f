"""A saved file is live at once; a broken one is named and hurts nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from msp_devstack import demo
from msp_devstack.api import Api, ok

pytestmark = pytest.mark.e2e
ApiOf = Callable[..., Api]

SOURCE = '''
from msp_automation import OrganizationContext, workflow


@workflow(category="Tests")
def saved_meanwhile(context: OrganizationContext) -> str:
    """Saved while the engine runs."""
    return "{version}"
'''


def until(condition: Callable[[], Any], *, seconds: float = 10) -> Any:
    """The first truthy answer within a bound that no healthy machine needs."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come true")


def test_a_saved_file_answers_without_restart_and_so_does_its_next_version(
    api: ApiOf, workflows_root: Path
) -> None:
    admin = api(demo.ADMIN, demo.CONTOSO)
    path = workflows_root / "workflows" / "saved_meanwhile.py"

    def answers(version: str) -> bool:
        answer = admin.engine.post("/api/workflows/saved_meanwhile", json={"parameters": {}})
        return answer.status_code == 200 and bool(answer.json()["result"] == version)

    for version in ("first", "second"):
        path.write_text(SOURCE.format(version=version))
        until(lambda version=version: answers(version))  # type: ignore[misc]  # binds the loop's value
    names = [one["name"] for one in ok(admin.engine.get("/api/admin/metadata"))["workflows"]]
    assert "saved_meanwhile" in names
    path.unlink()
    until(lambda: admin.engine.post("/api/workflows/saved_meanwhile", json={}).status_code == 404)


def test_a_file_with_a_syntax_error_is_named_with_its_line_and_nothing_else_breaks(
    api: ApiOf, workflows_root: Path
) -> None:
    admin = api(demo.ADMIN, demo.CONTOSO)
    path = workflows_root / "workflows" / "broken.py"
    path.write_text("x = 1\ndef broken(:\n    pass\n")

    def named() -> list[dict[str, Any]]:
        errors = ok(admin.engine.get("/api/admin/metadata"))["errors"]
        return [one for one in errors if one["sourceFile"].endswith("broken.py")]

    try:
        (error,) = until(named)
        assert error["line"] == 2
        body = {"parameters": {"text": "still here"}}
        assert ok(admin.engine.post("/api/workflows/echo", json=body))["status"] == "Success"
    finally:
        path.unlink()
    until(lambda: not named())
