"""Every Python block of the guides runs: declarations are imported, tests pass, with the test kit."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
GUIDES = sorted(
    {REPOSITORY / "README.md", *REPOSITORY.glob("docs/*.md"), *REPOSITORY.glob("*/README.md")}
    - {REPOSITORY / "client" / "README.md"}
)
# These need a server to speak to; the test named runs them.
ELSEWHERE = {"docs/webhooks.md": "workflow-engine/tests/app/test_webhook_examples.py"}

_FENCE = re.compile(r"```(\w*)\s*$")
# Only what the blocks use: each further plugin costs a second.
_PLUGINS = ("msp_automation.testing", "msp_devstack.testing", "pytest_asyncio.plugin", "syrupy")


def python_of(guide: Path) -> str:
    """A guide's Python blocks as one module; everything else is an empty line, so that line numbers agree."""
    lines, language = [], None
    for line in guide.read_text("utf-8").splitlines():
        fence = _FENCE.fullmatch(line)
        if fence is not None:
            language = fence[1] if language is None else None
        lines.append(line if fence is None and language == "python" else "")
    return "\n".join(lines) + "\n"


def name_of(guide: Path) -> str:
    return guide.relative_to(REPOSITORY).as_posix()


def settings() -> str:
    """pytest's settings as docs/testing.md shows them."""
    text = (REPOSITORY / "docs" / "testing.md").read_text("utf-8")
    found = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


def test_blocks_that_run_elsewhere_do() -> None:
    for guide, test in ELSEWHERE.items():
        assert Path(guide).name in (REPOSITORY / test).read_text("utf-8")


@pytest.mark.timeout(300)
def test_every_python_block_of_the_guides_runs(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(settings(), "utf-8")
    written = []
    for guide in GUIDES:
        source = python_of(guide)
        if source.strip() and name_of(guide) not in ELSEWHERE:
            written.append(
                f"test_{name_of(guide).removesuffix('.md').replace('/', '_').replace('-', '_')}.py"
            )
            check = f"\n\ndef test_the_blocks_of_{guide.stem.replace('-', '_')}_are_read():\n    pass\n"
            (tmp_path / written[-1]).write_text(source + check, "utf-8")
    assert {"test_README.py", "test_docs_testing.py", "test_sdk_README.py"} <= set(written)
    plugins = [argument for name in _PLUGINS for argument in ("-p", name)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--snapshot-update", *plugins, *written],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) > len(written) + 8
