"""One line of the audit log."""

from __future__ import annotations

from typing import Any

from msp_core.ids import OrgId, UserId
from msp_core.models import Model, UtcDatetime


class AuditEntry(Model):
    """Who changed what, when, from where.

    `action` is `{thing}.{verb}`, such as `config.set`; `target` names the thing, such as a key or an id;
    `names` says what ids in it stood for at that time, such as `{"role": "Office"}`.
    """

    id: str
    at: UtcDatetime
    actor_id: UserId
    actor_email: str
    org_id: OrgId
    action: str
    target: str
    names: dict[str, str] | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    ip: str | None = None
    request_id: str | None = None
