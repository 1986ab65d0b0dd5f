"""What of the local stack runs, on which port, and how it says it is."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
from rich.table import Table

from msp_devstack.stack import find_process

if TYPE_CHECKING:
    from rich.console import Console

_PROBES: Final = {
    "client": "/config.json",
    "management": "/api/health",
    "engine": "/api/health",
    "identity": "/common/discovery/v2.0/keys",
    "graph": "/_sandbox/health",
    "halopsa": "/_sandbox/health",
}
_STORAGE: Final = ("blob", "queue", "table")


def read_status(data: Path) -> dict[str, Any]:
    """Every service with its address, process and health; `ok` if all of them answer well."""
    path = data / "stack.json"
    state = json.loads(path.read_text()) if path.exists() else None
    if state is None or find_process(state["supervisor"]) is None:
        return {"running": False, "ok": False, "data": str(data), "services": []}
    with ThreadPoolExecutor(len(_PROBES) + 1) as pool:
        services = list(pool.map(lambda name: _service(name, state), _services(state)))
    return {
        "running": True,
        "ok": all(one["health"] == "ok" for one in services),
        "data": str(data),
        "services": services,
    }


def show_status(found: dict[str, Any], out: Console) -> None:
    """The same for people."""
    if not found["running"]:
        out.print("No stack is running: start one with `msp up`.")
        return
    table = Table(box=None, pad_edge=False, show_edge=False)
    for column in ("Service", "Address", "Process", "Health"):
        table.add_column(column)
    for one in found["services"]:
        style = "green" if one["health"] == "ok" else "red"
        table.add_row(one["name"], one["url"], str(one["pid"] or "-"), f"[{style}]{one['health']}[/{style}]")
    out.print(table)
    out.print(f"Data  {found['data']}")


def _services(state: dict[str, Any]) -> list[str]:
    return [*(name for name in _PROBES if name in state["services"]), "azurite"]


def _service(name: str, state: dict[str, Any]) -> dict[str, Any]:
    ports: dict[str, int] = state["ports"]
    process = find_process(state["services"][name]) if name in state["services"] else None
    if name == "azurite":
        url = ", ".join(f"http://127.0.0.1:{ports[one]}" for one in _STORAGE)
        health = "ok" if process is not None else "stopped"
    else:
        url = f"http://localhost:{ports[name]}"
        health = _health(url + _PROBES[name])
    return {"name": name, "url": url, "pid": None if process is None else process.pid, "health": health}


def _health(address: str) -> str:
    try:
        answer = httpx.get(address, timeout=10, trust_env=False)
        if not answer.is_success:
            return f"answers {answer.status_code}"
        body = answer.json()
    except (httpx.HTTPError, ValueError):
        return "does not answer"
    told = body.get("status", "ok") if isinstance(body, dict) else "ok"
    return "ok" if told in {"ok", "healthy", "up"} else str(told)
