"""What nobody means to send: texts, numbers, bodies and headers that break naive code."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Final


def token(text: str) -> str:
    """A text as our cursors and ETags hold one."""
    return urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


TEXTS: Final = (
    "",
    " ",
    "'",
    "''",
    "' or RowKey ne '",
    "a/b",
    "a\\b",
    "a#b",
    "a?b=c&d",
    "a%2Fb%00",
    ".",
    "..",
    "../../etc/passwd",
    "*",
    "GLOBAL",
    "null",
    "\x00",
    "a\x00b",
    "\x01\x1f\x7f\x80\x9f",
    "a\r\nSet-Cookie: b=c",
    "\ud800",
    "a\udfffb",
    "\ufffe\uffff",
    "\u202eabc\u200b",
    "\U0001f469\u200d\U0001f4bb" * 50,
    "\u0130\u00df\u01c5",
    "{userId}",
    "{0.__class__}",
    "__proto__",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "(a+)+$",
    "[",
    "k" * 1025,
    "\u00e9" * 513,
    # Several of them are still a URL that servers read.
    "k" * 10_000,
    "-1",
    "1e999",
    "\u0663",
    "00000000-0000-0000-0000-000000000000",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2024-02-30",
    "1700000000",
    "99999999999999999999d",
    "0h",
)

VALUES: Final[tuple[Any, ...]] = (
    *TEXTS,
    None,
    True,
    False,
    0,
    -1,
    2**31,
    2**63,
    -(2**63) - 1,
    10**400,
    1e308,
    -0.0,
    float("nan"),
    float("inf"),
    [],
    {},
    [[]],
    [None],
    {"": None},
    {"\x00": "\x00"},
    {"\ud800": 1},
    {"k" * 1025: "'"},
    ["a"] * 300,
)

HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "X-Organization-Id": (
        "",
        "*",
        "GLOBAL",
        "null",
        "' or 1 eq 1",
        "../GLOBAL",
        "{00000000-0000-0000-0000-000000000000}",
        "00000000-0000-0000-0000-000000000000",
        "a" * 1025,
        "\u00e9\u00ff",
    ),
    "If-Match": (
        "",
        "*",
        '""',
        '"a"',
        '"aaaaa"',
        'W/"YQ"',
        '"YQ", "Yg"',
        "no quotes",
        f'"{token(chr(0))}"',
        f'"{token("a" + chr(13) + chr(10) + "b: c")}"',
        f'"{token(chr(0xE9))}"',
        f'"{token(chr(0x1F600))}"',
        f'"{token("*")}"',
        '"' + "a" * 513 + '"',
    ),
    "Idempotency-Key": ("", " ", "a", "a/b#c?d'e\\", "k" * 1025, "\u00e9\u00ff", "%00", "*"),
    "Prefer": (
        "",
        ",,;=",
        "respond-async",
        "wait=-1",
        "wait=" + "9" * 30,
        "wait=1e9",
        "respond-async; wait=x",
    ),
    "Content-Type": (
        "",
        "text/plain",
        "application/xml",
        "application/json; charset=utf-16",
        "application/json;;;=",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "\u00ff",
    ),
    "Accept": ("application/xml", "q=;;,"),
    "X-Request-Id": ("", "a" * 1025, "../../log", "\u00e9" * 9),
    "X-Forwarded-For": ("", ",", "not an address", "::1%lo, \u00ff"),
    "traceparent": ("00-0-0-0", "\u00ff", "00-" + "f" * 32 + "-" + "0" * 16 + "-ff"),
    "Origin": ("null", "http://[", "\u00ff"),
    "Cookie": ("=;=,", 'a="', "\u00ff"),
    "Authorization": (
        "",
        "Bearer",
        "Bearer ",
        "Bearer a.b.c",
        "Basic YTpi",
        "Bearer " + "a" * 20_000,
        "\u00ff",
    ),
}

QUERIES: Final[Mapping[str, tuple[str, ...]]] = {
    "limit": ("0", "-1", "201", "1.5", "1e2", "9" * 5000, "\u0663", "", " 1"),
    "cursor": ("", "=", "a", "a" * 2049, *(token(text) for text in TEXTS if text)),
}

_DEEP: Final = 100_000
_NEARLY_DEEP: Final = 200

BODIES: Final[tuple[bytes, ...]] = (
    b"",
    b" ",
    b"{",
    b"}",
    b'{"name":',
    b"null",
    b"[]",
    b"{}",
    b"true",
    b'"text"',
    b"1",
    b"NaN",
    b'{"name": Infinity, "value": -Infinity}',
    b"\xff\xfe\x00",
    b"\xef\xbb\xbf{}",
    '{"name": "a"}'.encode("utf-16"),
    b'{"name": "\xc3\x28"}',
    b'{"name": "a", "name": "b"}',
    b"name=a&value=b",
    b"<a/>",
    b"[" * _DEEP,
    b'{"a":' * _DEEP,
    b"9" * 10_000,
    b'{"value": ' + b"9" * 10_000 + b"}",
    b" " * (1024 * 1024 + 1),
)


def nested(depth: int = _NEARLY_DEEP) -> Any:
    """Lists and objects in each other, so deep that a parser still reads them."""
    value: Any = "bottom"
    for number in range(depth):
        value = {"a": value} if number % 2 else [value]
    return value


def written(body: Any) -> bytes:
    """A body as JSON: lone surrogates escaped, NaN as Python writes it."""
    return json.dumps(body).encode()
