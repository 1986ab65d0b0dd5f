"""What the platform knows of author code: the catalog that clients, forms and tools read.

Field names in JSON are camelCase; `docs/api` holds the same shapes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

ParameterType = Literal["string", "int", "float", "bool", "json", "list", "email", "date", "datetime", "file"]
ExecutionMode = Literal["sync", "async"]
Overlap = Literal["skip", "queue"]
RequiredPermission = Literal["canExecuteWorkflows", "canManageConfig", "canManageForms", "canViewHistory"]


class Wire(BaseModel):
    """Base of everything that is JSON for a client: frozen, camelCase outside, snake_case inside."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        serialize_by_alias=True,
        defer_build=True,
    )


class ParameterValidation(Wire):
    """Bounds of one parameter; the client checks the same ones while a person types."""

    pattern: str | None = None
    min: float | None = None
    max: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    enum: list[Any] | None = None


class ParameterOption(Wire):
    """One choice of a parameter with a fixed list of choices."""

    label: str
    value: Any


class DataProviderInput(Wire):
    """Where one input of a data provider comes from: a fixed value, or another field."""

    mode: Literal["static", "field"]
    value: Any


class ParameterMetadata(Wire):
    """One parameter of a workflow or data provider."""

    name: str
    label: str
    type: ParameterType
    required: bool
    default_value: Any = None
    validation: ParameterValidation | None = None
    options: list[ParameterOption] | None = None
    data_provider: str | None = None
    data_provider_inputs: dict[str, DataProviderInput] | None = None
    help_text: str | None = None


class ScheduleMetadata(Wire):
    """When a workflow runs by itself.

    Without an organization (`requiresOrg` is false) it runs once; else for all organizations, or for those
    that are listed or have one of the tags.
    """

    name: str
    cron: str
    timezone: str
    all_organizations: bool = True
    organizations: list[str] = Field(default_factory=list)
    tags: list[str] = Field(default_factory=list)
    parameters: dict[str, Any] = Field(default_factory=dict)
    overlap: Overlap = "skip"
    catch_up_seconds: float = 600


class WorkflowMetadata(Wire):
    """One workflow of the catalog."""

    name: str
    description: str = ""
    category: str = "General"
    tags: list[str] = Field(default_factory=list)
    parameters: list[ParameterMetadata] = Field(default_factory=list)
    execution_mode: ExecutionMode = "sync"
    timeout_seconds: float = 300
    requires_org: bool = True
    required_permission: RequiredPermission = "canExecuteWorkflows"
    expose_in_forms: bool = True
    retries: int = 0
    retry_delay_seconds: float = 10
    retry_on: list[str] = Field(default_factory=list)
    schedules: list[ScheduleMetadata] = Field(default_factory=list)
    source_file: str = ""
    content_hash: str = ""


class DataProviderMetadata(Wire):
    """One data provider of the catalog."""

    name: str
    description: str = ""
    category: str = "General"
    cache_ttl_seconds: float = 300
    timeout_seconds: float = 15
    parameters: list[ParameterMetadata] = Field(default_factory=list)
    source_file: str = ""
    content_hash: str = ""


class DiscoveryError(Wire):
    """A file, or a declaration in it, that could not be used, and the mend."""

    source_file: str
    line: int | None = None
    message: str


class Catalog(Wire):
    """Everything discovered in one pass over the author files."""

    workflows: list[WorkflowMetadata] = Field(default_factory=list)
    data_providers: list[DataProviderMetadata] = Field(default_factory=list)
    errors: list[DiscoveryError] = Field(default_factory=list)
    generated_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
