"""The deployment settings that both apps have in common."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from msp_core.files.models import DEFAULT_MAX_UPLOAD_BYTES
from msp_core.identity.tokens import TokenSettings
from msp_core.retention import RetentionPeriods
from msp_core.storage import StorageSettings
from msp_http.options import (
    DEFAULT_MAX_BODY_BYTES,
    DEFAULT_REQUEST_BURST,
    DEFAULT_REQUESTS_PER_MINUTE,
    HttpOptions,
)


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


CommaList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""`a,b` in the environment, a tuple in code."""


class PlatformSettings(BaseSettings):
    """Read from the environment, prefix `MSP_`, when the app's container is first used."""

    model_config = SettingsConfigDict(env_prefix="MSP_", frozen=True, extra="ignore")

    storage_connection_string: SecretStr | None = None
    storage_account_name: str | None = None
    vault_url: str | None = None
    local_vault_path: Path | None = None

    tenant_id: str
    token_audience: str
    token_issuer: str = "https://login.microsoftonline.com/{tenantid}/v2.0"  # noqa: S105 - an address
    jwks_url: str = "https://login.microsoftonline.com/common/discovery/v2.0/keys"
    admin_object_ids: CommaList = ()

    cors_origins: CommaList = ()
    behind_proxy: bool = False
    proxy_hops: Annotated[int, Field(ge=1)] = 1
    max_body_bytes: int = DEFAULT_MAX_BODY_BYTES
    max_upload_bytes: Annotated[int, Field(ge=1)] = DEFAULT_MAX_UPLOAD_BYTES
    rate_limit_per_minute: Annotated[int, Field(ge=0)] = DEFAULT_REQUESTS_PER_MINUTE
    rate_limit_burst: Annotated[int, Field(ge=1)] = DEFAULT_REQUEST_BURST
    show_docs: bool = False
    log_level: str = "INFO"
    functions_runtime: str | None = Field(default=None, validation_alias="FUNCTIONS_WORKER_RUNTIME")

    execution_retention_days: Annotated[int, Field(ge=1)] = 90
    audit_retention_days: Annotated[int, Field(ge=1)] = 365

    msgraph_authority: str = "https://login.microsoftonline.com"
    msgraph_base_url: str = "https://graph.microsoft.com/v1.0"

    @property
    def is_hosted(self) -> bool:
        """Whether the Azure Functions host runs this process."""
        return self.functions_runtime is not None

    def http_options(self) -> HttpOptions:
        """How the app answers HTTP."""
        return HttpOptions(
            cors_origins=self.cors_origins,
            is_behind_proxy=self.behind_proxy,
            proxy_hops=self.proxy_hops,
            max_body_bytes=self.max_body_bytes,
            requests_per_minute=self.rate_limit_per_minute,
            request_burst=self.rate_limit_burst,
            shows_docs=self.show_docs,
        )

    def storage_settings(self) -> StorageSettings:
        """Where the data lies."""
        connection_string = self.storage_connection_string
        return StorageSettings(
            connection_string=None if connection_string is None else connection_string.get_secret_value(),
            account_name=self.storage_account_name,
            vault_url=self.vault_url,
            local_vault_path=self.local_vault_path,
        )

    def retention_periods(self) -> RetentionPeriods:
        """How long what is kept."""
        return RetentionPeriods(
            executions=timedelta(days=self.execution_retention_days),
            audit=timedelta(days=self.audit_retention_days),
        )

    def token_settings(self) -> TokenSettings:
        """Which access tokens hold.

        Raises:
            ValueError: It runs in Azure and trusts a local identity provider.
        """
        settings = TokenSettings(
            audience=self.token_audience, issuer=self.token_issuer, jwks_url=self.jwks_url
        )
        settings.refuse_loopback_in_azure(os.environ)
        return settings

    def integration_endpoints(self) -> Mapping[str, Mapping[str, str]]:
        """Where built-in integrations connect to: the deployment's choice, never an organization's."""
        return {"msgraph": {"authority": self.msgraph_authority, "base_url": self.msgraph_base_url}}
