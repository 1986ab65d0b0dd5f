"""Tenant claims follow organizations, whatever crashed in between."""

from __future__ import annotations

from msp_core.doctor.models import FindingKind, Outcome
from msp_core.doctor.testing import Surgery, crash
from msp_core.models import utc_now
from msp_core.organizations.models import Organization, OrganizationCreate, OrganizationUpdate, TenantClaim
from msp_core.organizations.testing import Platform
from msp_core.storage import Partition, TableName
from msp_core.storage.testing import Network


def claims(msp: Platform) -> Partition[TenantClaim]:
    return msp.storage.table(TableName.ORGANIZATIONS, TenantClaim, large_values=False).partition("TENANT")


def rows(msp: Platform) -> Partition[Organization]:
    return msp.storage.table(TableName.ORGANIZATIONS, Organization, large_values=False).partition("ORG")


async def test_a_claim_of_an_organization_that_was_never_made_is_removed(
    msp: Platform, tenant_id: str, network: Network, surgery: Surgery
) -> None:
    await msp.organization("Fabrikam")
    admin = await msp.admin_scope()
    draft = OrganizationCreate(name="Contoso", tenant_id=tenant_id)
    await crash(network, msp.organizations.create(admin, draft), after_writes=1)

    assert await surgery.examine() == []  # the organization may be about to be written
    surgery.advance(minutes=2)
    assert await surgery.mend() == [FindingKind.TENANT_CLAIM_LEFT_OVER]
    assert await claims(msp).find(tenant_id) is None


async def test_a_claim_that_was_not_released_is_removed(
    msp: Platform, tenant_id: str, network: Network, surgery: Surgery
) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    admin = await msp.admin_scope()
    unlink = OrganizationUpdate(tenant_id=None)
    await crash(network, msp.organizations.update(admin, organization.id, unlink), after_writes=1)

    surgery.advance(minutes=2)
    assert await surgery.mend() == [FindingKind.TENANT_CLAIM_LEFT_OVER]
    assert (await rows(msp).get(organization.id)).value.tenant_id is None


async def test_a_claim_renewed_between_look_and_repair_stays(
    msp: Platform, tenant_id: str, surgery: Surgery
) -> None:
    organization = await msp.organization("Contoso")
    await claims(msp).insert(tenant_id, TenantClaim(org_id=organization.id, claimed_at=utc_now()))
    surgery.advance(minutes=2)
    mend = await surgery.only_mend()
    admin = await msp.admin_scope()
    await msp.organizations.update(admin, organization.id, OrganizationUpdate(tenant_id=tenant_id))

    assert await mend() is False
    assert await surgery.examine() == []
    assert (await msp.client_user((await rows(msp).get(organization.id)).value)).tenant_id == tenant_id


async def test_a_lost_claim_is_written_again(msp: Platform, tenant_id: str, surgery: Surgery) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    await claims(msp).delete(tenant_id)

    assert await surgery.mend() == [FindingKind.TENANT_CLAIM_MISSING]
    assert (await msp.client_user(organization)).tenant_id == tenant_id


async def test_a_lost_claim_is_not_written_for_an_organization_that_was_unlinked_meanwhile(
    msp: Platform, tenant_id: str, surgery: Surgery
) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    await claims(msp).delete(tenant_id)
    mend = await surgery.only_mend()
    admin = await msp.admin_scope()
    await msp.organizations.update(admin, organization.id, OrganizationUpdate(tenant_id=None))

    assert await mend() is False
    assert await claims(msp).find(tenant_id) is None


async def test_a_claim_that_names_another_organization_is_put_right(
    msp: Platform, tenant_id: str, surgery: Surgery
) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    other = await msp.organization("Fabrikam")
    wrong = TenantClaim(org_id=other.id, claimed_at=utc_now())
    await claims(msp).upsert(tenant_id, wrong)

    assert await surgery.examine() == []  # the other one may be about to be written
    surgery.advance(minutes=2)
    assert await surgery.mend() == [FindingKind.TENANT_CLAIM_WRONG]
    assert (await claims(msp).get(tenant_id)).value.org_id == organization.id


async def test_two_holders_of_one_tenant_are_left_to_a_person(
    msp: Platform, tenant_id: str, surgery: Surgery
) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    other = await msp.organization("Fabrikam")
    await rows(msp).upsert(other.id, other.model_copy(update={"tenant_id": tenant_id}))

    [finding] = await surgery.examine(repair=True)
    assert (finding.kind, finding.outcome) == (FindingKind.TENANT_HELD_TWICE, Outcome.FOUND)
    assert not finding.is_repairable
    assert organization.id in finding.meaning
    assert (await claims(msp).get(tenant_id)).value.org_id == organization.id
