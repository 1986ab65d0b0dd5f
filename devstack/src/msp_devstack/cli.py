"""The `msp` command."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from msp_devstack import demo
from msp_devstack.services import REPOSITORY, client_with_hot_reload
from msp_devstack.stack import Stack, StackError, borrow, is_running, stop_recorded

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="The MSP Automation Platform on this machine."
)
console = Console()

DataFolder = Annotated[Path, typer.Option("--data", help="Folder of the stack's storage, secrets and logs.")]
_DATA = REPOSITORY / ".msp"


@app.command()
def up(data: DataFolder = _DATA) -> None:
    """Start the local stack, seed it, and stay until Ctrl-C."""
    _stay(Stack(data))


@app.command()
def dev(data: DataFolder = _DATA) -> None:
    """Serve the web client from its source files, in front of the running stack or of one of its own."""
    if not is_running(data):
        _stay(Stack(data, hot_reload=True))
        return
    signal.signal(signal.SIGTERM, _as_keyboard_interrupt)
    try:
        with borrow(data, "client") as (ports, _):
            service = client_with_hot_reload(ports)
            console.print(
                f"[bold]{service.url}[/bold] shows each source file as it is saved; Ctrl-C ends this."
            )
            subprocess.run(service.command, env=os.environ | service.environment, check=False)
    except KeyboardInterrupt:
        console.print("\nThe stack serves the built client again.")
    except StackError as error:
        console.print(f"[red]{error}[/red]")
        raise typer.Exit(1) from None


def _stay(stack: Stack) -> None:
    from msp_devstack.seed import seed

    signal.signal(signal.SIGTERM, _as_keyboard_interrupt)
    began = time.monotonic()
    try:
        with console.status("Starting"):
            stack.start()
            seeded = seed(stack.ports)
        _introduce(stack, seeded, time.monotonic() - began)
        stack.watch()
    except KeyboardInterrupt:
        console.print("\nStopping; the data stay in", str(stack.data))
    except StackError as error:
        console.print(f"[red]{error}[/red]")
        raise typer.Exit(1) from None
    finally:
        stack.stop()


@app.command()
def down(data: DataFolder = _DATA) -> None:
    """Stop the local stack that runs in another terminal."""
    stopped = stop_recorded(data)
    console.print(f"Stopped {', '.join(stopped)}." if stopped else "No stack is running.")


@app.command("debug-engine")
def debug_engine(data: DataFolder = _DATA) -> None:
    """Run the running stack's engine in this process, workflows included, so that breakpoints hold."""
    from msp_devstack.serve import serve

    try:
        with borrow(data, "engine") as (ports, environment):
            os.environ.update(environment | {"MSP_RUN_IN_PROCESS": "true"})
            console.print("The engine runs here now; stop it and the stack starts its own again.")
            serve("workflow_engine", ports.engine)
    except StackError as error:
        console.print(f"[red]{error}[/red]")
        raise typer.Exit(1) from None


@app.command("demo")
def demonstrate(
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the stack's folder for a look at its logs.")
    ] = False,
) -> None:
    """Do the main job against a fresh stack and report; exit 0 only if all of it holds."""
    from msp_devstack.demonstration import demonstrate as run

    folder = Path(tempfile.mkdtemp(prefix="msp-demo-"))
    succeeded = run(folder, console)
    if keep or not succeeded:
        console.print(f"Logs: {folder / 'logs'}")
    else:
        import shutil

        shutil.rmtree(folder)
    raise typer.Exit(0 if succeeded else 1)


@app.command()
def doctor(
    data: DataFolder = _DATA,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON document.")] = False,
    pause: Annotated[
        float, typer.Option(min=0, help="Seconds that two writes which belong together may be apart.")
    ] = 15,
) -> None:
    """Look for what crashes left behind in storage, and explain it; exit 0 only if nothing is left."""
    from msp_devstack import doctor_command as command

    reporter = command.JsonReporter(console) if as_json else command.TextReporter(console)
    try:
        settings = command.storage_settings(data, os.environ)
        work = command.examine(settings, reporter, repair=repair, pause=timedelta(seconds=pause))
        code = asyncio.run(work)
    except StackError as error:
        Console(stderr=True).print(f"[red]{error}[/red]")
        raise typer.Exit(command.NOT_ALL_CHECKED) from None
    raise typer.Exit(code)


@app.command()
def chromium() -> None:
    """Find Chromium for the browser tests, or install it."""
    from msp_devstack.chromium import ChromiumError, find_or_install

    try:
        console.print(find_or_install())
    except ChromiumError as error:
        console.print(f"[red]{error}[/red]")
        raise typer.Exit(1) from None


def _introduce(stack: Stack, seeded: bool, seconds: float) -> None:
    table = Table(title=None, show_edge=False, pad_edge=False, box=None)
    table.add_column("Sign in as", style="bold")
    table.add_column("")
    for person in demo.PEOPLE:
        table.add_row(person.name, person.summary)
    console.print()
    console.print(f"[bold]{stack.url('client')}[/bold]   [dim]ready after {seconds:.1f} s[/dim]")
    console.print()
    console.print(table)
    console.print()
    if seeded:
        console.print("[dim]Three demo organizations with people and forms were made.[/dim]")
    for label, value in (
        ("APIs", f"{stack.url('management')}/api/docs  {stack.url('engine')}/api/docs"),
        ("Logs", str(stack.data / "logs")),
        ("Stop", "Ctrl-C; the data stay"),
    ):
        console.print(f"[dim]{label}  {value}[/dim]", soft_wrap=True)


def _as_keyboard_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(app())
