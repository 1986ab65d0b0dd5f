"""Changing only the version that the caller saw."""

from __future__ import annotations

from typing import Any

from msp_core.errors import PreconditionFailed
from msp_core.storage import Stored


def require_version(if_match: str | None, current: Stored[Any] | None) -> None:
    """Refuse the change unless `current` is the version the caller saw, telling them which there is now.

    The write that follows is conditional on the same version, so nobody can slip in between; whoever does is
    told of by storage in the same way.

    Args:
        if_match: None when any version will do.
        current: None when there is nothing stored.

    Raises:
        PreconditionFailed: `details["currentEtag"]` is the version stored now, null if there is none.
    """
    if if_match is None or (current is not None and current.etag == if_match):
        return
    raise PreconditionFailed.changed(None if current is None else current.etag)
