"""File names that are safe on every system and in every header."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_NAME: Final = 200
_REFUSED = re.compile(r'[<>:"|?*\ud800-\udfff]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_LONGEST_ENDING: Final = 20


def safe_file_name(name: str) -> str:
    """The name without path, control and direction characters; at most 200 characters, its ending kept.

    Empty when nothing is left of it.
    """
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    # Cf has the marks that turn the reading direction, so that `exe.pdf` would be shown for `fdp.exe`.
    shown = "".join(" " if sign.isspace() else sign for sign in last if not _is_hidden(sign))
    clean = re.sub(r" +", " ", _REFUSED.sub("_", shown)).strip(" .")
    if _RESERVED.fullmatch(clean):
        clean = f"_{clean}"
    if len(clean) <= MAX_NAME:
        return clean
    stem, dot, ending = clean.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        return clean[:MAX_NAME].rstrip(" .")
    return f"{stem[: MAX_NAME - len(ending) - 1].rstrip(' .')}.{ending}"


def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Cn"} and sign not in "\t\n\r"
