"""Tenant claims against organizations: an organization's own row decides, its claim follows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from msp_core.doctor.models import Diagnosis, FindingKind, Suspect, diagnosis
from msp_core.doctor.rows import insert_derived, place, remove_derived, replace_derived
from msp_core.ids import OrgId
from msp_core.models import utc_now
from msp_core.organizations.models import Organization, TenantClaim
from msp_core.storage import Storage, Stored, TableName

_ROWS: Final = "ORG"
_CLAIMS: Final = "TENANT"
_SETTLES_AFTER: Final = timedelta(minutes=1)
"""A younger claim belongs to somebody who may be about to write the organization's row."""


class TenantClaims:
    """Examines both partitions of the table Organizations."""

    name = "tenant claims and organizations"

    def __init__(self, storage: Storage, *, now: Callable[[], datetime] = utc_now) -> None:
        self._rows = storage.table(TableName.ORGANIZATIONS, Organization, large_values=False).partition(_ROWS)
        self._claims = storage.table(TableName.ORGANIZATIONS, TenantClaim, large_values=False).partition(
            _CLAIMS
        )
        self._now = now

    async def suspects(self) -> AsyncIterator[Suspect]:
        """Linked organizations without their claim, then claims without their organization."""
        async for row in self._rows.iter():
            tenant_id = row.value.tenant_id
            if tenant_id is None or not row.value.is_active:
                continue
            claim = await self._claims.find(tenant_id)
            if claim is None or claim.value.org_id != row.value.id:
                yield Suspect(_place(tenant_id), partial(self._look_at_holder, row.value.id, tenant_id))
        async for one in self._claims.iter():
            if not await self._is_home(one.value.org_id, one.row_key):
                yield Suspect(_place(one.row_key), partial(self._look_at_claim, one.row_key))

    async def _look_at_holder(self, org_id: OrgId, tenant_id: str) -> Diagnosis | None:
        claim = await self._claims.find(tenant_id)
        if not await self._is_home(org_id, tenant_id):
            return None
        if claim is None:
            return self._missing(org_id, tenant_id)
        if claim.value.org_id == org_id:
            return None
        if await self._is_home(claim.value.org_id, tenant_id):
            return diagnosis(
                FindingKind.TENANT_HELD_TWICE,
                f"Organizations: {org_id} and {claim.value.org_id}, tenant {tenant_id}",
                "Two active organizations are linked to one tenant; the tenant's people come in to "
                f"{claim.value.org_id} only.",
                "Nothing: a person must say whose tenant it is. Unlink or deactivate one of the two.",
            )
        return None if self._is_young(claim) else self._wrong(org_id, claim)

    async def _look_at_claim(self, tenant_id: str) -> Diagnosis | None:
        # The claim first: see `remove_derived`.
        claim = await self._claims.find(tenant_id)
        if claim is None or self._is_young(claim) or await self._is_home(claim.value.org_id, tenant_id):
            return None
        if await self._has_home(tenant_id):
            # The organization it belongs to was a suspect of its own, and takes the claim over.
            return None
        return diagnosis(
            FindingKind.TENANT_CLAIM_LEFT_OVER,
            _place(tenant_id),
            f"The tenant is reserved for organization {claim.value.org_id}, which is gone, inactive or "
            "linked to another tenant: left over from a change that did not get through.",
            "Removes the claim; organizations stay as they are.",
            lambda: remove_derived(self._claims, claim),
        )

    def _missing(self, org_id: OrgId, tenant_id: str) -> Diagnosis:
        return diagnosis(
            FindingKind.TENANT_CLAIM_MISSING,
            _place(tenant_id),
            f"Organization {org_id} is linked to this tenant, but the tenant's claim is missing: "
            "its people cannot sign in, and another organization could take the tenant.",
            "Writes the claim as the organization's row says.",
            lambda: insert_derived(
                self._claims, tenant_id, self._claim(org_id), partial(self._is_home, org_id, tenant_id)
            ),
        )

    def _wrong(self, org_id: OrgId, claim: Stored[TenantClaim]) -> Diagnosis:
        tenant_id = claim.row_key
        return diagnosis(
            FindingKind.TENANT_CLAIM_WRONG,
            _place(tenant_id),
            f"Organization {org_id} is linked to this tenant, but the claim names {claim.value.org_id}, "
            "which is not: the tenant's people cannot sign in.",
            "Replaces the claim by what the organization's row says.",
            lambda: replace_derived(
                self._claims, claim, self._claim(org_id), partial(self._is_home, org_id, tenant_id)
            ),
        )

    def _claim(self, org_id: OrgId) -> TenantClaim:
        return TenantClaim(org_id=org_id, claimed_at=self._now())

    def _is_young(self, claim: Stored[TenantClaim]) -> bool:
        return claim.value.claimed_at > self._now() - _SETTLES_AFTER

    async def _is_home(self, org_id: OrgId, tenant_id: str) -> bool:
        row = await self._rows.find(org_id)
        return row is not None and row.value.is_home_of(tenant_id)

    async def _has_home(self, tenant_id: str) -> bool:
        async for row in self._rows.iter():
            if row.value.is_home_of(tenant_id):
                return True
        return False


def _place(tenant_id: str) -> str:
    return place(TableName.ORGANIZATIONS, _CLAIMS, tenant_id)
