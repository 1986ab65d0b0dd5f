"""`make bench`: measure the bars, print one table, write `build/bench.json`.

`python -m tests.bench history api` measures some groups only.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable

from rich.console import Console
from rich.table import Table
from tests.bench import api, client, history, operations, providers, queued, runs, schedules, sdk, starting
from tests.bench.measure import Bar

from msp_devstack.services import REPOSITORY

GROUPS: dict[str, Callable[[], list[Bar]]] = {
    "runs": runs.measure,
    "queue": queued.measure,
    "operations": operations.measure,
    "schedules": schedules.measure,
    "providers": providers.measure,
    "start": starting.measure,
    "api": api.measure,
    "history": history.measure,
    "sdk": sdk.measure,
    "client": client.measure,
}


def main() -> None:
    """Measure what is asked for; the exit status is 0 whatever the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="group", help=f"all of: {', '.join(GROUPS)}")
    wanted = parser.parse_args().groups or list(GROUPS)
    if unknown := [name for name in wanted if name not in GROUPS]:
        parser.error(f"there is no group {unknown[0]}; there are {', '.join(GROUPS)}")
    console = Console(width=120)
    bars: list[Bar] = []
    for name in wanted:
        with console.status(f"measuring {name}"):
            bars += GROUPS[name]()
        # After each group: one that fails does not take the figures of the others along.
        _write(bars)
    console.print(_table(bars))
    for bar in bars:
        if bar.note:
            console.print(f"{bar.bar}: {bar.note}", highlight=False)


def _write(bars: list[Bar]) -> None:
    path = REPOSITORY / "build" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([bar.as_json() for bar in bars], indent=2) + "\n")


def _table(bars: list[Bar]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("bar")
    for name in ("measured", "floor", "ratio", "limit"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("")
    marks = {True: "[green]met[/green]", False: "[red]missed[/red]", None: ""}
    for bar in bars:
        table.add_row(
            bar.bar,
            f"{bar.measured:.2f} {bar.unit}",
            "" if bar.floor is None else f"{bar.floor:.2f}",
            "" if bar.ratio is None else f"{bar.ratio:.2f}",
            "" if bar.limit is None else f"{'≥' if bar.at_least else '≤'} {bar.limit:g}",
            marks[bar.ok],
        )
    return table


if __name__ == "__main__":
    main()
