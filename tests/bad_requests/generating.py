"""Makes requests: what the document allows, what it forbids, and good ones with something odd in them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any, Final
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from schemathesis import Case, GenerationMode
from tests.bad_requests import oddities
from tests.bad_requests.operations import Route
from tests.isolation.matrix import Names, filled
from tests.isolation.operations import SCOPE_HEADER

_JSON: Final = "application/json"


class Source(StrEnum):
    """Where a request comes from."""

    GOOD = "a request that works"
    ALLOWED = "what the document allows"
    FORBIDDEN = "what the document forbids"


@dataclass(repr=False)
class Draft:
    """A request that is being made.

    Args:
        body: Written as JSON unless `raw` is given.
        headers: Without who asks, unless somebody else than an admin asks.
    """

    route: Route
    source: Source
    segments: dict[str, str]
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    has_body: bool = False
    raw: bytes | None = None

    @property
    def reaches_its_route(self) -> bool:
        """Whether the path is one of the route's: an empty segment or a slash makes it another's."""
        return all(one and "/" not in one for one in self.segments.values())

    @property
    def path(self) -> str:
        """The path as it is sent."""
        found = self.route.path
        for name, text in self.segments.items():
            found = found.replace("{" + name + "}", _quoted(text))
        return found

    @property
    def content(self) -> bytes | None:
        """The body as it is sent."""
        if self.raw is not None:
            return self.raw
        return oddities.written(self.body) if self.has_body else None

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))  # as Hypothesis prints it

    def __repr__(self) -> str:
        return (
            f"{self.route.method} {self.path[:200]} {str(self.query)[:300]} {ascii(self.headers)[:400]} "
            f"{(self.content or b'')[:400]!r} ({self.source})"
        )


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="").replace(".", "%2E")


@st.composite
def drafts(draw: DrawFn, route: Route, names: Names) -> Draft:
    """Requests of a route; `names` are the ids and texts that are there."""
    allowed, forbidden = _cases(route, GenerationMode.POSITIVE), _cases(route, GenerationMode.NEGATIVE)
    source = draw(st.sampled_from(list(Source)))
    if source is Source.GOOD:
        draft = good(route, names)
    else:
        generated = allowed if source is Source.ALLOWED or not route.takes_anything else forbidden
        draft = _of_case(route, source, draw(generated), names, keeps_ids=draw(st.booleans()))
    # A good request is sent as it is now and then; what the document forbids is odd enough.
    most = {Source.GOOD: 3, Source.ALLOWED: 2, Source.FORBIDDEN: 1}[source]
    for _ in range(draw(st.integers(0, most))):
        draw(st.sampled_from(_oddities_for(draft)))(draw, draft)
    return draft


@cache
def _cases(route: Route, mode: GenerationMode) -> SearchStrategy[Case[Any]]:
    return route.described.as_strategy(mode)


def good(route: Route, names: Names) -> Draft:
    """The request that an admin makes in earnest."""
    names = names | {name: filled(text, names) for name, text in route.row.names.items()}
    headers = {SCOPE_HEADER: names["orgId"]} if SCOPE_HEADER in route.headers else {}
    body = filled(copy.deepcopy(route.row.body), names)
    draft = Draft(
        route,
        Source.GOOD,
        segments={name: names[name] for name in route.segments},
        query=[(name, filled(text, names)) for name, text in route.row.query.items()],
        headers=headers,
        body=body,
        has_body=body is not None,
    )
    if draft.has_body:
        draft.headers["Content-Type"] = _JSON
    return draft


def _of_case(route: Route, source: Source, case: Case[Any], names: Names, *, keeps_ids: bool) -> Draft:
    known = good(route, names)
    sent = case.as_transport_kwargs(base_url="http://localhost")
    segments = {name: str(case.path_parameters.get(name, "")) for name in route.segments}
    # Who asks is an admin; invented tokens would hide everything else.
    headers = {name: str(value) for name, value in (case.headers or {}).items() if name != "Authorization"}
    if not keeps_ids:
        # Invented ids are refused at the door; real ones let the rest of the request in.
        segments |= known.segments
        headers |= known.headers
    draft = Draft(route, source, segments, query=list(_pairs(case.query or {})), headers=headers)
    if "json" in sent:
        draft.body, draft.has_body = sent["json"], True
        draft.headers.setdefault("Content-Type", _JSON)
    elif isinstance(sent.get("data"), str | bytes):
        draft.raw = sent["data"].encode() if isinstance(sent["data"], str) else sent["data"]
    return draft


def _pairs(query: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in query.items():
        for one in value if isinstance(value, list) else [value]:
            yield name, str(one)


def _oddities_for(draft: Draft) -> list[Any]:
    found = [_odd_header, _odd_query]
    if draft.segments:
        found += [_odd_segment, _odd_segment]
    if draft.has_body:
        found += [_odd_value, _odd_value, _odd_value, _odd_property, _odd_body]
    elif draft.route.has_body:
        found.append(_odd_body)
    return found


def _odd_segment(draw: DrawFn, draft: Draft) -> None:
    draft.segments[draw(st.sampled_from(sorted(draft.segments)))] = draw(st.sampled_from(oddities.TEXTS))


def _odd_query(draw: DrawFn, draft: Draft) -> None:
    known = sorted(draft.route.query) or ["limit", "cursor"]
    name = draw(st.sampled_from([*known, "\x00", "unknown"]))
    values = oddities.QUERIES.get(name, ()) + oddities.TEXTS
    draft.query.append((name, draw(st.sampled_from(values))))


def _odd_header(draw: DrawFn, draft: Draft) -> None:
    # Those that the route reads three times as often as the others.
    read = sorted(draft.route.headers & oddities.HEADERS.keys())
    name = draw(st.sampled_from([*read * 3, *oddities.HEADERS]))
    draft.headers[name] = draw(st.sampled_from(oddities.HEADERS[name]))


def _odd_body(draw: DrawFn, draft: Draft) -> None:
    draft.raw = draw(st.sampled_from(oddities.BODIES))


def _odd_value(draw: DrawFn, draft: Draft) -> None:
    places = list(_places(draft.body))
    value = draw(st.sampled_from((*oddities.VALUES, oddities.nested())))
    if not places:
        draft.body = value
        return
    holder, key = draw(st.sampled_from(places))
    holder[key] = copy.deepcopy(value)


def _odd_property(draw: DrawFn, draft: Draft) -> None:
    if isinstance(draft.body, dict):
        draft.body[draw(st.sampled_from(oddities.TEXTS))] = draw(st.sampled_from(oddities.VALUES))


def _places(body: Any) -> Iterator[tuple[Any, Any]]:
    """Every (holder, key) in a body."""
    if isinstance(body, dict | list):
        for key in list(body) if isinstance(body, dict) else range(len(body)):
            yield body, key
            yield from _places(body[key])
