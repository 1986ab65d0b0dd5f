"""References that lead nowhere are named, and left to a person."""

from __future__ import annotations

from uuid import uuid4

import pytest

from msp_automation.metadata import Catalog, DataProviderMetadata, ScheduleMetadata, WorkflowMetadata
from msp_core.catalog.repository import CatalogRepository
from msp_core.config.models import ConfigSet, ConfigType
from msp_core.doctor.models import FindingKind, Outcome, Unchecked
from msp_core.doctor.service import Doctor
from msp_core.doctor.testing import Surgery, crash
from msp_core.forms.models import FormDraft
from msp_core.ids import OrgId, UserId
from msp_core.integrations.models import IntegrationSet
from msp_core.models import Model, utc_now
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import Permission
from msp_core.roles.models import RoleDraft
from msp_core.schedules.models import ScheduleSwitch
from msp_core.schedules.repository import ScheduleRepository
from msp_core.storage import Storage, StorageSettings, TableName
from msp_core.storage.testing import Network

DANGLING = FindingKind.REFERENCE_DANGLING


def form(**changes: object) -> FormDraft:
    fields = [{"name": "licence", "label": "Licence", "type": "select", "dataProvider": "get_licences"}]
    draft = {"name": "F", "linkedWorkflow": "create_user", "formSchema": {"fields": fields}}
    return FormDraft.model_validate(draft | changes)


async def delete(msp: Platform, name: TableName, partition: str, row: str) -> None:
    await msp.storage.table(name, Model, large_values=False).partition(partition).delete(row)


async def found(surgery: Surgery) -> list[tuple[str, str]]:
    """Tables and meanings of what is found; a repair changes none of it."""
    findings = await surgery.examine(repair=True)
    assert findings == await surgery.examine()
    assert {(one.kind, one.outcome, one.is_repairable) for one in findings} <= {
        (DANGLING, Outcome.FOUND, False)
    }
    return sorted((one.where.partition(":")[0], one.meaning) for one in findings)


async def test_permissions_of_nobody_and_nowhere(msp: Platform, surgery: Surgery) -> None:
    organization, gone = await msp.organization(), OrgId(str(uuid4()))
    nobody = await msp.technician(organization.id, Permission.CAN_VIEW_HISTORY)
    somebody = await msp.technician(organization.id, Permission.CAN_VIEW_HISTORY)
    [grant] = await msp.grant_rows.list_for_user(somebody.user_id)
    await msp.grant_rows.write(grant.model_copy(update={"org_id": gone}))
    await delete(msp, TableName.USERS, "USER", nobody.user_id)

    assert [meaning for _, meaning in await found(surgery)] == [
        "Permissions in an organization that is not there: they allow nothing.",
        "Permissions of a user who is not there; they would count if that person signed in.",
    ]
    assert len(await msp.grant_rows.list_for_user(somebody.user_id)) == 2


async def test_roles_that_were_deleted_half_way(
    msp: Platform, surgery: Surgery, network: Network, tenant_id: str
) -> None:
    admin, organization = await msp.admin_scope(), await msp.organization("Contoso", tenant_id)
    client = await msp.client_user(organization)
    made = (await msp.forms.create(await msp.admin_in(organization.id), form())).value
    role = (await msp.roles.create(admin, RoleDraft(name="Office"))).value
    await msp.roles.add_member(admin, role.id, client.user_id)
    await msp.roles.grant_form(admin, role.id, made.id)
    await delete(msp, TableName.ROLES, "ROLE", role.id)
    await crash(network, msp.forms.delete(await msp.admin_in(organization.id), made.id), after_writes=1)

    assert [table for table, _ in await found(surgery)] == ["FormRoles", "FormRoles", "UserRoles"]
    # What the finding says a person can do puts it right.
    await msp.roles.remove_member(admin, role.id, client.user_id)
    await msp.roles.revoke_form(admin, role.id, made.id)
    assert await surgery.examine() == []


async def test_client_users_of_no_organization(msp: Platform, surgery: Surgery, tenant_id: str) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    client = await msp.client_user(organization)
    user = await msp.user_rows.get(client.user_id)
    await msp.user_rows.replace(user.value.model_copy(update={"org_id": OrgId(str(uuid4()))}), etag=user.etag)

    [(table, meaning)] = await found(surgery)
    assert table == "Users"
    assert "not there" in meaning


