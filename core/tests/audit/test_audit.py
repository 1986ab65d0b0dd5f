"""The audit log: everything in it, newest first, and no secret."""

from __future__ import annotations

from datetime import timedelta

import pytest

from msp_core.audit.models import AuditEntry
from msp_core.errors import Forbidden
from msp_core.ids import GLOBAL, OrgId, UserId
from msp_core.models import utc_now
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import OrgScope, Permission


async def actions(msp: Platform, admin: OrgScope, **filters: object) -> list[str]:
    page = await msp.audit.list_page(admin, **filters)  # type: ignore[arg-type] # the tests' own filters
    return [stored.value.action for stored in page.items]


async def test_an_entry_says_who_what_where_and_from_where(msp: Platform) -> None:
    organization = await msp.organization()
    scope = await msp.scope(organization.id, Permission.CAN_MANAGE_CONFIG)

    await msp.audit.record(
        scope,
        "config.set",
        "mail.from",
        before={"value": "a"},
        after={"value": "b"},
        ip="203.0.113.7",
        request_id="r-1",
    )

    page = await msp.audit.list_page(await msp.admin_scope(), org_id=organization.id)
    (entry,) = [stored.value for stored in page.items]
    assert (entry.actor_id, entry.actor_email) == (scope.user.id, scope.user.email)
    assert (entry.org_id, entry.action, entry.target) == (organization.id, "config.set", "mail.from")
    assert (entry.before, entry.after) == ({"value": "a"}, {"value": "b"})
    assert (entry.ip, entry.request_id) == ("203.0.113.7", "r-1")


async def test_all_organizations_are_read_together_newest_first_and_page_by_page(msp: Platform) -> None:
    admin = await msp.admin_scope()
    scopes = [await msp.admin_in((await msp.organization(name)).id) for name in ("Contoso", "Fabrikam")]
    for number in range(6):
        await msp.audit.record([*scopes, admin][number % 3], f"thing.{number}", "x")

    seen: list[AuditEntry] = []
    after: str | None = None
    while True:
        page = await msp.audit.list_page(admin, limit=4, after=after)
        seen += [stored.value for stored in page.items]
        after = page.next
        if after is None:
            break

    assert {entry.action for entry in seen} == {f"thing.{number}" for number in range(6)}
    assert [entry.at for entry in seen] == sorted((entry.at for entry in seen), reverse=True)
    assert await actions(msp, admin, org_id=GLOBAL) == ["thing.5", "thing.2"]


async def test_filters_narrow_it_down(msp: Platform) -> None:
    admin, other = await msp.admin_scope(), await msp.admin_scope()
    for who, action in ((admin, "config.set"), (admin, "configuration.x"), (other, "config.delete")):
        await msp.audit.record(who, action, "k")
    now = utc_now()

    assert await actions(msp, admin, action="config.set") == ["config.set"]
    assert set(await actions(msp, admin, action="config.")) == {"config.set", "config.delete"}
    assert await actions(msp, admin, actor_id=other.user.id) == ["config.delete"]
    assert len(await actions(msp, admin, since=now - timedelta(minutes=1), until=now)) == 3
    assert await actions(msp, admin, since=now) == []
    assert await actions(msp, admin, until=now - timedelta(minutes=1)) == []


@pytest.mark.parametrize("odd", ["' or action ne '", "a'b", "#", "?", "%27", "\\"])
async def test_filters_are_data(msp: Platform, odd: str) -> None:
    admin = await msp.admin_scope()
    await msp.audit.record(admin, "config.set", odd)

    assert await actions(msp, admin, action=odd) == []
    assert await actions(msp, admin, actor_id=UserId(odd)) == []
    (entry,) = (await msp.audit.list_page(admin)).items
    assert entry.value.target == odd


async def test_secrets_never_get_in(msp: Platform) -> None:
    admin = await msp.admin_scope()
    value = "S3cr3t"
    await msp.audit.record(
        admin, "secret.set", "mail", before={"value": value, "name": "mail"}, after={"anything": value}
    )
    await msp.audit.record(
        admin,
        "integration.set",
        "halopsa",
        after={
            "settings": {
                "clientSecret": "halo-secret-name",
                "apiKey": value,
                "list": [{"access_token": value}],
            },
            "password": value,
        },
    )

    page = await msp.audit.list_page(admin)

    assert value not in "".join(stored.value.model_dump_json() for stored in page.items)
    after = next(stored.value.after for stored in page.items if stored.value.action == "integration.set")
    assert after is not None
    assert after["settings"]["clientSecret"] == "halo-secret-name"
    before = next(stored.value.before for stored in page.items if stored.value.action == "secret.set")
    assert before == {"name": "mail"}


async def test_only_admins_read_it(msp: Platform) -> None:
    organization = await msp.organization()
    scope = await msp.scope(organization.id, *Permission)

    with pytest.raises(Forbidden):
        await msp.audit.list_page(scope, org_id=organization.id)


async def test_an_admins_change_can_be_filed_under_the_organization_it_is_about(msp: Platform) -> None:
    admin = await msp.admin_scope()
    organization = await msp.organization()

    await msp.audit.record(admin, "organization.update", organization.id, org_id=OrgId(organization.id))
    await msp.audit.record(admin.user, "user.update", "x")

    assert await actions(msp, admin, org_id=organization.id) == ["organization.update"]
    assert await actions(msp, admin, org_id=GLOBAL) == ["user.update"]
