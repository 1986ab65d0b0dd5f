"""Warm copies of forms: what they save, and that nothing stale or foreign comes out of them."""

from __future__ import annotations

import pytest

from msp_core.errors import Forbidden, Invalid, NotFound, PreconditionFailed, Unavailable
from msp_core.forms.copies import FormCopies, KeptForm
from msp_core.forms.models import Form, FormDraft
from msp_core.ids import FormId, OrgId, RoleId
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import OrgScope, Permission
from msp_core.roles.models import RoleDraft
from msp_core.storage import Stored
from msp_core.storage.testing import Network

MANAGE, EXECUTE = Permission.CAN_MANAGE_FORMS, Permission.CAN_EXECUTE_WORKFLOWS


def make_draft(name: str, *, is_global: bool = False, provider: str = "get_groups") -> FormDraft:
    field = {"name": "group", "label": "Group", "type": "select", "dataProvider": provider}
    return FormDraft.model_validate(
        {"name": name, "linkedWorkflow": "onboard", "isGlobal": is_global, "formSchema": {"fields": [field]}}
    )


async def make_form(msp: Platform, org_id: OrgId, name: str, *, is_global: bool = False) -> Stored[Form]:
    return await msp.forms.create(await msp.admin_in(org_id), make_draft(name, is_global=is_global))


async def names(msp: Platform, scope: OrgScope) -> list[str]:
    """What the person's next request lists."""
    return [form.name for form in await msp.forms.list_for(await msp.again(scope))]


async def opened_to(msp: Platform, client: OrgScope, *form_ids: FormId) -> RoleId:
    admin = await msp.admin_scope()
    role = await msp.roles.create(admin, RoleDraft(name="Office"))
    await msp.roles.add_member(admin, role.value.id, client.user.id)
    for form_id in form_ids:
        await msp.roles.grant_form(admin, role.value.id, form_id)
    return role.value.id


async def ask_everything(msp: Platform, scope: OrgScope, form_id: FormId) -> None:
    await msp.forms.list_for(scope)
    await msp.forms.get(scope, form_id)
    await msp.forms.get_runnable(scope, form_id)
    await msp.forms.may_use_provider(scope, "get_groups")


async def test_warm_nothing_is_read_but_the_stamps(msp: Platform, network: Network, tenant_id: str) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    own = await make_form(msp, organization.id, "Own")
    shared = await make_form(msp, organization.id, "Shared", is_global=True)
    technician = await msp.scope(organization.id, EXECUTE)
    client = await msp.member(organization)
    await opened_to(msp, client, own.value.id, shared.value.id)
    for scope in (await msp.again(technician), await msp.again(client)):
        for form in (own, shared):
            await ask_everything(msp, scope, form.value.id)

    for person in (technician, client):
        network.forget()
        scope = await msp.again(person)
        assert network.count() == 1
        for form in (own, shared):
            await ask_everything(msp, scope, form.value.id)
            assert (await msp.forms.get(scope, form.value.id)).stored() == form
        assert network.count() == 1


async def test_own_changes_need_no_reading_either(msp: Platform, network: Network) -> None:
    organization = await msp.organization()
    editor = await msp.scope(organization.id, MANAGE)
    first = await make_form(msp, organization.id, "First")
    second = await make_form(msp, organization.id, "Second")
    assert await names(msp, editor) == ["First", "Second"]

    await msp.forms.update(await msp.again(editor), first.value.id, make_draft("Renamed"))
    await msp.forms.delete(await msp.again(editor), second.value.id)
    await msp.forms.create(await msp.again(editor), make_draft("Third"))

    network.forget()
    assert await names(msp, editor) == ["Renamed", "Third"]
    assert network.count() == 1


async def test_a_copy_carried_on_grows_no_younger(msp: Platform) -> None:
    organization = await msp.organization()
    editor = await msp.scope(organization.id, MANAGE)
    first = await make_form(msp, organization.id, "First")
    crashed = await make_form(msp, organization.id, "Crashed")
    assert await names(msp, editor) == ["Crashed", "First"]

    await msp.form_rows.delete(crashed.value)
    msp.clock.now += 20
    await msp.forms.update(await msp.again(editor), first.value.id, make_draft("Renamed"))
    msp.clock.now += 11

    assert await names(msp, editor) == ["Renamed"]


async def test_what_another_process_saves_or_deletes_is_seen_at_once(msp: Platform) -> None:
    organization = await msp.organization()
    elsewhere = Platform(msp.storage)
    editor = await msp.scope(organization.id, MANAGE)
    form = await make_form(msp, organization.id, "Own")
    shared = await make_form(msp, organization.id, "Shared", is_global=True)
    admin = await msp.admin_in(organization.id)
    for platform in (msp, elsewhere):
        assert await names(platform, editor) == ["Own", "Shared"]

    await elsewhere.forms.update(await elsewhere.again(editor), form.value.id, make_draft("Renamed"))
    assert await names(msp, editor) == ["Renamed", "Shared"]
    await elsewhere.forms.create(await elsewhere.again(editor), make_draft("New"))
    assert await names(msp, editor) == ["New", "Renamed", "Shared"]
    await elsewhere.forms.delete(await elsewhere.again(admin), shared.value.id)
    assert await names(msp, editor) == ["New", "Renamed"]
    with pytest.raises(NotFound):
        await msp.forms.get(await msp.again(admin), shared.value.id)


