"""Every code block of the guides works, or says above itself that it is not run."""

from __future__ import annotations

import importlib
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from tests.docs.guides import GUIDES, REPOSITORY, Block, blocks_of, name_of
from typer.core import TyperGroup

# These need a server to speak to, or an environment of their own; the test named runs them.
PYTHON_ELSEWHERE = {"docs/webhooks.md": "workflow-engine/tests/app/test_webhook_examples.py"}
SHELL_ELSEWHERE = PYTHON_ELSEWHERE | {
    "docs/cli.md": "cli/tests/test_docs.py",
    "docs/quickstart.md": "tests/docs/test_quickstart.py",
    "docs/sandboxes.md": "devstack/tests/test_control_examples.py",
}
# Only what the blocks use: each further plugin costs a second.
_PLUGINS = ("msp_automation.testing", "msp_devstack.testing", "pytest_asyncio.plugin", "syrupy")
MOST_NOT_RUN = 3
QUICK_TEST = "tests/test_low_licences.py"
_LANGUAGES = {"python", "sh", "toml", "json", "text", "diff", ""}


def python_of(guide: Path) -> str:
    """A guide's Python blocks that are no files as one module; everything else is an empty line, so that line numbers agree."""
    lines = [""] * len(guide.read_text("utf-8").splitlines())
    for block in blocks_of(guide):
        if block.language == "python" and block.is_run and not block.title:
            content = block.text.splitlines()
            lines[block.line - 1 : block.line - 1 + len(content)] = content
    return "\n".join(lines) + "\n"


def settings() -> str:
    """pytest's settings as docs/testing.md shows them."""
    text = (REPOSITORY / "docs" / "testing.md").read_text("utf-8")
    found = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


def test_blocks_that_run_elsewhere_do() -> None:
    for guide, test in SHELL_ELSEWHERE.items():
        assert Path(guide).name in (REPOSITORY / test).read_text("utf-8")


def test_blocks_that_are_not_run_are_few_and_say_why() -> None:
    not_run = [block for guide in GUIDES for block in blocks_of(guide) if not block.is_run]
    assert len(not_run) <= MOST_NOT_RUN, [block.place for block in not_run]
    assert all(": " in block.title or "; " in block.title for block in not_run)


def write_modules(folder: Path) -> list[str]:
    """Each guide's Python as a module of its own, and the blocks that are files as those; the test files."""
    written = []
    for guide in GUIDES:
        if name_of(guide) in PYTHON_ELSEWHERE:
            continue
        name = name_of(guide).removesuffix(".md").replace("/", "_").replace("-", "_")
        source = python_of(guide)
        if source.strip():
            check = f"\n\ndef test_the_blocks_of_{name}_are_read():\n    pass\n"
            (folder / f"test_{name}.py").write_text(source + check, "utf-8")
            written.append(f"test_{name}.py")
        for block in blocks_of(guide):
            if block.language == "python" and block.is_run and block.title:
                (folder / block.title).parent.mkdir(exist_ok=True)
                (folder / block.title).write_text(block.text, "utf-8")
                written += [block.title] if block.title.startswith("tests/") else []
    return written


@pytest.mark.timeout(300)
def test_every_python_block_of_the_guides_runs(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(settings(), "utf-8")
    written = write_modules(tmp_path)
    assert {"test_README.py", "test_docs_testing.py", "test_sdk_README.py", QUICK_TEST} <= set(written)
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
    only_read = [name for name in written if not name.startswith("tests/")]
    assert int(passed[1]) > len(only_read) + 20


def shell_commands(block: Block) -> Iterator[list[str]]:
    """The commands of a block in words, without comments and without variables set before them."""
    for line in block.text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        while words and re.match(r"[A-Z_]+=", words[0]):
            words.pop(0)
        if words:
            yield words


def msp_command() -> TyperGroup:
    """The `msp` command as it is installed."""
    scripts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    return typer.main.get_group(importlib.import_module(scripts["msp"].partition(":")[0]).app)


def problem_of(words: list[str], msp: TyperGroup) -> str | None:
    """What is wrong with a command, as far as can be said without running it."""
    name, *arguments = words
    if name == "make":
        targets = re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE)
        return None if set(arguments) <= set(targets) else "no such target"
    if name == "pip" and (extras := re.fullmatch(r"msp-automation(?:\[(.*)\])?", arguments[-1])):
        project = tomllib.loads((REPOSITORY / "sdk" / "pyproject.toml").read_text("utf-8"))["project"]
        wanted = set((extras[1] or "").split(",")) - {""}
        return None if wanted <= set(project["optional-dependencies"]) else "no such extra"
    if Path(name).name == "msp":
        return _problem_of_msp(arguments, msp)
    return "nothing is known of it: run it in a test, or say in its title that it is not run"


def _problem_of_msp(arguments: list[str], group: TyperGroup) -> str | None:
    if not arguments or arguments[0] not in group.commands:
        return f"no command {' '.join(arguments[:1])!r}"
    command, arguments = group.commands[arguments[0]], arguments[1:]
    if isinstance(command, TyperGroup):
        return _problem_of_msp(arguments, command)
    known = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    given = {word.partition("=")[0] for word in arguments if word.startswith("-")} - {"--help"}
    return f"no option {sorted(given - known)}" if given - known else None


def test_every_shell_block_is_written_right() -> None:
    msp = msp_command()
    wrong = [
        f"{block.place}: {' '.join(words)}: {problem}"
        for guide in GUIDES
        if name_of(guide) not in SHELL_ELSEWHERE
        for block in blocks_of(guide)
        if block.language == "sh" and block.is_run
        for words in shell_commands(block)
        if (problem := problem_of(words, msp)) is not None
    ]
    assert wrong == []


def test_a_shell_command_that_is_wrong_is_found() -> None:
    msp = msp_command()
    for line in (
        "make nothing",
        "pip install msp-automation[nothing]",
        "msp nothing",
        "msp doctor --nothing",
        "rm",
    ):
        assert problem_of(shlex.split(line), msp) is not None
    for line in (
        "make up",
        "pip install msp-automation[testing]",
        "msp doctor --repair",
        ".venv/bin/msp doctor",
    ):
        assert problem_of(shlex.split(line), msp) is None


def test_every_other_block_is_what_it_says() -> None:
    readers = {"toml": tomllib.loads, "json": json.loads}
    for guide in GUIDES:
        for block in blocks_of(guide):
            assert block.language in _LANGUAGES, block.place
            if block.language in readers:
                readers[block.language](block.text)
