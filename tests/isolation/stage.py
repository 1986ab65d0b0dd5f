"""Everything that people do to a platform: tried over HTTP, and done in the model if it may be done."""

from __future__ import annotations

from typing import Any, Final

from tests.isolation.asking import CAST, CLIENTS, ORGANIZATIONS, PEOPLE, TECHNICIANS, Asking, Disagreement
from tests.isolation.canaries import canary
from tests.isolation.model import CREATED, DONE, EXECUTE, FORBIDDEN, GLOBAL, OK, VIEW_HISTORY, Form, Run
from tests.isolation.questions import ENGINE, OPTION_KEY, Question, What

_FORM: Final = {"name": "note", "label": "Note", "type": "text"}
_OPTIONS: Final = _FORM | {"type": "select", "dataProvider": "open_options"}


class Stage(Asking):
    """A platform on which things happen."""

    async def build(self) -> None:
        """Start both services and give them something to hold back."""
        await self.platform.start()
        for key, tenant in ORGANIZATIONS.items():
            body = {"name": canary(key, "name"), "tenantId": tenant}
            answer = await self.send("admin", "POST", "/api/organizations", body, status=CREATED)
            self.org_ids[key] = answer.json()["id"]
        for key in PEOPLE:
            await self.ask(Question(What.ME, key))
        await self.set_config("admin", GLOBAL, OPTION_KEY, "of all")
        for key in ORGANIZATIONS:
            await self.set_config("admin", key, "model.value", canary(key, "value"))
        await self.grant("admin", TECHNICIANS[0], "alpha", frozenset({EXECUTE, VIEW_HISTORY}))
        await self.grant("admin", TECHNICIANS[1], "beta", frozenset({EXECUTE}))
        role = await self.create_role("admin")
        for home in ("alpha", GLOBAL):
            form = await self.create_form("admin", "alpha", is_global=home == GLOBAL, has_options=True)
            await self.change_role("admin", role, form=form)
        await self.change_role("admin", role, person=CLIENTS[0])
        for org, person in (("alpha", CLIENTS[0]), ("beta", TECHNICIANS[1])):
            await (self.submit(person, org, self.all_forms[0]) if org == "alpha" else self.run(person, org))

    async def grant(self, actor: str, person: str, org: str, permissions: frozenset[str]) -> None:
        """Set what a technician may do."""
        status = self.model.grant(actor, person, org, permissions)
        body = {
            "userId": CAST[person].user_id,
            "orgId": self.org_ids[org],
            "permissions": dict.fromkeys(sorted(permissions), True),
        }
        await self.send(actor, "POST", "/api/permissions", body, status=status)

    async def revoke(self, actor: str, person: str, org: str) -> None:
        """Take it away."""
        status = self.model.revoke(actor, person, org)
        path = f"/api/permissions?userId={CAST[person].user_id}&orgId={self.org_ids[org]}"
        await self.send(actor, "DELETE", path, status=status)

    async def change_user(self, actor: str, person: str, **change: bool) -> None:
        """Disable, enable, make an admin or not."""
        status = self.model.change_user(actor, person, **change)
        body = {
            {"is_active": "isActive", "is_flagged": "isMspAdmin"}[name]: on for name, on in change.items()
        }
        await self.send(actor, "PATCH", f"/api/users/{CAST[person].user_id}", body, status=status)

    async def open_organization(self, actor: str, org: str, *, is_active: bool) -> None:
        """Open an organization again, or close it."""
        status = self.model.open_organization(actor, org, is_active=is_active)
        path = f"/api/organizations/{self.org_ids[org]}"
        await self.send(actor, "PATCH", path, {"isActive": is_active}, status=status)

    async def link(self, actor: str, org: str, tenant: str | None) -> None:
        """Link an organization to another tenant, or to none."""
        status = self.model.link(actor, org, tenant)
        path = f"/api/organizations/{self.org_ids[org]}"
        await self.send(actor, "PATCH", path, {"tenantId": tenant}, status=status)

    async def create_role(self, actor: str) -> str:
        """Make a role; its id, or nothing's."""
        status = CREATED if self.model.admitted_admin(actor) else FORBIDDEN
        answer = await self.send(actor, "POST", "/api/roles", {"name": "A role"}, status=status)
        if status != CREATED:
            return ""
        role = str(answer.json()["id"])
        self.model.add_role(role)
        self.all_roles.append(role)
        return role

    async def delete_role(self, actor: str, role: str) -> None:
        """Remove a role."""
        status = self.model.delete_role(actor, role)
        await self.send(actor, "DELETE", f"/api/roles/{role}", status=status)

    async def change_role(
        self, actor: str, role: str, *, person: str | None = None, form: str | None = None, on: bool = True
    ) -> None:
        """Give a role to somebody or let it open a form, or take that back."""
        change = self.model.widen_role if on else self.model.narrow_role
        status = change(actor, role, person=person, form=form)
        what = f"forms/{form}" if person is None else f"users/{CAST[person].user_id}"
        await self.send(actor, "PUT" if on else "DELETE", f"/api/roles/{role}/{what}", status=status)

    async def create_form(self, actor: str, org: str, *, is_global: bool, has_options: bool) -> str:
        """Save a form; its id, or nothing's."""
        status = self.model.may_write_form(actor, org, is_global=is_global)
        body = self._form(org, is_global=is_global, has_options=has_options, is_active=True)
        answer = await self.send(actor, "POST", "/api/forms", body, status=status, org=org)
        if status != CREATED:
            return ""
        form = str(answer.json()["id"])
        self.model.forms[form] = Form(GLOBAL if is_global else org, has_options=has_options)
        self.all_forms.append(form)
        return form

    async def switch_form(self, actor: str, org: str, form: str, *, is_active: bool) -> None:
        """Open a form or close it."""
        status = self.model.switch_form(actor, org, form, is_active=is_active)
        found = self.model.forms.get(form, Form(org))
        body = self._form(
            org if found.home == GLOBAL else found.home,
            is_global=found.home == GLOBAL,
            has_options=found.has_options,
            is_active=is_active,
        )
        await self.send(actor, "PUT", f"/api/forms/{form}", body, status=status, org=org)

    async def delete_form(self, actor: str, org: str, form: str) -> None:
        """Remove a form."""
        status = self.model.delete_form(actor, org, form)
        await self.send(actor, "DELETE", f"/api/forms/{form}", status=status, org=org)

    @staticmethod
    def _form(org: str, *, is_global: bool, has_options: bool, is_active: bool) -> dict[str, Any]:
        return {
            "name": "Of all" if is_global else canary(org, "form"),
            "linkedWorkflow": "tell",
            "formSchema": {"fields": [_OPTIONS if has_options else _FORM]},
            "isGlobal": is_global,
            "isActive": is_active,
        }

    async def set_config(self, actor: str, home: str, key: str, value: str | None) -> None:
        """Set a value of an organization or of all, or delete it."""
        is_allowed = self.model.may_write_config(actor, home)
        path = "/api/config" if home == GLOBAL else f"/api/organizations/{self.org_ids[home]}/config"
        if value is None:
            await self.send(actor, "DELETE", f"{path}/{key}", status=DONE if is_allowed else FORBIDDEN)
        else:
            body = {"key": key, "value": value}
            await self.send(actor, "POST", path, body, status=CREATED if is_allowed else FORBIDDEN)
        self.model.put(self.model.config, home, key, value, is_allowed=is_allowed)

    async def set_secret(self, actor: str, home: str, value: str | None) -> None:
        """The same for the secret."""
        is_allowed = self.model.may_write_secrets(actor, home)
        path = "" if home == GLOBAL else f"/organizations/{self.org_ids[home]}"
        path = f"/api{path}/secrets/model-secret"
        if value is None:
            await self.send(actor, "DELETE", path, status=DONE if is_allowed else FORBIDDEN)
        else:
            await self.send(actor, "PUT", path, {"value": value}, status=OK if is_allowed else FORBIDDEN)
        self.model.put(self.model.secrets, home, "model-secret", value, is_allowed=is_allowed)

    async def run(self, actor: str, org: str) -> None:
        """Run the workflow that tells what counts in an organization."""
        status = OK if self.model.works_in(actor, org, EXECUTE) else FORBIDDEN
        await self._start(actor, org, "/api/workflows/tell", status)

    async def submit(self, actor: str, org: str, form: str) -> None:
        """Submit a form that is linked to it."""
        status = self.model.may_submit(actor, org, form)
        await self._start(actor, org, f"/api/forms/{form}/submit", status)

    async def _start(self, actor: str, org: str, path: str, status: int) -> None:
        shows = [org] if status == OK else []
        answer = await self.send(
            actor, "POST", path, {}, status=status, org=org, service=ENGINE, organizations=shows
        )
        if status != OK:
            return
        body = answer.json()
        if body["result"] != self.model.told(org):
            raise Disagreement(f"{org} was told {body['result']}, {self.model.told(org)} was due")
        self.model.runs[body["executionId"]] = Run(org, actor)
