"""What a runner writes to its standard output and error, past Python's own: into the engine's log."""

import asyncio
import logging
import os
import re
from pathlib import Path

logger = logging.getLogger(__name__)

_STACK_IN_DUMP = re.compile(
    r"(?:Current thread 0x[0-9a-f]+|Stack) \(most recent call first\):\n((?:  .*\n)*)"
)
_MODULE_IN_STACK = re.compile(r'File "([^"]+)", line \d+ in <module>')
_RUN_IN_STACK = re.compile(r"in platform_run_(\d+)")
_KEPT = 32 * 1024


class RunnerOutput:
    """Reads a runner's output pipe; what the dying process wrote last says which run killed it."""

    def __init__(self) -> None:
        self._reading, self.writing = os.pipe()
        os.set_blocking(self._reading, False)
        self._last = ""
        self._partial = ""
        self.pid = 0

    def start(self, pid: int) -> None:
        """Begin to read; the writing end is the runner's alone now."""
        self.pid = pid
        os.close(self.writing)
        asyncio.get_running_loop().add_reader(self._reading, self._read)

    def abandon(self) -> None:
        """Close both ends: there is no runner."""
        os.close(self.writing)
        os.close(self._reading)

    def finish(self) -> None:
        """Read what is left, and close."""
        asyncio.get_running_loop().remove_reader(self._reading)
        while self._read():
            pass
        os.close(self._reading)
        self._log(self._partial)

    def find_fatal_run(self) -> int | None:
        """The run whose code was running when the process crashed or called `os._exit`."""
        found = _RUN_IN_STACK.search(self._last_stack())
        return int(found[1]) if found is not None else None

    def find_importing_file(self, root: Path) -> str | None:
        """The innermost author module that was being imported when the stack was written."""
        for file in _MODULE_IN_STACK.findall(self._last_stack()):
            if Path(file).is_relative_to(root):
                return Path(file).relative_to(root).as_posix()
        return None

    def _last_stack(self) -> str:
        stacks = _STACK_IN_DUMP.findall(self._last)
        return str(stacks[-1]) if stacks else ""

    def _read(self) -> bool:
        try:
            data = os.read(self._reading, 65536)
        except BlockingIOError:
            return False
        if not data:
            asyncio.get_running_loop().remove_reader(self._reading)
            return False
        text = data.decode(errors="replace")
        self._last = (self._last + text)[-_KEPT:]
        *lines, self._partial = (self._partial + text).split("\n")
        for line in lines:
            self._log(line)
        return True

    def _log(self, line: str) -> None:
        if line.strip():
            logger.warning("Runner %d: %s", self.pid, line)
