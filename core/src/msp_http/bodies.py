"""The base of request bodies."""

from __future__ import annotations

from pydantic import ConfigDict

from msp_core.models import Model


class RequestBody(Model):
    """A body as a caller sends it: camelCase, and a property we do not know is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")
