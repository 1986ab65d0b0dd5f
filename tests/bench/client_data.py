"""What the client shows while it is measured: an MSP of the usual size, and the largest things it has to show."""

from __future__ import annotations

from typing import Any

from tests.bench import clients, past
from tests.bench.stacks import storage_of

from msp_core.ids import UserId
from msp_core.models import utc_now
from msp_core.users.models import User, UserType
from msp_core.users.repository import UserRepository
from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.stack import Stack

ORGANIZATIONS = clients.organization_ids(40)
LOG_LINES = 10_000
FIELDS = 50
_EXECUTIONS = 1_000


async def fill(stack: Stack) -> None:
    """Write organizations, forms, people and a past of which the first organization has some 220 executions."""
    storage = storage_of(stack.connection_string)
    try:
        await clients.fill(storage, ORGANIZATIONS, forms=12)
        await past.fill(storage, ORGANIZATIONS, _EXECUTIONS, until=utc_now())
        await _more_people(UserRepository(storage))
    finally:
        await storage.close()


async def _more_people(users: UserRepository) -> None:
    now = utc_now()
    for number, user_id in enumerate(person for person in past.PEOPLE if person != demo.TECHNICIAN.user_id):
        await users.insert(
            User(
                id=UserId(user_id),
                email=f"technician.{number}@msp.example",
                display_name=f"Technician {number}",
                user_type=UserType.MSP,
                created_at=now,
                last_login=now,
            )
        )


def large_form(admin: Api) -> str:
    """A form of fifty fields of most types, in five sections, some of which others show; its id."""
    fields = [_field(number) for number in range(FIELDS)]
    sections = [{"name": f"part_{number}", "title": f"Part {number}"} for number in range(5)]
    form = {
        "name": "Everything about a site",
        "description": "What has to be known before a site is taken over.",
        "linkedWorkflow": "no_op",
        "isGlobal": True,
        "formSchema": {"fields": fields, "sections": sections},
    }
    return str(ok(admin.management.post("/api/forms", json=form))["id"])


def _field(number: int) -> dict[str, Any]:
    kinds = ("text", "text", "text", "email", "number", "text", "select", "textarea", "checkbox", "date")
    kind = kinds[number % len(kinds)]
    field: dict[str, Any] = {
        "name": f"field_{number}",
        "label": f"Field {number}",
        "type": kind,
        "required": number % 3 == 0 and kind != "checkbox",
        "helpText": "What it is for, in a line" if number % 2 else None,
        "section": f"part_{number // 10}",
    }
    if kind == "select":
        field["options"] = [{"label": f"Choice {one}", "value": f"choice_{one}"} for one in range(8)]
    if kind == "text" and number > 0:
        field["validation"] = {"maxLength": 64}
    if number % 10 == 9:
        field["visibleWhen"] = {"field": f"field_{number - 1}", "operator": "notEquals", "value": True}
    return field


def long_log(admin: Api) -> str:
    """An execution that wrote ten thousand lines; its id."""
    answer = admin.engine.post(
        "/api/workflows/chatty",
        json={"parameters": {"lines": LOG_LINES}},
        headers={"Prefer": "wait=60"},
    )
    return str(ok(answer)["executionId"])


def shared(admin: Api) -> None:
    """Roles and configuration of all organizations, since an empty list is shown in no time."""
    for number in range(8):
        role = {"name": f"Office {number}", "description": "People who may ask for new users"}
        ok(admin.management.post("/api/roles", json=role))
    for number in range(8):
        value = {"key": f"shared_{number}", "value": "v" * 40, "type": "string"}
        ok(admin.management.post("/api/config", json=value))
