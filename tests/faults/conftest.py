"""A stack of its own for each fault, with leases short enough to wait for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.load import Load

from msp_devstack import demo
from msp_devstack.api import Api
from msp_devstack.ports import Ports
from msp_devstack.seed import seed
from msp_devstack.stack import Stack

AUTHOR = Path(__file__).parent / "author"
LEASES = {
    "MSP_LEASE_SECONDS": "4",
    "MSP_REAP_EVERY_SECONDS": "1",
    "MSP_QUEUE_VISIBILITY_SECONDS": "4",
    "MSP_QUEUE_GRACE_SECONDS": "10",
}


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """Storage, both services, identity; organizations and people, no client and no forms."""
    with Stack(
        tmp_path / "stack", Ports.free(), with_client=False, workflows_root=AUTHOR, environment=LEASES
    ) as running:
        seed(running.ports, forms=False)
        yield running


@pytest.fixture
def load(stack: Stack, tmp_path: Path) -> Iterator[Load]:
    """Runs of marking workflows as the technician in Contoso, and what became of them."""
    marks = tmp_path / "marks"
    marks.mkdir()
    with Api(stack.ports, demo.TECHNICIAN) as api:
        api.use(api.organization_id(demo.CONTOSO.name))
        with Load(api, marks) as running:
            yield running
