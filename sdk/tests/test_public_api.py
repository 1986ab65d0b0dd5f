"""What authors may rely on: names, a light import, a plugin that is there."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable

import pytest

import msp_automation
from msp_automation import OrganizationContext, errors
from msp_automation.testing import host_of

PUBLIC = {
    "ConfigurationError", "DeclarationError", "FileReference", "Integration", "IntegrationError", "Option",
    "OrganizationContext", "ValidationError", "WorkflowError", "WorkflowTimeout", "data_provider",
    "definition_of", "param", "schedule", "workflow",
}  # fmt: skip


def test_the_names_authors_import_are_these_and_documented() -> None:
    assert set(msp_automation.__all__) == PUBLIC
    for name in PUBLIC:
        assert inspect.getdoc(getattr(msp_automation, name)), name


def test_every_error_of_an_author_is_a_workflow_error() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert {kind.__name__ for kind in kinds if not issubclass(kind, errors.WorkflowError)} == {
        "DeclarationError"
    }
    error = errors.ValidationError.for_fields({"name": "Required."})
    assert (str(error), error.details) == (error.message, {"fields": {"name": "Required."}})


def test_importing_the_sdk_loads_neither_http_nor_the_platform() -> None:
    heavy = {
        "httpx",
        "httpcore",
        "azure",
        "fastapi",
        "starlette",
        "msp_core",
        "yaml",
        "email_validator",
    }
    script = (
        f"import sys, msp_automation, msp_automation.discovery; print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_the_plugin_gives_a_context(org_context: OrganizationContext) -> None:
    org_context.log.info("hello")
    assert org_context.org.name == "Contoso"
    assert [line.message for line in host_of(org_context).lines] == ["hello"]


def test_the_plugin_makes_contexts_of_any_kind(
    make_org_context: Callable[..., OrganizationContext], pytestconfig: pytest.Config
) -> None:
    context = make_org_context(org="Fabrikam", config={"a": 1})
    assert context.org.name == "Fabrikam"
    assert pytestconfig.pluginmanager.hasplugin("msp_automation")
