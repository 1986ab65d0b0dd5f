"""Watches the folders of author code, so that a saved file is live at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import Change, awatch

from workflow_engine.runners.sources import FOLDERS

LOOK_AGAIN_MILLISECONDS = 500


async def watch_sources(root: Path, debounce_seconds: float) -> AsyncIterator[set[Path]]:
    """The Python files of each burst of changes, for ever.

    An empty set stands for what could not be watched: what happened before watching began, or while a
    whole folder came or went. Compare fingerprints then.
    """
    while True:
        folders = _existing(root)
        if folders:
            async for changed in _watch(root, folders, int(debounce_seconds * 1000)):
                yield changed
        else:
            await asyncio.sleep(LOOK_AGAIN_MILLISECONDS / 1000)
            yield set()


async def _watch(root: Path, folders: list[Path], debounce: int) -> AsyncIterator[set[Path]]:
    is_first = True
    async for changes in awatch(
        *folders,
        watch_filter=_is_source,
        debounce=debounce,
        step=20,
        rust_timeout=LOOK_AGAIN_MILLISECONDS,
        yield_on_timeout=True,
    ):
        if changes or is_first:
            yield {Path(path) for _, path in changes}
        is_first = False
        if _existing(root) != folders:
            return


def _existing(root: Path) -> list[Path]:
    return [folder for name in FOLDERS if (folder := root / name).is_dir()]


def _is_source(_: Change, path: str) -> bool:
    return path.endswith(".py")
