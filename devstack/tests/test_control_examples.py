"""The control commands that docs/sandboxes.md shows are answered."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from msp_devstack.running import running_graph, running_halo

DOCUMENT = Path(__file__).parents[2] / "docs" / "sandboxes.md"


@pytest.mark.timeout(120)
def test_every_control_command_of_the_guide_is_answered() -> None:
    found = re.search(r"```sh\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert found is not None
    addresses, commands = found[1].split("\n", 1)
    assert addresses == "G=http://localhost:9201/_sandbox H=http://localhost:9202/_sandbox"
    with running_graph() as graph, running_halo() as halo:
        here = f"G={graph.base_url}/_sandbox H={halo.base_url}/_sandbox"
        curl = 'curl() { command curl --fail-with-body --silent --show-error --max-time 10 "$@"; }'
        script = f"set -e -x\n{curl}\n{here}\n{commands}"
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
