"""Configuration values as stored, as listed and as a run sees them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from msp_core.ids import OrgId, UserId
from msp_core.models import Model, UtcDatetime


class ConfigType(StrEnum):
    """What a value means."""

    STRING = "string"
    INT = "int"
    BOOL = "bool"
    JSON = "json"
    SECRET_REF = "secret_ref"  # noqa: S105 - the name of a type


class Origin(StrEnum):
    """Whose row a value comes from."""

    ORG = "org"
    GLOBAL = "global"


class ConfigItem(Model):
    """One value as stored; `value` is text of the declared type."""

    key: str
    value: str
    type: ConfigType = ConfigType.STRING
    description: str | None = None
    updated_at: UtcDatetime
    updated_by: UserId


class ConfigSet(Model):
    """What somebody gives to set a value."""

    key: str
    value: str
    type: ConfigType = ConfigType.STRING
    description: str | None = None


class ConfigEntry(ConfigItem):
    """One key as the list of an organization shows it.

    `scope` says whose row counts. `overrides` means that the organization's row hides a global one,
    whose value is then in `global_value`; `inherited` means that the organization has no row of its own.
    `etag` names the version of the list's own row; None for an inherited one.
    """

    scope: Origin
    overrides: bool = False
    inherited: bool = False
    global_value: str | None = None
    global_type: ConfigType | None = None
    etag: str | None = None


class ConfigOverride(Model):
    """An organization's own value of a key that all organizations share."""

    key: str
    org_id: OrgId
    value: str
    type: ConfigType
    updated_at: UtcDatetime


@dataclass(frozen=True, slots=True)
class EffectiveValue:
    """A value as a run gets it, typed, with whose it is."""

    value: Any
    type: ConfigType
    origin: Origin
