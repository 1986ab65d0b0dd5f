"""What kind of file it is: by its name's ending, and by whether the content agrees."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msp_automation.files import content_type_of

_ENDING = re.compile(r"\.[a-z0-9]{1,16}")
_MIME = re.compile(r"[a-z0-9][a-z0-9.+-]{0,99}/(?:[a-z0-9][a-z0-9.+-]{0,99}|\*)")
_PROGRAM: Final = "a program"

# The few kinds that are common or dangerous; content that begins otherwise is not judged.
_SIGNATURES: Final = (
    (b"%PDF-", "pdf", frozenset({".pdf"})),
    (b"\x89PNG\r\n\x1a\n", "png", frozenset({".png"})),
    (b"\xff\xd8\xff", "jpeg", frozenset({".jpg", ".jpeg"})),
    (b"GIF8", "gif", frozenset({".gif"})),
    (b"PK\x03\x04", "zip", frozenset({".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".jar"})),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole", frozenset({".doc", ".xls", ".ppt", ".msg", ".msi"})),
    (b"\x1f\x8b", "gzip", frozenset({".gz", ".tgz"})),
    (b"7z\xbc\xaf\x27\x1c", "7z", frozenset({".7z"})),
    (b"MZ", _PROGRAM, frozenset({".exe", ".dll", ".sys", ".com", ".scr"})),
    (b"\x7fELF", _PROGRAM, frozenset({".elf", ".so", ".bin"})),
)
_SIGNED_ENDINGS: Final = frozenset().union(*(endings for _, _, endings in _SIGNATURES[:6]))
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def is_accept_entry(entry: str) -> bool:
    """Whether an entry of a field's `accept` means something: `.csv`, `text/csv` or `image/*`."""
    return _ENDING.fullmatch(entry) is not None or _MIME.fullmatch(entry) is not None


def accepts(accept: Sequence[str] | None, name: str) -> bool:
    """Whether a field that accepts only these takes a file of this name; None takes any."""
    if accept is None:
        return True
    content_type = content_type_of(name)
    return any(
        name.lower().endswith(entry)
        if entry.startswith(".")
        else entry in {content_type, f"{content_type.partition('/')[0]}/*"}
        for entry in accept
    )


def contradiction(name: str, beginning: bytes) -> str | None:
    """What the content says against the name's ending, in a sentence; None if it agrees.

    Args:
        beginning: The first bytes, at most 1 MiB.
    """
    ending = _ending_of(name)
    found = next((one for one in _SIGNATURES if beginning.startswith(one[0])), None)
    if found is not None and ending not in found[2] and (ending in _SIGNED_ENDINGS or found[1] == _PROGRAM):
        return f"The content is not what a {ending or 'nameless'} file has: it is {_called(found[1])}."
    if found is None and ending in _SIGNED_ENDINGS:
        return f"The content is not what a {ending} file has."
    if _is_text(name) and (found is not None or _is_binary(beginning)):
        return f"A {ending} file holds text, and this content is no text."
    return None


def _ending_of(name: str) -> str:
    stem, dot, ending = name.lower().rpartition(".")
    return f".{ending}" if dot and stem else ""


def _called(kind: str) -> str:
    return kind if kind == _PROGRAM else f"a {kind} file"


def _is_text(name: str) -> bool:
    kind = content_type_of(name)
    return kind.startswith("text/") or kind in {"application/json", "application/xml"}


def _is_binary(beginning: bytes) -> bool:
    return b"\x00" in beginning and not beginning.startswith(_UTF_16)
