"""Where storage lies and how long a call may take."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class TableName(StrEnum):
    """Every table of the platform; keys and contents are in the data model."""

    ORGANIZATIONS = "Organizations"
    USERS = "Users"
    USER_PERMISSIONS = "UserPermissions"
    ORG_PERMISSIONS = "OrgPermissions"
    ROLES = "Roles"
    USER_ROLES = "UserRoles"
    ROLE_USERS = "RoleUsers"
    FORM_ROLES = "FormRoles"
    ROLE_FORMS = "RoleForms"
    ORG_CONFIG = "OrgConfig"
    SECRETS = "Secrets"
    INTEGRATIONS = "Integrations"
    FORMS = "Forms"
    WEBHOOKS = "Webhooks"
    WEBHOOK_USES = "WebhookUses"
    STAMPS = "Stamps"
    WORKFLOW_EXECUTIONS = "WorkflowExecutions"
    USER_EXECUTIONS = "UserExecutions"
    EXECUTIONS_BY_DAY = "ExecutionsByDay"
    ACTIVE_EXECUTIONS = "ActiveExecutions"
    ORG_SCHEDULES = "OrgSchedules"
    SCHEDULE_MARKS = "ScheduleMarks"
    SCHEDULE_SLOTS = "ScheduleSlots"
    AUDIT_LOG = "AuditLog"
    IDEMPOTENCY_KEYS = "IdempotencyKeys"


@dataclass(frozen=True)
class Bounds:
    """How patient one storage call is; a call never lasts longer than `call_seconds`.

    Args:
        call_seconds: The whole call, retries and pauses included.
        attempt_seconds: One request, from connecting to the last byte of the answer.
        attempts: Requests at most.
        first_pause_seconds: The pause before the second request; it doubles from there.
        retry_after_seconds: What `Unavailable` tells the caller to wait.
    """

    call_seconds: float = 7.0
    attempt_seconds: float = 3.0
    attempts: int = 5
    first_pause_seconds: float = 0.1
    retry_after_seconds: int = 2


@dataclass(frozen=True)
class StorageSettings:
    """One storage account and one vault.

    Args:
        connection_string: An account with its key, as for Azurite. Or:
        account_name: An account of Azure, opened with the managed identity.
        vault_url: The Key Vault. Or:
        local_vault_path: Folder of the encrypted local vault.
        max_connections: Open connections at most, over tables, blobs and queues together.
    """

    connection_string: str | None = field(default=None, repr=False)
    account_name: str | None = None
    vault_url: str | None = None
    local_vault_path: Path | None = None
    bounds: Bounds = field(default_factory=Bounds)
    max_connections: int = 128

    def __post_init__(self) -> None:
        if (self.connection_string is None) == (self.account_name is None):
            raise ValueError(
                "Set MSP_STORAGE_CONNECTION_STRING or MSP_STORAGE_ACCOUNT_NAME, and only one of them."
            )
        if self.vault_url is not None and self.local_vault_path is not None:
            raise ValueError("Set MSP_VAULT_URL or MSP_LOCAL_VAULT_PATH, not both.")
