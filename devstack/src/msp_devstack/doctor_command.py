"""`msp doctor`: examine a platform's storage, and mend it if asked to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from rich.console import Console

from msp_core.doctor.models import Finding, Outcome, Unchecked
from msp_core.doctor.service import Doctor
from msp_core.storage import Storage, StorageSettings
from msp_devstack.stack import StackError

ALL_WELL, SOMETHING_LEFT, NOT_ALL_CHECKED = 0, 1, 2
"""How the command exits."""


@dataclass
class Tally:
    """What an examination came to."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    unchecked: int = 0

    def add(self, result: Finding | Unchecked) -> None:
        """Count one result."""
        if isinstance(result, Unchecked):
            self.unchecked += 1
        else:
            self.outcomes[result.outcome] += 1

    @property
    def exit_code(self) -> int:
        """0 when nothing is left, 1 when findings are, 2 when something could not be checked."""
        if self.unchecked:
            return NOT_ALL_CHECKED
        return SOMETHING_LEFT if self.outcomes.total() > self.outcomes[Outcome.MENDED] else ALL_WELL


class Reporter(Protocol):
    """Shows an examination while it goes on."""

    def pausing(self, pause: timedelta) -> None:
        """The doctor looks again after that."""

    def show(self, result: Finding | Unchecked) -> None:
        """One result."""

    def end(self, tally: Tally) -> None:
        """There are no more."""


def storage_settings(data: Path, environ: Mapping[str, str]) -> StorageSettings:
    """The storage that the environment names, as in Azure; else the running local stack's.

    Raises:
        StackError: Neither is there.
    """
    if "MSP_STORAGE_CONNECTION_STRING" in environ or "MSP_STORAGE_ACCOUNT_NAME" in environ:
        found: Mapping[str, str] = environ
    else:
        path = data / "stack.json"
        if not path.exists():
            raise StackError(
                "There is nothing to examine: start a stack with `make up` in another terminal, or set "
                "MSP_STORAGE_ACCOUNT_NAME and MSP_VAULT_URL."
            )
        found = json.loads(path.read_text())["environments"]["management"]
    vault = found.get("MSP_LOCAL_VAULT_PATH")
    try:
        return StorageSettings(
            connection_string=found.get("MSP_STORAGE_CONNECTION_STRING"),
            account_name=found.get("MSP_STORAGE_ACCOUNT_NAME"),
            vault_url=found.get("MSP_VAULT_URL"),
            local_vault_path=None if vault is None else Path(vault),
        )
    except ValueError as error:
        raise StackError(str(error)) from None


async def examine(settings: StorageSettings, reporter: Reporter, *, repair: bool, pause: timedelta) -> int:
    """Examine, report while it goes on, and answer the exit code.

    Raises:
        StackError: Storage does not answer at all.
    """
    storage, tally = Storage(settings), Tally()
    try:
        for part in await storage.check():
            if part.name in {"tables", "blobs"} and not part.is_available:
                raise StackError(f"Nothing could be examined ({part.name}). {part.message}")
        doctor = Doctor(storage, pause=pause, say=reporter.pausing)
        results: AsyncIterator[Finding | Unchecked] = doctor.examine(repair=repair)
        async for result in results:
            tally.add(result)
            reporter.show(result)
    finally:
        await storage.close()
    reporter.end(tally)
    return tally.exit_code


class TextReporter:
    """For people."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def pausing(self, pause: timedelta) -> None:
        """Say that it takes a moment, and why."""
        if pause:
            seconds = pause.total_seconds()
            self._line(f"Looking again in {seconds:.0f} s at what may be work in progress …", "dim")

    def show(self, result: Finding | Unchecked) -> None:
        """A few lines with what it is, what it means and what is done about it."""
        if isinstance(result, Unchecked):
            self._line(f"not checked  {result.check}", "bold yellow")
            self._line(f"  {result.reason}")
            return
        words, style = _WORDS[result.outcome]
        self._line(f"{words}  {result.kind}  {result.where}", style)
        self._line(f"  {result.meaning}")
        self._line(f"  {_label(result)}{result.repair}", "dim")

    def end(self, tally: Tally) -> None:
        """One line."""
        found, mended = tally.outcomes.total(), tally.outcomes[Outcome.MENDED]
        if tally.unchecked:
            self._line("Not everything could be checked.", "bold yellow")
        if not found and not tally.unchecked:
            self._line("All is well.", "bold green")
        elif found:
            self._line(f"{found} finding(s), {mended} mended, {found - mended} left.", "bold")

    def _line(self, text: str, style: str | None = None) -> None:
        self._console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


_WORDS = {
    Outcome.FOUND: ("found", "bold red"),
    Outcome.MENDED: ("mended", "bold green"),
    Outcome.CHANGED_MEANWHILE: ("changed meanwhile, left alone", "bold yellow"),
}


def _label(finding: Finding) -> str:
    return "--repair: " if finding.is_repairable and finding.outcome is Outcome.FOUND else ""


class JsonReporter:
    """For programs: one JSON document, written as it comes, so that it may be long."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._unchecked: list[Unchecked] = []
        self._has_begun = False

    def pausing(self, pause: timedelta) -> None:
        """Nothing."""

    def show(self, result: Finding | Unchecked) -> None:
        """The next element of `findings`; what could not be checked comes behind them."""
        if isinstance(result, Unchecked):
            self._unchecked.append(result)
            return
        self._write((",\n" if self._has_begun else '{"findings":[\n') + result.model_dump_json(by_alias=True))
        self._has_begun = True

    def end(self, tally: Tally) -> None:
        """The rest of the document."""
        rest = {
            "unchecked": [one.model_dump(mode="json", by_alias=True) for one in self._unchecked],
            "counts": {outcome.value: tally.outcomes[outcome] for outcome in Outcome},
        }
        self._write(("" if self._has_begun else '{"findings":[') + "],\n" + json.dumps(rest)[1:] + "\n")

    def _write(self, text: str) -> None:
        self._console.out(text, end="", highlight=False)
