"""A fork server that loads while the app is imported."""

import contextlib
import subprocess
import sys
from pathlib import Path

import psutil

ENGINE = """
import asyncio, sys, psutil
from pathlib import Path
from workflow_engine.runners.fork_client import start_early

start_early()
start_early()
early = psutil.Process().children()

from workflow_engine.runners.pool import PoolSettings, RunnerPool

async def main():
    for _ in range(2):
        pool = RunnerPool(Path(sys.argv[1]), PoolSettings(runners=1))
        await pool.start()
        print(len(early), psutil.Process().children() == early, pool.status().ready, flush=True)
        await pool.close()
    print(psutil.Process().children(recursive=True))

if sys.argv[2] == "pool":
    asyncio.run(main())
else:
    print(early[0].pid)
"""


def run(root: Path, what: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", ENGINE, str(root), what],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.splitlines()


def test_the_first_pool_takes_it_and_the_next_starts_its_own(tmp_path: Path) -> None:
    (tmp_path / "workflows").mkdir()

    assert run(tmp_path, "pool") == ["1 True 1", "1 False 1", "[]"]


def test_it_ends_with_a_process_that_never_had_a_pool(tmp_path: Path) -> None:
    [pid] = run(tmp_path, "none")

    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(pid)).wait(timeout=10)
    assert not psutil.pid_exists(int(pid))


def test_importing_the_app_starts_nothing() -> None:
    script = "import psutil, workflow_engine.app as app; app.create_app(); print(psutil.Process().children())"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
