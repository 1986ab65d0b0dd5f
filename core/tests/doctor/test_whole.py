"""A whole platform in use: nothing to find, nothing written, and a second repair changes nothing."""

from __future__ import annotations

from datetime import timedelta

from msp_automation.metadata import Catalog, WorkflowMetadata
from msp_core.catalog.repository import CatalogRepository
from msp_core.config.models import ConfigSet, ConfigType
from msp_core.doctor.models import FindingKind
from msp_core.doctor.testing import Surgery
from msp_core.executions.models import ExecutionOutcome, ExecutionStatus
from msp_core.executions.service import ExecutionService
from msp_core.executions.testing import make_spec
from msp_core.forms.models import FormDraft
from msp_core.ids import new_execution_id
from msp_core.integrations.models import IntegrationSet
from msp_core.models import Model
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import Permission
from msp_core.roles.models import RoleDraft
from msp_core.storage import TableName
from msp_core.storage.testing import Network, Request
from msp_core.webhooks.models import Authentication, WebhookDraft
from msp_core.webhooks.repository import WebhookRepository
from msp_core.webhooks.service import WebhookService

FORM = FormDraft.model_validate({"name": "F", "linkedWorkflow": "w", "formSchema": {"fields": []}})


def is_change(request: Request) -> bool:
    return request.method not in {"GET", "HEAD"}


async def use(msp: Platform, tenant_id: str) -> None:
    """A bit of everything."""
    admin = await msp.admin_scope()
    organization = await msp.organization("Contoso", tenant_id)
    await msp.organization("Fabrikam")
    scope = await msp.scope(organization.id, *Permission)
    client = await msp.client_user(organization)
    form = (await msp.forms.create(await msp.admin_in(organization.id), FORM)).value
    role = (await msp.roles.create(admin, RoleDraft(name="Office"))).value
    await msp.roles.add_member(admin, role.id, client.user_id)
    await msp.roles.grant_form(admin, role.id, form.id)
    await msp.secrets.set(admin, "graph-secret", "x")
    reference = ConfigSet(key="password", value="graph-secret", type=ConfigType.SECRET_REF)
    await msp.config.set(scope, reference)
    settings = {"clientId": new_execution_id(), "clientSecret": "graph-secret"}
    await msp.integrations.set(admin, "msgraph", IntegrationSet(settings=settings))
    workflow = WorkflowMetadata.model_validate({"name": "w", "contentHash": "x"})
    await CatalogRepository(msp.storage).publish(Catalog(workflows=[workflow]))
    webhooks = WebhookService(
        WebhookRepository(msp.storage), msp.storage.vault, CatalogRepository(msp.storage)
    )
    draft = WebhookDraft(name="H", workflow_name="w", authentication=Authentication.SIGNATURE)
    webhook = (await webhooks.create(await msp.admin_in(organization.id), draft)).stored.value
    await webhooks.rotate(await msp.admin_in(organization.id), webhook.id, overlap_seconds=60)
    executions = ExecutionService(msp.storage)
    await executions.start(scope, make_spec(), lease_owner="w", lease=timedelta(days=9))
    for _ in range(6):
        started = await executions.start(scope, make_spec(input_data={"x": "x" * 40_000}), lease_owner="w")
        await executions.finish(started, ExecutionOutcome(status=ExecutionStatus.SUCCESS))
    await executions.drain()


async def test_a_platform_that_never_crashed_has_no_findings_and_is_not_written_to(
    msp: Platform, tenant_id: str, network: Network, surgery: Surgery
) -> None:
    await use(msp, tenant_id)
    surgery.advance(days=3)
    network.forget()

    assert await surgery.examine(repair=True) == []
    assert network.count(is_change) == 0


async def test_an_empty_storage_account_has_no_findings(surgery: Surgery) -> None:
    assert await surgery.examine(repair=True) == []


async def test_looking_writes_nothing_and_a_second_repair_changes_nothing(
    msp: Platform, tenant_id: str, network: Network, surgery: Surgery
) -> None:
    await use(msp, tenant_id)
    for name in (TableName.ORG_PERMISSIONS, TableName.USER_ROLES, TableName.USER_EXECUTIONS):
        table = msp.storage.table(name, Model, large_values=False)
        async for row in table.iter_across_partitions():
            await table.partition(row.partition_key).delete(row.row_key)
    await msp.storage.blobs("execution-logs").append(f"x/{new_execution_id()}.jsonl", b"{}\n")
    surgery.advance(days=3)
    wrong = sorted(
        [FindingKind.BLOB_ORPHANED, FindingKind.MIRROR_MISSING, FindingKind.MIRROR_WITHOUT_AUTHORITY]
        + [FindingKind.EXECUTION_INDEX_MISSING] * 6
    )

    network.forget()
    assert await surgery.kinds() == wrong
    assert network.count(is_change) == 0
    assert await surgery.mend() == wrong
    network.forget()
    assert await surgery.examine(repair=True) == []
    assert network.count(is_change) == 0
