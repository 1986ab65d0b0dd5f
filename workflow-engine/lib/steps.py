"""Several steps of which one may fail without stopping the others, and the ticket about them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from msp_automation import ConfigurationError, OrganizationContext, WorkflowError
from msp_automation.integrations.halopsa import HaloPsa

T = TypeVar("T")


class Steps:
    """Keeps what a run did and what it could not do.

    Args:
        count: How many steps there will be, for the progress; the ticket is one of them.
        is_preview: Whether steps are only noted, and nothing is done.
    """

    def __init__(self, context: OrganizationContext, *, count: int, is_preview: bool = False) -> None:
        self._context = context
        self._count = count
        self._is_preview = is_preview
        self.done: list[str] = []
        self.not_done: list[dict[str, str]] = []

    async def do(self, name: str, action: Callable[[], Awaitable[T]]) -> T | None:
        """Do one step and hand out what came of it; if it fails, note why and go on with the next."""
        finished = len(self.done) + len(self.not_done)
        await self._context.set_progress(finished / self._count, name)
        try:
            result = None if self._is_preview else await action()
        except WorkflowError as error:
            self.leave(name, error.message)
            return None
        self.done.append(name)
        self._context.log.info(f"{name}: {'would be done' if self._is_preview else 'done'}")
        return result

    def leave(self, name: str, reason: str) -> None:
        """Note a step that somebody has to do by hand."""
        self.not_done.append({"step": name, "reason": reason})
        self._context.log.error(f"{name}: failed. {reason}")

    async def preview(self) -> dict[str, Any]:
        """The result of a run that was only to show what it would do."""
        await self._context.set_progress(1, "Nothing was changed")
        return {"dryRun": True, "would": self.done, "byHand": self.not_done}

    async def open_ticket(self, halo: HaloPsa, summary: str, notes: str) -> int | None:
        """Record in HaloPSA what was done and what was not.

        Returns:
            The ticket's number, or None when HaloPSA refused it.
        """
        summary = summary if not self.not_done else f"{summary} (incomplete)"
        details = "\n".join([notes, "", "Done:", *_bullets(self.done), *self._what_is_left()])
        ticket = await self.do("Open a HaloPSA ticket", lambda: halo.create_ticket(summary, details))
        return None if ticket is None else int(ticket["id"])

    def require_complete(self, what: str, ticket: int | None) -> None:
        """End the run well only if every step was done.

        Raises:
            WorkflowError: A step failed; details name what was done and what was not.
        """
        if not self.not_done:
            return
        where = f" Ticket {ticket} has the details." if ticket is not None else ""
        reasons = " ".join(f"{entry['step']}: {entry['reason']}" for entry in self.not_done)
        raise WorkflowError(
            f"{what} is only partly done; finish it by hand.{where} {reasons}",
            details={"done": self.done, "notDone": self.not_done, "ticketId": ticket},
        )

    def _what_is_left(self) -> list[str]:
        if not self.not_done:
            return []
        left = [f"{entry['step']}: {entry['reason']}" for entry in self.not_done]
        return ["", "NOT done, please finish by hand:", *_bullets(left)]


async def ticket_system(context: OrganizationContext) -> HaloPsa:
    """HaloPSA, if it knows this organization; asked before anything is changed elsewhere.

    Raises:
        ConfigurationError: HaloPSA or the organization's client number is not set.
        IntegrationError: HaloPSA refuses the sign-in, or has no such client.
    """
    halo = context.get_integration("halopsa")
    if halo.settings.client_ref is None:
        raise ConfigurationError(
            f"{context.org.name} has no HaloPSA client number. "
            "Set it in the organization's HaloPSA integration and run this again."
        )
    await halo.get("/client/{client}", client=halo.settings.client_ref)
    return halo


def _bullets(lines: list[str]) -> list[str]:
    return [f"- {line}" for line in lines] or ["- nothing"]
