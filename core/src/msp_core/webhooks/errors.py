"""What goes wrong with requests to webhooks."""

from __future__ import annotations

from msp_core.errors import Unauthenticated


class WebhookRefused(Unauthenticated):
    """A request to a webhook that is not let in; all are answered alike, so that nothing can be probed.

    Args:
        reason: For the log, never for the caller.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(
            "This webhook, or the key or signature for it, does not hold. The platform's log says why."
        )
        self.reason = reason
