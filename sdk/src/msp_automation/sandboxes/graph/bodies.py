"""Request bodies as Graph reads them."""

from __future__ import annotations

from starlette.requests import Request

from msp_automation.sandboxes.graph.errors import GraphError
from msp_automation.sandboxes.graph.state import Json
from msp_automation.sandboxes.sandbox import read_json


async def json_object(request: Request) -> Json:
    """The body as a JSON object.

    Raises:
        GraphError: 400, as Graph answers what it cannot read.
    """
    try:
        body = await read_json(request)
    except ValueError as error:
        message = "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."  # noqa: E501 - Graph's sentence
        raise GraphError(400, "BadRequest", message) from error
    if not isinstance(body, dict):
        raise GraphError(400, "BadRequest", "Empty Payload. JSON content expected.")
    return body
