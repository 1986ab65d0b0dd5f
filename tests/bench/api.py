"""Bars of the Management API: 200 organizations with 100 forms each, 20 people at once."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import psutil
from tests.bench import clients, floors, past
from tests.bench.measure import Bar, percentile
from tests.bench.stacks import running_stack, session, storage_of

from msp_core.ids import new_id
from msp_core.models import utc_now
from msp_devstack import demo
from msp_devstack.stack import Stack

_ORGANIZATIONS = 200
_FORMS = 100
_CLIENTS = 20
_SECONDS = 20.0
_WARM_UP_SECONDS = 3.0


def measure() -> list[Bar]:
    """Every bar of the group, against one stack."""
    with running_stack() as stack:
        return asyncio.run(_measure(stack))


async def _measure(stack: Stack) -> list[Bar]:
    storage = storage_of(stack.connection_string)
    organizations = clients.organization_ids(_ORGANIZATIONS)
    try:
        began = time.perf_counter()
        await clients.fill(storage, organizations, forms=_FORMS)
        await past.fill(storage, organizations, 4_000, until=utc_now() - timedelta(seconds=1))
        filled = Bar("seeding 200 organizations, 20,000 forms", time.perf_counter() - began, "s")
        floor_ms = await floors.point_read_ms(storage)
    finally:
        await storage.close()
    async with (
        session(stack, "management", demo.TECHNICIAN) as technician,
        session(stack, "management", demo.ADMIN) as admin,
    ):
        await _work(technician, admin, seconds=_WARM_UP_SECONDS)
        processes = _processes(stack)
        before, began = _processor_seconds(processes), time.perf_counter()
        took = await _work(technician, admin, seconds=_SECONDS)
        seconds, after = time.perf_counter() - began, _processor_seconds(processes)
    used = {name: after[name] - before[name] for name in processes}
    return [
        filled,
        floors.point_read(floor_ms, beside=" beside 20,000 forms"),
        *_bars(took),
        *_shares(took, seconds, used),
    ]


def _processes(stack: Stack) -> dict[str, psutil.Process]:
    assert stack.azurite.process is not None
    return {
        "Management API": psutil.Process(stack.processes["management"].pid),
        "Azurite": psutil.Process(stack.azurite.process.pid),
        "the bench itself": psutil.Process(),
    }


def _processor_seconds(processes: dict[str, psutil.Process]) -> dict[str, float]:
    times = {name: process.cpu_times() for name, process in processes.items()}
    return {name: one.user + one.system for name, one in times.items()}


def _shares(took: dict[str, list[float]], seconds: float, used: dict[str, float]) -> list[Bar]:
    """How many requests were answered, and whose processor time that took."""
    requests = sum(len(samples) for samples in took.values())
    return [
        Bar("requests a second, 20 clients, reads and writes", requests / seconds, "1/s"),
        *(
            Bar(f"  processor time a request: {name}", 1000 * spent / requests, "ms")
            for name, spent in used.items()
        ),
    ]


def _bars(took: dict[str, list[float]]) -> list[Bar]:
    kinds = {"reads": [n for n in took if n in _READS], "writes": [n for n in took if n not in _READS]}
    bars = []
    for kind, names in kinds.items():
        samples = [ms for name in names for ms in took[name]]
        what = f"org-scoped {kind}, 200 organizations x 100 forms, 20 clients"
        bars.append(Bar(f"{what}, p50", percentile(samples, 50), "ms"))
        bars.append(Bar(f"{what}, p95", percentile(samples, 95), "ms", 200))
        bars += [Bar(f"  of these: {name}, p95", percentile(took[name], 95), "ms") for name in sorted(names)]
    return bars


async def _work(
    technician: aiohttp.ClientSession, admin: aiohttp.ClientSession, *, seconds: float
) -> dict[str, list[float]]:
    """Milliseconds by kind of request, of 16 technicians and 4 admins who ask without a pause."""
    took: dict[str, list[float]] = defaultdict(list)
    ends_at = time.perf_counter() + seconds
    people = [_Person(admin if n % 5 == 0 else technician, n % 5 == 0, n, took) for n in range(_CLIENTS)]
    await asyncio.gather(*(person.work(ends_at) for person in people))
    return took


class _Person:
    """Somebody who asks one thing after the other, each time about a random organization."""

    def __init__(
        self, http: aiohttp.ClientSession, is_admin: bool, number: int, took: dict[str, list[float]]
    ) -> None:
        self._http = http
        self._took = took
        self._choice = random.Random(number)
        tasks = {name: weight for name, (weight, _) in _TASKS.items() if is_admin or name != "set secret"}
        self._names, self._weights = list(tasks), list(tasks.values())
        self.organization = 0

    async def work(self, ends_at: float) -> None:
        while time.perf_counter() < ends_at:
            self.organization = self._choice.randrange(_ORGANIZATIONS)
            [name] = self._choice.choices(self._names, self._weights)
            await _TASKS[name][1](self)

    @property
    def org_id(self) -> str:
        return clients.organization_ids(self.organization + 1)[-1]

    def form_id(self) -> str:
        return clients.form_id(self.organization, self._choice.randrange(_FORMS))

    async def ask(self, name: str, method: str, path: str, **options: Any) -> tuple[Any, str | None]:
        """One request, timed to the last byte of its answer."""
        headers = {"X-Organization-Id": self.org_id, **options.pop("headers", {})}
        began = time.perf_counter()
        async with self._http.request(method, path, headers=headers, **options) as answer:
            body = await answer.read()
        self._took[name].append((time.perf_counter() - began) * 1000)
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.status} {body.decode()[:500]}")
        return await answer.json(), answer.headers.get("ETag")


async def _list_forms(person: _Person) -> None:
    forms, _ = await person.ask("list forms", "GET", "/api/forms")
    assert len(forms) == 50


async def _get_form(person: _Person) -> None:
    await person.ask("get form", "GET", f"/api/forms/{person.form_id()}")


async def _list_config(person: _Person) -> None:
    await person.ask("list config", "GET", f"/api/organizations/{person.org_id}/config")


async def _list_executions(person: _Person) -> None:
    await person.ask("list executions", "GET", "/api/executions")


async def _get_me(person: _Person) -> None:
    await person.ask("get me", "GET", "/api/me")


async def _save_form(person: _Person) -> None:
    path = f"/api/forms/{person.form_id()}"
    form, etag = await person.ask("get form", "GET", path)
    assert etag is not None
    body = {name: form[name] for name in ("name", "linkedWorkflow", "formSchema", "isGlobal", "isActive")}
    options: dict[str, Any] = {"json": {**body, "description": new_id()}, "headers": {"If-Match": etag}}
    try:
        await person.ask("save form", "PUT", path, **options)
    except RuntimeError as error:
        # Two of the twenty may have met at one form: the later one is told so, as it should be.
        if ": 412 " not in str(error):
            raise


async def _create_form(person: _Person) -> None:
    body = {
        "name": f"New {new_id()}",
        "linkedWorkflow": "no_op",
        "formSchema": {"fields": [{"name": "reason", "label": "Reason", "type": "text"}]},
        "isActive": False,
    }
    await person.ask("create form", "POST", "/api/forms", json=body, headers={"Idempotency-Key": new_id()})


async def _set_config(person: _Person) -> None:
    body = {"key": "key_3", "value": new_id(), "type": "string"}
    await person.ask("set config", "POST", f"/api/organizations/{person.org_id}/config", json=body)


async def _set_secret(person: _Person) -> None:
    path = f"/api/organizations/{person.org_id}/secrets/bench-secret"
    await person.ask("set secret", "PUT", path, json={"value": new_id()})


_TASKS: dict[str, tuple[int, Callable[[_Person], Awaitable[None]]]] = {
    "list forms": (24, _list_forms),
    "get form": (20, _get_form),
    "list config": (14, _list_config),
    "list executions": (16, _list_executions),
    "get me": (6, _get_me),
    "save form": (10, _save_form),
    "create form": (3, _create_form),
    "set config": (6, _set_config),
    "set secret": (2, _set_secret),
}
_READS = frozenset({"list forms", "get form", "list config", "list executions", "get me"})
