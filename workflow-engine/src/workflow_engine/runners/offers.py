"""Finds the runner for a run: offers it to the best one, and to the next if no answer comes at once."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from typing import Any

from msp_automation.errors import ValidationError
from workflow_engine.runners.channel import Frame
from workflow_engine.runners.errors import NoRunnerAvailable, UnknownDeclaration
from workflow_engine.runners.fleet import Fleet
from workflow_engine.runners.models import Kind, PoolSettings
from workflow_engine.runners.prepared import Promise
from workflow_engine.runners.runner import Runner, RunnerEnded

# Checking parameters runs author code: what silences three idle runners is offered to no fourth.
MOST_SUSPECT_OFFERS = 3


class Offers:
    """The offers of one run that have not been answered yet."""

    def __init__(
        self, fleet: Fleet, settings: PoolSettings, kind: Kind, name: str, parameters: Mapping[str, Any]
    ) -> None:
        self._fleet = fleet
        self._settings = settings
        self._kind = kind
        self._name = name
        self._parameters = parameters
        self._asked: dict[asyncio.Future[Frame], tuple[Runner, int]] = {}
        self._passed_over: set[Runner] = set()
        self._suspect_offers = 0
        self._next_at = 0.0

    async def find(self, org_id: str | None) -> Promise:
        """The first runner that says yes.

        Raises:
            ValidationError: The parameters are wrong.
            UnknownDeclaration: The runner does not know the name.
            NoRunnerAvailable: Nobody answers in time.
        """
        try:
            async with asyncio.timeout(self._settings.prepare_seconds):
                while True:
                    if self._is_time_for_next():
                        self._offer_to_next(org_id)
                    if (promise := await self._wait()) is not None:
                        return promise
        except TimeoutError:
            raise NoRunnerAvailable(
                f"No runner is free to run {self._name!r} now. Try again in a moment.", retry_after_seconds=2
            ) from None
        finally:
            for runner, run_id in self._asked.values():
                runner.withdraw(run_id)

    def _is_time_for_next(self) -> bool:
        is_time = time.monotonic() >= self._next_at
        if is_time:
            for runner, _ in self._asked.values():
                runner.pass_over()
        return is_time or not self._asked

    def _offer_to_next(self, org_id: str | None) -> None:
        self._next_at = time.monotonic() + self._settings.offer_seconds
        if self._suspect_offers >= MOST_SUSPECT_OFFERS:
            return
        runner = self._fleet.choose(org_id, self._passed_over)
        if runner is None:
            self._fleet.grow()
            return
        try:
            run_id, answer = runner.offer(self._kind, self._name, self._parameters)
        except ValueError as error:
            raise ValidationError(f"The parameters are too large. {error}") from error
        self._passed_over.add(runner)
        self._suspect_offers += not runner.has_runs
        self._asked[answer] = (runner, run_id)

    async def _wait(self) -> Promise | None:
        change = self._fleet.next_change()
        limit = max(self._next_at - time.monotonic(), 0.001) if self._asked else None
        waited: list[asyncio.Future[Any]] = [*self._asked, change]
        done, _ = await asyncio.wait(waited, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        for answer in [answer for answer in self._asked if answer in done]:
            runner, run_id = self._asked.pop(answer)
            with contextlib.suppress(RunnerEnded):
                return self._judge(runner, run_id, answer.result())
        return None

    def _judge(self, runner: Runner, run_id: int, frame: Frame) -> Promise:
        match frame["op"]:
            case "ready":
                return Promise(runner, run_id, frame["parameters"])
            case "invalid":
                raise ValidationError(frame["message"], details=frame["details"])
        raise UnknownDeclaration(f"There is no {self._kind} {self._name!r}.")
