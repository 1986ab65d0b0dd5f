"""Do the main job against a fresh stack, without a browser, and prove the result."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx
from rich.console import Console

from msp_devstack import demo
from msp_devstack.api import Api, UnexpectedAnswerError, ok
from msp_devstack.ports import Ports
from msp_devstack.seed import ONBOARD_FORM, seed
from msp_devstack.stack import Stack, StackError

T = TypeVar("T")

_FORBIDDEN = 403
_NEW_USER = f"new.starter@{demo.CONTOSO.domain}"


class DemoFailedError(AssertionError):
    """Something did not hold; the message says what."""


class Report:
    """Steps as they are done, each with its time."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.steps: list[dict[str, Any]] = []

    def step(self, name: str, action: Callable[[], T]) -> T:
        """Do one step and print how it went and how long it took."""
        began = time.perf_counter()
        try:
            result = action()
        except (DemoFailedError, UnexpectedAnswerError, StackError, TimeoutError, httpx.HTTPError) as error:
            self.steps.append({"name": name, "ok": False, "error": str(error)})
            self.console.print(f"[red]✗[/red] {name}\n  [red]{error}[/red]")
            raise DemoFailedError(str(error)) from error
        took_ms = (time.perf_counter() - began) * 1000
        self.steps.append({"name": name, "ok": True, "durationMs": round(took_ms)})
        self.console.print(f"[green]✓[/green] {took_ms:6.0f} ms  {name}", soft_wrap=True)
        return result


def demonstrate(data: Path, report: Report) -> bool:
    """Run the whole demonstration on ports of its own.

    Args:
        data: Empty folder for the stack.

    Returns:
        Whether all of it held.
    """
    ports = Ports.free()
    stack = Stack(data, ports)
    began = time.perf_counter()
    try:
        report.step("Start Azurite, identity provider, sandboxes, both apps and the client", stack.start)
        report.step(
            "Make three clients and the MSP itself, with people, secrets, integrations and forms",
            lambda: seed(ports),
        )
        _main_job(ports, report)
        report.step(
            "The MSP's own tenant tells whose GDAP relationship ends: Fabrikam's",
            lambda: _gdap_proof(ports),
        )
        _refusals(ports, report)
    except DemoFailedError:
        return False
    finally:
        stack.stop()
    report.console.print(
        f"\n[bold green]All of it holds.[/bold green] {time.perf_counter() - began:.1f} s in all."
    )
    return True


def _main_job(ports: Ports, report: Report) -> None:
    technician = report.step(
        "Sign in as the technician (authorization code + PKCE)", lambda: Api(ports, demo.TECHNICIAN)
    )
    with technician:
        technician.use(technician.organization_id(demo.CONTOSO.name))
        form_id = technician.form_id(ONBOARD_FORM)
        licences = report.step(
            "Read the licences with free seats from Contoso's tenant",
            lambda: _options(technician, "get_available_licenses", form_id),
        )
        groups = report.step("Read Contoso's groups", lambda: _options(technician, "get_groups", form_id))
        licence, group = licences[0], groups[0]
        values = {
            "first_name": "New",
            "last_name": "Starter",
            "email": _NEW_USER,
            "license_sku": licence["value"],
            "groups": [group["value"]],
        }
        execution = report.step(
            f"Submit “{ONBOARD_FORM}” with {licence['label']} and wait for its end",
            lambda: _submit(technician, form_id, values),
        )
        report.step(
            "Graph: the user exists in Contoso's tenant with that licence and group",
            lambda: _graph_proof(ports, licence["value"], group["value"]),
        )
        report.step("HaloPSA: a ticket of Contoso's records it", lambda: _halo_proof(ports, execution))
        report.step(
            "History: the execution is listed, with its log", lambda: _history_proof(technician, execution)
        )


def _refusals(ports: Ports, report: Report) -> None:
    with Api(ports, demo.ADMIN) as admin:
        northwind = admin.organization_id(demo.NORTHWIND.name)
        admin.use(northwind)
        form_id = admin.form_id(ONBOARD_FORM)
    report.step(
        "The technician is refused for Northwind, where they have no rights (403)",
        lambda: _refused(ports, demo.TECHNICIAN, northwind, form_id),
    )
    report.step(
        "The stranger is refused everywhere (403)", lambda: _refused(ports, demo.STRANGER, northwind, form_id)
    )
    report.step("No user was made in Northwind's tenant", lambda: _absent(ports))


