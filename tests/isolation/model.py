"""Who may do what, once more in plain sets and without a line of the product: what the services are held to.

People are named by their key, organizations by theirs; forms, roles and runs by the ids that the services
gave them. Whatever somebody asks may make them known, as their first sign-in does, so questions are put to
the model in the order in which they are put to the services.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

EXECUTE: Final = "canExecuteWorkflows"
CONFIGURE: Final = "canManageConfig"
MAKE_FORMS: Final = "canManageForms"
VIEW_HISTORY: Final = "canViewHistory"
PERMISSIONS: Final = (EXECUTE, CONFIGURE, MAKE_FORMS, VIEW_HISTORY)
GLOBAL: Final = "GLOBAL"
TOLD_KEYS: Final = ("shared.value", "model.value")

OK: Final = 200
CREATED: Final = 201
DONE: Final = 204
INVALID: Final = 400
FORBIDDEN: Final = 403
MISSING: Final = 404
CONFLICT: Final = 409


@dataclass(frozen=True)
class Member:
    """Somebody of the cast: where they sign in, and whether their token says admin."""

    tenant: str
    is_msp: bool = False
    has_app_role: bool = False


@dataclass
class Record:
    """What an admin sees of somebody who has signed in; `org` is a client user's, as last found."""

    is_active: bool = True
    is_flagged: bool = False
    org: str | None = None


@dataclass
class Organization:
    """A client company."""

    tenant: str | None
    is_active: bool = True


@dataclass
class Role:
    """Who has it and what it opens."""

    people: set[str] = field(default_factory=set)
    forms: set[str] = field(default_factory=set)


@dataclass
class Form:
    """A form of an organization, or a global one."""

    home: str
    is_active: bool = True
    has_options: bool = False


@dataclass(frozen=True)
class Run:
    """An execution that has ended."""

    org: str
    by: str


