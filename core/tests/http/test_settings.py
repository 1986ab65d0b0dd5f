"""Settings that both apps read from the environment."""

from __future__ import annotations

import pytest

from msp_http.settings import PlatformSettings

REQUIRED = {"MSP_TENANT_ID": "t", "MSP_TOKEN_AUDIENCE": "a", "MSP_STORAGE_ACCOUNT_NAME": "account"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def read() -> PlatformSettings:
    return PlatformSettings()


def test_lists_are_separated_by_commas(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("MSP_CORS_ORIGINS", "https://a.example, https://b.example,")
    environment.setenv("MSP_ADMIN_OBJECT_IDS", "")
    settings = read()
    assert settings.http_options().cors_origins == ("https://a.example", "https://b.example")
    assert settings.admin_object_ids == ()


def test_a_local_identity_provider_is_refused_in_azure(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("MSP_TOKEN_ISSUER", "http://localhost:9100/{tenantid}/v2.0")
    assert read().token_settings().issuer.startswith("http://localhost")
    environment.setenv("FUNCTIONS_WORKER_RUNTIME", "python")
    assert read().is_hosted
    with pytest.raises(ValueError, match="MSP_TOKEN_ISSUER"):
        read().token_settings()


def test_the_connection_string_is_not_shown(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("MSP_STORAGE_ACCOUNT_NAME")
    environment.setenv("MSP_STORAGE_CONNECTION_STRING", "AccountKey=hunter2")
    settings = read()
    assert "hunter2" not in repr(settings)
    assert settings.storage_settings().connection_string == "AccountKey=hunter2"
