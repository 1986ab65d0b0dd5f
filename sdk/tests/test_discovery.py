"""Finding author code, and every mistake in it, without harm to the rest."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from msp_automation import OrganizationContext
from msp_automation.discovery import Discovered, discover
from msp_automation.metadata import DiscoveryError

Write = Callable[[dict[str, str]], Path]

HEAD = "from msp_automation import *\n"
GOOD = (
    HEAD
    + '''
@workflow
async def good(context: OrganizationContext, name: str) -> str:
    """Greets."""
    return f"hello {name}"
'''
)


def only_error(found: Discovered) -> DiscoveryError:
    assert len(found.catalog.errors) == 1, found.catalog.errors
    return found.catalog.errors[0]


async def test_a_file_is_found_and_its_workflow_runs(author_root: Write) -> None:
    root = author_root({"workflows/good.py": GOOD})
    found = discover(root)
    assert found.catalog.errors == []
    metadata = found.catalog.workflows[0]
    assert (metadata.name, metadata.description, metadata.source_file) == (
        "good",
        "Greets.",
        "workflows/good.py",
    )
    assert metadata.content_hash == hashlib.sha256(GOOD.encode()).hexdigest()
    definition = found.workflows["good"]
    context = OrganizationContext.for_testing()
    assert await definition.call(context, definition.validate({"name": "Ada"})) == "hello Ada"


def test_an_empty_folder_or_none_is_no_error(tmp_path: Path) -> None:
    assert discover(tmp_path).catalog.errors == []
    (tmp_path / "workflows").mkdir()
    assert discover(tmp_path).catalog.workflows == []


def test_folders_inside_are_read_and_private_files_are_not(author_root: Write) -> None:
    private = "raise SystemError"
    root = author_root(
        {
            "workflows/users/good.py": GOOD,
            "workflows/_private.py": private,
            "workflows/_drafts/x.py": private,
            "workflows/.hidden/x.py": private,
            "workflows/notes.txt": private,
        }
    )
    found = discover(root)
    assert found.catalog.errors == []
    assert found.catalog.workflows[0].source_file == "workflows/users/good.py"


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("x = 1\ndef broken(:\n", 2, "The file is not valid Python: invalid syntax. Correct this line."),
        ("x = 1\n  y = 2\n", 2, "unexpected indent"),
        (
            "import os\nimport nonexistent_package\n",
            2,
            "The module 'nonexistent_package' is not installed here.",
        ),
        ("from os import nothing_of_the_kind\n", 1, "ImportError: cannot import name 'nothing_of_the_kind'"),
        ("\n\n1 / 0\n", 3, "raised ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(3)\n", 2, "ends the program while it is imported"),
        ("class Stop(BaseException): ...\nraise Stop('x')\n", 2, "Stop: x"),
        ("def f(): return f()\nf()\n", 1, "RecursionError"),
        ("raise GeneratorExit\n", 1, "GeneratorExit"),
        ("x = 'a\\x00b'\0", None, "null bytes"),
    ],
)
def test_a_file_that_fails_is_named_with_its_line_and_hurts_nothing_else(
    author_root: Write, source: str, line: int | None, message: str
) -> None:
    root = author_root({"workflows/a_bad.py": source, "workflows/good.py": GOOD})
    found = discover(root)
    error = only_error(found)
    assert (error.source_file, error.line) == ("workflows/a_bad.py", line)
    assert message in error.message
    assert list(found.workflows) == ["good"]


def test_a_file_that_is_not_utf_8_or_cannot_be_read_is_named(author_root: Write) -> None:
    root = author_root({"workflows/good.py": GOOD})
    (root / "workflows/latin.py").write_bytes(b"x = '\xe9'\n")
    (root / "workflows/gone.py").symlink_to(root / "nowhere.py")
    found = discover(root)
    assert only_error(found).source_file == "workflows/latin.py"
    assert list(found.workflows) == ["good"]


def test_an_error_deep_inside_a_library_is_told_at_the_authors_line(author_root: Write) -> None:
    root = author_root({"workflows/bad.py": "import json\n\njson.loads('{')\n"})
    error = only_error(discover(root))
    assert error.line == 3
    assert "JSONDecodeError" in error.message


def test_two_workflows_of_one_name_are_both_named_and_neither_runs(author_root: Write) -> None:
    root = author_root(
        {"workflows/a.py": GOOD, "workflows/b.py": GOOD, "workflows/c.py": GOOD.replace("good", "fine")}
    )
    found = discover(root)
    assert list(found.workflows) == ["fine"]
    assert [error.source_file for error in found.catalog.errors] == ["workflows/a.py", "workflows/b.py"]
    for error in found.catalog.errors:
        assert "'good' is declared 2 times: workflows/a.py:4 and workflows/b.py:4" in error.message


def test_a_second_function_of_one_name_in_one_file_is_seen_too(author_root: Write) -> None:
    root = author_root({"workflows/a.py": GOOD + GOOD})
    found = discover(root)
    assert found.workflows == {}
    assert [error.line for error in found.catalog.errors] == [4, 10]


def test_a_workflow_and_a_provider_may_share_a_name(author_root: Write) -> None:
    provider = GOOD.replace("@workflow", "@data_provider").replace(", name: str", "")
    found = discover(author_root({"workflows/a.py": GOOD, "data_providers/a.py": provider}))
    assert (list(found.workflows), list(found.providers)) == (["good"], ["good"])
    assert found.catalog.errors == []


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ("", "needs the input 'department'"),
        (", data_provider_inputs={'department': {'mode': 'field', 'value': 'team'}, 'x': {'mode': 'static', 'value': 1}}", "has no input 'x'. Its inputs are: department"),
        (", data_provider_inputs={'department': {'mode': 'field', 'value': 'team'}}", None),
    ],
)  # fmt: skip
def test_inputs_are_checked_against_the_provider(
    author_root: Write, inputs: str, message: str | None
) -> None:
    provider = (
        HEAD
        + "@data_provider\ndef groups(context: OrganizationContext, department: str) -> list: return []\n"
    )
    workflow = HEAD + (
        f"@workflow\n@param('group', data_provider='groups'{inputs})\n"
        "def join(context: OrganizationContext, team: str, group: str): ...\n"
    )
    found = discover(author_root({"data_providers/g.py": provider, "workflows/join.py": workflow}))
    assert list(found.workflows) == ["join"]
    if message is None:
        assert found.catalog.errors == []
    else:
        assert message in only_error(found).message
        assert only_error(found).line == 3


def test_a_data_provider_that_nobody_declares_is_an_error_and_the_workflow_stays(author_root: Write) -> None:
    source = (
        HEAD
        + "@workflow\n@param('g', data_provider='grops')\ndef join(context: OrganizationContext, g: str): ...\n"
    )
    found = discover(author_root({"workflows/join.py": source}))
    assert "takes its options from 'grops', which is not available" in only_error(found).message
    assert list(found.workflows) == ["join"]


def test_a_saved_file_is_read_anew_even_within_the_same_second(author_root: Write) -> None:
    root = author_root({"workflows/good.py": GOOD})
    first = discover(root).catalog.workflows[0]
    stamp = os.stat(root / "workflows/good.py")
    author_root({"workflows/good.py": GOOD.replace("Greets.", "Waves!!")})
    os.utime(root / "workflows/good.py", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    second = discover(root).catalog.workflows[0]
    assert (first.description, second.description) == ("Greets.", "Waves!!")
    assert first.content_hash != second.content_hash


def test_lines_are_those_of_the_saved_file(author_root: Write) -> None:
    lines = [*HEAD.splitlines(), "", "@workflow", "def w(name: str): ...", ""]
    root = author_root({"workflows/w.py": "\n".join(lines)})
    stamp = os.stat(root / "workflows/w.py")
    assert only_error(discover(root)).line == 4
    author_root({"workflows/w.py": "\n".join([lines[0], *lines[2:], ""])})
    os.utime(root / "workflows/w.py", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert only_error(discover(root)).line == 3


async def test_files_share_modules_of_lib_which_are_read_anew(author_root: Write) -> None:
    workflow = HEAD + (
        "from lib.names import greet\nfrom lib.deep.more import MARK\n"
        "@workflow\ndef hello(context: OrganizationContext) -> str: return greet() + MARK\n"
    )
    root = author_root(
        {
            "workflows/hello.py": workflow,
            "lib/names.py": "def greet(): return 'aaa'\n",
            "lib/deep/__init__.py": "",
            "lib/deep/more.py": "MARK = '!'\n",
        }
    )
    path = list(sys.path)
    context = OrganizationContext.for_testing()
    assert await discover(root).workflows["hello"].call(context, {}) == "aaa!"
    author_root({"lib/names.py": "def greet(): return 'bbb'\n"})
    assert await discover(root).workflows["hello"].call(context, {}) == "bbb!"
    assert sys.path == path


def test_a_change_in_a_shared_module_changes_the_hash_of_whoever_imports_it(author_root: Write) -> None:
    files = {
        "workflows/uses.py": "from lib import deep\n" + GOOD.replace("good", "uses"),
        "workflows/late.py": GOOD.replace("good", "late") + "    from lib.names import greet\n",
        "workflows/alone.py": GOOD.replace("good", "alone"),
        "lib/names.py": "def greet(): return 'aaa'\n",
        "lib/other.py": "",
        "lib/deep/__init__.py": "from .more import MARK\n",
        "lib/deep/more.py": "from ..names import greet\nMARK = greet()\n",
    }

    def hashes(**changed: str) -> dict[str, str]:
        root = author_root(files | {f"lib/{name}.py": text for name, text in changed.items()})
        found = discover(root)
        assert found.catalog.errors == []
        return {workflow.name: workflow.content_hash for workflow in found.catalog.workflows}

    before, after = hashes(), hashes(names="def greet(): return 'bbb'\n")
    assert {name for name in before if before[name] != after[name]} == {"uses", "late"}
    assert hashes() == hashes(other="UNUSED = 1\n") == before


def test_a_mistake_in_lib_is_told_at_the_file_that_imports_it(author_root: Write) -> None:
    root = author_root({"workflows/hello.py": "from lib.names import greet\n", "lib/names.py": "1 / 0\n"})
    error = only_error(discover(root))
    assert (error.source_file, error.line) == ("workflows/hello.py", 1)
    assert "ZeroDivisionError" in error.message


def test_a_helper_imported_from_another_file_is_not_declared_twice(author_root: Write) -> None:
    root = author_root({"workflows/hello.py": "from lib.shared import good\n", "lib/shared.py": GOOD})
    found = discover(root)
    assert found.catalog.errors == []
    assert found.workflows == {}


INTEGRATION = """from datetime import UTC, datetime
from msp_automation import Integration
from msp_automation.capabilities import IntegrationToken

