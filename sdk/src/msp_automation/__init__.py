"""What a workflow author imports: decorators, the context, errors, integrations.

from msp_automation import OrganizationContext, param, workflow
"""

from __future__ import annotations

from msp_automation.context import OrganizationContext
from msp_automation.errors import (
    ConfigurationError,
    DeclarationError,
    IntegrationError,
    ValidationError,
    WorkflowError,
    WorkflowTimeout,
)
from msp_automation.files import FileReference
from msp_automation.integrations.base import Integration
from msp_automation.providers import Option, data_provider
from msp_automation.schedules import schedule
from msp_automation.workflows import definition_of, param, workflow

__all__ = [
    "ConfigurationError",
    "DeclarationError",
    "FileReference",
    "Integration",
    "IntegrationError",
    "Option",
    "OrganizationContext",
    "ValidationError",
    "WorkflowError",
    "WorkflowTimeout",
    "data_provider",
    "definition_of",
    "param",
    "schedule",
    "workflow",
]