class Model:
    """The state of a platform, and the rules over it."""

    def __init__(self, cast: Mapping[str, Member], organizations: Mapping[str, Organization]) -> None:
        self.cast = cast
        self.organizations = dict(organizations)
        self.records: dict[str, Record] = {}
        self.grants: dict[tuple[str, str], frozenset[str]] = {}
        self.roles: dict[str, Role] = {}
        self.forms: dict[str, Form] = {}
        self.runs: dict[str, Run] = {}
        self.config: dict[tuple[str, str], str] = {}
        self.secrets: dict[tuple[str, str], str] = {}

    # Who somebody is

    def linked(self, tenant: str) -> str | None:
        """The active organization whose tenant it is."""
        homes = [key for key, one in self.organizations.items() if one.is_active and one.tenant == tenant]
        assert len(homes) < 2, f"{homes} hold one tenant"
        return homes[0] if homes else None

    def sign_in(self, person: str) -> bool:
        """Whether somebody comes in who is asked for their record; their record follows their tenant."""
        member, record = self.cast[person], self.records.get(person)
        if record is not None and not record.is_active:
            return False
        home = None if member.is_msp else self.linked(member.tenant)
        if home is None and not member.is_msp:
            return False
        if record is None:
            record = self.records[person] = Record()
        record.org = home
        return True

    def comes_in(self, person: str) -> bool:
        """The same for somebody who is only checked: a record that is there stays as it is."""
        record = self.records.get(person)
        return self.sign_in(person) if record is None else record.is_active

    def is_admin(self, person: str) -> bool:
        """Whether somebody may do everything, if they come in."""
        member, record = self.cast[person], self.records.get(person)
        return member.is_msp and (member.has_app_role or (record is not None and record.is_flagged))

    def admitted_admin(self, person: str) -> bool:
        """Whether an admin asks."""
        return self.comes_in(person) and self.is_admin(person)

    def permissions(self, person: str, org: str) -> frozenset[str]:
        """What one of the MSP's people may do in an organization that is active."""
        return (
            frozenset(PERMISSIONS) if self.is_admin(person) else self.grants.get((person, org), frozenset())
        )

    def works_in(self, person: str, org: str, needs: str | None = None) -> bool:
        """Whether one of the MSP's people may act in an organization."""
        if not self.comes_in(person) or not self.organizations[org].is_active:
            return False
        has = self.permissions(person, org)
        return self.cast[person].is_msp and bool(has) and (needs is None or needs in has)

    def belongs_to(self, person: str, org: str) -> bool:
        """The same, or they are one of the organization's own people."""
        if self.cast[person].is_msp:
            return self.works_in(person, org)
        home, tenant = self.organizations[org], self.cast[person].tenant
        return (
            self.comes_in(person)
            and self.records[person].org == org
            and home.is_active
            and home.tenant == tenant
        )

    def sees(self, person: str) -> frozenset[str]:
        """The organizations that somebody who came in may know of."""
        if self.is_admin(person):
            return frozenset(self.organizations)
        if self.cast[person].is_msp:
            return frozenset(org for org in self.organizations if self.works_in(person, org))
        return frozenset(org for org in self.organizations if self.belongs_to(person, org))

    # What somebody may see and do in an organization that they belong to

    def opened(self, person: str, form: str) -> bool:
        """Whether a role opens the form to a client user."""
        return any(person in role.people and form in role.forms for role in self.roles.values())

    def may_see_form(self, person: str, org: str, form: str) -> bool:
        """Whether somebody who belongs to the organization sees the form there."""
        found = self.forms.get(form)
        if found is None or found.home not in {org, GLOBAL}:
            return False
        if not self.cast[person].is_msp:
            return found.is_active and self.opened(person, form)
        return found.is_active or MAKE_FORMS in self.permissions(person, org)

    def forms_of(self, person: str, org: str) -> frozenset[str]:
        """Every such form."""
        return frozenset(form for form in self.forms if self.may_see_form(person, org, form))

    def may_submit(self, person: str, org: str, form: str) -> int:
        """What somebody gets who submits the form; OK if it runs."""
        if not self.belongs_to(person, org):
            return FORBIDDEN
        if not self.may_see_form(person, org, form) or not self.forms[form].is_active:
            return MISSING
        if self.cast[person].is_msp and EXECUTE not in self.permissions(person, org):
            return FORBIDDEN
        return OK

    def may_use_options(self, person: str, org: str) -> bool:
        """Whether somebody may read the options that forms offer."""
        if not self.belongs_to(person, org):
            return False
        if self.cast[person].is_msp:
            return EXECUTE in self.permissions(person, org)
        return any(self.forms[form].has_options for form in self.forms_of(person, org))

    def may_reach_run(self, person: str, org: str, run: str, needs: str) -> int:
        """What somebody gets who asks for a run: their own, or any with the permission."""
        if not self.belongs_to(person, org):
            return FORBIDDEN
        found = self.runs.get(run)
        if found is None or found.org != org:
            return MISSING
        is_allowed = self.cast[person].is_msp and needs in self.permissions(person, org)
        return OK if is_allowed or found.by == person else MISSING

    # What counts in an organization

    @staticmethod
    def effective(values: Mapping[tuple[str, str], str], org: str) -> dict[str, tuple[str, str]]:
        """By key: whose value counts, and the value."""
        counts = {key: (GLOBAL, value) for (home, key), value in values.items() if home == GLOBAL}
        return counts | {key: (home, value) for (home, key), value in values.items() if home == org != GLOBAL}

    # Changes; each tells the status that is due, and happens only if it succeeds

    def grant(self, actor: str, person: str, org: str, permissions: frozenset[str]) -> int:
        """Set what a technician may do in an organization."""
        if not self.admitted_admin(actor):
            return FORBIDDEN
        if person not in self.records:
            return MISSING
        if not self.cast[person].is_msp:
            return INVALID
        self.grants[(person, org)] = permissions
        return CREATED

    def revoke(self, actor: str, person: str, org: str) -> int:
        """Take it all away."""
        if not self.admitted_admin(actor):
            return FORBIDDEN
        self.grants.pop((person, org), None)
        return DONE

    def change_user(
        self, actor: str, person: str, *, is_active: bool | None = None, is_flagged: bool | None = None
    ) -> int:
        """Disable, enable, make an admin or not."""
        if not self.admitted_admin(actor):
            return FORBIDDEN
        record = self.records.get(person)
        if record is None:
            return MISSING
        if actor == person and (is_active is False or is_flagged is False):
            return CONFLICT
        if is_flagged and not self.cast[person].is_msp:
            return INVALID
        record.is_active = record.is_active if is_active is None else is_active
        record.is_flagged = record.is_flagged if is_flagged is None else is_flagged
        return OK

    def open_organization(self, actor: str, org: str, *, is_active: bool) -> int:
        """Close an organization, or open it again."""
        return self._replace(actor, org, Organization(self.organizations[org].tenant, is_active))

    def link(self, actor: str, org: str, tenant: str | None) -> int:
        """Link an organization to another tenant, or to none."""
        return self._replace(actor, org, Organization(tenant, self.organizations[org].is_active))

    def _replace(self, actor: str, org: str, wanted: Organization) -> int:
        if not self.admitted_admin(actor):
            return FORBIDDEN
        others = [one for key, one in self.organizations.items() if key != org and one.is_active]
        is_taken = any(one.tenant == wanted.tenant for one in others)
        if wanted.is_active and wanted.tenant is not None and is_taken:
            return CONFLICT
        self.organizations[org] = wanted
        return OK

    def add_role(self, role: str) -> None:
        """Take note of a role that was made."""
        self.roles[role] = Role()

    def widen_role(self, actor: str, role: str, *, person: str | None = None, form: str | None = None) -> int:
        """Give it to somebody, or let it open a form."""
        if not self.admitted_admin(actor):
            return FORBIDDEN
        found = self.roles.get(role)
        if found is None or (person is not None and person not in self.records):
            return MISSING
        if form is not None and form not in self.forms:
            return MISSING
        if person is not None and self.cast[person].is_msp:
            return INVALID
        if person is not None:
            found.people.add(person)
        if form is not None:
            found.forms.add(form)
        return DONE

    def narrow_role(
        self, actor: str, role: str, *, person: str | None = None, form: str | None = None
    ) -> int:
        """Take that back."""
        if not self.admitted_admin(actor):
            return FORBIDDEN
        if role in self.roles:
            self.roles[role].people.discard(person or "")
            self.roles[role].forms.discard(form or "")
        return DONE

    def delete_role(self, actor: str, role: str) -> int:
        """Remove it, and from everybody."""
        if not self.admitted_admin(actor):
            return FORBIDDEN
        self.roles.pop(role, None)
        return DONE

    def may_write_form(self, actor: str, org: str, *, is_global: bool) -> int:
        """What somebody gets who saves a form; CREATED if it is saved."""
        if not self.works_in(actor, org, MAKE_FORMS) or (is_global and not self.is_admin(actor)):
            return FORBIDDEN
        return CREATED

    def switch_form(self, actor: str, org: str, form: str, *, is_active: bool) -> int:
        """Open a form or close it."""
        if not self.works_in(actor, org, MAKE_FORMS):
            return FORBIDDEN
        found = self.forms.get(form)
        if found is None or found.home not in {org, GLOBAL}:
            return MISSING
        if found.home == GLOBAL and not self.is_admin(actor):
            return FORBIDDEN
        found.is_active = is_active
        return OK

    def delete_form(self, actor: str, org: str, form: str) -> int:
        """Remove a form, and from every role."""
        status = self.switch_form(actor, org, form, is_active=False)
        if status == MISSING:
            return DONE
        if status == OK:
            del self.forms[form]
            for role in self.roles.values():
                role.forms.discard(form)
            return DONE
        return status

    def may_write_config(self, actor: str, home: str) -> bool:
        """Whether somebody may set values of an organization, or of all."""
        return self.admitted_admin(actor) if home == GLOBAL else self.works_in(actor, home, CONFIGURE)

    def may_write_secrets(self, actor: str, home: str) -> bool:
        """The same for secrets."""
        return self.admitted_admin(actor) and (home == GLOBAL or self.works_in(actor, home))

    @staticmethod
    def put(
        values: dict[tuple[str, str], str], home: str, key: str, value: str | None, *, is_allowed: bool
    ) -> None:
        """Set one of the values or secrets, or delete it, if that was allowed."""
        if is_allowed and value is None:
            values.pop((home, key), None)
        elif is_allowed and value is not None:
            values[(home, key)] = value

    def told(self, org: str) -> dict[str, object]:
        """What the workflow `tell` tells in an organization."""
        config, secrets = self.effective(self.config, org), self.effective(self.secrets, org)
        secret = secrets.get("model-secret")
        return {
            "note": "",
            "config": {key: config[key][1] if key in config else None for key in TOLD_KEYS},
            "digest": None if secret is None else sha256(secret[1].encode()).hexdigest(),
        }
