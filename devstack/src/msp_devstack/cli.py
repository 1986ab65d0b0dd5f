"""The local stack's commands: a part of `msp`, and by themselves `python -m msp_devstack`."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msp_devstack.telling import AsJson, fail, tell
from msp_devstack.where import DataFolder, author_root, data_folder

if TYPE_CHECKING:
    from types import FrameType

    from rich.console import Console

    from msp_devstack.stack import Stack

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="The MSP Automation Platform on this machine.",
)


@app.command()
def up(
    data: DataFolder = None,
    root: Annotated[
        Path | None,
        typer.Option("--dir", help="Folder with workflows/; this one if it has it, else the repository's."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Start the local stack, seed it, and stay until Ctrl-C.

    Example: msp up
    """
    from msp_devstack.services import AUTHOR_ROOT
    from msp_devstack.stack import Stack

    chosen = author_root(root)
    _stay(Stack(data_folder(data), workflows_root=chosen), as_json, forms=chosen == AUTHOR_ROOT)


@app.command()
def dev(data: DataFolder = None, as_json: AsJson = False) -> None:
    """Serve the web client from its source files, in front of the running stack or of one of its own.

    Example: msp dev
    """
    import signal
    import subprocess

    from msp_devstack.services import client_with_hot_reload
    from msp_devstack.stack import Stack, StackError, borrow, is_running

    folder = data_folder(data)
    if not is_running(folder):
        _stay(Stack(folder, hot_reload=True), as_json, forms=True)
        return
    signal.signal(signal.SIGTERM, _as_keyboard_interrupt)
    try:
        with borrow(folder, "client") as (ports, _):
            service = client_with_hot_reload(ports)
            text = f"[bold]{service.url}[/bold] shows each source file as it is saved; Ctrl-C ends this."
            tell({"client": service.url}, as_json, lambda out: out.print(text))
            subprocess.run(service.command, env=os.environ | service.environment, check=False)
    except KeyboardInterrupt:
        _console(stderr=as_json).print("\nThe stack serves the built client again.")
    except StackError as error:
        raise fail(str(error), as_json) from None


@app.command()
def down(data: DataFolder = None, as_json: AsJson = False) -> None:
    """Stop the local stack that runs in another terminal.

    Example: msp down
    """
    from msp_devstack.stack import stop_recorded

    stopped = stop_recorded(data_folder(data))
    text = f"Stopped {', '.join(stopped)}." if stopped else "No stack is running."
    tell({"stopped": stopped}, as_json, lambda out: out.print(text))


@app.command()
def status(data: DataFolder = None, as_json: AsJson = False) -> None:
    """Show what of the local stack runs, where, and how it is; exit 0 only if all of it answers.

    Example: msp status --json
    """
    from msp_devstack.status import read_status, show_status

    found = read_status(data_folder(data))
    tell(found, as_json, lambda out: show_status(found, out))
    raise typer.Exit(0 if found["ok"] else 1)


