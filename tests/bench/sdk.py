"""Bars of the SDK as authors get it: its import, its size, a test with the kit."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.measure import Bar, percentile
from tests.bench.stacks import temporary_folder

from msp_devstack.services import REPOSITORY

_IMPORTS = 15
_SUBMISSIONS = 100
_BARE = "pass"
_NAMES = "from msp_automation import OrganizationContext, data_provider, param, workflow"
_KIB, _MIB = 1024, 1024 * 1024
_TEST = '''"""A test as an author writes it, measured from the inside."""

import time

from msp_automation import OrganizationContext, workflow


@workflow
async def block(context: OrganizationContext, user: str) -> str:
    """Block a sign-in."""
    graph = context.get_integration("msgraph")
    await graph.patch("/users/{user}", user=user, json={"accountEnabled": False})
    return user


def test_many(msp_author_code):
    from msp_automation.testing import SubmitForm, World

    took = []
    for _ in range(COUNT):
        began = time.process_time()
        world = World()
        world.graph.add_user("ada@contoso.example")
        SubmitForm(world, msp_author_code)(block, {"user": "ada@contoso.example"}).require_result()
        world.graph.assert_called("PATCH", "/users/{user}", status=204)
        took.append((time.process_time() - began) * 1000)
    print("TOOK", *took)
'''


def measure() -> list[Bar]:
    """Import, sizes, tests; in an environment that holds the SDK alone."""
    with temporary_folder() as folder:
        wheel = _build_wheel(folder)
        python = _environment(folder / "venv", wheel)
        site = next((folder / "venv" / "lib").glob("python*/site-packages"))
        ours = _size(site / "msp_automation")
        bare = percentile([_cpu_ms(python, _BARE) for _ in range(_IMPORTS)], 50)
        bars = [
            Bar("import msp_automation, CPU over the bare interpreter, p50", _import_ms(python, "import msp_automation", bare), "ms", 150),
            Bar("the names a workflow file imports, CPU over the bare interpreter, p50", _import_ms(python, _NAMES, bare), "ms", 150),
            Bar("packages installed with the SDK, itself included", _packages(python), "", 15),
            Bar("wheel", wheel.stat().st_size / _KIB, "KiB"),
            Bar("installed: the SDK alone", ours / _MIB, "MiB"),
            Bar("installed: with everything it brings", _size(site) / _MIB, "MiB", note="pip is not counted"),
        ]  # fmt: skip
    with temporary_folder() as folder:
        took, whole_seconds = _author_tests(folder)
    bars.append(Bar("an author's test: world, form, Graph, assertion, CPU p50", percentile(took, 50), "ms"))
    bars.append(Bar("pytest started with the kit for one test file, wall", whole_seconds, "s"))
    return bars


def _import_ms(python: Path, code: str, bare: float) -> float:
    return percentile([_cpu_ms(python, code) for _ in range(_IMPORTS)], 50) - bare


def _cpu_ms(python: Path, code: str) -> float:
    process = subprocess.Popen([python, "-I", "-c", code])
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return (used.ru_utime + used.ru_stime) * 1000


def _build_wheel(folder: Path) -> Path:
    # Built aside: setuptools would leave its work in the tree.
    copy = folder / "sdk"
    subprocess.run(["cp", "-r", REPOSITORY / "sdk", copy], check=True)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(copy)], check=True)
    return next(folder.glob("*.whl"))


def _environment(folder: Path, wheel: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    install = ["--python", str(python), "install", "--quiet", "--disable-pip-version-check", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", *install], check=True, stderr=subprocess.DEVNULL)
    return python


def _packages(python: Path) -> int:
    code = "import importlib.metadata as m; print(len({d.name for d in m.distributions()}))"
    return int(subprocess.run([python, "-I", "-c", code], check=True, capture_output=True, text=True).stdout)


def _size(folder: Path) -> int:
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return sum(path.stat().st_size for path in files)


def _author_tests(folder: Path) -> tuple[list[float], float]:
    (folder / "test_bench.py").write_text(_TEST.replace("COUNT", str(_SUBMISSIONS)), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "msp_automation.testing", "test_bench.py"]
    began = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    whole = time.perf_counter() - began
    assert done.returncode == 0, done.stdout + done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("TOOK")]
    took = [float(word) for word in line.split()[1:]]
    return took, whole - sum(took[1:]) / 1000
