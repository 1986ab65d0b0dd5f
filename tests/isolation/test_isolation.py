"""No organization sees another: every route, every kind of person, foreign ids in every place."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable

import pytest
from tests.isolation import canaries
from tests.isolation.expectations import EXECUTES, TABLE
from tests.isolation.matrix import Placement, cells
from tests.isolation.operations import SERVICES, operations
from tests.isolation.people import CLIENTS, Caller, serve_keys
from tests.isolation.platform import Places
from tests.isolation.running import Answered, Outcome, run

from msp_devstack.running import running_graph, running_halo

# Whichever test is first waits for the whole matrix.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def outcome(new_storage_account: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The whole matrix, asked once."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    with serve_keys() as identity, running_graph() as graph, running_halo() as halo:
        places = Places(
            storage_account=new_storage_account(),
            folder=tmp_path_factory.mktemp("isolation"),
            identity=identity,
            graph_url=graph.base_url,
            halo_url=halo.base_url,
        )
        found = asyncio.run(run(places))
    root.setLevel(level)
    root.handlers = handlers
    return found


def _listed(answers: list[Answered]) -> str:
    return "\n".join(str(one) for one in answers)


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_has_an_expectation_and_every_expectation_a_route(service: str) -> None:
    assert {operation.name for operation in operations(service)} == set(TABLE[service])


def test_every_id_that_a_body_takes_is_written_in_a_body_of_the_table() -> None:
    missing = [
        f"{operation} {name}"
        for service in SERVICES
        for operation in operations(service)
        for name in operation.ids["body"]
        for row in [TABLE[service][operation.name]]
        if f"'{name}'" not in f"{row.body} {row.borrowed_body}"
    ]
    assert missing == []


def test_a_route_that_takes_things_of_an_organization_says_what_comes_of_borrowed_ones() -> None:
    only_filters = frozenset({"listExecutions"})
    silent = [
        str(operation)
        for service in SERVICES
        for operation in operations(service)
        if operation.scope is not None
        and TABLE[service][operation.name].borrowed is None
        and frozenset().union(*operation.ids.values()) - {"cursor"}
        and operation.name not in only_filters
    ]
    assert silent == []


@pytest.mark.parametrize("caller", Caller)
def test_each_route_answers_this_caller_as_the_table_says(outcome: Outcome, caller: Caller) -> None:
    mine = [one for one in outcome.answers if one.cell.caller is caller]
    assert len(mine) > len(operations(SERVICES[0]))
    wrong = [one for one in mine if one.status not in one.cell.statuses]
    assert not wrong, f"{len(wrong)} cells\n" + "\n".join(
        f"{sorted(one.cell.statuses)} was due: {one}" for one in wrong
    )


@pytest.mark.parametrize("caller", Caller)
def test_no_answer_has_what_is_not_this_callers_to_see(outcome: Outcome, caller: Caller) -> None:
    leaking = [one for one in outcome.answers if one.cell.caller is caller and one.leaks]
    assert not leaking, "\n".join(f"{one.leaks} in {one}" for one in leaking)


def test_what_is_not_shown_to_others_is_shown_to_its_own_people(outcome: Outcome) -> None:
    empty = [
        one
        for one in outcome.answers
        if (one.cell.placement is Placement.OWN or one.cell.caller in CLIENTS)
        and one.cell.placement in {Placement.OWN, Placement.MINE}
        and one.cell.operation.method == "GET"
        and one.cell.row.shows
        # What has not begun has written no log.
        and not (one.cell.waits and one.cell.operation.name != "getExecution")
        and not one.cell.row.is_public
        and one.status == 200
        and canaries.of(one.cell.caller.home) not in one.text
    ]
    assert not empty, _listed(empty)


def test_numbers_are_of_the_organizations_whose_history_the_caller_may_view(outcome: Outcome) -> None:
    counted = {
        one.cell.caller: json.loads(one.text)["total"]["count"]
        for one in outcome.answers
        if one.cell.operation.name == "getMetrics"
        and one.cell.placement is Placement.OWN
        and one.status == 200
    }
    runs = outcome.runs
    assert runs[canaries.CONTOSO] != runs[canaries.FABRIKAM]
    assert counted == {
        Caller.ADMIN: sum(runs.values()),
        Caller.OTHER_TECHNICIAN: runs[canaries.FABRIKAM],
        Caller.VIEWS_HISTORY: runs[canaries.CONTOSO],
        Caller.EXECUTES: 0,
        Caller.CONFIGURES: 0,
        Caller.MAKES_FORMS: 0,
    }


def test_what_is_refused_or_only_read_changes_nothing(outcome: Outcome) -> None:
    assert outcome.changes == []


def test_what_waits_in_the_queue_is_read_and_stopped_by_those_who_may_alone(outcome: Outcome) -> None:
    waiting = [one for one in outcome.answers if one.cell.waits]
    assert {one.cell.operation.name for one in waiting} == {
        "getExecution",
        "getExecutionLogs",
        "followExecution",
        "cancelExecution",
    }
    read = [one for one in waiting if one.status == 200]
    assert {json.loads(one.text)["status"] for one in read} == {"Pending"}
    stopped = [one for one in waiting if one.status == 202]
    assert {json.loads(one.text)["status"] for one in stopped} == {"Cancelled"}
    assert {one.cell.caller for one in stopped} == EXECUTES | CLIENTS


def test_no_line_of_the_log_has_a_text_of_an_organization(outcome: Outcome) -> None:
    assert len(outcome.lines) >= len(outcome.answers)
    assert [line for line in outcome.lines if canaries.ANY in line.lower()] == []


def test_the_matrix_is_whole() -> None:
    every = list(cells())
    assert len({str(cell) for cell in every}) == len(every)
    assert {cell.caller for cell in every} == set(Caller)
    assert {cell.placement for cell in every} == set(Placement)