async def test_of_two_processes_that_save_at_once_neither_hides_the_others_form(msp: Platform) -> None:
    organization = await msp.organization()
    elsewhere = Platform(msp.storage)
    editor = await msp.scope(organization.id, MANAGE)
    first = await make_form(msp, organization.id, "First")
    second = await make_form(msp, organization.id, "Second")
    for platform in (msp, elsewhere):
        await names(platform, editor)

    # Both requests read the same stamps before either saves.
    here, there = await msp.again(editor), await elsewhere.again(editor)
    await elsewhere.forms.update(there, first.value.id, make_draft("Theirs"))
    await msp.forms.update(here, second.value.id, make_draft("Ours"))

    for platform in (msp, elsewhere):
        assert await names(platform, editor) == ["Ours", "Theirs"]


async def test_a_change_that_crashed_before_its_stamp_is_seen_after_half_a_minute(msp: Platform) -> None:
    organization = await msp.organization()
    editor = await msp.scope(organization.id, MANAGE)
    form = await make_form(msp, organization.id, "Own")
    assert await names(msp, editor) == ["Own"]

    await msp.form_rows.replace(form.value.model_copy(update={"name": "Changed"}), etag=form.etag)
    msp.clock.now += 31

    assert await names(msp, editor) == ["Changed"]


async def test_an_editor_works_on_what_is_stored_whatever_the_copy_says(msp: Platform) -> None:
    organization = await msp.organization()
    editor = await msp.scope(organization.id, MANAGE)
    form = await make_form(msp, organization.id, "Own")
    seen = await msp.forms.get(await msp.again(editor), form.value.id)
    changed = form.value.model_copy(update={"name": "Changed behind the stamp"})
    stored = await msp.form_rows.replace(changed, etag=form.etag)

    scope = await msp.again(editor)

    with pytest.raises(PreconditionFailed):
        await msp.forms.update(scope, form.value.id, make_draft("Mine"), etag=seen.etag)
    with pytest.raises(PreconditionFailed):
        await msp.forms.delete(scope, form.value.id, etag=seen.etag)
    before, after = await msp.forms.update(scope, form.value.id, make_draft("Mine"), etag=stored.etag)
    assert (before, after.value.name) == (stored, "Mine")
    assert await msp.forms.delete(await msp.again(editor), form.value.id) == after
    assert await msp.forms.delete(await msp.again(editor), form.value.id) is None


async def test_saving_a_form_that_is_warm_reads_nothing(msp: Platform, network: Network) -> None:
    organization = await msp.organization()
    editor = await msp.scope(organization.id, MANAGE)
    own = await make_form(msp, organization.id, "Own")
    shared = await make_form(msp, organization.id, "Shared", is_global=True)
    admin = await msp.admin_in(organization.id)
    assert await names(msp, editor) == ["Own", "Shared"]

    for person, form in ((editor, own), (admin, shared)):
        scope = await msp.again(person)
        draft = make_draft("Renamed", is_global=form.value.is_global)
        network.forget()
        before, after = await msp.forms.update(scope, form.value.id, draft, etag=form.etag)
        assert [request.method for request in network.requests] == ["PUT", "PATCH"]  # the form, the stamp
        assert before == form
        assert after == await msp.form_rows.find(organization.id, form.value.id)


async def test_a_form_that_is_gone_behind_its_stamp_is_not_saved_from_the_copy(msp: Platform) -> None:
    organization = await msp.organization()
    editor = await msp.scope(organization.id, MANAGE)
    form = await make_form(msp, organization.id, "Own")
    assert await names(msp, editor) == ["Own"]
    await msp.form_rows.delete(form.value)

    for etag in (form.etag, None):
        with pytest.raises(NotFound):
            await msp.forms.update(await msp.again(editor), form.value.id, make_draft("Mine"), etag=etag)
    assert await msp.form_rows.find(organization.id, form.value.id) is None


async def test_a_warm_form_is_nobodys_to_save_without_the_right(msp: Platform) -> None:
    organization = await msp.organization()
    form = await make_form(msp, organization.id, "Own")
    shared = await make_form(msp, organization.id, "Shared", is_global=True)
    editor = await msp.scope(organization.id, MANAGE)
    runner = await msp.scope(organization.id, EXECUTE)
    for one in (editor, runner):
        assert await names(msp, one) == ["Own", "Shared"]

    with pytest.raises(Forbidden):
        await msp.forms.update(await msp.again(runner), form.value.id, make_draft("Mine"))
    with pytest.raises(Forbidden):
        await msp.forms.update(await msp.again(editor), shared.value.id, make_draft("Mine", is_global=True))
    with pytest.raises(Invalid):
        await msp.forms.update(await msp.again(editor), form.value.id, make_draft("Mine", is_global=True))