async def test_forms_of_unknown_workflows_and_data_providers(msp: Platform, surgery: Surgery) -> None:
    scope = await msp.admin_in((await msp.organization()).id)
    await msp.forms.create(scope, form())
    await msp.forms.create(scope, form(linkedWorkflow="gone"))
    assert await surgery.examine() == []  # no engine has published anything yet

    workflow = WorkflowMetadata.model_validate(
        {"name": "create_user", "contentHash": "x", "module": "m", "file": "f.py", "line": 1}
    )
    catalog = CatalogRepository(msp.storage)
    await catalog.publish(Catalog(workflows=[workflow]))
    assert [meaning.partition(", which")[0] for _, meaning in await found(surgery)] == [
        "The form names the data provider get_licences",
        "The form names the workflow gone and the data provider get_licences",
    ]

    provider = DataProviderMetadata.model_validate({"name": "get_licences", "contentHash": "x"})
    await catalog.publish(Catalog(workflows=[workflow], data_providers=[provider]))
    assert [meaning.partition(", which")[0] for _, meaning in await found(surgery)] == [
        "The form names the workflow gone"
    ]


@pytest.mark.parametrize(
    ("named_by", "values", "is_found"),
    [
        ("org", [], True),
        ("org", ["org"], False),
        ("org", ["GLOBAL"], False),
        ("org", ["other"], True),
        ("GLOBAL", ["org"], True),
        ("GLOBAL", ["org", "other"], False),
        ("GLOBAL", ["GLOBAL"], False),
    ],
)
async def test_configuration_that_names_a_missing_secret(
    msp: Platform, surgery: Surgery, named_by: str, values: list[str], is_found: bool
) -> None:
    scopes = {
        "org": await msp.admin_in((await msp.organization("Contoso")).id),
        "other": await msp.admin_in((await msp.organization("Fabrikam")).id),
        "GLOBAL": await msp.admin_scope(),
    }
    reference = ConfigSet(key="password", value="reset-password", type=ConfigType.SECRET_REF)
    await msp.config.set(scopes[named_by], reference)
    for one in values:
        await msp.secrets.set(scopes[one], "reset-password", "never in a finding")

    findings = await surgery.examine(repair=True)
    assert [one.kind for one in findings] == [FindingKind.SECRET_MISSING] * is_found
    assert "never in a finding" not in str(findings)


async def test_an_organization_that_connects_by_itself_needs_its_own_secret(
    msp: Platform, surgery: Surgery
) -> None:
    admin, own = await msp.admin_scope(), await msp.admin_in((await msp.organization()).id)
    settings = IntegrationSet(settings={"clientId": str(uuid4()), "clientSecret": "graph-secret"})
    await msp.integrations.set(own, "msgraph", settings)
    await msp.secrets.set(admin, "graph-secret", "the MSP's")

    [finding] = await surgery.examine()
    assert finding.kind is FindingKind.SECRET_MISSING
    assert finding.where == f"Integrations: {own.org_id} / integration:msgraph"
    await msp.secrets.set(own, "graph-secret", "its own")
    assert await surgery.examine() == []
    await msp.secrets.delete(own, "graph-secret", even_if_used=True)
    await msp.integrations.set(own, "msgraph", settings.model_copy(update={"enabled": False}))
    assert await surgery.examine() == []


async def test_a_check_that_cannot_be_made_is_named_and_stops_no_other(
    msp: Platform, storage_account: str, surgery: Surgery, tenant_id: str
) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    await delete(msp, TableName.ORGANIZATIONS, "TENANT", tenant_id)
    without_vault = Storage(StorageSettings(connection_string=storage_account))
    doctor = Doctor(without_vault, pause=surgery.moment - surgery.moment)
    results = [result async for result in doctor.examine()]
    await without_vault.close()

    unchecked = [one for one in results if isinstance(one, Unchecked)]
    assert [one.check for one in unchecked] == ["references to secrets", "signing secrets of webhooks"]
    assert "MSP_VAULT_URL" in unchecked[0].reason
    assert len(results) == 3
    assert organization.id in str(results)


async def test_switches_of_schedules_that_are_not_there(msp: Platform, surgery: Surgery) -> None:
    organization, gone = await msp.organization(), OrgId(str(uuid4()))
    hourly = ScheduleMetadata(name="hourly", cron="0 * * * *", timezone="UTC")
    report = WorkflowMetadata(name="report", schedules=[hourly])
    await CatalogRepository(msp.storage).publish(Catalog(workflows=[report]))
    switches = ScheduleRepository(msp.storage)
    for org_id, schedule_name in ((organization.id, "hourly"), (organization.id, "daily"), (gone, "hourly")):
        switch = ScheduleSwitch(
            workflow_name="report",
            schedule_name=schedule_name,
            is_enabled=False,
            changed_at=utc_now(),
            changed_by=UserId("somebody"),
        )
        await switches.write_switch(org_id, f"report|{schedule_name}", switch)

    assert await found(surgery) == [
        (
            "OrgSchedules",
            "This switch is for a schedule that the engine does not know: report / daily, so it switches nothing.",
        ),
        ("OrgSchedules", "This switch is for an organization that is not there, so it switches nothing."),
    ]
