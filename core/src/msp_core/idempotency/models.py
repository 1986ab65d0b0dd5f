"""A claimed key, and the answer it got."""

from __future__ import annotations

from dataclasses import dataclass

from msp_core.models import Model, UtcDatetime
from msp_core.storage import Stored


class KeptAnswer(Model):
    """What the first request with a key was answered.

    Args:
        status: Of HTTP, such as 201.
        body: JSON text.
        headers: Those that belong to the answer, such as its ETag.
    """

    status: int
    body: str
    headers: dict[str, str]


class ClaimedKey(Model):
    """A key as it lies in its table.

    Args:
        request_hash: Of what was asked for.
        resource_id: The id of the thing to make. It outlives the attempt that chose it, so that the next
            attempt makes the same thing and not a second one.
        held_until: Until when the attempt at work is taken to be alive.
        answer: None until the first attempt has succeeded.
    """

    request_hash: str
    resource_id: str
    claimed_at: UtcDatetime
    held_until: UtcDatetime
    answer: KeptAnswer | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to make the thing, or the answer if it has been made.

    Args:
        is_first: No attempt before this one can have made anything.
    """

    stored: Stored[ClaimedKey]
    is_first: bool = False

    @property
    def resource_id(self) -> str:
        """The id that the thing gets."""
        return self.stored.value.resource_id

    @property
    def answer(self) -> KeptAnswer | None:
        """The first request's answer; None means: make it."""
        return self.stored.value.answer
