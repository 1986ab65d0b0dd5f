"""The directory in memory, kept in a file between starts where one is named."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msp_automation.sandboxes.graph.seed import new_user, seed
from msp_automation.sandboxes.graph.skus import BY_PART_NUMBER
from msp_automation.sandboxes.graph.state import AccountState, Consent, Directory, Tenant


class DirectoryStore:
    """Holds the current directory.

    Args:
        path: File that keeps it; None forgets everything at the end.
        seed: What it begins with, and goes back to.
    """

    def __init__(self, path: Path | None = None, *, seed: Callable[[], Directory] = seed) -> None:
        self._path = path
        self._seed = seed
        self.directory = seed()
        if path is not None and path.exists():
            self._load(json.loads(path.read_text("utf-8")))

    def reset(self) -> None:
        """Go back to the seed."""
        self.directory = self._seed()
        self.save()

    def save(self) -> None:
        """Write the file, whole or not at all."""
        if self._path is None:
            return
        account = self.directory.account
        content = {
            "tenants": [tenant.snapshot() for tenant in self.directory.tenants.values()],
            "account": {
                "tokens": account.tokens,
                "state": account.state.value,
                "forgetsUsed": account.forgets_used,
            },
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps(content), "utf-8")
        os.replace(draft, self._path)

    def _load(self, content: dict[str, Any]) -> None:
        # Files of older versions have no account.
        if (account := content.get("account")) is not None:
            self.directory.account.tokens = account["tokens"]
            self.directory.account.state = AccountState(account["state"])
            self.directory.account.forgets_used = account["forgetsUsed"]
        for entry in content["tenants"]:
            tenant = Tenant(
                entry["id"],
                entry["name"],
                entry["domain"],
                country=entry["country"],
                consent=Consent(entry["consent"]),
                seats={BY_PART_NUMBER[name].id: count for name, count in entry["seats"].items()},
                # Files of older versions lack what came later.
                users={user["id"]: new_user("") | user for user in entry["users"]},
                withheld=set(entry.get("withheld", ())),
                is_premium=entry.get("isPremium", True),
                applications={one["id"]: one for one in entry.get("applications", ())},
                roles=entry.get("roles", {}),
                eligible_roles=entry.get("eligibleRoles", {}),
                methods=entry.get("methods", {}),
                rules=entry.get("rules", {}),
            )
            for group in entry["groups"]:
                tenant.members[group["id"]] = group.pop("members")
                tenant.groups[group["id"]] = {"isAssignableToRole": None} | group
            self.directory.tenants[tenant.id] = tenant
