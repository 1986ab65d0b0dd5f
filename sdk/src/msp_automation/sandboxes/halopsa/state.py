"""What the sandbox holds: clients, ticket types and tickets."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msp_automation.sandboxes.identities import MSP, ORGANIZATIONS

Json = dict[str, Any]

FIRST_TICKET = 1001
TICKET_TYPES = {1: "Incident", 2: "Change Request", 3: "Service Request", 4: "Problem"}
_DEFAULT_TYPE = 1
_NEW_STATUS = 1
_OTHER_CLIENTS = 57  # more than one page of 50, with the demo organizations


class HaloError(Exception):
    """A refusal of the resource server."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class HaloStore:
    """Clients and tickets in memory.

    Args:
        path: File that keeps the tickets between starts; None forgets them.
        clients: By number; the demonstration's unless given.
    """

    def __init__(self, path: Path | None = None, *, clients: dict[int, Json] | None = None) -> None:
        self._path = path
        self.clients = _clients() if clients is None else clients
        self.tickets: dict[int, Json] = {}
        if path is not None and path.exists():
            stored = json.loads(path.read_text("utf-8"))["tickets"]
            self.tickets = {ticket["id"]: ticket for ticket in stored}

    def reset(self) -> None:
        """Forget the tickets; numbers start anew."""
        self.tickets.clear()
        self._save()

    def client(self, client_id: int) -> Json:
        """The client with this number.

        Raises:
            HaloError: 404.
        """
        if client_id not in self.clients:
            raise HaloError(404, f"Client {client_id} was not found.")
        return self.clients[client_id]

    def ticket(self, ticket_id: int) -> Json:
        """The ticket with this number.

        Raises:
            HaloError: 404.
        """
        if ticket_id not in self.tickets:
            raise HaloError(404, f"Ticket {ticket_id} was not found.")
        return self.tickets[ticket_id]

    def write(self, entries: list[Json]) -> list[Json]:
        """Create the tickets without an `id`, change those with one; all or none.

        Raises:
            HaloError: 400 or 404, and nothing was changed.
        """
        checked = [_checked(entry, self) for entry in entries]
        written = [self._change(entry) if "id" in entry else self._create(entry) for entry in checked]
        self._save()
        return written

    def _create(self, values: Json) -> Json:
        number = max(self.tickets, default=FIRST_TICKET - 1) + 1
        client = self.clients[values["client_id"]]
        kind = values.get("tickettype_id", _DEFAULT_TYPE)
        ticket = {
            "id": number,
            "details": "",
            "status_id": _NEW_STATUS,
            "dateoccurred": _now(),
            **values,
            "tickettype_id": kind,
            "tickettype_name": TICKET_TYPES[kind],
            "client_name": client["name"],
            "lastactiondate": _now(),
        }
        self.tickets[number] = ticket
        return ticket

    def _change(self, values: Json) -> Json:
        ticket = self.tickets[values["id"]]
        ticket.update(values, lastactiondate=_now())
        ticket["client_name"] = self.clients[ticket["client_id"]]["name"]
        ticket["tickettype_name"] = TICKET_TYPES[ticket["tickettype_id"]]
        return ticket

    def _save(self) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps({"tickets": list(self.tickets.values())}), "utf-8")
        os.replace(draft, self._path)


def _checked(entry: Any, store: HaloStore) -> Json:
    if not isinstance(entry, dict):
        raise HaloError(400, "Each ticket must be an object.")
    values: Json = dict(entry)
    for name in ("id", "client_id", "tickettype_id", "status_id"):
        if name in values and not _is_number(values[name]):
            raise HaloError(400, f"{name} must be a whole number.")
    if "id" in values:
        store.ticket(values["id"])
    else:
        if not isinstance(values.get("summary"), str) or not values["summary"].strip():
            raise HaloError(400, "Please enter a Summary.")
        if "client_id" not in values:
            raise HaloError(400, "Please select a Customer.")
    if values.get("client_id", next(iter(store.clients))) not in store.clients:
        raise HaloError(400, f"Client {values['client_id']} does not exist.")
    if values.get("tickettype_id", _DEFAULT_TYPE) not in TICKET_TYPES:
        raise HaloError(400, f"Ticket type {values['tickettype_id']} does not exist.")
    return values


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _clients() -> dict[int, Json]:
    named = {organization.halo_client: organization.name for organization in (MSP, *ORGANIZATIONS)}
    others = {200 + number: f"Client {number:02d}" for number in range(1, _OTHER_CLIENTS + 1)}
    return {number: new_client(number, name) for number, name in sorted({**named, **others}.items())}


def new_client(number: int, name: str) -> Json:
    """A client with what the sandbox knows of one."""
    return {"id": number, "name": name, "inactive": False, "toplevel_id": 1, "main_site_id": number * 10}


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
