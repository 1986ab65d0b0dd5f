"""Keys and names that Azure accepts, checked before anything is sent.

Azurite answers some wrong keys with 500 or accepts what Azure refuses, so the rules stand here.
Source: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
"""

from __future__ import annotations

import re
from typing import Final

from msp_core.errors import Invalid

_MAX_KEY_BYTES: Final = 1024
_REFUSED_IN_KEYS = re.compile(r"[/\\#?\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTAINER = re.compile(r"[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}")
_PROPERTY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_SECRET = re.compile(r"[0-9A-Za-z-]{1,127}")
_MAX_BLOB_PATH: Final = 1024


def check_key(key: str, *, what: str = "key") -> str:
    """A partition or row key, unchanged, if Table Storage can hold it.

    Raises:
        Invalid: It is empty, longer than 1 KiB in UTF-16, or has one of `/ \\ # ?` or a control character.
    """
    if not key:
        raise Invalid.field(what, "must not be empty.")
    if len(key) * 2 > _MAX_KEY_BYTES:
        raise Invalid.field(what, "is too long: at most 512 characters.")
    if _REFUSED_IN_KEYS.search(key) is not None:
        raise Invalid.field(what, "must not contain / \\ # ? or control characters.")
    if not key.isascii() and len(key.encode("utf-16-le")) > _MAX_KEY_BYTES:
        raise Invalid.field(what, "is too long: at most 512 characters.")
    return key


def check_property(name: str) -> str:
    """A column name, unchanged; ours come from code, so a wrong one is a defect.

    Raises:
        ValueError: It is no identifier.
    """
    if _PROPERTY.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no column name")
    return name


def check_container(name: str) -> str:
    """A container or queue name, unchanged; ours come from code, so a wrong one is a defect.

    Raises:
        ValueError: Azure has no such names: 3 to 63 lower-case letters, digits and single hyphens.
    """
    if _CONTAINER.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no container or queue name")
    return name


def check_blob_path(path: str) -> str:
    """A blob's path inside its container, unchanged.

    Raises:
        Invalid: It is empty, too long, starts or ends with a slash, steps upwards, or has control characters.
    """
    parts = path.split("/")
    is_wrong = (
        not path
        or len(path) > _MAX_BLOB_PATH
        or any(part in {"", ".", ".."} or part.endswith(".") for part in parts)
        or re.search(r"[\\\x00-\x1f\x7f-\x9f\ud800-\udfff]", path) is not None
    )
    if is_wrong:
        raise Invalid.field("path", "is no path that storage can hold.")
    return path


def check_secret_name(name: str) -> str:
    """A secret's name, unchanged, if Key Vault can hold it.

    Raises:
        Invalid: It has anything but letters, digits and hyphens, or more than 127 of them.
    """
    if _SECRET.fullmatch(name) is None:
        raise Invalid.field("name", "may have letters, digits and hyphens only, at most 127.")
    return name
