"""What a workflow author imports: decorators, the context, errors, integrations.

from msp_automation import OrganizationContext, param, workflow
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

# Each name is imported when it is first asked for: a file that declares a workflow needs no integrations.
_HOMES = {
    "FileReference": "files",
    "Integration": "integrations.base",
    "Option": "providers",
    "OrganizationContext": "context",
    "data_provider": "providers",
    "definition_of": "workflows",
    "param": "workflows",
    "schedule": "schedules",
    "workflow": "workflows",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES.get(name, 'errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
