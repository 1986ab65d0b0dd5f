"""Whatever happens, in whatever order: each next request is answered by the rules, in both services."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from copy import deepcopy
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.isolation.asking import CLIENTS, HOMES, ORGANIZATIONS, PEOPLE, TECHNICIANS, TENANTS, Tally
from tests.isolation.canaries import canary, sealed_canary
from tests.isolation.model import GLOBAL, OK, PERMISSIONS, Model
from tests.isolation.people import Identity, serve_keys
from tests.isolation.platform import Places
from tests.isolation.questions import What
from tests.isolation.stage import Stage

NOTHING_LISTENS = "http://127.0.0.1:9"

# Mostly an admin acts, or nothing would change; the others try.
ACTORS = st.sampled_from(("admin",) * 8 + PEOPLE[1:])
SOMEBODY = st.sampled_from(PEOPLE)
ORGANIZATION = st.sampled_from(tuple(ORGANIZATIONS))
HOME = st.sampled_from(HOMES)
PICK = st.integers(0, 2**16)
SUBSET = st.sampled_from(
    [frozenset(some) for size in (4, 1, 2, 3, 0) for some in combinations(PERMISSIONS, size)]
)


_CHANGES: dict[str, st.SearchStrategy[dict[str, Any]]] = {}
# What takes access away has to count at once, so it is tried most.
_WEIGHTS = {"grant": 4, "revoke": 3, "enable_or_disable": 3, "open_or_close_an_organization": 4}

Change = Callable[..., None]


def happens(**arguments: st.SearchStrategy[Any]) -> Callable[[Change], Change]:
    """Have the machine do this, with these arguments.

    In place of hypothesis' own rules, of which each run would be without some: the short profile has few.
    """

    def note(change: Change) -> Change:
        _CHANGES[change.__name__] = st.fixed_dictionaries(arguments)
        return change

    return note


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Something that happens."""
    names = [name for name in _CHANGES for _ in range(_WEIGHTS.get(name, 1))]
    name = draw(st.sampled_from(names))
    return name, draw(_CHANGES[name])


