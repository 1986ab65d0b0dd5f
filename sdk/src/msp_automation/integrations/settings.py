"""Settings of integrations: what an organization may set, and what only the deployment may."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic import ValidationError as PydanticValidationError

from msp_automation.errors import ValidationError
from msp_automation.messages import field_messages

_SECRET = "secret"  # noqa: S105 - the mark of a field
_CONNECTION = "connection"
_DEPLOYMENT = "deployment"
_SHARED_ONLY = "sharedOnly"
_ADMIN_ONLY = "adminOnly"

SecretName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?$",
        json_schema_extra={_SECRET: True, _CONNECTION: True},
        description="The name of a secret, never its value",
    ),
]


def check_base_url(value: str) -> str:
    """Accept https, or http on this machine; no credentials, query or fragment.

    Raises:
        ValueError: The address is something else.
    """
    try:
        parts = urlsplit(value.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("Must be a web address such as https://example.halopsa.com.") from None
    if not host or parts.scheme not in {"https", "http"}:
        raise ValueError("Must be a web address such as https://example.halopsa.com.")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("Must begin with https://.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("Must be an address without sign-in data, query or fragment.")
    return value.strip().rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


BaseUrl = Annotated[str, AfterValidator(check_base_url)]


class IntegrationSettings(BaseModel):
    """Base of an integration's settings.

    Mark fields by `json_schema_extra`: `{"connection": True}` for where and as whom
    to connect, `{"deployment": True}` for what only the deployment sets,
    `{"sharedOnly": True}` for what only the settings that all organizations share may
    hold. A field of type `SecretName` holds the name of a secret, and is a connection field.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @classmethod
    def connection_fields(cls) -> frozenset[str]:
        """Fields that say where and as whom to connect."""
        return cls._marked(_CONNECTION)

    @classmethod
    def secret_fields(cls) -> frozenset[str]:
        """Fields that hold the name of a secret."""
        return cls._marked(_SECRET)

    @classmethod
    def deployment_fields(cls) -> frozenset[str]:
        """Fields that only the deployment sets, never an organization."""
        return cls._marked(_DEPLOYMENT)

    @classmethod
    def shared_only_fields(cls) -> frozenset[str]:
        """Fields that an organization's own settings never hold; a secret named there is the MSP's own."""
        return cls._marked(_SHARED_ONLY)

    @classmethod
    def admin_only_fields(cls) -> frozenset[str]:
        """Fields that say whose data a shared sign-in works on: only an MSP admin sets them."""
        return cls._marked(_ADMIN_ONLY)

    @classmethod
    def organization_schema(cls) -> dict[str, Any]:
        """The JSON Schema of what an organization may set; a client renders the form from it."""
        schema = cls.model_json_schema()
        hidden = cls.deployment_fields()
        schema["properties"] = {k: v for k, v in schema.get("properties", {}).items() if k not in hidden}
        schema["required"] = [name for name in schema.get("required", []) if name not in hidden]
        return schema

    @classmethod
    def check_organization_settings(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Check what an organization wants to set, and answer it in JSON.

        Raises:
            ValidationError: A field is unknown, missing, wrong, or the deployment's to set.
        """
        fields = dict.fromkeys(cls.deployment_fields() & set(values), "Only the deployment sets this.")
        if fields:
            raise ValidationError.for_fields(fields)
        settings = cls.read(values)
        return settings.model_dump(mode="json", exclude=set(cls.deployment_fields()))

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> IntegrationSettings:
        """Build settings from JSON values.

        Raises:
            ValidationError: `details["fields"]` has one sentence for each wrong field.
        """
        try:
            return cls.model_validate(dict(values))
        except PydanticValidationError as error:
            raise ValidationError.for_fields(field_messages(error)) from None

    @classmethod
    def _marked(cls, mark: str) -> frozenset[str]:
        properties: dict[str, Any] = cls.model_json_schema().get("properties", {})
        return frozenset(
            name
            for name, schema in properties.items()
            if any(part.get(mark) is True for part in (schema, *schema.get("anyOf", [])))
        )
