"""`/users/{user}/mailFolders/inbox/messageRules`: what a mailbox does with what arrives.

Source: https://learn.microsoft.com/graph/api/mailfolder-list-messagerules
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from msp_automation.sandboxes.graph.errors import GraphError
from msp_automation.sandboxes.graph.odata import Collection
from msp_automation.sandboxes.graph.permissions import READ_MAILBOX_SETTINGS
from msp_automation.sandboxes.graph.store import DirectoryStore
from msp_automation.sandboxes.graph.tokens import Tokens

_PROPERTIES = (
    "id", "displayName", "sequence", "isEnabled", "hasError", "isReadOnly", "conditions", "exceptions",
    "actions",
)  # fmt: skip
RULES = Collection("messageRules", frozenset(_PROPERTIES), _PROPERTIES)


class MailboxRoutes:
    """What Graph answers about mailboxes."""

    def __init__(self, store: DirectoryStore, tokens: Tokens) -> None:
        self._store = store
        self._tokens = tokens

    async def rules(self, request: Request) -> Response:
        """GET the inbox's rules; guests have no mailbox here."""
        tenant = self._tokens.require(request, READ_MAILBOX_SETTINGS)
        user = tenant.user(request.path_params["user"])
        if not tenant.has_mailbox(user):
            message = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
            raise GraphError(404, "MailboxNotEnabledForRESTAPI", message)
        rules = tenant.rules.get(user["id"], [])
        return JSONResponse(RULES.page(request, rules, page_size=self._store.directory.page_size))