def _options(api: Api, provider: str, form_id: str) -> list[dict[str, Any]]:
    answer = ok(api.engine.get(f"/api/data-providers/{provider}", params={"formId": form_id}))
    if not answer["options"]:
        raise DemoFailedError(f"{provider} has no options")
    return list(answer["options"])


def _submit(api: Api, form_id: str, values: dict[str, Any]) -> dict[str, Any]:
    answer = ok(
        api.engine.post(
            f"/api/forms/{form_id}/submit",
            json={"parameters": values},
            headers={"Idempotency-Key": "demonstration-1", "Prefer": "wait=1"},
        )
    )
    execution = api.wait_for(answer["executionId"])
    if execution["status"] != "Success":
        raise DemoFailedError(f"The execution ended as {execution['status']}: {execution.get('error')}")
    return execution


def _graph_proof(ports: Ports, sku: str, group: str) -> None:
    tenant = ok(httpx.get(f"{ports.url('graph')}/_sandbox/tenants/{demo.CONTOSO.tenant_id}"))
    users = [user for user in tenant["users"] if user["userPrincipalName"] == _NEW_USER]
    _require(len(users) == 1, f"Contoso's tenant has {len(users)} users {_NEW_USER}")
    skus = [assigned["skuId"] for assigned in users[0]["assignedLicenses"]]
    _require(skus == [sku], f"the user's licences are {skus}")
    members = next(one["members"] for one in tenant["groups"] if one["id"] == group)
    _require(users[0]["id"] in members, "the user is not in the group")


def _halo_proof(ports: Ports, execution: dict[str, Any]) -> None:
    tickets = ok(httpx.get(f"{ports.url('halopsa')}/_sandbox/state"))["tickets"]
    mine = [one for one in tickets if _NEW_USER in f"{one.get('summary')} {one.get('details')}"]
    _require(len(mine) == 1, f"HaloPSA has {len(mine)} tickets about {_NEW_USER}")
    _require(mine[0]["client_id"] == demo.CONTOSO.halo_client, "the ticket is not Contoso's")
    _require(str(mine[0]["id"]) in str(execution["result"]), "the result does not name the ticket")


def _history_proof(api: Api, execution: dict[str, Any]) -> None:
    listed = ok(api.management.get("/api/executions", params={"workflowName": "onboard_user"}))
    ids = [one["executionId"] for one in listed]
    _require(execution["executionId"] in ids, "the execution is not in the history")
    logs = ok(api.management.get(f"/api/executions/{execution['executionId']}/logs"))
    _require(len(logs["items"]) > 0, "the execution has no log")


def _gdap_proof(ports: Ports) -> None:
    with Api(ports, demo.ADMIN) as admin:
        admin.use(admin.organization_id(demo.MSP.name))
        run = ok(admin.engine.post("/api/workflows/gdap_expiry", json={"parameters": {}}))
        execution = admin.wait_for(run["executionId"])
    clients = [row["client"] for row in execution["result"] or ()]
    _require(demo.FABRIKAM.name in clients, f"it names {clients}: {execution.get('error')}")


def _refused(ports: Ports, person: demo.DemoPerson, organization_id: str, form_id: str) -> None:
    with Api(ports, person, organization_id=organization_id) as api:
        answer = api.engine.post(f"/api/forms/{form_id}/submit", json={"parameters": {"email": _NEW_USER}})
        _require(answer.status_code == _FORBIDDEN, f"submit answered {answer.status_code} {answer.text}")
        answer = api.engine.get("/api/data-providers/get_available_licenses", params={"formId": form_id})
        _require(answer.status_code == _FORBIDDEN, f"options answered {answer.status_code} {answer.text}")


def _absent(ports: Ports) -> None:
    tenant = ok(httpx.get(f"{ports.url('graph')}/_sandbox/tenants/{demo.NORTHWIND.tenant_id}"))
    _require(all(user["userPrincipalName"] != _NEW_USER for user in tenant["users"]), "there is one")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise DemoFailedError(otherwise)
