"""docs/quickstart.md from an empty folder, block by block as they stand there, with a time for each."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest
from tests.docs.guides import REPOSITORY, Block, blocks_of

from msp_devstack.ports import Ports
from msp_devstack.seed import seed
from msp_devstack.stack import Stack

GUIDE = REPOSITORY / "docs" / "quickstart.md"
RECORD = REPOSITORY / "build" / "quickstart.json"
PROMPT = "at the (Pdb) prompt"
MOST_SECONDS = 600
# What a reader has; nothing of this repository's own environment.
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "PIP_CERT")


@dataclass
class Step:
    """One block of the page, and what came of it."""

    line: int
    what: str
    seconds: float
    output: str = field(repr=False)


class Reader:
    """Somebody who does what the page says in one shell."""

    def __init__(self, folder: Path, wheels: Path) -> None:
        self._folder = folder
        self._state = folder.parent / "state"
        own = Path(sys.prefix)
        path = os.pathsep.join(
            part for part in os.environ["PATH"].split(os.pathsep) if not Path(part).is_relative_to(own)
        )
        self._environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | {
            "PATH": path,
            "PIP_FIND_LINKS": str(wheels),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "MSP_CONFIG_FOLDER": str(folder.parent / "config"),
            "MSP_DATA": str(folder.parent / "stack"),
            "PLATFORM": str(REPOSITORY),
        }
        self.steps: list[Step] = []

    def do(self, block: Block, prompt: str = "") -> None:
        """Run a block, or write the file that it is."""
        began = time.monotonic()
        if block.language == "sh":
            what, output = block.text.strip(), self._run(block, prompt)
        else:
            what, output = f"{block.language} {block.title}", self._write(block)
        self.steps.append(Step(block.line, what, round(time.monotonic() - began, 2), output))

    def said(self, what: str) -> str:
        """What came of the last step that holds this text."""
        return next(step.output for step in reversed(self.steps) if what in step.what)

    def _run(self, block: Block, prompt: str) -> str:
        # The next block goes on in the same folder with the same variables, as in one terminal.
        resume = f'[ -e {self._state} ] && . {self._state} && cd "$PWD"'
        script = f"{resume}\nset -e\n{block.text}\nset +e\nexport -p > {self._state}\n"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self._folder,
            env=self._environment,
            input=prompt,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=MOST_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{block.place}: {block.text}\n{done.stdout}"
        return done.stdout

    def _write(self, block: Block) -> str:
        path = self._folder / "acme" / block.title
        if block.language == "diff":
            path.write_text(applied(block.text, path.read_text("utf-8")), "utf-8")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
        return ""


def applied(difference: str, text: str) -> str:
    """A text after a difference with one place, whose lines begin with a space, `+` or `-`."""
    lines = difference.splitlines()
    before = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
    after = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
    assert text.count(before) == 1, difference
    return text.replace(before, after)


@contextmanager
def running_stack(data: Path) -> Iterator[None]:
    """What `make up` starts, on ports of its own."""
    with Stack(data, Ports.free()) as running:
        seed(running.ports)
        yield


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of this repository, as `make wheels` builds them."""
    folder = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    # What an earlier build left in a room would go along: build from copies.
    left_out = shutil.ignore_patterns("build", "*.egg-info", "tests", "__pycache__")
    rooms = [
        str(shutil.copytree(REPOSITORY / room, folder / "rooms" / room, ignore=left_out))
        for room in ("sdk", "cli")
    ]
    subprocess.run([*command, "--wheel-dir", str(folder), *rooms], check=True, cwd=folder)
    return folder


@pytest.mark.long
@pytest.mark.timeout(MOST_SECONDS + 60)
def test_the_quickstart_succeeds_from_an_empty_folder(tmp_path: Path, wheels: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    reader = Reader(folder, wheels)
    blocks = [block for block in blocks_of(GUIDE) if block.is_run]
    with ExitStack() as opened:
        for block, following in zip(blocks, [*blocks[1:], None], strict=True):
            if block.title == PROMPT:
                continue
            if "$PLATFORM" in block.text:
                opened.enter_context(running_stack(tmp_path / "stack"))
            reader.do(block, following.text if following is not None and following.title == PROMPT else "")

    assert "nothing to mend" in reader.said("msp check")
    assert "(Pdb) {'SPE_E5': 0}" in reader.said("-k nearly")
    assert "msgraph  GET /subscribedSkus → 200" in reader.said("low_licences --sandbox")
    assert " passed" in reader.said("pytest")
    on_the_stack = reader.said("msp run low_licences")
    assert "Looked at the licences" in on_the_stack
    assert re.search(r"low_licences\s+Success", on_the_stack), on_the_stack
    seconds = round(sum(step.seconds for step in reader.steps), 1)
    RECORD.parent.mkdir(exist_ok=True)
    steps = [{"line": step.line, "what": step.what, "seconds": step.seconds} for step in reader.steps]
    RECORD.write_text(json.dumps({"seconds": seconds, "steps": steps}, indent=2) + "\n", "utf-8")
    assert seconds < MOST_SECONDS, [asdict(step) for step in reader.steps]