class Backup(Integration):
    name = "backup"

    async def authenticate(self, auth):
        return IntegrationToken(access_token="x", expires_at=datetime.now(UTC))
"""


def test_integrations_are_found_and_built_in_names_are_kept(author_root: Write) -> None:
    root = author_root(
        {
            "integrations/backup.py": INTEGRATION,
            "integrations/graph.py": INTEGRATION.replace('"backup"', '"msgraph"'),
            "workflows/uses.py": "from msp_automation import Integration\n",
        }
    )
    found = discover(root)
    assert list(found.integrations) == ["backup"]
    assert "'msgraph' is built in" in only_error(found).message
    assert only_error(found).line == 8


def test_author_files_cannot_shadow_installed_packages(author_root: Write) -> None:
    root = author_root({"workflows/httpx.py": GOOD, "workflows/json.py": GOOD.replace("good", "fine")})
    assert sorted(discover(root).workflows) == ["fine", "good"]
    import json

    assert json.loads("1") == 1
    assert "site-packages" in (__import__("httpx").__file__ or "")


def test_a_dataclass_and_late_annotations_find_their_module(author_root: Write) -> None:
    source = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n" + HEAD +
        "@dataclass\nclass Device:\n    serial: str\n\n"
        "@workflow\ndef register(context: OrganizationContext, device: Device) -> None: ...\n"
    )  # fmt: skip
    found = discover(author_root({"workflows/register.py": source}))
    assert found.catalog.errors == []
    assert found.workflows["register"].validate({"device": {"serial": "x"}})["device"].serial == "x"


def test_two_hundred_files_are_read_quickly(author_root: Write) -> None:
    root = author_root({f"workflows/w{n}.py": GOOD.replace("good", f"good{n}") for n in range(200)})
    began = time.process_time()
    assert len(discover(root).workflows) == 200
    # The bar for the whole engine's start is 3 s; this only catches a change of order.
    assert time.process_time() - began < 2.5


def test_shared_modules_that_are_loaded_may_be_kept(author_root: Write) -> None:
    root = author_root(
        {"lib/faults.py": "class Odd(Exception): pass\n", "workflows/w.py": "import lib.faults\n"}
    )
    discover(root)
    loaded = sys.modules["lib.faults"]
    discover(root, rereads_shared=False)
    assert sys.modules["lib.faults"] is loaded
    discover(root)
    assert sys.modules["lib.faults"] is not loaded
