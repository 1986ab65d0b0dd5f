"""Forms: list, save, delete; who may run one; and what a submission becomes."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, Protocol

from msp_automation.metadata import Catalog, WorkflowMetadata
from msp_core.errors import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed
from msp_core.files.models import DEFAULT_MAX_UPLOAD_BYTES
from msp_core.forms.copies import FormCopies, KeptForm
from msp_core.forms.definition import check_definition
from msp_core.forms.generate import form_for, to_parameters
from msp_core.forms.models import Form, FormDraft
from msp_core.forms.repository import FormRepository, parse_form_id
from msp_core.forms.submission import validate_submission
from msp_core.ids import GLOBAL, FormId, OrgId, new_id
from msp_core.models import utc_now
from msp_core.organizations.stamps import Stamps
from msp_core.permissions.models import OrgScope, Permission
from msp_core.roles.access import RoleAccess
from msp_core.roles.opened import OpenedForms
from msp_core.storage import Stored
from msp_core.writing import gather, unnoted

NoteChange = Callable[[Stored[Form], Stored[Form]], Coroutine[Any, Any, None]]
"""Writes down a change: the form as it was, and as it is."""


class CatalogSource(Protocol):
    """Where the engine's published catalog is read."""

    async def get(self) -> Catalog:
        """The catalog; an empty one before the engine has published any."""
        ...


