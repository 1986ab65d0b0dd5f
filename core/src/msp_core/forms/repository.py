"""Form rows: table Forms, partition = organization or GLOBAL, row key = form id."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from msp_core.errors import Invalid
from msp_core.forms.models import Form
from msp_core.ids import GLOBAL, FormId, OrgId
from msp_core.storage import Storage, Stored, TableName, Where

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def parse_form_id(text: str) -> FormId:
    """A form id from outside.

    Raises:
        Invalid: It is no UUID.
    """
    lowered = text.lower() if text.isascii() else ""
    if _UUID.fullmatch(lowered) is None:
        raise Invalid.field("formId", "must be a UUID.")
    return FormId(lowered)


class FormRepository:
    """Reads and writes form definitions."""

    def __init__(self, storage: Storage) -> None:
        self._rows = storage.table(TableName.FORMS, Form)

    async def find(self, org_id: OrgId, form_id: FormId) -> Stored[Form] | None:
        """The organization's form of this id, else the global one, else None.

        One storage operation where it is the organization's own, as most are.
        """
        own = await self._rows.partition(org_id).find(form_id)
        if own is not None or org_id == GLOBAL:
            return own
        return await self._rows.partition(GLOBAL).find(form_id)

    async def find_across_organizations(self, form_id: FormId) -> Form | None:
        """The form of this id, whoever owns it; reads the whole table."""
        async for stored in self._rows.iter_across_partitions(where=Where.eq("RowKey", form_id), limit=1):
            return stored.value
        return None

    def iter_all(self, org_id: OrgId) -> AsyncIterator[Stored[Form]]:
        """Every form of one organization (or GLOBAL)."""
        return self._rows.partition(org_id).iter()

    async def insert(self, form: Form) -> Stored[Form]:
        """Store a new form."""
        return await self._rows.partition(form.org_id).insert(form.id, form)

    async def replace(self, form: Form, *, etag: str) -> Stored[Form]:
        """Store a changed form.

        Raises:
            PreconditionFailed: Somebody changed it first.
        """
        return await self._rows.partition(form.org_id).replace(form.id, form, etag=etag)

    async def delete(self, form: Form, *, etag: str | None = None) -> None:
        """Remove a form.

        Raises:
            PreconditionFailed: `etag` is given and somebody changed it first.
        """
        await self._rows.partition(form.org_id).delete(form.id, etag=etag)
