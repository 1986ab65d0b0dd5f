"""An MSP with many clients: organizations, their configuration and forms, and a technician with grants in all."""

from __future__ import annotations

from tests.bench.batches import Batches

from msp_core.config.models import ConfigItem
from msp_core.forms.models import Field, FieldType, Form, FormSchema
from msp_core.ids import FormId, OrgId, UserId
from msp_core.models import utc_now
from msp_core.organizations.models import Organization
from msp_core.permissions.models import PermissionGrant
from msp_core.storage import Storage, TableName
from msp_core.users.models import User, UserType
from msp_core.users.repository import UserRepository
from msp_devstack import demo

ADMIN = UserId(demo.ADMIN.user_id)
TECHNICIAN = UserId(demo.TECHNICIAN.user_id)
_FIELDS = tuple(
    Field(name=f"field_{number}", label=f"Field {number}", type=FieldType.TEXT, help_text="What it is for")
    for number in range(8)
)


def organization_ids(count: int) -> list[OrgId]:
    """Ids that are the same in every run."""
    return [OrgId(f"c1000000-0000-4000-8000-{number:012d}") for number in range(count)]


def organization_name(number: int) -> str:
    """What the `number`th organization is called."""
    return f"Client {number:03d}"


def form_id(organization: int, number: int) -> FormId:
    """The id of an organization's `number`th form."""
    return FormId(f"f1000000-0000-4000-8000-{organization:06d}{number:06d}")


async def fill(storage: Storage, organizations: list[OrgId], *, forms: int = 0, config: int = 10) -> None:
    """Write everything; the storage is empty.

    Args:
        forms: For each organization.
        config: Values for each organization.
    """
    await _people(storage)
    await _organizations(storage, organizations)
    await _config(storage, organizations, config)
    await _forms(storage, organizations, forms)


async def _people(storage: Storage) -> None:
    users, now = UserRepository(storage), utc_now()
    for person in (demo.ADMIN, demo.TECHNICIAN):
        await users.insert(
            User(
                id=UserId(person.user_id),
                email=person.email,
                display_name=person.name,
                user_type=UserType.MSP,
                created_at=now,
                last_login=now,
            )
        )


async def _organizations(storage: Storage, organizations: list[OrgId]) -> None:
    now = utc_now()
    rows = storage.table(TableName.ORGANIZATIONS, Organization, large_values=False)
    by_user = storage.table(TableName.USER_PERMISSIONS, PermissionGrant, large_values=False)
    by_organization = storage.table(TableName.ORG_PERMISSIONS, PermissionGrant, large_values=False)
    async with Batches(rows) as one, Batches(by_user) as mine, Batches(by_organization) as mirror:
        for number, org_id in enumerate(organizations):
            organization = Organization(
                id=org_id,
                name=organization_name(number),
                created_at=now,
                created_by=ADMIN,
                updated_at=now,
                updated_by=ADMIN,
            )
            grant = PermissionGrant(
                user_id=TECHNICIAN,
                org_id=org_id,
                can_execute_workflows=True,
                can_manage_config=True,
                can_manage_forms=True,
                can_view_history=True,
                granted_by=ADMIN,
                granted_at=now,
            )
            await one.add("ORG", org_id, organization)
            await mine.add(TECHNICIAN, org_id, grant)
            await mirror.add(org_id, TECHNICIAN, grant)


async def _config(storage: Storage, organizations: list[OrgId], each: int) -> None:
    now = utc_now()
    async with Batches(storage.table(TableName.ORG_CONFIG, ConfigItem, large_values=False)) as rows:
        for org_id in organizations:
            for number in range(each):
                key = f"key_{number}"
                item = ConfigItem(key=key, value="v" * 40, updated_at=now, updated_by=ADMIN)
                await rows.add(org_id, f"config:{key}", item)


async def _forms(storage: Storage, organizations: list[OrgId], each: int) -> None:
    async with Batches(storage.table(TableName.FORMS, Form)) as rows:
        for index, org_id in enumerate(organizations):
            for number in range(each):
                form = _form(index, number, org_id)
                await rows.add(org_id, form.id, form)


def _form(index: int, number: int, org_id: OrgId) -> Form:
    now = utc_now()
    return Form(
        id=form_id(index, number),
        org_id=org_id,
        name=f"Form {number:03d}",
        description="A form of the usual size, as one of many.",
        linked_workflow="no_op",
        form_schema=FormSchema(fields=_FIELDS),
        created_at=now,
        created_by=ADMIN,
        updated_at=now,
        updated_by=ADMIN,
    )
