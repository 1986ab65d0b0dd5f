"""Choices among a data provider's options: whether what was submitted is one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import structlog

from msp_automation.errors import ValidationError
from msp_core.errors import Invalid, MspError, NotFound, UpstreamFailed
from msp_core.forms.models import Field, Form
from msp_core.forms.submission import validate_submission
from msp_core.permissions.models import OrgScope
from workflow_engine.data_providers import DataProviders, OptionsQuery

_log = structlog.get_logger(__name__)

_NOT_OFFERED: Final = "Choose one of the options. What was chosen is none of them, or no longer."


class Choices:
    """Checks submitted values against the options that the same person gets in the form.

    An answer that is kept is enough to accept a value; before one is refused, the provider is asked anew. A
    provider that searches by itself never tells all of its options, so its fields are not checked here.
    """

    def __init__(self, providers: DataProviders) -> None:
        self._providers = providers

    async def check(self, scope: OrgScope, form: Form, submitted: Mapping[str, Any]) -> None:
        """Raise unless every choice among a provider's options is one that it offers.

        Raises:
            Invalid: Some are not; one message for each field.
            UpstreamFailed: A provider does not answer, and the caller is a client user: what the form may
                offer is the limit of what they may ask for. For others, who may run the workflow without
                the form, such a field is not checked.
        """
        if not any(field.data_provider for field in form.form_schema.fields):
            return
        values = validate_submission(form, submitted)
        fields = [one for one in form.form_schema.fields if one.data_provider and one.name in values]
        are_offered = await asyncio.gather(*(self._is_offered(scope, one, values) for one in fields))
        wrong = [one.name for one, is_offered in zip(fields, are_offered, strict=True) if not is_offered]
        if wrong:
            raise Invalid(
                f"{wrong[0]}: {_NOT_OFFERED}", details={"fields": dict.fromkeys(wrong, _NOT_OFFERED)}
            )

    async def _is_offered(self, scope: OrgScope, field: Field, values: Mapping[str, Any]) -> bool:
        provider = field.data_provider
        assert provider is not None
        value = values[field.name]
        chosen = {_comparable(one) for one in (value if isinstance(value, list) else [value])}
        inputs = _inputs_of(field, values)
        try:
            if self._providers.searches_itself(provider):
                return True
            answer = await self._providers.options(scope, provider, OptionsQuery(inputs))
            offered = {_comparable(option.value) for option in answer.options}
            if answer.cached and not chosen <= offered:
                answer = await self._providers.options(scope, provider, OptionsQuery(inputs, refresh=True))
                offered = {_comparable(option.value) for option in answer.options}
        except ValidationError:
            # With such inputs the form has offered nothing.
            return False
        except MspError as error:
            if scope.is_client_user:
                raise _not_checked(field, error) from error
            _log.warning("choice_not_checked", data_provider=provider, reason=error.message)
            return True
        return chosen <= offered


def _inputs_of(field: Field, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the form asks the provider with; an input from a field that is empty is left out."""
    given = field.data_provider_inputs or {}
    static = {name: one.value for name, one in given.items() if one.mode == "static"}
    linked = {name: str(one.value) for name, one in given.items() if one.mode == "field"}
    return static | {name: values[source] for name, source in linked.items() if source in values}


def _comparable(value: Any) -> tuple[type, str]:
    """Equal for equal JSON only: True is 1 in Python, but not on a form."""
    return type(value), str(value)


def _not_checked(field: Field, error: MspError) -> MspError:
    if not isinstance(error, NotFound):
        return error
    return UpstreamFailed(
        f"The options of {field.label or field.name} cannot be read: {error.message} "
        "Ask your IT service provider."
    )
