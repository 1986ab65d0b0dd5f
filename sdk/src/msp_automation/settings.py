"""What a run reads: its organization's configuration and secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, TypeVar, overload

from msp_automation.capabilities import Capabilities, OrganizationInfo
from msp_automation.errors import ConfigurationError
from msp_automation.redaction import Redactor

T = TypeVar("T")
Kind: TypeAlias = type[T]  # `type` is also a parameter's name below
_KINDS = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}
_STEP = " › "  # noqa: RUF001 - the client writes its paths so


def where_to_set(org: OrganizationInfo | None, *pages: str) -> str:
    """The page of the client on which a setting is made, for messages."""
    start = ("Organizations", org.name) if org is not None else ("Settings", "Global")
    return _STEP.join((*start, *pages))


def whose(org: OrganizationInfo | None) -> str:
    """How messages name the organization."""
    return f"organization {org.name!r}" if org is not None else "runs without an organization"


class Config:
    """Effective configuration: the organization's value, else the global one, else a default."""

    def __init__(self, values: Mapping[str, Any], org: OrganizationInfo | None) -> None:
        self._values = dict(values)
        self._org = org

    @overload
    def get(self, key: str, default: Any = None) -> Any: ...
    @overload
    def get(self, key: str, default: None = None, *, type: Kind[T]) -> T | None: ...
    @overload
    def get(self, key: str, default: T, *, type: Kind[T]) -> T: ...
    def get(self, key: str, default: Any = None, *, type: Kind[Any] | None = None) -> Any:
        """The typed value of a key, or the default where nobody set it.

        Args:
            type: What the value has to be, such as `int`; editors then know it, too.

        Raises:
            ConfigurationError: The value is of another type, or the key refers to a secret; those come
                from `context.secrets`.
        """
        value = self._values.get(key, default)
        if _secret_reference(value) is not None:
            raise ConfigurationError(
                f"{key!r} refers to a secret. Read it with `await context.secrets.require({key!r})`.",
                details={"key": key},
            )
        if type is not None and value is not None and key in self._values and not _is(value, type):
            raise ConfigurationError(
                f"{key!r} is {_kind(value)} for {whose(self._org)}, and {_KINDS.get(type, type.__name__)} "
                f"is needed. Correct it under {where_to_set(self._org, 'Configuration')}.",
                details={"key": key, "organization": self._org.name if self._org else None},
            )
        return value

    @overload
    def require(self, key: str) -> Any: ...
    @overload
    def require(self, key: str, *, type: Kind[T]) -> T: ...
    def require(self, key: str, *, type: Kind[Any] | None = None) -> Any:
        """The typed value of a key.

        Args:
            type: What the value has to be, such as `int`; editors then know it, too.

        Raises:
            ConfigurationError: It is set neither for the organization nor globally, or is of another
                type; names the key, the organization and where to set it.
        """
        value = self.get(key) if type is None else self.get(key, type=type)
        if value is None:
            raise ConfigurationError(
                f"{key!r} is not set for {whose(self._org)}. "
                f"Set it under {where_to_set(self._org, 'Configuration')}.",
                details={"key": key, "organization": self._org.name if self._org else None},
            )
        return value

    def secret_name(self, key: str) -> str | None:
        """The name of the secret that a key refers to, or None."""
        return _secret_reference(self._values.get(key))

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __repr__(self) -> str:
        return f"Config({', '.join(sorted(self._values))})"


class Secrets:
    """Secret values by name; what is fetched is blanked in everything the run logs or stores."""

    def __init__(
        self, config: Config, capabilities: Capabilities, redactor: Redactor, org: OrganizationInfo | None
    ) -> None:
        self._config = config
        self._capabilities = capabilities
        self._redactor = redactor
        self._org = org

    async def get(self, name: str) -> str | None:
        """The value of a secret, or None; `name` may be a configuration key that refers to one."""
        value = await self._capabilities.get_secret(self._config.secret_name(name) or name)
        self._redactor.add(value)
        return value

    async def require(self, name: str) -> str:
        """The value of a secret.

        Raises:
            ConfigurationError: It is set neither for the organization nor globally;
                names the secret, the organization and where to set it.
        """
        value = await self.get(name)
        if value is None:
            raise ConfigurationError(
                f"Secret {name!r} is not set for {whose(self._org)}. "
                f"Set it under {where_to_set(self._org, 'Secrets')}.",
                details={"secret": name, "organization": self._org.name if self._org else None},
            )
        return value

    def __repr__(self) -> str:
        return "Secrets(…)"


def _secret_reference(value: Any) -> str | None:
    if isinstance(value, Mapping) and set(value) == {"secretRef"}:
        return str(value["secretRef"])
    return None


def _is(value: Any, wanted: type[Any]) -> bool:
    # A bool is an int in Python, and 3 is as good a number as 3.0.
    if isinstance(value, bool):
        return wanted is bool or wanted is object
    return isinstance(value, wanted) or (wanted is float and isinstance(value, int))


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), type(value).__name__)
