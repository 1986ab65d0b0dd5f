"""What goes wrong with secrets as such."""

from __future__ import annotations

from collections.abc import Sequence

from msp_core.errors import Conflict
from msp_core.secrets.models import SecretReference


class SecretInUse(Conflict):
    """Something still names the secret; `details["references"]` says what."""

    def __init__(self, name: str, references: Sequence[SecretReference]) -> None:
        super().__init__(
            f"The secret {name} is used in {len(references)} place(s). Change those, or delete it anyway.",
            details={"references": [one.model_dump(mode="json") for one in references]},
        )
