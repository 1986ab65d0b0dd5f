"""What author code prints: a log line of the run that printed it, or the engine's log outside of any run."""

import io
import sys
import threading
from typing import BinaryIO, TextIO

from msp_automation.capabilities import LogLevel
from workflow_engine.runners.channel import Frame
from workflow_engine.runners.outlet import Outlet
from workflow_engine.runners.threads import CURRENT_RUN, Printing

LONGEST_LINE = 16 * 1024


class PrintedLines(io.TextIOBase):
    """Stands in for `sys.stdout` or `sys.stderr`."""

    encoding = "utf-8"

    def __init__(self, outlet: Outlet, level: LogLevel, original: TextIO) -> None:
        self._outlet = outlet
        self._level = level
        self._original = original
        self._partial: dict[Printing | None, str] = {}
        self._lock = threading.RLock()

    @property
    def buffer(self) -> BinaryIO:
        """Bytes go past the runs, to the engine's log."""
        return self._original.buffer

    def fileno(self) -> int:
        """The descriptor that programs started by author code write to."""
        return self._original.fileno()

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Take text; each line that is complete is handed on."""
        run = CURRENT_RUN.get()
        with self._lock:
            *lines, rest = (self._partial.pop(run, "") + text).split("\n")
            while len(rest) > LONGEST_LINE:
                lines.append(rest[:LONGEST_LINE])
                rest = rest[LONGEST_LINE:]
            if rest:
                self._partial[run] = rest
        for line in lines:
            self._hand_on(run, line)
        return len(text)

    def finish(self, run: Printing) -> None:
        """Hand on what a run printed without ending the line."""
        with self._lock:
            rest = self._partial.pop(run, "")
        if rest:
            self._hand_on(run, rest)

    def _hand_on(self, run: Printing | None, line: str) -> None:
        if run is not None:
            run.print(self._level, line)
            return
        frame: Frame = {"op": "printed", "level": self._level, "text": line}
        self._outlet.send(frame)


def capture_output(outlet: Outlet) -> None:
    """Replace this process's standard output and error."""
    sys.stdout = PrintedLines(outlet, "info", sys.stdout)
    sys.stderr = PrintedLines(outlet, "warning", sys.stderr)


def finish_output(run: Printing) -> None:
    """Hand on the unfinished lines of a run that ends."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, PrintedLines):
            stream.finish(run)
