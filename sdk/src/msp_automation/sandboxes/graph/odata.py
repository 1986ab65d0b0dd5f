"""The OData query options that Graph answers for directory objects: a working subset.

Source: https://learn.microsoft.com/graph/query-parameters
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from starlette.requests import Request

from msp_automation.sandboxes.graph.errors import GraphError, bad_request
from msp_automation.sandboxes.graph.state import Json

DEFAULT_PAGE = 100
LARGEST_PAGE = 999
_ADVANCED = (
    "Operator '{}' is not supported because the 'ConsistencyLevel:eventual' header is missing. "
    "Refer to https://aka.ms/graph-docs/advanced-queries for more information"
)
_OPTIONS = frozenset({"$select", "$filter", "$top", "$skiptoken", "$orderby", "$count"})
_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<punctuation>[(),:])|(?P<word>[A-Za-z0-9_./-]+))")
_DEEPEST = 20

Predicate = Callable[[Json], bool]


def parse_filter(text: str, properties: frozenset[str], *, is_advanced: bool = True) -> Predicate:
    """Read a `$filter`: `eq`, `ne`, `startswith`, `endswith`, `and`, `or`, `not`, parentheses.

    Args:
        is_advanced: Whether operators are allowed that the directory answers from its index only.

    Raises:
        GraphError: 400, for what the sandbox cannot read.
    """
    return _FilterReader(text, properties, is_advanced=is_advanced).read()


class _FilterReader:
    def __init__(self, text: str, properties: frozenset[str], *, is_advanced: bool) -> None:
        self._text = text
        self._is_advanced = is_advanced
        self._properties = properties
        self._tokens = list(self._split(text))
        self._position = 0
        self._depth = 0

    def read(self) -> Predicate:
        predicate = self._either()
        if self._position != len(self._tokens):
            raise self._invalid()
        return predicate

    def _split(self, text: str) -> Iterable[str]:
        position, end = 0, len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None:
                raise self._invalid()
            yield match.group().strip() if match["text"] is None else match["text"]
            position = match.end()

    def _invalid(self) -> GraphError:
        return GraphError(400, "BadRequest", f"Invalid filter clause: {self._text}")

    def _require_advanced(self, operator: str) -> None:
        if not self._is_advanced:
            raise GraphError(400, "Request_UnsupportedQuery", _ADVANCED.format(operator))

    def _peek(self) -> str:
        return self._tokens[self._position] if self._position < len(self._tokens) else ""

    def _take(self, expected: str | None = None) -> str:
        token = self._peek()
        if not token or (expected is not None and token != expected):
            raise self._invalid()
        self._position += 1
        return token

    def _either(self) -> Predicate:
        left = self._both()
        while self._peek() == "or":
            self._take()
            left = _any_of(left, self._both())
        return left

    def _both(self) -> Predicate:
        left = self._one()
        while self._peek() == "and":
            self._take()
            left = _all_of(left, self._one())
        return left

    def _one(self) -> Predicate:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._invalid()
        try:
            return self._unnested()
        finally:
            self._depth -= 1

    def _unnested(self) -> Predicate:
        word = self._take()
        if word == "(":
            inside = self._either()
            self._take(")")
            return inside
        if word == "not":
            self._require_advanced("Not")
            negated = self._one()
            return lambda item: not negated(item)
        if word in {"startswith", "endswith"}:
            if word == "endswith":
                self._require_advanced("EndsWith")
            return self._affix(word)
        name = self._property(word)
        operator = self._take()
        if operator not in {"eq", "ne"}:
            raise GraphError(400, "Request_UnsupportedQuery", "Unsupported Query.")
        if operator == "ne":
            self._require_advanced("NotEqual")
        wanted = _comparable(self._literal())
        is_equal = operator == "eq"
        return lambda item: (_comparable(item.get(name)) == wanted) is is_equal

    def _affix(self, function: str) -> Predicate:
        self._take("(")
        name = self._property(self._take())
        self._take(",")
        affix = _comparable(self._literal())
        self._take(")")
        if not isinstance(affix, str):
            raise self._invalid()
        test = str.startswith if function == "startswith" else str.endswith
        return lambda item: test(str(_comparable(item.get(name)) or ""), affix)

    def _property(self, token: str) -> str:
        if token not in self._properties:
            message = f"Property '{token}' does not exist as a declared property or extension property."
            raise bad_request(message)
        return token

    def _literal(self) -> object:
        token = self._take()
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        words: dict[str, object] = {"true": True, "false": False, "null": None}
        if token not in words:
            raise self._invalid()
        return words[token]


def _comparable(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value


def _any_of(left: Predicate, right: Predicate) -> Predicate:
    return lambda item: left(item) or right(item)


def _all_of(left: Predicate, right: Predicate) -> Predicate:
    return lambda item: left(item) and right(item)


@dataclass(frozen=True)
class Collection:
    """A kind of object and how it is listed.

    Attributes:
        default: The properties of an answer without `$select`.
        options: The query options that its list takes.
        largest_page: The longest `$top`.
        is_directory: Whether some queries need `ConsistencyLevel: eventual` and `$count=true`.
            Source: https://learn.microsoft.com/graph/aad-advanced-queries
    """

    name: str
    properties: frozenset[str]
    default: tuple[str, ...]
    options: frozenset[str] = _OPTIONS
    largest_page: int = LARGEST_PAGE
    is_directory: bool = False

    def selects(self, name: str, request: Request) -> bool:
        """Whether the request asks for this property."""
        return name in self._selected(request)

    def select(self, item: Json, request: Request) -> Json:
        """One object with the properties that the request asks for."""
        names = self._selected(request)
        return {name: item[name] for name in names if name in item}

    def page(self, request: Request, items: Iterable[Json], *, page_size: int | None) -> Json:
        """One page of the objects, with `@odata.nextLink` when there are more.

        Raises:
            GraphError: 400 for query options that the sandbox cannot answer.
        """
        query = request.query_params
        unknown = [name for name in query if name not in self.options]
        if unknown:
            raise bad_request(f"Unrecognized query argument specified: '{unknown[0]}'.")
        is_eventual = request.headers.get("consistencylevel", "").lower() == "eventual"
        counts = query.get("$count") == "true" and (is_eventual or not self.is_directory)
        is_advanced = counts or not self.is_directory
        if not is_advanced and {"$filter", "$orderby"} <= query.keys():
            raise GraphError(400, "Request_UnsupportedQuery", "Sorting not supported for current query.")
        filtered = self._filtered(items, query.get("$filter"), is_advanced=is_advanced)
        found = self._ordered(filtered, query.get("$orderby"))
        start = _read_skip_token(query.get("$skiptoken"))
        size = _top(query.get("$top"), self.largest_page)
        size = size if page_size is None else min(size, page_size)
        names = self._selected(request)
        body: Json = {"@odata.context": f"{_origin(request)}/v1.0/$metadata#{self.name}"}
        if counts:
            body["@odata.count"] = len(found)
        part = found[start : start + size]
        body["value"] = [{name: item[name] for name in names if name in item} for item in part]
        if start + size < len(found):
            following = request.url.include_query_params(**{"$skiptoken": _skip_token(start + size)})
            body["@odata.nextLink"] = str(following)
        return body

    def _selected(self, request: Request) -> tuple[str, ...]:
        text = request.query_params.get("$select")
        if not text:
            return self.default
        names = tuple(name.strip() for name in text.split(","))
        for name in names:
            if name not in self.properties:
                raise bad_request(
                    f"Could not find a property named '{name}' on type 'microsoft.graph.{self.name}'."
                )
        return names

    def _filtered(self, items: Iterable[Json], text: str | None, *, is_advanced: bool) -> list[Json]:
        if not text:
            return list(items)
        predicate = parse_filter(text, self.properties, is_advanced=is_advanced)
        return [item for item in items if predicate(item)]

    def _ordered(self, items: list[Json], text: str | None) -> list[Json]:
        if not text and "displayName" not in self.properties:
            return items
        name, _, direction = (text or "displayName").partition(" ")
        if name not in self.properties or direction not in {"", "asc", "desc"}:
            raise GraphError(400, "Request_UnsupportedQuery", "Unsupported sort property.")
        return sorted(
            items,
            key=lambda item: (str(item.get(name) or "").casefold(), str(item.get("id"))),
            reverse=direction == "desc",
        )


def _top(text: str | None, largest: int) -> int:
    if text is None:
        return DEFAULT_PAGE
    if not text.isdecimal() or not 1 <= int(text) <= largest:
        raise bad_request(
            f"Invalid page size specified: '{text}'. Must be between 1 and {largest} inclusive."
        )
    return int(text)


def _skip_token(start: int) -> str:
    return base64.urlsafe_b64encode(json.dumps({"start": start}).encode()).decode()


def _read_skip_token(text: str | None) -> int:
    if text is None:
        return 0
    try:
        start = json.loads(base64.urlsafe_b64decode(text.encode()))["start"]
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise GraphError(
            400, "Directory_ExpiredPageToken", "The specified page token value is invalid."
        ) from error
    return start if isinstance(start, int) and start >= 0 else 0


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"
