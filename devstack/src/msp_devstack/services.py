"""What runs in the local stack: commands and settings of each process."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

from msp_devstack import demo
from msp_devstack.client_config import runtime_config
from msp_devstack.ports import Ports
from msp_devstack.where import AUTHOR_ROOT, REPOSITORY

__all__ = ["AUTHOR_ROOT", "REPOSITORY", "Service"]


@dataclass(frozen=True)
class Service:
    """One process of the stack.

    Attributes:
        probe: Path that answers once the service is ready.
    """

    name: str
    command: list[str]
    url: str
    probe: str
    environment: dict[str, str] = field(default_factory=dict)


def platform_environment(ports: Ports, data: Path, connection_string: str) -> dict[str, str]:
    """The settings that both apps share; in Azure the same names hold the real addresses."""
    identity = ports.url("identity")
    return {
        "MSP_STORAGE_CONNECTION_STRING": connection_string,
        "MSP_LOCAL_VAULT_PATH": str(data / "vault"),
        "MSP_TENANT_ID": demo.MSP_TENANT_ID,
        "MSP_TOKEN_AUDIENCE": demo.API_AUDIENCE,
        "MSP_TOKEN_ISSUER": f"{identity}/{{tenantid}}/v2.0",
        "MSP_JWKS_URL": f"{identity}/common/discovery/v2.0/keys",
        "MSP_SHOW_DOCS": "true",
        # Bench and browser tests are one person many times over.
        "MSP_RATE_LIMIT_PER_MINUTE": "120000",
        "MSP_RATE_LIMIT_BURST": "20000",
        "MSP_CORS_ORIGINS": f"{ports.url('client')},http://127.0.0.1:{ports.client}",
        "MSP_MSGRAPH_AUTHORITY": ports.url("graph"),
        "MSP_MSGRAPH_BASE_URL": f"{ports.url('graph')}/v1.0",
    }


def sandboxes(ports: Ports, data: Path) -> list[Service]:
    """The identity provider and the two sandboxes: they need nothing else."""
    return [
        _module(
            "identity",
            ports,
            "/common/discovery/v2.0/keys",
            "--data",
            str(data / "identity"),
            "--redirect-uri",
            f"{ports.url('client')}/auth.html",
            "--redirect-uri",
            f"{ports.url('client')}/",
        ),
        _module("graph", ports, "/_sandbox/health", "--state", str(data / "graph.json")),
        _module("halopsa", ports, "/_sandbox/health", "--state", str(data / "halopsa.json")),
    ]


def apps(
    ports: Ports, data: Path, connection_string: str, *, workflows_root: Path, extra: dict[str, str]
) -> list[Service]:
    """The two Function apps, under uvicorn."""
    shared = platform_environment(ports, data, connection_string)
    engine = {"MSP_WORKFLOWS_ROOT": str(workflows_root), "MSP_CONSUME_QUEUE": "true", "MSP_WATCH": "true"}
    return [
        Service("management", _serve("management_api", ports.management), ports.url("management"),
                "/api/health", shared | extra),
        Service("engine", _serve("workflow_engine", ports.engine), ports.url("engine"),
                "/api/health", shared | engine | extra),
    ]  # fmt: skip


def another_engine(engine: Service, name: str, port: int) -> Service:
    """An engine like the first one, on a port of its own."""
    return replace(engine, name=name, command=_serve("workflow_engine", port), url=f"http://localhost:{port}")


def client(ports: Ports, dist: Path) -> Service:
    """The built web client behind a static host."""
    command = [sys.executable, "-m", "msp_devstack.client_host", "--dist", str(dist)]
    for name in ("client", "management", "engine", "identity"):
        command += [f"--{name}", str(getattr(ports, name))]
    return Service("client", command, ports.url("client"), "/config.json")


def client_with_hot_reload(ports: Ports, source: Path = REPOSITORY / "client") -> Service:
    """The web client from its source files, which the browser shows as they are saved."""
    vite = source / "node_modules" / "vite" / "bin" / "vite.js"
    config = runtime_config(ports.url("management"), ports.url("engine"), ports.url("identity"))
    return Service(
        "client",
        ["node", str(vite), str(source), "--host", "localhost", "--port", str(ports.client), "--strictPort"],
        ports.url("client"),
        "/config.json",
        {"MSP_CLIENT_CONFIG": json.dumps(config)},
    )


def _serve(package: str, port: int) -> list[str]:
    return [sys.executable, "-m", "msp_devstack.serve", package, "--port", str(port)]


def _module(name: str, ports: Ports, probe: str, *arguments: str) -> Service:
    command = [sys.executable, "-m", f"msp_devstack.{name}", "--port", str(getattr(ports, name)), *arguments]
    return Service(name, command, ports.url(name), probe)
