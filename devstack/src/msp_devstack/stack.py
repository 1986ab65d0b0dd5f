"""Start, watch and stop the processes of the local stack."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import httpx
import psutil

from msp_devstack import demo, services
from msp_devstack.azurite import Azurite, free_port
from msp_devstack.ports import Ports
from msp_devstack.services import AUTHOR_ROOT, REPOSITORY, Service

_TAIL_LINES = 25


class StackError(RuntimeError):
    """The stack cannot start, or a part of it ended; the message names the part and what to do."""


class Stack:
    """The whole product on this machine, in processes of its own.

    Args:
        data: Folder for storage, secrets, keys and logs; kept from run to run.
        with_client: Serve the built web client as well.
        hot_reload: Serve the client from its source files instead, each as soon as it is saved.
        workflows_root: Folder with `workflows/` and `data_providers/`; by default the repository's.
        environment: Settings for both apps that win over the usual ones.
    """

    def __init__(
        self,
        data: Path,
        ports: Ports | None = None,
        *,
        with_client: bool = True,
        hot_reload: bool = False,
        workflows_root: Path | None = None,
        environment: dict[str, str] | None = None,
        say: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.data = data
        self.ports = ports or Ports()
        self.workflows_root = workflows_root or AUTHOR_ROOT
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.azurite = Azurite(
            location=data / "azurite",
            blob_port=self.ports.blob,
            queue_port=self.ports.queue,
            table_port=self.ports.table,
        )
        self._with_client = with_client
        self._hot_reload = hot_reload
        self._environment = environment or {}
        self._say = say
        self._logs: list[IO[bytes]] = []
        self._lock = threading.Lock()
        self._more_engines: dict[str, int] = {}

    def url(self, service: str) -> str:
        """Base address of a service by its name in `Ports`."""
        return self.ports.url(service)

    @property
    def connection_string(self) -> str:
        """Storage connection string of this stack."""
        return self.azurite.connection_string()

    def start(self) -> None:
        """Start everything and return when all of it answers.

        Raises:
            StackError: A port is taken, the client is not built, or a process ended.
        """
        if taken := self.ports.taken():
            listed = ", ".join(f"{port} ({name})" for name, port in taken.items())
            raise StackError(
                f"These ports are in use: {listed}. Is a stack running already? `make down` stops it."
            )
        (self.data / "logs").mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        try:
            self._start_all()
        except BaseException:
            self.stop()
            raise

    def _start_all(self) -> None:
        independent = services.sandboxes(self.ports, self.data)
        if self._with_client:
            independent.append(self._client())
        for service in independent:
            self._launch(service)
        self.azurite.log = self._log("azurite")
        self.azurite.start()
        self._save()
        apps = self._apps()
        for service in apps:
            self._launch(service)
        self._save()
        with ThreadPoolExecutor(len(independent) + len(apps)) as pool:
            list(pool.map(self._wait_ready, [*independent, *apps]))

    def _client(self) -> Service:
        if self._hot_reload:
            return services.client_with_hot_reload(self.ports)
        dist = REPOSITORY / "client" / "dist"
        if not (dist / "index.html").exists():
            raise StackError("The web client is not built: run `make up`, which builds it.")
        return services.client(self.ports, dist)

    def _apps(self) -> list[Service]:
        apps = services.apps(
            self.ports,
            self.data,
            self.connection_string,
            workflows_root=self.workflows_root,
            extra=self._environment,
        )
        engine = apps[-1]
        return apps + [services.another_engine(engine, *one) for one in self._more_engines.items()]

    def add_engine(self, name: str) -> str:
        """Start one more engine on the same storage, as the platform does under load; its address."""
        self._more_engines[name] = free_port()
        service = next(app for app in self._apps() if app.name == name)
        self._launch(service)
        self._save()
        self._wait_ready(service)
        return service.url

    def restart(self, name: str, *, kill: bool = False) -> None:
        """Stop one app (with SIGKILL where `kill`) and start it again.

        Raises:
            StackError: It did not come back.
        """
        with self.without(name, kill=kill):
            pass

    @contextmanager
    def without(self, name: str, *, kill: bool = False) -> Iterator[None]:
        """One app away (with SIGKILL where `kill`) for as long as the block lasts; then it answers again.

        Raises:
            StackError: It did not come back.
        """
        service = next(app for app in self._apps() if app.name == name)
        process = self.processes.pop(name)
        process.kill() if kill else process.terminate()
        process.wait(15)
        try:
            yield
        finally:
            self._launch(service)
            self._save()
            self._wait_ready(service)

    def watch(self, *, poll_seconds: float = 0.5) -> None:
        """Block while all is well; a service that `borrow` took is started again when it is given back.

        Raises:
            StackError: A process ended; the message has the end of its log.
        """
        while True:
            for name in [*self.processes]:
                if _borrowed(self.data, name).exists():
                    self._lend(name, poll_seconds)
            self._raise_if_ended()
            time.sleep(poll_seconds)

    def _lend(self, name: str, poll_seconds: float) -> None:
        mark = _borrowed(self.data, name)
        try:
            borrower = json.loads(mark.read_text())["by"]
        except FileNotFoundError:
            return
        process = self.processes.pop(name)
        process.terminate()
        process.wait(15)
        _write_mark(mark, by=borrower, is_free=True)
        self._say(f"{name} is run elsewhere")
        while mark.exists():
            self._raise_if_ended()
            if find_process(borrower) is None:
                # Killed, as editors do: nobody is left to give it back.
                mark.unlink(missing_ok=True)
            time.sleep(poll_seconds)
        service = next(one for one in [*self._apps(), self._client()] if one.name == name)
        self._launch(service)
        self._save()
        self._wait_ready(service)

    def stop(self) -> None:
        """Stop every process, apps before storage, with SIGTERM first; data stay."""
        for name in reversed(list(self.processes)):
            self.processes[name].terminate()
        for process in self.processes.values():
            try:
                process.wait(12)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
        self.processes.clear()
        self.azurite.stop()
        for log in self._logs:
            log.close()
        self._logs.clear()
        (self.data / "stack.json").unlink(missing_ok=True)
        for app in ("management", "engine", "client"):
            _borrowed(self.data, app).unlink(missing_ok=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _launch(self, service: Service) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MSP_")} | service.environment
        log = self._log(service.name)
        with self._lock:
            # A session of its own: Ctrl-C reaches only the supervisor, which stops things in order.
            self.processes[service.name] = subprocess.Popen(
                service.command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _log(self, name: str) -> IO[bytes]:
        log = (self.data / "logs" / f"{name}.log").open("ab")
        self._logs.append(log)
        return log

    def _wait_ready(self, service: Service, *, timeout_seconds: float = 60) -> None:
        deadline = time.monotonic() + timeout_seconds
        with httpx.Client(timeout=5, trust_env=False) as http:
            while time.monotonic() < deadline:
                self._raise_if_ended(service.name)
                with suppress(httpx.HTTPError):
                    answer = http.get(service.url + service.probe)
                    if answer.is_success:
                        self._say(f"{service.name} answers on {service.url}")
                        return
                time.sleep(0.05)
        raise StackError(
            f"{service.name} did not answer within {timeout_seconds:.0f} s.{self._tail(service.name)}"
        )

    def _raise_if_ended(self, only: str | None = None) -> None:
        for name, process in list(self.processes.items()):
            if only in (None, name) and process.poll() is not None:
                raise StackError(f"{name} ended with status {process.returncode}.{self._tail(name)}")
        if only is None and self.azurite.process is not None and self.azurite.process.poll() is not None:
            raise StackError(f"azurite ended.{self._tail('azurite')}")

    def _tail(self, name: str) -> str:
        path = self.data / "logs" / f"{name}.log"
        lines = path.read_text(errors="replace").splitlines()[-_TAIL_LINES:] if path.exists() else []
        return f" The end of {path}:\n" + "\n".join(lines) if lines else ""

    def _save(self) -> None:
        pids = {name: process.pid for name, process in self.processes.items()}
        if self.azurite.process is not None:
            pids["azurite"] = self.azurite.process.pid
        state = {
            "supervisor": _identity(os.getpid()),
            "services": {name: _identity(pid) for name, pid in pids.items()},
            "environments": {app.name: app.environment for app in self._apps()},
            "ports": asdict(self.ports),
            "signIn": {
                "authority": f"{self.url('identity')}/organizations",
                "clientId": demo.CLI_CLIENT_ID,
                "scope": demo.API_SCOPE,
            },
        }
        path = self.data / "stack.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(state))


def stop_recorded(data: Path, *, timeout_seconds: float = 30) -> list[str]:
    """Stop the stack that another process started with this data folder.

    The supervisor is asked first; what it left behind (it may have been killed)
    is stopped by process id, checked against the start time on record.

    Returns:
        Names of what was stopped; empty where nothing ran.
    """
    path = data / "stack.json"
    if not path.exists():
        return []
    state = json.loads(path.read_text())
    stopped = [name for name, entry in state["services"].items() if find_process(entry) is not None]
    supervisor = find_process(state["supervisor"])
    if supervisor is not None and supervisor.pid != os.getpid():
        supervisor.send_signal(signal.SIGTERM)
        psutil.wait_procs([supervisor], timeout_seconds)
    left = [process for entry in state["services"].values() if (process := find_process(entry)) is not None]
    for process in left:
        process.terminate()
    psutil.wait_procs(left, timeout_seconds)
    path.unlink(missing_ok=True)
    return stopped


def is_running(data: Path) -> bool:
    """Whether a stack runs with this data folder."""
    return _running(data) is not None


def _running(data: Path) -> dict[str, Any] | None:
    path = data / "stack.json"
    state: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
    return None if state is None or find_process(state["supervisor"]) is None else state


@contextmanager
def borrow(data: Path, name: str, *, timeout_seconds: float = 20) -> Iterator[tuple[Ports, dict[str, str]]]:
    """Take one service of the running stack over; it is started again afterwards.

    Returns:
        The stack's ports, and the settings to run an app with.

    Raises:
        StackError: No stack runs with this data folder.
    """
    state = _running(data)
    if state is None:
        raise StackError("No stack is running: start one with `make up` in another terminal.")
    mark = _borrowed(data, name)
    _write_mark(mark, by=_identity(os.getpid()), is_free=False)
    try:
        deadline = time.monotonic() + timeout_seconds
        while not json.loads(mark.read_text())["isFree"]:
            if time.monotonic() > deadline:
                raise StackError(f"The stack did not hand {name} over.")
            time.sleep(0.05)
        yield Ports(**state["ports"]), state["environments"].get(name, {})
    finally:
        mark.unlink(missing_ok=True)


def _borrowed(data: Path, name: str) -> Path:
    return data / f"{name}.borrowed"


def _write_mark(mark: Path, *, by: dict[str, float], is_free: bool) -> None:
    """In one step: the other side reads it at any moment."""
    beside = mark.with_suffix(f".{os.getpid()}")
    beside.write_text(json.dumps({"by": by, "isFree": is_free}))
    beside.replace(mark)


def _identity(pid: int) -> dict[str, float]:
    return {"pid": pid, "started": psutil.Process(pid).create_time()}


def find_process(entry: dict[str, float]) -> psutil.Process | None:
    """The process on record, unless its id is somebody else's by now."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(int(entry["pid"]))
        if abs(process.create_time() - entry["started"]) < 1:
            return process
    return None
