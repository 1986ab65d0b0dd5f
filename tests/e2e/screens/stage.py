"""A platform as it is after some months: fifty organizations, runs in every state, links that fail."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path
from typing import Any

from tests.bench.stacks import storage_of
from tests.e2e.screens import past
from tests.e2e.screens.forms import WORKPLACE

from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.graph import GraphControl
from msp_devstack.seed import ONBOARD_FORM, REPORT, seed
from msp_devstack.services import REPOSITORY
from msp_devstack.stack import Stack

LONG_NAME = "Weatherby, Hollingsworth & Montgomery-Fitzwilliam Chartered Surveyors (UK & Ireland)"
EMPTY_ORGANIZATION = "Aalto Dental"
BROKEN_FILE = '''"""A file whose author is not done."""

from lib.invoices import read_invoices
from msp_automation import OrganizationContext, workflow


@workflow(category="Billing")
def reconcile_invoices(context: OrganizationContext) -> int:
    """Compare the distributor's invoice with the licences in use."""
    return len(read_invoices(context))
'''
_NAMES = [EMPTY_ORGANIZATION, LONG_NAME] + [
    f"{first} {second}"
    for first, second in zip(
        ("Alpine", "Amber", "Beacon", "Birch", "Blue Yonder", "Brook", "Cedar", "City", "Coho", "Copper",
         "Crest", "Eastgate", "Elm", "Fourth", "Garnet", "Glen", "Granite", "Harbour", "Hazel", "Humble",
         "Ivory", "Juniper", "Kestrel", "Lakeside", "Larch", "Lucerne", "Maple", "Meadow", "Mill", "Moor",
         "Northgate", "Oak", "Orchard", "Parnell", "Quarry", "Relay", "Ridge", "River", "Rowan", "Saddle",
         "Southridge", "Tern", "Trey", "Wide World", "Woodgrove"),
        ("Architects", "Brewing", "Dental Practice", "Electrical", "Airlines", "Law", "Logistics", "Power",
         "Vineyard", "Works", "Physiotherapy") * 5,
        strict=False,
    )
]  # fmt: skip


def workflows_root(folder: Path) -> Path:
    """The repository's workflows and the screens' own, one of which does not import."""
    for source in (REPOSITORY / "workflow-engine", Path(__file__).parent / "author"):
        for name in ("workflows", "data_providers", "lib"):
            if (source / name).exists():
                hidden = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source / name, folder / name, dirs_exist_ok=True, ignore=hidden)
    (folder / "workflows" / "reconcile_invoices.py").write_text(BROKEN_FILE)
    return folder


def furnish(stack: Stack) -> None:
    """Put everything there that the screens show."""
    seed(stack.ports)
    with Api(stack.ports, demo.ADMIN) as admin:
        contoso = admin.organization_id(demo.CONTOSO.name)
        made = _organizations(admin)
        asyncio.run(_past(stack, [contoso, *made[1:12]]))
        admin.use(contoso)
        _settings(admin, contoso)
        _forms(admin)
        _links(stack, admin)
        _people(admin, contoso)
        _runs(admin)
    with Api(stack.ports, demo.TECHNICIAN) as technician:
        technician.use(contoso)
        run(technician, "mailbox_sizes")
    with Api(stack.ports, demo.CLIENT_USER) as person:
        _ask(person, contoso)


def run(api: Api, workflow: str, *, wait: int = 15, **parameters: Any) -> str:
    """Start a workflow for the organization that `api` works for; the execution's id."""
    started = api.engine.post(
        f"/api/workflows/{workflow}", json={"parameters": parameters}, headers={"Prefer": f"wait={wait}"}
    )
    return str(ok(started)["executionId"])


async def _past(stack: Stack, organizations: list[str]) -> None:
    storage = storage_of(stack.connection_string)
    try:
        await past.fill(storage, organizations)
    finally:
        await storage.close()


def _organizations(admin: Api) -> list[str]:
    tags: tuple[list[str], ...] = (["gold"], ["gold", "co-managed"], ["silver"], [])
    made = [
        ok(admin.management.post("/api/organizations", json={"name": name, "tags": tags[number % 4]}))["id"]
        for number, name in enumerate(_NAMES)
    ]
    ok(admin.management.delete(f"/api/organizations/{made[-1]}"))
    return [str(one) for one in made]


def _settings(admin: Api, contoso: str) -> None:
    own = f"/api/organizations/{contoso}"
    shared: tuple[dict[str, str], ...] = (
        {"key": "ticket_type", "value": "27", "type": "int", "description": "Type of tickets that runs open"},
        {"key": "password_length", "value": "16", "type": "int"},
        {"key": "notify_on_failure", "value": "true", "type": "bool", "description": "Tell the service desk"},
        {"key": "standard_groups", "value": '["All Company", "VPN users", "MFA enforced"]', "type": "json"},
        {"key": "halopsa_secret", "value": "halopsa-client-secret", "type": "secret_ref"},
    )
    for item in shared:
        ok(admin.management.post("/api/config", json=item))
    for item in (
        {"key": "password_length", "value": "20", "type": "int", "description": "Longer by contract"},
        {"key": "offboarding.keep_mailbox_days", "value": "365", "type": "int"},
    ):
        ok(admin.management.post(f"{own}/config", json=item))
    for name in ("backup-console-password", "firewall-api-key"):
        ok(admin.management.put(f"{own}/secrets/{name}", json={"value": f"value of {name}"}))
    webhooks: tuple[dict[str, Any], ...] = (
        {"name": "HaloPSA: new ticket", "workflowName": "triage_ticket", "payloadParameter": "event"},
        {"name": "Monitoring", "workflowName": "backup_summary", "allowedAddresses": ["203.0.113.0/24"]},
    )
    for webhook in webhooks:
        ok(admin.management.post(f"{own}/webhooks", json=webhook))


def _forms(admin: Api) -> None:
    ok(admin.management.post("/api/forms", json=WORKPLACE))
    mailboxes = REPORT | {
        "name": "Mailbox sizes",
        "description": "Every mailbox with its size, quota and last sign-in, to see who runs out of room "
        "before they call. The list can be filtered by how full a mailbox is, and downloaded as a table.",
        "linkedWorkflow": "mailbox_sizes",
    }
    ok(admin.management.post("/api/forms", json=mailboxes))
    contoso_only = REPORT | {
        "name": "Reset multi-factor authentication (Contoso only, with approval of the office manager)",
        "description": None,
        "linkedWorkflow": "reset_mfa",
        "isActive": False,
        "formSchema": {"fields": [{"name": "user", "label": "User", "type": "email", "required": True}]},
    }
    ok(admin.management.post("/api/forms", json=contoso_only))


def _links(stack: Stack, admin: Api) -> None:
    with GraphControl(stack.url("graph")) as graph:
        graph.set_consent(demo.NORTHWIND.tenant_id, "revoked")
        graph.set_relationship(demo.FABRIKAM.tenant_id, days_left=12)
    for one in (demo.NORTHWIND, demo.FABRIKAM):
        admin.management.post(f"/api/organizations/{admin.organization_id(one.name)}/tenant/verify")


def _people(admin: Api, contoso: str) -> None:
    roles = (
        ("HR at Contoso", "May order workplaces"),
        ("Office managers of all gold clients", "Onboarding, offboarding and the licence report"),
    )
    for name, description in roles:
        role = ok(admin.management.post("/api/roles", json={"name": name, "description": description}))
        for form in ("Order a workplace", "Licence report"):
            ok(admin.management.put(f"/api/roles/{role['id']}/forms/{admin.form_id(form)}"))
        if "Contoso" in name:
            ok(admin.management.put(f"/api/roles/{role['id']}/users/{demo.CLIENT_USER.user_id}"))


def _runs(admin: Api) -> None:
    """One in each state; what still runs goes on as long as the screens are looked at."""
    run(admin, "licence_report")
    run(admin, "reset_mfa", user="emergency@contoso.example")
    run(admin, "review_sign_ins")
    run(admin, "backup_summary")
    stopped = run(admin, "move_mailboxes_to_the_archive", wait=0)
    ok(admin.engine.post(f"/api/executions/{stopped}/cancel"))
    admin.wait_for(stopped)
    run(admin, "move_mailboxes_to_the_archive", wait=0, mailboxes=350)


def _ask(person: Api, contoso: str) -> None:
    """What a client user asked for lately."""
    person.use(contoso)
    form_id = person.form_id(ONBOARD_FORM)
    options = ok(person.engine.get("/api/data-providers/get_available_licenses", params={"formId": form_id}))[
        "options"
    ]
    for first, last in (("Ada", "Byron"), ("Grace", "Hopper")):
        values = {
            "first_name": first,
            "last_name": last,
            "email": f"{first}.{last}@{demo.CONTOSO.domain}".lower(),
            "license_sku": options[0]["value"],
        }
        submitted = person.engine.post(
            f"/api/forms/{form_id}/submit", json={"parameters": values}, headers={"Prefer": "wait=10"}
        )
        person.wait_for(ok(submitted)["executionId"])


class Found:
    """Fills addresses in: `{Contoso}`, `{form:Onboard a user}`, `{role:…}`, `{run:licence_report}`, `{technician}`."""

    def __init__(self, stack: Stack) -> None:
        with Api(stack.ports, demo.ADMIN) as admin:
            listed = _all(admin, "/api/organizations")
            self._ids = {str(one["name"]): str(one["id"]) for one in listed}
            admin.use(self._ids[demo.CONTOSO.name])
            self._ids |= {f"form:{one['name']}": str(one["id"]) for one in _all(admin, "/api/forms")}
            self._ids |= {f"role:{one['name']}": str(one["id"]) for one in _all(admin, "/api/roles")}
            self._ids["technician"] = demo.TECHNICIAN.user_id
            self._newest(admin)

    def _newest(self, admin: Api) -> None:
        """The newest run of each workflow, those with a log before those that were only written down."""
        for one in reversed(ok(admin.management.get("/api/executions", params={"limit": 100}))):
            self._ids[f"run:{one['workflowName']}"] = str(one["executionId"])

    def organization_id(self, name: str) -> str:
        """Id of an organization."""
        return self._ids[name]

    def address(self, path: str, of: str) -> str:
        """The path with its ids, for the organization chosen at the top."""
        whole = re.sub(r"\{([^}]+)\}", lambda match: self._ids[match[1]], path)
        return f"{whole}{'&' if '?' in whole else '?'}org={self._ids[of]}"


def _all(admin: Api, path: str) -> list[dict[str, Any]]:
    return list(ok(admin.management.get(path, params={"limit": 200})))
