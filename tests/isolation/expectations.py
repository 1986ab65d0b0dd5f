"""Who gets which answer, by operation: the whole of the access rules in one table.

Callers that a row does not name are refused with 403; `matrix.py` knows the rest that holds everywhere:
no token is 401, whoever is disabled or a stranger is 403, another organization's id as the scope is 403.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.isolation.people import CLIENTS, Caller

Statuses = Mapping[Caller, int]
Callers = frozenset[Caller]

ADMIN: Callers = frozenset({Caller.ADMIN})
_ALL_RIGHTS: Callers = ADMIN | {Caller.OTHER_TECHNICIAN}
EXECUTES: Callers = _ALL_RIGHTS | {Caller.EXECUTES}
CONFIGURES: Callers = _ALL_RIGHTS | {Caller.CONFIGURES}
MAKES_FORMS: Callers = _ALL_RIGHTS | {Caller.MAKES_FORMS}
VIEWS_HISTORY: Callers = _ALL_RIGHTS | {Caller.VIEWS_HISTORY}
TECHNICIANS: Callers = EXECUTES | CONFIGURES | MAKES_FORMS | VIEWS_HISTORY
MEMBERS: Callers = TECHNICIANS | CLIENTS


def answers(rules: Mapping[Callers, int]) -> dict[Caller, int]:
    """Statuses by caller; of two rules that name a caller the later one holds."""
    return {caller: status for callers, status in rules.items() for caller in callers}


@dataclass(frozen=True)
class Row:
    """What one operation answers.

    Args:
        own: Asked for the caller's own organization and what others made there.
        mine: For what the caller made, or what a role opens to them; only these callers are asked.
        borrowed: For the own organization with the ids of another one's things. By default as `own`,
            where the only such thing is a cursor or a filter.
        names: What stands for a name in path and body, where it is not the id of that name.
        mine_names: The same for `mine`.
        borrowed_body: In place of `body`, where only that one holds ids.
        fresh: A thing that the call uses up, made anew for each.
        waiting: Asked once more for executions that wait in the queue; what comes of the caller's own.
        shows: Whether a successful GET shows texts of the organization.
        is_public: Answers everybody.
        knows_no_people: Wants a key of its own; whoever signs in with a token is nobody here.
    """

    own: Statuses = field(default_factory=dict)
    mine: Statuses = field(default_factory=dict)
    borrowed: Statuses | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    borrowed_body: Any = None
    names: Mapping[str, str] = field(default_factory=dict)
    mine_names: Mapping[str, str] = field(default_factory=dict)
    fresh: str | None = None
    waiting: Statuses | None = None
    shows: bool = True
    is_public: bool = False
    knows_no_people: bool = False


def _admin(status: int, **more: Any) -> Row:
    return Row(own=answers({ADMIN: status}), **more)


HEALTH = Row(is_public=True)
FLAGS = {"canExecuteWorkflows": True}
VALUE = {"key": "written", "value": "{staffText}", "description": "{staffText}"}
SECRET = {"name": "{secret}"}
HALO = {
    "settings": {
        "baseUrl": "{haloUrl}",
        "clientId": "{staffText}",
        "clientSecret": "{secret}",
    }
}
FORM = {
    "name": "{staffText}",
    "description": "{staffText}",
    "linkedWorkflow": "keep",
    "formSchema": {
        "fields": [
            {"name": "note", "label": "{staffText}", "type": "text"},
            {"name": "choice", "label": "{staffText}", "type": "select", "dataProvider": "staff_options"},
            {"name": "attachment", "label": "{staffText}", "type": "file", "accept": [".json"]},
            {"name": "shown", "type": "markdown", "content": "{staffText}"},
        ]
    },
}
WEBHOOK = {"name": "{staffText}", "workflowName": "keep", "parameters": {"note": "{staffText}"}}
NOTE = {"parameters": {"note": "{staffText}"}}
MINE = {"executionId": "{myExecutionId}", "formId": "{openFormId}", "userId": "{myUserId}"}
SCHEDULE = {"workflowName": "keep", "scheduleName": "yearly"}
SWEEP = {"workflowName": "sweep", "scheduleName": "default"}
HAS_RUN = CLIENTS | {Caller.EXECUTES}
RECORD = Row(
    own=answers({MEMBERS: 404, VIEWS_HISTORY: 200}),
    mine=answers({HAS_RUN: 200}),
    mine_names=MINE,
    borrowed=answers({MEMBERS: 404}),
    waiting=answers({HAS_RUN: 200}),
)

MANAGEMENT: Mapping[str, Row] = {
    "getHealth": HEALTH,
    "getMe": Row(own=answers({MEMBERS: 200})),
    # Organizations
    "listOrganizations": Row(own=answers({MEMBERS: 200})),
    "createOrganization": _admin(
        201, body={"name": "New"}, borrowed_body={"name": "New", "tenantId": "{tenantId}"}
    ),
    "getOrganization": Row(own=answers({MEMBERS: 200})),
    # The tenant is linked to another organization already.
    "updateOrganization": _admin(
        200, body={"name": "{text}", "tenantId": "{tenantId}"}, borrowed=answers({ADMIN: 409})
    ),
    "deactivateOrganization": _admin(204, fresh="orgId"),
    "verifyTenant": _admin(200),
    "listGdapCustomers": _admin(200),
    "importGdapCustomers": _admin(200, body={"tenantIds": ["{tenantId}"]}),
    # Configuration
    "listConfig": Row(own=answers({CONFIGURES: 200})),
    "setConfig": Row(own=answers({CONFIGURES: 201}), body=VALUE),
    "deleteConfig": Row(own=answers({CONFIGURES: 204}), borrowed=answers({CONFIGURES: 204})),
    "listGlobalConfig": _admin(200, shows=False),
    "listConfigOverrides": _admin(200, shows=False),
    "setGlobalConfig": _admin(201, body={"key": "written", "value": "of all"}),
    "deleteGlobalConfig": _admin(204),
    # Secrets
    "listSecrets": _admin(200),
    "setSecret": _admin(200, body={"value": "{sealedText}"}, names=SECRET),
    "deleteSecret": _admin(204, names=SECRET, borrowed=answers({ADMIN: 204}), query={"force": "true"}),
    "listGlobalSecrets": _admin(200, shows=False),
    "setGlobalSecret": _admin(200, body={"value": "not for anybody"}, names={"name": "written"}),
    "deleteGlobalSecret": _admin(204, names={"name": "written"}),
    # Integrations
    "listIntegrationTypes": Row(own=answers({MEMBERS: 200}), shows=False),
    "listIntegrations": Row(own=answers({CONFIGURES: 200})),
    "saveIntegration": Row(own=answers({CONFIGURES: 200}), body=HALO),
    "testIntegration": Row(own=answers({CONFIGURES: 200})),
    "deleteIntegration": Row(own=answers({CONFIGURES: 204}), names={"type": "msgraph"}),
    "listGlobalIntegrations": _admin(200, shows=False),
    # What all share is shown to all: it is nobody's text.
    "saveGlobalIntegration": _admin(200, body={"settings": HALO["settings"] | {"clientId": "shared"}}),
    "testGlobalIntegration": _admin(200),
    "deleteGlobalIntegration": _admin(204, names={"type": "msgraph"}),
    # Permissions
    "listUserPermissions": Row(
        own=answers({ADMIN: 200}), mine=answers({MEMBERS: 200}), mine_names=MINE, shows=False
    ),
    "listOrganizationPermissions": _admin(200, shows=False),
    "grantPermissions": _admin(
        201, body={"userId": "{technicianId}", "orgId": "{orgId}", "permissions": FLAGS}
    ),
    "revokePermissions": _admin(204, query={"userId": "{technicianId}", "orgId": "{orgId}"}),
    # Users and roles
    "listUsers": _admin(200),
    "getUser": _admin(200),
    "updateUser": _admin(200, body={"isActive": True}),
    "listRoles": _admin(200),
    "createRole": _admin(201, body={"name": "{text}"}),
    "getRole": _admin(200),
    "updateRole": _admin(200, body={"name": "{text}"}),
    "deleteRole": _admin(204, fresh="roleId"),
    "addRoleUser": _admin(204, fresh="roleId"),
    "removeRoleUser": _admin(204, fresh="roleId"),
    "addRoleForm": _admin(204, fresh="roleId"),
    "removeRoleForm": _admin(204, fresh="roleId"),
    # Forms
    "listForms": Row(own=answers({MEMBERS: 200})),
    "createForm": Row(own=answers({MAKES_FORMS: 201}), body=FORM),
    "generateForm": Row(own=answers({MAKES_FORMS | EXECUTES: 200}), body={"workflowName": "keep"}),
    "getForm": Row(
        own=answers({TECHNICIANS: 200, CLIENTS: 404}),
        mine=answers({MEMBERS: 200}),
        mine_names=MINE,
        borrowed=answers({MEMBERS: 404}),
    ),
    "updateForm": Row(own=answers({MAKES_FORMS: 200}), borrowed=answers({MAKES_FORMS: 404}), body=FORM),
    "deleteForm": Row(own=answers({MAKES_FORMS: 204}), borrowed=answers({MAKES_FORMS: 204}), fresh="formId"),
    # Webhooks
    "listWebhooks": _admin(200),
    "createWebhook": _admin(201, body=WEBHOOK),
    "getWebhook": _admin(200, borrowed=answers({ADMIN: 404})),
    "updateWebhook": _admin(200, body={"name": "{staffText}"}, borrowed=answers({ADMIN: 404})),
    "rotateWebhook": _admin(200, body={"overlapSeconds": 0}, borrowed=answers({ADMIN: 404})),
    "deleteWebhook": _admin(204, fresh="webhookId", borrowed=answers({ADMIN: 204})),
    # History
    "listExecutions": Row(own=answers({VIEWS_HISTORY: 200})),
    "listLatestExecutions": Row(own=answers({TECHNICIANS: 200}), shows=False),
    "listUserExecutions": _admin(200, mine=answers({MEMBERS: 200}), mine_names=MINE),
    "getExecution": RECORD,
    "getExecutionLogs": RECORD,
    # Schedules
    "listSchedules": Row(own=answers({VIEWS_HISTORY: 200})),
    "listScheduleSlots": Row(own=answers({VIEWS_HISTORY: 200})),
    "getScheduleSwitch": Row(own=answers({CONFIGURES: 200}), names=SCHEDULE, shows=False),
    "switchSchedule": Row(own=answers({CONFIGURES: 200}), names=SCHEDULE, body={"isEnabled": False}),
    "getGlobalScheduleSwitch": _admin(200, names=SWEEP, shows=False),
    "switchGlobalSchedule": _admin(200, names=SWEEP, body={"isEnabled": False}),
    "getExecutionValue": replace(
        RECORD,
        names={"valueId": "variable-1-1"},
        mine_names={**MINE, "valueId": "variable-1-1"},
        waiting=None,
    ),
    "getMetrics": Row(own=answers({TECHNICIANS: 200}), shows=False),
    "listAudit": _admin(200),
}

ENGINE: Mapping[str, Row] = {
    "getHealth": HEALTH,
    "getMetadata": Row(own=answers({TECHNICIANS: 200}), shows=False),
    "runWorkflow": Row(
        own=answers({EXECUTES: 200}),
        borrowed=answers({EXECUTES: 404}),
        names={"name": "keep"},
        body=NOTE,
        borrowed_body={**NOTE, "metadata": {"formId": "{formId}"}},
    ),
    "submitForm": Row(
        own=answers({TECHNICIANS: 403, EXECUTES: 200, CLIENTS: 404}),
        mine=answers({TECHNICIANS: 403, EXECUTES: 200, CLIENTS: 200}),
        mine_names={**MINE, "staffText": "{text}"},
        borrowed=answers({MEMBERS: 404}),
        body=NOTE,
    ),
    "uploadFile": Row(
        own=answers({TECHNICIANS: 403, EXECUTES: 201, CLIENTS: 404}),
        mine=answers({TECHNICIANS: 403, EXECUTES: 201, CLIENTS: 201}),
        mine_names=MINE,
        borrowed=answers({MEMBERS: 404}),
        query={"field": "attachment", "filename": "note.json"},
        body=NOTE,
    ),
    "downloadFile": replace(RECORD, mine_names={**MINE, "fileId": "{myFileId}"}, waiting=None),
    "getOptions": Row(
        own=answers({MEMBERS: 403, EXECUTES: 200}),
        mine=answers({EXECUTES: 200, CLIENTS: 200}),
        borrowed=answers({MEMBERS: 403, EXECUTES: 200, CLIENTS: 404}),
        names={"name": "staff_options"},
        mine_names={"name": "open_options"},
    ),
    "queryOptions": Row(
        own=answers({MEMBERS: 403, EXECUTES: 200}),
        mine=answers({EXECUTES: 200, CLIENTS: 200}),
        borrowed=answers({MEMBERS: 403, EXECUTES: 200, CLIENTS: 404}),
        names={"name": "staff_options"},
        mine_names={"name": "open_options"},
        body={"inputs": {}},
        borrowed_body={"inputs": {}, "formId": "{formId}"},
    ),
    "followExecution": replace(RECORD, names={"executionId": "{liveExecutionId}"}),
    "cancelExecution": Row(
        own=answers({MEMBERS: 404, EXECUTES: 202}),
        mine=answers({HAS_RUN: 409}),
        mine_names=MINE,
        borrowed=answers({MEMBERS: 404}),
        names={"executionId": "{liveExecutionId}"},
        fresh="executionId",
        waiting=answers({HAS_RUN: 202}),
    ),
    "receiveEvent": Row(knows_no_people=True, borrowed={}, body={}),
    "getWebhookExecution": Row(knows_no_people=True, borrowed={}),
}

TABLE: Mapping[str, Mapping[str, Row]] = {"management-api": MANAGEMENT, "workflow-engine": ENGINE}
