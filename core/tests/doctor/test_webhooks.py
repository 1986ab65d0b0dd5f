"""Webhooks that lead nowhere are named; what is left of those that are gone is removed."""

from __future__ import annotations

from uuid import UUID

import pytest

from msp_automation.metadata import Catalog, WorkflowMetadata
from msp_core.catalog.repository import CatalogRepository
from msp_core.doctor.models import FindingKind, Outcome
from msp_core.doctor.testing import Surgery, crash
from msp_core.ids import OrgId
from msp_core.models import Model, utc_now
from msp_core.organizations.testing import Platform
from msp_core.storage import TableName
from msp_core.storage.testing import Network
from msp_core.webhooks.models import Authentication, Webhook, WebhookDraft, WebhookUse
from msp_core.webhooks.repository import WebhookRepository
from msp_core.webhooks.service import WebhookService

SIGNED = WebhookDraft(name="H", workflow_name="greet", authentication=Authentication.SIGNATURE)


def service_of(msp: Platform) -> WebhookService:
    return WebhookService(WebhookRepository(msp.storage), msp.storage.vault, msp.catalog)


async def make(msp: Platform, org_id: OrgId, draft: WebhookDraft = SIGNED) -> Webhook:
    return (await service_of(msp).create(await msp.admin_in(org_id), draft)).stored.value


async def test_a_webhook_of_an_unknown_workflow_or_organization_is_named(
    msp: Platform, surgery: Surgery
) -> None:
    organization = await msp.organization()
    lost = await make(msp, organization.id)
    await make(msp, organization.id, SIGNED.model_copy(update={"workflow_name": "other"}))
    other = WorkflowMetadata.model_validate({"name": "other", "contentHash": "x"})
    await CatalogRepository(msp.storage).publish(Catalog(workflows=[other]))
    [finding] = await surgery.examine(repair=True)
    assert (finding.kind, finding.is_repairable) == (FindingKind.REFERENCE_DANGLING, False)
    assert lost.id in finding.where
    assert "the workflow greet" in finding.meaning
    organizations = msp.storage.table(TableName.ORGANIZATIONS, Model, large_values=False)
    await organizations.partition("ORG").delete(organization.id)
    assert "an organization that is not there" in (await surgery.examine())[0].meaning


async def test_nothing_is_said_of_workflows_before_an_engine_has_published_any(
    msp: Platform, surgery: Surgery
) -> None:
    await make(msp, (await msp.organization()).id)
    assert await surgery.examine() == []


async def test_a_signing_secret_that_is_gone_is_named(msp: Platform, surgery: Surgery) -> None:
    webhook = await make(msp, (await msp.organization()).id)
    [entry] = await msp.storage.vault.list_names("WEBHOOK--")
    await msp.storage.vault.delete(entry)
    [finding] = await surgery.examine(repair=True)
    assert (finding.kind, finding.is_repairable) == (FindingKind.SECRET_MISSING, False)
    assert f"{webhook.id}/rotate" in finding.repair


async def test_what_a_creation_that_died_left_in_the_vault_is_deleted(
    msp: Platform, surgery: Surgery, network: Network
) -> None:
    organization = await msp.organization()
    scope = await msp.admin_in(organization.id)
    await make(msp, organization.id)  # the table is there
    await crash(network, service_of(msp).create(scope, SIGNED), after_writes=0)
    assert len(await msp.storage.vault.list_names("WEBHOOK--")) == 2
    assert await surgery.mend() == [FindingKind.LEFT_OF_WEBHOOK]
    assert len(await msp.storage.vault.list_names("WEBHOOK--")) == 1


@pytest.mark.parametrize("entry", ["WEBHOOK--x", f"WEBHOOK--{UUID(int=1)}--{UUID(int=2)}--00", "WEBHOOK--"])
async def test_what_somebody_put_into_the_vault_under_such_a_name_is_deleted(
    msp: Platform, surgery: Surgery, entry: str
) -> None:
    await msp.storage.vault.set(entry, "x")
    await msp.storage.vault.set("GLOBAL--kept", "x")
    assert await surgery.mend() == [FindingKind.LEFT_OF_WEBHOOK]
    assert await msp.storage.vault.list_names() == ["GLOBAL--kept"]


async def test_a_secret_that_a_webhook_took_up_meanwhile_stays(msp: Platform, surgery: Surgery) -> None:
    webhook = await make(msp, (await msp.organization()).id)
    rows = WebhookRepository(msp.storage)
    await rows.delete(webhook.organization_id, webhook.id)
    mend = await surgery.only_mend()
    await rows.insert(webhook)
    assert await mend() is False
    assert len(await msp.storage.vault.list_names("WEBHOOK--")) == 1


async def test_a_note_of_use_without_its_webhook_is_removed(msp: Platform, surgery: Surgery) -> None:
    webhook = await make(msp, (await msp.organization()).id)
    rows = WebhookRepository(msp.storage)
    await rows.write_use(webhook.organization_id, webhook.id, WebhookUse(last_used_at=utc_now()))
    assert await surgery.examine() == []
    scope = await msp.admin_in(webhook.organization_id)
    await service_of(msp).delete(scope, webhook.id)
    # An event that was on its way notes its use behind the deletion.
    await rows.write_use(webhook.organization_id, webhook.id, WebhookUse(last_used_at=utc_now()))
    findings = await surgery.examine(repair=True)
    assert [(one.kind, one.outcome) for one in findings] == [(FindingKind.LEFT_OF_WEBHOOK, Outcome.MENDED)]
    assert await surgery.examine() == []
