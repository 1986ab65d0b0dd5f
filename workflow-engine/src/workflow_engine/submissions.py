"""Forms that are filled in: who may, and what the workflow gets."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from msp_automation.errors import ValidationError
from msp_automation.metadata import WorkflowMetadata
from msp_core.errors import Forbidden, Invalid, NotFound
from msp_core.executions.models import Execution, Trigger
from msp_core.files.models import Upload
from msp_core.files.uploads import UploadService
from msp_core.forms.models import FieldType, Form
from msp_core.forms.service import FormService
from msp_core.ids import FormId
from msp_core.permissions.models import OrgScope
from workflow_engine.choices import Choices
from workflow_engine.execution.launching import Launching, RunRequest
from workflow_engine.runners.pool import Runners

_NO_UPLOAD: Final = "This file is not here, or no longer: upload it again."


class Submissions:
    """Runs the workflows that forms are linked to."""

    def __init__(
        self,
        forms: FormService,
        pool: Runners,
        launching: Launching,
        uploads: UploadService,
        choices: Choices,
    ) -> None:
        self._choices = choices
        self._uploads = uploads
        self._forms = forms
        self._pool = pool
        self._launching = launching

    async def submit(
        self, scope: OrgScope, form_id: FormId, values: Mapping[str, Any], request: RunRequest
    ) -> Execution:
        """Run a form's workflow with what somebody filled in.

        Args:
            request: How it is to be run; workflow and parameters come from the form.

        Raises:
            NotFound: No such form for this person, or its workflow is gone.
            Invalid: A value does not fit its field, or is none that its data provider offers; one message for
                each field.
            ValidationError: The SDK's: the workflow refuses a value, by field.
        """
        form = (await self._forms.get_runnable(scope, form_id)).stored().value
        workflow = self._workflow_of(form)
        parameters = self._forms.parameters_of(form, values, workflow)
        files = await self._files_of(scope, form, parameters)
        if form.run_in_background:
            request = replace(request, in_background=True, hold_seconds=0)
        try:
            return await self._launching.launch(
                scope,
                replace(
                    request,
                    workflow_name=workflow.name,
                    parameters={**parameters, **{name: one.reference() for name, one in files.items()}},
                    files=files,
                    trigger=Trigger.FORM,
                    form_id=form.id,
                    may_run_by_form=scope.is_client_user,
                    check=lambda: self._choices.check(scope, form, values),
                ),
            )
        except ValidationError as error:
            raise _for_form(error, form) from error

    async def require_provider_access(self, scope: OrgScope, provider: str, form_id: str | None) -> None:
        """Raise unless this person may see the provider's options here.

        Raises:
            NotFound: The form named is none that this person may run.
            Forbidden: Neither the right to run workflows nor a form that uses the provider.
        """
        if form_id is None or not scope.is_client_user:
            is_allowed = await self._forms.may_use_provider(scope, provider)
        else:
            form = await self._forms.get_runnable(scope, FormId(form_id))
            is_allowed = provider in form.providers
        if not is_allowed:
            raise Forbidden("No form that you may run here uses this data provider.")

    async def _files_of(
        self, scope: OrgScope, form: Form, parameters: Mapping[str, Any]
    ) -> dict[str, Upload]:
        fields = [one for one in form.form_schema.fields if one.type is FieldType.FILE]
        given = {one.name: str(parameters[one.name]) for one in fields if one.name in parameters}
        found = await asyncio.gather(
            *(self._uploads.find(scope, form.id, name, file_id) for name, file_id in given.items())
        )
        uploads = dict(zip(given, found, strict=True))
        missing = {name: _NO_UPLOAD for name, upload in uploads.items() if upload is None}
        if missing:
            raise Invalid(f"{next(iter(missing))}: {_NO_UPLOAD}", details={"fields": missing})
        return {name: upload for name, upload in uploads.items() if upload is not None}

    def _workflow_of(self, form: Form) -> WorkflowMetadata:
        for workflow in self._pool.catalog.workflows:
            if workflow.name == form.linked_workflow:
                return workflow
        raise NotFound(
            f"The workflow {form.linked_workflow} of this form does not exist or failed to load. "
            "Ask your IT service provider."
        )


def _for_form(error: ValidationError, form: Form) -> ValidationError:
    """The same error with the parameters that no field fills gathered under the form itself."""
    messages: Mapping[str, str] = error.details.get("fields", {})
    names = {field.name for field in form.form_schema.fields}
    fields = {name: message for name, message in messages.items() if name in names}
    missing = sorted(set(messages) - names)
    if missing:
        fields["form"] = f"The workflow needs what this form does not ask for: {', '.join(missing)}."
    return ValidationError.for_fields(fields)
