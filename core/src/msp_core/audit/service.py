"""Recording changes, and reading them back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from msp_core.audit.models import AuditEntry
from msp_core.audit.repository import AuditRepository
from msp_core.ids import GLOBAL, OrgId, UserId, new_id
from msp_core.models import utc_now
from msp_core.permissions.models import OrgScope
from msp_core.storage import Page, Where
from msp_core.users.models import User

HIDDEN: Final = "[hidden]"
_MAX_TARGET: Final = 512
_MAX_DEPTH: Final = 20
_SECRET_KEY = re.compile(
    r"password|passwd|passphrase|token|authorization|credential|api_?key|private_?key", re.I
)
_SECRET_ACTION_KEYS: Final = frozenset(
    {"name", "scope", "overrides", "references", "even_if_used", "evenIfUsed"}
)


class AuditService:
    """The log of changes. Entries hold what things were called and what they became, never a secret."""

    def __init__(self, entries: AuditRepository) -> None:
        self._entries = entries

    async def record(
        self,
        who: OrgScope | User,
        action: str,
        target: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        ip: str | None = None,
        request_id: str | None = None,
        org_id: OrgId | None = None,
        names: Mapping[str, str] | None = None,
    ) -> AuditEntry:
        """Write down a change that was made.

        Args:
            who: The scope it was made in, or the person, for changes that belong to no organization.
            action: `{thing}.{verb}`, such as `config.set`. For `secret.*`, only names are kept of
                `before` and `after`, whatever they hold.
            target: What was changed: a key, a name, an id.
            org_id: The organization it is about, where that is not the scope's, such as for an admin
                who changes an organization under the platform-wide scope.
            names: What the ids of the change are called, for people who read it when they are gone.
        """
        user = who.user if isinstance(who, OrgScope) else who
        home = who.org_id if isinstance(who, OrgScope) else GLOBAL
        entry = AuditEntry(
            id=new_id(),
            at=utc_now(),
            actor_id=user.id,
            actor_email=user.email,
            org_id=home if org_id is None else org_id,
            action=action,
            target=target[:_MAX_TARGET],
            names=None if names is None else dict(names),
            before=_kept(action, before),
            after=_kept(action, after),
            ip=ip,
            request_id=request_id,
        )
        await self._entries.insert(entry)
        return entry

    async def list_page(
        self,
        scope: OrgScope,
        *,
        org_id: OrgId | None = None,
        actor_id: UserId | None = None,
        action: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> Page[AuditEntry]:
        """Some entries, newest first, for an admin.

        Args:
            org_id: One organization's, or `GLOBAL`'s; None: everything.
            action: Exactly this, or, ending in a dot, every verb of a thing (`config.`).
            since: From this moment on, inclusive.
            until: Up to this moment, exclusive.
            after: `next` of the page before.

        Raises:
            Forbidden: The caller is no admin.
        """
        scope.require_admin()
        conditions: list[Where] = []
        if actor_id is not None:
            conditions.append(Where.eq("actorId", actor_id))
        if action is not None and action.endswith("."):
            # "/" is the character behind ".".
            conditions += [Where.ge("action", action), Where.lt("action", action[:-1] + "/")]
        elif action is not None:
            conditions.append(Where.eq("action", action))
        if since is not None:
            conditions.append(Where.ge("at", since))
        if until is not None:
            conditions.append(Where.lt("at", until))
        return await self._entries.list_page(org_id, limit=limit, after=after, conditions=conditions)


def _kept(action: str, values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    if action.startswith("secret."):
        return {key: value for key, value in values.items() if key in _SECRET_ACTION_KEYS}
    return {str(key): _hidden(str(key), value, 0) for key, value in values.items()}


def _hidden(key: str, value: Any, depth: int) -> Any:
    if depth > _MAX_DEPTH or (_SECRET_KEY.search(key) is not None and value is not None):
        return HIDDEN
    if isinstance(value, Mapping):
        return {str(name): _hidden(str(name), inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden("", inner, depth + 1) for inner in value]
    return value
