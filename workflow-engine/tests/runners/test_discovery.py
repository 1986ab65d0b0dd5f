"""Author files come, change, break and hang: what the pool makes of them."""

import asyncio
import time
from typing import Any

import pytest

from msp_automation.metadata import Catalog
from workflow_engine.runners.pool import RunStatus, UnknownDeclaration

Stage = Any  # defined in conftest.py, which tests cannot import

VERSION = """
@workflow
async def version(context: OrganizationContext, wait: float = 0) -> int:
    await asyncio.sleep(wait)
    return {number}
"""
GOOD = """
@workflow
async def good(context: OrganizationContext) -> str:
    return "good"
"""


async def answers(stage: Stage, number: int) -> bool:
    """Whether the version that was saved last is the one that runs."""
    try:
        return bool((await stage.run("version")).result == number)
    except UnknownDeclaration:
        return False


async def until_answers(stage: Stage, number: int, seconds: float = 20) -> float:
    begun = time.monotonic()
    while not await answers(stage, number):
        assert time.monotonic() - begun < seconds
        await asyncio.sleep(0.01)
    return time.monotonic() - begun


def errors_of(catalog: Catalog) -> dict[str, str]:
    return {error.source_file: error.message for error in catalog.errors}


async def test_a_pool_over_nothing_has_an_empty_catalog(stage: Stage) -> None:
    pool = await stage.start()
    assert (pool.catalog.workflows, pool.catalog.errors) == ([], [])


async def test_broken_files_are_named_and_hurt_nothing_else(stage: Stage) -> None:
    stage.write("workflows/good.py", GOOD)
    stage.write("workflows/syntax.py", "def (:")
    stage.write("workflows/imports.py", "import a_module_that_is_not_there")
    stage.write("workflows/core.py", "import msp_core")
    pool = await stage.start()
    assert set(errors_of(pool.catalog)) == {
        "workflows/syntax.py",
        "workflows/imports.py",
        "workflows/core.py",
    }
    assert (await stage.run("good")).result == "good"
    with pytest.raises(UnknownDeclaration, match="3 author files could not be loaded"):
        await pool.prepare("workflow", "syntax", {})


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("while True:\n    pass", "took longer than 0.6 s"),
        ("time.sleep(60)", "took longer than 0.6 s"),
        ("import hashlib\nhashlib.pbkdf2_hmac('sha256', b'', b'', 2_000_000_000)", "took longer than 0.6 s"),
        ("os._exit(3)", "exited with status 3"),
        ("import ctypes\nctypes.string_at(0)", "died of signal 11"),
    ],
)
async def test_a_file_that_never_ends_or_ends_the_process_is_left_out_by_name(
    stage: Stage, code: str, words: str
) -> None:
    stage.write("workflows/a_bad.py", code)
    stage.write("workflows/good.py", GOOD)
    # A file that ends the process does so at once, on a busy machine too: only one that never ends is waited for.
    pool = await stage.start(runners=2, discovery_seconds=0.6 if "took longer" in words else 20)
    assert list(errors_of(pool.catalog)) == ["workflows/a_bad.py"]
    assert words in errors_of(pool.catalog)["workflows/a_bad.py"]
    assert (await stage.run("good")).result == "good"
    # The other runners know it from the first, and lose no time over it.
    await stage.until(lambda: pool.status().ready == 2)


async def test_a_shared_module_that_never_ends_is_the_one_that_is_named(stage: Stage) -> None:
    stage.write("lib/endless.py", "while True:\n    pass")
    stage.write("workflows/uses_it.py", "from lib import endless")
    stage.write("workflows/good.py", GOOD)
    pool = await stage.start(runners=1, discovery_seconds=0.6)
    assert set(errors_of(pool.catalog)) == {"lib/endless.py", "workflows/uses_it.py"}
    assert (await stage.run("good")).result == "good"


async def test_a_mended_file_is_tried_again(stage: Stage) -> None:
    stage.write("workflows/version.py", "while True:\n    pass")
    pool = await stage.start(runners=1, discovery_seconds=0.6, watch=True)
    assert len(pool.catalog.errors) == 1
    stage.write("workflows/version.py", VERSION.format(number=2))
    await until_answers(stage, 2)
    assert pool.catalog.errors == []


async def test_a_saved_file_answers_soon_and_is_told_once(stage: Stage) -> None:
    told: list[Catalog] = []

    async def on_catalog(catalog: Catalog) -> None:
        told.append(catalog)

    stage.write("workflows/version.py", VERSION.format(number=1))
    await stage.start(watch=True, on_catalog=on_catalog)
    assert (await stage.run("version")).result == 1
    stage.write("workflows/version.py", VERSION.format(number=2))
    await until_answers(stage, 2)
    await asyncio.sleep(0.3)
    assert [catalog.workflows[0].name for catalog in told] == ["version", "version"]
    assert told[0].workflows[0].content_hash != told[1].workflows[0].content_hash