class FormService:
    """An organization's forms together with the global ones.

    Reading uses warm copies. So does writing, to begin with: each write is conditional on the version it
    began with, and where that is not the stored one, begins again with what is stored.
    """

    def __init__(
        self,
        forms: FormRepository,
        access: RoleAccess,
        catalog: CatalogSource,
        stamps: Stamps,
        *,
        max_upload_bytes: int = DEFAULT_MAX_UPLOAD_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_upload_bytes = max_upload_bytes
        self._forms = forms
        self._access = access
        self._catalog = catalog
        self._copies = FormCopies(forms, stamps, clock=clock)
        self._opened = OpenedForms(access, clock=clock)

    async def list_for(self, scope: OrgScope) -> list[KeptForm]:
        """The forms that this person may see here, by name.

        Client users see the active ones that their roles open; others all, the inactive ones only with
        the right to manage forms.
        """
        forms = await self._copies.list_all(scope)
        if scope.is_client_user:
            opened = await self._opened.list_for(scope)
            forms = [form for form in forms if form.is_active and form.id in opened]
        elif not scope.has(Permission.CAN_MANAGE_FORMS):
            forms = [form for form in forms if form.is_active]
        return sorted(forms, key=lambda form: (form.name.casefold(), form.id))

    async def get(self, scope: OrgScope, form_id: FormId) -> KeptForm:
        """One form that this person may see here.

        Raises:
            NotFound: There is none such: unknown, another organization's, or not opened by a role.
        """
        kept = await self._copies.find(scope, parse_form_id(form_id))
        if kept is None or not await self._may_see(scope, kept):
            raise NotFound("There is no such form.")
        return kept

    async def get_runnable(self, scope: OrgScope, form_id: FormId) -> KeptForm:
        """One form that this person may run here and now.

        Raises:
            NotFound: There is none such, or it is not active.
            Forbidden: One of the MSP's people without the right to run workflows here.
        """
        form = await self.get(scope, form_id)
        if not form.is_active:
            raise NotFound("There is no such form.")
        if not scope.is_client_user:
            scope.require(Permission.CAN_EXECUTE_WORKFLOWS)
        return form

    async def may_use_provider(self, scope: OrgScope, provider: str) -> bool:
        """Whether this person may ask a data provider for options here.

        Those who may run workflows may; client users if a form they may run uses the provider.
        """
        if not scope.is_client_user:
            return scope.has(Permission.CAN_EXECUTE_WORKFLOWS)
        return any(provider in form.providers for form in await self.list_for(scope))

    async def create(
        self,
        scope: OrgScope,
        draft: FormDraft,
        *,
        form_id: FormId | None = None,
        note: Callable[[Stored[Form]], Coroutine[Any, Any, None]] = unnoted,
    ) -> Stored[Form]:
        """Save a new form of the scope's organization, or a global one.

        Args:
            form_id: Chosen before, so that a repetition finds the form that the first attempt made.
            note: Writes down what was made, before this returns.

        Raises:
            Invalid: The definition does not hold together; one message for each place.
            Forbidden: A global form, and the caller is no admin.
        """
        org_id = _home_of(scope, draft)
        await self._check(draft)
        now = utc_now()
        form = Form(
            **_contents(draft),
            id=FormId(new_id()) if form_id is None else parse_form_id(form_id),
            org_id=org_id,
            created_at=now,
            created_by=scope.user.id,
            updated_at=now,
            updated_by=scope.user.id,
        )
        try:
            stored = await self._forms.insert(form)
        except Conflict:
            made = await self._forms.find(org_id, form.id)
            if made is None:
                raise
            stored = made
        await gather(self._copies.note_saved(scope, stored), note(stored))
        return stored

    async def update(
        self,
        scope: OrgScope,
        form_id: FormId,
        draft: FormDraft,
        *,
        etag: str | None = None,
        note: NoteChange = unnoted,
    ) -> tuple[Stored[Form], Stored[Form]]:
        """Save a changed definition.

        Args:
            etag: Save it only if the form is still this one.
            note: Writes down what was changed, before this returns.

        Returns:
            The form as it was, and as it is.

        Raises:
            NotFound: There is no such form.
            Invalid: The definition does not hold together, or would move between global and organization.
            Forbidden: A global form, and the caller is no admin.
            PreconditionFailed: The form is not the one the caller saw.
        """
        scope.require(Permission.CAN_MANAGE_FORMS)
        warm = self._copies.find_warm(scope, parse_form_id(form_id))
        if warm is not None and etag in {None, warm.etag}:
            # Storage has the last word: it takes the write only while this is the stored version.
            with suppress(PreconditionFailed, NotFound):
                return await self._replace(scope, warm.stored(), draft, note)
        stored = await self._get_writable(scope, form_id)
        if etag is not None and etag != stored.etag:
            raise PreconditionFailed.changed(stored.etag, "this form")
        return await self._replace(scope, stored, draft, note)

    async def _replace(
        self, scope: OrgScope, stored: Stored[Form], draft: FormDraft, note: NoteChange
    ) -> tuple[Stored[Form], Stored[Form]]:
        _require_home(scope, stored.value.is_global)
        if draft.is_global != stored.value.is_global:
            raise Invalid.field("isGlobal", "A form stays global or an organization's own. Copy it instead.")
        await self._check(draft)
        changed = {**_contents(draft), "updated_at": utc_now(), "updated_by": scope.user.id}
        saved = await self._forms.replace(stored.value.model_copy(update=changed), etag=stored.etag)
        await gather(self._copies.note_saved(scope, saved), note(stored, saved))
        return stored, saved

    async def delete(
        self, scope: OrgScope, form_id: FormId, *, etag: str | None = None
    ) -> Stored[Form] | None:
        """Remove a form and what roles say about it; executions that it started stay.

        Returns:
            The form as it was; None if it was gone already.

        Raises:
            Forbidden: A global form, and the caller is no admin.
            PreconditionFailed: `etag` is given and somebody changed the form first.
        """
        try:
            stored = await self._get_writable(scope, form_id)
        except NotFound:
            return None
        if etag is not None and etag != stored.etag:
            raise PreconditionFailed.changed(stored.etag, "this form")
        await self._forms.delete(stored.value, etag=etag)
        await self._copies.note_deleted(scope, stored.value)
        await self._access.forget_form(stored.value.id)
        return stored

    async def generate(self, scope: OrgScope, workflow_name: str) -> FormDraft:
        """A form made from a workflow's parameters; nothing is saved.

        It is where a new form begins, and how a workflow is run without one: either right is enough.

        Raises:
            NotFound: There is no such workflow.
            Forbidden: The right to manage forms and the right to run workflows are both missing here.
        """
        if not scope.has(Permission.CAN_EXECUTE_WORKFLOWS):
            scope.require(Permission.CAN_MANAGE_FORMS)
        for workflow in (await self._catalog.get()).workflows:
            if workflow.name == workflow_name:
                return form_for(workflow)
        raise NotFound("There is no such workflow.")

    def parameters_of(
        self, form: FormDraft, values: Mapping[str, Any], workflow: WorkflowMetadata
    ) -> dict[str, Any]:
        """What a submission gives the form's workflow, joined by name.

        Raises:
            Invalid: A value is wrong, missing or unknown; one message for each field.
        """
        return to_parameters(validate_submission(form, values), workflow)

    async def _check(self, draft: FormDraft) -> None:
        check_definition(draft, await self._published(), max_upload_bytes=self._max_upload_bytes)

    async def _published(self) -> Catalog | None:
        catalog = await self._catalog.get()
        return catalog if catalog.workflows else None

    async def _may_see(self, scope: OrgScope, form: KeptForm) -> bool:
        if scope.is_client_user:
            return form.is_active and await self._opened.opens(scope, form.id)
        return form.is_active or scope.has(Permission.CAN_MANAGE_FORMS)

    async def _get_writable(self, scope: OrgScope, form_id: FormId) -> Stored[Form]:
        # As it is stored now: a copy never decides whether a write may be.
        scope.require(Permission.CAN_MANAGE_FORMS)
        stored = await self._forms.find(scope.org_id, parse_form_id(form_id))
        if stored is None:
            raise NotFound("There is no such form.")
        _require_home(scope, stored.value.is_global)
        return stored


def _home_of(scope: OrgScope, draft: FormDraft) -> OrgId:
    scope.require(Permission.CAN_MANAGE_FORMS)
    _require_home(scope, draft.is_global)
    if scope.org_id == GLOBAL and not draft.is_global:
        raise Invalid.field("isGlobal", "Name an organization, or make the form global.")
    return GLOBAL if draft.is_global else scope.org_id


def _require_home(scope: OrgScope, is_global: bool) -> None:
    if is_global and not scope.is_admin:
        raise Forbidden("Global forms are the MSP admins' to write.")


def _contents(draft: FormDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in FormDraft.model_fields} | {"name": draft.name.strip()}
