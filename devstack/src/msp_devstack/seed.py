"""Make the demo clients, the MSP's own organization, people, settings and forms, through the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.ports import Ports

ONBOARD_FORM = "Onboard a user"
OFFBOARD_FORM = "Offboard a user"
REPORT_FORM = "Licence report"
CLIENT_ROLE = "Contoso office"
# What runs for the MSP's own tenant alone is meant for organizations with this tag.
MSP_TAG = "msp"


def seed(ports: Ports, *, forms: bool = True) -> bool:
    """Fill an empty platform; leave one that has organizations as it is.

    Args:
        forms: Make the demo forms too; their workflows must be in the catalog.

    Returns:
        Whether anything was made.
    """
    with Api(ports, demo.ADMIN) as admin:
        ok(admin.management.get("/api/me"))
        if ok(admin.management.get("/api/organizations")):
            return False
        _shared_settings(admin)
        organizations = {one.key: _organization(admin, one) for one in demo.ORGANIZATIONS}
        _organization(admin, demo.MSP, tags=[MSP_TAG])
        _technician(ports, admin, organizations)
        wanted = (ONBOARD, OFFBOARD, REPORT) if forms else ()
        form_ids = [_form(admin, organizations["contoso"], form) for form in wanted]
        _client_user(ports, admin, form_ids[:1])
    return True


def _shared_settings(admin: Api) -> None:
    secrets = {
        "msgraph-client-secret": demo.GRAPH_CLIENT_SECRET,
        "halopsa-client-secret": demo.HALO_CLIENT_SECRET,
    }
    for name, value in secrets.items():
        ok(admin.management.put(f"/api/secrets/{name}", json={"value": value}))
    config = {
        "key": "default_usage_location",
        "value": "GB",
        "type": "string",
        "description": "Where new users are, unless the organization says otherwise (ISO 3166 alpha-2)",
    }
    ok(admin.management.post("/api/config", json=config))
    integrations: dict[str, dict[str, Any]] = {
        "msgraph": {"clientId": demo.GRAPH_CLIENT_ID, "clientSecret": "msgraph-client-secret"},
        "halopsa": {
            "baseUrl": admin.ports.url("halopsa"),
            "clientId": demo.HALO_CLIENT_ID,
            "clientSecret": "halopsa-client-secret",
        },
    }
    for name, settings in integrations.items():
        ok(admin.management.put(f"/api/integrations/{name}", json={"enabled": True, "settings": settings}))


def _organization(admin: Api, one: demo.DemoOrganization, *, tags: Sequence[str] = ()) -> str:
    draft = {"name": one.name, "tenantId": one.tenant_id, "tags": list(tags)}
    made = ok(admin.management.post("/api/organizations", json=draft))
    path = f"/api/organizations/{made['id']}"
    ok(
        admin.management.put(
            f"{path}/integrations/halopsa", json={"enabled": True, "settings": {"clientRef": one.halo_client}}
        )
    )
    domain = {
        "key": "mail_domain",
        "value": one.domain,
        "type": "string",
        "description": "Domain of new users",
    }
    ok(admin.management.post(f"{path}/config", json=domain))
    ok(admin.management.post(f"{path}/tenant/verify"))
    return str(made["id"])


def _technician(ports: Ports, admin: Api, organizations: dict[str, str]) -> None:
    with Api(ports, demo.TECHNICIAN) as technician:
        ok(technician.management.get("/api/me"))
    for key in ("contoso", "fabrikam"):
        permissions = {
            "canExecuteWorkflows": True,
            "canManageConfig": key == "contoso",
            "canManageForms": key == "contoso",
            "canViewHistory": True,
        }
        grant = {
            "userId": demo.TECHNICIAN.user_id,
            "orgId": organizations[key],
            "permissions": permissions,
        }
        ok(admin.management.post("/api/permissions", json=grant))


def _client_user(ports: Ports, admin: Api, form_ids: list[str]) -> None:
    with Api(ports, demo.CLIENT_USER) as person:
        ok(person.management.get("/api/me"))
    role = ok(
        admin.management.post(
            "/api/roles",
            json={"name": CLIENT_ROLE, "description": "People at Contoso who may ask for new users"},
        )
    )
    ok(admin.management.put(f"/api/roles/{role['id']}/users/{demo.CLIENT_USER.user_id}"))
    for form_id in form_ids:
        ok(admin.management.put(f"/api/roles/{role['id']}/forms/{form_id}"))


def _form(admin: Api, organization_id: str, form: dict[str, Any]) -> str:
    made = ok(
        admin.management.post(
            "/api/forms", json=form | {"isGlobal": True}, headers={"X-Organization-Id": organization_id}
        )
    )
    return str(made["id"])


def _text(name: str, label: str, *, required: bool = True, **more: Any) -> dict[str, Any]:
    return {"name": name, "label": label, "type": "text", "required": required, **more}


ONBOARD: dict[str, Any] = {
    "name": ONBOARD_FORM,
    "description": "Create a Microsoft 365 user with a licence and groups, and note it in HaloPSA.",
    "linkedWorkflow": "onboard_user",
    "formSchema": {
        "fields": [
            _text("first_name", "First name", section="Person", validation={"maxLength": 64}),
            _text("last_name", "Last name", section="Person", validation={"maxLength": 64}),
            {
                "name": "email",
                "label": "Sign-in name",
                "type": "email",
                "required": True,
                "section": "Person",
                "placeholder": "first.last@company.com",
                "helpText": "Must end in one of the organization's verified domains.",
            },
            _text("job_title", "Job title", required=False, section="Person", validation={"maxLength": 128}),
            {
                "name": "license_sku",
                "label": "Licence",
                "type": "select",
                "required": True,
                "section": "Access",
                "dataProvider": "get_available_licenses",
                "helpText": "Only licences with seats left are listed.",
            },
            {
                "name": "groups",
                "label": "Groups",
                "type": "multiselect",
                "required": False,
                "section": "Access",
                "dataProvider": "get_groups",
            },
        ],
        "sections": [{"name": "Person", "title": "Person"}, {"name": "Access", "title": "Access"}],
    },
}
OFFBOARD: dict[str, Any] = {
    "name": OFFBOARD_FORM,
    "description": "Block a user's sign-in, end their sessions and take their licences back.",
    "linkedWorkflow": "offboard_user",
    "formSchema": {
        "fields": [
            {
                "name": "user",
                "label": "User",
                "type": "select",
                "required": True,
                "dataProvider": "get_users",
            },
            {
                "name": "remove_from_groups",
                "label": "Take them out of their groups too",
                "type": "checkbox",
                "required": False,
            },
        ]
    },
}
REPORT: dict[str, Any] = {
    "name": REPORT_FORM,
    "description": "Seats bought, used and free for every licence of the organization.",
    "linkedWorkflow": "licence_report",
    "formSchema": {
        "fields": [
            {
                "name": "about",
                "label": "About",
                "type": "markdown",
                "required": False,
                "content": "Reads the tenant's subscriptions. **Nothing is changed.**",
            }
        ]
    },
}
