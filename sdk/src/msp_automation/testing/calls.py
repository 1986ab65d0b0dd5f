"""What was called: records, patterns of paths, and sentences for a test that expected something else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

_PLACEHOLDER = re.compile(r"\\\{\w+\\\}")
_LONGEST_SHOWN = 300


@dataclass(frozen=True)
class ApiCall:
    """One request that reached a sandbox, each try of its own.

    Attributes:
        path: Relative to the API's base address, such as `/users/ada@contoso.example`.
        template: The same without ids, such as `/users/{user}`.
        status: None where the answer was lost.
        json: The body that was sent, or None.
        query: The last value of each query parameter.
    """

    method: str
    path: str
    template: str
    status: int | None
    json: Any = None
    query: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = f"{self.method} {self.path} → {'no answer' if self.status is None else self.status}"
        if self.query:
            shown += f"  query={dict(self.query)}"
        if self.json is not None:
            shown += f"  json={_short(self.json)}"
        return shown


def path_matches(pattern: str, path: str) -> bool:
    """Whether a path is meant: `{name}` stands for one segment, `*` for anything; case does not count."""
    return _compiled(pattern).fullmatch(path) is not None


def includes(whole: Any, part: Any) -> bool:
    """Whether a JSON value has everything that another one has; dicts may hold more, lists may not."""
    if isinstance(part, Mapping):
        return isinstance(whole, Mapping) and all(
            name in whole and includes(whole[name], value) for name, value in part.items()
        )
    if isinstance(part, list | tuple):
        return isinstance(whole, list) and len(whole) == len(part) and all(map(includes, whole, part))
    return bool(whole == part)


@dataclass(frozen=True)
class Expected:
    """What a test expects to have been called; None means anything."""

    method: str = "*"
    path: str = "*"
    json: Any = None
    query: Mapping[str, str] | None = None
    status: int | None = None

    def matches(self, call: ApiCall) -> bool:
        """Whether this call is one of those meant."""
        return (
            self.method.upper() in {"*", call.method}
            and (path_matches(self.path, call.path) or self.path == call.template)
            and (self.json is None or includes(call.json, self.json))
            and (self.query is None or includes(dict(call.query), dict(self.query)))
            and self.status in {None, call.status}
        )

    def __str__(self) -> str:
        parts = [f"{self.method} {self.path}"]
        parts += [f"json={_short(self.json)}"] if self.json is not None else []
        parts += [f"query={dict(self.query)}"] if self.query is not None else []
        parts += [f"status={self.status}"] if self.status is not None else []
        return "  ".join(parts)


def explain(label: str, expected: Expected, found: int, times: int | None, calls: Sequence[ApiCall]) -> str:
    """Why an expectation failed, with everything that was called instead."""
    wanted = "to be called" if times is None else f"to be called {_times(times)}"
    lines = [f"Expected {label} {wanted if times != 0 else 'not to be called'} with", f"  > {expected}"]
    lines.append(f"but that happened {_times(found)}." if found else "but that never happened.")
    lines.append("It was called with:" if calls else "It was not called at all.")
    lines += [f"  {'>' if expected.matches(call) else ' '} {call}" for call in calls]
    return "\n".join(lines)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _short(value: Any) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    escaped = _PLACEHOLDER.sub("[^/]+", re.escape(pattern)).replace(r"\*", ".*")
    return re.compile(escaped, re.IGNORECASE)
