"""pytest fixtures for authors: a context with fake configuration, secrets and caller.

Installed as a pytest plugin: `async def test_it(org_context): ...` just works.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from msp_automation.capabilities import LocalCapabilities
    from msp_automation.context import OrganizationContext

__all__ = ["host_of", "make_org_context", "org_context"]


@pytest.fixture
def make_org_context() -> Callable[..., OrganizationContext]:
    """Makes contexts: `make_org_context(config={...}, secrets={...}, integrations={...})`.

    It takes what `OrganizationContext.for_testing` takes.
    """
    from msp_automation.context import OrganizationContext

    return OrganizationContext.for_testing


@pytest.fixture
def org_context(make_org_context: Callable[..., OrganizationContext]) -> OrganizationContext:
    """A context of an organization called Contoso, without configuration, secrets or integrations."""
    return make_org_context()


def host_of(context: OrganizationContext) -> LocalCapabilities:
    """What a testing context's run did: `lines`, `calls`, `progress`, `checkpoints`, `files`.

    Raises:
        TypeError: The context was not made by `for_testing`.
    """
    from msp_automation.capabilities import LocalCapabilities

    host = context.capabilities
    if not isinstance(host, LocalCapabilities):
        raise TypeError("host_of() takes a context made by OrganizationContext.for_testing().")
    return host
