"""Sends the matrix and keeps what came back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import httpx
import structlog
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from tests.isolation import canaries
from tests.isolation.matrix import Cell, Placement, Request, cells, request_of
from tests.isolation.people import CLIENTS, Caller
from tests.isolation.platform import Places, Platform
from tests.isolation.seeding import World

_AT_ONCE: Final = 16


@dataclass(frozen=True)
class Answered:
    """A cell, its request, and what came back."""

    cell: Cell
    request: Request
    status: int
    text: str
    leaks: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.cell}\n    {self.request}\n    {self.status}: {self.text[:300]}"


@dataclass(frozen=True)
class Outcome:
    """What the whole matrix came to.

    Args:
        changes: Rows, blobs and secrets that requests changed which must not change anything.
        lines: The log of both services, while the matrix was asked.
        runs: How many executions each organization has had before.
    """

    answers: list[Answered]
    changes: list[str]
    lines: list[str]
    runs: Mapping[str, int]


async def run(places: Places) -> Outcome:
    """Seed the platform, ask everything, and close it."""
    platform = Platform(places)
    try:
        world = World(platform)
        await world.build()
        with log_lines() as lines:
            return await _ask_everything(world, lines)
    finally:
        await platform.close()


async def _ask_everything(world: World, lines: list[str]) -> Outcome:
    every = list(cells())
    before, runs = await _settled(world), dict(world.runs)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def ask_in_turn(cell: Cell) -> Answered:
        async with gate:
            return await _ask(world, cell)

    answers = list(await asyncio.gather(*(ask_in_turn(cell) for cell in every if not cell.writes)))
    after = await _settled(world)
    changes = [str(key) for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    # One after the other: they write the same rows.
    answers += [await _ask(world, cell) for cell in every if cell.writes]
    return Outcome(answers, sorted(changes), lines, runs)


async def _ask(world: World, cell: Cell) -> Answered:
    caller, operation = cell.caller, cell.operation
    fresh = {}
    if cell.writes and cell.row.fresh is not None:
        if cell.waits:
            fresh = await world.fresh_waiting(caller, is_own=cell.placement is Placement.MINE)
        else:
            fresh = await world.fresh(cell.row.fresh, caller.home)
    request = request_of(
        cell,
        world.names_for(caller, cell.ids_of),
        world.names[cell.scope]["orgId"],
        world.names[caller.foreign],
        fresh,
    )
    answer = await world.platform.clients[operation.service].request(
        request.method,
        request.path,
        params=request.query,
        json=request.body,
        headers=[*world.platform.authorization(caller), *request.headers],
    )
    leaks = tuple(_leaks(world, cell, request, answer))
    return Answered(cell, request, answer.status_code, answer.text, leaks)


def _leaks(world: World, cell: Cell, request: Request, answer: httpx.Response) -> Iterator[str]:
    """Texts and ids in an answer that are not the caller's to see."""
    said = canaries.everything_in(answer)
    for forbidden in _forbidden_texts(cell, answer.status_code):
        at = said.find(forbidden)
        if at >= 0:
            yield said[max(0, at - 40) : at + 60]
    if cell.caller is not Caller.ADMIN:
        # What the caller wrote themselves may stand in the answer.
        asked = str(request).lower()
        yield from (one for one in world.ids_of_only(cell.caller.foreign) if one in said and one not in asked)


def _forbidden_texts(cell: Cell, status: int) -> set[str]:
    caller, forbidden = cell.caller, set(canaries.SEALED)
    if status >= 400:
        forbidden.add(canaries.ANY)
    if caller is not Caller.ADMIN:
        forbidden.add(canaries.of(caller.foreign))
    elif cell.operation.scope is not None:
        others = (one for one in canaries.ORGANIZATIONS if one != cell.scope)
        forbidden |= {canaries.of(one) for one in others}
    if caller in CLIENTS:
        forbidden.add(canaries.staff_of(caller.home))
    return forbidden


async def _settled(world: World) -> Mapping[tuple[str, ...], str]:
    """Everything that is stored, once nothing is written any more."""
    seen = await asyncio.to_thread(_stored, world.platform.places)
    async with asyncio.timeout(30):
        while True:
            await asyncio.sleep(0.7)
            again = await asyncio.to_thread(_stored, world.platform.places)
            if again == seen:
                break
            seen = again
    vault = world.platform.management.state.container.services.storage.vault
    return {**seen, **{("vault", name): str(await vault.get(name)) for name in await vault.list_names()}}


def _stored(places: Places) -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    with TableServiceClient.from_connection_string(places.storage_account) as tables:
        for table in tables.list_tables():
            for row in tables.get_table_client(table.name).list_entities():
                key = (table.name, row["PartitionKey"], row["RowKey"])
                found[key] = str(row.metadata["etag"])
    with BlobServiceClient.from_connection_string(places.storage_account) as blobs:
        for container in blobs.list_containers():
            for blob in blobs.get_container_client(container.name).list_blobs():
                found[(container.name, blob.name)] = str(blob.etag)
    return found


class _Lines(logging.Handler):
    def __init__(self, lines: list[str], formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))


@contextmanager
def log_lines() -> Iterator[list[str]]:
    """The lines that the services log from here on, as they would be written, instead of writing them."""
    root = logging.getLogger()
    handlers = list(root.handlers)
    lines: list[str] = []
    formatter = next(
        one.formatter for one in handlers if isinstance(one.formatter, structlog.stdlib.ProcessorFormatter)
    )
    root.handlers = [_Lines(lines, formatter)]
    try:
        yield lines
    finally:
        root.handlers = handlers