async def test_many_saves_at_once_collapse_into_few_loads(stage: Stage) -> None:
    stage.write("workflows/version.py", VERSION.format(number=0))
    pool = await stage.start(runners=1, watch=True)
    for number in range(1, 41):
        stage.write("workflows/version.py", VERSION.format(number=number))
        await asyncio.sleep(0.005)
    await until_answers(stage, 40)
    assert pool.status().generation < 20


async def test_a_save_that_changes_nothing_starts_nothing(stage: Stage) -> None:
    stage.write("workflows/version.py", VERSION.format(number=1))
    pool = await stage.start(runners=1, watch=True, ping_seconds=5)
    pids = [runner.pid for runner in pool.status().runners]
    stage.write("workflows/version.py", VERSION.format(number=1))
    await asyncio.sleep(0.5)
    assert [runner.pid for runner in pool.status().runners] == pids


async def test_a_run_in_flight_ends_on_the_version_it_began_with(stage: Stage) -> None:
    stage.write("workflows/version.py", VERSION.format(number=1))
    pool = await stage.start(runners=1, watch=True)
    old = asyncio.create_task(stage.run("version", {"wait": 1.5}))
    await asyncio.sleep(0.1)
    stage.write("workflows/version.py", VERSION.format(number=2))
    await until_answers(stage, 2)
    if not old.done():
        assert "draining" in [runner.state for runner in pool.status().runners]
    assert (await old).result == 1
    await stage.until(lambda: {runner.generation for runner in pool.status().runners} == {2})


async def test_a_file_that_breaks_takes_only_its_own_workflows_along(stage: Stage) -> None:
    stage.write("workflows/good.py", GOOD)
    stage.write("workflows/version.py", VERSION.format(number=1))
    pool = await stage.start(runners=1, watch=True)
    stage.write("workflows/version.py", "def (:")
    await stage.until(lambda: pool.catalog.errors)
    assert [workflow.name for workflow in pool.catalog.workflows] == ["good"]
    assert (await stage.run("good")).result == "good"
    with pytest.raises(UnknownDeclaration):
        await pool.prepare("workflow", "version", {})


async def test_an_endless_import_is_given_up_for_the_next_save(stage: Stage) -> None:
    stage.write("workflows/good.py", GOOD)
    stage.write("workflows/version.py", VERSION.format(number=1))
    await stage.start(runners=1, watch=True, discovery_seconds=60)
    stage.write("workflows/version.py", "while True:\n    pass")
    await asyncio.sleep(0.5)
    assert (await stage.run("good")).result == "good"
    stage.write("workflows/version.py", VERSION.format(number=2))
    await until_answers(stage, 2, seconds=30)


async def test_files_in_a_folder_that_is_made_later_are_found(stage: Stage) -> None:
    (stage.root / "data_providers").rmdir()
    stage.write("workflows/good.py", GOOD)
    pool = await stage.start(runners=1, watch=True)
    stage.write(
        "data_providers/late.py",
        "@data_provider\nasync def late(context: OrganizationContext) -> list:\n    return ['x']\n",
    )
    await stage.until(lambda: pool.catalog.data_providers)
    assert (await stage.run("late", kind="provider")).status is RunStatus.SUCCESS


async def test_a_replaced_runner_that_finds_other_files_begins_a_new_generation(stage: Stage) -> None:
    stage.write(
        "workflows/version.py",
        VERSION.format(number=1)
        + "\n@workflow\nasync def leave(context: OrganizationContext) -> None:\n    os._exit(1)\n",
    )
    pool = await stage.start(runners=1, watch=False)
    stage.write("workflows/version.py", VERSION.format(number=2))
    await stage.run("leave")
    await until_answers(stage, 2)
    assert (pool.status().generation, len(pool.catalog.workflows)) == (2, 1)


async def test_a_runner_that_began_before_a_save_and_was_slower_does_not_bring_the_old_version_back(
    stage: Stage,
) -> None:
    leave = "@workflow\nasync def leave(context: OrganizationContext) -> None:\n    os._exit(1)\n"
    slow = VERSION.format(number=1) + leave + "\ntime.sleep(2)\n"
    stage.write("workflows/version.py", slow)
    pool = await stage.start(runners=1, watch=True)
    await stage.run("leave")
    await stage.until(lambda: [runner.state for runner in pool.status().runners] == ["starting"])
    await asyncio.sleep(0.5)
    stage.write("workflows/version.py", VERSION.format(number=2))
    await until_answers(stage, 2)
    for _ in range(30):
        assert (await stage.run("version")).result == 2
        await asyncio.sleep(0.1)
    assert pool.status().generation == 2
