"""The questions that people put to both services, what the model says to each, and how each is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from tests.isolation.model import (
    CONFIGURE,
    CONFLICT,
    EXECUTE,
    FORBIDDEN,
    GLOBAL,
    INVALID,
    MAKE_FORMS,
    MISSING,
    OK,
    PERMISSIONS,
    VIEW_HISTORY,
    Model,
)
from tests.isolation.operations import SERVICES

Shown = frozenset[Any]

MANAGEMENT, ENGINE = SERVICES
OPTION_KEY: Final = "shared.value"


class What(StrEnum):
    """Everything that is asked."""

    # Of oneself
    ME = "my profile"
    ORGANIZATIONS = "my organizations"
    RUNS_OF = "the runs of a person"
    CATALOG = "the catalog"
    PEOPLE = "the list of people"
    ROLES = "the list of roles"
    # Of an organization
    ORGANIZATION = "the organization"
    CONFIG = "its configuration"
    SECRETS = "its secrets"
    FORMS = "its forms"
    HISTORY = "its history"
    GENERATE = "a form made from a workflow"
    RUN = "running a workflow that is not there"
    OPTIONS = "the options of a field"
    # Of a form
    FORM = "a form"
    SUBMIT = "submitting a form wrongly"
    # Of a run
    RECORD = "a run's record"
    LOG = "a run's log"
    CANCEL = "stopping a run that has ended"


PERSONAL: Final = (What.ME, What.ORGANIZATIONS, What.RUNS_OF, What.CATALOG, What.PEOPLE, What.ROLES)
LOCAL: Final = (
    What.ORGANIZATION,
    What.CONFIG,
    What.SECRETS,
    What.FORMS,
    What.HISTORY,
    What.GENERATE,
    What.RUN,
    What.OPTIONS,
)
OF_FORM: Final = (What.FORM, What.SUBMIT)
OF_RUN: Final = (What.RECORD, What.LOG, What.CANCEL)


@dataclass(frozen=True)
class Question:
    """One request that changes nothing.

    Args:
        org: The organization that it is about, if it is about one.
        thing: The person, form or run that it names, if it names one.
    """

    what: What
    person: str
    org: str | None = None
    thing: str | None = None

    def __str__(self) -> str:
        about = "".join(f" · {one}" for one in (self.org, self.thing) if one is not None)
        return f"{self.person} asks for {self.what}{about}"


@dataclass(frozen=True)
class Due:
    """What must come back: the status, exactly these things, and texts of no organization but these."""

    status: int
    shown: Shown | None = None
    organizations: frozenset[str] = frozenset()


def due(model: Model, question: Question) -> Due:
    """What the model says."""
    person, org, thing = question.person, question.org, question.thing
    if org is None:
        status, shown = _of_oneself(model, question.what, person, thing or person)
        return Due(status, shown, model.sees(person) if status == OK else frozenset())
    if question.what in OF_FORM or question.what in OF_RUN:
        assert thing is not None
        status, shown = _of_thing(model, question.what, person, org, thing), None
    else:
        status, shown = _of_organization(model, question.what, person, org)
    return Due(status, shown, frozenset({org} if status == OK else ()))


def _of_oneself(model: Model, what: What, person: str, other: str) -> tuple[int, Shown | None]:
    if what in {What.PEOPLE, What.ROLES}:
        is_allowed = model.admitted_admin(person)
        listed: Iterable[str] = model.records if what is What.PEOPLE else model.roles
        return (OK, frozenset(listed)) if is_allowed else (FORBIDDEN, None)
    if not model.sign_in(person):
        return FORBIDDEN, None
    is_admin, visible = model.is_admin(person), model.sees(person)
    if what is What.CATALOG:
        return (OK if model.cast[person].is_msp else FORBIDDEN), None
    if what is What.ORGANIZATIONS:
        return OK, visible
    if what is What.RUNS_OF:
        if other != person and not is_admin:
            return FORBIDDEN, None
        return OK, frozenset(key for key, run in model.runs.items() if run.by == other and run.org in visible)
    mine: set[tuple[Any, ...]] = {("role", key) for key, role in model.roles.items() if person in role.people}
    for org in visible:
        is_staff = model.cast[person].is_msp
        permissions = model.permissions(person, org) if is_staff else frozenset()
        mine.add((org, model.organizations[org].is_active, permissions))
    return OK, frozenset({("admin", is_admin)} | mine)


def _of_organization(model: Model, what: What, person: str, org: str) -> tuple[int, Shown | None]:
    needs = {What.CONFIG: CONFIGURE, What.HISTORY: VIEW_HISTORY, What.RUN: EXECUTE}
    if what is What.ORGANIZATION:
        # An admin sees inactive ones too; whoever asks is signed in by it.
        is_allowed = model.sign_in(person) and (model.is_admin(person) or model.belongs_to(person, org))
        return (OK, frozenset({org})) if is_allowed else (FORBIDDEN, None)
    if what is What.SECRETS:
        is_allowed = model.may_write_secrets(person, org)
        return (OK, _listed(model.secrets, org, named=True)) if is_allowed else (FORBIDDEN, None)
    if what is What.FORMS:
        is_allowed = model.belongs_to(person, org)
        return (OK, model.forms_of(person, org)) if is_allowed else (FORBIDDEN, None)
    if what is What.OPTIONS:
        is_allowed = model.may_use_options(person, org)
        shown = frozenset({Model.effective(model.config, org)[OPTION_KEY][1]})
        return (OK, shown) if is_allowed else (FORBIDDEN, None)
    if what is What.GENERATE:
        # Where a new form begins, and how a workflow is run without one.
        is_allowed = model.works_in(person, org, MAKE_FORMS) or model.works_in(person, org, EXECUTE)
        return (OK if is_allowed else FORBIDDEN), None
    if not model.works_in(person, org, needs[what]):
        return FORBIDDEN, None
    if what is What.CONFIG:
        return OK, _listed(model.config, org, named=False)
    if what is What.HISTORY:
        return OK, frozenset(key for key, run in model.runs.items() if run.org == org)
    return (MISSING if what is What.RUN else OK), None


def _listed(values: dict[tuple[str, str], str], org: str, *, named: bool) -> Shown:
    rows = set()
    for key, (home, value) in Model.effective(values, org).items():
        overrides = home == org and (GLOBAL, key) in values
        rows.add((key, "" if named else value, home == GLOBAL, overrides))
    return frozenset(rows)


def _of_thing(model: Model, what: What, person: str, org: str, thing: str) -> int:
    if what is What.FORM:
        if not model.belongs_to(person, org):
            return FORBIDDEN
        return OK if model.may_see_form(person, org, thing) else MISSING
    if what is What.SUBMIT:
        status = model.may_submit(person, org, thing)
        return INVALID if status == OK else status
    status = model.may_reach_run(person, org, thing, EXECUTE if what is What.CANCEL else VIEW_HISTORY)
    return CONFLICT if what is What.CANCEL and status == OK else status


@dataclass(frozen=True)
class Sending:
    """How a question is asked."""

    service: str
    path: str
    method: str = "GET"
    body: Any = None


def sending(question: Question, org_id: str, thing: str) -> Sending:
    """The request, but for the headers.

    Args:
        thing: The id of what the question names; a person's, the asker's own if it names none.
    """
    organization = f"/api/organizations/{org_id}"
    return {
        What.ME: Sending(MANAGEMENT, "/api/me"),
        What.ORGANIZATIONS: Sending(MANAGEMENT, "/api/organizations"),
        What.RUNS_OF: Sending(MANAGEMENT, f"/api/executions/users/{thing}?limit=200"),
        What.CATALOG: Sending(ENGINE, "/api/admin/metadata"),
        What.PEOPLE: Sending(MANAGEMENT, "/api/users"),
        What.ROLES: Sending(MANAGEMENT, "/api/roles"),
        What.ORGANIZATION: Sending(MANAGEMENT, organization),
        What.CONFIG: Sending(MANAGEMENT, f"{organization}/config"),
        What.SECRETS: Sending(MANAGEMENT, f"{organization}/secrets"),
        What.FORMS: Sending(MANAGEMENT, "/api/forms"),
        What.HISTORY: Sending(MANAGEMENT, "/api/executions?limit=200"),
        What.GENERATE: Sending(MANAGEMENT, "/api/forms/generate", "POST", {"workflowName": "tell"}),
        What.RUN: Sending(ENGINE, "/api/workflows/nothing", "POST", {}),
        What.OPTIONS: Sending(ENGINE, "/api/data-providers/open_options"),
        What.FORM: Sending(MANAGEMENT, f"/api/forms/{thing}"),
        What.SUBMIT: Sending(ENGINE, f"/api/forms/{thing}/submit", "POST", {"parameters": {"no field": 1}}),
        What.RECORD: Sending(MANAGEMENT, f"/api/executions/{thing}"),
        What.LOG: Sending(ENGINE, f"/api/executions/{thing}/logs"),
        What.CANCEL: Sending(ENGINE, f"/api/executions/{thing}/cancel", "POST"),
    }[question.what]


def shown(what: What, body: Any) -> Shown | None:
    """What a successful answer lists, by the ids that it has; None for what is no list."""
    match what:
        case What.ME:
            mine = {
                (one["id"], one["isActive"], frozenset(p for p in PERMISSIONS if one["permissions"][p]))
                for one in body["organizations"]
            }
            roles = {("role", one["id"]) for one in body["roles"]}
            return frozenset({("admin", body["isAdmin"])} | mine | roles)
        case What.ORGANIZATIONS | What.PEOPLE | What.ROLES | What.FORMS:
            return frozenset(one["id"] for one in body)
        case What.RUNS_OF | What.HISTORY:
            return frozenset(one["executionId"] for one in body)
        case What.ORGANIZATION:
            return frozenset({body["id"]})
        case What.CONFIG:
            return frozenset((one["key"], one["value"], one["inherited"], one["overrides"]) for one in body)
        case What.SECRETS:
            return frozenset((one["name"], "", one["inherited"], one["overrides"]) for one in body)
        case What.OPTIONS:
            return frozenset(one["value"] for one in body["options"])
        case _:
            return None
