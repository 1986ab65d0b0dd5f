"""Bodies of configuration."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from management_api.models.base import Answer, Versioned
from msp_core.config.models import ConfigSet, ConfigType, Origin
from msp_core.models import UtcDatetime
from msp_http.bodies import RequestBody


class ConfigWrite(ConfigSet, RequestBody):
    """A configuration value; it replaces one of the same key."""

    key: Annotated[str, Field(max_length=100, examples=["mail.domain"])]
    value: Annotated[str, Field(description="Text of the declared type, at most 10 KB")]


class ConfigRead(Versioned):
    """A configuration value as it counts for an organization, or for all of them."""

    key: str
    value: str
    type: ConfigType
    description: str | None
    updated_at: UtcDatetime
    updated_by: str
    scope: Annotated[Origin, Field(description="Whose value counts")]
    overrides: Annotated[bool, Field(description="The organization's own value hides a global one")]
    inherited: Annotated[bool, Field(description="The organization has no value of its own")]
    global_value: Annotated[str | None, Field(description="The global value that is hidden")]
    global_type: ConfigType | None


class ConfigOverrideRead(Answer):
    """An organization's own value of a key that all organizations share."""

    key: str
    org_id: str
    value: str
    type: ConfigType
    updated_at: UtcDatetime