async def test_a_change_is_noted_once_it_is_made_and_only_then(msp: Platform) -> None:
    organization = await msp.organization()
    editor = await msp.scope(organization.id, MANAGE)
    form = await make_form(msp, organization.id, "Own")
    noted: list[tuple[str, str]] = []

    async def note(before: Stored[Form], after: Stored[Form]) -> None:
        stored = await msp.form_rows.find(organization.id, after.value.id)
        assert stored == after
        noted.append((before.value.name, after.value.name))

    scope = await msp.again(editor)
    with pytest.raises(PreconditionFailed):
        await msp.forms.update(scope, form.value.id, make_draft("Mine"), etag="another", note=note)
    assert noted == []
    await msp.forms.update(scope, form.value.id, make_draft("Mine"), etag=form.etag, note=note)
    assert noted == [("Own", "Mine")]


async def test_a_change_that_cannot_be_noted_is_told_and_seen_all_the_same(msp: Platform) -> None:
    organization = await msp.organization()
    elsewhere = Platform(msp.storage)
    editor = await msp.scope(organization.id, MANAGE)
    form = await make_form(msp, organization.id, "Own")
    assert await names(elsewhere, editor) == ["Own"]

    async def note(*_: Stored[Form]) -> None:
        raise Unavailable("The log is away.")

    with pytest.raises(Unavailable, match="log"):
        await msp.forms.update(await msp.again(editor), form.value.id, make_draft("Mine"), note=note)
    assert await names(elsewhere, editor) == ["Mine"]


async def test_warm_a_foreign_organizations_form_is_not_there(msp: Platform, tenant_id: str) -> None:
    contoso = await msp.organization("Contoso", tenant_id)
    fabrikam = await msp.organization("Fabrikam")
    form = await make_form(msp, fabrikam.id, "Theirs")
    insiders = await msp.scope(fabrikam.id, MANAGE, EXECUTE)
    await ask_everything(msp, insiders, form.value.id)
    client = await msp.member(contoso)
    await opened_to(msp, client, form.value.id)

    for scope in (await msp.admin_in(contoso.id), await msp.again(client), await msp.admin_scope()):
        assert await msp.forms.list_for(scope) == []
        assert not await msp.forms.may_use_provider(scope, "get_groups") or scope.is_admin
        for attempt in (msp.forms.get(scope, form.value.id), msp.forms.get_runnable(scope, form.value.id)):
            with pytest.raises(NotFound):
                await attempt


@pytest.mark.parametrize("change", ["membership", "grant", "role"])
async def test_what_another_process_takes_from_a_role_is_closed_at_once(
    msp: Platform, tenant_id: str, change: str
) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    form_id = (await make_form(msp, organization.id, "Own")).value.id
    client = await msp.member(organization)
    role_id = await opened_to(msp, client, form_id)
    assert await names(msp, client) == ["Own"]
    await ask_everything(msp, await msp.again(client), form_id)

    elsewhere = Platform(msp.storage)
    admin, known = (
        await elsewhere.admin_scope(),
        (await elsewhere.roles.list_all(await msp.admin_scope()))[0].id,
    )
    assert known == role_id
    if change == "membership":
        await elsewhere.roles.remove_member(admin, role_id, client.user.id)
    elif change == "grant":
        await elsewhere.roles.revoke_form(admin, role_id, form_id)
    else:
        await elsewhere.roles.delete(admin, role_id)

    assert await names(msp, client) == []
    scope = await msp.again(client)
    assert not await msp.forms.may_use_provider(scope, "get_groups")
    with pytest.raises(NotFound):
        await msp.forms.get_runnable(scope, form_id)


async def test_what_a_role_gets_is_open_at_once(msp: Platform, tenant_id: str) -> None:
    organization = await msp.organization("Contoso", tenant_id)
    form = await make_form(msp, organization.id, "Own")
    client = await msp.member(organization)
    assert await names(msp, client) == []
    with pytest.raises(NotFound):
        await msp.forms.get(await msp.again(client), form.value.id)

    await opened_to(Platform(msp.storage), client, form.value.id)

    assert await names(msp, client) == ["Own"]
    await msp.forms.get(await msp.again(client), form.value.id)


async def test_copies_take_no_more_memory_than_they_may(msp: Platform, network: Network) -> None:
    organizations = [await msp.organization(name) for name in ("Contoso", "Fabrikam", "Tailspin")]
    for one in organizations:
        await make_form(msp, one.id, "Own")
    scopes = [await msp.admin_in(one.id) for one in organizations]
    [kept] = await msp.forms.list_for(scopes[0])
    room_for_two = 2 * (len(kept.json) + 500)
    copies = FormCopies(msp.form_rows, msp.stamps, clock=msp.clock, max_bytes=room_for_two)
    for scope in scopes:
        await copies.list_all(scope)

    reads = []
    for scope in reversed(scopes):
        network.forget()
        [form] = await copies.list_all(scope)
        assert isinstance(form, KeptForm)
        assert form.org_id == scope.org_id
        reads.append(network.count())

    assert reads == [0, 0, 1]
