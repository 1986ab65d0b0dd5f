"""The identity provider and the sandboxes, running over HTTP in a thread of this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

# The apps are imported where they start: most test sessions need none of them.
if TYPE_CHECKING:
    from msp_devstack.graph import GraphControl
    from msp_devstack.halopsa import HaloControl
    from msp_devstack.identity import Tokens


@dataclass(frozen=True)
class RunningIdentity:
    """An identity provider that answers on `base_url`."""

    base_url: str

    @property
    def issuer_template(self) -> str:
        """What `MSP_TOKEN_ISSUER` must be for its tokens."""
        return f"{self.base_url}/{{tenantid}}/v2.0"

    @property
    def jwks_url(self) -> str:
        """What `MSP_JWKS_URL` must be for its tokens."""
        return f"{self.base_url}/common/discovery/v2.0/keys"

    def sign_in(self, person_key: str) -> Tokens:
        """Sign somebody in, with code and PKCE.

        Raises:
            SignInRefused: The provider refused.
        """
        from msp_devstack.identity import sign_in

        return sign_in(self.base_url, person_key)


@dataclass(frozen=True)
class RunningGraph:
    """A Graph sandbox that answers on `base_url`."""

    base_url: str
    control: GraphControl

    @property
    def authority(self) -> str:
        """What `MSP_MSGRAPH_AUTHORITY` must be to use it."""
        return self.base_url

    @property
    def graph_url(self) -> str:
        """What `MSP_MSGRAPH_BASE_URL` must be to use it."""
        return f"{self.base_url}/v1.0"


@dataclass(frozen=True)
class RunningHalo:
    """A HaloPSA sandbox that answers on `base_url`."""

    base_url: str
    control: HaloControl


@contextmanager
def running_identity() -> Iterator[RunningIdentity]:
    """Run an identity provider with a key of its own."""
    from msp_devstack.identity import IdentitySettings, create_app
    from msp_devstack.loopback import serving

    with serving(lambda url: create_app(IdentitySettings(base_url=url, any_port=True))) as base_url:
        yield RunningIdentity(base_url)


@contextmanager
def running_graph() -> Iterator[RunningGraph]:
    """Run a Graph sandbox that forgets everything at the end."""
    from msp_devstack.graph import GraphControl, create_app
    from msp_devstack.loopback import serving

    with serving(lambda _url: create_app()) as base_url, GraphControl(base_url) as control:
        yield RunningGraph(base_url, control)


@contextmanager
def running_halo() -> Iterator[RunningHalo]:
    """Run a HaloPSA sandbox that forgets everything at the end."""
    from msp_devstack.halopsa import HaloControl, create_app
    from msp_devstack.loopback import serving

    with serving(lambda _url: create_app()) as base_url, HaloControl(base_url) as control:
        yield RunningHalo(base_url, control)
