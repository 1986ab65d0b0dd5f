"""What a configuration value may be, and the typed value it stands for."""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, NoReturn

from msp_core.config.models import ConfigSet, ConfigType
from msp_core.errors import Invalid
from msp_core.secrets.names import parse_secret_name

MAX_VALUE_BYTES: Final = 10 * 1024
_MAX_DESCRIPTION: Final = 1000
_KEY = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_INT = re.compile(r"[+-]?[0-9]{1,18}")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def checked(given: ConfigSet) -> ConfigSet:
    """The value as it will be stored: in its one form, and of the declared type.

    Raises:
        Invalid: Key, value or description is not what it may be.
    """
    checked_key(given.key)
    for name, text in (("value", given.value), ("description", given.description or "")):
        if _UNSTORABLE.search(text) is not None:
            raise Invalid.field(name, "must not contain NUL or half characters.")
    if given.description is not None and len(given.description) > _MAX_DESCRIPTION:
        raise Invalid.field("description", f"is too long: at most {_MAX_DESCRIPTION} characters.")
    if len(given.value.encode()) > MAX_VALUE_BYTES:
        raise Invalid.field("value", "is too long: at most 10 KB.")
    value = typed(given.type, given.value)
    return given.model_copy(update={"value": _canonical(given.type, given.value, value)})


def checked_key(key: str) -> str:
    """The key, unchanged.

    Raises:
        Invalid: It has other characters than letters, digits, `_`, `.` and `-`, or too many.
    """
    if _KEY.fullmatch(key) is None:
        raise Invalid.field("key", "must be 1 to 100 letters, digits, _ . or -.")
    return key


def typed(kind: ConfigType, text: str) -> Any:
    """The value that `text` stands for; a secret reference becomes `{"secretRef": name}`.

    Raises:
        Invalid: `text` is no value of this type.
    """
    match kind:
        case ConfigType.STRING:
            return text
        case ConfigType.INT:
            return _int(text)
        case ConfigType.BOOL:
            return _bool(text)
        case ConfigType.JSON:
            return _json(text)
        case ConfigType.SECRET_REF:
            return {"secretRef": parse_secret_name(text.strip(), field="value")}


def _canonical(kind: ConfigType, text: str, value: Any) -> str:
    if kind is ConfigType.BOOL:
        return "true" if value else "false"
    if kind is ConfigType.INT:
        return str(value)
    return str(value["secretRef"]) if kind is ConfigType.SECRET_REF else text


def _int(text: str) -> int:
    if _INT.fullmatch(text.strip()) is None:
        raise Invalid.field("value", "must be a whole number of at most 18 digits.")
    return int(text)


def _bool(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered not in {"true", "false"}:
        raise Invalid.field("value", "must be true or false.")
    return lowered == "true"


def _json(text: str) -> Any:
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
        # Escapes can smuggle in half of a surrogate pair, which no UTF-8 answer could carry.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Invalid.field("value", "must be JSON (RFC 8259).") from error
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("too large")
    return number