@app.command("debug-engine")
def debug_engine(
    data: DataFolder = None,
    no_timeout: Annotated[
        bool, typer.Option("--no-timeout", help="No time limits; there are none under a debugger anyway.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run the running stack's engine in this process, workflows included, so that breakpoints hold.

    Example: msp debug-engine
    """
    import signal

    from msp_devstack.serve import serve
    from msp_devstack.stack import StackError, borrow

    # uvicorn raises the signal that ended it again: SIGTERM alone would leave no time to give it back.
    signal.signal(signal.SIGTERM, _as_keyboard_interrupt)

    # Nothing is renewed while the process stands at a breakpoint: its runs are still its own for an hour.
    settings = {"MSP_RUN_IN_PROCESS": "true", "MSP_LEASE_SECONDS": "3600"}
    if no_timeout:
        settings["MSP_NO_TIMEOUT"] = "true"
    try:
        with borrow(data_folder(data), "engine") as (ports, environment):
            os.environ.update(environment | settings)
            text = "The engine runs here now; stop it and the stack starts its own again."
            tell({"engine": f"http://localhost:{ports.engine}"}, as_json, lambda out: out.print(text))
            serve("workflow_engine", ports.engine, with_runners=False)
    except KeyboardInterrupt:
        return
    except StackError as error:
        raise fail(str(error), as_json) from None


@app.command("demo")
def demonstrate(
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the stack's folder for a look at its logs.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Do the main job against a fresh stack and report; exit 0 only if all of it holds.

    Example: msp demo
    """
    import shutil

    from msp_devstack.demonstration import Report
    from msp_devstack.demonstration import demonstrate as run

    folder = Path(tempfile.mkdtemp(prefix="msp-demo-"))
    out = _console(stderr=as_json)
    report = Report(out)
    succeeded = run(folder, report)
    logs = folder / "logs" if keep or not succeeded else None
    if logs is None:
        shutil.rmtree(folder)
    document = {"ok": succeeded, "steps": report.steps, "logs": None if logs is None else str(logs)}
    tell(document, as_json, lambda out: out.print(f"Logs: {logs}") if logs is not None else None)
    raise typer.Exit(0 if succeeded else 1)


@app.command()
def doctor(
    data: DataFolder = None,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False,
    pause: Annotated[
        float, typer.Option(min=0, help="Seconds that two writes which belong together may be apart.")
    ] = 15,
    as_json: AsJson = False,
) -> None:
    """Look for what crashes left behind in storage, and explain it; exit 0 only if nothing is left.

    Example: msp doctor --repair
    """
    import asyncio
    from datetime import timedelta

    from msp_devstack import doctor_command as command
    from msp_devstack.stack import StackError

    out = _console()
    reporter = command.JsonReporter(out) if as_json else command.TextReporter(out)
    try:
        settings = command.storage_settings(data_folder(data), os.environ)
        work = command.examine(settings, reporter, repair=repair, pause=timedelta(seconds=pause))
        code = asyncio.run(work)
    except StackError as error:
        raise fail(str(error), as_json, exit_code=command.NOT_ALL_CHECKED) from None
    raise typer.Exit(code)


@app.command()
def chromium(as_json: AsJson = False) -> None:
    """Find Chromium for the browser tests, or install it.

    Example: msp chromium
    """
    from msp_devstack.chromium import ChromiumError, find_or_install

    try:
        path = find_or_install()
    except ChromiumError as error:
        raise fail(str(error), as_json) from None
    tell({"path": path}, as_json, lambda out: out.print(path))


def _stay(stack: Stack, as_json: bool, *, forms: bool) -> None:
    import signal
    import time

    from msp_devstack.stack import StackError

    signal.signal(signal.SIGTERM, _as_keyboard_interrupt)
    began = time.monotonic()
    out = _console(stderr=as_json)
    try:
        with out.status("Starting"):
            stack.start()
            seeded = _seed(stack, forms=forms)
        _introduce(stack, seeded, time.monotonic() - began, out, as_json)
        stack.watch()
    except KeyboardInterrupt:
        out.print(f"\nStopping; the data stay in {stack.data}")
    except StackError as error:
        raise fail(str(error), as_json) from None
    finally:
        stack.stop()


def _seed(stack: Stack, *, forms: bool) -> bool:
    from msp_devstack.seed import seed

    return seed(stack.ports, forms=forms)


def _introduce(stack: Stack, seeded: bool, seconds: float, out: Console, as_json: bool) -> None:
    from rich.table import Table

    from msp_devstack import demo

    people = [{"key": one.key, "name": one.name, "summary": one.summary} for one in demo.PEOPLE]
    addresses = {name: stack.url(name) for name in ("client", "management", "engine")}
    if as_json:
        tell(addresses | {"people": people, "seeded": seeded, "data": str(stack.data)}, True, lambda _: None)
        sys.stdout.flush()
        return
    table = Table(title=None, show_edge=False, pad_edge=False, box=None)
    table.add_column("Sign in as", style="bold")
    table.add_column("")
    for person in demo.PEOPLE:
        table.add_row(person.name, person.summary)
    out.print()
    out.print(f"[bold]{stack.url('client')}[/bold]   [dim]ready after {seconds:.1f} s[/dim]")
    out.print()
    out.print(table)
    out.print()
    if seeded:
        out.print(
            "[dim]Three demo clients and the MSP's own organization, with people and forms, were made.[/dim]"
        )
    for label, value in (
        ("APIs", f"{stack.url('management')}/api/docs  {stack.url('engine')}/api/docs"),
        ("Logs", str(stack.data / "logs")),
        ("Stop", "Ctrl-C; the data stay"),
    ):
        out.print(f"[dim]{label}  {value}[/dim]", soft_wrap=True)


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr)


def _as_keyboard_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(app())
