"""`/applications`: the tenant's own app registrations with their secrets' ends, never the secrets.

Source: https://learn.microsoft.com/graph/api/application-list
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from msp_automation.sandboxes.graph.odata import Collection
from msp_automation.sandboxes.graph.permissions import READ_APPLICATIONS
from msp_automation.sandboxes.graph.store import DirectoryStore
from msp_automation.sandboxes.graph.tokens import Tokens

_PROPERTIES = (
    "id", "appId", "displayName", "createdDateTime", "publisherDomain", "signInAudience", "identifierUris",
    "passwordCredentials", "keyCredentials",
)  # fmt: skip
APPLICATIONS = Collection("applications", frozenset(_PROPERTIES), _PROPERTIES, is_directory=True)


class ApplicationRoutes:
    """What Graph answers under `/applications`."""

    def __init__(self, store: DirectoryStore, tokens: Tokens) -> None:
        self._store = store
        self._tokens = tokens

    async def collection(self, request: Request) -> Response:
        """GET `/applications`."""
        tenant = self._tokens.require(request, READ_APPLICATIONS)
        found = tenant.applications.values()
        return JSONResponse(APPLICATIONS.page(request, found, page_size=self._store.directory.page_size))
