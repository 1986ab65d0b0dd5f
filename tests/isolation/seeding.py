"""Two organizations that have a canary in every text."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Final

from tests.isolation.canaries import CONTOSO, ORGANIZATIONS, canary, sealed_canary, staff_canary
from tests.isolation.expectations import FORM, TABLE, WEBHOOK
from tests.isolation.matrix import Names, filled, used_key
from tests.isolation.operations import KEY_HEADER, SERVICES, operations
from tests.isolation.people import CLIENTS, PEOPLE, TECHNICIANS, Caller
from tests.isolation.platform import Platform

from msp_core.ids import OrgId
from msp_core.models import utc_now
from msp_core.permissions.models import Permission
from msp_core.schedules.models import Slot, SlotState
from msp_core.schedules.repository import ScheduleRepository
from msp_devstack import demo
from msp_devstack.demo import DemoPerson

# A client user has no permissions, so there is no second page of them.
_SHORT: Final = frozenset({"listUserPermissions"})


class World:
    """What is there: the ids and texts of each organization by name."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.names: dict[str, Names] = {}
        self.runs: Counter[str] = Counter()
        self._my_executions: dict[Caller, str] = {}
        self._my_waiting: dict[Caller, str] = {}

    def names_for(self, caller: Caller, organization: str) -> Names:
        """An organization's names, and what is the caller's own."""
        names = dict(self.names[organization])
        if caller in PEOPLE:
            names["myUserId"] = PEOPLE[caller].user_id
        if caller in self._my_executions:
            names["myExecutionId"] = self._my_executions[caller]
            names["myFileId"] = self.platform.files[names["myExecutionId"]]
            names["myWaitingExecutionId"] = self._my_waiting[caller]
        return names

    def ids_of_only(self, organization: str) -> set[str]:
        """Ids that are this organization's and nobody else's."""
        mine, others = (
            {text for name, text in names.items() if name.lower().endswith("id")}
            for names in (
                self.names[organization],
                *(names for key, names in self.names.items() if key != organization),
            )
        )
        return mine - others

    async def fresh(self, kind: str, organization: str) -> Names:
        """A thing that the next request may use up."""
        names, ask = self.names[organization], self.platform.ask
        if kind == "executionId":
            note = names["staffText"]
            made = await self.platform.run(
                Caller.ADMIN, "/api/workflows/linger", names["orgId"], note, waits=False
            )
        elif kind == "webhookId":
            path, body = f"/api/organizations/{names['orgId']}/webhooks", filled(WEBHOOK, names)
            made = (await ask(Caller.ADMIN, "POST", path, body)).json()["id"]
        elif kind == "formId":
            body = filled(FORM, names)
            made = (await ask(Caller.ADMIN, "POST", "/api/forms", body, org_id=names["orgId"])).json()["id"]
        else:
            path = {"orgId": "/api/organizations", "roleId": "/api/roles"}[kind]
            made = (await ask(Caller.ADMIN, "POST", path, {"name": "Made to go"})).json()["id"]
        return {kind: made}

    async def fresh_waiting(self, caller: Caller, *, is_own: bool) -> Names:
        """An execution in the queue that the next request may stop: the caller's own, or an admin's."""
        names = self.names[caller.home]
        path = f"/api/forms/{names['waitingFormId']}/submit" if is_own else "/api/workflows/queue_up"
        who = caller if is_own else Caller.ADMIN
        return {"executionId": await self.platform.run(who, path, names["orgId"], names["text"], waits=False)}

    async def build(self) -> None:
        """Fill an empty platform."""
        ask = self.platform.ask
        await ask(Caller.ADMIN, "GET", "/api/me")
        await self.platform.start()
        await ask(Caller.ADMIN, "PUT", "/api/secrets/shared-secret", {"value": demo.HALO_CLIENT_SECRET})
        await ask(Caller.ADMIN, "PUT", "/api/secrets/second-secret", {"value": "not for anybody"})
        # Each organization has a value of its own in place of the last.
        for key in ("written", "written.too", "staff.value"):
            await ask(Caller.ADMIN, "POST", "/api/config", {"key": key, "value": "of all"})
        settings = {
            "baseUrl": self.platform.places.halo_url,
            "clientId": demo.HALO_CLIENT_ID,
            "clientSecret": "shared-secret",
        }
        await ask(Caller.ADMIN, "PUT", "/api/integrations/halopsa", {"settings": settings})
        await ask(Caller.ADMIN, "PUT", "/api/secrets/graph-secret", {"value": demo.GRAPH_CLIENT_SECRET})
        settings = {"clientId": demo.GRAPH_CLIENT_ID, "clientSecret": "graph-secret"}
        await ask(Caller.ADMIN, "PUT", "/api/integrations/msgraph", {"settings": settings})
        await asyncio.gather(*(self._organization(key) for key in ORGANIZATIONS))
        await self._people()
        await asyncio.gather(*(self._history(key) for key in ORGANIZATIONS))
        await ask(Caller.ADMIN, "PATCH", f"/api/users/{_id(Caller.DISABLED)}", {"isActive": False})
        await ask(Caller.ADMIN, "PATCH", f"/api/users/{_id(Caller.DISABLED_CLIENT)}", {"isActive": False})
        for key in ORGANIZATIONS:
            await self._keys(key)
            self.names[key] |= await self._cursors(key)

    async def _organization(self, key: str) -> None:
        ask, tenant_id = self.platform.ask, _tenant_of(key)
        answer = await ask(
            Caller.ADMIN,
            "POST",
            "/api/organizations",
            {"name": canary(key, "name"), "tenantId": tenant_id},
        )
        org_id = answer.json()["id"]
        names = {
            "orgId": org_id,
            "organization": org_id,
            "organizationId": org_id,
            "tenantId": tenant_id,
            "type": "halopsa",
            "text": canary(key, "text"),
            "staffText": staff_canary(key, "text"),
            "sealedText": sealed_canary(key, "text"),
            "secret": f"only-{key}",
            "key": f"only.{key}",
            "haloUrl": self.platform.places.halo_url,
        }
        self.names[key] = names
        path = f"/api/organizations/{org_id}"
        for name in (f"only-{key}", "shared-secret", staff_canary(key, "secret")):
            await ask(Caller.ADMIN, "PUT", f"{path}/secrets/{name}", {"value": sealed_canary(key, name)})
        texts = {
            "shared.value": canary(key, "config"),
            "staff.value": staff_canary(key, "config"),
            f"only.{key}": staff_canary(key, "only"),
            staff_canary(key, "key"): staff_canary(key, "value"),
        }
        for name, value in texts.items():
            body = {"key": name, "value": value, "description": staff_canary(key, "description")}
            await ask(Caller.ADMIN, "POST", f"{path}/config", body)
        reference = {"key": "a.secret", "value": staff_canary(key, "secret"), "type": "secret_ref"}
        await ask(Caller.ADMIN, "POST", f"{path}/config", reference)
        graph = {"clientId": demo.GRAPH_CLIENT_ID, "clientSecret": staff_canary(key, "secret")}
        await ask(Caller.ADMIN, "PUT", f"{path}/integrations/msgraph", {"settings": graph})
        halo = {
            "baseUrl": names["haloUrl"],
            "clientId": staff_canary(key, "client"),
            "clientSecret": f"only-{key}",
        }
        await ask(Caller.ADMIN, "PUT", f"{path}/integrations/halopsa", {"settings": halo})
        await ask(Caller.ADMIN, "POST", f"{path}/integrations/halopsa/test")
        await ask(Caller.ADMIN, "POST", f"{path}/tenant/verify")
        await self._forms(key)
        for name in ("webhookId", "secondWebhookId"):
            made = await ask(Caller.ADMIN, "POST", f"{path}/webhooks", filled(WEBHOOK, names))
            names[name] = made.json()["id"]

    async def _forms(self, key: str) -> None:
        ask, names = self.platform.ask, self.names[key]
        org_id = names["orgId"]
        open_form = {
            "name": canary(key, "form"),
            "description": canary(key, "form"),
            "linkedWorkflow": "keep",
            "formSchema": {
                "fields": [
                    {"name": "note", "label": canary(key, "field"), "type": "text"},
                    {
                        "name": "choice",
                        "label": canary(key, "field"),
                        "type": "select",
                        "dataProvider": "open_options",
                    },
                    {"name": "attachment", "label": canary(key, "field"), "type": "file"},
                ]
            },
        }
        second = open_form | {"name": canary(key, "second"), "linkedWorkflow": "linger"}
        for name, body in {
            "formId": filled(FORM, names),
            "openFormId": open_form,
            "secondFormId": second,
            "waitingFormId": open_form | {"name": canary(key, "waiting"), "linkedWorkflow": "queue_up"},
        }.items():
            names[name] = (await ask(Caller.ADMIN, "POST", "/api/forms", body, org_id=org_id)).json()["id"]
        for name in ("roleId", "secondRoleId"):
            body = {"name": canary(key, name.lower()), "description": canary(key, "role")}
            names[name] = (await ask(Caller.ADMIN, "POST", "/api/roles", body)).json()["id"]
            for form in ("openFormId", "secondFormId", "waitingFormId"):
                await ask(Caller.ADMIN, "PUT", f"/api/roles/{names[name]}/forms/{names[form]}")

    async def _people(self) -> None:
        ask = self.platform.ask
        for caller in PEOPLE:
            if caller is not Caller.STRANGER:
                await ask(caller, "GET", "/api/me")
        for caller, permissions in TECHNICIANS.items():
            await self._grant(PEOPLE[caller].user_id, self.names[caller.home]["orgId"], permissions)
        for key in ORGANIZATIONS:
            names = self.names[key]
            # Somebody else of the organization, and a technician whom requests may grant and revoke.
            for number, tenant_id in ((21, _tenant_of(key)), (22, demo.MSP_TENANT_ID)):
                person = _bystander(key, number, tenant_id)
                await ask(person, "GET", "/api/me")
                names["userId" if number == 21 else "technicianId"] = person.user_id
            names["actor"] = names["userId"]
            await self._grant(names["technicianId"], names["orgId"], frozenset(Permission))
            role = f"/api/roles/{names['roleId']}/users"
            client = next(one for one in CLIENTS if one.home == key)
            for user_id in (names["userId"], _id(client)):
                await ask(Caller.ADMIN, "PUT", f"{role}/{user_id}")

    async def _grant(self, user_id: str, org_id: str, permissions: frozenset[Permission]) -> None:
        body = {
            "userId": user_id,
            "orgId": org_id,
            "permissions": dict.fromkeys((one.value for one in permissions), True),
        }
        await self.platform.ask(Caller.ADMIN, "POST", "/api/permissions", body)

    async def _history(self, key: str) -> None:
        names = self.names[key]

        async def run(
            who: Caller | DemoPerson, path: str, org_id: str, note: str, *, waits: bool = True
        ) -> str:
            self.runs[key] += 1
            return await self.platform.run(who, path, org_id, note, waits=waits)

        org_id, note, own = names["orgId"], names["staffText"], names["text"]
        await self._slots(org_id, note)
        names["executionId"] = await run(Caller.ADMIN, "/api/workflows/keep", org_id, note)
        names["fileId"] = self.platform.files[names["executionId"]]
        names["failedExecutionId"] = await run(Caller.ADMIN, "/api/workflows/fail", org_id, note)
        names["liveExecutionId"] = await run(Caller.ADMIN, "/api/workflows/linger", org_id, note, waits=False)
        names["waitingExecutionId"] = await run(
            Caller.ADMIN, "/api/workflows/queue_up", org_id, note, waits=False
        )
        submit = f"/api/forms/{names['openFormId']}/submit"
        queue_up = f"/api/forms/{names['waitingFormId']}/submit"
        colleague = _bystander(key, 21, _tenant_of(key))
        for _ in range(2):
            names["colleaguesExecutionId"] = await run(colleague, submit, org_id, note)
        for caller in CLIENTS | {Caller.EXECUTES}:
            if caller.home == key:
                self._my_executions[caller] = await run(caller, submit, org_id, own)
                self._my_waiting[caller] = await run(caller, queue_up, org_id, own, waits=False)

    async def _slots(self, org_id: str, reason: str) -> None:
        """What became of a schedule: engines write it, nobody does over HTTP."""
        slots = ScheduleRepository(self.platform.engine.state.container.services.storage)
        for hours in (1, 2):
            due_at = utc_now() - timedelta(hours=hours)
            slot = Slot(
                workflow_name="keep",
                schedule_name="monthly",
                due_at=due_at,
                state=SlotState.FAILED,
                decided_at=due_at,
                reason=reason,
            )
            await slots.insert_slot(OrgId(org_id), slot)

    async def _keys(self, key: str) -> None:
        """Have every operation of an organization that takes idempotency keys answer one of them."""
        names = self.names[key]
        for service in SERVICES:
            for operation in operations(service):
                if not operation.takes_key or operation.scope is None:
                    continue
                if TABLE[service][operation.name].knows_no_people:
                    continue
                row = TABLE[service][operation.name]
                replaced = names | {name: filled(text, names) for name, text in row.names.items()}
                await self.platform.ask(
                    Caller.ADMIN,
                    operation.method,
                    filled(operation.path, replaced),
                    filled(row.body, replaced),
                    org_id=names["orgId"],
                    service=service,
                    headers={KEY_HEADER: used_key(operation, names)},
                )
                self.runs[key] += service == SERVICES[1]

    async def _cursors(self, key: str) -> Names:
        """A cursor of the organization for every list that takes one."""
        found: Names = {}
        for service in SERVICES:
            for operation in operations(service):
                if "cursor" not in operation.ids["query"]:
                    continue
                path = filled(operation.path, self.names[key])
                org_id = self.names[key]["orgId"] if operation.scope == "header" else None
                answer = await self.platform.ask(
                    Caller.ADMIN, "GET", f"{path}?limit=1", org_id=org_id, service=service
                )
                cursor = answer.headers.get("X-Next-Cursor")
                if cursor is None:
                    assert operation.name in _SHORT, f"{operation} has too little for a second page"
                    continue
                found[f"cursor of {operation}"] = cursor
        return found


def _id(caller: Caller) -> str:
    return PEOPLE[caller].user_id


def _tenant_of(key: str) -> str:
    return demo.CONTOSO.tenant_id if key == CONTOSO else demo.FABRIKAM.tenant_id


def _bystander(key: str, number: int, tenant_id: str) -> DemoPerson:
    name = canary(key, "colleague") if tenant_id != demo.MSP_TENANT_ID else "Technician"
    return DemoPerson(
        key=f"{key} {number}",
        object_id=f"b0000000-0000-4000-8000-00000000{number}{int(key == CONTOSO):02d}",
        tenant_id=tenant_id,
        name=name,
        email=f"{name.lower()}@{key}.example",
        summary="",
    )
