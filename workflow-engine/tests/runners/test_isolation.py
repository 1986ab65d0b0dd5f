"""What author code finds in the process it runs in."""

import os
from typing import Any

import pytest

from workflow_engine.runners.fork_client import clean_environment

Stage = Any  # defined in conftest.py, which tests cannot import

CANARY = "kept-by-the-engine-alone"

LOOK = """
@workflow
async def look(context: OrganizationContext) -> dict:
    files = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            files[int(name)] = os.readlink(f"/proc/self/fd/{name}")
        except FileNotFoundError:
            pass
    import gc
    # In two halves, since whoever looks for a canary must not be one.
    canary = "kept-by-the-" + "engine-alone"
    texts = [str(one) for one in gc.get_objects() if isinstance(one, (str, bytes, dict))]
    memory = open("/proc/self/environ", "rb").read() + open("/proc/self/cmdline", "rb").read()
    parents = open(f"/proc/{os.getppid()}/environ", "rb").read()
    kinds = {f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.get_objects()}
    found = [text[:200] for text in texts if canary in text]
    return {"canaries": len(found), "raw": (memory + parents).count(canary.encode()), "kinds": sorted(kinds),
            "modules": sorted(sys.modules), "environ": dict(os.environ), "files": files, "group": os.getpgid(0),
            "pid": os.getpid(), "argv": sys.argv}
"""


@pytest.fixture
async def seen(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a workflow sees while the engine holds secrets and open files."""
    monkeypatch.setenv("MSP_STORAGE_CONNECTION_STRING", "AccountKey=abc")
    monkeypatch.setenv("AzureWebJobsStorage", "AccountKey=abc")
    monkeypatch.setenv("IDENTITY_HEADER", "abc")
    for name in ("MSP_CLIENT_SECRET", "AZURE_CLIENT_SECRET", "APPINSIGHTS_KEY"):
        monkeypatch.setenv(name, CANARY)
    held = {"connection": CANARY, "token": [CANARY]}
    stage.write("workflows/look.py", LOOK)
    kept_open = os.open(__file__, os.O_RDONLY)
    os.set_inheritable(kept_open, True)
    try:
        await stage.start(runners=3)
        await stage.until(lambda: stage.pools[0].status().ready == 3)
        return (await stage.run("look")).result
    finally:
        os.close(kept_open)
        held.clear()


async def test_a_runner_has_nothing_of_the_platform_but_the_sdk(seen: Any) -> None:
    packages = {module.partition(".")[0] for module in seen["modules"]}
    assert not packages & {"msp_core", "msp_http", "azure", "management_api", "fastapi", "aiohttp"}
    platform = {module for module in seen["modules"] if module.startswith("workflow_engine")}
    assert platform <= {
        "workflow_engine",
        "workflow_engine.runners",
        *(
            f"workflow_engine.runners.{name}"
            for name in (
                "capture",
                "channel",
                "host",
                "hosted_run",
                "memory",
                "outlet",
                "pipe_capabilities",
                "sources",
                "threads",
            )
        ),
    }
    assert "msp_automation.integrations.msgraph" in seen["modules"]
    assert not any(
        name.startswith(("msp_automation.testing", "msp_automation.sandboxes")) for name in seen["modules"]
    )


async def test_a_runner_has_a_clean_environment(seen: Any) -> None:
    assert "AccountKey" not in str(seen["environ"])
    known = {"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"}
    assert set(seen["environ"]) <= known


async def test_a_runner_has_its_own_files_open_and_no_others(seen: Any) -> None:
    files = dict(seen["files"])
    assert files.pop("0") == "/dev/null"
    # What the process holds in memory.
    [meter] = [number for number, target in files.items() if target == f"/proc/{seen['pid']}/statm"]
    del files[meter]
    kinds = sorted(target.split(":")[0].split("/")[0] for target in files.values() if "/fd" not in target)
    # Output and errors go to one pipe; the channel and the loop's wake-up pair are sockets.
    assert kinds == ["anon_inode", "pipe", "pipe", "socket", "socket", "socket"]


async def test_nothing_of_the_engine_is_left_in_a_runners_memory(seen: Any) -> None:
    assert (seen["canaries"], seen["raw"]) == (0, 0)
    platform = ("msp_core.", "msp_http.", "azure.", "aiohttp.", "workflow_engine.container")
    assert [kind for kind in seen["kinds"] if kind.startswith(platform)] == []


async def test_a_runner_leads_its_own_process_group(seen: Any) -> None:
    assert seen["group"] == seen["pid"]


def test_only_named_variables_are_passed_on() -> None:
    environ = {"PATH": "/bin", "SSL_CERT_FILE": "/ca.pem", "MSP_VAULT_URL": "x", "PYTHONPATH": "/secret"}
    clean = clean_environment(environ)
    assert {"PATH", "SSL_CERT_FILE"} <= set(clean) <= {"PATH", "SSL_CERT_FILE", "PYTHONPATH"}
    assert "/secret" not in clean.get("PYTHONPATH", "")
