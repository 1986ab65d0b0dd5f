"""Both services over one storage account, the model beside them, and a cast that asks both."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from tests.isolation import canaries
from tests.isolation.model import GLOBAL, OK, Member, Model
from tests.isolation.model import Organization as OrganizationState
from tests.isolation.operations import SCOPE_HEADER, SERVICES
from tests.isolation.platform import Places, Platform
from tests.isolation.questions import (
    LOCAL,
    OF_FORM,
    OF_RUN,
    PERSONAL,
    Question,
    What,
    due,
    sending,
    shown,
)

from msp_core.doctor.testing import Surgery
from msp_core.storage import Storage
from msp_devstack import demo
from msp_devstack.demo import DemoPerson

MANAGEMENT, ENGINE = SERVICES
TENANTS: Final = tuple(f"a0000000-0000-4000-8000-0000000000a{n}" for n in range(3))
NOWHERE: Final = "a0000000-0000-4000-8000-0000000000af"
ORGANIZATIONS: Final = {"alpha": TENANTS[0], "beta": TENANTS[1], "gamma": None}
HOMES: Final = (*ORGANIZATIONS, GLOBAL)


def _person(number: int, key: str, tenant_id: str, *roles: str) -> DemoPerson:
    object_id = f"b0000000-0000-4000-8000-0000000002{number:02d}"
    return DemoPerson(key, object_id, tenant_id, key, f"{key.replace(' ', '-')}@people.example", "", roles)


_MSP: Final = demo.MSP_TENANT_ID
CAST: Final = {
    person.key: person
    for person in (
        _person(0, "admin", _MSP, "Platform.Admin"),
        _person(1, "first technician", _MSP),
        _person(2, "second technician", _MSP),
        _person(3, "client of the first tenant", TENANTS[0]),
        _person(4, "colleague of the first tenant", TENANTS[0]),
        _person(5, "client of the second tenant", TENANTS[1]),
        _person(6, "client of a tenant nobody linked yet", TENANTS[2]),
        _person(7, "stranger", NOWHERE),
    )
}
PEOPLE: Final = tuple(CAST)
TECHNICIANS: Final = PEOPLE[1:3]
CLIENTS: Final = PEOPLE[3:7]
_USER_IDS: Final = {person.user_id: key for key, person in CAST.items()}


class Disagreement(AssertionError):
    """A service and the model say different things."""


@dataclass
class Tally:
    """What was done and asked over all runs of a machine: one that sees refusals alone proves nothing."""

    steps: Counter[str] = field(default_factory=Counter)
    answers: Counter[tuple[What, int]] = field(default_factory=Counter)

    def statuses(self, what: What) -> set[int]:
        """What a question was answered with."""
        return {status for asked, status in self.answers if asked is what}

    def refusals(self, what: What) -> set[int]:
        """The same without successes."""
        return self.statuses(what) - {OK}


class Asking:
    """Asks the services what the model was asked, and compares."""

    def __init__(self, places: Places, seed: int, tally: Tally) -> None:
        members = {
            key: Member(one.tenant_id, one.tenant_id == _MSP, bool(one.app_roles))
            for key, one in CAST.items()
        }
        organizations = {key: OrganizationState(tenant) for key, tenant in ORGANIZATIONS.items()}
        self.model = Model(members, organizations)
        self.places = places
        self.platform = Platform(places)
        self.org_ids: dict[str, str] = {}
        self.all_roles: list[str] = []
        self.all_forms: list[str] = []
        self.tally = tally
        self._dice = random.Random(seed)

    async def close(self) -> None:
        """Stop both services."""
        await self.platform.close()

    async def examine(self) -> None:
        """Have the doctor find nothing, once everything is closed."""
        storage = Storage(self.platform.management.state.container.settings.storage_settings())
        try:
            findings = await Surgery(storage).results()
        finally:
            await storage.close()
        if findings:
            raise Disagreement("The doctor finds:\n" + "\n".join(str(one) for one in findings))

    # Asking

    async def send(
        self,
        person: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        status: int,
        org: str | None = None,
        service: str = MANAGEMENT,
        organizations: Iterable[str] | None = None,
    ) -> httpx.Response:
        """A request that must get this status, and texts of no other organizations than these.

        Raises:
            Disagreement: It does not.
        """
        headers = self.platform.authorization(CAST[person])
        if org is not None:
            headers.append((SCOPE_HEADER, self.org_ids[org]))
        answer = await self.platform.clients[service].request(method, path, json=body, headers=headers)
        said = f"{person}: {method} {path} in {org}: {answer.status_code} {answer.text[:300]}"
        if answer.status_code != status:
            raise Disagreement(f"{status} was due after {self.tally.steps.total()} steps. {said}")
        text = canaries.everything_in(answer)
        may_show = set(ORGANIZATIONS if organizations is None else organizations)
        for key in ORGANIZATIONS:
            if f"canary-{key}-sealed" in text or (canaries.of(key) in text and key not in may_show):
                raise Disagreement(f"A text of {key} is in it. {said}")
        return answer

    async def ask(self, question: Question) -> None:
        """Ask a question, and compare.

        Raises:
            Disagreement: The service says something else than the model.
        """
        expected = due(self.model, question)
        thing = question.thing or question.person
        how = sending(
            question,
            self.org_ids.get(question.org or "", ""),
            CAST[thing].user_id if thing in CAST else thing,
        )
        try:
            answer = await self.send(
                question.person,
                how.method,
                how.path,
                how.body,
                status=expected.status,
                org=question.org,
                service=how.service,
                organizations=expected.organizations,
            )
        except Disagreement as wrong:
            raise Disagreement(f"{question}. {wrong}") from None
        self.tally.answers[(question.what, expected.status)] += 1
        if expected.shown is not None:
            self._compare(question, expected.shown, shown(question.what, answer.json()))

    def _compare(self, question: Question, expected: frozenset[Any], found: frozenset[Any] | None) -> None:
        ids = {id_: key for key, id_ in self.org_ids.items()} | _USER_IDS
        named = frozenset(
            tuple(ids.get(part, part) if isinstance(part, str) else part for part in one)
            if isinstance(one, tuple)
            else ids.get(one, one)
            for one in found or ()
        )
        if named != expected:
            raise Disagreement(
                f"{question}, after {self.tally.steps.total()} steps: too much {set(named - expected)}, "
                f"missing {set(expected - named)}"
            )

    async def warm_up(self) -> None:
        """Have both services keep a copy of everybody in every organization."""
        asked = (What.FORMS, What.RUN)
        await self._ask_all(
            [Question(what, person, org) for what in asked for person in PEOPLE for org in ORGANIZATIONS]
        )

    async def look(
        self,
        people: Sequence[str] = PEOPLE,
        organizations: Sequence[str] = tuple(ORGANIZATIONS),
        *,
        at_most: int,
        before: Model | None = None,
    ) -> None:
        """Ask a part, by chance, of what these people may do in these organizations.

        Args:
            before: The model before the last change; what that changed is asked for first.
        """
        questions = list(self.questions(people, organizations))
        self._dice.shuffle(questions)
        if before is not None:
            now = deepcopy(self.model)
            questions.sort(key=lambda one: due(before, one) == due(now, one))
        await self._ask_all(questions[:at_most])

    async def _ask_all(self, questions: Sequence[Question]) -> None:
        # One person's requests follow each other: the first may make them known, or move them.
        ended = await asyncio.gather(
            *(self._ask_in_turn([one for one in questions if one.person == key]) for key in PEOPLE),
            return_exceptions=True,
        )
        for error in ended:
            if error is not None:
                raise error

    async def _ask_in_turn(self, questions: Iterable[Question]) -> None:
        for question in questions:
            await self.ask(question)

    def questions(self, people: Sequence[str], organizations: Sequence[str]) -> Iterable[Question]:
        """Every question of these people about these organizations and the things there are."""
        for person in people:
            yield from (Question(what, person) for what in PERSONAL)
            yield Question(What.RUNS_OF, person, thing=self._dice.choice(PEOPLE))
            for org in organizations:
                yield from (Question(what, person, org) for what in LOCAL)
                for form in self._dice.sample(self.all_forms, min(3, len(self.all_forms))):
                    yield from (Question(what, person, org, form) for what in OF_FORM)
                for run in self._dice.sample(list(self.model.runs), min(2, len(self.model.runs))):
                    yield from (Question(what, person, org, run) for what in OF_RUN)