class PermissionMachine(RuleBasedStateMachine):
    """Changes who may do what, and asks after each change."""

    places: Callable[[], Places]
    tally: Tally
    probes = 10

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.Runner()
        self._stage: Stage | None = None
        self._is_sound = True
        self._focus: tuple[tuple[str, ...], tuple[str, ...]] = (PEOPLE, tuple(ORGANIZATIONS))
        self._version = 0
        self._before: Model | None = None

    @initialize(seed=st.integers(0, 2**32 - 1))
    def build(self, seed: int) -> None:
        self._stage = Stage(type(self).places(), seed, self.tally)
        self._do(self.stage.build())
        self._do(self.stage.warm_up())
        # By chance alone an admin seldom closes one that is open: in each run it happens once for sure.
        org = tuple(ORGANIZATIONS)[seed % len(ORGANIZATIONS)]
        for is_active in (False, True):
            self.open_or_close_an_organization("admin", org, is_active)
            self._look_around()

    @property
    def stage(self) -> Stage:
        assert self._stage is not None
        return self._stage

    def _do(self, work: Coroutine[Any, Any, Any]) -> None:
        self._is_sound = False
        self._loop.run(work)
        self._is_sound = True

    def _change(
        self,
        work: Coroutine[Any, Any, Any],
        *,
        people: tuple[str, ...] = PEOPLE,
        organizations: tuple[str, ...] = tuple(ORGANIZATIONS),
    ) -> None:
        self._version += 1
        self._before = deepcopy(self.stage.model)
        self._focus = (people, organizations)
        self._do(work)

    def _role(self, pick: int) -> str:
        return self.stage.all_roles[pick % len(self.stage.all_roles)]

    def _form(self, pick: int) -> str:
        return self.stage.all_forms[pick % len(self.stage.all_forms)]

    @happens(
        actor=ACTORS,
        person=st.sampled_from(TECHNICIANS * 3 + CLIENTS),
        org=ORGANIZATION,
        permissions=SUBSET,
    )
    def grant(self, actor: str, person: str, org: str, permissions: frozenset[str]) -> None:
        work = self.stage.grant(actor, person, org, permissions)
        self._change(work, people=(person,), organizations=(org,))

    @happens(actor=ACTORS, person=st.sampled_from(TECHNICIANS), org=ORGANIZATION, pick=PICK)
    def revoke(self, actor: str, person: str, org: str, pick: int) -> None:
        granted = sorted(self.stage.model.grants)
        if granted and pick % 4:
            person, org = granted[pick % len(granted)]
        self._change(self.stage.revoke(actor, person, org), people=(person,), organizations=(org,))

    @happens(actor=ACTORS, person=SOMEBODY, is_active=st.booleans())
    def enable_or_disable(self, actor: str, person: str, is_active: bool) -> None:
        self._change(self.stage.change_user(actor, person, is_active=is_active), people=(person,))

    @happens(actor=ACTORS, person=st.sampled_from(TECHNICIANS * 2 + PEOPLE), is_admin=st.booleans())
    def make_an_admin_or_not(self, actor: str, person: str, is_admin: bool) -> None:
        self._change(self.stage.change_user(actor, person, is_flagged=is_admin), people=(person,))

    @happens(actor=ACTORS, org=ORGANIZATION, is_active=st.booleans())
    def open_or_close_an_organization(self, actor: str, org: str, is_active: bool) -> None:
        work = self.stage.open_organization(actor, org, is_active=is_active)
        self._change(work, organizations=(org,))

    @happens(actor=ACTORS, org=ORGANIZATION, tenant=st.sampled_from((None, *TENANTS)))
    def link_a_tenant(self, actor: str, org: str, tenant: str | None) -> None:
        self._change(self.stage.link(actor, org, tenant), people=CLIENTS)

    @happens(actor=ACTORS, org=ORGANIZATION, tenant=st.sampled_from(TENANTS))
    def move_a_tenant(self, actor: str, org: str, tenant: str) -> None:
        async def move() -> None:
            holder = self.stage.model.linked(tenant)
            if holder is not None:
                await self.stage.link(actor, holder, None)
            await self.stage.link(actor, org, tenant)

        self._change(move(), people=CLIENTS)

    @happens(actor=ACTORS)
    def create_a_role(self, actor: str) -> None:
        self._change(self.stage.create_role(actor), people=("admin", actor))

    @happens(actor=ACTORS, pick=PICK)
    def delete_a_role(self, actor: str, pick: int) -> None:
        self._change(self.stage.delete_role(actor, self._role(pick)), people=CLIENTS)

    @happens(actor=ACTORS, pick=PICK, person=st.sampled_from(CLIENTS * 2 + PEOPLE), on=st.booleans())
    def give_or_take_a_role(self, actor: str, pick: int, person: str, on: bool) -> None:
        work = self.stage.change_role(actor, self._role(pick), person=person, on=on)
        self._change(work, people=(person,))

    @happens(actor=ACTORS, role=PICK, form=PICK, on=st.booleans())
    def open_or_close_a_form_to_a_role(self, actor: str, role: int, form: int, on: bool) -> None:
        work = self.stage.change_role(actor, self._role(role), form=self._form(form), on=on)
        self._change(work, people=CLIENTS)

    @happens(actor=ACTORS, org=ORGANIZATION, is_global=st.booleans(), has_options=st.booleans())
    def create_a_form(self, actor: str, org: str, is_global: bool, has_options: bool) -> None:
        self._change(self.stage.create_form(actor, org, is_global=is_global, has_options=has_options))

    @happens(actor=ACTORS, org=ORGANIZATION, pick=PICK, is_active=st.booleans())
    def switch_a_form(self, actor: str, org: str, pick: int, is_active: bool) -> None:
        self._change(self.stage.switch_form(actor, org, self._form(pick), is_active=is_active))

    @happens(actor=ACTORS, org=ORGANIZATION, pick=PICK)
    def delete_a_form(self, actor: str, org: str, pick: int) -> None:
        self._change(self.stage.delete_form(actor, org, self._form(pick)))

    @happens(
        actor=ACTORS, home=HOME, key=st.sampled_from(("shared.value", "model.value")), is_set=st.booleans()
    )
    def set_or_delete_a_value(self, actor: str, home: str, key: str, is_set: bool) -> None:
        text = f"step-{self._version}"
        value = text if home == GLOBAL else canary(home, text)
        if (home, key) == (GLOBAL, "shared.value"):
            # The options of forms come from it.
            is_set = True
        self._change(self.stage.set_config(actor, home, key, value if is_set else None))

    @happens(actor=ACTORS, home=HOME, is_set=st.booleans())
    def set_or_delete_a_secret(self, actor: str, home: str, is_set: bool) -> None:
        text = f"step-{self._version}"
        value = text if home == GLOBAL else sealed_canary(home, text)
        self._change(self.stage.set_secret(actor, home, value if is_set else None))

    @happens(person=SOMEBODY, org=ORGANIZATION)
    def run_a_workflow(self, person: str, org: str) -> None:
        self._change(self.stage.run(person, org), people=(person, *TECHNICIANS), organizations=(org,))

    @happens(person=SOMEBODY, org=ORGANIZATION, pick=PICK)
    def submit_a_form(self, person: str, org: str, pick: int) -> None:
        work = self.stage.submit(person, org, self._form(pick))
        self._change(work, people=(person, *TECHNICIANS), organizations=(org,))

    @rule(change=changes())
    def change(self, change: tuple[str, dict[str, Any]]) -> None:
        name, arguments = change
        self.tally.steps[name] += 1
        getattr(self, name)(**arguments)

    @invariant()
    def the_next_requests_are_answered_by_the_rules(self) -> None:
        self._look_around()

    def _look_around(self) -> None:
        people, organizations = self._focus
        self._do(self.stage.look(people, organizations, at_most=self.probes, before=self._before))
        self._do(self.stage.look(at_most=self.probes // 5))

    def teardown(self) -> None:
        try:
            if self._stage is not None and self._is_sound:
                self._do(self.stage.look(at_most=self.probes * 5))
        finally:
            with self._loop:
                self._loop.run(self._end())

    async def _end(self) -> None:
        if self._stage is not None:
            await self._stage.close()
            if self._is_sound:
                await self._stage.examine()


@pytest.fixture(scope="module")
def identity() -> Iterator[Identity]:
    """Signs everybody's tokens."""
    with serve_keys() as served:
        yield served


@pytest.fixture
def machine(
    new_storage_account: Callable[[], str], tmp_path_factory: pytest.TempPathFactory, identity: Identity
) -> Iterator[type[PermissionMachine]]:
    """A machine whose every run has a platform of its own."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)

    def places() -> Places:
        return Places(
            storage_account=new_storage_account(),
            folder=tmp_path_factory.mktemp("model"),
            identity=identity,
            graph_url=NOTHING_LISTENS,
            halo_url=NOTHING_LISTENS,
            log_level="CRITICAL",
        )

    yield type("PermissionMachine", (PermissionMachine,), {"places": staticmethod(places), "tally": Tally()})
    root.setLevel(level)
    root.handlers = handlers


COMMON = settings(
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    print_blob=False,
    verbosity=Verbosity.normal,
)
SHORT = settings(
    COMMON,
    derandomize=True,
    max_examples=6,
    stateful_step_count=20,
    phases=(Phase.explicit, Phase.generate),
)
LONG = settings(COMMON, max_examples=100, stateful_step_count=50, phases=(Phase.generate, Phase.shrink))


@pytest.mark.timeout(300)
def test_permissions_hold_whatever_happens(machine: type[PermissionMachine]) -> None:
    run_state_machine_as_test(machine, settings=SHORT)
    tally = machine.tally
    assert set(tally.steps) == set(_CHANGES), "something never happened"
    both = {what for what in What if tally.answers[(what, OK)] and tally.refusals(what)}
    # Of the others, the right answer is an error too.
    assert both == set(What) - {What.RUN, What.SUBMIT, What.CANCEL}
    assert all(len(tally.statuses(what)) > 1 for what in What)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_permissions_hold_whatever_happens_for_long(machine: type[PermissionMachine]) -> None:
    run_state_machine_as_test(machine, settings=LONG)
