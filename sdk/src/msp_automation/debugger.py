"""Whether somebody steps through this process: a run that stands at a breakpoint has no time limit."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

_has_stopped = False


def watch_breakpoints() -> None:
    """Notice when `breakpoint()` is called in this process; calling it again changes nothing."""
    if sys.breakpointhook is sys.__breakpointhook__:
        sys.breakpointhook = _stop_here


def _stop_here(*arguments: Any, **options: Any) -> Any:
    """What `breakpoint()` does by itself, in the frame that called it, and noted."""
    global _has_stopped  # noqa: PLW0603 - a fact about this process
    _has_stopped = True
    if os.environ.get("PYTHONBREAKPOINT"):
        return sys.__breakpointhook__(*arguments, **options)
    import pdb

    pdb.Pdb().set_trace(sys._getframe(1))
    return None


def is_attached() -> bool:
    """Whether a debugger holds this process, or `breakpoint()` was called in it."""
    if _has_stopped:
        return True
    debugpy, pydevd = sys.modules.get("debugpy"), sys.modules.get("pydevd")
    if debugpy is not None and debugpy.is_client_connected():
        return True
    if getattr(pydevd, "connected", False):  # PyCharm's
        return True
    trace = sys.gettrace()
    # Coverage traces as well, and nobody steps through that.
    return trace is not None and not type(trace).__module__.startswith("coverage")


async def wait_at_most(task: asyncio.Task[Any], seconds: float | None) -> bool:
    """Wait for a run to end, at most so long; without limit while somebody debugs.

    Args:
        seconds: None for no limit.

    Returns:
        Whether it has ended.
    """
    done, _ = await asyncio.wait([task], timeout=seconds)
    if not done and is_attached():
        done, _ = await asyncio.wait([task])
    return bool(done)
