"""What the bodies share."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, StringConstraints

from msp_core.models import Model


class Answer(Model):
    """An answer body, read off the core's object by the names they share.

    Its fields have no defaults, so that every one is there in each answer and required in the OpenAPI
    document; what may be absent is null.
    """

    model_config = ConfigDict(from_attributes=True)


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
