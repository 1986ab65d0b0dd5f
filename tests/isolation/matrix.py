"""The cells: every operation, every caller, every place where a foreign id can stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from tests.isolation.expectations import TABLE, Row
from tests.isolation.operations import KEY_HEADER, SCOPE_HEADER, SERVICES, Operation, operations
from tests.isolation.people import TURNED_AWAY, Caller

Names = dict[str, str]

_REFUSED: Final = 403
_FINE: Final = 200


class Placement(StrEnum):
    """Whose ids stand where."""

    OWN = "own"
    MINE = "what is the caller's"
    FOREIGN = "another organization with its ids"
    BORROWED = "own organization, another one's ids"
    CARRIED = "another organization, own ids"
    EVERYTHING = "all organizations"
    PLATFORM = "the organization GLOBAL"
    SMUGGLED = "own, another one's ids in header and query besides"
    SMUGGLED_IN_BODY = "own, another one's ids in the body besides"


_FOREIGN_SCOPE: Final = {Placement.FOREIGN, Placement.CARRIED}
_FOREIGN_IDS: Final = {Placement.FOREIGN, Placement.BORROWED}
_NAMES_EXECUTIONS: Final = _FOREIGN_SCOPE | _FOREIGN_IDS | {Placement.OWN, Placement.MINE}
_WIDE: Final = {Placement.EVERYTHING: "*", Placement.PLATFORM: "GLOBAL"}
_SMUGGLED_NAMES: Final = ("orgId", "organizationId", "userId", "formId", "executionId", "tenantId")


@dataclass(frozen=True)
class Cell:
    """One request and what must come back.

    Args:
        waits: The execution is one that nobody has taken up yet.
    """

    operation: Operation
    row: Row
    caller: Caller
    placement: Placement
    waits: bool = False

    def __str__(self) -> str:
        waits = " · of what waits in the queue" if self.waits else ""
        return f"{self.operation} · {self.caller} · {self.placement}{waits}"

    @property
    def statuses(self) -> frozenset[int]:
        """The statuses that are right."""
        if self.row.is_public:
            return frozenset({200})
        if self.caller is Caller.NOBODY or self.row.knows_no_people:
            return frozenset({401})
        if self.caller in TURNED_AWAY:
            # Who they are is found out after what the organization is called, and before it is looked up.
            return frozenset({400, _REFUSED}) if self.placement in _WIDE else frozenset({_REFUSED})
        if self.placement in _WIDE:
            return frozenset({400, _REFUSED})
        return frozenset({self._status()})

    def _status(self) -> int:
        row, placement, caller = self.row, self.placement, self.caller
        borrowed = row.own if row.borrowed is None else row.borrowed
        if self.operation.scope and "cursor" in self.operation.ids["query"]:
            # A cursor belongs to the list of one organization.
            borrowed = {one: 400 if status == _FINE else status for one, status in borrowed.items()}
        if placement is Placement.MINE:
            mine = row.waiting if self.waits and row.waiting is not None else row.mine
            return mine[caller]
        if placement is Placement.FOREIGN:
            # With nothing but a cursor there is nothing to refuse: the list stays the caller's own.
            return _REFUSED if self.operation.names_things else row.own.get(caller, _REFUSED)
        if placement is Placement.CARRIED:
            return borrowed.get(caller, _REFUSED) if caller is Caller.ADMIN else _REFUSED
        if placement is Placement.BORROWED:
            return borrowed.get(caller, _REFUSED)
        if placement is Placement.SMUGGLED_IN_BODY:
            # Who may not come in at all is not told what is wrong with the body.
            return 400 if caller in row.own else _REFUSED
        return row.own.get(caller, _REFUSED)

    @property
    def writes(self) -> bool:
        """Whether it is expected to change something."""
        if self.operation.method == "GET" or min(self.statuses) >= 400:
            return False
        return self.caller is Caller.ADMIN or self.placement is not Placement.BORROWED

    @property
    def scope(self) -> str:
        """The organization it is about."""
        return self.caller.foreign if self.placement in _FOREIGN_SCOPE else self.caller.home

    @property
    def ids_of(self) -> str:
        """The organization whose things it names."""
        return self.caller.foreign if self.placement in _FOREIGN_IDS else self.caller.home


def cells() -> Iterator[Cell]:
    """The whole matrix, from the OpenAPI documents; operations without an expectation are left out."""
    for service in SERVICES:
        for operation in operations(service):
            row = TABLE[service].get(operation.name)
            if row is None:
                continue
            for caller in Caller:
                for placement in _placements(operation, row, caller):
                    yield Cell(operation, row, caller, placement)
                    if row.waiting is not None and placement in _NAMES_EXECUTIONS:
                        yield Cell(operation, row, caller, placement, waits=True)


def _placements(operation: Operation, row: Row, caller: Caller) -> Iterator[Placement]:
    yield Placement.OWN
    yield Placement.SMUGGLED
    if operation.has_body:
        yield Placement.SMUGGLED_IN_BODY
    if caller in row.mine:
        yield Placement.MINE
    # An admin's request for another organization is one for an own organization.
    if caller is not Caller.ADMIN and (operation.scope or operation.has_ids):
        yield Placement.FOREIGN
    if operation.scope and (operation.has_ids or row.borrowed is not None):
        yield Placement.BORROWED
        yield Placement.CARRIED
    if operation.scope == "header" and caller is not Caller.ADMIN:
        yield from _WIDE


@dataclass(frozen=True)
class Request:
    """A cell's request, ready to be sent."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    query: Names
    body: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.query} {self.headers} {self.body}"


