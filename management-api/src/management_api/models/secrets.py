"""Bodies of secrets: values go in and never come out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr

from management_api.models.base import Versioned
from msp_core.config.models import Origin
from msp_core.models import UtcDatetime
from msp_http.bodies import RequestBody


class SecretWrite(RequestBody):
    """The value to keep; it is shown to nobody again."""

    value: Annotated[SecretStr, Field(description="At most 25 KB")]


class SecretRead(Versioned):
    """That a secret is set."""

    name: str
    scope: Annotated[Origin, Field(description="Whose value counts")]
    overrides: Annotated[bool, Field(description="The organization's own secret hides a global one")]
    inherited: Annotated[bool, Field(description="The organization has no secret of its own")]
    updated_at: Annotated[UtcDatetime | None, Field(description="Null if it was set in the vault itself")]
    updated_by: str | None
