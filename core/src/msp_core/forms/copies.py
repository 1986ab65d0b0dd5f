"""Warm copies of forms: an organization's, and the global ones, each under a stamp of its own."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from msp_core.forms.models import Form
from msp_core.forms.repository import FormRepository
from msp_core.ids import GLOBAL, FormId, OrgId, UserId
from msp_core.organizations.copies import WarmCopies
from msp_core.organizations.stamps import FormsStamp, RequestStamps, Stamps
from msp_core.permissions.models import OrgScope
from msp_core.storage import Stored

MAX_KEPT_BYTES: Final = 60_000_000
_OVERHEAD_BYTES: Final = 450
_NONE: Final[frozenset[str]] = frozenset()
_LEFT_OUT: Final = {"org_id", "updated_by"}


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form as it is kept: small, and with what lists and checks ask for at hand.

    Parsed, the forms of an MSP with many clients would take four times the memory.

    Args:
        json: The form in JSON without its organization and who changed it last, as lists show it.
        providers: The data providers that its fields use.
    """

    id: FormId
    org_id: OrgId
    name: str
    is_active: bool
    providers: frozenset[str]
    updated_by: UserId
    etag: str
    json: bytes

    @classmethod
    def of(cls, stored: Stored[Form]) -> KeptForm:
        """What is kept of a form."""
        form = stored.value
        return cls(
            id=form.id,
            # Thousands of forms share these: each is in memory once.
            org_id=OrgId(sys.intern(form.org_id)),
            name=form.name,
            is_active=form.is_active,
            providers=frozenset(one.data_provider for one in form.form_schema.fields if one.data_provider)
            or _NONE,
            updated_by=UserId(sys.intern(form.updated_by)),
            etag=stored.etag,
            json=form.model_dump_json(exclude=_LEFT_OUT).encode(),
        )

    def stored(self) -> Stored[Form]:
        """The form as it lies in its table."""
        content = json.loads(self.json) | {"orgId": self.org_id, "updatedBy": self.updated_by}
        return Stored(Form.model_validate(content), self.etag, self.org_id, self.id)


FormsById = Mapping[FormId, KeptForm]


class FormCopies:
    """The forms that a scope reaches, from memory while the stamps that its request read stand.

    A copy is found by the organization of a scope, and under stamps that were read for that scope, never
    by a form's id alone.
    """

    def __init__(
        self,
        forms: FormRepository,
        stamps: Stamps,
        *,
        clock: Callable[[], float] = time.monotonic,
        max_bytes: int = MAX_KEPT_BYTES,
    ) -> None:
        self._forms = forms
        self._stamps = stamps
        self._warm: WarmCopies[OrgId, FormsById] = WarmCopies(limit=max_bytes, weigh=_weight, clock=clock)

    async def find(self, scope: OrgScope, form_id: FormId) -> KeptForm | None:
        """The organization's form of this id, else the global one, else None."""
        stamps = await self._stamps_of(scope)
        own = (await self._of(scope.org_id, stamps.forms)).get(form_id)
        if own is not None or scope.org_id == GLOBAL:
            return own
        return (await self._of(GLOBAL, stamps.shared_forms)).get(form_id)

    def find_warm(self, scope: OrgScope, form_id: FormId) -> KeptForm | None:
        """The same without any reading: None also where that would take some."""
        stamps = scope.stamps
        if stamps is None:
            return None
        now = self._warm.now()
        own = self._warm.find(scope.org_id, stamp=stamps.forms, now=now)
        if own is None or form_id in own.value or scope.org_id == GLOBAL:
            return None if own is None else own.value.get(form_id)
        shared = self._warm.find(GLOBAL, stamp=stamps.shared_forms, now=now)
        return None if shared is None else shared.value.get(form_id)

    async def list_all(self, scope: OrgScope) -> list[KeptForm]:
        """The organization's forms and the global ones, in no order."""
        stamps = await self._stamps_of(scope)
        if scope.org_id == GLOBAL:
            return list((await self._of(GLOBAL, stamps.forms)).values())
        own, shared = await asyncio.gather(
            self._of(scope.org_id, stamps.forms), self._of(GLOBAL, stamps.shared_forms)
        )
        return [*own.values(), *shared.values()]

    async def note_saved(self, scope: OrgScope, stored: Stored[Form]) -> None:
        """Put every copy out of date before the writer answers; our own goes on with the change."""
        kept = KeptForm.of(stored)
        await self._changed(scope, kept.org_id, lambda forms: {**forms, kept.id: kept})

    async def note_deleted(self, scope: OrgScope, form: Form) -> None:
        """The same for a form that is gone."""
        await self._changed(
            scope, form.org_id, lambda forms: {id_: kept for id_, kept in forms.items() if id_ != form.id}
        )

    async def _changed(self, scope: OrgScope, home: OrgId, change: Callable[[FormsById], FormsById]) -> None:
        seen = None
        if scope.stamps is not None:
            seen = scope.stamps.forms if home == scope.org_id else scope.stamps.shared_forms
        made = await self._stamps.bump_forms(home, seen)
        copy = self._warm.find(home, stamp=seen, now=self._warm.now())
        self._warm.drop(home)
        if copy is not None and made is not None:
            # No younger than it was: what others left behind without a stamp is still missing in it.
            self._warm.keep(home, change(copy.value), stamp=made, now=copy.read_at)

    async def _stamps_of(self, scope: OrgScope) -> RequestStamps:
        return await self._stamps.read_all(scope.org_id) if scope.stamps is None else scope.stamps

    async def _of(self, home: OrgId, stamp: FormsStamp) -> FormsById:
        now = self._warm.now()
        copy = self._warm.find(home, stamp=stamp, now=now)
        if copy is not None:
            return copy.value
        forms = await self._warm.read_once(home, stamp=stamp, read=lambda: self._read(home))
        self._warm.keep(home, forms, stamp=stamp, now=now)
        return forms

    async def _read(self, home: OrgId) -> FormsById:
        return {stored.value.id: KeptForm.of(stored) async for stored in self._forms.iter_all(home)}


def _weight(forms: FormsById) -> int:
    return sum(len(form.json) + _OVERHEAD_BYTES for form in forms.values())
