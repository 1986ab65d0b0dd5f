"""Forms as they are saved, seen and run."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from msp_automation.metadata import Catalog, ParameterMetadata, ParameterValidation, WorkflowMetadata
from msp_core.errors import Forbidden, Invalid, NotFound, PreconditionFailed
from msp_core.forms.definition import check_definition
from msp_core.forms.models import FieldType, Form, FormDraft
from msp_core.ids import GLOBAL, FormId
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import OrgScope, Permission
from msp_core.roles.models import RoleDraft

MANAGE, EXECUTE = Permission.CAN_MANAGE_FORMS, Permission.CAN_EXECUTE_WORKFLOWS


def make_draft(name: str = "Onboard", **more: Any) -> FormDraft:
    field = {"name": "who", "label": "Who", "type": "text", "required": True}
    provided = {"name": "group", "label": "Group", "type": "select", "dataProvider": "get_groups"}
    return FormDraft.model_validate(
        {"name": name, "linkedWorkflow": "onboard", "formSchema": {"fields": [field, provided]}, **more}
    )


async def opened_to(msp: Platform, client: OrgScope, form: Form) -> None:
    """Let a new role of the client user open the form."""
    admin = await msp.admin_scope()
    role = await msp.roles.create(admin, RoleDraft(name="Office"))
    await msp.roles.add_member(admin, role.value.id, client.user.id)
    await msp.roles.grant_form(admin, role.value.id, form.id)


async def test_a_saved_form_comes_back_as_it_went(msp: Platform) -> None:
    organization = await msp.organization()
    scope = await msp.scope(organization.id, MANAGE)

    saved = await msp.forms.create(scope, make_draft())

    assert saved.value.org_id == organization.id
    assert not saved.value.is_global
    again = await msp.forms.get(scope, saved.value.id)
    assert again.stored() == saved
    assert saved.value.model_dump(mode="json")["formSchema"]["fields"][0]["name"] == "who"


async def test_a_definition_that_does_not_hold_is_not_saved(msp: Platform) -> None:
    scope = await msp.scope((await msp.organization()).id, MANAGE)
    msp.catalog.catalog = Catalog(workflows=[WorkflowMetadata(name="other")])

    with pytest.raises(Invalid) as refused:
        await msp.forms.create(scope, make_draft())

    assert "linkedWorkflow" in refused.value.details["fields"]
    assert await msp.forms.list_for(scope) == []


async def test_global_forms_are_everybodys_to_see_and_the_admins_to_write(msp: Platform) -> None:
    contoso, fabrikam = await msp.organization("Contoso"), await msp.organization("Fabrikam")
    scope = await msp.scope(contoso.id, MANAGE)
    admin = await msp.admin_in(contoso.id)
    shared = (await msp.forms.create(admin, make_draft("Shared", isGlobal=True))).value

    assert shared.org_id == GLOBAL
    for viewer in (scope, await msp.scope(fabrikam.id, EXECUTE)):
        assert [form.name for form in await msp.forms.list_for(viewer)] == ["Shared"]
    with pytest.raises(Forbidden):
        await msp.forms.create(scope, make_draft(isGlobal=True))
    with pytest.raises(Forbidden):
        await msp.forms.update(scope, shared.id, make_draft("Mine", isGlobal=True))
    with pytest.raises(Forbidden):
        await msp.forms.update(scope, shared.id, make_draft("Mine"))
    with pytest.raises(Forbidden):
        await msp.forms.delete(scope, shared.id)
    with pytest.raises(Invalid):
        await msp.forms.update(admin, shared.id, make_draft("Shared"))
    with pytest.raises(Invalid):
        await msp.forms.create(await msp.admin_scope(), make_draft())


async def test_another_organizations_form_is_not_there(msp: Platform) -> None:
    contoso = await msp.scope((await msp.organization("Contoso")).id, MANAGE, EXECUTE)
    fabrikam = await msp.scope((await msp.organization("Fabrikam")).id, MANAGE, EXECUTE)
    form = (await msp.forms.create(contoso, make_draft())).value

    assert await msp.forms.list_for(fabrikam) == []
    for attempt in (
        msp.forms.get(fabrikam, form.id),
        msp.forms.get_runnable(fabrikam, form.id),
        msp.forms.update(fabrikam, form.id, make_draft("Mine")),
    ):
        with pytest.raises(NotFound):
            await attempt
    await msp.forms.delete(fabrikam, form.id)
    assert (await msp.forms.get(contoso, form.id)).name == "Onboard"


async def test_form_ids_are_checked(msp: Platform) -> None:
    scope = await msp.admin_in((await msp.organization()).id)

    for bad in ["", "x", "a'b", "a/b", "a#b", "a?b", "a\x00", "GLOBAL", "x" * 1025]:
        for attempt in (
            msp.forms.get(scope, FormId(bad)),
            msp.forms.get_runnable(scope, FormId(bad)),
            msp.forms.update(scope, FormId(bad), make_draft()),
            msp.forms.delete(scope, FormId(bad)),
        ):
            with pytest.raises(Invalid):
                await attempt


async def test_each_permission_opens_its_own_door(msp: Platform) -> None:
    organization = await msp.organization()
    manager = await msp.scope(organization.id, MANAGE)
    runner = await msp.scope(organization.id, EXECUTE)
    form = (await msp.forms.create(manager, make_draft())).value

    assert (await msp.forms.get_runnable(runner, form.id)).id == form.id
    assert await msp.forms.may_use_provider(runner, "get_groups")
    with pytest.raises(Forbidden):
        await msp.forms.get_runnable(manager, form.id)
    assert not await msp.forms.may_use_provider(manager, "get_groups")
    with pytest.raises(Forbidden):
        await msp.forms.create(runner, make_draft())
    with pytest.raises(Forbidden):
        await msp.forms.update(runner, form.id, make_draft())
    with pytest.raises(Forbidden):
        await msp.forms.delete(runner, form.id)
    for neither in (Permission.CAN_VIEW_HISTORY, Permission.CAN_MANAGE_CONFIG):
        with pytest.raises(Forbidden):
            await msp.forms.generate(await msp.scope(organization.id, neither), "onboard")


async def test_an_inactive_form_is_there_only_for_those_who_edit_it(msp: Platform, tenant_id: str) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    manager = await msp.scope(organization.id, MANAGE, EXECUTE)
    runner = await msp.scope(organization.id, EXECUTE)
    client = await msp.member(organization)
    form = (await msp.forms.create(manager, make_draft(isActive=False))).value
    await opened_to(msp, client, form)

    assert [one.id for one in await msp.forms.list_for(manager)] == [form.id]
    assert await msp.forms.list_for(runner) == []
    assert await msp.forms.list_for(client) == []
    for scope in (manager, runner, client):
        with pytest.raises(NotFound):
            await msp.forms.get_runnable(scope, form.id)


async def test_client_users_run_what_their_roles_open(msp: Platform, tenant_id: str) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    admin = await msp.admin_in(organization.id)
    mine = (await msp.forms.create(admin, make_draft("Mine"))).value
    shared = (await msp.forms.create(admin, make_draft("Shared", isGlobal=True))).value
    closed = (await msp.forms.create(admin, make_draft("Closed"))).value
    client = await msp.member(organization)
    assert await msp.forms.list_for(client) == []
    assert not await msp.forms.may_use_provider(client, "get_groups")

    await opened_to(msp, client, mine)
    await opened_to(msp, client, shared)
    client = await msp.again(client)

    assert [form.name for form in await msp.forms.list_for(client)] == ["Mine", "Shared"]
    assert (await msp.forms.get_runnable(client, mine.id)).id == mine.id
    assert (await msp.forms.get_runnable(client, shared.id)).id == shared.id
    assert await msp.forms.may_use_provider(client, "get_groups")
    assert not await msp.forms.may_use_provider(client, "get_users")
    answers = []
    for form_id in (closed.id, FormId(str(uuid4()))):
        with pytest.raises(NotFound) as refused:
            await msp.forms.get_runnable(client, form_id)
        answers.append(refused.value.message)
    assert len(set(answers)) == 1
    with pytest.raises(Forbidden):
        await msp.forms.update(client, mine.id, make_draft())
    with pytest.raises(Forbidden):
        await msp.forms.create(client, make_draft())


async def test_a_role_does_not_open_another_organizations_form(msp: Platform, tenant_id: str) -> None:
    contoso = await msp.organization("Contoso", tenant_id)
    fabrikam = await msp.organization("Fabrikam", str(uuid4()))
    form = (await msp.forms.create(await msp.admin_in(fabrikam.id), make_draft())).value
    client = await msp.member(contoso)
    await opened_to(msp, client, form)

    assert await msp.forms.list_for(client) == []
    with pytest.raises(NotFound):
        await msp.forms.get_runnable(client, form.id)


async def test_of_two_editors_one_is_told(msp: Platform) -> None:
    scope = await msp.scope((await msp.organization()).id, MANAGE)
    form = await msp.forms.create(scope, make_draft())

    async def save(name: str) -> bool:
        try:
            await msp.forms.update(scope, form.value.id, make_draft(name), etag=form.etag)
        except PreconditionFailed:
            return False
        return True

    assert sorted(await asyncio.gather(save("First"), save("Second"))) == [False, True]
    with pytest.raises(PreconditionFailed):
        await msp.forms.update(scope, form.value.id, make_draft("Third"), etag=form.etag)
    with pytest.raises(PreconditionFailed):
        await msp.forms.delete(scope, form.value.id, etag=form.etag)


async def test_a_deleted_form_is_gone_from_roles_too(msp: Platform, tenant_id: str) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    admin = await msp.admin_in(organization.id)
    form = (await msp.forms.create(admin, make_draft())).value
    client = await msp.member(organization)
    await opened_to(msp, client, form)

    for _ in range(2):
        await msp.forms.delete(admin, form.id)

    assert await msp.forms.list_for(client) == []
    assert await msp.role_rows.roles_of_form(form.id) == set()


async def test_the_largest_form_fits(msp: Platform) -> None:
    scope = await msp.scope((await msp.organization()).id, MANAGE)
    fields = [{"name": f"f{n}", "label": "Field", "type": "text", "helpText": "h" * 300} for n in range(50)]

    saved = await msp.forms.create(scope, make_draft(formSchema={"fields": fields}))

    assert (await msp.forms.get(scope, saved.value.id)).stored() == saved


WORKFLOW = WorkflowMetadata(
    name="onboard",
    description="Create a user",
    parameters=[
        ParameterMetadata(
            name="name",
            label="Name",
            type="string",
            required=True,
            validation=ParameterValidation(pattern="^A"),
        ),
        ParameterMetadata(
            name="notes",
            label="Notes",
            type="string",
            required=False,
            validation=ParameterValidation(max_length=2000),
        ),
        ParameterMetadata(name="mail", label="Mail", type="email", required=True),
        ParameterMetadata(
            name="seats",
            label="Seats",
            type="int",
            required=False,
            default_value=1,
            validation=ParameterValidation(min=1, max=9),
        ),
        ParameterMetadata(name="notify", label="Notify", type="bool", required=True),
        ParameterMetadata(
            name="kind",
            label="Kind",
            type="string",
            required=True,
            validation=ParameterValidation(enum=["a", "b"]),
        ),
        ParameterMetadata(
            name="sku", label="Licence", type="string", required=True, data_provider="get_skus"
        ),
        ParameterMetadata(
            name="groups", label="Groups", type="list", required=False, data_provider="get_groups"
        ),
        ParameterMetadata(name="aliases", label="Aliases", type="list", required=False, default_value=["x"]),
        ParameterMetadata(name="extra", label="Extra", type="json", required=False, default_value={"a": 1}),
        ParameterMetadata(name="day", label="Day", type="date", required=False),
        ParameterMetadata(name="moment", label="Moment", type="datetime", required=False),
    ],
)


async def test_a_form_is_made_from_a_workflows_parameters(msp: Platform) -> None:
    scope = await msp.scope((await msp.organization()).id, MANAGE)
    msp.catalog.catalog = Catalog(workflows=[WORKFLOW])

    draft = await msp.forms.generate(scope, "onboard")

    check_definition(draft, None)
    fields = {field.name: field for field in draft.form_schema.fields}
    assert {name: field.type for name, field in fields.items()} == {
        "name": FieldType.TEXT,
        "notes": FieldType.TEXTAREA,
        "mail": FieldType.EMAIL,
        "seats": FieldType.NUMBER,
        "notify": FieldType.CHECKBOX,
        "kind": FieldType.SELECT,
        "sku": FieldType.SELECT,
        "groups": FieldType.MULTISELECT,
        "aliases": FieldType.TEXTAREA,
        "extra": FieldType.TEXTAREA,
        "day": FieldType.DATE,
        "moment": FieldType.DATETIME,
    }
    assert fields["name"].required
    assert not fields["notify"].required
    assert fields["seats"].default_value == 1
    assert [option.value for option in fields["kind"].options or ()] == ["a", "b"]
    assert await msp.forms.list_for(scope) == []
    with pytest.raises(NotFound):
        await msp.forms.generate(scope, "gone")


async def test_a_submission_becomes_parameters_by_name(msp: Platform) -> None:
    scope = await msp.admin_in((await msp.organization()).id)
    msp.catalog.catalog = Catalog(workflows=[WORKFLOW])
    draft = await msp.forms.generate(scope, "onboard")
    department = {"name": "department", "label": "Department", "type": "text"}
    schema = draft.form_schema.model_dump(mode="json")
    changed = {**draft.model_dump(mode="json"), "formSchema": {"fields": [department, *schema["fields"]]}}
    form = FormDraft.model_validate(changed)
    values = {
        "department": "Sales",
        "name": "Ada",
        "mail": "ada@contoso.example",
        "kind": "a",
        "sku": "E5",
        "groups": ["g1"],
        "aliases": "one\n two \n\n",
        "extra": '{"b": [2]}',
    }

    got = msp.forms.parameters_of(form, values, WORKFLOW)

    assert got == {
        "name": "Ada",
        "mail": "ada@contoso.example",
        "seats": 1,
        "notify": False,
        "kind": "a",
        "sku": "E5",
        "groups": ["g1"],
        "aliases": ["one", "two"],
        "extra": {"b": [2]},
    }
    for bad in ("{", "[" * 9000):
        with pytest.raises(Invalid) as refused:
            msp.forms.parameters_of(form, {**values, "extra": bad}, WORKFLOW)
        assert set(refused.value.details["fields"]) == {"extra"}
