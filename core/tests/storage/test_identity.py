"""An account of Azure, opened by name: what goes out, seen at the transport."""

from __future__ import annotations

import time
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline.transport import AsyncHttpTransport
from multidict import CIMultiDict

from msp_core.errors import Unavailable
from msp_core.models import Model
from msp_core.storage import Storage, StorageSettings, TableName
from msp_core.storage.transport import BufferedResponse


class Item(Model):
    name: str


class Identity:
    """An identity whose token the account knows."""

    def __init__(self, *, is_known: bool = True) -> None:
        self.scopes: list[str] = []
        self.is_known = is_known

    async def get_token(self, *scopes: str, **_options: Any) -> AccessToken:
        if not self.is_known:
            raise ClientAuthenticationError("no identity here")
        self.scopes += scopes
        return AccessToken("the-token", int(time.time()) + 3600)

    async def close(self) -> None:
        """Nothing is open."""

    async def __aenter__(self) -> Identity:
        return self

    async def __aexit__(self, *_args: object) -> None:
        """Nothing is open."""


class Account(AsyncHttpTransport[Any, Any]):
    """Answers every read with the same row."""

    def __init__(self) -> None:
        self.requests: list[Any] = []

    async def send(self, request: Any, **_options: Any) -> Any:
        self.requests.append(request)
        body = b'{"odata.etag":"e","PartitionKey":"p","RowKey":"r","name":"n","Timestamp":"2026-01-01T00:00:00Z"}'
        return BufferedResponse(request, 200, CIMultiDict({"Content-Type": "application/json"}), body, "OK")

    async def open(self) -> None:
        """Open already."""

    async def close(self) -> None:
        """Nothing to close."""

    async def __aexit__(self, *_args: object) -> None:
        """Nothing to close."""


async def test_an_account_by_name_is_asked_over_https_with_the_identitys_token() -> None:
    identity, account = Identity(), Account()
    storage = Storage(
        StorageSettings(account_name="contoso"), wrap_transport=lambda _: account, credential=identity
    )
    partition = storage.table(TableName.FORMS, Item).partition("p")
    for _ in range(3):
        assert (await partition.get("r")).value == Item(name="n")
    await storage.close()
    assert identity.scopes == ["https://storage.azure.com/.default"]
    [request, *_] = account.requests
    assert request.url.startswith("https://contoso.table.core.windows.net/Forms(")
    assert request.headers["Authorization"] == "Bearer the-token"


async def test_a_process_without_identity_is_told_so_at_once() -> None:
    account = Account()
    storage = Storage(
        StorageSettings(account_name="contoso"),
        wrap_transport=lambda _: account,
        credential=Identity(is_known=False),
    )
    with pytest.raises(Unavailable, match="identity"):
        await storage.table(TableName.FORMS, Item).partition("p").find("r")
    assert account.requests == []
    await storage.close()


async def test_a_connection_string_without_key_is_told_by_the_name_of_its_setting() -> None:
    storage = Storage(StorageSettings(connection_string="AccountName=a"))
    with pytest.raises(ValueError, match="MSP_STORAGE_CONNECTION_STRING"):
        await storage.table(TableName.FORMS, Item).partition("p").find("r")
    await storage.close()