def request_of(cell: Cell, names: Names, scope_id: str, foreign: Names, fresh: Names) -> Request:
    """The request of a cell.

    Args:
        names: Ids and texts of the organization whose things are named.
        scope_id: The organization it is about.
        foreign: Ids of the other organization, for smuggling.
        fresh: The id of a thing that was made for this request.
    """
    row, operation = cell.row, cell.operation
    changed = dict(row.mine_names if cell.placement is Placement.MINE else row.names)
    if cell.placement is Placement.MINE:
        changed = {**row.names, **changed}
    if cell.waits:
        whose = "myWaitingExecutionId" if cell.placement is Placement.MINE else "waitingExecutionId"
        changed["executionId"] = "{" + whose + "}"
    names = names | {name: filled(text, names) for name, text in changed.items()} | fresh
    in_path = names | ({"orgId": fresh.get("orgId", scope_id)} if operation.scope == "path" else {})
    wants_ids = cell.placement in _FOREIGN_IDS | {Placement.CARRIED}
    body = row.borrowed_body if wants_ids and row.borrowed_body is not None else row.body
    query: Names = {}
    # A filter would hide what a foreign scope lets out.
    if wants_ids and not (operation.scope and cell.placement is Placement.FOREIGN):
        query = {name: names[name] for name in operation.ids["query"] if name != "cursor"}
        if f"cursor of {operation}" in names:
            query |= {"limit": "1", "cursor": names[f"cursor of {operation}"]}
    query |= {name: filled(text, names) for name, text in row.query.items()}
    headers: list[tuple[str, str]] = []
    if operation.scope == "header":
        headers.append((SCOPE_HEADER, _WIDE.get(cell.placement, scope_id)))
    body = filled(body, names)
    if cell.placement is Placement.SMUGGLED:
        headers.append((SCOPE_HEADER, foreign["orgId"]))
        query |= _smuggled(operation, foreign)
        if operation.takes_key and cell.caller is not Caller.ADMIN:
            # The admin used it in the other organization, so its answer is theirs.
            headers.append((KEY_HEADER, used_key(operation, foreign)))
    if cell.placement is Placement.SMUGGLED_IN_BODY:
        body = (body or {}) | _smuggled(operation, foreign)
    return Request(operation.method, filled(operation.path, in_path), headers, query, body)


def used_key(operation: Operation, names: Names) -> str:
    """The idempotency key that an admin's request to an organization had."""
    return f"{operation.name} in {names['orgId']}"


def _smuggled(operation: Operation, foreign: Names) -> Names:
    return {name: foreign[name] for name in _SMUGGLED_NAMES if name not in operation.parameters}


def filled(value: Any, names: Names) -> Any:
    """`value` with each `{name}` replaced."""
    if isinstance(value, str):
        for name, text in names.items():
            value = value.replace("{" + name + "}", text)
        return value
    if isinstance(value, dict):
        return {key: filled(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, names) for one in value]
    return value
