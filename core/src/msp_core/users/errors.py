"""Why somebody with a valid token is turned away altogether."""

from __future__ import annotations

from msp_core.errors import Forbidden


class NoAccess(Forbidden):
    """Neither the MSP's own tenant nor one that an active organization is linked to."""

    code = "NoAccess"

    def __init__(self) -> None:
        super().__init__(
            "There is no access for your account yet. Ask your IT service provider to link your company."
        )


class AccountDisabled(Forbidden):
    """The record says so."""

    code = "AccountDisabled"

    def __init__(self) -> None:
        super().__init__("Your account is disabled here. Ask an administrator of your IT service provider.")
