"""The audit log as routes see it: who, from where and in which request is known already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends

from management_api.dependencies import AuditLog
from msp_core.audit.service import AuditService
from msp_core.ids import OrgId
from msp_core.models import Model
from msp_core.permissions.models import OrgScope
from msp_core.storage import Stored
from msp_http.authentication import ClientAddress, RequestId

Change = Model | Stored[Any] | None
"""A thing as it was or became, or None where there was or is none."""


class AuditRecorder:
    """Notes the changes of one request."""

    def __init__(self, service: AuditService, ip: str | None, request_id: str) -> None:
        self._service = service
        self._ip = ip
        self._request_id = request_id

    async def record(
        self,
        scope: OrgScope,
        action: str,
        target: str,
        *,
        org_id: OrgId | None = None,
        before: Change = None,
        after: Change = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        """Note a change that was made.

        Args:
            action: `{thing}.{verb}`, such as `form.updated`.
            org_id: The organization it is about, where that is not the scope's.
            before: None for what is new.
            after: None for what is gone.
            names: What the ids of the change are called.
        """
        await self._service.record(
            scope,
            action,
            target,
            before=_content(before),
            after=_content(after),
            ip=self._ip,
            request_id=self._request_id,
            org_id=org_id,
            names=names,
        )


def _content(thing: Change) -> dict[str, Any] | None:
    if thing is None:
        return None
    model: Model = thing.value if isinstance(thing, Stored) else thing
    # A version says nothing of what changed.
    return model.model_dump(mode="json", exclude={"etag"})


async def _recorder(service: AuditLog, ip: ClientAddress, request_id: RequestId) -> AuditRecorder:
    return AuditRecorder(service, ip, request_id)


Audit = Annotated[AuditRecorder, Depends(_recorder)]
