"""The test kit for authors: contexts, sandboxes and a form harness, as a pytest plugin.

Its fixtures are there once the SDK is installed with the extra `testing`:

    def test_it(graph, submit_form):
        graph.add_user("Ada Lovelace")
        execution = submit_form(block_sign_in, {"user": "ada.lovelace@contoso.example"})
        assert execution.status == "Success"
        graph.assert_called("PATCH", "/users/{user}", json={"accountEnabled": False})

The names below are for annotations.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

# pytest loads this module as its plugin; `msp run --sandbox` uses the kit where there is no pytest.
if TYPE_CHECKING or sys.modules.get("pytest") is not None:
    from msp_automation.testing.fixtures import (
        call_provider,
        fake_api,
        graph,
        halopsa,
        make_org_context,
        msp_author_code,
        msp_world,
        org_context,
        pytest_addoption,
        pytest_configure,
        submit_form,
    )

if TYPE_CHECKING:
    from msp_automation.capabilities import LocalCapabilities
    from msp_automation.context import OrganizationContext
    from msp_automation.testing.api import FakeApi
    from msp_automation.testing.calls import ApiCall
    from msp_automation.testing.execution import Execution, ExecutionFailure
    from msp_automation.testing.graph_api import GraphSandbox
    from msp_automation.testing.graph_tenant import GraphTenant
    from msp_automation.testing.halopsa_api import HaloSandbox
    from msp_automation.testing.submitting import CallProvider, SubmitForm
    from msp_automation.testing.world import RecordedContext, World

__all__ = [
    "ApiCall",
    "CallProvider",
    "Execution",
    "ExecutionFailure",
    "FakeApi",
    "GraphSandbox",
    "GraphTenant",
    "HaloSandbox",
    "RecordedContext",
    "SubmitForm",
    "World",
    "call_provider",
    "fake_api",
    "graph",
    "halopsa",
    "host_of",
    "make_org_context",
    "msp_author_code",
    "msp_world",
    "org_context",
    "pytest_addoption",
    "pytest_configure",
    "submit_form",
]

# pytest loads this module at every start: what a test does not use is not imported.
_HOMES = {
    "ApiCall": "calls",
    "CallProvider": "submitting",
    "Execution": "execution",
    "ExecutionFailure": "execution",
    "FakeApi": "api",
    "GraphSandbox": "graph_api",
    "GraphTenant": "graph_tenant",
    "HaloSandbox": "halopsa_api",
    "RecordedContext": "world",
    "SubmitForm": "submitting",
    "World": "world",
}


def host_of(context: OrganizationContext) -> LocalCapabilities:
    """What a testing context's run did: `lines`, `calls`, `progress`, `checkpoints`, `files`.

    Raises:
        TypeError: The context was not made by `for_testing` or a fixture.
    """
    from msp_automation.capabilities import LocalCapabilities

    host = context.capabilities
    if not isinstance(host, LocalCapabilities):
        raise TypeError("host_of() takes a context made by OrganizationContext.for_testing().")
    return host


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
